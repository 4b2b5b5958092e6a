//! All single failures and pairs: sparse sets against 64 failures a word, against brute force,
//! and against cut sets.

use failscope::analysis::{Layout, Structure, WORK_LIMIT};
use failscope::engine::{Budget, ModuleTree, cut_sets};
use failscope::expand::expand;
use failscope::graph::{ComponentId, DependencyGraph};
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
        prop_assert_eq!(&sweep.singles(&all), &expected);
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
        prop_assert_eq!(sweep.singles(&all), sweep.singles_by_words(&all).expect("small"));
    }

    #[test]
    fn pairs_are_the_cut_sets_of_two(spec in spec(20)) {
        let graph = spec.without_switchover().build();
        let all: Vec<ComponentId> = graph.ids().collect();
        let layout = Layout::new(&graph, WORK_LIMIT);
        let sweep = layout.sweep().expect("small");
        let pairs = sweep.pairs_by_words(&all).expect("small");
        for (id, pairs) in all.iter().zip(&pairs) {
            prop_assert_eq!(as_sets(pairs), by_cut_sets(&graph, *id, 2));
        }
    }
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
        let found = sweep.singles(&all);
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
    assert!(sweep.pairs_by_words(&all).is_err());
}
