//! The attributes of the model view: one table per kind of thing, from which values are
//! taken, names are checked and the documentation is printed.

mod common;
mod kind;
mod tables;
mod values;

use self::tables::*;
use super::view::{Attribute, id};
use crate::model::Topology;

pub(super) use self::common::values as common;
pub use self::kind::Kind;

/// What an attribute holds.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    Text,
    Number,
    Flag,
    /// A text with a year in it, such as `2016 SP2`; compared by the year.
    Release,
    /// Seconds; conditions write `15m`.
    Duration,
    /// A share of time; conditions write `99.9%`.
    Availability,
    /// One of these words.
    Words(fn() -> Vec<String>),
    /// Several words or texts.
    Texts,
    /// The name of one thing of this kind, or of any.
    Ref(Option<Kind>),
    /// Names of things of this kind, or of any.
    Refs(Option<Kind>),
    Labels,
}

/// One attribute of one kind of thing.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub ty: Type,
    pub meaning: &'static str,
}

/// A field and how its value is found.
struct Of<T> {
    field: Field,
    get: fn(&Topology, &T) -> Attribute,
}

/// The attributes of a kind: its own, then those that everything has.
pub fn fields(kind: Kind) -> Vec<Field> {
    let mut fields = match kind {
        Kind::Site => names(SITE),
        Kind::Server => names(SERVER),
        Kind::Storage => names(STORAGE),
        Kind::Cluster => names(CLUSTER),
        Kind::ClusterGroup => names(CLUSTER_GROUP),
        Kind::LoadBalancer => names(LOAD_BALANCER),
        Kind::Network => names(NETWORK),
        Kind::DomainController => names(DIRECTORY),
        Kind::DnsServer => names(DNS_SERVER),
        Kind::SqlInstance => names(SQL_INSTANCE),
        Kind::AvailabilityGroup => names(AVAILABILITY_GROUP),
        Kind::Database => names(DATABASE),
        Kind::FileShare => names(FILE_SHARE),
        Kind::External => names(EXTERNAL),
        Kind::Component => names(COMPONENT),
        Kind::BiztalkGroup => names(BIZTALK_GROUP),
        Kind::Host => names(HOST),
        Kind::ReceiveLocation => names(RECEIVE_LOCATION),
        Kind::SendPort => names(SEND_PORT),
        Kind::Orchestration => names(ORCHESTRATION),
        Kind::Service => names(SERVICE),
        Kind::Part => Vec::new(),
    };
    fields.extend(common::FIELDS);
    fields
}

/// An attribute by name, with its position.
pub fn find(kind: Kind, name: &str) -> Option<(usize, Field)> {
    fields(kind).into_iter().enumerate().find(|(_, field)| field.name == name)
}

/// The values of a kind's own attributes.
pub(super) fn own(t: &Topology, kind: Kind, index: usize) -> Vec<Attribute> {
    match kind {
        Kind::Site => values(SITE, t, &t.sites[id(index)]),
        Kind::Server => values(SERVER, t, &t.servers[id(index)]),
        Kind::Storage => values(STORAGE, t, &t.storage[id(index)]),
        Kind::Cluster => values(CLUSTER, t, &t.clusters[id(index)]),
        Kind::ClusterGroup => values(CLUSTER_GROUP, t, &t.cluster_groups[id(index)]),
        Kind::LoadBalancer => values(LOAD_BALANCER, t, &t.load_balancers[id(index)]),
        Kind::Network => values(NETWORK, t, &t.networks[id(index)]),
        Kind::DomainController => values(DIRECTORY, t, &t.domain_controllers[id(index)]),
        Kind::DnsServer => values(DNS_SERVER, t, &t.dns_servers[id(index)]),
        Kind::SqlInstance => values(SQL_INSTANCE, t, &t.sql_instances[id(index)]),
        Kind::AvailabilityGroup => values(AVAILABILITY_GROUP, t, &t.availability_groups[id(index)]),
        Kind::Database => values(DATABASE, t, &t.databases[id(index)]),
        Kind::FileShare => values(FILE_SHARE, t, &t.file_shares[id(index)]),
        Kind::External => values(EXTERNAL, t, &t.external[id(index)]),
        Kind::Component => values(COMPONENT, t, &t.components[id(index)]),
        Kind::BiztalkGroup => values(BIZTALK_GROUP, t, &t.biztalk[id(index)]),
        Kind::Host => values(HOST, t, &t.hosts[id(index)]),
        Kind::ReceiveLocation => values(RECEIVE_LOCATION, t, &t.receive_locations[id(index)]),
        Kind::SendPort => values(SEND_PORT, t, &t.send_ports[id(index)]),
        Kind::Orchestration => values(ORCHESTRATION, t, &t.orchestrations[id(index)]),
        Kind::Service => values(SERVICE, t, &t.services[id(index)]),
        Kind::Part => Vec::new(),
    }
}

fn names<T>(table: &[Of<T>]) -> Vec<Field> {
    table.iter().map(|row| row.field).collect()
}

fn values<T>(table: &[Of<T>], topology: &Topology, thing: &T) -> Vec<Attribute> {
    table.iter().map(|row| (row.get)(topology, thing)).collect()
}
