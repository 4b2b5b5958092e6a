//! A host that is a resource of a cluster group: one active instance, moved with its group.

use super::{
    Build, DTC_SOURCE, GroupParts, depends_on_sso, first_of_each, runs_in_iis,
    works_from_databases, writes_in_transactions,
};
use crate::expand::LocalService;
use crate::expand::biztalk::sso::{SSO_GRACE, SSO_GRACE_SOURCE};
use crate::graph::{ComponentId, Requirement, RequirementKind};
use crate::model::*;
use crate::source::Span;

const CLUSTER_SOURCE: &str = "C/how-to-configure-a-biztalk-host-as-a-cluster-resource1";

impl<'t> Build<'t> {
    /// The group carries the host: one active instance, started elsewhere when its node is lost.
    pub(super) fn clustered_host(
        &mut self,
        id: Id<Host>,
        host: &'t Host,
        cluster_group: Ref<ClusterGroup>,
        parts: &GroupParts,
    ) {
        let owners = self.topology.owners(cluster_group.value);
        let component = self.of(Element::Host(id));
        let mut instances = self.instances_on_owners(id, host, cluster_group.value, parts);
        for &owner in &owners {
            if !instances.iter().any(|&(server, _)| server == owner) {
                self.cannot_stand_on(owner, cluster_group.value, host.name.span);
            }
        }
        instances.sort_by_key(|(server, _)| owners.iter().position(|owner| owner == server));
        let providers = instances.into_iter().map(|(_, instance)| instance).collect();
        self.need(one_active(component, providers).at(cluster_group.span));
        let moves_sso = owners.iter().any(|&owner| self.clustered_sso_of(owner).is_some());
        if !moves_sso {
            self.disputed_secret(component, parts, cluster_group.span);
        }
        self.clustered_host_needs(component, cluster_group, parts);
        if moves_sso {
            self.secret_at_each_move(component, parts, cluster_group.span);
        }
        if let Some(&first) = owners.first() {
            self.clustered_sso_as_a_whole(component, first, parts, cluster_group.span);
        }
    }

    /// Every enabled instance is added; those on an owner of the group can carry the host.
    fn instances_on_owners(
        &mut self,
        id: Id<Host>,
        host: &'t Host,
        group: Id<ClusterGroup>,
        parts: &GroupParts,
    ) -> Vec<(Id<Server>, ComponentId)> {
        let owners = self.topology.owners(group);
        let mut instances = Vec::with_capacity(owners.len());
        for placed in first_of_each(&host.instances) {
            let node = self.instance_component(host, placed.value, "clustered host instance");
            let instance = self.add_instance(id, placed.value, node, placed.span);
            if owners.contains(&placed.value) {
                self.clustered_instance_needs(instance, host, placed, parts);
                self.group_on_needs(group, placed.value, instance, placed.span);
                instances.push((placed.value, instance));
            }
        }
        instances
    }

    fn cannot_stand_on(&mut self, owner: Id<Server>, group: Id<ClusterGroup>, span: Span) {
        let Some(&on) = self.group_on.get(&(group, owner)) else { return };
        self.need(
            Requirement::some(on, 1, Vec::new())
                .why("a host of the group has no enabled instance on this node", CLUSTER_SOURCE)
                .at(span),
        );
    }

    /// Only what the node itself gives: what the whole group needs is stated once, on the host.
    fn clustered_instance_needs(
        &mut self,
        instance: ComponentId,
        host: &Host,
        placed: &Ref<Server>,
        parts: &GroupParts,
    ) {
        let (server, span) = (placed.value, placed.span);
        let entsso = self.local_sso_or_resource(server, parts);
        self.need(depends_on_sso(instance, entsso).own_failure().at(span));
        if self.clustered_sso_of(server).is_none() {
            self.need(
                Requirement::run(instance, entsso)
                    .kind(RequirementKind::Start)
                    .why(
                        "it starts only beside a running ENTSSO, from the secret that this one has cached",
                        "T/clustering-the-master-secret-server",
                    )
                    .at(span),
            );
        }
        let msdtc = self.local(LocalService::Msdtc, server);
        self.need(writes_in_transactions(instance, msdtc).own_failure().at(span));
        if host.is_isolated() {
            let iis = self.local(LocalService::Iis, server);
            self.need(runs_in_iis(instance, iis).own_failure().at(span));
        }
    }

    fn clustered_host_needs(
        &mut self,
        component: ComponentId,
        cluster_group: Ref<ClusterGroup>,
        parts: &GroupParts,
    ) {
        let Ref { value: group, span } = cluster_group;
        let carrier = self.of(Element::Group(group));
        self.need(
            Requirement::run(component, carrier)
                .why("a clustered host runs wherever its group stands", CLUSTER_SOURCE)
                .at(span),
        );
        self.need(works_from_databases(component, parts.runtime).at(span));
        if let Some(&name) = self.network_names.get(&group) {
            let why = "the network name becomes a dependency of the clustered host";
            self.need(Requirement::run(component, name).why(why, CLUSTER_SOURCE).at(span));
        }
        if let Some(msdtc) = self.clustered_resource(group, ResourceKind::Msdtc) {
            self.need(coordinates_there(component, msdtc).at(span));
        }
        for &database in &parts.sso_databases {
            let why = "ENTSSO on the node goes offline some minutes after losing the SSO database";
            let need = Requirement::run(component, database).with_grace(SSO_GRACE);
            self.need(need.why(why, SSO_GRACE_SOURCE).at(span));
        }
    }

    fn secret_at_each_move(&mut self, component: ComponentId, parts: &GroupParts, span: Span) {
        for &master in &parts.masters {
            self.need(
                Requirement::run(component, master)
                    .kind(RequirementKind::Start)
                    .why(
                        "the SSO service moves and starts with the group, and needs the master secret for that",
                        "T/clustering-the-master-secret-server",
                    )
                    .at(span),
            );
        }
    }
}

fn one_active(host: ComponentId, instances: Vec<ComponentId>) -> Requirement {
    Requirement::some(host, 1, instances).with_switchover().why(
        "one instance of a clustered host is active; the cluster starts another",
        CLUSTER_SOURCE,
    )
}

fn coordinates_there(host: ComponentId, msdtc: ComponentId) -> Requirement {
    Requirement::run(host, msdtc)
        .kind(RequirementKind::Transaction)
        .why("what runs in a cluster group coordinates its transactions there", DTC_SOURCE)
}
