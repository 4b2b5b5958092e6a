//! Replaces repeated operands by constants where their value does not matter.
//!
//! In `a + b (a + c)` the inner `a` only counts while the outer one is false, so
//! it may be false: `a + b c`. In general, below an *or* each operand may assume
//! its siblings false, and below an *and* true. A gate with several users may
//! assume what all of them allow.
//!
//! Why assuming siblings of one another is sound: an operand changes only if
//! it contains an assumed sibling, and gates contain each other in no circle. So
//! of the siblings that decide the gate, the lowest one is unchanged.

use std::ops::Range;

use super::formula::{Formula, FormulaBuilder, Gate, Kind, Literal, Operand, Term};

/// Assumptions kept in all and per gate. More would cost memory and, on wide
/// gates, quadratic time; forgetting some only means to simplify less.
const MAX_ASSUMPTIONS: usize = 4_000_000;
const MAX_PER_GATE: usize = 64;

/// An operand with its assumed value.
type Assumption = (Operand, bool);

/// One pass over the whole formula.
pub(super) fn assume(formula: Formula) -> Formula {
    let shared = Shared::of(&formula);
    if !shared.any() {
        return formula;
    }
    let assumptions = assumptions(&formula, &shared);
    let value = |gate: usize, operand: Operand| match shared.contains(operand) {
        true => value(assumptions.of(gate), operand),
        false => None,
    };
    let decides = |(index, gate): (usize, Gate<'_>)| {
        gate.operands.iter().any(|operand| value(index, *operand).is_some())
    };
    let is_changed = formula.gates.iter().enumerate().any(decides);
    if is_changed { with_values(&formula, value) } else { formula }
}

/// The formula with constants in place of the operands that have a value.
fn with_values(formula: &Formula, value: impl Fn(usize, Operand) -> Option<bool>) -> Formula {
    let mut builder = FormulaBuilder::like(formula);
    let mut terms: Vec<Term> = Vec::with_capacity(formula.gates.len());
    for (index, gate) in formula.gates.iter().enumerate() {
        let operands =
            gate.operands.iter().map(|operand| match (value(index, *operand), operand) {
                (Some(value), _) => Term::Constant(value),
                (None, Operand::Gate(below)) => terms[*below as usize],
                (None, literal) => Term::Operand(*literal),
            });
        let term = builder.add(gate.kind, operands);
        terms.push(term);
    }
    let top = match formula.top {
        Term::Operand(Operand::Gate(gate)) => terms[gate as usize],
        other => other,
    };
    builder.finish(top, formula.variables)
}

/// What each gate may assume, sorted. Each gate has a range of one list.
struct Assumptions {
    all: Vec<Assumption>,
    ranges: Vec<Option<Range<usize>>>,
}

impl Assumptions {
    fn of(&self, gate: usize) -> &[Assumption] {
        self.ranges[gate].clone().map_or(&[], |range| &self.all[range])
    }

    /// Adds a user of a gate: keeps what the gate may assume below this one, too.
    /// Nothing is assumed of the gate itself.
    fn meet(&mut self, gate: u32, inside: &[Assumption]) {
        let own = Operand::Gate(gate);
        let range = &mut self.ranges[gate as usize];
        match range {
            None => {
                let start = self.all.len();
                self.all.extend(inside.iter().filter(|(operand, _)| *operand != own));
                *range = Some(start..self.all.len());
            }
            Some(range) => {
                let mut kept = range.start;
                for at in range.clone() {
                    if inside.binary_search(&self.all[at]).is_ok() {
                        self.all[kept] = self.all[at];
                        kept += 1;
                    }
                }
                range.end = kept;
            }
        }
    }
}

fn assumptions(formula: &Formula, shared: &Shared) -> Assumptions {
    let count = formula.gates.len();
    let per_gate = (MAX_ASSUMPTIONS / count.max(1)).min(MAX_PER_GATE);
    let mut known = Assumptions { all: Vec::with_capacity(count), ranges: vec![None; count] };
    if let Term::Operand(Operand::Gate(top)) = formula.top {
        known.ranges[top as usize] = Some(0..0);
    }
    let mut inside = Vec::new();
    for (index, gate) in formula.gates.iter().enumerate().rev() {
        inside.clear();
        inside.extend(known.of(index));
        extend(&mut inside, gate, shared, per_gate);
        for operand in gate.operands {
            if let Operand::Gate(below) = operand {
                known.meet(*below, &inside);
            }
        }
    }
    known
}

/// Adds what the operands of a gate may assume besides what the gate may: that
/// their siblings do not decide it.
fn extend(inside: &mut Vec<Assumption>, gate: Gate<'_>, shared: &Shared, most: usize) {
    let assumed = match gate.kind {
        Kind::And => true,
        Kind::Or => false,
        Kind::AtLeast(_) => return,
    };
    let known = inside.len();
    for operand in gate.operands.iter().filter(|operand| shared.contains(**operand)) {
        if inside.len() < most && value(&inside[..known], *operand).is_none() {
            inside.push((*operand, assumed));
        }
    }
    inside.sort_unstable();
}

/// The value of an operand under assumptions, by itself or by its negation.
fn value(known: &[Assumption], operand: Operand) -> Option<bool> {
    let find = |wanted: Operand| {
        let at = known.binary_search_by(|(operand, _)| operand.cmp(&wanted)).ok()?;
        Some(known[at].1)
    };
    find(operand).or_else(|| match operand {
        Operand::Literal(literal) => find(Operand::Literal(literal.complement())).map(|v| !v),
        Operand::Gate(_) => None,
    })
}

/// The variables and gates with more than one use: only those can repeat.
struct Shared {
    variables: Vec<bool>,
    gates: Vec<bool>,
}

impl Shared {
    fn of(formula: &Formula) -> Shared {
        let repeated = |uses: Vec<u32>| uses.into_iter().map(|uses| uses > 1).collect();
        Shared {
            variables: repeated(formula.variable_uses()),
            gates: repeated(formula.gate_uses()),
        }
    }

    fn any(&self) -> bool {
        self.variables.contains(&true) || self.gates.contains(&true)
    }

    fn contains(&self, operand: Operand) -> bool {
        match operand {
            Operand::Literal(Literal { variable, .. }) => self.variables[variable as usize],
            Operand::Gate(gate) => self.gates[gate as usize],
        }
    }
}
