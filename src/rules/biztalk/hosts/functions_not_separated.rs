//! One host for several functions.

use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS009",
    name: "functions-not-separated",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "one host carries two or more of receiving, processing, sending and tracking",
    why: "Clustering and load balancing apply to a whole host. A host of one function can be made \
          redundant and scaled in the way that function needs, and its faults stay its own.",
    fix: "create a host each for receiving, processing, sending and tracking",
    limits: "",
    sources: &[
        "T/planning-for-high-availability2",
        "C/sample-biztalk-server-high-availability-scenarios",
        "T/high-availability-for-biztalk-hosts",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Main: { instances: [BTS01, BTS02] }   # <-
  orchestrations:
    Orders: { host: Main }
  send_ports:
    Out: { adapter: FILE, host: Main, to: '\\FS01\out' }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
    Send: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process }
  send_ports:
    Out: { adapter: FILE, host: Send, to: '\\FS01\out' }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter() {
        let functions = functions(cx, id, host);
        if functions.len() < 2 {
            continue;
        }
        let names: Vec<&str> = functions.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "host {} mixes {}; a fault in one, or a cluster that one needs, hits the others",
            host.name.value,
            text::and_list(&names)
        );
        let mut finding = cx
            .finding(rule, Element::Host(id), message)
            .at(host.name.span, format!("carries {} functions", functions.len()));
        for (name, span) in functions {
            finding = finding.related(span, format!("bound here for {name}"));
        }
        findings.push(finding);
    }
}

/// Each function of a host with the first place that binds it.
fn functions(cx: &Context<'_>, id: Id<Host>, host: &Host) -> Vec<(&'static str, Span)> {
    let through = |port: &crate::model::SendPort| match port.backup.as_ref().and_then(|b| b.host) {
        Some(backup) if port.host.value != id => backup.span,
        _ => port.host.span,
    };
    let found = [
        ("receiving", cx.received_by(id).next().map(|location| location.host.span)),
        ("processing", cx.orchestrated_by(id).next().map(|o| o.host.span)),
        ("sending", cx.sent_by(id).next().map(through)),
        ("tracking", host.tracking.filter(|tracking| tracking.value).map(|t| t.span)),
    ];
    found.into_iter().filter_map(|(name, span)| Some((name, span?))).collect()
}
