//! The topology as plain data: names resolved, quantities checked, places kept.
//!
//! Immutable once built. It knows no YAML and no rules; an attribute that the
//! file does not give is `None`, never a guess.

mod biztalk;
mod id;
mod infrastructure;
mod quantity;

pub use biztalk::*;
pub use id::{Arena, Id};
pub use infrastructure::*;
pub use quantity::{Availability, Duration, Maintenance, QuantityError, Range, Share};

use schemars::JsonSchema;
use serde::Deserialize;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::Span;

/// A value and where the author wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At<T> {
    pub value: T,
    pub span: Span,
}

impl<T> At<T> {
    pub fn new(value: T, span: Span) -> At<T> {
        At { value, span }
    }
}

/// A name where it is defined.
pub type Name = At<String>;

/// A reference by name.
pub type Ref<T> = At<Id<T>>;

/// Everything one topology holds.
#[derive(Debug)]
pub struct Topology {
    pub name: Option<String>,
    pub description: Option<String>,
    /// The root mapping of the first file.
    pub span: Span,
    pub sites: Arena<Site>,
    pub servers: Arena<Server>,
    pub storage: Arena<Storage>,
    pub clusters: Arena<Cluster>,
    pub cluster_groups: Arena<ClusterGroup>,
    pub load_balancers: Arena<LoadBalancer>,
    pub networks: Arena<Network>,
    pub domain_controllers: Arena<Directory>,
    pub dns_servers: Arena<DnsServer>,
    pub sql_instances: Arena<SqlInstance>,
    pub availability_groups: Arena<AvailabilityGroup>,
    pub databases: Arena<Database>,
    pub file_shares: Arena<FileShare>,
    pub external: Arena<External>,
    pub components: Arena<FreeComponent>,
    pub biztalk: Arena<BiztalkGroup>,
    pub hosts: Arena<Host>,
    pub receive_locations: Arena<ReceiveLocation>,
    pub send_ports: Arena<SendPort>,
    pub orchestrations: Arena<Orchestration>,
    pub common_causes: Arena<CommonCause>,
    pub services: Arena<Service>,
    pub plans: Arena<Plan>,
    /// The author's own keys, by what carries them; only what carries any is in it.
    pub labels: FxHashMap<Element, Vec<Label>>,
    /// What was imported from other formats, and from where.
    pub origins: Vec<Origin>,
    /// What was taken out of the topologies that this one extends.
    pub removed: Vec<Removed>,
}

/// Something that is left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The keys and names that lead to it.
    pub path: Vec<String>,
    /// Where that is said.
    pub at: Span,
}

/// The places of another format from which a part of the topology was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The name of what was imported, where it has one.
    pub name: Option<Span>,
    /// Its attributes.
    pub extent: Span,
    /// The first of the places, as the topology states it.
    pub stated: Span,
    /// `FILE:LINE`, as the import wrote them.
    pub places: Vec<String>,
}

