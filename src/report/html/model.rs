//! What the page needs to answer a what-if by itself.

use serde::Serialize;

use crate::analysis::{Analysis, PhaseKind};
use crate::graph::{Component, ComponentId, Requirement, RequirementId, RequirementKind, Watch};
use crate::report::impact;

/// The dependency graph by index, as `whatif.js` reads it.
#[derive(Debug, Serialize)]
pub(super) struct Model<'a> {
    components: Vec<ModelComponent<'a>>,
    requirements: Vec<ModelRequirement<'a>>,
    /// What the file says does not run.
    down: Vec<usize>,
    /// The phases in words, by kind.
    words: std::collections::BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Serialize)]
struct ModelComponent<'a> {
    name: &'a str,
    kind: &'a str,
    /// A function or service that people ask about.
    asked: bool,
    /// Something that someone wants done.
    function: bool,
    /// It can fail by itself.
    fails: bool,
}

#[derive(Debug, Serialize)]
struct ModelRequirement<'a> {
    dependent: usize,
    providers: Vec<usize>,
    at_least: u32,
    /// 1: in the first moment; 2: once grace times are over; 4: at a start.
    counts: u8,
    own_failure: bool,
    /// The provider that works where another takes over.
    working: Option<usize>,
    shares: bool,
    kind: &'static str,
    why: &'a str,
    disputed: Option<&'static str>,
}

pub(super) fn of<'a>(analysis: &Analysis<'a>) -> Model<'a> {
    let graph = analysis.graph();
    Model {
        components: graph.components().map(|(id, c)| component(analysis, id, c)).collect(),
        requirements: graph.requirements().map(|(id, r)| requirement(analysis, id, r)).collect(),
        down: graph
            .components()
            .filter(|(_, component)| component.is_stated_down())
            .map(|(id, _)| id.index())
            .collect(),
        words: PhaseKind::ALL.iter().map(|&kind| (key(kind), impact::word(kind))).collect(),
    }
}

fn component<'a>(
    analysis: &Analysis<'a>,
    id: ComponentId,
    component: &'a Component,
) -> ModelComponent<'a> {
    ModelComponent {
        name: &component.name,
        kind: &component.kind,
        asked: impact::is_function(analysis, id),
        function: component.function.is_some(),
        fails: component.is_basic(),
    }
}

fn requirement<'a>(
    analysis: &Analysis<'a>,
    id: RequirementId,
    requirement: &'a Requirement,
) -> ModelRequirement<'a> {
    let counts = analysis.counts(id);
    ModelRequirement {
        dependent: requirement.dependent.index(),
        providers: requirement.providers.iter().map(|provider| provider.index()).collect(),
        at_least: requirement.at_least,
        counts: u8::from(counts.now) + 2 * u8::from(counts.settled) + 4 * u8::from(counts.start),
        own_failure: requirement.watch == Watch::OwnFailure,
        working: analysis.working(id).map(ComponentId::index),
        shares: requirement.shares,
        kind: kind(requirement.kind),
        why: &requirement.why,
        disputed: requirement.disputed,
    }
}

/// Only the kinds that stop nothing are told apart: what counts is in `counts`.
fn kind(kind: RequirementKind) -> &'static str {
    match kind {
        RequirementKind::Start => "start",
        RequirementKind::Config => "config",
        RequirementKind::Soft => "soft",
        _ => "",
    }
}

fn key(kind: PhaseKind) -> &'static str {
    match kind {
        PhaseKind::StopsAtOnce => "stops_at_once",
        PhaseKind::Interrupted => "interrupted",
        PhaseKind::Recovers => "recovers",
        PhaseKind::CannotRecover => "cannot_recover",
        PhaseKind::StopsLater => "stops_later",
        PhaseKind::GoesOnUntilRestart => "goes_on_until_restart",
        PhaseKind::ChangesBlocked => "changes_blocked",
        PhaseKind::Degrades => "degrades",
        PhaseKind::Disputed => "disputed",
        PhaseKind::StopsForRestart => "stops_for_restart",
        PhaseKind::ComesBack => "comes_back",
        PhaseKind::DoesNotComeBack => "does_not_come_back",
    }
}
