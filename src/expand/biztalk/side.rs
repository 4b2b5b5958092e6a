//! Side functions: tracking, BAM, housekeeping. Documents flow without them.

use super::Build;
use crate::expand::LocalService;
use crate::graph::{
    Component, ComponentId, Function, FunctionRole, Nature, Requirement, RequirementKind,
};
use crate::model::*;

impl<'t> Build<'t> {
    pub(super) fn side_functions(&mut self, group: &'t BiztalkGroup, agents: &[ComponentId]) {
        let databases = self.databases_of(group);
        self.tracking(group, &databases);
        self.bam(group, &databases);
        self.housekeeping(group, agents);
        self.policies(group, &databases);
    }

    fn with_role(&self, databases: &[Id<Database>], roles: &[DatabaseRole]) -> Vec<ComponentId> {
        databases
            .iter()
            .filter(|&&id| roles.contains(&self.topology.databases[id].role))
            .map(|&id| self.of(Element::Database(id)))
            .collect()
    }

    fn side(&mut self, group: &BiztalkGroup, name: &str, gradual: bool) -> ComponentId {
        let several = self.topology.biztalk.len() > 1;
        let name =
            if several { format!("{name} of {}", group.name.value) } else { name.to_owned() };
        let function = Some(Function { role: FunctionRole::Side, gradual });
        let component = Component { function, ..Component::derived(name, "side function") };
        self.implied(component, group.name.span)
    }

    fn tracking_hosts(&self, group: &BiztalkGroup) -> Vec<ComponentId> {
        group
            .hosts
            .iter()
            .filter(|&&id| self.topology.hosts[id].is_tracking())
            .map(|&id| self.of(Element::Host(id)))
            .collect()
    }

    fn moved_by_tracking(&mut self, side: ComponentId, group: &BiztalkGroup) {
        let hosts = self.tracking_hosts(group);
        if hosts.is_empty() {
            return; // a rule of its own says so; the database alone is judged here
        }
        self.need(
            Requirement::some(side, 1, hosts)
                .why(
                    "a tracking host moves the data out of the MessageBox",
                    "T/configuring-a-dedicated-tracking-host",
                )
                .at(group.name.span),
        );
    }

    fn on_databases(
        &mut self,
        side: ComponentId,
        databases: Vec<ComponentId>,
        why: &'static str,
        source: &'static str,
    ) {
        for database in databases {
            self.need(Requirement::run(side, database).why(why, source));
        }
    }

    fn tracking(&mut self, group: &'t BiztalkGroup, databases: &[Id<Database>]) {
        let tracked = self.with_role(databases, &[DatabaseRole::Tracking]);
        let off = group.tracking.is_some_and(|tracking| !tracking.value);
        if off || (tracked.is_empty() && self.tracking_hosts(group).is_empty()) {
            return;
        }
        let side = self.side(group, "tracking", true);
        self.moved_by_tracking(side, group);
        let why = "history is kept there; without it the data piles up in the MessageBox";
        self.on_databases(side, tracked, why, "T/configuring-a-dedicated-tracking-host");
    }

    fn bam(&mut self, group: &'t BiztalkGroup, databases: &[Id<Database>]) {
        let primary = self.with_role(databases, &[DatabaseRole::BamPrimaryImport]);
        if !primary.is_empty() {
            let side = self.side(group, "BAM event collection", true);
            self.moved_by_tracking(side, group);
            let why = "events are collected there; lost ones cannot be made again";
            self.on_databases(side, primary.clone(), why, "T/high-availability-for-databases");
        }
        let roles = [DatabaseRole::BamAnalysis, DatabaseRole::BamStarSchema];
        let analysis = self.with_role(databases, &roles);
        if !analysis.is_empty() {
            let side = self.side(group, "BAM analysis", false);
            self.on_databases(side, analysis, "cubes are built from it", "C/scaled-out-databases");
        }
        let roles = [DatabaseRole::BamArchive, DatabaseRole::Ssisdb];
        let archive = self.with_role(databases, &roles);
        if !archive.is_empty() {
            let side = self.side(group, "BAM archiving", true);
            let why = "old events are moved with it; without it the primary import database grows";
            self.on_databases(side, archive, why, "C/scaled-out-databases");
        }
        self.portal(group, primary);
    }

