//! YAML text to a tree in which every key and value knows its bytes.
//!
//! The only user of the YAML library. It resolves anchors, merges `<<`, and
//! refuses what would make later work exceed the [`Limits`]; it gives no
//! meaning to any key.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Tag};
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// What one input file may cost. Every limit ends in an error that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size in bytes of a topology's file and of those it includes, together.
    pub bytes: usize,
    /// Keys, values and collections of a topology's files, together.
    pub nodes: usize,
    /// Nesting of collections, also through aliases.
    pub depth: usize,
    /// What aliases may add once they are followed: one per node, one per byte of text.
    pub alias_cost: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 64 << 20, nodes: 8_000_000, depth: 64, alias_cost: 4 << 20 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) u32);

#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) span: Span,
    pub(super) value: Value<'t>,
}

#[derive(Debug)]
pub(super) enum Value<'t> {
    Scalar(Scalar<'t>),
    Sequence(Vec<NodeId>),
    Mapping(Vec<(NodeId, NodeId)>),
    Alias(NodeId),
}

#[derive(Debug)]
pub(super) struct Scalar<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) plain: bool,
}

/// How YAML's core schema reads a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarType {
    Null,
    Bool(bool),
    Number,
    Text,
}

impl Scalar<'_> {
    pub(super) fn resolve(&self) -> ScalarType {
        if !self.plain {
            return ScalarType::Text;
        }
        match self.text.as_ref() {
            "" | "~" | "null" | "Null" | "NULL" => ScalarType::Null,
            "true" | "True" | "TRUE" => ScalarType::Bool(true),
            "false" | "False" | "FALSE" => ScalarType::Bool(false),
            text if is_number(text) => ScalarType::Number,
            _ => ScalarType::Text,
        }
    }
}

/// The integer and float forms of the YAML 1.2 core schema.
fn is_number(text: &str) -> bool {
    let digits = |s: &str, ok: fn(&char) -> bool| !s.is_empty() && s.chars().all(|c| ok(&c));
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, |c| c.is_digit(8));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return digits(hex, char::is_ascii_hexdigit);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let starts_like_one = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let has_digit = unsigned.contains(|c: char| c.is_ascii_digit());
    starts_like_one
        && has_digit
        && unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))
        && unsigned.parse::<f64>().is_ok()
}

/// One YAML document.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    pub(super) root: NodeId,
    /// Comments that speak to failscope, in the order of the file.
    pub(super) comments: Vec<Comment>,
}

/// A comment that starts with [`Comment::MARK`], or with what is meant to be it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The whole comment, from its `#` to the end of the line.
    pub span: Span,
    /// What follows the `#`.
    pub text: String,
}

impl Comment {
    pub const MARK: &'static str = "failscope:";

    const NAME: &'static str = "failscope";

    /// In capitals or without the colon as well, so that a slip is reported, not passed over.
    fn speaks_to_us(text: &str) -> bool {
        let Some((name, rest)) = text.trim_start().split_at_checked(Comment::NAME.len()) else {
            return false;
        };
        name.eq_ignore_ascii_case(Comment::NAME)
            && (rest.starts_with(':') || rest.split_whitespace().next() == Some("allow"))
    }

    /// The mark as it is written, and what follows it.
    pub fn split_mark(text: &str) -> (&str, &str) {
        let text = text.trim_start();
        let colon = text.as_bytes().get(Comment::NAME.len()) == Some(&b':');
        text.split_at_checked(Comment::NAME.len() + usize::from(colon)).unwrap_or((text, ""))
    }
}

/// True when some comment may speak to us. Comments cost time and memory, and hardly any
/// file needs them.
fn may_speak_to_us(text: &str) -> bool {
    text.contains('#')
        && text
            .split('#')
            .skip(1)
            .any(|after| Comment::speaks_to_us(after.trim_start_matches([' ', '\t'])))
}

impl<'t> Tree<'t> {
    /// The node, with aliases followed to what they stand for.
    pub(super) fn get(&self, id: NodeId) -> &Node<'t> {
        let node = self.node(id);
        match node.value {
            // The builder points every alias at a node that is no alias.
            Value::Alias(target) => self.node(target),
            _ => node,
        }
    }

    /// Where the node is written: for an alias, the alias itself.
    pub(super) fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// The node as it is written: an alias stays one.
    pub(super) fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    /// Every node, in the order of the text.
    pub(super) fn nodes(&self) -> &[Node<'t>] {
        &self.nodes
    }
}

