//! The single failures that take each component, as sparse sets.
//!
//! A component is taken by its own failure, by whatever takes something it cannot do without,
//! and, where it needs k of n, by what takes more than n - k of these at once. The first two are
//! in the graph already and are not copied; only for choices something is worked out and kept, as
//! references to the highest components that enough providers have in common (`meeting.rs`). So
//! a chain costs nothing at all, and a set is read by following references downwards.
//!
//! Most choices have nothing in common, and two tests on a few bits say so without following
//! any reference. Inside cycles sets are lists (`rings.rs`).

use std::ops::Range;
use std::sync::Arc;

use super::WorkLimit;
use super::bits::{Bits, Pending};
use super::layout::{Choice, Flat, Reference};
use super::meeting::Meeting;
use super::rings;
use crate::graph::ComponentId;

#[derive(Debug)]
pub(super) struct Causes {
    pub(super) flat: Arc<Flat>,
    found: Found,
}

impl Causes {
    pub(super) fn find(flat: &Arc<Flat>, work_limit: u64) -> Result<Causes, WorkLimit> {
        let mut finder = Finder::new(flat, work_limit);
        finder.run()?;
        Ok(finder.causes)
    }

    /// What takes the component at a place, beside its own failure.
    pub(super) fn references(&self, place: u32) -> impl Iterator<Item = Reference> {
        let sole = self.flat.sole.row(place).iter();
        sole.chain(self.found.of(place)).map(|&number| Reference::of(number))
    }

    /// Follows all references downwards; `reached` gets the places of all causes.
    pub(super) fn descend(&self, place: u32, pending: &mut Pending, reached: &mut Pending) {
        pending.add(place);
        while let Some(word) = pending.last_word() {
            for at in Pending::in_word(word) {
                if pending.has(at) {
                    self.references(at).for_each(|reference| match reference {
                        Reference::Loss(provider) => pending.add(provider),
                        Reference::Failure(cause) => reached.add(cause),
                    });
                }
            }
            reached.add_word(word, pending.take_word(word) & self.flat.basic.words()[word]);
        }
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        let unused = || Pending::new(self.flat.len());
        Walk { causes: self, pending: unused(), reached: unused() }
    }
}

/// Reads sets, one after another.
#[derive(Debug)]
pub(super) struct Walk<'c> {
    causes: &'c Causes,
    pending: Pending,
    reached: Pending,
}

impl Walk<'_> {
    /// The components whose failure takes another one, in ascending order; none where it is
    /// down anyway.
    pub(super) fn causes(&mut self, component: u32) -> Vec<ComponentId> {
        let flat = &self.causes.flat;
        if !flat.down.has(component) {
            self.causes.descend(flat.place(component), &mut self.pending, &mut self.reached);
        }
        let mut found = Vec::with_capacity(self.reached.len());
        let id = |place: u32| ComponentId::new(flat.components[place as usize] as usize);
        self.reached.drain(|place| found.push(id(place)));
        found.sort_unstable();
        found
    }
}

/// References found by a sweep, for places in ascending order; most have none.
#[derive(Debug)]
struct Found {
    has: Bits,
    /// How many places with references there are before each word of `has` that is not empty.
    before: Vec<u32>,
    ends: Vec<u32>,
    references: Vec<u32>,
}

impl Found {
    fn new(places: usize) -> Found {
        let has = Bits::new(places);
        let before = vec![0; has.words().len()];
        Found { has, before, ends: Vec::new(), references: Vec::new() }
    }

    /// For a place above all that have some.
    fn add(&mut self, place: u32, references: impl Iterator<Item = Reference>) {
        let before = self.references.len();
        self.references.extend(references.map(Reference::number));
        if self.references.len() > before {
            let word = place as usize / 64;
            if self.has.words()[word] == 0 {
                self.before[word] = self.ends.len() as u32;
            }
            self.has.add(place);
            self.ends.push(self.references.len() as u32);
        }
    }

    fn of(&self, place: u32) -> &[u32] {
        if !self.has.has(place) {
            return &[];
        }
        let word = place as usize / 64;
        let lower = self.has.words()[word] & ((1 << (place % 64)) - 1);
        let at = (self.before[word] + lower.count_ones()) as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.references[start as usize..self.ends[at] as usize]
    }
}

