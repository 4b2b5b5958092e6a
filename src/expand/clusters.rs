//! Failover clusters: quorum, groups that move as a whole, what they carry.
//!
//! A group stands on one owner at a time, and everything in it must work on that
//! owner. So a group needs its cluster, its disks, and at least one *group on
//! node*, which needs the node and every resource of the group there.

use super::Build;
use crate::graph::{Component, ComponentId, Requirement};
use crate::model::*;
use crate::source::Span;

const CLUSTER_SOURCE: &str = "C/how-to-configure-a-biztalk-host-as-a-cluster-resource1";

impl<'t> Build<'t> {
    pub(super) fn components_of_clusters(&mut self) {
        let t = self.topology;
        for (id, storage) in t.storage.iter() {
            let component = self.single_or_redundant(
                &storage.name,
                "storage",
                storage.redundant,
                "whether controllers, paths and array are duplicated; it is taken as single",
            );
            self.define(component, Element::Storage(id), &storage.name);
        }
        for (id, cluster) in t.clusters.iter() {
            let component = Component::derived(&cluster.name.value, "failover cluster");
            self.define(component, Element::Cluster(id), &cluster.name);
        }
        for (id, group) in t.cluster_groups.iter() {
            let component = Component::derived(t.group_name(id), "cluster group");
            self.define(component, Element::Group(id), &group.name);
        }
    }

    pub(super) fn storage(&mut self) {
        let t = self.topology;
        for (id, storage) in t.storage.iter() {
            let component = self.of(Element::Storage(id));
            self.stand(component, &storage.placement);
            self.needs_of(component, &storage.needs);
        }
    }

    pub(super) fn clusters(&mut self) {
        let t = self.topology;
        for (id, cluster) in t.clusters.iter() {
            self.quorum(self.of(Element::Cluster(id)), cluster);
        }
        for (id, group) in t.cluster_groups.iter() {
            self.cluster_group(id, group);
        }
    }

    /// A majority of votes: one per node and one for the witness.
    fn quorum(&mut self, component: ComponentId, cluster: &'t Cluster) {
        let mut voters: Vec<ComponentId> =
            cluster.nodes.iter().map(|node| self.server(node.value)).collect();
        let mut assumed_votes = 0;
        match cluster.witness.as_ref().map(|witness| &witness.value) {
            Some(Witness::Element(element)) => voters.push(self.of(*element)),
            Some(Witness::Absent) => {}
            None if cluster.nodes.len().is_multiple_of(2) => {
                assumed_votes = 1;
                self.grant(
                    &cluster.name.value,
                    "which witness it has; one that survives the loss of any node is taken for granted",
                    Some(cluster.name.span),
                );
            }
            None => {}
        }
        let majority = (voters.len() + assumed_votes) / 2 + 1;
        let needed = u32::try_from(majority - assumed_votes).unwrap_or(u32::MAX);
        self.need(
            Requirement::some(component, needed, voters)
                .why(
                    "a failover cluster works only with a majority of its votes",
                    "T/reviewing-and-testing-sql-server-cluster-configuration-for-failover-scenarios",
                )
                .at(cluster.name.span),
        );
    }

    fn cluster_group(&mut self, id: Id<ClusterGroup>, group: &'t ClusterGroup) {
        let component = self.of(Element::Group(id));
        let cluster = self.of(Element::Cluster(group.cluster));
        let span = group.name.span;
        self.need(
            Requirement::run(component, cluster)
                .why("groups go offline when the cluster loses its quorum", CLUSTER_SOURCE)
                .at(span),
        );
        self.shared_disks(component, group);
        let owners = self.topology.owners(id);
        let on_nodes: Vec<ComponentId> =
            owners.iter().map(|&owner| self.group_on(id, group, owner)).collect();
        self.need(
            Requirement::some(component, 1, on_nodes)
                .with_switchover()
                .why(
                    "the cluster starts the group on another owner when one is lost",
                    CLUSTER_SOURCE,
                )
                .at(span),
        );
        self.starts_with_directories(component);
        self.names_of_group(id, group, component);
        for resource in &group.resources {
            self.resource(id, group, resource, &owners);
        }
    }

    fn shared_disks(&mut self, component: ComponentId, group: &ClusterGroup) {
        for disk in &group.disks {
            let storage = self.of(Element::Storage(disk.value));
            self.need(
                Requirement::run(component, storage)
                    .why(
                        "the nodes share this disk; there is one copy of the data",
                        "T/planning-for-high-availability2",
                    )
                    .at(disk.span),
            );
        }
    }

