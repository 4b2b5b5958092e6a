//! Hosts and their instances, clustered and not.

use super::{Build, GroupParts, sso};
use crate::expand::LocalService;
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;
use crate::source::Span;

const HOST_SOURCE: &str = "T/high-availability-for-biztalk-hosts";
const CLUSTER_SOURCE: &str = "C/how-to-configure-a-biztalk-host-as-a-cluster-resource1";
const DTC_SOURCE: &str = "T/planning-for-high-availability2";
const SQL_LOSS_SOURCE: &str =
    "C/behavior-of-biztalk-server-host-instances-during-sql-server-failover";
/// Default lifetime of a policy in the rule engine's cache.
const RULE_CACHE: &str = "until its cached policies expire (1 hour by default)";

impl<'t> Build<'t> {
    pub(super) fn hosts(&mut self, group: &'t BiztalkGroup, parts: &GroupParts) {
        for &id in &group.hosts {
            let host = &self.topology.hosts[id];
            if host.placeholder {
                let text = "which hosts it stands in for; it is taken as one";
                self.assume(&host.name.value, text, Some(host.name.span));
            }
            self.disabled_instances(id, host);
            match host.clustered_in {
                Some(cluster_group) => self.clustered_host(id, host, cluster_group, parts),
                None => self.unclustered_host(id, host, parts),
            }
            let component = self.of(Element::Host(id));
            self.released_by_agent(component, host, parts);
            self.needs_of(component, &host.needs);
            if self.calls_rules(group, host) {
                self.rules_of(component, group, host);
            }
        }
    }

    fn disabled_instances(&mut self, id: Id<Host>, host: &'t Host) {
        for instance in &host.disabled_instances {
            if host.enabled_servers().contains(&instance.value) {
                continue; // listed as both: counted where it is listed as enabled
            }
            let component = Component {
                nature: Nature::Down,
                ..self.instance_component(host, instance.value, "disabled host instance")
            };
            self.add_instance(id, instance.value, component, instance.span);
        }
    }

    fn instance_component(&self, host: &Host, server: Id<Server>, kind: &'static str) -> Component {
        let name = format!("{}@{}", host.name.value, self.server_name(server));
        Component { workload: true, ..Component::basic(name, kind) }
    }

    fn add_instance(
        &mut self,
        host: Id<Host>,
        server: Id<Server>,
        component: Component,
        span: Span,
    ) -> ComponentId {
        let instance = self.implied(component, span);
        let on = self.server(server);
        self.graph_server(instance, on);
        self.need(Requirement::run(instance, on).why("it runs on this server", "").at(span));
        self.instances.insert((host, server), instance);
        instance
    }

