//! Zero-suppressed diagrams of families of sets: minimal solutions.
//!
//! Minato, "Zero-suppressed BDDs for set manipulation" (DAC 1993). Every family
//! held here is *minimal*: no set contains another. The two ways in are
//!
//! * [`minimal_solutions`]: from a finished decision diagram with the *without*
//!   operator of Rauzy, "New algorithms for fault trees analysis" (Reliability
//!   Engineering and System Safety 40, 1993), exact and complete;
//! * the operations *union* and *product*, with which
//!   [`truncated`](super::truncated) builds families straight from a formula.
//!
//! A level stands for one positive literal. Negative literals are left out, as
//! usual for cut sets: of a function that is not monotone the result is its
//! minimal sets of failures, with everything else working.

use super::bdd::{self, Branch, Diagram};
use super::budget::{Budget, Exhausted};
use super::table::{Cache, Ref, Table};

/// A finished family of sets over the variables of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) branches: Vec<Branch>,
    pub(super) top: Ref,
    /// The variable at each level.
    pub(super) variable_at: Vec<u32>,
}

impl Family {
    /// The inner nodes with their number, children first.
    pub(super) fn inner(&self) -> impl DoubleEndedIterator<Item = (usize, Branch)> + '_ {
        self.branches.iter().copied().enumerate().skip(2)
    }

    /// The variable that a node puts into its high sets.
    pub(super) fn variable(&self, branch: Branch) -> usize {
        self.variable_at[branch.level as usize] as usize
    }
}

/// Which minimal sets of a function are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Solutions {
    /// Smallest sets of events that make the function true.
    CutSets,
    /// Smallest sets of events whose absence makes it false.
    PathSets,
}

/// All minimal solutions of a diagram.
///
/// Rauzy's recursion: the minimal solutions of a node are those of its low
/// branch, and those of its high branch, with the variable, that are no
/// solutions of the low branch already. If the diagram is monotone, "already a
/// solution" is read off the diagram of the low branch; if it is not, supersets
/// of the low branch's minimal solutions are taken out.
pub(super) fn minimal_solutions(
    diagram: &Diagram,
    solutions: Solutions,
    is_monotone: bool,
    budget: &Budget,
) -> Result<Family, Exhausted> {
    let mut zbdd = Zbdd::new(budget);
    let view = View::new(diagram, solutions);
    let mut families = vec![Ref::ZERO; diagram.branches.len()];
    families[view.truth().index()] = Ref::ONE;
    for (index, branch) in diagram.inner() {
        let (low, high) = view.branches(branch);
        let (without, with) = (families[low.index()], families[high.index()]);
        let with = match is_monotone {
            true => zbdd.unsolved(with, low, &view)?,
            false => zbdd.without(with, without)?,
        };
        families[index] = zbdd.node(branch.level, without, with)?;
    }
    Ok(zbdd.freeze(families[diagram.top.index()], diagram.variable_at.clone()))
}

/// A diagram as it is, for cut sets, or as its dual, for path sets: there the
/// terminals and the two branches of every node change places.
struct View<'d> {
    diagram: &'d Diagram,
    solutions: Solutions,
    /// Whether each node is true with all its variables absent.
    true_when_empty: Vec<bool>,
}

impl<'d> View<'d> {
    fn new(diagram: &'d Diagram, solutions: Solutions) -> View<'d> {
        let true_when_empty = vec![false; diagram.branches.len()];
        let mut view = View { diagram, solutions, true_when_empty };
        let truth = view.truth();
        view.true_when_empty[truth.index()] = true;
        for (index, branch) in diagram.inner() {
            let (without, _) = view.branches(branch);
            view.true_when_empty[index] = view.true_when_empty[without.index()];
        }
        view
    }

    /// The terminal that is true.
    #[inline]
    fn truth(&self) -> Ref {
        match self.solutions {
            Solutions::CutSets => Ref::ONE,
            Solutions::PathSets => Ref::ZERO,
        }
    }

    /// The branch without the variable and the one with it.
    #[inline]
    fn branches(&self, branch: Branch) -> (Ref, Ref) {
        match self.solutions {
            Solutions::CutSets => (branch.low, branch.high),
            Solutions::PathSets => (branch.high, branch.low),
        }
    }
}

// --- The kernel ------------------------------------------------------------

const WITHOUT: u32 = 0;
const UNION: u32 = 1;
const UNSOLVED: u32 = 2;
/// Products with different room left are different operations.
const PRODUCT: u32 = 3;

pub(super) struct Zbdd {
    table: Table,
    cache: Cache,
    unsolved_stack: Vec<UnsolvedFrame>,
    without_stack: Vec<WithoutFrame>,
    union_stack: Vec<UnionFrame>,
}

/// The call `f unsolved by g` at one level of f, its high branch first.
struct UnsolvedFrame {
    f: Ref,
    g: Ref,
    level: u32,
    low_f: Ref,
    low_g: Ref,
    high: Ref,
}

/// The call `f without g` at one level, its high branch first.
struct WithoutFrame {
    f: Ref,
    g: Ref,
    level: u32,
    stage: WithoutStage,
    low_f: Ref,
    low_g: Ref,
    high: Ref,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WithoutStage {
    /// Waits for `high(f) without high(g)`, still to be taken without `low(g)`.
    HighOfBoth,
    High,
    Low,
}

/// The call `union(f, g)`, its low branch first.
struct UnionFrame {
    f: Ref,
    g: Ref,
    level: u32,
    high_f: Ref,
    high_g: Ref,
    low: Ref,
}

impl Zbdd {
    pub(super) fn new(budget: &Budget) -> Zbdd {
        Zbdd {
            table: Table::new(budget),
            cache: Cache::new(budget),
            unsolved_stack: Vec::new(),
            without_stack: Vec::new(),
            union_stack: Vec::new(),
        }
    }

