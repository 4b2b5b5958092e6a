//! Minimal cut sets up to an order, straight from a formula.
//!
//! For formulas whose decision diagram does not fit: the family of every gate is
//! built from those of its operands, and every product drops the sets that have
//! become too large.

use super::budget::{Budget, Exhausted};
use super::formula::{Formula, Kind, Literal, Operand, Term};
use super::table::Ref;
use super::zbdd::{Family, Zbdd};

/// The minimal cut sets of a formula without negations, up to an order.
///
/// `weights[v]` is the least number of events that variable v stands for; a set
/// is dropped when its weights add up to more than `order`. What is kept is
/// exact: subsets of a kept set weigh no more and were kept, too.
pub(super) fn minimal_cut_sets(
    formula: &Formula,
    levels: &[u32],
    weights: &[u32],
    order: u32,
    budget: &Budget,
) -> Result<Family, Exhausted> {
    let mut variable_at = vec![0; levels.len()];
    for (variable, level) in levels.iter().enumerate() {
        variable_at[*level as usize] = variable as u32;
    }
    let weight_at = variable_at.iter().map(|v: &u32| weights[*v as usize]).collect();
    let mut builder = Truncated { zbdd: Zbdd::new(budget), weight_at, order, levels };
    let mut values: Vec<Ref> = Vec::with_capacity(formula.gates.len());
    for gate in formula.gates.iter() {
        let operands: Result<Vec<Ref>, Exhausted> =
            gate.operands.iter().map(|operand| builder.value_of(*operand, &values)).collect();
        values.push(builder.gate(gate.kind, operands?)?);
    }
    let top = match formula.top {
        Term::Constant(false) => Ref::ZERO,
        Term::Constant(true) => Ref::ONE,
        Term::Operand(operand) => builder.value_of(operand, &values)?,
    };
    Ok(builder.zbdd.freeze(top, variable_at))
}

struct Truncated<'a> {
    zbdd: Zbdd,
    weight_at: Vec<u32>,
    order: u32,
    levels: &'a [u32],
}

impl Truncated<'_> {
    fn value_of(&mut self, operand: Operand, values: &[Ref]) -> Result<Ref, Exhausted> {
        match operand {
            Operand::Gate(gate) => Ok(values[gate as usize]),
            // Left out, as for cut sets of any function; callers pass monotone
            // formulas only, where this does not arise.
            Operand::Literal(Literal { negated: true, .. }) => Ok(Ref::ONE),
            Operand::Literal(Literal { variable, .. }) => {
                let level = self.levels[variable as usize];
                match self.weight_at[level as usize] > self.order {
                    true => Ok(Ref::ZERO),
                    false => self.zbdd.node(level, Ref::ZERO, Ref::ONE),
                }
            }
        }
    }

    fn gate(&mut self, kind: Kind, mut operands: Vec<Ref>) -> Result<Ref, Exhausted> {
        operands.sort_by_key(|operand| std::cmp::Reverse(self.zbdd.level(*operand)));
        match kind {
            Kind::Or => operands.iter().try_fold(Ref::ZERO, |all, o| self.zbdd.union(*o, all)),
            Kind::And => operands.iter().try_fold(Ref::ONE, |all, o| self.product(*o, all)),
            Kind::AtLeast(k) => self.at_least(k as usize, &operands),
        }
    }

    /// The counter of decision diagrams, on families.
    fn at_least(&mut self, k: usize, operands: &[Ref]) -> Result<Ref, Exhausted> {
        let mut reached = vec![Ref::ZERO; k + 1];
        reached[0] = Ref::ONE;
        for (seen, operand) in operands.iter().enumerate() {
            for j in (1..=k.min(seen + 1)).rev() {
                let one_more = self.product(*operand, reached[j - 1])?;
                reached[j] = self.zbdd.union(one_more, reached[j])?;
            }
        }
        Ok(reached[k])
    }

    fn product(&mut self, f: Ref, g: Ref) -> Result<Ref, Exhausted> {
        self.zbdd.product(f, g, self.order, &self.weight_at)
    }
}
