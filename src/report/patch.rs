//! What an edit changes, as a unified diff.

use similar::TextDiff;

use crate::text;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The hunks between two texts of one file; empty if they are the same.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    let name = text::clean(name);
    harmless(&unified.context_radius(CONTEXT).header(&name, &name).to_string())
}

/// A carriage return stays where it ends a line, so that the diff can be applied.
fn harmless(diff: &str) -> String {
    let lines = diff.split("\r\n").map(text::clean);
    lines.collect::<Vec<_>>().join("\r\n")
}
