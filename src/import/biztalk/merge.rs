//! Joins the facts of all files into one inventory.
//!
//! Sets are united. A single value that two files state differently is kept as the
//! first one states it and reported with both places; files are read in the order
//! of how directly they describe the running group, so the first one is the better
//! witness.

use rustc_hash::{FxHashMap, FxHashSet};

use super::inventory::*;
use super::secrets;
use super::stated::{Stated, database_noun};
use super::tokens::Tokens;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{DatabaseRole, HostKind};
use crate::source::{FileId, Span};

/// The inventory while files are added to it.
#[derive(Default)]
pub(super) struct Merge {
    pub(super) inventory: Inventory,
    pub(super) tokens: Tokens,
    pub(super) problems: Vec<Diagnostic>,
    /// Secrets that were met and dropped in the file that is being read.
    dropped: usize,
    /// Where the first of them stands.
    first_dropped: Option<Span>,
    /// Transports of that file whose settings could not be read.
    unread: Vec<Span>,
    /// Files that could not be used after all.
    pub(super) left_out: Vec<FileId>,
    hosts: FxHashMap<String, usize>,
    servers: FxHashMap<String, usize>,
    locations: FxHashMap<String, usize>,
    ports: FxHashMap<String, usize>,
    orchestrations: FxHashMap<(String, String), usize>,
    handlers: FxHashMap<(Direction, String, String), usize>,
    adapters: FxHashMap<String, usize>,
    databases: FxHashMap<(DatabaseRole, String), usize>,
    /// Names that stand in a list already: the list, its owner, the name.
    listed: FxHashSet<(&'static str, String, String)>,
}

/// Places that are kept of one thing; a host of a large group is named by hundreds of ports.
const MOST_PLACES: usize = 50;
/// Longest text that is looked at; longer ones are no names and no addresses.
const LONGEST_WORDS: usize = 4096;

impl Merge {
    pub(super) fn warn(&mut self, code: &'static str, at: Span, message: String) {
        self.problems.push(Diagnostic::new(code, Severity::Warning, at, message));
    }

    pub(super) fn note(&mut self, code: &'static str, at: Span, message: String) {
        self.problems.push(Diagnostic::new(code, Severity::Info, at, message));
    }

    /// A name or an address as it may be passed on: placeholders replaced, secrets dropped.
    pub(super) fn words(&mut self, raw: &str, at: Span) -> Option<Fact<String>> {
        let raw = raw.get(..raw.floor_char_boundary(LONGEST_WORDS)).unwrap_or(raw);
        let resolved = self.tokens.resolve(raw);
        let cleaned = secrets::clean(&resolved);
        self.tokens.note_missing(&cleaned.text, at);
        self.drop_secrets(cleaned.dropped, at);
        (!cleaned.text.is_empty()).then(|| Fact::new(cleaned.text, at))
    }

    pub(super) fn drop_secrets(&mut self, count: usize, at: Span) {
        if count > 0 {
            self.dropped += count;
            self.first_dropped.get_or_insert(at);
        }
    }

    /// Says how many secrets the file that was read last has in clear text.
    pub(super) fn say_dropped(&mut self) {
        let Some(at) = self.first_dropped.take() else { return };
        let message = match std::mem::take(&mut self.dropped) {
            1 => "here is a secret in clear text; it is not passed on".to_owned(),
            count => format!(
                "{count} secrets in clear text were found and are not passed on, the first one here"
            ),
        };
        self.problems.push(
            Diagnostic::new("import/secrets-dropped", Severity::Warning, at, message)
                .help("who has the file has the secret: change it where the file went around"),
        );
    }

    pub(super) fn pass_over_settings(&mut self, at: Span) {
        if self.unread.last() != Some(&at) {
            self.unread.push(at);
        }
    }

    /// Says which adapter settings of the file that was read last could not be read.
    pub(super) fn say_passed_over(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        if let Some(first) = unread.first() {
            let message = match unread.len() {
                1 => "the adapter settings here are not well-formed and are passed over".to_owned(),
                several => format!(
                    "the adapter settings of {several} transports are not well-formed and are \
                     passed over, the first ones here"
                ),
            };
            self.note("import/settings-passed-over", *first, message);
        }
    }

    /// A value for a placeholder.
    pub(super) fn value(&mut self, name: &str, value: Fact<String>) {
        let at = value.at;
        if let Err(first) = self.tokens.add(name, value) {
            let name = secrets::clean(name).text;
            let message =
                format!("setting `{name}` has another value in a place that is read first");
            self.problems.push(
                Diagnostic::new("import/contradiction", Severity::Warning, at, message)
                    .related(first.at, "this value is kept")
                    .help("import the settings of one environment"),
            );
        }
    }

