//! The BAM portal on one web server.

use crate::diagnostic::Severity;
use crate::model::{Element, Id, Server};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS806",
    name: "bam-portal-single",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "the BAM portal is on one web server, or on several without a balancer",
    why: "Users address one name. Reports are out of reach while the one server behind it is down.",
    fix: "put several web servers behind NLB: configure the first, then copy the web.config files and the \
          accounts to the others; the pool is 32-bit",
    limits: "the portal is deprecated in 2020",
    sources: &[
        "C/how-to-configure-the-bam-portal-to-work-on-an-nlb-cluster",
        "T/checklist-providing-high-availability-with-fault-tolerance-or-load-balancing",
    ],
    bad: r"failscope: 1
servers: [BTS01, WEB01]
biztalk:
  servers: [BTS01]
  bam:
    portal: [WEB01]   # <-
",
    good: r"failscope: 1
servers: [BTS01, WEB01, WEB02]
load_balancers:
  NLB: { kind: nlb, members: [WEB01, WEB02] }
biztalk:
  servers: [BTS01]
  bam:
    portal: [WEB01, WEB02]
    behind: NLB
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, group) in cx.topology.biztalk.iter() {
        let Some(bam) = &group.bam else { continue };
        let mut servers: Vec<Id<Server>> = bam.portal.iter().map(|server| server.value).collect();
        servers.sort_unstable();
        servers.dedup();
        let Some(first) = bam.portal.first() else { continue };
        if servers.len() > 1 && bam.behind.is_some() {
            continue;
        }
        let what = if servers.len() > 1 { "no balancer" } else { "no second server" };
        let message = format!("the BAM portal on {} has {what}", cx.server_names(&servers));
        let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
        findings.push(finding.at(first.span, what));
    }
}
