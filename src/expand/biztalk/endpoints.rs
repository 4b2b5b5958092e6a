//! Receive locations, send ports and orchestrations: the functions of a group.
//!
//! Redundancy is counted per adapter. Where several active instances are no
//! protection (two FTP readers, an HTTP endpoint without a balancer, local queues)
//! the endpoint needs every one of them, each for its own share.

use super::Build;
use super::adapters::{self, Mechanism};
use crate::expand::LocalService;
use crate::graph::{Component, ComponentId, Nature, Requirement, RequirementKind};
use crate::model::*;
use crate::source::Span;

const SCALED_OUT: &str = "C/scaled-out-receiving-hosts";
const MSMQ_SOURCE: &str = "C/considerations-for-running-adapter-handlers-within-a-clustered-host1";

impl<'t> Build<'t> {
    pub(super) fn endpoints(&mut self, group: &'t BiztalkGroup) {
        let t = self.topology;
        for &id in &group.receive_locations {
            let location = &t.receive_locations[id];
            let component = self.of(Element::ReceiveLocation(id));
            self.receive_location(component, group, location);
            self.needs_of(component, &location.needs);
        }
        for &id in &group.send_ports {
            let port = &t.send_ports[id];
            let component = self.of(Element::SendPort(id));
            self.send_port(component, port);
            self.needs_of(component, &port.needs);
        }
        for &id in &group.orchestrations {
            let orchestration = &t.orchestrations[id];
            let component = self.of(Element::Orchestration(id));
            let host = self.of(Element::Host(orchestration.host.value));
            self.need(
                Requirement::run(component, host)
                    .why(
                        "its state is in the MessageBox; any instance of the host resumes it",
                        "C/scaled-out-processing-hosts",
                    )
                    .at(orchestration.host.span),
            );
            self.needs_of(component, &orchestration.needs);
        }
    }

