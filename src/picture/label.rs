//! Text in boxes: how wide it is, and how it is shortened. No font file is read.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Facts;
use crate::text;

/// Columns of text that the kind of a node may take.
const KIND_COLUMNS: usize = 16;

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

/// What a node is, and how many others are drawn as it.
pub(super) fn of_kind(facts: &Facts) -> String {
    let kind = shortened(&safe(&facts.kind), KIND_COLUMNS);
    match facts.others() {
        0 => kind,
        others => format!("{kind} + {others}"),
    }
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
    fn what_reorders_or_breaks_is_replaced() {
        assert_eq!(safe("a\nb\tc"), "a b c");
        assert_eq!(safe("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(safe("\u{ffff}"), "\u{fffd}");
    }
}
