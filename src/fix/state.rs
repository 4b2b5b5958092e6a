//! What is known about a topology, so that two states of it can be compared.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Identity, Terms};
use crate::analysis::Analysis;
use crate::change::Fix;
use crate::diagnostic::Severity;
use crate::expand;
use crate::input::{self, Reading};
use crate::model::Topology;
use crate::rules;
use crate::source::{FileId, SourceMap};

/// Waivers play no part: what one silences would be silenced in a worse design too.
pub(super) struct State {
    /// Code and message of what is wrong with the file.
    problems: FxHashSet<(String, String)>,
    findings: FxHashMap<Identity, Severity>,
    single_points: FxHashSet<String>,
    /// Files that it extends.
    bases: Vec<FileId>,
}

impl State {
    /// Reads files that are in memory; without a state they cannot be judged.
    pub(super) fn read(
        sources: &mut SourceMap,
        root: FileId,
        terms: &Terms<'_>,
    ) -> (Reading, Option<State>) {
        let reading = input::read(sources, root, terms.limits, &mut |path, sources| {
            sources.find(&path.display().to_string()).ok_or_else(|| "not in memory".to_owned())
        });
        let state = reading.topology.as_ref().and_then(|t| State::of(t, &reading, terms));
        (reading, state)
    }

    fn of(topology: &Topology, reading: &Reading, terms: &Terms<'_>) -> Option<State> {
        let expansion = expand::expand(topology);
        let graph = &expansion.graph;
        let analysis = Analysis::new(graph, terms.max_work).ok()?;
        let plans = rules::plans::problems(topology, &expansion);
        let mut found = rules::run(terms.rules.iter().cloned(), topology, &expansion, &analysis);
        let problems = reading.diagnostics.iter().chain(&plans).chain(&found.problems);
        let problems = problems.map(|p| (p.code.to_string(), p.message.clone())).collect();
        terms.config.set_severities(&mut found.findings);
        let mut findings: FxHashMap<Identity, Severity> = FxHashMap::default();
        for finding in found.findings {
            let worst = findings.entry((finding.rule.id().to_owned(), finding.subject));
            let worst = worst.or_insert(finding.severity);
            *worst = finding.severity.max(*worst);
        }
        let single_points = analysis.spofs().map(|id| graph.component(id).name.clone()).collect();
        Some(State { problems, findings, single_points, bases: reading.bases.clone() })
    }

    /// What the topology extends must read without it, and may be made anew by an import.
    pub(super) fn touches_base(&self, fix: &Fix) -> bool {
        fix.edits.iter().any(|edit| self.bases.contains(&edit.span.file))
    }

    /// True if the finding is gone and nothing got worse.
    pub(super) fn is_better(&self, before: &State, finding: &Identity) -> bool {
        // Behind a headline of another rule there is no cause of its own.
        let Some(&severity) = before.findings.get(finding) else { return false };
        let is_worse = |(identity, now): (&Identity, &Severity)| {
            *now >= severity && before.findings.get(identity).is_none_or(|then| then < now)
        };
        !self.findings.contains_key(finding)
            && !self.findings.iter().any(is_worse)
            && self.problems.is_subset(&before.problems)
            && self.single_points.is_subset(&before.single_points)
    }
}
