//! Losses spreading through the network at one [`Level`], and being taken back.
//!
//! At once, the state is the *greatest* fixed point of "own state up and every
//! requirement met": what holds itself up goes on. From cold it is the *least* one:
//! a component is up only if it can be started after those it needs. Both are
//! reached by spreading losses along counters; from cold, the members of a cycle
//! are started anew from what is left outside it whenever that changes.
//!
//! Every change is written down, so that a failure costs what it touches and not
//! the size of the graph.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::network::{Level, Network};

#[derive(Debug)]
pub(super) struct Flow<'n> {
    network: &'n Network,
    level: Level,
    lost: Vec<bool>,
    own_failed: Vec<bool>,
    /// Providers of each requirement that are lost, in the sense in which it counts them.
    missing: Vec<u32>,
    /// Lost components in the order in which they were lost.
    order: Vec<u32>,
    failures: Vec<u32>,
    counted: Vec<u32>,
    /// How far the spreading has got in `order`.
    spread: usize,
    dirty: Vec<bool>,
    /// Parts to start anew, providers first.
    dirty_parts: BinaryHeap<Reverse<u32>>,
    /// Losses and requirements looked at so far: what the work limit counts.
    pub(super) work: u64,
}

/// A point to return to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    order: usize,
    failures: usize,
    counted: usize,
}

