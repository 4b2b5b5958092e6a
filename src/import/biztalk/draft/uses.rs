//! Who uses a host, looked up once: groups have hundreds of ports.

use rustc_hash::FxHashMap;

use crate::import::biztalk::adapters::identify;
use crate::import::biztalk::inventory::*;
use crate::source::Span;

/// What uses a host.
#[derive(Default)]
pub(super) struct Uses<'i> {
    pub(super) handlers: Vec<&'i Handler>,
    pub(super) locations: Vec<&'i ReceiveLocation>,
    /// Of send ports, the second transports included.
    pub(super) sends: Vec<&'i Transport>,
    pub(super) orchestration: Option<Span>,
    pub(super) instances: usize,
}

pub(super) fn uses_of_hosts(inventory: &Inventory) -> FxHashMap<String, Uses<'_>> {
    let mut by_host: FxHashMap<String, Uses<'_>> = FxHashMap::default();
    for handler in &inventory.handlers {
        by_host.entry(handler.host.to_lowercase()).or_default().handlers.push(handler);
    }
    for location in &inventory.receive_locations {
        if let Some(host) = &location.transport.host {
            by_host.entry(host.value.to_lowercase()).or_default().locations.push(location);
        }
    }
    let transports = inventory.send_ports.iter().flat_map(|port| [&port.primary, &port.backup]);
    for transport in transports.flatten() {
        if let Some(host) = &transport.host {
            by_host.entry(host.value.to_lowercase()).or_default().sends.push(transport);
        }
    }
    for host in inventory.orchestrations.iter().filter_map(|found| found.host.as_ref()) {
        let uses = by_host.entry(host.value.to_lowercase()).or_default();
        uses.orchestration.get_or_insert(host.at);
    }
    for host in &inventory.hosts {
        by_host.entry(host.name.to_lowercase()).or_default().instances = host.instances.len();
    }
    by_host
}

pub(super) fn handlers_by_adapter(
    inventory: &Inventory,
) -> FxHashMap<(Direction, String), Vec<&Handler>> {
    let mut by_adapter: FxHashMap<(Direction, String), Vec<&Handler>> = FxHashMap::default();
    for handler in &inventory.handlers {
        let key = (handler.direction, identify(&handler.adapter.value).name);
        by_adapter.entry(key).or_default().push(handler);
    }
    by_adapter
}
