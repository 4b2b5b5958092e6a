//! Which components are in a picture: all, those around one, or those that a loss touches.

use super::layer::Layers;
use super::{Fate, Layer};
use crate::analysis::{Analysis, PhaseKind, Scenario, Step};
use crate::graph::{ComponentId, DependencyGraph};
use crate::text;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub view: View,
    /// Only these layers; all if empty.
    pub only: Vec<Layer>,
    /// Services of servers and resources of cluster groups by themselves.
    pub detail: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Whole,
    /// What is at most so many requirements away, on either side.
    Focus { on: ComponentId, depth: usize },
    /// What the loss of one component touches.
    Impact(ComponentId),
}

/// The components of a picture.
pub(super) struct Selection {
    /// In the part of the topology that is looked at.
    near: Vec<bool>,
    layers: Vec<Layer>,
    /// What the loss does to each, where one is looked at.
    pub(super) fates: Option<Vec<Fate>>,
    /// Never drawn together with others.
    pub(super) subject: Option<ComponentId>,
}

impl Selection {
    pub(super) fn new(analysis: &Analysis<'_>, options: &Options) -> Selection {
        let graph = analysis.graph();
        let layers = options.only.clone();
        match options.view {
            View::Whole => {
                Selection { near: vec![true; graph.len()], layers, fates: None, subject: None }
            }
            View::Focus { on, depth } => {
                let near = around(graph, on, depth);
                Selection { near, layers, fates: None, subject: Some(on) }
            }
            View::Impact(of) => {
                let fates = fates(analysis, of);
                let near = touched(graph, &fates);
                Selection { near, layers, fates: Some(fates), subject: Some(of) }
            }
        }
    }

    /// In the part that is looked at, drawn or not: lines may lead through it.
    pub(super) fn is_near(&self, id: ComponentId) -> bool {
        self.near[id.index()]
    }

    pub(super) fn is_kept(&self, layers: &Layers, id: ComponentId) -> bool {
        let in_layers = self.layers.is_empty() || self.layers.contains(&layers.of(id));
        self.is_near(id) && (in_layers || self.subject == Some(id))
    }

    pub(super) fn fate(&self, id: ComponentId) -> Option<Fate> {
        self.fates.as_ref().map(|fates| fates[id.index()])
    }
}

/// The picture in words, for its title.
pub(super) fn words(graph: &DependencyGraph, options: &Options) -> String {
    let name = |id: ComponentId| &graph.component(id).name;
    let mut words = match options.view {
        View::Whole => String::new(),
        View::Focus { on, depth } => {
            format!("{} and what is within {}", name(on), text::count(depth, "step"))
        }
        View::Impact(of) => format!("what the loss of {} does", name(of)),
    };
    if !options.only.is_empty() {
        let layers: Vec<&str> = options.only.iter().map(|layer| layer.as_str()).collect();
        let joint = if words.is_empty() { "" } else { "; " };
        words.push_str(&format!("{joint}only {}", text::and_list(&layers)));
    }
    words
}

fn around(graph: &DependencyGraph, on: ComponentId, depth: usize) -> Vec<bool> {
    let mut near = vec![false; graph.len()];
    near[on.index()] = true;
    // Upwards and downwards, but never around a corner: what else a neighbour's neighbour
    // does has no bearing on the one in focus.
    for upwards in [true, false] {
        let mut rim = vec![on];
        let mut seen = vec![false; graph.len()];
        for _ in 0..depth {
            let next = rim.iter().flat_map(|&id| neighbours(graph, id, upwards));
            let mut next: Vec<ComponentId> =
                next.filter(|id| !std::mem::replace(&mut seen[id.index()], true)).collect();
            next.iter().for_each(|id| near[id.index()] = true);
            std::mem::swap(&mut rim, &mut next);
        }
    }
    near
}

fn neighbours(graph: &DependencyGraph, id: ComponentId, upwards: bool) -> Vec<ComponentId> {
    match upwards {
        true => {
            let requirements = graph.requirements_on(id);
            requirements.into_iter().map(|id| graph.requirement(id).dependent).collect()
        }
        false => {
            let requirements = graph.requirements_of(id);
            requirements
                .into_iter()
                .flat_map(|id| graph.requirement(id).providers.clone())
                .collect()
        }
    }
}

fn fates(analysis: &Analysis<'_>, of: ComponentId) -> Vec<Fate> {
    let mut fates = vec![Fate::Survives; analysis.graph().len()];
    for id in analysis.lost_from_cold(&[of]) {
        fates[id.index()] = Fate::AfterRestart;
    }
    let phases = Scenario::new(analysis).step(&Step::Fail(vec![of]));
    let told = [
        (PhaseKind::Interrupted, Fate::Interrupted),
        (PhaseKind::StopsLater, Fate::StopsLater),
        (PhaseKind::CannotRecover, Fate::StopsAtOnce),
        (PhaseKind::StopsAtOnce, Fate::StopsAtOnce),
    ];
    for (kind, fate) in told {
        for phase in phases.iter().filter(|phase| phase.kind == kind) {
            phase.components().for_each(|id| fates[id.index()] = fate);
        }
    }
    for &id in &analysis.down {
        fates[id.index()] = Fate::Survives; // it did not run before
    }
    fates[of.index()] = Fate::Failed;
    fates
}

/// What suffers, and what goes on right beside it: it shows why.
fn touched(graph: &DependencyGraph, fates: &[Fate]) -> Vec<bool> {
    let suffers = |id: ComponentId| fates[id.index()] != Fate::Survives;
    let mut near: Vec<bool> = graph.ids().map(suffers).collect();
    for (_, requirement) in graph.requirements() {
        if !requirement.providers.iter().any(|&provider| suffers(provider)) {
            continue;
        }
        near[requirement.dependent.index()] = true;
        if (requirement.at_least as usize) < requirement.providers.len() {
            requirement.providers.iter().for_each(|provider| near[provider.index()] = true);
        }
    }
    near
}
