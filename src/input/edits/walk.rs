//! Both trees side by side: lists the edits between them, or makes some of them.
//!
//! One walk does both, so that an edit has the same number in either. It calls itself as deep
//! as the reader lets collections nest.

use rustc_hash::FxHashMap;

use super::super::yaml::{Entries, NodeId, Tree, Value};
use super::join::as_entries;
use super::{Edit, EditKind};
use crate::source::Span;

pub(super) struct Walk<'w, 't> {
    tree: &'w mut Tree<'t>,
    /// Of the nodes that were there before the walk.
    shapes: &'w [u32],
    task: Task<'w>,
    path: Vec<String>,
    /// The key in the new text below which the walk is.
    below: Option<Span>,
}

enum Task<'w> {
    List(&'w mut Vec<Edit>),
    /// Make the chosen ones; the number of the next one.
    Apply(&'w [bool], usize),
}

type Entry = (NodeId, NodeId);

impl<'w, 't> Walk<'w, 't> {
    pub(super) fn listing(
        tree: &'w mut Tree<'t>,
        shapes: &'w [u32],
        edits: &'w mut Vec<Edit>,
    ) -> Walk<'w, 't> {
        Walk { tree, shapes, task: Task::List(edits), path: Vec::new(), below: None }
    }

    pub(super) fn applying(
        tree: &'w mut Tree<'t>,
        shapes: &'w [u32],
        chosen: &'w [bool],
    ) -> Walk<'w, 't> {
        Walk { tree, shapes, task: Task::Apply(chosen, 0), path: Vec::new(), below: None }
    }

    /// The root of the old tree with the chosen edits made.
    pub(super) fn run(mut self, old: NodeId, new: NodeId) -> NodeId {
        self.below = Some(self.tree.span(new).head());
        let before = self.tree.nodes.len();
        let root = self.pair(old, new);
        if let Task::List(_) = self.task {
            self.tree.nodes.truncate(before);
        }
        root
    }

    /// Notes an edit; true if it is to be made.
    fn edit(&mut self, kind: EditKind, old: Option<Span>, new: Option<Span>) -> bool {
        match &mut self.task {
            Task::List(edits) => {
                // The root stands in the new text, so there is always something above.
                if let Some(new) = new.or(self.below) {
                    edits.push(Edit { path: self.path.clone(), kind, old, new });
                }
                false
            }
            Task::Apply(chosen, next) => {
                let is_chosen = chosen.get(*next).copied().unwrap_or(false);
                *next += 1;
                is_chosen
            }
        }
    }

    fn pair(&mut self, old: NodeId, new: NodeId) -> NodeId {
        if self.is_same(old, new) {
            return old;
        }
        if let Some((old_entries, new_entries)) = self.both_mappings(old, new) {
            let entries = self.mappings(old_entries, &new_entries);
            return self.tree.add(self.tree.span(old), Value::Mapping(entries));
        }
        if let Some((old_items, new_items)) = self.both_sequences(old, new) {
            let items = self.sequences(&old_items, &new_items, self.tree.span(new));
            return self.tree.add(self.tree.span(old), Value::Sequence(items));
        }
        let (was, is) = (self.tree.span(old), self.tree.span(new));
        if self.edit(EditKind::Changed, Some(was), Some(is)) { new } else { old }
    }

    fn is_same(&self, old: NodeId, new: NodeId) -> bool {
        let shape = |id: NodeId| self.shapes.get(id.0 as usize);
        old == new || (shape(old).is_some() && shape(old) == shape(new))
    }

    /// The entries of both if both are mappings, or forms of one where the other is.
    fn both_mappings(&mut self, old: NodeId, new: NodeId) -> Option<(Entries, Entries)> {
        let is_mapping = |id| matches!(self.tree.get(id).value, Value::Mapping(_));
        if !is_mapping(old) && !is_mapping(new) {
            return None;
        }
        Some((as_entries(self.tree, old)?, as_entries(self.tree, new)?))
    }

    /// The items of both if one is a list; a value alone is a list of one.
    fn both_sequences(&self, old: NodeId, new: NodeId) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
        let items = |id: NodeId| match &self.tree.get(id).value {
            Value::Sequence(items) => Some(items.clone()),
            _ => None,
        };
        let (old_items, new_items) = (items(old), items(new));
        if old_items.is_none() && new_items.is_none() {
            return None;
        }
        let alone = |id| if self.tree.is_null(id) { Vec::new() } else { vec![id] };
        Some((old_items.unwrap_or_else(|| alone(old)), new_items.unwrap_or_else(|| alone(new))))
    }

    fn mappings(&mut self, old: Entries, new: &[Entry]) -> Entries {
        let by_key: FxHashMap<String, Entry> =
            new.iter().map(|&entry| (self.word(entry.0), entry)).collect();
        let mut known: FxHashMap<String, ()> = FxHashMap::default();
        let mut entries = Vec::with_capacity(old.len());
        for (key, value) in old {
            let word = self.word(key);
            let other = by_key.get(&word).copied();
            known.insert(word.clone(), ());
            entries.extend(self.entry(word, Some((key, value)), other));
        }
        for &entry in new {
            let word = self.word(entry.0);
            if !known.contains_key(&word) {
                entries.extend(self.entry(word, None, Some(entry)));
            }
        }
        entries
    }

    /// One key that stands on one side or on both.
    fn entry(&mut self, word: String, old: Option<Entry>, new: Option<Entry>) -> Option<Entry> {
        let above = self.below;
        self.path.push(word);
        let merged = match (old, new) {
            (Some((key, was)), Some((new_key, is))) => {
                self.below = Some(self.tree.span(new_key));
                Some((key, self.pair(was, is)))
            }
            (Some((key, was)), None) if self.is_section(was) => {
                let empty = self.tree.add(self.tree.span(was), Value::Mapping(Vec::new()));
                Some((key, self.pair(was, empty)))
            }
            (None, Some((key, is))) if self.is_section(is) => {
                self.below = Some(self.tree.span(key));
                let empty = self.tree.add(self.tree.span(is), Value::Mapping(Vec::new()));
                Some((key, self.pair(empty, is)))
            }
            (Some(entry), None) => {
                let was = self.tree.span(entry.0);
                Some(entry).filter(|_| !self.edit(EditKind::Removed, Some(was), None))
            }
            (None, Some(entry)) => {
                let is = self.tree.span(entry.0);
                Some(entry).filter(|_| self.edit(EditKind::Added, None, Some(is)))
            }
            (None, None) => None,
        };
        self.path.pop();
        self.below = above;
        merged
    }

    /// A section without its things says nothing, so its things come and go one by one.
    fn is_section(&mut self, value: NodeId) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let Some(entries) = as_entries(self.tree, value) else { return false };
        let named = |&(_, value): &Entry| {
            self.tree.is_null(value) || matches!(self.tree.get(value).value, Value::Mapping(_))
        };
        let may_be = match path.as_slice() {
            ["biztalk"] => false,
            [_] | ["biztalk", _] | ["biztalk_groups", _, _] => true,
            _ => false,
        };
        may_be && !entries.is_empty() && entries.iter().all(named)
    }

    fn sequences(&mut self, old: &[NodeId], new: &[NodeId], list: Span) -> Vec<NodeId> {
        let partner = self.partners(old, new);
        let order: Vec<usize> = partner.iter().flatten().copied().collect();
        let is_moved = order.windows(2).any(|two| two[0] > two[1]);
        let as_new = is_moved && self.edit(EditKind::Reordered, None, Some(list));
        // Every old item once, then what is new, so that numbers do not depend on choices.
        let kept: Vec<Option<NodeId>> = old
            .iter()
            .zip(&partner)
            .map(|(&item, &at)| self.old_item(item, at.map(|at| new[at])))
            .collect();
        let mut added: Vec<Option<NodeId>> = vec![None; new.len()];
        let mut is_common = vec![false; new.len()];
        partner.iter().flatten().for_each(|&at| is_common[at] = true);
        for (at, &item) in new.iter().enumerate().filter(|(at, _)| !is_common[*at]) {
            let is = self.tree.span(item);
            self.path.push(self.item_word(item));
            added[at] = Some(item).filter(|_| self.edit(EditKind::Added, None, Some(is)));
            self.path.pop();
        }
        if is_moved && !as_new {
            return kept.into_iter().chain(added).flatten().collect();
        }
        in_order(&kept, &partner, &added)
    }

    fn old_item(&mut self, item: NodeId, other: Option<NodeId>) -> Option<NodeId> {
        self.path.push(self.item_word(item));
        let kept = match other {
            Some(other) => Some(self.pair(item, other)),
            None => {
                let was = self.tree.span(item);
                Some(item).filter(|_| !self.edit(EditKind::Removed, Some(was), None))
            }
        };
        self.path.pop();
        kept
    }

    /// For each old item the new one that it is: the same content, else the same name,
    /// else a collection in place of a collection.
    fn partners(&self, old: &[NodeId], new: &[NodeId]) -> Vec<Option<usize>> {
        let shape = |id: NodeId| self.shapes.get(id.0 as usize).map(|shape| format!("={shape}"));
        let name = |id: NodeId| self.name_of(id);
        let collection = |id: NodeId| {
            let is_scalar = matches!(self.tree.get(id).value, Value::Scalar(_));
            (!is_scalar).then(String::new)
        };
        let mut partner = vec![None; old.len()];
        let mut taken = vec![false; new.len()];
        let ways: [&dyn Fn(NodeId) -> Option<String>; 3] = [&shape, &name, &collection];
        for key in ways {
            let mut free: FxHashMap<String, Vec<usize>> = FxHashMap::default();
            for (at, &item) in new.iter().enumerate().rev().filter(|(at, _)| !taken[*at]) {
                if let Some(key) = key(item) {
                    free.entry(key).or_default().push(at);
                }
            }
            for (at, &item) in old.iter().enumerate() {
                if partner[at].is_some() {
                    continue;
                }
                let found = key(item).and_then(|key| free.get_mut(&key)?.pop());
                if let Some(found) = found {
                    (partner[at], taken[found]) = (Some(found), true);
                }
            }
        }
        partner
    }

    /// What an item of a list goes by.
    fn name_of(&self, item: NodeId) -> Option<String> {
        let Value::Mapping(entries) = &self.tree.get(item).value else { return None };
        let named = |key: &str| entries.iter().find(|(k, _)| self.tree.text(*k) == Some(key));
        let (_, value) = ["name", "instance"].into_iter().find_map(named)?;
        self.tree.text(*value).map(str::to_owned)
    }

    fn item_word(&self, item: NodeId) -> String {
        let word = self.tree.text(item).map(str::to_owned);
        word.or_else(|| self.name_of(item)).unwrap_or_else(|| "(item)".to_owned())
    }

    fn word(&self, key: NodeId) -> String {
        self.tree.text(key).unwrap_or("").to_owned()
    }
}

/// The items in the order of the new list; what only the old one has stays behind what it
/// stood behind.
fn in_order(
    kept: &[Option<NodeId>],
    partner: &[Option<usize>],
    added: &[Option<NodeId>],
) -> Vec<NodeId> {
    let mut behind: Vec<Vec<NodeId>> = vec![Vec::new(); added.len() + 1];
    let mut of_new: Vec<Option<NodeId>> = added.to_vec();
    let mut last = 0;
    for (item, at) in kept.iter().zip(partner) {
        match at {
            Some(at) => {
                of_new[*at] = *item;
                last = at + 1;
            }
            None => behind[last].extend(item),
        }
    }
    let mut items: Vec<NodeId> = behind[0].clone();
    for (at, item) in of_new.iter().enumerate() {
        items.extend(item);
        items.extend(&behind[at + 1]);
    }
    items
}
