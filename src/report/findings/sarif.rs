//! SARIF 2.1.0, within what GitHub code scanning shows and stores.
//!
//! A file of results that is uploaded replaces the one before it: what it does not hold is
//! taken for mended. So there is none where anything could not be decided.

mod fixes;

use serde::Serialize;

use crate::report::review::document::{Declared, Document, Entry, Place, Step};
use crate::report::review::places;
use crate::report::rules::inline;
use crate::rules::AnyRule;

/// GitHub keeps no more results of one run.
pub const MOST_RESULTS: usize = 5_000;
/// GitHub shows no more locations of one result.
const MOST_RELATED: usize = 100;
/// GitHub cuts longer descriptions.
const LONGEST_DESCRIPTION: usize = 1_024;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The top of the repository, wherever it lies.
const ROOT: &str = "%SRCROOT%";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sarif {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: Id,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Debug, Serialize)]
struct Id {
    id: &'static str,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: String,
    name: String,
    short_description: Message,
    full_description: Message,
    default_configuration: Configuration,
    help: Help,
    properties: RuleProperties,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct RuleProperties {
    tags: [&'static str; 2],
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[fixes::Fix; 1]>,
    partial_fingerprints: Fingerprints,
    properties: ResultProperties,
}

#[derive(Debug, Serialize)]
struct Fingerprints {
    /// The one that GitHub compares; it is unique in the run.
    #[serde(rename = "primaryLocationLineHash")]
    in_file: String,
    #[serde(rename = "failscopeIdentity/v1")]
    identity: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stands_for: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Debug, Serialize)]
struct ThreadFlow {
    locations: Vec<FlowLocation>,
}

#[derive(Debug, Serialize)]
struct FlowLocation {
    location: Location,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    /// Missing for a place of several lines: then it reaches to the end of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message { text }
    }
}

