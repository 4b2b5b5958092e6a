//! Choices that one loss defeats: "one of these will do", and all of them need the same.
//!
//! What takes over by a move starts, so a move that cannot be made counts as a loss like any other.
//! Members that run already and need the lost one only to start go on until their own next start:
//! such a choice is defeated later, by a loss of a member alone. What a whole site needs to start,
//! a domain controller for one, says nothing about a choice.

use rustc_hash::{FxHashMap, FxHashSet};

use super::single::Flows;
use super::{Analysis, ids};
use crate::graph::{ComponentId, Requirement, RequirementId, Watch};

/// A choice, and one thing whose loss leaves too few to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defeat {
    pub requirement: RequirementId,
    pub cause: ComponentId,
    /// The providers that are lost with the cause.
    pub lost: Vec<ComponentId>,
    /// True when the others go on, and do not come up again without the cause.
    pub later: bool,
}

/// Every choice of the author that the loss of one basic component, place or provider defeats,
/// unless its dependent stops by that loss anyway. In the order of the requirements.
pub(super) fn defeats(analysis: &Analysis<'_>) -> Vec<Defeat> {
    let choices = Choices::of(analysis);
    let mut found = Vec::new();
    if choices.by_provider.is_empty() {
        return found;
    }
    let mut flows = Flows::new(&analysis.network);
    let down_from_cold: FxHashSet<ComponentId> = ids(flows.cold.all_lost()).into_iter().collect();
    for cause in analysis.graph.ids().filter(|&id| choices.may_defeat(analysis, id)) {
        let (marks, _) = flows.fail(&analysis.network, &[cause.index() as u32]);
        let lost = ids(flows.settled.since(marks.settled));
        let is_lost = |id: ComponentId| flows.settled.is_lost(id.index() as u32);
        let at_once = choices.defeated(analysis, cause, &lost, &is_lost);
        let is_down = |id: ComponentId| flows.cold.is_lost(id.index() as u32);
        let was_down = |id: ComponentId| down_from_cold.contains(&id);
        let mut later = choices.defeated_later(analysis, cause, &is_down, &was_down);
        later.retain(|later| at_once.iter().all(|now| now.requirement != later.requirement));
        found.extend(at_once.into_iter().chain(later));
        flows.undo(marks);
    }
    found.sort_by_key(|defeat| (defeat.requirement, defeat.later, defeat.cause));
    found
}

/// The choices of the author's own, by what they choose from.
struct Choices {
    by_provider: FxHashMap<ComponentId, Vec<RequirementId>>,
    all: FxHashSet<RequirementId>,
}

impl Choices {
    fn of(analysis: &Analysis<'_>) -> Choices {
        let mut choices = Choices { by_provider: FxHashMap::default(), all: FxHashSet::default() };
        for (id, requirement) in analysis.graph.requirements() {
            if is_choice(analysis, requirement) {
                choices.all.insert(id);
                for &provider in &requirement.providers {
                    choices.by_provider.entry(provider).or_default().push(id);
                }
            }
        }
        choices
    }

    /// Something that takes nothing else along defeats no choice, unless it is of the choice.
    fn may_defeat(&self, analysis: &Analysis<'_>, id: ComponentId) -> bool {
        let takes = analysis.graph.component(id).is_basic() && analysis.failure(id).affected > 1;
        (takes || self.by_provider.contains_key(&id)) && !analysis.is_down(id)
    }

    fn defeated(
        &self,
        analysis: &Analysis<'_>,
        cause: ComponentId,
        lost: &[ComponentId],
        is_lost: &dyn Fn(ComponentId) -> bool,
    ) -> Vec<Defeat> {
        let touched = lost.iter().filter_map(|id| self.by_provider.get(id)).flatten();
        let touched: FxHashSet<RequirementId> = touched.copied().collect();
        let mut found = Vec::new();
        for id in touched {
            let requirement = analysis.graph.requirement(id);
            let derived = !analysis.graph.component(cause).is_basic();
            let foreign = derived && !requirement.providers.contains(&cause);
            let met = up(requirement, is_lost) >= requirement.at_least as usize;
            if foreign || met || self.stops_anyway(analysis, id, cause, is_lost) {
                continue;
            }
            let lost = requirement.providers.iter().copied().filter(|&p| is_lost(p)).collect();
            found.push(Defeat { requirement: id, cause, lost, later: false });
        }
        found
    }

