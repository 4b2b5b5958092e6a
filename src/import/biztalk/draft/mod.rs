//! From what the files say to what the topology will say: names allotted, other ends
//! placed, host types proved, questions asked.
//!
//! The language wants every host to run somewhere and every SQL instance to be on
//! something. Where no file tells, a placeholder with a plain name stands in, and a
//! question says so.

mod adapters;
mod ends;
mod group;
mod hosts;
mod names;
mod ports;
mod servers;
mod uses;

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use self::names::Names;
use self::uses::{Uses, handlers_by_adapter, uses_of_hosts};
use super::inventory::*;
use super::questions::Questions;
use crate::diagnostic::Diagnostic;
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
    /// Callers wait for an answer.
    pub(super) two_way: bool,
    pub(super) public_address: Option<String>,
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

/// The draft while it grows, and what its parts look up in each other.
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
}

/// By name, so that the order of files and of elements in them does not show.
fn sorted<T>(values: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = values.iter().collect();
    sorted.sort_by_cached_key(|value| {
        let name = name(value);
        (name.to_lowercase(), name.to_owned())
    });
    sorted
}
