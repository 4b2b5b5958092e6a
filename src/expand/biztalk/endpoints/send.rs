//! Send ports: their transports, and the queues in which messages wait on their way.

use super::{Build, MSMQ_SOURCE};
use crate::expand::LocalService;
use crate::expand::biztalk::adapters;
use crate::graph::{Component, ComponentId, Requirement};
use crate::model::*;
use crate::source::Span;

/// One way of a send port: the first transport or the backup.
struct Transport<'t> {
    adapter: Option<&'t At<String>>,
    host: Ref<Host>,
    to: Option<&'t At<Endpoint>>,
    span: Span,
}

impl<'t> Build<'t> {
    pub(super) fn send_port(&mut self, component: ComponentId, port: &'t SendPort) {
        let first = Transport {
            adapter: port.adapter.as_ref(),
            host: port.host,
            to: port.to.as_ref(),
            span: port.name.span,
        };
        match &port.backup {
            Some(backup) => self.with_backup(component, port, &first, backup),
            None => {
                self.transport(component, port, &first);
                self.queues_of_way(component, port, &first);
            }
        }
    }

    /// What the backup transport does not say is as in the first.
    fn with_backup(
        &mut self,
        component: ComponentId,
        port: &'t SendPort,
        first: &Transport<'t>,
        backup: &'t BackupTransport,
    ) {
        let second = Transport {
            adapter: backup.adapter.as_ref().or(first.adapter),
            host: backup.host.unwrap_or(first.host),
            to: backup.to.as_ref().or(first.to),
            span: backup.span,
        };
        let ways =
            [("primary transport", first), ("backup transport", &second)].map(|(kind, way)| {
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
}
