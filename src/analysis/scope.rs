//! From "these are lost" to a scope: which functions that takes, and where.

use super::Analysis;
use crate::graph::{ComponentId, FunctionRole, RequirementKind, Scope};

/// A loss to be judged.
pub(super) struct Reach<'a> {
    /// What failed.
    pub(super) component: ComponentId,
    /// What is lost because of it, in any number of lists.
    pub(super) lost: &'a [&'a [ComponentId]],
    /// Whether a component is lost, those lost from the outset included.
    pub(super) is_lost: &'a dyn Fn(ComponentId) -> bool,
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
        if is_main(analysis, id) && !stops_partly(analysis, id, reach.is_lost) {
            main_lost += 1;
        }
        judged = wider(judged, of_one(analysis, reach, id));
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

fn is_main(analysis: &Analysis<'_>, id: ComponentId) -> bool {
    analysis.main.binary_search(&id).is_ok()
}

fn of_one(analysis: &Analysis<'_>, reach: &Reach<'_>, id: ComponentId) -> Judged {
    let component = analysis.graph.component(id);
    let plain = |scope| Judged { scope, gradual: false };
    let function = component.function.map(|function| (function.role, function.gradual));
    match function {
        Some((FunctionRole::Side, gradual)) => Judged { scope: Scope::Function, gradual },
        Some((FunctionRole::Admin, _)) => plain(Scope::Admin),
        Some((FunctionRole::Main | FunctionRole::Service, _)) => {
            match stops_partly(analysis, id, reach.is_lost) {
                true => plain(Scope::Server),
                false => plain(Scope::Endpoint),
            }
        }
        None if is_main(analysis, id) && id != reach.component => plain(Scope::Endpoint),
        None if component.workload => plain(Scope::Server),
        None if id != reach.component && component.server.is_some() => plain(Scope::Server),
        None => plain(Scope::None),
    }
}

/// What a lost provider does without stopping its dependents.
fn of_weak_requirements(analysis: &Analysis<'_>, reach: &Reach<'_>, id: ComponentId) -> Judged {
    let mut judged = Judged { scope: Scope::None, gradual: false };
    for requirement in analysis.graph.requirements_on(id) {
        let requirement = analysis.graph.requirement(requirement);
        let found = match requirement.kind {
            RequirementKind::Config => Judged { scope: Scope::Admin, gradual: false },
            RequirementKind::Soft => Judged { scope: Scope::Function, gradual: true },
            _ => continue,
        };
        let up = requirement.providers.iter().filter(|&&p| !(reach.is_lost)(p)).count();
        if up < requirement.at_least as usize && !(reach.is_lost)(requirement.dependent) {
            judged = wider(judged, found);
        }
    }
    judged
}

/// True when every unmet need of a function leaves shares that go on elsewhere.
pub(super) fn stops_partly(
    analysis: &Analysis<'_>,
    id: ComponentId,
    is_lost: &dyn Fn(ComponentId) -> bool,
) -> bool {
    let mut some_unmet = false;
    for requirement in analysis.graph.requirements_of(id) {
        let requirement = analysis.graph.requirement(requirement);
        if !requirement.kind.is_at_once() || requirement.disputed.is_some() {
            continue;
        }
        let up = requirement.providers.iter().filter(|&&p| !is_lost(p)).count();
        if up >= requirement.at_least as usize {
            continue;
        }
        some_unmet = true;
        let others_serve = requirement.shares && up > 0;
        let only_parts = requirement
            .providers
            .iter()
            .filter(|&&p| is_lost(p))
            .all(|&p| is_function(analysis, p) && shares_left(analysis, p, is_lost));
        if !others_serve && !only_parts {
            return false;
        }
    }
    some_unmet
}

fn is_function(analysis: &Analysis<'_>, id: ComponentId) -> bool {
    analysis.graph.component(id).function.is_some()
}

/// The same question for a function that another one needs, one step deep.
fn shares_left(
    analysis: &Analysis<'_>,
    id: ComponentId,
    is_lost: &dyn Fn(ComponentId) -> bool,
) -> bool {
    let requirements = analysis.graph.requirements_of(id);
    let mut unmet = requirements
        .iter()
        .map(|&requirement| analysis.graph.requirement(requirement))
        .filter(|requirement| requirement.kind.is_at_once() && requirement.disputed.is_none())
        .filter_map(|requirement| {
            let up = requirement.providers.iter().filter(|&&p| !is_lost(p)).count();
            (up < requirement.at_least as usize).then_some((requirement.shares, up))
        })
        .peekable();
    unmet.peek().is_some() && unmet.all(|(shares, up)| shares && up > 0)
}

/// Of some losses, the functions and services that people ask about, administration left out.
pub(super) fn functions(analysis: &Analysis<'_>, lost: &[ComponentId]) -> Vec<ComponentId> {
    let asked_about = |&id: &ComponentId| {
        let role = analysis.graph.component(id).function.map(|function| function.role);
        is_main(analysis, id) || role.is_some_and(|role| role != FunctionRole::Admin)
    };
    let mut functions: Vec<ComponentId> = lost.iter().copied().filter(asked_about).collect();
    functions.sort_unstable();
    functions
}

pub(super) fn partly(
    analysis: &Analysis<'_>,
    lost: &[ComponentId],
    is_lost: &dyn Fn(ComponentId) -> bool,
) -> Vec<ComponentId> {
    let mut found = functions(analysis, lost);
    found.retain(|&id| stops_partly(analysis, id, is_lost));
    found
}
