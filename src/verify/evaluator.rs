//! When is something lost? The definition, followed plainly; nothing of the engine or of the
//! analysis is used, so that a mistake there cannot hide itself here.
//!
//! A component is lost if it fails by itself, if the file says that it does not run, or if
//! fewer providers than one of its requirements asks for are left. Requirements count that
//! stop a dependent without a restart, and that nobody disputes.

use crate::graph::{ComponentId, DependencyGraph, Nature, Requirement, Watch};

pub(super) fn counts(requirement: &Requirement) -> bool {
    requirement.kind.is_at_once() && requirement.disputed.is_none()
}

/// How many providers may be lost; negative if the requirement can never be met.
pub(super) fn spare(requirement: &Requirement) -> i64 {
    requirement.providers.len() as i64 - i64::from(requirement.at_least)
}

pub(super) fn fails_by_itself(graph: &DependencyGraph, id: ComponentId) -> bool {
    matches!(graph.component(id).nature, Nature::Basic | Nature::Placement)
}

pub(super) fn is_down(graph: &DependencyGraph, id: ComponentId) -> bool {
    graph.component(id).nature == Nature::Down
}

/// The graph seen from the providers.
pub(super) struct Evaluator<'g> {
    graph: &'g DependencyGraph,
    /// Requirements that count, by provider.
    read_by: Vec<Vec<&'g Requirement>>,
    /// Their number within `read_by`, for counters.
    numbers: Vec<Vec<usize>>,
    spare: Vec<i64>,
    unmeetable: Vec<ComponentId>,
}

impl<'g> Evaluator<'g> {
    pub(super) fn new(graph: &'g DependencyGraph) -> Evaluator<'g> {
        let (read_by, numbers) = (vec![Vec::new(); graph.len()], vec![Vec::new(); graph.len()]);
        let mut new =
            Evaluator { graph, read_by, numbers, spare: Vec::new(), unmeetable: Vec::new() };
        for (_, requirement) in graph.requirements().filter(|(_, r)| counts(r)) {
            for provider in &requirement.providers {
                new.read_by[provider.index()].push(requirement);
                new.numbers[provider.index()].push(new.spare.len());
            }
            if spare(requirement) < 0 {
                new.unmeetable.push(requirement.dependent);
            }
            new.spare.push(spare(requirement));
        }
        new
    }

    /// What is lost, by component number, while `fails` fail.
    pub(super) fn lost(&self, fails: impl Fn(ComponentId) -> bool) -> Vec<bool> {
        let failed = |id: ComponentId| fails(id) || is_down(self.graph, id);
        let mut lost = vec![false; self.graph.len()];
        let mut spare = self.spare.clone();
        let mut pending: Vec<ComponentId> = self.graph.ids().filter(|&id| failed(id)).collect();
        pending.extend(&self.unmeetable);
        while let Some(id) = pending.pop() {
            if std::mem::replace(&mut lost[id.index()], true) {
                continue;
            }
            let readers = self.read_by[id.index()].iter().zip(&self.numbers[id.index()]);
            for (requirement, &number) in readers {
                let is_read = requirement.watch == Watch::State || failed(id);
                spare[number] -= i64::from(is_read);
                if spare[number] < 0 {
                    pending.push(requirement.dependent);
                }
            }
        }
        lost
    }
}
