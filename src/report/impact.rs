//! `impact`: a what-if, event by event and phase by phase.

use serde::Serialize;

use super::terminal::{Style, Terminal};
use super::text::paragraph;
use crate::analysis::{Analysis, Phase, PhaseKind, Scenario, Step};
use crate::graph::{ComponentId, FunctionRole, Requirement};
use crate::text::{clean, short_list};

/// The whole what-if.
#[derive(Debug, Clone, Serialize)]
pub struct Impact {
    pub failscope_impact: u32,
    pub events: Vec<Event>,
    /// Functions and services that are down at the end.
    pub stopped: Vec<String>,
    /// Of these, the ones of which only some computers' shares are down.
    pub stopped_partly: Vec<String>,
    /// Everything that is down at the end.
    pub down: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Event {
    pub event: &'static str,
    pub components: Vec<String>,
    pub phases: Vec<EventPhase>,
}

#[derive(Debug, Clone, Serialize)]
pub struct EventPhase {
    pub phase: &'static str,
    /// Several rounds where the order matters.
    pub rounds: Vec<Vec<String>>,
    /// The functions and services among them.
    pub functions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Reason {
    pub component: String,
    pub because: String,
}

pub fn build(analysis: &Analysis<'_>, steps: &[Step]) -> Impact {
    let mut scenario = Scenario::new(analysis);
    let events = steps.iter().map(|step| event(analysis, &mut scenario, step)).collect();
    let lost = scenario.lost();
    let names = |ids: Vec<ComponentId>| ids.into_iter().map(|id| name(analysis, id)).collect();
    Impact {
        failscope_impact: super::VERSION,
        events,
        stopped_partly: names(
            lost.iter()
                .copied()
                .filter(|&id| is_function(analysis, id) && analysis.stops_partly(id, &lost))
                .collect(),
        ),
        stopped: names(lost.iter().copied().filter(|&id| is_function(analysis, id)).collect()),
        down: names(lost),
    }
}

fn event(analysis: &Analysis<'_>, scenario: &mut Scenario<'_, '_>, step: &Step) -> Event {
    let (event, components) = match step {
        Step::Fail(components) => ("fail", components),
        Step::Restart(components) => ("restart", components),
        Step::Restore(components) => ("restore", components),
    };
    let phases = scenario.step(step);
    Event {
        event,
        components: components.iter().map(|&id| name(analysis, id)).collect(),
        phases: phases.iter().map(|phase| event_phase(analysis, phase)).collect(),
    }
}

fn event_phase(analysis: &Analysis<'_>, phase: &Phase) -> EventPhase {
    let graph = analysis.graph();
    let names = |ids: &Vec<ComponentId>| ids.iter().map(|&id| name(analysis, id)).collect();
    let functions = phase.components().filter(|&id| is_function(analysis, id));
    EventPhase {
        phase: word(phase.kind),
        rounds: phase.rounds.iter().filter(|round| !round.is_empty()).map(names).collect(),
        functions: functions.map(|id| name(analysis, id)).collect(),
        reasons: phase
            .reasons
            .iter()
            .map(|&(component, requirement)| {
                let requirement = graph.requirement(requirement);
                Reason {
                    component: name(analysis, component),
                    because: because(analysis, requirement),
                }
            })
            .collect(),
    }
}

/// What is missing, and why it is needed.
fn because(analysis: &Analysis<'_>, requirement: &Requirement) -> String {
    let names: Vec<String> =
        requirement.providers.iter().map(|&provider| name(analysis, provider)).collect();
    let what = match (requirement.at_least as usize, names.len()) {
        (k, n) if k == n => short_list(&names, 3),
        (k, _) => format!("{k} of {}", short_list(&names, 3)),
    };
    let disputed = requirement.disputed.map_or(String::new(), |who| format!(" ({who})"));
    format!("needs {what}: {}{disputed}", requirement.why)
}

fn name(analysis: &Analysis<'_>, id: ComponentId) -> String {
    analysis.graph().component(id).name.clone()
}

/// A function or service that people ask about.
pub(super) fn is_function(analysis: &Analysis<'_>, id: ComponentId) -> bool {
    let role = analysis.graph().component(id).function.map(|function| function.role);
    analysis.main_functions().binary_search(&id).is_ok()
        || role.is_some_and(|role| role != FunctionRole::Admin)
}

pub(super) fn word(kind: PhaseKind) -> &'static str {
    match kind {
        PhaseKind::StopsAtOnce => "stops at once",
        PhaseKind::Interrupted => "interrupted while another takes over",
        PhaseKind::Recovers => "recovers by itself, in this order",
        PhaseKind::CannotRecover => "cannot recover",
        PhaseKind::StopsLater => "stops a little later",
        PhaseKind::GoesOnUntilRestart => "goes on from what it has; do not restart",
        PhaseKind::ChangesBlocked => "changes are blocked",
        PhaseKind::Degrades => "degrades",
        PhaseKind::Disputed => "possibly stops: the sources disagree",
        PhaseKind::StopsForRestart => "down while it restarts",
        PhaseKind::ComesBack => "comes back, in this order",
        PhaseKind::DoesNotComeBack => "does not come back",
    }
}

pub fn render(impact: &Impact, terminal: Terminal) -> String {
    let mut out = String::new();
    for event in &impact.events {
        let title = format!("{} {}", event.event, short_list(&event.components, 8));
        out.push_str(&format!("{}\n", terminal.paint(Style::Strong, &clean(&title))));
        if event.phases.is_empty() {
            out.push_str("  nothing else changes\n");
        }
        for phase in &event.phases {
            out.push_str(&render_phase(phase, terminal));
        }
        out.push('\n');
    }
    let (style, verdict) = verdict(impact);
    for line in paragraph(&clean(&verdict), "", terminal).lines() {
        out.push_str(&format!("{}\n", terminal.paint(style, line)));
    }
    out
}

fn verdict(impact: &Impact) -> (Style, String) {
    if impact.stopped.is_empty() {
        return (Style::Good, "In the end every function works.".to_owned());
    }
    let partly = |name: &&String| impact.stopped_partly.contains(*name);
    let (parts, whole): (Vec<&String>, Vec<&String>) = impact.stopped.iter().partition(partly);
    let mut ends = Vec::new();
    if !whole.is_empty() {
        ends.push(format!("these are down: {}", short_list(&whole, NAMED)));
    }
    if !parts.is_empty() {
        ends.push(format!("only a share of these is left: {}", short_list(&parts, NAMED)));
    }
    (Style::Bad, format!("In the end {}", ends.join("; ")))
}

fn render_phase(phase: &EventPhase, terminal: Terminal) -> String {
    let mut out = format!("  {}\n", terminal.paint(Style::Faint, phase.phase));
    match phase.rounds.as_slice() {
        [all] => out.push_str(&paragraph(&unordered(all, &phase.functions), "       ", terminal)),
        rounds => {
            for (index, round) in rounds.iter().enumerate() {
                let text = format!("  {}. {}", index + 1, short_list(round, NAMED));
                out.push_str(&paragraph(&clean(&text), "       ", terminal));
            }
        }
    }
    for (because, components) in by_reason(&phase.reasons) {
        let verb = if components.len() == 1 { "" } else { " each" };
        let text = format!("  {}{verb} {because}", short_list(&components, 3));
        out.push_str(&paragraph(&clean(&text), "       ", terminal));
    }
    out
}

/// Each reason once, with what it holds for.
fn by_reason(reasons: &[Reason]) -> Vec<(&str, Vec<&str>)> {
    let mut grouped: indexmap::IndexMap<&str, Vec<&str>> = indexmap::IndexMap::new();
    for reason in reasons {
        grouped.entry(&reason.because).or_default().push(&reason.component);
    }
    grouped.into_iter().collect()
}

/// Functions and services by name, everything else after them.
fn unordered(all: &[String], functions: &[String]) -> String {
    let others: Vec<&String> = all.iter().filter(|name| !functions.contains(name)).collect();
    let mut parts = Vec::new();
    if !functions.is_empty() {
        parts.push(format!("functions: {}", short_list(functions, NAMED)));
    }
    if !others.is_empty() {
        parts.push(short_list(&others, NAMED));
    }
    clean(&format!("  {}", parts.join("; "))).into_owned()
}

/// Names a line lists before it only counts.
const NAMED: usize = 10;