    fn receive_location(
        &mut self,
        component: ComponentId,
        group: &'t BiztalkGroup,
        location: &'t ReceiveLocation,
    ) {
        let host = &self.topology.hosts[location.host.value];
        let mut need = adapters::receive_need(group, location);
        if need.mechanism == Mechanism::SameComputer && self.path_is_shared(location) {
            need.mechanism = Mechanism::Instances;
        }
        if let Some(question) = need.assumed {
            self.assume(&location.name.value, question, Some(location.adapter.span));
        }
        let host_component = self.of(Element::Host(location.host.value));
        self.need(
            Requirement::run(component, host_component)
                .why("its receive handler runs in this host", "T/scaling-out-receiving-hosts")
                .at(location.host.span),
        );
        let local = self.local_service_of(location);
        if host.clustered_in.is_some() {
            self.on_clustered_host(component, host, location, local);
        } else {
            self.on_instances(component, location, local, need.mechanism);
        }
        self.balanced(component, host, location, need.mechanism);
        self.other_end(component, location.from.as_ref(), &location.name);
        if let Some(tid) = location.tid_database {
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
        let mut serving = self.serving(host);
        if let Some(balancer) = balancer {
            let members = &self.topology.load_balancers[balancer.value].members;
            let fed: Vec<_> = serving
                .iter()
                .copied()
                .filter(|server| members.iter().any(|member| member.value == *server))
                .collect();
            serving = fed;
        }
        let protected = match mechanism {
            Mechanism::Instances => true,
            Mechanism::LoadBalancer | Mechanism::ClusterOrLoadBalancer => balancer.is_some(),
            Mechanism::Cluster | Mechanism::SameComputer | Mechanism::Unknown => false,
        };
        let mut providers: Vec<ComponentId> =
            serving.iter().map(|&server| self.endpoint_on(location, local, server)).collect();
        if providers.iter().any(|&provider| !self.is_dead(provider)) {
            // A share that never works is nobody's: what is left is all there is.
            providers.retain(|&provider| !self.is_dead(provider));
        }
        let at_least = match (protected, providers.len()) {
            (true, _) | (false, 0) => 1,
            (false, several) => u32::try_from(several).unwrap_or(u32::MAX),
        };
        let (why, source) = match (protected, providers.len()) {
            (true, _) => ("any instance that can be reached serves it", SCALED_OUT),
            (false, 0 | 1) => ("it is served by this instance alone", SCALED_OUT),
            (false, _) => (unprotected_reason(mechanism), adapter_source(location)),
        };
        let mut requirement = Requirement::some(component, at_least, providers)
            .why(why, source)
            .at(location.adapter.span);
        requirement.shares = !protected;
        self.need(requirement);
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
        let name = format!("{}@{}", location.name.value, self.server_name(server));
        let pair =
            Component { workload: true, ..Component::derived(name, "receive location on server") }
                .detail();
        let pair = self.implied(pair, location.name.span);
        let on = self.server(server);
        self.graph_server(pair, on);
        let service = self.local(service, server);
        let needs = [
            (
                instance,
                "its receive handler runs in this instance",
                "T/scaling-out-receiving-hosts",
            ),
            (service, "the adapter uses this service of its own computer", MSMQ_SOURCE),
        ];
        for (provider, why, source) in needs {
            self.need(Requirement::run(pair, provider).why(why, source).at(location.adapter.span));
        }
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

    /// What the port talks to, when it is part of the topology.
    fn other_end(&mut self, dependent: ComponentId, end: Option<&'t At<Endpoint>>, port: &Name) {
        let Some(end) = end else { return };
        match self.element_of_end(&end.value) {
            Some(element) => {
                let provider = self.of(element);
                self.need(
                    Requirement::run(dependent, provider)
                        .why(
                            "it is the other end of the port",
                            "C/how-to-configure-transport-advanced-options-for-a-send-port",
                        )
                        .at(end.span),
                );
            }
            None => self.grant(
                &port.value,
                "what stands behind the address of its other end; that is not judged",
                Some(end.span),
            ),
        }
    }

    /// A name; the file share whose path the address lies under; or the computer, group or
    /// balancer that the address names as its host.
    fn element_of_end(&self, end: &Endpoint) -> Option<Element> {
        let path = match end {
            Endpoint::Element(element) => return Some(*element),
            Endpoint::Address(path) => unc(path),
        };
        let share = self
            .topology
            .file_shares
            .iter()
            .filter_map(|(id, share)| Some((id, share.path.as_ref()?.value.to_lowercase())))
            .filter(|(_, share)| lies_under(&path, share))
            .max_by_key(|(_, share)| share.len())
            .map(|(id, _)| Element::FileShare(id));
        share.or_else(|| self.named_host(&path))
    }

    fn named_host(&self, address: &str) -> Option<Element> {
        let t = self.topology;
        let host = host_of(address)?;
        let same = |name: &str| {
            let name = name.to_lowercase();
            name == host || host.split('.').next() == Some(name.as_str())
        };
        let server = t.servers.iter().find(|(_, server)| same(&server.name.value));
        let named =
            |group: &ClusterGroup| group.network_name.as_ref().is_some_and(|n| same(&n.value));
        let group = || t.cluster_groups.iter().find(|(_, group)| named(group));
        let external = || t.external.iter().find(|(_, external)| same(&external.name.value));
        server
            .map(|(id, _)| Element::Server(id))
            .or_else(|| group().map(|(id, _)| Element::Group(id)))
            .or_else(|| external().map(|(id, _)| Element::External(id)))
    }

    fn send_port(&mut self, component: ComponentId, port: &'t SendPort) {
        let first = Transport {
            adapter: port.adapter.as_ref(),
            host: port.host,
            to: port.to.as_ref(),
            span: port.name.span,
        };
        let Some(backup) = &port.backup else {
            self.transport(component, port, &first);
            self.queues_of_way(component, port, &first);
            return;
        };
        let second = Transport {
            adapter: backup.adapter.as_ref().or(port.adapter.as_ref()),
            host: backup.host.unwrap_or(port.host),
            to: backup.to.as_ref().or(port.to.as_ref()),
            span: backup.span,
        };
        let ways =
            [("primary transport", &first), ("backup transport", &second)].map(|(kind, way)| {
                let name = format!("{} ({kind})", port.name.value);
                let node = self.implied(Component::derived(name, kind).detail(), way.span);
                self.transport(node, port, way);
                self.queues_of_way(component, port, way);
                node
            });
        self.need(
            Requirement::some(component, 1, ways.to_vec())
                .why(
                    "the backup transport is tried when the first one fails",
                    "C/how-to-configure-backup-transport-options-for-a-send-port",
                )
                .at(backup.span),
        );
    }

    fn transport(&mut self, component: ComponentId, port: &'t SendPort, way: &Transport<'t>) {
        let host_component = self.of(Element::Host(way.host.value));
        self.need(
            Requirement::run(component, host_component)
                .why("its send handler runs in this host", "C/scaled-out-sending-hosts")
                .at(way.host.span),
        );
        self.other_end(component, way.to, &port.name);
    }

    /// Stuck in a queue, a message does not take the other transport: the port itself
    /// needs the queues of each of its ways.
    fn queues_of_way(&mut self, port: ComponentId, model: &'t SendPort, way: &Transport<'t>) {
        if self.sends_through_queues(way) {
            let host = &self.topology.hosts[way.host.value];
            self.outgoing_queues(port, model, host, way);
        }
    }

    fn sends_through_queues(&self, way: &Transport<'_>) -> bool {
        let adapter = way.adapter.and_then(|name| adapters::find(&name.value));
        adapter.is_some_and(|adapter| adapter.local == Some(LocalService::Msmq))
    }

    /// Messages on their way wait in the outgoing queue of the computer that sent them.
    fn outgoing_queues(
        &mut self,
        port: ComponentId,
        model: &SendPort,
        host: &'t Host,
        way: &Transport<'t>,
    ) {
        let span = way.span;
        if let Some(group) = host.clustered_in {
            self.clustered_outgoing_queues(port, group.value, span);
            return;
        }
        let servers = self.serving(host);
        let queues: Vec<ComponentId> =
            servers.iter().map(|&server| self.local(LocalService::Msmq, server)).collect();
        let transactional = model.transactional.is_none_or(|transactional| transactional.value);
        let need = match transactional {
            true => Requirement::all(port, queues).shared_out(),
            false => Requirement::some(port, 1, queues),
        };
        self.need(
            need.why(
                "messages on their way wait in the outgoing queue of the server that sent them",
                "C/scaled-out-sending-hosts",
            )
            .at(span),
        );
    }

    fn clustered_outgoing_queues(
        &mut self,
        port: ComponentId,
        group: Id<ClusterGroup>,
        span: Span,
    ) {
        if let Some(&queues) = self.resources.get(&(group, ResourceKind::Msmq)) {
            self.need(
                Requirement::run(port, queues)
                    .why("its outgoing queue is that of the clustered Message Queuing", MSMQ_SOURCE)
                    .at(span),
            );
            return;
        }
        let owners = self.topology.owners(group);
        let why =
            "its outgoing queue is on the node, does not move with the host and is not watched";
        self.unmonitored(port, LocalService::Msmq, &owners, span, why);
    }

    /// Servers with an enabled instance, without those that wait for a disaster.
    fn serving(&self, host: &Host) -> Vec<Id<Server>> {
        let mut servers = host.enabled_servers();
        servers.retain(|&server| !self.standby.contains(&server));
        servers
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

/// One way of a send port: the first transport or the backup.
struct Transport<'t> {
    adapter: Option<&'t At<String>>,
    host: Ref<Host>,
    to: Option<&'t At<Endpoint>>,
    span: Span,
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

/// Lower case, with the slashes of a UNC path turned the usual way.
fn unc(path: &str) -> String {
    let lower = path.to_lowercase();
    if lower.starts_with("//") { lower.replace('/', r"\") } else { lower }
}

/// A UNC path to another computer: not a device path, not this computer itself.
fn is_shared_path(path: &str) -> bool {
    let path = unc(path);
    let host = host_of(&path).unwrap_or("");
    path.starts_with(r"\\") && !matches!(host, "localhost" | "127.0.0.1" | "." | "")
}

/// The host part of a UNC path or a URL.
fn host_of(address: &str) -> Option<&str> {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.rsplit_once('@').map_or(rest, |(_, rest)| rest),
        None => address.strip_prefix(r"\\")?,
    };
    rest.split(['/', '\\', ':', '?']).next().filter(|host| !host.is_empty())
}

fn lies_under(path: &str, share: &str) -> bool {
    let share = share.trim_end_matches('\\');
    path.strip_prefix(share).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}
