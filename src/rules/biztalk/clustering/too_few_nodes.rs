//! Host clusters in which the group has fewer than two servers.

use crate::diagnostic::Severity;
use crate::model::{Element, Id, Server};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS302",
    name: "fewer-than-two-cluster-nodes",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a host is clustered, but fewer than two BizTalk servers of its group are nodes",
    why: "Two BizTalk servers must be in the failover cluster before a host can be clustered; with fewer \
          there is nowhere to fail over to.",
    fix: "join a second BizTalk server to the failover cluster and to the group",
    limits: "",
    sources: &[
        "C/use-windows-cluster-to-provide-high-availability-for-biztalk-hosts",
        "C/how-to-configure-a-biztalk-host-as-a-cluster-resource1",
    ],
    bad: r"failscope: 1
servers: [BTS01, OTHER]
clusters:
  WSFC:
    nodes: [BTS01, OTHER]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01]
      clustered_in: WSFC/G1   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter() {
        let Some(place) = host.clustered_in else { continue };
        let cluster = &cx.topology.clusters[cx.topology.cluster_groups[place.value].cluster];
        let members = cx.biztalk_servers(host.group);
        let mut nodes: Vec<Id<Server>> = cluster.nodes.iter().map(|node| node.value).collect();
        nodes.retain(|node| members.binary_search(node).is_ok());
        nodes.sort_unstable();
        nodes.dedup();
        if nodes.len() >= 2 {
            continue;
        }
        let found = match nodes.as_slice() {
            [] => "none is".to_owned(),
            only => format!("only {} is", cx.server_names(only)),
        };
        let message = format!(
            "two BizTalk servers of the group must be nodes of {} before host {} is clustered there; {found}",
            cluster.name.value, host.name.value
        );
        findings.push(
            cx.finding(rule, Element::Host(id), message)
                .at(place.span, "no second BizTalk server to move to")
                .related(cluster.name.span, "this cluster"),
        );
    }
}
