//! SQL Server: standalone instances, failover cluster instances, availability groups.

use super::{Build, LocalService};
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;
use crate::source::Span;

const FCI_SOURCE: &str = "T/clustering-the-biztalk-server-databases2";
const AG_SOURCE: &str = "C/high-availability-using-sql-server-always-on-availability-groups";
const DTC_SOURCE: &str = "T/planning-for-high-availability2";

impl<'t> Build<'t> {
    pub(super) fn components_of_sql(&mut self) {
        let t = self.topology;
        for (id, instance) in t.sql_instances.iter() {
            let clustered = matches!(instance.on, Some(At { value: Carrier::Group(_), .. }));
            let (nature, kind) = match clustered {
                true => (Nature::Derived, "SQL failover cluster instance"),
                false => (Nature::Basic, "SQL Server instance"),
            };
            let component = Component { nature, ..Component::basic(&instance.name.value, kind) };
            self.define(component, Element::SqlInstance(id), &instance.name);
        }
        for (id, group) in t.availability_groups.iter() {
            let component = Component::derived(&group.name.value, "availability group");
            self.define(component, Element::AvailabilityGroup(id), &group.name);
        }
        for (id, database) in t.databases.iter() {
            let component = Component::derived(&database.name.value, "database");
            self.define(component, Element::Database(id), &database.name);
        }
    }

    pub(super) fn sql(&mut self) {
        let t = self.topology;
        for (id, instance) in t.sql_instances.iter() {
            self.sql_instance(self.of(Element::SqlInstance(id)), instance);
        }
        for (id, group) in t.availability_groups.iter() {
            self.availability_group(self.of(Element::AvailabilityGroup(id)), group);
        }
        for (id, database) in t.databases.iter() {
            self.database(self.of(Element::Database(id)), database);
        }
    }

    fn sql_instance(&mut self, component: ComponentId, instance: &'t SqlInstance) {
        match instance.on.map(|on| on.value) {
            Some(Carrier::Server(server)) => self.standalone(component, instance, server),
            Some(Carrier::Group(group)) => self.clustered_instance(component, instance, group),
            Some(Carrier::Storage(_)) | None => {}
        }
        self.files_of(component, instance);
        self.needs_of(component, &instance.needs);
    }

    fn database(&mut self, component: ComponentId, database: &Database) {
        let place = self.of(match database.place {
            DatabasePlace::Instance(id) => Element::SqlInstance(id),
            DatabasePlace::AvailabilityGroup(id) => Element::AvailabilityGroup(id),
        });
        self.need(
            Requirement::run(component, place)
                .why("the database is served there", "")
                .at(database.name.span),
        );
    }

    fn files_of(&mut self, component: ComponentId, instance: &'t SqlInstance) {
        for disk in &instance.disks {
            let storage = self.of(Element::Storage(disk.value));
            self.need(
                Requirement::run(component, storage).why("its files are there", "").at(disk.span),
            );
        }
    }

    fn standalone(
        &mut self,
        component: ComponentId,
        instance: &'t SqlInstance,
        server: Id<Server>,
    ) {
        let on = self.server(server);
        self.graph_server(component, on);
        let span = instance.on.map_or(instance.name.span, |on| on.span);
        self.need(Requirement::run(component, on).why("it runs on this server", "").at(span));
        if !self.is_replica(instance) || !instance.databases.is_empty() {
            let msdtc = self.local(LocalService::Msdtc, server);
            self.need(takes_part_in_transactions(component, msdtc).at(span));
        }
    }

    fn is_replica(&self, instance: &SqlInstance) -> bool {
        let replicas = self.topology.availability_groups.values().flat_map(|ag| &ag.replicas);
        replicas.into_iter().any(|replica| {
            std::ptr::eq(&self.topology.sql_instances[replica.instance.value], instance)
        })
    }

    fn clustered_instance(
        &mut self,
        component: ComponentId,
        instance: &'t SqlInstance,
        group: Id<ClusterGroup>,
    ) {
        let span = instance.on.map_or(instance.name.span, |on| on.span);
        self.carried_by_group(component, group, span);
        if self.topology.cluster_groups[group].disks.is_empty() && instance.disks.is_empty() {
            self.grant(
                &instance.name.value,
                "which shared disk holds its files; one that never fails is taken for granted",
                Some(span),
            );
        }
        let owners = self.topology.owners(group);
        for &owner in &owners {
            let label = &instance.name.value;
            let process = self.process_on(label, "SQL Server service", owner, span);
            self.group_on_needs(group, owner, process, span);
        }
        match self.clustered_resource(group, ResourceKind::Msdtc) {
            Some(msdtc) => self.need(takes_part_in_transactions(component, msdtc).at(span)),
            None => {
                let why = "this MSDTC is not a cluster resource: its failure stops the transactions of the \
                           clustered SQL Server, and the cluster does not move away from it";
                self.unmonitored(component, LocalService::Msdtc, &owners, span, why);
            }
        }
    }