    pub(super) fn freeze(&self, top: Ref, variable_at: Vec<u32>) -> Family {
        let (branches, top) = bdd::freeze(&self.table, top);
        Family { branches, top, variable_at }
    }

    /// The level of the first variable of a family.
    pub(super) fn level(&self, f: Ref) -> u32 {
        self.table.level(f)
    }

    /// The sets of `low`, and those of `high` with the variable at `level`.
    #[inline]
    pub(super) fn node(&mut self, level: u32, low: Ref, high: Ref) -> Result<Ref, Exhausted> {
        if high == Ref::ZERO {
            return Ok(low);
        }
        self.table.unique(level, low, high)
    }

    /// The sets of `f` that do not make the node `g` of a monotone diagram true.
    fn unsolved(&mut self, f: Ref, g: Ref, view: &View<'_>) -> Result<Ref, Exhausted> {
        let mut call = (f, g);
        let mut value = self.known_unsolved(&mut call, view).unwrap_or(Ref::NONE);
        self.unsolved_stack.clear();
        loop {
            if value == Ref::NONE {
                call = self.open_unsolved(call, view)?;
            } else {
                let Some(frame) = self.unsolved_stack.last_mut() else {
                    return Ok(value);
                };
                if frame.high == Ref::NONE {
                    frame.high = value;
                    call = (frame.low_f, frame.low_g);
                } else {
                    let UnsolvedFrame { f, g, level, high, .. } = *frame;
                    self.unsolved_stack.pop();
                    value = self.node(level, value, high)?;
                    self.cache.put(UNSOLVED, f, g, value);
                    continue;
                }
            }
            value = self.known_unsolved(&mut call, view).unwrap_or(Ref::NONE);
        }
    }

    /// Opens a frame for an unknown call; returns the call for the high branch.
    #[inline]
    fn open_unsolved(
        &mut self,
        (f, g): (Ref, Ref),
        view: &View<'_>,
    ) -> Result<(Ref, Ref), Exhausted> {
        self.table.step()?;
        let node = self.table.node(f);
        let branch = view.diagram.branches[g.index()];
        let (low_g, high_g) = match branch.level == node.level {
            true => view.branches(branch),
            false => (g, g),
        };
        let (level, low_f, high) = (node.level, node.low, Ref::NONE);
        self.unsolved_stack.push(UnsolvedFrame { f, g, level, low_f, low_g, high });
        Ok((node.high, high_g))
    }

    /// The result if it is trivial or remembered. Walks past the variables that
    /// only `g` has: they do not occur in the sets of `f`.
    #[inline]
    fn known_unsolved(&self, call: &mut (Ref, Ref), view: &View<'_>) -> Option<Ref> {
        let (f, mut g) = *call;
        if f.is_terminal() {
            let is_solved = view.true_when_empty[g.index()];
            return Some(if is_solved { Ref::ZERO } else { f });
        }
        let level = self.table.level(f);
        while view.diagram.branches[g.index()].level < level {
            g = view.branches(view.diagram.branches[g.index()]).0;
        }
        call.1 = g;
        if g == view.truth() {
            Some(Ref::ZERO)
        } else if g.is_terminal() {
            Some(f)
        } else {
            self.cache.get(UNSOLVED, f, g)
        }
    }

