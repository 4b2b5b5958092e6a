//! The requirements whose loss stops a component without any restart, as plain arrays.

use super::bits::Bits;
use super::rows::Rows;
use crate::graph::{ComponentId, DependencyGraph, Watch};

/// At least so many of some providers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    pub(super) dependent: u32,
    pub(super) at_least: u32,
    /// Only failures of the providers' own count.
    pub(super) own: bool,
    /// Where its providers end; they begin where those of the need before it end.
    end: u32,
}

/// What each component needs, one component after the other.
#[derive(Debug)]
pub(super) struct Needs {
    /// Where the needs of each component begin.
    starts: Vec<u32>,
    needs: Vec<Need>,
    providers: Vec<u32>,
}

impl Needs {
    pub(super) fn of(graph: &DependencyGraph) -> Needs {
        let (mut needs, mut providers) = (Vec::new(), Vec::new());
        let mut starts = vec![0_u32; graph.len() + 1];
        for (_, requirement) in graph.requirements().filter(|(_, r)| r.counts_at_once()) {
            providers.extend(requirement.providers.iter().map(|&id| index(id)));
            starts[requirement.dependent.index() + 1] += 1;
            needs.push(Need {
                dependent: index(requirement.dependent),
                at_least: requirement.at_least,
                own: requirement.watch == Watch::OwnFailure,
                end: providers.len() as u32,
            });
        }
        for component in 0..graph.len() {
            starts[component + 1] += starts[component];
        }
        let is_sorted = needs.is_sorted_by_key(|need| need.dependent);
        let stated = Needs { starts, needs, providers };
        if is_sorted { stated } else { stated.by_dependent() }
    }

    /// The same in the order of the dependents; `starts` is right already.
    fn by_dependent(self) -> Needs {
        let mut next = self.starts.clone();
        let mut sorted = vec![0_u32; self.needs.len()];
        for (at, need) in self.needs.iter().enumerate() {
            let slot = &mut next[need.dependent as usize];
            sorted[*slot as usize] = at as u32;
            *slot += 1;
        }
        let mut needs = Vec::with_capacity(self.needs.len());
        let mut providers = Vec::with_capacity(self.providers.len());
        for &at in &sorted {
            providers.extend_from_slice(self.providers(at));
            needs.push(Need { end: providers.len() as u32, ..self.needs[at as usize] });
        }
        Needs { starts: self.starts, needs, providers }
    }

    pub(super) fn components(&self) -> usize {
        self.starts.len() - 1
    }

    /// The numbers of a component's needs.
    pub(super) fn of_component(&self, component: u32) -> std::ops::Range<u32> {
        self.starts[component as usize]..self.starts[component as usize + 1]
    }

    pub(super) fn need(&self, need: u32) -> Need {
        self.needs[need as usize]
    }

    pub(super) fn providers(&self, need: u32) -> &[u32] {
        let end = self.needs[need as usize].end as usize;
        &self.providers[self.start(need)..end]
    }

    /// The providers of all needs of a component, one need after the other.
    pub(super) fn all_providers(&self, component: u32) -> std::ops::Range<u32> {
        let needs = self.of_component(component);
        self.start(needs.start) as u32..self.start(needs.end) as u32
    }

    pub(super) fn provider(&self, at: u32) -> u32 {
        self.providers[at as usize]
    }

    fn start(&self, need: u32) -> usize {
        need.checked_sub(1).map_or(0, |before| self.needs[before as usize].end as usize)
    }

    /// What is lost with only these failed, which the file says do not run.
    pub(super) fn lost(&self, stated_down: &[u32]) -> Bits {
        let numbers = || 0..self.needs.len() as u32;
        let never = |&need: &u32| self.is_unmet(need, 0);
        let mut pending: Vec<u32> =
            numbers().filter(never).map(|n| self.need(n).dependent).collect();
        pending.extend(stated_down);
        let mut lost = Bits::new(self.components());
        if pending.is_empty() {
            return lost;
        }
        let pairs = numbers().flat_map(|n| self.providers(n).iter().map(move |&p| (p, n)));
        let watching = Rows::build(self.components(), &pairs.collect::<Vec<_>>());
        let mut missing = vec![0_u32; self.needs.len()];
        let mut miss = |provider: u32, own: bool, pending: &mut Vec<u32>| {
            for &need in watching.row(provider).iter().filter(|&&need| self.need(need).own == own) {
                missing[need as usize] += 1;
                if self.is_unmet(need, missing[need as usize]) {
                    pending.push(self.need(need).dependent);
                }
            }
        };
        stated_down.iter().for_each(|&failed| miss(failed, true, &mut pending));
        while let Some(component) = pending.pop() {
            if !lost.has(component) {
                lost.add(component);
                miss(component, false, &mut pending);
            }
        }
        lost
    }

    /// With so many of its providers missing.
    fn is_unmet(&self, need: u32, missing: u32) -> bool {
        (self.providers(need).len() as u32) < self.need(need).at_least.saturating_add(missing)
            && self.need(need).at_least > 0
    }
}

fn index(id: ComponentId) -> u32 {
    id.index() as u32
}
