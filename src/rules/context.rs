//! What a rule may ask.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::release::Release;
use super::{AnyRule, Finding};
use crate::analysis::{Analysis, Defeat};
use crate::expand::Expansion;
use crate::expand::biztalk::adapters::{self, Mechanism, ReceiveNeed};
use crate::graph::ComponentId;
use crate::model::*;
use crate::source::Span;
use crate::text;

const NO_SERVERS: &[Id<Server>] = &[];

/// The model, the graph and the analysis of one topology, with the look-ups that
/// several rules need.
pub struct Context<'a> {
    pub topology: &'a Topology,
    pub expansion: &'a Expansion,
    pub analysis: &'a Analysis<'a>,
    received_by: FxHashMap<Id<Host>, Vec<Id<ReceiveLocation>>>,
    sent_by: FxHashMap<Id<Host>, Vec<Id<SendPort>>>,
    orchestrated_by: FxHashMap<Id<Host>, Vec<Id<Orchestration>>>,
    /// Listed, or with an enabled instance, per group in the order of the ids.
    servers_of: Vec<Vec<Id<Server>>>,
    databases_of: Vec<Vec<Id<Database>>>,
    /// Databases that any group uses, each with the first group that does.
    used_databases: Vec<(Id<Database>, Id<BiztalkGroup>)>,
    /// The first group whose runtime a server has.
    group_on: FxHashMap<Id<Server>, Id<BiztalkGroup>>,
    standby: FxHashSet<Id<Server>>,
    clusters_of: FxHashMap<Id<Server>, Vec<Id<Cluster>>>,
    /// Where ENTSSO is a cluster resource, by the servers that may own it.
    sso_group_on: FxHashMap<Id<Server>, Id<ClusterGroup>>,
    sso_groups: FxHashSet<Id<ClusterGroup>>,
    clustered_hosts: FxHashMap<Id<ClusterGroup>, Vec<Id<Host>>>,
    nlb_on: FxHashMap<Id<Server>, Id<LoadBalancer>>,
    share_paths: FxHashMap<String, Id<FileShare>>,
    spread_sites: bool,
    defeated: OnceCell<Vec<Defeat>>,
}

/// Whether something survives the loss of one of its parts, as far as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    Redundant,
    Single,
    Unknown,
}

impl Redundancy {
    fn stated(redundant: Option<At<bool>>) -> Redundancy {
        match redundant.map(|stated| stated.value) {
            Some(true) => Redundancy::Redundant,
            Some(false) => Redundancy::Single,
            None => Redundancy::Unknown,
        }
    }

    fn of_parts(parts: usize) -> Redundancy {
        if parts > 1 { Redundancy::Redundant } else { Redundancy::Single }
    }
}

/// What serves a database, seen from its availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    Standalone(Id<SqlInstance>, Id<Server>),
    Clustered(Id<SqlInstance>, Id<ClusterGroup>),
    AvailabilityGroup(Id<AvailabilityGroup>),
}

