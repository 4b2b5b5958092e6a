//! Who depends on whom: components, and requirements of the form
//! "at least k of these".
//!
//! A facade over petgraph: own ids in and out. The graph is directed from the
//! dependent through the requirement to the providers and may hold cycles
//! anywhere. It knows no platform; what a BizTalk host needs is written in
//! the `expand` module.

mod component;
mod digest;
mod requirement;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use crate::model::Element;

pub use component::{
    Component, ComponentId, Documented, Function, FunctionRole, Nature, Onset, Scope,
};
pub use digest::{digest, labels};
pub use requirement::{Requirement, RequirementId, RequirementKind, Switchover, Watch};

/// A vertex of the underlying graph: components first, then requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vertex {
    Component(ComponentId),
    Requirement(RequirementId),
}

/// Components and their requirements.
#[derive(Debug, Default)]
pub struct DependencyGraph {
    graph: DiGraph<Vertex, ()>,
    components: Vec<Component>,
    component_vertices: Vec<NodeIndex>,
    requirements: Vec<Requirement>,
    requirement_vertices: Vec<NodeIndex>,
    by_element: FxHashMap<Element, ComponentId>,
    by_name: FxHashMap<String, ComponentId>,
}

impl DependencyGraph {
    pub fn new() -> DependencyGraph {
        DependencyGraph::default()
    }

    pub fn add_component(&mut self, component: Component) -> ComponentId {
        let id = ComponentId::new(self.components.len());
        if let Some(element) = component.element {
            self.by_element.entry(element).or_insert(id);
        }
        self.by_name.entry(component.name.clone()).or_insert(id);
        self.component_vertices.push(self.graph.add_node(Vertex::Component(id)));
        self.components.push(component);
        id
    }

    pub fn add_requirement(&mut self, mut requirement: Requirement) -> RequirementId {
        keep_first_of_each(&mut requirement);
        let id = RequirementId::new(self.requirements.len());
        let vertex = self.graph.add_node(Vertex::Requirement(id));
        let dependent = self.component_vertices[requirement.dependent.index()];
        self.graph.add_edge(dependent, vertex, ());
        for provider in &requirement.providers {
            self.graph.add_edge(vertex, self.component_vertices[provider.index()], ());
        }
        self.requirement_vertices.push(vertex);
        self.requirements.push(requirement);
        id
    }

    /// Records the computer on which a component stands.
    pub fn set_server(&mut self, id: ComponentId, server: ComponentId) {
        self.components[id.index()].server = Some(server);
    }

    /// Marks a component as doing the work of functions on its computer.
    pub fn set_workload(&mut self, id: ComponentId) {
        self.components[id.index()].workload = true;
    }

    /// Records what the file defines that a component stands for.
    pub fn set_element(&mut self, id: ComponentId, element: Element) {
        self.components[id.index()].element = Some(element);
        self.by_element.entry(element).or_insert(id);
    }

    /// Records what the platform's documentation says about a component.
    pub fn set_documented(&mut self, id: ComponentId, documented: Documented) {
        self.components[id.index()].documented = Some(documented);
    }

    pub fn component(&self, id: ComponentId) -> &Component {
        &self.components[id.index()]
    }

    pub fn requirement(&self, id: RequirementId) -> &Requirement {
        &self.requirements[id.index()]
    }

    pub fn len(&self) -> usize {
        self.components.len()
    }

    pub fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    pub fn ids(&self) -> impl Iterator<Item = ComponentId> + use<> {
        (0..self.components.len()).map(ComponentId::new)
    }

    pub fn components(&self) -> impl Iterator<Item = (ComponentId, &Component)> {
        self.ids().zip(&self.components)
    }

    /// What the business asks for.
    pub fn services(&self) -> Vec<ComponentId> {
        self.with_role(FunctionRole::Service).collect()
    }

    pub fn with_role(&self, role: FunctionRole) -> impl Iterator<Item = ComponentId> {
        self.ids().filter(move |&id| self.component(id).has_role(role))
    }

    pub fn requirements(&self) -> impl Iterator<Item = (RequirementId, &Requirement)> {
        (0..self.requirements.len()).map(RequirementId::new).zip(&self.requirements)
    }

    /// What a component needs, in the order in which it was stated.
    pub fn requirements_of(&self, id: ComponentId) -> Vec<RequirementId> {
        self.incident(id, Direction::Outgoing)
    }

    /// The requirements in which a component is a provider, in the order in which they were stated.
    pub fn requirements_on(&self, id: ComponentId) -> Vec<RequirementId> {
        self.incident(id, Direction::Incoming)
    }