    pub(super) fn application(&mut self, name: Fact<String>) {
        if self.is_new("applications", "", &name.value) {
            self.inventory.applications.push(name);
        }
    }

    fn is_new(&mut self, list: &'static str, owner: &str, name: &str) -> bool {
        self.listed.insert((list, owner.to_lowercase(), name.to_lowercase()))
    }

    pub(super) fn server(&mut self, name: Fact<String>) {
        let next = self.inventory.servers.len();
        let index = *self.servers.entry(name.value.to_lowercase()).or_insert(next);
        if index == next {
            self.inventory.servers.push(name);
        }
    }

    /// The host of that name, made if it is new.
    pub(super) fn host(&mut self, name: &Fact<String>) -> &mut Host {
        let next = self.inventory.hosts.len();
        let index = *self.hosts.entry(name.value.to_lowercase()).or_insert(next);
        if index == next {
            self.inventory.hosts.push(Host::named(name.value.clone()));
        }
        let host = &mut self.inventory.hosts[index];
        add_place(&mut host.places, name.at);
        host
    }

    pub(super) fn host_kind(&mut self, host: &Fact<String>, kind: Fact<HostKind>) {
        let what = format!("the type of host `{}`", host.value);
        let mut slot = self.host(host).kind.take();
        self.settle(&mut slot, kind, &what);
        self.host(host).kind = slot;
    }

    pub(super) fn host_group(&mut self, host: &Fact<String>, group: Fact<String>) {
        let what = format!("the Windows group of host `{}`", host.value);
        let mut slot = self.host(host).nt_group.take();
        self.settle(&mut slot, group, &what);
        self.host(host).nt_group = slot;
    }

    /// A yes or no of a host, in the field that `slot` picks.
    pub(super) fn host_flag(
        &mut self,
        host: &Fact<String>,
        value: Option<bool>,
        what: &str,
        slot: fn(&mut Host) -> &mut Option<Fact<bool>>,
    ) {
        let Some(value) = value else { return };
        let what = format!("whether host `{}` is {what}", host.value);
        let mut stated = slot(self.host(host)).take();
        self.settle(&mut stated, Fact::new(value, host.at), &what);
        *slot(self.host(host)) = stated;
    }

    pub(super) fn instance(&mut self, host: &Fact<String>, server: Fact<String>, enabled: bool) {
        self.server(server.clone());
        if !self.is_new("instances", &host.value, &server.value) {
            let what = format!("whether host `{}` is enabled on `{}`", host.value, server.value);
            let known = self.host(host);
            let same = |known: &&Fact<String>| known.value.agrees(&server.value);
            let at = server.at;
            let mut first = match known.instances.iter().find(same) {
                Some(known) => Some(Fact::new(true, known.at)),
                None => known.disabled_instances.iter().find(same).map(|k| Fact::new(false, k.at)),
            };
            self.settle(&mut first, Fact::new(enabled, at), &what);
            return;
        }
        let host = self.host(host);
        match enabled {
            true => host.instances.push(server),
            false => host.disabled_instances.push(server),
        }
    }

    pub(super) fn adapter(&mut self, adapter: Fact<AdapterUse>) {
        let next = self.inventory.adapters.len();
        let index = *self.adapters.entry(adapter.value.name.to_lowercase()).or_insert(next);
        if index == next {
            self.inventory.adapters.push(adapter);
        }
    }

    /// An adapter of which only the name is given: with its class, if a list of adapters has it.
    pub(super) fn adapter_named(&self, name: &str) -> AdapterUse {
        match self.adapters.get(&name.to_lowercase()) {
            Some(&index) => self.inventory.adapters[index].value.clone(),
            None => AdapterUse { name: name.to_owned(), class_id: None, capabilities: None },
        }
    }

    pub(super) fn handler(&mut self, handler: Handler) {
        self.host(&Fact::new(handler.host.clone(), handler.at));
        let adapter = match &handler.adapter.value.class_id {
            Some(id) => id.clone(),
            None => handler.adapter.value.name.to_lowercase(),
        };
        let next = self.inventory.handlers.len();
        let key = (handler.direction, handler.host.to_lowercase(), adapter);
        let index = *self.handlers.entry(key).or_insert(next);
        match self.inventory.handlers.get_mut(index) {
            Some(known) => known.default |= handler.default,
            None => self.inventory.handlers.push(handler),
        }
    }

