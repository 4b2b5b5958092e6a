//! From outcomes to rows with places.

use super::{BecauseRow, ClauseRow, ReasonRow};
use crate::config::{Asks, Clause};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::gate::{Outcome, Reason, Verdict};
use crate::report::diff::{PlaceRow, edit, edit_words};
use crate::report::review::document::Declared;
use crate::report::review::{Item, Unit};
use crate::source::{FileId, SourceMap, Span};

pub fn clauses(sources: &SourceMap, outcomes: &[Outcome]) -> Vec<ClauseRow> {
    let row = |outcome: &Outcome| ClauseRow {
        clause: outcome.clause.words(),
        place: outcome.clause.span.map(|span| PlaceRow::of(sources, span)),
        verdict: outcome.verdict,
        reasons: outcome.reasons.iter().map(|one| reason(sources, one)).collect(),
    };
    outcomes.iter().map(row).collect()
}

fn reason(sources: &SourceMap, reason: &Reason) -> ReasonRow {
    let because = reason.edits.iter().map(|one| {
        let row = edit(sources, one);
        BecauseRow { edit: edit_words(&row), place: row.place }
    });
    ReasonRow {
        verdict: reason.verdict,
        what: reason.what.clone(),
        place: reason.span.map(|span| PlaceRow::of(sources, span)),
        because: because.collect(),
        remedy: reason.remedy.clone(),
    }
}

/// The unit with the reasons of the gate in place of what was found, for the formats of other
/// tools. What cannot be decided is no pass there either.
pub fn as_reasons(mut unit: Unit, outcomes: &[Outcome]) -> Unit {
    unit.items.retain(|item| item.finding.is_none());
    for outcome in outcomes {
        let items = outcome.reasons.iter().map(|one| item(&unit.sources, &outcome.clause, one));
        unit.items.extend(items.collect::<Vec<Item>>());
    }
    unit.ran.clear();
    unit.suppressed.clear();
    unit.fail_on = Some(Severity::Warning);
    unit.sort();
    unit
}

fn item(sources: &SourceMap, clause: &Clause, reason: &Reason) -> Item {
    let severity = match reason.verdict {
        Verdict::Fail => Severity::Error,
        Verdict::CannotDecide | Verdict::Pass => Severity::Warning,
    };
    let span = reason.edits.first().map(|edit| edit.new).or(reason.span).or(clause.span);
    let span = span.unwrap_or(Span::new(FileId::from_index(0), 0, 0));
    let because = reason.edits.iter().map(|one| Label {
        span: one.new,
        text: format!("because of: {}", edit_words(&edit(sources, one))),
    });
    let asked =
        clause.span.map(|span| Label { span, text: format!("asked here: {}", clause.words()) });
    let mut diagnostic = Diagnostic::new(code(&clause.asks), severity, span, reason.what.clone());
    diagnostic.related = because.chain(asked).collect();
    Item::problem(diagnostic.help(reason.remedy.clone()))
}

/// Every clause that a policy can have.
pub const CLAUSES: &[Declared] = &[
    Declared {
        id: "gate/max-severity",
        name: "policy-max-severity",
        summary: "a finding is more severe than the policy allows",
    },
    Declared { id: "gate/new-findings", name: "policy-new-findings", summary: "a finding is new" },
    Declared {
        id: "gate/new-cut-sets",
        name: "policy-new-cut-sets",
        summary: "something new, or less than before, stops a service",
    },
    Declared {
        id: "gate/wider-scopes",
        name: "policy-wider-scopes",
        summary: "a loss reaches further than before",
    },
    Declared {
        id: "gate/survive",
        name: "policy-survive",
        summary: "a service does not survive a loss that the policy names",
    },
    Declared {
        id: "gate/availability-target",
        name: "policy-availability-target",
        summary: "a service misses the availability that it states",
    },
];

fn code(asks: &Asks) -> &'static str {
    match asks {
        Asks::MaxSeverity(_) => "gate/max-severity",
        Asks::NoNewFindings => "gate/new-findings",
        Asks::NoNewCutSets => "gate/new-cut-sets",
        Asks::NoWiderScopes => "gate/wider-scopes",
        Asks::Survive { .. } => "gate/survive",
        Asks::AvailabilityTarget => "gate/availability-target",
    }
}
