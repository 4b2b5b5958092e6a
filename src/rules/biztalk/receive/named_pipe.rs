//! Named pipes where callers on other servers are expected.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::Mechanism;
use crate::model::{Element, Host, ReceiveLocation};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::source::Span;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS139",
    name: "named-pipe-not-remotable",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a WCF-NetNamedPipe receive location is meant to be highly available",
    why: "A named pipe is reached from the same server only. Instances elsewhere, a balancer or a cluster do \
          not bring a caller to them when his server's instance stops.",
    fix: "use WCF-NetTcp, or run the caller on each server too",
    limits: "disputed (D10): the table of C/scaled-out-receiving-hosts lists a load balancer for this \
             adapter, C/adapters-in-biztalk-server says that it serves processes of one computer; the \
             second is taken. Silent on a host with one instance and nothing in front",
    sources: &["C/adapters-in-biztalk-server", "C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-NetNamedPipe   # <-
      host: Receive
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], behind: NLB }
  receive_locations:
    Orders:
      adapter: WCF-NetTcp
      host: Receive
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (host, model) in cx.topology.hosts.iter() {
        let taken_over = cx.is_taken_over(model);
        for (id, location) in cx.received_through(host, &["WCF-NetNamedPipe"]) {
            let asks = taken_over || cx.balancer_of(location).is_some();
            if !asks || cx.receive_need(location).mechanism != Mechanism::SameComputer {
                continue;
            }
            let message = format!(
                "{} is reachable only from the server it runs on; no other server takes over",
                location.name.value
            );
            findings.push(
                cx.finding(rule, Element::ReceiveLocation(id), message)
                    .at(location.adapter.span, "a pipe ends on its own server")
                    .related(asked_in(cx, model, location), "asks for more than one server"),
            );
        }
    }
}

/// Where the file asks for the location to stay available.
fn asked_in(cx: &Context<'_>, host: &Host, location: &ReceiveLocation) -> Span {
    let balancer = cx.balancer_of(location).map(|balancer| balancer.span);
    let cluster = host.clustered_in.map(|cluster| cluster.span);
    balancer.or(cluster).unwrap_or(host.name.span)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn one_server_that_serves_itself_asks_for_nothing() {
        let single = RULE.bad.replace("instances: [BTS01, BTS02]", "instances: [BTS01]");
        assert!(findings(&RULE, &single).is_empty());
        let balanced = single
            .replace("biztalk:\n", "load_balancers: { LB: { members: [BTS01] } }\nbiztalk:\n")
            .replace("host: Receive\n", "host: Receive\n      behind: LB\n");
        assert_eq!(findings(&RULE, &balanced).len(), 1);
        let declared =
            RULE.bad.replace("host: Receive\n", "host: Receive\n      ha_requirement: none\n");
        assert!(findings(&RULE, &declared).is_empty(), "callers on each server, says the author");
    }
}
