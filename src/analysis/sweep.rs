//! All single failures of a topology at once, in two ways that check each other: sparse sets
//! of causes, and 64 failures a word. Both count losses as the structure function does:
//! requirements without restarts, no moves, basic components and placements failing.

use super::network::{Level, Network};
use super::parallel::Words;
use super::sparse::Causes;
use super::{WorkLimit, ids, main_functions};
use crate::graph::{ComponentId, DependencyGraph, Requirement};

/// The graph laid flat, with an order in which providers come first.
#[derive(Debug)]
pub struct Layout<'g> {
    graph: &'g DependencyGraph,
    network: Network,
    order: Order,
    work_limit: u64,
}

/// The causes of all losses.
#[derive(Debug)]
pub struct Sweep<'l> {
    graph: &'l DependencyGraph,
    layout: &'l Layout<'l>,
    causes: Causes,
}

/// Components in parts, providers first; a part of several is a cycle.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) members: Vec<u32>,
    /// Where parts of more than one member begin and end within `members`.
    pub(super) cycles: Vec<(usize, usize)>,
}

/// A pair of failures, the smaller component number first.
type Pair = (ComponentId, ComponentId);

impl<'g> Layout<'g> {
    pub fn new(graph: &'g DependencyGraph, work_limit: u64) -> Layout<'g> {
        let network = Network::new(graph);
        let order = Order::of(graph, &network);
        Layout { graph, network, order, work_limit }
    }

    /// Finds the causes of all losses, as sparse sets.
    pub fn sweep(&self) -> Result<Sweep<'_>, WorkLimit> {
        let causes = Causes::find(self.graph, &self.network, &self.order, self.work_limit)?;
        Ok(Sweep { graph: self.graph, layout: self, causes })
    }

    /// Reads everything that a sweep reads, once and in order: what it costs at least. Returns
    /// the bytes read and a sum, so that nothing is left out.
    pub fn read_once(&self) -> (usize, u64) {
        let (bytes, sum) = self.network.read_once();
        let order = self.order.members.iter().map(|&member| u64::from(member));
        (bytes + 4 * self.order.members.len(), sum.wrapping_add(order.sum()))
    }
}

impl Sweep<'_> {
    /// Lost with nothing failed.
    pub fn is_down(&self, component: ComponentId) -> bool {
        self.causes.is_down(component.index() as u32)
    }

    /// Services; where there is none, main functions, or what nothing else needs.
    pub fn main_functions(&self) -> Vec<ComponentId> {
        let down: Vec<bool> = self.graph.ids().map(|id| self.is_down(id)).collect();
        main_functions(self.graph, &down)
    }

    /// The single failures that take each target, in ascending order; none where it is down.
    pub fn singles(&self, targets: &[ComponentId]) -> Vec<Vec<ComponentId>> {
        let mut walk = self.causes.walk();
        targets.iter().map(|target| ids(walk.causes(target.index() as u32))).collect()
    }

    /// How many pairs of a failure and something that it takes there are.
    pub fn impacts(&self) -> u64 {
        let mut walk = self.causes.walk();
        self.graph.ids().map(|id| walk.causes(id.index() as u32).len() as u64).sum()
    }

    /// The same as [`Sweep::singles`], found by the second method.
    pub fn singles_by_words(
        &self,
        targets: &[ComponentId],
    ) -> Result<Vec<Vec<ComponentId>>, WorkLimit> {
        let mut words = self.words();
        let mut found = vec![Vec::new(); targets.len()];
        words.all(&[], |window, lost| {
            for (target, found) in targets.iter().zip(&mut found) {
                collect(window, lost[target.index()], found);
            }
        })?;
        for (target, found) in targets.iter().zip(&mut found) {
            found.sort_unstable();
            if self.is_down(*target) {
                found.clear();
            }
        }
        Ok(found)
    }

    fn words(&self) -> Words<'_> {
        let layout = self.layout;
        Words::new(self.graph, &layout.network, &layout.order, layout.work_limit)
    }

    /// The pairs that take each target while neither of the two does, by the second method.
    pub fn pairs_by_words(&self, targets: &[ComponentId]) -> Result<Vec<Vec<Pair>>, WorkLimit> {
        let singles = self.singles(targets);
        let mut words = self.words();
        let mut found = vec![Vec::new(); targets.len()];
        for first in self.graph.ids().filter(|&id| self.graph.component(id).is_basic()) {
            words.all(&[first.index() as u32], |window, lost| {
                for (at, target) in targets.iter().enumerate() {
                    let is_single = |id: &ComponentId| singles[at].binary_search(id).is_ok();
                    let mut with = Vec::new();
                    collect(window, lost[target.index()], &mut with);
                    let counts = !is_single(&first) && !self.is_down(*target);
                    let seconds = with.into_iter().filter(|id| *id > first && !is_single(id));
                    found[at].extend(seconds.filter(|_| counts).map(|second| (first, second)));
                }
            })?;
        }
        for pairs in &mut found {
            pairs.sort_unstable();
        }
        Ok(found)
    }
}

/// The failures of a window whose bit is set.
fn collect(window: &[u32], mut word: u64, found: &mut Vec<ComponentId>) {
    while word != 0 {
        let bit = word.trailing_zeros() as usize;
        if let Some(&failed) = window.get(bit) {
            found.push(ComponentId::new(failed as usize));
        }
        word &= word - 1;
    }
}

impl Order {
    fn of(graph: &DependencyGraph, network: &Network) -> Order {
        let members = providers_first(network);
        match members.len() == network.components() {
            true => Order { members, cycles: Vec::new() },
            false => Order::with_cycles(graph),
        }
    }

    fn with_cycles(graph: &DependencyGraph) -> Order {
        let counts = |r: &Requirement| r.kind.is_at_once() && r.disputed.is_none();
        let mut order = Order::default();
        for part in graph.strong_parts(counts) {
            let start = order.members.len();
            order.members.extend(part.iter().map(|id| id.index() as u32));
            // One alone is a cycle if it needs itself; going over it twice does no harm.
            order.cycles.push((start, order.members.len()));
        }
        order
    }
}

/// All components, providers first, or fewer if there is a cycle (Kahn 1962).
fn providers_first(network: &Network) -> Vec<u32> {
    let counts = |r: u32| network.counts(r, Level::Settled);
    let mut waits_for = vec![0u32; network.components()];
    for requirement in (0..network.requirement_count() as u32).filter(|&r| counts(r)) {
        let providers = network.providers(requirement).len() as u32;
        waits_for[network.dependent(requirement) as usize] += providers;
    }
    let all = 0..network.components() as u32;
    let mut order: Vec<u32> = all.filter(|&c| waits_for[c as usize] == 0).collect();
    let mut next = 0;
    while let Some(&provider) = order.get(next) {
        next += 1;
        let watching = network.watched_by(provider).iter().chain(network.own_watched_by(provider));
        for &requirement in watching.filter(|&&r| counts(r)) {
            let dependent = network.dependent(requirement);
            let waits = &mut waits_for[dependent as usize];
            *waits -= 1;
            if *waits == 0 {
                order.push(dependent);
            }
        }
    }
    order
}
