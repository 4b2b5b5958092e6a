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

use super::formula::{Formula, FormulaBuilder, Gate, Kind, Literal, Operand, Term};

/// Assumptions kept in all and per gate. More would cost memory and, on wide
/// gates, quadratic time; forgetting some only means to simplify less.
const MAX_ASSUMPTIONS: usize = 4_000_000;
const MAX_PER_GATE: usize = 64;

/// Operands with their assumed values, sorted.
type Assumptions = Vec<(Operand, bool)>;

/// One pass over the whole formula.
pub(super) fn assume(formula: Formula) -> Formula {
    let shared = shared_operands(&formula);
    if !shared.any() {
        return formula;
    }
    let assumptions = assumptions(&formula, &shared);
    let mut builder = FormulaBuilder::with_capacity(formula.gates.len());
    let mut terms: Vec<Term> = Vec::with_capacity(formula.gates.len());
    for (gate, known) in formula.gates.iter().zip(&assumptions) {
        let known = known.as_deref().unwrap_or_default();
        let operands =
            gate.operands.iter().map(|operand| match (value(known, *operand), operand) {
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

/// What each gate may assume; `None` if nothing uses it.
fn assumptions(formula: &Formula, shared: &Shared) -> Vec<Option<Assumptions>> {
    let per_gate = (MAX_ASSUMPTIONS / formula.gates.len().max(1)).min(MAX_PER_GATE);
    let mut all: Vec<Option<Assumptions>> = vec![None; formula.gates.len()];
    if let Term::Operand(Operand::Gate(top)) = formula.top {
        all[top as usize] = Some(Vec::new());
    }
    for index in (0..formula.gates.len()).rev() {
        let Some(known) = all[index].clone() else {
            continue;
        };
        let gate = &formula.gates[index];
        let inside = extended(known, gate, shared, per_gate);
        for operand in &gate.operands {
            if let Operand::Gate(below) = operand {
                meet(&mut all[*below as usize], &inside, *operand);
            }
        }
    }
    all
}

/// What the operands of a gate may assume: all that the gate may, and that their
/// siblings do not decide it.
fn extended(known: Assumptions, gate: &Gate, shared: &Shared, most: usize) -> Assumptions {
    let assumed = match gate.kind {
        Kind::And => true,
        Kind::Or => false,
        Kind::AtLeast(_) => return known,
    };
    let mut inside = known;
    let room = most.saturating_sub(inside.len());
    let siblings = gate.operands.iter().filter(|operand| shared.contains(**operand));
    let new: Vec<Operand> = siblings
        .filter(|operand| value(&inside, **operand).is_none())
        .take(room)
        .copied()
        .collect();
    inside.extend(new.into_iter().map(|operand| (operand, assumed)));
    inside.sort_unstable();
    inside
}

/// Adds a user of a gate: keeps what the gate may assume below this one, too.
/// Nothing is assumed of the gate itself.
fn meet(known: &mut Option<Assumptions>, inside: &Assumptions, own: Operand) {
    match known {
        None => *known = Some(inside.iter().copied().filter(|(o, _)| *o != own).collect()),
        Some(known) => known.retain(|assumption| inside.binary_search(assumption).is_ok()),
    }
}

/// The value of an operand under assumptions, by itself or by its negation.
fn value(known: &[(Operand, bool)], operand: Operand) -> Option<bool> {
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

fn shared_operands(formula: &Formula) -> Shared {
    let mut uses = vec![0u32; formula.variables as usize];
    for operand in formula.gates.iter().flat_map(|gate| &gate.operands) {
        if let Operand::Literal(literal) = operand {
            uses[literal.variable as usize] += 1;
        }
    }
    Shared {
        variables: uses.into_iter().map(|uses| uses > 1).collect(),
        gates: formula.gate_uses().into_iter().map(|uses| uses > 1).collect(),
    }
}