    pub(super) fn database(
        &mut self,
        role: DatabaseRole,
        server: &Fact<String>,
        name: &Fact<String>,
    ) {
        let several = role == DatabaseRole::Messagebox;
        let key = (role, if several { name.value.to_lowercase() } else { String::new() });
        let next = self.inventory.databases.len();
        let index = *self.databases.entry(key).or_insert(next);
        let Some(known) = self.inventory.databases.get_mut(index) else {
            self.inventory.databases.push(Database {
                role,
                name: name.value.clone(),
                server: server.value.clone(),
                places: vec![server.at],
            });
            return;
        };
        if known.name.agrees(&name.value) && known.server.agrees(&server.value) {
            add_place(&mut known.places, server.at);
            return;
        }
        let first = known.places.first().copied().unwrap_or(server.at);
        let message = format!(
            "the {} database is `{}` on `{}` here, but `{}` on `{}` in a file that is read first",
            database_noun(role),
            name.value,
            server.value,
            known.name,
            known.server
        );
        self.contradiction(server.at, first, message);
    }

    pub(super) fn receive_location(&mut self, location: ReceiveLocation) {
        let next = self.inventory.receive_locations.len();
        let index = *self.locations.entry(location.name.to_lowercase()).or_insert(next);
        if index == next {
            self.inventory.receive_locations.push(location);
            return;
        }
        let what = format!("receive location `{}`", location.name);
        let mut known = self.inventory.receive_locations[index].clone();
        let (first, at) = (known.transport.at, location.transport.at);
        self.settle(
            &mut Some(Fact::new(known.port.clone(), first)),
            Fact::new(location.port, at),
            &format!("the receive port of {what}"),
        );
        self.settle(
            &mut Some(Fact::new(known.two_way, first)),
            Fact::new(location.two_way, at),
            &format!("whether callers of {what} wait for an answer"),
        );
        let applications = (known.application.take(), location.application);
        known.application = self.settle_value((applications, first, at), &application_of(&what));
        self.settle_transport(&mut known.transport, &location.transport, &what);
        self.settle_some(
            &mut known.public_address,
            location.public_address,
            &format!("the public address of {what}"),
        );
        self.settle_some(
            &mut known.enabled,
            location.enabled,
            &format!("whether {what} is enabled"),
        );
        let slot = &mut self.inventory.receive_locations[index];
        *slot = known;
        for place in location.places {
            add_place(&mut slot.places, place);
        }
    }

    pub(super) fn send_port(&mut self, port: SendPort) {
        let next = self.inventory.send_ports.len();
        let index = *self.ports.entry(port.name.to_lowercase()).or_insert(next);
        if index == next {
            self.inventory.send_ports.push(port);
            return;
        }
        let mut known = self.inventory.send_ports[index].clone();
        let what = format!("whether send port `{}` keeps order", port.name);
        self.settle_dynamic(&known, &port);
        if let (Some(&first), Some(&at)) = (known.places.first(), port.places.first()) {
            let what = application_of(&format!("send port `{}`", port.name));
            let applications = (known.application.take(), port.application);
            known.application = self.settle_value((applications, first, at), &what);
        }
        self.settle_some(&mut known.ordered, port.ordered, &what);
        self.settle_way(&mut known.primary, port.primary, &port.name, "send port");
        self.settle_way(&mut known.backup, port.backup, &port.name, "the backup transport of");
        for place in port.places {
            add_place(&mut known.places, place);
        }
        self.inventory.send_ports[index] = known;
    }

    /// Static and dynamic are one value; the transports follow from it.
    fn settle_dynamic(&mut self, known: &SendPort, new: &SendPort) {
        let at = |port: &SendPort| port.places.first().copied();
        if let (Some(first), Some(second)) = (at(known), at(new)) {
            let mut dynamic = Some(Fact::new(known.dynamic, first));
            let what = format!("whether send port `{}` is dynamic", new.name);
            self.settle(&mut dynamic, Fact::new(new.dynamic, second), &what);
        }
    }

    fn settle_some<T: Stated>(
        &mut self,
        slot: &mut Option<Fact<T>>,
        new: Option<Fact<T>>,
        what: &str,
    ) {
        if let Some(new) = new {
            self.settle(slot, new, what);
        }
    }

    fn settle_way(
        &mut self,
        known: &mut Option<Transport>,
        new: Option<Transport>,
        port: &str,
        noun: &str,
    ) {
        match (known.as_mut(), new) {
            (Some(known), Some(new)) => {
                self.settle_transport(known, &new, &format!("{noun} `{port}`"));
            }
            (None, Some(new)) => *known = Some(new),
            (_, None) => {}
        }
    }

