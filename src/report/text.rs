//! The failure-scope report for a terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, Width, presets};

use super::terminal::{Style, Terminal};
use super::{Report, Row, ServiceRow, SinglePoint, Taker};
use crate::text::{clean, count, count_of, short_list, short_list_of};

/// From this width on, every column has room of its own.
const WIDE: usize = 120;
/// Names a cell lists before it only counts.
const NAMED: usize = 3;
/// What takes a service, as far as it is named.
const TAKERS: usize = 6;
/// Subjects of one assumption that are listed before they are only counted.
const ASSUMED: usize = 6;

pub fn render(report: &Report, terminal: Terminal) -> String {
    let mut out = header(report, terminal);
    if report.components.is_empty() {
        out.push_str("No component matches the filter.\n");
    } else {
        out.push_str(&table(report, terminal));
    }
    out.push_str(&notes(report, terminal));
    out.push_str(&single_points(report, terminal));
    out.push_str(&services(report, terminal));
    out.push_str(&troubles(report, terminal));
    out.push_str(&assumptions(report, terminal));
    out
}

fn header(report: &Report, terminal: Terminal) -> String {
    let summary = &report.summary;
    let title = format!("Failure scopes: {}", clean(&report.topology));
    let spofs = summary.single_points_of_failure;
    let style = if spofs == 0 { Style::Good } else { Style::Bad };
    let points = count_of(spofs, "single point of failure", "single points of failure");
    let facts = format!(
        "{}, {}, {}",
        count(summary.components, "component"),
        count(summary.functions, "function"),
        count(summary.services, "service"),
    );
    format!(
        "{}\n{facts}, {}\n\n",
        terminal.paint(Style::Strong, &title),
        terminal.paint(style, &points)
    )
}

fn table(report: &Report, terminal: Terminal) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(terminal.width).unwrap_or(u16::MAX));
    if terminal.width >= WIDE {
        table.set_header([
            "component",
            "kind",
            "where",
            "scope",
            "onset",
            "SPOF",
            "protected by",
            "what stops",
        ]);
        table.add_rows(report.components.iter().map(wide_cells));
    } else {
        table.set_header(["component", "scope", "SPOF", "protected by", "what stops"]);
        table.set_constraints(narrow_columns(terminal.width));
        table.add_rows(report.components.iter().map(narrow_cells));
    }
    format!("{}\n", table.trim_fmt())
}

/// Names get room, so that they break between words.
fn narrow_columns(width: usize) -> Vec<ColumnConstraint> {
    let share =
        |percent: usize| Width::Fixed(u16::try_from(width * percent / 100).unwrap_or(u16::MAX));
    vec![
        ColumnConstraint::LowerBoundary(share(26)),
        ColumnConstraint::LowerBoundary(Width::Fixed(14)),
        ColumnConstraint::LowerBoundary(Width::Fixed(10)),
        ColumnConstraint::LowerBoundary(share(19)),
        ColumnConstraint::LowerBoundary(share(19)),
    ]
}

fn wide_cells(row: &Row) -> [String; 8] {
    [
        clean(&row.component).into_owned(),
        clean(&row.kind).into_owned(),
        clean(&row.server).into_owned(),
        scope_cell(row),
        onset_cell(row),
        spof_cell(row),
        protection_cell(row),
        stops_cell(row),
    ]
}

fn narrow_cells(row: &Row) -> [String; 5] {
    [
        format!("{} ({})", clean(&row.component), clean(&row.kind)),
        format!("{}\n{}", scope_cell(row), row.onset),
        spof_cell(row),
        protection_cell(row),
        stops_cell(row),
    ]
}

fn scope_cell(row: &Row) -> String {
    match row.escalated_by.is_empty() {
        true => row.scope.to_owned(),
        false => format!("{} !", row.scope),
    }
}

fn onset_cell(row: &Row) -> String {
    match row.until.is_empty() {
        true => row.onset.to_owned(),
        false => format!("{}: {}", row.onset, clean(&row.until)),
    }
}

/// A thing that falls with a single point of failure is not safe for not being one.
fn spof_cell(row: &Row) -> String {
    match (row.down, row.spof, row.taken_by.as_slice()) {
        (true, ..) => "down".to_owned(),
        (false, true, _) => "yes".to_owned(),
        (false, false, []) => "no".to_owned(),
        (false, false, [only]) => format!("via {}", clean(only)),
        (false, false, [first, rest @ ..]) => format!("via {} +{}", clean(first), rest.len()),
    }
}

fn protection_cell(row: &Row) -> String {
    if row.protected_by.is_empty() {
        return "-".to_owned();
    }
    clean(&short_list(&row.protected_by, NAMED)).into_owned()
}

fn stops_cell(row: &Row) -> String {
    if row.scope == "systemwide" {
        return match row.onset {
            "immediate" => "everything".to_owned(),
            _ => "everything, later".to_owned(),
        };
    }
    let mut parts = Vec::new();
    let whole: Vec<&String> =
        row.stops.iter().filter(|name| !row.stops_partly.contains(name)).collect();
    if !whole.is_empty() {
        parts.push(short_list(&whole, NAMED));
    }
    if !row.stops_partly.is_empty() {
        parts.push(format!("its share of {}", short_list(&row.stops_partly, NAMED)));
    }
    if !row.stops_later.is_empty() {
        parts.push(format!("later: {}", short_list(&row.stops_later, NAMED)));
    }
    if parts.is_empty() {
        parts.push(beside_functions(row.scope).to_owned());
    }
    if let Some(scope) = row.interruption {
        parts.push(format!("{scope} while it moves"));
    }
    clean(&parts.join("; ")).into_owned()
}

