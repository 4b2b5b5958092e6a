//! A service survives a loss if it is up without any one server, machine or site, with all that
//! falls with it, at once and after restarts.

use super::placed::is_placed;
use super::unknown::{self, needed};
use super::{Reason, Subject};
use crate::analysis::Explainer;
use crate::config::{Loss, Policy};
use crate::graph::{ComponentId, Nature};
use crate::model::Element;
use crate::source::Span;
use crate::text;

/// Names that one reason lists before it only counts.
const NAMED: usize = 6;

/// None if the topology has no such service.
pub(super) fn reasons(
    policy: &Policy,
    subject: &Subject<'_>,
    service: &str,
    loss: Loss,
) -> Option<Vec<Reason>> {
    let service = subject.expansion.graph.find(service)?;
    let mut reasons = losses(subject, service, loss);
    reasons.extend(unplaced(policy, subject, service, loss));
    reasons.extend(unknown::of_service(policy, subject, service));
    Some(reasons)
}

/// Each thing of which one may be lost, and whose loss stops the service.
fn losses(subject: &Subject<'_>, service: ComponentId, loss: Loss) -> Vec<Reason> {
    let (graph, analysis) = (&subject.expansion.graph, subject.analysis);
    let name = &graph.component(service).name;
    if analysis.is_down(service) {
        let what = format!("{name} is down in the design as it is");
        let remedy = "let it run: `failscope explain` tells what it misses".to_owned();
        return vec![Reason::fail(what, graph.component(service).span, remedy)];
    }
    let mut explainer = Explainer::new(analysis);
    let one_of_them = graph.ids().filter(|&id| is_one(subject, id, loss));
    one_of_them.filter_map(|id| stops(subject, id, service, &mut explainer)).collect()
}

/// None if the service goes on without it, or if the baseline accepts that it does not.
fn stops(
    subject: &Subject<'_>,
    id: ComponentId,
    service: ComponentId,
    explainer: &mut Explainer<'_, '_>,
) -> Option<Reason> {
    let graph = &subject.expansion.graph;
    let (lost, name) = (&graph.component(id).name, &graph.component(service).name);
    let failure = subject.analysis.failure(id);
    let when = match (failure.at_once.contains(&service), failure.later.contains(&service)) {
        (true, _) => "at once",
        (false, true) => "once something restarts",
        (false, false) => return None,
    };
    if subject.debt.is_some_and(|debt| debt.accepts_set(name, &[lost.clone()].into())) {
        return None;
    }
    let path = explainer.path(id, service).map_or(Vec::new(), |path| {
        path.components().map(|id| graph.component(id).name.as_str()).collect()
    });
    let what = format!("losing {lost} stops {name} {when}: {}", path.join(" → "));
    let remedy = format!("give what stands on {lost} an alternative that does not");
    Some(Reason::fail(what, graph.component(id).span, remedy))
}

fn is_one(subject: &Subject<'_>, id: ComponentId, loss: Loss) -> bool {
    let component = subject.expansion.graph.component(id);
    match loss {
        Loss::AnyServer => matches!(component.element, Some(Element::Server(_))),
        Loss::AnyMachine => component.nature == Nature::Placement && component.kind == "machine",
        Loss::AnySite => component.nature == Nature::Placement && component.kind == "site",
    }
}

/// What the service needs and of which nobody said where it stands: it may fall with others.
fn unplaced(
    policy: &Policy,
    subject: &Subject<'_>,
    service: ComponentId,
    loss: Loss,
) -> Option<Reason> {
    let graph = &subject.expansion.graph;
    let unknown: Vec<ComponentId> = needed(graph, service)
        .into_iter()
        .filter(|&id| !is_placed(subject, id, loss))
        .filter(|&id| !policy.accepted_unknown.contains(&graph.component(id).name))
        .collect();
    let names: Vec<&str> = unknown.iter().map(|&id| graph.component(id).name.as_str()).collect();
    let first: Option<Span> = graph.component(*unknown.first()?).span;
    let (place, remedy) = place_and_remedy(loss);
    let what = format!("unknown {place} these stand: {}", text::short_list(&names, NAMED));
    Some(Reason::unknown(what, first, remedy.to_owned()))
}

fn place_and_remedy(loss: Loss) -> (&'static str, &'static str) {
    match loss {
        Loss::AnyServer => (
            "on which server",
            "say `on:` of each, `needs:` of local disks, or `site:` of a component that stands \
             on no server",
        ),
        Loss::AnyMachine => (
            "on which machine",
            "say `machine:` of each, `on:` of file shares; what is no virtual server is its own \
             machine",
        ),
        Loss::AnySite => (
            "in which site",
            "say `site:` of each, `on:` of file shares; list what spans sites in accept_unknown",
        ),
    }
}
