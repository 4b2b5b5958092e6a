//! Changes of a topology as edits of its text: the least that says it, in the style of
//! what stands there. Comments and layout stay, byte for byte.
//!
//! What is not certain to change this one place only is refused: a part that an alias
//! repeats elsewhere, a list that is merged in, a line that holds more than it seems.

mod layout;

use super::Limits;
use super::yaml::{self, NodeId, ScalarType, Tree, Value};
use crate::change::Step;
use crate::source::{Edit, FileId, SourceMap, Span};
use crate::text::yaml_word;

/// The edits that these steps come to; `None` if one of them is refused.
pub fn edits(sources: &SourceMap, steps: &[Step], limits: &Limits) -> Option<Vec<Edit>> {
    let mut pages: Vec<Page<'_>> = Vec::new();
    let mut edits = Vec::new();
    for step in steps {
        let file = match step {
            Step::Add { of, .. } | Step::Set { of, .. } => of.file,
            Step::Remove { item } => item.file,
        };
        if !pages.iter().any(|page| page.file == file) {
            pages.push(Page::new(sources, file, limits)?);
        }
        let page = pages.iter().find(|page| page.file == file)?;
        edits.extend(page.step(step)?);
    }
    Some(edits)
}

/// One file with its tree.
struct Page<'t> {
    file: FileId,
    text: &'t str,
    tree: Tree<'t>,
    /// What aliases repeat.
    shared: Vec<Span>,
}

/// An entry of a mapping.
type Entry = (NodeId, NodeId);

