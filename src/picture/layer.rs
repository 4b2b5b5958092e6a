//! Which layer of the picture a component belongs to, and which cluster it is part of.

use crate::graph::{Component, ComponentId, DependencyGraph, Nature, RequirementKind};
use crate::model::{Cluster, Element, Id, Topology};

/// A column of the picture, from what people ask for to what all rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    Functions,
    Hosts,
    Instances,
    Servers,
    Clusters,
    Data,
    Platform,
}

impl Layer {
    pub const ALL: [Layer; 7] = [
        Layer::Functions,
        Layer::Hosts,
        Layer::Instances,
        Layer::Servers,
        Layer::Clusters,
        Layer::Data,
        Layer::Platform,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Functions => "functions",
            Layer::Hosts => "hosts",
            Layer::Instances => "instances",
            Layer::Servers => "servers",
            Layer::Clusters => "clusters",
            Layer::Data => "data",
            Layer::Platform => "platform",
        }
    }
}

/// Layers and clusters of all components.
pub(super) struct Layers {
    layers: Vec<Layer>,
    clusters: Vec<Option<Id<Cluster>>>,
}

impl Layers {
    pub(super) fn new(topology: &Topology, graph: &DependencyGraph) -> Layers {
        let clusters = clusters(topology, graph);
        let layer = |(id, component): (ComponentId, &Component)| {
            let is_carried = matches!(component.element, None | Some(Element::SqlInstance(_)));
            let implied = is_carried && component.server.is_none();
            match implied && clusters[id.index()].is_some() {
                true => Layer::Clusters,
                false => of(component),
            }
        };
        let layers = graph.components().map(layer).collect();
        Layers { layers, clusters }
    }

    pub(super) fn of(&self, id: ComponentId) -> Layer {
        self.layers[id.index()]
    }

    /// The cluster around a component: around its server, if it stands on one.
    pub(super) fn cluster(&self, id: ComponentId) -> Option<Id<Cluster>> {
        self.clusters[id.index()]
    }
}

fn of(component: &Component) -> Layer {
    if component.function.is_some() {
        return Layer::Functions;
    }
    if component.workload {
        return Layer::Instances;
    }
    match (component.element, component.server) {
        (Some(Element::Host(_)), _) => Layer::Hosts,
        (Some(Element::Server(_)), _) => Layer::Servers,
        (Some(Element::Cluster(_) | Element::Group(_)), _) => Layer::Clusters,
        // On a server of its own it is what runs there.
        (Some(Element::SqlInstance(_)), Some(_)) => Layer::Instances,
        (
            Some(
                Element::SqlInstance(_)
                | Element::AvailabilityGroup(_)
                | Element::Database(_)
                | Element::FileShare(_)
                | Element::Storage(_),
            ),
            _,
        ) => Layer::Data,
        (_, Some(_)) => Layer::Servers,
        // A program as a whole, made of its copies; a way that a message can take.
        (Some(Element::Component(_)), None) if component.nature == Nature::Derived => Layer::Hosts,
        (None, None) if component.nature == Nature::Derived && component.detail => Layer::Hosts,
        _ => Layer::Platform,
    }
}

/// A cluster holds its nodes, its groups, and what needs nothing but these.
fn clusters(topology: &Topology, graph: &DependencyGraph) -> Vec<Option<Id<Cluster>>> {
    let mut found: Vec<Option<Id<Cluster>>> = vec![None; graph.len()];
    for (id, component) in graph.components() {
        found[id.index()] = match component.element {
            Some(Element::Cluster(cluster)) => Some(cluster),
            Some(Element::Group(group)) => Some(topology.cluster_groups[group].cluster),
            Some(Element::Server(server)) => topology.clusters_of(server).next(),
            _ => None,
        };
    }
    for (id, component) in graph.components() {
        if let Some(server) = component.server.filter(|&server| server != id) {
            found[id.index()] = found[server.index()];
        }
    }
    // Twice: what is carried may itself carry, and be defined later.
    for (id, component) in graph.components().chain(graph.components()) {
        if may_be_carried(component) && found[id.index()].is_none() {
            found[id.index()] = carrier(graph, id, &found);
        }
    }
    found
}

fn may_be_carried(component: &Component) -> bool {
    let by_kind = matches!(component.element, None | Some(Element::SqlInstance(_)));
    by_kind && component.function.is_none() && component.server.is_none()
}

/// The cluster in which everything stands that a component needs to run.
fn carrier(
    graph: &DependencyGraph,
    id: ComponentId,
    found: &[Option<Id<Cluster>>],
) -> Option<Id<Cluster>> {
    let mut cluster = None;
    for requirement in graph.requirements_of(id) {
        let requirement = graph.requirement(requirement);
        if requirement.kind != RequirementKind::Run {
            continue;
        }
        for provider in &requirement.providers {
            let of_provider = found[provider.index()]?;
            if cluster.is_some_and(|cluster| cluster != of_provider) {
                return None;
            }
            cluster = Some(of_provider);
        }
    }
    cluster
}
