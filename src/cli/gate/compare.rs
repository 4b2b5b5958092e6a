//! One topology compared with its old state or its baseline, and held against the policy.

use super::super::check::Known;
use super::debt::Debts;
use crate::config::Policy;
use crate::diff::{self, Asked, Facts, Judge, Side};
use crate::gate::{self, Compared, Outcome, Subject};
use crate::input::{Limits, Reading, edits};
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

/// Everything about one topology is at hand: compares it, and holds it against the policy.
pub(super) fn decide(
    policy: &Policy,
    unit: &Unit,
    known: &Known<'_>,
    before: &Before,
    judge: &Judge<'_>,
    debts: &mut Debts,
) -> Vec<Outcome> {
    let findings: Vec<&Finding> =
        unit.items.iter().filter_map(|item| item.finding.as_ref()).collect();
    let comparable = gate::comparable(&findings);
    let (expansion, analysis) = (known.expansion, known.analysis);
    let facts = Facts::new(expansion, analysis, comparable.iter().copied(), &judge.asked);
    let suppressed = unit.suppressed.iter().map(|one| &one.finding);
    let debt = debts.of(&before.key, policy, &facts, suppressed);
    let side = Side { expansion, analysis, findings: &comparable, facts: &facts };
    let compared = match (&before.old, &debt) {
        (Some(old), _) => Some(with_old(&unit.sources, known.files, old, &side, judge)),
        // The old state lacks this topology: all that is found in it is new.
        (None, _) if before.compares => Some(with_facts(&Facts::default(), &facts, &judge.asked)),
        (None, Some(debt)) => Some(with_facts(&debt.as_facts(&facts), &facts, &judge.asked)),
        (None, None) => None,
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
    gate::judge(policy, &subject)
}

fn with_facts(old: &Facts, new: &Facts, asked: &Asked) -> Compared {
    let unknown = new.cut_sets.iter().filter(|(_, known)| known.complete_to < asked.order);
    let unknown = unknown.map(|(service, known)| too_many(service, known.complete_to));
    Compared {
        worse: diff::worse(old, new).into_iter().map(|worse| (worse, None)).collect(),
        edits: Vec::new(),
        left_open: new.left_open.difference(&old.left_open).cloned().collect(),
        unknown: unknown.collect(),
    }
}

fn too_many(service: &str, complete_to: u32) -> String {
    let members = crate::text::count(complete_to as usize, "member");
    format!("there are too many cut sets of {service} of more than {members} to compare them")
}

fn with_old(
    sources: &SourceMap,
    files: &[FileId],
    old: &Reading,
    new: &Side<'_>,
    judge: &Judge<'_>,
) -> Compared {
    let compared = old.topology.as_ref().and_then(|topology| {
        let with = |was: &Side<'_>| with_side(sources, (&old.files, files), was, new, judge);
        judge.judge(topology, with).ok()
    });
    compared.unwrap_or_else(|| Compared {
        unknown: vec!["the old state could not be analysed".to_owned()],
        ..Compared::default()
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
    }
}
