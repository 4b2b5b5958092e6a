//! What stops when something fails, how far that reaches, when it is felt, and
//! what is a single point of failure.
//!
//! Speaks of components and requirements only: no YAML, no places in a file, no
//! colours, no severities. Deterministic: the same graph gives the same answers in
//! the same order.

mod bits;
mod choices;
mod failover;
mod flow;
mod layout;
mod meeting;
mod needs;
mod network;
mod order;
mod parallel;
mod proof;
mod rings;
mod rows;
mod scenario;
mod scope;
mod single;
mod sparse;
mod structure;
mod sweep;
#[cfg(test)]
mod testing;
mod witness;

use std::cmp::Reverse;

use crate::graph::{ComponentId, DependencyGraph, FunctionRole, Onset, RequirementId, Scope};

pub use choices::Defeat;
pub use proof::{Proof, Proofs, Prover};
pub use scenario::{Phase, PhaseKind, Scenario, Step};
pub use structure::Structure;
pub use sweep::{Layout, Sweep};
pub use witness::{Explainer, Path, Waits};

use self::flow::Flow;
use self::network::{Level, Network};
use self::scope::Parts;
use self::single::Singles;

/// Losses and requirements that one analysis may look at before it gives up.
pub const WORK_LIMIT: u64 = 5_000_000_000;

/// Steps that a name in an answer is worth: what is listed is kept in memory, and read again.
const STEPS_TO_LIST: u64 = 50;

/// The answers for every single failure of a topology.
#[derive(Debug)]
pub struct Analysis<'g> {
    graph: &'g DependencyGraph,
    sweep: Sweep<'g>,
    network: Network,
    /// Lost with nothing failed: what the file says does not run, and what needs it.
    pub down: Vec<ComponentId>,
    /// Components that hold only each other up: they go on, but cannot be started again.
    pub deadlocks: Vec<Vec<ComponentId>>,
    /// Functions whose loss is asked about.
    main: Vec<ComponentId>,
    parts: Parts,
    singles: Singles,
}

/// A single failure that takes a function or service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Single {
    pub component: ComponentId,
    pub takes: Takes,
}

/// How one loss takes a service, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    AtOnce,
    AtRestart,
    /// Only one computer's share of it.
    Share,
}

/// What the loss of one component does.
#[derive(Debug, Clone)]
pub struct Failure {
    pub component: ComponentId,
    pub scope: Scope,
    pub onset: Onset,
    /// Functions and services that stop, without any restart.
    pub at_once: Vec<ComponentId>,
    /// Functions and services that stop in addition once things restart.
    pub later: Vec<ComponentId>,
    /// Of `at_once`: those of which only one computer's share stops.
    pub partly: Vec<ComponentId>,
    /// How far a brief interruption by switch-over reaches, if there is one.
    pub interruption: Option<Scope>,
    /// Everything that is down, the component itself included.
    pub affected: usize,
}

/// When a requirement counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// In the first moment.
    pub now: bool,
    /// Once caches and grace times have run out.
    pub settled: bool,
    /// When its dependent starts.
    pub start: bool,
}

/// The analysis would cost more than it is allowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the topology is so large and entangled that working out its failures takes more than {limit} steps"
)]
pub struct WorkLimit {
    pub limit: u64,
}

impl<'g> Analysis<'g> {
    pub fn new(graph: &'g DependencyGraph, work_limit: u64) -> Result<Analysis<'g>, WorkLimit> {
        let mut network = Network::new(graph);
        let settled = Flow::new(&network, Level::Settled);
        let lost: Vec<u32> = settled.all_lost().to_vec();
        let is_lost: Vec<bool> = (0..graph.len() as u32).map(|c| settled.is_lost(c)).collect();
        network.choose_working(|component| is_lost[component as usize]);
        let mut down = ids(&lost);
        down.sort_unstable();
        let deadlocks = deadlocks(&network, &is_lost);
        let main = main_functions(graph, &is_lost);
        let sweep = Layout::new(graph, work_limit).sweep()?;
        let mut analysis = Analysis {
            graph,
            sweep,
            network,
            down,
            deadlocks,
            parts: Parts::of(graph, &main),
            main,
            singles: Singles::default(),
        };
        analysis.singles = single::all(&analysis, work_limit)?;
        Ok(analysis)
    }

    pub fn graph(&self) -> &'g DependencyGraph {
        self.graph
    }

