//! Findings of a lint run for a terminal, and the line that sums them up.

use super::excerpt;
use super::terminal::{Style, Terminal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;
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
    pub fn of(diagnostics: &[Diagnostic]) -> Tally {
        let with = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        Tally {
            errors: with(Severity::Error),
            warnings: with(Severity::Warning),
            infos: with(Severity::Info),
            suppressed: 0,
        }
    }

    pub fn add(&mut self, other: Tally) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
        self.suppressed += other.suppressed;
    }
}

pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], terminal: Terminal) -> String {
    diagnostics.iter().map(|diagnostic| excerpt::render(sources, diagnostic, terminal)).collect()
}

pub fn summary(files: usize, tally: Tally, terminal: Terminal) -> String {
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