/// Reads one document. `left` is what earlier files left of the limit on nodes. `Err` is
/// the one problem that stopped the reader.
pub(super) fn parse<'t>(
    file: FileId,
    text: &'t str,
    limits: &Limits,
    left: usize,
    problems: &mut Vec<Diagnostic>,
) -> Result<Tree<'t>, Box<Diagnostic>> {
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    };
    options.set_emit_comments(may_speak_to_us(text));
    // A long block of comments is no mistake; the size of the file bounds it.
    options.max_buffered_comment_events = limits.nodes;
    let mut builder = Builder::new(file, text, limits, left);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, at) = event.map_err(|error| builder.syntax_error(&error))?;
        let span = builder.span_of(&at);
        builder.event(event, span, problems)?;
    }
    builder.finish()
}

struct Builder<'t, 'l> {
    file: FileId,
    text: &'t str,
    limits: &'l Limits,
    left: usize,
    nodes: Vec<Node<'t>>,
    /// Cost of the subtree of each node once its aliases are followed.
    costs: Vec<u64>,
    /// Levels of collections in the subtree of each node once its aliases are followed.
    heights: Vec<u16>,
    open: Vec<Open>,
    /// The children of the open collections, those of the innermost last.
    children: Vec<NodeId>,
    anchors: FxHashMap<usize, Option<NodeId>>,
    alias_cost: u64,
    root: Option<NodeId>,
    documents: usize,
    comments: Vec<Comment>,
}

/// A collection whose end has not been seen.
struct Open {
    id: NodeId,
    anchor: usize,
    mapping: bool,
    /// Where its children begin in [`Builder::children`].
    children: usize,
}

impl<'t, 'l> Builder<'t, 'l> {
    fn new(file: FileId, text: &'t str, limits: &'l Limits, left: usize) -> Builder<'t, 'l> {
        Builder {
            file,
            text,
            limits,
            left,
            nodes: Vec::new(),
            costs: Vec::new(),
            heights: Vec::new(),
            open: Vec::new(),
            children: Vec::new(),
            anchors: FxHashMap::default(),
            alias_cost: 0,
            root: None,
            documents: 0,
            comments: Vec::new(),
        }
    }

    fn span_of(&self, at: &granit_parser::Span) -> Span {
        let range = at.byte_range().unwrap_or(0..0);
        let slice = self.text.get(range.clone()).unwrap_or("");
        Span::new(self.file, range.start, range.start + slice.trim_end().len())
    }

