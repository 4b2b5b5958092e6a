//! Adapters by the names failscope has for them, and the hosts their handlers are in.

use rustc_hash::FxHashSet;

use super::{CustomAdapter, Drafting};
use crate::import::biztalk::adapters::{Identity, identify};
use crate::import::biztalk::inventory::*;
use crate::import::biztalk::merge::add_place;
use crate::model::HostKind;
use crate::source::Span;

/// Stands where a transport names no adapter.
const UNKNOWN_ADAPTER: &str = "adapter not stated";

impl<'i> Drafting<'i> {
    /// The name to write for an adapter, its own name where that differs, and what it is.
    pub(super) fn adapter(
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
    pub(super) fn only_handler(&self, identity: &Identity, direction: Direction) -> Option<String> {
        // Handlers that ports use are no list: another host may have one too.
        let handlers = self.by_adapter.get(&(direction, identity.name.clone()))?;
        let (first, rest) = handlers.split_first().filter(|_| self.handlers_listed)?;
        let only = rest.iter().all(|other| other.host.eq_ignore_ascii_case(&first.host));
        only.then(|| self.host_name(&first.host))?
    }

    pub(super) fn only_default_handler(&self) -> Option<String> {
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
    pub(super) fn unknown_host(&mut self, kind: HostKind) -> String {
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

    /// Receive handlers that no receive location implies.
    pub(super) fn handlers(&mut self) {
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
            let (adapter, _, _) =
                self.adapter(Some(&handler.adapter), &host, Direction::Receive, &mut Vec::new());
            if !implied.contains(&(adapter.clone(), host.clone())) {
                rest.push((host, adapter, handler.at));
            }
        }
        rest.sort();
        rest.dedup_by(|one, other| (&one.0, &one.1) == (&other.0, &other.1));
        self.draft.receive_handlers = rest;
    }
}