    fn incident(&self, id: ComponentId, direction: Direction) -> Vec<RequirementId> {
        let vertex = self.component_vertices[id.index()];
        let mut found: Vec<RequirementId> = self
            .graph
            .neighbors_directed(vertex, direction)
            .filter_map(|neighbor| match self.graph[neighbor] {
                Vertex::Requirement(id) => Some(id),
                Vertex::Component(_) => None,
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The component that stands for something the file defines.
    pub fn of_element(&self, element: Element) -> Option<ComponentId> {
        self.by_element.get(&element).copied()
    }

    pub fn by_name(&self, name: &str) -> Option<ComponentId> {
        self.by_name.get(name).copied()
    }

    /// A component by its name; machines, racks and sites also without their kind.
    pub fn find(&self, word: &str) -> Option<ComponentId> {
        let placed = || ["machine", "rack", "site"].map(|kind| format!("{kind} {word}"));
        self.by_name(word).or_else(|| placed().iter().find_map(|name| self.by_name(name)))
    }

    /// Strongly connected parts over the requirements that `counts` accepts, providers
    /// before dependents. Kosaraju's algorithm, because petgraph's other ones recurse.
    pub fn strong_parts(&self, counts: impl Fn(&Requirement) -> bool) -> Vec<Vec<ComponentId>> {
        let kept = petgraph::visit::EdgeFiltered::from_fn(&self.graph, |edge| {
            use petgraph::visit::EdgeRef;
            let requirement = |vertex: NodeIndex| match self.graph[vertex] {
                Vertex::Requirement(id) => Some(self.requirement(id)),
                Vertex::Component(_) => None,
            };
            requirement(edge.source()).or_else(|| requirement(edge.target())).is_some_and(&counts)
        });
        petgraph::algo::kosaraju_scc(&kept)
            .into_iter()
            .map(|part| {
                let component = |vertex| match self.graph[vertex] {
                    Vertex::Component(id) => Some(id),
                    Vertex::Requirement(_) => None,
                };
                let mut ids: Vec<ComponentId> = part.into_iter().filter_map(component).collect();
                ids.sort_unstable();
                ids
            })
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// The same provider twice is still one provider; all of them stays all of them, and the
/// working one stays the working one.
fn keep_first_of_each(requirement: &mut Requirement) {
    let before = requirement.providers.len();
    let active = requirement.switchover.map(|s| requirement.providers.get(s.active).copied());
    let mut seen = rustc_hash::FxHashSet::default();
    requirement.providers.retain(|provider| seen.insert(*provider));
    if requirement.at_least as usize == before {
        requirement.at_least = u32::try_from(requirement.providers.len()).unwrap_or(u32::MAX);
    }
    if let (Some(switchover), Some(Some(active))) = (&mut requirement.switchover, active) {
        let place = requirement.providers.iter().position(|&provider| provider == active);
        switchover.active = place.unwrap_or(switchover.active);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> (DependencyGraph, ComponentId, ComponentId) {
        let mut graph = DependencyGraph::new();
        let a = graph.add_component(Component::basic("a", "thing"));
        let b = graph.add_component(Component::basic("b", "thing"));
        (graph, a, b)
    }

    #[test]
    fn requirements_are_found_from_both_ends() {
        let (mut graph, a, b) = two();
        let needed = graph.add_requirement(Requirement::run(a, b));
        assert_eq!(graph.requirements_of(a), [needed]);
        assert_eq!(graph.requirements_on(b), [needed]);
        assert!(graph.requirements_on(a).is_empty());
    }

    #[test]
    fn a_provider_named_twice_counts_once() {
        let (mut graph, a, b) = two();
        let id = graph.add_requirement(Requirement::all(a, vec![b, b]));
        assert_eq!(graph.requirement(id).providers, [b]);
        assert_eq!(graph.requirement(id).at_least, 1);
    }

    #[test]
    fn a_provider_named_twice_does_not_change_which_one_works() {
        let (mut graph, a, b) = two();
        let mut requirement = Requirement::some(a, 1, vec![a, a, b]);
        requirement.switchover = Some(Switchover { active: 2 });
        let id = graph.add_requirement(requirement);
        let requirement = graph.requirement(id);
        assert_eq!(requirement.switchover.map(|s| requirement.providers[s.active]), Some(b));
    }

    #[test]
    fn strong_parts_come_providers_first_and_respect_the_filter() {
        let (mut graph, a, b) = two();
        let c = graph.add_component(Component::basic("c", "thing"));
        graph.add_requirement(Requirement::run(a, b));
        graph.add_requirement(Requirement::run(b, a));
        graph.add_requirement(Requirement::run(c, a));
        assert_eq!(graph.strong_parts(|_| true), [vec![a, b], vec![c]]);
        assert_eq!(graph.strong_parts(|_| false).len(), 3);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_does_not_overflow_the_stack() {
        let mut graph = DependencyGraph::new();
        let mut last = graph.add_component(Component::basic("0", "thing"));
        for _ in 0..100_000 {
            let next = graph.add_component(Component::basic("n", "thing"));
            graph.add_requirement(Requirement::run(next, last));
            last = next;
        }
        assert_eq!(graph.strong_parts(|_| true).len(), 100_001);
    }
}
