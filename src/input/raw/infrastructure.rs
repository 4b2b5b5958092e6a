//! Sections that know no platform: computers, clusters, disks, networks, SQL Server.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Needs;
use crate::input::lenient::{List, Named, Opt, Table, Text};
use crate::model::{
    AgentState, Commit, DatabaseRole, Failover, FunctionRole, LoadBalancerKind, ResourceKind,
    ServiceState, SiteRole, SqlEdition, StorageKind, Zone,
};

/// A place that fails as a whole.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Site {
    /// `primary` or `standby`. A standby site takes over by hand, after a disaster.
    pub(crate) role: Opt<SiteRole>,
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A computer, physical or virtual.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    /// The site it stands in.
    pub(crate) site: Opt<String>,
    /// The rack it stands in.
    pub(crate) rack: Opt<String>,
    /// The physical machine or hypervisor host it runs on.
    pub(crate) machine: Opt<String>,
    /// The network zone it stands in.
    pub(crate) zone: Opt<Zone>,
    /// What it is for, in the author's words.
    pub(crate) roles: List<String>,
    /// State of its Windows services, where it differs from what the topology implies.
    pub(crate) services: ServerServices,
    /// Networks that reach it; with several, any one is enough.
    pub(crate) networks: List<String>,
    /// What else it needs.
    pub(crate) needs: Needs,
    /// Mean time between failures, e.g. `5y`, or between which two it lies: `4y..6y`.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair, e.g. `4h` or `2h..8h`.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// True when it stands in for computers that nobody has named yet. It goes once a topology that extends this one names others in its place.
    pub(crate) placeholder: Opt<bool>,
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// State of the services of one computer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerServices {
    /// Distributed Transaction Coordinator.
    pub(crate) msdtc: Opt<ServiceState>,
    /// Message Queuing, local and not clustered.
    pub(crate) msmq: Opt<ServiceState>,
    /// Internet Information Services (W3SVC).
    pub(crate) iis: Opt<ServiceState>,
    /// Enterprise Single Sign-On.
    pub(crate) entsso: Opt<ServiceState>,
    /// MQSAgent COM+ application of the MQSeries adapter.
    pub(crate) mqsagent: Opt<ServiceState>,
    /// Rule Engine Update Service.
    pub(crate) rule_update: Opt<ServiceState>,
}

/// A disk array, SAN or other storage that servers or clusters use.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Storage {
    /// `san`, `disk-array` or `local`.
    pub(crate) kind: Opt<StorageKind>,
    /// RAID level, e.g. `"1+0"`.
    pub(crate) raid: Opt<Text>,
    /// True when controllers, paths and the array itself are duplicated, so that no single part takes it down.
    pub(crate) redundant: Opt<bool>,
    /// The site it stands in.
    pub(crate) site: Opt<String>,
    /// What it needs.
    pub(crate) needs: Needs,
    /// Mean time between failures.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A Windows Server failover cluster.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["nodes"]))]
