//! Today's debt: what a gate accepts because it was there before.
//!
//! Entries are structural: rule and subject, service and cut set, component and scope. The debt
//! shrinks by itself, to what of it is still true, and grows only when that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{Asks, Policy};
use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::{CutSets, Facts, FindingKey, Members, Worse, has_subset};
use crate::graph::Scope;
use crate::input::lenient::{List, Opt, Table, Text};
use crate::input::{self, Limits};
use crate::source::{FileId, SourceMap, Span};

/// Version of the file.
const VERSION: u32 = 1;

/// The debt of each topology, by its path from the folder of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    pub topologies: BTreeMap<String, Debt>,
}

/// What is accepted in one topology.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Debt {
    /// With how severe each may be.
    pub findings: BTreeMap<FindingKey, Severity>,
    pub cut_sets: BTreeMap<String, BTreeSet<Members>>,
    pub scopes: BTreeMap<String, Scope>,
    /// Subjects of which something may stay open.
    pub left_open: BTreeSet<String>,
}

/// Where each entry of a file stands, by topology and the words of the entry.
pub type Places = BTreeMap<(String, String), Span>;

impl Debt {
    /// All that is true of a topology today and the policy asks about.
    pub fn of(facts: &Facts, policy: &Policy) -> Debt {
        let asks = |wanted: fn(&Asks) -> bool| policy.clauses.iter().any(|c| wanted(&c.asks));
        let mut debt = Debt::default();
        if asks(|asks| matches!(asks, Asks::MaxSeverity(_) | Asks::NoNewFindings)) {
            debt.findings.clone_from(&facts.findings);
        }
        if asks(|asks| matches!(asks, Asks::NoNewCutSets | Asks::Survive { .. })) {
            // That a service is down as it stands is no debt: it would accept every set.
            let sets = facts.cut_sets.iter().map(|(service, known)| {
                let sets = known.sets.iter().filter(|set| !set.is_empty());
                (service.clone(), sets.cloned().collect::<BTreeSet<Members>>())
            });
            debt.cut_sets = sets.filter(|(_, sets)| !sets.is_empty()).collect();
        }
        if asks(|asks| matches!(asks, Asks::NoWiderScopes)) {
            let wide = facts.scopes.iter().filter(|(_, scope)| **scope > Scope::None);
            debt.scopes = wide.map(|(name, &scope)| (name.clone(), scope)).collect();
        }
        if asks(|asks| matches!(asks, Asks::NoNewCutSets | Asks::NoWiderScopes)) {
            debt.left_open.clone_from(&facts.left_open);
        }
        debt
    }

    /// What is still true of it. Where a set got larger, the larger one is what is left.
    pub fn shrunk(&self, facts: &Facts) -> Debt {
        let sets = self.cut_sets.iter().filter_map(|(service, sets)| {
            let left = shrunk_sets(sets, facts.cut_sets.get(service)?);
            (!left.is_empty()).then(|| (service.clone(), left))
        });
        let scopes = self.scopes.iter().filter_map(|(name, &accepted)| {
            let left = accepted.min(*facts.scopes.get(name)?);
            (left > Scope::None).then(|| (name.clone(), left))
        });
        let findings = self.findings.iter().filter_map(|(key, &accepted)| {
            Some((key.clone(), accepted.min(*facts.findings.get(key)?)))
        });
        Debt {
            findings: findings.collect(),
            cut_sets: sets.collect(),
            scopes: scopes.collect(),
            left_open: self.left_open.intersection(&facts.left_open).cloned().collect(),
        }
    }

    /// Everything that another debt accepts is accepted as well.
    pub fn add(&mut self, other: &Debt) {
        for (key, &severity) in &other.findings {
            let accepted = self.findings.entry(key.clone()).or_insert(severity);
            *accepted = severity.max(*accepted);
        }
        for (service, sets) in &other.cut_sets {
            self.cut_sets.entry(service.clone()).or_default().extend(sets.iter().cloned());
        }
        for (name, &scope) in &other.scopes {
            let accepted = self.scopes.entry(name.clone()).or_insert(scope);
            *accepted = scope.max(*accepted);
        }
        self.left_open.extend(other.left_open.iter().cloned());
    }

    pub fn accepts(&self, worse: &Worse, today: &Facts) -> bool {
        match worse {
            Worse::PointOfFailure(name) => {
                let alone: Members = [name.clone()].into();
                self.cut_sets.values().any(|sets| has_subset(sets, &alone))
            }
            Worse::CutSet { service, members } => self.accepts_set(service, members),
            Worse::Scope { component, to, .. } => {
                self.scopes.get(component).is_some_and(|accepted| accepted >= to)
            }
            Worse::Finding(key) => {
                today.findings.get(key).is_some_and(|&severity| self.accepts_finding(key, severity))
            }
        }
    }

