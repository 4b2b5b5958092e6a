//! Cluster groups of hosts that lack a network name or an address.

use crate::diagnostic::Severity;
use crate::model::Element;
use crate::rules::{Context, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS305",
    name: "group-without-name-or-ip",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the cluster group of a clustered host has no network name or no IP address",
    why: "The network name, and the address under it, become dependencies of the host resource; without \
          them the host cannot be made a cluster resource.",
    fix: "add both to the group before the host is clustered",
    limits: "",
    sources: &["C/how-to-configure-a-biztalk-host-as-a-cluster-resource1"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV }   # <-
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
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
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, group) in cx.topology.cluster_groups.iter() {
        let hosts = cx.clustered_hosts(id);
        let missing = match (&group.network_name, &group.ip) {
            (Some(_), Some(_)) => continue,
            (None, Some(_)) => "network name",
            (Some(_), None) => "IP address",
            (None, None) => "network name and no IP address",
        };
        let hosts: Vec<_> = hosts.iter().map(|&host| &cx.topology.hosts[host]).collect();
        let Some(first) = hosts.first() else { continue };
        let names: Vec<&str> = hosts.iter().map(|host| host.name.value.as_str()).collect();
        let message = format!(
            "group {} has no {missing}; {} cannot work as a cluster resource",
            cx.topology.group_name(id),
            text::short_list(&names, 4)
        );
        let place = first.clustered_in.map_or(first.name.span, |place| place.span);
        findings.push(
            cx.finding(rule, Element::Group(id), message)
                .at(group.name.span, format!("no {missing}"))
                .related(place, "carries this host"),
        );
    }
}
