//! Random graphs, on which both evaluators must agree, and which must keep the laws
//! that follow from the meaning of failure.

use failscope::analysis::{Analysis, Step};
use failscope::graph::{
    Component, ComponentId, DependencyGraph, Function, FunctionRole, Nature, Requirement,
    RequirementKind, Switchover, Watch,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::brute::{Brute, Set};
use crate::compare::Both;

/// A graph as plain data: components and providers are indexes.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    components: Vec<(Nature, Option<FunctionRole>)>,
    needs: Vec<Need>,
}

#[derive(Debug, Clone)]
struct Need {
    dependent: usize,
    providers: Vec<usize>,
    at_least: u32,
    kind: RequirementKind,
    watch: Watch,
    active: Option<usize>,
    grace: bool,
    shares: bool,
    disputed: bool,
}

impl Spec {
    /// The graph with its components and needs in the order that `order` gives.
    fn build_in(&self, order: &[usize], needs: &[usize]) -> (DependencyGraph, Vec<ComponentId>) {
        let mut graph = DependencyGraph::new();
        let mut ids = vec![None; self.components.len()];
        for &index in order {
            let (nature, role) = self.components[index];
            let mut component = Component::basic(format!("c{index}"), "thing");
            component.nature = nature;
            component.function = role.map(|role| Function { role, gradual: false });
            ids[index] = Some(graph.add_component(component));
        }
        let ids: Vec<ComponentId> = ids.into_iter().map(Option::unwrap).collect();
        for &index in needs {
            let need = &self.needs[index];
            let providers = need.providers.iter().map(|&provider| ids[provider]).collect();
            let mut requirement =
                Requirement::some(ids[need.dependent], need.at_least, providers).kind(need.kind);
            requirement.watch = need.watch;
            requirement.switchover = need.active.map(|active| Switchover { active });
            requirement.grace = need.grace.then_some("a while");
            requirement.shares = need.shares;
            requirement.disputed = need.disputed.then_some("somebody");
            graph.add_requirement(requirement);
        }
        (graph, ids)
    }

    pub(crate) fn build(&self) -> DependencyGraph {
        let components: Vec<usize> = (0..self.components.len()).collect();
        let needs: Vec<usize> = (0..self.needs.len()).collect();
        self.build_in(&components, &needs).0
    }

    pub(crate) fn without_switchover(mut self) -> Spec {
        for need in &mut self.needs {
            need.active = None;
        }
        self
    }
}

fn nature() -> impl Strategy<Value = Nature> {
    prop_oneof![
        6 => Just(Nature::Basic),
        1 => Just(Nature::Placement),
        4 => Just(Nature::Derived),
        1 => Just(Nature::Down),
    ]
}

fn role() -> impl Strategy<Value = Option<FunctionRole>> {
    prop_oneof![
        10 => Just(None),
        2 => Just(Some(FunctionRole::Main)),
        1 => Just(Some(FunctionRole::Side)),
        1 => Just(Some(FunctionRole::Admin)),
        2 => Just(Some(FunctionRole::Service)),
    ]
}

fn kind() -> impl Strategy<Value = RequirementKind> {
    prop_oneof![
        6 => Just(RequirementKind::Run),
        1 => Just(RequirementKind::Transaction),
        1 => Just(RequirementKind::Ingress),
        4 => Just(RequirementKind::Start),
        1 => Just(RequirementKind::Config),
        1 => Just(RequirementKind::Soft),
    ]
}

/// Mostly one of several, sometimes all, now and then none or more than there are.
fn at_least(providers: usize) -> impl Strategy<Value = u32> {
    let all = providers as u32;
    prop_oneof![9 => Just(1), 3 => Just(all), 2 => 0..=all, 1 => Just(all + 1)]
}

fn providers(components: usize) -> impl Strategy<Value = (Vec<usize>, u32)> {
    prop_oneof![1 => Just(0_usize), 8 => Just(1), 12 => Just(2), 6 => Just(3), 2 => Just(4)]
        .prop_flat_map(move |count| (vec(0..components, count), at_least(count)))
}

