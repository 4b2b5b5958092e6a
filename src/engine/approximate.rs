//! A diagram that stays within its budget by giving up exactness to one side.
//!
//! When there is no room for the next step, everything still needed is copied to
//! a new table and, if that is not enough, its least important nodes become a
//! constant: false to stay below the true function, true to stay above it. Gates
//! never negate, so a function below (above) in an operand gives one below
//! (above) at the top.
//!
//! Important are the nodes whose loss would cost most: the probability to come
//! there, times the probability to go to the other constant from there.

use std::cmp::Ordering;

use super::bdd::{Bdd, Connective, value_of};
use super::budget::{Budget, Exhausted};
use super::formula::{Formula, Gate, Kind, Operand, Term};
use super::order;
use super::probability::Chance;
use super::table::{Ref, Table};

/// On which side of the true function to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    Above,
}

impl Side {
    /// What a node given up becomes.
    fn constant(self) -> Ref {
        match self {
            Side::Below => Ref::ZERO,
            Side::Above => Ref::ONE,
        }
    }

    /// What is lost with a node of this chance.
    fn loss(self, chance: Chance) -> f64 {
        match self {
            Side::Below => chance.p,
            Side::Above => chance.q,
        }
    }
}

/// The chance of a function on one side of the formula. The only error is that
/// the work allowed is used up.
pub(super) fn chance(
    formula: &Formula,
    leaves: &[Chance],
    side: Side,
    budget: &Budget,
) -> Result<Chance, Exhausted> {
    // Making room takes a second table and some numbers for each node.
    let budget = &budget.halved();
    let levels = order::compact_order(formula);
    let mut at_level = vec![Chance::NEVER; leaves.len()];
    for (leaf, level) in leaves.iter().zip(&levels) {
        at_level[*level as usize] = *leaf;
    }
    Approximation {
        formula,
        levels,
        at_level,
        side,
        budget: *budget,
        bdd: Bdd::new(budget),
        values: Vec::new(),
        work: Vec::new(),
        last_use: last_uses(formula),
    }
    .run()
}

struct Approximation<'f> {
    formula: &'f Formula,
    levels: Vec<u32>,
    at_level: Vec<Chance>,
    side: Side,
    budget: Budget,
    bdd: Bdd,
    /// The values of the gates done.
    values: Vec<Ref>,
    /// What the gate in work needs besides.
    work: Vec<Ref>,
    /// The last gate that uses each gate.
    last_use: Vec<usize>,
}