/// `None` if something could not be decided.
pub fn of(document: &Document) -> Option<Sarif> {
    if !document.decided {
        return None;
    }
    let declared: Vec<Descriptor> = declared(document).collect();
    let rule_index = |id: &str| declared.iter().position(|rule| rule.id == id);
    let worst = document.worst_first();
    let results = worst.iter().take(MOST_RESULTS);
    let results = results.map(|entry| result(entry, rule_index(&entry.rule))).collect();
    let run = Run {
        tool: Tool { driver: driver(declared) },
        automation_details: Id { id: "failscope/" },
        invocations: [Invocation {
            execution_successful: true,
            tool_execution_notifications: left_out(worst.len()),
        }],
        column_kind: "unicodeCodePoints",
        results,
    };
    Some(Sarif { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

/// A note, where there are more results than are kept.
fn left_out(found: usize) -> Vec<Notification> {
    if found <= MOST_RESULTS {
        return Vec::new();
    }
    let text = format!(
        "{found} findings; only the {MOST_RESULTS} worst are in this file, the other formats \
         have all"
    );
    vec![Notification { level: "warning", message: text.into() }]
}

fn driver(rules: Vec<Descriptor>) -> Driver {
    Driver { name: "failscope", semantic_version: env!("CARGO_PKG_VERSION"), rules }
}

/// Every rule, and every clause of a policy where one was asked.
fn declared(document: &Document) -> impl Iterator<Item = Descriptor> + '_ {
    document.rules.iter().map(descriptor).chain(document.clauses.iter().map(clause))
}

fn clause(clause: &Declared) -> Descriptor {
    let help = format!("{}.", clause.summary);
    Descriptor {
        id: clause.id.to_owned(),
        name: clause.name.to_owned(),
        short_description: clause.summary.to_owned().into(),
        full_description: clause.summary.to_owned().into(),
        default_configuration: Configuration { level: level("error") },
        help: Help { markdown: markdown(&help), text: help },
        properties: RuleProperties { tags: ["availability", "policy"], problem_severity: "error" },
    }
}

fn descriptor(rule: &AnyRule) -> Descriptor {
    let about = rule.about();
    let severity = about.severity.as_str();
    let short = |text: &str| text.chars().take(LONGEST_DESCRIPTION).collect::<String>();
    let mut help = format!("{}\n\nWhat to do: {}.", about.why, about.fix.trim_end_matches('.'));
    if !about.limits.is_empty() {
        help.push_str(&format!("\n\nLimits: {}", about.limits));
    }
    for source in &about.sources {
        help.push_str(&format!("\n\nSource: {source}"));
    }
    Descriptor {
        id: about.id.to_owned(),
        name: about.name.to_owned(),
        short_description: short(about.summary).into(),
        full_description: short(about.why).into(),
        default_configuration: Configuration { level: level(severity) },
        help: Help { markdown: markdown(&help), text: help },
        properties: RuleProperties {
            tags: ["availability", about.tier.as_str()],
            problem_severity: if severity == "info" { "recommendation" } else { severity },
        },
    }
}

fn markdown(paragraphs: &str) -> String {
    let paragraphs: Vec<String> = paragraphs.split("\n\n").map(inline).collect();
    paragraphs.join("\n\n")
}

fn level(severity: &str) -> &'static str {
    match severity {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    }
}

fn result(entry: &Entry, rule_index: Option<usize>) -> SarifResult {
    let related = &entry.related[..entry.related.len().min(MOST_RELATED)];
    SarifResult {
        rule_id: entry.rule.clone(),
        rule_index,
        level: level(entry.severity),
        message: message(entry, related).into(),
        locations: [location(&entry.place, None, &entry.place.text)],
        related_locations: (1..)
            .zip(related)
            .map(|(id, place)| location(place, Some(id), &place.text))
            .collect(),
        code_flows: code_flow(&entry.path).into_iter().collect(),
        fixes: entry.fix.as_ref().map(|fix| [fixes::of(fix)]),
        partial_fingerprints: Fingerprints {
            in_file: entry.fingerprint.clone(),
            identity: entry.identity.clone(),
        },
        properties: ResultProperties {
            subject: entry.subject.clone(),
            stands_for: entry.stands_for.clone(),
        },
    }
}

/// The message, with a link to each related location: GitHub shows only those.
fn message(entry: &Entry, related: &[Place]) -> String {
    let mut out = literal(&entry.message);
    for (id, place) in (1..).zip(related) {
        let words = match place.text.is_empty() {
            true => format!("line {}", place.line),
            false => place.text.clone(),
        };
        let separator = if id == 1 { "." } else { "," };
        out.push_str(&format!("{separator} [{}]({id})", literal(&words)));
    }
    if let Some(help) = &entry.help {
        out.push_str(&format!("\n\nWhat to do: {}", literal(help)));
    }
    out
}

/// Brackets and backslashes of a text are no link.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn code_flow(path: &[Step]) -> Option<CodeFlow> {
    let mut locations = Vec::new();
    for step in path {
        let Some(place) = &step.place else { continue };
        let words = match step.because.is_empty() {
            true => format!("{} fails", step.component),
            false => format!("{} stops: {}", step.component, step.because),
        };
        locations.push(FlowLocation { location: location(place, None, &words) });
    }
    let thread_flows = [ThreadFlow { locations }];
    Some(CodeFlow { thread_flows }).filter(|flow| !flow.thread_flows[0].locations.is_empty())
}

fn location(place: &Place, id: Option<usize>, words: &str) -> Location {
    let one_line = place.end_line == place.line;
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: Artifact { uri: places::uri(&place.file), uri_base_id: ROOT },
            region: Region {
                start_line: place.line,
                start_column: place.column,
                end_column: one_line.then(|| place.end_column.max(place.column + 1)),
            },
        },
        message: Some(literal(words)).filter(|words| !words.is_empty()).map(Message::from),
    }
}
