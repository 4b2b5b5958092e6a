//! Receive locations, send ports and orchestrations.

use super::{
    DraftBackup, DraftLocation, DraftOrchestration, DraftPort, Drafting, OtherEnd, sorted,
};
use crate::diagnostic::{Diagnostic, Severity};
use crate::import::biztalk::adapters::Identity;
use crate::import::biztalk::addresses::{Place, locate};
use crate::import::biztalk::inventory::*;
use crate::model::{BindingKind, HostKind, QueuePlace};
use crate::source::Span;

impl<'i> Drafting<'i> {
    pub(super) fn locations(&mut self) {
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
            two_way: location.two_way,
            public_address: location.public_address.as_ref().map(|address| address.value.clone()),
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

    pub(super) fn ports(&mut self) {
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

    pub(super) fn orchestrations(&mut self) {
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
}
