//! Reduced ordered binary decision diagrams: the kernel.
//!
//! Bryant, "Graph-based algorithms for Boolean function manipulation" (IEEE
//! Transactions on Computers 35, 1986). Only what a formula in normal form
//! needs: literals, *and*, *or*, at-least-k. There is no negation and there are
//! no complemented edges: fault trees are monotone or nearly so, and plain nodes
//! keep the later passes simple. Operations run on a stack of their own, so the
//! number of variables is not limited by the stack of the thread.

use super::budget::{Budget, Exhausted};
use super::formula::{Formula, Gate, Kind, Literal, Operand, Term};
use super::table::{BOTTOM, Cache, Ref, Table};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connective {
    And,
    Or,
}

impl Connective {
    /// The terminal that decides the operation.
    fn absorbing(self) -> Ref {
        match self {
            Connective::And => Ref::ZERO,
            Connective::Or => Ref::ONE,
        }
    }

    /// The terminal that changes nothing.
    fn neutral(self) -> Ref {
        match self {
            Connective::And => Ref::ONE,
            Connective::Or => Ref::ZERO,
        }
    }
}

/// A call that waits for a result: of the high branch while `high` is unset,
/// then of the low branch.
struct Frame {
    f: Ref,
    g: Ref,
    level: u32,
    low_f: Ref,
    low_g: Ref,
    high: Ref,
}

pub(super) struct Bdd {
    table: Table,
    cache: Cache,
    stack: Vec<Frame>,
}

impl Bdd {
    pub(super) fn new(budget: &Budget) -> Bdd {
        Bdd { table: Table::new(budget), cache: Cache::new(budget), stack: Vec::new() }
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// The function that is `high` where the variable at `level` is true, else
    /// `low`; both must lie below the level.
    pub(super) fn node(&mut self, level: u32, low: Ref, high: Ref) -> Result<Ref, Exhausted> {
        match low == high {
            true => Ok(low),
            false => self.table.unique(level, low, high),
        }
    }

    pub(super) fn literal(&mut self, level: u32, negated: bool) -> Result<Ref, Exhausted> {
        match negated {
            false => self.table.unique(level, Ref::ZERO, Ref::ONE),
            true => self.table.unique(level, Ref::ONE, Ref::ZERO),
        }
    }

    /// The value of one gate, given those of its operands.
    pub(super) fn gate(&mut self, kind: Kind, mut operands: Vec<Ref>) -> Result<Ref, Exhausted> {
        // Deepest first: what lies above is then put on top of finished parts.
        operands.sort_by_key(|operand| std::cmp::Reverse(self.table.level(*operand)));
        match kind {
            Kind::And => self.fold(Connective::And, &operands),
            Kind::Or => self.fold(Connective::Or, &operands),
            Kind::AtLeast(k) => self.at_least(k as usize, &operands),
        }
    }

    fn fold(&mut self, connective: Connective, operands: &[Ref]) -> Result<Ref, Exhausted> {
        operands
            .iter()
            .try_fold(connective.neutral(), |all, operand| self.apply(connective, *operand, all))
    }

    /// A counter: `reached[j]` is "at least j of the operands seen so far".
    fn at_least(&mut self, k: usize, operands: &[Ref]) -> Result<Ref, Exhausted> {
        let mut reached = vec![Ref::ZERO; k + 1];
        reached[0] = Ref::ONE;
        for (seen, operand) in operands.iter().enumerate() {
            let missing = operands.len() - seen - 1;
            // Fewer than k - missing can no longer reach k.
            let lowest = k.saturating_sub(missing).max(1);
            for j in (lowest..=k.min(seen + 1)).rev() {
                let one_more = self.apply(Connective::And, *operand, reached[j - 1])?;
                reached[j] = self.apply(Connective::Or, one_more, reached[j])?;
            }
        }
        Ok(reached[k])
    }

    /// A binary operation.
    pub(super) fn apply(
        &mut self,
        connective: Connective,
        f: Ref,
        g: Ref,
    ) -> Result<Ref, Exhausted> {
        if let Some(known) = self.known(connective, &mut (f, g)) {
            return Ok(known);
        }
        self.stack.clear();
        let mut call = (f, g);
        loop {
            call = self.descend(connective, call)?;
            if call.0 == Ref::NONE {
                return Ok(call.1);
            }
        }
    }

    /// Opens the frame of one unknown call and works until another unknown call
    /// turns up, which it returns; or `(NONE, result)` when the stack is empty.
    #[inline]
    fn descend(
        &mut self,
        connective: Connective,
        (f, g): (Ref, Ref),
    ) -> Result<(Ref, Ref), Exhausted> {
        let (f, g) = if f > g { (g, f) } else { (f, g) };
        self.table.step()?;
        let (node_f, node_g) = (self.table.node(f), self.table.node(g));
        let level = node_f.level.min(node_g.level);
        let (low_f, high_f) =
            if node_f.level == level { (node_f.low, node_f.high) } else { (f, f) };
        let (low_g, high_g) =
            if node_g.level == level { (node_g.low, node_g.high) } else { (g, g) };
        self.stack.push(Frame { f, g, level, low_f, low_g, high: Ref::NONE });

        let mut call = (high_f, high_g);
        let Some(mut value) = self.known(connective, &mut call) else {
            return Ok(call);
        };
        while let Some(frame) = self.stack.last_mut() {
            if frame.high == Ref::NONE {
                frame.high = value;
                let mut call = (frame.low_f, frame.low_g);
                match self.known(connective, &mut call) {
                    Some(known) => value = known,
                    None => return Ok(call),
                }
            } else {
                let Frame { f, g, level, high, .. } = *frame;
                self.stack.pop();
                value = self.node(level, value, high)?;
                self.cache.put(connective as u32, f, g, value);
            }
        }
        Ok((Ref::NONE, value))
    }

    /// The result if it is trivial or remembered; puts the operands in order.
    #[inline]
    fn known(&self, connective: Connective, call: &mut (Ref, Ref)) -> Option<Ref> {
        if call.0 > call.1 {
            *call = (call.1, call.0);
        }
        let (f, g) = *call;
        // Terminals have the smallest numbers: if g is one, so is f.
        if f == g || f == connective.neutral() {
            Some(g)
        } else if f == connective.absorbing() {
            Some(f)
        } else {
            self.cache.get(connective as u32, f, g)
        }
    }
}

// --- Building a formula ----------------------------------------------------

/// How far a construction came, to compare variable orders that do not finish:
/// first the gates done, then how few steps they had taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Progress {
    gates_done: usize,
    steps_taken: std::cmp::Reverse<u64>,
}

