//! What the files say: facts about one BizTalk group, each with its places.
//!
//! Nothing here is derived from how things are usually done. What no file says is
//! `None` or empty, and becomes a question.

use crate::model::{BindingKind, DatabaseRole, HostKind};
use crate::source::Span;

/// A statement and the place that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    pub value: T,
    pub at: Span,
}

impl<T> Fact<T> {
    pub(super) fn new(value: T, at: Span) -> Fact<T> {
        Fact { value, at }
    }
}

/// One group, as far as the files tell.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// `SERVER:DATABASE` of the management database, where a settings export names it.
    pub exported_group: Option<Fact<String>>,
    pub applications: Vec<Fact<String>>,
    /// Placeholders of templates that no file gives a value.
    pub placeholders: Vec<Fact<String>>,
    pub hosts: Vec<Host>,
    /// BizTalk servers.
    pub servers: Vec<Fact<String>>,
    pub handlers: Vec<Handler>,
    /// Adapters that a list of adapters names, with what tells them apart.
    pub adapters: Vec<Fact<AdapterUse>>,
    pub receive_ports: usize,
    pub receive_locations: Vec<ReceiveLocation>,
    pub send_ports: Vec<SendPort>,
    pub send_port_groups: Vec<Fact<String>>,
    pub orchestrations: Vec<Orchestration>,
    pub databases: Vec<Database>,
    /// The name under which the master secret server is reached.
    pub secret_server: Option<Fact<String>>,
    /// Configuration exports of a computer that created the single sign-on system.
    pub created_secret: Vec<Span>,
    /// The server of the SSO service that the group uses; not certainly the master secret server.
    pub sso_server: Option<Fact<String>>,
}

/// A host.
#[derive(Debug, Clone)]
pub struct Host {
    /// The first spelling met; BizTalk does not tell upper from lower case.
    pub name: String,
    pub places: Vec<Span>,
    pub kind: Option<Fact<HostKind>>,
    pub tracking: Option<Fact<bool>>,
    pub only_32_bit: Option<Fact<bool>>,
    pub nt_group: Option<Fact<String>>,
    pub instances: Vec<Fact<String>>,
    pub disabled_instances: Vec<Fact<String>>,
    /// The group of the failover cluster that carries it; the cluster has no name here.
    pub cluster_group: Option<Fact<String>>,
    /// Places that say it is not clustered.
    pub not_clustered: Option<Fact<bool>>,
}

/// The direction of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Receive,
    Send,
}

/// An adapter bound to a host.
#[derive(Debug, Clone)]
pub struct Handler {
    pub adapter: Fact<AdapterUse>,
    pub host: String,
    pub direction: Direction,
    /// The send handler that dynamic ports use.
    pub default: bool,
    /// Where the host is named.
    pub at: Span,
}

/// An adapter as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterUse {
    pub name: String,
    /// Lower case, without braces. Names can be changed by the administrator, this cannot.
    pub class_id: Option<String>,
    pub capabilities: Option<u32>,
}

/// One end of a port: an adapter in a host, and an address.
#[derive(Debug, Clone)]
pub struct Transport {
    pub adapter: Option<Fact<AdapterUse>>,
    pub host: Option<Fact<String>>,
    /// Without user names, passwords and query values.
    pub address: Option<Fact<String>>,
    pub details: Details,
    pub at: Span,
}

/// What the settings of an adapter say beyond the address. Only these are ever read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// The machine, where the address is not the machine: an SMTP host, a queue manager.
    pub machine: Option<Fact<String>>,
    pub transactional: Option<bool>,
    pub ordered: Option<bool>,
    pub rename_while_reading: Option<bool>,
    /// The WCF binding, such as `sqlBinding`.
    pub binding_type: Option<String>,
    pub binding: Option<BindingKind>,
    /// A proxy that stands between.
    pub proxy: Option<Fact<String>>,
    /// The share that a key file is read from.
    pub key_share: Option<Fact<String>>,
}

#[derive(Debug, Clone)]
pub struct ReceiveLocation {
    pub name: String,
    pub places: Vec<Span>,
    pub port: String,
    pub application: Option<String>,
    /// Callers wait for an answer.
    pub two_way: bool,
    pub transport: Transport,
    /// The name under which callers reach an isolated location.
    pub public_address: Option<Fact<String>>,
    pub enabled: Option<Fact<bool>>,
}

#[derive(Debug, Clone)]
pub struct SendPort {
    pub name: String,
    pub places: Vec<Span>,
    pub application: Option<String>,
    /// The address is chosen at run time; no transport is in the file.
    pub dynamic: bool,
    pub ordered: Option<Fact<bool>>,
    /// One message that fails stops the port until somebody acts.
    pub stops_on_failure: bool,
    pub primary: Option<Transport>,
    /// Named with an adapter; one without an address leads nowhere.
    pub backup: Option<Transport>,
}

#[derive(Debug, Clone)]
pub struct Orchestration {
    pub name: String,
    /// The assembly, with its version: two versions may run side by side.
    pub module: String,
    pub places: Vec<Span>,
    pub host: Option<Fact<String>>,
}

#[derive(Debug, Clone)]
pub struct Database {
    pub role: DatabaseRole,
    pub name: String,
    /// A computer, an instance, an alias, a cluster's name or a listener: files do not tell which.
    pub server: String,
    pub places: Vec<Span>,
}
