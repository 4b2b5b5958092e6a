//! Redundancy that is not real: one loss takes all that could be chosen from.

use rustc_hash::FxHashSet;

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::analysis::Defeat;
use crate::diagnostic::Severity;
use crate::graph::{ComponentId, Nature};
use crate::model::Element;
use crate::text;

pub(in crate::rules) static SHARED_FATE: Rule = Rule {
    id: "FS002",
    name: "copies-share-fate",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "copies or alternatives stand on one server, machine, rack or site, so that one loss takes \
              too many of them",
    why: "Copies protect against the loss of one copy. Against the loss of what they share they do \
          nothing, and two virtual machines on one host look like redundancy until the host fails.",
    fix: "spread them, so that no machine and no rack holds more than the number that may be lost",
    limits: "the narrowest common place is named. A common site counts only where there is another one to \
             spread to, and as a warning. Clusters and BizTalk hosts have rules of their own (BTS520, \
             BTS005)",
    sources: &[
        "MicrosoftDocs/windowsserverdocs: WindowsServerDocs/failover-clustering/fault-domains.md",
        "reasoning: what shares a machine, a rack or a site is lost with it",
    ],
    bad: r"failscope: 1
servers:
  WEB1: { machine: HOST1 }
  WEB2: { machine: HOST1 }
components:
  shop:
    on: [WEB1, WEB2]   # <-
services:
  checkout: { needs: [shop] }
",
    good: r"failscope: 1
servers:
  WEB1: { machine: HOST1 }
  WEB2: { machine: HOST2 }
components:
  shop:
    on: [WEB1, WEB2]
services:
  checkout: { needs: [shop] }
",
    check: |cx, rule, findings| check(cx, rule, findings, shared_fate),
};

pub(in crate::rules) static NEEDS_WHAT_IT_REPLACES: Rule = Rule {
    id: "FS006",
    name: "alternative-needs-what-it-replaces",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an alternative needs the very thing that it should replace, or all alternatives need the \
              same thing",
    why: "The choice looks like redundancy, but whatever stops the one stops the other as well: a \
          standby that reads from the primary, two providers behind one gateway.",
    fix: "give the alternative its own copy of what they share, or make what they share redundant and say \
          so with `redundant: true`",
    limits: "choices that the file states (`any`, `at_least`, `on`, several networks); what the dependent \
             itself needs without a choice is no fault of the choice. An alternative that runs already and \
             needs another one only to start goes on until its own next start: that is a warning",
    sources: &[
        "reasoning: a choice is defeated by any loss after which too few of its members work, or too few \
         start again",
    ],
    bad: r"failscope: 1
components:
  database:
  cache: { needs: [database] }
  shop:
    function: main
    needs:
      - { any: [database, cache] }   # <-
",
    good: r"failscope: 1
components:
  database:
  cache:
  shop:
    function: main
    needs:
      - { any: [database, cache] }
",
    check: |cx, rule, findings| check(cx, rule, findings, needs_what_it_replaces),
};

type Ask = fn(&Context<'_>, &'static Rule, &[Defeat]) -> Option<Finding>;

/// Asks once per choice, with everything that defeats it.
fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings, ask: Ask) {
    let mut seen: FxHashSet<String> = FxHashSet::default();
    for of_one in cx.defeated_choices().chunk_by(|a, b| a.requirement == b.requirement) {
        let found = ask(cx, rule, of_one);
        findings.0.extend(found.filter(|finding| seen.insert(finding.subject.clone())));
    }
}

fn shared_fate(cx: &Context<'_>, rule: &'static Rule, defeats: &[Defeat]) -> Option<Finding> {
    let defeats = || defeats.iter().filter(|defeat| !defeat.later);
    let things: Vec<ComponentId> =
        defeats().filter(|d| place(cx, d).is_none()).map(|d| d.cause).collect();
    let explained: Vec<ComponentId> =
        things.iter().flat_map(|&cause| cx.analysis.rests_on(cause)).collect();
    let places = defeats().filter(|defeat| !explained.contains(&defeat.cause));
    let places = places.filter_map(|defeat| Some((place(cx, defeat)?, defeat)));
    let (width, defeat) = places
        .filter(|(width, _)| *width != Place::Site || cx.spread_sites())
        .min_by_key(|(width, defeat)| (*width, defeat.cause))?;
    let cause = &cx.analysis.graph().component(defeat.cause).name;
    let message = format!("{}, but losing {cause} takes {}", chosen(cx, defeat), lost(cx, defeat));
    let finding = finding(cx, rule, defeat, message, format!("not redundant against {cause}"));
    Some(if width == Place::Site { finding.severity(Severity::Warning) } else { finding })
}

