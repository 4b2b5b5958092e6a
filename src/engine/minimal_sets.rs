//! The minimal sets of a whole tree: counted without listing, listed as a
//! stream, or the most probable first.
//!
//! The sets are kept as one family per module. A set of the tree is a set of
//! the top's family with a set of the module put in place of each module.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fmt;

use super::expr::Event;
use super::modules::Leaf;
use super::probability::{MissingValue, Probability};
use super::table::Ref;
use super::zbdd::Family;

/// A number of sets. Saturates at the largest 128-bit number and says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u128);

impl Count {
    /// The number, or the largest that can be held if [`Count::is_saturated`].
    pub fn value(self) -> u128 {
        self.0
    }

    /// Whether the true number is as large as, or larger than, can be held.
    pub fn is_saturated(self) -> bool {
        self.0 == u128::MAX
    }

    fn plus(self, other: Count) -> Count {
        Count(self.0.saturating_add(other.0))
    }

    fn times(self, other: Count) -> Count {
        Count(self.0.saturating_mul(other.0))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_saturated() {
            f.write_str("at least ")?;
        }
        self.0.fmt(f)
    }
}

/// All minimal cut sets or path sets of a tree, or those up to an order.
#[derive(Clone, Debug)]
pub struct MinimalSets {
    parts: Vec<FamilyPart>,
    max_order: u32,
}

/// The family of one module over its leaves.
#[derive(Clone, Debug)]
pub(super) struct FamilyPart {
    pub(super) family: Family,
    pub(super) leaves: Vec<Leaf>,
}

impl FamilyPart {
    fn leaf(&self, node: Ref) -> Leaf {
        self.leaves[self.family.variable(self.family.branches[node.index()])]
    }

    /// A value for every node from those of the leaves, children first.
    fn fold<T: Clone>(
        &self,
        zero: T,
        one: T,
        modules: &[T],
        event: impl Fn(Event) -> T,
        join: impl Fn(&T, &T, &T) -> T,
    ) -> Vec<T> {
        let mut values = vec![zero; self.family.branches.len()];
        values[1] = one;
        for (index, branch) in self.family.inner() {
            let leaf = match self.leaves[self.family.variable(branch)] {
                Leaf::Event(e) => event(e),
                Leaf::Module(module) => modules[module].clone(),
            };
            let value = join(&leaf, &values[branch.low.index()], &values[branch.high.index()]);
            values[index] = value;
        }
        values
    }
}

impl MinimalSets {
    pub(super) fn complete(parts: Vec<FamilyPart>) -> MinimalSets {
        MinimalSets { parts, max_order: u32::MAX }
    }

    pub(super) fn up_to(parts: Vec<FamilyPart>, max_order: u32) -> MinimalSets {
        MinimalSets { parts, max_order }
    }

    /// Whether sets of every order are here.
    pub fn is_complete(&self) -> bool {
        self.max_order == u32::MAX
    }

    /// The number of sets.
    pub fn count(&self) -> Count {
        if !self.is_complete() {
            let by_order = self.count_by_order(self.max_order as usize);
            return by_order.into_iter().fold(Count(0), Count::plus);
        }
        self.fold_top(
            Count(0),
            Count(1),
            |_| Count(1),
            |leaf, low, high| leaf.times(*high).plus(*low),
        )
        .unwrap_or_default()
    }

    /// The number of sets of each order from 0 to the largest that occurs, at
    /// most `max`.
    ///
    /// Costs memory and time in proportion to the nodes times the orders.
    pub fn count_by_order(&self, max: usize) -> Vec<Count> {
        let max = max.min(self.max_order as usize);
        let single = vec![Count(0), Count(1)];
        self.fold_top(
            Vec::new(),
            vec![Count(1)],
            |_| single.clone(),
            |leaf, low, high| with_product(low, leaf, high, max),
        )
        .unwrap_or_default()
        .into_iter()
        .take(max.saturating_add(1))
        .collect()
    }