    /// Choices of which this is a member, where the others cannot start without it. A choice too
    /// few of whose members can start at all is another matter.
    fn defeated_later(
        &self,
        analysis: &Analysis<'_>,
        cause: ComponentId,
        is_down: &dyn Fn(ComponentId) -> bool,
        was_down: &dyn Fn(ComponentId) -> bool,
    ) -> Vec<Defeat> {
        let mut found = Vec::new();
        for &id in self.by_provider.get(&cause).into_iter().flatten() {
            let requirement = analysis.graph.requirement(id);
            let needed = requirement.at_least as usize;
            let was_choice = up(requirement, was_down) > needed;
            let dependent = requirement.dependent;
            if !was_choice
                || up(requirement, is_down) >= needed
                || self.misses(analysis, dependent, is_down, Requirement::counts_at_start)
            {
                continue;
            }
            let lost = requirement.providers.iter().copied();
            let lost = lost.filter(|&p| is_down(p) && !was_down(p)).collect();
            found.push(Defeat { requirement: id, cause, lost, later: true });
        }
        found
    }

    /// True when the dependent is the cause, or misses something for which there is no choice.
    fn stops_anyway(
        &self,
        analysis: &Analysis<'_>,
        choice: RequirementId,
        cause: ComponentId,
        is_lost: &dyn Fn(ComponentId) -> bool,
    ) -> bool {
        let dependent = analysis.graph.requirement(choice).dependent;
        dependent == cause || self.misses(analysis, dependent, is_lost, Requirement::counts_at_once)
    }

    /// True when something misses what it has no choice about.
    fn misses(
        &self,
        analysis: &Analysis<'_>,
        dependent: ComponentId,
        is_lost: &dyn Fn(ComponentId) -> bool,
        counts: fn(&Requirement) -> bool,
    ) -> bool {
        let all = analysis.graph.requirements_of(dependent).into_iter();
        let plain = all.filter(|id| !self.all.contains(id));
        let mut plain = plain.map(|id| analysis.graph.requirement(id)).filter(|r| counts(r));
        plain.any(|r| up(r, is_lost) < r.at_least as usize)
    }
}

/// More than enough to choose from, as the author states it: not a cluster, not shares.
fn is_choice(analysis: &Analysis<'_>, requirement: &Requirement) -> bool {
    let up = up(requirement, &|id| analysis.is_down(id));
    requirement.counts_at_once()
        && requirement.source.is_empty()
        && requirement.switchover.is_none()
        && !requirement.shares
        && requirement.watch == Watch::State
        && requirement.at_least > 0
        && up > requirement.at_least as usize
}

fn up(requirement: &Requirement, is_lost: &dyn Fn(ComponentId) -> bool) -> usize {
    requirement.providers.iter().filter(|&&provider| !is_lost(provider)).count()
}

