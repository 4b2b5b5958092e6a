//! Fixes: proposals of the rules that were tried, and made nothing worse.
//!
//! A proposal is made in memory, and the topology is read, expanded, analysed and judged
//! once more. It is a fix only if its finding is gone, and nothing as bad or worse came
//! in its place. Everything else stays help text.

mod state;

use std::collections::BTreeSet;

use self::state::State;
use crate::change::{Fix, Proposal};
use crate::config::Config;
use crate::input::{self, Limits, Reading};
use crate::rules::{AnyRule, Finding};
use crate::source::{FileId, SourceMap};

/// How a topology is judged: for a proof the same way as for the report.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub config: &'a Config,
    pub rules: &'a [AnyRule],
    pub limits: &'a Limits,
    pub max_work: u64,
    /// Files that the topology includes may be edited as well; those that it extends never.
    pub with_included: bool,
}

/// A topology in memory, of which `root` is the first file.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    pub sources: &'a SourceMap,
    pub root: FileId,
    /// Of its graph: what a proof costs.
    pub components: usize,
}

/// What the proofs of one topology may cost, in components that are analysed once more:
/// the same on every machine.
#[derive(Debug, Clone)]
pub struct Budget {
    left: usize,
    used_up: bool,
}

impl Budget {
    /// To mention fixes in a report: less than a lint run of a large topology.
    pub fn to_mention() -> Budget {
        Budget { left: 5_000, used_up: false }
    }

    /// To make them.
    pub fn to_make() -> Budget {
        Budget { left: 5_000_000, used_up: false }
    }

    fn take(&mut self, components: usize) -> bool {
        let left = self.left.checked_sub(components);
        self.used_up |= left.is_none();
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// True once a proposal was not tried because of its cost.
    pub fn is_used_up(&self) -> bool {
        self.used_up
    }
}

/// A topology after a fix.
pub struct Fixed {
    pub fix: Fix,
    pub sources: SourceMap,
    pub reading: Reading,
}

/// For each finding the first of its proposals that is a fix, in the same order.
pub fn offers<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    files: Files<'_>,
    terms: &Terms<'_>,
    budget: &mut Budget,
) -> Vec<Option<Fix>> {
    let mut before = Before::default();
    let findings = findings.into_iter();
    findings.map(|found| Some(prove(found, &mut before, files, terms, budget)?.fix)).collect()
}

/// Rule and subject of a finding.
pub type Identity = (String, String);

/// The first fix of a topology, and which finding it is for. Findings without one are added
/// to `refused`; those that are in there already are not tried.
pub fn first<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    refused: &mut BTreeSet<Identity>,
    files: Files<'_>,
    terms: &Terms<'_>,
    budget: &mut Budget,
) -> Option<(&'f Finding, Fixed)> {
    let mut before = Before::default();
    for finding in findings.into_iter().filter(|finding| !finding.proposals.is_empty()) {
        if refused.contains(&identity(finding)) {
            continue;
        }
        match prove(finding, &mut before, files, terms, budget) {
            Some(fixed) => return Some((finding, fixed)),
            None => refused.insert(identity(finding)),
        };
    }
    None
}

fn identity(finding: &Finding) -> Identity {
    (finding.rule.id().to_owned(), finding.subject.clone())
}

/// The topology as it is, once somebody asked; without a state it cannot be judged.
#[derive(Default)]
struct Before(Option<Option<State>>);

impl Before {
    fn get(&mut self, files: Files<'_>, terms: &Terms<'_>) -> Option<&State> {
        let read = || State::read(&mut files.sources.clone(), files.root, terms).1;
        self.0.get_or_insert_with(read).as_ref()
    }
}

fn prove(
    finding: &Finding,
    before: &mut Before,
    files: Files<'_>,
    terms: &Terms<'_>,
    budget: &mut Budget,
) -> Option<Fixed> {
    finding.proposals.iter().find_map(|proposal| {
        if !budget.take(files.components) {
            return None;
        }
        let before = before.get(files, terms)?;
        let (fix, mut sources) = made(proposal, files, terms)?;
        if before.touches_base(&fix) {
            return None;
        }
        let (reading, after) = State::read(&mut sources, files.root, terms);
        let proven = after?.is_better(before, &identity(finding));
        proven.then_some(Fixed { fix, sources, reading })
    })
}

/// The topology with the proposal made, if it can be.
fn made(proposal: &Proposal, files: Files<'_>, terms: &Terms<'_>) -> Option<(Fix, SourceMap)> {
    let mut edits = input::edit::edits(files.sources, &proposal.steps, terms.limits)?;
    edits.sort_by_key(|edit| edit.span);
    let allowed = terms.with_included || edits.iter().all(|edit| edit.span.file == files.root);
    let sources = files.sources.edited(&edits).filter(|_| allowed)?;
    Some((Fix { title: proposal.title.clone(), edits }, sources))
}