    /// All sets, each in ascending order of its events, as a stream that holds
    /// only one set at a time.
    pub fn iter(&self) -> Sets<'_> {
        self.iter_up_to(u32::MAX)
    }

    /// The sets of at most `order` events, as a stream.
    pub fn iter_up_to(&self, order: u32) -> Sets<'_> {
        Sets::new(self, order.min(self.max_order))
    }

    /// All sets, the most probable first, as a stream.
    ///
    /// The probability of a set is the product of those of its events, which
    /// must be independent. Sets whose probability underflows to zero come last,
    /// in no particular order. Memory grows with the number of sets taken.
    pub fn most_probable(
        &self,
        probabilities: &[Probability],
    ) -> Result<MostProbable<'_>, MissingValue> {
        MostProbable::new(self, probabilities)
    }

    /// The value of the top node of the last part.
    fn fold_top<T: Clone>(
        &self,
        zero: T,
        one: T,
        event: impl Fn(Event) -> T,
        join: impl Fn(&T, &T, &T) -> T,
    ) -> Option<T> {
        let mut tops: Vec<T> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let values = part.fold(zero.clone(), one.clone(), &tops, &event, &join);
            tops.push(values[part.family.top.index()].clone());
        }
        tops.pop()
    }

    /// The least order of a set below every node of every part.
    fn least_orders(&self) -> Vec<Vec<u32>> {
        let mut tops: Vec<u32> = Vec::with_capacity(self.parts.len());
        let mut all = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let join = |leaf: &u32, low: &u32, high: &u32| (*low).min(leaf.saturating_add(*high));
            let values = part.fold(u32::MAX, 0, &tops, |_| 1, join);
            tops.push(values[part.family.top.index()]);
            all.push(values);
        }
        all
    }
}

/// `low + leaf * high` for numbers of sets by order, up to an order.
fn with_product(low: &[Count], leaf: &[Count], high: &[Count], max: usize) -> Vec<Count> {
    let length = (leaf.len() + high.len()).saturating_sub(1).max(low.len());
    let mut sum = low.to_vec();
    sum.resize(length.min(max.saturating_add(1)).max(1), Count(0));
    for (i, a) in leaf.iter().enumerate().filter(|(_, a)| a.0 > 0) {
        for (j, b) in high.iter().enumerate() {
            if let Some(place) = sum.get_mut(i + j) {
                *place = place.plus(a.times(*b));
            }
        }
    }
    sum
}

// --- Listing ---------------------------------------------------------------

/// Modules whose sets are still to be chosen, as a list that shares its tail.
#[derive(Clone, Copy, Debug)]
struct Pending {
    module: usize,
    rest: Option<usize>,
}

/// The sets of a family as a stream. See [`MinimalSets::iter`].
#[derive(Clone, Debug)]
pub struct Sets<'a> {
    sets: &'a MinimalSets,
    least: Vec<Vec<u32>>,
    max_order: u32,
    chosen: Vec<Event>,
    pending: Vec<Pending>,
    choices: Vec<Choice>,
}

/// A node still to be followed, and what was chosen on the way to it.
#[derive(Clone, Copy, Debug)]
struct Choice {
    part: usize,
    node: Ref,
    next: Option<usize>,
    /// The least order that the modules in `next` add.
    owed: u32,
    chosen: usize,
    pending: usize,
}

