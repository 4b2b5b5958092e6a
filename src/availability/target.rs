//! Whether a service meets the availability that it is to have, and how sure that is.

use super::{Figures, solve};
use crate::analysis::Structure;
use crate::engine::{Budget, Event, Expr, MissingValue, Probability};
use crate::graph::ComponentId;

/// How a target compares with what was worked out.
#[derive(Debug, Clone)]
pub struct Against {
    /// The proven ends of the unavailability.
    pub lower: f64,
    pub upper: f64,
    /// None where the target lies between the ends.
    pub met: Option<bool>,
    /// Missed even if nothing whose figures are assumed ever failed.
    pub missed_for_certain: bool,
    /// What the answer rests on that the file does not state.
    pub assumed: Vec<ComponentId>,
    /// What matters most, where that is known.
    pub most_decisive: Option<ComponentId>,
}

/// Holds the loss of a service against the unavailability that it may have.
pub fn against(
    loss: &Expr,
    figures: &Figures,
    allowed: f64,
    budget: &Budget,
) -> Result<Against, MissingValue> {
    let values = figures.unavailabilities();
    let solved = solve(loss, &values, budget)?;
    let (lower, upper) = (solved.lower.value(), solved.upper.value());
    let assumed: Vec<Event> =
        loss.events().into_iter().filter(|&event| is_assumed(figures, event)).collect();
    let met = compared(lower, upper, allowed);
    let at_best = match (met, assumed.is_empty()) {
        (Some(true), _) | (_, true) => met,
        _ => {
            let best = solve(loss, &without(values, &assumed), budget)?;
            compared(best.lower.value(), best.upper.value(), allowed)
        }
    };
    Ok(Against {
        lower,
        upper,
        met,
        missed_for_certain: at_best == Some(false),
        assumed: assumed.into_iter().map(Structure::component).collect(),
        most_decisive: solved.importance.first().map(|first| Structure::component(first.event)),
    })
}

fn is_assumed(figures: &Figures, event: Event) -> bool {
    figures.of(Structure::component(event)).assumed.is_some()
}

fn compared(lower: f64, upper: f64, allowed: f64) -> Option<bool> {
    match (upper <= allowed, lower <= allowed) {
        (true, _) => Some(true),
        (false, false) => Some(false),
        (false, true) => None,
    }
}

/// The same, had these never failed.
fn without(mut values: Vec<Probability>, events: &[Event]) -> Vec<Probability> {
    for event in events {
        if let Some(value) = values.get_mut(event.index()) {
            *value = Probability::ZERO;
        }
    }
    values
}
