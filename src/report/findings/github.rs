//! Workflow commands of GitHub Actions: annotations beside the lines they are about.
//!
//! GitHub shows ten of a kind per step, so only the worst are written; the job summary,
//! which is [`super::markdown`], has all.

use crate::report::review::document::{Document, Entry};
use crate::text;

/// Annotations that one run writes.
pub const MOST_ANNOTATIONS: usize = 10;

pub fn render(document: &Document) -> String {
    let mut out = String::new();
    for reason in document.unreadable.iter().take(MOST_ANNOTATIONS) {
        out.push_str(&format!("::error title=failscope::{}\n", data(reason)));
    }
    let worst = document.worst_first();
    for entry in worst.iter().take(MOST_ANNOTATIONS) {
        out.push_str(&annotation(entry));
    }
    if worst.len() > MOST_ANNOTATIONS {
        let found = text::count(worst.len(), "finding");
        out.push_str(&format!(
            "{found}; the {MOST_ANNOTATIONS} worst are annotated, the job summary has the rest\n"
        ));
    }
    out
}

fn annotation(entry: &Entry) -> String {
    let command = match entry.severity {
        "error" => "error",
        "warning" => "warning",
        _ => "notice",
    };
    let place = &entry.place;
    let mut properties = format!("file={},line={}", property(&place.file), place.line);
    // Columns of several lines are ignored, and of an empty place they would be none.
    if place.end_line == place.line && place.end_column > place.column {
        let (column, last) = (place.column, place.end_column - 1);
        properties.push_str(&format!(",endLine={},col={column},endColumn={last}", place.line));
    }
    let title = match &entry.name {
        Some(name) => format!("{} {name}", entry.rule),
        None => entry.rule.clone(),
    };
    let mut words = entry.message.clone();
    if let Some(help) = &entry.help {
        words.push_str(&format!("\nWhat to do: {help}"));
    }
    format!("::{command} {properties},title={}::{}\n", property(&title), data(&words))
}

/// What follows the last `::`.
fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    text::clean(&escaped).into_owned()
}

/// A value between commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
