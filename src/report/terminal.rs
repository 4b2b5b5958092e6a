//! What a terminal can show: width and colour.

/// How to lay text out.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Columns; tables and paragraphs wrap to it.
    pub width: usize,
    pub colour: bool,
}

/// Narrower than this, words break; wider than this, eyes lose the line.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=400;

impl Terminal {
    pub fn new(width: usize, colour: bool) -> Terminal {
        Terminal { width: width.clamp(*WIDTHS.start(), *WIDTHS.end()), colour }
    }

    /// Text in a style, or plain where colour is off.
    pub fn paint(self, style: Style, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Bad => "31;1",
            Style::Warn => "33;1",
            Style::Good => "32",
            Style::Strong => "1",
            Style::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Bad,
    Warn,
    Good,
    Strong,
    Faint,
}
