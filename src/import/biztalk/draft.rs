//! From what the files say to what the topology will say: names allotted, other ends
//! placed, host types proved, questions asked.
//!
//! The language wants every host to run somewhere and every SQL instance to be on
//! something. Where no file tells, a placeholder with a plain name stands in, and a
//! question says so.

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::adapters::{Identity, identify};
use super::addresses::{Place, System, is_unresolved, locate};
use super::inventory::*;
use super::merge::{add_place, kind_word};
use super::questions::Questions;
use crate::diagnostic::{Diagnostic, Severity};
use crate::expand::biztalk::adapters::{self, ReceiveAvailability};
use crate::model::{BindingKind, DatabaseRole, HostKind, QueuePlace};
use crate::source::Span;

/// Everything the topology will hold, in the order in which it will be written.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) servers: Vec<Server>,
    pub(super) sql_instances: Vec<SqlInstance>,
    pub(super) shares: IndexMap<String, Share>,
    pub(super) externals: IndexMap<(&'static str, String, Option<String>), External>,
    /// By name in lower case.
    pub(super) adapters: IndexMap<String, CustomAdapter>,
    pub(super) hosts: Vec<DraftHost>,
    pub(super) receive_handlers: Vec<(String, String, Span)>,
    pub(super) receive_locations: Vec<DraftLocation>,
    pub(super) send_ports: Vec<DraftPort>,
    pub(super) orchestrations: Vec<DraftOrchestration>,
    pub(super) master_secret_server: Option<Fact<String>>,
    /// Questions of the group as a whole.
    pub(super) group_questions: Vec<usize>,
}

pub(super) struct Server {
    pub(super) name: String,
    pub(super) places: Vec<Span>,
    /// What it stands in for, if it is a placeholder.
    pub(super) stands_for: Option<String>,
    pub(super) questions: Vec<usize>,
}

pub(super) struct SqlInstance {
    pub(super) name: String,
    /// As the files write it.
    pub(super) address: String,
    pub(super) on: String,
    pub(super) databases: Vec<DraftDatabase>,
    pub(super) questions: Vec<usize>,
}

pub(super) struct DraftDatabase {
    pub(super) name: String,
    pub(super) role: DatabaseRole,
    pub(super) places: Vec<Span>,
}

pub(super) struct Share {
    pub(super) name: String,
    server: String,
    pub(super) path: String,
    pub(super) on: Option<String>,
    pub(super) places: Vec<Span>,
}

pub(super) struct External {
    pub(super) name: String,
    host: String,
    pub(super) kind: &'static str,
    pub(super) places: Vec<Span>,
}

pub(super) struct CustomAdapter {
    pub(super) name: String,
    pub(super) process: Option<HostKind>,
    pub(super) places: Vec<Span>,
    pub(super) questions: Vec<usize>,
}

pub(super) struct DraftHost {
    pub(super) name: String,
    pub(super) kind: Option<Proof>,
    pub(super) tracking: Option<Fact<bool>>,
    pub(super) only_32_bit: Option<Fact<bool>>,
    pub(super) instances: Vec<String>,
    pub(super) disabled: Vec<String>,
    pub(super) cluster_group: Option<Fact<String>>,
    pub(super) send_handlers: Vec<String>,
    pub(super) places: Vec<Span>,
    pub(super) placeholder: bool,
    pub(super) questions: Vec<usize>,
}

/// What shows the type of a host.
#[derive(Clone)]
pub(super) struct Proof {
    pub(super) kind: HostKind,
    /// Empty when a file states it.
    pub(super) reason: String,
    pub(super) at: Option<Span>,
}

/// The other end of a port.
#[derive(Default)]
pub(super) struct OtherEnd {
    /// A name of the topology, or an address.
    pub(super) word: Option<String>,
    /// The address, where the word does not show it.
    pub(super) address: Option<String>,
}

pub(super) struct DraftLocation {
    pub(super) name: String,
    pub(super) adapter: String,
    pub(super) adapter_note: Option<String>,
    pub(super) host: String,
    pub(super) from: OtherEnd,
    pub(super) ordered: Option<bool>,
    pub(super) transactional: Option<bool>,
    pub(super) queues: Option<QueuePlace>,
    pub(super) binding: Option<BindingKind>,
    pub(super) rename: Option<bool>,
    pub(super) needs: Vec<String>,
    pub(super) port: String,
    pub(super) places: Vec<Span>,
    pub(super) questions: Vec<usize>,
}

pub(super) struct DraftPort {
    pub(super) name: String,
    pub(super) adapter: Option<String>,
    pub(super) adapter_note: Option<String>,
    pub(super) host: String,
    pub(super) to: OtherEnd,
    pub(super) backup: Option<DraftBackup>,
    pub(super) dynamic: bool,
    pub(super) ordered: bool,
    pub(super) stops_on_failure: bool,
    pub(super) transactional: Option<bool>,
    pub(super) needs: Vec<String>,
    pub(super) places: Vec<Span>,
    pub(super) questions: Vec<usize>,
}

pub(super) struct DraftBackup {
    pub(super) adapter: String,
    pub(super) host: Option<String>,
    pub(super) to: OtherEnd,
    pub(super) at: Span,
}

pub(super) struct DraftOrchestration {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) places: Vec<Span>,
    pub(super) questions: Vec<usize>,
}

