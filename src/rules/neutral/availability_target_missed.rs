//! A service that cannot be as available as it promises.

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::analysis::Structure;
use crate::availability::target::{self, Against};
use crate::availability::{Figures, HOURS_PER_YEAR};
use crate::diagnostic::Severity;
use crate::engine::Budget;
use crate::graph::ComponentId;
use crate::model::{At, Availability, Element, Id, Service};
use crate::text;

/// Operands of the structure function and memory for its diagrams: linting is to stay quick.
/// `failscope availability` takes more of both.
const MOST_OPERANDS: u64 = 200_000;
const MEMORY: usize = 64 << 20;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS011",
    name: "availability-target-missed",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a service is less available, by the figures of what it needs, than it is to be",
    why: "The target is promised to somebody. By the stated times between failures and to repair the \
          service will be down for longer than that, year after year, even if nothing else goes wrong.",
    fix: "make redundant what matters most (`failscope availability` lists it), repair it faster, or state a \
          target that can be met",
    limits: "independent failures in the long run; switching over is not counted. One step milder where the \
             answer rests on assumed figures, which the message names; where a large topology leaves it open, \
             `failscope availability` has more time and memory",
    sources: &["reasoning: exact unavailability of the service's structure function"],
    bad: r"failscope: 1
components:
  shop: { mtbf: 900h, mttr: 100h }
services:
  checkout:
    needs: [shop]
    availability: 99%   # <-
",
    good: r"failscope: 1
components:
  shop-1: { mtbf: 900h, mttr: 100h }
  shop-2: { mtbf: 900h, mttr: 100h }
services:
  checkout:
    needs: { any: [shop-1, shop-2] }
    availability: 99%
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let targets: Vec<(Id<Service>, ComponentId, At<Availability>)> = cx
        .topology
        .services
        .iter()
        .filter_map(|(id, service)| {
            Some((id, cx.component(Element::Service(id)), service.availability?))
        })
        .collect();
    if targets.is_empty() {
        return;
    }
    let graph = cx.analysis.graph();
    let services: Vec<ComponentId> = targets.iter().map(|&(_, component, _)| component).collect();
    let figures = Figures::new(cx.topology, graph);
    let own = &figures.own_failures;
    let structure = Structure::with_own_failures(graph, &services, own, MOST_OPERANDS);
    for (id, component, target) in targets {
        let loss = structure.as_ref().ok().and_then(|structure| structure.loss(component));
        let answer = loss.and_then(|loss| {
            let allowed = target.value.unavailability();
            target::against(&loss, &figures, allowed, &Budget::memory(MEMORY)).ok()
        });
        findings.0.extend(about(cx, rule, id, target, answer));
    }
}

/// None where the target is met.
fn about(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Service>,
    target: At<Availability>,
    answer: Option<Against>,
) -> Option<Finding> {
    let service = &cx.topology.services[id].name.value;
    let wanted = target.value;
    let found = |message: String| {
        cx.finding(rule, Element::Service(id), message)
            .at(target.span, "more than the service can have")
    };
    let Some((answer, met)) = answer.and_then(|answer| answer.met.map(|met| (answer, met))) else {
        let message = format!(
            "unknown whether service {service} meets {wanted}: the topology is too large to tell while linting"
        );
        return Some(found(message).unknown());
    };
    if met {
        return None;
    }
    let mut message = format!(
        "service {service} is to be up {wanted}, but will be down {} hours a year, not {}",
        hours(answer.lower),
        hours(wanted.unavailability())
    );
    if !answer.missed_for_certain {
        message.push_str(&format!("; unknown how often {} fail", names(cx, &answer.assumed)));
    }
    let mut finding = found(message);
    if let Some((name, span)) = answer.most_decisive.and_then(|id| place(cx, id)) {
        finding = finding.related(span, format!("{name} matters most"));
    }
    Some(if answer.missed_for_certain { finding } else { finding.unknown() })
}

fn hours(unavailability: f64) -> String {
    let hours = unavailability * HOURS_PER_YEAR;
    match hours < 1.0 {
        true => format!("{hours:.2}"),
        false => format!("{hours:.1}"),
    }
}

fn names(cx: &Context<'_>, components: &[ComponentId]) -> String {
    let names = components.iter().map(|&id| cx.analysis.graph().component(id).name.as_str());
    text::short_list(&names.collect::<Vec<_>>(), 3)
}

fn place(cx: &Context<'_>, id: ComponentId) -> Option<(String, crate::source::Span)> {
    let component = cx.analysis.graph().component(id);
    Some((component.name.clone(), component.span?))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn the_hours_are_those_of_the_figures() {
        // 100 of 1,000 hours: a tenth of 8,766; one percent of them is the target.
        let found = findings(&RULE, RULE.bad);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].1.message.contains("down 876.6 hours a year, not 87.7"),
            "{}",
            found[0].1.message
        );
    }

    #[test]
    fn what_is_assumed_makes_it_milder() {
        let yaml = RULE.bad.replace(" { mtbf: 900h, mttr: 100h }", "").replace("99%", "99.9999%");
        let found = findings(&RULE, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        assert!(
            found[0].1.message.contains("unknown how often shop fail"),
            "{}",
            found[0].1.message
        );
        // Missed by what is stated alone, whatever else is assumed.
        let both =
            RULE.bad.replace("services:", "  net:\nservices:").replace("[shop]", "[shop, net]");
        assert_eq!(findings(&RULE, &both)[0].1.severity, Severity::Error);
    }
}
