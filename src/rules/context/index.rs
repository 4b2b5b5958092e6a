//! The look-ups of a context, made once.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Context;
use super::redundancy::share_key;
use crate::analysis::Analysis;
use crate::expand::Expansion;
use crate::model::*;

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
