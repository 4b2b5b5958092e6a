//! What stands around the servers: load balancers, file shares, external systems.

use super::Build;
use crate::graph::{Component, ComponentId, Nature, Requirement};
use crate::model::*;

impl<'t> Build<'t> {
    pub(super) fn components_of_periphery(&mut self) {
        let t = self.topology;
        for (id, balancer) in t.load_balancers.iter() {
            let component = self.balancer_component(balancer);
            self.define(component, Element::LoadBalancer(id), &balancer.name);
        }
        for (id, share) in t.file_shares.iter() {
            let component = self.share_component(share);
            self.define(component, Element::FileShare(id), &share.name);
        }
        for (id, external) in t.external.iter() {
            let component = self.external_component(external);
            self.define(component, Element::External(id), &external.name);
        }
    }

    fn balancer_component(&mut self, balancer: &LoadBalancer) -> Component {
        match balancer.kind.map(|kind| kind.value) {
            Some(LoadBalancerKind::Nlb) => Component {
                nature: Nature::Derived,
                protection: Some("runs on every member"),
                ..Component::basic(&balancer.name.value, "load balancer")
            },
            _ => self.single_or_redundant(
                &balancer.name,
                "load balancer",
                balancer.redundant,
                "whether it is Windows NLB or a pair of devices; it is taken as one single device",
            ),
        }
    }

    fn share_component(&mut self, share: &FileShare) -> Component {
        match share.on {
            Some(_) => Component::derived(&share.name.value, "file share"),
            None => self.single_or_redundant(
                &share.name,
                "file share",
                share.redundant,
                "what serves it; it is taken as one single server",
            ),
        }
    }

    /// Several nodes are redundancy, unless the file says otherwise.
    fn external_component(&mut self, external: &External) -> Component {
        let several = external.redundant.is_none() && external.nodes.len() > 1;
        let redundant =
            if several { Some(At::new(true, external.name.span)) } else { external.redundant };
        self.single_or_redundant(
            &external.name,
            "external system",
            redundant,
            "whether it survives the loss of one of its parts; it is taken as single",
        )
    }

    pub(super) fn periphery(&mut self) {
        let t = self.topology;
        for (id, balancer) in t.load_balancers.iter() {
            let component = self.of(Element::LoadBalancer(id));
            self.stand(component, &balancer.placement);
            self.needs_of(component, &balancer.needs);
            if balancer.kind.is_some_and(|kind| kind.value == LoadBalancerKind::Nlb) {
                self.carried_by_members(component, balancer);
            }
        }
        for (id, share) in t.file_shares.iter() {
            let Some(on) = share.on else { continue };
            let component = self.of(Element::FileShare(id));
            let carrier = self.carrier(on.value);
            self.need(
                Requirement::run(component, carrier).why("it serves the share", "").at(on.span),
            );
        }
        for (id, external) in t.external.iter() {
            let component = self.of(Element::External(id));
            self.stand(component, &external.placement);
            self.needs_of(component, &external.needs);
        }
    }

    fn carried_by_members(&mut self, component: ComponentId, balancer: &LoadBalancer) {
        let members = balancer.members.iter().map(|m| self.server(m.value)).collect();
        self.need(
            Requirement::some(component, 1, members)
                .why("Windows NLB is software on its members", "C/scaled-out-receiving-hosts")
                .at(balancer.name.span),
        );
    }
}
