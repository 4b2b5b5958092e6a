//! Where something was imported from, as the topology itself says.

use rustc_hash::FxHashMap;

use super::yaml::{Tree, Value};
use crate::model::Origin;

/// The key that every mapping takes beside its own.
pub(super) const IMPORTED_FROM: &str = "imported_from";

/// Every origin that the tree states, also those in what it was laid over.
pub(super) fn origins(tree: &Tree<'_>) -> Vec<Origin> {
    let is_key =
        |value: &Value<'_>| matches!(value, Value::Scalar(key) if key.text == IMPORTED_FROM);
    if !tree.nodes().iter().any(|node| is_key(&node.value)) {
        return Vec::new();
    }
    let mut names = FxHashMap::default();
    for node in tree.nodes() {
        if let Value::Mapping(entries) = &node.value {
            let entry = |&(name, value): &_| (tree.get(value).span, tree.span(name));
            names.extend(entries.iter().map(entry));
        }
    }
    let mut found = Vec::new();
    for node in tree.nodes() {
        let Value::Mapping(entries) = &node.value else { continue };
        let is_origin = |name| tree.text(name) == Some(IMPORTED_FROM);
        let Some(&(_, stated)) = entries.iter().find(|(name, _)| is_origin(*name)) else {
            continue;
        };
        let words = tree.words(stated);
        let Some(&(_, stated)) = words.first() else { continue };
        let places = words.iter().map(|(place, _)| (*place).to_owned()).collect();
        let (name, extent) = (names.get(&node.span).copied(), node.span);
        found.push(Origin { name, extent, stated, places });
    }
    found
}
