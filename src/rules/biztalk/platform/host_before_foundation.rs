//! Plans that configure BizTalk before what it stands on is highly available.

use crate::diagnostic::Severity;
use crate::model::{At, Element, Plan};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS519",
    name: "host-before-foundation",
    severity: Severity::Info,
    tier: Tier::T3,
    summary: "a plan configures hosts or the group before Windows and SQL Server are highly available",
    why: "The configuration writes down names. Those of the clusters must exist by then, or everything \
          points at single computers and is configured again later.",
    fix: "in this order: domain groups, cluster, MSDTC, SQL Server, master secret server, BizTalk",
    limits: "",
    sources: &["T/planning-for-high-availability2", "T/clustering-the-biztalk-server-databases2"],
    bad: r"failscope: 1
servers: [BTS01, BTS02, SQL01, SQL02]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01] }
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
plans:
  build:
    steps:
      - configure: Process   # <-
      - protect: SQLCLUSTER
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SQL01, SQL02]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01] }
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
plans:
  build:
    steps:
      - protect: SQLCLUSTER
      - configure: Process
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for plan in cx.topology.plans.values() {
        let Some((configured, protected)) = out_of_order(plan) else { continue };
        let foundation = cx.topology.element_name(protected.value);
        let message = format!(
            "plan {} configures {} before it makes {foundation} highly available",
            plan.name.value,
            cx.topology.element_name(configured.value)
        );
        findings.push(
            cx.finding_about(rule, plan.name.value.as_str(), configured.span, message)
                .at(configured.span, "too early")
                .related(protected.span, "its foundation comes later"),
        );
    }
}

/// The first thing configured too early, and the last foundation that comes after it.
///
/// A plan that protects nothing builds on what stands already.
fn out_of_order(plan: &Plan) -> Option<(&At<Element>, &At<Element>)> {
    let configured_in = plan.steps.iter().position(|step| step.configure.iter().any(is_biztalk))?;
    let configured = plan.steps.get(configured_in)?.configure.iter().find(|e| is_biztalk(e))?;
    let mut later = plan.steps.iter().skip(configured_in).flat_map(|step| &step.protect);
    let protected = later.rfind(|element| is_foundation(element))?;
    Some((configured, protected))
}

fn is_biztalk(element: &At<Element>) -> bool {
    matches!(element.value, Element::Host(_) | Element::BiztalkGroup(_))
}

fn is_foundation(element: &At<Element>) -> bool {
    matches!(
        element.value,
        Element::Cluster(_)
            | Element::Group(_)
            | Element::SqlInstance(_)
            | Element::AvailabilityGroup(_)
    )
}