/// Builds the diagram of a formula under one variable order. May be stopped at
/// a number of nodes or steps and continued with more.
pub(super) struct Construction<'f> {
    formula: &'f Formula,
    /// The level of each variable.
    levels: Vec<u32>,
    bdd: Bdd,
    values: Vec<Ref>,
    progress: Progress,
}

impl<'f> Construction<'f> {
    pub(super) fn new(formula: &'f Formula, levels: Vec<u32>, budget: &Budget) -> Self {
        let (bdd, values) = (Bdd::new(budget), Vec::new());
        Construction { formula, levels, bdd, values, progress: Progress::default() }
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// Goes on until the diagram is finished, or there are `nodes` nodes, or all
    /// together `steps` steps have been taken.
    pub(super) fn advance(&mut self, nodes: usize, steps: u64) -> Result<Diagram, Exhausted> {
        self.bdd.table.allow(nodes, steps);
        self.bdd.cache.allow(nodes);
        for index in self.values.len()..self.formula.gates.len() {
            let gate = self.formula.gates.get(index);
            let value = build_gate(&mut self.bdd, gate, &self.values, &self.levels)?;
            self.values.push(value);
            self.progress.gates_done += 1;
            self.progress.steps_taken.0 = self.bdd.table.steps_taken();
        }
        let top = match self.formula.top {
            Term::Constant(false) => Ref::ZERO,
            Term::Constant(true) => Ref::ONE,
            Term::Operand(operand) => value_of(&mut self.bdd, operand, &self.values, &self.levels)?,
        };
        Ok(Diagram::freeze(&self.bdd, top, &self.levels))
    }
}

/// The value of a gate from those of the gates before it.
fn build_gate(
    bdd: &mut Bdd,
    gate: Gate<'_>,
    values: &[Ref],
    levels: &[u32],
) -> Result<Ref, Exhausted> {
    let operands: Result<Vec<Ref>, Exhausted> =
        gate.operands.iter().map(|operand| value_of(bdd, *operand, values, levels)).collect();
    bdd.gate(gate.kind, operands?)
}

pub(super) fn value_of(
    bdd: &mut Bdd,
    operand: Operand,
    values: &[Ref],
    levels: &[u32],
) -> Result<Ref, Exhausted> {
    match operand {
        Operand::Literal(Literal { variable, negated }) => {
            bdd.literal(levels[variable as usize], negated)
        }
        Operand::Gate(gate) => Ok(values[gate as usize]),
    }
}

// --- The finished diagram --------------------------------------------------

/// A node of a finished diagram. Children are earlier in the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) level: u32,
    pub(super) low: Ref,
    pub(super) high: Ref,
}