impl<'a> Context<'a> {
    pub fn new(
        topology: &'a Topology,
        expansion: &'a Expansion,
        analysis: &'a Analysis<'a>,
    ) -> Context<'a> {
        let mut context = Context {
            topology,
            expansion,
            analysis,
            received_by: FxHashMap::default(),
            sent_by: FxHashMap::default(),
            orchestrated_by: FxHashMap::default(),
            servers_of: topology.biztalk.values().map(|g| runtime_servers(topology, g)).collect(),
            databases_of: topology.biztalk.values().map(|g| topology.databases_of(g)).collect(),
            used_databases: Vec::new(),
            group_on: FxHashMap::default(),
            standby: topology.standby_servers(),
            clusters_of: FxHashMap::default(),
            sso_group_on: FxHashMap::default(),
            sso_groups: sso_groups(topology),
            clustered_hosts: FxHashMap::default(),
            nlb_on: FxHashMap::default(),
            share_paths: FxHashMap::default(),
            spread_sites: false,
            defeated: OnceCell::new(),
        };
        context.index_ports();
        context.index_places();
        context.index_databases();
        context
    }

    fn index_ports(&mut self) {
        let (topology, context) = (self.topology, self);
        for (id, location) in topology.receive_locations.iter().filter(|(_, l)| l.enabled) {
            context.received_by.entry(location.host.value).or_default().push(id);
        }
        for (id, port) in topology.send_ports.iter().filter(|(_, p)| p.enabled) {
            context.sent_by.entry(port.host.value).or_default().push(id);
            let backup = port.backup.as_ref().and_then(|backup| backup.host);
            if let Some(host) = backup.filter(|host| host.value != port.host.value) {
                context.sent_by.entry(host.value).or_default().push(id);
            }
        }
        for (id, orchestration) in topology.orchestrations.iter().filter(|(_, o)| o.enabled) {
            context.orchestrated_by.entry(orchestration.host.value).or_default().push(id);
        }
        for (id, share) in topology.file_shares.iter() {
            let key = share.path.as_ref().map(|path| share_key(&path.value));
            if let Some(key) = key.filter(|key| !key.is_empty()) {
                context.share_paths.entry(key).or_insert(id);
            }
        }
    }

    fn index_databases(&mut self) {
        let mut first: Vec<Option<Id<BiztalkGroup>>> = vec![None; self.topology.databases.len()];
        for (id, group) in self.topology.biztalk.iter() {
            let named = group.sso_database.map(|named| named.value);
            for database in self.databases_of(id).iter().copied().chain(named) {
                first[database.index()].get_or_insert(id);
            }
        }
        let used = self.topology.databases.ids().zip(first);
        self.used_databases = used.filter_map(|(id, group)| Some((id, group?))).collect();
    }

    fn index_places(&mut self) {
        let topology = self.topology;
        for (index, servers) in self.servers_of.iter().enumerate() {
            for &server in servers {
                self.group_on.entry(server).or_insert(Id::new(index));
            }
        }
        for (id, cluster) in topology.clusters.iter() {
            for node in &cluster.nodes {
                self.clusters_of.entry(node.value).or_default().push(id);
            }
        }
        for &group in &self.sso_groups {
            for owner in topology.owners(group) {
                let known = self.sso_group_on.entry(owner).or_insert(group);
                *known = group.min(*known);
            }
        }
        for (id, host) in topology.hosts.iter() {
            if let Some(group) = host.clustered_in {
                self.clustered_hosts.entry(group.value).or_default().push(id);
            }
        }
        for (id, balancer) in topology.load_balancers.iter() {
            if balancer.kind.is_some_and(|kind| kind.value == LoadBalancerKind::Nlb) {
                for member in &balancer.members {
                    self.nlb_on.entry(member.value).or_insert(id);
                }
            }
        }
        let working = topology.servers.iter().filter(|(id, _)| !self.standby.contains(id));
        let sites: FxHashSet<&str> = working
            .filter_map(|(_, server)| Some(server.placement.site.as_ref()?.value.as_str()))
            .collect();
        self.spread_sites = sites.len() > 1;
    }

    /// A finding about something defined, with nothing said about its place yet.
    pub fn finding(&self, rule: impl Into<AnyRule>, element: Element, message: String) -> Finding {
        let component = self.component(element);
        let span = self.analysis.graph().component(component).span.unwrap_or(self.topology.span);
        let subject = self.topology.element_name(element);
        Finding { element: Some(element), ..self.finding_about(rule, subject, span, message) }
    }

    /// A finding about something that nothing else can refer to, such as a plan.
    pub fn finding_about(
        &self,
        rule: impl Into<AnyRule>,
        subject: impl Into<String>,
        span: Span,
        message: String,
    ) -> Finding {
        Finding::new(rule, subject, span, message)
    }

    pub fn component(&self, element: Element) -> ComponentId {
        self.expansion.graph.of_element(element).unwrap_or(ComponentId::new(0))
    }

    /// Choices that one loss defeats; worked out once, for all rules that ask.
    pub fn defeated_choices(&self) -> &[Defeat] {
        self.defeated.get_or_init(|| self.analysis.defeated_choices())
    }

    /// True for what is taken as single only because the file does not say.
    pub fn is_assumed_single(&self, component: ComponentId) -> bool {
        let topology = self.topology;
        match self.analysis.graph().component(component).element {
            Some(Element::Storage(id)) => topology.storage[id].redundant.is_none(),
            Some(Element::Network(id)) => topology.networks[id].redundant.is_none(),
            Some(Element::LoadBalancer(id)) => topology.load_balancers[id].redundant.is_none(),
            Some(Element::FileShare(id)) => {
                let share = &topology.file_shares[id];
                share.on.is_none() && share.redundant.is_none()
            }
            Some(element @ Element::External(_)) => self.redundancy(element) == Redundancy::Unknown,
            _ => false,
        }
    }

    pub fn server_name(&self, id: Id<Server>) -> &'a str {
        &self.topology.servers[id].name.value
    }

    pub fn server_names(&self, ids: &[Id<Server>]) -> String {
        let names: Vec<&str> = ids.iter().map(|&id| self.server_name(id)).collect();
        text::short_list(&names, 6)
    }

    pub fn group_of(&self, host: &Host) -> &'a BiztalkGroup {
        &self.topology.biztalk[host.group]
    }

    /// Enabled receive locations of a host.
    pub fn received_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a ReceiveLocation> + '_ {
        let ids = self.received_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.receive_locations[id])
    }

    /// The same with their ids, of these adapters only.
    pub fn received_through(
        &self,
        host: Id<Host>,
        adapters: &'static [&'static str],
    ) -> impl Iterator<Item = (Id<ReceiveLocation>, &'a ReceiveLocation)> + '_ {
        let ids = self.received_by.get(&host).map_or(&[][..], Vec::as_slice);
        let locations = ids.iter().map(|&id| (id, &self.topology.receive_locations[id]));
        locations.filter(move |(_, location)| is_one_of(&location.adapter.value, adapters))
    }

    /// Started send ports that send through a host, by either transport.
    pub fn sent_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a SendPort> + '_ {
        let ids = self.sent_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.send_ports[id])
    }

    pub fn orchestrated_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a Orchestration> + '_ {
        let ids = self.orchestrated_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.orchestrations[id])
    }

    /// Names of everything bound to a host.
    pub fn work_of(&self, id: Id<Host>) -> Vec<&'a str> {
        let mut work: Vec<&str> = self.received_by(id).map(|l| l.name.value.as_str()).collect();
        work.extend(self.sent_by(id).map(|port| port.name.value.as_str()));
        work.extend(self.orchestrated_by(id).map(|o| o.name.value.as_str()));
        if self.topology.hosts[id].is_tracking() {
            work.push("tracking");
        }
        work
    }

    /// What a receive location needs so that several servers may carry it.
    pub fn receive_need(&self, location: &ReceiveLocation) -> ReceiveNeed {
        adapters::receive_need(&self.topology.biztalk[location.group], location)
    }

    pub fn must_be_clustered(&self, location: &ReceiveLocation) -> bool {
        self.receive_need(location).mechanism == Mechanism::Cluster
    }

    /// The adapter of a receive location by its own name in the table.
    pub fn adapter_of(&self, location: &ReceiveLocation) -> Option<&'static adapters::Adapter> {
        adapters::find(&location.adapter.value)
    }

    /// Servers with the BizTalk runtime: listed, or with an enabled instance.
    pub fn biztalk_servers(&self, group: Id<BiztalkGroup>) -> &[Id<Server>] {
        self.servers_of.get(group.index()).map_or(NO_SERVERS, Vec::as_slice)
    }

    /// The group whose runtime a server has; the first one, should it be in several.
    pub fn group_on(&self, server: Id<Server>) -> Option<Id<BiztalkGroup>> {
        self.group_on.get(&server).copied()
    }

    /// True for servers that wait for a disaster: they are no redundancy in normal operation.
    pub fn is_standby(&self, server: Id<Server>) -> bool {
        self.standby.contains(&server)
    }

    /// Servers with an enabled instance, without those that wait for a disaster.
    pub fn serving(&self, host: &Host) -> Vec<Id<Server>> {
        let mut servers = host.enabled_servers();
        servers.retain(|&server| !self.is_standby(server));
        servers
    }

    /// Servers on which the work of a host is done at the same time: none for a clustered host.
    pub fn active_at_once(&self, host: &Host) -> Vec<Id<Server>> {
        match host.clustered_in {
            Some(_) => Vec::new(),
            None => self.serving(host),
        }
    }

    /// True when another server takes over what a host does: there is something to go wrong
    /// at a failover.
    pub fn is_taken_over(&self, host: &Host) -> bool {
        host.clustered_in.is_some() || self.serving(host).len() > 1
    }

    /// True when servers in normal operation stand in more than one site, so that a
    /// thing could be spread over sites.
    pub fn spread_sites(&self) -> bool {
        self.spread_sites
    }

    /// A machine, rack or site that all of these servers share, in words, and whether it is
    /// a site. A site counts only where there is another one to spread to.
    pub fn common_place(&self, servers: &[Id<Server>]) -> Option<(String, bool)> {
        let placement = |&id: &Id<Server>| &self.topology.servers[id].placement;
        let common = |place: fn(&Placement) -> &Option<Name>| {
            let mut labels = servers.iter().map(|id| place(placement(id)).as_ref());
            let first = labels.next()??;
            let same = |label: Option<&Name>| label.is_some_and(|label| label.value == first.value);
            labels.all(same).then_some(first.value.as_str())
        };
        if let Some(machine) = common(|placement| &placement.machine) {
            return Some((format!("machine {machine}"), false));
        }
        if let Some(rack) = common(|placement| &placement.rack) {
            return Some((format!("rack {rack}"), false));
        }
        let site = common(|placement| &placement.site).filter(|_| self.spread_sites)?;
        Some((format!("site {site}"), true))
    }

    /// Clusters of which a server is a node.
    pub fn clusters_of(&self, server: Id<Server>) -> &[Id<Cluster>] {
        self.clusters_of.get(&server).map_or(&[], Vec::as_slice)
    }

    /// The group in which ENTSSO is a cluster resource, on a server that may own it.
    pub fn sso_group_on(&self, server: Id<Server>) -> Option<Id<ClusterGroup>> {
        self.sso_group_on.get(&server).copied()
    }

    /// True where ENTSSO is a resource: listed, or implied by a master secret server.
    pub fn holds_sso(&self, group: Id<ClusterGroup>) -> bool {
        self.sso_groups.contains(&group)
    }

    /// A group of that cluster in which ENTSSO is a resource.
    pub fn sso_group_of(&self, cluster: Id<Cluster>) -> Option<Id<ClusterGroup>> {
        self.topology.clusters[cluster].groups.iter().copied().find(|&group| self.holds_sso(group))
    }

    pub fn clustered_hosts(&self, group: Id<ClusterGroup>) -> &[Id<Host>] {
        self.clustered_hosts.get(&group).map_or(&[], Vec::as_slice)
    }

    /// True when any group of the cluster has such a resource.
    pub fn cluster_has(&self, cluster: Id<Cluster>, kind: ResourceKind) -> bool {
        let groups = &self.topology.clusters[cluster].groups;
        groups.iter().any(|&group| self.topology.cluster_groups[group].resource(kind).is_some())
    }

    /// The Windows NLB cluster of which a server is a member.
    pub fn nlb_on(&self, server: Id<Server>) -> Option<Id<LoadBalancer>> {
        self.nlb_on.get(&server).copied()
    }

    /// The balancer in front of a receive location: its own, or its host's.
    pub fn balancer_of(&self, location: &ReceiveLocation) -> Option<Ref<LoadBalancer>> {
        location.behind.or(self.topology.hosts[location.host.value].behind)
    }

    /// Databases of a BizTalk group.
    pub fn databases_of(&self, group: Id<BiztalkGroup>) -> &[Id<Database>] {
        self.databases_of.get(group.index()).map_or(&[], Vec::as_slice)
    }

    /// Databases of a group that hold one of these.
    pub fn databases_with(
        &self,
        group: Id<BiztalkGroup>,
        roles: &[DatabaseRole],
    ) -> Vec<Id<Database>> {
        let holds = |id: &Id<Database>| roles.contains(&self.topology.databases[*id].role);
        self.databases_of(group).iter().copied().filter(holds).collect()
    }

    /// False when the file has several groups and does not say whose databases are whose.
    pub fn knows_databases_of(&self, group: Id<BiztalkGroup>) -> bool {
        self.topology.biztalk.len() == 1 || !self.topology.biztalk[group].databases.is_empty()
    }

    /// Databases that any BizTalk group uses, each once, in the order of the file.
    pub fn biztalk_databases(&self) -> Vec<Id<Database>> {
        self.used_databases.iter().map(|(id, _)| *id).collect()
    }

    /// SQL instances that hold a database of a BizTalk group themselves.
    pub fn biztalk_instances(&self) -> Vec<Id<SqlInstance>> {
        let place = |id: Id<Database>| match self.topology.databases[id].place {
            DatabasePlace::Instance(instance) => Some(instance),
            DatabasePlace::AvailabilityGroup(_) => None,
        };
        let mut all: Vec<Id<SqlInstance>> =
            self.biztalk_databases().into_iter().filter_map(place).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// SQL instances that hold databases of BizTalk itself for a group, alone or as replicas.
    pub fn instances_of_group(&self, group: Id<BiztalkGroup>) -> Vec<Id<SqlInstance>> {
        let databases = self.databases_of(group).iter().map(|&id| &self.topology.databases[id]);
        let mut instances = Vec::new();
        for database in databases.filter(|known| known.role != DatabaseRole::Application) {
            match database.place {
                DatabasePlace::Instance(id) => instances.push(id),
                DatabasePlace::AvailabilityGroup(id) => {
                    let replicas = &self.topology.availability_groups[id].replicas;
                    instances.extend(replicas.iter().map(|replica| replica.instance.value));
                }
            }
        }
        instances.sort_unstable();
        instances.dedup();
        instances
    }

    /// Availability groups that hold a database of a BizTalk group, with the first BizTalk
    /// group that uses them.
    pub fn biztalk_availability_groups(&self) -> Vec<(Id<AvailabilityGroup>, Id<BiztalkGroup>)> {
        let group_of = |&(database, biztalk): &(Id<Database>, Id<BiztalkGroup>)| match self
            .topology
            .databases[database]
            .place
        {
            DatabasePlace::AvailabilityGroup(group) => Some((group, biztalk)),
            DatabasePlace::Instance(_) => None,
        };
        let mut all: Vec<(Id<AvailabilityGroup>, Id<BiztalkGroup>)> =
            self.used_databases.iter().filter_map(group_of).collect();
        all.sort_unstable();
        all.dedup_by_key(|(group, _)| *group);
        all
    }

    pub fn served(&self, database: Id<Database>) -> Served {
        let instance = match self.topology.databases[database].place {
            DatabasePlace::AvailabilityGroup(group) => return Served::AvailabilityGroup(group),
            DatabasePlace::Instance(instance) => instance,
        };
        match self.topology.sql_instances[instance].on.map(|on| on.value) {
            Some(Carrier::Group(group)) => Served::Clustered(instance, group),
            Some(Carrier::Server(server)) => Served::Standalone(instance, server),
            // Refused when the file is read; the first server is never looked at.
            Some(Carrier::Storage(_)) | None => Served::Standalone(instance, Id::new(0)),
        }
    }

    /// Whether what stands at the other end of a port survives the loss of one of its parts.
    pub fn redundancy(&self, element: Element) -> Redundancy {
        let topology = self.topology;
        match element {
            Element::External(id) => {
                let external = &topology.external[id];
                match (external.redundant, external.nodes.len()) {
                    (None, 0) => Redundancy::Unknown,
                    (None, nodes) => Redundancy::of_parts(nodes),
                    (stated, _) => Redundancy::stated(stated),
                }
            }
            Element::Group(id) => Redundancy::of_parts(topology.owners(id).len()),
            Element::Cluster(id) => Redundancy::of_parts(topology.clusters[id].nodes.len()),
            Element::LoadBalancer(id) => {
                Redundancy::of_parts(topology.load_balancers[id].members.len())
            }
            Element::FileShare(id) => self.share_redundancy(&topology.file_shares[id]),
            Element::Component(id) => {
                let component = &topology.components[id];
                let needed = component.at_least.map_or(1, |at_least| at_least.value as usize);
                match component.redundant {
                    None if component.on.is_empty() => Redundancy::Unknown,
                    None => Redundancy::of_parts((component.on.len() + 1).saturating_sub(needed)),
                    stated => Redundancy::stated(stated),
                }
            }
            Element::Server(_) => Redundancy::Single,
            _ => Redundancy::Unknown,
        }
    }

    fn share_redundancy(&self, share: &FileShare) -> Redundancy {
        if share.redundant.is_some_and(|redundant| redundant.value) {
            return Redundancy::Redundant;
        }
        match share.on.map(|on| on.value) {
            Some(Carrier::Group(group)) => Redundancy::of_parts(self.topology.owners(group).len()),
            Some(Carrier::Server(_)) => Redundancy::Single,
            Some(Carrier::Storage(id)) => Redundancy::stated(self.topology.storage[id].redundant),
            None => Redundancy::stated(share.redundant),
        }
    }

    /// The share that an address lies under.
    pub fn share_of(&self, end: &Endpoint) -> Option<Id<FileShare>> {
        let path = match end {
            Endpoint::Element(Element::FileShare(id)) => return Some(*id),
            Endpoint::Element(_) => return None,
            Endpoint::Address(path) => share_key(path),
        };
        let mut prefix = path.as_str();
        loop {
            if let Some(&share) = self.share_paths.get(prefix) {
                return Some(share);
            }
            prefix = &prefix[..prefix.rfind('\\')?];
        }
    }

    /// The release of SQL Server that an instance says it has.
    pub fn sql_release_of(&self, instance: &SqlInstance) -> Option<Release> {
        Release::parse(&instance.version.as_ref()?.value)
    }

    /// The release of BizTalk Server that a group says it has.
    pub fn release_of(&self, group: &BiztalkGroup) -> Option<Release> {
        Release::parse(&group.version.as_ref()?.value)
    }
}

