//! GitLab Code Quality.
//!
//! GitLab compares the reports of two branches: what one does not hold is taken for mended.
//! So there is none where anything could not be decided.

use serde::Serialize;

use crate::report::review::document::{Document, Entry};
use crate::text;

#[derive(Debug, Serialize)]
pub struct Degradation {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// `None` if something could not be decided.
pub fn of(document: &Document) -> Option<Vec<Degradation>> {
    document.decided.then(|| document.findings.iter().map(degradation).collect())
}

fn degradation(entry: &Entry) -> Degradation {
    Degradation {
        description: text::clean(&entry.message).into_owned(),
        check_name: entry.rule.clone(),
        fingerprint: entry.fingerprint.clone(),
        severity: match entry.severity {
            "error" => "critical",
            "warning" => "major",
            _ => "info",
        },
        location: Location {
            path: entry.place.file.clone(),
            lines: Lines { begin: entry.place.line, end: entry.place.end_line },
        },
    }
}