    pub fn accepts_finding(&self, key: &FindingKey, severity: Severity) -> bool {
        self.findings.get(key).is_some_and(|&accepted| severity <= accepted)
    }

    pub fn accepts_set(&self, service: &str, members: &Members) -> bool {
        self.cut_sets.get(service).is_some_and(|sets| has_subset(sets, members))
    }

    /// The debt as an older state of the topology, in which nothing else was wrong.
    pub fn as_facts(&self, today: &Facts) -> Facts {
        let sets = today.cut_sets.iter().map(|(service, known)| {
            let sets = self.cut_sets.get(service).cloned().unwrap_or_default();
            (service.clone(), CutSets { sets, complete_to: known.complete_to })
        });
        let scope = |name: &String| self.scopes.get(name).copied().unwrap_or(Scope::None);
        Facts {
            points: today.points.clone(),
            scopes: today.scopes.keys().map(|name| (name.clone(), scope(name))).collect(),
            cut_sets: sets.collect(),
            findings: self.findings.clone(),
            left_open: self.left_open.clone(),
        }
    }

    /// Every entry in words.
    pub fn entries(&self) -> BTreeSet<String> {
        let findings = self.findings.iter().map(|(key, &severity)| finding_words(key, severity));
        let sets = self.cut_sets.iter().flat_map(|(service, sets)| {
            sets.iter().map(move |members| set_words(service, members))
        });
        let scopes = self.scopes.iter().map(|(name, &scope)| scope_words(name, scope));
        let open = self.left_open.iter().map(|subject| open_words(subject));
        findings.chain(sets).chain(scopes).chain(open).collect()
    }
}

/// Sets that the accepted ones imply; all accepted ones where today's are not all known, or where
/// the service is down as it stands and nothing more can be lost.
fn shrunk_sets(accepted: &BTreeSet<Members>, today: &CutSets) -> BTreeSet<Members> {
    if today.sets.contains(&Members::new()) {
        return accepted.clone();
    }
    let known = |set: &&Members| set.len() <= today.complete_to as usize;
    let implied = today.sets.iter().filter(|set| has_subset(accepted, set));
    implied.chain(accepted.iter().filter(|set| !known(set))).cloned().collect()
}

fn finding_words(key: &FindingKey, severity: Severity) -> String {
    format!("finding {} {}: {}", key.rule, key.subject, severity.as_str())
}

fn set_words(service: &str, members: &Members) -> String {
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    format!("cut set of {service}: {}", members.join(" + "))
}

fn scope_words(component: &str, scope: Scope) -> String {
    format!("scope of {component}: {}", scope.as_str())
}

fn open_words(subject: &str) -> String {
    format!("left open: {subject}")
}

// --- The file ----------------------------------------------------------------

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["failscope_baseline"]))]
struct RawBaseline {
    /// Version of the file. Always 1.
    failscope_baseline: Opt<u32>,
    /// The debt of each topology, by its path from the folder of this file.
    topologies: Table<RawDebt>,
}

/// What is accepted in one topology.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct RawDebt {
    findings: List<RawFinding>,
    /// By service: sets of components that stop it.
    cut_sets: Table<List<List<Text>>>,
    /// How far the loss of each component may reach.
    scopes: Table<RawScope>,
    /// Of what the topology may leave something open.
    left_open: List<Text>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["rule", "subject", "severity"]))]