    fn group_on(
        &mut self,
        id: Id<ClusterGroup>,
        group: &ClusterGroup,
        owner: Id<Server>,
    ) -> ComponentId {
        let name = format!("{}@{}", self.topology.group_name(id), self.server_name(owner));
        let on = Component::derived(name, "cluster group on node").detail();
        let on = self.implied(on, group.name.span);
        let server = self.server(owner);
        self.graph_server(on, server);
        self.need(
            Requirement::run(on, server)
                .why("the group stands on this node", "")
                .at(group.name.span),
        );
        self.group_on.insert((id, owner), on);
        on
    }

    /// The network name stands for name and address; what serves clients needs it.
    fn names_of_group(
        &mut self,
        id: Id<ClusterGroup>,
        group: &ClusterGroup,
        component: ComponentId,
    ) {
        let Some(name) = &group.network_name else { return };
        let node = Component::derived(&name.value, "cluster network name");
        let network_name = self.implied(node, name.span);
        self.need(
            Requirement::run(network_name, component)
                .why("the name moves with its group", CLUSTER_SOURCE)
                .at(name.span),
        );
        self.network_names.insert(id, network_name);
    }

    fn resource(
        &mut self,
        id: Id<ClusterGroup>,
        group: &ClusterGroup,
        resource: &Resource,
        owners: &[Id<Server>],
    ) {
        if resource.kind == ResourceKind::BiztalkHost {
            return; // the host says so itself, by `clustered_in`
        }
        let label = format!("{}@{}", resource.name.value, self.topology.group_name(id));
        let clustered = Component::derived(&label, resource_kind(resource.kind));
        let component = self.implied(clustered, resource.name.span);
        let carrier = self.of(Element::Group(id));
        self.need(
            Requirement::run(component, carrier)
                .why("the resource moves with its group", CLUSTER_SOURCE)
                .at(resource.name.span),
        );
        self.resources.insert((id, resource.kind), component);
        if resource.kind == ResourceKind::Entsso {
            self.sso_groups.push(id);
        }
        for &owner in owners {
            let process = self.process_on(&label, "clustered service", owner, resource.name.span);
            self.resource_on.insert((id, resource.kind, owner), process);
            self.group_on_needs(id, owner, process, group.name.span);
        }
    }

    /// A clustered program as it runs on one node.
    pub(super) fn process_on(
        &mut self,
        label: &str,
        kind: &'static str,
        owner: Id<Server>,
        span: Span,
    ) -> ComponentId {
        let name = format!("{label}@{}", self.server_name(owner));
        let process = self.implied(Component::basic(name, kind).detail(), span);
        let server = self.server(owner);
        self.graph_server(process, server);
        self.need(Requirement::run(process, server).why("it runs on this node", "").at(span));
        process
    }

    /// A monitored program that fails on a node makes the whole group leave it.
    pub(super) fn group_on_needs(
        &mut self,
        id: Id<ClusterGroup>,
        owner: Id<Server>,
        process: ComponentId,
        span: Span,
    ) {
        let Some(&on) = self.group_on.get(&(id, owner)) else { return };
        self.need(
            Requirement::run(on, process)
                .why(
                    "all resources of a group stand on the same node and move together",
                    CLUSTER_SOURCE,
                )
                .at(span),
        );
    }

    /// A clustered resource of that kind: in the group itself, or anywhere on its cluster.
    pub(super) fn clustered_resource(
        &self,
        group: Id<ClusterGroup>,
        kind: ResourceKind,
    ) -> Option<ComponentId> {
        if let Some(&own) = self.resources.get(&(group, kind)) {
            return Some(own);
        }
        let cluster = self.topology.cluster_groups[group].cluster;
        let siblings = &self.topology.clusters[cluster].groups;
        siblings.iter().find_map(|&sibling| self.resources.get(&(sibling, kind)).copied())
    }
}

fn resource_kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Msdtc => "clustered MSDTC",
        ResourceKind::Msmq => "clustered Message Queuing",
        ResourceKind::Entsso => "clustered Enterprise SSO service",
        ResourceKind::W3svc => "clustered IIS",
        ResourceKind::SqlAgent => "clustered SQL Server Agent",
        ResourceKind::BiztalkHost | ResourceKind::Other => "cluster resource",
    }
}
