//! The single failures that take each component, as sparse sets.
//!
//! A component is taken by its own failure, by whatever takes something it cannot do without,
//! and, where it needs k of n, by what takes more than n - k of these at once. The first two are
//! kept as references to the sets of the providers, the last as a list; so a long chain
//! costs one entry a link and not all the links below it. A set is read by walking the
//! references.
//!
//! Inside a cycle the sets are grown from nothing until none changes: the least fixed
//! point of being lost.

use super::WorkLimit;
use super::network::{Level, Network};
use super::sweep::Order;
use crate::graph::DependencyGraph;

#[derive(Debug)]
pub(super) struct Causes {
    /// Fails by itself.
    basic: Vec<bool>,
    down: Vec<bool>,
    /// What the component cannot do without: its causes take it as well.
    sole: Slices,
    /// Further causes.
    extra: Slices,
}

/// A slice of one array for each component.
#[derive(Debug, Default)]
struct Slices {
    places: Vec<(u32, u32)>,
    values: Vec<u32>,
}

impl Slices {
    fn new(keys: usize) -> Slices {
        Slices { places: vec![(0, 0); keys], values: Vec::new() }
    }

    fn get(&self, key: u32) -> &[u32] {
        let (start, end) = self.places[key as usize];
        &self.values[start as usize..end as usize]
    }

    fn set(&mut self, key: u32, values: &[u32]) {
        let start = self.values.len() as u32;
        self.values.extend_from_slice(values);
        self.places[key as usize] = (start, self.values.len() as u32);
    }
}

impl Causes {
    pub(super) fn find(
        graph: &DependencyGraph,
        network: &Network,
        order: &Order,
        work_limit: u64,
    ) -> Result<Causes, WorkLimit> {
        let mut down = vec![false; graph.len()];
        for &component in &network.down {
            down[component as usize] = true;
        }
        let causes = Causes {
            basic: graph.components().map(|(_, c)| c.is_basic()).collect(),
            down,
            sole: Slices::new(graph.len()),
            extra: Slices::new(graph.len()),
        };
        Finder::new(network, causes, work_limit).run(order)
    }

    pub(super) fn is_down(&self, component: u32) -> bool {
        self.down[component as usize]
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { causes: self, steps: Steps::new(self.basic.len()), sorted: Vec::new() }
    }
}

/// Reads sets, one after another.
#[derive(Debug)]
pub(super) struct Walk<'c> {
    causes: &'c Causes,
    steps: Steps,
    sorted: Vec<u32>,
}

impl Walk<'_> {
    /// In ascending order; none where the component is down anyway.
    pub(super) fn causes(&mut self, component: u32) -> &[u32] {
        self.sorted.clear();
        if !self.causes.is_down(component) {
            self.steps.follow(self.causes, component, &mut self.sorted);
        }
        self.sorted.sort_unstable();
        &self.sorted
    }
}

/// What a walk has seen, without clearing it between walks.
#[derive(Debug)]
struct Steps {
    walk: u32,
    visited: Vec<u32>,
    found: Vec<u32>,
    pending: Vec<u32>,
    work: u64,
}

impl Steps {
    fn new(components: usize) -> Steps {
        let unseen = vec![0; components];
        Steps { walk: 0, visited: unseen.clone(), found: unseen, pending: Vec::new(), work: 0 }
    }

    /// Adds the causes of a component that is not down, each once, in no order.
    fn follow(&mut self, causes: &Causes, component: u32, into: &mut Vec<u32>) {
        self.next_walk();
        self.pending.push(component);
        while let Some(at) = self.pending.pop() {
            if std::mem::replace(&mut self.visited[at as usize], self.walk) == self.walk {
                continue;
            }
            let (sole, extra) = (causes.sole.get(at), causes.extra.get(at));
            self.work += 1 + (sole.len() + extra.len()) as u64;
            self.pending.extend_from_slice(sole);
            let own = causes.basic[at as usize].then_some(at);
            for cause in own.into_iter().chain(extra.iter().copied()) {
                if std::mem::replace(&mut self.found[cause as usize], self.walk) != self.walk {
                    into.push(cause);
                }
            }
        }
    }

