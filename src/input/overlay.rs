//! One topology laid over another.
//!
//! Trees are joined, not models, so that every key and value keeps the place of the
//! file that says it. What is a set of keys, what is a set of names and what is one
//! value is read off the schema of the language, which the reader's own types make.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value as Json};

use super::de::Problems;
use super::schema;
use super::yaml::{Entries, NodeId, Tree, Value};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Removed;
use crate::source::Span;
use crate::text;

/// The key that leaves out what the files below say.
const REMOVE: &str = "remove";
/// The key of what stands in for something unknown.
const PLACEHOLDER: &str = "placeholder";

/// Joins trees, the later over the earlier.
pub(super) fn merge<'t>(layers: Vec<Tree<'t>>, problems: &Problems) -> Option<Tree<'t>> {
    let language = schema::topology();
    let mut layers = layers.into_iter();
    let lowest = layers.next()?;
    refuse_removal(&lowest, problems);
    let mut overlay = Overlay { language: &language, problems, tree: lowest };
    for layer in layers {
        overlay.lay(layer);
    }
    overlay.drop_placeholders();
    Some(overlay.tree)
}

/// What a layer takes out of those below it.
pub(super) fn removed(tree: &Tree<'_>) -> Vec<Removed> {
    let mut found = Vec::new();
    let mut open: Vec<(Vec<String>, NodeId)> =
        tree.root_value(REMOVE).map(|what| (Vec::new(), what)).into_iter().collect();
    while let Some((path, what)) = open.pop() {
        let to = |word: &str| path.iter().cloned().chain([word.to_owned()]).collect::<Vec<_>>();
        if let Value::Mapping(entries) = &tree.get(what).value {
            let deeper = entries.iter().rev();
            open.extend(deeper.filter_map(|&(key, what)| Some((to(tree.text(key)?), what))));
            continue;
        }
        let words = tree.words(what).into_iter();
        found.extend(words.map(|(word, at)| Removed { path: to(word), at }));
    }
    found
}

/// A file that lies on no other has nothing to leave out.
pub(super) fn refuse_removal(tree: &Tree<'_>, problems: &Problems) {
    if let Some(value) = tree.root_value(REMOVE) {
        problems.push(
            Diagnostic::error(
                "input/nothing-to-remove",
                tree.span(value),
                "`remove` has nothing to remove from: this file extends no other",
            )
            .help("name the topology it changes in `extends`, or take `remove` out"),
        );
    }
}

