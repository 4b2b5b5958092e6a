//! A number for each node that tells its content: two nodes say the same if and only if they
//! have the same number. The order of keys says nothing, the order of items does.

use rustc_hash::FxHashMap;

use super::super::yaml::{NodeId, ScalarType, Tree, Value};

#[derive(Debug, PartialEq, Eq, Hash)]
enum Shape {
    Null,
    /// As written, and whether it is text for certain.
    Scalar(String, bool),
    Sequence(Vec<u32>),
    Mapping(Vec<(u32, u32)>),
}

pub(super) fn of(tree: &Tree<'_>) -> Vec<u32> {
    let mut shapes = Shapes { tree, known: FxHashMap::default(), of: vec![None; tree.nodes.len()] };
    let ids = (0..tree.nodes.len()).map(|index| NodeId(index as u32));
    ids.map(|id| shapes.shape(id)).collect()
}

struct Shapes<'a, 't> {
    tree: &'a Tree<'t>,
    known: FxHashMap<Shape, u32>,
    of: Vec<Option<u32>>,
}

impl Shapes<'_, '_> {
    /// Calls itself as deep as the reader lets collections nest, aliases followed.
    fn shape(&mut self, id: NodeId) -> u32 {
        if let Some(known) = self.of[id.0 as usize] {
            return known;
        }
        let tree = self.tree;
        let shape = match &tree.get(id).value {
            Value::Scalar(scalar) => match scalar.resolve() {
                ScalarType::Null => Shape::Null,
                kind => Shape::Scalar(scalar.text.to_string(), kind == ScalarType::Text),
            },
            Value::Sequence(items) => {
                Shape::Sequence(items.iter().map(|&item| self.shape(item)).collect())
            }
            Value::Mapping(entries) => {
                let pair = |&(key, value): &(NodeId, NodeId)| (self.shape(key), self.shape(value));
                let mut pairs: Vec<(u32, u32)> = entries.iter().map(pair).collect();
                pairs.sort_unstable();
                Shape::Mapping(pairs)
            }
            // An alias points at what is no alias.
            Value::Alias(_) => Shape::Null,
        };
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let number = *self.known.entry(shape).or_insert(next);
        self.of[id.0 as usize] = Some(number);
        number
    }
}
