//! What hosts do: locations, ports and orchestrations, and what their adapters need.

use super::Context;
use crate::expand::biztalk::adapters::{self, Mechanism, ReceiveNeed};
use crate::model::*;

impl<'a> Context<'a> {
    /// Enabled receive locations of a host.
    pub fn received_by(&self, host: Id<Host>) -> impl Iterator<Item = &'a ReceiveLocation> + '_ {
        let ids = self.received_by.get(&host).map_or(&[][..], Vec::as_slice);
        ids.iter().map(|&id| &self.topology.receive_locations[id])
    }

    /// The same with their ids, of these adapters only.
    pub fn received_through(
        &self,
        host: Id<Host>,
        adapters: &'static [&'static str],
    ) -> impl Iterator<Item = (Id<ReceiveLocation>, &'a ReceiveLocation)> + '_ {
        let ids = self.received_by.get(&host).map_or(&[][..], Vec::as_slice);
        let locations = ids.iter().map(|&id| (id, &self.topology.receive_locations[id]));
        locations.filter(move |(_, location)| is_one_of(&location.adapter.value, adapters))
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

    /// The balancer in front of a receive location: its own, or its host's.
    pub fn balancer_of(&self, location: &ReceiveLocation) -> Option<Ref<LoadBalancer>> {
        location.behind.or(self.topology.hosts[location.host.value].behind)
    }
}

/// Whether a name is that of one of these adapters, which go by their own names in the table.
pub fn is_one_of(name: &str, own_names: &[&str]) -> bool {
    adapters::find(name).is_some_and(|adapter| own_names.contains(&adapter.name))
}