impl<'t> Page<'t> {
    fn new(sources: &'t SourceMap, file: FileId, limits: &Limits) -> Option<Page<'t>> {
        let text = sources.file(file)?.text();
        let tree = yaml::parse(file, text, limits, limits.nodes, &mut Vec::new()).ok()?;
        let targets = tree.nodes().iter().filter_map(|node| match node.value {
            Value::Alias(target) => Some(tree.span(target)),
            _ => None,
        });
        let shared = targets.collect();
        Some(Page { file, text, tree, shared })
    }

    fn step(&self, step: &Step) -> Option<Vec<Edit>> {
        match step {
            Step::Add { of, key, items } => Some(vec![self.add(*of, key, items)?]),
            Step::Set { of, key, value } => Some(vec![self.set(*of, key, value)?]),
            Step::Remove { item } => self.remove(*item),
        }
    }

    fn add(&self, of: Span, key: &str, items: &[String]) -> Option<Edit> {
        let definition = self.definition(of)?;
        match self.entry(definition.1, key)? {
            Some(entry) => self.add_to(entry, items),
            None => self.new_entry(definition, &format!("{key}: [{}]", flow_items(items))),
        }
    }

    fn set(&self, of: Span, key: &str, value: &str) -> Option<Edit> {
        let definition = self.definition(of)?;
        let value = yaml_word(value);
        let Some(entry) = self.entry(definition.1, key)? else {
            return self.new_entry(definition, &format!("{key}: {value}"));
        };
        let span = self.tree.span(entry.1);
        match &self.tree.node(entry.1).value {
            Value::Scalar(_) if self.is_empty(entry.1) => self.behind(entry.0, &value),
            // An alias is this place alone; what it stands for stays.
            Value::Scalar(_) | Value::Alias(_) => Some(Edit { span, text: value }),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    fn remove(&self, item: Span) -> Option<Vec<Edit>> {
        if self.is_shared(item) {
            return None;
        }
        if let Some((mapping, at)) = self.entry_at(item) {
            return self.remove_entry(mapping, at);
        }
        let bytes = item.start as usize..item.end as usize;
        match self.list_of(item)? {
            List::Alone => Some(vec![Edit { span: item, text: "[]".to_owned() }]),
            List::Flow { before, after } => {
                let gone = layout::item_with_comma(self.text, before, bytes, after)?;
                Some(vec![self.cut(gone)])
            }
            List::Block { emptied } => {
                let mut edits = vec![self.cut(layout::item_with_line(self.text, bytes)?)];
                // A key without a value would be a mistake of the author's.
                if let Some(key) = emptied {
                    edits.push(self.behind(key, "[]")?);
                }
                Some(edits)
            }
        }
    }

    /// The mapping with a key that stands there: its own key, itself, and which entry that is.
    fn entry_at(&self, key: Span) -> Option<(Entry, usize)> {
        let mappings = self.tree.nodes().iter().filter_map(|node| match &node.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        });
        mappings.flatten().find_map(|&holder| {
            let Value::Mapping(entries) = &self.tree.node(holder.1).value else { return None };
            let at = entries.iter().position(|(name, _)| self.tree.span(*name) == key)?;
            Some((holder, at))
        })
    }

    /// An entry goes only if nothing is said about it: that would be lost with it.
    fn remove_entry(&self, (holder, mapping): Entry, at: usize) -> Option<Vec<Edit>> {
        let Value::Mapping(entries) = &self.tree.node(mapping).value else { return None };
        let entry = *entries.get(at)?;
        let is_own = entries.iter().all(|entry| self.is_own(mapping, *entry));
        if !is_own || !self.says_nothing(entry.1) {
            return None;
        }
        let bytes = self.tree.span(entry.0).start as usize..self.end_of_entry(entry)?;
        if self.is_flow(mapping) {
            let before = at.checked_sub(1).and_then(|before| entries.get(before));
            let before = before.map_or(Some(None), |entry| self.end_of_entry(*entry).map(Some))?;
            let after = entries.get(at + 1).map(|(key, _)| self.tree.span(*key).start as usize);
            return Some(vec![self.cut(layout::item_with_comma(self.text, before, bytes, after)?)]);
        }
        let mut edits = vec![self.cut(layout::entry_with_line(self.text, bytes)?)];
        if entries.len() == 1 {
            edits.push(self.behind(holder, "{}")?);
        }
        Some(edits)
    }

    fn says_nothing(&self, value: NodeId) -> bool {
        match &self.tree.node(value).value {
            Value::Scalar(scalar) => scalar.resolve() == ScalarType::Null,
            Value::Mapping(entries) => entries.is_empty(),
            Value::Sequence(_) | Value::Alias(_) => false,
        }
    }

    fn cut(&self, range: std::ops::Range<usize>) -> Edit {
        Edit { span: Span::new(self.file, range.start, range.end), text: String::new() }
    }

    /// The name and the value of what is defined there.
    fn definition(&self, of: Span) -> Option<Entry> {
        let entries = self.tree.nodes().iter().filter_map(|node| match &node.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        });
        let found = entries.flatten().find(|(key, _)| self.tree.span(*key) == of).copied();
        found.filter(|(_, value)| !self.is_shared(of) && !self.is_shared(self.tree.span(*value)))
    }

    fn is_shared(&self, place: Span) -> bool {
        self.shared.iter().any(|span| span.start <= place.start && place.start < span.end)
    }

    /// The entry with that key; refused where it is merged in from elsewhere.
    fn entry(&self, value: NodeId, key: &str) -> Option<Option<Entry>> {
        let Value::Mapping(entries) = &self.tree.node(value).value else {
            return self.is_empty(value).then_some(None);
        };
        let is_key = |id: NodeId| match &self.tree.get(id).value {
            Value::Scalar(scalar) => scalar.text == key,
            _ => false,
        };
        match entries.iter().find(|(name, _)| is_key(*name)) {
            Some(entry) => self.is_own(value, *entry).then_some(Some(*entry)),
            None => Some(None),
        }
    }

    /// Merged entries stand elsewhere, and an anchor stands before its aliases.
    fn is_own(&self, mapping: NodeId, entry: Entry) -> bool {
        self.tree.span(entry.0).start >= self.tree.span(mapping).start
    }

    fn is_empty(&self, value: NodeId) -> bool {
        match &self.tree.node(value).value {
            Value::Scalar(scalar) => {
                scalar.resolve() == ScalarType::Null && self.tree.span(value).is_empty()
            }
            _ => false,
        }
    }

    fn add_to(&self, (key, list): Entry, items: &[String]) -> Option<Edit> {
        if self.is_shared(self.tree.span(list)) {
            return None;
        }
        match &self.tree.node(list).value {
            Value::Alias(_) => None,
            Value::Scalar(_) if self.is_empty(list) => {
                self.behind(key, &format!("[{}]", flow_items(items)))
            }
            // One value alone is a list of one.
            Value::Scalar(scalar) => {
                let text = format!("[{}, {}]", yaml_word(&scalar.text), flow_items(items));
                Some(Edit { span: self.tree.span(list), text })
            }
            Value::Sequence(there) => self.extend_list(list, there, items),
            // The items by name, with nothing said about them.
            Value::Mapping(_) => {
                let is_flow = self.is_flow(list);
                let (ending, between) = if is_flow { (": {}", ", ") } else { (":", "\n") };
                let names = items.iter().map(|item| yaml_word(item) + ending);
                self.extend_mapping(list, &names.collect::<Vec<_>>().join(between))
            }
        }
    }

    fn extend_list(&self, list: NodeId, there: &[NodeId], items: &[String]) -> Option<Edit> {
        let last = there.last().map(|last| self.tree.span(*last));
        if self.is_flow(list) {
            return self.extend_flow(list, last.map(|last| last.end as usize), &flow_items(items));
        }
        let last = last?;
        let prefix = layout::item_prefix(self.text, last.start as usize)?;
        let lines = items.iter().map(|item| format!("{prefix}{}", yaml_word(item)));
        self.new_lines(last.end as usize, lines)
    }

    fn new_entry(&self, (name, value): Entry, entry: &str) -> Option<Edit> {
        match &self.tree.node(value).value {
            Value::Mapping(_) => self.extend_mapping(value, entry),
            _ => self.behind(name, &format!("{{ {entry} }}")),
        }
    }

    /// One entry, or a line for each.
    fn extend_mapping(&self, mapping: NodeId, entries: &str) -> Option<Edit> {
        let Value::Mapping(there) = &self.tree.node(mapping).value else { return None };
        let own = there.iter().filter(|entry| self.is_own(mapping, **entry));
        let last = own.max_by_key(|(key, _)| self.tree.span(*key).start).copied();
        if self.is_flow(mapping) {
            let end = last.map(|last| self.end_of_entry(last));
            return self.extend_flow(
                mapping,
                end.map_or(Some(None), |end| end.map(Some))?,
                entries,
            );
        }
        let last = last?;
        let indent = layout::key_indent(self.text, self.tree.span(last.0).start as usize)?;
        let lines = entries.lines().map(|entry| format!("{indent}{entry}"));
        self.new_lines(self.end_of_entry(last)?, lines)
    }

    /// Behind the last thing between the brackets, or as the first.
    fn extend_flow(&self, list: NodeId, last: Option<usize>, what: &str) -> Option<Edit> {
        if let Some(end) = last {
            return Some(self.insert(end, format!(", {what}")));
        }
        let span = self.tree.span(list);
        let (start, end) = (span.start as usize + 1, span.end as usize - 1);
        let blank = self.text.get(start..end)?.trim().is_empty();
        let spaced = if self.text[span.start as usize..].starts_with('{') { " " } else { "" };
        let text = format!("{spaced}{what}{spaced}");
        blank.then(|| Edit { span: Span::new(self.file, start, end), text })
    }

    fn new_lines(&self, end: usize, lines: impl Iterator<Item = String>) -> Option<Edit> {
        let (at, line_break) = layout::after_line(self.text, end)?;
        Some(self.insert(at, lines.map(|line| format!("{line_break}{line}")).collect()))
    }

    /// The value of a key that has none.
    fn behind(&self, key: NodeId, value: &str) -> Option<Edit> {
        let at = layout::after_colon(self.text, self.tree.span(key).end as usize)?;
        Some(self.insert(at, format!(" {value}")))
    }

    fn insert(&self, at: usize, text: String) -> Edit {
        Edit { span: Span::new(self.file, at, at), text }
    }

    fn end_of_entry(&self, (key, value): Entry) -> Option<usize> {
        match self.is_empty(value) {
            true => layout::after_colon(self.text, self.tree.span(key).end as usize),
            false => self.end(value),
        }
    }

    /// The end of the last thing in it: that of a block collection is where the next one starts.
    fn end(&self, node: NodeId) -> Option<usize> {
        let mut node = node;
        loop {
            if self.is_flow(node) {
                return Some(self.tree.span(node).end as usize);
            }
            match &self.tree.node(node).value {
                Value::Scalar(_) | Value::Alias(_) => {
                    return Some(self.tree.span(node).end as usize);
                }
                Value::Sequence(items) => node = *items.last()?,
                Value::Mapping(entries) => {
                    let own = entries.iter().filter(|entry| self.is_own(node, **entry));
                    let last = own.max_by_key(|(key, _)| self.tree.span(*key).start)?;
                    if self.is_empty(last.1) {
                        return self.end_of_entry(*last);
                    }
                    node = last.1;
                }
            }
        }
    }

    fn is_flow(&self, node: NodeId) -> bool {
        let node = self.tree.node(node);
        let bracket = match node.value {
            Value::Sequence(_) => '[',
            Value::Mapping(_) => '{',
            Value::Scalar(_) | Value::Alias(_) => return false,
        };
        self.text[node.span.start as usize..].starts_with(bracket)
    }

    fn key_of(&self, value: Span) -> Option<NodeId> {
        let entries = self.tree.nodes().iter().filter_map(|node| match &node.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        });
        let mut entries = entries.flatten();
        entries.find(|(_, of)| self.tree.span(*of) == value).map(|(key, _)| *key)
    }