    fn event(
        &mut self,
        event: Event<'t>,
        span: Span,
        problems: &mut Vec<Diagnostic>,
    ) -> Result<(), Box<Diagnostic>> {
        match event {
            Event::DocumentStart(..) => self.start_document(span),
            Event::Scalar(text, style, anchor, tag) => {
                self.check_tag(tag.as_deref(), span)?;
                let scalar = Scalar { text, plain: style == ScalarStyle::Plain };
                let cost = 1 + scalar.text.len() as u64;
                let id = self.push(span, Value::Scalar(scalar), cost)?;
                self.close_anchor(anchor, id);
                self.attach(id);
                Ok(())
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), span)?;
                self.start_collection(span, anchor, false)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), span)?;
                self.start_collection(span, anchor, true)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.end_collection(span, problems);
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(name) => {
                problems.push(
                    Diagnostic::error(
                        "input/unknown-anchor",
                        span,
                        format!("`*{name}` refers to no anchor above it"),
                    )
                    .help(format!("define it first with `&{name}`, or write the value here")),
                );
                self.push_null(span)
            }
            Event::Comment(text, _) => {
                if Comment::speaks_to_us(&text) {
                    self.comments.push(Comment { span, text: text.into_owned() });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start_document(&mut self, span: Span) -> Result<(), Box<Diagnostic>> {
        self.documents += 1;
        if self.documents < 2 {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::error(
                "input/several-documents",
                span,
                "a second YAML document starts here; a topology file holds one",
            )
            .help("put it in a file of its own; `include:` joins files to one topology"),
        ))
    }

    fn check_tag(&self, tag: Option<&Tag>, span: Span) -> Result<(), Box<Diagnostic>> {
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() => Err(Box::new(
                Diagnostic::error(
                    "input/unknown-tag",
                    span,
                    format!("the tag `{}` means nothing here", tag.original()),
                )
                .help("remove the tag"),
            )),
            _ => Ok(()),
        }
    }

    fn push(&mut self, span: Span, value: Value<'t>, cost: u64) -> Result<NodeId, Box<Diagnostic>> {
        if self.nodes.len() >= self.left {
            return Err(Box::new(
                Diagnostic::error(
                    "input/too-large",
                    span,
                    format!("the topology holds more than {} keys and values", self.limits.nodes),
                )
                .help("split the topology, or raise the limit with `--max-nodes`"),
            ));
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { span, value });
        self.costs.push(cost);
        self.heights.push(0);
        Ok(id)
    }

    fn push_null(&mut self, span: Span) -> Result<(), Box<Diagnostic>> {
        let scalar = Scalar { text: Cow::Borrowed(""), plain: true };
        let id = self.push(span, Value::Scalar(scalar), 1)?;
        self.attach(id);
        Ok(())
    }

    fn attach(&mut self, id: NodeId) {
        match self.open.is_empty() {
            false => self.children.push(id),
            true => self.root = Some(id),
        }
    }

    fn start_collection(
        &mut self,
        span: Span,
        anchor: usize,
        mapping: bool,
    ) -> Result<(), Box<Diagnostic>> {
        if self.open.len() >= self.limits.depth {
            return Err(Box::new(self.too_deep(span)));
        }
        let empty = if mapping { Value::Mapping(Vec::new()) } else { Value::Sequence(Vec::new()) };
        let id = self.push(span, empty, 1)?;
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open { id, anchor, mapping, children: self.children.len() });
        Ok(())
    }

    fn end_collection(&mut self, end: Span, problems: &mut Vec<Diagnostic>) {
        let Some(open) = self.open.pop() else { return };
        let children = &self.children[open.children..];
        let cost = 1 + children.iter().map(|child| self.costs[child.0 as usize]).sum::<u64>();
        let heights = children.iter().map(|child| self.heights[child.0 as usize]);
        let height = heights.max().unwrap_or(0).saturating_add(1);
        let value = match open.mapping {
            true => Value::Mapping(self.mapping_entries(children, problems)),
            false => Value::Sequence(children.to_vec()),
        };
        self.children.truncate(open.children);
        let index = open.id.0 as usize;
        self.costs[index] = cost;
        self.heights[index] = height;
        self.nodes[index].value = value;
        self.nodes[index].span.end = end.end.max(self.nodes[index].span.end);
        self.close_anchor(open.anchor, open.id);
        self.attach(open.id);
    }

    fn close_anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, Some(id));
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        let Some(Some(target)) = self.anchors.get(&anchor).copied() else {
            return Err(Box::new(
                Diagnostic::error("input/self-alias", span, "this alias is inside its own anchor")
                    .help("write the value out instead of referring to it"),
            ));
        };
        let target = match self.nodes[target.0 as usize].value {
            Value::Alias(further) => further,
            _ => target,
        };
        let cost = self.costs[target.0 as usize];
        self.alias_cost = self.alias_cost.saturating_add(cost);
        if self.alias_cost > self.limits.alias_cost {
            return Err(Box::new(
                Diagnostic::error(
                    "input/alias-bomb",
                    span,
                    format!(
                        "aliases expand this file by more than {} units (nodes and bytes)",
                        self.limits.alias_cost
                    ),
                )
                .help("write the values out, or use fewer aliases of large anchors"),
            ));
        }
        let height = self.heights[target.0 as usize];
        if self.open.len() + usize::from(height) > self.limits.depth {
            return Err(Box::new(self.too_deep(span)));
        }
        let id = self.push(span, Value::Alias(target), cost)?;
        self.heights[id.0 as usize] = height;
        self.attach(id);
        Ok(())
    }

    /// Pairs keys with values, reports duplicates, and merges what `<<` names.
    fn mapping_entries(
        &self,
        children: &[NodeId],
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<(NodeId, NodeId)> {
        let mut entries = Vec::with_capacity(children.len() / 2);
        let mut merged = Vec::new();
        let mut seen = Seen::new(children.len() / 2);
        for pair in children.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            let span = self.nodes[key.0 as usize].span;
            let Some(text) = self.scalar_text(key) else {
                problems.push(
                    Diagnostic::error("input/key-type", span, "a key must be a plain word")
                        .help("write the key as text, without brackets"),
                );
                continue;
            };
            if text == "<<" {
                merged.push(value);
            } else if let Some(first) = seen.get(text) {
                problems.push(
                    Diagnostic::error(
                        "input/duplicate-key",
                        span,
                        format!("`{text}` is defined twice"),
                    )
                    .label("defined again here")
                    .related(first, "first defined here")
                    .help("remove one, or give it another name"),
                );
            } else {
                seen.insert(text, span);
                entries.push((key, value));
            }
        }
        for value in merged {
            self.merge(value, &mut entries, &mut seen, problems);
        }
        entries
    }

    fn merge<'s>(
        &'s self,
        value: NodeId,
        entries: &mut Vec<(NodeId, NodeId)>,
        seen: &mut Seen<'s>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let sources: &[NodeId] = match &self.followed(value).value {
            Value::Sequence(items) => items,
            _ => &[value],
        };
        for &source in sources {
            let node = self.followed(source);
            let Value::Mapping(from) = &node.value else {
                let span = self.nodes[source.0 as usize].span;
                problems.push(
                    Diagnostic::error("input/merge", span, "`<<` can only merge a mapping")
                        .help("name an anchor of a mapping: `<<: *defaults`"),
                );
                continue;
            };
            for &(key, value) in from {
                let Some(text) = self.scalar_text(key) else { continue };
                if seen.get(text).is_none() {
                    seen.insert(text, self.nodes[key.0 as usize].span);
                    entries.push((key, value));
                }
            }
        }
    }

    fn followed(&self, id: NodeId) -> &Node<'t> {
        let node = &self.nodes[id.0 as usize];
        match node.value {
            Value::Alias(target) => &self.nodes[target.0 as usize],
            _ => node,
        }
    }

    fn scalar_text(&self, id: NodeId) -> Option<&str> {
        match &self.followed(id).value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    fn too_deep(&self, span: Span) -> Diagnostic {
        Diagnostic::error(
            "input/too-deep",
            span,
            format!("nested more than {} levels deep", self.limits.depth),
        )
        .help("a topology needs a handful of levels; check the brackets and the indentation")
    }

    fn syntax_error(&self, error: &granit_parser::ScanError) -> Box<Diagnostic> {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let at = self.text.floor_char_boundary(at);
        let width = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let span = Span::new(self.file, at, at + width);
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            return Box::new(self.too_deep(span));
        }
        Box::new(
            Diagnostic::error("input/syntax", span, format!("not valid YAML: {}", error.info()))
                .help(syntax_hint(self.text, at)),
        )
    }

    fn finish(self) -> Result<Tree<'t>, Box<Diagnostic>> {
        match self.root {
            Some(root) => Ok(Tree { nodes: self.nodes, root, comments: self.comments }),
            None => Err(Box::new(
                Diagnostic::error(
                    "input/empty",
                    Span::new(self.file, 0, 0),
                    "the file holds no topology: it is empty or has only comments",
                )
                .help("start with `failscope: 1` and `servers:`; README.md shows a whole one"),
            )),
        }
    }
}

