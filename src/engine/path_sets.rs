//! Minimal path sets: the smallest sets of basic events whose absence alone
//! keeps the top event away, whatever else occurs.
//!
//! They are the minimal cut sets of the dual tree, in which *and* and *or*
//! change places, so everything of [`cut_sets`] applies.

use super::budget::{Budget, Exhausted};
use super::cut_sets;
use super::diagrams::Diagrams;
use super::minimal_sets::MinimalSets;
use super::modules::ModuleTree;
use super::zbdd::Solutions;

/// All minimal path sets, from the decision diagrams.
pub fn all(diagrams: &Diagrams, budget: &Budget) -> Result<MinimalSets, Exhausted> {
    Ok(MinimalSets::complete(cut_sets::families(diagrams, Solutions::PathSets, budget)?))
}

/// The minimal path sets of at most `order` events, without decision diagrams.
pub fn up_to_order(
    tree: &ModuleTree,
    order: u32,
    budget: &Budget,
) -> Result<MinimalSets, Exhausted> {
    cut_sets::up_to_order(&tree.dual(), order, budget)
}