fn need(components: usize) -> impl Strategy<Value = Need> {
    let active = prop_oneof![
        5 => Just(None),
        5 => Just(Some(0_usize)),
        2 => (1..4_usize).prop_map(Some),
    ];
    let rarely = || prop::bool::weighted(0.15);
    (
        0..components,
        providers(components),
        kind(),
        prop_oneof![5 => Just(Watch::State), 1 => Just(Watch::OwnFailure)],
        active,
        rarely(),
        rarely(),
        prop::bool::weighted(0.08),
    )
        .prop_map(
            |(dependent, (providers, at_least), kind, watch, active, grace, shares, disputed)| {
                // What matters at the next start moves nothing: mostly draw what does.
                let idle = active == Some(0) && kind == RequirementKind::Start;
                let kind = if idle { RequirementKind::Run } else { kind };
                Need {
                    dependent,
                    providers,
                    at_least,
                    kind,
                    watch,
                    active,
                    grace,
                    shares,
                    disputed,
                }
            },
        )
}

/// Graphs of up to `components` components, each of which is in some one and a half requirements.
pub(crate) fn spec(components: usize) -> impl Strategy<Value = Spec> {
    (1..=components).prop_flat_map(|count| {
        (vec((nature(), role()), count), vec(need(count), 0..=count * 3 / 2 + 1))
            .prop_map(|(components, needs)| Spec { components, needs })
    })
}

/// The same graphs on every run, unless the environment asks for others or for more.
pub(crate) fn runs(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(0x5eed);
    }
    config
}

