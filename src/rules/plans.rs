//! Plans, walked through step by step.
//!
//! Words of `fail`, `restore` and `restart` may name what nothing in the file defines,
//! such as `ENTSSO@BTS01`; so they are resolved against the graph, not against the names
//! of the file.

use crate::diagnostic::Diagnostic;
use crate::expand::Expansion;
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{At, Topology};
use crate::text;

/// Words of plans that name no component: problems of the input like any unknown name.
pub fn problems(topology: &Topology, expansion: &Expansion) -> Vec<Diagnostic> {
    let graph = &expansion.graph;
    let steps = topology.plans.values().flat_map(|plan| &plan.steps);
    let words = steps.flat_map(|step| step.fail.iter().chain(&step.restore).chain(&step.restart));
    let unknown = words.filter(|word| component(graph, word).is_none());
    let mut budget = text::SEARCH_BUDGET;
    unknown.map(|word| problem(graph, word, &mut budget)).collect()
}

fn problem(graph: &DependencyGraph, word: &At<String>, budget: &mut usize) -> Diagnostic {
    let names = graph.components().map(|(_, component)| component.name.as_str());
    let near = text::nearest(&word.value, names, budget);
    let message = format!("`{}` is not a component of this topology", word.value);
    Diagnostic::error("input/unknown-name", word.span, message).help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "name a server, or a part of one such as `ENTSSO@BTS01` or `Receive@BTS01`".to_owned()
        }
    })
}

/// The component that a word of a plan names.
pub fn component(graph: &DependencyGraph, word: &At<String>) -> Option<ComponentId> {
    graph.find(&word.value)
}

/// The components of several words; unknown ones are reported by [`problems`].
pub fn components(graph: &DependencyGraph, words: &[At<String>]) -> Vec<ComponentId> {
    words.iter().filter_map(|word| component(graph, word)).collect()
}
