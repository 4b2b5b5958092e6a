//! Findings of a lint run for a terminal, and the line that sums them up.

use super::excerpt;
use super::review::Review;
use super::terminal::{Style, Terminal};
use crate::diagnostic::Severity;
use crate::text::count;

/// How many of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
    /// Findings that a waiver silenced; not among the others.
    pub suppressed: usize,
}

impl Tally {
    pub fn of(severities: impl Iterator<Item = Severity>) -> Tally {
        let mut tally = Tally::default();
        for severity in severities {
            match severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
                Severity::Info => tally.infos += 1,
            }
        }
        tally
    }

    pub fn add(&mut self, other: Tally) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
        self.suppressed += other.suppressed;
    }
}

/// Every finding with its lines, then one line that sums up.
pub fn render(review: &Review, terminal: Terminal) -> String {
    let mut out = String::new();
    for unit in &review.units {
        for item in &unit.items {
            out.push_str(&excerpt::render(&unit.sources, &item.diagnostic, terminal));
        }
    }
    match review.topologies() {
        0 if !review.unread.is_empty() => {}
        topologies => out.push_str(&summary(topologies, review.tally(), terminal)),
    }
    out
}

fn summary(files: usize, tally: Tally, terminal: Terminal) -> String {
    let files = match files {
        1 => "1 topology".to_owned(),
        n => format!("{n} topologies"),
    };
    let suppressed = match tally.suppressed {
        0 => String::new(),
        number => format!(", {number} suppressed"),
    };
    if (Tally { suppressed: 0, ..tally }) == Tally::default() {
        let nothing = terminal.paint(Style::Good, "nothing found");
        return format!("{files}: {nothing}{suppressed}\n");
    }
    let style = if tally.errors > 0 { Style::Bad } else { Style::Warn };
    let found = format!(
        "{}, {}, {}",
        count(tally.errors, "error"),
        count(tally.warnings, "warning"),
        count(tally.infos, "info")
    );
    format!("{files}: {}{suppressed}\n", terminal.paint(style, &found))
}
