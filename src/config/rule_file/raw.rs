//! What the author of a rule file wrote, field by field; its JSON Schema is generated from it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Severity;
use crate::input::lenient::{List, Named, Opt, Short, Table, Text};

/// Rules of the user's own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["failscope-rules", "rules"]))]
pub(in crate::config) struct RuleFile {
    /// Version of the model view that the rules are written for. Always 1.
    #[serde(rename = "failscope-rules")]
    #[schemars(range(min = 1, max = 1))]
    pub(super) version: Opt<u32>,
    /// The rules, by id: letters, digits and hyphens with a digit among them, such as `HOUSE001`.
    pub(super) rules: Named<Rule>,
}

/// One rule: which things it is about, and what must hold for each.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend(
    "required" = ["name", "severity", "summary", "for", "require", "message", "why", "fix"]
))]
pub(super) struct Rule {
    /// Names the defect in small letters: `too-few-instances`.
    pub(super) name: Opt<Text>,
    /// How bad it is when broken.
    pub(super) severity: Opt<Level>,
    /// One line: what the rule finds.
    pub(super) summary: Opt<Text>,
    /// The kind of thing it is about, such as `host`.
    #[serde(rename = "for")]
    pub(super) subject: Opt<Text>,
    /// Which of them: all conditions must be known to hold.
    #[serde(rename = "match")]
    pub(super) matches: Table<Short<Ask>>,
    /// What must hold: conditions on attributes, or an expression in CEL.
    pub(super) require: Opt<Short<Table<Short<Ask>>>>,
    /// The attribute that a finding points at; the name when not given.
    pub(super) at: Opt<Text>,
    /// What is wrong with one of them, with attributes in braces: `host {name} is alone`.
    pub(super) message: Opt<Text>,
    /// Why it matters in operation.
    pub(super) why: Opt<Text>,
    /// What to do about it.
    pub(super) fix: Opt<Text>,
    /// Where the rule comes from.
    pub(super) sources: List<Text>,
    /// A topology that breaks the rule, with `# <-` on the line of each finding.
    pub(super) bad: Opt<Text>,
    /// The same, put right.
    pub(super) good: Opt<Text>,
}

/// What is asked of an attribute; exactly one of these.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Ask {
    /// It is this.
    pub(super) is: List<Text>,
    /// It is anything but this.
    pub(super) is_not: List<Text>,
    /// It is one of these.
    pub(super) one_of: List<Text>,
    /// It is none of these.
    pub(super) none_of: List<Text>,
    /// It fits this pattern, in which `*` stands for anything.
    pub(super) like: List<Text>,
    /// A number, release or quantity is this or more; a list has this many entries or more.
    pub(super) at_least: List<Text>,
    /// A number, release or quantity is this or less; a list has this many entries or fewer.
    pub(super) at_most: List<Text>,
    /// A list holds this.
    pub(super) has: List<Text>,
    /// The file gives it, or does not.
    pub(super) given: List<Text>,
}

impl Ask {
    /// The questions that are there, by key.
    pub(super) fn asked(&self) -> impl Iterator<Item = (&'static str, &List<Text>)> {
        [
            ("is", &self.is),
            ("is_not", &self.is_not),
            ("one_of", &self.one_of),
            ("none_of", &self.none_of),
            ("like", &self.like),
            ("at_least", &self.at_least),
            ("at_most", &self.at_most),
            ("has", &self.has),
            ("given", &self.given),
        ]
        .into_iter()
        .filter(|(_, words)| !words.0.is_empty())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Info,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Severity {
        match level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Info,
        }
    }
}
