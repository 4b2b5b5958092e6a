//! Rules of the user's own.

use super::{About, Tier};
use crate::diagnostic::Severity;

/// A rule of a rule file.
#[derive(Debug)]
pub struct OwnRule {
    pub id: String,
    pub name: String,
    pub severity: Severity,
    pub summary: String,
    pub why: String,
    pub fix: String,
    pub sources: Vec<String>,
    /// A topology that breaks the rule; may be empty.
    pub bad: String,
    /// The same, put right; may be empty.
    pub good: String,
}

impl OwnRule {
    pub fn about(&self) -> About<'_> {
        About {
            id: &self.id,
            name: &self.name,
            severity: self.severity,
            tier: Tier::T2,
            summary: &self.summary,
            why: &self.why,
            fix: &self.fix,
            limits: "",
            sources: self.sources.clone(),
            bad: &self.bad,
            good: &self.good,
        }
    }
}