/// How two values of one key are joined.
enum Shape<'s> {
    /// A fixed set of keys, each with its own shape.
    Keys(&'s Map<String, Json>),
    /// Names of the author, all with one shape.
    Names(&'s Json),
    /// One value or one list: the later takes the place of the earlier.
    Whole,
}

struct Overlay<'p, 't> {
    language: &'p Json,
    problems: &'p Problems,
    tree: Tree<'t>,
}

impl<'p, 't> Overlay<'p, 't> {
    fn lay(&mut self, layer: Tree<'t>) {
        let mut below = self.tree.root;
        let above = self.tree.absorb(layer);
        if let Some(what) = self.tree.value_of(above, REMOVE) {
            below = self.without(below, what);
        }
        let language = self.language;
        self.tree.root = self.joined(language, below, above);
    }

    fn shape(&self, schema: &'p Json) -> Shape<'p> {
        let schema = self.resolved(schema);
        if let Some(keys) = schema.get("properties").and_then(Json::as_object) {
            return Shape::Keys(keys);
        }
        let choices = schema.get("anyOf").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let names = std::iter::once(schema)
            .chain(choices)
            .find_map(|choice| choice.get("additionalProperties").filter(|item| item.is_object()));
        match (names, choices) {
            (Some(item), _) => Shape::Names(item),
            // A named thing that may also have no attributes.
            (None, [one, nothing]) if nothing.get("type") == Some(&Json::from("null")) => {
                self.shape(one)
            }
            _ => Shape::Whole,
        }
    }

    fn resolved(&self, schema: &'p Json) -> &'p Json {
        let name = schema.get("$ref").and_then(Json::as_str);
        let name = name.and_then(|path| path.strip_prefix("#/$defs/"));
        name.and_then(|name| self.language.get("$defs")?.get(name)).unwrap_or(schema)
    }

    /// The language nests a handful of levels, and so does this.
    fn joined(&mut self, schema: &'p Json, below: NodeId, above: NodeId) -> NodeId {
        match self.shape(schema) {
            Shape::Whole => above,
            Shape::Keys(keys) => match (self.entries(below), self.entries(above)) {
                (Some(lower), Some(upper)) => {
                    self.join(below, lower, above, upper, |key| keys.get(key))
                }
                // Reported where it stands: what is below may be wrong as well as what is above.
                (None, _) if !self.tree.is_null(below) => below,
                _ => above,
            },
            Shape::Names(item) => match (self.named(below), self.named(above)) {
                (Some(lower), Some(upper)) => {
                    self.warn_of_near_names(&lower, &upper);
                    self.join(below, lower, above, upper, |_| Some(item))
                }
                (None, _) => below,
                _ => above,
            },
        }
    }

    fn join(
        &mut self,
        below: NodeId,
        mut entries: Entries,
        above: NodeId,
        upper: Entries,
        schema_of: impl Fn(&str) -> Option<&'p Json>,
    ) -> NodeId {
        if upper.is_empty() {
            return below;
        }
        let index: FxHashMap<String, usize> =
            entries.iter().enumerate().map(|(at, &(key, _))| (self.word(key), at)).collect();
        for (key, value) in upper {
            let word = self.word(key);
            match (index.get(&word), schema_of(&word)) {
                (Some(&at), Some(schema)) => {
                    let value = self.joined(schema, entries[at].1, value);
                    entries[at] = (key, value);
                }
                (Some(&at), None) => entries[at] = (key, value),
                (None, _) => entries.push((key, value)),
            }
        }
        self.tree.add(self.tree.span(above), Value::Mapping(entries))
    }

    fn word(&self, key: NodeId) -> String {
        self.tree.text(key).unwrap_or("").to_owned()
    }

    /// Keys and values; none where nothing is written.
    fn entries(&self, id: NodeId) -> Option<Entries> {
        match &self.tree.get(id).value {
            Value::Mapping(entries) => Some(entries.clone()),
            _ => self.tree.is_null(id).then(Vec::new),
        }
    }

    /// The same for names, which have a short form without attributes.
    fn named(&mut self, id: NodeId) -> Option<Entries> {
        let Value::Sequence(items) = &self.tree.get(id).value else { return self.entries(id) };
        let items = items.clone();
        items.iter().all(|&item| self.tree.text(item).is_some()).then(|| {
            let without = |item| (item, self.tree.add_null(self.tree.span(item)));
            items.into_iter().map(without).collect()
        })
    }

    /// What is below without what `what` names: a mapping goes deeper, a list ends there.
    fn without(&mut self, below: NodeId, what: NodeId) -> NodeId {
        let mut parts = match (&self.tree.get(below).value, &self.tree.get(what).value) {
            (Value::Mapping(entries), Value::Mapping(deeper)) => {
                let (entries, deeper) = (entries.clone(), deeper.clone());
                return self.without_deeper(below, entries, deeper);
            }
            (Value::Mapping(entries), _) => entries.clone(),
            (Value::Sequence(items), _) => items.iter().map(|&item| (item, item)).collect(),
            _ => Vec::new(),
        };
        for (word, span) in self.own_words(what) {
            let before = parts.len();
            parts.retain(|&(key, _)| self.tree.text(key) != Some(&word));
            if parts.len() == before {
                self.report_absent(&word, span, &parts);
            }
        }
        let value = match self.tree.get(below).value {
            Value::Mapping(_) => Value::Mapping(parts),
            Value::Sequence(_) => {
                Value::Sequence(parts.into_iter().map(|(item, _)| item).collect())
            }
            _ => return below,
        };
        self.tree.add(self.tree.span(below), value)
    }

    fn without_deeper(&mut self, below: NodeId, mut entries: Entries, deeper: Entries) -> NodeId {
        for (key, what) in deeper {
            let word = self.word(key);
            match entries.iter().position(|&(known, _)| self.tree.text(known) == Some(&word)) {
                Some(at) => entries[at].1 = self.without(entries[at].1, what),
                None => self.report_absent(&word, self.tree.span(key), &entries),
            }
        }
        self.tree.add(self.tree.span(below), Value::Mapping(entries))
    }

    fn own_words(&self, what: NodeId) -> Vec<(String, Span)> {
        if let Value::Mapping(deeper) = &self.tree.get(what).value {
            let keys = deeper.iter().map(|&(key, _)| (self.word(key), self.tree.span(key)));
            return keys.collect();
        }
        let words = self.tree.words(what).into_iter();
        words.map(|(word, span)| (word.to_owned(), span)).collect()
    }

    fn report_absent(&self, word: &str, span: Span, known: &Entries) {
        let known = known.iter().filter_map(|&(key, _)| self.tree.text(key));
        let help = match self.problems.nearest(word, known) {
            Some(near) => format!("did you mean `{}`?", text::shortened(near)),
            None => "`remove` repeats the sections and keys of what is extended, and ends in a \
                     list of what goes"
                .to_owned(),
        };
        let message = format!("`{}` is not there to be removed", text::shortened(word));
        self.problems.push(Diagnostic::error("input/nothing-to-remove", span, message).help(help));
    }

    /// A name that is new above and looks like one below was perhaps meant to override it.
    fn warn_of_near_names(&self, lower: &Entries, upper: &Entries) {
        if !self.problems.may_search(lower.len().saturating_mul(upper.len())) {
            return;
        }
        let known: FxHashSet<&str> =
            lower.iter().filter_map(|&(key, _)| self.tree.text(key)).collect();
        for &(key, _) in upper {
            let Some(word) = self.tree.text(key).filter(|word| !known.contains(word)) else {
                continue;
            };
            let near = lower.iter().find(|&&(old, _)| {
                self.tree.text(old).is_some_and(|old| looks_mistyped(word, old))
            });
            let Some(&(old, _)) = near else { continue };
            let name = self.tree.text(old).unwrap_or("");
            let message = format!(
                "`{}` is added beside `{}`, which it looks like",
                text::shortened(word),
                text::shortened(name)
            );
            self.problems.push(
                Diagnostic::new("input/near-name", Severity::Warning, self.tree.span(key), message)
                    .related(self.tree.span(old), "this one stays as it is")
                    .help(format!("to change that one, write its name: `{name}`")),
            );
        }
    }

    /// What stands in for something unknown goes when nothing names it any more.
    fn drop_placeholders(&mut self) {
        // A host may be the only one to name a server: one round for each such step.
        for _ in 0..3 {
            let (named, holders) = self.uses();
            for holder in holders {
                let Value::Mapping(entries) = &self.tree.get(holder).value else { continue };
                let mut entries = entries.clone();
                entries.retain(|&(key, value)| {
                    let used = self.tree.text(key).is_some_and(|name| {
                        named.contains(name) || named.contains(&name.to_lowercase())
                    });
                    used || !self.is_placeholder(value)
                });
                self.tree.set(self.tree.target(holder), Value::Mapping(entries));
            }
        }
    }

    fn is_placeholder(&self, value: NodeId) -> bool {
        let stated = self.tree.value_of(value, PLACEHOLDER);
        stated.and_then(|stated| self.tree.text(stated)) == Some("true")
    }

    /// Every text that stands as a value with the names in it, and the mappings in which placeholders stand.
    fn uses(&self) -> (FxHashSet<String>, Vec<NodeId>) {
        let (mut named, mut holders) = (FxHashSet::default(), Vec::new());
        let mut seen = vec![false; self.tree.len()];
        let mut open = vec![self.tree.root];
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut seen[self.tree.target(id).index()], true) {
                continue;
            }
            match &self.tree.get(id).value {
                Value::Mapping(entries) => {
                    open.extend(entries.iter().map(|&(_, value)| value));
                    if entries.iter().any(|&(_, value)| self.is_placeholder(value)) {
                        holders.push(id);
                    }
                }
                Value::Sequence(items) => open.extend(items),
                Value::Scalar(scalar) => {
                    named.extend(names_in(&scalar.text));
                }
                Value::Alias(_) => {}
            }
        }
        (named, holders)
    }
}

/// The text itself, and what it may name as a part: the host of a UNC path or a URL, a cluster and
/// its group. Hosts are in lower case, for case does not count there, with and without a domain.
fn names_in(text: &str) -> impl Iterator<Item = String> {
    let address = text.split_once("://").map(|(_, rest)| rest);
    let address = address.or_else(|| text.strip_prefix(r"\\")).or_else(|| text.strip_prefix("//"));
    let host = address.and_then(|rest| rest.split(['/', '\\', '?']).next());
    let host = host.map(|host| host.rsplit_once('@').map_or(host, |(_, host)| host));
    let host = host.and_then(|host| host.split(':').next()).map(str::to_lowercase);
    let label = host.as_ref().and_then(|host| host.split('.').next()).map(str::to_owned);
    let parts = text.split('/').filter(move |_| address.is_none());
    std::iter::once(text).chain(parts).map(str::to_owned).chain(host).chain(label)
}

/// True for what a slip of the hand makes of a name: another case or separator, two
/// letters exchanged, one too many or too few inside a word. Names that differ in a
/// digit or at their end are taken for a series.
fn looks_mistyped(word: &str, known: &str) -> bool {
    let letters = |name: &str| -> Vec<char> {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (one, other) = (letters(word), letters(known));
    if one == other {
        return true;
    }
    let digits =
        |name: &[char]| -> Vec<char> { name.iter().copied().filter(|c| c.is_numeric()).collect() };
    let long_enough = one.len().min(other.len()) >= 4;
    let same_end = one.last() == other.last();
    let near = one.len().abs_diff(other.len()) <= 1
        && strsim::generic_damerau_levenshtein(&one, &other) == 1;
    long_enough && same_end && digits(&one) == digits(&other) && near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_series() {
        for (word, known) in [
            ("Recieve", "Receive"),
            ("receive", "Receive"),
            ("Order_Hub", "OrderHub"),
            ("SendHst1", "SendHost1"),
        ] {
            assert!(looks_mistyped(word, known), "{word}");
        }
        for (word, known) in [
            ("BTS02", "BTS01"),
            ("NodeB", "NodeA"),
            ("SendA", "Send"),
            ("SQL", "SAN"),
            ("B1", "A1"),
        ] {
            assert!(!looks_mistyped(word, known), "{word}");
        }
    }
}
