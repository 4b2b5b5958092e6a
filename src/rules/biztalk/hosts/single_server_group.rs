//! Groups of one server.

use crate::diagnostic::Severity;
use crate::model::{BiztalkEdition, BiztalkGroup, Element, Id, Server};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::source::Span;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS001",
    name: "single-server-group",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the group has exactly one server with the BizTalk runtime",
    why: "Hosts are redundant by having instances on two or more servers. With one server every host is a \
          single point of failure, whatever else is clustered.",
    fix: "add a second server to the group and create the host instances there",
    limits: "several servers need Enterprise edition (Developer for tests), see BTS901; servers prepared \
             for a disaster do not count",
    sources: &[
        "T/planning-for-high-availability-and-disaster-recovery",
        "T/checklist-performing-monthly-maintenance-checks",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
biztalk:
  hosts:
    Process: { instances: [BTS01] }   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SQL01]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, group) in cx.topology.biztalk.iter() {
        let mut servers = cx.biztalk_servers(id).iter().filter(|&&server| !cx.is_standby(server));
        let (Some(&only), None) = (servers.next(), servers.next()) else { continue };
        let mut message = format!(
            "{} runs on one server ({}); every host on it is a single point of failure",
            group.name.value,
            cx.server_name(only)
        );
        let forbids = group.edition.filter(|edition| {
            matches!(edition.value, BiztalkEdition::Standard | BiztalkEdition::Branch)
        });
        if let Some(edition) = forbids {
            let edition = edition.value.as_str();
            message.push_str(&format!(", and {edition} edition allows no second one"));
        }
        let mut finding = cx
            .finding(rule, Element::BiztalkGroup(id), message)
            .at(placed(cx, group, only), "the only server of the group");
        if let Some(edition) = forbids {
            finding = finding
                .related(edition.span, "one server per group in this edition")
                .help("change to Enterprise edition first, then add a second server");
        }
        findings.push(finding);
    }
}

/// Where the group says that the server belongs to it.
fn placed(cx: &Context<'_>, group: &BiztalkGroup, server: Id<Server>) -> Span {
    let instances = group.hosts.iter().flat_map(|&id| &cx.topology.hosts[id].instances);
    let mut mentions = group.servers.iter().chain(instances);
    mentions.find(|mention| mention.value == server).map_or(group.name.span, |found| found.span)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn an_edition_that_forbids_a_second_server_is_named() {
        let yaml = RULE.bad.replace("biztalk:\n", "biztalk:\n  edition: standard\n");
        let found = findings(&RULE, &yaml);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.contains("Standard edition allows no second one"));
    }

    #[test]
    fn a_server_prepared_for_a_disaster_is_no_second_server() {
        let yaml = RULE.bad.replace("[BTS01, SQL01]", "[BTS01, DR01]").replace(
            "biztalk:\n",
            "biztalk:\n  servers: [BTS01, DR01]\n  disaster_recovery: { servers: [DR01] }\n",
        );
        assert_eq!(findings(&RULE, &yaml).len(), 1);
    }
}
