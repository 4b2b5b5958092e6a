//! A rule as the rest of the program sees it, wherever it was written.

use std::sync::Arc;

use super::own::OwnRule;
use super::{Rule, Tier};
use crate::citation;
use crate::diagnostic::Severity;

/// A rule that is built in, or one of the user's own.
#[derive(Debug, Clone)]
pub enum AnyRule {
    BuiltIn(&'static Rule),
    Own(Arc<OwnRule>),
}

/// Everything that anyone prints about a rule.
#[derive(Debug, Clone)]
pub struct About<'r> {
    pub id: &'r str,
    pub name: &'r str,
    pub severity: Severity,
    pub tier: Tier,
    pub summary: &'r str,
    pub why: &'r str,
    pub fix: &'r str,
    pub limits: &'r str,
    /// In full, as they are printed.
    pub sources: Vec<String>,
    pub bad: &'r str,
    pub good: &'r str,
}

impl AnyRule {
    pub fn id(&self) -> &str {
        match self {
            AnyRule::BuiltIn(rule) => rule.id,
            AnyRule::Own(rule) => &rule.id,
        }
    }

    pub fn severity(&self) -> Severity {
        match self {
            AnyRule::BuiltIn(rule) => rule.severity,
            AnyRule::Own(rule) => rule.severity,
        }
    }

    /// By id in any case, or by name.
    pub fn is_called(&self, word: &str) -> bool {
        let about = self.about();
        about.id.eq_ignore_ascii_case(word) || about.name == word
    }

    pub fn about(&self) -> About<'_> {
        match self {
            AnyRule::BuiltIn(rule) => rule.about(),
            AnyRule::Own(rule) => rule.about(),
        }
    }
}

impl From<&'static Rule> for AnyRule {
    fn from(rule: &'static Rule) -> AnyRule {
        AnyRule::BuiltIn(rule)
    }
}

impl Rule {
    pub fn about(&self) -> About<'_> {
        About {
            id: self.id,
            name: self.name,
            severity: self.severity,
            tier: self.tier,
            summary: self.summary,
            why: self.why,
            fix: self.fix,
            limits: self.limits,
            sources: self.sources.iter().map(|source| citation::full(source)).collect(),
            bad: self.bad,
            good: self.good,
        }
    }
}
