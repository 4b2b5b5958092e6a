//! From "these are lost" to a scope: which functions that takes, and where.

use super::Analysis;
use super::network::{Level, Network};
use crate::graph::{
    ComponentId, DependencyGraph, Function, FunctionRole, RequirementId, RequirementKind, Scope,
};

/// What a judgement reads of each component, laid flat like the [`Network`].
#[derive(Debug)]
pub(super) struct Parts(Vec<Part>);

#[derive(Debug, Clone, Copy)]
struct Part {
    function: Option<Function>,
    is_main: bool,
    workload: bool,
    on_server: bool,
}

impl Parts {
    pub(super) fn of(graph: &DependencyGraph, main: &[ComponentId]) -> Parts {
        let part = |(id, component): (ComponentId, &crate::graph::Component)| Part {
            function: component.function,
            is_main: main.binary_search(&id).is_ok(),
            workload: component.workload,
            on_server: component.server.is_some(),
        };
        Parts(graph.components().map(part).collect())
    }

    fn part(&self, component: u32) -> Part {
        self.0[component as usize]
    }

    /// Functions and services that people ask about, administration left out.
    fn is_asked_about(&self, component: u32) -> bool {
        let part = self.part(component);
        part.is_main || part.function.is_some_and(|function| function.role != FunctionRole::Admin)
    }

    fn is_function(&self, component: u32) -> bool {
        self.part(component).function.is_some()
    }
}

impl Part {
    /// Its loss may be that of a share.
    fn is_shared_out(self) -> bool {
        let role = self.function.map(|function| function.role);
        self.is_main || matches!(role, Some(FunctionRole::Main | FunctionRole::Service))
    }
}

/// A loss to be judged.
pub(super) struct Reach<'a> {
    /// What failed.
    pub(super) component: u32,
    /// What is lost because of it, in any number of lists.
    pub(super) lost: &'a [&'a [u32]],
    /// Whether a component is lost, those lost from the outset included.
    pub(super) is_lost: &'a dyn Fn(u32) -> bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) scope: Scope,
    /// Only functions that degrade little by little decide the scope.
    pub(super) gradual: bool,
}

/// The widest of what the loss does.
pub(super) fn of(analysis: &Analysis<'_>, reach: &Reach<'_>) -> Judged {
    let mut main_lost = 0;
    let mut judged = Judged { scope: Scope::None, gradual: false };
    for &id in reach.lost.iter().copied().flatten() {
        let part = analysis.parts.part(id);
        let partly = part.is_shared_out() && stops_partly(analysis, id, reach.is_lost);
        if part.is_main && !partly {
            main_lost += 1;
        }
        judged = wider(judged, of_one(part, partly, id != reach.component));
        judged = wider(judged, of_weak_requirements(analysis, reach, id));
    }
    if main_lost > 0 && main_lost == analysis.main.len() {
        judged = Judged { scope: Scope::Systemwide, gradual: false };
    }
    judged
}

fn wider(a: Judged, b: Judged) -> Judged {
    match a.scope.cmp(&b.scope) {
        std::cmp::Ordering::Less => b,
        std::cmp::Ordering::Greater => a,
        std::cmp::Ordering::Equal => Judged { scope: a.scope, gradual: a.gradual && b.gradual },
    }
}

/// `is_other`: it did not fail, but was taken along.
fn of_one(part: Part, partly: bool, is_other: bool) -> Judged {
    let plain = |scope| Judged { scope, gradual: false };
    match part.function.map(|function| (function.role, function.gradual)) {
        Some((FunctionRole::Side, gradual)) => Judged { scope: Scope::Function, gradual },
        Some((FunctionRole::Admin, _)) => plain(Scope::Admin),
        Some((FunctionRole::Main | FunctionRole::Service, _)) if partly => plain(Scope::Server),
        Some((FunctionRole::Main | FunctionRole::Service, _)) => plain(Scope::Endpoint),
        None if part.is_main && is_other => plain(Scope::Endpoint),
        None if part.workload => plain(Scope::Server),
        None if is_other && part.on_server => plain(Scope::Server),
        None => plain(Scope::None),
    }
}

/// What a lost provider does without stopping its dependents.
fn of_weak_requirements(analysis: &Analysis<'_>, reach: &Reach<'_>, id: u32) -> Judged {
    let network = &analysis.network;
    let mut judged = Judged { scope: Scope::None, gradual: false };
    for &requirement in network.weakly_watched_by(id) {
        let stated = analysis.graph.requirement(RequirementId::new(requirement as usize));
        let found = match stated.kind {
            RequirementKind::Config => Judged { scope: Scope::Admin, gradual: false },
            RequirementKind::Soft => Judged { scope: Scope::Function, gradual: true },
            _ => continue,
        };
        let is_unmet = up(network, requirement, reach.is_lost) < network.needed(requirement);
        if is_unmet && !(reach.is_lost)(network.dependent(requirement)) {
            judged = wider(judged, found);
        }
    }
    judged
}

/// True when every unmet need of a function leaves shares that go on elsewhere.
pub(super) fn stops_partly(
    analysis: &Analysis<'_>,
    id: u32,
    is_lost: &dyn Fn(u32) -> bool,
) -> bool {
    let network = &analysis.network;
    let mut some_unmet = false;
    for (requirement, up) in unmet(network, id, is_lost) {
        some_unmet = true;
        let others_serve = network.has_shares(requirement) && up > 0;
        let only_parts = || {
            let mut lost = network.providers(requirement).iter().filter(|&&p| is_lost(p));
            lost.all(|&p| analysis.parts.is_function(p) && shares_left(network, p, is_lost))
        };
        if !others_serve && !only_parts() {
            return false;
        }
    }
    some_unmet
}

/// The same question for a function that another one needs, one step deep.
fn shares_left(network: &Network, id: u32, is_lost: &dyn Fn(u32) -> bool) -> bool {
    let mut unmet = unmet(network, id, is_lost).peekable();
    unmet.peek().is_some()
        && unmet.all(|(requirement, up)| network.has_shares(requirement) && up > 0)
}

/// What a component needs without any restart and does not have, and how many providers are left.
fn unmet<'n>(
    network: &'n Network,
    id: u32,
    is_lost: &'n dyn Fn(u32) -> bool,
) -> impl Iterator<Item = (u32, u32)> + 'n {
    let requirements = network.requirements(id).iter().copied();
    requirements
        .filter(|&requirement| network.counts(requirement, Level::Settled))
        .map(move |requirement| (requirement, up(network, requirement, is_lost)))
        .filter(|&(requirement, up)| up < network.needed(requirement))
}

fn up(network: &Network, requirement: u32, is_lost: &dyn Fn(u32) -> bool) -> u32 {
    network.providers(requirement).iter().map(|&p| u32::from(!is_lost(p))).sum()
}

/// Of some losses, the functions and services that people ask about, in ascending order.
pub(super) fn functions(analysis: &Analysis<'_>, lost: &[u32]) -> Vec<u32> {
    let asked_about = lost.iter().copied().filter(|&id| analysis.parts.is_asked_about(id));
    let mut functions: Vec<u32> = asked_about.collect();
    functions.sort_unstable();
    functions
}
