//! Hosts: their type, their servers, and what is to be asked about them.

use rustc_hash::FxHashMap;

use super::{DraftHost, Drafting, Proof, sorted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::expand::biztalk::adapters::{self, Question, ReceiveAvailability};
use crate::import::biztalk::adapters::identify;
use crate::import::biztalk::inventory::*;
use crate::import::biztalk::stated::kind_word;
use crate::model::HostKind;
use crate::source::Span;
use crate::text;

impl<'i> Drafting<'i> {
    pub(super) fn hosts(&mut self) {
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
        let question = self.questions.ask_once(
            "instances",
            "On which servers does each of these hosts have instances?",
            "no file lists them; a settings export does",
            format!("biztalk.hosts.{name}.instances"),
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
            let identity = identify(&handler.adapter.value);
            let (kind, verb) = match handler.direction {
                Direction::Receive => (identity.receive, "receives"),
                Direction::Send => (Some(HostKind::InProcess), "sends"),
            };
            if let Some(kind) = kind {
                let reason = format!("it {verb} by `{}`", handler.adapter.value.name);
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
        questions.extend(self.ask_cluster(host, name, at));
    }

    /// Asked where several active instances may do harm, or what one server holds may be lost.
    fn ask_cluster(&mut self, host: &Host, name: &str, at: Option<Span>) -> Option<usize> {
        let adapters = self.adapters_to_cluster(host);
        let (work, why) = match (adapters.is_empty(), self.sends_by_queue(host)) {
            _ if host.not_clustered.is_some() => return None,
            (true, false) => return None,
            (true, true) => ("sends by MSMQ".to_owned(), SENDS_WAIT),
            (false, false) => (format!("receives by {}", text::and_list(&adapters)), ONE_ACTIVE),
            (false, true) => {
                (format!("receives by {} and sends by MSMQ", text::and_list(&adapters)), ONE_ACTIVE)
            }
        };
        Some(self.questions.ask(
            format!("biztalk.hosts.{name}.clustered_in"),
            format!("Is host `{name}` clustered, and in which cluster group? It {work}"),
            why,
            at,
        ))
    }

    /// What is sent to a queue waits on the computer that sent it.
    fn sends_by_queue(&self, host: &Host) -> bool {
        let sends = self.uses(&host.name).map_or(&[][..], |uses| &uses.sends);
        let mut adapters = sends.iter().filter_map(|transport| transport.adapter.as_ref());
        adapters.any(|adapter| identify(&adapter.value).name == "MSMQ")
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
                let name = identify(&handler.adapter.value).name;
                if handler.default { format!("{name} (default)") } else { name }
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

const ONE_ACTIVE: &str = "these adapters may need a single active instance, which a cluster moves";
const SENDS_WAIT: &str = "what it sends waits in a queue of one server, which only a cluster moves";

fn may_need_cluster(adapter: &str) -> bool {
    adapters::find(adapter).is_some_and(|adapter| match adapter.availability {
        ReceiveAvailability::Cluster | ReceiveAvailability::ClusterOrLoadBalancer => true,
        ReceiveAvailability::Depends(question) => {
            !matches!(question, Question::PathIsShared | Question::BindingListens)
        }
        _ => false,
    })
}
