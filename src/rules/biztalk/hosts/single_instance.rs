//! A host that works on one server only.

use crate::diagnostic::Severity;
use crate::model::Element;
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS002",
    name: "host-single-instance",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a host with work has exactly one enabled instance and is not clustered",
    why: "BizTalk shares the work of a host between its instances without any cluster or balancer, but \
          only if there are two. With one, everything bound to the host stops with its server.",
    fix: "create an instance on another server; if the adapter forbids two active instances, cluster the \
          host instead",
    limits: "more than one server needs Enterprise edition; instances on servers that wait for a disaster \
             do not count",
    sources: &["T/high-availability-for-biztalk-hosts", "T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances: [BTS01]   # <-
  orchestrations:
    Orders: { host: Process }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
  orchestrations:
    Orders: { host: Process }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter() {
        let work = cx.work_of(id);
        let servers = cx.serving(host);
        let ([only], false, None) = (servers.as_slice(), work.is_empty(), host.clustered_in) else {
            continue;
        };
        let server = cx.server_name(*only);
        let message = format!(
            "host {} has only one instance ({server}); its failure stops {}",
            host.name.value,
            text::short_list(&work, 4)
        );
        let instance = host.instances.iter().find(|instance| instance.value == *only);
        let span = instance.map_or(host.name.span, |instance| instance.span);
        let mut finding =
            cx.finding(rule, Element::Host(id), message).at(span, "the only enabled instance");
        if let Some(disabled) = host.disabled_instances.first() {
            finding = finding.related(disabled.span, "disabled: gives no redundancy");
        }
        findings.push(finding.proposing(proposals::one_more_instance(cx, id)));
    }
}
