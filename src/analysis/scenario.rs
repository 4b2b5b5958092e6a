//! What-if: failures, restarts and repairs one after the other, phase by phase.

use std::collections::BTreeSet;

use super::failover::Working;
use super::flow::{Flow, start_order};
use super::network::Level;
use super::single::Flows;
use super::{Analysis, ids, indexes};
use crate::graph::{ComponentId, RequirementId, RequirementKind, Watch};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Fail(Vec<ComponentId>),
    Restart(Vec<ComponentId>),
    Restore(Vec<ComponentId>),
}

/// What an event did, in the order in which it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    pub kind: PhaseKind,
    /// What it happens to; several rounds where the order matters.
    pub rounds: Vec<Vec<ComponentId>>,
    /// For what does not come back or goes on from a cache: the requirement behind it.
    pub reasons: Vec<(ComponentId, RequirementId)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseKind {
    StopsAtOnce,
    /// Another provider takes over; down for a moment.
    Interrupted,
    /// Comes back by itself, in this order.
    Recovers,
    /// Was interrupted and cannot start again.
    CannotRecover,
    /// Goes on for a while and then stops.
    StopsLater,
    /// Works from what it has, until it restarts.
    GoesOnUntilRestart,
    ChangesBlocked,
    Degrades,
    /// The sources disagree whether this stops as well.
    Disputed,
    /// Down while something restarts.
    StopsForRestart,
    ComesBack,
    DoesNotComeBack,
}

impl PhaseKind {
    pub const ALL: [PhaseKind; 12] = [
        PhaseKind::StopsAtOnce,
        PhaseKind::Interrupted,
        PhaseKind::Recovers,
        PhaseKind::CannotRecover,
        PhaseKind::StopsLater,
        PhaseKind::GoesOnUntilRestart,
        PhaseKind::ChangesBlocked,
        PhaseKind::Degrades,
        PhaseKind::Disputed,
        PhaseKind::StopsForRestart,
        PhaseKind::ComesBack,
        PhaseKind::DoesNotComeBack,
    ];
}

impl Phase {
    pub fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.rounds.iter().flatten().copied()
    }
}

/// The state after the events so far.
pub struct Scenario<'a, 'g> {
    analysis: &'a Analysis<'g>,
    failed: BTreeSet<u32>,
    /// Not failed, but stopped and unable to start.
    stopped: BTreeSet<u32>,
    working: Working,
}

impl<'a, 'g> Scenario<'a, 'g> {
    pub fn new(analysis: &'a Analysis<'g>) -> Scenario<'a, 'g> {
        Scenario {
            analysis,
            failed: BTreeSet::new(),
            stopped: BTreeSet::new(),
            working: Working::default(),
        }
    }

    /// Carries out one event and tells what it does. Phases in which nothing happens are left out.
    pub fn step(&mut self, step: &Step) -> Vec<Phase> {
        let phases = match step {
            Step::Fail(components) => self.fail(&indexes(components)),
            Step::Restart(components) => self.restart(&indexes(components)),
            Step::Restore(components) => self.restore(&indexes(components)),
        };
        phases
            .into_iter()
            .filter(|phase| phase.rounds.iter().any(|round| !round.is_empty()))
            .collect()
    }

    /// What is down now, failed or stopped.
    pub fn lost(&self) -> Vec<ComponentId> {
        let mut lost = ids(self.flows().settled.all_lost());
        lost.sort_unstable();
        lost
    }

