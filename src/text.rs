//! Small helpers for words that people read.

use std::borrow::Cow;

/// Replaces what could act on a terminal instead of being shown on it: control
/// characters and the invisible marks that reorder text.
///
/// The result has the same number of bytes, so places in a source line stay true.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts_on_terminal) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match (acts_on_terminal(c), c.len_utf8()) {
            (false, _) => out.push(c),
            (true, 3) => out.push('\u{fffd}'),
            (true, width) => out.extend(std::iter::repeat_n('?', width)),
        }
    }
    Cow::Owned(out)
}

/// True for characters that a name must not hold and an output must not repeat.
pub fn acts_on_terminal(c: char) -> bool {
    let harmless_space = c == '\n' || c == '\t';
    (c.is_control() && !harmless_space)
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// `a`, `a and b`, `a, b and c`.
pub fn and_list<T: AsRef<str>>(items: &[T]) -> String {
    joined(items, "and")
}

/// `a`, `a or b`, `a, b or c`.
pub fn or_list<T: AsRef<str>>(items: &[T]) -> String {
    joined(items, "or")
}

fn joined<T: AsRef<str>>(items: &[T], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", head.join(", "), last.as_ref())
        }
    }
}

/// The first few items and how many more there are: `a, b, c and 7 more`.
pub fn short_list<T: AsRef<str>>(items: &[T], most: usize) -> String {
    if items.len() <= most {
        return and_list(items);
    }
    let shown: Vec<&str> = items.iter().take(most).map(AsRef::as_ref).collect();
    format!("{} and {} more", shown.join(", "), items.len() - shown.len())
}

/// `1 server`, `2 servers`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The candidate nearest to what was written, if one is near enough to be meant.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = written.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| {
            let longer = written.chars().count().max(candidate.chars().count());
            *distance * 3 <= longer.max(3)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned_text_keeps_its_length_and_loses_its_powers() {
        for text in ["\u{1b}[31mred", "a\u{202e}b", "a\u{85}b", "plain é 🔑"] {
            let cleaned = clean(text);
            assert_eq!(cleaned.len(), text.len(), "{text:?}");
            assert!(!cleaned.chars().any(acts_on_terminal), "{text:?}");
        }
        assert_eq!(clean("a\tb\n"), "a\tb\n");
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(and_list::<&str>(&[]), "");
        assert_eq!(and_list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(or_list(&["a", "b"]), "a or b");
        assert_eq!(short_list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(count(1, "server"), "1 server");
    }

    #[test]
    fn the_nearest_name_is_offered_only_when_near() {
        assert_eq!(nearest("BTS1", ["BTS01", "SQL01"]), Some("BTS01"));
        assert_eq!(nearest("bts01", ["BTS01"]), Some("BTS01"));
        assert_eq!(nearest("Warehouse", ["BTS01", "SQL01"]), None);
    }
}
