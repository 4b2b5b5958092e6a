//! Answers to bytes: the failure-scope report, findings, explanations, what-ifs, the rules.
//!
//! Each answer is first built as plain data with public fields, then rendered. The
//! JSON form is that data; its version changes when a field does.

pub mod availability;
pub mod build;
pub mod certificate;
pub mod csv;
pub mod cut_details;
pub mod cuts;
pub mod diff;
pub mod excerpt;
pub mod explain;
pub mod findings;
pub mod gate;
pub mod html;
pub mod impact;
pub mod json;
pub mod loss_path;
pub mod markdown;
pub mod own_rules;
pub mod patch;
pub mod review;
pub mod rules;
pub mod sweep;
pub mod terminal;
pub mod text;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::ComponentId;
use crate::text::clean;

/// Version of the JSON report.
pub const VERSION: u32 = 1;

/// The JSON Schema of [`Report`].
pub fn schema() -> serde_json::Value {
    json::schema_of::<Report>("failscope report")
}

/// The failure-scope report of one topology.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Report {
    pub failscope_report: u32,
    pub topology: String,
    pub file: String,
    pub summary: Summary,
    pub components: Vec<Row>,
    pub single_points_of_failure: Vec<SinglePoint>,
    /// What the business asks for, and what stops it alone; empty where a filter leaves out rows.
    pub services: Vec<ServiceRow>,
    pub down: Vec<String>,
    pub boot_deadlocks: Vec<Vec<String>>,
    pub assumptions: Vec<AssumptionRow>,
}

impl Report {
    /// What was assumed, once, with all that it was assumed of; in the order of the first of each.
    pub fn assumptions_by_unknown(&self) -> IndexMap<&str, Vec<&AssumptionRow>> {
        let mut by_unknown: IndexMap<&str, Vec<&AssumptionRow>> = IndexMap::new();
        for row in &self.assumptions {
            by_unknown.entry(&row.unknown).or_default().push(row);
        }
        by_unknown
    }
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    pub components: usize,
    pub functions: usize,
    pub services: usize,
    pub single_points_of_failure: usize,
    pub by_scope: Vec<ScopeCount>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ScopeCount {
    pub scope: &'static str,
    pub components: usize,
}

/// One component and what its loss does.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Row {
    pub component: String,
    pub kind: String,
    /// The computer it stands on; empty when it stands on none or on several.
    pub server: String,
    pub scope: &'static str,
    pub onset: &'static str,
    /// For a latent loss: what it waits for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub until: String,
    pub spof: bool,
    /// Not one itself, but single points of failure take it along; the first few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken_by: Vec<String>,
    /// Already down in the design as it is.
    pub down: bool,
    /// What absorbs or shortens the loss.
    pub protected_by: Vec<String>,
    /// Reach of the moment in which another provider takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interruption: Option<&'static str>,
    /// Functions and services that stop at once.
    pub stops: Vec<String>,
    /// Of these, the ones of which only one computer's share stops.
    pub stops_partly: Vec<String>,
    /// Functions and services that stop in addition after restarts.
    pub stops_later: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documented: Option<DocumentedRow>,
    /// The computed scope is wider than the documented one, by this path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub escalated_by: Vec<String>,
    /// The file of the line, where it is another one than that of the report.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    pub line: usize,
    /// Implied detail that tables leave out.
    #[serde(skip)]
    pub detail: bool,
    /// Names may be given twice.
    #[serde(skip)]
    pub id: ComponentId,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DocumentedRow {
    pub scope: &'static str,
    pub onset: &'static str,
    pub note: &'static str,
    pub source: String,
}

/// A single point of failure and the path that shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SinglePoint {
    pub component: String,
    pub kind: String,
    pub scope: &'static str,
    pub onset: &'static str,
    pub takes: Vec<String>,
    pub services: Vec<String>,
    /// Empty beyond the first few hundred points; long ones leave out the middle.
    pub path: Vec<PathStep>,
    /// The file of the line, where it is another one than that of the report.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    pub line: usize,
}

/// A service and the single failures that take it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ServiceRow {
    pub service: String,
    /// How many basic components and places there are whose loss takes it, or a share of it.
    pub single_failures: usize,
    /// The worst of them first; a hundred at most.
    pub taken_by: Vec<Taker>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Taker {
    pub component: String,
    /// `at once`, `at a restart`, or `share`: of one computer only.
    pub takes: &'static str,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PathStep {
    pub component: String,
    /// Why it is lost with the step before; empty for the first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AssumptionRow {
    pub subject: String,
    pub unknown: String,
    /// The file of the line, where it is another one than that of the report.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl AssumptionRow {
    /// `OrdersFtp (line 7)`, or `OrdersFtp (base.yaml:7)` in another file than that of the report.
    pub fn subject_and_place(&self) -> String {
        let subject = clean(&self.subject);
        match (self.line, self.file.is_empty()) {
            (None, _) => subject.into_owned(),
            (Some(line), true) => format!("{subject} (line {line})"),
            (Some(line), false) => format!("{subject} ({}:{line})", clean(&self.file)),
        }
    }
}

/// Which rows of a report are shown.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub scopes: Vec<crate::graph::Scope>,
    pub kinds: Vec<String>,
    pub servers: Vec<String>,
    /// Only single points of failure.
    pub spof: bool,
    /// Implied detail too.
    pub all: bool,
}

impl Filter {
    /// Leaves out more than implied detail.
    pub fn is_narrow(&self) -> bool {
        let lists = [self.scopes.is_empty(), self.kinds.is_empty(), self.servers.is_empty()];
        self.spof || lists.contains(&false)
    }

    pub fn accepts(&self, row: &Row) -> bool {
        let scope = self.scopes.is_empty() || self.scopes.iter().any(|s| s.as_str() == row.scope);
        let kind = self.kinds.is_empty()
            || self.kinds.iter().any(|kind| row.kind.to_lowercase().contains(&kind.to_lowercase()));
        let server = self.servers.is_empty()
            || self.servers.iter().any(|server| row.server == *server || row.component == *server);
        let spof = !self.spof || row.spof;
        scope && kind && server && spof && (self.all || row.spof || !row.detail)
    }
}
