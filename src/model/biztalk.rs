//! The nouns of Microsoft BizTalk Server.

use rustc_hash::FxHashSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Carrier, Database, Element, Id, LoadBalancer, Name, Need, Ref, Server, Site};
use super::{ClusterGroup, SqlInstance};
use crate::source::Span;

/// A BizTalk group: the computers that share one management database.
#[derive(Debug)]
pub struct BiztalkGroup {
    pub name: Name,
    /// The `biztalk` section.
    pub span: Span,
    pub version: Option<At<String>>,
    pub edition: Option<At<BiztalkEdition>>,
    /// Servers listed as having the runtime; those with instances come on top.
    pub servers: Vec<Ref<Server>>,
    /// Databases this group uses, when the file tells several groups apart.
    pub databases: Vec<Ref<Database>>,
    pub hosts: Vec<Id<Host>>,
    pub receive_handlers: Vec<ReceiveHandler>,
    pub receive_locations: Vec<Id<ReceiveLocation>>,
    pub send_ports: Vec<Id<SendPort>>,
    pub orchestrations: Vec<Id<Orchestration>>,
    pub adapters: Vec<CustomAdapter>,
    pub master_secret_servers: Vec<At<Carrier>>,
    pub sso_database: Option<Ref<Database>>,
    pub secret_backup: Option<At<SecretBackup>>,
    pub promotion_plan: Option<At<bool>>,
    pub bam: Option<Bam>,
    pub tracking: Option<At<bool>>,
    pub backup_job: Option<At<bool>>,
    pub uses_rules: Option<At<bool>>,
    pub disaster_recovery: Option<DisasterRecovery>,
}

/// Edition of BizTalk Server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BiztalkEdition {
    /// Enterprise: host clustering, several MessageBoxes, no limit on servers.
    Enterprise,
    /// Standard: one server.
    Standard,
    /// Branch.
    Branch,
    /// Developer: Enterprise, not for production.
    Developer,
    /// Evaluation: Enterprise for a limited time.
    Evaluation,
}

impl BiztalkEdition {
    pub fn as_str(self) -> &'static str {
        match self {
            BiztalkEdition::Enterprise => "Enterprise",
            BiztalkEdition::Standard => "Standard",
            BiztalkEdition::Branch => "Branch",
            BiztalkEdition::Developer => "Developer",
            BiztalkEdition::Evaluation => "Evaluation",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretBackup {
    /// The file says that there is none.
    Absent,
    OnServer(Id<Server>),
    /// A place in words.
    Elsewhere(String),
}

#[derive(Debug)]
pub struct Host {
    pub name: Name,
    /// It stands in for hosts that nobody has named yet.
    pub placeholder: bool,
    pub group: Id<BiztalkGroup>,
    pub kind: Option<At<HostKind>>,
    pub tracking: Option<At<bool>>,
    pub default: Option<At<bool>>,
    pub instances: Vec<Ref<Server>>,
    pub disabled_instances: Vec<Ref<Server>>,
    pub clustered_in: Option<Ref<ClusterGroup>>,
    pub behind: Option<Ref<LoadBalancer>>,
    pub app_pool: Option<At<String>>,
    pub calls_rules: Option<At<bool>>,
    pub needs: Vec<Need>,
}

impl Host {
    /// In-process when the file does not say.
    pub fn is_isolated(&self) -> bool {
        self.kind.is_some_and(|kind| kind.value == HostKind::Isolated)
    }

    pub fn is_tracking(&self) -> bool {
        self.tracking.is_some_and(|tracking| tracking.value)
    }

    /// Servers with an enabled instance, each once.
    pub fn enabled_servers(&self) -> Vec<Id<Server>> {
        let mut seen = FxHashSet::default();
        let servers = self.instances.iter().map(|instance| instance.value);
        servers.filter(|&server| seen.insert(server)).collect()
    }
}

/// Where the code of a host runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostKind {
    /// A BizTalk service (BTSNTSvc).
    InProcess,
    /// A marker: the code runs in another process, nearly always IIS.
    Isolated,
}

#[derive(Debug)]
pub struct ReceiveHandler {
    pub adapter: At<String>,
    pub host: Ref<Host>,
}

#[derive(Debug)]
pub struct ReceiveLocation {
    pub name: Name,
    pub group: Id<BiztalkGroup>,
    pub adapter: At<String>,
    pub host: Ref<Host>,
    pub from: Option<At<Endpoint>>,
    pub behind: Option<Ref<LoadBalancer>>,
    pub enabled: bool,
    pub ordered: Option<At<bool>>,
    pub transactional: Option<At<bool>>,
    pub queues: Option<At<QueuePlace>>,
    pub mailbox_allows_concurrent_sessions: Option<At<bool>>,
    pub poll_claims_rows: Option<At<bool>>,
    pub poll_locks_rows: Option<At<bool>>,
    pub distributed_queue: Option<At<bool>>,
    pub rename_while_reading: Option<At<bool>>,
    pub binding: Option<At<BindingKind>>,
    pub app_pool: Option<At<String>>,
    pub ha_requirement: Option<At<HaRequirement>>,
    pub tid_database: Option<Ref<Database>>,
    pub needs: Vec<Need>,
}

/// The other end of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    Element(Element),
    /// An address that nothing in the file stands for.
    Address(String),
}

/// Where queues live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum QueuePlace {
    /// On the BizTalk servers themselves.
    Local,
    /// On another server.
    Remote,
}

/// How a binding receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BindingKind {
    /// Waits for callers.
    Listening,
    /// Asks a source for new data.
    Polling,
}

/// What keeps a receive handler available on several servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HaRequirement {
    /// Two or more host instances suffice.
    None,
    /// A load balancer in front.
    #[serde(rename = "lb")]
    LoadBalancer,
    /// A clustered host: exactly one active instance.
    Cluster,
    /// A load balancer or a clustered host.
    Either,
}

#[derive(Debug)]
pub struct SendPort {
    pub name: Name,
    pub group: Id<BiztalkGroup>,
    /// `None` for a dynamic port.
    pub adapter: Option<At<String>>,
    pub host: Ref<Host>,
    pub to: Option<At<Endpoint>>,
    pub backup: Option<BackupTransport>,
    pub ordered: Option<At<bool>>,
    pub dynamic: Option<At<bool>>,
    pub transactional: Option<At<bool>>,
    pub enabled: bool,
    pub needs: Vec<Need>,
}

#[derive(Debug)]
pub struct BackupTransport {
    pub adapter: Option<At<String>>,
    pub host: Option<Ref<Host>>,
    pub to: Option<At<Endpoint>>,
    pub span: Span,
}

#[derive(Debug)]
pub struct Orchestration {
    pub name: Name,
    pub group: Id<BiztalkGroup>,
    pub host: Ref<Host>,
    pub enabled: bool,
    pub calls_rules: Option<At<bool>>,
    pub needs: Vec<Need>,
}

#[derive(Debug)]
pub struct CustomAdapter {
    pub name: Name,
    pub receive: Option<At<HaRequirement>>,
    pub process: Option<At<HostKind>>,
}

#[derive(Debug)]
pub struct Bam {
    pub portal: Vec<Ref<Server>>,
    pub behind: Option<Ref<LoadBalancer>>,
    pub span: Span,
}

#[derive(Debug)]
pub struct DisasterRecovery {
    pub site: Option<Ref<Site>>,
    pub log_shipping_to: Vec<Ref<SqlInstance>>,
    pub servers: Vec<Ref<Server>>,
    pub secret_copy: Option<At<bool>>,
    pub span: Span,
}