struct Finder<'f> {
    flat: &'f Flat,
    causes: Causes,
    /// Places with other causes than a failure of their own.
    linked: Bits,
    /// Some bit for each cause of these: sets without a common bit have no common member.
    marks: Vec<u64>,
    /// The next place with references of the graph that has no marks yet.
    unmarked: u32,
    meeting: Meeting,
    references: Vec<Reference>,
    work: u64,
    work_limit: u64,
}

impl Finder<'_> {
    fn new(flat: &Arc<Flat>, work_limit: u64) -> Finder<'_> {
        Finder {
            flat,
            causes: Causes { flat: Arc::clone(flat), found: Found::new(flat.len()) },
            linked: flat.linked.clone(),
            marks: vec![0; if flat.choices.is_empty() { 0 } else { flat.len() }],
            unmarked: flat.linked.next(0).unwrap_or(u32::MAX),
            meeting: Meeting::default(),
            references: Vec::new(),
            work: flat.references(),
            work_limit,
        }
    }

    /// Settles the owners of all choices, providers first.
    fn run(&mut self) -> Result<(), WorkLimit> {
        let flat = self.flat;
        let mut cycles = flat.cycles.iter().peekable();
        let mut at = 0;
        while let Some(owner) = flat.choices.get(at).map(|choice| choice.owner) {
            while cycles.next_if(|(_, end)| *end <= owner).is_some() {}
            let (start, end) = cycles.peek().map_or((u32::MAX, u32::MAX), |cycle| **cycle);
            self.mark_below(owner.min(start));
            if owner >= start {
                let choices = at..flat.choices.partition_point(|choice| choice.owner < end);
                at = choices.end;
                self.settle_cycle(start..end, choices)?;
                continue;
            }
            at = self.pass_over(at, start.min(self.unmarked.saturating_add(1)));
            match flat.choices.get(at) {
                Some(choice) if choice.owner < start && choice.owner <= self.unmarked => {
                    at = self.settle(choice.owner, at)?;
                }
                _ => {}
            }
        }
        self.check_limit()
    }

    /// The next choice that may have something in common, or whose owner is not below `ready`.
    /// Most are passed over, so that nothing but this loop matters on large graphs.
    fn pass_over(&self, from: usize, ready: u32) -> usize {
        let flat = self.flat;
        let passed = |at: usize, choice: &Choice| {
            choice.owner < ready && !self.may_meet(flat.providers(at), choice.lost)
        };
        let mut rest = (from..).zip(&flat.choices[from..]);
        rest.find(|(at, choice)| !passed(*at, choice)).map_or(flat.choices.len(), |(at, _)| at)
    }

    /// All choices of an owner from one on; the first after them.
    fn settle(&mut self, owner: u32, first: usize) -> Result<usize, WorkLimit> {
        let flat = self.flat;
        let mut at = first;
        while let Some(choice) = flat.choices.get(at).filter(|choice| choice.owner == owner) {
            let providers = flat.providers(at);
            if self.may_meet(providers, choice.lost) {
                let into = &mut self.references;
                self.work += self.meeting.of(&self.causes, providers, choice.lost, into);
                self.check_limit()?;
            }
            at += 1;
        }
        if !self.references.is_empty() {
            self.causes.found.add(owner, self.references.drain(..));
            self.mark(owner);
        }
        Ok(at)
    }

    fn settle_cycle(&mut self, cycle: Range<u32>, choices: Range<usize>) -> Result<(), WorkLimit> {
        let limit = self.work_limit.saturating_sub(self.work);
        let lists = rings::solve(&self.causes, cycle.clone(), choices, limit)
            .ok_or(WorkLimit { limit: self.work_limit })?;
        for (place, list) in cycle.zip(lists) {
            self.work += list.len() as u64;
            self.causes.found.add(place, list.into_iter().map(Reference::Failure));
            self.mark(place);
        }
        self.check_limit()
    }

    /// False only where nothing takes so many of the providers. What takes all has its bit in
    /// all marks; and a failure takes itself and besides only what is linked.
    #[inline]
    fn may_meet(&self, providers: &[u32], lost: u32) -> bool {
        if let [a, b] = *providers {
            return self.marks_of(a) & self.marks_of(b) != 0;
        }
        let linked: u32 = providers.iter().map(|&p| u32::from(self.linked.has(p))).sum();
        let marked = || providers.iter().fold(u64::MAX, |all, &p| all & self.marks_of(p));
        linked + 1 >= lost && (providers.len() > lost as usize || marked() != 0)
    }

    fn marks_of(&self, place: u32) -> u64 {
        bit(place) | self.marks[place as usize]
    }

    /// Everything below has its references by now.
    fn mark_below(&mut self, end: u32) {
        while self.unmarked < end {
            self.mark(self.unmarked);
            self.unmarked = self.flat.linked.next(self.unmarked + 1).unwrap_or(u32::MAX);
        }
    }

    fn mark(&mut self, place: u32) {
        self.linked.add(place);
        self.marks[place as usize] =
            self.causes.references(place).fold(bit(place), |marks, reference| {
                marks
                    | match reference {
                        Reference::Loss(provider) => self.marks_of(provider),
                        Reference::Failure(cause) => bit(cause),
                    }
            });
    }

    fn check_limit(&self) -> Result<(), WorkLimit> {
        match self.work > self.work_limit {
            true => Err(WorkLimit { limit: self.work_limit }),
            false => Ok(()),
        }
    }
}

