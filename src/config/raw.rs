//! What the author of a project file wrote, field by field.
//!
//! These types are the only definition of `failscope.yaml`: the reader fills them, and its
//! JSON Schema is generated from them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Severity;
use crate::graph;
use crate::input::lenient::{List, Opt, Table, Text};

/// What a project decides about the rules: which are on, how severe they are, and what is
/// accepted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Project {
    /// The edition of the rule set, such as "2026.11". Rules that came later are off.
    pub(super) rules: Opt<Text>,
    /// Lowest severity that makes the exit status 1; `--fail-on` overrides it.
    pub(super) fail_on: Opt<FailOn>,
    /// Severity by rule, by id or name.
    pub(super) severity: Table<Level>,
    /// Files with rules of the project's own, relative to this one.
    pub(super) rule_files: List<Text>,
    /// Findings that are accepted.
    pub(super) waivers: List<Waiver>,
    /// What `failscope gate` asks of a topology.
    pub(super) policy: Opt<Policy>,
}

/// The keys of [`Project`].
pub(super) const KEYS: &[&str] =
    &["rules", "fail_on", "severity", "rule_files", "waivers", "policy"];

/// What a rule counts as in this project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Info,
    /// The rule is not run.
    Off,
}

impl Level {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Info => Some(Severity::Info),
            Level::Off => None,
        }
    }
}

/// Lowest severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

/// One finding that is accepted: what, why, and how far its consequence may go.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
// Of a type that has a default, `schemars(required)` requires nothing.
#[schemars(extend("required" = ["rule", "subject", "reason", "accepts"]))]
pub(super) struct Waiver {
    /// The rule, by id or name.
    pub(super) rule: Opt<Text>,
    /// What the finding is about: the name of a component.
    pub(super) subject: Opt<Text>,
    /// Why it is accepted.
    pub(super) reason: Opt<Text>,
    /// Who answers for it.
    pub(super) owner: Opt<Text>,
    /// The last day on which it holds, such as 2027-03-31.
    #[schemars(extend("pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub(super) until: Opt<Text>,
    /// The scope that is accepted. Once the loss reaches further, the finding is back.
    pub(super) accepts: Opt<Scope>,
}

/// What a topology must hold to pass the gate. Each key is a clause; what is not said is not
/// asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Policy {
    /// The highest severity that a finding may have.
    pub(super) max_severity: Opt<MaxSeverity>,
    /// Findings that the old topology, or the baseline, does not have.
    pub(super) new_findings: Opt<Allowed>,
    /// Cut sets of which no part was a cut set before.
    pub(super) new_cut_sets: Opt<Allowed>,
    /// Cut sets of more members than this are not looked at; 2 when not given.
    #[schemars(range(min = 1, max = 6))]
    pub(super) cut_set_order: Opt<u32>,
    /// Components whose loss reaches further than before.
    pub(super) wider_scopes: Opt<Allowed>,
    /// Services, and what they must survive.
    pub(super) survive: List<Survive>,
    /// The availability that each service states.
    pub(super) availability_target: Opt<Target>,
    /// Whether a target may rest on figures that the topology does not state.
    pub(super) assumed_figures: Opt<Figures>,
    /// What may stay unknown: subjects of assumptions, as `failscope report` lists them.
    pub(super) accept_unknown: List<Text>,
}

/// The highest severity that a finding may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum MaxSeverity {
    /// There may be no finding.
    None,
    Info,
    Warning,
    Error,
}

/// Whether there may be any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Allowed {
    /// There may be none.
    None,
    /// Nothing is asked.
    Any,
}

/// Whether the target must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Target {
    Met,
    /// Nothing is asked.
    Any,
}

/// What figures that are assumed are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Figures {
    /// They are good enough.
    Accept,
    /// With them nothing is decided.
    Refuse,
}

/// A service, and what it must survive.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["service", "loss"]))]
pub(super) struct Survive {
    /// The service, by name; a function will do.
    pub(super) service: Opt<Text>,
    pub(super) loss: Opt<Loss>,
}

/// What is lost, with everything that stands on it or in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    AnyServer,
    AnyMachine,
    AnySite,
}

/// How far a loss reaches, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    None,
    Admin,
    Server,
    Function,
    Endpoint,
    Systemwide,
}

impl From<Scope> for graph::Scope {
    fn from(scope: Scope) -> graph::Scope {
        match scope {
            Scope::None => graph::Scope::None,
            Scope::Admin => graph::Scope::Admin,
            Scope::Server => graph::Scope::Server,
            Scope::Function => graph::Scope::Function,
            Scope::Endpoint => graph::Scope::Endpoint,
            Scope::Systemwide => graph::Scope::Systemwide,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_type() {
        let schema = schemars::schema_for!(Project);
        let properties = schema.get("properties").and_then(|keys| keys.as_object()).unwrap();
        let keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(keys, KEYS);
    }
}
