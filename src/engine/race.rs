//! Finds a variable order that fits by trying several at once.
//!
//! Every candidate may make the same small number of nodes. If none finishes,
//! those that came less far drop out and the others go on, where they stopped,
//! with twice the nodes. So a bad order costs little, and the whole race a small
//! multiple of its winner.

use std::cmp::Reverse;

use super::bdd::{Construction, Diagram};
use super::budget::{Budget, Exhausted};
use super::formula::Formula;
use super::order;

/// Nodes that one order may make alone, before any race: most modules fit under
/// any order, and then a race would cost more than it finds.
const ALONE_NODES: usize = 32_000;

/// Nodes that every candidate may make in the first heat.
const FIRST_NODES: usize = 16_000;

/// The diagram of a formula under the first order that fits.
pub(super) fn build(formula: &Formula, budget: &Budget) -> Result<Diagram, Exhausted> {
    if let Some(diagram) = Diagram::of_single_gate(formula) {
        return Ok(diagram);
    }
    if formula.gates.len() <= 1 {
        let levels: Vec<u32> = (0..formula.variables).collect();
        return Construction::new(formula, levels, budget).advance(budget.max_nodes());
    }
    let start = |levels| Construction::new(formula, levels, budget);
    let nodes = ALONE_NODES.min(budget.max_nodes());
    let alone = start(order::default_order(formula)).advance(nodes);
    if let Ok(diagram) = alone {
        return Ok(diagram);
    }
    let orders = order::candidates(formula);
    let mut runners: Vec<Construction<'_>> = orders.into_iter().map(start).collect();
    let mut nodes = FIRST_NODES;
    loop {
        // Together the runners stay within the memory allowed.
        runners.truncate((budget.max_nodes() / nodes).max(1));
        nodes = nodes.min(budget.max_nodes());
        match heat(&mut runners, nodes) {
            Ok(diagram) => return Ok(diagram),
            Err(Exhausted::Work) => return Err(Exhausted::Work),
            Err(Exhausted::Memory) if nodes == budget.max_nodes() => return Err(Exhausted::Memory),
            Err(Exhausted::Memory) => keep_best(&mut runners),
        }
        nodes = nodes.saturating_mul(2);
    }
}

/// Lets every runner go on up to a number of nodes. The smallest of the finished
/// diagrams wins.
fn heat(runners: &mut [Construction<'_>], nodes: usize) -> Result<Diagram, Exhausted> {
    let mut why = Exhausted::Memory;
    let mut best: Option<Diagram> = None;
    for runner in runners {
        match runner.advance(nodes) {
            Err(reason) => why = reason,
            Ok(diagram) => {
                let least = best.as_ref().map_or(usize::MAX, |best| best.branches.len());
                if diagram.branches.len() < least {
                    best = Some(diagram);
                }
            }
        }
    }
    best.ok_or(why)
}

/// Sorts the runners, the furthest first, and drops half, but keeps two. Equals
/// stay in order.
fn keep_best(runners: &mut Vec<Construction<'_>>) {
    runners.sort_by_key(|runner| Reverse(runner.progress()));
    runners.truncate(runners.len().div_ceil(2).max(2));
}
