//! Whether the file says where something stands, as far as a loss asks for it.

use super::Subject;
use super::unknown::needed;
use crate::config::Loss;
use crate::graph::{Component, ComponentId, Nature};
use crate::model::{
    Directory, Element, Id, LoadBalancerKind, Placement, Storage, StorageKind, Topology,
};

/// Whether what is asked about is known of a component, or means nothing for it.
pub(super) fn is_placed(subject: &Subject<'_>, id: ComponentId, loss: Loss) -> bool {
    let component = subject.expansion.graph.component(id);
    let is_redundant = component.protection.is_some();
    // What stands for others is where these are.
    if component.nature != Nature::Basic && !is_redundant {
        return true;
    }
    match loss {
        Loss::AnyServer => is_server_known(subject, id, component, is_redundant),
        Loss::AnyMachine => is_machine_known(subject, id, component, is_redundant),
        Loss::AnySite => is_site_known(subject, id, component),
    }
}

fn is_server_known(
    subject: &Subject<'_>,
    id: ComponentId,
    component: &Component,
    is_redundant: bool,
) -> bool {
    let t = subject.topology;
    match component.element {
        Some(Element::Storage(storage)) => !is_local(t, storage) || rests_on_server(subject, id),
        Some(Element::SqlInstance(id)) => t.sql_instances[id].on.is_some(),
        Some(Element::FileShare(id)) => is_redundant || t.file_shares[id].on.is_some(),
        Some(Element::Component(id)) => {
            let (placement, on) = (&t.components[id].placement, &t.components[id].on);
            is_redundant || !on.is_empty() || stands(placement)
        }
        _ => true,
    }
}

fn is_machine_known(
    subject: &Subject<'_>,
    id: ComponentId,
    component: &Component,
    is_redundant: bool,
) -> bool {
    let t = subject.topology;
    match component.element {
        Some(Element::Server(id)) => t.servers[id].placement.machine.is_some(),
        Some(Element::Storage(storage)) if t.storage[storage].placement.machine.is_some() => true,
        _ => is_server_known(subject, id, component, is_redundant),
    }
}

/// That something is redundant says nothing about sites.
fn is_site_known(subject: &Subject<'_>, id: ComponentId, component: &Component) -> bool {
    let t = subject.topology;
    let has_site = |placement: &Placement| placement.site.is_some();
    match component.element {
        Some(Element::Server(id)) => has_site(&t.servers[id].placement),
        Some(Element::Storage(storage)) => {
            let is_inside = is_local(t, storage) && rests_on_server(subject, id);
            is_inside || has_site(&t.storage[storage].placement)
        }
        Some(Element::LoadBalancer(id)) => {
            let balancer = &t.load_balancers[id];
            let is_software = balancer.kind.is_some_and(|kind| kind.value == LoadBalancerKind::Nlb);
            is_software || has_site(&balancer.placement)
        }
        Some(Element::Network(id)) => has_site(&t.networks[id].placement),
        Some(Element::DomainController(id)) => is_directory_known(&t.domain_controllers[id]),
        Some(Element::DnsServer(id)) => is_directory_known(&t.dns_servers[id].0),
        Some(Element::SqlInstance(id)) => t.sql_instances[id].on.is_some(),
        Some(Element::FileShare(id)) => t.file_shares[id].on.is_some(),
        Some(Element::Component(id)) => {
            !t.components[id].on.is_empty() || has_site(&t.components[id].placement)
        }
        // External systems are somebody else's.
        _ => true,
    }
}

fn is_directory_known(directory: &Directory) -> bool {
    directory.on.is_some() || directory.placement.site.is_some()
}

fn stands(placement: &Placement) -> bool {
    placement.site.is_some() || placement.rack.is_some() || placement.machine.is_some()
}

/// Disks inside a computer fall with it, redundant or not.
fn is_local(t: &Topology, storage: Id<Storage>) -> bool {
    t.storage[storage].kind.is_some_and(|kind| kind.value == StorageKind::Local)
}

fn rests_on_server(subject: &Subject<'_>, id: ComponentId) -> bool {
    let graph = &subject.expansion.graph;
    let mut below = needed(graph, id).into_iter().map(|id| graph.component(id).element);
    below.any(|element| matches!(element, Some(Element::Server(_))))
}
