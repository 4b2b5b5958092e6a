//! What a rule may ask.

use rustc_hash::FxHashMap;

use super::{Finding, Rule};
use crate::analysis::Analysis;
use crate::diagnostic::Label;
use crate::expand::Expansion;
use crate::expand::biztalk::adapters::{self, Mechanism, ReceiveNeed};
use crate::graph::ComponentId;
use crate::model::*;
use crate::text;

/// The model, the graph and the analysis of one topology, with the look-ups that
/// several rules need.
pub struct Context<'a> {
    pub topology: &'a Topology,
    pub expansion: &'a Expansion,
    pub analysis: &'a Analysis<'a>,
    received_by: FxHashMap<Id<Host>, Vec<Id<ReceiveLocation>>>,
    sent_by: FxHashMap<Id<Host>, Vec<Id<SendPort>>>,
    orchestrated_by: FxHashMap<Id<Host>, Vec<Id<Orchestration>>>,
}

impl<'a> Context<'a> {
    pub fn new(
        topology: &'a Topology,
        expansion: &'a Expansion,
        analysis: &'a Analysis<'a>,
    ) -> Context<'a> {
        let mut context = Context {
            topology,
            expansion,
            analysis,
            received_by: FxHashMap::default(),
            sent_by: FxHashMap::default(),
            orchestrated_by: FxHashMap::default(),
        };
        for (id, location) in topology.receive_locations.iter().filter(|(_, l)| l.enabled) {
            context.received_by.entry(location.host.value).or_default().push(id);
        }
        for (id, port) in topology.send_ports.iter().filter(|(_, p)| p.enabled) {
            context.sent_by.entry(port.host.value).or_default().push(id);
            let backup = port.backup.as_ref().and_then(|backup| backup.host);
            if let Some(host) = backup.filter(|host| host.value != port.host.value) {
                context.sent_by.entry(host.value).or_default().push(id);
            }
        }
        for (id, orchestration) in topology.orchestrations.iter().filter(|(_, o)| o.enabled) {
            context.orchestrated_by.entry(orchestration.host.value).or_default().push(id);
        }
        context
    }

    /// A finding about something defined, with nothing said about its place yet.
    pub fn finding(&self, rule: &'static Rule, element: Element, message: String) -> Finding {
        let component = self.component(element);
        let span = self.analysis.graph().component(component).span.unwrap_or(self.topology.span);
        Finding {
            rule,
            severity: rule.severity,
            subject: self.topology.element_name(element),
            element: Some(element),
            message,
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            help: None,
        }
    }

    pub fn component(&self, element: Element) -> ComponentId {
        self.expansion.graph.of_element(element).unwrap_or(ComponentId::new(0))
    }

    pub fn server_name(&self, id: Id<Server>) -> &'a str {
        &self.topology.servers[id].name.value
    }

    pub fn server_names(&self, ids: &[Id<Server>]) -> String {
        let names: Vec<&str> = ids.iter().map(|&id| self.server_name(id)).collect();
        text::short_list(&names, 6)
    }

    pub fn group_of(&self, host: &Host) -> &'a BiztalkGroup {
        &self.topology.biztalk[host.group]
    }

    /// Enabled receive locations of a host.
    pub fn received_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a ReceiveLocation> + '_ {
        let ids = self.received_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.receive_locations[id])
    }

    /// Started send ports that send through a host, by either transport.
    pub fn sent_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a SendPort> + '_ {
        let ids = self.sent_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.send_ports[id])
    }

    pub fn orchestrated_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a Orchestration> + '_ {
        let ids = self.orchestrated_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.orchestrations[id])
    }

    /// Names of everything bound to a host.
    pub fn work_of(&self, id: Id<Host>) -> Vec<&'a str> {
        let mut work: Vec<&str> = self.received_by(id).map(|l| l.name.value.as_str()).collect();
        work.extend(self.sent_by(id).map(|port| port.name.value.as_str()));
        work.extend(self.orchestrated_by(id).map(|o| o.name.value.as_str()));
        if self.topology.hosts[id].is_tracking() {
            work.push("tracking");
        }
        work
    }

    /// What a receive location needs so that several servers may carry it.
    pub fn receive_need(&self, location: &ReceiveLocation) -> ReceiveNeed {
        adapters::receive_need(&self.topology.biztalk[location.group], location)
    }

    pub fn must_be_clustered(&self, location: &ReceiveLocation) -> bool {
        self.receive_need(location).mechanism == Mechanism::Cluster
    }

    /// The adapter of a receive location by its own name in the table.
    pub fn adapter_of(&self, location: &ReceiveLocation) -> Option<&'static adapters::Adapter> {
        adapters::find(&location.adapter.value)
    }

    /// Servers with the BizTalk runtime: listed, or with an enabled instance.
    pub fn biztalk_servers(&self, group: &BiztalkGroup) -> Vec<Id<Server>> {
        let listed = group.servers.iter().map(|server| server.value);
        let hosting = group.hosts.iter().flat_map(|&id| self.topology.hosts[id].enabled_servers());
        let mut servers: Vec<Id<Server>> = listed.chain(hosting).collect();
        servers.sort_unstable();
        servers.dedup();
        servers
    }
}