/// A finished diagram: only what the top stands on, children first.
///
/// Entries 0 and 1 are the terminals; the top is the last entry or a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Diagram {
    pub(super) branches: Vec<Branch>,
    pub(super) top: Ref,
    /// The variable at each level.
    pub(super) variable_at: Vec<u32>,
}

impl Diagram {
    fn freeze(bdd: &Bdd, top: Ref, levels: &[u32]) -> Diagram {
        let (branches, top) = freeze(&bdd.table, top);
        let mut variable_at = vec![0; levels.len()];
        for (variable, level) in levels.iter().enumerate() {
            variable_at[*level as usize] = variable as u32;
        }
        Diagram { branches, top, variable_at }
    }

    /// The diagram of a formula that is one *and* or *or* gate over variables in
    /// ascending order: a chain, written down without a table. Most modules are.
    pub(super) fn of_single_gate(formula: &Formula) -> Option<Diagram> {
        if formula.gates.len() != 1 {
            return None;
        }
        let Gate { kind, operands } = formula.gates.get(0);
        let terminal = Branch { level: BOTTOM, low: Ref::ZERO, high: Ref::ZERO };
        let mut branches = vec![terminal; 2];
        let mut rest = if kind == Kind::And { Ref::ONE } else { Ref::ZERO };
        for (level, operand) in operands.iter().enumerate().rev() {
            let level = level as u32;
            if *operand != Operand::Literal(Literal { variable: level, negated: false }) {
                return None;
            }
            let (low, high) = match kind {
                Kind::And => (Ref::ZERO, rest),
                Kind::Or => (rest, Ref::ONE),
                Kind::AtLeast(_) => return None,
            };
            rest = Ref(branches.len() as u32);
            branches.push(Branch { level, low, high });
        }
        let variable_at = (0..formula.variables).collect();
        Some(Diagram { branches, top: rest, variable_at })
    }

    /// The inner nodes with their number, children first.
    pub(super) fn inner(&self) -> impl DoubleEndedIterator<Item = (usize, Branch)> + '_ {
        self.branches.iter().copied().enumerate().skip(2)
    }

    /// The variable that a node decides on.
    pub(super) fn variable(&self, branch: Branch) -> usize {
        self.variable_at[branch.level as usize] as usize
    }
}

/// Copies out the nodes below `top`, renumbered without gaps, order kept.
pub(super) fn freeze(table: &Table, top: Ref) -> (Vec<Branch>, Ref) {
    let mut renamed = vec![Ref::NONE; top.index() + 1];
    renamed[top.index()] = top;
    for index in (2..=top.index()).rev() {
        if renamed[index] != Ref::NONE {
            let node = table.node(Ref(index as u32));
            renamed[node.low.index()] = node.low;
            renamed[node.high.index()] = node.high;
        }
    }
    let terminal = Branch { level: BOTTOM, low: Ref::ZERO, high: Ref::ZERO };
    let mut branches = vec![terminal; 2];
    renamed[0] = Ref::ZERO;
    if top.index() > 0 {
        renamed[1] = Ref::ONE;
    }
    for index in 2..=top.index() {
        if renamed[index] != Ref::NONE {
            let node = table.node(Ref(index as u32));
            renamed[index] = Ref(branches.len() as u32);
            branches.push(Branch {
                level: node.level,
                low: renamed[node.low.index()],
                high: renamed[node.high.index()],
            });
        }
    }
    (branches, renamed[top.index()])
}
