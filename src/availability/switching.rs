//! What switch-overs add: each covered failure of a working provider interrupts for the
//! time that another needs to take over.
//!
//! Counted are requirements with a switch-over whose dependent's loss, were it one, would
//! stop the service at once. Their frequency is that of losing the working provider,
//! without failures that stop the dependent by themselves: those are outages, and counted
//! there. Where a cluster says which share of its moves succeeds, the others last until what
//! failed is repaired. The result is an upper estimate: moves at the same moment are added up, and
//! switching back is taken to be as planned and free.
//!
//! Over ranges, how much a failure matters is `P(it is down) - P(it is up)` with everything else at
//! its unsafe end in the first and at its safe end in the second: never less than the ranges allow.

use super::defaults::FAILOVER_TIME;
use super::figures::Figures;
use crate::analysis::{Analysis, Structure};
use crate::engine::importance::{self, Importance};
use crate::engine::{Budget, Diagrams, ModuleTree, Probability, probability};
use crate::graph::ComponentId;
use crate::model::{Cluster, Element, Topology};

/// The moves of one dependent.
#[derive(Debug, Clone)]
pub struct Switching {
    pub dependent: ComponentId,
    pub working: ComponentId,
    /// Moves per hour.
    pub frequency: f64,
    /// How long each that succeeds interrupts, in hours.
    pub duration: f64,
    /// The share of moves that fail; none if the file does not say.
    pub fails: Option<f64>,
    /// Down in all, by moves that succeed and moves that do not: a share of time.
    pub unavailability: f64,
    /// No less than the same anywhere within the ranges that are stated.
    pub at_worst: f64,
    /// The file does not say how long.
    pub is_assumed: bool,
}

/// The moves that interrupt a service; none where the budget does not suffice to tell.
pub fn of_service(
    topology: &Topology,
    analysis: &Analysis<'_>,
    structure: &Structure<'_>,
    figures: &Figures,
    service: ComponentId,
    budget: &Budget,
) -> Option<Vec<Switching>> {
    let graph = analysis.graph();
    let mut found = Vec::new();
    for (_, requirement) in graph.requirements() {
        let counts = |_: &_| requirement.counts_at_once();
        let Some(switchover) = requirement.switchover.filter(counts) else { continue };
        let Some(&working) = requirement.providers.get(switchover.active) else { continue };
        let dependent = requirement.dependent;
        let is_felt = analysis.failure(dependent).at_once.contains(&service);
        if requirement.providers.len() < 2 || !is_felt || analysis.is_down(dependent) {
            continue;
        }
        let cluster = cluster_under(topology, graph.component(dependent).element);
        let stated = cluster.and_then(|cluster| Some(cluster.failover_time?.value.hours()));
        let succeeds = cluster.and_then(|cluster| Some(cluster.failover_success?.value.value()));
        let duration = stated.unwrap_or(FAILOVER_TIME);
        let (moves, worst) = moves(structure, figures, dependent, working, budget)?;
        let fails = succeeds.map(|share| 1.0 - share);
        let failing = fails.unwrap_or(0.0);
        let down =
            |moves: &Moves| (1.0 - failing) * moves.frequency * duration + failing * moves.repair;
        found.push(Switching {
            dependent,
            working,
            frequency: moves.frequency,
            duration,
            fails,
            unavailability: down(&moves),
            at_worst: down(&worst),
            is_assumed: stated.is_none(),
        });
    }
    Some(found)
}

#[derive(Default)]
struct Moves {
    /// Per hour.
    frequency: f64,
    /// The share of time that all causes together take to repair.
    repair: f64,
}

/// The moves with every range in its middle, and the most that the ranges allow.
fn moves(
    structure: &Structure<'_>,
    figures: &Figures,
    dependent: ComponentId,
    working: ComponentId,
    budget: &Budget,
) -> Option<(Moves, Moves)> {
    let (moving, lost) = (structure.loss(dependent)?, structure.loss(working)?);
    let diagrams = Diagrams::build(&ModuleTree::new(&lost), budget).ok()?;
    let at = |values: &[Probability]| importance::all(&diagrams, values).ok();
    let ends = figures.ends();
    let lows: Vec<Probability> = ends.iter().map(|ends| ends.low).collect();
    let highs: Vec<Probability> = ends.iter().map(|ends| ends.high).collect();
    let (best, worst) = (at(&lows)?, at(&highs)?);
    let (mut middle, mut most) = (Moves::default(), Moves::default());
    let top = |values: &[Probability]| Some(probability::exact(&diagrams, values).ok()?.occurs);
    let (lowest, highest) = (top(&lows)?.value(), top(&highs)?.value());
    // The events are the same in all three, in the same order.
    for ((one, low), high) in at(&figures.unavailabilities())?.iter().zip(&best).zip(&worst) {
        if moving.evaluate(|event| event == one.event) {
            continue;
        }
        let figure = figures.of(Structure::component(one.event));
        let frequency = one.birnbaum * figure.frequency;
        middle.frequency += frequency;
        middle.repair += frequency * figure.basis.repair_time();
        let matters = (when_down(highest, high) - when_up(lowest, low)).min(1.0);
        most.frequency += matters * figure.basis.highest_frequency();
        most.repair += matters * figure.ends.high.value();
    }
    Some((middle, most))
}

/// The probability of the loss while an event is certain.
fn when_down(top: f64, one: &Importance) -> f64 {
    top + one.birnbaum * (1.0 - one.probability.value())
}

/// The same while it is impossible.
fn when_up(top: f64, one: &Importance) -> f64 {
    top - one.birnbaum * one.probability.value()
}

/// The cluster that moves the dependent.
fn cluster_under(topology: &Topology, element: Option<Element>) -> Option<&Cluster> {
    let cluster = match element? {
        Element::Group(id) => topology.cluster_groups[id].cluster,
        Element::AvailabilityGroup(id) => topology.availability_groups[id].cluster?.value,
        Element::Host(id) => {
            topology.cluster_groups[topology.hosts[id].clustered_in?.value].cluster
        }
        _ => return None,
    };
    Some(&topology.clusters[cluster])
}
