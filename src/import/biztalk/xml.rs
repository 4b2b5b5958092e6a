//! XML as exports use it: parsed by `roxmltree` within limits, and the few look-ups
//! that the readers share.
//!
//! Nothing of a document is repeated in a complaint about it. A password with a bare
//! `&` in it would otherwise come out as the name of an unknown entity.

use roxmltree::{Document, Error, Node, ParsingOptions, TextPos};

use crate::source::{FileId, Span};

/// Elements and texts of one document.
const MOST_NODES: u32 = 2_000_000;
/// Nesting of elements. Real files stay below 20.
const DEEPEST: usize = 100;
/// Attributes of one element: the parser compares each with each.
const MOST_ATTRIBUTES: usize = 256;
/// Namespace declarations of one document: every element carries those of its parents.
const MOST_NAMESPACES: usize = 4096;

/// Why a document cannot be read, and from which byte on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: usize,
    pub(super) reason: String,
}

impl Malformed {
    fn new(at: usize, reason: impl Into<String>) -> Malformed {
        Malformed { at, reason: reason.into() }
    }
}

/// Parses a document that has no document type.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Malformed> {
    check_limits(text)?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| explain(text, &error))
}

fn explain(text: &str, error: &Error) -> Malformed {
    let at = match error {
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream | Error::NoRootNode => text.len(),
        Error::DtdDetected => text.find("<!DOCTYPE").unwrap_or(0),
        error => offset_of(text, error.pos()),
    };
    let ends = matches!(error, Error::UnclosedRootNode | Error::UnexpectedEndOfStream);
    if ends || is_cut_off(text, at) {
        let reason = "the file ends inside an element; it is truncated";
        return Malformed::new(text.len(), reason);
    }
    let reason = match error {
        Error::NoRootNode => "the file holds no element",
        Error::UnexpectedCloseTag(..) => {
            "an element is closed here that is not the one that was opened last"
        }
        Error::UnknownEntityReference(..) | Error::MalformedEntityReference(..) => {
            "an `&` stands here that begins no entity XML knows; in XML it is written `&amp;`"
        }
        Error::DuplicatedAttribute(..) => "an attribute stands twice in one element",
        Error::DtdDetected => "the file declares a document type; exports never do",
        Error::NodesLimitReached => "the file holds too many elements",
        _ => "the file is not well-formed XML from here on",
    };
    Malformed::new(at, reason)
}

/// True when nothing is wrong but that the text ends: in a tag, a comment, a text or an entity
/// that nothing closes.
fn is_cut_off(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or("");
    let is_open = |start: &str, end: &str| {
        rest.strip_prefix(start).is_some_and(|inside| !inside.contains(end))
    };
    let is_word = |inside: &str| inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
    let last_tag = text.rfind('<').filter(|&tag| tag <= at);
    last_tag.is_some_and(|tag| !tag_of(&text[tag..]).ends_with('>'))
        || rest.strip_prefix('&').is_some_and(is_word)
        || is_open("<!--", "-->")
        || is_open("<![CDATA[", "]]>")
        || is_open("<?", "?>")
}

