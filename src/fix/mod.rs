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
use crate::diagnostic::Diagnostic;
use crate::input::{self, Limits, Reading};
use crate::rules::Rule;
use crate::source::{FileId, SourceMap};

/// How a topology is judged: for a proof the same way as for the report.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub config: &'a Config,
    pub rules: &'a [&'static Rule],
    pub limits: &'a Limits,
    pub max_work: u64,
    /// Files that the topology includes may be edited as well.
    pub with_included: bool,
}

/// What the proofs of one topology may cost, in components that are analysed once more:
/// the same on every machine.
#[derive(Debug, Clone)]
pub struct Budget(usize);

impl Budget {
    /// For a report that mentions fixes: no more than a lint run of a large topology.
    pub const MENTION: Budget = Budget(10_000);
    /// For a run that makes them.
    pub const MAKE: Budget = Budget(5_000_000);

    fn take(&mut self, components: usize) -> bool {
        let left = self.0.checked_sub(components);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }

    pub fn is_used_up(&self) -> bool {
        self.0 == 0
    }
}

/// A topology after a fix.
pub struct Fixed {
    pub fix: Fix,
    pub sources: SourceMap,
    pub reading: Reading,
}

/// Gives each diagnostic the first of its proposals that is a fix.
pub fn offer(
    diagnostics: &mut [Diagnostic],
    sources: &SourceMap,
    root: FileId,
    terms: &Terms<'_>,
    budget: &mut Budget,
) {
    let mut before = None;
    for diagnostic in diagnostics.iter_mut().filter(|found| !found.proposals.is_empty()) {
        let known = before.get_or_insert_with(|| State::read(&mut sources.clone(), root, terms).1);
        let Some(before) = known else { return };
        diagnostic.fix = prove(diagnostic, before, sources, root, terms, budget).map(|f| f.fix);
    }
}

/// Code and subject of a finding.
pub type Identity = (String, String);

/// The first fix of a topology. What has none is added to `refused`; what is in there
/// already is not tried.
pub fn first(
    diagnostics: &[Diagnostic],
    refused: &mut BTreeSet<Identity>,
    sources: &SourceMap,
    root: FileId,
    terms: &Terms<'_>,
    budget: &mut Budget,
) -> Option<(usize, Fixed)> {
    let mut before = None;
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        let identity = identity(diagnostic);
        if diagnostic.proposals.is_empty() || refused.contains(&identity) {
            continue;
        }
        let known = before.get_or_insert_with(|| State::read(&mut sources.clone(), root, terms).1);
        match prove(diagnostic, known.as_ref()?, sources, root, terms, budget) {
            Some(fixed) => return Some((index, fixed)),
            None => refused.insert(identity),
        };
    }
    None
}

fn identity(diagnostic: &Diagnostic) -> Identity {
    (diagnostic.code.to_string(), diagnostic.subject.clone().unwrap_or_default())
}

fn prove(
    diagnostic: &Diagnostic,
    before: &State,
    sources: &SourceMap,
    root: FileId,
    terms: &Terms<'_>,
    budget: &mut Budget,
) -> Option<Fixed> {
    let mut proposals = diagnostic.proposals.iter();
    proposals.find_map(|proposal| {
        budget.take(before.components()).then_some(())?;
        let (edits, mut sources) = edited(proposal, sources, root, terms)?;
        let (reading, after) = State::read(&mut sources, root, terms);
        let used: Vec<&str> =
            proposal.steps.iter().flat_map(|step| step.names()).map(String::as_str).collect();
        let proven = after?.is_better(before, &identity(diagnostic), diagnostic.severity, &used);
        let fix = Fix { title: proposal.title.clone(), edits };
        proven.then_some(Fixed { fix, sources, reading })
    })
}

/// The topology with the proposal made, if it can be.
fn edited(
    proposal: &Proposal,
    sources: &SourceMap,
    root: FileId,
    terms: &Terms<'_>,
) -> Option<(Vec<crate::source::Edit>, SourceMap)> {
    let mut edits = input::edit::edits(sources, &proposal.steps, terms.limits)?;
    edits.sort_by_key(|edit| edit.span);
    let allowed = terms.with_included || edits.iter().all(|edit| edit.span.file == root);
    let edited = sources.edited(&edits).filter(|_| allowed)?;
    Some((edits, edited))
}
