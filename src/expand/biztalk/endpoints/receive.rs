//! Receive locations: which of their host's instances serve them, and what each needs.

use super::far_end::is_shared_path;
use super::{Build, MSMQ_SOURCE};
use crate::expand::LocalService;
use crate::expand::biztalk::adapters::{self, Mechanism};
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;

const SCALED_OUT: &str = "C/scaled-out-receiving-hosts";
const HANDLER_SOURCE: &str = "T/scaling-out-receiving-hosts";

impl<'t> Build<'t> {
    pub(super) fn receive_location(
        &mut self,
        component: ComponentId,
        group: &'t BiztalkGroup,
        location: &'t ReceiveLocation,
    ) {
        let host = &self.topology.hosts[location.host.value];
        let mechanism = self.mechanism_of(group, location);
        let host_component = self.of(Element::Host(location.host.value));
        self.need(
            Requirement::run(component, host_component)
                .why("its receive handler runs in this host", HANDLER_SOURCE)
                .at(location.host.span),
        );
        let local = self.local_service_of(location);
        if host.clustered_in.is_some() {
            self.on_clustered_host(component, host, location, local);
        } else {
            self.on_instances(component, location, local, mechanism);
        }
        self.balanced(component, host, location, mechanism);
        self.other_end(component, location.from.as_ref(), &location.name);
        self.transaction_ids(component, location);
    }

    /// What lets several servers carry it, once its path is looked at.
    fn mechanism_of(
        &mut self,
        group: &'t BiztalkGroup,
        location: &'t ReceiveLocation,
    ) -> Mechanism {
        let need = adapters::receive_need(group, location);
        if let Some(question) = need.assumed {
            self.assume(&location.name.value, question, Some(location.adapter.span));
        }
        match need.mechanism {
            Mechanism::SameComputer if self.path_is_shared(location) => Mechanism::Instances,
            mechanism => mechanism,
        }
    }

    fn transaction_ids(&mut self, component: ComponentId, location: &ReceiveLocation) {
        let Some(tid) = location.tid_database else { return };
        let database = self.of(Element::Database(tid.value));
        self.need(
            Requirement::run(component, database)
                .kind(RequirementKind::Transaction)
                .why(
                    "the transaction ids of tRFC calls are kept there; without it SAP is refused",
                    "A/adapter-sap/operations-on-trfcs-in-sap",
                )
                .at(tid.span),
        );
    }

    /// Per server: the instance, and the local service that the adapter uses there.
    fn on_instances(
        &mut self,
        component: ComponentId,
        location: &'t ReceiveLocation,
        local: Option<LocalService>,
        mechanism: Mechanism,
    ) {
        let host = &self.topology.hosts[location.host.value];
        let balancer = balancer_of(host, location, mechanism);
        let serving = self.fed_by(balancer, self.serving(host));
        let mut providers: Vec<ComponentId> =
            serving.iter().map(|&server| self.endpoint_on(location, local, server)).collect();
        if providers.iter().any(|&provider| !self.is_dead(provider)) {
            // A share that never works is nobody's: what is left is all there is.
            providers.retain(|&provider| !self.is_dead(provider));
        }
        let need = if is_protected(mechanism, balancer.is_some()) {
            Requirement::some(component, 1, providers)
                .why("any instance that can be reached serves it", SCALED_OUT)
        } else {
            each_its_share(component, providers, location, mechanism)
        };
        self.need(need.at(location.adapter.span));
    }

    /// Of these servers, those that a balancer sends callers to.
    fn fed_by(
        &self,
        balancer: Option<Ref<LoadBalancer>>,
        mut servers: Vec<Id<Server>>,
    ) -> Vec<Id<Server>> {
        if let Some(balancer) = balancer {
            let members = &self.topology.load_balancers[balancer.value].members;
            servers.retain(|server| members.iter().any(|member| member.value == *server));
        }
        servers
    }

    /// The instance itself, or the pair of it and the local service it uses.
    fn endpoint_on(
        &mut self,
        location: &ReceiveLocation,
        local: Option<LocalService>,
        server: Id<Server>,
    ) -> ComponentId {
        let instance = self.instances.get(&(location.host.value, server)).copied();
        let instance = instance.unwrap_or_else(|| self.of(Element::Host(location.host.value)));
        let Some(service) = local.filter(|service| *service != LocalService::Iis) else {
            return instance; // an isolated instance needs its IIS already
        };
        let pair = self.location_on_server(location, server);
        let service = self.local(service, server);
        let needs = [
            (instance, "its receive handler runs in this instance", HANDLER_SOURCE),
            (service, "the adapter uses this service of its own computer", MSMQ_SOURCE),
        ];
        for (provider, why, source) in needs {
            self.need(Requirement::run(pair, provider).why(why, source).at(location.adapter.span));
        }
        pair
    }

    fn location_on_server(
        &mut self,
        location: &ReceiveLocation,
        server: Id<Server>,
    ) -> ComponentId {
        let name = format!("{}@{}", location.name.value, self.server_name(server));
        let derived = Component::derived(name, "receive location on server");
        let pair = Component { workload: true, ..derived }.detail();
        let pair = self.implied(pair, location.name.span);
        self.graph_server(pair, self.server(server));
        pair
    }

