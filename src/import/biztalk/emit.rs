//! The draft as topology text.
//!
//! Every element carries `x-from`, the places that state it; a comment says where a
//! single fact comes from when that is another place or a conclusion. Questions stand
//! beside what they ask about, marked with the word QUESTION. The text depends on the
//! files alone: no date, no path that was not given, one order.

use std::fmt::Write;

use super::draft::*;
use super::inventory::{Fact, Inventory};
use super::merge::kind_word;
use super::questions::Questions;
use crate::model::{BindingKind, DatabaseRole, QueuePlace};
use crate::source::{FileId, SourceMap, Span};
use crate::text;

pub(super) fn emit(
    draft: &Draft,
    inventory: &Inventory,
    questions: &Questions,
    sources: &SourceMap,
    read: &[FileId],
) -> String {
    let mut page = Page { out: String::new(), sources, questions };
    page.header(inventory, read);
    page.servers(draft);
    page.sql_instances(draft);
    page.file_shares(draft);
    page.externals(draft);
    page.biztalk(draft, inventory);
    page.out
}

/// The text so far, and what it takes to show places and questions.
struct Page<'p> {
    out: String,
    sources: &'p SourceMap,
    questions: &'p Questions,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let blank = indent * 2;
        // Writing to a string does not fail.
        let _ = match text {
            "" => writeln!(self.out),
            text => writeln!(self.out, "{:blank$}{text}", ""),
        };
    }

    fn comment(&mut self, indent: usize, text: &str) {
        self.line(indent, &format!("# {}", one_line(text)));
    }

    /// `key: value`, the value quoted where YAML needs it.
    fn entry(&mut self, indent: usize, key: &str, value: &str) {
        self.line(indent, &format!("{key}: {}", scalar(value)));
    }

    fn noted(&mut self, indent: usize, key: &str, value: &str, note: &str) {
        self.line(indent, &format!("{key}: {}  # {}", scalar(value), one_line(note)));
    }

    fn yes(&mut self, indent: usize, key: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.line(indent, &format!("{key}: {value}"));
        }
    }

    fn list(&mut self, indent: usize, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.line(indent, &format!("{key}: {}", flow(values)));
        }
    }

    /// The line only: to count columns in a file that is one long line takes too long.
    fn place(&self, at: Span) -> String {
        let Some(file) = self.sources.file(at.file) else { return String::new() };
        format!("{}:{}", file.name, file.line_index(at.start as usize) + 1)
    }

    fn from(&mut self, indent: usize, places: &[Span]) {
        let places: Vec<String> = places.iter().map(|at| self.place(*at)).collect();
        self.list(indent, "x-from", &places);
    }

    fn ask(&mut self, indent: usize, numbers: &[usize]) {
        for number in numbers {
            if let Some(question) = self.questions.get(*number) {
                let text = format!("QUESTION {number}: {}", question.text);
                self.comment(indent, &text);
            }
        }
    }

    fn header(&mut self, inventory: &Inventory, read: &[FileId]) {
        self.comment(0, "Imported from BizTalk files. Importing again writes this file anew:");
        self.comment(0, "what you know beside it belongs in a file of your own.");
        self.line(0, "#");
        self.comment(0, "Read:");
        for id in read {
            let name = self.sources.file(*id).map_or("", |file| &file.name);
            self.comment(0, &format!("  {name}"));
        }
        if !self.questions.all().is_empty() {
            self.line(0, "#");
            let count = self.questions.all().len();
            self.comment(0, &format!("No file tells these {count} things; look for QUESTION:"));
            for question in self.questions.all() {
                self.comment(0, &format!("  {}. {}", question.number, question.text));
            }
        }
        self.line(0, "failscope: 1");
        match &inventory.exported_group {
            Some(group) => {
                let name = format!("BizTalk group {}", group.value);
                let place = self.place(group.at);
                self.noted(0, "name", &name, &place);
            }
            None => self.entry(0, "name", "BizTalk group"),
        }
        let applications: Vec<&str> =
            inventory.applications.iter().map(|application| application.value.as_str()).collect();
        if !applications.is_empty() {
            let description = format!("Applications: {}", text::short_list(&applications, 30));
            self.entry(0, "description", &description);
        }
    }

    fn servers(&mut self, draft: &Draft) {
        if draft.servers.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "servers:");
        for server in &draft.servers {
            self.ask(1, &server.questions);
            self.line(1, &format!("{}:", scalar(&server.name)));
            if let Some(stands_for) = &server.stands_for {
                self.line(2, "roles: [placeholder]");
                let description = format!("Stands in for {stands_for}; no file names it.");
                self.entry(2, "description", &description);
            }
            match server.places.is_empty() && server.stands_for.is_none() {
                true => self.line(2, "{}"),
                false => self.from(2, &server.places),
            }
        }
    }

    fn sql_instances(&mut self, draft: &Draft) {
        if draft.sql_instances.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "sql_instances:");
        for instance in &draft.sql_instances {
            self.ask(1, &instance.questions);
            self.line(1, &format!("{}:", scalar(&instance.name)));
            self.entry(2, "on", &instance.on);
            self.entry(2, "addressed_as", &instance.address);
            self.line(2, "databases:");
            for database in &instance.databases {
                self.line(3, &format!("{}:", scalar(&database.name)));
                self.entry(4, "holds", role_word(database.role));
                self.from(4, &database.places);
            }
        }
    }

    fn file_shares(&mut self, draft: &Draft) {
        if draft.shares.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "file_shares:");
        for share in by_name(draft.shares.values(), |share| &share.name) {
            self.line(1, &format!("{}:", scalar(&share.name)));
            self.entry(2, "path", &share.path);
            if let Some(server) = &share.on {
                self.entry(2, "on", server);
            }
            self.from(2, &share.places);
        }
    }

    fn externals(&mut self, draft: &Draft) {
        if draft.externals.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "external:");
        for external in by_name(draft.externals.values(), |external| &external.name) {
            self.line(1, &format!("{}:", scalar(&external.name)));
            self.entry(2, "kind", external.kind);
            self.from(2, &external.places);
        }
    }

    fn biztalk(&mut self, draft: &Draft, inventory: &Inventory) {
        self.line(0, "");
        self.ask(0, &draft.group_questions);
        self.line(0, "biztalk:");
        if let Some(server) = &draft.master_secret_server {
            let place = self.place(server.at);
            self.noted(1, "master_secret_server", &server.value, &place);
        }
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
            self.from(3, &adapter.places);
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
            self.host_type(proof);
        }
        if let Some(tracking) = &host.tracking {
            let place = self.place(tracking.at);
            self.line(3, &format!("tracking: {}  # {}", tracking.value, one_line(&place)));
        }
        if let Some(bits) = &host.only_32_bit {
            let word = if bits.value { "32-bit only" } else { "64-bit where possible" };
            let place = self.place(bits.at);
            self.comment(3, &format!("{word}, {place}"));
        }
        self.list(3, "instances", &host.instances);
        self.list(3, "disabled_instances", &host.disabled);
        if let Some(group) = &host.cluster_group {
            let place = self.place(group.at);
            self.comment(3, &format!("carried by cluster group `{}`, {place}", group.value));
        }
        if !host.send_handlers.is_empty() {
            self.comment(3, &format!("send handlers: {}", host.send_handlers.join(", ")));
        }
        if host.placeholder {
            self.entry(3, "description", "Stands in for hosts that no file names.");
        }
        self.from(3, &host.places);
    }

    fn host_type(&mut self, proof: &Proof) {
        let note = match (proof.at.map(|at| self.place(at)), proof.reason.as_str()) {
            (None, _) => None,
            (Some(place), "") => Some(place),
            (Some(place), reason) => Some(format!("{reason}, {place}")),
        };
        match note {
            Some(note) => self.noted(3, "type", kind_word(proof.kind), &note),
            None => self.entry(3, "type", kind_word(proof.kind)),
        }
    }

    fn receive_handlers(&mut self, draft: &Draft) {
        if draft.receive_handlers.is_empty() {
            return;
        }
        self.line(1, "receive_handlers:");
        for (host, adapter, at) in &draft.receive_handlers {
            let place = self.place(*at);
            let line = format!("- adapter: {}  # {}", scalar(adapter), one_line(&place));
            self.line(2, &line);
            self.entry(3, "host", host);
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
        self.from(3, &location.places);
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
            let place = self.place(backup.at);
            self.line(3, &format!("backup:  # {}", one_line(&place)));
            self.entry(4, "adapter", &backup.adapter);
            if let Some(host) = &backup.host {
                self.entry(4, "host", host);
            }
            self.other_end("to", &backup.to, 4);
        }
        self.list(3, "needs", &port.needs);
        self.from(3, &port.places);
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
            self.from(3, &orchestration.places);
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

fn by_name<'v, T>(values: impl Iterator<Item = &'v T>, name: impl Fn(&T) -> &String) -> Vec<&'v T> {
    let mut sorted: Vec<&T> = values.collect();
    sorted.sort_by_cached_key(|value| (name(value).to_lowercase(), name(value).clone()));
    sorted
}

