//! The kinds of things that a rule can be about.

use crate::model::Element;
use crate::rules::Context;
use crate::rules::own::view::id;

/// What a rule may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Site,
    Server,
    Storage,
    Cluster,
    ClusterGroup,
    LoadBalancer,
    Network,
    DomainController,
    DnsServer,
    SqlInstance,
    AvailabilityGroup,
    Database,
    FileShare,
    External,
    Component,
    BiztalkGroup,
    Host,
    ReceiveLocation,
    SendPort,
    Orchestration,
    Service,
    /// Anything in the graph, also what the file only implies.
    Part,
}

impl Kind {
    pub const ALL: &'static [Kind] = &[
        Kind::Site,
        Kind::Server,
        Kind::Storage,
        Kind::Cluster,
        Kind::ClusterGroup,
        Kind::LoadBalancer,
        Kind::Network,
        Kind::DomainController,
        Kind::DnsServer,
        Kind::SqlInstance,
        Kind::AvailabilityGroup,
        Kind::Database,
        Kind::FileShare,
        Kind::External,
        Kind::Component,
        Kind::BiztalkGroup,
        Kind::Host,
        Kind::ReceiveLocation,
        Kind::SendPort,
        Kind::Orchestration,
        Kind::Service,
        Kind::Part,
    ];

    /// The word for it in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Site => "site",
            Kind::Server => "server",
            Kind::Storage => "storage",
            Kind::Cluster => "cluster",
            Kind::ClusterGroup => "cluster-group",
            Kind::LoadBalancer => "load-balancer",
            Kind::Network => "network",
            Kind::DomainController => "domain-controller",
            Kind::DnsServer => "dns-server",
            Kind::SqlInstance => "sql-instance",
            Kind::AvailabilityGroup => "availability-group",
            Kind::Database => "database",
            Kind::FileShare => "file-share",
            Kind::External => "external",
            Kind::Component => "component",
            Kind::BiztalkGroup => "biztalk-group",
            Kind::Host => "host",
            Kind::ReceiveLocation => "receive-location",
            Kind::SendPort => "send-port",
            Kind::Orchestration => "orchestration",
            Kind::Service => "service",
            Kind::Part => "part",
        }
    }

    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    pub(in crate::rules::own) fn count(self, cx: &Context<'_>) -> usize {
        let t = cx.topology;
        match self {
            Kind::Site => t.sites.len(),
            Kind::Server => t.servers.len(),
            Kind::Storage => t.storage.len(),
            Kind::Cluster => t.clusters.len(),
            Kind::ClusterGroup => t.cluster_groups.len(),
            Kind::LoadBalancer => t.load_balancers.len(),
            Kind::Network => t.networks.len(),
            Kind::DomainController => t.domain_controllers.len(),
            Kind::DnsServer => t.dns_servers.len(),
            Kind::SqlInstance => t.sql_instances.len(),
            Kind::AvailabilityGroup => t.availability_groups.len(),
            Kind::Database => t.databases.len(),
            Kind::FileShare => t.file_shares.len(),
            Kind::External => t.external.len(),
            Kind::Component => t.components.len(),
            Kind::BiztalkGroup => t.biztalk.len(),
            Kind::Host => t.hosts.len(),
            Kind::ReceiveLocation => t.receive_locations.len(),
            Kind::SendPort => t.send_ports.len(),
            Kind::Orchestration => t.orchestrations.len(),
            Kind::Service => t.services.len(),
            Kind::Part => cx.analysis.graph().len(),
        }
    }

    /// What the file defines at that position; nothing for a part of the graph.
    pub(in crate::rules::own) fn element(self, index: usize) -> Option<Element> {
        Some(match self {
            Kind::Site => Element::Site(id(index)),
            Kind::Server => Element::Server(id(index)),
            Kind::Storage => Element::Storage(id(index)),
            Kind::Cluster => Element::Cluster(id(index)),
            Kind::ClusterGroup => Element::Group(id(index)),
            Kind::LoadBalancer => Element::LoadBalancer(id(index)),
            Kind::Network => Element::Network(id(index)),
            Kind::DomainController => Element::DomainController(id(index)),
            Kind::DnsServer => Element::DnsServer(id(index)),
            Kind::SqlInstance => Element::SqlInstance(id(index)),
            Kind::AvailabilityGroup => Element::AvailabilityGroup(id(index)),
            Kind::Database => Element::Database(id(index)),
            Kind::FileShare => Element::FileShare(id(index)),
            Kind::External => Element::External(id(index)),
            Kind::Component => Element::Component(id(index)),
            Kind::BiztalkGroup => Element::BiztalkGroup(id(index)),
            Kind::Host => Element::Host(id(index)),
            Kind::ReceiveLocation => Element::ReceiveLocation(id(index)),
            Kind::SendPort => Element::SendPort(id(index)),
            Kind::Orchestration => Element::Orchestration(id(index)),
            Kind::Service => Element::Service(id(index)),
            Kind::Part => return None,
        })
    }
}
