//! Unavailability and failure frequency of each component: as the file states them, and
//! where it does not, as [`defaults`](super::defaults) assume them.
//!
//! A stated availability is taken as it is. Otherwise the unavailability is
//! `mttr / (mtbf + mttr)`, with the mean time between failures read as the time up
//! between two of them. Failures per hour follow: unavailability divided by time to repair.
//! Of a range the middle is taken, and both ends are kept.

use super::defaults::{self, Assumed};
use super::inputs::{Basis, Hours};
use crate::engine::Probability;
use crate::engine::sensitivity::Range as Ends;
use crate::graph::{ComponentId, DependencyGraph, Nature};
use crate::model::*;

/// What one component does to those that need it.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub unavailability: Probability,
    /// The same at the ends of what the file states as ranges.
    pub ends: Ends,
    /// Failures per hour in the long run.
    pub frequency: f64,
    /// What the unavailability rests on that the file does not say.
    pub assumed: Option<(Part, &'static Assumed)>,
    /// The share of time of planned work.
    pub maintenance: f64,
    /// What all this was worked out from.
    pub basis: Basis,
}

/// What was taken from the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Both,
    TimeBetweenFailures,
    TimeToRepair,
}

/// A figure that is tried in place of the one that the file states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Instead {
    TimeBetweenFailures(Range<Duration>),
    TimeToRepair(Range<Duration>),
    Availability(Range<Availability>),
}

/// The figures of all components of a graph.
#[derive(Debug, Clone)]
pub struct Figures {
    all: Vec<Figure>,
    /// Derived components to which the file gives figures of their own.
    pub own_failures: Vec<ComponentId>,
    /// Derived components that have no figures of their own, and are worked on as planned.
    pub only_worked_on: Vec<ComponentId>,
}

impl Figures {
    pub fn new(topology: &Topology, graph: &DependencyGraph) -> Figures {
        Figures::with(topology, graph, &[])
    }

    /// The same with some figures in place of what the file says.
    pub fn with(
        topology: &Topology,
        graph: &DependencyGraph,
        instead: &[(ComponentId, Instead)],
    ) -> Figures {
        let mut stated: Vec<Stated> = vec![Stated::default(); graph.len()];
        for (element, reliability) in given(topology) {
            if let Some(id) = graph.of_element(element) {
                state(graph, id, |of| *of = Stated::by(reliability), &mut stated);
            }
        }
        for (id, instead) in instead {
            state(graph, *id, |of| replace(of, *instead), &mut stated);
        }
        let derived = |says: fn(&Stated) -> bool| -> Vec<ComponentId> {
            let is_derived = |id| graph.component(id).nature == Nature::Derived;
            let says = |id: ComponentId| says(&stated[id.index()]);
            graph
                .ids()
                .filter(|&id| is_derived(id) && says(id) && copies(graph, id).is_empty())
                .collect()
        };
        let own_failures = derived(Stated::says_something);
        let only_worked_on = derived(Stated::is_only_worked_on);
        let figure = |(id, component): (ComponentId, &crate::graph::Component)| {
            let kind = match component.element {
                Some(Element::External(_)) => "external",
                _ => &component.kind,
            };
            let stated = &stated[id.index()];
            match component.nature == Nature::Derived && stated.is_only_worked_on() {
                true => worked_on(stated, defaults::of_kind(kind)),
                false => figure(stated, defaults::of_kind(kind)),
            }
        };
        Figures { all: graph.components().map(figure).collect(), own_failures, only_worked_on }
    }

    pub fn of(&self, component: ComponentId) -> &Figure {
        &self.all[component.index()]
    }

    /// By component number, as the structure function numbers its events.
    pub fn unavailabilities(&self) -> Vec<Probability> {
        self.all.iter().map(|figure| figure.unavailability).collect()
    }

    pub fn ends(&self) -> Vec<Ends> {
        self.all.iter().map(|figure| figure.ends).collect()
    }

    pub fn frequencies(&self) -> Vec<f64> {
        self.all.iter().map(|figure| figure.frequency).collect()
    }

