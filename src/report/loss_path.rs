//! The way from what fails to what stops.

use std::cmp::Reverse;

use super::review::Hop;
use crate::analysis::{Analysis, Explainer, Failure, Path};
use crate::graph::ComponentId;
use crate::rules::Finding;

/// Findings of one topology whose path is worked out, the worst first.
const MOST_PATHS: usize = 500;
/// Steps of a path that are told; of a longer one, the first.
const MOST_HOPS: usize = 100;

/// The path to the first function of the widest kind that the loss takes.
pub(super) fn to_widest(
    analysis: &Analysis<'_>,
    explainer: &mut Explainer<'_, '_>,
    failure: &Failure,
) -> Option<Path> {
    let main = analysis.main_functions();
    let all = || failure.at_once.iter().chain(&failure.later);
    let target = all()
        .find(|id| main.binary_search(id).is_ok() && !failure.partly.contains(id))
        .or_else(|| all().next())?;
    explainer.path(failure.component, *target)
}

/// A path for each of the worst findings, in the order of the findings.
pub fn of_worst(analysis: &Analysis<'_>, findings: &[Finding]) -> Vec<Vec<Hop>> {
    let mut worst: Vec<usize> = (0..findings.len()).collect();
    worst.sort_by_key(|&index| Reverse(findings[index].severity));
    let mut losses = Losses { analysis, explainer: Explainer::new(analysis) };
    let mut paths = vec![Vec::new(); findings.len()];
    for index in worst.into_iter().take(MOST_PATHS) {
        paths[index] = losses.path(&findings[index]);
    }
    paths
}

struct Losses<'a, 'g> {
    analysis: &'a Analysis<'g>,
    explainer: Explainer<'a, 'g>,
}

impl Losses<'_, '_> {
    /// From what the finding is about to a function that stops with it; if nothing does, from
    /// a single point of failure to what the finding is about.
    fn path(&mut self, finding: &Finding) -> Vec<Hop> {
        let Some(component) = finding.component(self.analysis.graph()) else { return Vec::new() };
        let failure = self.analysis.failure(component);
        let onwards = to_widest(self.analysis, &mut self.explainer, failure);
        let path = onwards.filter(|path| !path.steps.is_empty()).or_else(|| self.to(component));
        path.map_or(Vec::new(), |path| self.hops(&path))
    }

    fn to(&mut self, component: ComponentId) -> Option<Path> {
        let taker = *self.analysis.taken_by(component).first()?;
        self.explainer.path(taker, component)
    }

    fn hops(&self, path: &Path) -> Vec<Hop> {
        let graph = self.analysis.graph();
        let hop = |component: ComponentId, because: &str| Hop {
            component: graph.component(component).name.clone(),
            because: because.to_owned(),
            span: graph.component(component).span,
        };
        let steps = path.steps.iter().take(MOST_HOPS);
        let steps = steps.map(|&(requirement, component)| {
            hop(component, graph.requirement(requirement).why.as_ref())
        });
        std::iter::once(hop(path.from, "")).chain(steps).collect()
    }
}
