//! What a topology with only some of the edits shows of what got worse.

use rustc_hash::FxHashMap;

use super::compare::{renames, translated};
use super::facts::{Asked, Facts, of_services};
use super::{Causes, Changes, Side, Worse};
use crate::analysis::{Analysis, WorkLimit};
use crate::expand::{self, Expansion};
use crate::input::edits::Edits;
use crate::model::Topology;
use crate::rules::{Finding, Outcome};

/// How a topology is judged, the same for both sides and for everything between them.
#[derive(Clone, Copy)]
pub struct Judge<'j> {
    pub asked: Asked,
    pub work_limit: u64,
    pub findings: &'j dyn Fn(&Topology, &Expansion, &Analysis<'_>) -> Outcome,
}

impl Judge<'_> {
    /// Works out all that is known of a topology, for as long as `then` looks at it.
    pub fn judge<R>(
        &self,
        topology: &Topology,
        then: impl FnOnce(&Side<'_>) -> R,
    ) -> Result<R, WorkLimit> {
        let expansion = expand::expand(topology);
        let analysis = Analysis::new(&expansion.graph, self.work_limit)?;
        let found = (self.findings)(topology, &expansion, &analysis);
        let facts = Facts::new(&expansion, &analysis, &found.findings, &self.asked);
        let findings: Vec<&Finding> = found.findings.iter().collect();
        let (expansion, analysis, problems) = (&expansion, &analysis, &found.problems);
        Ok(then(&Side { expansion, analysis, findings: &findings, problems, facts: &facts }))
    }
}

/// Analyses that one search for causes may take, and what they may cost together in
/// components and requirements.
const MOST_PROBES: usize = 2_000;
const PROBED_SIZE: usize = 3_000_000;
const FEWEST_PROBES: usize = 16;

/// The smallest edits behind what got worse.
pub fn causes(
    old: &Side<'_>,
    new: &Side<'_>,
    changes: &Changes,
    edits: &mut Edits<'_>,
    judge: &Judge<'_>,
) -> Causes {
    let graph = &new.expansion.graph;
    let size = 1 + graph.len() + graph.requirements().count();
    let probes = (PROBED_SIZE / size).clamp(FEWEST_PROBES, MOST_PROBES);
    let renamed = renames(&changes.renamed, &old.expansion.graph, graph);
    let question = Question { worse: &changes.worse, new: new.facts, renamed, judge };
    let count = edits.list().len();
    super::causes::find(changes.worse.len(), count, probes, &mut |chosen| {
        question.shown(&edits.apply(chosen)?)
    })
}

struct Question<'q> {
    worse: &'q [Worse],
    new: &'q Facts,
    renamed: FxHashMap<String, String>,
    judge: &'q Judge<'q>,
}

impl Question<'_> {
    /// None if it cannot be analysed, or not be judged.
    fn shown(&self, topology: &Topology) -> Option<Vec<bool>> {
        let expansion = expand::expand(topology);
        let analysis = Analysis::new(&expansion.graph, self.judge.work_limit).ok()?;
        let found = match self.asks(|worse| matches!(worse, Worse::Finding(_))) {
            true => (self.judge.findings)(topology, &expansion, &analysis),
            false => Outcome::default(),
        };
        if !found.problems.is_empty() {
            return None;
        }
        let mut facts = Facts::without_cut_sets(&analysis, &found.findings);
        let mut asked_about = analysis.asked_about();
        asked_about.retain(|&service| {
            let name = &expansion.graph.component(service).name;
            let name = self.renamed.get(name).unwrap_or(name);
            self.asks(|worse| matches!(worse, Worse::CutSet { service, .. } if service == name))
        });
        facts.cut_sets = of_services(&analysis, &asked_about, &self.judge.asked);
        let facts = translated(&facts, &self.renamed);
        Some(self.worse.iter().map(|worse| shows(worse, &facts, self.new)).collect())
    }

    fn asks(&self, is_it: impl Fn(&Worse) -> bool) -> bool {
        self.worse.iter().any(is_it)
    }
}

fn shows(worse: &Worse, facts: &Facts, new: &Facts) -> bool {
    match worse {
        Worse::PointOfFailure(name) => facts.points.contains(name),
        Worse::CutSet { service, members } => {
            facts.cut_sets.get(service).is_some_and(|known| known.sets.contains(members))
        }
        Worse::Scope { component, to, .. } => {
            facts.scopes.get(component).is_some_and(|scope| scope >= to)
        }
        Worse::Finding(key) => facts
            .findings
            .get(key)
            .is_some_and(|is| new.findings.get(key).is_none_or(|at| is >= at)),
    }
}
