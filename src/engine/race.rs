//! Finds a variable order that fits by trying several at once.
//!
//! The order that is good most often is tried alone, for a little while. If that
//! does not do, all candidates may work for the same short time. If none
//! finishes, those that came less far drop out and the others go on, where they
//! stopped, for twice the time. So a bad order costs little, and the whole race a
//! small multiple of its winner.
//!
//! Time is counted in steps, not in nodes: an order may need few nodes and all
//! the same work long at each.

use std::cmp::Reverse;

use super::bdd::{Construction, Diagram};
use super::budget::{Budget, Exhausted};
use super::formula::Formula;
use super::order;

/// Steps that one order may take alone, before any race: most modules are done
/// by then under any order, and a race would cost more than it finds.
const ALONE_STEPS: u64 = 24_000;

/// Steps that every candidate may take in the first heat.
const FIRST_STEPS: u64 = 6_000;

/// The diagram of a formula under the first order that fits.
pub(super) fn build(formula: &Formula, budget: &Budget) -> Result<Diagram, Exhausted> {
    if let Some(diagram) = Diagram::of_single_gate(formula) {
        return Ok(diagram);
    }
    let start = |levels| Construction::new(formula, levels, budget);
    if formula.gates.len() <= 1 {
        return start((0..formula.variables).collect()).advance(budget.max_nodes(), u64::MAX);
    }
    let default = order::default_order(formula);
    let mut alone = start(default.clone());
    match alone.advance(budget.max_nodes(), ALONE_STEPS) {
        Err(Exhausted::Work) if budget.max_steps() <= ALONE_STEPS => Err(Exhausted::Work),
        Err(_) => {
            let others = order::others(formula, &default);
            let runners = others.into_iter().map(start).collect();
            Race { runners, waiting: Some(alone) }.run(budget)
        }
        finished => finished,
    }
}

struct Race<'f> {
    runners: Vec<Construction<'f>>,
    /// The one that ran alone, until the others have come as far.
    waiting: Option<Construction<'f>>,
}

impl Race<'_> {
    fn run(mut self, budget: &Budget) -> Result<Diagram, Exhausted> {
        let mut steps = FIRST_STEPS;
        loop {
            if steps >= ALONE_STEPS || self.runners.is_empty() {
                self.runners.extend(self.waiting.take());
            }
            // Together they stay within the memory allowed.
            let running = self.runners.len() + usize::from(self.waiting.is_some());
            match heat(&mut self.runners, budget.max_nodes() / running, steps) {
                Ok(diagram) => return Ok(diagram),
                Err(Exhausted::Work) if steps >= budget.max_steps() => return Err(Exhausted::Work),
                Err(Exhausted::Memory) if running == 1 => return Err(Exhausted::Memory),
                Err(Exhausted::Memory) => self.keep_best(1),
                Err(Exhausted::Work) => self.keep_best(2),
            }
            steps = steps.saturating_mul(2);
        }
    }

    /// Puts the runners in order, the furthest first, and drops half, but keeps
    /// some.
    fn keep_best(&mut self, least: usize) {
        self.runners.sort_by_key(|runner| Reverse(runner.progress()));
        self.runners.truncate(self.runners.len().div_ceil(2).max(least));
    }
}

/// Lets every runner go on, until one finishes. Memory is the reason only if none
/// can go on with what it has.
fn heat(runners: &mut [Construction<'_>], nodes: usize, steps: u64) -> Result<Diagram, Exhausted> {
    let mut why = Exhausted::Memory;
    for runner in runners {
        match runner.advance(nodes, steps) {
            Err(Exhausted::Memory) => {}
            Err(Exhausted::Work) => why = Exhausted::Work,
            finished => return finished,
        }
    }
    Err(why)
}