/// One of 64, spread by the golden ratio, so that neighbours have different ones.
fn bit(place: u32) -> u64 {
    1 << (place.wrapping_mul(0x9E37_79B9) >> 26)
}

#[cfg(test)]
mod tests {
    use crate::analysis::testing::graph;
    use crate::analysis::{Layout, WORK_LIMIT};
    use crate::graph::{Component, DependencyGraph, Requirement};

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
        assert_eq!(sweep.singles(&[app, a]).unwrap(), [vec![app, switch], vec![a, switch, disk]]);
        // app: 2, a: 3, b: 2, switch: 1, disk: 1
        assert_eq!(sweep.impacts(), 9);
        let by_words = sweep.singles_by_words(&[app, a]).unwrap();
        assert_eq!(by_words, sweep.singles(&[app, a]).unwrap());
        assert_eq!(sweep.pairs_by_words(&[app], |_| {}).unwrap(), [vec![(a, b), (b, disk)]]);
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
        assert_eq!(sweep.singles(&[a, b]).unwrap(), [vec![a, b, power], vec![a, b, power]]);
        assert_eq!(sweep.singles_by_words(&[a]).unwrap(), [vec![a, b, power]]);
    }

    /// Two rails over a long chain: what the two have in common is one reference to its end, and
    /// nobody goes down the chain for each rung.
    #[test]
    fn what_is_in_common_is_not_copied() {
        let (links, rungs) = (1_000, 1_000);
        let mut graph = DependencyGraph::new();
        let add = |graph: &mut DependencyGraph| graph.add_component(Component::basic("n", "thing"));
        let mut end = add(&mut graph);
        for _ in 1..links {
            let next = add(&mut graph);
            graph.add_requirement(Requirement::run(next, end));
            end = next;
        }
        let mut rails = [add(&mut graph), add(&mut graph)];
        for rail in rails {
            graph.add_requirement(Requirement::run(rail, end));
        }
        for _ in 0..rungs {
            let next = [add(&mut graph), add(&mut graph)];
            for id in next {
                graph.add_requirement(Requirement::some(id, 1, rails.to_vec()));
            }
            rails = next;
        }
        assert!(Layout::new(&graph, 50_000).sweep().is_ok());
        let sweep = Layout::new(&graph, WORK_LIMIT).sweep().unwrap();
        // The chain, and itself.
        assert_eq!(sweep.singles(&[rails[0]]).unwrap()[0].len(), links + 1);
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
        assert!(Layout::new(&graph, 10_000_000).sweep().is_ok());
        let sweep = Layout::new(&graph, WORK_LIMIT).sweep().unwrap();
        assert_eq!(sweep.singles(&[last]).unwrap()[0].len(), 1_000_000);
    }
}
