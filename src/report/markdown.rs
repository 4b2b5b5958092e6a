//! The failure-scope report as Markdown, fit to be committed and reviewed.

use super::text::what_takes;
use super::{Report, Row};
use crate::text::{and_list, clean, count, count_of, short_list};

pub(super) const SCOPE_TABLE_HEAD: &str = "\
| component | kind | where | scope | onset | SPOF | protected by | what stops |
|---|---|---|---|---|---|---|---|
";

pub fn render(report: &Report) -> String {
    let mut out = format!("# Failure scopes: {}\n\n", escape(&report.topology));
    let spofs = report.summary.single_points_of_failure;
    out.push_str(&format!(
        "{}, {}, {}, **{}**\n\n",
        count(report.summary.components, "component"),
        count(report.summary.functions, "function"),
        count(report.summary.services, "service"),
        count_of(spofs, "single point of failure", "single points of failure"),
    ));
    out.push_str(SCOPE_TABLE_HEAD);
    for row in &report.components {
        out.push_str(&scope_row(row));
    }
    out.push_str(&single_points(report));
    out.push_str(&bullets(
        "Services",
        report
            .services
            .iter()
            .map(|row| format!("**{}**: {}", escape(&row.service), escape(&what_takes(row)))),
    ));
    out.push_str(&bullets("Down as designed", report.down.iter().map(|name| escape(name))));
    out.push_str(&bullets(
        "Cannot be started again once down",
        report.boot_deadlocks.iter().map(|part| escape(&short_list(part, 8))),
    ));
    out.push_str(&bullets(
        "Assumed, because the file does not say",
        report.assumptions_by_unknown().into_iter().map(|(unknown, rows)| {
            let subjects: Vec<&str> = rows.iter().map(|row| row.subject.as_str()).collect();
            format!("{}: unknown {}", escape(&and_list(&subjects)), escape(unknown))
        }),
    ));
    out
}

pub(super) fn scope_row(row: &Row) -> String {
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

/// Ends a run of text without being seen: what stands before it and after it is never read
/// together as a mention, a reference or an emoji. A backslash would not do: these are looked
/// for in the rendered page.
const BREAK: &str = "<!-- -->";

/// A name is text, whatever it holds: no markup, no new cell, no new line, nobody mentioned.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.starts_with(['-', '+', '=']) {
        out.push('\\'); // no list, no heading
    }
    for (c, rest) in with_rest(&clean(text)) {
        match c {
            '\n' => out.push(' '),
            '&' | '<' | '>' | '$' => out.push_str(&entity(c)),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // A number and this at the start would be a list.
            '.' | ')' if out.bytes().all(|byte| byte.is_ascii_digit()) => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        if starts_reference(&out, c, rest) {
            out.push_str(BREAK);
        }
    }
    out
}

/// The same inside of HTML, where a backslash is a backslash.
pub(super) fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (c, rest) in with_rest(&clean(text)) {
        match c {
            '\n' => out.push(' '),
            '&' | '<' | '>' | '"' | '$' => out.push_str(&entity(c)),
            _ => out.push(c),
        }
        if starts_reference(&out, c, rest) {
            out.push_str(BREAK);
        }
    }
    out
}

fn entity(c: char) -> String {
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        other => format!("&#{};", u32::from(other)),
    }
}

/// Each character with what follows it.
fn with_rest(text: &str) -> impl Iterator<Item = (char, &str)> {
    text.char_indices().map(|(at, c)| (c, text.get(at + c.len_utf8()..).unwrap_or("")))
}

/// `@name`, `#1`, `!1`, `%1`, `~label`, `&1`, `:emoji:`, `http://`, `www.`, `GH-1`.
fn starts_reference(before: &str, c: char, rest: &str) -> bool {
    let Some(next) = rest.chars().next() else { return false };
    let ends_with = |word: &str| {
        let end = before.len().checked_sub(word.len() + 1).and_then(|at| before.get(at..));
        end.is_some_and(|end| end[..word.len()].eq_ignore_ascii_case(word))
    };
    match c {
        '@' => !next.is_whitespace() && !is_inside_a_word(before, rest),
        '#' | '!' | '%' | '~' | '&' | '$' => !next.is_whitespace(),
        ':' => next.is_alphanumeric() || matches!(next, '/' | '_' | '+' | '-'),
        '.' => ends_with("www"),
        '-' => ends_with("gh") && next.is_ascii_digit(),
        _ => false,
    }
}

/// `Web@BTS01` mentions nobody: a mention starts a word. With a dot it would be an address of
/// somebody's mail.
fn is_inside_a_word(before: &str, rest: &str) -> bool {
    let word = rest.split(char::is_whitespace).next().unwrap_or("");
    let left = before.chars().nth_back(1);
    left.is_some_and(|c| c.is_ascii_alphanumeric()) && !word.contains('.')
}
