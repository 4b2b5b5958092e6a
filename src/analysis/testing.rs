//! Small graphs for the tests of this room.

use crate::graph::{Component, ComponentId, DependencyGraph};

/// Basic components of these names, in their order.
pub(super) fn graph(names: &[&'static str]) -> (DependencyGraph, Vec<ComponentId>) {
    let mut graph = DependencyGraph::new();
    let ids = names.iter().map(|name| graph.add_component(Component::basic(*name, "thing")));
    let ids = ids.collect();
    (graph, ids)
}