/// The keys of a mapping and where they stand. Most mappings have a handful, and
/// are searched through.
enum Seen<'s> {
    Few(Vec<(&'s str, Span)>),
    Many(FxHashMap<&'s str, Span>),
}

impl<'s> Seen<'s> {
    const FEW: usize = 16;

    fn new(keys: usize) -> Seen<'s> {
        match keys <= Seen::FEW {
            true => Seen::Few(Vec::with_capacity(keys)),
            false => Seen::Many(FxHashMap::with_capacity_and_hasher(keys, Default::default())),
        }
    }

    fn get(&self, key: &str) -> Option<Span> {
        match self {
            Seen::Few(seen) => seen.iter().find(|(known, _)| *known == key).map(|(_, span)| *span),
            Seen::Many(seen) => seen.get(key).copied(),
        }
    }

    fn insert(&mut self, key: &'s str, span: Span) {
        match self {
            Seen::Few(seen) if seen.len() < Seen::FEW => seen.push((key, span)),
            Seen::Few(seen) => {
                let known = seen.drain(..).chain([(key, span)]);
                *self = Seen::Many(known.collect());
            }
            Seen::Many(seen) => {
                seen.insert(key, span);
            }
        }
    }
}

/// The likeliest cause, from what stands at the place.
fn syntax_hint(text: &str, at: usize) -> &'static str {
    let line = text[..at].lines().next_back().unwrap_or("");
    if text[at..].trim().is_empty() {
        "the file ends early: close the open bracket or quote"
    } else if line.starts_with('\t') || text[at..].starts_with('\t') {
        "indent with spaces; YAML does not allow tabs there"
    } else {
        "check the indentation, the quotes and the brackets just before this place"
    }
}

mod edit;
#[cfg(test)]
mod oracle;