impl Topology {
    pub fn new(span: Span) -> Topology {
        Topology {
            name: None,
            description: None,
            span,
            sites: Arena::default(),
            servers: Arena::default(),
            storage: Arena::default(),
            clusters: Arena::default(),
            cluster_groups: Arena::default(),
            load_balancers: Arena::default(),
            networks: Arena::default(),
            domain_controllers: Arena::default(),
            dns_servers: Arena::default(),
            sql_instances: Arena::default(),
            availability_groups: Arena::default(),
            databases: Arena::default(),
            file_shares: Arena::default(),
            external: Arena::default(),
            components: Arena::default(),
            biztalk: Arena::default(),
            hosts: Arena::default(),
            receive_locations: Arena::default(),
            send_ports: Arena::default(),
            orchestrations: Arena::default(),
            common_causes: Arena::default(),
            services: Arena::default(),
            plans: Arena::default(),
            labels: FxHashMap::default(),
            origins: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Where the named thing was imported from.
    pub fn origins_of(&self, name: Span) -> impl Iterator<Item = &Origin> {
        self.origins.iter().filter(move |origin| origin.name == Some(name))
    }

    /// `CLUSTER/GROUP`, the way the file refers to a group.
    pub fn group_name(&self, id: Id<ClusterGroup>) -> String {
        let group = &self.cluster_groups[id];
        format!("{}/{}", self.clusters[group.cluster].name.value, group.name.value)
    }

    /// Servers on which the group may stand, the preferred one first.
    pub fn owners(&self, id: Id<ClusterGroup>) -> Vec<Id<Server>> {
        let group = &self.cluster_groups[id];
        let possible: Vec<Id<Server>> = match &group.possible_owners {
            Some(owners) => owners.iter().map(|owner| owner.value).collect(),
            None => self.clusters[group.cluster].nodes.iter().map(|node| node.value).collect(),
        };
        let mut ordered: Vec<Id<Server>> =
            group.preferred_owners.iter().map(|owner| owner.value).collect();
        ordered.retain(|owner| possible.contains(owner));
        ordered.extend(possible);
        let mut seen = Vec::with_capacity(ordered.len());
        for owner in ordered {
            if !seen.contains(&owner) {
                seen.push(owner);
            }
        }
        seen
    }

    /// Servers that wait for a disaster: they stand in a standby site, or are prepared for
    /// recovery. What runs there is no redundancy.
    pub fn standby_servers(&self) -> FxHashSet<Id<Server>> {
        let prepared = self.biztalk.values().filter_map(|group| group.disaster_recovery.as_ref());
        let mut standby: FxHashSet<Id<Server>> =
            prepared.flat_map(|dr| &dr.servers).map(|server| server.value).collect();
        let dormant: FxHashSet<&str> = self
            .sites
            .values()
            .filter(|site| site.role == Some(SiteRole::Standby))
            .map(|site| site.name.value.as_str())
            .collect();
        let stands_there = |server: &Server| {
            let site = server.placement.site.as_ref();
            site.is_some_and(|site| dormant.contains(site.value.as_str()))
        };
        standby.extend(self.servers.iter().filter(|(_, s)| stands_there(s)).map(|(id, _)| id));
        standby
    }

    /// Clusters of which the server is a node.
    pub fn clusters_of(&self, server: Id<Server>) -> impl Iterator<Item = Id<Cluster>> + '_ {
        self.clusters
            .iter()
            .filter(move |(_, cluster)| cluster.nodes.iter().any(|node| node.value == server))
            .map(|(id, _)| id)
    }

    /// Databases of a BizTalk group: those it names, or all that are not shipped copies.
    pub fn databases_of(&self, group: &BiztalkGroup) -> Vec<Id<Database>> {
        if !group.databases.is_empty() {
            return group.databases.iter().map(|database| database.value).collect();
        }
        let shipped = group.disaster_recovery.iter().flat_map(|dr| &dr.log_shipping_to);
        let shipped: Vec<Id<SqlInstance>> = shipped.map(|instance| instance.value).collect();
        let is_copy = |database: &Database| matches!(database.place, DatabasePlace::Instance(id) if shipped.contains(&id));
        self.databases.iter().filter(|(_, database)| !is_copy(database)).map(|(id, _)| id).collect()
    }

    /// The name of anything that can be referred to.
    pub fn element_name(&self, element: Element) -> String {
        match element {
            Element::Site(id) => self.sites[id].name.value.clone(),
            Element::Server(id) => self.servers[id].name.value.clone(),
            Element::Storage(id) => self.storage[id].name.value.clone(),
            Element::Cluster(id) => self.clusters[id].name.value.clone(),
            Element::Group(id) => self.group_name(id),
            Element::LoadBalancer(id) => self.load_balancers[id].name.value.clone(),
            Element::Network(id) => self.networks[id].name.value.clone(),
            Element::DomainController(id) => self.domain_controllers[id].name.value.clone(),
            Element::DnsServer(id) => self.dns_servers[id].0.name.value.clone(),
            Element::SqlInstance(id) => self.sql_instances[id].name.value.clone(),
            Element::AvailabilityGroup(id) => self.availability_groups[id].name.value.clone(),
            Element::Database(id) => self.databases[id].name.value.clone(),
            Element::FileShare(id) => self.file_shares[id].name.value.clone(),
            Element::External(id) => self.external[id].name.value.clone(),
            Element::Component(id) => self.components[id].name.value.clone(),
            Element::BiztalkGroup(id) => self.biztalk[id].name.value.clone(),
            Element::Host(id) => self.hosts[id].name.value.clone(),
            Element::ReceiveLocation(id) => self.receive_locations[id].name.value.clone(),
            Element::SendPort(id) => self.send_ports[id].name.value.clone(),
            Element::Orchestration(id) => self.orchestrations[id].name.value.clone(),
            Element::Service(id) => self.services[id].name.value.clone(),
        }
    }
}

/// Anything the file defines and can refer to by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    Site(Id<Site>),
    Server(Id<Server>),
    Storage(Id<Storage>),
    Cluster(Id<Cluster>),
    Group(Id<ClusterGroup>),
    LoadBalancer(Id<LoadBalancer>),
    Network(Id<Network>),
    DomainController(Id<Directory>),
    DnsServer(Id<DnsServer>),
    SqlInstance(Id<SqlInstance>),
    AvailabilityGroup(Id<AvailabilityGroup>),
    Database(Id<Database>),
    FileShare(Id<FileShare>),
    External(Id<External>),
    Component(Id<FreeComponent>),
    BiztalkGroup(Id<BiztalkGroup>),
    Host(Id<Host>),
    ReceiveLocation(Id<ReceiveLocation>),
    SendPort(Id<SendPort>),
    Orchestration(Id<Orchestration>),
    Service(Id<Service>),
}

