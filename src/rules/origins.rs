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

#[cfg(test)]
mod tests {
    use super::{holds, ranges};
    use crate::model::Origin;
    use crate::rules::find;
    use crate::rules::testing::{findings, pointed_at};
    use crate::source::{SourceMap, Span};

    /// Where a reader of files, at line 12 of what is read here, is said to be imported from.
    fn imported(changes: &[(&str, &str)]) -> Vec<String> {
        imported_of("BTS106", changes)
    }

    fn imported_of(id: &str, changes: &[(&str, &str)]) -> Vec<String> {
        let mut yaml = find(id).unwrap().bad.to_owned();
        for (was, is) in changes {
            assert!(yaml.contains(was), "{was}");
            yaml = yaml.replacen(was, is, 1);
        }
        let (_, finding) = findings(find(id).unwrap(), &yaml).remove(0);
        let places = pointed_at(&finding, &yaml).into_iter().skip(1);
        let labelled = places.zip(&finding.related);
        let origins = labelled.filter(|(_, label)| label.text.starts_with("imported from"));
        origins.map(|(place, label)| format!("{place}, {}", label.text)).collect()
    }

    const GROUP: (&str, &str) = ("biztalk:\n", "biztalk:\n  imported_from: s.xml:1\n");
    const BEFORE: (&str, &str) = (
        "    Partner:\n",
        "    First: { adapter: FILE, host: Receive, imported_from: b.xml:5 }\n    Partner:\n",
    );
    const AFTER: (&str, &str) = (
        "      host: Receive\n",
        "      host: Receive\n    Last: { adapter: FILE, host: Receive, imported_from: b.xml:7 }\n",
    );
    const ITSELF: (&str, &str) =
        ("host: Receive\n", "host: Receive\n      imported_from: b.xml:9\n");
    const TWICE: (&str, &str) =
        ("host: Receive\n", "host: Receive\n      imported_from: [b.xml:9, s.xml:3]\n");

    #[test]
    fn the_innermost_thing_that_was_imported_counts() {
        assert!(imported(&[]).is_empty());
        assert!(imported(&[AFTER]).is_empty());
        assert!(imported(&[BEFORE]).is_empty(), "what stands before was imported, this was not");
        assert_eq!(imported(&[GROUP]), ["4: s.xml:1, imported from here"]);
        assert_eq!(imported(&[GROUP, BEFORE]), ["4: s.xml:1, imported from here"]);
        let own = ["12: b.xml:9, imported from here"];
        assert_eq!(imported(&[ITSELF, GROUP, BEFORE]), own);
        assert_eq!(imported(&[TWICE]), ["10: b.xml:9, imported from here and 1 other place"]);
    }
    #[test]
    fn the_name_of_a_thing_belongs_to_it() {
        let process = [("    Process:   # <-\n", "    Process: { imported_from: s.xml:4 }\n")];
        assert_eq!(imported_of("BTS003", &process), ["5: s.xml:4, imported from here"]);
    }

    #[test]
    fn a_place_in_another_file_belongs_to_nothing_in_this_one() {
        let mut sources = SourceMap::new();
        let [base, over] = ["base.yaml", "over.yaml"].map(|name| sources.add(name, ""));
        let extent = Span::new(base, 40, 60);
        let named =
            |name: Span| Origin { name: Some(name), extent, stated: extent, places: vec![] };
        let here = named(Span::new(base, 30, 35));
        assert_eq!(ranges(&[here])[0].0, Span::new(base, 30, 60));
        let elsewhere = named(Span::new(over, 3, 8));
        assert_eq!(ranges(&[elsewhere])[0].0, extent, "the name stands in the other file");
        assert!(holds(extent, Span::new(base, 45, 50)));
        for outside in [Span::new(over, 45, 50), Span::new(base, 39, 41), Span::new(base, 59, 61)] {
            assert!(!holds(extent, outside), "{outside:?}");
        }
    }
}
