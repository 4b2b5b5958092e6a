//! What the nouns of BizTalk Server imply.

pub mod adapters;
mod documented;
mod endpoints;
mod hosts;
mod side;
mod sso;

pub use self::sso::master_name;
use rustc_hash::FxHashSet;

use super::Build;
use crate::graph::{
    Component, ComponentId, Function, FunctionRole, Nature, Requirement, RequirementKind,
};
use crate::model::*;

const DATABASES_SOURCE: &str = "T/high-availability-for-databases";

/// The parts of one group that several of its components refer to.
struct GroupParts {
    /// Management database and MessageBoxes.
    runtime: ComponentId,
    masters: Vec<ComponentId>,
    sso_databases: Vec<ComponentId>,
    /// SQL Server Agent of each instance that carries a MessageBox.
    agents: Vec<ComponentId>,
}

impl<'t> Build<'t> {
    pub(super) fn components_of_biztalk(&mut self) {
        let t = self.topology;
        for (id, group) in t.biztalk.iter() {
            let component = Component::derived(&group.name.value, "BizTalk group");
            self.define(component, Element::BiztalkGroup(id), &group.name);
        }
        let with_work = self.hosts_with_work();
        for (id, host) in t.hosts.iter() {
            let kind = if host.is_isolated() { "isolated host" } else { "host" };
            let mut component = Component::derived(&host.name.value, kind);
            // A host that nothing is bound to is itself what the group is there for.
            if !with_work.contains(&id) && !host.is_tracking() {
                component.function = MAIN;
            }
            self.define(component, Element::Host(id), &host.name);
        }
        self.components_of_endpoints();
    }

    /// Hosts that something is bound to, found in one pass.
    fn hosts_with_work(&self) -> FxHashSet<Id<Host>> {
        let t = self.topology;
        let received = t.receive_locations.values().map(|location| location.host.value);
        let sent = t.send_ports.values().flat_map(|port| {
            let backup = port.backup.as_ref().and_then(|backup| backup.host);
            [Some(port.host.value), backup.map(|host| host.value)].into_iter().flatten()
        });
        let orchestrated = t.orchestrations.values().map(|orchestration| orchestration.host.value);
        received.chain(sent).chain(orchestrated).collect()
    }

    fn components_of_endpoints(&mut self) {
        let t = self.topology;
        for (id, location) in t.receive_locations.iter() {
            let component = endpoint(&location.name, "receive location", location.enabled);
            self.define(component, Element::ReceiveLocation(id), &location.name);
        }
        for (id, port) in t.send_ports.iter() {
            let component = endpoint(&port.name, "send port", port.enabled);
            self.define(component, Element::SendPort(id), &port.name);
        }
        for (id, orchestration) in t.orchestrations.iter() {
            let component = endpoint(&orchestration.name, "orchestration", orchestration.enabled);
            self.define(component, Element::Orchestration(id), &orchestration.name);
        }
    }

    pub(super) fn biztalk(&mut self) {
        let t = self.topology;
        for (id, group) in t.biztalk.iter() {
            let parts = self.group_parts(id, group);
            self.hosts(group, &parts);
            self.endpoints(group);
            self.side_functions(group, &parts.agents);
            self.administration(group, &parts);
        }
        if !t.biztalk.is_empty() {
            self.documented();
        }
    }

    fn group_parts(&mut self, id: Id<BiztalkGroup>, group: &'t BiztalkGroup) -> GroupParts {
        let runtime = self.of(Element::BiztalkGroup(id));
        let databases = self.databases_of(group);
        self.runtime_databases(runtime, group, &databases);
        let sso_databases = self.sso_databases(group, &databases);
        if sso_databases.is_empty() {
            self.grant(
                &group.name.value,
                "where its SSO database is; its loss is not judged",
                Some(group.name.span),
            );
        }
        let masters = self.masters(group, &sso_databases);
        let agents = self.agents(&databases);
        GroupParts { runtime, masters, sso_databases, agents }
    }

    fn runtime_databases(
        &mut self,
        runtime: ComponentId,
        group: &BiztalkGroup,
        databases: &[Id<Database>],
    ) {
        let t = self.topology;
        for &id in databases {
            let Some(why) = why_no_work_without(t.databases[id].role) else { continue };
            let provider = self.of(Element::Database(id));
            let span = t.databases[id].name.span;
            self.need(Requirement::run(runtime, provider).why(why, DATABASES_SOURCE).at(span));
        }
        let has = |role| databases.iter().any(|&id| t.databases[id].role == role);
        if !(has(DatabaseRole::Management) && has(DatabaseRole::Messagebox)) {
            self.grant(
                &group.name.value,
                "where its management database and MessageBox are; SQL Server is not judged for them",
                Some(group.name.span),
            );
        }
    }

    fn databases_of(&self, group: &BiztalkGroup) -> Vec<Id<Database>> {
        self.topology.databases_of(group)
    }

    /// Changes need what they write to; running work does not.
    fn administration(&mut self, group: &'t BiztalkGroup, parts: &GroupParts) {
        let name = format!("administration of {}", group.name.value);
        let function = Some(Function { role: FunctionRole::Admin, gradual: false });
        let admin = Component { function, ..Component::derived(name, "administration") };
        let admin = self.implied(admin.detail(), group.name.span);
        let needs = [
            (
                std::slice::from_ref(&parts.runtime),
                "the administration console reads and writes the management database",
                "C/troubleshooting-biztalk-server-administration",
            ),
            (
                &parts.masters,
                "new port, adapter and SSO settings are encrypted with the master secret",
                "C/high-availability-for-enterprise-single-sign-on",
            ),
            (
                &parts.sso_databases,
                "port and adapter settings are stored in the SSO database",
                "T/planning-for-single-sign-on",
            ),
        ];
        for (providers, why, source) in needs {
            for &provider in providers {
                let need = Requirement::run(admin, provider).kind(RequirementKind::Config);
                self.need(need.why(why, source).at(group.name.span));
            }
        }
    }
}

fn endpoint(name: &Name, kind: &'static str, enabled: bool) -> Component {
    let component = Component::derived(&name.value, kind);
    match enabled {
        true => Component { function: MAIN, ..component },
        false => Component { nature: Nature::Down, ..component },
    }
}

fn why_no_work_without(role: DatabaseRole) -> Option<&'static str> {
    match role {
        DatabaseRole::Management => {
            Some("all configuration of the group is read from the management database")
        }
        DatabaseRole::Messagebox => Some(
            "every message and its routing lives in a MessageBox, and none is a copy of another",
        ),
        _ => None,
    }
}

const MAIN: Option<Function> = Some(Function { role: FunctionRole::Main, gradual: false });
