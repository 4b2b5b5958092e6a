//! What planned work adds: while one thing is worked on it does not serve, and everything else
//! fails as it always does.
//!
//! Work is taken to be done on one thing at a time. The average over the year is then
//! `P + sum of s_i (P_i - P)`, with `s_i` the share of time of thing i and `P_i` the probability
//! of the loss while it is down for certain. That is exact, and needs no new analysis.
//!
//! With the shares adding up to one at most, that sum only grows with every unavailability: what
//! ranges allow at most is the same sum at their unsafe ends.

use super::common::Common;
use super::figures::Figures;
use super::solve::{Solved, added_by};
use crate::engine::importance::Importance;
use crate::graph::ComponentId;

/// Work on one component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned {
    pub component: ComponentId,
    /// The share of time that it takes.
    pub share: f64,
    /// What it adds to the unavailability of the service.
    pub added: f64,
    /// The same where every range is at its unsafe end, as far as ranges are stated.
    pub added_at_worst: f64,
}

/// The work on some components, that which costs most first. `worst` are the importances at the
/// unsafe ends of the ranges. None if there is work, and only a bracket, or windows that are too
/// long for one after another.
pub fn planned(
    solved: &Solved,
    worst: Option<&[Importance]>,
    figures: &Figures,
    common: &Common,
    components: &[ComponentId],
) -> Option<Vec<Planned>> {
    let mut all: Vec<Planned> = Vec::new();
    for &component in components {
        let share = figures.of(component).maintenance;
        if share > 0.0 {
            let added = |importance| share * added_by(importance, common.alone(component));
            let (added, added_at_worst) =
                (added(&solved.importance), added(worst.unwrap_or(&solved.importance)));
            all.push(Planned { component, share, added, added_at_worst });
        }
    }
    all.sort_by(|a, b| b.added.total_cmp(&a.added).then(a.component.cmp(&b.component)));
    let total: f64 = all.iter().map(|one| one.share).sum();
    (all.is_empty() || solved.is_exact && total <= 1.0).then_some(all)
}
