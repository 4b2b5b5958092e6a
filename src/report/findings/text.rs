//! For a terminal: every finding with its lines, and a line that sums up.

use crate::report::excerpt;
use crate::report::review::{Review, Tally};
use crate::report::terminal::{Style, Terminal};
use crate::text::{count, count_of};

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
    let files = count_of(files, "topology", "topologies");
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