fn needs_what_it_replaces(
    cx: &Context<'_>,
    rule: &'static Rule,
    defeats: &[Defeat],
) -> Option<Finding> {
    let defeat = defeats
        .iter()
        .filter(|defeat| place(cx, defeat).is_none())
        .min_by_key(|defeat| (defeat.later, !is_member(cx, defeat), defeat.cause))?;
    let graph = cx.analysis.graph();
    let cause = &graph.component(defeat.cause).name;
    let others: Vec<ComponentId> =
        defeat.lost.iter().copied().filter(|&id| id != defeat.cause).collect();
    let verb = if others.len() == 1 { "needs" } else { "need" };
    let start = if defeat.later { " to start" } else { "" };
    let message =
        format!("{}, but {} {verb} {cause}{start}", chosen(cx, defeat), names(cx, &others));
    if defeat.later {
        let label = "one loss and a restart defeat this choice".to_owned();
        return Some(finding(cx, rule, defeat, message, label).severity(Severity::Warning));
    }
    Some(finding(cx, rule, defeat, message, "one loss defeats this choice".to_owned()))
}

/// From narrow to wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Server,
    Machine,
    Rack,
    Site,
}

/// What the cause is as a place; `None` for things that are needed rather than stood on.
fn place(cx: &Context<'_>, defeat: &Defeat) -> Option<Place> {
    let component = cx.analysis.graph().component(defeat.cause);
    match (component.nature, component.kind.as_ref(), component.element) {
        (Nature::Placement, "machine", _) => Some(Place::Machine),
        (Nature::Placement, "rack", _) => Some(Place::Rack),
        (Nature::Placement, ..) => Some(Place::Site),
        (_, _, Some(Element::Server(_))) if !is_member(cx, defeat) => Some(Place::Server),
        _ => None,
    }
}

fn is_member(cx: &Context<'_>, defeat: &Defeat) -> bool {
    cx.analysis.graph().requirement(defeat.requirement).providers.contains(&defeat.cause)
}

/// `shop needs 1 of a and b`, `shop needs 1 of its copies on A and B`.
fn chosen(cx: &Context<'_>, defeat: &Defeat) -> String {
    let requirement = cx.analysis.graph().requirement(defeat.requirement);
    let dependent = &cx.analysis.graph().component(requirement.dependent).name;
    let copies = if are_copies(cx, &requirement.providers) { "its copies on " } else { "" };
    let among = names(cx, &requirement.providers);
    format!("{dependent} needs {} of {copies}{among}", requirement.at_least)
}

fn lost(cx: &Context<'_>, defeat: &Defeat) -> String {
    let requirement = cx.analysis.graph().requirement(defeat.requirement);
    if defeat.lost.len() == requirement.providers.len() {
        return "all of them".to_owned();
    }
    let copies = if are_copies(cx, &defeat.lost) { "those on " } else { "" };
    format!("{copies}{}", names(cx, &defeat.lost))
}

/// True for copies of one component, each on a server of its own.
fn are_copies(cx: &Context<'_>, ids: &[ComponentId]) -> bool {
    let graph = cx.analysis.graph();
    ids.iter().all(|&id| graph.component(id).kind == "copy" && graph.component(id).server.is_some())
}

/// Names; of copies, those of their servers.
fn names(cx: &Context<'_>, ids: &[ComponentId]) -> String {
    let graph = cx.analysis.graph();
    let copies = are_copies(cx, ids);
    let shown = |&id: &ComponentId| graph.component(id).server.filter(|_| copies).unwrap_or(id);
    let names: Vec<&str> = ids.iter().map(|id| graph.component(shown(id)).name.as_str()).collect();
    text::short_list(&names, 4)
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    defeat: &Defeat,
    message: String,
    label: String,
) -> Finding {
    let graph = cx.analysis.graph();
    let requirement = graph.requirement(defeat.requirement);
    let dependent = graph.component(requirement.dependent);
    let span = requirement.span.or(dependent.span).unwrap_or(cx.topology.span);
    let members: Vec<&str> =
        requirement.providers.iter().map(|&id| graph.component(id).name.as_str()).collect();
    let subject =
        format!("{}: {} of {}", dependent.name, requirement.at_least, text::and_list(&members));
    let mut finding = cx.finding_about(rule, subject, span, message).at(span, label);
    finding.element = dependent.element;
    match graph.component(defeat.cause).span {
        Some(cause) => finding.related(cause, "they share this"),
        None => finding,
    }
}