    /// The same, had nothing ever failed whose figures are assumed.
    pub(super) fn at_best(&self) -> Figures {
        let mut best = self.clone();
        for figure in best.all.iter_mut().filter(|figure| figure.assumed.is_some()) {
            figure.unavailability = Probability::ZERO;
            figure.ends = Ends { low: Probability::ZERO, high: Probability::ZERO };
        }
        best
    }

    /// With another unavailability for one component.
    pub(super) fn changed(&self, component: ComponentId, unavailability: Probability) -> Figures {
        let mut changed = self.clone();
        changed.all[component.index()].unavailability = unavailability;
        changed
    }
}

/// States something of a component, or of its copies where it stands for these.
fn state(
    graph: &DependencyGraph,
    id: ComponentId,
    say: impl Fn(&mut Stated),
    stated: &mut [Stated],
) {
    for of in copies(graph, id).into_iter().chain([id]) {
        say(&mut stated[of.index()]);
    }
}

/// A stated availability would hide what replaces the times.
fn replace(stated: &mut Stated, instead: Instead) {
    match instead {
        Instead::TimeBetweenFailures(range) => {
            *stated = Stated { availability: None, mtbf: Some(range), ..*stated };
        }
        Instead::TimeToRepair(range) => {
            *stated = Stated { availability: None, mttr: Some(range), ..*stated };
        }
        Instead::Availability(range) => stated.availability = Some(range),
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
pub(super) fn copies(graph: &DependencyGraph, id: ComponentId) -> Vec<ComponentId> {
    let requirements = graph.requirements_of(id).into_iter().map(|r| graph.requirement(r));
    let providers = requirements.flat_map(|requirement| &requirement.providers);
    providers.copied().filter(|&provider| graph.component(provider).kind == "copy").collect()
}

/// What is said of one component, without the places.
#[derive(Debug, Default, Clone, Copy)]
struct Stated {
    mtbf: Option<Range<Duration>>,
    mttr: Option<Range<Duration>>,
    availability: Option<Range<Availability>>,
    maintenance: Option<Maintenance>,
}

impl Stated {
    fn by(reliability: &Reliability) -> Stated {
        Stated {
            mtbf: reliability.mtbf.map(|at| at.value),
            mttr: reliability.mttr.map(|at| at.value),
            availability: reliability.availability.map(|at| at.value),
            maintenance: reliability.maintenance.map(|at| at.value),
        }
    }

    fn is_only_worked_on(&self) -> bool {
        self.maintenance.is_some() && !self.says_something()
    }

    fn says_something(&self) -> bool {
        self.availability.is_some() || self.mtbf.is_some() || self.mttr.is_some()
    }
}

/// What never fails by itself, and yet may be down for planned work.
fn worked_on(stated: &Stated, default: &'static Assumed) -> Figure {
    let basis = Basis::Unavailability { least: 0.0, most: 0.0, down: default.mttr };
    Figure {
        unavailability: basis.unavailability(),
        ends: basis.ends(),
        frequency: 0.0,
        assumed: None,
        maintenance: stated.maintenance.map_or(0.0, Maintenance::share),
        basis,
    }
}

fn figure(stated: &Stated, default: &'static Assumed) -> Figure {
    let hours = |range: Option<Range<Duration>>| {
        range.map(|range| Hours { low: range.low.hours(), high: range.high.hours() })
    };
    let (mtbf, mttr) = (hours(stated.mtbf), hours(stated.mttr));
    let down = mttr.unwrap_or(Hours::of(default.mttr));
    let assumed = match (mtbf, mttr) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some((Part::TimeToRepair, default)),
        (None, Some(_)) => Some((Part::TimeBetweenFailures, default)),
        (None, None) => Some((Part::Both, default)),
    };
    let (basis, assumed) = match stated.availability {
        Some(range) => {
            let (least, most) = (range.high.unavailability(), range.low.unavailability());
            (Basis::Unavailability { least, most, down: down.middle() }, None)
        }
        None => {
            let up = mtbf.unwrap_or(Hours::of(default.mtbf));
            (Basis::Times { up, down }, assumed)
        }
    };
    Figure {
        unavailability: basis.unavailability(),
        ends: basis.ends(),
        frequency: basis.frequency(),
        assumed,
        maintenance: stated.maintenance.map_or(0.0, Maintenance::share),
        basis,
    }
}
