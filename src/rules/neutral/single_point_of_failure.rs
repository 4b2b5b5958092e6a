//! A service that one loss stops: all such losses in one finding, the worst first.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::analysis::{Single, Takes};
use crate::diagnostic::Severity;
use crate::graph::{ComponentId, Nature};
use crate::model::{Element, Id, Service};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS001",
    name: "single-point-of-failure",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the loss of one thing stops a service",
    why: "A service is no more available than the least available thing that it cannot do without. Every \
          such thing must be repaired before the service works again, at whatever hour it fails.",
    fix: "give each of them a second one that stands elsewhere and takes over by itself, or state that the \
          service may wait for its repair",
    limits: "one finding per service, the widest reach first. An error where the service states a target, \
             else a warning; milder where only a share stops or only a restart shows it. A machine or rack \
             is listed when no single thing in it explains the loss; a site only where there is another \
             one to spread to. Whether a stated availability can be met is not computed here",
    sources: &[
        "reasoning: the service needs each of them, so it is down whenever one of them is",
        "AWS Well-Architected Framework, Reliability Pillar, REL 10: How do you use fault isolation to \
         protect your workload?",
    ],
    bad: r"failscope: 1
servers: [WEB1, WEB2, DB1]
components:
  shop: { on: [WEB1, WEB2], needs: [database] }
  database: { on: [DB1] }
services:
  checkout:   # <-
    needs: [shop]
    availability: 99.9%
",
    good: r"failscope: 1
servers: [WEB1, WEB2, DB1, DB2]
components:
  shop: { on: [WEB1, WEB2], needs: [database] }
  database: { on: [DB1, DB2] }
services:
  checkout:
    needs: [shop]
    availability: 99.9%
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let component =
        |(id, service)| Some((id, service, cx.analysis.graph().of_element(Element::Service(id))?));
    let services: Vec<(Id<Service>, &Service, ComponentId)> =
        cx.topology.services.iter().filter_map(component).collect();
    let components: Vec<ComponentId> = services.iter().map(|&(_, _, id)| id).collect();
    let places = Places::of(cx);
    for ((id, service, _), found) in services.into_iter().zip(cx.analysis.singles(&components)) {
        let mut found = places.without_explained(cx, found);
        cx.analysis.worst_first(&mut found);
        if !found.is_empty() {
            findings.push(about(cx, rule, id, service, &found));
        }
    }
}

/// Where things stand, to leave out what says the same twice.
struct Places {
    of: FxHashMap<ComponentId, Vec<ComponentId>>,
    /// For a machine or rack, the wider places in which it is.
    wider: FxHashMap<ComponentId, FxHashSet<ComponentId>>,
}

impl Places {
    fn of(cx: &Context<'_>) -> Places {
        let graph = cx.analysis.graph();
        let mut of: FxHashMap<ComponentId, Vec<ComponentId>> = FxHashMap::default();
        for (_, requirement) in graph.requirements() {
            let places = requirement.providers.iter().copied().filter(|&p| is_place(cx, p));
            for place in places {
                of.entry(requirement.dependent).or_default().push(place);
            }
        }
        let mut wider: FxHashMap<ComponentId, FxHashSet<ComponentId>> = FxHashMap::default();
        for places in of.values() {
            for &place in places {
                let beyond = places.iter().filter(|&&other| width(cx, other) > width(cx, place));
                wider.entry(place).or_default().extend(beyond);
            }
        }
        Places { of, wider }
    }

    /// Without what stands on a server or in a place that is itself listed, and without places
    /// of which one listed thing says more.
    fn without_explained(&self, cx: &Context<'_>, found: Vec<Single>) -> Vec<Single> {
        let listed: FxHashSet<ComponentId> = found.iter().map(|single| single.component).collect();
        let mut explained: FxHashSet<ComponentId> = FxHashSet::default();
        for component in &listed {
            explained.extend(self.of.get(component).into_iter().flatten());
            explained.extend(self.wider.get(component).into_iter().flatten());
        }
        let graph = cx.analysis.graph();
        let says_more = |single: &Single| {
            let id = single.component;
            let on_listed = graph
                .component(id)
                .server
                .is_some_and(|server| server != id && listed.contains(&server));
            let lone_site = width(cx, id) == Some(Width::Site) && !cx.spread_sites();
            !on_listed && !lone_site && !explained.contains(&id)
        };
        found.into_iter().filter(says_more).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    Machine,
    Rack,
    Site,
}

fn is_place(cx: &Context<'_>, id: ComponentId) -> bool {
    cx.analysis.graph().component(id).nature == Nature::Placement
}

fn width(cx: &Context<'_>, id: ComponentId) -> Option<Width> {
    match cx.analysis.graph().component(id).kind.as_ref() {
        _ if !is_place(cx, id) => None,
        "machine" => Some(Width::Machine),
        "rack" => Some(Width::Rack),
        _ => Some(Width::Site),
    }
}

fn about(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Service>,
    service: &Service,
    found: &[Single],
) -> Finding {
    let certain: Vec<Single> =
        found.iter().copied().filter(|single| !cx.is_assumed_single(single.component)).collect();
    let assumed = certain.is_empty();
    let message = message(cx, &service.name.value, found, assumed);
    let mut finding = cx
        .finding(rule, Element::Service(id), message)
        .causes(found.iter().map(|single| single.component))
        .severity(severity(service, if assumed { found } else { &certain }))
        .at(service.name.span, "stops when one thing fails");
    let spans =
        found.iter().filter_map(|single| cx.analysis.graph().component(single.component).span);
    for span in spans.take(3) {
        finding = finding.related(span, "nothing takes over from it");
    }
    if assumed { finding.unknown() } else { finding }
}

fn message(cx: &Context<'_>, service: &str, found: &[Single], assumed: bool) -> String {
    let named: Vec<String> = found.iter().map(|single| words(cx, single, !assumed)).collect();
    let named = text::short_list(&named, 6);
    match (assumed, found.len()) {
        (true, _) => format!(
            "unknown whether service {service} survives the loss of {named}; the file does not say that \
             anything takes over"
        ),
        (false, 1) => format!("service {service} has a single point of failure: {named}"),
        (false, many) => format!("service {service} has {many} single points of failure: {named}"),
    }
}

/// The name and, beside what is certain, how little is known of the others.
fn words(cx: &Context<'_>, single: &Single, beside_certain: bool) -> String {
    let name = &cx.analysis.graph().component(single.component).name;
    let assumed = beside_certain && cx.is_assumed_single(single.component);
    match single.takes {
        _ if assumed => format!("{name} (unless it is redundant)"),
        Takes::AtOnce => name.clone(),
        Takes::AtRestart => format!("{name} (at a restart)"),
        Takes::Share => format!("{name} (one computer's share)"),
    }
}

fn severity(service: &Service, found: &[Single]) -> Severity {
    let has_target = service.availability.is_some() || service.recovery_time.is_some();
    let severity = if has_target { Severity::Error } else { Severity::Warning };
    match found.iter().any(|single| single.takes == Takes::AtOnce) {
        true => severity,
        false => severity.lowered(),
    }
}
