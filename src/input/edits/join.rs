//! The files of one topology as one tree.

use super::super::de::Problems;
use super::super::origin::IMPORTED_FROM;
use super::super::overlay;
use super::super::yaml::{self, Entries, Limits, NodeId, Tree, Value};
use crate::source::{FileId, SourceMap, Span};

/// What says which files there are, and what goes of them: the tree is what came of it.
const ABOUT_FILES: [&str; 3] = ["extends", "include", "remove"];

/// Adds the nodes of the files of a topology to the tree, the file that names the others
/// last; the result is their common root.
pub(super) fn files<'t>(
    tree: &mut Tree<'t>,
    sources: &'t SourceMap,
    files: &[FileId],
    limits: &Limits,
) -> Option<NodeId> {
    let parse = |&file: &FileId| {
        let text = sources.file(file)?.text();
        yaml::parse(file, text, limits, limits.nodes, &mut Vec::new()).ok()
    };
    let parts: Option<Vec<Tree<'t>>> = files.iter().map(parse).collect();
    let before = tree.nodes.len();
    let root = match parts? {
        parts if parts.iter().any(extends) => laid_over(tree, parts),
        parts => side_by_side(tree, parts),
    };
    drop_origins(tree, before);
    root
}

/// Another line of an export is no edit: it moves with every import.
fn drop_origins(tree: &mut Tree<'_>, from: usize) {
    for at in from..tree.nodes.len() {
        let Value::Mapping(entries) = &tree.nodes[at].value else { continue };
        let is_origin = |&&(key, _): &&(NodeId, NodeId)| tree.text(key) == Some(IMPORTED_FROM);
        let kept: Entries = entries.iter().filter(|entry| !is_origin(entry)).copied().collect();
        if kept.len() < entries.len() {
            tree.nodes[at].value = Value::Mapping(kept);
        }
    }
}

fn extends(part: &Tree<'_>) -> bool {
    part.root_value("extends").is_some_and(|value| !part.words(value).is_empty())
}

/// Joined as the reader joins them.
fn laid_over<'t>(tree: &mut Tree<'t>, parts: Vec<Tree<'t>>) -> Option<NodeId> {
    let merged = overlay::merge(parts, &Problems::default())?;
    let root = tree.absorb(merged);
    let mut entries = as_entries(tree, root)?;
    entries.retain(|&(key, _)| !is_about_files(tree, key));
    Some(tree.add(tree.span(root), Value::Mapping(entries)))
}

/// The own file first, then what it includes: no name stands in two of them.
fn side_by_side<'t>(tree: &mut Tree<'t>, mut parts: Vec<Tree<'t>>) -> Option<NodeId> {
    parts.rotate_right(1);
    let mut entries: Entries = Vec::new();
    let mut span: Option<Span> = None;
    for part in parts {
        span.get_or_insert(part.span(part.root));
        let root = tree.absorb(part);
        for (key, value) in as_entries(tree, root)? {
            add(tree, &mut entries, key, value);
        }
    }
    Some(tree.add(span?, Value::Mapping(entries)))
}

/// A section that stands in several files is one section.
fn add(tree: &mut Tree<'_>, entries: &mut Entries, key: NodeId, value: NodeId) {
    if is_about_files(tree, key) {
        return;
    }
    let known = entries.iter().position(|&(known, _)| tree.text(known) == tree.text(key));
    let Some(at) = known else { return entries.push((key, value)) };
    let both = (as_entries(tree, entries[at].1), as_entries(tree, value));
    if let (Some(mut all), Some(more)) = both {
        all.extend(more);
        entries[at].1 = tree.add(tree.span(entries[at].1), Value::Mapping(all));
    }
}

/// True also for what starts with `x-`, which means nothing.
fn is_about_files(tree: &Tree<'_>, key: NodeId) -> bool {
    tree.text(key).is_some_and(|word| ABOUT_FILES.contains(&word) || word.starts_with("x-"))
}

/// The entries of a mapping; a list of names is the short form of one.
pub(super) fn as_entries(tree: &mut Tree<'_>, id: NodeId) -> Option<Entries> {
    match &tree.get(id).value {
        Value::Mapping(entries) => Some(entries.clone()),
        Value::Scalar(_) if tree.is_null(id) => Some(Vec::new()),
        Value::Sequence(items) => {
            let items = items.clone();
            let is_name = |&item: &NodeId| tree.text(item).is_some();
            if !items.iter().all(is_name) {
                return None;
            }
            let without = |item| (item, tree.add_null(tree.span(item)));
            Some(items.into_iter().map(without).collect())
        }
        _ => None,
    }
}
