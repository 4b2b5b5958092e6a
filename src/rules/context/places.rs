//! Where things run: servers and their sites, clusters and balancers.

use super::Context;
use crate::model::*;

impl<'a> Context<'a> {
    /// Servers with the BizTalk runtime: listed, or with an enabled instance.
    pub fn biztalk_servers(&self, group: Id<BiztalkGroup>) -> &[Id<Server>] {
        self.servers_of.get(group.index()).map_or(&[], Vec::as_slice)
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
}
