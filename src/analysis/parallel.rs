//! Single failures 64 at a time: bit i of a component's word says whether it is lost with
//! failure i of a window. Providers come before dependents, so one pass settles all; a cycle is
//! passed until nothing changes.
//!
//! Slower than sparse sets where losses are local, and independent of them: it
//! follows the definition and keeps no sets.

use super::WorkLimit;
use super::needs::Needs;
use super::order::Order;
use crate::graph::DependencyGraph;

pub(super) struct Words<'n> {
    needs: &'n Needs,
    order: &'n Order,
    /// What can fail by itself, providers first, and where in the order it stands.
    basics: Vec<(usize, u32)>,
    /// What the file says does not run.
    down: Vec<u32>,
    /// Lost, by component.
    lost: Vec<u64>,
    /// Failed by itself, by component.
    failed: Vec<u64>,
    reached: Vec<u64>,
    work: u64,
    work_limit: u64,
}

const WINDOW: usize = 64;

impl<'n> Words<'n> {
    pub(super) fn new(
        graph: &DependencyGraph,
        needs: &'n Needs,
        order: &'n Order,
        work_limit: u64,
    ) -> Words<'n> {
        let is_basic: Vec<bool> = graph.components().map(|(_, c)| c.is_basic()).collect();
        let places = order.members.iter().copied().enumerate();
        let stated = graph.components().filter(|(_, component)| component.is_stated_down());
        let down: Vec<u32> = stated.map(|(id, _)| id.index() as u32).collect();
        let mut failed = vec![0; graph.len()];
        down.iter().for_each(|&component| failed[component as usize] = u64::MAX);
        Words {
            needs,
            order,
            basics: places.filter(|&(_, component)| is_basic[component as usize]).collect(),
            down,
            lost: vec![0; graph.len()],
            failed,
            reached: Vec::new(),
            work: 0,
            work_limit,
        }
    }

    /// Every basic component fails once while `also` have failed; `read` sees each window with
    /// the losses it causes.
    pub(super) fn all(
        &mut self,
        also: &[u32],
        mut read: impl FnMut(&[u32], &[u64]),
    ) -> Result<(), WorkLimit> {
        let before: Vec<u64> = also.iter().map(|&c| self.failed[c as usize]).collect();
        also.iter().for_each(|&component| self.failed[component as usize] = u64::MAX);
        // What nothing has failed below is as before; only the first pass is over all.
        self.pass(0)?;
        let mut clean_up_to = 0;
        for at in (0..self.basics.len()).step_by(WINDOW) {
            let end = (at + WINDOW).min(self.basics.len());
            let window: Vec<u32> = self.basics[at..end].iter().map(|&(_, c)| c).collect();
            for (bit, &component) in window.iter().enumerate() {
                self.failed[component as usize] |= 1 << bit;
            }
            let first = self.first_place(self.basics[at].0);
            self.pass(clean_up_to.min(first))?;
            clean_up_to = first;
            read(&window, &self.lost);
            for (bit, component) in window.iter().enumerate() {
                if !also.contains(component) && self.down.binary_search(component).is_err() {
                    self.failed[*component as usize] &= !(1 << bit);
                }
            }
        }
        for (&component, before) in also.iter().zip(before) {
            self.failed[component as usize] = before;
        }
        Ok(())
    }

    /// The first place of the cycle in which a place stands.
    fn first_place(&self, place: usize) -> usize {
        let cycles = &self.order.cycles;
        let at = cycles.partition_point(|&(_, end)| end as usize <= place);
        cycles.get(at).map_or(place, |&(start, _)| place.min(start as usize))
    }

    /// Works out the losses of all components from a place on, which is not within a cycle.
    fn pass(&mut self, from: usize) -> Result<(), WorkLimit> {
        let order = self.order;
        let first = order.cycles.partition_point(|&(start, _)| (start as usize) < from);
        let mut cycles = order.cycles[first..].iter().peekable();
        let mut place = from;
        while place < order.members.len() {
            let cycle = cycles.next_if(|(start, _)| *start as usize == place);
            let end = cycle.map_or(place + 1, |&(_, end)| end as usize);
            self.settle(&order.members[place..end]);
            place = end;
        }
        match self.work > self.work_limit {
            true => Err(WorkLimit { limit: self.work_limit }),
            false => Ok(()),
        }
    }

    /// The least fixed point of being lost within a part.
    fn settle(&mut self, part: &[u32]) {
        part.iter().for_each(|&component| self.lost[component as usize] = 0);
        loop {
            let changes = part.iter().filter(|&&component| self.update(component)).count();
            if changes == 0 || part.len() == 1 {
                return;
            }
        }
    }

    /// Whether the component is lost in more cases than before.
    fn update(&mut self, component: u32) -> bool {
        let before = self.lost[component as usize];
        let mut word = self.failed[component as usize] | before;
        for need in self.needs.of_component(component) {
            word |= self.unmet(need);
        }
        self.lost[component as usize] = word;
        word != before
    }

    /// Where more providers are lost than can be spared; counted bit by bit.
    fn unmet(&mut self, need: u32) -> u64 {
        let (providers, need) = (self.needs.providers(need), self.needs.need(need));
        self.work += 1 + providers.len() as u64;
        let words = if need.own { &self.failed } else { &self.lost };
        let of = |provider: &u32| words[*provider as usize];
        let Some(needed) = (providers.len() + 1).checked_sub(need.at_least as usize) else {
            return u64::MAX;
        };
        match needed {
            0 => u64::MAX,
            1 => providers.iter().fold(0, |any, p| any | of(p)),
            all if all == providers.len() => providers.iter().fold(u64::MAX, |all, p| all & of(p)),
            needed if needed > providers.len() => 0,
            needed => {
                self.reached.clear();
                self.reached.resize(needed + 1, 0);
                self.reached[0] = u64::MAX;
                for provider in providers {
                    for j in (1..=needed).rev() {
                        self.reached[j] |= self.reached[j - 1] & of(provider);
                    }
                }
                self.reached[needed]
            }
        }
    }
}