/// Whether a name is that of one of these adapters, which go by their own names in the table.
pub fn is_one_of(name: &str, own_names: &[&str]) -> bool {
    adapters::find(name).is_some_and(|adapter| own_names.contains(&adapter.name))
}

fn runtime_servers(topology: &Topology, group: &BiztalkGroup) -> Vec<Id<Server>> {
    let listed = group.servers.iter().map(|server| server.value);
    let hosting = group.hosts.iter().flat_map(|&id| topology.hosts[id].enabled_servers());
    let mut servers: Vec<Id<Server>> = listed.chain(hosting).collect();
    servers.sort_unstable();
    servers.dedup();
    servers
}

/// `master_secret_server: CLUSTER/GROUP` says that ENTSSO is a resource there.
fn sso_groups(topology: &Topology) -> FxHashSet<Id<ClusterGroup>> {
    let listed = topology
        .cluster_groups
        .iter()
        .filter(|(_, group)| group.resource(ResourceKind::Entsso).is_some())
        .map(|(id, _)| id);
    let masters = topology.biztalk.values().flat_map(|group| &group.master_secret_servers);
    let implied = masters.filter_map(|place| match place.value {
        Carrier::Group(group) => Some(group),
        Carrier::Server(_) | Carrier::Storage(_) => None,
    });
    listed.chain(implied).collect()
}

/// Paths are compared without regard to case, kind of slash and a slash at the end.
fn share_key(path: &str) -> String {
    path.to_lowercase().replace('/', "\\").trim_end_matches('\\').to_owned()
}