/// Drafts the topology. Findings about the files join `problems`.
pub(super) fn draft(
    inventory: &Inventory,
    problems: &mut Vec<Diagnostic>,
    questions: &mut Questions,
) -> Draft {
    let mut drafting = Drafting::new(inventory, problems, questions);
    drafting.servers();
    drafting.host_names();
    drafting.sql_instances();
    drafting.locations();
    drafting.ports();
    drafting.orchestrations();
    drafting.hosts();
    drafting.handlers();
    drafting.group();
    drafting.draft
}

struct Drafting<'i> {
    inventory: &'i Inventory,
    problems: &'i mut Vec<Diagnostic>,
    questions: &'i mut Questions,
    names: Names,
    draft: Draft,
    /// Display name by lower-case name.
    server_names: FxHashMap<String, String>,
    host_names: FxHashMap<String, String>,
    /// The group's own SQL instances by address, in lower case.
    sql_names: FxHashMap<String, String>,
    by_host: FxHashMap<String, Uses<'i>>,
    by_adapter: FxHashMap<(Direction, String), Vec<&'i Handler>>,
    /// A list of all handlers was imported, not only those in use.
    handlers_listed: bool,
    /// Stand-ins for hosts that no file states, by type.
    unknown_hosts: [Option<String>; 2],
}

/// What uses a host.
#[derive(Default)]
struct Uses<'i> {
    handlers: Vec<&'i Handler>,
    locations: Vec<&'i ReceiveLocation>,
    orchestration: Option<Span>,
    instances: usize,
}

const UNKNOWN_ADAPTER: &str = "adapter not stated";