/// A scalar on one line, safe as a key and as a value.
fn scalar(value: &str) -> String {
    let value = one_line(value);
    let quoted = serde_yaml::to_string(&value).unwrap_or_default();
    match quoted.strip_suffix('\n') {
        // Two plain forms mean something else where a key may stand.
        Some(line) if !line.contains('\n') && value != "<<" && !line.starts_with("x-") => {
            line.to_owned()
        }
        _ => text::yaml_quoted(&value),
    }
}

fn flow(values: &[String]) -> String {
    let items: Vec<String> = values.iter().map(|v| text::yaml_word(&one_line(v))).collect();
    format!("[{}]", items.join(", "))
}

/// Text that stays on its line and acts on no terminal.
fn one_line(value: &str) -> String {
    super::secrets::tidy(value)
}

fn role_word(role: DatabaseRole) -> &'static str {
    match role {
        DatabaseRole::Management => "management",
        DatabaseRole::Messagebox => "messagebox",
        DatabaseRole::Sso => "sso",
        DatabaseRole::Tracking => "tracking",
        DatabaseRole::Rules => "rules",
        DatabaseRole::BamPrimaryImport => "bam-primary-import",
        DatabaseRole::BamStarSchema => "bam-star-schema",
        DatabaseRole::BamAnalysis => "bam-analysis",
        DatabaseRole::BamArchive => "bam-archive",
        DatabaseRole::BamAlerts => "bam-alerts",
        DatabaseRole::TrackingAnalysis => "tracking-analysis",
        DatabaseRole::Ssisdb => "ssisdb",
        DatabaseRole::SapTid => "sap-tid",
        DatabaseRole::Application => "application",
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_as_keys_and_values() {
        for name in [
            "plain",
            "with blank",
            "a: b",
            "# c",
            "- d",
            "<<",
            "x-own",
            "yes",
            "007",
            "~",
            "[f]",
            "'q'",
            "\"dq\"",
            r"\\fs\share$",
            "{{Token}}",
            "%%T%%",
            "*",
            "&a",
            "!t",
            "@x",
            "`y`",
        ] {
            let text = format!("{}: {}\n", scalar(name), scalar(name));
            let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(read[name].as_str(), Some(name), "{text}");
            let text = format!("k: {}\n", flow(&[name.to_owned(), name.to_owned()]));
            let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(read["k"][1].as_str(), Some(name), "{text}");
        }
    }
}
