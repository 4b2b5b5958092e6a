//! A lower and an upper bound of the top's probability when the exact answer
//! does not fit the budget. Both ends are proven, not estimated.
//!
//! Module by module, from the bottom up:
//!
//! * A module whose diagram fits is exact. If modules inside it are not, their
//!   lower ends give its lower end and their upper ends its upper end, because
//!   modules are used positively only.
//! * Of a module that does not fit two diagrams are built, one of a function that
//!   is never above and one of a function that is never below the true one.
//! * In addition, and alone if the work allowed is used up, each gate is bounded
//!   from the bounds of its operands: for monotone functions of independent events
//!   `prod p <= P(and) <= min p` and `max p <= P(or) <= 1 - prod (1 - p)` (Esary,
//!   Proschan and Walkup 1967); with negations Fréchet's bounds, which hold always.
//!
//! The ends are widened by more than the rounding errors can add up to.

use super::approximate::{self, Side};
use super::budget::{Budget, Exhausted};
use super::formula::{Formula, Kind, Operand, Term};
use super::modules::{Leaf, Module, ModuleTree};
use super::probability::{Chance, MissingValue, Probability, node_chances};
use super::race;

/// A probability between two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// The probability is at least this.
    pub lower: Probability,
    /// The probability is at most this.
    pub upper: Probability,
    /// Whether every diagram fitted, so that the ends differ by rounding only.
    pub is_exact: bool,
}

/// The probability of the top event as closely as the budget allows.
pub fn probability(
    tree: &ModuleTree,
    probabilities: &[Probability],
    budget: &Budget,
) -> Result<Bracket, MissingValue> {
    let mut is_exact = true;
    let mut ends: Vec<Ends> = Vec::with_capacity(tree.modules.len());
    for module in &tree.modules {
        let leaves = leaf_ends(module, probabilities, &ends)?;
        let (solved, exact) = module_ends(module, &leaves, tree.is_coherent(), budget);
        is_exact &= exact;
        ends.push(solved);
    }
    let top = ends.last().copied().unwrap_or(Ends::exact(Chance::NEVER));
    let steps = tree.modules.iter().map(|module| module.leaves.len() + 1).sum::<usize>();
    let slack = 8.0 * f64::EPSILON * steps as f64;
    Ok(Bracket {
        lower: Probability::rounded(top.lower.p * (1.0 - slack)),
        upper: Probability::rounded(top.upper.p * (1.0 + slack)),
        is_exact,
    })
}

/// What a probability lies between.
#[derive(Clone, Copy, Debug)]
struct Ends {
    lower: Chance,
    upper: Chance,
}

impl Ends {
    fn exact(chance: Chance) -> Ends {
        Ends { lower: chance, upper: chance }
    }

    /// What both allow.
    fn within(self, other: Ends) -> Ends {
        let lower = if self.lower.p >= other.lower.p { self.lower } else { other.lower };
        let upper = if self.upper.p <= other.upper.p { self.upper } else { other.upper };
        Ends { lower, upper }
    }

    fn between(lower: f64, upper: f64) -> Ends {
        Ends {
            lower: Chance { p: lower, q: 1.0 - lower },
            upper: Chance { p: upper, q: 1.0 - upper },
        }
    }
}

fn leaf_ends(
    module: &Module,
    probabilities: &[Probability],
    modules: &[Ends],
) -> Result<Vec<Ends>, MissingValue> {
    module
        .leaves
        .iter()
        .map(|leaf| match *leaf {
            Leaf::Module(module) => Ok(modules[module]),
            Leaf::Event(event) => {
                let known = probabilities.get(event.index()).ok_or(MissingValue(event))?;
                Ok(Ends::exact(Chance::from(*known)))
            }
        })
        .collect()
}

/// The ends of a module, and whether its diagram fitted.
fn module_ends(
    module: &Module,
    leaves: &[Ends],
    is_coherent: bool,
    budget: &Budget,
) -> (Ends, bool) {
    let lowers: Vec<Chance> = leaves.iter().map(|leaf| leaf.lower).collect();
    let uppers: Vec<Chance> = leaves.iter().map(|leaf| leaf.upper).collect();
    match race::build(&module.formula, budget) {
        Ok(diagram) => {
            let value = |leaves: &[Chance]| node_chances(&diagram, leaves)[diagram.top.index()];
            (Ends { lower: value(&lowers), upper: value(&uppers) }, true)
        }
        Err(_) => {
            let simple = gate_by_gate(&module.formula, leaves, is_coherent);
            let ends = match approximate_ends(&module.formula, &lowers, &uppers, budget) {
                Ok(ends) => ends.within(simple),
                Err(_) => simple,
            };
            (ends, false)
        }
    }
}

fn approximate_ends(
    formula: &Formula,
    lowers: &[Chance],
    uppers: &[Chance],
    budget: &Budget,
) -> Result<Ends, Exhausted> {
    Ok(Ends {
        lower: approximate::chance(formula, lowers, Side::Below, budget)?,
        upper: approximate::chance(formula, uppers, Side::Above, budget)?,
    })
}

// --- Gate by gate ----------------------------------------------------------

fn gate_by_gate(formula: &Formula, leaves: &[Ends], is_coherent: bool) -> Ends {
    let mut gates: Vec<Ends> = Vec::with_capacity(formula.gates.len());
    let value = |operand: Operand, gates: &[Ends]| match operand {
        Operand::Gate(gate) => gates[gate as usize],
        Operand::Literal(literal) => {
            let Ends { lower, upper } = leaves[literal.variable as usize];
            match literal.negated {
                false => Ends { lower, upper },
                true => Ends::between(upper.q, lower.q),
            }
        }
    };
    for gate in formula.gates.iter() {
        let operands: Vec<Ends> = gate.operands.iter().map(|o| value(*o, &gates)).collect();
        gates.push(gate_ends(gate.kind, &operands, is_coherent));
    }
    match formula.top {
        Term::Constant(true) => Ends::exact(Chance::ALWAYS),
        Term::Constant(false) => Ends::exact(Chance::NEVER),
        Term::Operand(operand) => value(operand, &gates),
    }
}

fn gate_ends(kind: Kind, operands: &[Ends], is_coherent: bool) -> Ends {
    let n = operands.len() as f64;
    let lowers = || operands.iter().map(|ends| ends.lower);
    let uppers = || operands.iter().map(|ends| ends.upper);
    let sum_of_uppers: f64 = uppers().map(|chance| chance.p).sum();
    match kind {
        Kind::And => {
            let together: f64 = match is_coherent {
                true => lowers().map(|chance| chance.p).product(),
                false => (lowers().map(|chance| chance.p).sum::<f64>() - (n - 1.0)).max(0.0),
            };
            Ends::between(together, uppers().map(|chance| chance.p).fold(1.0, f64::min))
        }
        Kind::Or => {
            let any: f64 = match is_coherent {
                // 1 - prod (1 - p), added up so that a small value keeps its digits.
                true => uppers().fold(0.0, |any, chance| any + chance.p * (1.0 - any)),
                false => 1.0,
            };
            let least = lowers().map(|chance| chance.p).fold(0.0, f64::max);
            Ends::between(least, any.min(sum_of_uppers).max(least))
        }
        // Markov: k or more occur at most with (expected number) / k.
        Kind::AtLeast(k) => Ends::between(0.0, (sum_of_uppers / f64::from(k)).min(1.0)),
    }
}
