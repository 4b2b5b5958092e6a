//! What `gate` asks for, clause by clause.

use super::raw;
use crate::diagnostic::{Diagnostic, Severity};
use crate::input::lenient::{Opt, Sp};
use crate::source::Span;

pub use super::raw::Loss;

/// The clauses of a project, or those that hold where it states none.
#[derive(Debug, Clone)]
pub struct Policy {
    pub clauses: Vec<Clause>,
    /// Cut sets of at most so many members are looked at.
    pub order: u32,
    /// Figures that are assumed are good enough.
    pub accepts_assumed_figures: bool,
    /// What may stay unknown.
    pub accepted_unknown: Vec<String>,
}

/// One thing that is asked, and where the project asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub asks: Asks,
    /// None where no project file states it.
    pub span: Option<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// No finding above this severity; none at all without one.
    MaxSeverity(Option<Severity>),
    NoNewFindings,
    NoNewCutSets,
    NoWiderScopes,
    Survive {
        service: String,
        loss: Loss,
    },
    AvailabilityTarget,
}

const ORDER: u32 = 2;
const HIGHEST_ORDER: u32 = 6;

impl Policy {
    /// What is asked where no project says anything: no error, and, where there is something
    /// to compare with, nothing that is worse.
    pub fn default_for(compares: bool) -> Policy {
        let mut asks = vec![Asks::MaxSeverity(Some(Severity::Warning))];
        if compares {
            asks.extend([Asks::NoNewFindings, Asks::NoNewCutSets, Asks::NoWiderScopes]);
        }
        Policy {
            clauses: asks.into_iter().map(|asks| Clause { asks, span: None }).collect(),
            order: ORDER,
            accepts_assumed_figures: false,
            accepted_unknown: Vec::new(),
        }
    }
}

impl Clause {
    /// As the project file would say it.
    pub fn words(&self) -> String {
        match &self.asks {
            Asks::MaxSeverity(None) => "max_severity: none".to_owned(),
            Asks::MaxSeverity(Some(severity)) => format!("max_severity: {}", severity.as_str()),
            Asks::NoNewFindings => "new_findings: none".to_owned(),
            Asks::NoNewCutSets => "new_cut_sets: none".to_owned(),
            Asks::NoWiderScopes => "wider_scopes: none".to_owned(),
            Asks::Survive { service, loss } => format!("survive: {service}, {}", loss.as_str()),
            Asks::AvailabilityTarget => "availability_target: met".to_owned(),
        }
    }
}

impl Loss {
    pub fn as_str(self) -> &'static str {
        match self {
            Loss::AnyServer => "any-server",
            Loss::AnyMachine => "any-machine",
            Loss::AnySite => "any-site",
        }
    }
}

/// A clause that cannot be read is reported; the policy must not be used then.
pub(super) fn lower(raw: &Sp<raw::Policy>, problems: &mut Vec<Diagnostic>) -> Policy {
    let policy = &raw.value;
    Policy {
        clauses: clauses(policy, problems),
        order: order(&policy.cut_set_order, problems),
        accepts_assumed_figures: policy.assumed_figures.value() == Some(&raw::Figures::Accept),
        accepted_unknown: policy.accept_unknown.0.iter().map(|word| word.value.0.clone()).collect(),
    }
}

fn clauses(policy: &raw::Policy, problems: &mut Vec<Diagnostic>) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut add = |asks: Asks, span: Span| clauses.push(Clause { asks, span: Some(span) });
    if let Some(max) = policy.max_severity.get() {
        add(Asks::MaxSeverity(severity(max.value)), max.span);
    }
    for (allowed, asks) in [
        (&policy.new_findings, Asks::NoNewFindings),
        (&policy.new_cut_sets, Asks::NoNewCutSets),
        (&policy.wider_scopes, Asks::NoWiderScopes),
    ] {
        if let Some(none) = allowed.get().filter(|allowed| allowed.value == raw::Allowed::None) {
            add(asks, none.span);
        }
    }
    for survive in &policy.survive.0 {
        if let Some(asks) = survival(survive, problems) {
            add(asks, survive.span);
        }
    }
    if let Some(met) = policy.availability_target.get().filter(|t| t.value == raw::Target::Met) {
        add(Asks::AvailabilityTarget, met.span);
    }
    clauses
}

/// A finding of the highest severity is one step above the next: none is above an error.
fn severity(max: raw::MaxSeverity) -> Option<Severity> {
    match max {
        raw::MaxSeverity::None => None,
        raw::MaxSeverity::Info => Some(Severity::Info),
        raw::MaxSeverity::Warning => Some(Severity::Warning),
        raw::MaxSeverity::Error => Some(Severity::Error),
    }
}

fn order(order: &Opt<u32>, problems: &mut Vec<Diagnostic>) -> u32 {
    let Some(given) = order.get() else { return ORDER };
    if !(1..=HIGHEST_ORDER).contains(&given.value) {
        let message = format!("`{}` is no order of cut sets to compare", given.value);
        problems.push(
            Diagnostic::error("config/cut-set-order", given.span, message)
                .help(format!("write a number from 1 to {HIGHEST_ORDER}")),
        );
    }
    given.value
}

fn survival(raw: &Sp<raw::Survive>, problems: &mut Vec<Diagnostic>) -> Option<Asks> {
    let mut missing = |key: &str, help: &str| {
        let message = format!("this clause gives no `{key}`");
        problems.push(Diagnostic::error("config/incomplete-clause", raw.span, message).help(help));
    };
    let service = raw.value.service.value();
    if raw.value.service.is_absent() {
        missing("service", "name the service that must survive");
    }
    if raw.value.loss.is_absent() {
        missing("loss", "add `loss:` with any-server, any-machine or any-site");
    }
    Some(Asks::Survive { service: service?.0.clone(), loss: *raw.value.loss.value()? })
}
