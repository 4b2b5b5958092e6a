//! Enterprise Single Sign-On: the database, the master secret server, the local services.

use super::{Build, GroupParts};
use crate::expand::LocalService;
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;
use crate::source::Span;

const MSS_SOURCE: &str = "T/clustering-the-master-secret-server";

/// How long ENTSSO answers after it lost its database.
pub(super) const SSO_GRACE: &str = "about 5 minutes";
pub(super) const SSO_GRACE_SOURCE: &str = "C/single-sign-on-event-10590";

/// What the master secret server on a server or in a cluster group is called.
pub fn master_name(place: &str) -> String {
    format!("MSS@{place}")
}

impl<'t> Build<'t> {
    pub(super) fn sso_databases(
        &self,
        group: &BiztalkGroup,
        databases: &[Id<Database>],
    ) -> Vec<ComponentId> {
        if let Some(named) = group.sso_database {
            return vec![self.of(Element::Database(named.value))];
        }
        databases
            .iter()
            .filter(|&&id| self.topology.databases[id].role == DatabaseRole::Sso)
            .map(|&id| self.of(Element::Database(id)))
            .collect()
    }

    /// The master secret servers of a group; a product rule wants exactly one.
    pub(super) fn masters(
        &mut self,
        group: &'t BiztalkGroup,
        sso_databases: &[ComponentId],
    ) -> Vec<ComponentId> {
        if group.master_secret_servers.is_empty() {
            self.grant(
                &group.name.value,
                "which computer is the master secret server; its loss is not judged",
                Some(group.name.span),
            );
        }
        let masters: Vec<ComponentId> = group
            .master_secret_servers
            .iter()
            .map(|place| match place.value {
                Carrier::Group(id) => self.clustered_master(id, place.span),
                Carrier::Server(id) => self.single_master(id, place.span),
                Carrier::Storage(_) => self.carrier(place.value),
            })
            .collect();
        for (&master, place) in masters.iter().zip(&group.master_secret_servers) {
            self.works_with_sso_database(master, sso_databases, place.span);
        }
        masters
    }

    fn works_with_sso_database(
        &mut self,
        master: ComponentId,
        sso_databases: &[ComponentId],
        span: Span,
    ) {
        for &database in sso_databases {
            self.need(
                Requirement::run(master, database)
                    .with_grace(SSO_GRACE)
                    .why("the master secret server works with the SSO database", MSS_SOURCE)
                    .at(span),
            );
        }
    }

    fn single_master(&mut self, server: Id<Server>, span: Span) -> ComponentId {
        let name = master_name(self.server_name(server));
        if let Some(known) = self.graph.by_name(&name) {
            return known;
        }
        let master = self.implied(Component::basic(name, "master secret server"), span);
        let on = self.server(server);
        self.graph_server(master, on);
        let service = self.local(LocalService::Entsso, server);
        let msdtc = self.local(LocalService::Msdtc, server);
        self.need(
            Requirement::run(master, service)
                .why("the Enterprise SSO service of this computer serves the key", MSS_SOURCE)
                .at(span),
        );
        self.need(reached_in_transactions(master, msdtc).at(span));
        master
    }

    fn clustered_master(&mut self, group: Id<ClusterGroup>, span: Span) -> ComponentId {
        let name = master_name(&self.topology.group_name(group));
        if let Some(known) = self.graph.by_name(&name) {
            return known;
        }
        let master =
            Component { nature: Nature::Derived, ..Component::basic(name, "master secret server") };
        let master = self.implied(master, span);
        let known = self.resources.get(&(group, ResourceKind::Entsso)).copied();
        let service = known.unwrap_or_else(|| self.implied_entsso(group, span));
        self.need(
            Requirement::run(master, service)
                .why("the clustered Enterprise SSO service serves the key", MSS_SOURCE)
                .at(span),
        );
        if let Some(&name) = self.network_names.get(&group) {
            self.need(
                Requirement::run(master, name)
                    .why("the other SSO servers know it by its network name", MSS_SOURCE)
                    .at(span),
            );
        }
        self.master_msdtc(master, group, span);
        master
    }

    /// `master_secret_server: CLUSTER/GROUP` says that ENTSSO is a resource there.
    fn implied_entsso(&mut self, group: Id<ClusterGroup>, span: Span) -> ComponentId {
        let group_name = self.topology.group_name(group);
        self.grant(
            &group_name,
            "whether ENTSSO is a resource of it; that the master secret server is named there is \
             taken to say so",
            Some(span),
        );
        let label = format!("entsso@{group_name}");
        let resource = Component::derived(&label, "clustered Enterprise SSO service");
        let resource = self.implied(resource, span);
        let carrier = self.of(Element::Group(group));
        self.need(
            Requirement::run(resource, carrier)
                .why("the resource moves with its group", MSS_SOURCE)
                .at(span),
        );
        for owner in self.topology.owners(group) {
            let process = self.process_on(&label, "clustered service", owner, span);
            self.group_on_needs(group, owner, process, span);
            self.resource_on.insert((group, ResourceKind::Entsso, owner), process);
        }
        self.resources.insert((group, ResourceKind::Entsso), resource);
        self.sso_groups.push(group);
        resource
    }

