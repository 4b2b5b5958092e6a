//! Proofs that a set is a minimal cut set: how its failure takes the service, and for each
//! member a path set that holds no other of them.
//!
//! Found with the flow of losses without restarts and moves, as the structure function counts
//! them. A path set serves many cut sets, so each is kept and used again where it fits.

use rustc_hash::{FxHashMap, FxHashSet};

use super::flow::Flow;
use super::network::{Level, Network};
use super::{ids, indexes};
use crate::graph::{ComponentId, DependencyGraph};

/// The graph laid flat, to prove things about it.
#[derive(Debug)]
pub struct Proofs<'g> {
    graph: &'g DependencyGraph,
    network: Network,
}

/// A minimal cut set with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub fail: Vec<ComponentId>,
    /// Each loss with the earlier ones that cause it, the service last.
    pub loss: Vec<(ComponentId, Vec<ComponentId>)>,
    /// Each member with the number of its path set.
    pub needed: Vec<(ComponentId, usize)>,
}

impl<'g> Proofs<'g> {
    pub fn new(graph: &'g DependencyGraph) -> Proofs<'g> {
        Proofs { graph, network: Network::new(graph) }
    }

    pub fn of(&self, service: ComponentId) -> Prover<'_> {
        Prover {
            graph: self.graph,
            network: &self.network,
            flow: Flow::new(&self.network, Level::Settled),
            service: service.index() as u32,
            paths: Vec::new(),
            with: FxHashMap::default(),
        }
    }
}

/// Proves cut sets of one service.
#[derive(Debug)]
pub struct Prover<'n> {
    graph: &'n DependencyGraph,
    network: &'n Network,
    flow: Flow<'n>,
    service: u32,
    paths: Vec<FxHashSet<u32>>,
    /// Path sets by member.
    with: FxHashMap<u32, Vec<usize>>,
}

