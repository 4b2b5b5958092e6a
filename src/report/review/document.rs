//! The findings of a run as data: what JSON prints, and what other formats are written from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::places::Places;
use super::{Hop, Item, Judged, Review, Unit, Verdict, identity};
use crate::change::Fix;
use crate::config::Suppressed;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::report::Report;
use crate::rules::{self, AnyRule, Finding};
use crate::source::{SourceMap, Span};
use crate::text;

/// Version of the JSON findings.
pub const VERSION: u32 = 1;

/// Everything that a run found, what is accepted, and whether it could be decided.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Document {
    /// Version of this format; it changes when the meaning of a field does.
    pub failscope_findings: u32,
    /// What the exit status says: 0 passed, 1 failed, 2 undecided.
    pub verdict: Verdict,
    /// False if anything could not be read or judged: then a missing finding means nothing.
    pub decided: bool,
    pub summary: Summary,
    /// The files that were judged, in order.
    pub files: Vec<JudgedFile>,
    /// Problems of the input, and findings that no waiver covers.
    pub findings: Vec<Entry>,
    /// Findings that a waiver covers; they have no part in the verdict.
    pub suppressed: Vec<SuppressedEntry>,
    /// Why files could not be read, one sentence each.
    pub unreadable: Vec<String>,
    /// Every rule there is, for formats that declare them.
    #[serde(skip)]
    pub rules: Vec<AnyRule>,
    /// What a policy may ask, where a policy was asked: declared beside the rules.
    #[serde(skip)]
    pub clauses: &'static [Declared],
    /// The failure scopes, for formats that show them.
    #[serde(skip)]
    pub scopes: Vec<Report>,
}

/// A clause of a policy, for formats that declare what was asked.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    pub id: &'static str,
    pub name: &'static str,
    pub summary: &'static str,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    pub topologies: usize,
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
    pub suppressed: usize,
    pub unreadable: usize,
}

/// One topology or project file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct JudgedFile {
    /// Its path from the root of the repository.
    pub file: String,
    /// What it is.
    #[schemars(extend("enum" = ["topology", "project"]))]
    pub kind: &'static str,
    /// False if it could not be judged.
    pub decided: bool,
    /// Lowest severity that fails the run.
    #[schemars(extend("enum" = ["error", "warning", "info", "never"]))]
    pub fail_on: &'static str,
    /// Ids of the rules that were run.
    pub rules: Vec<String>,
}

/// One problem of the input, or one finding of a rule.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Entry {
    /// The same in every run and at every line: made of rule, kind and subject.
    pub identity: String,
    /// The identity within one file, unique in a run: made of the identity and the path.
    pub fingerprint: String,
    /// Id of the rule, or the code of a problem of the input such as `input/unknown-key`.
    pub rule: String,
    /// Name of the rule; missing for a problem of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    pub severity: &'static str,
    /// True if it reaches the severity that fails the run.
    pub fails: bool,
    /// What the rule needs to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["T1", "T2", "T3"]))]
    pub tier: Option<&'static str>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What kind of thing that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    pub message: String,
    pub place: Place,
    /// Other places that have to do with it.
    pub related: Vec<Place>,
    /// Why it matters in operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// An edit that is proven to put it right; missing also where nobody tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixEntry>,
    /// Where the fact comes from.
    pub sources: Vec<String>,
    /// Rules that found the same cause here and are not shown for it.
    pub stands_for: Vec<String>,
    /// From what fails to what stops with it; empty if nothing does.
    pub path: Vec<Step>,
    /// The topology or project file in which it was found.
    pub topology: String,
    /// Its number among the files.
    #[serde(skip)]
    pub unit: usize,
}

/// An edit of the topology after which the finding is gone and nothing as bad has come.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FixEntry {
    /// What the author would plan.
    pub title: String,
    /// In the order of their places, without overlap.
    pub edits: Vec<EditEntry>,
}

/// Text that takes the place of another; an empty place is one to insert at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EditEntry {
    pub place: Place,
    pub replacement: String,
}

/// A place in a file; lines and columns start at 1, the end is the column after the last.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Place {
    /// Its path from the root of the repository.
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    /// What is to be said about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// One step of a loss.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    pub component: String,
    /// Why it is lost with the step before; missing for the first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// Where the file defines it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A finding that is accepted, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SuppressedEntry {
    pub finding: Entry,
    pub waiver: WaiverEntry,
}

/// The words of a waiver.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WaiverEntry {
    pub reason: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The widest scope that is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepts: Option<&'static str>,
    pub place: Place,
}

/// The JSON Schema of [`Document`].
pub fn schema() -> serde_json::Value {
    crate::report::json::schema_of::<Document>("failscope findings")
}

pub fn of(review: &Review, places: &Places) -> Document {
    let mut writer = Writer { places, number: 0, seen: BTreeMap::new() };
    let (mut findings, mut suppressed) = (Vec::new(), Vec::new());
    for unit in &review.units {
        let (found, accepted) = writer.unit(unit);
        findings.extend(found);
        suppressed.extend(accepted);
        writer.number += 1;
    }
    let verdict = review.verdict();
    Document {
        failscope_findings: VERSION,
        verdict,
        decided: verdict != Verdict::Undecided,
        summary: summary(review),
        files: review.units.iter().map(|unit| judged(unit, places)).collect(),
        findings,
        suppressed,
        unreadable: review.unread.clone(),
        rules: every_rule(review),
        clauses: &[],
        scopes: review.units.iter().filter_map(|unit| unit.scopes.clone()).collect(),
    }
}

