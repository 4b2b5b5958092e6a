//! Proven edits in the terms of SARIF.

use serde::Serialize;

use super::{Artifact, Message, ROOT, literal};
use crate::report::review::document::{EditEntry, FixEntry};
use crate::report::review::places;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix {
    description: Message,
    artifact_changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Deleted,
    inserted_content: Message,
}

/// Exact, unlike the region of a location: an empty one is a place to insert at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

pub(super) fn of(fix: &FixEntry) -> Fix {
    let by_file = fix.edits.chunk_by(|a, b| a.place.file == b.place.file);
    Fix {
        description: Message::from(literal(&fix.title)),
        artifact_changes: by_file.filter_map(change).collect(),
    }
}

fn change(edits: &[EditEntry]) -> Option<Change> {
    let uri = places::uri(&edits.first()?.place.file);
    let replacements = edits.iter().map(|edit| Replacement {
        deleted_region: Deleted {
            start_line: edit.place.line,
            start_column: edit.place.column,
            end_line: edit.place.end_line,
            end_column: edit.place.end_column,
        },
        inserted_content: Message::from(edit.replacement.clone()),
    });
    Some(Change {
        artifact_location: Artifact { uri, uri_base_id: ROOT },
        replacements: replacements.collect(),
    })
}
