//! BizTalk groups: hosts, ports, orchestrations, single sign-on.

use super::names::biztalk_groups;
use super::{Lower, at, opt, opt_as, opt_text};
use crate::diagnostic::Diagnostic;
use crate::input::lenient::{Opt, Sp};
use crate::input::raw;
use crate::model::*;
use crate::source::Span;

/// What the group of the `biztalk` section is called.
const ONLY_GROUP: &str = "BizTalk group";

impl Lower<'_> {
    pub(super) fn biztalk(&self, raw: &raw::Topology, topology: &mut Topology) {
        for (name, group) in biztalk_groups(raw) {
            let span = match (name, raw.biztalk.get()) {
                (Some(name), _) => name.span,
                (None, Some(section)) => section.span,
                (None, None) => continue,
            };
            let name = match name {
                Some(name) => at(name),
                None => At::new(ONLY_GROUP.to_owned(), span.head()),
            };
            let default = raw::Biztalk::default();
            let group = self.group(name, group.unwrap_or(&default), span, topology);
            topology.biztalk.push(group);
        }
    }

    fn group(
        &self,
        name: Name,
        raw: &raw::Biztalk,
        span: Span,
        topology: &mut Topology,
    ) -> BiztalkGroup {
        let id = Id::new(topology.biztalk.len());
        let hosts = self.hosts(raw, id, topology);
        let receive_locations = self.receive_locations(raw, id, topology);
        let send_ports = self.send_ports(raw, id, topology);
        let orchestrations = self.orchestrations(raw, id, topology);
        let masters = raw.master_secret_server.0.iter();
        BiztalkGroup {
            name,
            span,
            version: opt_text(&raw.version),
            edition: opt(&raw.edition),
            servers: self.references(&raw.servers),
            databases: self.references(&raw.databases),
            hosts,
            receive_handlers: self.receive_handlers(raw, span),
            receive_locations,
            send_ports,
            orchestrations,
            adapters: self.custom_adapters(raw),
            master_secret_servers: masters.filter_map(|word| self.carrier(word, false)).collect(),
            sso_database: self.reference(&raw.sso.database),
            secret_backup: raw.sso.secret_backup.get().map(|word| self.secret_backup(word)),
            promotion_plan: opt(&raw.sso.promotion_plan),
            bam: raw.bam.get().map(|bam| self.bam(bam)),
            tracking: opt_as(&raw.tracking, is_on),
            backup_job: opt_as(&raw.backup_job, is_on),
            uses_rules: opt(&raw.uses_rules),
            disaster_recovery: raw.disaster_recovery.get().map(|dr| self.disaster_recovery(dr)),
        }
    }

    fn hosts(
        &self,
        raw: &raw::Biztalk,
        group: Id<BiztalkGroup>,
        topology: &mut Topology,
    ) -> Vec<Id<Host>> {
        let mut ids = Vec::with_capacity(raw.hosts.0.len());
        let default = raw::Host::default();
        for (name, host) in &raw.hosts.0 {
            let raw = host.as_deref().unwrap_or(&default);
            ids.push(topology.hosts.push(Host {
                name: at(name),
                placeholder: raw.placeholder.value() == Some(&true),
                group,
                kind: opt(&raw.kind),
                tracking: opt(&raw.tracking),
                default: opt(&raw.default),
                instances: self.repeatable(&raw.instances),
                disabled_instances: self.repeatable(&raw.disabled_instances),
                clustered_in: self.reference(&raw.clustered_in),
                behind: self.reference(&raw.behind),
                app_pool: opt(&raw.app_pool),
                calls_rules: opt(&raw.calls_rules),
                needs: self.needs(&raw.needs),
            }));
        }
        ids
    }

    fn receive_handlers(&self, raw: &raw::Biztalk, span: Span) -> Vec<ReceiveHandler> {
        let owner = Sp { value: "receive handler".to_owned(), span: span.head() };
        let handler = |sp: &Sp<raw::ReceiveHandler>| {
            let owner = Sp { value: owner.value.clone(), span: sp.span };
            let adapter = self.required("adapter", &sp.value.adapter, &owner);
            let host = self.required("host", &sp.value.host, &owner);
            Some(ReceiveHandler {
                adapter: at(adapter?),
                host: self.names.reference(host?, self.problems)?,
            })
        };
        raw.receive_handlers.0.iter().filter_map(handler).collect()
    }

    fn receive_locations(
        &self,
        raw: &raw::Biztalk,
        group: Id<BiztalkGroup>,
        topology: &mut Topology,
    ) -> Vec<Id<ReceiveLocation>> {
        let mut ids = Vec::with_capacity(raw.receive_locations.0.len());
        let default = raw::ReceiveLocation::default();
        for (name, location) in &raw.receive_locations.0 {
            let raw = location.as_deref().unwrap_or(&default);
            let location = self.receive_location(name, raw, group);
            ids.push(topology.receive_locations.push(location));
        }
        ids
    }

    fn receive_location(
        &self,
        name: &Sp<String>,
        raw: &raw::ReceiveLocation,
        group: Id<BiztalkGroup>,
    ) -> ReceiveLocation {
        let adapter = self.required("adapter", &raw.adapter, name).map(at);
        ReceiveLocation {
            name: at(name),
            group,
            adapter: adapter.unwrap_or_else(|| At::new(String::new(), name.span)),
            host: self.bound_host(&raw.host, name),
            from: self.endpoint(&raw.from),
            behind: self.reference(&raw.behind),
            enabled: raw.enabled.value().copied().unwrap_or(true),
            ordered: opt(&raw.ordered),
            transactional: opt(&raw.transactional),
            queues: opt(&raw.queues),
            mailbox_allows_concurrent_sessions: opt(&raw.mailbox_allows_concurrent_sessions),
            poll_claims_rows: opt(&raw.poll_claims_rows),
            poll_locks_rows: opt(&raw.poll_locks_rows),
            distributed_queue: opt(&raw.distributed_queue),
            rename_while_reading: opt(&raw.rename_while_reading),
            binding: opt(&raw.binding),
            app_pool: opt(&raw.app_pool),
            ha_requirement: opt(&raw.ha_requirement),
            tid_database: self.reference(&raw.tid_database),
            needs: self.needs(&raw.needs),
        }
    }

    /// The host of a port. A missing or unknown one is reported; the model is then
    /// not used, so the stand-in is never looked at.
    fn bound_host(&self, host: &Opt<String>, owner: &Sp<String>) -> Ref<Host> {
        self.required("host", host, owner)
            .and_then(|word| self.names.reference(word, self.problems))
            .unwrap_or(At::new(Id::new(0), owner.span))
    }

    fn send_ports(
        &self,
        raw: &raw::Biztalk,
        group: Id<BiztalkGroup>,
        topology: &mut Topology,
    ) -> Vec<Id<SendPort>> {
        let mut ids = Vec::with_capacity(raw.send_ports.0.len());
        let default = raw::SendPort::default();
        for (name, port) in &raw.send_ports.0 {
            let raw = port.as_deref().unwrap_or(&default);
            ids.push(topology.send_ports.push(self.send_port(name, raw, group)));
        }
        ids
    }

    fn send_port(
        &self,
        name: &Sp<String>,
        raw: &raw::SendPort,
        group: Id<BiztalkGroup>,
    ) -> SendPort {
        let dynamic = raw.dynamic.value().copied().unwrap_or(false);
        if raw.adapter.is_absent() && !dynamic {
            self.problems.push(
                Diagnostic::error(
                    "input/missing-key",
                    name.span,
                    format!("send port `{}` has no `adapter`", name.value),
                )
                .help("add `adapter:`, or `dynamic: true` when the address is chosen at run time"),
            );
        }
        SendPort {
            name: at(name),
            group,
            adapter: opt(&raw.adapter),
            host: self.bound_host(&raw.host, name),
            to: self.endpoint(&raw.to),
            backup: raw.backup.get().map(|backup| BackupTransport {
                adapter: opt(&backup.value.adapter),
                host: self.reference(&backup.value.host),
                to: self.endpoint(&backup.value.to),
                span: backup.span,
            }),
            ordered: opt(&raw.ordered),
            dynamic: opt(&raw.dynamic),
            transactional: opt(&raw.transactional),
            enabled: raw.enabled.value().copied().unwrap_or(true),
            needs: self.needs(&raw.needs),
        }
    }

    fn orchestrations(
        &self,
        raw: &raw::Biztalk,
        group: Id<BiztalkGroup>,
        topology: &mut Topology,
    ) -> Vec<Id<Orchestration>> {
        let mut ids = Vec::with_capacity(raw.orchestrations.0.len());
        let default = raw::Orchestration::default();
        for (name, orchestration) in &raw.orchestrations.0 {
            let raw = orchestration.as_deref().unwrap_or(&default);
            ids.push(topology.orchestrations.push(Orchestration {
                name: at(name),
                group,
                host: self.bound_host(&raw.host, name),
                enabled: raw.enabled.value().copied().unwrap_or(true),
                calls_rules: opt(&raw.calls_rules),
                needs: self.needs(&raw.needs),
            }));
        }
        ids
    }

    /// A name of this topology, or an address. A word that is neither is a mistyped name.
    fn endpoint(&self, word: &Opt<String>) -> Option<At<Endpoint>> {
        let word = word.get()?;
        if let Some(element) = self.names.find(&word.value) {
            return Some(At::new(Endpoint::Element(element), word.span));
        }
        if looks_like_address(&word.value) {
            return Some(At::new(Endpoint::Address(word.value.clone()), word.span));
        }
        self.names.element(word, self.problems);
        None
    }

    fn custom_adapters(&self, raw: &raw::Biztalk) -> Vec<CustomAdapter> {
        let adapter = |(name, raw): &(Sp<String>, Option<Box<raw::CustomAdapter>>)| CustomAdapter {
            name: at(name),
            receive: raw.as_ref().and_then(|raw| opt(&raw.receive)),
            process: raw.as_ref().and_then(|raw| opt(&raw.process)),
        };
        raw.adapters.0.iter().map(adapter).collect()
    }

    fn secret_backup(&self, word: &Sp<String>) -> At<SecretBackup> {
        let place = match (word.value.as_str(), self.names.find(&word.value)) {
            ("none", _) => SecretBackup::Absent,
            (_, Some(Element::Server(id))) => SecretBackup::OnServer(id),
            _ => SecretBackup::Elsewhere(word.value.clone()),
        };
        At::new(place, word.span)
    }

    fn bam(&self, raw: &Sp<raw::Bam>) -> Bam {
        Bam {
            portal: self.references(&raw.value.portal),
            behind: self.reference(&raw.value.behind),
            span: raw.span,
        }
    }

    fn disaster_recovery(&self, raw: &Sp<raw::DisasterRecovery>) -> DisasterRecovery {
        DisasterRecovery {
            site: self.reference(&raw.value.site),
            log_shipping_to: self.references(&raw.value.log_shipping_to),
            servers: self.references(&raw.value.servers),
            secret_copy: opt(&raw.value.secret_copy),
            span: raw.span,
        }
    }
}

/// URLs, UNC and local paths, mail addresses and host names with a dot.
fn looks_like_address(text: &str) -> bool {
    text.contains("://")
        || text.starts_with(r"\\")
        || text.contains(['\\', '/', '@', ':'])
        || (text.contains('.') && !text.contains(' '))
}

fn is_on(raw: raw::Switch) -> bool {
    raw == raw::Switch::On
}
