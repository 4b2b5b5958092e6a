//! The text of imported files as a report may show it: nothing but what it points at.
//!
//! A diagnostic is shown with the line it stands on, and lines of an export hold
//! passwords. Everything that no diagnostic points at becomes blank, character by
//! character, so that lines, columns and offsets stay true.

use std::ops::Range;

/// Blanks all of a text but the given ranges and the line breaks.
pub(super) fn mask(text: &str, shown: &mut [Range<usize>]) -> String {
    shown.sort_by_key(|range| (range.start, range.end));
    let mut shown = shown.iter().peekable();
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        while shown.peek().is_some_and(|range| range.end <= at) {
            shown.next();
        }
        let is_shown = shown.peek().is_some_and(|range| range.contains(&at));
        out.push(if is_shown || matches!(c, '\n' | '\r') { c } else { blank(c) });
    }
    out
}

/// A blank of the same number of bytes.
fn blank(c: char) -> char {
    match c.len_utf8() {
        1 => ' ',
        2 => '\u{a0}',
        3 => '\u{2003}',
        _ => '\u{1d159}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_pointed_at_is_shown() {
        let text = "<A pw='s3crét'>\n<B/>";
        let b = text.find("<B").unwrap();
        let masked = mask(text, &mut [0..2, b..b + 2, 0..1]);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.trim_end(), format!("<A{}\n<B", masked.get(2..b - 1).unwrap()));
        assert!(!masked.contains("s3"));
        assert_eq!(masked.lines().count(), 2);
    }
}