/// The parser counts lines and characters; everything else here counts bytes.
fn offset_of(text: &str, pos: TextPos) -> usize {
    let row = usize::try_from(pos.row).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(pos.col).unwrap_or(1).saturating_sub(1);
    let line_start = match row {
        0 => 0,
        row => text.match_indices('\n').nth(row - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let line = text.get(line_start..).unwrap_or("");
    line_start + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

/// Refuses what would make the parser slow or large before it is asked.
fn check_limits(text: &str) -> Result<(), Malformed> {
    if text.match_indices("xmlns").nth(MOST_NAMESPACES).is_some() {
        return Err(Malformed::new(0, "the file declares too many namespaces"));
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or("");
        let length = match rest {
            _ if rest.starts_with("<!--") => through(rest, "-->"),
            _ if rest.starts_with("<![CDATA[") => through(rest, "]]>"),
            _ if rest.starts_with("<?") => through(rest, "?>"),
            _ => {
                let tag = tag_of(rest);
                depth = match () {
                    () if tag.starts_with("</") => depth.saturating_sub(1),
                    () if tag.ends_with("/>") || tag.starts_with("<!") => depth,
                    () => depth + 1,
                };
                if depth > DEEPEST {
                    return Err(Malformed::new(start, "elements are nested too deeply"));
                }
                if tag.bytes().filter(|&byte| byte == b'=').count() > MOST_ATTRIBUTES
                    && attributes_of(tag) > MOST_ATTRIBUTES
                {
                    return Err(Malformed::new(start, "an element has too many attributes"));
                }
                tag.len()
            }
        };
        at = start + length.max(1);
    }
    Ok(())
}

fn through(rest: &str, end: &str) -> usize {
    rest.find(end).map_or(rest.len(), |at| at + end.len())
}

/// From `<` to the `>` that is not inside a quoted value.
fn tag_of(rest: &str) -> &str {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return rest.get(..=at).unwrap_or(rest),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    rest
}

/// Equals signs outside quoted values.
fn attributes_of(tag: &str) -> usize {
    let mut quote = None;
    let mut count = 0;
    for byte in tag.bytes() {
        match (quote, byte) {
            (None, b'=') => count += 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    count
}

/// The first child element of that name, unless it is marked as nil.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next().filter(|child| !is_nil(*child))
}

/// The child elements of that name, whatever their namespace.
pub(super) fn children<'a, 'i, 'n>(
    node: Node<'a, 'i>,
    name: &'n str,
) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i, 'n> {
    node.children().filter(move |child| is(*child, name))
}

pub(super) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// Exports write what is not stated as an empty element marked nil.
fn is_nil(node: Node<'_, '_>) -> bool {
    node.attributes().any(|attribute| attribute.name() == "nil" && attribute.value() == "true")
}

/// An attribute whose value is more than white space.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|attribute| attribute.name() == name)
        .map(|attribute| attribute.value().trim())
        .filter(|value| !value.is_empty())
}

/// The text of an element: all of it, also where comments interrupt it.
pub(super) fn text(node: Node<'_, '_>) -> Option<String> {
    let pieces: String =
        node.children().filter(|child| child.is_text()).filter_map(|child| child.text()).collect();
    let trimmed = pieces.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// The text of a child element.
pub(super) fn child_text(node: Node<'_, '_>, name: &str) -> Option<String> {
    text(child(node, name)?)
}

/// A child element that says true or false.
pub(super) fn child_flag(node: Node<'_, '_>, name: &str) -> Option<bool> {
    flag(&child_text(node, name)?)
}

/// The spellings of true and false in exports.
pub(super) fn flag(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "-1" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// The opening bracket and the name of an element: what a complaint may point at,
/// because nothing secret stands there.
pub(super) fn tag_span(file: FileId, node: Node<'_, '_>) -> Span {
    let start = node.range().start;
    Span::new(file, start, start + 1 + node.tag_name().name().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Malformed {
        parse(text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn a_document_type_is_refused() {
        let text = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
        assert!(problem(text).reason.contains("document type"));
    }

    #[test]
    fn complaints_do_not_repeat_the_document() {
        for text in
            ["<a><pw>x&s3cret;</pw></a>", "<a><s3cret></b></a>", "<a s3cret='1' s3cret='2'/>"]
        {
            let found = problem(text);
            assert!(!found.reason.contains("s3cret"), "{found:?}");
        }
    }

    #[test]
    fn depth_and_width_are_bounded() {
        let deep = "<a>".repeat(1_000_000);
        assert!(problem(&deep).reason.contains("nested"));
        let wide: String = (0..100_000).map(|n| format!(" a{n}='1'")).collect();
        assert!(problem(&format!("<a{wide}/>")).reason.contains("attributes"));
        let namespaces = "<a xmlns:q='u'/>".repeat(10_000);
        assert!(problem(&format!("<r>{namespaces}</r>")).reason.contains("namespaces"));
    }

    #[test]
    fn the_place_of_an_error_is_a_byte() {
        let text = "<a>\n<å>&</å></a>";
        assert_eq!(problem(text).at, text.find('&').unwrap());
    }
}
