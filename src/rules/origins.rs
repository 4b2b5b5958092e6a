//! Findings about what was imported say where the import found it.

use super::Finding;
use crate::diagnostic::Label;
use crate::model::{Origin, Topology};
use crate::source::Span;
use crate::text;

/// Adds the place in the imported file to each finding about something imported.
/// Findings are in the order of their places.
pub(super) fn add(findings: &mut [Finding], topology: &Topology) {
    let ranges = ranges(&topology.origins);
    let mut next = ranges.iter().peekable();
    // Those that the place is in, the innermost last: mappings nest.
    let mut open: Vec<&(Span, &Origin)> = Vec::new();
    for finding in findings {
        let place = finding.primary.span;
        while let Some(range) = next.next_if(|(range, _)| is_before(*range, place)) {
            open.retain(|(outer, _)| holds(*outer, range.0));
            open.push(range);
        }
        open.retain(|(range, _)| holds(*range, place));
        if let Some((_, origin)) = open.last() {
            finding.related.push(Label { span: origin.stated, text: words(origin) });
        }
    }
}

/// From the name of a thing to the end of its attributes. What another file lays over
/// it was not imported.
fn ranges(origins: &[Origin]) -> Vec<(Span, &Origin)> {
    let imported = origins.iter().filter(|origin| origin.extent.file == origin.stated.file);
    let mut ranges: Vec<(Span, &Origin)> = imported
        .map(|origin| match origin.name {
            Some(name) if name.file == origin.extent.file => {
                let start = name.start.min(origin.extent.start);
                (Span { start, ..origin.extent }, origin)
            }
            _ => (origin.extent, origin),
        })
        .collect();
    ranges.sort_by_key(|(range, _)| (range.file, range.start, std::cmp::Reverse(range.end)));
    ranges
}

fn is_before(range: Span, place: Span) -> bool {
    (range.file, range.start) <= (place.file, place.start)
}

fn holds(range: Span, place: Span) -> bool {
    range.file == place.file && is_before(range, place) && place.end <= range.end
}

fn words(origin: &Origin) -> String {
    match origin.places.len() {
        0 | 1 => "imported from here".to_owned(),
        several => format!("imported from here and {}", text::count(several - 1, "other place")),
    }
}
