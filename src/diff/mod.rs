//! What changed between two topologies, what got worse by it, and by which edit.
//!
//! Each side is a topology with its analysis and findings. What can be compared is first
//! noted by name as [`Facts`]; renames translate the names of the old side into those of the
//! new one. Knows no files, no formats and no words for people.

mod causes;
mod compare;
mod drift;
mod facts;
mod matching;
mod minimise;
mod probe;

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::diagnostic::Diagnostic;
use crate::expand::Expansion;
use crate::graph::{ComponentId, RequirementId, Scope};
use crate::rules::Finding;

pub use self::causes::{Cause, Causes};
pub use self::compare::{compare, worse};
pub use self::drift::{Drift, Imports};
pub use self::facts::{Asked, CutSets, Facts, FindingKey, Members, has_subset, severities};
pub use self::matching::Matching;
pub use self::minimise::{Minimised, minimise};
pub use self::probe::{Judge, causes};
pub use crate::input::edits::{Edit, EditKind};

/// One topology with all that is known of it.
#[derive(Clone, Copy)]
pub struct Side<'s> {
    pub expansion: &'s Expansion,
    pub analysis: &'s Analysis<'s>,
    pub findings: &'s [&'s Finding],
    /// What kept a rule from being decided.
    pub problems: &'s [Diagnostic],
    pub facts: &'s Facts,
}

/// Everything that differs. Components and requirements are those of their own side.
#[derive(Debug, Default)]
pub struct Changes {
    pub renamed: Vec<(ComponentId, ComponentId)>,
    pub added: Vec<ComponentId>,
    pub removed: Vec<ComponentId>,
    pub changed: Vec<ChangedComponent>,
    pub requirements_added: Vec<RequirementId>,
    pub requirements_removed: Vec<RequirementId>,
    pub requirements_changed: Vec<(RequirementId, RequirementId)>,
    /// By name; those of the new side, and those that only the old one has.
    pub points_appeared: BTreeSet<String>,
    pub points_gone: BTreeSet<String>,
    pub cut_sets: BTreeMap<String, CutSetChanges>,
    pub wider: Vec<ScopeChange>,
    pub narrower: Vec<ScopeChange>,
    /// One that became graver is new, one that became milder is gone.
    pub findings_new: BTreeSet<FindingKey>,
    pub findings_gone: BTreeSet<FindingKey>,
    /// What the new topology leaves open, and the old one did not: subjects of assumptions that
    /// are read favourably.
    pub left_open: BTreeSet<String>,
    pub worse: Vec<Worse>,
    /// What would get worse on the way back, by names of the old side.
    pub better: Vec<Worse>,
}

/// A component on both sides whose own properties differ.
#[derive(Debug)]
pub struct ChangedComponent {
    pub old: ComponentId,
    pub new: ComponentId,
    /// What, before and after.
    pub what: Vec<(&'static str, String, String)>,
}

/// Of one service.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CutSetChanges {
    pub appeared: BTreeSet<Members>,
    pub gone: BTreeSet<Members>,
    /// Sets of more members than this could not be compared.
    pub compared_to: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChange {
    pub component: String,
    pub from: Scope,
    pub to: Scope,
}

/// One thing that is worse, by names of the side that has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worse {
    PointOfFailure(String),
    /// These together stop the service, and on the other side no part of them does.
    CutSet {
        service: String,
        members: Members,
    },
    Scope {
        component: String,
        from: Scope,
        to: Scope,
    },
    Finding(FindingKey),
}

impl Changes {
    /// Nothing differs, as far as it could be compared.
    pub fn is_empty(&self) -> bool {
        let components = [self.added.len(), self.removed.len(), self.changed.len()];
        let requirements = [
            self.requirements_added.len(),
            self.requirements_removed.len(),
            self.requirements_changed.len(),
        ];
        let points = [self.points_appeared.len(), self.points_gone.len()];
        let scopes = [self.wider.len(), self.narrower.len()];
        let findings = [self.findings_new.len(), self.findings_gone.len()];
        let sets = self.cut_sets.values().map(|sets| sets.appeared.len() + sets.gone.len());
        self.renamed.is_empty()
            && components.iter().chain(&requirements).chain(&points).all(|&count| count == 0)
            && scopes.iter().chain(&findings).all(|&count| count == 0)
            && sets.sum::<usize>() == 0
    }
}