    fn carried_by_group(&mut self, component: ComponentId, group: Id<ClusterGroup>, span: Span) {
        let carrier = self.of(Element::Group(group));
        self.need(
            Requirement::run(component, carrier)
                .why("a clustered instance runs wherever its group stands", FCI_SOURCE)
                .at(span),
        );
        if let Some(&name) = self.network_names.get(&group) {
            self.need(
                Requirement::run(component, name)
                    .why("clients reach a clustered instance by its network name", FCI_SOURCE)
                    .at(span),
            );
        }
    }

    /// A local service that the cluster does not watch: its own failure on the working
    /// owner is not covered by failover; on the next owner it is felt after a move.
    pub(super) fn unmonitored(
        &mut self,
        dependent: ComponentId,
        service: LocalService,
        owners: &[Id<Server>],
        span: Span,
        why: &'static str,
    ) {
        for (index, &owner) in owners.iter().enumerate() {
            let provider = self.local(service, owner);
            let kind = match (index, service) {
                (0, LocalService::Msdtc) => RequirementKind::Transaction,
                (0, _) => RequirementKind::Run,
                (1, _) => RequirementKind::Start,
                _ => continue, // it moves to the next owner, not to this one
            };
            self.need(
                Requirement::run(dependent, provider)
                    .kind(kind)
                    .own_failure()
                    .why(why, DTC_SOURCE)
                    .at(span),
            );
        }
        if owners.len() > 1 {
            self.stands_on_the_first(dependent, span);
        }
    }

    fn stands_on_the_first(&mut self, dependent: ComponentId, span: Span) {
        let name = self.graph.component(dependent).name.clone();
        self.assume(
            &name,
            "on which node it normally stands; the first preferred owner, or the first node, is taken",
            Some(span),
        );
    }

    fn availability_group(&mut self, component: ComponentId, group: &'t AvailabilityGroup) {
        let span = group.name.span;
        self.quorum_under(component, group);
        self.failover_as_read(group);
        let usable = self.usable_replicas(group);
        let providers =
            usable.iter().map(|r| self.of(Element::SqlInstance(r.instance.value))).collect();
        self.need(
            Requirement::some(component, 1, providers)
                .with_switchover()
                .why(
                    "a synchronous replica with automatic failover takes over from the primary",
                    AG_SOURCE,
                )
                .at(span),
        );
        let nodes: Vec<Id<Server>> =
            usable.iter().filter_map(|replica| self.server_of(replica)).collect();
        let why = "the databases take part in distributed transactions through the MSDTC of the primary's \
                   computer, which the availability group does not watch";
        self.unmonitored(component, LocalService::Msdtc, &nodes, span, why);
    }

    fn quorum_under(&mut self, component: ComponentId, group: &AvailabilityGroup) {
        let Some(cluster) = group.cluster else {
            self.grant(
                &group.name.value,
                "on which cluster it stands; losing the quorum is not judged",
                Some(group.name.span),
            );
            return;
        };
        let provider = self.of(Element::Cluster(cluster.value));
        self.need(
            Requirement::run(component, provider)
                .why("an availability group goes offline when its cluster loses quorum", AG_SOURCE)
                .at(cluster.span),
        );
    }

    /// How replicas that do not say it are taken to commit and to fail over.
    fn failover_as_read(&mut self, group: &AvailabilityGroup) {
        let (name, span) = (&group.name.value, Some(group.name.span));
        if group.replicas.iter().any(|replica| replica.failover.is_none() && takes_over(replica)) {
            self.grant(
                name,
                "whether failover to every synchronous replica is automatic; it is taken that it is",
                span,
            );
        }
        if group.replicas.iter().any(|replica| replica.commit.is_none()) {
            self.assume(
                name,
                "whether every replica commits synchronously; one that does not say so takes nothing over",
                span,
            );
        }
    }

    /// The primary, and what takes over from it: both sides must commit synchronously and
    /// fail over by themselves, and a site that waits for a disaster takes nothing over.
    fn usable_replicas(&self, group: &'t AvailabilityGroup) -> Vec<&'t Replica> {
        let Some((primary, others)) = group.replicas.split_first() else { return Vec::new() };
        let mut usable = vec![primary];
        if takes_over(primary) {
            usable.extend(
                others.iter().filter(|replica| takes_over(replica) && !self.is_standby(replica)),
            );
        }
        usable
    }

    fn is_standby(&self, replica: &Replica) -> bool {
        self.server_of(replica).is_some_and(|server| self.standby.contains(&server))
    }

    /// Its computer, when the instance is not clustered.
    fn server_of(&self, replica: &Replica) -> Option<Id<Server>> {
        match self.topology.sql_instances[replica.instance.value].on?.value {
            Carrier::Server(server) => Some(server),
            Carrier::Group(_) | Carrier::Storage(_) => None,
        }
    }
}

fn takes_part_in_transactions(instance: ComponentId, msdtc: ComponentId) -> Requirement {
    Requirement::run(instance, msdtc)
        .kind(RequirementKind::Transaction)
        .why("SQL Server takes part in distributed transactions through MSDTC", DTC_SOURCE)
}

/// Only a replica that is stated to be synchronous, and not stated to fail over by hand.
fn takes_over(replica: &Replica) -> bool {
    let synchronous = replica.commit.is_some_and(|commit| commit.value == Commit::Synchronous);
    let manual = replica.failover.is_some_and(|failover| failover.value == Failover::Manual);
    synchronous && !manual
}
