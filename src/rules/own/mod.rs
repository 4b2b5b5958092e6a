//! Rules of the user's own: what they are, and how they are held against a topology.
//!
//! A rule file is YAML, so `config` reads it; here it is data. Both layers ask the model view
//! ([`view`]): conditions on attributes ([`condition`]), and expressions ([`expression`]).

pub mod ask;
mod budget;
pub mod condition;
mod evaluate;
pub mod expression;
pub mod fields;
pub mod message;
mod verdict;
pub mod view;

use std::sync::Arc;

use self::condition::{Conditions, Path};
use self::evaluate::{Stop, World};
use self::expression::Expression;
use self::fields::Kind;
use self::message::Message;
use self::verdict::Verdict;
use self::view::{Thing, View};
use super::{About, AnyRule, Context, Finding, Findings, Tier};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;
use crate::text;

pub use self::budget::{TURN_LIMIT, WORK_LIMIT};

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
    /// Its id in the rule file.
    pub span: Span,
    pub subject: Kind,
    pub matches: Conditions,
    pub requires: Requires,
    /// The attribute whose place a finding shows; that of the name when not given.
    pub at: Option<Path>,
    pub message: Message,
}

/// What must hold for every subject.
#[derive(Debug)]
pub enum Requires {
    Conditions(Conditions),
    /// And where the expression stands.
    Expression(Expression, Span),
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

    fn place(&self) -> Span {
        match &self.requires {
            Requires::Expression(_, span) => *span,
            Requires::Conditions(_) => self.span,
        }
    }
}

/// Holds rules against one topology; they share what work they may cost.
pub(super) fn run(
    rules: &[Arc<OwnRule>],
    cx: &Context<'_>,
    findings: &mut Findings,
) -> Vec<Diagnostic> {
    if rules.is_empty() {
        return Vec::new();
    }
    let world = Arc::new(World::new(View::new(cx), WORK_LIMIT));
    let mut problems = Vec::new();
    for rule in rules {
        if let Err(stop) = check(rule, cx, &world, findings) {
            problems.push(undecided(rule, &stop));
            if world.is_over() {
                break;
            }
        }
    }
    problems
}

fn check(
    rule: &Arc<OwnRule>,
    cx: &Context<'_>,
    world: &Arc<World>,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let subjects = selected(rule, world)?;
    let indexes: Vec<usize> = subjects.iter().map(|&(index, _)| index).collect();
    let verdicts = match &rule.requires {
        Requires::Expression(expression, _) => evaluate::evaluate(expression, world, &indexes)?,
        Requires::Conditions(conditions) => {
            let things = indexes.iter().filter_map(|&index| world.view().things.get(index));
            let verdict = |thing| {
                world.start(1 + conditions.0.len() as u64)?;
                Ok(conditions.of(thing, world.view()))
            };
            things.map(verdict).collect::<Result<_, Stop>>()?
        }
    };
    for ((index, applies), verdict) in subjects.into_iter().zip(verdicts) {
        if let Some(thing) = world.view().things.get(index) {
            let verdict = applies.implies(verdict);
            findings.0.extend(finding(rule, cx, world.view(), thing, verdict));
        }
    }
    Ok(())
}

/// What the rule is about, or may be for all that the file says.
fn selected(rule: &OwnRule, world: &World) -> Result<Vec<(usize, Verdict)>, Stop> {
    let mut subjects = Vec::new();
    for (index, thing) in world.view().things.iter().enumerate() {
        if thing.kind == rule.subject {
            world.start(1 + rule.matches.0.len() as u64)?;
            let applies = rule.matches.select(thing, world.view());
            if applies != Verdict::No {
                subjects.push((index, applies));
            }
        }
    }
    Ok(subjects)
}

fn finding(
    rule: &Arc<OwnRule>,
    cx: &Context<'_>,
    view: &View,
    thing: &Thing,
    verdict: Verdict,
) -> Option<Finding> {
    let attribute = rule.at.as_ref().and_then(|path| path.attribute(thing, view).span);
    let place = attribute.unwrap_or(thing.span);
    let message = match &verdict {
        Verdict::Yes => return None,
        Verdict::No => rule.message.fill(thing, view),
        Verdict::Unknown(what) => format!(
            "unknown whether {} {} keeps to {} {}: `{}` is not given",
            thing.kind.as_str(),
            thing.name,
            rule.id,
            rule.name,
            text::shortened(what)
        ),
    };
    let any = AnyRule::Own(Arc::clone(rule));
    let found = cx.finding_about(any, thing.name.as_str(), place, message);
    let found = Finding { element: thing.element, ..found }.at(place, rule.summary.as_str());
    Some(if verdict == Verdict::No { found } else { found.unknown() })
}

/// A rule that could not be decided: a problem of its file, never a rule that holds.
fn undecided(rule: &OwnRule, stop: &Stop) -> Diagnostic {
    let (message, help) = match stop {
        Stop::Work => (
            format!("{} is too much work for this topology", rule.id),
            "go through fewer or shorter lists; docs/own-rules.md has the limits",
        ),
        Stop::Error(subject, why) => (
            format!("{} cannot be decided for {}: {why}", rule.id, text::shortened(subject)),
            "guard it, such as with `has(it.version) && ...`, or compare what is of one kind",
        ),
        Stop::Failed => {
            (format!("{} cannot be decided", rule.id), "write the expression more simply")
        }
    };
    Diagnostic::error("rules/undecided", rule.place(), message)
        .why("A rule that could not be decided has found nothing, which is not the same as nothing wrong.")
        .help(help)
}
