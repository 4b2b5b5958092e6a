//! What one run of the rules found, before any format.
//!
//! A [`Review`] is collected first; then the exit status is decided from it once, and every
//! output is rendered from it. Text shows its diagnostics with their lines; every other
//! format shows its [`document::Document`], in which places are resolved and each finding
//! has its identity.

pub mod document;
mod identity;
pub mod places;
mod tally;

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::Suppressed;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::report::Report;
use crate::rules::{AnyRule, Finding};
use crate::source::{SourceMap, Span};

pub use self::tally::Tally;

/// Everything that a run found.
#[derive(Debug, Default)]
pub struct Review {
    /// In the order in which they were judged.
    pub units: Vec<Unit>,
    /// Files that could not be read, each with the reason.
    pub unread: Vec<String>,
}

/// What a part of a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    Topology,
    /// A project file: what is wrong with it, or which of its waivers nothing needed.
    Project,
}

/// One topology or project file with what was found in it.
#[derive(Debug)]
pub struct Unit {
    pub judged: Judged,
    /// The file as it was named.
    pub file: String,
    /// Every place of this unit is in these files.
    pub sources: SourceMap,
    pub items: Vec<Item>,
    pub suppressed: Vec<Suppressed>,
    /// The rules that were run.
    pub ran: Vec<AnyRule>,
    /// How large the graph is that was judged.
    pub components: usize,
    /// False when it could not be judged.
    pub decided: bool,
    /// Lowest severity that fails the run; `None` if nothing does.
    pub fail_on: Option<Severity>,
    /// The failure scopes, where an output shows them.
    pub scopes: Option<Report>,
    /// A page about it, where one is asked for.
    pub page: Option<String>,
}

/// One problem of the input, or one finding of a rule.
#[derive(Debug)]
pub struct Item {
    pub diagnostic: Diagnostic,
    /// `None` for a problem of the input, which no rule found.
    pub finding: Option<Finding>,
    /// From what fails to what stops; empty where nothing stops or no output shows it.
    pub path: Vec<Hop>,
}

/// One step of a loss.
#[derive(Debug, Clone)]
pub struct Hop {
    pub component: String,
    /// Why it is lost with the step before; empty for the first.
    pub because: String,
    pub span: Option<Span>,
}

/// What the exit status says, for every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Decided, and nothing reaches the severity that fails the run.
    Passed,
    /// Decided, and something reaches it.
    Failed,
    /// Something could not be read or judged.
    Undecided,
}

impl Verdict {
    fn of(decided: bool, fails: bool) -> Verdict {
        match (decided, fails) {
            (false, _) => Verdict::Undecided,
            (true, true) => Verdict::Failed,
            (true, false) => Verdict::Passed,
        }
    }
}

impl Review {
    pub fn verdict(&self) -> Verdict {
        let decided = self.unread.is_empty() && self.units.iter().all(|unit| unit.decided);
        Verdict::of(decided, self.units.iter().any(Unit::fails))
    }

    pub fn tally(&self) -> Tally {
        Tally::of_units(&self.units.iter().collect::<Vec<_>>())
    }

    /// Topologies that were read, whether or not they could be judged.
    pub fn topologies(&self) -> usize {
        self.units.iter().filter(|unit| unit.judged == Judged::Topology).count()
    }
}

impl Unit {
    /// Nothing found yet, and decided.
    pub fn new(judged: Judged, file: String, sources: SourceMap) -> Unit {
        Unit {
            judged,
            file,
            sources,
            items: Vec::new(),
            suppressed: Vec::new(),
            ran: Vec::new(),
            components: 0,
            decided: true,
            fail_on: None,
            scopes: None,
            page: None,
        }
    }

    /// Problems of the input, because of which nothing is decided here.
    pub fn undecided(mut self, problems: impl IntoIterator<Item = Diagnostic>) -> Unit {
        self.add_problems(problems);
        self.decided = false;
        self
    }

    pub fn add_problems(&mut self, problems: impl IntoIterator<Item = Diagnostic>) {
        self.items.extend(problems.into_iter().map(Item::problem));
    }

    /// True for a topology that was not looked at, because its project cannot be read.
    pub fn waits_for_project(&self) -> bool {
        self.judged == Judged::Topology && !self.decided && self.items.is_empty()
    }

    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| diagnostic::order(&a.diagnostic, &b.diagnostic));
    }

    /// What would be said if nothing else were judged.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.decided, self.fails())
    }

    fn fails(&self) -> bool {
        self.items.iter().any(|item| self.is_failure(item.diagnostic.severity))
    }

    pub fn is_failure(&self, severity: Severity) -> bool {
        self.fail_on.is_some_and(|lowest| severity >= lowest)
    }
}

impl Item {
    pub fn problem(diagnostic: Diagnostic) -> Item {
        Item { diagnostic, finding: None, path: Vec::new() }
    }

    pub fn finding(finding: Finding, path: Vec<Hop>) -> Item {
        Item { diagnostic: finding.diagnostic(), finding: Some(finding), path }
    }
}
