//! `diff`: what changed between two topologies, as plain data, as text, as Markdown.

mod build;
mod markdown;
mod text;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

use crate::source::{SourceMap, Span};

pub use build::{Pair, edit, topology};
pub use markdown::markdown;
pub use text::text;
pub use words::edit as edit_words;

/// Version of the JSON form.
pub const VERSION: u32 = 1;

/// What changed between two topologies, or between those of two folders.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DiffReport {
    /// Version of this form. Always 1.
    pub failscope_diff: u32,
    pub old: String,
    pub new: String,
    pub topologies: Vec<TopologyDiff>,
    /// Topologies of folders that only the new or only the old one has.
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

/// Two topologies, or two states of one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TopologyDiff {
    pub old: String,
    pub new: String,
    /// Nothing that is compared differs.
    pub same: bool,
    pub worse: Vec<WorseRow>,
    pub better: Vec<EffectRow>,
    pub renamed: Vec<RenamedRow>,
    pub components: ComponentRows,
    pub requirements: RequirementRows,
    pub single_points_of_failure: NameRows,
    pub cut_sets: Vec<CutSetRow>,
    pub scopes: ScopeRows,
    pub findings: FindingRows,
    /// Of two topologies with imports: which edits are what one has and the other has not,
    /// without what people wrote over an import because no export tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftRows>,
    /// Every elementary edit of the text, in the order of the new one.
    pub edits: Vec<EditRow>,
    /// What the new topology leaves open and the old one did not; it was read favourably.
    pub left_open: Vec<String>,
    /// What could not be compared, and why.
    pub unknown: Vec<String>,
}

/// Numbers of edits, counted from 0.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DriftRows {
    pub only_old: Vec<usize>,
    pub only_new: Vec<usize>,
    pub different: Vec<usize>,
    /// Only one side has it, because the other one takes it out with `remove`.
    pub taken_out: Vec<usize>,
}

/// A place to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlaceRow {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

impl PlaceRow {
    pub fn of(sources: &SourceMap, span: Span) -> PlaceRow {
        let located = sources.locate(span);
        let (file, place) = (located.file.to_owned(), located.place);
        PlaceRow { file, line: place.line, column: place.column }
    }
}

/// One thing that got worse.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorseRow {
    #[serde(flatten)]
    pub effect: EffectRow,
    /// Numbers of the edits that together make it so, counted from 0.
    pub because: Vec<usize>,
    /// None of them can be left out. False where that could not be made certain.
    pub smallest: bool,
    /// Further edits of which each alone makes it so too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<usize>,
}

/// Something that is worse or better than it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EffectRow {
    pub kind: EffectKind,
    /// The component, the service, or what the finding is about.
    pub subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeRow>,
    /// Of a cut set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingRow>,
    /// Of the subject, in the topology that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectKind {
    SinglePointOfFailure,
    Scope,
    CutSet,
    Finding,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RenamedRow {
    pub kind: String,
    pub old: String,
    pub new: String,
    #[serde(skip)]
    pub detail: bool,
}

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ComponentRows {
    pub added: Vec<ComponentRow>,
    pub removed: Vec<ComponentRow>,
    pub changed: Vec<ChangedRow>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComponentRow {
    pub component: String,
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceRow>,
    /// Implied detail that text leaves out.
    #[serde(skip)]
    pub detail: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangedRow {
    pub component: String,
    pub kind: String,
    pub what: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct RequirementRows {
    pub added: Vec<RequirementRow>,
    pub removed: Vec<RequirementRow>,
    pub changed: Vec<ChangedRequirementRow>,
}

/// At least so many of some providers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RequirementRow {
    pub dependent: String,
    pub kind: &'static str,
    pub at_least: u32,
    pub providers: Vec<String>,
    /// Comes or goes with its dependent, or is implied detail; text leaves it out.
    #[serde(skip)]
    pub follows: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangedRequirementRow {
    pub old: RequirementRow,
    pub new: RequirementRow,
}

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct NameRows {
    pub appeared: Vec<String>,
    pub gone: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CutSetRow {
    pub service: String,
    pub appeared: Vec<Vec<String>>,
    pub gone: Vec<Vec<String>>,
    /// Sets of so many members were compared.
    pub up_to_order: u32,
}

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ScopeRows {
    pub wider: Vec<ScopeRow>,
    pub narrower: Vec<ScopeRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScopeRow {
    pub component: String,
    pub from: &'static str,
    pub to: &'static str,
}

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct FindingRows {
    pub new: Vec<FindingRow>,
    pub gone: Vec<FindingRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingRow {
    pub rule: String,
    pub subject: String,
    pub severity: &'static str,
    pub message: String,
    pub place: PlaceRow,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EditRow {
    /// `added`, `removed`, `changed` or `reordered`.
    pub edit: &'static str,
    pub path: Vec<String>,
    /// Of a changed value, before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// In the new text; for what is removed, what it is removed from.
    pub place: PlaceRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_place: Option<PlaceRow>,
    /// What it changes is told with a component.
    #[serde(skip)]
    pub told: bool,
}

/// The JSON Schema of the report.
pub fn schema() -> serde_json::Value {
    super::json::schema_of::<DiffReport>("failscope diff")
}
