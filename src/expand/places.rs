//! Machines, racks and sites: what takes several computers along when it fails.

use super::Build;
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PlaceKind {
    Machine,
    Rack,
    Site,
}

impl PlaceKind {
    fn as_str(self) -> &'static str {
        match self {
            PlaceKind::Machine => "machine",
            PlaceKind::Rack => "rack",
            PlaceKind::Site => "site",
        }
    }
}

impl<'t> Build<'t> {
    pub(super) fn places(&mut self) {
        for (id, site) in self.topology.sites.iter() {
            let component = self.place(PlaceKind::Site, &site.name);
            self.graph.set_element(component, Element::Site(id));
        }
    }

    fn place(&mut self, kind: PlaceKind, label: &'t Name) -> ComponentId {
        if let Some(&known) = self.places.get(&(kind, label.value.as_str())) {
            return known;
        }
        let name = format!("{} {}", kind.as_str(), label.value);
        let place =
            Component { nature: Nature::Placement, ..Component::basic(name, kind.as_str()) };
        let id = self.implied(place, label.span);
        self.places.insert((kind, &label.value), id);
        id
    }

    /// Makes a component stand where the file says it stands.
    pub(super) fn stand(&mut self, id: ComponentId, placement: &'t Placement) {
        let places = [
            (PlaceKind::Machine, &placement.machine, "it runs on this machine"),
            (PlaceKind::Rack, &placement.rack, "it stands in this rack"),
            (PlaceKind::Site, &placement.site, "it stands in this site"),
        ];
        for (kind, label, why) in places {
            if let Some(label) = label {
                let place = self.place(kind, label);
                self.need(Requirement::run(id, place).why(why, "").at(label.span));
            }
        }
    }

    pub(super) fn servers(&mut self) {
        let t = self.topology;
        if t.domain_controllers.is_empty() && !(t.clusters.is_empty() && t.biztalk.is_empty()) {
            self.grant(
                "domain controllers",
                "which there are; logons and names of groups and clusters are not judged",
                None,
            );
        }
        if t.dns_servers.is_empty() && !(t.clusters.is_empty() && t.biztalk.is_empty()) {
            self.grant("DNS servers", "which there are; finding names is not judged", None);
        }
        for (id, server) in t.servers.iter() {
            let component = self.server(id);
            if server.placeholder {
                let text = "which computers it stands in for; it is taken as one";
                self.assume(&server.name.value, text, Some(server.name.span));
            }
            self.stand(component, &server.placement);
            self.reached_through(component, server);
            self.needs_of(component, &server.needs);
            self.directories_of(component, id);
        }
    }

    /// What gives the service does not wait for it; names come before logons.
    fn directories_of(&mut self, component: ComponentId, id: Id<Server>) {
        let t = self.topology;
        let on_it = |directory: &Directory| directory.on.is_some_and(|on| on.value == id);
        if t.domain_controllers.values().any(on_it) {
            return;
        }
        self.starts_with_domains(component);
        if !t.dns_servers.values().any(|dns| on_it(&dns.0)) {
            self.starts_with_names(component);
        }
    }

    /// With several networks any one is enough.
    fn reached_through(&mut self, server: ComponentId, model: &'t Server) {
        let Some(first) = model.networks.first() else { return };
        if model.networks.len() > 1 {
            self.grant(
                &model.name.value,
                "which of its networks carries what; any one of them is taken to be enough",
                Some(first.span),
            );
        }
        let networks = &model.networks;
        let providers = networks.iter().map(|n| self.of(Element::Network(n.value))).collect();
        self.need(
            Requirement::some(server, 1, providers)
                .why("other computers reach it through this network", "")
                .at(first.span),
        );
    }

    /// Logons and names: tickets and answers already held go on working.
    pub(super) fn starts_with_directories(&mut self, dependent: ComponentId) {
        self.starts_with_domains(dependent);
        self.starts_with_names(dependent);
    }

    fn starts_with_domains(&mut self, dependent: ComponentId) {
        let t = self.topology;
        let mut domains: Vec<Option<&str>> = Vec::new();
        for controller in t.domain_controllers.values() {
            let domain = controller.domain.as_deref();
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        for domain in domains {
            let of_domain = t.domain_controllers.iter();
            let providers = of_domain
                .filter(|(_, controller)| controller.domain.as_deref() == domain)
                .map(|(id, _)| self.of(Element::DomainController(id)))
                .collect();
            self.need(
                Requirement::some(dependent, 1, providers).kind(RequirementKind::Start).why(
                    "services log on and find groups through a domain controller; what has logged on goes on",
                    "T/planning-for-high-availability2",
                ),
            );
        }
    }

    fn starts_with_names(&mut self, dependent: ComponentId) {
        let t = self.topology;
        if !t.dns_servers.is_empty() {
            let providers = t.dns_servers.ids().map(|id| self.of(Element::DnsServer(id))).collect();
            self.need(Requirement::some(dependent, 1, providers).kind(RequirementKind::Start).why(
                "names of SQL Server, clusters and shares are resolved when connections are made",
                "T/planning-for-high-availability2",
            ));
        }
    }
}