    /// All single failures, without restarts and moves.
    pub fn sweep(&self) -> &Sweep<'g> {
        &self.sweep
    }

    /// Basic components and places whose single loss takes each function or service, restarts
    /// and moves included, in ascending order: what the sweep found, and what lies beyond it.
    pub fn singles(&self, functions: &[ComponentId]) -> impl Iterator<Item = Vec<Single>> {
        let swept = self.sweep.each_singles(functions);
        functions.iter().zip(swept).map(|(&function, mut found)| {
            found.extend(self.singles.beyond.get(&function).into_iter().flatten());
            found.sort_unstable();
            let single = |component| Single { component, takes: self.takes(component, function) };
            found.into_iter().map(single).collect()
        })
    }

    /// Puts single failures of one service in order: what takes it hardest, reaches widest and takes
    /// most along first.
    pub fn worst_first(&self, singles: &mut [Single]) {
        singles.sort_by_key(|single| {
            let failure = self.failure(single.component);
            (single.takes, Reverse((failure.scope, failure.affected)), single.component)
        });
    }

    fn takes(&self, component: ComponentId, function: ComponentId) -> Takes {
        let failure = self.failure(component);
        if failure.partly.binary_search(&function).is_ok() {
            Takes::Share
        } else if failure.at_once.binary_search(&function).is_ok() {
            Takes::AtOnce
        } else {
            Takes::AtRestart
        }
    }

    pub fn failure(&self, component: ComponentId) -> &Failure {
        &self.singles.failures[component.index()]
    }

    pub fn failures(&self) -> &[Failure] {
        &self.singles.failures
    }

    /// The functions whose loss decides between `endpoint` and `systemwide`.
    pub fn main_functions(&self) -> &[ComponentId] {
        &self.main
    }

    /// The services; where there are none, the main functions.
    pub fn asked_about(&self) -> Vec<ComponentId> {
        match self.graph.services() {
            none if none.is_empty() => self.main.clone(),
            services => services,
        }
    }

    pub fn is_down(&self, component: ComponentId) -> bool {
        self.down.binary_search(&component).is_ok()
    }

    /// A basic component or a place whose loss takes a function or a service, at once or later.
    pub fn is_spof(&self, component: ComponentId) -> bool {
        let failure = self.failure(component);
        let takes_something = !failure.at_once.is_empty() || !failure.later.is_empty();
        self.graph.component(component).is_basic() && takes_something
    }

    /// Basic components and places, other than itself, whose single loss takes a component
    /// along, at once or later; the first few of them.
    pub fn taken_by(&self, component: ComponentId) -> &[ComponentId] {
        &self.singles.takers[component.index()]
    }

    /// When a requirement counts.
    pub fn counts(&self, requirement: RequirementId) -> Counts {
        let at = |level| self.network.counts(requirement.index() as u32, level);
        Counts { now: at(Level::Now), settled: at(Level::Settled), start: at(Level::Cold) }
    }

    /// The provider that works, where another one takes over from it.
    pub fn working(&self, requirement: RequirementId) -> Option<ComponentId> {
        self.network.active(requirement.index() as u32).map(|c| ComponentId::new(c as usize))
    }

    /// Whether only some computers' shares of a function stop with these losses.
    pub fn stops_partly(&self, function: ComponentId, lost: &[ComponentId]) -> bool {
        let mut sorted = lost.to_vec();
        sorted.sort_unstable();
        let is_lost = |id: u32| sorted.binary_search(&ComponentId::new(id as usize)).is_ok();
        scope::stops_partly(self, function.index() as u32, &is_lost)
    }

    pub fn spofs(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.graph.ids().filter(|&id| self.is_spof(id))
    }

    /// True when the platform documents a narrower scope than the one computed.
    pub fn is_escalated(&self, component: ComponentId) -> bool {
        let documented = self.graph.component(component).documented;
        documented.is_some_and(|documented| self.failure(component).scope > documented.scope)
    }

    /// Providers that take over from the component, by the requirement they are alternatives in.
    pub fn alternatives(&self, component: ComponentId) -> Vec<(ComponentId, Vec<ComponentId>)> {
        let mut found = Vec::new();
        for id in self.graph.requirements_on(component) {
            let requirement = self.graph.requirement(id);
            let others: Vec<ComponentId> = requirement
                .providers
                .iter()
                .copied()
                .filter(|&other| other != component && !self.is_down(other))
                .collect();
            let enough = others.len() >= requirement.at_least as usize;
            if requirement.counts_at_start() && enough && !others.is_empty() {
                found.push((requirement.dependent, others));
            }
        }
        found
    }

    /// Choices of the author that one loss defeats, so that they are none.
    pub fn defeated_choices(&self) -> Vec<Defeat> {
        choices::defeats(self)
    }

    /// What something cannot do without, itself first: along requirements that leave no choice.
    pub fn rests_on(&self, id: ComponentId) -> Vec<ComponentId> {
        choices::rests_on(self, id)
    }

    /// Everything that the loss of some components stops, without any restart.
    pub fn lost_with(&self, failed: &[ComponentId]) -> Vec<ComponentId> {
        let mut flows = single::Flows::new(&self.network);
        let lost = flows.lost_at_once(&self.network, &indexes(failed));
        let mut lost = ids(&lost);
        lost.sort_unstable();
        lost
    }

    /// Everything that would not be up if all were started from cold with these failed.
    pub fn lost_from_cold(&self, failed: &[ComponentId]) -> Vec<ComponentId> {
        let mut flow = Flow::new(&self.network, Level::Cold);
        flow.fail(&indexes(failed));
        let mut lost = ids(flow.all_lost());
        lost.sort_unstable();
        lost
    }
}

