//! All single failures of a topology at once, in two ways that check each other: sparse sets
//! of causes, and 64 failures a word. Both count losses as the structure function does:
//! requirements without restarts, no moves, basic components and placements failing.

use std::sync::Arc;

use super::layout::Flat;
use super::needs::Needs;
use super::order::Order;
use super::parallel::Words;
use super::sparse::Causes;
use super::{STEPS_TO_LIST, WorkLimit, main_functions};
use crate::graph::{ComponentId, DependencyGraph};

/// The graph laid flat, providers first.
#[derive(Debug)]
pub struct Layout<'g> {
    graph: &'g DependencyGraph,
    flat: Arc<Flat>,
    work_limit: u64,
}

/// The causes of all losses.
#[derive(Debug)]
pub struct Sweep<'g> {
    graph: &'g DependencyGraph,
    causes: Causes,
    work_limit: u64,
}

/// A pair of failures, the smaller component number first.
type Pair = (ComponentId, ComponentId);

impl<'g> Layout<'g> {
    pub fn new(graph: &'g DependencyGraph, work_limit: u64) -> Layout<'g> {
        Layout { graph, flat: Arc::new(Flat::new(graph)), work_limit }
    }

    /// Finds the causes of all losses, as sparse sets.
    pub fn sweep(&self) -> Result<Sweep<'g>, WorkLimit> {
        let Layout { graph, work_limit, .. } = *self;
        Ok(Sweep { graph, causes: Causes::find(&self.flat, work_limit)?, work_limit })
    }

    /// Reads everything that a sweep reads, once and in order: what it costs at least. Returns
    /// the bytes read and a sum, so that nothing is left out.
    pub fn read_once(&self) -> (usize, u64) {
        self.flat.read_once()
    }

    /// Looks up every component as often as it is referred to. Returns a sum, so that nothing is
    /// left out.
    pub fn follow_once(&self) -> u64 {
        self.flat.follow_once()
    }
}

impl Sweep<'_> {
    /// Lost with nothing failed.
    pub fn is_down(&self, component: ComponentId) -> bool {
        self.causes.flat.down.has(component.index() as u32)
    }

    /// The same as [`super::Analysis::asked_about`].
    pub fn asked_about(&self) -> Vec<ComponentId> {
        let graph = self.graph;
        let services = graph.services();
        if !services.is_empty() {
            return services;
        }
        let down: Vec<bool> = graph.ids().map(|id| self.is_down(id)).collect();
        main_functions(graph, &down)
    }

    /// The single failures that take each target, in ascending order; none where it is down.
    /// An error where they are more than fit the work limit.
    pub fn singles(&self, targets: &[ComponentId]) -> Result<Vec<Vec<ComponentId>>, WorkLimit> {
        let mut listed = 0;
        let of = |causes: Vec<ComponentId>| {
            listed += causes.len() as u64;
            match listed > self.work_limit / STEPS_TO_LIST {
                true => Err(WorkLimit { limit: self.work_limit }),
                false => Ok(causes),
            }
        };
        self.each_singles(targets).map(of).collect()
    }

    /// The same for one target after the other, none of them kept.
    pub(super) fn each_singles(
        &self,
        targets: &[ComponentId],
    ) -> impl Iterator<Item = Vec<ComponentId>> {
        let mut walk = self.causes.walk();
        targets.iter().map(move |target| walk.causes(target.index() as u32))
    }

    /// How many pairs of a failure and something that it takes there are.
    pub fn impacts(&self) -> u64 {
        let mut walk = self.causes.walk();
        let of = |id: ComponentId| walk.causes(id.index() as u32).len() as u64;
        self.graph.ids().map(of).sum()
    }

    /// The same as [`Sweep::singles`], found by the second method.
    pub fn singles_by_words(
        &self,
        targets: &[ComponentId],
    ) -> Result<Vec<Vec<ComponentId>>, WorkLimit> {
        let needs = Needs::of(self.graph);
        let order = Order::of(&needs);
        let mut words = self.words(&needs, &order);
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

    /// Works on all requirements as they are stated, and not on what a sweep reads.
    fn words<'n>(&self, needs: &'n Needs, order: &'n Order) -> Words<'n> {
        Words::new(self.graph, needs, order, self.work_limit)
    }

    /// The pairs that take each target while neither of the two does, by the second method.
    /// `progress` is told how many of all components have been the first of a pair.
    pub fn pairs_by_words(
        &self,
        targets: &[ComponentId],
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<Pair>>, WorkLimit> {
        let graph = self.graph;
        let singles = self.singles(targets)?;
        let (needs, mut found) = (Needs::of(graph), vec![Vec::new(); targets.len()]);
        let order = Order::of(&needs);
        let mut words = self.words(&needs, &order);
        for first in graph.ids().filter(|&id| graph.component(id).is_basic()) {
            progress(first.index());
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
