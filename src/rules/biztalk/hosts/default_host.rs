//! Work in the default host of a group.

use crate::diagnostic::Severity;
use crate::model::Element;
use crate::rules::{Context, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS020",
    name: "default-host-fragile",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "the default host carries work and has fewer than two instances",
    why: "The first host of a group is its default: handlers land there by themselves, and it cannot be \
          deleted. What nobody placed on purpose nobody has made redundant.",
    fix: "move the work to hosts that are made for it, with an instance on two servers each",
    limits: "inferred advice; that the work stops with the one server is the business of BTS002",
    sources: &["C/hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    BizTalkServerApplication:
      default: true   # <-
      instances: [BTS01]
  orchestrations:
    Orders: { host: BizTalkServerApplication }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    BizTalkServerApplication:
      default: true
      instances: [BTS01]
    Process: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| !host.is_isolated()) {
        let Some(default) = host.default.filter(|default| default.value) else { continue };
        let work = cx.work_of(id);
        if work.is_empty() || cx.serving(host).len() > 1 {
            continue;
        }
        let message = format!(
            "default host {} carries {}; it cannot be deleted and is easily overlooked",
            host.name.value,
            text::short_list(&work, 4)
        );
        let finding = cx.finding(rule, Element::Host(id), message);
        findings.push(finding.at(default.span, "handlers land here by themselves"));
    }
}