    /// The sets of `f` that contain no set of `g`.
    fn without(&mut self, f: Ref, g: Ref) -> Result<Ref, Exhausted> {
        let mut call = (f, g);
        let mut value = match self.known_without(&mut call) {
            Some(known) => return Ok(known),
            None => Ref::NONE,
        };
        self.without_stack.clear();
        loop {
            if value == Ref::NONE {
                call = self.open_without(call)?;
            } else {
                match self.resume_without(value)? {
                    Step::Done(result) => return Ok(result),
                    Step::Value(known) => {
                        value = known;
                        continue;
                    }
                    Step::Call(next) => call = next,
                }
            }
            value = self.known_without(&mut call).unwrap_or(Ref::NONE);
        }
    }

    /// Opens a frame for an unknown call; returns the first call it needs.
    #[inline]
    fn open_without(&mut self, (f, g): (Ref, Ref)) -> Result<(Ref, Ref), Exhausted> {
        self.table.step()?;
        let (node_f, node_g) = (self.table.node(f), self.table.node(g));
        let frame = |stage, low_g| WithoutFrame {
            f,
            g,
            level: node_f.level,
            stage,
            low_f: node_f.low,
            low_g,
            high: Ref::NONE,
        };
        if node_f.level == node_g.level {
            self.without_stack.push(frame(WithoutStage::HighOfBoth, node_g.low));
            Ok((node_f.high, node_g.high))
        } else {
            self.without_stack.push(frame(WithoutStage::High, g));
            Ok((node_f.high, g))
        }
    }

    /// Hands a result to the innermost waiting frame.
    #[inline]
    fn resume_without(&mut self, value: Ref) -> Result<Step, Exhausted> {
        let Some(frame) = self.without_stack.last_mut() else {
            return Ok(Step::Done(value));
        };
        match frame.stage {
            WithoutStage::HighOfBoth => {
                frame.stage = WithoutStage::High;
                Ok(Step::Call((value, frame.low_g)))
            }
            WithoutStage::High => {
                frame.stage = WithoutStage::Low;
                frame.high = value;
                Ok(Step::Call((frame.low_f, frame.low_g)))
            }
            WithoutStage::Low => {
                let WithoutFrame { f, g, level, high, .. } = *frame;
                self.without_stack.pop();
                let made = self.node(level, value, high)?;
                self.cache.put(WITHOUT, f, g, made);
                Ok(Step::Value(made))
            }
        }
    }

    /// The result if it is trivial or remembered. Walks past the variables that
    /// only `g` has: a set with such a variable is in no set of `f`.
    #[inline]
    fn known_without(&self, call: &mut (Ref, Ref)) -> Option<Ref> {
        let (f, mut g) = *call;
        if f.is_terminal() {
            // The empty set contains no other, and is in no larger family.
            return Some(if g == Ref::ONE { Ref::ZERO } else { f });
        }
        let level = self.table.level(f);
        while self.table.level(g) < level {
            g = self.table.node(g).low;
        }
        call.1 = g;
        if g == Ref::ZERO {
            Some(f)
        } else if g == Ref::ONE || f == g {
            Some(Ref::ZERO)
        } else {
            self.cache.get(WITHOUT, f, g)
        }
    }

    /// The minimal sets among those of `f` and of `g`.
    pub(super) fn union(&mut self, f: Ref, g: Ref) -> Result<Ref, Exhausted> {
        let mut call = (f, g);
        let mut value = match self.known_union(&mut call) {
            Some(known) => return Ok(known),
            None => Ref::NONE,
        };
        self.union_stack.clear();
        loop {
            if value == Ref::NONE {
                call = self.open_union(call)?;
            } else {
                match self.resume_union(value)? {
                    Step::Done(result) => return Ok(result),
                    Step::Value(known) => {
                        value = known;
                        continue;
                    }
                    Step::Call(next) => call = next,
                }
            }
            value = self.known_union(&mut call).unwrap_or(Ref::NONE);
        }
    }

    fn open_union(&mut self, (f, g): (Ref, Ref)) -> Result<(Ref, Ref), Exhausted> {
        self.table.step()?;
        let level = self.table.level(f).min(self.table.level(g));
        let (low_f, high_f) = self.split(f, level);
        let (low_g, high_g) = self.split(g, level);
        self.union_stack.push(UnionFrame { f, g, level, high_f, high_g, low: Ref::NONE });
        Ok((low_f, low_g))
    }