    fn portal(&mut self, group: &'t BiztalkGroup, primary: Vec<ComponentId>) {
        let Some(bam) = group.bam.as_ref().filter(|bam| !bam.portal.is_empty()) else { return };
        let side = self.side(group, "BAM portal", false);
        let mut web: Vec<ComponentId> = Vec::with_capacity(bam.portal.len());
        for server in &bam.portal {
            web.push(self.local(LocalService::Iis, server.value));
        }
        let source = "C/how-to-configure-the-bam-portal-to-work-on-an-nlb-cluster";
        let requirement = match bam.behind {
            Some(_) => Requirement::some(side, 1, web),
            None => Requirement::all(side, web).shared_out(),
        };
        self.need(requirement.why("its pages are served there", source).at(bam.span));
        if let Some(balancer) = bam.behind {
            let provider = self.of(Element::LoadBalancer(balancer.value));
            self.need(
                Requirement::run(side, provider)
                    .why("users reach it there", source)
                    .at(balancer.span),
            );
        }
        self.on_databases(
            side,
            primary,
            "it shows what is collected there",
            "C/planning-for-the-bam-portal",
        );
    }

    /// SQL Server Agent of whatever carries a MessageBox.
    pub(super) fn agents(&mut self, databases: &[Id<Database>]) -> Vec<ComponentId> {
        let mut places: Vec<DatabasePlace> = Vec::new();
        for &id in databases {
            let database = &self.topology.databases[id];
            if database.role == DatabaseRole::Messagebox && !places.contains(&database.place) {
                places.push(database.place);
            }
        }
        places
            .into_iter()
            .map(|place| match place {
                DatabasePlace::Instance(instance) => self.agent(instance),
                DatabasePlace::AvailabilityGroup(group) => self.agent_of_group(group),
            })
            .collect()
    }

    /// The jobs run on the primary. The group does not leave it when its Agent stops, and
    /// after a move the Agent of the next replica must run.
    fn agent_of_group(&mut self, id: Id<AvailabilityGroup>) -> ComponentId {
        let group = &self.topology.availability_groups[id];
        let name = format!("SQL Agent ({})", group.name.value);
        if let Some(known) = self.graph.by_name(&name) {
            return known;
        }
        let span = group.name.span;
        let source = "C/database-structure-and-jobs";
        let agents = self.implied(Component::derived(name, "SQL Server Agent"), span);
        let carrier = self.of(Element::AvailabilityGroup(id));
        self.need(
            Requirement::run(agents, carrier).why("its jobs run on the primary", source).at(span),
        );
        for (index, replica) in group.replicas.iter().take(2).enumerate() {
            let agent = self.agent(replica.instance.value);
            let kind = if index == 0 { RequirementKind::Run } else { RequirementKind::Start };
            self.need(
                Requirement::run(agents, agent)
                    .kind(kind)
                    .own_failure()
                    .why("the availability group does not watch SQL Server Agent", source)
                    .at(replica.instance.span),
            );
        }
        agents
    }

    /// Clean-up, release of dead instances, backup.
    fn housekeeping(&mut self, group: &'t BiztalkGroup, agents: &[ComponentId]) {
        if agents.is_empty() {
            return;
        }
        let side = self.side(group, "SQL Agent jobs", true);
        self.need(
            Requirement::all(side, agents.to_vec())
                .why(
                    "it purges the MessageBox, releases the work of dead host instances and takes backups",
                    "C/database-structure-and-jobs",
                )
                .at(group.name.span),
        );
    }

    fn agent(&mut self, id: Id<SqlInstance>) -> ComponentId {
        let instance = &self.topology.sql_instances[id];
        let name = format!("SQL Agent ({})", instance.name.value);
        if let Some(known) = self.graph.by_name(&name) {
            return known;
        }
        if instance.agent.is_none() {
            self.grant(
                &instance.name.value,
                "whether SQL Server Agent runs; it is taken that it does, as one service",
                Some(instance.name.span),
            );
        }
        let (nature, protection) = nature_of_agent(instance);
        let agent = Component { nature, protection, ..Component::basic(name, "SQL Server Agent") };
        let agent = self.implied(agent, instance.name.span);
        let on = self.of(Element::SqlInstance(id));
        self.need(
            Requirement::run(agent, on)
                .why("it serves this instance", "C/database-structure-and-jobs"),
        );
        agent
    }

    /// Where rules are used but no host is known to call them, their loss is a side function's.
    fn policies(&mut self, group: &'t BiztalkGroup, databases: &[Id<Database>]) {
        let store = self.with_role(databases, &[DatabaseRole::Rules]);
        if store.is_empty() {
            return;
        }
        let side = self.side(group, "business rule updates", false);
        let why = "policies are fetched from the rule store";
        self.on_databases(side, store, why, "C/rule-engine-configuration-and-tuning-parameters");
    }
}

fn nature_of_agent(instance: &SqlInstance) -> (Nature, Option<&'static str>) {
    let clustered = matches!(instance.on, Some(At { value: Carrier::Group(_), .. }));
    match instance.agent.map(|agent| agent.value) {
        Some(AgentState::Stopped | AgentState::Absent) => (Nature::Down, None),
        Some(AgentState::Running) if clustered => {
            (Nature::Derived, Some("restarted by the cluster"))
        }
        Some(AgentState::Running) | None => (Nature::Basic, None),
    }
}