    fn on_clustered_host(
        &mut self,
        component: ComponentId,
        host: &'t Host,
        location: &'t ReceiveLocation,
        local: Option<LocalService>,
    ) {
        let Some(group) = host.clustered_in else { return };
        let owners = self.topology.owners(group.value);
        match local {
            Some(LocalService::Msmq) => {
                self.clustered_msmq(component, location, group.value, &owners)
            }
            Some(service @ LocalService::FileSystem) => {
                let why = "a local path is on the disk of the node; the cluster does not watch it";
                self.unmonitored(component, service, &owners, location.adapter.span, why);
            }
            _ => {}
        }
    }

    /// The queues move with the group; the local service beside them does not, and is not watched.
    fn clustered_msmq(
        &mut self,
        component: ComponentId,
        location: &ReceiveLocation,
        group: Id<ClusterGroup>,
        owners: &[Id<Server>],
    ) {
        let span = location.adapter.span;
        if let Some(&queues) = self.resources.get(&(group, ResourceKind::Msmq)) {
            self.need(
                Requirement::run(component, queues)
                    .why("its queues are those of the clustered Message Queuing", MSMQ_SOURCE)
                    .at(span),
            );
            let why = "the MSMQ adapter also needs the local, unclustered Message Queuing of the node, which \
                       the cluster does not watch";
            self.unmonitored(component, LocalService::Msmq, owners, span, why);
            return;
        }
        let queues: Vec<ComponentId> =
            owners.iter().map(|&owner| self.local(LocalService::Msmq, owner)).collect();
        self.need(
            Requirement::all(component, queues)
                .shared_out()
                .why("its queues are local to each node and do not move with the host", MSMQ_SOURCE)
                .at(span),
        );
    }

    fn balanced(
        &mut self,
        component: ComponentId,
        host: &Host,
        location: &ReceiveLocation,
        mechanism: Mechanism,
    ) {
        let Some(balancer) = balancer_of(host, location, mechanism) else { return };
        let provider = self.of(Element::LoadBalancer(balancer.value));
        self.need(
            Requirement::run(component, provider)
                .kind(RequirementKind::Ingress)
                .why("callers reach it through the balancer", "T/planning-for-high-availability2")
                .at(balancer.span),
        );
    }

    fn local_service_of(&self, location: &ReceiveLocation) -> Option<LocalService> {
        let adapter = adapters::find(&location.adapter.value)?;
        let remote = location.queues.is_some_and(|queues| queues.value == QueuePlace::Remote);
        match adapter.local? {
            LocalService::FileSystem if self.path_is_shared(location) => None,
            // Remote queues are read through the local service as well.
            LocalService::Msmq if remote => Some(LocalService::Msmq),
            service => Some(service),
        }
    }

    fn path_is_shared(&self, location: &ReceiveLocation) -> bool {
        location.from.as_ref().is_some_and(|from| match &from.value {
            Endpoint::Element(_) => true,
            Endpoint::Address(path) => is_shared_path(path),
        })
    }

    /// Down as the file says, itself or by what it cannot do without.
    fn is_dead(&self, id: ComponentId) -> bool {
        if self.graph.component(id).nature == Nature::Down {
            return true;
        }
        self.graph.requirements_of(id).into_iter().any(|requirement| {
            let requirement = self.graph.requirement(requirement);
            let down = |&&p: &&ComponentId| self.graph.component(p).nature == Nature::Down;
            let up =
                requirement.providers.len() - requirement.providers.iter().filter(down).count();
            requirement.kind.is_at_once() && up < requirement.at_least as usize
        })
    }
}

/// The balancer that callers come through. One in front of the host serves only those
/// locations that have callers; a location that polls gains and loses nothing by it.
fn balancer_of(
    host: &Host,
    location: &ReceiveLocation,
    mechanism: Mechanism,
) -> Option<Ref<LoadBalancer>> {
    let has_callers =
        matches!(mechanism, Mechanism::LoadBalancer | Mechanism::ClusterOrLoadBalancer);
    location.behind.or(host.behind.filter(|_| has_callers))
}

fn is_protected(mechanism: Mechanism, balanced: bool) -> bool {
    match mechanism {
        Mechanism::Instances => true,
        Mechanism::LoadBalancer | Mechanism::ClusterOrLoadBalancer => balanced,
        Mechanism::Cluster | Mechanism::SameComputer | Mechanism::Unknown => false,
    }
}

/// Nothing lets one instance stand in for another: every one is needed.
fn each_its_share(
    component: ComponentId,
    providers: Vec<ComponentId>,
    location: &ReceiveLocation,
    mechanism: Mechanism,
) -> Requirement {
    let (why, source) = match providers.len() {
        0 | 1 => ("it is served by this instance alone", SCALED_OUT),
        _ => (unprotected_reason(mechanism), adapter_source(location)),
    };
    let at_least = u32::try_from(providers.len().max(1)).unwrap_or(u32::MAX);
    Requirement::some(component, at_least, providers).shared_out().why(why, source)
}

fn unprotected_reason(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::LoadBalancer | Mechanism::ClusterOrLoadBalancer => {
            "without a balancer each server serves only its own callers"
        }
        Mechanism::SameComputer => {
            "each server has only what is on its own disk or calls it locally"
        }
        Mechanism::Unknown => "nothing says that several servers may share this work",
        Mechanism::Cluster | Mechanism::Instances => {
            "several active instances are a hazard, not protection: data is read twice, loses its order \
             or lives on one computer"
        }
    }
}

fn adapter_source(location: &ReceiveLocation) -> &'static str {
    adapters::find(&location.adapter.value).map_or("", |adapter| adapter.source)
}
