//! The `biztalk` section: hosts, ports, single sign-on, recovery.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Needs;
use crate::input::lenient::{List, Named, Opt, Table, Text};
use crate::model::{BindingKind, BiztalkEdition, HaRequirement, HostKind, QueuePlace};

/// A BizTalk Server group: the computers that share one management database.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Biztalk {
    /// Release, e.g. `"2020"` or `"2016 CU5"`.
    pub(crate) version: Opt<Text>,
    /// `enterprise`, `standard`, `branch`, `developer` or `evaluation`.
    pub(crate) edition: Opt<BiztalkEdition>,
    /// Computers with the BizTalk runtime. Those with a host instance are implied.
    pub(crate) servers: List<String>,
    /// Databases of the group that no `sql_instances` entry names elsewhere: names of databases it uses, when several groups share SQL instances.
    pub(crate) databases: List<String>,
    /// Hosts of the group.
    pub(crate) hosts: Named<Host>,
    /// Receive handlers that the receive locations do not imply.
    pub(crate) receive_handlers: List<ReceiveHandler>,
    /// Receive locations.
    pub(crate) receive_locations: Named<ReceiveLocation>,
    /// Send ports.
    pub(crate) send_ports: Named<SendPort>,
    /// Orchestrations.
    pub(crate) orchestrations: Named<Orchestration>,
    /// Adapters that failscope does not know.
    pub(crate) adapters: Named<CustomAdapter>,
    /// The one server, or `CLUSTER/GROUP`, that serves the master secret.
    pub(crate) master_secret_server: List<String>,
    /// Enterprise Single Sign-On.
    pub(crate) sso: Sso,
    /// Business Activity Monitoring.
    pub(crate) bam: Opt<Bam>,
    /// Tracking of messages and orchestrations: `on` or `off`. Assumed on when a tracking host or database exists.
    pub(crate) tracking: Opt<Switch>,
    /// The BizTalk backup job: `on` or `off`.
    pub(crate) backup_job: Opt<Switch>,
    /// True when orchestrations or pipelines call business rules.
    pub(crate) uses_rules: Opt<bool>,
    /// Preparation for the loss of the site.
    pub(crate) disaster_recovery: Opt<DisasterRecovery>,
}

/// Whether it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    /// It is on.
    On,
    /// It is off.
    Off,
}

/// A host: a name under which work is run by one instance on each of some servers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Host {
    /// `in-process` (a BizTalk service) or `isolated` (inside IIS). In-process when not given.
    #[serde(rename = "type")]
    pub(crate) kind: Opt<HostKind>,
    /// True when it moves tracking data.
    pub(crate) tracking: Opt<bool>,
    /// True when it is the default host of the group.
    pub(crate) default: Opt<bool>,
    /// Servers with an enabled instance.
    pub(crate) instances: List<String>,
    /// Servers with an instance that is disabled from starting.
    pub(crate) disabled_instances: List<String>,
    /// `CLUSTER/GROUP` when the host is clustered.
    pub(crate) clustered_in: Opt<String>,
    /// The load balancer in front of its instances.
    pub(crate) behind: Opt<String>,
    /// The IIS application pool of an isolated host.
    pub(crate) app_pool: Opt<String>,
    /// True when its work calls business rules.
    pub(crate) calls_rules: Opt<bool>,
    /// What else its instances need.
    pub(crate) needs: Needs,
    /// True when it stands in for hosts that nobody has named yet. It goes once a topology that extends this one names others in its place.
    pub(crate) placeholder: Opt<bool>,
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A receive handler that exists beside those the receive locations imply.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["adapter", "host"]))]
pub(crate) struct ReceiveHandler {
    /// The adapter.
    pub(crate) adapter: Opt<String>,
    /// The host it is bound to.
    pub(crate) host: Opt<String>,
}