impl<'i> Drafting<'i> {
    fn new(
        inventory: &'i Inventory,
        problems: &'i mut Vec<Diagnostic>,
        questions: &'i mut Questions,
    ) -> Drafting<'i> {
        Drafting {
            inventory,
            problems,
            questions,
            names: Names::default(),
            draft: Draft::default(),
            server_names: FxHashMap::default(),
            host_names: FxHashMap::default(),
            sql_names: FxHashMap::default(),
            by_host: uses_of_hosts(inventory),
            by_adapter: handlers_by_adapter(inventory),
            handlers_listed: inventory.handlers.iter().any(|handler| handler.default),
            unknown_hosts: [None, None],
        }
    }

    fn uses(&self, host: &str) -> Option<&Uses<'i>> {
        self.by_host.get(&host.to_lowercase())
    }

    fn servers(&mut self) {
        for server in sorted(&self.inventory.servers, |server| &server.value) {
            let name = self.names.claim(&server.value, "server");
            self.server_names.insert(server.value.to_lowercase(), name.clone());
            self.draft.servers.push(Server {
                name,
                places: vec![server.at],
                stands_for: None,
                questions: Vec::new(),
            });
        }
    }

    /// Hosts get their names early, so that nothing else takes them.
    fn host_names(&mut self) {
        for host in sorted(&self.inventory.hosts, |host| &host.name) {
            let name = self.names.claim(&host.name, "host");
            self.host_names.insert(host.name.to_lowercase(), name);
        }
    }

    fn host_name(&self, host: &str) -> Option<String> {
        self.host_names.get(&host.to_lowercase()).cloned()
    }

    fn placeholder_server(&mut self, wanted: &str, stands_for: String, question: usize) -> String {
        let name = self.names.claim(wanted, "server");
        self.draft.servers.push(Server {
            name: name.clone(),
            places: Vec::new(),
            stands_for: Some(stands_for),
            questions: vec![question],
        });
        name
    }

    fn sql_instances(&mut self) {
        let mut by_server: IndexMap<String, Vec<&'i Database>> = IndexMap::new();
        for database in sorted(&self.inventory.databases, |database| &database.server) {
            by_server.entry(database.server.to_lowercase()).or_default().push(database);
        }
        for databases in by_server.into_values() {
            if let Some(first) = databases.first() {
                self.sql_instance(&first.server, &databases);
            }
        }
    }

    fn sql_instance(&mut self, address: &str, databases: &[&'i Database]) {
        let name = self.names.claim(&format!("{address} (SQL Server)"), "SQL instance");
        let computer = address.split(['\\', ',']).next().unwrap_or(address).trim();
        let mut asked = Vec::new();
        let on = match self.server_names.get(&computer.to_lowercase()) {
            Some(server) => server.clone(),
            None => {
                let at = databases.first().and_then(|database| database.places.first().copied());
                let question = self.questions.ask(
                    format!("sql_instances.{name}"),
                    format!(
                        "What is `{address}`: one computer, a failover cluster instance, or the listener or \
                         alias of an availability group?"
                    ),
                    "every document passes through its databases",
                    at,
                );
                asked.push(question);
                let wanted = format!("computer behind {address} (not stated)");
                self.placeholder_server(&wanted, format!("whatever runs `{address}`"), question)
            }
        };
        let databases = databases.iter().map(|database| self.database(&name, database)).collect();
        self.sql_names.insert(address.to_lowercase(), name.clone());
        let address = address.to_owned();
        self.draft.sql_instances.push(SqlInstance {
            name,
            address,
            on,
            databases,
            questions: asked,
        });
    }

    fn database(&mut self, instance: &str, database: &Database) -> DraftDatabase {
        let name = self.names.claim_database(instance, &database.name);
        DraftDatabase { name, role: database.role, places: database.places.clone() }
    }

    fn locations(&mut self) {
        for location in sorted(&self.inventory.receive_locations, |location| &location.name) {
            let draft = self.location(location);
            self.draft.receive_locations.push(draft);
        }
    }

    fn location(&mut self, location: &ReceiveLocation) -> DraftLocation {
        let name = self.names.claim(&location.name, "receive location");
        let transport = &location.transport;
        let mut asked = Vec::new();
        let (adapter, note, identity) =
            self.adapter(transport.adapter.as_ref(), &name, Direction::Receive, &mut asked);
        let host = match &transport.host {
            Some(host) => self.host_name(&host.value),
            None => self.only_handler(&identity, Direction::Receive),
        };
        let host = host.unwrap_or_else(|| {
            let kind = identity.receive.unwrap_or(HostKind::InProcess);
            let key = format!("biztalk.receive_locations.{name}.host");
            asked.push(self.ask_host(key, &name, Some(transport.at)));
            self.unknown_host(kind)
        });
        let place = locate(&identity, Direction::Receive, transport);
        let queues = match (identity.name.as_str(), &place) {
            ("MSMQ", Place::Own) => Some(QueuePlace::Local),
            ("MSMQ", Place::System(system)) if self.is_own_server(&system.host) => {
                Some(QueuePlace::Local)
            }
            ("MSMQ", Place::System(_)) => Some(QueuePlace::Remote),
            _ => None,
        };
        let from = self.other_end(&place, transport);
        self.ask_of_location(location, &name, &identity, &mut asked);
        self.say_if_local_path(location, &identity, &place);
        let details = &transport.details;
        DraftLocation {
            name,
            adapter,
            adapter_note: note,
            host,
            from,
            ordered: details.ordered,
            transactional: details.transactional,
            queues,
            binding: details.binding,
            rename: details.rename_while_reading.filter(|_| identity.name == "FILE"),
            needs: self.needs(transport),
            port: location.port.clone(),
            places: location.places.clone(),
            questions: asked,
        }
    }

    /// What only people know about a location that several servers may serve.
    fn ask_of_location(
        &mut self,
        location: &ReceiveLocation,
        name: &str,
        identity: &Identity,
        asked: &mut Vec<usize>,
    ) {
        let polls = identity.name == "WCF-SQL"
            || identity.name == "SQL"
            || location.transport.details.binding == Some(BindingKind::Polling);
        let (key, text) = if polls {
            (
                "poll_claims_rows",
                "Do the polls claim their rows under lock, so that two servers do not read the same ones?",
            )
        } else if identity.name == "POP3" {
            (
                "mailbox_allows_concurrent_sessions",
                "Does the mail server let two sessions read one mailbox?",
            )
        } else {
            return;
        };
        let why = "if not, only one server may receive, and the host must be clustered";
        let at = Some(location.transport.at);
        asked.push(self.questions.ask_once(
            key,
            text,
            why,
            format!("biztalk.receive_locations.{name}.{key}"),
            at,
        ));
    }

    /// A path of its own on every server: each server then has other files.
    fn say_if_local_path(
        &mut self,
        location: &ReceiveLocation,
        identity: &Identity,
        place: &Place,
    ) {
        let Some(host) = location.transport.host.as_ref().filter(|_| identity.name == "FILE")
        else {
            return;
        };
        let several = self.uses(&host.value).is_some_and(|uses| uses.instances > 1);
        if *place == Place::Own && several {
            let message = format!(
                "receive location `{}` reads a local path, and its host runs on several servers: each reads \
                 its own disk",
                location.name
            );
            let at = location.transport.at;
            self.problems.push(Diagnostic::new(
                "import/local-path",
                Severity::Warning,
                at,
                message,
            ));
        }
    }

    fn ports(&mut self) {
        for port in sorted(&self.inventory.send_ports, |port| &port.name) {
            let draft = self.port(port);
            self.draft.send_ports.push(draft);
        }
    }

    fn port(&mut self, port: &SendPort) -> DraftPort {
        let name = self.names.claim(&port.name, "send port");
        let mut asked = Vec::new();
        let ordered = port.ordered.as_ref().is_some_and(|ordered| ordered.value);
        let mut draft = DraftPort {
            name: name.clone(),
            adapter: None,
            adapter_note: None,
            host: String::new(),
            to: OtherEnd::default(),
            backup: None,
            dynamic: port.dynamic,
            ordered,
            stops_on_failure: port.stops_on_failure,
            transactional: None,
            needs: Vec::new(),
            places: port.places.clone(),
            questions: Vec::new(),
        };
        match &port.primary {
            Some(transport) if !port.dynamic => {
                self.primary(&mut draft, transport, &mut asked);
                draft.backup = self.backup(port, transport);
            }
            _ => self.dynamic_port(&mut draft, port, &mut asked),
        }
        draft.questions = asked;
        draft
    }

    fn primary(&mut self, draft: &mut DraftPort, transport: &Transport, asked: &mut Vec<usize>) {
        let (adapter, note, identity) =
            self.adapter(transport.adapter.as_ref(), &draft.name, Direction::Send, asked);
        let host = match &transport.host {
            Some(host) => self.host_name(&host.value),
            None => self.only_handler(&identity, Direction::Send),
        };
        draft.host = host.unwrap_or_else(|| {
            let key = format!("biztalk.send_ports.{}.host", draft.name);
            asked.push(self.ask_host(key, &draft.name, Some(transport.at)));
            self.unknown_host(HostKind::InProcess)
        });
        let place = locate(&identity, Direction::Send, transport);
        if identity.name == "SMTP" && place == Place::NotStated {
            asked.push(self.questions.ask_once(
                "smtp",
                "Which SMTP server do the send ports use that name none?",
                "it is set on the send handler, which no file of these holds",
                format!("biztalk.send_ports.{}.to", draft.name),
                Some(transport.at),
            ));
        }
        draft.adapter = Some(adapter);
        draft.adapter_note = note;
        draft.to = self.other_end(&place, transport);
        draft.transactional = transport.details.transactional;
        draft.needs = self.needs(transport);
    }

    fn dynamic_port(&mut self, draft: &mut DraftPort, port: &SendPort, asked: &mut Vec<usize>) {
        let at = port.places.first().copied();
        draft.dynamic = true;
        draft.host = match self.only_default_handler() {
            Some(host) => host,
            None => self.unknown_host(HostKind::InProcess),
        };
        asked.push(self.questions.ask(
            format!("biztalk.send_ports.{}", draft.name),
            format!(
                "Which adapters does dynamic send port `{}` use, and which hosts are their default send \
                 handlers?",
                draft.name
            ),
            "address and adapter are chosen at run time, so no file names them",
            at,
        ));
    }

    /// A backup transport that leads somewhere. One without an address is reported.
    fn backup(&mut self, port: &SendPort, primary: &Transport) -> Option<DraftBackup> {
        let backup = port.backup.as_ref()?;
        if backup.address.is_none() {
            let message = format!(
                "the backup transport of send port `{}` has an adapter but no address: it leads nowhere and \
                 is left out",
                port.name
            );
            let problem = Diagnostic::new(
                "import/backup-without-address",
                Severity::Warning,
                backup.at,
                message,
            );
            self.problems.push(problem.help("give it an address, or remove it"));
            return None;
        }
        let same = |one: &Option<Fact<String>>, other: &Option<Fact<String>>| {
            let lower = |fact: &Option<Fact<String>>| fact.as_ref().map(|f| f.value.to_lowercase());
            lower(one) == lower(other)
        };
        if same(&backup.host, &primary.host) && same(&backup.address, &primary.address) {
            let message = format!(
                "the backup transport of send port `{}` uses the host and the address of the first: it \
                 protects against nothing",
                port.name
            );
            let problem =
                Diagnostic::new("import/backup-same", Severity::Warning, backup.at, message);
            self.problems.push(problem);
        }
        let (adapter, _, identity) =
            self.adapter(backup.adapter.as_ref(), &port.name, Direction::Send, &mut Vec::new());
        let place = locate(&identity, Direction::Send, backup);
        Some(DraftBackup {
            adapter,
            host: backup.host.as_ref().and_then(|host| self.host_name(&host.value)),
            to: self.other_end(&place, backup),
            at: backup.at,
        })
    }

    fn orchestrations(&mut self) {
        for orchestration in sorted(&self.inventory.orchestrations, |found| &found.name) {
            let name = self.names.claim(&orchestration.name, "orchestration");
            let mut asked = Vec::new();
            let stated = orchestration.host.as_ref().and_then(|host| self.host_name(&host.value));
            let host = stated.unwrap_or_else(|| {
                let key = format!("biztalk.orchestrations.{name}.host");
                asked.push(self.ask_host(key, &name, orchestration.places.first().copied()));
                self.unknown_host(HostKind::InProcess)
            });
            let places = orchestration.places.clone();
            self.draft.orchestrations.push(DraftOrchestration {
                name,
                host,
                places,
                questions: asked,
            });
        }
    }

    fn ask_host(&mut self, key: String, name: &str, at: Option<Span>) -> usize {
        self.questions.ask(
            key,
            format!("Which host runs `{name}`?"),
            "the file leaves its handler open, so it is not known what its loss would follow from",
            at,
        )
    }

    /// The name to write for an adapter, its own name where that differs, and what it is.
    fn adapter(
        &mut self,
        stated: Option<&Fact<AdapterUse>>,
        owner: &str,
        direction: Direction,
        asked: &mut Vec<usize>,
    ) -> (String, Option<String>, Identity) {
        let Some(stated) = stated else {
            let identity = Identity {
                name: UNKNOWN_ADAPTER.to_owned(),
                known: false,
                receive: None,
                only_32_bit: false,
            };
            asked.push(self.questions.ask(
                format!("{owner}.adapter"),
                format!("Which adapter does `{owner}` use?"),
                "the file names none",
                None,
            ));
            return (UNKNOWN_ADAPTER.to_owned(), None, identity);
        };
        let identity = identify(&stated.value);
        let note = (!identity.name.eq_ignore_ascii_case(&stated.value.name))
            .then(|| format!("called `{}` in this group", stated.value.name));
        if !identity.known {
            return (self.custom_adapter(&identity, direction, stated.at), None, identity);
        }
        (identity.name.clone(), note, identity)
    }

    /// Adapters that failscope does not know are declared once, under their first spelling.
    /// Only those that receive raise a question: sending runs on as many servers as wanted.
    fn custom_adapter(&mut self, identity: &Identity, direction: Direction, at: Span) -> String {
        let draft = self.draft.adapters.entry(identity.name.to_lowercase());
        let adapter = draft.or_insert_with(|| CustomAdapter {
            name: identity.name.clone(),
            process: identity.receive,
            places: Vec::new(),
            questions: Vec::new(),
        });
        add_place(&mut adapter.places, at);
        let name = adapter.name.clone();
        if direction == Direction::Receive && adapter.questions.is_empty() {
            adapter.questions.push(self.questions.ask(
                format!("biztalk.adapters.{name}.receive"),
                format!(
                    "May adapter `{name}` receive on several servers at once, or must it be clustered or \
                     balanced?"
                ),
                "failscope does not know this adapter and counts several servers as no protection",
                Some(at),
            ));
        }
        name
    }

    /// The host, where a list of handlers leaves no choice.
    fn only_handler(&self, identity: &Identity, direction: Direction) -> Option<String> {
        // Handlers that ports use are no list: another host may have one too.
        let handlers = self.by_adapter.get(&(direction, identity.name.clone()))?;
        let (first, rest) = handlers.split_first().filter(|_| self.handlers_listed)?;
        let only = rest.iter().all(|other| other.host.eq_ignore_ascii_case(&first.host));
        only.then(|| self.host_name(&first.host))?
    }

    fn only_default_handler(&self) -> Option<String> {
        let mut hosts = self
            .inventory
            .handlers
            .iter()
            .filter(|handler| handler.default && handler.direction == Direction::Send)
            .map(|handler| handler.host.to_lowercase());
        let first = hosts.next()?;
        hosts.all(|host| host == first).then(|| self.host_name(&first))?
    }

    /// The stand-in for a host that no file states.
    fn unknown_host(&mut self, kind: HostKind) -> String {
        let slot = usize::from(kind == HostKind::Isolated);
        if let Some(name) = &self.unknown_hosts[slot] {
            return name.clone();
        }
        let wanted = match kind {
            HostKind::InProcess => "host not stated",
            HostKind::Isolated => "isolated host not stated",
        };
        let name = self.names.claim(wanted, "host");
        self.unknown_hosts[slot] = Some(name.clone());
        name
    }

    fn is_own_server(&self, host: &str) -> bool {
        let short = host.split('.').next().unwrap_or(host).to_lowercase();
        self.server_names.contains_key(&host.to_lowercase())
            || self.server_names.contains_key(&short)
    }

    fn other_end(&mut self, place: &Place, transport: &Transport) -> OtherEnd {
        let Some(address) = transport.address.as_ref().map(|address| address.value.clone()) else {
            let word = match place {
                Place::System(system) => Some(self.system(system, transport.at)),
                _ => None,
            };
            return OtherEnd { word, address: None };
        };
        match place {
            Place::System(system) if self.is_own_server(&system.host) => {
                OtherEnd { word: usable(&address), address: None }
            }
            Place::System(system) => {
                let word = self.system(system, transport.at);
                OtherEnd { word: Some(word), address: Some(address) }
            }
            Place::Share { server, path } => {
                self.share(server, path, transport.at);
                OtherEnd { word: usable(&address), address: None }
            }
            Place::Own | Place::Opaque => match usable(&address) {
                Some(word) => OtherEnd { word: Some(word), address: None },
                None => OtherEnd { word: None, address: Some(address) },
            },
            Place::NotStated => OtherEnd { word: None, address: Some(address) },
        }
    }

    /// The name of a system: an instance of the group's own SQL Servers, or an external.
    fn system(&mut self, system: &System, at: Span) -> String {
        if let Some(own) = self.own_sql(system) {
            return own;
        }
        let names = &mut self.names;
        let external = self.draft.externals.entry(system.key()).or_insert_with(|| External {
            name: names.claim(&system.label(), "external"),
            host: system.host.clone(),
            kind: system.kind,
            places: Vec::new(),
        });
        add_place(&mut external.places, at);
        external.name.clone()
    }

    fn own_sql(&self, system: &System) -> Option<String> {
        if system.kind != "sql" {
            return None;
        }
        let with = |separator: &str| match &system.part {
            Some(part) => format!("{}{separator}{part}", system.host).to_lowercase(),
            None => system.host.to_lowercase(),
        };
        self.sql_names.get(&with("\\")).or_else(|| self.sql_names.get(&with(","))).cloned()
    }

    fn share(&mut self, server: &str, path: &str, at: Span) -> String {
        let on = self.server_names.get(&server.to_lowercase()).cloned();
        let names = &mut self.names;
        let share = self.draft.shares.entry(path.to_lowercase()).or_insert_with(|| Share {
            name: names.claim(path, "file share"),
            server: server.to_owned(),
            path: path.to_owned(),
            on,
            places: Vec::new(),
        });
        add_place(&mut share.places, at);
        share.name.clone()
    }

    /// What a transport needs besides its host and its other end.
    fn needs(&mut self, transport: &Transport) -> Vec<String> {
        let mut needs = Vec::new();
        if let Some(path) = &transport.details.key_share
            && let Some(server) = path.trim_start_matches('\\').split('\\').next()
        {
            let server = server.to_owned();
            needs.push(self.share(&server, path, transport.at));
        }
        if let Some(proxy) = &transport.details.proxy
            && !is_unresolved(proxy)
        {
            let rest = proxy.split_once("://").map_or(proxy.as_str(), |(_, rest)| rest);
            let host = rest.split('/').next().unwrap_or("").to_owned();
            if !host.is_empty() {
                let system = System { kind: "proxy", host, part: None };
                needs.push(self.system(&system, transport.at));
            }
        }
        needs
    }

    fn hosts(&mut self) {
        for host in sorted(&self.inventory.hosts, |host| &host.name) {
            let draft = self.host(host);
            self.draft.hosts.push(draft);
        }
        for kind in [HostKind::InProcess, HostKind::Isolated] {
            let slot = usize::from(kind == HostKind::Isolated);
            if let Some(name) = self.unknown_hosts[slot].clone() {
                let draft = self.stand_in(name, kind);
                self.draft.hosts.push(draft);
            }
        }
    }

    fn host(&mut self, host: &Host) -> DraftHost {
        let name = self.host_name(&host.name).unwrap_or_else(|| host.name.clone());
        let kind = self.kind_of(host);
        self.check_bits(host);
        let mut questions = Vec::new();
        let listed = |names: &[Fact<String>], known: &FxHashMap<String, String>| -> Vec<String> {
            let mut found: Vec<String> = names
                .iter()
                .filter_map(|name| known.get(&name.value.to_lowercase()).cloned())
                .collect();
            found.sort();
            found
        };
        let mut instances = listed(&host.instances, &self.server_names);
        let disabled = listed(&host.disabled_instances, &self.server_names);
        if instances.is_empty() && disabled.is_empty() {
            instances.push(self.placeholder_of_host(host, &name, &mut questions));
        }
        self.ask_protection(host, &name, kind.as_ref(), &mut questions);
        DraftHost {
            name,
            kind,
            tracking: host.tracking.clone(),
            only_32_bit: host.only_32_bit.clone(),
            instances,
            disabled,
            cluster_group: host.cluster_group.clone(),
            send_handlers: self.send_handlers(host),
            places: host.places.clone(),
            placeholder: false,
            questions,
        }
    }

    fn placeholder_of_host(
        &mut self,
        host: &Host,
        name: &str,
        questions: &mut Vec<usize>,
    ) -> String {
        let question = self.questions.ask(
            format!("biztalk.hosts.{name}.instances"),
            format!("On which servers does host `{name}` have instances?"),
            "no file lists them; a settings export does",
            host.places.first().copied(),
        );
        questions.push(question);
        let wanted = format!("servers of {name} (not stated)");
        self.placeholder_server(&wanted, format!("the servers of host `{name}`"), question)
    }

    fn stand_in(&mut self, name: String, kind: HostKind) -> DraftHost {
        let question = self.questions.ask(
            format!("biztalk.hosts.{name}"),
            format!("Which hosts does `{name}` stand for?"),
            "the files leave the host of some ports or orchestrations open",
            None,
        );
        let wanted = format!("servers of {name}");
        let server = self.placeholder_server(&wanted, format!("the servers of `{name}`"), question);
        DraftHost {
            name,
            kind: Some(Proof { kind, reason: String::new(), at: None }),
            tracking: None,
            only_32_bit: None,
            instances: vec![server],
            disabled: Vec::new(),
            cluster_group: None,
            send_handlers: Vec::new(),
            places: Vec::new(),
            placeholder: true,
            questions: vec![question],
        }
    }

    /// The type of a host: stated, or proved by what it does. Proofs that disagree are an
    /// error in the files.
    fn kind_of(&mut self, host: &Host) -> Option<Proof> {
        let mut proofs = Vec::new();
        if let Some(stated) = &host.kind {
            let at = Some(stated.at);
            proofs.push(Proof { kind: stated.value, reason: String::new(), at });
        }
        proofs.extend(self.proofs_of(host));
        let first = proofs.first()?.clone();
        if let Some(other) = proofs.iter().find(|proof| proof.kind != first.kind)
            && let (Some(at), Some(first_at)) = (other.at, first.at)
        {
            let because = |proof: &Proof| match proof.reason.as_str() {
                "" => "a file states it".to_owned(),
                reason => reason.to_owned(),
            };
            let message = format!(
                "host `{}` cannot be both: {}, so it is {}; {}, so it is {}",
                host.name,
                because(other),
                kind_word(other.kind),
                because(&first),
                kind_word(first.kind)
            );
            self.problems.push(
                Diagnostic::error("import/host-type", at, message)
                    .related(first_at, "this one is kept")
                    .help("one of the two is bound to the wrong host"),
            );
        }
        Some(first)
    }

    fn proofs_of(&self, host: &Host) -> Vec<Proof> {
        let mut proofs = Vec::new();
        let Some(uses) = self.uses(&host.name) else { return proofs };
        for handler in &uses.handlers {
            let identity = identify(&handler.adapter);
            let (kind, verb) = match handler.direction {
                Direction::Receive => (identity.receive, "receives"),
                Direction::Send => (Some(HostKind::InProcess), "sends"),
            };
            if let Some(kind) = kind {
                let reason = format!("it {verb} by `{}`", handler.adapter.name);
                proofs.push(Proof { kind, reason, at: Some(handler.at) });
            }
        }
        if let Some(at) = uses.orchestration {
            let reason = "it runs orchestrations".to_owned();
            proofs.push(Proof { kind: HostKind::InProcess, reason, at: Some(at) });
        }
        proofs
    }

    fn check_bits(&mut self, host: &Host) {
        let Some(stated) = host.only_32_bit.as_ref().filter(|stated| !stated.value) else { return };
        let found = self.uses(&host.name).and_then(|uses| {
            uses.locations.iter().copied().find(|location| {
                let adapter = location.transport.adapter.as_ref();
                adapter.is_some_and(|adapter| identify(&adapter.value).only_32_bit)
            })
        });
        if let Some(location) = found {
            let message = format!(
                "receive location `{}` uses an adapter for 32-bit hosts, and host `{}` is not 32-bit only",
                location.name, host.name
            );
            self.problems.push(
                Diagnostic::new(
                    "import/host-bits",
                    Severity::Warning,
                    location.transport.at,
                    message,
                )
                .related(stated.at, "stated here"),
            );
        }
    }

    /// Clusters and balancers are in no file.
    fn ask_protection(
        &mut self,
        host: &Host,
        name: &str,
        kind: Option<&Proof>,
        questions: &mut Vec<usize>,
    ) {
        let at = host.places.first().copied();
        if let Some(group) = &host.cluster_group {
            questions.push(self.questions.ask(
                format!("biztalk.hosts.{name}.clustered_in"),
                format!(
                    "Which cluster has the group `{}` that carries host `{name}`, and which servers are its nodes?",
                    group.value
                ),
                "without it the host counts as running on every server at once",
                Some(group.at),
            ));
            return;
        }
        if kind.is_some_and(|proof| proof.kind == HostKind::Isolated) {
            questions.push(self.questions.ask(
                format!("biztalk.hosts.{name}.behind"),
                format!("Which load balancer stands in front of isolated host `{name}`?"),
                "without one its callers reach one server only",
                at,
            ));
            return;
        }
        let adapters = self.adapters_to_cluster(host);
        if host.not_clustered.is_none() && !adapters.is_empty() {
            questions.push(self.questions.ask(
                format!("biztalk.hosts.{name}.clustered_in"),
                format!(
                    "Is host `{name}` clustered, and in which cluster group? It receives by {}",
                    crate::text::and_list(&adapters)
                ),
                "these adapters may need a single active instance, which a cluster moves",
                at,
            ));
        }
    }

    /// Adapters of the host's locations that several active instances may not share.
    fn adapters_to_cluster(&self, host: &Host) -> Vec<String> {
        let locations = self.uses(&host.name).map_or(&[][..], |uses| &uses.locations);
        let mut found: Vec<String> = locations
            .iter()
            .filter_map(|location| location.transport.adapter.as_ref())
            .map(|adapter| identify(&adapter.value).name)
            .filter(|name| may_need_cluster(name))
            .collect();
        found.sort();
        found.dedup();
        found
    }

    fn send_handlers(&self, host: &Host) -> Vec<String> {
        let handlers = self.uses(&host.name).map_or(&[][..], |uses| &uses.handlers);
        let mut found: Vec<String> = handlers
            .iter()
            .filter(|handler| handler.direction == Direction::Send)
            .map(|handler| {
                let name = identify(&handler.adapter).name;
                if handler.default { format!("{name} (default)") } else { name }
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// Receive handlers that no receive location implies.
    fn handlers(&mut self) {
        let implied: FxHashSet<(String, String)> = self
            .draft
            .receive_locations
            .iter()
            .map(|location| (location.adapter.clone(), location.host.clone()))
            .collect();
        let mut rest = Vec::new();
        for handler in &self.inventory.handlers {
            if handler.direction != Direction::Receive {
                continue;
            }
            let Some(host) = self.host_name(&handler.host) else { continue };
            let stated = Fact::new(handler.adapter.clone(), handler.at);
            let (adapter, _, _) =
                self.adapter(Some(&stated), &host, Direction::Receive, &mut Vec::new());
            if !implied.contains(&(adapter.clone(), host.clone())) {
                rest.push((host, adapter, handler.at));
            }
        }
        rest.sort();
        rest.dedup_by(|one, other| (&one.0, &one.1) == (&other.0, &other.1));
        self.draft.receive_handlers = rest;
    }

    /// What concerns the group as a whole.
    fn group(&mut self) {
        if self.inventory.hosts.is_empty() && self.draft.hosts.is_empty() {
            return;
        }
        self.ask_databases();
        self.ask_secret();
        self.ask_externals();
        self.ask_same_machines();
        self.ask_disabled();
    }

    fn ask_databases(&mut self) {
        let has = |role| self.inventory.databases.iter().any(|database| database.role == role);
        let missing: Vec<&str> = [
            (DatabaseRole::Management, "the management database"),
            (DatabaseRole::Messagebox, "the MessageBox databases"),
            (DatabaseRole::Sso, "the single sign-on database"),
            (DatabaseRole::Tracking, "the tracking database"),
        ]
        .into_iter()
        .filter(|(role, _)| !has(*role))
        .map(|(_, noun)| noun)
        .collect();
        if !missing.is_empty() {
            let question = self.questions.ask(
                "sql_instances".to_owned(),
                format!("Which SQL Server instances carry {}?", crate::text::and_list(&missing)),
                "nothing of the group runs without them; a configuration export names them",
                None,
            );
            self.draft.group_questions.push(question);
        }
    }

    fn ask_secret(&mut self) {
        let stated = self.inventory.secret_server.as_ref();
        if let Some(secret) = stated
            && let Some(server) = self.server_names.get(&secret.value.to_lowercase())
        {
            self.draft.master_secret_server = Some(Fact::new(server.clone(), secret.at));
        }
        let hint = match (stated, &self.inventory.sso_server) {
            (Some(secret), _) => format!(" It is reached as `{}`.", secret.value),
            (None, Some(server)) => {
                format!(
                    " The group uses the single sign-on server `{}`, which need not be it.",
                    server.value
                )
            }
            (None, None) if !self.inventory.created_secret.is_empty() => {
                " A configuration export is of the computer that created it.".to_owned()
            }
            (None, None) => String::new(),
        };
        let at = stated.map(|fact| fact.at).or(self.inventory.created_secret.first().copied());
        let question = self.questions.ask(
            "biztalk.master_secret_server".to_owned(),
            format!(
                "Which server or cluster group is the master secret server, and where is the backup of the \
                 secret?{hint}"
            ),
            "without it no host instance starts again after a restart",
            at,
        );
        self.draft.group_questions.push(question);
    }

    fn ask_externals(&mut self) {
        if self.draft.externals.is_empty() && self.draft.shares.is_empty() {
            return;
        }
        let question = self.questions.ask(
            "external, file_shares".to_owned(),
            "Which of the external systems and file shares survive the loss of one computer?"
                .to_owned(),
            "an address tells a name, not what stands behind it",
            None,
        );
        self.draft.group_questions.push(question);
    }

    /// A short and a full name are often one computer; joining them is for people to do.
    fn ask_same_machines(&mut self) {
        let systems = self.draft.externals.values().map(|external| (external.kind, &external.host));
        let shares = self.draft.shares.values().map(|share| ("file share", &share.server));
        let mut by_short: IndexMap<(&str, String), Vec<String>> = IndexMap::new();
        for (kind, host) in systems.chain(shares).filter(|(_, host)| !is_number_address(host)) {
            let short = host.split('.').next().unwrap_or(host).to_lowercase();
            let spellings = by_short.entry((kind, short)).or_default();
            let lower = host.to_lowercase();
            if !spellings.contains(&lower) && spellings.len() < 10 {
                spellings.push(lower);
            }
        }
        for ((kind, short), mut spellings) in by_short {
            if spellings.len() < 2 || !spellings.contains(&short) {
                continue;
            }
            spellings.sort();
            let quoted: Vec<String> = spellings.iter().map(|host| format!("`{host}`")).collect();
            let question = self.questions.ask(
                if kind == "file share" { "file_shares" } else { "external" }.to_owned(),
                format!("Are {} one computer?", crate::text::and_list(&quoted)),
                "two names for one thing look like two things that can fail apart",
                None,
            );
            self.draft.group_questions.push(question);
        }
    }

    fn ask_disabled(&mut self) {
        let disabled: Vec<&Fact<bool>> = self
            .inventory
            .receive_locations
            .iter()
            .filter_map(|location| location.enabled.as_ref())
            .filter(|enabled| !enabled.value)
            .collect();
        let Some(first) = disabled.first() else { return };
        let question = self.questions.ask(
            "biztalk.receive_locations".to_owned(),
            format!(
                "The files show {} of {} receive locations as disabled. Which are really out of use?",
                disabled.len(),
                self.inventory.receive_locations.len()
            ),
            "deployment files are exported before anything is started; all are taken as in use",
            Some(first.at),
        );
        self.draft.group_questions.push(question);
    }
}

fn uses_of_hosts(inventory: &Inventory) -> FxHashMap<String, Uses<'_>> {
    let mut by_host: FxHashMap<String, Uses<'_>> = FxHashMap::default();
    for handler in &inventory.handlers {
        by_host.entry(handler.host.to_lowercase()).or_default().handlers.push(handler);
    }
    for location in &inventory.receive_locations {
        if let Some(host) = &location.transport.host {
            by_host.entry(host.value.to_lowercase()).or_default().locations.push(location);
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

fn handlers_by_adapter(inventory: &Inventory) -> FxHashMap<(Direction, String), Vec<&Handler>> {
    let mut by_adapter: FxHashMap<(Direction, String), Vec<&Handler>> = FxHashMap::default();
    for handler in &inventory.handlers {
        let key = (handler.direction, identify(&handler.adapter).name);
        by_adapter.entry(key).or_default().push(handler);
    }
    by_adapter
}

fn may_need_cluster(adapter: &str) -> bool {
    use crate::expand::biztalk::adapters::Question as Q;
    adapters::find(adapter).is_some_and(|adapter| match adapter.availability {
        ReceiveAvailability::Cluster | ReceiveAvailability::ClusterOrLoadBalancer => true,
        ReceiveAvailability::Depends(question) => {
            !matches!(question, Q::PathIsShared | Q::BindingListens)
        }
        _ => false,
    })
}

fn is_number_address(host: &str) -> bool {
    host.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// An address that the reader of the language takes for one.
fn usable(address: &str) -> Option<String> {
    let is_address = address.contains(['\\', '/', '@', ':']) && !is_unresolved(address);
    is_address.then(|| address.to_owned())
}

/// By name, so that the order of files and of elements in them does not show.
fn sorted<'v, T>(values: &'v [T], name: impl Fn(&T) -> &str) -> Vec<&'v T> {
    let mut sorted: Vec<&T> = values.iter().collect();
    sorted.sort_by_cached_key(|value| {
        let name = name(value);
        (name.to_lowercase(), name.to_owned())
    });
    sorted
}

/// Names are defined once in a topology. BizTalk gives one name to a port and a location.
#[derive(Default)]
struct Names {
    taken: FxHashSet<String>,
    databases: FxHashSet<String>,
    /// The next number to try behind a name that is taken.
    numbers: FxHashMap<String, u32>,
}

/// Longest name that is taken over; the language allows 200 characters.
const LONGEST_NAME: usize = 150;

impl Names {
    fn claim(&mut self, wanted: &str, noun: &str) -> String {
        let short: String = wanted.chars().take(LONGEST_NAME).collect();
        let base = match short.trim() {
            "" => noun,
            base => base,
        };
        let mut name = base.to_owned();
        if self.taken.contains(&name) {
            name = format!("{base} ({noun})");
        }
        while self.taken.contains(&name) {
            let number = self.numbers.entry(format!("{base} ({noun})")).or_insert(1);
            *number += 1;
            name = format!("{base} ({noun} {number})");
        }
        self.taken.insert(name.clone());
        name
    }

    /// Databases of one name may stand on several instances.
    fn claim_database(&mut self, instance: &str, wanted: &str) -> String {
        let short: String = wanted.chars().take(LONGEST_NAME).collect();
        let name = match self.databases.contains(&short) {
            true if !self.taken.contains(&format!("{instance}/{short}")) => short,
            _ => self.claim(&short, "database"),
        };
        self.taken.insert(format!("{instance}/{name}"));
        self.databases.insert(name.clone());
        name
    }
}
