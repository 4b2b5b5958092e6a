//! Clustered hosts in an edition that has no host clustering.

use crate::diagnostic::Severity;
use crate::model::{BiztalkEdition, BiztalkGroup, Element, Host};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS301",
    name: "host-cluster-needs-enterprise",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a host is clustered and the edition is not Enterprise",
    why: "Only Enterprise edition can make a host a cluster resource; in Standard and Branch the design \
          cannot be built.",
    fix: "use Enterprise edition, or a design without clustered hosts",
    limits: "Developer edition has the function for tests; one step milder when the edition is not given",
    sources: &[
        "C/use-windows-cluster-to-provide-high-availability-for-biztalk-hosts",
        "T/clustering-receiving-hosts",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  edition: standard   # <-
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
  edition: enterprise
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, group) in cx.topology.biztalk.iter() {
        let hosts = clustered(cx, group);
        let Some(first) = hosts.first().and_then(|host| host.clustered_in) else { continue };
        let names: Vec<&str> = hosts.iter().map(|host| host.name.value.as_str()).collect();
        let (names, name) = (text::short_list(&names, 4), &group.name.value);
        let finding = |message| cx.finding(rule, Element::BiztalkGroup(id), message);
        findings.push(match group.edition {
            Some(edition) if has_enterprise_functions(edition.value) => continue,
            Some(edition) => finding(format!(
                "host clustering needs Enterprise edition, but {name} is {} and clusters {names}",
                edition.value.as_str()
            ))
            .at(edition.span, "no host clustering in this edition")
            .related(first.span, "clustered here"),
            None => finding(format!(
                "unknown whether {name} has Enterprise edition, which clustering {names} needs"
            ))
            .at(first.span, "needs Enterprise edition")
            .help("write `edition: enterprise` if that is what is licensed")
            .unknown(),
        });
    }
}

fn clustered<'a>(cx: &Context<'a>, group: &BiztalkGroup) -> Vec<&'a Host> {
    let hosts = group.hosts.iter().map(|&id| &cx.topology.hosts[id]);
    hosts.filter(|host| host.clustered_in.is_some()).collect()
}

/// Developer and Evaluation have the functions of Enterprise, though not its licence.
pub(super) fn has_enterprise_functions(edition: BiztalkEdition) -> bool {
    !matches!(edition, BiztalkEdition::Standard | BiztalkEdition::Branch)
}
