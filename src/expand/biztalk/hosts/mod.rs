//! Hosts and their instances, clustered (`clustered.rs`) and not.

mod clustered;

use super::{Build, GroupParts};
use crate::expand::LocalService;
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;
use crate::source::Span;

const HOST_SOURCE: &str = "T/high-availability-for-biztalk-hosts";
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
        self.need(depends_on_sso(instance, entsso).at(span));
        self.clustered_sso_as_a_whole(instance, server, parts, span);
        let msdtc = self.local(LocalService::Msdtc, server);
        self.need(writes_in_transactions(instance, msdtc).at(span));
        self.need(works_from_databases(instance, parts.runtime).at(span));
        self.disputed_secret(instance, parts, span);
        if host.is_isolated() {
            let iis = self.local(LocalService::Iis, server);
            self.need(runs_in_iis(instance, iis).at(span));
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

fn depends_on_sso(instance: ComponentId, entsso: ComponentId) -> Requirement {
    Requirement::run(instance, entsso).why(
        "BizTalk services depend on the Enterprise SSO service of their computer",
        "T/clustering-the-master-secret-server",
    )
}

fn writes_in_transactions(instance: ComponentId, msdtc: ComponentId) -> Requirement {
    Requirement::run(instance, msdtc)
        .kind(RequirementKind::Transaction)
        .why("every write to the MessageBox is a distributed transaction", DTC_SOURCE)
}

fn works_from_databases(dependent: ComponentId, runtime: ComponentId) -> Requirement {
    Requirement::run(dependent, runtime).why(
        "without management database and MessageBox an instance recycles until they return",
        SQL_LOSS_SOURCE,
    )
}

fn runs_in_iis(instance: ComponentId, iis: ComponentId) -> Requirement {
    Requirement::run(instance, iis).why(
        "the code of an isolated host runs in an IIS worker process",
        "C/world-wide-web-service-on-host-not-available",
    )
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
