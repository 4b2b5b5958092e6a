//! The `biztalk` section.

use super::scalars::scalar;
use super::{Note, Page, by_name};
use crate::import::biztalk::draft::*;
use crate::import::biztalk::inventory::{Fact, Inventory};
use crate::import::biztalk::stated::kind_word;
use crate::model::{BindingKind, QueuePlace};

impl Page<'_> {
    pub(super) fn biztalk(&mut self, draft: &Draft, inventory: &Inventory) {
        self.line(0, "");
        self.ask(0, &draft.group_questions);
        self.line(0, "biztalk:");
        if let Some(server) = &draft.master_secret_server {
            self.entry(1, "master_secret_server", &server.value);
        }
        self.from(1, &[], &notes_of_group(draft, inventory));
        self.adapters(draft);
        self.hosts(draft);
        self.receive_handlers(draft);
        self.receive_locations(draft);
        self.send_ports(draft);
        self.orchestrations(draft);
        self.send_port_groups(inventory);
        if draft.hosts.is_empty() && draft.adapters.is_empty() {
            self.line(1, "hosts: {}");
        }
    }

    fn adapters(&mut self, draft: &Draft) {
        if draft.adapters.is_empty() {
            return;
        }
        self.line(1, "adapters:");
        for adapter in by_name(draft.adapters.values(), |adapter| &adapter.name) {
            self.ask(2, &adapter.questions);
            self.line(2, &format!("{}:", scalar(&adapter.name)));
            if let Some(kind) = adapter.process {
                self.entry(3, "process", kind_word(kind));
            }
            self.from(3, &adapter.places, &[]);
        }
    }

    fn hosts(&mut self, draft: &Draft) {
        if draft.hosts.is_empty() {
            return;
        }
        self.line(1, "hosts:");
        for host in &draft.hosts {
            self.host(host);
        }
    }

    fn host(&mut self, host: &DraftHost) {
        self.ask(2, &host.questions);
        self.line(2, &format!("{}:", scalar(&host.name)));
        if let Some(proof) = &host.kind {
            self.entry(3, "type", kind_word(proof.kind));
        }
        self.yes(3, "tracking", host.tracking.as_ref().map(|tracking| tracking.value));
        self.list(3, "instances", &host.instances);
        self.list(3, "disabled_instances", &host.disabled);
        if !host.send_handlers.is_empty() {
            self.comment(3, &format!("send handlers: {}", host.send_handlers.join(", ")));
        }
        if host.placeholder {
            self.line(3, "placeholder: true");
            self.entry(3, "description", "Stands in for hosts that no file names.");
        }
        self.from(3, &host.places, &notes_of(host));
    }

    fn receive_handlers(&mut self, draft: &Draft) {
        if draft.receive_handlers.is_empty() {
            return;
        }
        self.line(1, "receive_handlers:");
        for (host, adapter, at) in &draft.receive_handlers {
            self.line(2, &format!("- adapter: {}", scalar(adapter)));
            self.entry(3, "host", host);
            self.from(3, &[*at], &[]);
        }
    }

    fn receive_locations(&mut self, draft: &Draft) {
        if draft.receive_locations.is_empty() {
            return;
        }
        self.line(1, "receive_locations:");
        for location in &draft.receive_locations {
            self.receive_location(location);
        }
    }

    fn receive_location(&mut self, location: &DraftLocation) {
        self.ask(2, &location.questions);
        self.line(2, &format!("{}:", scalar(&location.name)));
        self.adapter(&location.adapter, location.adapter_note.as_deref());
        self.entry(3, "host", &location.host);
        self.other_end("from", &location.from, 3);
        self.yes(3, "ordered", location.ordered.filter(|ordered| *ordered));
        self.yes(3, "transactional", location.transactional);
        self.yes(3, "rename_while_reading", location.rename);
        if let Some(queues) = location.queues {
            self.entry(3, "queues", queue_word(queues));
        }
        if let Some(binding) = location.binding {
            self.entry(3, "binding", binding_word(binding));
        }
        self.list(3, "needs", &location.needs);
        let waits = if location.two_way { ", callers wait for an answer" } else { "" };
        self.comment(3, &format!("receive port `{}`{waits}", location.port));
        if let Some(address) = &location.public_address {
            self.comment(3, &format!("callers are told `{address}`"));
        }
        self.from(3, &location.places, &[]);
    }

    fn adapter(&mut self, adapter: &str, note: Option<&str>) {
        match note {
            Some(note) => self.noted(3, "adapter", adapter, note),
            None => self.entry(3, "adapter", adapter),
        }
    }

    fn other_end(&mut self, key: &str, end: &OtherEnd, indent: usize) {
        match (&end.word, &end.address) {
            (Some(word), Some(address)) => self.noted(indent, key, word, address),
            (Some(word), None) => self.entry(indent, key, word),
            (None, Some(address)) => {
                self.comment(indent, &format!("{key}: the files say `{address}`"));
            }
            (None, None) => {}
        }
    }

    fn send_ports(&mut self, draft: &Draft) {
        if draft.send_ports.is_empty() {
            return;
        }
        self.line(1, "send_ports:");
        for port in &draft.send_ports {
            self.send_port(port);
        }
    }

    fn send_port(&mut self, port: &DraftPort) {
        self.ask(2, &port.questions);
        self.line(2, &format!("{}:", scalar(&port.name)));
        if let Some(adapter) = &port.adapter {
            self.adapter(adapter, port.adapter_note.as_deref());
        }
        self.yes(3, "dynamic", port.dynamic.then_some(true));
        self.entry(3, "host", &port.host);
        self.other_end("to", &port.to, 3);
        self.yes(3, "ordered", port.ordered.then_some(true));
        if port.stops_on_failure {
            self.comment(3, "stops when a message fails, until somebody acts");
        }
        self.yes(3, "transactional", port.transactional);
        if let Some(backup) = &port.backup {
            self.line(3, "backup:");
            self.entry(4, "adapter", &backup.adapter);
            if let Some(host) = &backup.host {
                self.entry(4, "host", host);
            }
            self.other_end("to", &backup.to, 4);
            self.from(4, &[backup.at], &[]);
        }
        self.list(3, "needs", &port.needs);
        self.from(3, &port.places, &[]);
    }

    fn orchestrations(&mut self, draft: &Draft) {
        if draft.orchestrations.is_empty() {
            return;
        }
        self.line(1, "orchestrations:");
        for orchestration in &draft.orchestrations {
            self.ask(2, &orchestration.questions);
            self.line(2, &format!("{}:", scalar(&orchestration.name)));
            self.entry(3, "host", &orchestration.host);
            self.from(3, &orchestration.places, &[]);
        }
    }

    /// The language has no groups of send ports; they spread messages, they do not protect.
    fn send_port_groups(&mut self, inventory: &Inventory) {
        for group in by_name(inventory.send_port_groups.iter(), |group: &Fact<String>| &group.value)
        {
            let place = self.place(group.at);
            self.comment(1, &format!("send port group `{}`, {place}", group.value));
        }
    }
}

