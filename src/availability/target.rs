//! Whether a service meets the availability that it is to have, and how sure that is.

use std::collections::BTreeSet;

use super::{Common, Figures, solve};
use crate::engine::sensitivity::Range as Ends;
use crate::engine::{Budget, Expr};
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{At, Availability, Element, Id, Service, Topology};

/// How a target compares with what was worked out.
#[derive(Debug, Clone)]
pub struct Against {
    /// The proven ends of the unavailability, over all that stated ranges allow.
    pub lower: f64,
    pub upper: f64,
    /// The ends are apart only because the file states ranges.
    pub is_exact: bool,
    /// None where the target lies between the ends.
    pub met: Option<bool>,
    /// Missed even if nothing whose figures are assumed ever failed.
    pub missed_for_certain: bool,
    /// What the answer rests on that the file does not state.
    pub assumed: Vec<ComponentId>,
    /// What matters most, where that is known.
    pub most_decisive: Option<ComponentId>,
}

/// The services of a topology that state a target, and where.
pub fn stated(
    topology: &Topology,
    graph: &DependencyGraph,
) -> Vec<(Id<Service>, ComponentId, At<Availability>)> {
    let services = topology.services.iter();
    services
        .filter_map(|(id, service)| {
            Some((id, graph.of_element(Element::Service(id))?, service.availability?))
        })
        .collect()
}

/// Holds the loss of a service against the unavailability that it may have; none if nothing can
/// be computed.
pub fn against(
    loss: &Expr,
    figures: &Figures,
    common: &Common,
    allowed: f64,
    budget: &Budget,
) -> Option<Against> {
    let loss = common.apply(loss);
    let solved = solve(&loss, &common.probabilities(figures).ok()?, budget).ok()?;
    let over = |figures: &Figures| solved.over(&common.ends(figures).ok()?, budget).ok()?;
    let ends = match has_ranges(figures) {
        true => over(figures)?,
        false => Ends { low: solved.lower, high: solved.upper },
    };
    let (lower, upper) = (ends.low.value(), ends.high.value());
    let assumed = assumed(&loss, figures, common);
    let met = met(lower, upper, allowed);
    let missed_for_certain = met == Some(false)
        && (assumed.is_empty() || over(&figures.at_best())?.low.value() > allowed);
    let decisive = solved.importance.first();
    Some(Against {
        lower,
        upper,
        is_exact: solved.is_exact,
        met,
        missed_for_certain,
        assumed,
        most_decisive: decisive.and_then(|one| common.strikes(one.event).first().copied()),
    })
}

/// Met if even the upper end is allowed, missed if not even the lower end is; else it is open.
pub fn met(lower: f64, upper: f64, allowed: f64) -> Option<bool> {
    match (upper <= allowed, lower <= allowed) {
        (true, _) => Some(true),
        (false, false) => Some(false),
        (false, true) => None,
    }
}

fn has_ranges(figures: &Figures) -> bool {
    figures.ends().iter().any(|ends| ends.low != ends.high)
}

fn assumed(loss: &Expr, figures: &Figures, common: &Common) -> Vec<ComponentId> {
    let struck = loss.events().into_iter().flat_map(|event| common.strikes(event));
    let assumed = struck.filter(|&id| figures.of(id).assumed.is_some());
    assumed.collect::<BTreeSet<ComponentId>>().into_iter().collect()
}