pub(crate) struct Cluster {
    /// The servers that are nodes, the preferred one first.
    #[schemars(extend("minItems" = 1))]
    pub(crate) nodes: List<String>,
    /// What holds the tie-breaking vote: a storage, a file share, a server, an external system, or `none`.
    pub(crate) witness: Opt<String>,
    /// The groups (roles) that move between the nodes.
    pub(crate) groups: Named<ClusterGroup>,
    /// How long a group needs to come up on another node, e.g. `2m`.
    pub(crate) failover_time: Opt<Text>,
    /// Share of moves that succeed, e.g. `98%`. After one that does not, the group is down until what failed is repaired.
    pub(crate) failover_success: Opt<Text>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A cluster group: resources that always stand on the same node and move together.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClusterGroup {
    /// The name under which clients reach the group.
    pub(crate) network_name: Opt<String>,
    /// The address of the group.
    pub(crate) ip: Opt<Text>,
    /// Shared disks of the group: names from `storage`.
    pub(crate) disks: List<String>,
    /// Clustered services: `msdtc`, `msmq`, `entsso`, `w3svc`, or a name with a `kind`.
    pub(crate) resources: Named<Resource>,
    /// Nodes that may own the group. All nodes of the cluster when not given.
    pub(crate) possible_owners: List<String>,
    /// Nodes in the order in which the group prefers them.
    pub(crate) preferred_owners: List<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A clustered service.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Resource {
    /// What it is, when its name does not say so.
    pub(crate) kind: Opt<ResourceKind>,
    /// Resources of the same group that must be up before it starts.
    pub(crate) depends_on: List<String>,
}

/// A network load balancer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["members"]))]
pub(crate) struct LoadBalancer {
    /// `nlb` (Windows, runs on the members) or `hardware` (a device of its own). Assumed to be a device when not given.
    pub(crate) kind: Opt<LoadBalancerKind>,
    /// The servers behind it.
    #[schemars(extend("minItems" = 1))]
    pub(crate) members: List<String>,
    /// For a device: true when it is a pair that takes over for each other.
    pub(crate) redundant: Opt<bool>,
    /// The address that callers use.
    pub(crate) address: Opt<Text>,
    /// The site it stands in.
    pub(crate) site: Opt<String>,
    /// What it needs.
    pub(crate) needs: Needs,
    /// Mean time between failures.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A network.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Network {
    /// True when no single switch, cable or router takes it down.
    pub(crate) redundant: Opt<bool>,
    /// The site it stands in.
    pub(crate) site: Opt<String>,
    /// What it needs.
    pub(crate) needs: Needs,
    /// Mean time between failures.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A domain controller or a DNS server.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Directory {
    /// The server it runs on, if that is part of this topology.
    pub(crate) on: Opt<String>,
    /// The domain or zone it serves. One domain is assumed when no entry names any.
    pub(crate) domain: Opt<String>,
    /// The site it stands in.
    pub(crate) site: Opt<String>,
    /// Mean time between failures.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A SQL Server instance.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["on"]))]
pub(crate) struct SqlInstance {
    /// Where it runs: a server (standalone) or `CLUSTER/GROUP` (failover cluster instance).
    pub(crate) on: Opt<String>,
    /// Release, e.g. `2019` or `2016 SP2`.
    pub(crate) version: Opt<Text>,
    /// `enterprise`, `standard`, `web`, `express`, `workgroup` or `developer`.
    pub(crate) edition: Opt<SqlEdition>,
    /// Databases it carries.
    pub(crate) databases: Named<Database>,
    /// State of its SQL Server Agent.
    pub(crate) agent: Opt<AgentState>,
    /// The name by which clients are configured to reach it.
    pub(crate) addressed_as: Opt<String>,
    /// Storage under a standalone instance. A clustered one uses the disks of its group.
    pub(crate) disks: List<String>,
    /// What else it needs.
    pub(crate) needs: Needs,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A database.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// What it holds, when its name is not one of the default names.
    pub(crate) holds: Opt<DatabaseRole>,
    /// True when SQL Server database mirroring is set up for it.
    pub(crate) mirrored: Opt<bool>,
    /// For a MessageBox: true when it only routes and takes no new publications.
    pub(crate) routing_only: Opt<bool>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// An Always On availability group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["replicas"]))]
pub(crate) struct AvailabilityGroup {
    /// The failover cluster under it.
    pub(crate) cluster: Opt<String>,
    /// The SQL instances that hold a replica, the primary first.
    #[schemars(extend("type" = ["object", "array"], "minItems" = 1, "minProperties" = 1))]
    pub(crate) replicas: Named<Replica>,
    /// The listener name that clients use.
    pub(crate) listener: Opt<String>,
    /// The name by which BizTalk is configured to reach its databases, where it is not the listener.
    pub(crate) addressed_as: Opt<String>,
    /// Databases in the group.
    pub(crate) databases: Named<Database>,
    /// True when per-database DTC support is on.
    pub(crate) dtc_per_database: Opt<bool>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A replica of an availability group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Replica {
    /// `synchronous` or `asynchronous` commit.
    pub(crate) commit: Opt<Commit>,
    /// `automatic` or `manual` failover. Assumed automatic for a synchronous replica.
    pub(crate) failover: Opt<Failover>,
}

/// A shared folder.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FileShare {
    /// What serves it: a server, `CLUSTER/GROUP`, or a storage that serves files itself.
    pub(crate) on: Opt<String>,
    /// Its UNC path, e.g. `\\FS01\in`. Ports that name a path below it use this share.
    pub(crate) path: Opt<String>,
    /// True when what serves it is itself redundant in a way this file does not describe.
    pub(crate) redundant: Opt<bool>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// A system that somebody else runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct External {
    /// What it is, e.g. `sap`, `mq`, `ftp`, `sharepoint`.
    pub(crate) kind: Opt<String>,
    /// True when its owner states that no single failure takes it down (a cluster, a farm behind a balancer).
    pub(crate) redundant: Opt<bool>,
    /// Nodes it consists of, as far as they are known.
    pub(crate) nodes: List<String>,
    /// Nodes on which the MQSAgent COM+ application is installed (IBM MQ on Windows).
    pub(crate) mqsagent_on: List<String>,
    /// Who answers for it.
    pub(crate) owner: Opt<String>,
    /// Where it stands, if in one of the sites.
    pub(crate) site: Opt<String>,
    /// What it needs, as far as it is part of this topology.
    pub(crate) needs: Needs,
    /// Share of time it works, e.g. `99.5%` or `99%..99.9%`.
    pub(crate) availability: Opt<Text>,
    /// Mean time between failures.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

/// Things that one cause can strike together: the same firmware, the same patch day, the same hand.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["of"]))]
pub(crate) struct CommonCause {
    /// What it can strike; a component on several servers stands for its copies.
    #[schemars(extend("minItems" = 1))]
    pub(crate) of: List<String>,
    /// Share of a member's failures that strike all members at once, e.g. `5%`.
    pub(crate) beta: Opt<Text>,
    /// Instead of `beta`: shares of failures that strike exactly one, two, ... members.
    pub(crate) alpha: List<Text>,
    /// What the cause is.
    pub(crate) why: Opt<String>,
}

/// A component of any platform.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Component {
    /// What it is, in the author's words.
    pub(crate) kind: Opt<String>,
    /// The servers it runs on; one running copy is enough unless `at_least` says otherwise.
    pub(crate) on: List<String>,
    /// How many of its copies must run.
    pub(crate) at_least: Opt<u32>,
    /// What it needs.
    pub(crate) needs: Needs,
    /// True when no single part takes it down.
    pub(crate) redundant: Opt<bool>,
    /// `main` for something the business sees, `side` for a side function, `admin` for operation.
    pub(crate) function: Opt<FunctionRole>,
    /// Where it stands, if not on servers.
    pub(crate) site: Opt<String>,
    /// The rack it stands in.
    pub(crate) rack: Opt<String>,
    /// The physical machine it runs on.
    pub(crate) machine: Opt<String>,
    /// Who answers for it.
    pub(crate) owner: Opt<String>,
    /// Share of time it works by itself.
    pub(crate) availability: Opt<Text>,
    /// Mean time between failures.
    pub(crate) mtbf: Opt<Text>,
    /// Mean time to repair.
    pub(crate) mttr: Opt<Text>,
    /// Planned work, during which it does not serve, e.g. `2h every 30d`.
    pub(crate) maintenance: Opt<Text>,
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}
