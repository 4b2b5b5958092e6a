//! What planned work adds: while one thing is worked on it does not serve, and everything else
//! fails as it always does.
//!
//! Work is taken to be done on one thing at a time. The average over the year is then
//! `P + sum of s_i (P_i - P)`, with `s_i` the share of time of thing i and `P_i` the probability
//! of the loss while it is down for certain. That is exact, and needs no new analysis.

use super::common::Common;
use super::figures::Figures;
use super::solve::Solved;
use crate::graph::ComponentId;

/// Work on one component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned {
    pub component: ComponentId,
    /// The share of time that it takes.
    pub share: f64,
    /// What it adds to the unavailability of the service.
    pub added: f64,
}

/// The work on some components, that which costs most first. None if there is only a bracket, or if
/// the windows are too long for one after another.
pub fn planned(
    solved: &Solved,
    figures: &Figures,
    common: &Common,
    components: &[ComponentId],
) -> Option<Vec<Planned>> {
    let mut all: Vec<Planned> = Vec::new();
    for &component in components {
        let share = figures.of(component).maintenance;
        if share > 0.0 {
            let added = share * solved.added_by(common.alone(component));
            all.push(Planned { component, share, added });
        }
    }
    all.sort_by(|a, b| b.added.total_cmp(&a.added).then(a.component.cmp(&b.component)));
    let total: f64 = all.iter().map(|one| one.share).sum();
    (solved.is_exact && total <= 1.0).then_some(all)
}