    fn settle_transport(&mut self, known: &mut Transport, new: &Transport, what: &str) {
        let of = |part: &str| format!("the {part} of {what}");
        self.settle_some(&mut known.adapter, new.adapter.clone(), &of("adapter"));
        self.settle_some(&mut known.host, new.host.clone(), &of("host"));
        self.settle_some(&mut known.address, new.address.clone(), &of("address"));
        let (details, more) = (&mut known.details, &new.details);
        self.settle_some(&mut details.machine, more.machine.clone(), &of("server"));
        self.settle_some(&mut details.proxy, more.proxy.clone(), &of("proxy"));
        self.settle_some(&mut details.key_share, more.key_share.clone(), &of("key file"));
        let whether = |part: &str| format!("whether {what} {part}");
        let each = (details.transactional, more.transactional);
        details.transactional =
            self.settle_value((each, known.at, new.at), &whether("is transactional"));
        let each = (details.ordered, more.ordered);
        details.ordered = self.settle_value((each, known.at, new.at), &whether("reads in order"));
        let each = (details.rename_while_reading, more.rename_while_reading);
        details.rename_while_reading =
            self.settle_value((each, known.at, new.at), &whether("renames files while reading"));
    }

    /// A value that is kept without its place: that of the first, or of the second statement.
    fn settle_value<T: Stated>(
        &mut self,
        ((first, second), at, other): ((Option<T>, Option<T>), Span, Span),
        what: &str,
    ) -> Option<T> {
        let mut slot = first.map(|value| Fact::new(value, at));
        self.settle_some(&mut slot, second.map(|value| Fact::new(value, other)), what);
        slot.map(|fact| fact.value)
    }

    /// The cluster group of a host, or that it has none.
    pub(super) fn clustering(&mut self, host: &Fact<String>, group: Option<Fact<String>>) {
        let known = self.host(host);
        let (stated, denied) = (known.cluster_group.clone(), known.not_clustered.clone());
        let what = format!("the cluster group of host `{}`", host.value);
        match (group, stated, denied) {
            (Some(group), None, Some(denied)) => {
                let message = format!(
                    "{what} is `{}` here, but a place that is read first says that it has none",
                    group.value
                );
                self.contradiction(group.at, denied.at, message);
            }
            (Some(group), mut stated, _) => {
                self.settle(&mut stated, group, &what);
                self.host(host).cluster_group = stated;
            }
            (None, Some(stated), _) => {
                let message = format!(
                    "host `{}` has no cluster group here, but `{}` in a place that is read first",
                    host.value, stated.value
                );
                self.contradiction(host.at, stated.at, message);
            }
            (None, None, denied) => {
                self.host(host).not_clustered = denied.or(Some(Fact::new(true, host.at)));
            }
        }
    }

    pub(super) fn orchestration(&mut self, orchestration: Orchestration) {
        let next = self.inventory.orchestrations.len();
        let key = (orchestration.module.to_lowercase(), orchestration.name.to_lowercase());
        let index = *self.orchestrations.entry(key).or_insert(next);
        if index == next {
            self.inventory.orchestrations.push(orchestration);
            return;
        }
        let what = format!("the host of orchestration `{}`", orchestration.name);
        let mut host = self.inventory.orchestrations[index].host.take();
        self.settle_some(&mut host, orchestration.host, &what);
        let known = &mut self.inventory.orchestrations[index];
        known.host = host;
        for place in orchestration.places {
            add_place(&mut known.places, place);
        }
    }

    pub(super) fn send_port_group(&mut self, name: Fact<String>) {
        if self.is_new("send port groups", "", &name.value) {
            self.inventory.send_port_groups.push(name);
        }
    }

    /// A value that must be one: the first statement stays, another one is reported.
    pub(super) fn settle<T: Stated>(
        &mut self,
        slot: &mut Option<Fact<T>>,
        new: Fact<T>,
        what: &str,
    ) {
        match slot {
            None => *slot = Some(new),
            Some(first) if first.value.agrees(&new.value) => {}
            Some(first) => {
                let message = format!(
                    "{what} is {} here, but {} in a place that is read first",
                    new.value.shown(),
                    first.value.shown()
                );
                self.contradiction(new.at, first.at, message);
            }
        }
    }

    fn contradiction(&mut self, at: Span, first: Span, message: String) {
        self.problems.push(
            Diagnostic::new("import/contradiction", Severity::Warning, at, message)
                .related(first, "this statement is kept")
                .help("find out which one holds, and import only files of one environment"),
        );
    }
}

impl Host {
    fn named(name: String) -> Host {
        Host {
            name,
            places: Vec::new(),
            kind: None,
            tracking: None,
            only_32_bit: None,
            nt_group: None,
            instances: Vec::new(),
            disabled_instances: Vec::new(),
            cluster_group: None,
            not_clustered: None,
        }
    }
}

fn application_of(what: &str) -> String {
    format!("the application of {what}")
}

pub(super) fn add_place(places: &mut Vec<Span>, place: Span) {
    if places.len() < MOST_PLACES && !places.contains(&place) {
        places.push(place);
    }
}
