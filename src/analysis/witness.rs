//! The shortest chain of requirements from a failed component to something it stops.

use std::collections::VecDeque;

use super::Analysis;
use super::single::Flows;
use crate::graph::{ComponentId, RequirementId, Watch};

/// From the failed component to the stopped one: what is lost, and by which requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub from: ComponentId,
    pub steps: Vec<(RequirementId, ComponentId)>,
}

impl Path {
    pub fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        std::iter::once(self.from).chain(self.steps.iter().map(|&(_, component)| component))
    }
}

impl Analysis<'_> {
    /// Why the loss of `failed` stops `stopped`, at once or, failing that, after a restart.
    pub fn witness(&self, failed: ComponentId, stopped: ComponentId) -> Option<Path> {
        let mut flows = Flows::new(&self.network);
        flows.fail(&self.network, &[failed.index() as u32]);
        let settled = |id: ComponentId| flows.settled.is_lost(id.index() as u32);
        let cold = |id: ComponentId| settled(id) || flows.cold.is_lost(id.index() as u32);
        match settled(stopped) {
            true => self.shortest(failed, stopped, &settled, false),
            false => self.shortest(failed, stopped, &cold, true),
        }
        .or_else(|| self.shortest(failed, stopped, &cold, true))
    }

    /// Breadth first along requirements that are unmet and whose dependent is lost.
    fn shortest(
        &self,
        failed: ComponentId,
        stopped: ComponentId,
        is_lost: &dyn Fn(ComponentId) -> bool,
        restarts: bool,
    ) -> Option<Path> {
        let mut came_by: Vec<Option<(RequirementId, ComponentId)>> = vec![None; self.graph.len()];
        let mut queue = VecDeque::from([failed]);
        while let Some(at) = queue.pop_front() {
            if at == stopped {
                return Some(walk_back(&came_by, failed, stopped));
            }
            for id in self.graph.requirements_on(at) {
                let requirement = self.graph.requirement(id);
                let kind = requirement.kind;
                let counts = if restarts { kind.is_needed_to_start() } else { kind.is_at_once() };
                let own_only = requirement.watch == Watch::OwnFailure && at != failed;
                let dependent = requirement.dependent;
                if !counts || own_only || requirement.disputed.is_some() || !is_lost(dependent) {
                    continue;
                }
                let up = match requirement.watch {
                    Watch::State => requirement.providers.iter().filter(|&&p| !is_lost(p)).count(),
                    Watch::OwnFailure => requirement.providers.len() - 1,
                };
                let fresh = came_by[dependent.index()].is_none() && dependent != failed;
                if up < requirement.at_least as usize && fresh {
                    came_by[dependent.index()] = Some((id, at));
                    queue.push_back(dependent);
                }
            }
        }
        None
    }
}

fn walk_back(
    came_by: &[Option<(RequirementId, ComponentId)>],
    failed: ComponentId,
    stopped: ComponentId,
) -> Path {
    let mut steps = Vec::new();
    let mut at = stopped;
    while let Some((requirement, from)) = came_by[at.index()] {
        steps.push((requirement, at));
        at = from;
    }
    steps.reverse();
    Path { from: failed, steps }
}