/// What something cannot do without, itself first: along requirements that leave no choice.
pub(super) fn rests_on(analysis: &Analysis<'_>, id: ComponentId) -> Vec<ComponentId> {
    let mut found = vec![id];
    let mut seen: FxHashSet<ComponentId> = found.iter().copied().collect();
    let mut next = 0;
    while let Some(&at) = found.get(next) {
        next += 1;
        for requirement in analysis.graph.requirements_of(at) {
            let requirement = analysis.graph.requirement(requirement);
            let no_choice = requirement.at_least as usize >= requirement.providers.len();
            if requirement.counts_at_once() && no_choice {
                found.extend(requirement.providers.iter().copied().filter(|&p| seen.insert(p)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::analysis::testing::graph;
    use crate::analysis::{Analysis, WORK_LIMIT};
    use crate::graph::{ComponentId, DependencyGraph, Requirement, RequirementKind};

    #[test]
    fn what_all_alternatives_need_defeats_them() {
        let (mut graph, ids) = graph(&["app", "a", "b", "switch"]);
        let [app, a, b, switch] = ids[..] else { unreachable!() };
        let choice = graph.add_requirement(Requirement::some(app, 1, vec![a, b]));
        graph.add_requirement(Requirement::run(a, switch));
        graph.add_requirement(Requirement::run(b, switch));
        let analysis = Analysis::new(&graph, WORK_LIMIT).unwrap();
        let found = analysis.defeated_choices();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].requirement, found[0].cause), (choice, switch));
        assert_eq!(found[0].lost, [a, b]);
        assert_eq!(analysis.rests_on(a), [a, switch]);
        assert_eq!(analysis.rests_on(app), [app]);
    }

    #[test]
    fn what_the_dependent_needs_itself_defeats_no_choice_of_it() {
        let (mut graph, ids) = graph(&["app", "a", "b", "switch"]);
        let [app, a, b, switch] = ids[..] else { unreachable!() };
        graph.add_requirement(Requirement::some(app, 1, vec![a, b]));
        for dependent in [app, a, b] {
            graph.add_requirement(Requirement::run(dependent, switch));
        }
        let analysis = Analysis::new(&graph, WORK_LIMIT).unwrap();
        assert!(analysis.defeated_choices().is_empty());
    }

    #[test]
    fn two_of_three_are_defeated_by_what_takes_two() {
        let (mut graph, ids) = graph(&["app", "a", "b", "c", "rack"]);
        let [app, a, b, c, rack] = ids[..] else { unreachable!() };
        graph.add_requirement(Requirement::some(app, 2, vec![a, b, c]));
        graph.add_requirement(Requirement::run(a, rack));
        graph.add_requirement(Requirement::run(c, rack));
        let found = Analysis::new(&graph, WORK_LIMIT).unwrap().defeated_choices();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].lost, [a, c]);
    }

    /// `b` and `c` need `a` to start, and run already: the loss of `a` defeats the choice at their
    /// next start, that of `b` never.
    #[test]
    fn what_the_others_need_to_start_defeats_them_later() {
        let (mut graph, ids) = graph(&["app", "a", "b", "c"]);
        let [app, a, b, c] = ids[..] else { unreachable!() };
        let choice = graph.add_requirement(Requirement::some(app, 1, vec![a, b, c]));
        graph.add_requirement(starts(b, a));
        graph.add_requirement(starts(c, b));
        let found = Analysis::new(&graph, WORK_LIMIT).unwrap().defeated_choices();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].requirement, found[0].cause, found[0].later), (choice, a, true));
        assert_eq!(found[0].lost, [a, b, c]);
    }

    #[test]
    fn what_can_start_without_the_lost_one_is_an_alternative() {
        let silent = |more: &dyn Fn(&mut DependencyGraph, &[ComponentId])| {
            let (mut graph, ids) = graph(&["app", "a", "b", "c"]);
            graph.add_requirement(Requirement::some(ids[0], 1, vec![ids[1], ids[2]]));
            more(&mut graph, &ids);
            let found = Analysis::new(&graph, WORK_LIMIT).unwrap().defeated_choices();
            assert!(found.is_empty(), "{found:?}");
        };
        // It needs one of two to start.
        silent(&|graph, ids| {
            let either = Requirement::some(ids[2], 1, vec![ids[1], ids[3]]);
            graph.add_requirement(either.kind(RequirementKind::Start));
        });
        // Only changes of it need the other one.
        silent(&|graph, ids| {
            let change = Requirement::run(ids[2], ids[1]).kind(RequirementKind::Config);
            graph.add_requirement(change);
        });
        // Both need a third one to start, which is none of the choice.
        silent(&|graph, ids| {
            graph.add_requirement(starts(ids[1], ids[3]));
            graph.add_requirement(starts(ids[2], ids[3]));
        });
        // Each needs the other: neither starts at all, which is a finding of its own.
        silent(&|graph, ids| {
            graph.add_requirement(starts(ids[1], ids[2]));
            graph.add_requirement(starts(ids[2], ids[1]));
        });
        // What needs the choice cannot start without the lost one either.
        silent(&|graph, ids| {
            graph.add_requirement(starts(ids[2], ids[1]));
            graph.add_requirement(starts(ids[0], ids[1]));
        });
    }

    /// The alternative is a group that moves when `a` is lost, and to start again needs `a`.
    #[test]
    fn what_must_start_to_take_over_is_lost_at_once() {
        let (mut graph, ids) = graph(&["app", "a", "b", "group"]);
        let [app, a, b, group] = ids[..] else { unreachable!() };
        graph.add_requirement(Requirement::some(app, 1, vec![a, group]));
        graph.add_requirement(Requirement::some(group, 1, vec![a, b]).with_switchover());
        assert!(Analysis::new(&graph, WORK_LIMIT).unwrap().defeated_choices().is_empty());
        graph.add_requirement(starts(group, a));
        let found = Analysis::new(&graph, WORK_LIMIT).unwrap().defeated_choices();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].cause, found[0].later), (a, false));
        assert_eq!(found[0].lost, [a, group]);
    }

    fn starts(dependent: ComponentId, provider: ComponentId) -> Requirement {
        Requirement::run(dependent, provider).kind(RequirementKind::Start)
    }
}
