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
use crate::graph::{Component, ComponentId, Function, FunctionRole, Requirement, RequirementKind};
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
        let endpoint = |name: &Name, kind: &'static str, enabled: bool| {
            let component = Component::derived(&name.value, kind);
            match enabled {
                true => Component { function: MAIN, ..component },
                false => Component { nature: crate::graph::Nature::Down, ..component },
            }
        };
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
        let mut found = [false; 2];
        for &database in &databases {
            let model = &self.topology.databases[database];
            let (index, why) = match model.role {
                DatabaseRole::Management => {
                    (0, "all configuration of the group is read from the management database")
                }
                DatabaseRole::Messagebox => (
                    1,
                    "every message and its routing lives in a MessageBox, and none is a copy of another",
                ),
                _ => continue,
            };
            found[index] = true;
            let provider = self.of(Element::Database(database));
            self.need(
                Requirement::run(runtime, provider).why(why, DATABASES_SOURCE).at(model.name.span),
            );
        }
        if found != [true, true] {
            self.grant(
                &group.name.value,
                "where its management database and MessageBox are; SQL Server is not judged for them",
                Some(group.name.span),
            );
        }
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

    fn databases_of(&self, group: &BiztalkGroup) -> Vec<Id<Database>> {
        self.topology.databases_of(group)
    }

    /// Changes need what they write to; running work does not.
    fn administration(&mut self, group: &'t BiztalkGroup, parts: &GroupParts) {
        let admin = Component {
            function: Some(Function { role: FunctionRole::Admin, gradual: false }),
            ..Component::derived(
                format!("administration of {}", group.name.value),
                "administration",
            )
        };
        let admin = self.implied(admin.detail(), group.name.span);
        let config = |provider, why, source| {
            Requirement::run(admin, provider)
                .kind(RequirementKind::Config)
                .why(why, source)
                .at(group.name.span)
        };
        let mut needs = vec![config(
            parts.runtime,
            "the administration console reads and writes the management database",
            "C/troubleshooting-biztalk-server-administration",
        )];
        for &master in &parts.masters {
            needs.push(config(
                master,
                "new port, adapter and SSO settings are encrypted with the master secret",
                "C/high-availability-for-enterprise-single-sign-on",
            ));
        }
        for &database in &parts.sso_databases {
            needs.push(config(
                database,
                "port and adapter settings are stored in the SSO database",
                "T/planning-for-single-sign-on",
            ));
        }
        for need in needs {
            self.need(need);
        }
    }
}

const MAIN: Option<Function> = Some(Function { role: FunctionRole::Main, gradual: false });
