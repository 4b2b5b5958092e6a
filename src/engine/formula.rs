//! The engine's own form of an expression: gates over literals, no constants
//! inside, no negation above a literal, equal gates shared.
//!
//! [`FormulaBuilder`] keeps these promises with rules that look at one gate
//! only: it sorts and merges operands, folds what is decided, turns at-least-1
//! into *or* and at-least-n into *and*, and returns an existing gate where one
//! is the same. Rules that look further live in [`simplify`](super::simplify).

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

/// One operand of a gate: a literal or another gate of the same formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Operand {
    Literal(Literal),
    Gate(u32),
}

/// A variable or its negation. Variables are numbered from 0 without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal {
    pub(super) variable: u32,
    pub(super) negated: bool,
}

impl Literal {
    pub(super) fn complement(self) -> Literal {
        Literal { negated: !self.negated, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    And,
    Or,
    AtLeast(u32),
}

/// A gate of a [`Formula`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Gate<'f> {
    pub(super) kind: Kind,
    pub(super) operands: &'f [Operand],
}

/// Gates whose operands lie in one array: a list for each gate would cost more
/// time than all that is done with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    /// The kind of each gate, and where its operands end.
    entries: Vec<(Kind, usize)>,
    operands: Vec<Operand>,
}

impl Gates {
    pub(super) fn with_capacity(gates: usize, operands: usize) -> Gates {
        Gates { entries: Vec::with_capacity(gates), operands: Vec::with_capacity(operands) }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, index: usize) -> Gate<'_> {
        let (kind, end) = self.entries[index];
        Gate { kind, operands: &self.operands[self.end_before(index)..end] }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = Gate<'_>> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The operands of all gates.
    pub(super) fn operands(&self) -> &[Operand] {
        &self.operands
    }

    pub(super) fn push(&mut self, kind: Kind, operands: impl IntoIterator<Item = Operand>) {
        self.operands.extend(operands);
        self.entries.push((kind, self.operands.len()));
    }

    /// Where the operands of the last gate end.
    fn end(&self) -> usize {
        self.entries.last().map_or(0, |(_, end)| *end)
    }

    fn end_before(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.entries[before].1)
    }
}

/// What a (sub-)expression came down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Constant(bool),
    Operand(Operand),
}

/// Gates in an order in which operands come before their users.
#[derive(Clone, Debug)]
pub(super) struct Formula {
    pub(super) gates: Gates,
    pub(super) top: Term,
    /// One more than the largest variable.
    pub(super) variables: u32,
}

impl Formula {
    /// The gates and their operands, counted.
    pub(super) fn size(&self) -> usize {
        self.gates.len() + self.gates.operands().len()
    }

    /// How many gates use each gate; the top counts as one use.
    pub(super) fn gate_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.gates.len()];
        for operand in self.gates.operands() {
            if let Operand::Gate(gate) = operand {
                uses[*gate as usize] += 1;
            }
        }
        if let Term::Operand(Operand::Gate(gate)) = self.top {
            uses[gate as usize] += 1;
        }
        uses
    }

    /// How many operands name each variable.
    pub(super) fn variable_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.variables as usize];
        for operand in self.gates.operands() {
            if let Operand::Literal(literal) = operand {
                uses[literal.variable as usize] += 1;
            }
        }
        uses
    }

    /// The same formula without the gates that the top does not stand on.
    fn pruned(self) -> Formula {
        let needed = self.needed();
        if needed.iter().all(|needed| *needed) {
            return self;
        }
        let mut renamed = vec![0; self.gates.len()];
        let mut gates = Gates::with_capacity(self.gates.len(), self.gates.operands().len());
        for (index, gate) in self.gates.iter().enumerate().filter(|(index, _)| needed[*index]) {
            renamed[index] = gates.len() as u32;
            gates.push(gate.kind, gate.operands.iter().map(|o| rename(*o, &renamed)));
        }
        let top = match self.top {
            Term::Operand(operand) => Term::Operand(rename(operand, &renamed)),
            constant => constant,
        };
        Formula { gates, top, variables: self.variables }
    }

    fn needed(&self) -> Vec<bool> {
        let mut needed = vec![false; self.gates.len()];
        if let Term::Operand(Operand::Gate(gate)) = self.top {
            needed[gate as usize] = true;
        }
        for (index, gate) in self.gates.iter().enumerate().rev() {
            if needed[index] {
                for operand in gate.operands {
                    if let Operand::Gate(gate) = operand {
                        needed[*gate as usize] = true;
                    }
                }
            }
        }
        needed
    }
}

fn rename(operand: Operand, renamed: &[u32]) -> Operand {
    match operand {
        Operand::Gate(gate) => Operand::Gate(renamed[gate as usize]),
        literal => literal,
    }
}