impl<'n> Flow<'n> {
    /// The state with nothing failed but what the file says does not run.
    pub(super) fn new(network: &'n Network, level: Level) -> Flow<'n> {
        let mut flow = Flow {
            network,
            level,
            lost: vec![false; network.components()],
            own_failed: vec![false; network.components()],
            missing: vec![0; network.requirement_count()],
            order: Vec::new(),
            failures: Vec::new(),
            counted: Vec::new(),
            spread: 0,
            dirty: vec![false; network.parts()],
            dirty_parts: BinaryHeap::new(),
            work: 0,
        };
        for requirement in 0..network.requirement_count() as u32 {
            if network.counts(requirement, level) && network.slack(requirement) < 0 {
                flow.lose(network.dependent(requirement));
            }
        }
        for part in 0..network.parts() as u32 {
            flow.soil(part);
        }
        flow.fail(&network.down);
        flow
    }

    pub(super) fn is_lost(&self, component: u32) -> bool {
        self.lost[component as usize]
    }

    pub(super) fn has_failed(&self, component: u32) -> bool {
        self.own_failed[component as usize]
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { order: self.order.len(), failures: self.failures.len(), counted: self.counted.len() }
    }

    /// What was lost since a mark, first losses first.
    pub(super) fn since(&self, mark: Mark) -> &[u32] {
        &self.order[mark.order..]
    }

    /// What failed by itself since a mark, whether it was up until then or not.
    pub(super) fn failed_since(&self, mark: Mark) -> &[u32] {
        &self.failures[mark.failures..]
    }

    pub(super) fn all_lost(&self) -> &[u32] {
        &self.order
    }

    /// These fail by themselves, and take along what cannot do without them.
    pub(super) fn fail(&mut self, components: &[u32]) {
        for &component in components {
            if !self.own_failed[component as usize] {
                self.own_failed[component as usize] = true;
                self.failures.push(component);
                self.lose(component);
                for &requirement in self.network.own_watched_by(component) {
                    self.miss(requirement);
                }
            }
        }
        self.settle();
    }

    /// These are lost, without a failure of their own.
    pub(super) fn lose_all(&mut self, components: &[u32]) {
        for &component in components {
            self.lose(component);
        }
        self.settle();
    }

    /// Takes back everything since the mark.
    pub(super) fn undo(&mut self, mark: Mark) {
        for &component in &self.order[mark.order..] {
            self.lost[component as usize] = false;
        }
        for &component in &self.failures[mark.failures..] {
            self.own_failed[component as usize] = false;
        }
        for &requirement in &self.counted[mark.counted..] {
            self.missing[requirement as usize] -= 1;
        }
        self.order.truncate(mark.order);
        self.failures.truncate(mark.failures);
        self.counted.truncate(mark.counted);
        self.spread = mark.order;
    }

    fn lose(&mut self, component: u32) {
        if !self.lost[component as usize] {
            self.lost[component as usize] = true;
            self.order.push(component);
        }
    }

    fn miss(&mut self, requirement: u32) {
        if !self.network.counts(requirement, self.level) {
            return;
        }
        self.missing[requirement as usize] += 1;
        self.counted.push(requirement);
        let dependent = self.network.dependent(requirement);
        if i64::from(self.missing[requirement as usize]) > self.network.slack(requirement) {
            self.lose(dependent);
        } else if let Some(part) = self.network.part_of(dependent) {
            self.soil(part);
        }
    }

    fn soil(&mut self, part: u32) {
        if self.level == Level::Cold && !self.dirty[part as usize] {
            self.dirty[part as usize] = true;
            self.dirty_parts.push(Reverse(part));
        }
    }

    fn settle(&mut self) {
        loop {
            while let Some(&component) = self.order.get(self.spread) {
                self.spread += 1;
                if let Some(part) = self.network.part_of(component) {
                    self.soil(part);
                }
                let watching = self.network.watched_by(component);
                self.work += 1 + watching.len() as u64;
                for &requirement in watching {
                    self.miss(requirement);
                }
            }
            let Some(Reverse(part)) = self.dirty_parts.pop() else { return };
            self.dirty[part as usize] = false;
            self.work += self.network.part(part).len() as u64;
            for stuck in self.cannot_start(part) {
                self.lose(stuck);
            }
        }
    }

    /// Members of a cycle that cannot be started one after the other from what is up outside it.
    fn cannot_start(&self, part: u32) -> Vec<u32> {
        let inside = |component: u32| self.network.part_of(component) == Some(part);
        let waiting: Vec<u32> = self
            .network
            .part(part)
            .iter()
            .copied()
            .filter(|&member| !self.is_lost(member))
            .collect();
        start_order(self.network, self.level, &waiting, |provider, own_failure| {
            if own_failure {
                !self.has_failed(provider)
            } else {
                !self.is_lost(provider) && !inside(provider)
            }
        })
        .stuck
    }
}

/// In which order components can be started, and which cannot be.
#[derive(Debug)]
pub(super) struct StartOrder {
    /// Everything in one round needs only what is up or in earlier rounds.
    pub(super) rounds: Vec<Vec<u32>>,
    pub(super) stuck: Vec<u32>,
}

/// Starts `waiting` from what `is_up` says is up; its second argument asks for the
/// provider's own failure only.
pub(super) fn start_order(
    network: &Network,
    level: Level,
    waiting: &[u32],
    is_up: impl Fn(u32, bool) -> bool,
) -> StartOrder {
    let mut lacking: FxHashMap<u32, u32> = FxHashMap::default();
    let mut unmet: FxHashMap<u32, u32> = FxHashMap::default();
    for &component in waiting {
        let mut count = 0;
        for &requirement in network.requirements(component) {
            if !network.counts(requirement, level) {
                continue;
            }
            let own_failure = network.watches_own_failure(requirement);
            let providers = network.providers(requirement).iter();
            let up = providers.filter(|&&provider| is_up(provider, own_failure)).count();
            let more =
                network.needed(requirement).saturating_sub(u32::try_from(up).unwrap_or(u32::MAX));
            if more > 0 {
                lacking.insert(requirement, more);
                count += 1;
            }
        }
        unmet.insert(component, count);
    }
    let mut rounds = Vec::new();
    let mut ready: Vec<u32> =
        waiting.iter().copied().filter(|c| unmet.get(c) == Some(&0)).collect();
    while !ready.is_empty() {
        let mut next = Vec::new();
        for &started in &ready {
            for &requirement in network.watched_by(started) {
                let Some(more) = lacking.get_mut(&requirement) else { continue };
                *more = more.saturating_sub(1);
                if *more > 0 {
                    continue;
                }
                lacking.remove(&requirement);
                let dependent = network.dependent(requirement);
                if let Some(count) = unmet.get_mut(&dependent) {
                    *count -= 1;
                    if *count == 0 {
                        next.push(dependent);
                    }
                }
            }
        }
        rounds.push(std::mem::replace(&mut ready, next));
    }
    let stuck =
        waiting.iter().copied().filter(|c| unmet.get(c).is_some_and(|&count| count > 0)).collect();
    StartOrder { rounds, stuck }
}
