//! For a terminal: every finding with its lines, and a line that sums up.

use indexmap::IndexSet;

use crate::report::excerpt;
use crate::report::review::{Judged, Review, Tally, Unit};
use crate::report::terminal::{Style, Terminal};
use crate::text::{clean, count, count_of, short_list};

/// Every finding with its lines, then one line that sums up.
pub fn render(review: &Review, terminal: Terminal) -> String {
    let mut out = String::new();
    for unit in &review.units {
        for item in &unit.items {
            out.push_str(&excerpt::render(&unit.sources, &item.diagnostic, terminal));
        }
    }
    let (waiting, others): (Vec<&Unit>, Vec<&Unit>) =
        review.units.iter().partition(|unit| unit.waits_for_project());
    let (broken, others): (Vec<&Unit>, Vec<&Unit>) =
        others.into_iter().partition(|unit| unit.judged == Judged::Project && !unit.decided);
    if !broken.is_empty() {
        out.push_str(&not_judged(&broken, waiting.len(), terminal));
    }
    let topologies = others.iter().filter(|unit| unit.judged == Judged::Topology).count();
    if topologies > 0 || (broken.is_empty() && review.unread.is_empty()) {
        out.push_str(&summary(topologies, Tally::of_units(&others), terminal));
    }
    out
}

/// What is wrong with project files and their rule files, and how much waits for it.
fn not_judged(broken: &[&Unit], topologies: usize, terminal: Terminal) -> String {
    let mut files = IndexSet::new();
    for unit in broken {
        let places = unit.items.iter().map(|item| item.diagnostic.primary.span);
        files.extend(places.map(|place| clean(unit.sources.locate(place).file)));
    }
    let files: Vec<_> = files.into_iter().collect();
    let errors = count(Tally::of_units(broken).errors, "error");
    let waits = match topologies {
        1 => "1 topology is".to_owned(),
        number => format!("{number} topologies are"),
    };
    format!(
        "{}: {}; {waits} not judged\n",
        short_list(&files, 3),
        terminal.paint(Style::Bad, &errors)
    )
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
