//! HL7 MLLP: one handler on each server, and something in front of several.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::Mechanism;
use crate::model::{Element, Host, Id, ReceiveLocation, Server};
use crate::rules::{Context, Findings, Rule, Tier, is_one_of};
use crate::source::Span;
use crate::text;

const MLLP: &[&str] = &["MLLP"];
const PAGE: &str = "A/accelerator-hl7/troubleshooting-errors";

pub(in crate::rules) static TWO_HANDLERS: Rule = Rule {
    id: "BTS149",
    name: "mllp-handler-per-server",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "a server has two MLLP receive handlers, or two MLLP send handlers",
    why: "The adapter works with one handler of a direction on a server. The locations of the second one do \
          not start.",
    fix: "bind all MLLP locations on the server to one host, and all MLLP send ports to one host",
    limits: "counted by the hosts that have an enabled instance there; whether the address of a location is \
             its own server is not judged",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01]
biztalk:
  hosts:
    One: { instances: [BTS01] }
    Two: { instances: [BTS01] }
  receive_locations:
    Admissions: { adapter: MLLP, host: One }
    Results: { adapter: MLLP, host: Two }   # <-
",
    good: r"failscope: 1
servers: [BTS01]
biztalk:
  hosts:
    Receive: { instances: [BTS01] }
  receive_locations:
    Admissions: { adapter: MLLP, host: Receive }
    Results: { adapter: MLLP, host: Receive }
",
    check: |cx, rule, findings| {
        let receivers = |id: Id<Host>| {
            let (_, location) = cx.received_through(id, MLLP).next()?;
            Some(location.adapter.span)
        };
        handlers(cx, rule, findings, "receive", receivers);
        handlers(cx, rule, findings, "send", |id| sends_through(cx, id));
    },
};

/// Where a host names MLLP as a transport of its own.
fn sends_through(cx: &Context<'_>, host: Id<Host>) -> Option<Span> {
    cx.sent_by(host).find_map(|port| {
        let backup = port.backup.as_ref().filter(|b| b.host.unwrap_or(port.host).value == host);
        let second = backup.and_then(|backup| backup.adapter.as_ref().or(port.adapter.as_ref()));
        let first = port.adapter.as_ref().filter(|_| port.host.value == host);
        let mut names = first.into_iter().chain(second);
        names.find(|name| is_one_of(&name.value, MLLP)).map(|name| name.span)
    })
}

fn handlers(
    cx: &Context<'_>,
    rule: &'static Rule,
    findings: &mut Findings,
    direction: &str,
    handler: impl Fn(Id<Host>) -> Option<Span>,
) {
    let on = hosts_by_server(cx, handler);
    for (id, server) in cx.topology.servers.iter() {
        let Some([(_, first), (_, second), ..]) = on.get(&id).map(Vec::as_slice) else { continue };
        let hosts = on.get(&id).into_iter().flatten();
        let names: Vec<&str> = hosts.map(|(host, _)| host.name.value.as_str()).collect();
        let name = &server.name.value;
        let message = format!(
            "server {name} has {} MLLP {direction} handlers ({}); one is possible",
            names.len(),
            text::short_list(&names, 4)
        );
        findings.push(
            cx.finding(rule, Element::Server(id), message)
                .subject(format!("MLLP {direction} on {name}"))
                .at(*second, "a second handler on the server")
                .related(*first, "the first one"),
        );
    }
}

fn hosts_by_server<'a>(
    cx: &Context<'a>,
    handler: impl Fn(Id<Host>) -> Option<Span>,
) -> FxHashMap<Id<Server>, Vec<(&'a Host, Span)>> {
    let mut on: FxHashMap<Id<Server>, Vec<(&Host, Span)>> = FxHashMap::default();
    for (id, host) in cx.topology.hosts.iter() {
        if let Some(span) = handler(id) {
            for server in host.enabled_servers() {
                on.entry(server).or_default().push((host, span));
            }
        }
    }
    on
}