    fn master_msdtc(&mut self, master: ComponentId, group: Id<ClusterGroup>, span: Span) {
        match self.clustered_resource(group, ResourceKind::Msdtc) {
            Some(msdtc) => self.need(reached_in_transactions(master, msdtc).at(span)),
            None => {
                let owners = self.topology.owners(group);
                let why = "this MSDTC is not a cluster resource: its failure stops transactions towards the \
                           master secret server, and the cluster does not move away from it";
                self.unmonitored(master, LocalService::Msdtc, &owners, span, why);
            }
        }
    }

    /// The local service, or the clustered one where ENTSSO is a cluster resource.
    pub(super) fn local_sso_or_resource(
        &mut self,
        server: Id<Server>,
        parts: &GroupParts,
    ) -> ComponentId {
        match self.clustered_sso_of(server) {
            Some((group, _)) => self
                .resource_on
                .get(&(group, ResourceKind::Entsso, server))
                .copied()
                .unwrap_or_else(|| self.of(Element::Group(group))),
            None => self.local_sso(server, parts),
        }
    }

    /// Where ENTSSO is a cluster resource, its group, disks and quorum are needed as well,
    /// and what every SSO service needs.
    pub(super) fn clustered_sso_as_a_whole(
        &mut self,
        dependent: ComponentId,
        server: Id<Server>,
        parts: &GroupParts,
        span: Span,
    ) {
        let Some((group, _)) = self.clustered_sso_of(server) else { return };
        let Some(&resource) = self.resources.get(&(group, ResourceKind::Entsso)) else { return };
        self.need(
            Requirement::run(dependent, resource)
                .why(
                    "BizTalk services depend on the Enterprise SSO service, which is a cluster resource here",
                    "C/considerations-for-installing-biztalk-server-on-a-windows-server-cluster2",
                )
                .at(span),
        );
        for &database in &parts.sso_databases {
            self.need(
                Requirement::run(dependent, database)
                    .with_grace(SSO_GRACE)
                    .why(
                        "ENTSSO goes offline some minutes after losing the SSO database",
                        SSO_GRACE_SOURCE,
                    )
                    .at(span),
            );
        }
    }

    /// The group in which ENTSSO is clustered on this node, and the node where it normally stands.
    pub(super) fn clustered_sso_of(
        &self,
        server: Id<Server>,
    ) -> Option<(Id<ClusterGroup>, Id<Server>)> {
        self.sso_groups.iter().find_map(|&id| {
            let owners = self.topology.owners(id);
            owners.contains(&server).then(|| Some((id, *owners.first()?)))?
        })
    }

    /// An unclustered instance cannot work on a node while the clustered ENTSSO is on another.
    pub(super) fn sso_stands_elsewhere(&mut self, server: Id<Server>) -> bool {
        let Some((_, normally_on)) = self.clustered_sso_of(server) else { return false };
        if normally_on == server {
            return false;
        }
        self.assume(
            self.server_name(server),
            "how unclustered instances live beside a clustered SSO service; they are taken as stopped \
             while it stands on another node",
            Some(self.topology.servers[server].name.span),
        );
        true
    }

    /// One list on one page says that restarting a host instance drops the cached secret too.
    pub(super) fn disputed_secret(
        &mut self,
        instance: ComponentId,
        parts: &GroupParts,
        span: Span,
    ) {
        for &master in &parts.masters {
            self.need(
                Requirement::run(instance, master)
                    .kind(RequirementKind::Start)
                    .disputed(
                        "C/high-availability-for-enterprise-single-sign-on says that restarting a host \
                         instance drops the cached secret; T/planning-for-high-availability2 names only a \
                         restart of ENTSSO",
                    )
                    .why(
                        "a restarted host instance may have to fetch the master secret",
                        "C/high-availability-for-enterprise-single-sign-on",
                    )
                    .at(span),
            );
        }
    }

    /// The SSO service of a BizTalk server: the database now, the master secret at the next start.
    pub(super) fn local_sso(&mut self, server: Id<Server>, parts: &GroupParts) -> ComponentId {
        let service = self.local(LocalService::Entsso, server);
        for &database in &parts.sso_databases {
            if !self.sso_links.insert((service, database)) {
                continue; // another host of the group on this server has said so
            }
            self.need(Requirement::run(service, database).with_grace(SSO_GRACE).why(
                "ENTSSO reads credentials and settings from the SSO database and goes offline some \
                     minutes after losing it",
                SSO_GRACE_SOURCE,
            ));
        }
        for &master in &parts.masters {
            if !self.sso_links.insert((service, master)) {
                continue;
            }
            let need = Requirement::run(service, master).kind(RequirementKind::Start).why(
                "ENTSSO fetches the master secret when it starts; afterwards it works from its cached copy",
                "T/high-availability-for-the-master-secret-server",
            );
            let fetches_from_itself = self.is_served_by(master, service);
            self.need(if fetches_from_itself { need.own_failure() } else { need });
        }
        service
    }

    /// The service that itself holds the key waits for no other, but where the key is not
    /// served it cannot start with it either.
    fn is_served_by(&self, master: ComponentId, service: ComponentId) -> bool {
        self.graph
            .requirements_of(master)
            .iter()
            .any(|&id| self.graph.requirement(id).providers.contains(&service))
    }
}

fn reached_in_transactions(master: ComponentId, msdtc: ComponentId) -> Requirement {
    Requirement::run(master, msdtc).kind(RequirementKind::Transaction).why(
        "the runtime needs transactions towards the master secret server",
        "T/planning-for-high-availability2",
    )
}
