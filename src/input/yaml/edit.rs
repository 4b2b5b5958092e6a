//! One tree from several: nodes keep the places of the files they come from.

use std::borrow::Cow;

use super::{Node, NodeId, Scalar, ScalarType, Tree, Value};
use crate::source::Span;

/// Keys with their values, in the order of the file.
pub(in crate::input) type Entries = Vec<(NodeId, NodeId)>;

impl<'t> Tree<'t> {
    /// Takes in the nodes of another tree and says where its root is now.
    pub(in crate::input) fn absorb(&mut self, other: Tree<'t>) -> NodeId {
        let offset = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let moved = |id: NodeId| NodeId(id.0.saturating_add(offset));
        self.nodes.extend(other.nodes.into_iter().map(|mut node| {
            match &mut node.value {
                Value::Scalar(_) => {}
                Value::Sequence(items) => items.iter_mut().for_each(|item| *item = moved(*item)),
                Value::Mapping(entries) => {
                    entries.iter_mut().for_each(|(k, v)| (*k, *v) = (moved(*k), moved(*v)));
                }
                Value::Alias(target) => *target = moved(*target),
            }
            node
        }));
        self.comments.extend(other.comments);
        moved(other.root)
    }

    pub(in crate::input) fn add(&mut self, span: Span, value: Value<'t>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { span, value });
        id
    }

    pub(in crate::input) fn add_null(&mut self, span: Span) -> NodeId {
        self.add(span, Value::Scalar(Scalar { text: Cow::Borrowed(""), plain: true }))
    }

    pub(in crate::input) fn set(&mut self, id: NodeId, value: Value<'t>) {
        self.nodes[id.0 as usize].value = value;
    }

    pub(in crate::input) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Where the node is kept, with aliases followed.
    pub(in crate::input) fn target(&self, id: NodeId) -> NodeId {
        match self.nodes[id.0 as usize].value {
            Value::Alias(target) => target,
            _ => id,
        }
    }

    pub(in crate::input) fn text(&self, id: NodeId) -> Option<&str> {
        match &self.get(id).value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    pub(in crate::input) fn is_null(&self, id: NodeId) -> bool {
        matches!(&self.get(id).value, Value::Scalar(s) if s.resolve() == ScalarType::Null)
    }

    /// The value of a key of the root.
    pub(in crate::input) fn root_value(&self, key: &str) -> Option<NodeId> {
        self.value_of(self.root, key)
    }

    pub(in crate::input) fn value_of(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        let Value::Mapping(entries) = &self.get(mapping).value else { return None };
        entries.iter().find(|(name, _)| self.text(*name) == Some(key)).map(|&(_, value)| value)
    }

    /// The texts of a list, or of one text alone, with their places.
    pub(in crate::input) fn words(&self, id: NodeId) -> Vec<(&str, Span)> {
        let one = [id];
        let items = match &self.get(id).value {
            Value::Sequence(items) => items.as_slice(),
            _ => &one,
        };
        let word = |&item: &NodeId| match &self.get(item).value {
            Value::Scalar(scalar) if scalar.resolve() != ScalarType::Null => {
                Some((scalar.text.as_ref(), self.span(item)))
            }
            _ => None,
        };
        items.iter().filter_map(word).collect()
    }
}

impl NodeId {
    pub(in crate::input) fn index(self) -> usize {
        self.0 as usize
    }
}