/// All that are built in, and those of the projects, whether or not they found anything.
fn every_rule(review: &Review) -> Vec<AnyRule> {
    let mut every: Vec<AnyRule> = rules::listed().map(AnyRule::from).collect();
    for rule in review.units.iter().flat_map(|unit| &unit.ran) {
        if matches!(rule, AnyRule::Own(_)) && !every.iter().any(|known| known.id() == rule.id()) {
            every.push(rule.clone());
        }
    }
    every
}

fn summary(review: &Review) -> Summary {
    let tally = review.tally();
    Summary {
        topologies: review.topologies(),
        errors: tally.errors,
        warnings: tally.warnings,
        infos: tally.infos,
        suppressed: tally.suppressed,
        unreadable: review.unread.len(),
    }
}

fn judged(unit: &Unit, places: &Places) -> JudgedFile {
    JudgedFile {
        file: places.relative(&unit.file),
        kind: match unit.judged {
            Judged::Topology => "topology",
            Judged::Project => "project",
        },
        decided: unit.decided,
        fail_on: unit.fail_on.map_or("never", Severity::as_str),
        rules: unit.ran.iter().map(|rule| rule.id().to_owned()).collect(),
    }
}

impl Document {
    /// How much of the run is undecided, in words.
    pub fn undecided(&self) -> String {
        let judged = self.files.iter().filter(|file| !file.decided).count();
        format!("{} could not be decided", text::count(judged + self.unreadable.len(), "file"))
    }

    /// The findings by severity; those of the same severity in the order of the run.
    pub fn worst_first(&self) -> Vec<&Entry> {
        let mut findings: Vec<&Entry> = self.findings.iter().collect();
        findings.sort_by_key(|entry| match entry.severity {
            "error" => 0,
            "warning" => 1,
            _ => 2,
        });
        findings
    }
}

struct Writer<'a> {
    places: &'a Places,
    /// Of the file whose findings are written.
    number: usize,
    /// How often an identity came in a file: one that is judged twice is told apart.
    seen: BTreeMap<(String, String), usize>,
}

impl Writer<'_> {
    fn unit(&mut self, unit: &Unit) -> (Vec<Entry>, Vec<SuppressedEntry>) {
        let mut identities = identity::of(unit).into_iter();
        let mut next = || identities.next().unwrap_or_default();
        let items = unit.items.iter().map(|item| self.item(unit, item, next())).collect();
        let suppressed = unit.suppressed.iter();
        (items, suppressed.map(|suppressed| self.suppressed(unit, suppressed, next())).collect())
    }

    fn item(&mut self, unit: &Unit, item: &Item, identity: String) -> Entry {
        let entry = self.entry(unit, &item.diagnostic, item.finding.as_ref(), identity);
        let path = item.path.iter().map(|hop| self.step(&unit.sources, hop)).collect();
        Entry { path, ..entry }
    }

    fn suppressed(&mut self, unit: &Unit, one: &Suppressed, identity: String) -> SuppressedEntry {
        let diagnostic = one.finding.diagnostic();
        SuppressedEntry {
            finding: self.entry(unit, &diagnostic, Some(&one.finding), identity),
            waiver: WaiverEntry {
                reason: one.reason.clone(),
                owner: one.owner.clone(),
                until: one.until.map(|day| day.to_string()),
                accepts: one.accepts.map(crate::graph::Scope::as_str),
                place: self.place(&unit.sources, one.waiver, ""),
            },
        }
    }

    fn entry(
        &mut self,
        unit: &Unit,
        diagnostic: &Diagnostic,
        finding: Option<&Finding>,
        identity: String,
    ) -> Entry {
        let topology = self.places.relative(&unit.file);
        let related = |label: &Label| self.place(&unit.sources, label.span, &label.text);
        Entry {
            related: diagnostic.related.iter().map(related).collect(),
            place: related(&diagnostic.primary),
            fingerprint: self.fingerprint(&identity, &topology),
            identity,
            rule: diagnostic.code.to_string(),
            name: finding.map(|finding| finding.rule.about().name.to_owned()),
            severity: diagnostic.severity.as_str(),
            fails: unit.is_failure(diagnostic.severity),
            tier: finding.map(|finding| finding.rule.about().tier.as_str()),
            subject: finding.map(|finding| finding.subject.clone()),
            kind: finding.and_then(|finding| finding.element).map(identity::kind),
            message: diagnostic.message.clone(),
            why: diagnostic.why.clone(),
            help: diagnostic.help.clone(),
            fix: diagnostic.fix.as_ref().map(|fix| self.fix(&unit.sources, fix)),
            sources: diagnostic.sources.clone(),
            stands_for: finding.map_or(Vec::new(), |finding| finding.stands_for.clone()),
            path: Vec::new(),
            topology,
            unit: self.number,
        }
    }

    fn fingerprint(&mut self, identity: &str, topology: &str) -> String {
        let seen = self.seen.entry((identity.to_owned(), topology.to_owned())).or_default();
        *seen += 1;
        identity::fingerprint(identity, topology, *seen - 1)
    }

    fn fix(&self, sources: &SourceMap, fix: &Fix) -> FixEntry {
        let edits = fix.edits.iter().map(|edit| EditEntry {
            place: self.place(sources, edit.span, ""),
            replacement: edit.text.clone(),
        });
        FixEntry { title: fix.title.clone(), edits: edits.collect() }
    }

    fn step(&self, sources: &SourceMap, hop: &Hop) -> Step {
        Step {
            component: hop.component.clone(),
            because: hop.because.clone(),
            place: hop.span.map(|span| self.place(sources, span, "")),
        }
    }

    fn place(&self, sources: &SourceMap, span: Span, text: &str) -> Place {
        let located = sources.locate(span);
        let start = located.place;
        let end = sources.file(span.file).map_or(start, |file| file.place(span.end as usize));
        Place {
            file: self.places.relative(located.file),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: text.to_owned(),
        }
    }
}
