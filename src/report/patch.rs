//! What differs between two texts, as a unified diff.

use similar::TextDiff;

use crate::text;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The hunks between two texts, each with its name; empty if they are the same.
pub fn unified(names: [&str; 2], old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    let [old, new] = names.map(text::clean);
    harmless(&unified.context_radius(CONTEXT).header(&old, &new).to_string())
}

/// A carriage return stays where it ends a line, so that the diff can be applied.
fn harmless(diff: &str) -> String {
    let lines = diff.split("\r\n").map(text::clean);
    lines.collect::<Vec<_>>().join("\r\n")
}
