//! Why: the shortest chain of requirements from a failed component to something it
//! stops, and what a latent loss waits for.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::Analysis;
use super::single::Flows;
use crate::graph::{ComponentId, Requirement, RequirementId, RequirementKind, Watch};

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

/// What a loss that is not felt at once waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// Grace times that must run out: "about 5 minutes".
    pub graces: Vec<&'static str>,
    /// What is lost when it next starts, without anything else having to happen.
    pub restarts: Vec<ComponentId>,
}

/// Answers "why" for one failed component after the other over one network.
pub struct Explainer<'a, 'g> {
    analysis: &'a Analysis<'g>,
    flows: Flows<'a>,
}

impl<'a, 'g> Explainer<'a, 'g> {
    pub fn new(analysis: &'a Analysis<'g>) -> Explainer<'a, 'g> {
        Explainer { analysis, flows: Flows::new(&analysis.network) }
    }

    /// Why the loss of `failed` stops `stopped`, at once or, failing that, after a restart.
    pub fn path(&mut self, failed: ComponentId, stopped: ComponentId) -> Option<Path> {
        self.path_among(&[failed], failed, stopped)
    }

    /// How `from` takes part in stopping `stopped` when all of `failed` fail together.
    pub fn path_among(
        &mut self,
        failed: &[ComponentId],
        from: ComponentId,
        stopped: ComponentId,
    ) -> Option<Path> {
        self.with_failed(failed, |explainer| {
            let settled = |id: ComponentId| explainer.settled(id);
            let cold = |id: ComponentId| explainer.settled(id) || explainer.cold(id);
            let analysis = explainer.analysis;
            let search = Search { analysis, failed, from, stopped, is_lost: &settled };
            let at_once = settled(stopped).then(|| search.shortest(false)).flatten();
            at_once.or_else(|| Search { is_lost: &cold, ..search }.shortest(true))
        })
    }

    /// What must happen before a latent loss is felt.
    pub fn waits(&mut self, failed: ComponentId) -> Waits {
        self.with_failed(&[failed], |explainer| {
            let graph = explainer.analysis.graph;
            let mut waits = Waits::default();
            let lost = super::ids(explainer.flows.settled.all_lost());
            for provider in lost {
                for id in graph.requirements_on(provider) {
                    let requirement = graph.requirement(id);
                    if requirement.disputed.is_some() || explainer.is_met(requirement) {
                        continue;
                    }
                    let dependent = requirement.dependent;
                    match (requirement.kind, requirement.grace) {
                        (RequirementKind::Start, _) if !explainer.settled(dependent) => {
                            waits.restarts.push(dependent);
                        }
                        (_, Some(grace)) if !explainer.now(dependent) => waits.graces.push(grace),
                        _ => {}
                    }
                }
            }
            waits.graces.sort_unstable();
            waits.graces.dedup();
            waits.restarts.sort_unstable();
            waits.restarts.dedup();
            waits
        })
    }

    fn with_failed<T>(&mut self, failed: &[ComponentId], ask: impl FnOnce(&Self) -> T) -> T {
        let (marks, _) = self.flows.fail(&self.analysis.network, &super::indexes(failed));
        let answer = ask(self);
        self.flows.undo(marks);
        answer
    }

    fn is_met(&self, requirement: &Requirement) -> bool {
        let serves = |&&provider: &&ComponentId| match requirement.watch {
            Watch::State => !self.settled(provider),
            Watch::OwnFailure => !self.flows.settled.has_failed(provider.index() as u32),
        };
        let serving = requirement.providers.iter().filter(serves).count();
        serving >= requirement.at_least as usize
    }

    fn now(&self, id: ComponentId) -> bool {
        self.flows.now.is_lost(id.index() as u32)
    }

    fn settled(&self, id: ComponentId) -> bool {
        self.flows.settled.is_lost(id.index() as u32)
    }

    fn cold(&self, id: ComponentId) -> bool {
        self.flows.cold.is_lost(id.index() as u32)
    }
}

/// A search for the shortest path from one of several failures to something stopped.
#[derive(Clone, Copy)]
struct Search<'s> {
    analysis: &'s Analysis<'s>,
    failed: &'s [ComponentId],
    from: ComponentId,
    stopped: ComponentId,
    is_lost: &'s dyn Fn(ComponentId) -> bool,
}

impl Search<'_> {
    /// Breadth first along requirements that are unmet and whose dependent is lost.
    ///
    /// First only over what the losses on the way suffice for: a dependent of several
    /// alternatives is reached with the last of them, so that the path tells why the
    /// others are of no help. What is lost in a cycle, or with another failure, is not
    /// reached that way; for that any lost provider will do.
    fn shortest(&self, restarts: bool) -> Option<Path> {
        self.search(restarts, true).or_else(|| self.search(restarts, false))
    }

    fn search(&self, restarts: bool, wait_for_all: bool) -> Option<Path> {
        let graph = self.analysis.graph;
        let mut came_by: FxHashMap<ComponentId, (RequirementId, ComponentId)> =
            FxHashMap::default();
        let mut queue = VecDeque::from([self.from]);
        while let Some(at) = queue.pop_front() {
            if at == self.stopped {
                return Some(walk_back(&came_by, self.from, self.stopped));
            }
            for id in graph.requirements_on(at) {
                let requirement = graph.requirement(id);
                let dependent = requirement.dependent;
                let fresh = !self.failed.contains(&dependent) && !came_by.contains_key(&dependent);
                if !fresh || !(self.is_lost)(dependent) || !self.carries(requirement, at, restarts)
                {
                    continue;
                }
                let reached = |&&p: &&ComponentId| {
                    self.failed.contains(&p) || came_by.contains_key(&p) || self.analysis.is_down(p)
                };
                let left = requirement.providers.len()
                    - requirement.providers.iter().filter(reached).count();
                if wait_for_all && left >= requirement.at_least as usize {
                    continue;
                }
                came_by.insert(dependent, (id, at));
                queue.push_back(dependent);
            }
        }
        None
    }

    /// Whether the loss of `at` can be what makes this requirement unmet.
    fn carries(&self, requirement: &Requirement, at: ComponentId, restarts: bool) -> bool {
        let counts = match restarts {
            true => requirement.counts_at_start(),
            false => requirement.counts_at_once(),
        };
        if !counts {
            return false;
        }
        let providers = requirement.providers.iter();
        let up = match requirement.watch {
            Watch::OwnFailure if !self.failed.contains(&at) => return false,
            Watch::OwnFailure => providers.filter(|p| !self.failed.contains(p)).count(),
            Watch::State => providers.filter(|&&p| !(self.is_lost)(p)).count(),
        };
        up < requirement.at_least as usize
    }
}

fn walk_back(
    came_by: &FxHashMap<ComponentId, (RequirementId, ComponentId)>,
    failed: ComponentId,
    stopped: ComponentId,
) -> Path {
    let mut steps = Vec::new();
    let mut at = stopped;
    while let Some(&(requirement, from)) = came_by.get(&at) {
        steps.push((requirement, at));
        at = from;
    }
    steps.reverse();
    Path { from: failed, steps }
}