/// Functions if there are any, else services, else what nothing else needs.
fn main_functions(graph: &DependencyGraph, lost: &[bool]) -> Vec<ComponentId> {
    let up = |id: ComponentId| !lost[id.index()];
    let main = graph.with_role(FunctionRole::Main).filter(|&id| up(id));
    let main: Vec<ComponentId> = main.collect();
    if !main.is_empty() {
        return main;
    }
    let services: Vec<ComponentId> = graph.services().into_iter().filter(|&id| up(id)).collect();
    if !services.is_empty() {
        return services;
    }
    let has_function = |id: ComponentId| graph.component(id).function.is_some();
    graph
        .ids()
        .filter(|&id| up(id) && !has_function(id) && graph.requirements_on(id).is_empty())
        .collect()
}

fn deadlocks(network: &Network, down: &[bool]) -> Vec<Vec<ComponentId>> {
    let cold = Flow::new(network, Level::Cold);
    let stuck = |&&member: &&u32| cold.is_lost(member) && !down[member as usize];
    let parts = (0..network.parts() as u32).map(|part| network.part(part));
    parts
        .map(|part| part.iter().filter(stuck).map(|&c| ComponentId::new(c as usize)).collect())
        .filter(|part: &Vec<ComponentId>| !part.is_empty())
        .collect()
}

fn ids(indexes: &[u32]) -> Vec<ComponentId> {
    indexes.iter().map(|&index| ComponentId::new(index as usize)).collect()
}

fn indexes(ids: &[ComponentId]) -> Vec<u32> {
    ids.iter().map(|id| id.index() as u32).collect()
}
