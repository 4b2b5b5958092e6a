//! A loss as an expression, against the evaluators that follow losses step by step.

use failscope::analysis::{Analysis, Structure, WORK_LIMIT};
use failscope::engine::{Budget, Event, Expr, ModuleTree, cut_sets};
use failscope::expand::expand;
use failscope::graph::{
    Component, ComponentId, DependencyGraph, Function, FunctionRole, Requirement, RequirementKind,
};
use proptest::prelude::*;

use crate::brute::Brute;
use crate::random_graphs::{runs, spec};
use crate::shipped::{read, root, yaml_files};

fn losses(graph: &DependencyGraph) -> Vec<Expr> {
    let all: Vec<ComponentId> = graph.ids().collect();
    let structure = Structure::new(graph, &all, WORK_LIMIT).expect("a small graph");
    all.iter().map(|&id| structure.loss(id).expect("every component is a root")).collect()
}

fn basic(graph: &DependencyGraph) -> Vec<ComponentId> {
    graph.ids().filter(|&id| graph.component(id).is_basic()).collect()
}

/// What the expressions say is lost.
fn lost_by(losses: &[Expr], failed: &[ComponentId]) -> Vec<usize> {
    let occurs = |event: Event| failed.contains(&Structure::component(event));
    (0..losses.len()).filter(|&index| losses[index].evaluate(occurs)).collect()
}

fn indexes(ids: &[ComponentId]) -> Vec<usize> {
    ids.iter().map(|id| id.index()).collect()
}

fn up_to_two(basic: &[ComponentId]) -> Vec<Vec<ComponentId>> {
    let mut sets = vec![Vec::new()];
    for (at, &a) in basic.iter().enumerate() {
        sets.push(vec![a]);
        sets.extend(basic[at + 1..].iter().map(|&b| vec![a, b]));
    }
    sets
}

fn every_set(basic: &[ComponentId]) -> Vec<Vec<ComponentId>> {
    let chosen = |bits: u32| {
        let members = basic.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1);
        members.map(|(_, &id)| id).collect()
    };
    (0..1_u32 << basic.len()).map(chosen).collect()
}

proptest! {
    #![proptest_config(runs(400))]

    #[test]
    fn an_expression_says_what_the_analysis_and_brute_force_say(spec in spec(7)) {
        let graph = spec.without_switchover().build();
        let analysis = Analysis::new(&graph, WORK_LIMIT).expect("small");
        let brute = Brute::new(&graph);
        let losses = losses(&graph);
        for failed in every_set(&basic(&graph)) {
            let said = lost_by(&losses, &failed);
            prop_assert_eq!(&said, &indexes(&analysis.lost_with(&failed)), "{:?}", &failed);
            let slow = brute.lost_with(&failed).members(&graph);
            prop_assert_eq!(&said, &indexes(&slow), "{:?}", &failed);
        }
    }
}

proptest! {
    #![proptest_config(runs(60))]

    #[test]
    fn it_holds_for_pairs_in_larger_graphs(spec in spec(30)) {
        let graph = spec.without_switchover().build();
        let analysis = Analysis::new(&graph, WORK_LIMIT).expect("small");
        let losses = losses(&graph);
        for failed in up_to_two(&basic(&graph)) {
            prop_assert_eq!(lost_by(&losses, &failed), indexes(&analysis.lost_with(&failed)));
        }
    }
}

/// Where something moves and cannot start again, more is lost than the expression says, and
/// never less. Nothing else may differ.
#[test]
fn it_holds_for_every_shipped_topology() {
    let mut compared = 0;
    for path in yaml_files(&root().join("topologies")) {
        let (Ok(topology), _) = read(&path) else { continue };
        let graph = expand(&topology).graph;
        let analysis = Analysis::new(&graph, WORK_LIMIT).expect("within the limit");
        let brute = Brute::new(&graph);
        let losses = losses(&graph);
        let basic = basic(&graph);
        for failed in basic.iter().map(|&id| vec![id]) {
            let said = lost_by(&losses, &failed);
            let outcome = brute.outcome(&failed);
            let slow = indexes(&outcome.lost.members(&graph));
            let name = &graph.component(failed[0]).name;
            match outcome.stuck.is_empty() {
                true => assert_eq!(said, slow, "{name} in {}", path.display()),
                false => assert!(said.iter().all(|lost| slow.contains(lost)), "{name}"),
            }
            assert!(said.iter().all(|&index| {
                analysis.lost_with(&failed).iter().any(|id| id.index() == index)
            }));
        }
        // Pairs, thinned out where there are many.
        let pairs: Vec<_> = up_to_two(&basic).into_iter().filter(|set| set.len() == 2).collect();
        for failed in pairs.iter().step_by(pairs.len() / 300 + 1) {
            let said = lost_by(&losses, failed);
            let outcome = brute.outcome(failed);
            if outcome.stuck.is_empty() {
                assert_eq!(said, indexes(&outcome.lost.members(&graph)), "{}", path.display());
            }
        }
        single_points(&graph, &analysis, &brute, &losses);
        compared += 1;
    }
    assert!(compared > 10, "only {compared} topologies");
}