impl Element {
    /// What the thing is, for messages: "`X` is a server". Identities of findings hold it.
    pub fn noun(self) -> &'static str {
        match self {
            Element::Site(_) => "a site",
            Element::Server(_) => "a server",
            Element::Storage(_) => "a storage",
            Element::Cluster(_) => "a cluster",
            Element::Group(_) => "a cluster group",
            Element::LoadBalancer(_) => "a load balancer",
            Element::Network(_) => "a network",
            Element::DomainController(_) => "a domain controller",
            Element::DnsServer(_) => "a DNS server",
            Element::SqlInstance(_) => "a SQL instance",
            Element::AvailabilityGroup(_) => "an availability group",
            Element::Database(_) => "a database",
            Element::FileShare(_) => "a file share",
            Element::External(_) => "an external system",
            Element::Component(_) => "a component",
            Element::BiztalkGroup(_) => "a BizTalk group",
            Element::Host(_) => "a host",
            Element::ReceiveLocation(_) => "a receive location",
            Element::SendPort(_) => "a send port",
            Element::Orchestration(_) => "an orchestration",
            Element::Service(_) => "a service",
        }
    }
}

/// What something needs, as the author wrote it.
#[derive(Debug, Clone)]
pub struct Need {
    pub of: NeedOf,
    pub kind: NeedKind,
    pub why: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum NeedOf {
    One(Element),
    /// At least `at_least` of `among`.
    Some {
        at_least: u32,
        among: Vec<Need>,
    },
}

/// What the loss of a needed component means for the one that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NeedKind {
    /// Down at once.
    Run,
    /// Down at once, for work that needs distributed transactions.
    Transaction,
    /// Nothing now; down at the next start.
    Start,
    /// Healthy, but receives nothing.
    Ingress,
    /// Only changes and deployments fail.
    Config,
    /// Degrades over time.
    Soft,
}

/// A key of the author's own, for rules of their own: `environment: production`.
#[derive(Debug, Clone)]
pub struct Label {
    pub key: Name,
    pub value: At<String>,
}

/// What the business asks for.
#[derive(Debug)]
pub struct Service {
    pub name: Name,
    pub needs: Vec<Need>,
    pub availability: Option<At<Availability>>,
    pub recovery_time: Option<At<Duration>>,
    pub owner: Option<String>,
}

/// An ordered list of steps.
#[derive(Debug)]
pub struct Plan {
    pub name: Name,
    pub steps: Vec<Step>,
}

/// One step of a plan; its lists are worked through in this order.
#[derive(Debug, Default)]
pub struct Step {
    pub fail: Vec<At<String>>,
    pub restore: Vec<At<String>>,
    pub restart: Vec<At<String>>,
    pub protect: Vec<At<Element>>,
    pub configure: Vec<At<Element>>,
}

/// Why the model says something that the file does not: shown with every result that rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    pub subject: String,
    pub text: String,
    pub span: Option<Span>,
    pub reading: Reading,
}

/// How what the file leaves open was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As the worse of the possibilities: what holds with it holds.
    Unsafe,
    /// As the better of them, because the other would drown every small file: what holds with
    /// it may not hold.
    Favourable,
}
