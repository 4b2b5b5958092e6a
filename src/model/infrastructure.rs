//! Computers, clusters, disks, networks, SQL Server: what no platform owns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{At, Availability, Duration, Element, Id, Maintenance, Name, Need, Range, Ref, Share};

/// Where something stands. Machines and racks are names only.
#[derive(Debug, Default)]
pub struct Placement {
    pub site: Option<Name>,
    pub rack: Option<Name>,
    pub machine: Option<Name>,
}

/// How often it fails and how long it takes to mend.
#[derive(Debug, Default)]
pub struct Reliability {
    pub mtbf: Option<At<Range<Duration>>>,
    pub mttr: Option<At<Range<Duration>>>,
    pub availability: Option<At<Range<Availability>>>,
    /// Planned work, during which it does not serve.
    pub maintenance: Option<At<Maintenance>>,
}

/// Things that one cause can strike together.
#[derive(Debug)]
pub struct CommonCause {
    pub name: Name,
    pub members: Vec<At<Element>>,
    pub factors: CommonFactors,
}

/// How the failures of a group divide into those of one member and of several.
#[derive(Debug, Clone, PartialEq)]
pub enum CommonFactors {
    /// The share of a member's failures that strike all.
    Beta(Share),
    /// The share of failure events that strike exactly 1, 2, ... members.
    Alpha(Vec<Share>),
}

#[derive(Debug)]
pub struct Site {
    pub name: Name,
    pub role: Option<SiteRole>,
}

/// What a site is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SiteRole {
    /// Works in normal operation.
    Primary,
    /// Dormant until a disaster.
    Standby,
}

#[derive(Debug)]
pub struct Server {
    pub name: Name,
    pub placement: Placement,
    pub zone: Option<At<Zone>>,
    pub roles: Vec<String>,
    /// It stands in for computers that nobody has named yet.
    pub placeholder: bool,
    pub services: ServerServices,
    pub networks: Vec<Ref<Network>>,
    pub needs: Vec<Need>,
    pub reliability: Reliability,
}

/// Part of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// Inside the corporate network.
    Internal,
    /// In a perimeter network (DMZ).
    Perimeter,
}

/// What the file says about the services of one computer; `None` is unknown.
#[derive(Debug, Default)]
pub struct ServerServices {
    pub msdtc: Option<At<ServiceState>>,
    pub msmq: Option<At<ServiceState>>,
    pub iis: Option<At<ServiceState>>,
    pub entsso: Option<At<ServiceState>>,
    pub mqsagent: Option<At<ServiceState>>,
    pub rule_update: Option<At<ServiceState>>,
}

/// State of a service on one computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceState {
    /// Installed and running.
    Running,
    /// Installed, but stopped or disabled from starting.
    Disabled,
    /// Not installed.
    Absent,
}

#[derive(Debug)]
pub struct Storage {
    pub name: Name,
    pub kind: Option<At<StorageKind>>,
    pub raid: Option<At<String>>,
    pub redundant: Option<At<bool>>,
    pub placement: Placement,
    pub needs: Vec<Need>,
    pub reliability: Reliability,
}

/// How disks are attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StorageKind {
    /// Storage area network.
    San,
    /// One shared disk array.
    DiskArray,
    /// Disks inside a computer.
    Local,
}

#[derive(Debug)]
pub struct Cluster {
    pub name: Name,
    pub nodes: Vec<Ref<Server>>,
    pub witness: Option<At<Witness>>,
    pub groups: Vec<Id<ClusterGroup>>,
    pub failover_time: Option<At<Duration>>,
    /// The share of moves that succeed.
    pub failover_success: Option<At<Share>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witness {
    /// The file says that there is none.
    Absent,
    Element(Element),
}

#[derive(Debug)]
pub struct ClusterGroup {
    pub name: Name,
    pub cluster: Id<Cluster>,
    pub network_name: Option<Name>,
    pub ip: Option<At<String>>,
    pub disks: Vec<Ref<Storage>>,
    pub resources: Vec<Resource>,
    /// `None`: every node of the cluster.
    pub possible_owners: Option<Vec<Ref<Server>>>,
    pub preferred_owners: Vec<Ref<Server>>,
}

impl ClusterGroup {
    pub fn resource(&self, kind: ResourceKind) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.kind == kind)
    }
}

#[derive(Debug)]
pub struct Resource {
    pub name: Name,
    pub kind: ResourceKind,
    /// `None`: the file does not say.
    pub depends_on: Vec<Name>,
}

/// What a clustered resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// Distributed Transaction Coordinator.
    Msdtc,
    /// Message Queuing.
    Msmq,
    /// Enterprise Single Sign-On.
    Entsso,
    /// World Wide Web service (IIS).
    W3svc,
    /// A BizTalk host that this group carries.
    BiztalkHost,
    /// SQL Server Agent.
    SqlAgent,
    /// Any other service.
    Other,
}

#[derive(Debug)]
pub struct LoadBalancer {
    pub name: Name,
    pub kind: Option<At<LoadBalancerKind>>,
    pub members: Vec<Ref<Server>>,
    pub redundant: Option<At<bool>>,
    pub placement: Placement,
    pub needs: Vec<Need>,
    pub reliability: Reliability,
}

