//! The decision diagrams of all modules of a tree: the base of exact answers.

use super::bdd::Diagram;
use super::budget::{Budget, Exhausted};
use super::modules::{Leaf, ModuleTree};
use super::race;

/// One finished decision diagram per module.
#[derive(Clone, Debug)]
pub struct Diagrams {
    pub(super) parts: Vec<Part>,
    pub(super) coherent: bool,
}

/// A module as a diagram over its leaves.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) diagram: Diagram,
    pub(super) leaves: Vec<Leaf>,
}

impl Diagrams {
    /// Builds the diagram of every module, each under an order of its own.
    pub fn build(tree: &ModuleTree, budget: &Budget) -> Result<Diagrams, Exhausted> {
        let mut parts = Vec::with_capacity(tree.modules.len());
        for module in &tree.modules {
            let diagram = race::build(&module.formula, budget)?;
            parts.push(Part { diagram, leaves: module.leaves.clone() });
        }
        Ok(Diagrams { parts, coherent: tree.is_coherent() })
    }

    /// Whether the tree is free of negations. See [`ModuleTree::is_coherent`].
    pub fn is_coherent(&self) -> bool {
        self.coherent
    }

    /// The number of decision nodes of all modules together.
    pub fn nodes(&self) -> usize {
        self.parts.iter().map(|part| part.diagram.branches.len() - 2).sum()
    }
}