    fn resume_union(&mut self, value: Ref) -> Result<Step, Exhausted> {
        let Some(frame) = self.union_stack.last_mut() else {
            return Ok(Step::Done(value));
        };
        if frame.low == Ref::NONE {
            frame.low = value;
            return Ok(Step::Call((frame.high_f, frame.high_g)));
        }
        let UnionFrame { f, g, level, low, .. } = *frame;
        self.union_stack.pop();
        let high = self.without(value, low)?;
        let made = self.node(level, low, high)?;
        self.cache.put(UNION, f, g, made);
        Ok(Step::Value(made))
    }

    fn known_union(&self, call: &mut (Ref, Ref)) -> Option<Ref> {
        if call.0 > call.1 {
            *call = (call.1, call.0);
        }
        let (f, g) = *call;
        if f == g || f == Ref::ZERO {
            Some(g)
        } else if f == Ref::ONE {
            Some(Ref::ONE)
        } else {
            self.cache.get(UNION, f, g)
        }
    }

    /// The sets without and with the variable at `level`.
    fn split(&self, f: Ref, level: u32) -> (Ref, Ref) {
        let node = self.table.node(f);
        match node.level == level {
            true => (node.low, node.high),
            false => (f, Ref::ZERO),
        }
    }

    /// The minimal sets among the unions of a set of `f` and a set of `g`, as
    /// far as their weights add up to at most `room`.
    pub(super) fn product(
        &mut self,
        f: Ref,
        g: Ref,
        room: u32,
        weight_at: &[u32],
    ) -> Result<Ref, Exhausted> {
        let mut stack: Vec<ProductFrame> = Vec::new();
        let mut call = ProductCall { f, g, room };
        let mut value = Ref::NONE;
        loop {
            if value == Ref::NONE {
                value = self.known_product(&mut call).unwrap_or(Ref::NONE);
            }
            if value == Ref::NONE {
                self.table.step()?;
                let frame = self.product_frame(call, weight_at);
                call = ProductCall { f: frame.low_f, g: frame.low_g, room: call.room };
                stack.push(frame);
                continue;
            }
            let Some(frame) = stack.last_mut() else {
                return Ok(value);
            };
            frame.results[frame.stage] = value;
            frame.stage += 1;
            value = Ref::NONE;
            match frame.stage {
                1 => {
                    let (low_g, high_g) = (frame.low_g, frame.high_g);
                    let (high_f, room) = (frame.high_f, frame.room_below);
                    let any_g =
                        if room == NO_ROOM { Ref::ZERO } else { self.union(low_g, high_g)? };
                    call = ProductCall { f: high_f, g: any_g, room };
                }
                2 => call = ProductCall { f: frame.low_f, g: frame.high_g, room: frame.room_below },
                _ => {
                    let ProductFrame { call, level, results: [low, one, other], .. } = *frame;
                    stack.pop();
                    let high = self.union(one, other)?;
                    let high = self.without(high, low)?;
                    value = self.node(level, low, high)?;
                    self.cache.put(PRODUCT + call.room, call.f, call.g, value);
                }
            }
        }
    }

    fn product_frame(&self, call: ProductCall, weight_at: &[u32]) -> ProductFrame {
        let level = self.table.level(call.f).min(self.table.level(call.g));
        let (low_f, high_f) = self.split(call.f, level);
        let (low_g, high_g) = self.split(call.g, level);
        let room_below = call.room.checked_sub(weight_at[level as usize]).unwrap_or(NO_ROOM);
        let results = [Ref::ZERO; 3];
        ProductFrame { call, level, low_f, high_f, low_g, high_g, room_below, stage: 0, results }
    }

    /// The result if it is trivial or remembered. A factor ONE is not trivial:
    /// the other may hold sets that are too heavy for the room left.
    fn known_product(&self, call: &mut ProductCall) -> Option<Ref> {
        if call.f > call.g {
            *call = ProductCall { f: call.g, g: call.f, room: call.room };
        }
        if call.f == Ref::ZERO || call.room == NO_ROOM {
            return Some(Ref::ZERO);
        }
        if call.g == Ref::ONE {
            return Some(Ref::ONE);
        }
        self.cache.get(PRODUCT + call.room, call.f, call.g)
    }
}

enum Step {
    Done(Ref),
    Value(Ref),
    Call((Ref, Ref)),
}

/// A product whose sets would be too heavy.
const NO_ROOM: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct ProductCall {
    f: Ref,
    g: Ref,
    room: u32,
}

/// `low = low(f) low(g)`, `high = high(f) (low(g) + high(g)) + low(f) high(g)`.
struct ProductFrame {
    call: ProductCall,
    level: u32,
    low_f: Ref,
    high_f: Ref,
    low_g: Ref,
    high_g: Ref,
    room_below: u32,
    stage: usize,
    results: [Ref; 3],
}