struct RawFinding {
    rule: Opt<Text>,
    subject: Opt<Text>,
    /// The highest that is accepted.
    severity: Opt<RawSeverity>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum RawSeverity {
    Info,
    Warning,
    Error,
}

impl RawSeverity {
    fn severity(self) -> Severity {
        match self {
            RawSeverity::Info => Severity::Info,
            RawSeverity::Warning => Severity::Warning,
            RawSeverity::Error => Severity::Error,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum RawScope {
    Admin,
    Server,
    Function,
    Endpoint,
    Systemwide,
}

impl RawScope {
    fn scope(self) -> Scope {
        match self {
            RawScope::Admin => Scope::Admin,
            RawScope::Server => Scope::Server,
            RawScope::Function => Scope::Function,
            RawScope::Endpoint => Scope::Endpoint,
            RawScope::Systemwide => Scope::Systemwide,
        }
    }
}

/// The JSON Schema of the file.
pub fn schema() -> serde_json::Value {
    input::schema::of::<RawBaseline>("failscope baseline")
}

/// Reads a baseline. With any problem, what was read must not be used.
pub fn read(
    sources: &SourceMap,
    file: FileId,
    limits: &Limits,
) -> (Baseline, Places, Vec<Diagnostic>) {
    let (raw, mut problems) = input::read_as::<RawBaseline>(sources, file, limits);
    let (mut baseline, mut places) = (Baseline::default(), Places::new());
    let raw = raw.unwrap_or_default();
    if problems.is_empty() && raw.failscope_baseline.value() != Some(&VERSION) {
        let span =
            raw.failscope_baseline.get().map_or(Span::new(file, 0, 0), |version| version.span);
        let message = format!("a baseline begins with `failscope_baseline: {VERSION}`");
        problems.push(
            Diagnostic::error("config/baseline-version", span, message)
                .help("write it with `failscope gate --update-baseline`"),
        );
    }
    for (path, raw) in &raw.topologies.0 {
        let mut place = |words: String, span: Span| {
            places.insert((path.value.clone(), words), span);
        };
        baseline.topologies.insert(path.value.clone(), debt(&raw.value, &mut place, &mut problems));
    }
    (baseline, places, problems)
}

fn debt(
    raw: &RawDebt,
    place: &mut dyn FnMut(String, Span),
    problems: &mut Vec<Diagnostic>,
) -> Debt {
    let mut debt = Debt::default();
    accepted_findings(raw, &mut debt, place, problems);
    debt.cut_sets = accepted_sets(raw, place, problems);
    for (component, scope) in &raw.scopes.0 {
        place(scope_words(&component.value, scope.value.scope()), component.span);
        debt.scopes.insert(component.value.clone(), scope.value.scope());
    }
    for subject in &raw.left_open.0 {
        place(open_words(&subject.value.0), subject.span);
        debt.left_open.insert(subject.value.0.clone());
    }
    debt
}

fn accepted_findings(
    raw: &RawDebt,
    debt: &mut Debt,
    place: &mut dyn FnMut(String, Span),
    problems: &mut Vec<Diagnostic>,
) {
    for finding in &raw.findings.0 {
        let (Some(rule), Some(subject)) =
            (finding.value.rule.value(), finding.value.subject.value())
        else {
            continue;
        };
        let key = FindingKey { rule: rule.0.clone(), subject: subject.0.clone() };
        let Some(severity) = finding.value.severity.value().map(|severity| severity.severity())
        else {
            problems.push(no_severity(finding.span));
            continue;
        };
        place(finding_words(&key, severity), finding.span);
        debt.findings.insert(key, severity);
    }
}

fn accepted_sets(
    raw: &RawDebt,
    place: &mut dyn FnMut(String, Span),
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, BTreeSet<Members>> {
    let mut accepted: BTreeMap<String, BTreeSet<Members>> = BTreeMap::new();
    for (service, sets) in &raw.cut_sets.0 {
        for set in &sets.value.0 {
            let members: Members = set.value.0.iter().map(|name| name.value.0.clone()).collect();
            if members.is_empty() {
                problems.push(no_members(set.span));
                continue;
            }
            place(set_words(&service.value, &members), set.span);
            accepted.entry(service.value.clone()).or_default().insert(members);
        }
    }
    accepted
}

fn no_severity(span: Span) -> Diagnostic {
    let message = "a finding is accepted up to a severity, and this entry has none";
    Diagnostic::error("config/baseline-severity", span, message.to_owned())
        .help("add `severity: info`, `warning` or `error`")
}

fn no_members(span: Span) -> Diagnostic {
    let message = "a cut set without members accepts every loss there is";
    Diagnostic::error("config/baseline-empty-set", span, message.to_owned())
        .help("take it out, and name the components whose loss is accepted")
}

#[derive(Serialize)]
struct Written<'b> {
    failscope_baseline: u32,
    topologies: BTreeMap<&'b str, WrittenDebt<'b>>,
}

#[derive(Serialize)]
struct WrittenDebt<'b> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<BTreeMap<&'static str, String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    cut_sets: &'b BTreeMap<String, BTreeSet<Members>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    scopes: BTreeMap<&'b str, &'static str>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    left_open: &'b BTreeSet<String>,
}

const HEAD: &str = "# What `failscope gate` accepts because it was there before. Shrinks by itself; grows only\n\
                    # with --update-baseline.\n";

/// The text of the file; the same debt gives the same bytes.
pub fn render(baseline: &Baseline) -> Result<String, serde_yaml::Error> {
    let topologies = baseline.topologies.iter().map(|(path, debt)| (path.as_str(), written(debt)));
    let text = serde_yaml::to_string(&Written {
        failscope_baseline: VERSION,
        topologies: topologies.collect(),
    })?;
    Ok(format!("{HEAD}{text}"))
}

fn written(debt: &Debt) -> WrittenDebt<'_> {
    let finding = |(key, severity): (&'_ FindingKey, &Severity)| {
        let severity = severity.as_str().to_owned();
        let (rule, subject) = (key.rule.clone(), key.subject.clone());
        BTreeMap::from([("rule", rule), ("severity", severity), ("subject", subject)])
    };
    WrittenDebt {
        findings: debt.findings.iter().map(finding).collect(),
        cut_sets: &debt.cut_sets,
        scopes: debt.scopes.iter().map(|(name, scope)| (name.as_str(), scope.as_str())).collect(),
        left_open: &debt.left_open,
    }
}