/// What stops where no function does.
fn beside_functions(scope: &str) -> &'static str {
    match scope {
        "admin" => "changes and deployments",
        "server" => "only what runs there",
        _ => "-",
    }
}

/// What the documentation warns of, for the rows shown, and why rows are escalated.
fn notes(report: &Report, terminal: Terminal) -> String {
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for row in &report.components {
        if !row.escalated_by.is_empty() {
            let path: Vec<_> = row.escalated_by.iter().map(|name| clean(name)).collect();
            let documented = row.documented.as_ref().map_or("", |documented| documented.scope);
            let text = format!(
                "! {}: documented as {documented}, {} here by {}",
                clean(&row.component),
                row.scope,
                path.join(" → ")
            );
            out.push_str(&paragraph(&text, "    ", terminal));
        }
        let Some(documented) = &row.documented else { continue };
        if row.onset == "latent" && !told.contains(&documented.note) {
            told.push(documented.note);
            let until = match row.until.is_empty() {
                true => String::new(),
                false => format!(" Felt after: {}.", clean(&row.until)),
            };
            let text = format!("* {}: {}{until}", clean(&row.component), documented.note);
            out.push_str(&paragraph(&text, "    ", terminal));
        }
    }
    section("Notes", &out, terminal)
}

fn single_points(report: &Report, terminal: Terminal) -> String {
    let mut out = String::new();
    for point in &report.single_points_of_failure {
        out.push_str(&single_point(point, terminal));
    }
    section("Single points of failure", &out, terminal)
}

fn single_point(point: &SinglePoint, terminal: Terminal) -> String {
    let mut takes = Vec::new();
    if !point.takes.is_empty() {
        takes.push(short_list(&point.takes, 4));
    }
    if !point.services.is_empty() {
        let noun = if point.services.len() == 1 { "service" } else { "services" };
        takes.push(format!("{noun} {}", short_list(&point.services, 4)));
    }
    let head = format!(
        "{} ({}): {}, {}; takes {}",
        clean(&point.component),
        clean(&point.kind),
        point.scope,
        point.onset,
        clean(&takes.join(" and "))
    );
    let names: Vec<_> = point.path.iter().map(|step| clean(&step.component)).collect();
    let mut out = paragraph(&head, "  ", terminal);
    out.push_str(&paragraph(&format!("  {}", names.join(" → ")), "    ", terminal));
    out
}

fn services(report: &Report, terminal: Terminal) -> String {
    let lines = report.services.iter().map(|row| {
        let text = format!("{}: {}", row.service, what_takes(row));
        paragraph(&clean(&text), "    ", terminal)
    });
    section("Services", &lines.collect::<String>(), terminal)
}

/// `2 single failures take it: SAN01 and MSS01 (at a restart)`.
pub(super) fn what_takes(row: &ServiceRow) -> String {
    if row.single_failures == 0 {
        return "no single failure takes it".to_owned();
    }
    let words = |taker: &Taker| match taker.takes {
        "at once" => taker.component.clone(),
        "share" => format!("{} (one computer's share)", taker.component),
        when => format!("{} ({when})", taker.component),
    };
    let names: Vec<String> = row.taken_by.iter().map(words).collect();
    let verb = if row.single_failures == 1 { "takes" } else { "take" };
    let count = count(row.single_failures, "single failure");
    format!("{count} {verb} it: {}", short_list_of(&names, row.single_failures, TAKERS))
}

fn troubles(report: &Report, terminal: Terminal) -> String {
    let mut out = String::new();
    if !report.down.is_empty() {
        let text = clean(&short_list(&report.down, 12)).into_owned();
        out.push_str(&section("Down as designed", &paragraph(&text, "  ", terminal), terminal));
    }
    let mut locks = String::new();
    for part in &report.boot_deadlocks {
        let text = format!("{} need each other to start", short_list(part, 8));
        locks.push_str(&paragraph(&clean(&text), "  ", terminal));
    }
    out.push_str(&section("Cannot be started again once down", &locks, terminal));
    out
}

fn assumptions(report: &Report, terminal: Terminal) -> String {
    let mut out = String::new();
    for (unknown, subjects) in report.assumptions_by_unknown() {
        let shown: Vec<String> = subjects.iter().map(|row| row.subject_and_place()).collect();
        let text = format!("{}: unknown {unknown}", short_list(&shown, ASSUMED));
        out.push_str(&paragraph(&text, "  ", terminal));
    }
    section("Assumed, because the file does not say", &out, terminal)
}

fn section(title: &str, body: &str, terminal: Terminal) -> String {
    match body.is_empty() {
        true => String::new(),
        false => format!("\n{}\n{body}", terminal.paint(Style::Strong, title)),
    }
}

/// Wrapped to the terminal at blanks only, so that names and paths can be copied; every line but
/// the first indented.
pub fn paragraph(text: &str, indent: &str, terminal: Terminal) -> String {
    let options = textwrap::Options::new(terminal.width)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
        .initial_indent(if indent.is_empty() { "" } else { "  " })
        .subsequent_indent(if indent.is_empty() { "" } else { indent });
    let mut out = textwrap::fill(text, options);
    out.push('\n');
    out
}
