//! The probability of an expression: exact if it fits the budget, else between two ends.

use super::inputs::probability;
use crate::engine::importance::{self, Importance};
use crate::engine::sensitivity::{self, Range as Ends};
use crate::engine::{
    Budget, Diagrams, Event, Expr, MissingValue, ModuleTree, Probability, bracket, fussell_vesely,
    probability as top,
};

/// So many of the most decisive events get their Fussell-Vesely importance: each costs a
/// diagram of its own.
pub const MOST_DECISIVE: usize = 5;

/// How probable the top event is, and what it rests on.
#[derive(Debug)]
pub struct Solved {
    pub lower: Probability,
    pub upper: Probability,
    /// The ends are one number, exact but for rounding.
    pub is_exact: bool,
    /// How much each event matters, the most decisive first; only known with exact answers.
    pub importance: Vec<Importance>,
    /// Of the first of these; fewer, or none, if the budget does not suffice.
    pub fussell_vesely: Vec<f64>,
    tree: ModuleTree,
    diagrams: Option<Diagrams>,
}

pub fn solve(
    expr: &Expr,
    probabilities: &[Probability],
    budget: &Budget,
) -> Result<Solved, MissingValue> {
    let tree = ModuleTree::new(expr);
    let Ok(diagrams) = Diagrams::build(&tree, budget) else {
        let ends = bracket::probability(&tree, probabilities, budget)?;
        let (lower, upper) = (ends.lower, ends.upper);
        let (importance, fussell_vesely) = (Vec::new(), Vec::new());
        let is_exact = false;
        return Ok(Solved {
            lower,
            upper,
            is_exact,
            importance,
            fussell_vesely,
            tree,
            diagrams: None,
        });
    };
    let found = top::exact(&diagrams, probabilities)?.occurs;
    let mut importance = importance::all(&diagrams, probabilities)?;
    importance.sort_by(|a, b| share(b).total_cmp(&share(a)).then(a.event.cmp(&b.event)));
    let first: Vec<Event> = importance.iter().take(MOST_DECISIVE).map(|one| one.event).collect();
    let shares = fussell_vesely::of(&diagrams, probabilities, &first, budget).unwrap_or_default();
    Ok(Solved {
        lower: found,
        upper: found,
        is_exact: true,
        importance,
        fussell_vesely: shares,
        tree,
        diagrams: Some(diagrams),
    })
}

impl Solved {
    /// The lowest and the highest that ranges of the inputs allow, each proven; none for a
    /// tree with negations.
    pub fn over(&self, ends: &[Ends], budget: &Budget) -> Result<Option<Ends>, MissingValue> {
        if !self.tree.is_coherent() {
            return Ok(None);
        }
        if let Some(diagrams) = &self.diagrams {
            return Ok(sensitivity::top_range(diagrams, ends).ok());
        }
        let lows: Vec<Probability> = ends.iter().map(|ends| ends.low).collect();
        let highs: Vec<Probability> = ends.iter().map(|ends| ends.high).collect();
        let low = bracket::probability(&self.tree, &lows, budget)?.lower;
        let high = bracket::probability(&self.tree, &highs, budget)?.upper;
        Ok(Some(Ends { low, high }))
    }

    /// The probability with other values; none where there is only a bracket.
    pub(super) fn at(&self, probabilities: &[Probability]) -> Option<Probability> {
        Some(top::exact(self.diagrams.as_ref()?, probabilities).ok()?.occurs)
    }

    /// The probability with another value for one event, which it is linear in.
    pub(super) fn with(&self, event: Event, value: Probability) -> Option<Probability> {
        let one = self.importance.iter().find(|one| one.event == event);
        let change =
            one.map_or(0.0, |one| one.birnbaum * (value.value() - one.probability.value()));
        self.is_exact.then(|| probability(self.upper.value() + change))
    }

    /// How much each event matters with other values; none where there is only a bracket.
    pub fn importance_at(&self, probabilities: &[Probability]) -> Option<Vec<Importance>> {
        importance::all(self.diagrams.as_ref()?, probabilities).ok()
    }
}

/// What is added while an event is certain.
pub(super) fn added_by(importance: &[Importance], event: Event) -> f64 {
    let one = importance.iter().find(|one| one.event == event);
    one.map_or(0.0, |one| one.birnbaum * (1.0 - one.probability.value()))
}

/// The share of the top's probability that goes away with the event.
fn share(importance: &Importance) -> f64 {
    importance.relative.map_or(0.0, |relative| relative.criticality)
}