    fn instance_kind(host: &Host) -> &'static str {
        if host.is_isolated() { "isolated host instance" } else { "host instance" }
    }

    fn unclustered_host(&mut self, id: Id<Host>, host: &'t Host, parts: &GroupParts) {
        let mut instances = Vec::with_capacity(host.instances.len());
        for placed in first_of_each(&host.instances) {
            let component = self.instance_component(host, placed.value, Self::instance_kind(host));
            let idle = self.sso_stands_elsewhere(placed.value);
            let nature = if idle { Nature::Down } else { Nature::Basic };
            let component = Component { nature, ..component };
            let instance = self.add_instance(id, placed.value, component, placed.span);
            self.instance_needs(instance, host, placed, parts);
            if !self.standby.contains(&placed.value) {
                instances.push(instance); // one that waits for a disaster is no redundancy
            }
        }
        let component = self.of(Element::Host(id));
        self.need(
            Requirement::some(component, 1, instances)
                .why(
                    "instances of one host take work from the same queue; any one carries on",
                    HOST_SOURCE,
                )
                .at(host.name.span),
        );
    }

    fn instance_needs(
        &mut self,
        instance: ComponentId,
        host: &Host,
        placed: &Ref<Server>,
        parts: &GroupParts,
    ) {
        let (server, span) = (placed.value, placed.span);
        let entsso = self.local_sso_or_resource(server, parts);
        self.need(
            Requirement::run(instance, entsso)
                .why(
                    "BizTalk services depend on the Enterprise SSO service of their computer",
                    "T/clustering-the-master-secret-server",
                )
                .at(span),
        );
        self.clustered_sso_as_a_whole(instance, server, parts, span);
        let msdtc = self.local(LocalService::Msdtc, server);
        self.need(
            Requirement::run(instance, msdtc)
                .kind(RequirementKind::Transaction)
                .why("every write to the MessageBox is a distributed transaction", DTC_SOURCE)
                .at(span),
        );
        self.need(
            Requirement::run(instance, parts.runtime)
                .why(
                    "without management database and MessageBox an instance recycles until they return",
                    SQL_LOSS_SOURCE,
                )
                .at(span),
        );
        self.disputed_secret(instance, parts, span);
        if host.is_isolated() {
            let iis = self.local(LocalService::Iis, server);
            self.need(
                Requirement::run(instance, iis)
                    .why(
                        "the code of an isolated host runs in an IIS worker process",
                        "C/world-wide-web-service-on-host-not-available",
                    )
                    .at(span),
            );
        }
    }

    /// One list on one page says that restarting a host instance drops the cached secret too.
    fn disputed_secret(&mut self, instance: ComponentId, parts: &GroupParts, span: Span) {
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

    /// The local service, or the clustered one where ENTSSO is a cluster resource.
    fn local_sso_or_resource(&mut self, server: Id<Server>, parts: &GroupParts) -> ComponentId {
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
    fn clustered_sso_as_a_whole(
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
                    .with_grace(sso::SSO_GRACE)
                    .why(
                        "ENTSSO goes offline some minutes after losing the SSO database",
                        "C/single-sign-on-event-10590",
                    )
                    .at(span),
            );
        }
    }

    /// The group in which ENTSSO is clustered on this node, and the node where it normally stands.
    fn clustered_sso_of(&self, server: Id<Server>) -> Option<(Id<ClusterGroup>, Id<Server>)> {
        self.sso_groups.iter().find_map(|&id| {
            let owners = self.topology.owners(id);
            owners.contains(&server).then(|| Some((id, *owners.first()?)))?
        })
    }

    /// An unclustered instance cannot work on a node while the clustered ENTSSO is on another.
    fn sso_stands_elsewhere(&mut self, server: Id<Server>) -> bool {
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

    /// The group carries the host: one active instance, started elsewhere when its node is lost.
    fn clustered_host(
        &mut self,
        id: Id<Host>,
        host: &'t Host,
        cluster_group: Ref<ClusterGroup>,
        parts: &GroupParts,
    ) {
        let owners = self.topology.owners(cluster_group.value);
        let component = self.of(Element::Host(id));
        let mut instances = Vec::with_capacity(owners.len());
        for placed in first_of_each(&host.instances) {
            let node = self.instance_component(host, placed.value, "clustered host instance");
            let instance = self.add_instance(id, placed.value, node, placed.span);
            if owners.contains(&placed.value) {
                self.clustered_instance_needs(instance, host, placed, parts);
                self.group_on_needs(cluster_group.value, placed.value, instance, placed.span);
                instances.push((placed.value, instance));
            }
        }
        for &owner in &owners {
            let carried = instances.iter().any(|&(server, _)| server == owner);
            if let (false, Some(&on)) = (carried, self.group_on.get(&(cluster_group.value, owner)))
            {
                self.need(
                    Requirement::some(on, 1, Vec::new())
                        .why(
                            "a host of the group has no enabled instance on this node",
                            CLUSTER_SOURCE,
                        )
                        .at(host.name.span),
                );
            }
        }
        instances.sort_by_key(|(server, _)| owners.iter().position(|owner| owner == server));
        let providers = instances.into_iter().map(|(_, instance)| instance).collect();
        self.need(
            Requirement::some(component, 1, providers)
                .with_switchover()
                .why(
                    "one instance of a clustered host is active; the cluster starts another",
                    CLUSTER_SOURCE,
                )
                .at(cluster_group.span),
        );
        self.clustered_host_needs(component, cluster_group, parts);
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
        self.need(
            Requirement::run(instance, entsso)
                .own_failure()
                .why(
                    "BizTalk services depend on the Enterprise SSO service of their computer",
                    "T/clustering-the-master-secret-server",
                )
                .at(span),
        );
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
        self.need(
            Requirement::run(instance, msdtc)
                .kind(RequirementKind::Transaction)
                .own_failure()
                .why("every write to the MessageBox is a distributed transaction", DTC_SOURCE)
                .at(span),
        );
        if host.is_isolated() {
            let iis = self.local(LocalService::Iis, server);
            self.need(
                Requirement::run(instance, iis)
                    .own_failure()
                    .why(
                        "the code of an isolated host runs in an IIS worker process",
                        "C/world-wide-web-service-on-host-not-available",
                    )
                    .at(span),
            );
        }
    }

    fn clustered_host_needs(
        &mut self,
        component: ComponentId,
        cluster_group: Ref<ClusterGroup>,
        parts: &GroupParts,
    ) {
        let span = cluster_group.span;
        let carrier = self.of(Element::Group(cluster_group.value));
        let mut needs = vec![
            Requirement::run(component, carrier)
                .why("a clustered host runs wherever its group stands", CLUSTER_SOURCE),
            Requirement::run(component, parts.runtime).why(
                "without management database and MessageBox an instance recycles until they return",
                SQL_LOSS_SOURCE,
            ),
        ];
        if let Some(&name) = self.network_names.get(&cluster_group.value) {
            needs.push(Requirement::run(component, name).why(
                "the network name becomes a dependency of the clustered host",
                CLUSTER_SOURCE,
            ));
        }
        if let Some(msdtc) = self.clustered_resource(cluster_group.value, ResourceKind::Msdtc) {
            needs.push(Requirement::run(component, msdtc).kind(RequirementKind::Transaction).why(
                "what runs in a cluster group coordinates its transactions there",
                DTC_SOURCE,
            ));
        }
        for &database in &parts.sso_databases {
            needs.push(Requirement::run(component, database).with_grace(sso::SSO_GRACE).why(
                "ENTSSO on the node goes offline some minutes after losing the SSO database",
                "C/single-sign-on-event-10590",
            ));
        }
        let owners = self.topology.owners(cluster_group.value);
        if owners.iter().any(|&owner| self.clustered_sso_of(owner).is_some()) {
            for &master in &parts.masters {
                needs.push(Requirement::run(component, master).kind(RequirementKind::Start).why(
                    "the SSO service moves and starts with the group, and needs the master secret for that",
                    "T/clustering-the-master-secret-server",
                ));
            }
        } else {
            self.disputed_secret(component, parts, span);
        }
        for need in needs {
            self.need(need.at(span));
        }
        if let Some(&first) = owners.first() {
            self.clustered_sso_as_a_whole(component, first, parts, span);
        }
    }

    /// What a dead instance had claimed is handed over by a job of SQL Server Agent.
    fn released_by_agent(&mut self, component: ComponentId, host: &Host, parts: &GroupParts) {
        for &agent in &parts.agents {
            self.need(
                Requirement::run(component, agent)
                    .kind(RequirementKind::Soft)
                    .why(
                        "a SQL Agent job releases what a dead instance had claimed; without it that work \
                         waits",
                        "C/database-structure-and-jobs",
                    )
                    .at(host.name.span),
            );
        }
    }

    fn calls_rules(&self, group: &BiztalkGroup, host: &Host) -> bool {
        let says = |flag: Option<At<bool>>| flag.is_some_and(|flag| flag.value);
        let by_orchestration = group.orchestrations.iter().any(|&id| {
            let orchestration = &self.topology.orchestrations[id];
            says(orchestration.calls_rules)
                && std::ptr::eq(&self.topology.hosts[orchestration.host.value], host)
        });
        says(host.calls_rules) || by_orchestration
    }

    fn rules_of(&mut self, component: ComponentId, group: &'t BiztalkGroup, host: &'t Host) {
        for database in self.databases_of(group) {
            if self.topology.databases[database].role != DatabaseRole::Rules {
                continue;
            }
            let provider = self.of(Element::Database(database));
            self.need(
                Requirement::run(component, provider)
                    .with_grace(RULE_CACHE)
                    .why(
                        "a host that fetches a policy while the rule store is gone shuts itself down",
                        "C/database-failover-support",
                    )
                    .at(host.name.span),
            );
        }
    }
}

/// A host has one instance per server, however often the file lists it.
fn first_of_each(instances: &[Ref<Server>]) -> Vec<&Ref<Server>> {
    let mut kept: Vec<&Ref<Server>> = Vec::with_capacity(instances.len());
    for instance in instances {
        if !kept.iter().any(|known| known.value == instance.value) {
            kept.push(instance);
        }
    }
    kept
}
