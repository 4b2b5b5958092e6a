//! `gate`: the verdict with every clause, as plain data, as text, as Markdown.

mod build;
mod markdown;
mod text;

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use super::diff::PlaceRow;
use crate::gate::Verdict;

pub use build::{CLAUSES, as_reasons, clauses};
pub use markdown::markdown;
pub use text::text;

/// Version of the JSON form.
pub const VERSION: u32 = 1;

/// The decision about one run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GateReport {
    /// Version of this form. Always 1.
    pub failscope_gate: u32,
    pub verdict: Verdict,
    pub topologies: Vec<TopologyRow>,
    /// What the old state has in the folders that were judged, and that is there no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Clauses that concern no topology of the run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<ClauseRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineRow>,
    /// Files that could not be read, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// One topology, or a project file for what is said about its waivers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TopologyRow {
    pub file: String,
    /// What it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    pub verdict: Verdict,
    pub clauses: Vec<ClauseRow>,
    /// Why it could not be judged at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ReasonRow>,
    /// Findings that a waiver silences.
    pub suppressed: usize,
    /// The failure scopes, where an output shows them.
    #[serde(skip)]
    pub scopes: Option<Report>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClauseRow {
    /// As the project file says it.
    pub clause: String,
    /// Where it says so; none for what holds where no project says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceRow>,
    pub verdict: Verdict,
    pub reasons: Vec<ReasonRow>,
}

/// Why a clause is not met, and what would make it pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ReasonRow {
    pub verdict: Verdict,
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceRow>,
    /// The smallest edits behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<BecauseRow>,
    /// What would make it pass.
    pub remedy: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BecauseRow {
    pub edit: String,
    pub place: PlaceRow,
}

/// What the baseline did, and what was done to it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BaselineRow {
    pub file: String,
    /// Entries that are true no more.
    pub stale: Vec<StaleRow>,
    /// The file was written: without stale entries, or with new ones if that was asked for.
    pub written: bool,
    /// Entries that were added because that was asked for.
    pub added: usize,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StaleRow {
    pub topology: String,
    pub entry: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceRow>,
}

impl GateReport {
    /// A topology that cannot be judged leaves the run undecided, whatever the others say;
    /// apart from that a clause that is broken for certain decides.
    pub fn decide(&mut self) {
        let is_judged = self.unread.is_empty()
            && self.topologies.iter().all(|topology| topology.problems.is_empty());
        let clauses = self.topologies.iter().map(|topology| topology.verdict);
        let unmatched = self.unmatched.iter().map(|clause| clause.verdict);
        let gravest = clauses.chain(unmatched).max().unwrap_or(Verdict::CannotDecide);
        self.verdict = if is_judged { gravest } else { Verdict::CannotDecide };
    }
}

impl TopologyRow {
    pub fn decide(&mut self) {
        let gravest = self.clauses.iter().map(|clause| clause.verdict).max();
        self.verdict = match self.problems.is_empty() {
            true => gravest.unwrap_or(Verdict::Pass),
            false => Verdict::CannotDecide,
        };
    }
}

/// The JSON Schema of the report.
pub fn schema() -> serde_json::Value {
    super::json::schema_of::<GateReport>("failscope gate report")
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::CannotDecide => "cannot decide",
    }
}
