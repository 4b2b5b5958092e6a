//! Causes of the members of a cycle, as lists that grow from nothing until none changes: the
//! least fixed point of being lost.

use std::ops::Range;

use super::bits::Pending;
use super::layout::{Choice, Reference};
use super::sparse::Causes;

/// The places of the causes of each member; none if it takes more steps than the limit.
pub(super) fn solve(
    causes: &Causes<'_>,
    cycle: Range<u32>,
    choices: &[Choice],
    limit: u64,
) -> Option<Vec<Vec<u32>>> {
    let mut ring = Ring {
        causes,
        start: cycle.start,
        lists: vec![Vec::new(); cycle.len()],
        pending: Pending::new(causes.flat.len()),
        members: Pending::new(causes.flat.len()),
        together: Vec::new(),
        steps: 0,
    };
    loop {
        let mut has_changed = false;
        let mut rest = choices;
        for place in cycle.clone() {
            let own = rest.iter().take_while(|choice| choice.owner == place).count();
            let (own, later) = rest.split_at(own);
            rest = later;
            has_changed |= ring.grow(place, own);
            if ring.steps > limit {
                return None;
            }
        }
        if !has_changed {
            return Some(ring.lists);
        }
    }
}

struct Ring<'c> {
    causes: &'c Causes<'c>,
    start: u32,
    lists: Vec<Vec<u32>>,
    pending: Pending,
    /// The set in work.
    members: Pending,
    /// The causes of all providers of the choice in work, one after the other.
    together: Vec<u32>,
    steps: u64,
}

impl Ring<'_> {
    /// Whether the list of the member has become longer.
    fn grow(&mut self, place: u32, choices: &[Choice]) -> bool {
        if self.causes.flat.basic.has(place) {
            self.members.add(place);
        }
        // What a member cannot do without is a choice as well, so only failures stand here.
        for reference in self.causes.references(place) {
            if let Reference::Failure(cause) = reference {
                self.members.add(cause);
            }
        }
        for choice in choices {
            self.common(choice);
        }
        let list = &mut self.lists[(place - self.start) as usize];
        let before = list.len();
        list.clear();
        self.members.drain(|cause| list.push(cause));
        self.steps += 1 + list.len() as u64;
        list.len() > before
    }

    /// Adds what takes enough of the providers.
    fn common(&mut self, choice: &Choice) {
        self.together.clear();
        for &provider in self.causes.flat.providers(choice) {
            self.add_causes(provider);
        }
        self.steps += 1 + self.together.len() as u64;
        self.together.sort_unstable();
        for taken in self.together.chunk_by(|a, b| a == b) {
            if taken.len() >= choice.lost as usize {
                self.members.add(taken[0]);
            }
        }
    }

    /// Each once, so that a cause counts once for each provider.
    fn add_causes(&mut self, provider: u32) {
        let member = provider.checked_sub(self.start).map(|at| at as usize);
        if let Some(list) = member.and_then(|at| self.lists.get(at)) {
            self.together.extend(list);
            return;
        }
        let from = self.together.len();
        let together = &mut self.together;
        self.causes.descend(provider, &mut self.pending, |cause| together.push(cause));
        self.together[from..].sort_unstable();
        let mut kept = from;
        for at in from..self.together.len() {
            if kept == from || self.together[kept - 1] != self.together[at] {
                self.together[kept] = self.together[at];
                kept += 1;
            }
        }
        self.together.truncate(kept);
    }
}
