//! Unavailability and failure frequency of each component: as the file states them, and
//! where it does not, as [`defaults`](super::defaults) assume them.
//!
//! A stated availability is taken as it is. Otherwise the unavailability is
//! `mttr / (mtbf + mttr)`, with the mean time between failures read as the time up
//! between two of them. Failures per hour follow: unavailability divided by time to repair.

use super::defaults::{self, Assumed};
use crate::engine::Probability;
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::*;

/// What one component does to those that need it.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub unavailability: Probability,
    /// Failures per hour in the long run.
    pub frequency: f64,
    /// What the unavailability rests on that the file does not say.
    pub assumed: Option<(Part, &'static Assumed)>,
}

/// What was taken from the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Both,
    TimeBetweenFailures,
    TimeToRepair,
}

/// The figures of all components of a graph.
#[derive(Debug)]
pub struct Figures {
    all: Vec<Figure>,
    /// Derived components to which the file gives figures of their own.
    pub own_failures: Vec<ComponentId>,
}

impl Figures {
    pub fn new(topology: &Topology, graph: &DependencyGraph) -> Figures {
        let mut stated: Vec<Option<&Reliability>> = vec![None; graph.len()];
        let mut own_failures = Vec::new();
        for (element, reliability) in given(topology) {
            let Some(id) = graph.of_element(element) else { continue };
            let copies = copies(graph, id);
            for &copy in &copies {
                stated[copy.index()] = Some(reliability);
            }
            stated[id.index()] = Some(reliability);
            let is_derived = graph.component(id).nature == crate::graph::Nature::Derived;
            if is_derived && copies.is_empty() && says_something(reliability) {
                own_failures.push(id);
            }
        }
        let figure = |(id, component): (ComponentId, &crate::graph::Component)| {
            let kind = match component.element {
                Some(Element::External(_)) => "external",
                _ => &component.kind,
            };
            figure(stated[id.index()], defaults::of_kind(kind))
        };
        Figures { all: graph.components().map(figure).collect(), own_failures }
    }

    pub fn of(&self, component: ComponentId) -> &Figure {
        &self.all[component.index()]
    }

    /// By component number, as the structure function numbers its events.
    pub fn unavailabilities(&self) -> Vec<Probability> {
        self.all.iter().map(|figure| figure.unavailability).collect()
    }

    pub fn frequencies(&self) -> Vec<f64> {
        self.all.iter().map(|figure| figure.frequency).collect()
    }
}

/// Everything that can carry figures.
fn given(t: &Topology) -> Vec<(Element, &Reliability)> {
    let mut all: Vec<(Element, &Reliability)> = Vec::new();
    all.extend(t.servers.iter().map(|(id, x)| (Element::Server(id), &x.reliability)));
    all.extend(t.storage.iter().map(|(id, x)| (Element::Storage(id), &x.reliability)));
    all.extend(t.load_balancers.iter().map(|(id, x)| (Element::LoadBalancer(id), &x.reliability)));
    all.extend(t.networks.iter().map(|(id, x)| (Element::Network(id), &x.reliability)));
    let controllers = t.domain_controllers.iter();
    all.extend(controllers.map(|(id, x)| (Element::DomainController(id), &x.reliability)));
    all.extend(t.dns_servers.iter().map(|(id, x)| (Element::DnsServer(id), &x.0.reliability)));
    all.extend(t.external.iter().map(|(id, x)| (Element::External(id), &x.reliability)));
    all.extend(t.components.iter().map(|(id, x)| (Element::Component(id), &x.reliability)));
    all
}

/// A component on several servers stands for its copies, and its figures are theirs.
fn copies(graph: &DependencyGraph, id: ComponentId) -> Vec<ComponentId> {
    let requirements = graph.requirements_of(id).into_iter().map(|r| graph.requirement(r));
    let providers = requirements.flat_map(|requirement| &requirement.providers);
    providers.copied().filter(|&provider| graph.component(provider).kind == "copy").collect()
}

fn says_something(reliability: &Reliability) -> bool {
    reliability.availability.is_some() || reliability.mtbf.is_some() || reliability.mttr.is_some()
}

fn figure(stated: Option<&Reliability>, default: &'static Assumed) -> Figure {
    let hours = |duration: Option<At<Duration>>| duration.map(|at| at.value.hours());
    let mtbf = stated.and_then(|stated| hours(stated.mtbf));
    let mttr = stated.and_then(|stated| hours(stated.mttr));
    let down = mttr.unwrap_or(default.mttr);
    if let Some(availability) = stated.and_then(|stated| stated.availability) {
        let unavailability = availability.value.unavailability();
        let frequency = if down > 0.0 { unavailability / down } else { 0.0 };
        return Figure { unavailability: probability(unavailability), frequency, assumed: None };
    }
    let assumed = match (mtbf, mttr) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some((Part::TimeToRepair, default)),
        (None, Some(_)) => Some((Part::TimeBetweenFailures, default)),
        (None, None) => Some((Part::Both, default)),
    };
    let cycle = mtbf.unwrap_or(default.mtbf) + down;
    let (unavailability, frequency) = match cycle > 0.0 {
        true => (down / cycle, 1.0 / cycle),
        false => (1.0, 0.0),
    };
    Figure { unavailability: probability(unavailability), frequency, assumed }
}

/// Quotients of what is not negative lie between 0 and 1 but for rounding; the unsafe end
/// stands for what does not.
fn probability(value: f64) -> Probability {
    Probability::new(value.clamp(0.0, 1.0)).unwrap_or(Probability::ONE)
}
