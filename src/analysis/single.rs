//! All single failures in one pass over the shared network: each is spread, read
//! off and taken back.

use super::failover::{self, Moves, Working};
use super::flow::{Flow, Mark};
use super::network::{Level, Network};
use super::scope::{self, Reach};
use super::{Analysis, Failure, WorkLimit, ids};
use crate::graph::{ComponentId, Onset, Scope};

/// The state of the network at each level, ready to be failed and taken back.
pub(super) struct Flows<'n> {
    pub(super) now: Flow<'n>,
    pub(super) settled: Flow<'n>,
    pub(super) cold: Flow<'n>,
    pub(super) working: Working,
}

#[derive(Clone, Copy)]
pub(super) struct Marks {
    now: Mark,
    pub(super) settled: Mark,
    cold: Mark,
}

impl<'n> Flows<'n> {
    pub(super) fn new(network: &'n Network) -> Flows<'n> {
        Flows {
            now: Flow::new(network, Level::Now),
            settled: Flow::new(network, Level::Settled),
            cold: Flow::new(network, Level::Cold),
            working: Working::default(),
        }
    }

    pub(super) fn mark(&self) -> Marks {
        Marks { now: self.now.mark(), settled: self.settled.mark(), cold: self.cold.mark() }
    }

    pub(super) fn undo(&mut self, marks: Marks) {
        self.now.undo(marks.now);
        self.settled.undo(marks.settled);
        self.cold.undo(marks.cold);
    }

    /// Fails components at every level and follows the moves that this causes.
    pub(super) fn fail(&mut self, network: &Network, failed: &[u32]) -> (Marks, Moves) {
        let marks = self.mark();
        self.now.fail(failed);
        self.settled.fail(failed);
        self.cold.fail(failed);
        let (now, settled) = (&mut self.now, &mut self.settled);
        let moves = failover::follow(network, &self.working, now, settled, marks.settled);
        (marks, moves)
    }

    pub(super) fn lost_at_once(&mut self, network: &Network, failed: &[u32]) -> Vec<u32> {
        self.fail(network, failed);
        self.settled.all_lost().to_vec()
    }

    fn work(&self) -> u64 {
        self.now.work + self.settled.work + self.cold.work
    }
}

/// Takers of one component that are remembered; more do not make the answer worse.
const MOST_TAKERS: usize = 8;

/// The failures in the order of the components, and what takes each component along.
type Singles = (Vec<Failure>, Vec<Vec<ComponentId>>);

pub(super) fn all(analysis: &Analysis<'_>, work_limit: u64) -> Result<Singles, WorkLimit> {
    let network = &analysis.network;
    let mut flows = Flows::new(network);
    let mut failures = Vec::with_capacity(analysis.graph.len());
    let mut takers: Vec<Vec<ComponentId>> = vec![Vec::new(); analysis.graph.len()];
    let mut judging = 0;
    for component in analysis.graph.ids() {
        let failed = [component.index() as u32];
        let (marks, moves) = flows.fail(network, &failed);
        failures.push(read_off(analysis, component, &flows, marks, &moves));
        if analysis.graph.component(component).is_basic() {
            note_taker(component, flows.settled.since(marks.settled), &mut takers);
            note_taker(component, flows.cold.since(marks.cold), &mut takers);
        }
        flows.undo(marks);
        judging += failures.last().map_or(0, |failure| cost_of_judging(analysis, failure));
        if flows.work() + judging > work_limit {
            return Err(WorkLimit { limit: work_limit });
        }
    }
    Ok((failures, takers))
}

/// Judging a lost function looks at every provider it needs.
fn cost_of_judging(analysis: &Analysis<'_>, failure: &Failure) -> u64 {
    let lost = failure.at_once.iter().chain(&failure.later);
    let needed = lost.flat_map(|id| analysis.network.requirements(id.index() as u32));
    needed.map(|&requirement| analysis.network.providers(requirement).len() as u64).sum()
}

fn note_taker(taker: ComponentId, lost: &[u32], takers: &mut [Vec<ComponentId>]) {
    for &component in lost {
        let known = &mut takers[component as usize];
        let itself = component as usize == taker.index();
        if !itself && known.len() < MOST_TAKERS && known.last() != Some(&taker) {
            known.push(taker);
        }
    }
}

fn read_off(
    analysis: &Analysis<'_>,
    component: ComponentId,
    flows: &Flows<'_>,
    marks: Marks,
    moves: &Moves,
) -> Failure {
    let now = ids(flows.now.since(marks.now));
    let at_once = ids(flows.settled.since(marks.settled));
    let later: Vec<ComponentId> = ids(flows.cold.since(marks.cold))
        .into_iter()
        .filter(|&id| !flows.settled.is_lost(id.index() as u32))
        .collect();
    let is_lost = |id: ComponentId| flows.settled.is_lost(id.index() as u32);
    let lost_now = |id: ComponentId| flows.now.is_lost(id.index() as u32);
    let cold_lost = |id: ComponentId| is_lost(id) || flows.cold.is_lost(id.index() as u32);
    let of_now = scope::of(analysis, &Reach { component, lost: &[&now], is_lost: &lost_now });
    let total =
        scope::of(analysis, &Reach { component, lost: &[&at_once, &later], is_lost: &cold_lost });
    let partly = scope::partly(analysis, &at_once, &is_lost);
    Failure {
        component,
        scope: total.scope,
        onset: onset(&of_now, &total),
        interruption: interruption(analysis, component, moves),
        affected: at_once.len(),
        at_once: scope::functions(analysis, &at_once),
        later: scope::functions(analysis, &later),
        partly,
    }
}

fn onset(of_now: &scope::Judged, total: &scope::Judged) -> Onset {
    if total.gradual {
        Onset::Gradual
    } else if of_now.scope < total.scope {
        Onset::Latent
    } else {
        Onset::Immediate
    }
}

/// How far the moment reaches in which moved things are down.
fn interruption(analysis: &Analysis<'_>, component: ComponentId, moves: &Moves) -> Option<Scope> {
    let interrupted = ids(&moves.interrupted);
    if interrupted.is_empty() {
        return None;
    }
    let mut sorted = interrupted.clone();
    sorted.sort_unstable();
    let is_lost = |id: ComponentId| sorted.binary_search(&id).is_ok();
    let reach = Reach { component, lost: &[&interrupted], is_lost: &is_lost };
    Some(scope::of(analysis, &reach).scope).filter(|&scope| scope > Scope::None)
}