impl<'a> Sets<'a> {
    fn new(sets: &'a MinimalSets, max_order: u32) -> Sets<'a> {
        let mut stream = Sets {
            sets,
            least: sets.least_orders(),
            max_order,
            chosen: Vec::new(),
            pending: Vec::new(),
            choices: Vec::new(),
        };
        if let Some(top) = sets.parts.last() {
            stream.offer(sets.parts.len() - 1, top.family.top, None, 0);
        }
        stream
    }

    /// Notes a node to follow, unless all sets through it are too large.
    fn offer(&mut self, part: usize, node: Ref, next: Option<usize>, owed: u32) {
        let least = self.least[part][node.index()];
        let order = least.saturating_add(owed).saturating_add(self.chosen.len() as u32);
        if least == u32::MAX || order > self.max_order {
            return;
        }
        let (chosen, pending) = (self.chosen.len(), self.pending.len());
        self.choices.push(Choice { part, node, next, owed, chosen, pending });
    }

    /// Offers what follows the choice of the node's variable, then what follows
    /// leaving it out; the last offer is followed first.
    fn branch(&mut self, choice: Choice) {
        let Choice { part, node, next, owed, .. } = choice;
        let family = &self.sets.parts[part];
        let branch = family.family.branches[node.index()];
        self.offer(part, branch.low, next, owed);
        match family.leaf(node) {
            Leaf::Event(event) => {
                self.chosen.push(event);
                self.offer(part, branch.high, next, owed);
            }
            Leaf::Module(module) => {
                let top = self.sets.parts[module].family.top;
                let least = self.least[module][top.index()];
                self.pending.push(Pending { module, rest: next });
                let next = Some(self.pending.len() - 1);
                self.offer(part, branch.high, next, owed.saturating_add(least));
            }
        }
    }
}

impl Iterator for Sets<'_> {
    type Item = Vec<Event>;

    fn next(&mut self) -> Option<Vec<Event>> {
        while let Some(choice) = self.choices.pop() {
            self.chosen.truncate(choice.chosen);
            self.pending.truncate(choice.pending);
            if !choice.node.is_terminal() {
                self.branch(choice);
                continue;
            }
            let Some(at) = choice.next else {
                let mut set = self.chosen.clone();
                set.sort_unstable();
                return Some(set);
            };
            let Pending { module, rest } = self.pending[at];
            let top = self.sets.parts[module].family.top;
            let owed = choice.owed - self.least[module][top.index()];
            self.offer(module, top, rest, owed);
        }
        None
    }
}

// --- Most probable first ---------------------------------------------------

/// A set of basic events with the probability that all of them occur.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbableSet {
    /// The events, in ascending order.
    pub events: Vec<Event>,
    /// The product of their probabilities.
    pub probability: Probability,
}

/// Sets in descending order of probability. See [`MinimalSets::most_probable`].
///
/// Best-first search with an exact bound: the largest probability of any set
/// below each node is known, so no path is followed in vain.
#[derive(Clone, Debug)]
pub struct MostProbable<'a> {
    sets: &'a MinimalSets,
    probabilities: Vec<f64>,
    best: Vec<Vec<f64>>,
    /// Chosen events and pending modules, as lists that share their tails.
    chosen: Vec<(Event, Option<usize>)>,
    pending: Vec<Pending>,
    open: BinaryHeap<Open>,
    opened: u64,
}

/// A node to follow, ranked by the best set that it leads to.
#[derive(Clone, Copy, Debug)]
struct Open {
    bound: f64,
    /// The product of everything chosen, and of the best of what is pending.
    so_far: f64,
    order: u32,
    sequence: u64,
    part: usize,
    node: Ref,
    next: Option<usize>,
    chosen: Option<usize>,
}

impl Ord for Open {
    /// The larger bound first; among equals the smaller set, then the earlier.
    fn cmp(&self, other: &Open) -> Ordering {
        self.bound
            .total_cmp(&other.bound)
            .then(other.order.cmp(&self.order))
            .then(other.sequence.cmp(&self.sequence))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Open) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Open) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