pub(super) use self::edit::Entries;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn codes(text: &str) -> Vec<String> {
        let mut map = SourceMap::new();
        let file = map.add("t.yaml", text);
        let mut problems = Vec::new();
        if let Err(fatal) = parse(file, text, &Limits::default(), usize::MAX, &mut problems) {
            problems.push(*fatal);
        }
        problems.iter().map(|d| d.code.to_string()).collect()
    }

    fn keys(text: &str) -> Vec<String> {
        let mut map = SourceMap::new();
        let file = map.add("t.yaml", text);
        let tree = parse(file, text, &Limits::default(), usize::MAX, &mut Vec::new()).unwrap();
        let last = match &tree.get(tree.root).value {
            Value::Mapping(entries) => entries.last().unwrap().1,
            other => panic!("{other:?}"),
        };
        let Value::Mapping(entries) = &tree.get(last).value else { panic!("no mapping") };
        entries
            .iter()
            .map(|&(key, _)| match &tree.get(key).value {
                Value::Scalar(scalar) => scalar.text.to_string(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn numbers_are_told_from_text_as_the_core_schema_does() {
        for text in ["0", "-12", "1.5", ".5", "1e3", "0x1F", "0o17", ".inf", "-.INF", ".nan"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "1+0", "99.95%", "15m", "2016 CU5", "1.2.3", "infinity", "e5", "-", "0x"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn merge_keys_fill_in_what_is_missing() {
        let text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n";
        assert_eq!(keys(text), ["x", "y"]);
        let text = "a: &a {x: 1}\nb: &b {y: 1}\nc: {<<: [*a, *b]}\n";
        assert_eq!(keys(text), ["x", "y"]);
        assert_eq!(codes("a: {<<: 3}\n"), ["input/merge"]);
    }

    #[test]
    fn each_kind_of_broken_file_has_its_own_error() {
        assert_eq!(codes(""), ["input/empty"]);
        assert_eq!(codes("# only a comment\n"), ["input/empty"]);
        assert_eq!(codes("a: 1\n---\nb: 2\n"), ["input/several-documents"]);
        assert_eq!(codes("a: 1\na: 2\n"), ["input/duplicate-key"]);
        assert_eq!(codes("a: !host x\n"), ["input/unknown-tag"]);
        assert_eq!(codes("a: *nowhere\n"), ["input/unknown-anchor"]);
        assert_eq!(codes("a: &a [*a]\n"), ["input/self-alias"]);
        assert_eq!(codes("? [a]\n: b\n"), ["input/key-type"]);
        assert_eq!(codes("a: [1, 2"), ["input/syntax"]);
        assert_eq!(codes("a: \"open\n"), ["input/syntax"]);
    }

    #[test]
    fn hostile_nesting_and_aliases_end_in_an_error() {
        assert_eq!(codes(&"[".repeat(100_000)), ["input/too-deep"]);
        assert_eq!(codes(&"{a: ".repeat(100_000)), ["input/too-deep"]);
        assert_eq!(codes(&"- ".repeat(100_000)), ["input/too-deep"]);
        assert_eq!(codes(&"? ".repeat(50_000)), ["input/too-deep"]);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..10 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert_eq!(codes(&bomb), ["input/alias-bomb"]);
        let quadratic = format!("a: &a {}\nb: [{}]\n", "x".repeat(50_000), "*a, ".repeat(50_000));
        assert_eq!(codes(&quadratic), ["input/alias-bomb"]);
    }

    #[test]
    fn aliases_do_not_carry_nesting_past_the_limit() {
        let depth = Limits::default().depth;
        let level = |inner: &str, levels: usize| {
            format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
        };
        let shallow = format!("a: &a {}\nb: {}\n", level("x", 31), level("*a", 32));
        assert_eq!(codes(&shallow), [""; 0]);
        let deep = format!("a: &a {}\nb: {}\n", level("x", 32), level("*a", depth - 32));
        assert_eq!(codes(&deep), ["input/too-deep"]);
        let mut chain = format!("a0: &a0 {}\n", level("x", 2));
        for link in 1..1_000 {
            chain.push_str(&format!("a{link}: &a{link} [*a{}]\n", link - 1));
        }
        assert_eq!(codes(&chain), ["input/too-deep"]);
    }

    #[test]
    fn spans_cut_out_exactly_what_was_written() {
        let text = "\u{feff}näme: 'é x' # c\r\nlist:\r\n  - a\r\n  - {b: c}\r\n";
        let mut map = SourceMap::new();
        let file = map.add("t.yaml", text);
        let tree = parse(file, text, &Limits::default(), usize::MAX, &mut Vec::new()).unwrap();
        let slices: Vec<&str> = tree.nodes.iter().map(|node| map.text_of(node.span)).collect();
        for expected in ["näme", "'é x'", "list", "a", "b", "c", "{b: c}"] {
            assert!(slices.contains(&expected), "{expected} in {slices:?}");
        }
    }
}
