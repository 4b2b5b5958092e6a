//! Receive locations, send ports and orchestrations: the functions of a group.
//!
//! Redundancy is counted per adapter. Where several active instances are no
//! protection (two FTP readers, an HTTP endpoint without a balancer, local queues)
//! the endpoint needs every one of them, each for its own share.

mod far_end;
mod receive;
mod send;

use super::Build;
use crate::graph::{ComponentId, Requirement};
use crate::model::*;

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
            self.orchestration(self.of(Element::Orchestration(id)), &t.orchestrations[id]);
        }
    }

    fn orchestration(&mut self, component: ComponentId, orchestration: &'t Orchestration) {
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

    /// Servers with an enabled instance, without those that wait for a disaster.
    fn serving(&self, host: &Host) -> Vec<Id<Server>> {
        let mut servers = host.enabled_servers();
        servers.retain(|&server| !self.standby.contains(&server));
        servers
    }
}
