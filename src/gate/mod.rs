//! Whether a topology may go ahead: every clause of the policy is met, broken, or cannot be
//! decided.
//!
//! A clause is broken for certain, or it is not broken; where what is not known could break it,
//! it cannot be decided, and that is never a pass. Knows no files and no formats.

pub mod baseline;
mod placed;
mod survive;
mod target;
mod unknown;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use self::baseline::Debt;
use crate::analysis::Analysis;
use crate::config::{Asks, Clause, Policy};
use crate::diagnostic::Severity;
use crate::diff::{Cause, Edit, Facts, FindingKey, Worse};
use crate::engine::Budget;
use crate::expand::Expansion;
use crate::model::Topology;
use crate::rules::{Finding, governance};
use crate::source::Span;
use crate::text;

/// How a clause, a topology or a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Pass,
    /// Something that would have to be known is not.
    CannotDecide,
    /// Broken for certain, whatever else is unknown.
    Fail,
}

/// One topology, and what it is held against.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    pub topology: &'s Topology,
    pub expansion: &'s Expansion,
    pub analysis: &'s Analysis<'s>,
    /// What no waiver silences.
    pub findings: &'s [&'s Finding],
    pub facts: &'s Facts,
    /// None if there is nothing to compare with.
    pub compared: Option<&'s Compared>,
    /// What the baseline accepts.
    pub debt: Option<&'s Debt>,
    pub budget: Budget,
}

/// What is worse than in the old topology, or than the baseline says.
#[derive(Debug, Default)]
pub struct Compared {
    pub worse: Vec<(Worse, Option<Cause>)>,
    /// The edits that the causes speak of.
    pub edits: Vec<Edit>,
    /// Subjects of assumptions that the other state did not need.
    pub left_open: BTreeSet<String>,
    /// Why something could not be compared.
    pub unknown: Vec<String>,
    /// Services of the old state that are gone, by another name too.
    pub gone: Vec<String>,
}

/// What became of one clause. One that asks about something that the topology has not, such as
/// a service of another topology, has no outcome.
#[derive(Debug)]
pub struct Outcome {
    pub clause: Clause,
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
}

/// Why a clause is not met, at its place, and what would make it pass.
#[derive(Debug, Clone)]
pub struct Reason {
    pub verdict: Verdict,
    pub what: String,
    pub span: Option<Span>,
    /// The smallest edits behind it.
    pub edits: Vec<Edit>,
    pub remedy: String,
}

impl Reason {
    fn fail(what: String, span: Option<Span>, remedy: String) -> Reason {
        Reason { verdict: Verdict::Fail, what, span, edits: Vec::new(), remedy }
    }

    fn unknown(what: String, span: Option<Span>, remedy: String) -> Reason {
        Reason { verdict: Verdict::CannotDecide, ..Reason::fail(what, span, remedy) }
    }
}

impl Outcome {
    /// The gravest reason decides.
    pub fn new(clause: Clause, reasons: Vec<Reason>) -> Outcome {
        let verdict = reasons.iter().map(|reason| reason.verdict).max().unwrap_or(Verdict::Pass);
        Outcome { clause, verdict, reasons }
    }
}

/// Holds a topology against every clause that concerns it.
pub fn judge(policy: &Policy, subject: &Subject<'_>) -> Vec<Outcome> {
    let outcome = |clause: &Clause| {
        let reasons = match &clause.asks {
            Asks::MaxSeverity(max) => max_severity(*max, subject.findings, subject.debt),
            Asks::NoNewFindings => {
                nothing_worse(subject, |worse| matches!(worse, Worse::Finding(_)))
            }
            Asks::NoNewCutSets => new_cut_sets(policy, subject),
            Asks::NoWiderScopes => {
                let mut reasons =
                    nothing_worse(subject, |worse| matches!(worse, Worse::Scope { .. }));
                reasons.extend(unknown::left_open_now(policy, subject));
                reasons
            }
            Asks::Survive { service, loss } => survive::reasons(policy, subject, service, *loss)?,
            Asks::AvailabilityTarget => target::reasons(policy, subject)?,
        };
        Some(Outcome::new(clause.clone(), reasons))
    };
    policy.clauses.iter().filter_map(outcome).collect()
}

const WAIVE: &str = "or waive it with a reason, or accept it with --update-baseline";

/// Holds findings that are about no topology, such as those about waivers of the project file,
/// against what is said of findings.
pub fn judge_findings(policy: &Policy, findings: &[&Finding]) -> Vec<Outcome> {
    let outcome = |clause: &Clause| match clause.asks {
        Asks::MaxSeverity(max) => {
            Some(Outcome::new(clause.clone(), max_severity(max, findings, None)))
        }
        _ => None,
    };
    policy.clauses.iter().filter_map(outcome).collect()
}

fn max_severity(max: Option<Severity>, findings: &[&Finding], debt: Option<&Debt>) -> Vec<Reason> {
    let is_above = |severity: Severity| max.is_none_or(|max| severity > max);
    let accepted = |finding: &&&Finding| {
        debt.is_some_and(|debt| debt.accepts_finding(&FindingKey::of(finding), finding.severity))
    };
    let judged = |finding: &&Finding| {
        let said = format!("{} {}: {}", finding.rule.id(), finding.subject, finding.message);
        let span = Some(finding.primary.span);
        if is_above(finding.severity) {
            let what = format!("{} {said}", finding.severity.as_str());
            return Some(Reason::fail(what, span, format!("{}; {WAIVE}", fix(finding))));
        }
        let severe = finding.if_known.filter(|&severity| is_above(severity))?;
        let what = format!("{} if what is unknown is so: {said}", severe.as_str());
        Some(Reason::unknown(what, span, format!("{}; {WAIVE}", fix(finding))))
    };
    findings.iter().filter(|finding| !accepted(finding)).filter_map(judged).collect()
}

