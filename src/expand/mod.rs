//! Topology to dependency graph: every component, implied ones included, and why
//! each needs what it needs.
//!
//! The neutral half knows servers, clusters, disks and free components. Each
//! platform adds what its own nouns imply in a folder of its own. What the file
//! does not say and the graph cannot do without becomes an [`Assumption`].

pub mod biztalk;
mod clusters;
mod free;
mod local;
mod network;
mod periphery;
mod places;
mod sql;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::{Component, ComponentId, DependencyGraph, Nature, Requirement};
use crate::model::*;
use crate::source::Span;

pub use local::LocalService;

/// The graph of a topology, and what it takes for granted.
#[derive(Debug)]
pub struct Expansion {
    pub graph: DependencyGraph,
    pub assumptions: Vec<Assumption>,
}

pub fn expand(topology: &Topology) -> Expansion {
    let mut build = Build::new(topology);
    build.places();
    build.networks();
    build.servers();
    build.storage();
    build.clusters();
    build.sql();
    build.periphery();
    build.biztalk();
    build.free();
    let mut assumptions = build.assumptions;
    assumptions.dedup();
    Expansion { graph: build.graph, assumptions }
}

struct Build<'t> {
    topology: &'t Topology,
    graph: DependencyGraph,
    assumptions: Vec<Assumption>,
    /// Machines, racks and sites by their label.
    places: FxHashMap<(places::PlaceKind, &'t str), ComponentId>,
    local: FxHashMap<(LocalService, Id<Server>), ComponentId>,
    /// A cluster group standing on one of its owners.
    group_on: FxHashMap<(Id<ClusterGroup>, Id<Server>), ComponentId>,
    resources: FxHashMap<(Id<ClusterGroup>, ResourceKind), ComponentId>,
    resource_on: FxHashMap<(Id<ClusterGroup>, ResourceKind, Id<Server>), ComponentId>,
    network_names: FxHashMap<Id<ClusterGroup>, ComponentId>,
    /// Servers that wait for a disaster.
    standby: FxHashSet<Id<Server>>,
    /// Groups in which ENTSSO is a resource.
    sso_groups: Vec<Id<ClusterGroup>>,
    /// What each SSO service has been said to need.
    sso_links: FxHashSet<(ComponentId, ComponentId)>,
    instances: FxHashMap<(Id<Host>, Id<Server>), ComponentId>,
    assumed: FxHashSet<(String, &'static str)>,
}

impl<'t> Build<'t> {
    fn new(topology: &'t Topology) -> Build<'t> {
        let mut build = Build {
            topology,
            graph: DependencyGraph::new(),
            assumptions: Vec::new(),
            places: FxHashMap::default(),
            local: FxHashMap::default(),
            group_on: FxHashMap::default(),
            resources: FxHashMap::default(),
            resource_on: FxHashMap::default(),
            network_names: FxHashMap::default(),
            standby: topology.standby_servers(),
            sso_groups: Vec::new(),
            sso_links: FxHashSet::default(),
            instances: FxHashMap::default(),
            assumed: FxHashSet::default(),
        };
        build.components_of_elements();
        build
    }

    /// One component for everything the file defines, so that a need can refer to
    /// what is described further down.
    fn components_of_elements(&mut self) {
        let t = self.topology;
        for (id, server) in t.servers.iter() {
            let component = Component::basic(&server.name.value, "server");
            let id = self.define(component, Element::Server(id), &server.name);
            self.graph_server(id, id);
        }
        self.components_of_clusters();
        self.components_of_networks();
        self.components_of_periphery();
        self.components_of_sql();
        self.components_of_biztalk();
        self.components_of_free();
    }

    fn define(&mut self, component: Component, element: Element, name: &Name) -> ComponentId {
        let component = Component { element: Some(element), span: Some(name.span), ..component };
        self.graph.add_component(component)
    }

    /// A component that nothing in the file defines by name.
    fn implied(&mut self, component: Component, span: Span) -> ComponentId {
        self.graph.add_component(Component { span: Some(span), ..component })
    }

    fn graph_server(&mut self, id: ComponentId, server: ComponentId) {
        self.graph.set_server(id, server);
    }

    fn need(&mut self, requirement: Requirement) {
        self.graph.add_requirement(requirement);
    }

    /// The component of something defined; every element has one.
    fn of(&self, element: Element) -> ComponentId {
        self.graph.of_element(element).unwrap_or(ComponentId::new(0))
    }

    fn server(&self, id: Id<Server>) -> ComponentId {
        self.of(Element::Server(id))
    }

    fn carrier(&self, carrier: Carrier) -> ComponentId {
        self.of(match carrier {
            Carrier::Server(id) => Element::Server(id),
            Carrier::Group(id) => Element::Group(id),
            Carrier::Storage(id) => Element::Storage(id),
        })
    }

    fn server_name(&self, id: Id<Server>) -> &'t str {
        &self.topology.servers[id].name.value
    }

    /// Basic, unless the file says that no single part takes it down.
    fn single_or_redundant(
        &mut self,
        name: &Name,
        kind: &'static str,
        redundant: Option<At<bool>>,
        unknown: &'static str,
    ) -> Component {
        match redundant.map(|stated| stated.value) {
            Some(true) => Component {
                nature: Nature::Derived,
                protection: Some("declared redundant"),
                ..Component::basic(&name.value, kind)
            },
            Some(false) => Component::basic(&name.value, kind),
            None => {
                self.assume(&name.value, unknown, Some(name.span));
                Component::basic(&name.value, kind)
            }
        }
    }

    /// Says once per subject what the file leaves open, and that the worse was taken.
    fn assume(&mut self, subject: &str, text: &'static str, span: Option<Span>) {
        self.read_as(Reading::Unsafe, subject, text, span);
    }

    /// The same where the better was taken.
    fn grant(&mut self, subject: &str, text: &'static str, span: Option<Span>) {
        self.read_as(Reading::Favourable, subject, text, span);
    }

    fn read_as(&mut self, reading: Reading, subject: &str, text: &'static str, span: Option<Span>) {
        if self.assumed.insert((subject.to_owned(), text)) {
            self.assumptions.push(Assumption {
                subject: subject.to_owned(),
                text: text.to_owned(),
                span,
                reading,
            });
        }
    }
}
