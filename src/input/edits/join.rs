//! The files of one topology as one tree.

use super::super::yaml::{self, Limits, Node, NodeId, Scalar, Tree, Value};
use crate::source::{FileId, SourceMap, Span};

/// Adds the nodes of some files to the tree; the result is their common root.
pub(super) fn files<'t>(
    tree: &mut Tree<'t>,
    sources: &'t SourceMap,
    files: &[FileId],
    limits: &Limits,
) -> Option<NodeId> {
    let mut entries: Vec<(NodeId, NodeId)> = Vec::new();
    let mut span: Option<Span> = None;
    for &file in files {
        let part = yaml::parse(file, sources.file(file)?.text(), limits, &mut Vec::new()).ok()?;
        span.get_or_insert(part.span(part.root));
        let root = adopt(tree, part);
        for (key, value) in as_entries(tree, root)? {
            add(tree, &mut entries, key, value);
        }
    }
    Some(push(tree, span?, Value::Mapping(entries)))
}

/// Moves the nodes of a file behind those that are there.
fn adopt<'t>(tree: &mut Tree<'t>, part: Tree<'t>) -> NodeId {
    let first = u32::try_from(tree.nodes.len()).unwrap_or(u32::MAX);
    let shifted = |id: NodeId| NodeId(id.0.saturating_add(first));
    tree.nodes.extend(part.nodes.into_iter().map(|node| Node {
        span: node.span,
        value: match node.value {
            Value::Scalar(scalar) => Value::Scalar(scalar),
            Value::Sequence(items) => Value::Sequence(items.into_iter().map(shifted).collect()),
            Value::Mapping(entries) => Value::Mapping(
                entries.into_iter().map(|(key, value)| (shifted(key), shifted(value))).collect(),
            ),
            Value::Alias(target) => Value::Alias(shifted(target)),
        },
    }));
    shifted(part.root)
}

/// A section that stands in several files is one section.
fn add(tree: &mut Tree<'_>, entries: &mut Vec<(NodeId, NodeId)>, key: NodeId, value: NodeId) {
    let word = text(tree, key).unwrap_or("").to_owned();
    // What is included is part of the tree already; what starts with `x-` means nothing.
    if word == "include" || word.starts_with("x-") {
        return;
    }
    let known = entries.iter().position(|&(known, _)| text(tree, known) == Some(word.as_str()));
    let Some(at) = known else { return entries.push((key, value)) };
    let both = (as_entries(tree, entries[at].1), as_entries(tree, value));
    if let (Some(mut all), Some(more)) = both {
        all.extend(more);
        entries[at].1 = push(tree, tree.span(entries[at].1), Value::Mapping(all));
    }
}

/// The entries of a mapping; a list of names is the short form of one.
pub(super) fn as_entries(tree: &mut Tree<'_>, id: NodeId) -> Option<Vec<(NodeId, NodeId)>> {
    match &tree.get(id).value {
        Value::Mapping(entries) => Some(entries.clone()),
        Value::Scalar(_) if is_null(tree, id) => Some(Vec::new()),
        Value::Sequence(items) => {
            let items = items.clone();
            let is_name = |&item: &NodeId| text(tree, item).is_some();
            if !items.iter().all(is_name) {
                return None;
            }
            Some(items.into_iter().map(|item| (item, push_null(tree, item))).collect())
        }
        _ => None,
    }
}

fn push_null(tree: &mut Tree<'_>, beside: NodeId) -> NodeId {
    let span = tree.span(beside);
    push(tree, span, Value::Scalar(Scalar { text: "".into(), plain: true }))
}

pub(super) fn push<'t>(tree: &mut Tree<'t>, span: Span, value: Value<'t>) -> NodeId {
    let id = NodeId(u32::try_from(tree.nodes.len()).unwrap_or(u32::MAX));
    tree.nodes.push(Node { span, value });
    id
}

pub(super) fn text<'s>(tree: &'s Tree<'_>, id: NodeId) -> Option<&'s str> {
    match &tree.get(id).value {
        Value::Scalar(scalar) => Some(&scalar.text),
        _ => None,
    }
}

pub(super) fn is_null(tree: &Tree<'_>, id: NodeId) -> bool {
    match &tree.get(id).value {
        Value::Scalar(scalar) => scalar.resolve() == yaml::ScalarType::Null,
        _ => false,
    }
}