fn fix(finding: &Finding) -> String {
    finding.help.clone().unwrap_or_else(|| finding.rule.about().fix.to_owned())
}

fn nothing_to_compare() -> Reason {
    Reason::unknown(
        "there is nothing to compare with".to_owned(),
        None,
        "name the old state with --against, or a baseline with --baseline".to_owned(),
    )
}

/// Of what got worse, that which the clause is about and the baseline does not accept.
fn nothing_worse(subject: &Subject<'_>, is_asked: impl Fn(&Worse) -> bool) -> Vec<Reason> {
    let Some(compared) = subject.compared else { return vec![nothing_to_compare()] };
    let accepted =
        |worse: &Worse| subject.debt.is_some_and(|debt| debt.accepts(worse, subject.facts));
    let counts = |(worse, _): &&(Worse, Option<Cause>)| is_asked(worse) && !accepted(worse);
    let reason = |(worse, cause): &(Worse, Option<Cause>)| {
        let edits = cause.iter().flat_map(|cause| &cause.edits);
        let edits: Vec<Edit> = edits.filter_map(|&at| compared.edits.get(at)).cloned().collect();
        let (what, span, remedy) = words(subject, worse, !edits.is_empty());
        Reason { edits, ..Reason::fail(what, span, remedy) }
    };
    compared.worse.iter().filter(counts).map(reason).collect()
}

fn new_cut_sets(policy: &Policy, subject: &Subject<'_>) -> Vec<Reason> {
    let mut reasons = nothing_worse(subject, |worse| matches!(worse, Worse::CutSet { .. }));
    let unknown = subject.compared.map_or(&[][..], |compared| &compared.unknown);
    reasons.extend(unknown.iter().map(|what| {
        let remedy = "give more with --max-memory, or ask for a lower cut_set_order".to_owned();
        Reason::unknown(what.clone(), None, remedy)
    }));
    reasons.extend(gone(policy, subject));
    reasons.extend(unknown::left_open_now(policy, subject));
    reasons
}

/// What is not asked for any more is not known to be as good as it was.
fn gone(policy: &Policy, subject: &Subject<'_>) -> Vec<Reason> {
    let gone = subject.compared.map_or(&[][..], |compared| &compared.gone);
    let unaccepted = gone.iter().filter(|name| !policy.accepted_unknown.contains(name));
    let reason = |name: &String| {
        let what = format!("cannot compare: service {name} is gone");
        let remedy = format!("restore it, or list `{name}` in accept_unknown if that is meant");
        Reason::unknown(what, None, remedy)
    };
    unaccepted.map(reason).collect()
}

/// What is worse, where, and what would make it pass.
fn words(subject: &Subject<'_>, worse: &Worse, has_cause: bool) -> (String, Option<Span>, String) {
    let graph = &subject.expansion.graph;
    let place = |name: &str| graph.component(graph.by_name(name)?).span;
    let undo = if has_cause { "take this edit back, " } else { "" };
    match worse {
        Worse::PointOfFailure(name) => {
            let what = format!("{name} is a new single point of failure");
            (what, place(name), format!("{undo}give it an alternative, {WAIVE}"))
        }
        Worse::Scope { component, from, to } => (
            format!("{component}: scope {} → {}", from.as_str(), to.as_str()),
            place(component),
            format!("{undo}let less depend on it, or accept it with --update-baseline"),
        ),
        Worse::CutSet { service, members } if members.is_empty() => (
            format!("{service} is down as it stands: nothing has to be lost for it"),
            place(service),
            format!("{undo}start what it needs; a baseline does not accept this"),
        ),
        Worse::CutSet { service, members } => (
            stops_with(service, members.iter().map(String::as_str).collect()),
            place(service),
            format!("{undo}give one of them an alternative, or accept it with --update-baseline"),
        ),
        Worse::Finding(key) => finding_words(subject, key),
    }
}

fn stops_with(service: &str, members: Vec<&str>) -> String {
    let together = if members.len() == 1 { "alone" } else { "together" };
    format!("{service} stops with {} {together}", text::and_list(&members))
}

fn finding_words(subject: &Subject<'_>, key: &FindingKey) -> (String, Option<Span>, String) {
    let found = subject.findings.iter().find(|found| FindingKey::of(found) == *key);
    let message = found.map_or("", |found| &found.message);
    let remedy = found.map_or(String::new(), |found| fix(found));
    let span = found.map(|found| found.primary.span);
    (format!("{} {}: {message}", key.rule, key.subject), span, format!("{remedy}; {WAIVE}"))
}

/// The findings that are compared with those of another state: those about waivers are about
/// the project, and not about the topology.
pub fn comparable<'f>(findings: &[&'f Finding]) -> Vec<&'f Finding> {
    findings.iter().copied().filter(|f| !governance::is_about_waivers(f.rule.id())).collect()
}
