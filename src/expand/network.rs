//! Networks, domain controllers and DNS servers.

use super::Build;
use crate::graph::{Component, ComponentId, Requirement};
use crate::model::*;

impl<'t> Build<'t> {
    pub(super) fn components_of_networks(&mut self) {
        let t = self.topology;
        for (id, network) in t.networks.iter() {
            let component = self.single_or_redundant(
                &network.name,
                "network",
                network.redundant,
                "whether a single switch or cable takes it down; it is taken as single",
            );
            self.define(component, Element::Network(id), &network.name);
        }
        for (id, controller) in t.domain_controllers.iter() {
            let component = Component::basic(&controller.name.value, "domain controller");
            self.define(component, Element::DomainController(id), &controller.name);
        }
        for (id, dns) in t.dns_servers.iter() {
            let component = Component::basic(&dns.0.name.value, "DNS server");
            self.define(component, Element::DnsServer(id), &dns.0.name);
        }
    }

    pub(super) fn networks(&mut self) {
        let t = self.topology;
        for (id, network) in t.networks.iter() {
            let component = self.of(Element::Network(id));
            self.stand(component, &network.placement);
            self.needs_of(component, &network.needs);
        }
        for (id, controller) in t.domain_controllers.iter() {
            self.directory(self.of(Element::DomainController(id)), controller);
        }
        for (id, dns) in t.dns_servers.iter() {
            self.directory(self.of(Element::DnsServer(id)), &dns.0);
        }
    }

    fn directory(&mut self, component: ComponentId, model: &'t Directory) {
        self.stand(component, &model.placement);
        if let Some(on) = model.on {
            let server = self.server(on.value);
            self.graph_server(component, server);
            self.need(Requirement::run(component, server).why("it runs there", "").at(on.span));
        }
    }
}
