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

use self::findings::{Accepted, Found};
use self::rows::{Assumed, Point, TableRow};
use super::Report;
use super::review::{Unit, Verdict};
use crate::analysis::Analysis;
use crate::diagnostic::Severity;
use crate::graph::Scope;
use crate::text::{clean, count, short_list};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str =
    concat!("\"use strict\";\n", include_str!("whatif.js"), "\n", include_str!("page.js"));

/// What a page shows.
pub struct Contents<'a> {
    pub report: &'a Report,
    pub unit: &'a Unit,
    pub analysis: &'a Analysis<'a>,
    /// The dependency graph as SVG; everything in it escaped.
    pub picture: &'a str,
    /// What the picture leaves out, in a sentence; empty if nothing.
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
    scopes: Vec<&'static str>,
    rows: Vec<TableRow>,
    points: Vec<Point>,
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

/// The page, or why it cannot be written.
pub fn render(contents: &Contents<'_>) -> Result<String, askama::Error> {
    let Contents { report, unit, analysis, .. } = contents;
    let page = Page {
        title: clean(&report.topology).into_owned(),
        policy: policy(contents.picture),
        style: STYLE,
        script: SCRIPT,
        model: embedded(&model::of(analysis)),
        picture: contents.picture.to_owned(),
        left_out: contents.left_out.join("; "),
        verdict: judgement(unit),
        counts: counts(report),
        scopes: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        rows: report.components.iter().map(rows::row).collect(),
        points: report.single_points_of_failure.iter().map(rows::point).collect(),
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

/// Only this style and this script; no other source, no network, no form that leaves the page.
fn policy(picture: &str) -> String {
    format!(
        "default-src 'none'; style-src {} {}; script-src {}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        digest(STYLE),
        digest(style_of(picture)),
        digest(SCRIPT)
    )
}

/// The style sheet that a picture brings along.
fn style_of(picture: &str) -> &str {
    let style = picture.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    style.map_or("", |(style, _)| style)
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

fn counts(report: &Report) -> Vec<Count> {
    let summary = &report.summary;
    vec![
        Count { name: "components", number: summary.components },
        Count { name: "functions", number: summary.functions },
        Count { name: "services", number: summary.services },
        Count { name: "single points of failure", number: summary.single_points_of_failure },
        Count { name: "assumptions", number: report.assumptions.len() },
    ]
}