/// Cut sets of order one are what takes a function at once.
fn single_points(
    graph: &DependencyGraph,
    analysis: &Analysis<'_>,
    brute: &Brute<'_>,
    losses: &[Expr],
) {
    for (id, component) in graph.components() {
        if component.function.is_none_or(|f| f.role == FunctionRole::Admin) || analysis.is_down(id)
        {
            continue;
        }
        let tree = ModuleTree::new(&losses[id.index()]);
        let sets = cut_sets::up_to_order(&tree, 1, &Budget::default()).expect("it fits");
        let mut found: Vec<ComponentId> =
            sets.iter().map(|set| Structure::component(set[0])).collect();
        found.sort_unstable();
        let expected: Vec<ComponentId> = basic(graph)
            .into_iter()
            .filter(|&basic| brute.outcome(&[basic]).stuck.is_empty())
            .filter(|&basic| analysis.failure(basic).at_once.contains(&id))
            .collect();
        assert_eq!(found, expected, "single points of {}", component.name);
    }
}

fn thing(graph: &mut DependencyGraph, name: &str) -> ComponentId {
    graph.add_component(Component::basic(name, "thing"))
}

fn service(graph: &mut DependencyGraph, needs: Vec<Requirement>) -> ComponentId {
    let service = Component {
        function: Some(Function { role: FunctionRole::Service, gradual: false }),
        ..Component::derived("service", "service")
    };
    let id = graph.add_component(service);
    for need in needs {
        graph.add_requirement(Requirement { dependent: id, ..need });
    }
    id
}

/// Three components that hold each other up: each fails with any, and goes on with none failed.
#[test]
fn a_ring_is_lost_with_any_member_and_not_by_itself() {
    let mut graph = DependencyGraph::new();
    let ring: Vec<ComponentId> =
        ["a", "b", "c"].iter().map(|name| thing(&mut graph, name)).collect();
    for at in 0..3 {
        graph.add_requirement(Requirement::run(ring[at], ring[(at + 1) % 3]));
    }
    let losses = losses(&graph);
    for loss in &losses {
        assert!(!loss.evaluate(|_| false));
        for &member in &ring {
            assert!(loss.evaluate(|event| event == Structure::event(member)));
        }
    }
}

#[test]
fn start_requirements_are_latent_and_not_in_the_expression() {
    let mut graph = DependencyGraph::new();
    let (a, secret) = (thing(&mut graph, "a"), thing(&mut graph, "secret"));
    graph.add_requirement(Requirement::run(a, secret).kind(RequirementKind::Start));
    let s = service(&mut graph, vec![Requirement::run(a, a)]);
    let structure = Structure::new(&graph, &[s], WORK_LIMIT).expect("small");
    let loss = structure.loss(s).expect("a root");
    assert_eq!(loss.events(), [Structure::event(a)]);
    assert!(structure.loss(secret).is_none(), "nothing asked about needs it");
}

#[test]
fn a_part_that_would_cost_too_much_is_refused() {
    let mut graph = DependencyGraph::new();
    let all: Vec<ComponentId> = (0..60).map(|n| thing(&mut graph, &format!("c{n}"))).collect();
    for &a in &all {
        let others = all.iter().copied().filter(|&b| b != a).collect();
        graph.add_requirement(Requirement::some(a, 1, others));
    }
    assert!(Structure::new(&graph, &all, 1000).is_err());
}

/// Nothing recurses.
#[test]
fn a_long_chain_costs_what_it_is_long() {
    let mut graph = DependencyGraph::new();
    let mut last = thing(&mut graph, "0");
    for n in 1..100_000 {
        let next = thing(&mut graph, &n.to_string());
        graph.add_requirement(Requirement::run(next, last));
        last = next;
    }
    let structure = Structure::new(&graph, &[last], 1_000_000).expect("linear");
    let loss = structure.loss(last).expect("a root");
    assert_eq!(loss.events().len(), 100_000);
}
