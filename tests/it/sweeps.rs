//! All single failures and pairs: sparse sets against 64 failures a word, against brute force,
//! and against cut sets.

use failscope::analysis::{Analysis, Layout, Single, Structure, Takes, WORK_LIMIT};
use failscope::engine::{Budget, ModuleTree, cut_sets};
use failscope::expand::expand;
use failscope::graph::{
    Component, ComponentId, DependencyGraph, Function, FunctionRole, Requirement,
};
use proptest::prelude::*;

use crate::brute::Brute;
use crate::random_graphs::{runs, spec};
use crate::shipped::{read, root, yaml_files};

fn basic(graph: &DependencyGraph) -> Vec<ComponentId> {
    graph.ids().filter(|&id| graph.component(id).is_basic()).collect()
}

/// For each component the single failures that take it, one failure after another.
fn one_by_one(graph: &DependencyGraph) -> Vec<Vec<ComponentId>> {
    let brute = Brute::new(graph);
    let down = brute.lost_with(&[]).members(graph);
    let mut found = vec![Vec::new(); graph.len()];
    for failed in basic(graph) {
        for lost in brute.lost_with(&[failed]).members(graph) {
            if !down.contains(&lost) {
                found[lost.index()].push(failed);
            }
        }
    }
    found
}

/// The minimal cut sets of one order, from the engine.
fn by_cut_sets(graph: &DependencyGraph, of: ComponentId, order: usize) -> Vec<Vec<ComponentId>> {
    let structure = Structure::new(graph, &[of], WORK_LIMIT).expect("small");
    let tree = ModuleTree::new(&structure.loss(of).expect("a root"));
    let sets = cut_sets::up_to_order(&tree, order as u32, &Budget::default()).expect("small");
    let ids = |set: Vec<_>| set.into_iter().map(Structure::component).collect::<Vec<_>>();
    let mut sets: Vec<_> = sets.iter().map(ids).filter(|set| set.len() == order).collect();
    sets.sort_unstable();
    sets
}

fn as_sets(pairs: &[(ComponentId, ComponentId)]) -> Vec<Vec<ComponentId>> {
    pairs.iter().map(|&(a, b)| vec![a, b]).collect()
}

proptest! {
    #![proptest_config(runs(400))]

    #[test]
    fn both_methods_find_what_brute_force_finds(spec in spec(30)) {
        let graph = spec.without_switchover().build();
        let all: Vec<ComponentId> = graph.ids().collect();
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("small");
        let expected = one_by_one(&graph);
        prop_assert_eq!(&sweep.singles(&all).unwrap(), &expected);
        prop_assert_eq!(&sweep.singles_by_words(&all).expect("small"), &expected);
        let pairs: u64 = expected.iter().map(|causes| causes.len() as u64).sum();
        prop_assert_eq!(sweep.impacts(), pairs);
    }
}

proptest! {
    #![proptest_config(runs(60))]

    /// More than one word of failures.
    #[test]
    fn both_methods_agree_beyond_one_word(spec in spec(200)) {
        let graph = spec.without_switchover().build();
        let all: Vec<ComponentId> = graph.ids().collect();
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("small");
        prop_assert_eq!(sweep.singles(&all).unwrap(), sweep.singles_by_words(&all).expect("small"));
    }

    #[test]
    fn pairs_are_the_cut_sets_of_two(spec in spec(20)) {
        let graph = spec.without_switchover().build();
        let all: Vec<ComponentId> = graph.ids().collect();
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("small");
        let pairs = sweep.pairs_by_words(&all, |_| {}).expect("small");
        for (id, pairs) in all.iter().zip(&pairs) {
            prop_assert_eq!(as_sets(pairs), by_cut_sets(&graph, *id, 2));
        }
    }
}

/// A graph of layers, as large systems have them: much that several alternatives have in common.
fn layers() -> impl Strategy<Value = DependencyGraph> {
    let need = (0..5_usize, 0..5_usize, 0..5_usize, 1..4_u32, prop::bool::weighted(0.2));
    let layer = prop::collection::vec(prop::collection::vec(need, 0..3), 5);
    let order = Just((0..60).collect::<Vec<usize>>()).prop_shuffle();
    (prop::collection::vec(layer, 1..12), order).prop_map(|(layers, order)| {
        let mut graph = DependencyGraph::new();
        let add = |n: usize| graph.add_component(Component::basic(n.to_string(), "thing"));
        let ids: Vec<ComponentId> = (0..60).map(add).collect();
        // Numbers say nothing about who needs whom.
        let id = |layer: usize, at: usize| ids[order[layer * 5 + at]];
        for (at, layer) in layers.iter().enumerate() {
            for (place, needs) in layer.iter().enumerate() {
                for &(a, b, c, at_least, is_back) in needs {
                    let own = id(at, place);
                    let providers = match at {
                        0 if !is_back => continue,
                        // Something above needs what is below, and the other way round.
                        0 => vec![id(layers.len() - 1, a), id(layers.len() - 1, b)],
                        _ => [a, b, c].map(|below| id(at - 1, below)).to_vec(),
                    };
                    let at_least = at_least.min(providers.len() as u32);
                    graph.add_requirement(Requirement::some(own, at_least, providers));
                }
            }
        }
        graph
    })
}