fn notes_of_group(draft: &Draft, inventory: &Inventory) -> Vec<Note> {
    let group = inventory.exported_group.as_ref();
    let group = group.map(|group| Note::new(group.at, "name of the group"));
    let secret = draft.master_secret_server.as_ref();
    let secret = secret.map(|server| Note::new(server.at, "master_secret_server"));
    group.into_iter().chain(secret).collect()
}

/// Facts of a host that files state one by one, or that follow from what it does.
fn notes_of(host: &DraftHost) -> Vec<Note> {
    let kind = host.kind.as_ref().and_then(|proof| {
        let because = match proof.reason.as_str() {
            "" => "type".to_owned(),
            reason => format!("type: {reason}"),
        };
        Some(Note::new(proof.at?, because))
    });
    let tracking = host.tracking.as_ref().map(|tracking| Note::new(tracking.at, "tracking"));
    let bits = host.only_32_bit.as_ref().map(|bits| {
        Note::new(bits.at, if bits.value { "32-bit only" } else { "64-bit where possible" })
    });
    let group = host.cluster_group.as_ref();
    let group = group.map(|g| Note::new(g.at, format!("carried by cluster group `{}`", g.value)));
    kind.into_iter().chain(tracking).chain(bits).chain(group).collect()
}

fn queue_word(queues: QueuePlace) -> &'static str {
    match queues {
        QueuePlace::Local => "local",
        QueuePlace::Remote => "remote",
    }
}

fn binding_word(binding: BindingKind) -> &'static str {
    match binding {
        BindingKind::Listening => "listening",
        BindingKind::Polling => "polling",
    }
}
