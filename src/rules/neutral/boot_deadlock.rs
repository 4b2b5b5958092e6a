//! Things that hold each other up and cannot be started again once all are down.

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::diagnostic::Severity;
use crate::graph::ComponentId;
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS007",
    name: "boot-deadlock",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "components need each other to start, so that none can be started once all are down",
    why: "While they run nobody notices. After a power failure or a restart of the whole site each waits \
          for the other, and the only way out is a procedure that nobody has practised.",
    fix: "break the circle: let one of them start without the other, or add an alternative that stands \
          outside it",
    limits: "",
    sources: &[
        "reasoning: from cold a component is up only if all that it needs to start is up before it; in a \
         circle nothing is first",
    ],
    bad: r"failscope: 1
components:
  directory:   # <-
    needs: [storage-controller]
  storage-controller:
    needs: [{ all: [directory], kind: start }]
",
    good: r"failscope: 1
components:
  directory:
    needs: [storage-controller]
  storage-controller:
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    findings.0.extend(cx.analysis.deadlocks.iter().filter_map(|part| about(cx, rule, part)));
}

fn about(cx: &Context<'_>, rule: &'static Rule, part: &[ComponentId]) -> Option<Finding> {
    let graph = cx.analysis.graph();
    let is_defined = |id: &&ComponentId| graph.component(**id).element.is_some();
    let &first = part.iter().find(is_defined).or(part.first())?;
    let component = graph.component(first);
    let names: Vec<&str> = part.iter().map(|&id| graph.component(id).name.as_str()).collect();
    let message = match names.len() {
        1 => format!("{} needs itself to start", component.name),
        _ => format!(
            "{} need each other to start; once they are down, none of them comes back",
            text::short_list(&names, 5)
        ),
    };
    let span = component.span.unwrap_or(cx.topology.span);
    let finding = cx.finding_about(rule, component.name.clone(), span, message);
    let mut finding = finding.at(span, format!("waits for {}", waits_for(cx, part, first)));
    finding.element = component.element;
    let others = part.iter().filter(|&&id| id != first);
    let others = others.filter_map(|&id| Some((id, graph.component(id).span?)));
    for (id, span) in others.take(3) {
        finding = finding.related(span, format!("waits for {}", waits_for(cx, part, id)));
    }
    Some(finding)
}

/// Members of the circle that one of them needs to start.
fn waits_for(cx: &Context<'_>, part: &[ComponentId], id: ComponentId) -> String {
    let graph = cx.analysis.graph();
    let mut needed: Vec<ComponentId> = graph
        .requirements_of(id)
        .into_iter()
        .map(|requirement| graph.requirement(requirement))
        .filter(|requirement| requirement.kind.is_needed_to_start())
        .flat_map(|requirement| requirement.providers.iter().copied())
        .filter(|provider| part.binary_search(provider).is_ok())
        .collect();
    needed.sort_unstable();
    needed.dedup();
    let names: Vec<&str> = needed.iter().map(|&id| graph.component(id).name.as_str()).collect();
    text::short_list(&names, 3)
}
