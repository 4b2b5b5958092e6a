//! Minimal cut sets: the smallest sets of basic events that together cause the
//! top event.
//!
//! A tree that is not coherent is answered as is usual in the field: a set
//! names the events that occur, all others do not.

use super::budget::{Budget, Exhausted};
use super::diagrams::Diagrams;
use super::minimal_sets::{FamilyPart, MinimalSets};
use super::modules::{Leaf, ModuleTree};
use super::order;
use super::truncated;
use super::zbdd::{self, Family, Solutions};

/// All minimal cut sets, from the decision diagrams.
pub fn all(diagrams: &Diagrams, budget: &Budget) -> Result<MinimalSets, Exhausted> {
    Ok(MinimalSets::complete(families(diagrams, Solutions::CutSets, budget)?))
}

/// The minimal cut sets of at most `order` events, without decision diagrams.
///
/// Exact and complete up to the order, and feasible for trees whose diagrams
/// are not. For a tree that is not coherent it takes the way over the diagrams.
pub fn up_to_order(
    tree: &ModuleTree,
    order: u32,
    budget: &Budget,
) -> Result<MinimalSets, Exhausted> {
    let parts = match tree.is_coherent() {
        true => truncated_families(tree, order, budget)?,
        false => families(&Diagrams::build(tree, budget)?, Solutions::CutSets, budget)?,
    };
    Ok(MinimalSets::up_to(parts, order))
}

pub(super) fn families(
    diagrams: &Diagrams,
    solutions: Solutions,
    budget: &Budget,
) -> Result<Vec<FamilyPart>, Exhausted> {
    let mut parts = Vec::with_capacity(diagrams.parts.len());
    for part in &diagrams.parts {
        let family = zbdd::minimal_solutions(&part.diagram, solutions, diagrams.coherent, budget)?;
        parts.push(FamilyPart { family, leaves: part.leaves.clone() });
    }
    Ok(parts)
}

fn truncated_families(
    tree: &ModuleTree,
    order: u32,
    budget: &Budget,
) -> Result<Vec<FamilyPart>, Exhausted> {
    let mut parts: Vec<FamilyPart> = Vec::with_capacity(tree.modules.len());
    let mut least: Vec<u32> = Vec::with_capacity(tree.modules.len());
    for module in &tree.modules {
        let weights: Vec<u32> = module.leaves.iter().map(|leaf| weight(leaf, &least)).collect();
        let levels = order::default_order(&module.formula);
        let order = order.min(tree.event_bound() as u32);
        let family =
            truncated::minimal_cut_sets(&module.formula, &levels, &weights, order, budget)?;
        least.push(least_weight(&family, &weights));
        parts.push(FamilyPart { family, leaves: module.leaves.clone() });
    }
    Ok(parts)
}

fn weight(leaf: &Leaf, least: &[u32]) -> u32 {
    match leaf {
        Leaf::Event(_) => 1,
        Leaf::Module(module) => least[*module],
    }
}

/// The weight of the lightest set of a family; a family without sets weighs
/// more than any order.
fn least_weight(family: &Family, weights: &[u32]) -> u32 {
    let mut least = vec![u32::MAX; family.branches.len()];
    least[1] = 0;
    for (index, branch) in family.inner() {
        let with = weights[family.variable(branch)].saturating_add(least[branch.high.index()]);
        least[index] = least[branch.low.index()].min(with);
    }
    least[family.top.index()]
}