/// Adds gates from the bottom up and keeps the promises of the module.
///
/// The operands of a gate are put behind those of the gates before it and put in
/// order there; if there turns out to be no new gate, they are taken off again.
pub(super) struct FormulaBuilder {
    gates: Gates,
    /// Gates by the hash of kind and operands. If ever two that differ have the
    /// same, the earlier one is not found again, which costs no more than a copy.
    known: FxHashMap<u64, u32>,
}

impl FormulaBuilder {
    /// A builder with room for so many gates and operands.
    pub(super) fn with_capacity(gates: usize, operands: usize) -> FormulaBuilder {
        let known = FxHashMap::with_capacity_and_hasher(gates, Default::default());
        FormulaBuilder { gates: Gates::with_capacity(gates, operands), known }
    }

    /// A builder for something about as large as a formula.
    pub(super) fn like(formula: &Formula) -> FormulaBuilder {
        FormulaBuilder::with_capacity(formula.gates.len(), formula.gates.operands().len())
    }

    pub(super) fn gate(&self, index: u32) -> Gate<'_> {
        self.gates.get(index as usize)
    }

    /// The gate's value: a constant, one of its operands, or a gate.
    pub(super) fn add(&mut self, kind: Kind, terms: impl IntoIterator<Item = Term>) -> Term {
        let term = match self.put(kind, terms) {
            Ok(kind) => self.folded(kind),
            Err(value) => Term::Constant(value),
        };
        self.gates.operands.truncate(self.gates.end());
        term
    }

    /// Ends the formula; `variables` is one more than the largest variable.
    pub(super) fn finish(self, top: Term, variables: u32) -> Formula {
        Formula { gates: self.gates, top, variables }.pruned()
    }

    /// Puts the operands that are no constants behind the last gate. Returns the
    /// kind of gate that they make, or the value if constants decide it.
    fn put(&mut self, kind: Kind, terms: impl IntoIterator<Item = Term>) -> Result<Kind, bool> {
        let mut met = 0;
        for term in terms {
            match (term, kind) {
                (Term::Operand(operand), _) => self.gates.operands.push(operand),
                (Term::Constant(true), Kind::Or) => return Err(true),
                (Term::Constant(false), Kind::And) => return Err(false),
                (Term::Constant(value), _) => met += u32::from(value),
            }
        }
        let left = self.gates.operands.len() - self.gates.end();
        match kind {
            Kind::AtLeast(k) => counted(k.saturating_sub(met), left),
            kind => Ok(kind),
        }
    }

    /// The value of a gate over the operands put behind the last one.
    fn folded(&mut self, kind: Kind) -> Term {
        let start = self.gates.end();
        self.gates.operands[start..].sort_unstable();
        if matches!(kind, Kind::AtLeast(_)) {
            return self.shared(kind);
        }
        dedup_from(&mut self.gates.operands, start);
        let deciding = kind == Kind::Or;
        match &self.gates.operands[start..] {
            [] => Term::Constant(!deciding),
            [operand] => Term::Operand(*operand),
            operands if has_complements(operands) => Term::Constant(deciding),
            _ => self.shared(kind),
        }
    }

    /// The gate over the operands put behind the last one, or an earlier one that
    /// is the same.
    fn shared(&mut self, kind: Kind) -> Term {
        let operands = &self.gates.operands[self.gates.end()..];
        let gate = Gate { kind, operands };
        let mut hasher = FxHasher::default();
        gate.hash(&mut hasher);
        let new = self.gates.len() as u32;
        let index = self.known.entry(hasher.finish()).or_insert(new);
        if *index != new && self.gates.get(*index as usize) == gate {
            return Term::Operand(Operand::Gate(*index));
        }
        *index = new;
        self.gates.entries.push((kind, self.gates.operands.len()));
        Term::Operand(Operand::Gate(new))
    }
}

/// An at-least-k gate over so many operands, none of them constant: its kind, or
/// its value if that is decided.
fn counted(k: u32, operands: usize) -> Result<Kind, bool> {
    match (k as usize, operands) {
        (0, _) => Err(true),
        (k, n) if k > n => Err(false),
        (1, _) => Ok(Kind::Or),
        (k, n) if k == n => Ok(Kind::And),
        _ => Ok(Kind::AtLeast(k)),
    }
}

/// Drops repeated entries from `start` on, which are sorted.
fn dedup_from(operands: &mut Vec<Operand>, start: usize) {
    let mut kept = start;
    for at in start..operands.len() {
        if kept == start || operands[at] != operands[kept - 1] {
            operands[kept] = operands[at];
            kept += 1;
        }
    }
    operands.truncate(kept);
}

/// Whether sorted operands hold a variable and its negation.
fn has_complements(operands: &[Operand]) -> bool {
    operands.windows(2).any(|pair| match (pair[0], pair[1]) {
        (Operand::Literal(a), Operand::Literal(b)) => a.variable == b.variable,
        _ => false,
    })
}