/// A receive location.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["adapter", "host"]))]
pub(crate) struct ReceiveLocation {
    /// The adapter, e.g. `FILE`, `HTTP`, `WCF-SQL`.
    pub(crate) adapter: Opt<String>,
    /// The host of its receive handler.
    pub(crate) host: Opt<String>,
    /// Where messages come from: a name of this topology, or an address.
    pub(crate) from: Opt<String>,
    /// The load balancer in front of it, when the host's `behind` does not say so.
    pub(crate) behind: Opt<String>,
    /// False when it is disabled.
    pub(crate) enabled: Opt<bool>,
    /// True when messages must keep their order.
    pub(crate) ordered: Opt<bool>,
    /// True when the adapter reads in a transaction.
    pub(crate) transactional: Opt<bool>,
    /// MSMQ: `local` when the queues live on the BizTalk servers, `remote` when elsewhere.
    pub(crate) queues: Opt<QueuePlace>,
    /// POP3: true when the mail server lets two sessions read one mailbox.
    pub(crate) mailbox_allows_concurrent_sessions: Opt<bool>,
    /// SQL and WCF-SQL: true when the poll claims its rows under lock.
    pub(crate) poll_claims_rows: Opt<bool>,
    /// WCF-OracleDB and WCF-OracleEBS: true when the poll locks its rows.
    pub(crate) poll_locks_rows: Opt<bool>,
    /// TIBCO Rendezvous: true when the distributed queue is configured.
    pub(crate) distributed_queue: Opt<bool>,
    /// FILE: true when a file is renamed while it is read.
    pub(crate) rename_while_reading: Opt<bool>,
    /// WCF-Custom: whether the binding listens for callers or polls a source.
    pub(crate) binding: Opt<BindingKind>,
    /// The IIS application pool, when the host's `app_pool` does not say so.
    pub(crate) app_pool: Opt<String>,
    /// Custom adapter: what keeps it available on several servers.
    pub(crate) ha_requirement: Opt<HaRequirement>,
    /// WCF-SAP: the database of transaction ids.
    pub(crate) tid_database: Opt<String>,
    /// What else it needs.
    pub(crate) needs: Needs,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A send port.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["host"]))]
pub(crate) struct SendPort {
    /// The adapter of a static port.
    pub(crate) adapter: Opt<String>,
    /// The host of its send handler.
    pub(crate) host: Opt<String>,
    /// Where messages go: a name of this topology, or an address.
    pub(crate) to: Opt<String>,
    /// The second transport, tried when the first one fails.
    pub(crate) backup: Opt<BackupTransport>,
    /// True when messages must keep their order.
    pub(crate) ordered: Opt<bool>,
    /// True when the address is chosen at run time.
    pub(crate) dynamic: Opt<bool>,
    /// False when sends are not transactional (MSMQ).
    pub(crate) transactional: Opt<bool>,
    /// False when it is stopped.
    pub(crate) enabled: Opt<bool>,
    /// What else it needs.
    pub(crate) needs: Needs,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// The second transport of a send port.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BackupTransport {
    /// The adapter; the port's own when not given.
    pub(crate) adapter: Opt<String>,
    /// The host of its send handler; the port's own when not given.
    pub(crate) host: Opt<String>,
    /// Where messages go instead.
    pub(crate) to: Opt<String>,
}

/// An orchestration.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["host"]))]
pub(crate) struct Orchestration {
    /// The host that runs it.
    pub(crate) host: Opt<String>,
    /// False when it is stopped.
    pub(crate) enabled: Opt<bool>,
    /// True when it calls business rules.
    pub(crate) calls_rules: Opt<bool>,
    /// What else it needs.
    pub(crate) needs: Needs,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// An adapter that failscope does not know.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CustomAdapter {
    /// What keeps its receive side available on several servers.
    pub(crate) receive: Opt<HaRequirement>,
    /// The kind of host its receive side runs in.
    pub(crate) process: Opt<HostKind>,
}

/// Enterprise Single Sign-On.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sso {
    /// The SSO database, when its name or place does not make it plain.
    pub(crate) database: Opt<String>,
    /// Where the backup of the master secret is kept: a server, a place in words, or `none`.
    pub(crate) secret_backup: Opt<String>,
    /// True when the master secret server is watched and a second server can be promoted by hand.
    pub(crate) promotion_plan: Opt<bool>,
}

/// Business Activity Monitoring.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Bam {
    /// Web servers of the BAM portal.
    pub(crate) portal: List<String>,
    /// The load balancer in front of the portal.
    pub(crate) behind: Opt<String>,
}

/// Preparation for the loss of a site.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DisasterRecovery {
    /// The site that takes over.
    pub(crate) site: Opt<String>,
    /// SQL instances there that receive the shipped logs.
    pub(crate) log_shipping_to: List<String>,
    /// BizTalk servers there, joined to the group, with their host instances disabled.
    pub(crate) servers: List<String>,
    /// True when a copy of the master secret is kept there.
    pub(crate) secret_copy: Opt<bool>,
}
