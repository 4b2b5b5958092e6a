//! The probability of an expression: exact if it fits the budget, else between two ends.

use crate::engine::importance::{self, Importance};
use crate::engine::{
    Budget, Diagrams, Expr, MissingValue, ModuleTree, Probability, bracket, probability,
};

/// How probable the top event is, and what it rests on.
#[derive(Debug, Clone)]
pub struct Solved {
    pub lower: Probability,
    pub upper: Probability,
    /// The ends are one number, exact but for rounding.
    pub is_exact: bool,
    /// How much each event matters, the most decisive first; only known with exact answers.
    pub importance: Vec<Importance>,
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
        return Ok(Solved { lower, upper, is_exact: false, importance: Vec::new() });
    };
    let top = probability::exact(&diagrams, probabilities)?.occurs;
    let mut importance = importance::all(&diagrams, probabilities)?;
    importance.sort_by(|a, b| share(b).total_cmp(&share(a)).then(a.event.cmp(&b.event)));
    Ok(Solved { lower: top, upper: top, is_exact: true, importance })
}

/// The share of the top's probability that goes away with the event.
fn share(importance: &Importance) -> f64 {
    importance.relative.map_or(0.0, |relative| relative.fussell_vesely)
}