impl Prover<'_> {
    /// None if the set is no minimal cut set of the service.
    pub fn prove(&mut self, set: &[ComponentId]) -> Option<Proof> {
        let fail = indexes(set);
        let mark = self.flow.mark();
        self.flow.fail(&fail);
        let loss = self.loss();
        self.flow.undo(mark);
        let loss = loss?.into_iter().map(|(id, without)| (one(id), ids(&without))).collect();
        let mut needed = Vec::with_capacity(fail.len());
        for &member in &fail {
            needed.push((one(member), self.path_without_others(member, &fail)?));
        }
        Some(Proof { fail: set.to_vec(), loss, needed })
    }

    /// Path sets so far, members in ascending order.
    pub fn path_sets(&self) -> Vec<Vec<ComponentId>> {
        let sorted = |path: &FxHashSet<u32>| {
            let mut members: Vec<u32> = path.iter().copied().collect();
            members.sort_unstable();
            ids(&members)
        };
        self.paths.iter().map(sorted).collect()
    }

    /// Adds path sets until only single points of failure lie in all of them.
    pub fn show_all_single_points(&mut self) {
        if self.flow.is_lost(self.service) {
            return;
        }
        if self.paths.is_empty() {
            self.add_path();
        }
        let mut in_all: Vec<u32> = match self.paths.split_first() {
            Some((first, rest)) => {
                first.iter().copied().filter(|id| rest.iter().all(|p| p.contains(id))).collect()
            }
            None => Vec::new(),
        };
        in_all.sort_unstable();
        while let Some(candidate) = in_all.pop() {
            let mark = self.flow.mark();
            self.flow.fail(&[candidate]);
            if !self.flow.is_lost(self.service) {
                let path = self.add_path();
                in_all.retain(|id| self.paths[path].contains(id));
            }
            self.flow.undo(mark);
        }
    }

    /// The losses that lead to the service, each after those it rests on.
    fn loss(&self) -> Option<Vec<(u32, Vec<u32>)>> {
        let order = self.flow.all_lost();
        let ranks: FxHashMap<u32, usize> = order.iter().copied().zip(0..).collect();
        let mut found: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        let mut pending = vec![*ranks.get_key_value(&self.service)?.0];
        while let Some(id) = pending.pop() {
            if found.contains_key(&id) {
                continue;
            }
            let without = match self.flow.has_failed(id) {
                true => Vec::new(),
                false => self.missing(id, &ranks)?,
            };
            pending.extend(&without);
            found.insert(id, without);
        }
        let mut steps: Vec<(u32, Vec<u32>)> = found.into_iter().collect();
        steps.sort_unstable_by_key(|(id, _)| ranks.get(id));
        Some(steps)
    }

    /// Just enough earlier losses to leave a requirement of the component unmet.
    fn missing(&self, id: u32, ranks: &FxHashMap<u32, usize>) -> Option<Vec<u32>> {
        let own = ranks.get(&id)?;
        let counting = |r: &&u32| self.network.counts(**r, Level::Settled);
        self.network.requirements(id).iter().filter(counting).find_map(|&requirement| {
            let is_earlier = |p: &&u32| ranks.get(p).is_some_and(|rank| rank < own);
            let is_read = |p: &&u32| {
                !self.network.watches_own_failure(requirement) || self.flow.has_failed(**p)
            };
            let providers = self.network.providers(requirement).iter();
            let gone: Vec<u32> = providers.filter(is_earlier).filter(is_read).copied().collect();
            let enough = usize::try_from(self.network.slack(requirement) + 1).unwrap_or(0);
            (gone.len() >= enough).then(|| gone.into_iter().take(enough).collect())
        })
    }

    /// A path set that holds the member and no other of the failed: a known one, or a new one.
    fn path_without_others(&mut self, member: u32, fail: &[u32]) -> Option<usize> {
        let others: Vec<u32> = fail.iter().copied().filter(|&other| other != member).collect();
        let fits = |path: &&usize| others.iter().all(|other| !self.paths[**path].contains(other));
        if let Some(&known) = self.with.get(&member).and_then(|with| with.iter().find(fits)) {
            return Some(known);
        }
        let mark = self.flow.mark();
        self.flow.fail(&others);
        let path = (!self.flow.is_lost(self.service)).then(|| self.add_path());
        self.flow.undo(mark);
        path.filter(|&path| self.paths[path].contains(&member))
    }

    /// Notes a path set of the service among what is up.
    fn add_path(&mut self) -> usize {
        let path = self.path();
        let number = self.paths.len();
        for &member in &path {
            self.with.entry(member).or_default().push(number);
        }
        self.paths.push(path);
        number
    }

    /// The basic components of a part that holds itself up: for each requirement just enough
    /// providers that are up, those that are in already first.
    fn path(&self) -> FxHashSet<u32> {
        let (mut path, mut seen) = (FxHashSet::default(), FxHashSet::default());
        let mut pending = vec![self.service];
        seen.insert(self.service);
        while let Some(id) = pending.pop() {
            self.join(id, &mut path);
            for &requirement in self.network.requirements(id) {
                if !self.network.counts(requirement, Level::Settled) {
                    continue;
                }
                for provider in self.chosen(requirement, &seen) {
                    if self.network.watches_own_failure(requirement) {
                        self.join(provider, &mut path);
                    } else if seen.insert(provider) {
                        pending.push(provider);
                    }
                }
            }
        }
        path
    }

    fn join(&self, id: u32, path: &mut FxHashSet<u32>) {
        if self.graph.component(one(id)).is_basic() {
            path.insert(id);
        }
    }

    fn chosen(&self, requirement: u32, seen: &FxHashSet<u32>) -> Vec<u32> {
        let serves = |p: &u32| match self.network.watches_own_failure(requirement) {
            true => !self.flow.has_failed(*p),
            false => !self.flow.is_lost(*p),
        };
        let providers = self.network.providers(requirement).iter().copied();
        let (mut chosen, rest): (Vec<u32>, Vec<u32>) =
            providers.filter(serves).partition(|provider| seen.contains(provider));
        chosen.extend(rest);
        chosen.truncate(self.network.needed(requirement) as usize);
        chosen
    }
}

fn one(index: u32) -> ComponentId {
    ComponentId::new(index as usize)
}
