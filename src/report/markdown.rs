//! The failure-scope report as Markdown, fit to be committed and reviewed.

use super::{Report, Row};
use crate::text::{clean, count, short_list};

pub fn render(report: &Report) -> String {
    let mut out = format!("# Failure scopes: {}\n\n", escape(&report.topology));
    let spofs = report.summary.single_points_of_failure;
    out.push_str(&format!(
        "{}, {}, {}, **{}**\n\n",
        count(report.summary.components, "component"),
        count(report.summary.functions, "function"),
        count(report.summary.services, "service"),
        if spofs == 1 {
            "1 single point of failure".to_owned()
        } else {
            format!("{spofs} single points of failure")
        },
    ));
    out.push_str(
        "| component | kind | where | scope | onset | SPOF | protected by | what stops |\n",
    );
    out.push_str("|---|---|---|---|---|---|---|---|\n");
    for row in &report.components {
        out.push_str(&table_row(row));
    }
    out.push_str(&single_points(report));
    out.push_str(&bullets("Down as designed", report.down.iter().map(|name| escape(name))));
    out.push_str(&bullets(
        "Cannot be started again once down",
        report.boot_deadlocks.iter().map(|part| escape(&short_list(part, 8))),
    ));
    out.push_str(&bullets(
        "Assumed, because the file does not say",
        report
            .assumptions
            .iter()
            .map(|a| format!("{}: unknown {}", escape(&a.subject), escape(&a.unknown))),
    ));
    out
}

fn table_row(row: &Row) -> String {
    let onset = match row.until.is_empty() {
        true => row.onset.to_owned(),
        false => format!("{}: {}", row.onset, row.until),
    };
    let scope = match row.escalated_by.is_empty() {
        true => row.scope.to_owned(),
        false => format!("{} (escalated by {})", row.scope, row.escalated_by.join(" → ")),
    };
    let mut stops = row.stops.clone();
    stops.extend(row.stops_later.iter().map(|name| format!("{name} (later)")));
    let cells = [
        row.component.clone(),
        row.kind.clone(),
        row.server.clone(),
        scope,
        onset,
        match (row.spof, row.taken_by.is_empty()) {
            (true, _) => "yes".to_owned(),
            (false, true) => "no".to_owned(),
            (false, false) => format!("via {}", short_list(&row.taken_by, 4)),
        },
        short_list(&row.protected_by, 4),
        short_list(&stops, 6),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn single_points(report: &Report) -> String {
    bullets(
        "Single points of failure",
        report.single_points_of_failure.iter().map(|point| {
            let path: Vec<&str> = point.path.iter().map(|step| step.component.as_str()).collect();
            format!(
                "**{}** ({}): {}, {}; {}",
                escape(&point.component),
                escape(&point.kind),
                point.scope,
                point.onset,
                escape(&path.join(" → "))
            )
        }),
    )
}

fn bullets(title: &str, items: impl Iterator<Item = String>) -> String {
    let lines: String = items.map(|item| format!("- {item}\n")).collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("\n## {title}\n\n{lines}"),
    }
}

/// A name is text, whatever it holds: no markup, no new cell, no new line.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '\n' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}