/// What balances the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LoadBalancerKind {
    /// Windows Network Load Balancing: software on every member.
    Nlb,
    /// A device of its own, or a service that acts like one.
    Hardware,
}

#[derive(Debug)]
pub struct Network {
    pub name: Name,
    pub redundant: Option<At<bool>>,
    pub placement: Placement,
    pub needs: Vec<Need>,
    pub reliability: Reliability,
}

/// A domain controller.
#[derive(Debug)]
pub struct Directory {
    pub name: Name,
    pub on: Option<Ref<Server>>,
    pub domain: Option<String>,
    pub placement: Placement,
    pub reliability: Reliability,
}

/// A DNS server: described as a domain controller is, but another kind of thing.
#[derive(Debug)]
pub struct DnsServer(pub Directory);

#[derive(Debug)]
pub struct SqlInstance {
    pub name: Name,
    pub on: Option<At<Carrier>>,
    pub version: Option<At<String>>,
    pub edition: Option<At<SqlEdition>>,
    pub databases: Vec<Id<Database>>,
    pub agent: Option<At<AgentState>>,
    pub addressed_as: Option<Name>,
    pub disks: Vec<Ref<Storage>>,
    pub needs: Vec<Need>,
}

/// What something runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    Server(Id<Server>),
    Group(Id<ClusterGroup>),
    Storage(Id<Storage>),
}

/// Edition of SQL Server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SqlEdition {
    /// Enterprise.
    Enterprise,
    /// Standard: failover clusters of two nodes.
    Standard,
    /// Web.
    Web,
    /// Express: without SQL Server Agent.
    Express,
    /// Workgroup.
    Workgroup,
    /// Developer: Enterprise, not for production.
    Developer,
}

/// State of SQL Server Agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentState {
    /// Runs (under the cluster, for a clustered instance).
    Running,
    /// Stopped or disabled.
    Stopped,
    /// Not installed.
    Absent,
}

#[derive(Debug)]
pub struct Database {
    pub name: Name,
    pub place: DatabasePlace,
    pub role: DatabaseRole,
    pub mirrored: Option<At<bool>>,
    pub routing_only: Option<At<bool>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabasePlace {
    Instance(Id<SqlInstance>),
    AvailabilityGroup(Id<AvailabilityGroup>),
}

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseRole {
    /// BizTalk management database.
    Management,
    /// BizTalk MessageBox.
    Messagebox,
    /// Enterprise Single Sign-On.
    Sso,
    /// BizTalk tracking.
    Tracking,
    /// Business rules.
    Rules,
    /// BAM primary import.
    BamPrimaryImport,
    /// BAM star schema.
    BamStarSchema,
    /// BAM analysis (Analysis Services).
    BamAnalysis,
    /// BAM archive.
    BamArchive,
    /// BAM alerts.
    BamAlerts,
    /// Tracking analysis.
    TrackingAnalysis,
    /// Integration Services catalog.
    Ssisdb,
    /// SAP transaction ids of the WCF-SAP adapter.
    SapTid,
    /// Any other database.
    Application,
}

#[derive(Debug)]
pub struct AvailabilityGroup {
    pub name: Name,
    pub cluster: Option<Ref<Cluster>>,
    pub replicas: Vec<Replica>,
    pub listener: Option<Name>,
    pub addressed_as: Option<Name>,
    pub databases: Vec<Id<Database>>,
    pub dtc_per_database: Option<At<bool>>,
}

#[derive(Debug)]
pub struct Replica {
    pub instance: Ref<SqlInstance>,
    pub commit: Option<At<Commit>>,
    pub failover: Option<At<Failover>>,
}

/// When a replica confirms a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Commit {
    /// When the replica has it too: no data is lost.
    Synchronous,
    /// Without waiting for the replica: the last changes may be lost.
    Asynchronous,
}

/// How a replica takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Failover {
    /// By itself, when the primary is lost.
    Automatic,
    /// By hand.
    Manual,
}

#[derive(Debug)]
pub struct FileShare {
    pub name: Name,
    pub on: Option<At<Carrier>>,
    pub path: Option<At<String>>,
    pub redundant: Option<At<bool>>,
}

#[derive(Debug)]
pub struct External {
    pub name: Name,
    pub kind: Option<At<String>>,
    pub redundant: Option<At<bool>>,
    pub nodes: Vec<Name>,
    pub mqsagent_on: Vec<Name>,
    pub owner: Option<At<String>>,
    pub placement: Placement,
    pub needs: Vec<Need>,
    pub reliability: Reliability,
}

/// A component of any platform, from the `components` section.
#[derive(Debug)]
pub struct FreeComponent {
    pub name: Name,
    pub kind: Option<At<String>>,
    pub on: Vec<Ref<Server>>,
    pub at_least: Option<At<u32>>,
    pub needs: Vec<Need>,
    pub redundant: Option<At<bool>>,
    pub function: Option<At<FunctionRole>>,
    pub placement: Placement,
    pub owner: Option<At<String>>,
    pub reliability: Reliability,
}

/// What the loss of a component means to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FunctionRole {
    /// Something the business sees.
    Main,
    /// A side function: the main work goes on without it.
    Side,
    /// Operation, configuration or deployment.
    Admin,
}
