//! All single failures in one pass over the shared network: each is spread, read
//! off and taken back.

use rustc_hash::FxHashMap;

use super::failover::{self, Moves, Working};
use super::flow::{Flow, Mark};
use super::network::{Level, Network};
use super::scope::{self, Reach};
use super::{Analysis, Failure, STEPS_TO_LIST, WorkLimit, ids};
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
    pub(super) cold: Mark,
    /// What was lost from here on was lost because something had to move.
    moved: Mark,
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
        let settled = self.settled.mark();
        Marks { now: self.now.mark(), settled, cold: self.cold.mark(), moved: settled }
    }

    pub(super) fn undo(&mut self, marks: Marks) {
        self.now.undo(marks.now);
        self.settled.undo(marks.settled);
        self.cold.undo(marks.cold);
    }

    /// Fails components at every level and follows the moves that this causes.
    pub(super) fn fail(&mut self, network: &Network, failed: &[u32]) -> (Marks, Moves) {
        let mut marks = self.mark();
        self.now.fail(failed);
        self.settled.fail(failed);
        self.cold.fail(failed);
        marks.moved = self.settled.mark();
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

/// What is known of every single failure.
#[derive(Debug, Default)]
pub(super) struct Singles {
    /// In the order of the components.
    pub(super) failures: Vec<Failure>,
    /// Basic components and places whose single loss takes each component along.
    pub(super) takers: Vec<Vec<ComponentId>>,
    /// Those that take a function or service only because something starts again or moves, in
    /// ascending order: what the sweep does not know.
    pub(super) beyond: FxHashMap<ComponentId, Vec<ComponentId>>,
}

pub(super) fn all(analysis: &Analysis<'_>, work_limit: u64) -> Result<Singles, WorkLimit> {
    let network = &analysis.network;
    let mut flows = Flows::new(network);
    let mut singles = Singles {
        failures: Vec::with_capacity(analysis.graph.len()),
        takers: vec![Vec::new(); analysis.graph.len()],
        beyond: FxHashMap::default(),
    };
    let mut judging = 0;
    for component in analysis.graph.ids() {
        let (marks, moves) = flows.fail(network, &[component.index() as u32]);
        let failure = read_off(analysis, component, &flows, marks, &moves);
        judging += cost_of_judging(analysis, &failure);
        if analysis.graph.component(component).is_basic() {
            singles.note(analysis, &failure, &flows, marks);
        }
        singles.failures.push(failure);
        flows.undo(marks);
        if flows.work() + judging > work_limit {
            return Err(WorkLimit { limit: work_limit });
        }
    }
    Ok(singles)
}

impl Singles {
    /// What the failure of a basic component takes along.
    fn note(
        &mut self,
        analysis: &Analysis<'_>,
        failure: &Failure,
        flows: &Flows<'_>,
        marks: Marks,
    ) {
        let taker = failure.component;
        note_taker(taker, flows.settled.since(marks.settled), &mut self.takers);
        note_taker(taker, flows.cold.since(marks.cold), &mut self.takers);
        let by_moves = scope::functions(analysis, flows.settled.since(marks.moved));
        for function in by_moves.iter().map(id).chain(failure.later.iter().copied()) {
            self.beyond.entry(function).or_default().push(taker);
        }
    }
}

/// Judging a lost function looks at every provider it needs, and its name is kept.
fn cost_of_judging(analysis: &Analysis<'_>, failure: &Failure) -> u64 {
    let lost = failure.at_once.iter().chain(&failure.later);
    let listing = STEPS_TO_LIST * lost.clone().count() as u64;
    let needed = lost.flat_map(|id| analysis.network.requirements(id.index() as u32));
    let providers = needed.map(|&requirement| analysis.network.providers(requirement).len() as u64);
    listing + providers.sum::<u64>()
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
    let failed = component.index() as u32;
    let now = flows.now.since(marks.now);
    let at_once = flows.settled.since(marks.settled);
    let is_lost = |id: u32| flows.settled.is_lost(id);
    let cold = flows.cold.since(marks.cold).iter();
    let later: Vec<u32> = cold.copied().filter(|&id| !is_lost(id)).collect();
    let lost_now = |id: u32| flows.now.is_lost(id);
    let cold_lost = |id: u32| is_lost(id) || flows.cold.is_lost(id);
    let of_now =
        scope::of(analysis, &Reach { component: failed, lost: &[now], is_lost: &lost_now });
    let lost: &[&[u32]] = &[at_once, &later];
    let total = scope::of(analysis, &Reach { component: failed, lost, is_lost: &cold_lost });
    let functions = scope::functions(analysis, at_once);
    let stops_partly = |&&id: &&u32| scope::stops_partly(analysis, id, &is_lost);
    Failure {
        component,
        scope: total.scope,
        onset: onset(&of_now, &total),
        interruption: interruption(analysis, failed, moves),
        affected: at_once.len(),
        partly: functions.iter().filter(stops_partly).map(id).collect(),
        at_once: ids(&functions),
        later: ids(&scope::functions(analysis, &later)),
    }
}

fn id(index: &u32) -> ComponentId {
    ComponentId::new(*index as usize)
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
fn interruption(analysis: &Analysis<'_>, component: u32, moves: &Moves) -> Option<Scope> {
    if moves.interrupted.is_empty() {
        return None;
    }
    let mut sorted = moves.interrupted.clone();
    sorted.sort_unstable();
    let is_lost = |id: u32| sorted.binary_search(&id).is_ok();
    let reach = Reach { component, lost: &[&moves.interrupted], is_lost: &is_lost };
    Some(scope::of(analysis, &reach).scope).filter(|&scope| scope > Scope::None)
}
