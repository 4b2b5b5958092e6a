//! Lines, indentation and line breaks: what an edit must keep.

use std::ops::Range;

/// The line break that ends the line of `offset`, or the first one of the file.
fn line_break(text: &str, offset: usize) -> &'static str {
    let of = |text: &str| {
        let at = text.find(['\n', '\r'])?;
        let rest = &text[at..];
        ["\r\n", "\n", "\r"].into_iter().find(|end| rest.starts_with(end))
    };
    of(&text[offset..]).or_else(|| of(text)).unwrap_or("\n")
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find(['\n', '\r']).map_or(text.len(), |at| offset + at)
}

/// Where a new line after the one of `offset` begins, and its line break; `None` if more
/// than a comment follows in that line.
pub(super) fn after_line(text: &str, offset: usize) -> Option<(usize, &'static str)> {
    let end = line_end(text, offset);
    is_blank_or_comment(&text[offset..end]).then(|| (end, line_break(text, offset)))
}

fn is_blank_or_comment(rest: &str) -> bool {
    let trimmed = rest.trim_start_matches([' ', '\t']);
    trimmed.is_empty() || (trimmed.len() < rest.len() && trimmed.starts_with('#'))
}

/// The spaces before a key; for the first key behind a `- `, as many.
pub(super) fn key_indent(text: &str, key: usize) -> Option<String> {
    let prefix = &text[line_start(text, key)..key];
    let spaces = |c: char| c == ' ' || c == '-';
    (prefix.chars().all(spaces) && prefix.matches('-').count() <= 1)
        .then(|| " ".repeat(prefix.len()))
}

/// The spaces and the dash before an item of a block list.
pub(super) fn item_prefix(text: &str, item: usize) -> Option<&str> {
    let prefix = &text[line_start(text, item)..item];
    let (indent, rest) = prefix.split_once('-')?;
    let blank = |part: &str| part.chars().all(|c| c == ' ');
    (blank(indent) && blank(rest) && !rest.is_empty()).then_some(prefix)
}

/// What goes with an item of a block list: its line, or, so that a comment behind it
/// stays, the item only.
pub(super) fn item_with_line(text: &str, item: Range<usize>) -> Option<Range<usize>> {
    let prefix = item_prefix(text, item.start)?;
    let start = item.start - prefix.len();
    let dash = start + prefix.find('-')?;
    with_line(text, start, dash..item.end)
}

/// The same for an entry of a block mapping.
pub(super) fn entry_with_line(text: &str, entry: Range<usize>) -> Option<Range<usize>> {
    let start = line_start(text, entry.start);
    let blank = text.get(start..entry.start)?.chars().all(|c| c == ' ');
    blank.then(|| with_line(text, start, entry))?
}

fn with_line(text: &str, start: usize, item: Range<usize>) -> Option<Range<usize>> {
    let end = line_end(text, item.end);
    let rest = &text[item.end..end];
    if !is_blank_or_comment(rest) {
        return None;
    }
    if rest.contains('#') {
        return Some(item.start..end - rest.trim_start_matches([' ', '\t']).len());
    }
    let next = end + if text[end..].is_empty() { 0 } else { line_break(text, end).len() };
    // The last line of a file without a line break takes the one before it along.
    match next == text.len() && end == next {
        true => Some(text[..start].trim_end_matches(['\n', '\r']).len()..end),
        false => Some(start..next),
    }
}

/// Behind the colon of a key whose value is empty.
pub(super) fn after_colon(text: &str, key_end: usize) -> Option<usize> {
    let rest = &text[key_end..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    rest[blank..].starts_with(':').then_some(key_end + blank + 1)
}

/// What goes with an item of a flow list: the comma on one side of it.
pub(super) fn item_with_comma(
    text: &str,
    before: Option<usize>,
    item: Range<usize>,
    after: Option<usize>,
) -> Option<Range<usize>> {
    let only_comma = |range: Range<usize>| text[range].trim() == ",";
    match (before, after) {
        (_, Some(next)) => only_comma(item.end..next).then_some(item.start..next),
        (Some(previous), None) => only_comma(previous..item.start).then_some(previous..item.end),
        (None, None) => {
            let rest = text[item.end..].trim_start_matches([' ', '\t']);
            let comma = rest.strip_prefix(',').map_or(item.end, |rest| text.len() - rest.len());
            Some(item.start..comma)
        }
    }
}
