//! The rows of the report as comma-separated values, one header line first.

use super::Report;

const HEADER: [&str; 15] = [
    "component",
    "kind",
    "server",
    "scope",
    "onset",
    "until",
    "spof",
    "taken_by",
    "protected_by",
    "stops",
    "stops_later",
    "documented_scope",
    "escalated_by",
    "line",
    "file",
];

pub fn render(report: &Report) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for row in &report.components {
        let documented = row.documented.as_ref().map_or("", |documented| documented.scope);
        writer.write_record([
            cell(&row.component),
            cell(&row.kind),
            cell(&row.server),
            row.scope.to_owned(),
            row.onset.to_owned(),
            cell(&row.until),
            if row.spof { "yes" } else { "no" }.to_owned(),
            cell(&row.taken_by.join("; ")),
            cell(&row.protected_by.join("; ")),
            cell(&row.stops.join("; ")),
            cell(&row.stops_later.join("; ")),
            documented.to_owned(),
            cell(&row.escalated_by.join(" > ")),
            row.line.to_string(),
            cell(if row.file.is_empty() { &report.file } else { &row.file }),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A spreadsheet takes a cell that starts like a formula for one, also behind spaces: it is
/// quoted as text.
pub(super) fn cell(text: &str) -> String {
    let starts = text.trim_start().starts_with(['=', '+', '-', '@']);
    let cleaned = crate::text::clean(text);
    match starts || text.starts_with(['\t', '\r', '\n']) {
        true => format!("'{cleaned}"),
        false => cleaned.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", " \u{a0}@x", "\n+1", "\tx"] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        for text in ["", "a", "a=1", " a-b", "1"] {
            assert_eq!(cell(text), text);
        }
    }
}
