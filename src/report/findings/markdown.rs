//! Markdown that fits in a comment of a pull request: the verdict, what was found, and the
//! failure scopes folded.

use crate::report::Report;
use crate::report::markdown::{SCOPE_TABLE_HEAD, escape, escape_html, scope_row};
use crate::report::review::Verdict;
use crate::report::review::document::{Document, Entry, SuppressedEntry};
use crate::text::{count, count_of};

/// GitHub takes 65,536 characters in a comment. Findings end here,
const FINDINGS_END: usize = 40_000;
/// and all else here.
const END: usize = 60_000;
/// Characters of one cell.
const LONGEST_CELL: usize = 400;

pub fn render(document: &Document) -> String {
    let mut out = format!("## failscope: {}\n\n{}\n", verdict(document), counts(document));
    list(&mut out, "Could not be read", document.unreadable.iter().map(|reason| cell(reason)));
    for (severity, title) in [("error", "Errors"), ("warning", "Warnings"), ("info", "Infos")] {
        let entries: Vec<&Entry> =
            document.findings.iter().filter(|entry| entry.severity == severity).collect();
        if !entries.is_empty() {
            out.push_str(&format!("\n### {title}\n\n"));
            findings(&mut out, &entries);
        }
    }
    accepted(&mut out, &document.suppressed);
    for report in &document.scopes {
        scopes(&mut out, report);
    }
    out
}

fn verdict(document: &Document) -> &'static str {
    match document.verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Undecided => "could not decide",
    }
}

fn counts(document: &Document) -> String {
    let summary = &document.summary;
    let mut parts = vec![
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.infos, "info"),
    ];
    if summary.suppressed > 0 {
        parts.push(format!("{} suppressed", summary.suppressed));
    }
    if summary.unreadable > 0 {
        parts.push(format!("{} could not be read", count(summary.unreadable, "file")));
    }
    format!("{}: {}", count_of(summary.topologies, "topology", "topologies"), parts.join(", "))
}

fn findings(out: &mut String, entries: &[&Entry]) {
    let rows = entries.iter().map(|entry| {
        let subject = entry.subject.as_deref().unwrap_or("");
        let place = format!("{}:{}", cell(&entry.place.file), entry.place.line);
        [rule(entry), cell(subject), cell(&entry.message), place]
    });
    table(out, ["rule", "about", "what is wrong", "where"], rows, FINDINGS_END);
}

fn rule(entry: &Entry) -> String {
    let name = entry.name.as_deref().unwrap_or("");
    cell(format!("{} {name}", entry.rule).trim_end())
}

fn accepted(out: &mut String, suppressed: &[SuppressedEntry]) {
    if suppressed.is_empty() {
        return;
    }
    let number = suppressed.len();
    out.push_str(&format!("\n<details>\n<summary>{number} accepted</summary>\n\n"));
    let rows = suppressed.iter().map(|SuppressedEntry { finding, waiver }| {
        let subject = finding.subject.as_deref().unwrap_or("");
        let until = waiver.until.as_deref().unwrap_or("");
        let owner = waiver.owner.as_deref().unwrap_or("");
        [rule(finding), cell(subject), cell(&waiver.reason), cell(owner), cell(until)]
    });
    table(out, ["rule", "about", "reason", "owner", "until"], rows, END);
    out.push_str("\n</details>\n");
}

fn scopes(out: &mut String, report: &Report) {
    if out.len() > END {
        return;
    }
    let spofs = report.summary.single_points_of_failure;
    let spofs = count_of(spofs, "single point of failure", "single points of failure");
    out.push_str(&format!(
        "\n<details>\n<summary>Failure scopes of {}: {}, {spofs}</summary>\n\n{SCOPE_TABLE_HEAD}",
        escape_html(&shortened(&report.topology)),
        count(report.summary.components, "component"),
    ));
    rows(out, report.components.iter().map(scope_row), END);
    out.push_str("\n</details>\n");
}

fn list(out: &mut String, title: &str, items: impl ExactSizeIterator<Item = String>) {
    if items.len() > 0 {
        out.push_str(&format!("\n### {title}\n\n"));
        rows(out, items.map(|item| format!("- {item}\n")), FINDINGS_END);
    }
}

fn table<const N: usize>(
    out: &mut String,
    head: [&str; N],
    cells: impl ExactSizeIterator<Item = [String; N]>,
    end: usize,
) {
    out.push_str(&format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N)));
    rows(out, cells.map(|cells| format!("| {} |\n", cells.join(" | "))), end);
}

/// As many lines as there is room for, and how many more there are.
fn rows(out: &mut String, lines: impl ExactSizeIterator<Item = String>, end: usize) {
    let all = lines.len();
    for (written, line) in lines.enumerate() {
        if out.len() + line.len() > end {
            out.push_str(&format!("\n... and {} more\n", all - written));
            return;
        }
        out.push_str(&line);
    }
}

fn cell(text: &str) -> String {
    escape(&shortened(text))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
