//! The engine's own form of an expression: gates over literals, no constants
//! inside, no negation above a literal, equal gates shared.
//!
//! [`FormulaBuilder`] keeps these promises with rules that look at one gate
//! only: it sorts and merges operands, folds what is decided, turns at-least-1
//! into *or* and at-least-n into *and*, and returns an existing gate where one
//! is the same. Rules that look further live in [`simplify`](super::simplify).

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

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

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    pub(super) kind: Kind,
    pub(super) operands: Vec<Operand>,
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
    pub(super) gates: Vec<Gate>,
    pub(super) top: Term,
    /// One more than the largest variable.
    pub(super) variables: u32,
}

impl Formula {
    /// How many gates use each gate; the top counts as one use.
    pub(super) fn gate_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.gates.len()];
        let all = self.gates.iter().flat_map(|gate| &gate.operands);
        for operand in all {
            if let Operand::Gate(gate) = operand {
                uses[*gate as usize] += 1;
            }
        }
        if let Term::Operand(Operand::Gate(gate)) = self.top {
            uses[gate as usize] += 1;
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
        let mut gates = Vec::new();
        for (index, gate) in self.gates.iter().enumerate() {
            if needed[index] {
                renamed[index] = gates.len() as u32;
                let operands = gate.operands.iter().map(|o| rename(*o, &renamed)).collect();
                gates.push(Gate { kind: gate.kind, operands });
            }
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
        for index in (0..self.gates.len()).rev() {
            if needed[index] {
                for operand in &self.gates[index].operands {
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
pub(super) struct FormulaBuilder {
    /// In the order of their creation, each once.
    gates: IndexSet<Gate, FxBuildHasher>,
}

impl FormulaBuilder {
    /// A builder with room for so many gates.
    pub(super) fn with_capacity(gates: usize) -> FormulaBuilder {
        FormulaBuilder { gates: IndexSet::with_capacity_and_hasher(gates, FxBuildHasher) }
    }

    pub(super) fn gate(&self, index: u32) -> &Gate {
        &self.gates[index as usize]
    }

    /// The gate's value: a constant, one of its operands, or a gate.
    pub(super) fn add(&mut self, kind: Kind, terms: impl IntoIterator<Item = Term>) -> Term {
        let (kind, operands) = match kind {
            Kind::AtLeast(k) => match at_least(k, terms) {
                Ok(gate) => gate,
                Err(value) => return Term::Constant(value),
            },
            kind => (kind, operands_of(kind, terms)),
        };
        match kind {
            Kind::AtLeast(_) => self.shared(kind, operands),
            _ => self.conjunction_or_disjunction(kind, operands),
        }
    }

    /// Ends the formula; `variables` is one more than the largest variable.
    pub(super) fn finish(self, top: Term, variables: u32) -> Formula {
        Formula { gates: self.gates.into_iter().collect(), top, variables }.pruned()
    }

    /// `operands` is `None` if a constant operand decides the gate.
    fn conjunction_or_disjunction(&mut self, kind: Kind, operands: Operands) -> Term {
        let deciding = kind == Kind::Or;
        let Some(mut operands) = operands else {
            return Term::Constant(deciding);
        };
        operands.sort_unstable();
        operands.dedup();
        match operands.as_slice() {
            [] => Term::Constant(!deciding),
            [operand] => Term::Operand(*operand),
            _ if has_complements(&operands) => Term::Constant(deciding),
            _ => self.shared(kind, Some(operands)),
        }
    }

    fn shared(&mut self, kind: Kind, operands: Operands) -> Term {
        let mut operands = operands.unwrap_or_default();
        operands.sort_unstable();
        let (index, _) = self.gates.insert_full(Gate { kind, operands });
        Term::Operand(Operand::Gate(index as u32))
    }
}

type Operands = Option<Vec<Operand>>;

/// The operands that are no constants, or `None` if a constant decides.
fn operands_of(kind: Kind, terms: impl IntoIterator<Item = Term>) -> Operands {
    let deciding = kind == Kind::Or;
    let mut operands = Vec::new();
    for term in terms {
        match term {
            Term::Constant(value) if value == deciding => return None,
            Term::Constant(_) => {}
            Term::Operand(operand) => operands.push(operand),
        }
    }
    Some(operands)
}

/// Counts true operands as met and false ones as gone. `Err` is a decided gate.
fn at_least(k: u32, terms: impl IntoIterator<Item = Term>) -> Result<(Kind, Operands), bool> {
    let mut k = k;
    let mut operands = Vec::new();
    for term in terms {
        match term {
            Term::Constant(value) => k = k.saturating_sub(u32::from(value)),
            Term::Operand(operand) => operands.push(operand),
        }
    }
    match (k as usize, operands.len()) {
        (0, _) => Err(true),
        (k, n) if k > n => Err(false),
        (1, _) => Ok((Kind::Or, Some(operands))),
        (k, n) if k == n => Ok((Kind::And, Some(operands))),
        _ => Ok((Kind::AtLeast(k), Some(operands))),
    }
}

/// Whether sorted operands hold a variable and its negation.
fn has_complements(operands: &[Operand]) -> bool {
    operands.windows(2).any(|pair| match (pair[0], pair[1]) {
        (Operand::Literal(a), Operand::Literal(b)) => a.variable == b.variable,
        _ => false,
    })
}