proptest! {
    #![proptest_config(runs(2000))]

    #[test]
    fn both_agree_on_small_graphs(spec in spec(7)) {
        let graph = spec.build();
        let both = Both::new(&graph);
        both.baseline();
        let ids: Vec<ComponentId> = graph.ids().collect();
        for &a in &ids {
            both.single(a);
            for &b in ids.iter().filter(|&&b| b != a) {
                both.failures(&[&[a], &[b]]);
                if a < b {
                    both.failed(&[a, b]);
                    both.restored(&[a, b]);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(runs(150))]

    #[test]
    fn both_agree_on_larger_graphs(
        spec in spec(36),
        several in vec(vec(any::<prop::sample::Index>(), 2..6), 8),
    ) {
        let graph = spec.build();
        let both = Both::new(&graph);
        both.baseline();
        for id in graph.ids() {
            both.single(id);
        }
        let ids: Vec<ComponentId> = graph.ids().collect();
        for failed in several {
            let failed: Vec<ComponentId> = failed.iter().map(|index| *index.get(&ids)).collect();
            both.failed(&failed);
            both.restored(&failed);
            let one_by_one: Vec<&[ComponentId]> = failed.chunks(1).collect();
            both.failures(&one_by_one);
        }
    }
}

/// Fail, restart or restore, and what.
fn event() -> impl Strategy<Value = (u8, Vec<prop::sample::Index>)> {
    (0..3_u8, vec(any::<prop::sample::Index>(), 1..3))
}

proptest! {
    #![proptest_config(runs(2500))]

    #[test]
    fn both_agree_on_what_happens_one_event_after_the_other(
        spec in spec(8),
        events in vec(event(), 1..14),
    ) {
        let graph = spec.build();
        let ids: Vec<ComponentId> = graph.ids().collect();
        let steps: Vec<Step> = events
            .iter()
            .map(|(kind, what)| {
                let what = what.iter().map(|index| *index.get(&ids)).collect();
                match kind {
                    0 => Step::Fail(what),
                    1 => Step::Restart(what),
                    _ => Step::Restore(what),
                }
            })
            .collect();
        Both::new(&graph).steps(&steps);
    }
}

fn lost(analysis: &Analysis<'_>, failed: &[ComponentId]) -> Set {
    Set::of(analysis.graph(), &analysis.lost_with(failed))
}

fn lost_from_cold(analysis: &Analysis<'_>, failed: &[ComponentId]) -> Set {
    Set::of(analysis.graph(), &analysis.lost_from_cold(failed))
}

fn analyse(graph: &DependencyGraph) -> Analysis<'_> {
    Analysis::new(graph, failscope::analysis::WORK_LIMIT).expect("within the limit")
}

proptest! {
    #![proptest_config(runs(700))]

    /// A move is a restart, which more failures can spare a component that they stop: no
    /// such law holds where something moves.
    #[test]
    fn failing_more_never_loses_less(
        spec in spec(12),
        failed in vec(any::<prop::sample::Index>(), 1..5),
    ) {
        let graph = spec.clone().without_switchover().build();
        let ids: Vec<ComponentId> = graph.ids().collect();
        let failed: Vec<ComponentId> = failed.iter().map(|index| *index.get(&ids)).collect();
        let analysis = analyse(&graph);
        for fewer in 0..failed.len() {
            let (few, more) = (lost(&analysis, &failed[..fewer]), lost(&analysis, &failed));
            prop_assert!(few.is_within(&more), "{fewer} of {failed:?} lose more");
        }
        let moving = spec.build();
        let analysis = analyse(&moving);
        for fewer in 0..failed.len() {
            let few = lost_from_cold(&analysis, &failed[..fewer]);
            prop_assert!(few.is_within(&lost_from_cold(&analysis, &failed)));
        }
    }

    /// What cannot start is not up, whatever holds it up now; and what has failed is lost.
    #[test]
    fn from_cold_loses_at_least_as_much_as_at_once(spec in spec(12)) {
        let graph = spec.clone().without_switchover().build();
        let analysis = analyse(&graph);
        for id in graph.ids() {
            let at_once = lost(&analysis, &[id]);
            prop_assert!(at_once.has(id));
            prop_assert!(at_once.is_within(&lost_from_cold(&analysis, &[id])));
        }
    }

    #[test]
    fn one_more_provider_never_loses_more(
        spec in spec(10),
        which in any::<prop::sample::Index>(),
        provider in any::<prop::sample::Index>(),
    ) {
        let poorer = spec.without_switchover();
        prop_assume!(!poorer.needs.is_empty());
        let mut richer = poorer.clone();
        let which = which.index(richer.needs.len());
        let need = &mut richer.needs[which];
        // A provider named twice would change how many of them are all of them.
        need.providers.sort_unstable();
        need.providers.dedup();
        let mut poorer = poorer;
        poorer.needs[which] = need.clone();
        let provider = provider.index(poorer.components.len());
        prop_assume!(!need.providers.contains(&provider));
        need.providers.push(provider);
        let (poorer, richer) = (poorer.build(), richer.build());
        let (before, after) = (analyse(&poorer), analyse(&richer));
        for id in poorer.ids() {
            prop_assert!(lost(&after, &[id]).is_within(&lost(&before, &[id])));
            let cold = lost_from_cold(&after, &[id]);
            prop_assert!(cold.is_within(&lost_from_cold(&before, &[id])));
        }
    }

    #[test]
    fn the_order_of_components_and_requirements_does_not_matter(
        (spec, order, needs) in spec(10).prop_flat_map(|spec| {
            let order: Vec<usize> = (0..spec.components.len()).collect();
            let needs: Vec<usize> = (0..spec.needs.len()).collect();
            (Just(spec), Just(order).prop_shuffle(), Just(needs).prop_shuffle())
        }),
    ) {
        let plain = spec.build();
        let (shuffled, ids) = spec.build_in(&order, &needs);
        let (one, other) = (analyse(&plain), analyse(&shuffled));
        let mapped = |found: &[ComponentId]| {
            let mut found: Vec<ComponentId> = found.iter().map(|id| ids[id.index()]).collect();
            found.sort_unstable();
            found
        };
        prop_assert_eq!(&mapped(&one.down), &other.down);
        prop_assert_eq!(mapped(one.main_functions()), other.main_functions());
        let mut deadlocks: Vec<_> = one.deadlocks.iter().map(|part| mapped(part)).collect();
        deadlocks.sort();
        let mut others = other.deadlocks.clone();
        others.sort();
        prop_assert_eq!(deadlocks, others);
        for id in plain.ids() {
            let image = ids[id.index()];
            let (a, b) = (one.failure(id), other.failure(image));
            prop_assert_eq!(mapped(&a.at_once), b.at_once.clone());
            prop_assert_eq!(mapped(&a.later), b.later.clone());
            prop_assert_eq!(mapped(&a.partly), b.partly.clone());
            prop_assert_eq!((a.scope, a.onset), (b.scope, b.onset));
            prop_assert_eq!((a.interruption, a.affected), (b.interruption, b.affected));
            prop_assert_eq!(one.is_spof(id), other.is_spof(image));
            prop_assert_eq!(mapped(&one.lost_with(&[id])), other.lost_with(&[image]));
            prop_assert_eq!(mapped(&one.lost_from_cold(&[id])), other.lost_from_cold(&[image]));
        }
    }

    #[test]
    fn the_same_graph_gives_the_same_answers(spec in spec(12)) {
        let (first, second) = (spec.build(), spec.build());
        let (one, other) = (analyse(&first), analyse(&second));
        prop_assert_eq!(&one.down, &other.down);
        prop_assert_eq!(&one.deadlocks, &other.deadlocks);
        prop_assert_eq!(format!("{:?}", one.failures()), format!("{:?}", other.failures()));
        for id in first.ids() {
            let before = one.lost_with(&[id]);
            prop_assert_eq!(&before, &one.lost_with(&[id, id]), "named twice");
            one.lost_from_cold(&[id]);
            prop_assert_eq!(before, one.lost_with(&[id]), "asked twice");
        }
    }
}

/// Failures that must be among the random ones, or the comparison shows little.
#[derive(Debug, Default)]
struct Seen {
    moved: usize,
    came_back: usize,
    stuck: usize,
    second_wave: usize,
    survived_but_cannot_start: usize,
    grace_mattered: usize,
    own_failure_mattered: usize,
    deadlocks: usize,
    spofs: usize,
    redundant: usize,
    down_from_the_outset: usize,
}

#[test]
fn the_random_graphs_reach_every_corner() {
    let mut runner = TestRunner::new(runs(1));
    let strategy = spec(7);
    let mut seen = Seen::default();
    for _ in 0..2000 {
        let spec = strategy.new_tree(&mut runner).expect("nothing is rejected").current();
        let graph = spec.build();
        let brute = Brute::new(&graph);
        let mut plainer = spec.clone();
        for need in &mut plainer.needs {
            need.grace = false;
        }
        let without_grace = plainer.build();
        for need in &mut plainer.needs {
            need.watch = Watch::State;
        }
        let without_own = plainer.build();
        let (without_grace, without_own) = (Brute::new(&without_grace), Brute::new(&without_own));
        seen.deadlocks += usize::from(!brute.deadlocks().is_empty());
        seen.down_from_the_outset += usize::from(!brute.down().is_empty());
        for id in graph.ids() {
            let outcome = brute.outcome(&[id]);
            let plain = without_grace.outcome(&[id]);
            let newly = brute.lost_from_cold(&[id]).minus(&brute.lost_from_cold(&[]));
            seen.moved += usize::from(outcome.waves > 0);
            seen.came_back += usize::from(outcome.interrupted != outcome.stuck);
            seen.stuck += usize::from(!outcome.stuck.is_empty());
            seen.second_wave += usize::from(outcome.waves > 1);
            seen.survived_but_cannot_start += usize::from(!newly.is_within(&outcome.lost));
            seen.grace_mattered += usize::from(plain != outcome);
            seen.own_failure_mattered += usize::from(without_own.lost_with(&[id]) != plain.lost);
            seen.spofs += usize::from(brute.is_spof(id));
            seen.redundant += usize::from(graph.component(id).is_basic() && !brute.is_spof(id));
        }
    }
    let rarest = [
        seen.moved,
        seen.came_back,
        seen.stuck,
        seen.second_wave,
        seen.survived_but_cannot_start,
        seen.grace_mattered,
        seen.own_failure_mattered,
        seen.deadlocks,
        seen.spofs,
        seen.redundant,
        seen.down_from_the_outset,
    ];
    assert!(rarest.iter().all(|&count| count >= 5), "too few of something: {seen:#?}");
}