impl Approximation<'_> {
    fn run(mut self) -> Result<Chance, Exhausted> {
        let formula = self.formula;
        for gate in formula.gates.iter() {
            let value = self.gate(gate)?;
            self.values.push(value);
        }
        let top = match formula.top {
            Term::Constant(false) => Ref::ZERO,
            Term::Constant(true) => Ref::ONE,
            Term::Operand(operand) => self.operand(operand)?,
        };
        let chances = table_chances(self.bdd.table(), &self.at_level);
        Ok(chances[top.index()])
    }

    /// The value of the next gate, one step at a time.
    fn gate(&mut self, gate: Gate<'_>) -> Result<Ref, Exhausted> {
        self.work.clear();
        for operand in gate.operands {
            let value = self.operand(*operand)?;
            self.work.push(value);
        }
        // The deepest last: steps take from the end.
        let Approximation { work, bdd, .. } = self;
        work.sort_by_key(|value| bdd.table().level(*value));
        match gate.kind {
            Kind::And => self.fold(Connective::And),
            Kind::Or => self.fold(Connective::Or),
            Kind::AtLeast(k) => self.at_least(k as usize),
        }
    }

    fn operand(&mut self, operand: Operand) -> Result<Ref, Exhausted> {
        self.with_room(|this| value_of(&mut this.bdd, operand, &this.values, &this.levels))
    }

    fn fold(&mut self, connective: Connective) -> Result<Ref, Exhausted> {
        while self.work.len() > 1 {
            let (a, b) = (self.work.len() - 1, self.work.len() - 2);
            let value = self.step(connective, a, b)?;
            self.work.truncate(b);
            self.work.push(value);
        }
        Ok(self.work[0])
    }

    /// The counter of [`Bdd::gate`]; `work` is the operands, then `reached`.
    fn at_least(&mut self, k: usize) -> Result<Ref, Exhausted> {
        let operands = self.work.len();
        self.work.push(Ref::ONE);
        self.work.resize(operands + k + 1, Ref::ZERO);
        for operand in (0..operands).rev() {
            for j in (1..=k).rev() {
                let reached = operands + j;
                let one_more = self.step(Connective::And, operand, reached - 1)?;
                self.work.push(one_more);
                let value = self.step(Connective::Or, self.work.len() - 1, reached)?;
                self.work.pop();
                self.work[reached] = value;
            }
        }
        Ok(self.work[operands + k])
    }

    /// One operation on two entries of `work`.
    fn step(&mut self, connective: Connective, a: usize, b: usize) -> Result<Ref, Exhausted> {
        self.with_room(|this| this.bdd.apply(connective, this.work[a], this.work[b]))
    }

    /// Tries a step, making room as often as it takes: each time in vain leaves a
    /// quarter of the nodes. A step that does not fit even then is given up.
    fn with_room(
        &mut self,
        step: impl Fn(&mut Self) -> Result<Ref, Exhausted>,
    ) -> Result<Ref, Exhausted> {
        let mut keep = self.budget.max_nodes() / 2;
        loop {
            match step(self) {
                Err(Exhausted::Memory) if keep == 0 => return Ok(self.side.constant()),
                Err(Exhausted::Memory) => {
                    self.make_room(keep)?;
                    keep /= 4;
                }
                done => return done,
            }
        }
    }

    /// Copies what is still needed into a new table of at most `keep` nodes.
    fn make_room(&mut self, keep: usize) -> Result<(), Exhausted> {
        let table = self.bdd.table();
        let gate = self.values.len();
        let live: Vec<usize> = (0..gate).filter(|value| self.last_use[*value] >= gate).collect();
        let chances = table_chances(table, &self.at_level);
        let reached = self.reach(&live);
        let kept = self.most_important(&chances, &reached, keep);

        let mut bdd = Bdd::new(&self.budget.with_steps(table.steps_left()));
        let mut copies = vec![self.side.constant(); table.len()];
        copies[Ref::ZERO.index()] = Ref::ZERO;
        copies[Ref::ONE.index()] = Ref::ONE;
        for index in kept {
            let node = table.node(Ref(index as u32));
            copies[index] =
                bdd.node(node.level, copies[node.low.index()], copies[node.high.index()])?;
        }
        for value in live {
            self.values[value] = copies[self.values[value].index()];
        }
        for value in &mut self.work {
            *value = copies[value.index()];
        }
        self.bdd = bdd;
        Ok(())
    }

    /// How likely each node is come by from the live values; 0 if it is not
    /// needed.
    fn reach(&self, live: &[usize]) -> Vec<f64> {
        let table = self.bdd.table();
        let mut reached = vec![0.0; table.len()];
        let values = live.iter().map(|value| &self.values[*value]);
        for value in values.chain(&self.work) {
            reached[value.index()] += 1.0;
        }
        for index in (2..table.len()).rev() {
            if reached[index] > 0.0 {
                let node = table.node(Ref(index as u32));
                let chance = self.at_level[node.level as usize];
                reached[node.low.index()] += reached[index] * chance.q;
                reached[node.high.index()] += reached[index] * chance.p;
            }
        }
        reached
    }

    /// The nodes whose loss costs most, in ascending order.
    fn most_important(&self, chances: &[Chance], reached: &[f64], keep: usize) -> Vec<usize> {
        let loss = |index: usize| reached[index] * self.side.loss(chances[index]);
        let mut needed: Vec<usize> = (2..reached.len()).filter(|i| reached[*i] > 0.0).collect();
        if needed.len() > keep {
            let costly_first =
                |a: &usize, b: &usize| -> Ordering { loss(*b).total_cmp(&loss(*a)).then(a.cmp(b)) };
            needed.sort_unstable_by(costly_first);
            needed.truncate(keep);
            needed.sort_unstable();
        }
        needed
    }
}

/// The chance of every node of a table.
fn table_chances(table: &Table, at_level: &[Chance]) -> Vec<Chance> {
    let mut chances = vec![Chance::NEVER; table.len()];
    chances[Ref::ONE.index()] = Chance::ALWAYS;
    for index in 2..table.len() {
        let node = table.node(Ref(index as u32));
        let (low, high) = (chances[node.low.index()], chances[node.high.index()]);
        chances[index] = at_level[node.level as usize].expand(low, high);
    }
    chances
}

/// For each gate the last gate that uses it; the top is used to the end.
fn last_uses(formula: &Formula) -> Vec<usize> {
    let mut last = vec![0; formula.gates.len()];
    for (index, gate) in formula.gates.iter().enumerate() {
        for operand in gate.operands {
            if let Operand::Gate(below) = operand {
                last[*below as usize] = index;
            }
        }
    }
    if let Term::Operand(Operand::Gate(top)) = formula.top {
        last[top as usize] = usize::MAX;
    }
    last
}
