//! From outcomes to rows with places.

use super::{BecauseRow, ClauseRow, ReasonRow};
use crate::gate::{Outcome, Reason};
use crate::report::diff::{PlaceRow, edit, edit_words};
use crate::source::SourceMap;

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
