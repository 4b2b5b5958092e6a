//! Work that a host of its kind cannot carry.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{At, BiztalkGroup, Element, Host, HostKind, Id};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static MISUSE: Rule = Rule {
    id: "BTS006",
    name: "isolated-host-misuse",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an isolated host holds an orchestration, a send port or tracking, or is the default host",
    why: "An isolated host only receives, in a process that belongs to IIS. The rest needs a BizTalk \
          service.",
    fix: "bind the work to an in-process host",
    limits: "",
    sources: &["C/hosts", "T/high-availability-for-biztalk-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Web }   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
    Process: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process }
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.is_isolated()) {
            let items = not_for_isolated(cx, id, host);
            let [(_, first), ..] = items.as_slice() else { continue };
            let names: Vec<&str> = items.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!(
                "isolated host {} cannot carry {}",
                host.name.value,
                text::short_list(&names, 4)
            );
            let kind = host.kind.map_or(host.name.span, |kind| kind.span);
            let mut finding = cx
                .finding(rule, Element::Host(id), message)
                .at(*first, "needs an in-process host")
                .related(kind, "isolated: only receives");
            for (_, span) in items.iter().skip(1).take(3) {
                finding = finding.related(*span, "this as well");
            }
            findings.push(finding);
        }
    },
};

fn not_for_isolated(cx: &Context<'_>, id: Id<Host>, host: &Host) -> Vec<(String, Span)> {
    let orchestrations =
        cx.orchestrated_by(id).map(|o| (format!("orchestration {}", o.name.value), o.host.span));
    let ports = cx.sent_by(id).map(|port| {
        let backup = port.backup.as_ref().filter(|_| port.host.value != id);
        let span = backup.and_then(|backup| backup.host).map_or(port.host.span, |host| host.span);
        (format!("send port {}", port.name.value), span)
    });
    let flag = |flag: Option<At<bool>>, what: &str| {
        flag.filter(|flag| flag.value).map(|flag| (what.to_owned(), flag.span))
    };
    orchestrations
        .chain(ports)
        .chain(flag(host.tracking, "tracking"))
        .chain(flag(host.default, "the role of default host"))
        .collect()
}

pub(in crate::rules) static MISMATCH: Rule = Rule {
    id: "BTS007",
    name: "handler-host-kind-mismatch",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a receive adapter is bound to a host of the wrong kind",
    why: "The adapter fixes the process it lives in: some receive inside IIS, the others inside a BizTalk \
          service. The handler cannot be created on the other kind.",
    fix: "bind the handler to a host of the right kind",
    limits: "only adapters whose process is documented, or shown by what exports say they can do, are judged",
    sources: &["C/adapters-in-biztalk-server", "T/scaling-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { type: in-process, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: HTTP   # <-
      host: Receive
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: HTTP
      host: Receive
",
    check: |cx, rule, findings| {
        for group in cx.topology.biztalk.values() {
            mismatches(cx, rule, group, findings);
        }
    },
};

/// One finding per host and adapter, however many locations share the handler.
fn mismatches(
    cx: &Context<'_>,
    rule: &'static Rule,
    group: &BiztalkGroup,
    findings: &mut Findings,
) {
    let locations = group.receive_locations.iter().map(|&id| &cx.topology.receive_locations[id]);
    let bound = locations.map(|location| (&location.adapter, location.host.value));
    let handlers = group.receive_handlers.iter().map(|h| (&h.adapter, h.host.value));
    let mut seen: FxHashSet<(&str, Id<Host>)> = FxHashSet::default();
    for (adapter, host) in bound.chain(handlers) {
        let Some((name, process)) = process_of(group, &adapter.value) else { continue };
        let kind = kind_of(&cx.topology.hosts[host]);
        if process != kind && seen.insert((name, host)) {
            findings.push(mismatch(cx, rule, adapter, host, process));
        }
    }
}

fn mismatch(
    cx: &Context<'_>,
    rule: &'static Rule,
    adapter: &At<String>,
    id: Id<Host>,
    process: HostKind,
) -> Finding {
    let host = &cx.topology.hosts[id];
    let message = format!(
        "{} receive cannot run in {} host {}",
        adapter.value,
        word(kind_of(host)),
        host.name.value
    );
    let kind = host.kind.map_or(host.name.span, |kind| kind.span);
    cx.finding(rule, Element::Host(id), message)
        .subject(format!("{} in {}", adapter.value, host.name.value))
        .at(adapter.span, format!("runs in an {} host only", word(process)))
        .related(kind, format!("this host is {}", word(kind_of(host))))
}

/// The adapter's own name and the process of its receive side, where that is documented.
fn process_of<'a>(group: &'a BiztalkGroup, name: &'a str) -> Option<(&'a str, HostKind)> {
    let Some(adapter) = adapters::find(name) else {
        let own = group.adapters.iter().find(|own| own.name.value == name)?;
        return Some((name, own.process?.value));
    };
    // The capabilities in exports prove where the others receive; these ride on another transport.
    let open = ["AS2", "EDI", "A4SWIFT", "RosettaNet"];
    let process = adapter.receive.filter(|_| !open.contains(&adapter.name))?;
    Some((adapter.name, process))
}

fn kind_of(host: &Host) -> HostKind {
    if host.is_isolated() { HostKind::Isolated } else { HostKind::InProcess }
}

fn word(kind: HostKind) -> &'static str {
    match kind {
        HostKind::InProcess => "in-process",
        HostKind::Isolated => "isolated",
    }
}
