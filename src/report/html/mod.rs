//! The report as one page: no network, no tracker, and nothing in it that a name could run.
//!
//! All text goes through the template, which escapes it. Style and script are named by their
//! digests in a content security policy, so that nothing else is applied or run.

mod findings;
mod model;
mod rows;

use askama::Template;
use base64::Engine;
use sha2::{Digest, Sha256};

use self::findings::{Accepted, First, Found};
use self::rows::{Assumed, Point, TableRow, Worst};
use super::review::{Unit, Verdict};
use super::text::what_takes;
use super::{Report, ServiceRow};
use crate::analysis::Analysis;
use crate::diagnostic::Severity;
use crate::text::{clean, count, short_list};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("whatif.js"),
    "\n",
    include_str!("picture.js"),
    "\n",
    include_str!("table.js"),
    "\n",
    include_str!("page.js")
);

/// What is named on top; the sections below have the rest.
const MOST_NAMED: usize = 5;
/// Rows of the table that are shown before more are asked for.
const FIRST_ROWS: usize = 100;

/// What a page shows.
pub struct Contents<'a> {
    pub report: &'a Report,
    pub unit: &'a Unit,
    pub analysis: &'a Analysis<'a>,
    pub picture: Picture<'a>,
}

/// The dependency graph as the page shows it.
pub struct Picture<'a> {
    /// Everything in it escaped.
    pub svg: &'a str,
    /// The style sheet that it brings along, byte for byte.
    pub style: &'a str,
    /// What it leaves out, in words.
    pub left_out: &'a [String],
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    title: String,
    policy: String,
    style: &'static str,
    script: &'static str,
    model: String,
    picture: String,
    left_out: String,
    verdict: Judgement,
    counts: Vec<Count>,
    worst: Vec<Worst>,
    first: First,
    scopes: Vec<ScopeCount>,
    first_rows: usize,
    rows: Vec<TableRow>,
    points: Vec<Point>,
    services: Vec<ServiceLine>,
    findings: Vec<Found>,
    suppressed: Vec<Accepted>,
    assumptions: Vec<Assumed>,
    down: Vec<String>,
    deadlocks: Vec<String>,
    footer: String,
}

struct Judgement {
    class: &'static str,
    word: &'static str,
    sentence: String,
}

struct Count {
    name: &'static str,
    number: usize,
}

struct ServiceLine {
    name: String,
    words: String,
}

struct ScopeCount {
    name: &'static str,
    components: usize,
}

/// The page, or why it cannot be written.
pub fn render(contents: &Contents<'_>) -> Result<String, askama::Error> {
    let Contents { report, unit, analysis, picture } = contents;
    let page = Page {
        title: clean(&report.topology).into_owned(),
        policy: policy(picture),
        style: STYLE,
        script: SCRIPT,
        model: embedded(&model::of(analysis)),
        picture: picture.svg.to_owned(),
        left_out: picture.left_out.join("; "),
        verdict: judgement(unit),
        counts: counts(report, analysis.graph().len()),
        worst: rows::worst(report, MOST_NAMED),
        scopes: scopes(report),
        first_rows: FIRST_ROWS,
        rows: report.components.iter().map(rows::row).collect(),
        points: report.single_points_of_failure.iter().map(rows::point).collect(),
        services: report.services.iter().map(service).collect(),
        first: findings::first(unit, MOST_NAMED),
        findings: findings::of(unit),
        suppressed: findings::accepted(unit),
        assumptions: report.assumptions_by_unknown().into_iter().map(rows::assumption).collect(),
        down: report.down.iter().map(|name| clean(name).into_owned()).collect(),
        deadlocks: report
            .boot_deadlocks
            .iter()
            .map(|part| clean(&short_list(part, 8)).into_owned())
            .collect(),
        footer: format!("failscope {} from {}", env!("CARGO_PKG_VERSION"), clean(&report.file)),
    };
    page.render()
}

fn service(row: &ServiceRow) -> ServiceLine {
    ServiceLine {
        name: clean(&row.service).into_owned(),
        words: clean(&what_takes(row)).into_owned(),
    }
}

/// Only this style and this script; no other source, no network, no form that leaves the page.
fn policy(picture: &Picture<'_>) -> String {
    format!(
        "default-src 'none'; style-src {} {}; script-src {}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        digest(STYLE),
        digest(picture.style),
        digest(SCRIPT)
    )
}

fn digest(text: &str) -> String {
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
    format!("'sha256-{digest}'")
}

/// JSON inside of a page: nothing in it ends the element that holds it.
fn embedded(model: &model::Model<'_>) -> String {
    // Text, numbers and lists only: writing it as JSON cannot fail.
    serde_json::to_string(model).unwrap_or_default().replace('<', "\\u003c")
}

fn judgement(unit: &Unit) -> Judgement {
    let of = |severity: Severity| {
        unit.items.iter().filter(|item| item.diagnostic.severity == severity).count()
    };
    let (class, word) = match unit.verdict() {
        Verdict::Passed => ("passed", "Passed."),
        Verdict::Failed => ("failed", "Failed."),
        Verdict::Undecided => ("undecided", "Could not be decided."),
    };
    let mut sentence = format!(
        "{}, {}, {}",
        count(of(Severity::Error), "error"),
        count(of(Severity::Warning), "warning"),
        count(of(Severity::Info), "info")
    );
    if !unit.suppressed.is_empty() {
        sentence.push_str(&format!(", {} accepted", unit.suppressed.len()));
    }
    sentence.push('.');
    Judgement { class, word, sentence }
}

fn counts(report: &Report, in_graph: usize) -> Vec<Count> {
    let summary = &report.summary;
    let all_are_rows = summary.components == in_graph;
    let components = match all_are_rows {
        true => ["component", "components"],
        false => ["component in the table", "components in the table"],
    };
    let points = ["single point of failure", "single points of failure"];
    let of = |[one, many]: [&'static str; 2], number: usize| Count {
        name: if number == 1 { one } else { many },
        number,
    };
    let asked = [
        of(["function", "functions"], summary.functions),
        of(["service", "services"], summary.services),
    ];
    // A file that has none of one of them does not speak of them.
    let asked = asked.into_iter().filter(|count| count.number > 0);
    Some(of(points, summary.single_points_of_failure))
        .into_iter()
        .chain(asked)
        .chain([
            of(components, summary.components),
            of(["assumption", "assumptions"], report.assumptions.len()),
        ])
        .collect()
}

/// The widest first, as the table has them.
fn scopes(report: &Report) -> Vec<ScopeCount> {
    let counts = report.summary.by_scope.iter();
    counts.map(|of| ScopeCount { name: of.scope, components: of.components }).collect()
}