    fn next_walk(&mut self) {
        if self.walk == u32::MAX {
            self.visited.fill(0);
            self.found.fill(0);
            self.walk = 0;
        }
        self.walk += 1;
    }
}

struct Finder<'n> {
    network: &'n Network,
    causes: Causes,
    steps: Steps,
    /// How many providers of the requirement in work each cause takes.
    taken: Vec<u32>,
    work_limit: u64,
    sole: Vec<u32>,
    extra: Vec<u32>,
    one: Vec<u32>,
}

impl Finder<'_> {
    fn new(network: &Network, causes: Causes, work_limit: u64) -> Finder<'_> {
        let components = network.components();
        Finder {
            network,
            causes,
            steps: Steps::new(components),
            taken: vec![0; components],
            work_limit,
            sole: Vec::new(),
            extra: Vec::new(),
            one: Vec::new(),
        }
    }

    fn run(mut self, order: &Order) -> Result<Causes, WorkLimit> {
        if order.cycles.is_empty() {
            for &component in &order.members {
                self.solve(component)?;
                self.causes.sole.set(component, &self.sole);
                self.causes.extra.set(component, &self.extra);
            }
        }
        for &(start, end) in &order.cycles {
            self.solve_cycle(&order.members[start..end])?;
        }
        Ok(self.causes)
    }

    /// Grows the sets of a part until they stay as they are. Within it they are lists, so
    /// that growth can be seen.
    fn solve_cycle(&mut self, part: &[u32]) -> Result<(), WorkLimit> {
        loop {
            let mut has_changed = false;
            for &component in part {
                let (before, was_down) =
                    (self.causes.extra.get(component).len(), self.causes.is_down(component));
                self.solve(component)?;
                if part.len() == 1 && !self.sole.contains(&component) {
                    self.causes.sole.set(component, &self.sole);
                    self.causes.extra.set(component, &self.extra);
                    return Ok(());
                }
                self.flatten();
                if self.extra.len() != before || self.causes.is_down(component) != was_down {
                    has_changed = true;
                    self.causes.extra.set(component, &self.extra);
                }
            }
            if !has_changed {
                return Ok(());
            }
        }
    }

    /// Puts what the sole providers bring into the list of further causes.
    fn flatten(&mut self) {
        let sole = std::mem::take(&mut self.sole);
        for &provider in &sole {
            self.steps.follow(&self.causes, provider, &mut self.extra);
        }
        self.sole = sole;
        self.extra.sort_unstable();
        self.extra.dedup();
    }

    /// What takes the component, into `sole` and `extra`; or it is down.
    fn solve(&mut self, component: u32) -> Result<(), WorkLimit> {
        self.sole.clear();
        self.extra.clear();
        let network = self.network;
        for &requirement in network.requirements(component) {
            if !self.causes.is_down(component) && network.counts(requirement, Level::Settled) {
                self.unmet(component, requirement);
            }
        }
        if self.causes.is_down(component) {
            self.sole.clear();
            self.extra.clear();
        }
        match self.steps.work > self.work_limit {
            true => Err(WorkLimit { limit: self.work_limit }),
            false => Ok(()),
        }
    }

    fn unmet(&mut self, component: u32, requirement: u32) {
        let network = self.network;
        let own = network.watches_own_failure(requirement);
        let providers = network.providers(requirement);
        self.steps.work += 1 + providers.len() as u64;
        let is_gone = |p: &&u32| match own {
            true => network.down.binary_search(p).is_ok(),
            false => self.causes.down[**p as usize],
        };
        let gone = providers.iter().filter(is_gone).count() as i64;
        let needed = network.slack(requirement) + 1 - gone;
        if needed <= 0 {
            self.causes.down[component as usize] = true;
        } else if needed == 1 && !own {
            let is_up = |p: &&u32| !self.causes.down[**p as usize];
            self.sole.extend(providers.iter().filter(is_up));
        } else if needed == 1 {
            let basic = |p: &&u32| self.causes.basic[**p as usize];
            self.extra.extend(providers.iter().filter(basic));
        } else if !own {
            self.common(providers, needed as u32);
        }
    }

    /// What takes at least so many of the providers.
    fn common(&mut self, providers: &[u32], needed: u32) {
        self.one.clear();
        for &provider in providers {
            if self.causes.down[provider as usize] {
                continue;
            }
            let from = self.one.len();
            self.steps.follow(&self.causes, provider, &mut self.one);
            for &cause in &self.one[from..] {
                self.taken[cause as usize] += 1;
            }
        }
        for &cause in &self.one {
            if std::mem::take(&mut self.taken[cause as usize]) >= needed {
                self.extra.push(cause);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::{Layout, WORK_LIMIT};
    use crate::graph::{Component, ComponentId, DependencyGraph, Requirement};

    fn graph(names: &[&'static str]) -> (DependencyGraph, Vec<ComponentId>) {
        let mut graph = DependencyGraph::new();
        let ids = names.iter().map(|name| graph.add_component(Component::basic(*name, "thing")));
        let ids = ids.collect();
        (graph, ids)
    }

    /// app needs one of a and b; both need the switch; a needs its own disk.
    #[test]
    fn what_all_alternatives_share_takes_the_dependent() {
        let (mut graph, ids) = graph(&["app", "a", "b", "switch", "disk"]);
        let [app, a, b, switch, disk] = ids[..] else { unreachable!() };
        graph.add_requirement(Requirement::some(app, 1, vec![a, b]));
        graph.add_requirement(Requirement::run(a, switch));
        graph.add_requirement(Requirement::run(b, switch));
        graph.add_requirement(Requirement::run(a, disk));
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().unwrap();
        assert_eq!(sweep.singles(&[app, a]), [vec![app, switch], vec![a, switch, disk]]);
        // app: 2, a: 3, b: 2, switch: 1, disk: 1
        assert_eq!(sweep.impacts(), 9);
        let by_words = sweep.singles_by_words(&[app, a]).unwrap();
        assert_eq!(by_words, sweep.singles(&[app, a]));
        assert_eq!(sweep.pairs_by_words(&[app]).unwrap(), [vec![(a, b), (b, disk)]]);
    }

    #[test]
    fn what_holds_itself_up_is_taken_from_outside_only() {
        let (mut graph, ids) = graph(&["a", "b", "power"]);
        let [a, b, power] = ids[..] else { unreachable!() };
        graph.add_requirement(Requirement::run(a, b));
        graph.add_requirement(Requirement::run(b, a));
        graph.add_requirement(Requirement::run(b, power));
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().unwrap();
        assert_eq!(sweep.singles(&[a, b]), [vec![a, b, power], vec![a, b, power]]);
        assert_eq!(sweep.singles_by_words(&[a]).unwrap(), [vec![a, b, power]]);
    }

    /// A chain has half a trillion pairs of cause and loss; only those asked for are listed.
    #[test]
    fn a_chain_of_a_million_costs_one_entry_a_link() {
        let mut graph = DependencyGraph::new();
        let mut last = graph.add_component(Component::basic("0", "thing"));
        for _ in 1..1_000_000 {
            let next = graph.add_component(Component::basic("n", "thing"));
            graph.add_requirement(Requirement::run(next, last));
            last = next;
        }
        let layout = Layout::new(&graph, 10_000_000);
        let sweep = layout.sweep().unwrap();
        assert_eq!(sweep.singles(&[last])[0].len(), 1_000_000);
    }
}