pub(in crate::rules) static NO_FRONT: Rule = Rule {
    id: "BTS150",
    name: "mllp-no-frontend",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "an MLLP receive location is active on several servers with neither load balancer nor \
              clustered host",
    why: "Senders connect to the address and port of one server. The others listen, and nobody connects to \
          them when that one is lost.",
    fix: "put a load balancer in front, or cluster the host",
    limits: "inferred: the adapter is a TCP listener",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Admissions:
      adapter: MLLP   # <-
      host: Receive
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  LB: { kind: hardware, members: [BTS01, BTS02], redundant: true }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], behind: LB }
  receive_locations:
    Admissions:
      adapter: MLLP
      host: Receive
",
    check: |cx, rule, findings| {
        for (host, model) in cx.topology.hosts.iter() {
            let servers = cx.active_at_once(model);
            if servers.len() < 2 {
                continue;
            }
            let exposed = cx.received_through(host, MLLP).filter(|(_, l)| is_open(cx, l));
            for (id, location) in exposed {
                let message = format!(
                    "senders of {} address one of {}",
                    location.name.value,
                    cx.server_names(&servers)
                );
                findings.push(
                    cx.finding(rule, Element::ReceiveLocation(id), message)
                        .at(location.adapter.span, "listens on each server by itself")
                        .related(model.name.span, "neither balanced nor clustered"),
                );
            }
        }
    },
};

fn is_open(cx: &Context<'_>, location: &ReceiveLocation) -> bool {
    cx.balancer_of(location).is_none()
        && cx.receive_need(location).mechanism == Mechanism::ClusterOrLoadBalancer
}

#[cfg(test)]
mod tests {
    use super::{NO_FRONT, TWO_HANDLERS};
    use crate::rules::testing::findings;

    #[test]
    fn handlers_are_counted_by_server_and_direction() {
        let two = TWO_HANDLERS.bad;
        let sends = two.replace("  receive_locations:", "  send_ports:");
        assert_eq!(findings(&TWO_HANDLERS, &sends).len(), 1);
        let apart = two
            .replace("servers: [BTS01]\n", "servers: [BTS01, BTS02]\n")
            .replace("Two: { instances: [BTS01] }", "Two: { instances: [BTS02] }");
        assert!(findings(&TWO_HANDLERS, &apart).is_empty());
        let disabled =
            two.replace("Two: { instances: [BTS01] }", "Two: { disabled_instances: [BTS01] }");
        assert!(findings(&TWO_HANDLERS, &disabled).is_empty());
        let one_each = two.replace(
            "    Results: { adapter: MLLP, host: Two }   # <-\n",
            "  send_ports:\n    Results: { adapter: MLLP, host: Two }\n",
        );
        assert!(findings(&TWO_HANDLERS, &one_each).is_empty(), "one receives, one sends");
    }

    #[test]
    fn a_backup_transport_is_sent_by_the_host_it_names_or_else_by_that_of_the_port() {
        let (head, _) = TWO_HANDLERS.bad.split_once("  receive_locations:").unwrap();
        let with = |backup: &str| {
            let ports = format!(
                "  send_ports:\n    First: {{ adapter: MLLP, host: One }}\n    \
                 Second: {{ adapter: FILE, host: One, backup: {{ {backup} }} }}\n"
            );
            findings(&TWO_HANDLERS, &format!("{head}{ports}")).len()
        };
        assert_eq!(with("adapter: MLLP, host: Two"), 1);
        assert_eq!(with("adapter: MLLP"), 0, "host One has one handler for both");
        assert_eq!(with("host: Two"), 0, "sends by FILE");
    }

    #[test]
    fn one_server_or_a_clustered_host_has_one_address() {
        let single = NO_FRONT.bad.replace("instances: [BTS01, BTS02]", "instances: [BTS01]");
        assert!(findings(&NO_FRONT, &single).is_empty());
        let clustered = NO_FRONT
            .bad
            .replace(
                "biztalk:\n",
                "clusters: { C: { nodes: [BTS01, BTS02], groups: { G: } } }\nbiztalk:\n",
            )
            .replace(
                "[BTS01, BTS02] }\n  receive",
                "[BTS01, BTS02], clustered_in: C/G }\n  receive",
            );
        assert_ne!(clustered, NO_FRONT.bad);
        assert!(findings(&NO_FRONT, &clustered).is_empty());
    }
}
