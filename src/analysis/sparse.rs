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

use super::WorkLimit;
use super::bits::{Bits, Pending};
use super::layout::{Choice, Flat, Reference};
use super::meeting::Meeting;
use super::rings;

#[derive(Debug)]
pub(super) struct Causes<'f> {
    pub(super) flat: &'f Flat,
    found: Found,
}

impl<'f> Causes<'f> {
    pub(super) fn find(flat: &'f Flat, work_limit: u64) -> Result<Causes<'f>, WorkLimit> {
        let mut finder = Finder::new(flat, work_limit);
        finder.run()?;
        Ok(Causes { flat, found: finder.causes.found })
    }

    /// What takes the component at a place, beside its own failure.
    pub(super) fn references(&self, place: u32) -> impl Iterator<Item = Reference> {
        let sole = self.flat.sole.row(place).iter();
        sole.chain(self.found.of(place)).map(|&number| Reference::of(number))
    }

    /// Follows all references downwards; a failure may be reported more than once.
    pub(super) fn descend(&self, place: u32, pending: &mut Pending, mut report: impl FnMut(u32)) {
        pending.add(place);
        while let Some(at) = pending.pop() {
            if self.flat.basic.has(at) {
                report(at);
            }
            for reference in self.references(at) {
                match reference {
                    Reference::Loss(provider) => pending.add(provider),
                    Reference::Failure(cause) => report(cause),
                }
            }
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
    causes: &'c Causes<'c>,
    pending: Pending,
    reached: Pending,
}

impl Walk<'_> {
    /// The components whose failure takes another one, in ascending order; none where it is
    /// down anyway.
    pub(super) fn causes(&mut self, component: u32, each: impl FnMut(u32)) {
        let flat = self.causes.flat;
        if !flat.down.has(component) {
            let reached = &mut self.reached;
            let report = |cause: u32| reached.add(flat.components[cause as usize]);
            self.causes.descend(flat.place(component), &mut self.pending, report);
        }
        self.reached.drain(each);
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
    causes: Causes<'f>,
    /// Some bit for each cause, by place: sets without a common bit have no common member.
    marks: Vec<u64>,
    /// Places with other causes than a failure of their own.
    linked: Bits,
    meeting: Meeting,
    references: Vec<Reference>,
    work: u64,
    work_limit: u64,
}

impl Finder<'_> {
    fn new(flat: &Flat, work_limit: u64) -> Finder<'_> {
        Finder {
            causes: Causes { flat, found: Found::new(flat.len()) },
            marks: Vec::with_capacity(if flat.choices.is_empty() { 0 } else { flat.len() }),
            linked: Bits::new(flat.len()),
            meeting: Meeting::default(),
            references: Vec::new(),
            work: flat.references(),
            work_limit,
        }
    }

    /// Settles the owners of all choices, providers first.
    fn run(&mut self) -> Result<(), WorkLimit> {
        let flat = self.causes.flat;
        let (mut choices, mut cycles) = (flat.choices.as_slice(), flat.cycles.as_slice());
        let mut place = 0;
        while !choices.is_empty() {
            let cycle = cycles.split_first().filter(|((start, _), _)| *start == place);
            let end = cycle.map_or(place + 1, |((_, end), _)| *end);
            let own = choices.iter().take_while(|choice| choice.owner < end).count();
            let (own, rest) = choices.split_at(own);
            match cycle {
                Some((_, later)) => {
                    cycles = later;
                    self.settle_cycle(place..end, own)?;
                }
                None if own.is_empty() => {}
                None => self.settle(place, own)?,
            }
            (place..end).for_each(|place| self.mark(place));
            (choices, place) = (rest, end);
        }
        self.check_limit()
    }

    fn settle(&mut self, place: u32, choices: &[Choice]) -> Result<(), WorkLimit> {
        let flat = self.causes.flat;
        for choice in choices {
            let providers = flat.providers(choice);
            if self.may_meet(providers, choice.lost) {
                let into = &mut self.references;
                self.work += self.meeting.of(&self.causes, providers, choice.lost, into);
                self.check_limit()?;
            }
        }
        self.causes.found.add(place, self.references.drain(..));
        Ok(())
    }

    fn settle_cycle(&mut self, cycle: Range<u32>, choices: &[Choice]) -> Result<(), WorkLimit> {
        let start = cycle.start;
        let limit = self.work_limit.saturating_sub(self.work);
        let lists = rings::solve(&self.causes, cycle, choices, limit)
            .ok_or(WorkLimit { limit: self.work_limit })?;
        for (place, list) in (start..).zip(lists) {
            self.causes.found.add(place, list.into_iter().map(Reference::Failure));
        }
        Ok(())
    }

    /// False only where nothing takes so many of the providers. A failure takes itself and
    /// besides only what is linked; and what takes all has its bit in all marks.
    fn may_meet(&self, providers: &[u32], lost: u32) -> bool {
        let linked = providers.iter().filter(|&&provider| self.linked.has(provider)).count();
        let marked = || providers.iter().fold(u64::MAX, |all, &p| all & self.marks[p as usize]);
        linked + 1 >= lost as usize && (providers.len() > lost as usize || marked() != 0)
    }

    fn mark(&mut self, place: u32) {
        let mut mark = if self.causes.flat.basic.has(place) { bit(place) } else { 0 };
        let mut is_linked = false;
        for reference in self.causes.references(place) {
            is_linked = true;
            mark |= match reference {
                Reference::Loss(provider) => self.marks[provider as usize],
                Reference::Failure(cause) => bit(cause),
            };
        }
        if is_linked {
            self.linked.add(place);
        }
        self.marks.push(mark);
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
