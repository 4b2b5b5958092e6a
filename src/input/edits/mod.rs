//! What was edited between two texts of one topology, edit by edit, and what the topology
//! would be with only some of the edits.
//!
//! The files of each side are joined to one tree, so that moving a section into another file
//! is no edit. An edit is as small as it can be said: a key, a name, an item of a list, a value.

mod join;
mod shapes;
mod walk;

use serde::Deserialize;

use self::walk::Walk;
use super::de::{De, Problems};
use super::lenient::Opt;
use super::lower;
use super::raw;
use super::yaml::{Limits, NodeId, Tree};
use crate::diagnostic::Severity;
use crate::model::Topology;
use crate::source::{FileId, SourceMap, Span};

/// One elementary difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Keys and names from the root of the topology.
    pub path: Vec<String>,
    pub kind: EditKind,
    /// Where it stood in the old text.
    pub old: Option<Span>,
    /// Where it stands in the new text; for what is gone, what it is gone from.
    pub new: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    Added,
    Removed,
    /// Another value.
    Changed,
    /// The same items in another order.
    Reordered,
}

/// All edits between two topologies.
#[derive(Debug)]
pub struct Edits<'t> {
    /// The nodes of both sides.
    tree: Tree<'t>,
    old: NodeId,
    new: NodeId,
    shapes: Vec<u32>,
    list: Vec<Edit>,
}

/// The edits that lead from one topology to another; both have been read without errors.
pub fn between<'t>(
    sources: &'t SourceMap,
    old: &[FileId],
    new: &[FileId],
    limits: &Limits,
) -> Option<Edits<'t>> {
    let mut tree = Tree { nodes: Vec::new(), root: NodeId(0), comments: Vec::new() };
    let old = join::files(&mut tree, sources, old, limits)?;
    let new = join::files(&mut tree, sources, new, limits)?;
    let shapes = shapes::of(&tree);
    let mut edits = Edits { tree, old, new, shapes, list: Vec::new() };
    let mut list = Vec::new();
    Walk::listing(&mut edits.tree, &edits.shapes, &mut list).run(edits.old, edits.new);
    edits.list = list;
    Some(edits)
}

impl Edits<'_> {
    pub fn list(&self) -> &[Edit] {
        &self.list
    }

    /// The old topology with the chosen edits made; none if that cannot be read.
    pub fn apply(&mut self, chosen: &[bool]) -> Option<Topology> {
        let before = self.tree.nodes.len();
        let root = Walk::applying(&mut self.tree, &self.shapes, chosen).run(self.old, self.new);
        let problems = Problems::default();
        let span = self.tree.span(root);
        let de = De::new(&self.tree, root, &problems);
        let raw = match Opt::<raw::Topology>::deserialize(de) {
            Ok(Opt::Is(raw)) => Some(raw.value),
            _ => None,
        };
        self.tree.nodes.truncate(before);
        let topology = lower::lower(&raw?, span, &problems);
        let is_error =
            |problem: &crate::diagnostic::Diagnostic| problem.severity == Severity::Error;
        (!problems.into_inner().iter().any(is_error)).then_some(topology)
    }
}