    fn flows(&self) -> Flows<'a> {
        let mut flows = Flows::new(&self.analysis.network);
        let failed: Vec<u32> = self.failed.iter().copied().collect();
        let stopped: Vec<u32> = self.stopped.iter().copied().collect();
        for flow in [&mut flows.now, &mut flows.settled] {
            flow.fail(&failed);
            flow.lose_all(&stopped);
        }
        flows.working = self.working.clone();
        flows
    }

    fn fail(&mut self, components: &[u32]) -> Vec<Phase> {
        let mut flows = self.flows();
        let marks = flows.mark();
        let before = flows.now.mark();
        flows.now.fail(components);
        let at_once = without(flows.now.since(before), components);
        flows.now.undo(before);
        let (_, moves) = flows.fail(&self.analysis.network, components);
        self.working.take_over(&self.analysis.network, &flows.settled);
        self.failed.extend(components);
        self.stopped.extend(&moves.stuck);
        let settled = flows.settled.since(marks.settled);
        let told: BTreeSet<u32> = at_once.iter().chain(&moves.stuck).copied().collect();
        let mut later = without(settled, components);
        later.retain(|component| !told.contains(component));
        let lost = ids(settled);
        let state = &flows.settled;
        let mut phases = vec![
            plain(PhaseKind::StopsAtOnce, &at_once),
            plain(PhaseKind::Interrupted, &moves.interrupted),
            ordered(PhaseKind::Recovers, &moves.rounds),
            self.with_reasons(PhaseKind::CannotRecover, &moves.stuck, state),
            plain(PhaseKind::StopsLater, &later),
        ];
        phases.extend(self.weak_effects(&lost, state));
        phases.push(self.disputed(&ids(&moves.interrupted), state));
        phases
    }

    /// Dependents that go on although a requirement of theirs is now unmet.
    fn weak_effects(&self, lost: &[ComponentId], state: &Flow<'_>) -> Vec<Phase> {
        let kinds = [
            (RequirementKind::Start, PhaseKind::GoesOnUntilRestart),
            (RequirementKind::Config, PhaseKind::ChangesBlocked),
            (RequirementKind::Soft, PhaseKind::Degrades),
        ];
        kinds
            .into_iter()
            .map(|(kind, phase)| {
                let mut reasons = Vec::new();
                for &provider in lost {
                    for id in self.analysis.graph.requirements_on(provider) {
                        let requirement = self.analysis.graph.requirement(id);
                        let fits = requirement.kind == kind && requirement.disputed.is_none();
                        let up = !state.is_lost(requirement.dependent.index() as u32);
                        if fits && up && self.unmet(id, state) {
                            reasons.push((requirement.dependent, id));
                        }
                    }
                }
                from_reasons(phase, reasons)
            })
            .collect()
    }

    /// What would stop as well if the disputed requirements held.
    fn disputed(&self, restarting: &[ComponentId], state: &Flow<'_>) -> Phase {
        let graph = self.analysis.graph;
        let mut reasons = Vec::new();
        for &component in restarting {
            for id in graph.requirements_of(component) {
                let is_disputed = graph.requirement(id).disputed.is_some();
                let up = !state.is_lost(component.index() as u32);
                if is_disputed && up && self.unmet(id, state) {
                    reasons.push((component, id));
                }
            }
        }
        from_reasons(PhaseKind::Disputed, reasons)
    }

    fn restart(&mut self, components: &[u32]) -> Vec<Phase> {
        let network = &self.analysis.network;
        let mut flows = self.flows();
        let marks = flows.mark();
        let (_, moves) = flows.fail(network, components);
        self.working.take_over(network, &flows.settled);
        let down = flows.settled.since(marks.settled).to_vec();
        let was_failed: Vec<u32> =
            components.iter().copied().filter(|c| self.failed.contains(c)).collect();
        self.stopped.extend(down.iter().filter(|c| !was_failed.contains(c)));
        let mut phases = vec![
            plain(PhaseKind::StopsForRestart, &down),
            plain(PhaseKind::Interrupted, &moves.interrupted),
            ordered(PhaseKind::Recovers, &without_rounds(&moves.rounds, &down)),
        ];
        phases.extend(self.start_what_can(&moves.interrupted));
        phases
    }

    fn restore(&mut self, components: &[u32]) -> Vec<Phase> {
        let before: Vec<u32> = self.flows().settled.all_lost().to_vec();
        for component in components {
            self.failed.remove(component);
        }
        self.stopped.extend(before.iter().filter(|c| !self.failed.contains(c)));
        self.start_what_can(&[])
    }

    /// Starts everything that is stopped but has not failed, as far as it will start.
    fn start_what_can(&mut self, interrupted: &[u32]) -> Vec<Phase> {
        let network = &self.analysis.network;
        let can_run = |c: &u32| !self.failed.contains(c) && !network.down.contains(c);
        let waiting: Vec<u32> = self.stopped.iter().copied().filter(can_run).collect();
        let flows = self.flows();
        let order =
            start_order(
                network,
                Level::Cold,
                &waiting,
                |provider, own_failure| match own_failure {
                    true => !flows.settled.has_failed(provider),
                    false => !flows.settled.is_lost(provider),
                },
            );
        let started: Vec<u32> = order.rounds.iter().flatten().copied().collect();
        self.stopped = order.stuck.iter().copied().collect();
        let after = self.flows();
        self.working.take_over(network, &after.settled);
        let state = &after.settled;
        let mut restarted = ids(&started);
        restarted.extend(ids(interrupted));
        vec![
            ordered(PhaseKind::ComesBack, &order.rounds),
            self.with_reasons(PhaseKind::DoesNotComeBack, &order.stuck, state),
            self.disputed(&restarted, state),
        ]
    }

    fn with_reasons(&self, kind: PhaseKind, components: &[u32], state: &Flow<'_>) -> Phase {
        let components = ids(components);
        let reason = |&component: &ComponentId| {
            let mut requirements = self.analysis.graph.requirements_of(component).into_iter();
            let unmet = requirements.find(|&id| {
                let requirement = self.analysis.graph.requirement(id);
                requirement.counts_at_start() && self.unmet(id, state)
            });
            Some((component, unmet?))
        };
        let reasons = components.iter().filter_map(reason).collect();
        Phase { kind, rounds: vec![sorted(components)], reasons }
    }

    fn unmet(&self, id: RequirementId, state: &Flow<'_>) -> bool {
        let requirement = self.analysis.graph.requirement(id);
        let serves = |&&provider: &&ComponentId| match requirement.watch {
            Watch::State => !state.is_lost(provider.index() as u32),
            Watch::OwnFailure => !state.has_failed(provider.index() as u32),
        };
        let up = requirement.providers.iter().filter(serves).count();
        up < requirement.at_least as usize
    }
}

fn from_reasons(kind: PhaseKind, mut reasons: Vec<(ComponentId, RequirementId)>) -> Phase {
    reasons.sort_unstable();
    reasons.dedup();
    let mut components: Vec<ComponentId> =
        reasons.iter().map(|&(component, _)| component).collect();
    components.dedup();
    Phase { kind, rounds: vec![components], reasons }
}

fn plain(kind: PhaseKind, components: &[u32]) -> Phase {
    Phase { kind, rounds: vec![sorted(ids(components))], reasons: Vec::new() }
}

fn ordered(kind: PhaseKind, rounds: &[Vec<u32>]) -> Phase {
    let rounds = rounds.iter().map(|round| sorted(ids(round))).collect();
    Phase { kind, rounds, reasons: Vec::new() }
}

fn sorted(mut components: Vec<ComponentId>) -> Vec<ComponentId> {
    components.sort_unstable();
    components
}

fn without(all: &[u32], some: &[u32]) -> Vec<u32> {
    let some: BTreeSet<u32> = some.iter().copied().collect();
    all.iter().copied().filter(|component| !some.contains(component)).collect()
}

fn without_rounds(rounds: &[Vec<u32>], some: &[u32]) -> Vec<Vec<u32>> {
    rounds.iter().map(|round| without(round, some)).collect()
}
