//! Puts the two evaluators side by side.

use failscope::analysis::{Analysis, PhaseKind, Scenario, Step, WORK_LIMIT};
use failscope::graph::{ComponentId, DependencyGraph};

use crate::brute::{Brute, Set};

/// A graph with both answers to everything about it.
pub(crate) struct Both<'g> {
    pub(crate) graph: &'g DependencyGraph,
    pub(crate) brute: Brute<'g>,
    pub(crate) analysis: Analysis<'g>,
}

impl<'g> Both<'g> {
    pub(crate) fn new(graph: &'g DependencyGraph) -> Both<'g> {
        let analysis = Analysis::new(graph, WORK_LIMIT).expect("a small graph is within the limit");
        Both { graph, brute: Brute::new(graph), analysis }
    }

    pub(crate) fn names(&self, ids: &[ComponentId]) -> Vec<&'g str> {
        ids.iter().map(|&id| self.graph.component(id).name.as_str()).collect()
    }

    #[track_caller]
    fn same(
        &self,
        what: &str,
        failed: &[ComponentId],
        brute: &[ComponentId],
        real: &[ComponentId],
    ) {
        assert!(
            brute == real,
            "{what} with {:?} failed\n   brute force: {:?}\n  the analysis: {:?}",
            self.names(failed),
            self.names(brute),
            self.names(real),
        );
    }

    /// Everything that is answered without a failure.
    pub(crate) fn baseline(&self) {
        let (graph, brute, analysis) = (self.graph, &self.brute, &self.analysis);
        self.same("down", &[], &brute.down().members(graph), &analysis.down);
        let mains = brute.main_functions().members(graph);
        self.same("main functions", &[], &mains, analysis.main_functions());
        let mut deadlocks = analysis.deadlocks.clone();
        deadlocks.sort();
        assert_eq!(brute.deadlocks(), deadlocks, "deadlocks");
        self.failed(&[]);
    }

    /// Everything about one failed component.
    pub(crate) fn single(&self, id: ComponentId) {
        let (expected, real) = (self.brute.failure(id), self.analysis.failure(id));
        assert_eq!(real.component, id);
        self.same("functions at once", &[id], &expected.at_once, &real.at_once);
        self.same("functions later", &[id], &expected.later, &real.later);
        assert_eq!(expected.affected, real.affected, "affected by {:?}", self.names(&[id]));
        let spof = (self.brute.is_spof(id), self.analysis.is_spof(id));
        assert_eq!(spof.0, spof.1, "single point of failure: {:?}", self.names(&[id]));
        self.failed(&[id]);
        self.failures(&[&[id]]);
        self.steps(&[Step::Restart(vec![id])]);
        self.restored(&[id]);
    }

    /// What is lost with some components failed, at once and from cold.
    pub(crate) fn failed(&self, failed: &[ComponentId]) {
        let at_once = self.brute.lost_with(failed).members(self.graph);
        self.same("lost", failed, &at_once, &self.analysis.lost_with(failed));
        let cold = self.brute.lost_from_cold(failed).members(self.graph);
        self.same("lost from cold", failed, &cold, &self.analysis.lost_from_cold(failed));
    }

    /// Failures one after the other.
    pub(crate) fn failures(&self, failures: &[&[ComponentId]]) {
        let steps: Vec<Step> = failures.iter().map(|failed| Step::Fail(failed.to_vec())).collect();
        self.steps(&steps);
    }

    /// Events one after the other.
    pub(crate) fn steps(&self, steps: &[Step]) {
        let mut scenario = Scenario::new(&self.analysis);
        let mut world = self.brute.world();
        for (number, step) in steps.iter().enumerate() {
            let phases = scenario.step(step);
            let told = |kind: PhaseKind| {
                let of_kind = phases.iter().filter(|phase| phase.kind == kind);
                let ids: Vec<ComponentId> = of_kind.flat_map(|phase| phase.components()).collect();
                Set::of(self.graph, &ids).members(self.graph)
            };
            let lost = match step {
                Step::Fail(failed) => {
                    let expected = world.fail(failed);
                    let interrupted = expected.interrupted.members(self.graph);
                    self.same("interrupted", failed, &interrupted, &told(PhaseKind::Interrupted));
                    let stuck = expected.stuck.members(self.graph);
                    self.same("stuck", failed, &stuck, &told(PhaseKind::CannotRecover));
                    expected.lost
                }
                Step::Restart(restarted) => {
                    let meanwhile = world.restart(restarted);
                    let back = meanwhile.minus(&world.lost()).members(self.graph);
                    self.same("back after restart", restarted, &back, &told(PhaseKind::ComesBack));
                    world.lost()
                }
                Step::Restore(repaired) => {
                    let before = world.restore(repaired);
                    let back = before.minus(&world.lost()).members(self.graph);
                    self.same("back after repair", repaired, &back, &told(PhaseKind::ComesBack));
                    world.lost()
                }
            };
            let not_back = Set::of(self.graph, &told(PhaseKind::DoesNotComeBack));
            assert!(not_back.is_within(&lost), "what does not come back is lost: {steps:?}");
            let (expected, real) = (lost.members(self.graph), scenario.lost());
            assert!(
                expected == real,
                "lost after {:?}\n   brute force: {:?}\n  the analysis: {:?}",
                &steps[..=number],
                self.names(&expected),
                self.names(&real),
            );
        }
    }

    /// Whatever can be started from cold comes back when everything is repaired.
    pub(crate) fn restored(&self, failed: &[ComponentId]) {
        let can_all_start = self.brute.lost_from_cold(&[]) == *self.brute.down();
        let mut scenario = Scenario::new(&self.analysis);
        scenario.step(&Step::Fail(failed.to_vec()));
        scenario.step(&Step::Restore(failed.to_vec()));
        let after = Set::of(self.graph, &scenario.lost());
        assert!(self.brute.down().is_within(&after), "repair does not mend what was broken before");
        assert!(
            after.is_within(&self.brute.lost_from_cold(&[])),
            "what starts from cold comes back"
        );
        if can_all_start {
            self.same(
                "lost after repair",
                failed,
                &self.brute.down().members(self.graph),
                &scenario.lost(),
            );
        }
    }
}
