//! One topology compared with its old state or its baseline, and held against the policy.

use std::collections::BTreeSet;

use super::super::check::Known;
use super::super::files;
use super::debt::Debts;
use crate::config::Policy;
use crate::diagnostic::Diagnostic;
use crate::diff::{self, Asked, Facts, Judge, Side};
use crate::gate::baseline::Debt;
use crate::gate::{self, Compared, Outcome, Subject};
use crate::graph::{ComponentId, Scope};
use crate::input::{Limits, Reading, edits};
use crate::model::Element;
use crate::report::review::Unit;
use crate::rules::Finding;
use crate::source::{FileId, SourceMap};

/// What a topology is compared with.
pub(super) struct Before {
    pub(super) old: Option<Reading>,
    /// There is an old state, and it may lack this topology.
    pub(super) compares: bool,
    /// Its name in the baseline.
    pub(super) key: String,
}

/// What a topology came to.
#[derive(Default)]
pub(super) struct Decided {
    pub(super) outcomes: Vec<Outcome>,
    /// Why nothing is decided after all: what kept the old state from being judged.
    pub(super) problems: Vec<Diagnostic>,
}

/// Everything about one topology is at hand: compares it, and holds it against the policy.
pub(super) fn decide(
    policy: &Policy,
    unit: &Unit,
    known: &Known<'_>,
    before: &Before,
    judge: &Judge<'_>,
    debts: &mut Debts,
) -> Decided {
    let findings: Vec<&Finding> =
        unit.items.iter().filter_map(|item| item.finding.as_ref()).collect();
    let comparable = gate::comparable(&findings);
    let (expansion, analysis) = (known.expansion, known.analysis);
    let facts = Facts::new(expansion, analysis, comparable.iter().copied(), &judge.asked);
    let suppressed = unit.suppressed.iter().map(|one| &one.finding);
    let debt = debts.of(&before.key, policy, &facts, suppressed);
    // What kept a rule from being decided here is among the items of the unit.
    let side = Side { expansion, analysis, findings: &comparable, problems: &[], facts: &facts };
    let mut problems = Vec::new();
    let compared = match &before.old {
        Some(old) => Some(with_old((&unit.sources, known.files), old, &side, judge, &mut problems)),
        None => facts_before(before, debt.as_ref(), &facts)
            .map(|old| with_facts(&old, &facts, &judge.asked)),
    };
    let subject = Subject {
        topology: known.topology,
        expansion,
        analysis,
        findings: &findings,
        facts: &facts,
        compared: compared.as_ref(),
        debt: debt.as_ref(),
        budget: judge.asked.budget,
    };
    Decided { outcomes: gate::judge(policy, &subject), problems }
}

/// What is known of the state before where its topology is not at hand.
fn facts_before(before: &Before, debt: Option<&Debt>, facts: &Facts) -> Option<Facts> {
    match debt {
        // The old state lacks this topology: all that is found in it is new.
        _ if before.compares => Some(nothing_before(facts)),
        Some(debt) => Some(debt.as_facts(facts)),
        None => None,
    }
}

/// A state in which nothing stopped anything. That the loss of a server stops what runs on it
/// alone is no news of a topology.
fn nothing_before(today: &Facts) -> Facts {
    let before = Debt::default().as_facts(today);
    let far = |scope: Scope| if scope >= Scope::Function { Scope::None } else { scope };
    let scopes = today.scopes.iter().map(|(name, &scope)| (name.clone(), far(scope)));
    Facts { points: BTreeSet::new(), scopes: scopes.collect(), ..before }
}

fn with_facts(old: &Facts, new: &Facts, asked: &Asked) -> Compared {
    let unknown = new.cut_sets.iter().filter(|(_, known)| known.complete_to < asked.order);
    let unknown = unknown.map(|(service, known)| too_many(service, known.complete_to));
    Compared {
        worse: diff::worse(old, new).into_iter().map(|worse| (worse, None)).collect(),
        edits: Vec::new(),
        left_open: new.left_open.difference(&old.left_open).cloned().collect(),
        unknown: unknown.collect(),
        gone: Vec::new(),
    }
}

fn too_many(service: &str, complete_to: u32) -> String {
    let members = crate::text::count(complete_to as usize, "member");
    format!("there are too many cut sets of {service} of more than {members} to compare them")
}

fn with_old(
    (sources, files): (&SourceMap, &[FileId]),
    old: &Reading,
    new: &Side<'_>,
    judge: &Judge<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Compared {
    // What cannot be read has been reported.
    let Some(topology) = &old.topology else { return Compared::default() };
    let compared = judge.judge(topology, |was| {
        problems.extend(was.problems.iter().cloned());
        with_side(sources, (&old.files, files), was, new, judge)
    });
    compared.unwrap_or_else(|limit| {
        problems.push(files::too_much_work(topology.span.file, limit));
        Compared::default()
    })
}

fn with_side(
    sources: &SourceMap,
    (was, is): (&[FileId], &[FileId]),
    old: &Side<'_>,
    new: &Side<'_>,
    judge: &Judge<'_>,
) -> Compared {
    let changes = diff::compare(old, new);
    let gone = gone(old, &changes.removed);
    // Both have been read within their limits.
    let limits = Limits { nodes: usize::MAX, ..Limits::default() };
    let mut edits = edits::between(sources, was, is, &limits);
    let causes = match &mut edits {
        Some(edits) => diff::causes(old, new, &changes, edits, judge),
        None => vec![None; changes.worse.len()],
    };
    let order = judge.asked.order;
    let unknown = changes.cut_sets.iter().filter(|(_, sets)| sets.compared_to < order);
    Compared {
        unknown: unknown.map(|(service, sets)| too_many(service, sets.compared_to)).collect(),
        left_open: changes.left_open,
        edits: edits.map_or(Vec::new(), |edits| edits.list().to_vec()),
        worse: changes.worse.into_iter().zip(causes).collect(),
        gone,
    }
}

/// Services of the old side that the new one lacks, by another name too.
fn gone(old: &Side<'_>, removed: &[ComponentId]) -> Vec<String> {
    let components = removed.iter().map(|&id| old.expansion.graph.component(id));
    let services = components.filter(|one| matches!(one.element, Some(Element::Service(_))));
    services.map(|service| service.name.clone()).collect()
}