impl<'a> MostProbable<'a> {
    fn new(
        sets: &'a MinimalSets,
        probabilities: &[Probability],
    ) -> Result<MostProbable<'a>, MissingValue> {
        let probabilities: Vec<f64> = probabilities.iter().map(|p| p.value()).collect();
        check_all_known(sets, probabilities.len())?;
        let best = best_below(sets, &probabilities);
        let mut search = MostProbable {
            sets,
            probabilities,
            best,
            chosen: Vec::new(),
            pending: Vec::new(),
            open: BinaryHeap::new(),
            opened: 0,
        };
        if let Some(top) = sets.parts.last() {
            let (part, node) = (sets.parts.len() - 1, top.family.top);
            let start = Open {
                bound: 0.0,
                so_far: 1.0,
                order: 0,
                sequence: 0,
                part,
                node,
                next: None,
                chosen: None,
            };
            search.offer(start);
        }
        Ok(search)
    }

    fn offer(&mut self, open: Open) {
        let best = self.best[open.part][open.node.index()];
        if best == NOTHING || open.order > self.sets.max_order {
            return;
        }
        self.opened += 1;
        self.open.push(Open { bound: open.so_far * best, sequence: self.opened, ..open });
    }

    fn branch(&mut self, open: Open) {
        let family = &self.sets.parts[open.part];
        let branch = family.family.branches[open.node.index()];
        self.offer(Open { node: branch.low, ..open });
        let with = match family.leaf(open.node) {
            Leaf::Event(event) => {
                self.chosen.push((event, open.chosen));
                Open {
                    node: branch.high,
                    so_far: open.so_far * self.probabilities[event.index()],
                    order: open.order + 1,
                    chosen: Some(self.chosen.len() - 1),
                    ..open
                }
            }
            Leaf::Module(module) => {
                self.pending.push(Pending { module, rest: open.next });
                Open {
                    node: branch.high,
                    so_far: open.so_far * self.best_of(module),
                    next: Some(self.pending.len() - 1),
                    ..open
                }
            }
        };
        self.offer(with);
    }

    fn best_of(&self, module: usize) -> f64 {
        self.best[module][self.sets.parts[module].family.top.index()].max(0.0)
    }

    fn found(&self, open: Open) -> ProbableSet {
        let mut events = Vec::with_capacity(open.order as usize);
        let mut at = open.chosen;
        while let Some(index) = at {
            let (event, rest) = self.chosen[index];
            events.push(event);
            at = rest;
        }
        events.sort_unstable();
        let product = events.iter().map(|event| self.probabilities[event.index()]).product();
        ProbableSet { events, probability: Probability::rounded(product) }
    }
}

impl Iterator for MostProbable<'_> {
    type Item = ProbableSet;

    fn next(&mut self) -> Option<ProbableSet> {
        while let Some(open) = self.open.pop() {
            if !open.node.is_terminal() {
                self.branch(open);
                continue;
            }
            let Some(at) = open.next else {
                return Some(self.found(open));
            };
            let Pending { module, rest } = self.pending[at];
            // The module's best was multiplied in when it became pending.
            let best = self.best_of(module);
            let so_far = if best > 0.0 { open.so_far / best } else { 0.0 };
            let node = self.sets.parts[module].family.top;
            self.offer(Open { part: module, node, next: rest, so_far, ..open });
        }
        None
    }
}

/// The bound of a node without sets, below every probability.
const NOTHING: f64 = -1.0;

/// The largest probability of a set below every node of every part.
fn best_below(sets: &MinimalSets, probabilities: &[f64]) -> Vec<Vec<f64>> {
    let mut tops: Vec<f64> = Vec::with_capacity(sets.parts.len());
    let mut all = Vec::with_capacity(sets.parts.len());
    for part in &sets.parts {
        let join = |leaf: &f64, low: &f64, high: &f64| match *leaf < 0.0 || *high < 0.0 {
            true => *low,
            false => low.max(leaf * high),
        };
        let event = |event: Event| probabilities[event.index()];
        let values = part.fold(NOTHING, 1.0, &tops, event, join);
        tops.push(values[part.family.top.index()]);
        all.push(values);
    }
    all
}

fn check_all_known(sets: &MinimalSets, known: usize) -> Result<(), MissingValue> {
    for leaf in sets.parts.iter().flat_map(|part| &part.leaves) {
        match leaf {
            Leaf::Event(event) if event.index() >= known => return Err(MissingValue(*event)),
            _ => {}
        }
    }
    Ok(())
}
