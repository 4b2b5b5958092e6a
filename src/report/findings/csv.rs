//! Findings as comma-separated values, one header line first.

use crate::report::csv::cell;
use crate::report::review::document::{Document, Entry, WaiverEntry};

const HEADER: [&str; 21] = [
    "state",
    "identity",
    "severity",
    "rule",
    "name",
    "tier",
    "subject",
    "message",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "why",
    "help",
    "sources",
    "stands_for",
    "topology",
    "reason",
    "owner",
    "until",
];

pub fn render(document: &Document) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for reason in &document.unreadable {
        let mut record = [""; 21].map(str::to_owned);
        record[0] = "unreadable".to_owned();
        record[2] = "error".to_owned();
        record[7] = cell(reason);
        writer.write_record(record)?;
    }
    for entry in &document.findings {
        let state = if entry.name.is_some() { "found" } else { "problem" };
        writer.write_record(record(state, entry, None))?;
    }
    for accepted in &document.suppressed {
        writer.write_record(record("suppressed", &accepted.finding, Some(&accepted.waiver)))?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn record(state: &str, entry: &Entry, waiver: Option<&WaiverEntry>) -> [String; 21] {
    let word = |word: &Option<String>| cell(word.as_deref().unwrap_or(""));
    let place = &entry.place;
    [
        state.to_owned(),
        entry.identity.clone(),
        entry.severity.to_owned(),
        cell(&entry.rule),
        word(&entry.name),
        entry.tier.unwrap_or("").to_owned(),
        word(&entry.subject),
        cell(&entry.message),
        cell(&place.file),
        place.line.to_string(),
        place.column.to_string(),
        place.end_line.to_string(),
        place.end_column.to_string(),
        word(&entry.why),
        word(&entry.help),
        cell(&entry.sources.join("; ")),
        cell(&entry.stands_for.join("; ")),
        cell(&entry.topology),
        cell(waiver.map_or("", |waiver| waiver.reason.as_str())),
        waiver.map_or(String::new(), |waiver| word(&waiver.owner)),
        waiver.map_or(String::new(), |waiver| word(&waiver.until)),
    ]
}
