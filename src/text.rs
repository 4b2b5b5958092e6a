//! Small helpers for words that people read.

use std::borrow::Cow;

/// Replaces what could act on a terminal instead of being shown on it: control
/// characters and the invisible marks that reorder text.
///
/// The result has the same number of bytes, so places in a source line stay true.
pub fn clean(text: &str) -> Cow<'_, str> {
    if first_acting(text).is_none() {
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

/// The first character that acts on a terminal. Nearly all text is printable ASCII,
/// which its bytes tell faster than its characters.
pub fn first_acting(text: &str) -> Option<char> {
    let is_printable = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    match text.bytes().fold(true, |all, byte| all & is_printable(byte)) {
        true => None,
        false => text.chars().find(|&c| acts_on_terminal(c)),
    }
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
    short_list_of(items, items.len(), most)
}

/// The same of so many items, of which only the first are given.
pub fn short_list_of<T: AsRef<str>>(first: &[T], all: usize, most: usize) -> String {
    let shown: Vec<&str> = first.iter().take(most).map(AsRef::as_ref).collect();
    match all - shown.len() {
        0 => and_list(&shown),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 server`, `2 servers`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `1 topology`, `2 topologies`: for nouns that do not take an `s` at the end.
pub fn count_of(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What one search for a near name may cost when nothing else bounds it.
pub const SEARCH_BUDGET: usize = 10_000_000;

/// The candidate nearest to what was written, if one is near enough to be meant.
///
/// A comparison takes the product of both lengths from `budget`; once it is used up
/// nothing is offered any more, so that many long names cannot keep the program busy.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    budget: &mut usize,
) -> Option<&'a str> {
    let length = written.chars().count();
    *budget = budget.saturating_sub(length);
    let lower = written.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = candidate.chars().count();
        let most = length.max(other) / 3;
        let possible = length.abs_diff(other) <= most;
        let cost = if possible { (length + 1).saturating_mul(other + 1) } else { other + 1 };
        if cost > *budget {
            *budget = 0;
            return None;
        }
        *budget -= cost;
        if !possible {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A value for YAML that means this text wherever it stands: in a block, as a key, and in
/// a flow list, where a comma or a bracket would end a plain word.
pub fn yaml_word(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let starts_plain = value.starts_with(|c: char| c.is_ascii_alphabetic());
    // Older readers take words such as `no` for something else; the emitter knows them.
    let unquoted =
        || serde_yaml::to_string(value).is_ok_and(|line| line.strip_suffix('\n') == Some(value));
    match starts_plain && value.chars().all(plain) && !value.starts_with("x-") && unquoted() {
        true => value.to_owned(),
        false => yaml_quoted(value),
    }
}

/// In double quotes; JSON strings are YAML.
pub fn yaml_quoted(value: &str) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "\"\"".to_owned())
}

/// Words of the author in a message: a page of text would hide what is said about it.
pub fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
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
        let near = |written, names: &[&'static str]| {
            nearest(written, names.iter().copied(), &mut SEARCH_BUDGET.clone())
        };
        assert_eq!(near("BTS1", &["BTS01", "SQL01"]), Some("BTS01"));
        assert_eq!(near("bts01", &["BTS01"]), Some("BTS01"));
        assert_eq!(near("Warehouse", &["BTS01", "SQL01"]), None);
    }

    #[test]
    fn a_search_stops_when_its_budget_is_used_up() {
        let mut budget = 100;
        assert_eq!(nearest("abcd", ["abce", "abcf"], &mut budget), Some("abce"));
        assert_eq!(budget, 100 - 4 - 25 - 25);
        assert_eq!(nearest("abcd", ["wxyz", "wxyz", "abcd"], &mut budget), None);
        assert_eq!(budget, 0);
        let long = "x".repeat(1 << 20);
        let mut budget = SEARCH_BUDGET;
        assert_eq!(nearest(&long, ["short"], &mut budget), None);
        assert!(budget > SEARCH_BUDGET - (2 << 20), "length alone tells them apart");
        assert_eq!(nearest(&long, [long.as_str()], &mut budget), None);
    }
}