proptest! {
    #![proptest_config(runs(300))]

    #[test]
    fn layers_with_much_in_common_are_swept_as_one_by_one(graph in layers()) {
        let all: Vec<ComponentId> = graph.ids().collect();
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("small");
        let expected = one_by_one(&graph);
        prop_assert_eq!(&sweep.singles(&all).unwrap(), &expected);
        prop_assert_eq!(&sweep.singles_by_words(&all).expect("small"), &expected);
    }

    /// What the sweep finds, with what moves and restarts add to it, is all that takes something.
    #[test]
    fn singles_are_all_failures_that_take_a_function(spec in spec(30)) {
        let graph = spec.build();
        let analysis = Analysis::new(&graph, WORK_LIMIT).expect("small");
        let functions: Vec<ComponentId> =
            graph.ids().filter(|&id| graph.component(id).function.is_some()).collect();
        compare_singles(&analysis, &functions)?;
    }

    /// Where nothing moves, what the report says stops at once is what the sweep says.
    #[test]
    fn the_report_and_the_sweep_agree_on_what_stops_at_once(spec in spec(30)) {
        let graph = spec.without_switchover().build();
        let analysis = Analysis::new(&graph, WORK_LIMIT).expect("small");
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("small");
        let all: Vec<ComponentId> = graph.ids().collect();
        prop_assert!(all.iter().all(|&id| sweep.is_down(id) == analysis.is_down(id)));
        let singles = sweep.singles(&all).unwrap();
        for failed in basic(&graph) {
            let taken = all.iter().filter(|id| singles[id.index()].contains(&failed));
            let newly = |id: &ComponentId| !analysis.is_down(*id);
            let lost = analysis.lost_with(&[failed]).into_iter().filter(newly);
            prop_assert_eq!(taken.copied().collect::<Vec<_>>(), lost.collect::<Vec<_>>());
        }
    }
}

/// Reads the same off the failures, one after the other. Administration is not listed there.
fn compare_singles(
    analysis: &Analysis<'_>,
    functions: &[ComponentId],
) -> Result<(), TestCaseError> {
    let graph = analysis.graph();
    for (&function, singles) in functions.iter().zip(analysis.singles(functions)) {
        if graph.component(function).function.is_some_and(|f| f.role == FunctionRole::Admin) {
            continue;
        }
        let takes = |failed: ComponentId| {
            let failure = analysis.failure(failed);
            let at_once = failure.at_once.contains(&function);
            let takes = match (at_once, failure.partly.contains(&function)) {
                (true, true) => Takes::Share,
                (true, false) => Takes::AtOnce,
                _ if failure.later.contains(&function) => Takes::AtRestart,
                _ => return None,
            };
            Some(Single { component: failed, takes })
        };
        let expected: Vec<Single> = basic(graph).into_iter().filter_map(takes).collect();
        prop_assert_eq!(singles, expected);
    }
    Ok(())
}

#[test]
fn all_methods_agree_on_every_shipped_topology() {
    let mut compared = 0;
    for path in yaml_files(&root().join("topologies")) {
        let (Ok(topology), _) = read(&path) else { continue };
        let graph = expand(&topology).graph;
        let all: Vec<ComponentId> = graph.ids().collect();
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("within the limit");
        let analysis = Analysis::new(&graph, WORK_LIMIT).expect("within the limit");
        compare_singles(&analysis, &analysis.asked_about()).expect("the same");
        let found = sweep.singles(&all).unwrap();
        assert_eq!(found, sweep.singles_by_words(&all).expect("within"), "{}", path.display());
        for (id, found) in all.iter().zip(&found).step_by(all.len() / 20 + 1) {
            let sets: Vec<_> = found.iter().map(|&one| vec![one]).collect();
            assert_eq!(sets, by_cut_sets(&graph, *id, 1), "{}", path.display());
        }
        compared += 1;
    }
    assert!(compared > 15, "only {compared} topologies were read");
}

#[test]
fn too_much_work_ends_in_an_error() {
    let (topology, _) = read(&root().join("topologies/small.yaml"));
    let graph = expand(&topology.expect("a topology")).graph;
    assert!(Layout::new(&graph, 10).sweep().is_err());
    let layout = Layout::new(&graph, 10_000);
    let sweep = layout.sweep().expect("this much is enough for one method");
    let all: Vec<ComponentId> = graph.ids().collect();
    assert!(sweep.pairs_by_words(&all, |_| {}).is_err());
}

/// A thousand services over a chain of a thousand: a million names, each worth fifty steps. They
/// are told as too much before they are kept.
#[test]
fn what_is_listed_counts_as_work() {
    let mut graph = DependencyGraph::new();
    let mut end = graph.add_component(Component::basic("0", "thing"));
    for _ in 1..1_000 {
        let next = graph.add_component(Component::basic("n", "thing"));
        graph.add_requirement(Requirement::run(next, end));
        end = next;
    }
    let function = Function { role: FunctionRole::Service, gradual: false };
    let services: Vec<ComponentId> = (0..1_000)
        .map(|_| {
            let service =
                Component { function: Some(function), ..Component::derived("s", "service") };
            let id = graph.add_component(service);
            graph.add_requirement(Requirement::run(id, end));
            id
        })
        .collect();
    let enough = 80_000_000;
    for limit in [10_000_000, 49_000_000] {
        assert!(Analysis::new(&graph, limit).is_err());
        assert!(Layout::new(&graph, limit).sweep().unwrap().singles(&services).is_err());
    }
    let analysis = Analysis::new(&graph, enough).expect("enough");
    assert!(analysis.singles(&services).all(|singles| singles.len() == 1_000));
    let swept = Layout::new(&graph, 50_000_000).sweep().unwrap().singles(&services);
    assert!(swept.unwrap().iter().all(|causes| causes.len() == 1_000));
}
