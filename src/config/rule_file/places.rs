//! Where a part of a text stands in the YAML that wrote it.

use std::ops::Range;

/// The bytes of `written` that stand for a part of `value`; `None` where the quoting hides it.
///
/// A plain, quoted or block text holds the characters of its value in their order, with
/// quotes, indentation and line breaks between them; only an escape breaks that.
pub(super) fn within(value: &str, written: &str, part: &Range<usize>) -> Option<Range<usize>> {
    let mut places = Vec::with_capacity(value.len());
    let mut rest = written.char_indices().peekable();
    for (at, wanted) in value.char_indices() {
        if wanted.is_whitespace() {
            continue;
        }
        loop {
            let (found_at, found) = rest.next()?;
            if found == wanted {
                places.push((at, found_at, found.len_utf8()));
                break;
            }
            // The quote that opens it, or the mark of a block.
            let opens = places.is_empty() && "'\"|>-+".contains(found);
            if !opens && !found.is_whitespace() {
                return None;
            }
        }
    }
    let first = places.iter().find(|(at, ..)| *at >= part.start).or(places.last())?;
    let last = places.iter().rev().find(|(at, ..)| *at < part.end.max(part.start + 1));
    let end = last.map_or(0, |(_, found, length)| found + length);
    Some(first.1..end.max(first.1 + first.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_in_any_style_of_writing() {
        for written in
            ["a == bc", "'a == bc'", "\"a == bc\"", "|\n      a ==\n      bc\n", "a ==\n   bc"]
        {
            let found = within("a == bc", written, &(5..7)).unwrap();
            assert_eq!(&written[found], "bc", "{written}");
        }
        assert_eq!(within("a\tb", "\"a\\tb\"", &(2..3)), None);
    }
}
