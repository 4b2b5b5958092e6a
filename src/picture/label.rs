//! Text in boxes: how wide it is, and how it is shortened. No font file is read.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Facts;
use crate::text;

/// Columns of text that a row of a name, or of a kind, may take.
const NAME_COLUMNS: usize = 17;
const KIND_COLUMNS: usize = 17;
/// More rows than these make a node a column of text.
const MOST_ROWS: usize = 2;

/// How strong letters are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Weight {
    Plain,
    Bold,
}

impl Weight {
    /// Width of one column of text, in parts of the font size, in a wide sans-serif font.
    fn column(self) -> f64 {
        match self {
            Weight::Plain => 0.6,
            Weight::Bold => 0.73,
        }
    }
}

/// What may stand in a picture: control characters and marks that reorder text are replaced.
pub(super) fn safe(text: &str) -> String {
    let cleaned = text::clean(text);
    let plain = |c: char| match c {
        '\n' | '\t' => ' ',
        // Not allowed in XML, escaped or not.
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    cleaned.chars().map(plain).collect()
}

/// Estimated width in pixels.
pub(super) fn width(text: &str, font_size: f64, weight: Weight) -> f64 {
    text.width() as f64 * font_size * weight.column()
}

/// Shortened in the middle, where names of one family differ least.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let tail = columns / 3;
    let head = columns.saturating_sub(tail + 1);
    let end: Vec<char> = up_to(text.chars().rev(), tail);
    let mut short: String = up_to(text.chars(), head).into_iter().collect();
    short.push('…');
    short.extend(end.into_iter().rev());
    short
}

/// As many characters as fit.
fn up_to(chars: impl Iterator<Item = char>, columns: usize) -> Vec<char> {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= columns
        })
        // Marks without a width could be stacked without end.
        .take(columns.saturating_mul(2))
        .collect()
}

/// What stands in a node, row by row.
pub(super) struct Rows {
    pub(super) name: Vec<String>,
    pub(super) kind: Vec<String>,
    /// What stands out of what is drawn as this one.
    pub(super) held: Option<String>,
}

impl Rows {
    pub(super) fn new(facts: &Facts) -> Rows {
        let others = match facts.others() {
            0 => String::new(),
            others => format!(" + {others}"),
        };
        let kind_columns = KIND_COLUMNS.saturating_sub(others.len());
        let mut kind = wrapped(&safe(&facts.kind), kind_columns);
        kind.last_mut().into_iter().for_each(|row| row.push_str(&others));
        Rows {
            name: wrapped(&safe(&facts.name), NAME_COLUMNS),
            kind,
            held: facts.held.as_ref().map(|held| shortened(&safe(&held.label), NAME_COLUMNS)),
        }
    }
}

/// In rows of at most so many columns; only what does not fit the last one is shortened.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let mut rest = text;
    while rest.width() > columns && rows.len() + 1 < MOST_ROWS {
        let (row, below) = rest.split_at(end_of_row(rest, columns));
        rows.push(row.trim_end().to_owned());
        rest = below.trim_start();
    }
    rows.push(shortened(rest, columns));
    rows
}

/// Where a row ends that is at most so wide: behind a word, if that is not too early.
fn end_of_row(text: &str, columns: usize) -> usize {
    let (mut used, mut last, mut best) = (0, 0, 0);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        // A mark without a width stays with its letter.
        let is_mark = c.width().unwrap_or(0) == 0;
        if used > 0 && !is_mark {
            last = at;
            best = if used * 3 >= columns && parts(before, c) { at } else { best };
        }
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        before = if is_mark { before } else { c };
    }
    if best > 0 { best } else { last }
}

/// Names of machines and programs are words without spaces.
fn parts(before: char, next: char) -> bool {
    let ends = matches!(before, ' ' | '@' | '/' | '\\' | '-' | '_' | '.' | ':' | ',');
    let begins = matches!(next, '(' | ' ') || before.is_lowercase() && next.is_uppercase();
    (ends && next != ' ') || begins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_count_twice() {
        assert_eq!(width("ab", 10.0, Weight::Plain), 12.0);
        assert_eq!(width("日本", 10.0, Weight::Plain), 24.0);
    }

    #[test]
    fn long_names_lose_their_middle() {
        assert_eq!(shortened("MSDTC@BTS01", 20), "MSDTC@BTS01");
        assert_eq!(shortened("0123456789abcdef", 9), "01234…def");
        assert_eq!(shortened("日本語日本語", 7), "日本…語");
    }

    #[test]
    fn long_names_are_wrapped_between_words() {
        let rows = |text: &str| wrapped(text, 12);
        assert_eq!(rows("short"), ["short"]);
        assert_eq!(rows("administration of group"), ["administrati", "on of group"]);
        assert_eq!(rows("business rule updates"), ["business", "rule updates"]);
        assert_eq!(rows("MSS@SQLCLUSTER/SQL"), ["MSS@", "SQLCLUS…/SQL"]);
        assert_eq!(rows("BizTalkRuleEngineDb"), ["BizTalkRule", "EngineDb"]);
        assert_eq!(rows("SQL Agent (BTSSQL)"), ["SQL Agent", "(BTSSQL)"]);
        assert_eq!(rows(&"x".repeat(40)), ["xxxxxxxxxxxx", "xxxxxxx…xxxx"]);
        assert_eq!(rows("日本語日本語日本語"), ["日本語日本語", "日本語"]);
        assert_eq!(rows("abcdefghijkle\u{301}fgh"), ["abcdefghijkl", "e\u{301}fgh"]);
    }

    #[test]
    fn what_reorders_or_breaks_is_replaced() {
        assert_eq!(safe("a\nb\tc"), "a b c");
        assert_eq!(safe("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(safe("\u{ffff}"), "\u{fffd}");
    }
}
