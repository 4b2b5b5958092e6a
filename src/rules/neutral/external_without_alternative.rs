//! A system of somebody else that a service cannot do without.

use super::super::{Context, Finding, Findings, Redundancy, Rule, Tier};
use crate::diagnostic::Severity;
use crate::graph::ComponentId;
use crate::model::{Element, External, Id};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS010",
    name: "external-without-alternative",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a service needs an external system that is not redundant and has no alternative",
    why: "Its failures are the service's failures, and its owner decides when it is repaired. No \
          redundancy of one's own helps.",
    fix: "agree on its availability with the owner, take a second provider, or let the service go on \
          without it for a while (a queue in between, a default answer)",
    limits: "external systems that a service stops without, at once. That it is declared redundant is \
             believed",
    sources: &[
        "reasoning: a service is at most as available as each thing that it cannot do without",
    ],
    bad: r"failscope: 1
external:
  card-payments:   # <-
    redundant: false
services:
  checkout: { needs: [card-payments] }
",
    good: r"failscope: 1
external:
  card-payments:
    redundant: false
  other-payments:
    redundant: false
services:
  checkout:
    needs:
      - { any: [card-payments, other-payments] }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, external) in cx.topology.external.iter() {
        let element = Element::External(id);
        let redundancy = cx.redundancy(element);
        let services = services(cx, cx.component(element));
        if redundancy != Redundancy::Redundant && !services.is_empty() {
            let unknown = redundancy == Redundancy::Unknown;
            findings.push(about(cx, rule, (id, external), &services, unknown));
        }
    }
}

/// Services that stop at once without a component.
fn services(cx: &Context<'_>, id: ComponentId) -> Vec<ComponentId> {
    let failure = cx.analysis.failure(id);
    let is_service = |id: &&ComponentId| {
        matches!(cx.analysis.graph().component(**id).element, Some(Element::Service(_)))
    };
    failure.at_once.iter().filter(is_service).copied().collect()
}

fn about(
    cx: &Context<'_>,
    rule: &'static Rule,
    (id, external): (Id<External>, &External),
    services: &[ComponentId],
    unknown: bool,
) -> Finding {
    let graph = cx.analysis.graph();
    let names: Vec<&str> = services.iter().map(|&id| graph.component(id).name.as_str()).collect();
    let message = message(&external.name.value, &names, unknown);
    let mut finding = cx.finding(rule, Element::External(id), message);
    let span = finding.primary.span;
    let label = if unknown { "taken as single" } else { "nothing takes over from it" };
    finding = finding.at(span, label);
    for &service in services.iter().take(3) {
        if let Some(span) = graph.component(service).span {
            finding = finding.related(span, "stops without it");
        }
    }
    match unknown {
        true => finding
            .unknown()
            .help("ask its owner, and write `redundant: true` or `redundant: false`"),
        false => finding,
    }
}

fn message(external: &str, services: &[&str], unknown: bool) -> String {
    let noun = if services.len() == 1 { "service" } else { "services" };
    let services = text::short_list(services, 4);
    match unknown {
        true => format!(
            "unknown whether external system {external} survives the loss of one of its parts; \
             {noun} {services} cannot do without it"
        ),
        false => format!(
            "external system {external} has no alternative, and {noun} {services} cannot do without it"
        ),
    }
}
