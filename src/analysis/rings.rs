//! Causes of the members of a cycle, as lists that grow from nothing until none changes: the
//! least fixed point of being lost.

use std::ops::Range;

use super::bits::Pending;
use super::layout::Reference;
use super::sparse::Causes;

/// The places of the causes of each member; none if it takes more steps than the limit.
pub(super) fn solve(
    causes: &Causes,
    cycle: Range<u32>,
    choices: Range<usize>,
    limit: u64,
) -> Option<Vec<Vec<u32>>> {
    let unused = || Pending::new(causes.flat.len());
    let mut ring = Ring {
        causes,
        start: cycle.start,
        lists: vec![Vec::new(); cycle.len()],
        pending: unused(),
        reached: unused(),
        members: unused(),
        together: Vec::new(),
        steps: 0,
    };
    loop {
        let mut has_changed = false;
        let mut rest = choices.clone().peekable();
        for place in cycle.clone() {
            let is_own = |choice: &usize| causes.flat.choices[*choice].owner == place;
            has_changed |= ring.grow(place, std::iter::from_fn(|| rest.next_if(is_own)));
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
    causes: &'c Causes,
    start: u32,
    lists: Vec<Vec<u32>>,
    pending: Pending,
    reached: Pending,
    /// The set in work.
    members: Pending,
    /// The causes of all providers of the choice in work, one after the other.
    together: Vec<u32>,
    steps: u64,
}

impl Ring<'_> {
    /// Whether the list of the member has become longer.
    fn grow(&mut self, place: u32, choices: impl Iterator<Item = usize>) -> bool {
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
    fn common(&mut self, choice: usize) {
        self.together.clear();
        let flat = &self.causes.flat;
        for &provider in flat.providers(choice) {
            self.add_causes(provider);
        }
        self.steps += 1 + self.together.len() as u64;
        self.together.sort_unstable();
        for taken in self.together.chunk_by(|a, b| a == b) {
            if taken.len() >= flat.choices[choice].lost as usize {
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
        self.causes.descend(provider, &mut self.pending, &mut self.reached);
        self.reached.drain(|cause| self.together.push(cause));
    }
}