    /// The list that holds this item, seen from the item.
    fn list_of(&self, item: Span) -> Option<List> {
        for node in self.tree.nodes() {
            match &node.value {
                Value::Sequence(items) => {
                    let span = |id: &NodeId| self.tree.span(*id);
                    let Some(at) = items.iter().position(|id| span(id) == item) else { continue };
                    if !self.text[node.span.start as usize..].starts_with('[') {
                        let emptied = self.key_of(node.span).filter(|_| items.len() == 1);
                        return Some(List::Block { emptied });
                    }
                    let before = at.checked_sub(1).map(|before| span(&items[before]).end as usize);
                    let after = items.get(at + 1).map(|after| span(after).start as usize);
                    return Some(List::Flow { before, after });
                }
                Value::Mapping(entries)
                    if entries.iter().any(|(_, value)| self.tree.span(*value) == item) =>
                {
                    return Some(List::Alone);
                }
                _ => {}
            }
        }
        None
    }
}

/// How an item stands in its list.
enum List {
    /// One value alone, which is a list of one.
    Alone,
    /// Between brackets, with what ends before it and what starts after it.
    Flow { before: Option<usize>, after: Option<usize> },
    /// On a line of its own; with the key of the list if it is the last one.
    Block { emptied: Option<NodeId> },
}

fn flow_items(items: &[String]) -> String {
    items.iter().map(|item| yaml_word(item)).collect::<Vec<_>>().join(", ")
}
