//! The failure-scope table, the single points of failure and the assumptions, in words.

use crate::graph::Scope;
use crate::report::{AssumptionRow, Row, SinglePoint};
use crate::text::{and_list, clean, short_list};

pub(super) struct TableRow {
    /// As the topology has it, to be looked up by.
    pub(super) raw: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) scope: &'static str,
    /// Wider scopes first.
    pub(super) rank: usize,
    pub(super) documented: String,
    pub(super) onset: String,
    pub(super) spof: bool,
    pub(super) via: String,
    pub(super) protected: String,
    pub(super) stops: String,
    pub(super) line: usize,
    /// Empty where it is that of the report.
    pub(super) file: String,
}

pub(super) struct Point {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) scope: &'static str,
    pub(super) onset: &'static str,
    pub(super) path: Vec<PointStep>,
}

pub(super) struct PointStep {
    pub(super) component: String,
    pub(super) because: String,
}

pub(super) struct Assumed {
    pub(super) subjects: String,
    pub(super) unknown: String,
}

pub(super) fn row(row: &Row) -> TableRow {
    let scopes = Scope::ALL.iter().rev();
    TableRow {
        raw: row.component.clone(),
        name: shown(&row.component),
        kind: shown(&row.kind),
        scope: row.scope,
        rank: scopes.take_while(|scope| scope.as_str() != row.scope).count(),
        documented: match row.escalated_by.is_empty() {
            true => String::new(),
            false => format!("wider than documented, by {}", shown(&row.escalated_by.join(" → "))),
        },
        onset: match row.until.is_empty() {
            true => row.onset.to_owned(),
            false => format!("{}: {}", row.onset, shown(&row.until)),
        },
        spof: row.spof,
        via: match row.taken_by.is_empty() {
            true => "no".to_owned(),
            false => format!("via {}", shown(&short_list(&row.taken_by, 4))),
        },
        protected: shown(&short_list(&row.protected_by, 4)),
        stops: stops(row),
        line: row.line,
        file: shown(&row.file),
    }
}

fn stops(row: &Row) -> String {
    let partly = |name: &String| row.stops_partly.contains(name);
    let now = row.stops.iter().map(|name| match partly(name) {
        true => format!("{name} (in part)"),
        false => name.clone(),
    });
    let later = row.stops_later.iter().map(|name| format!("{name} (later)"));
    shown(&short_list(&now.chain(later).collect::<Vec<_>>(), 6))
}

pub(super) fn point(point: &SinglePoint) -> Point {
    let step = |step: &crate::report::PathStep| PointStep {
        component: shown(&step.component),
        because: shown(&step.because),
    };
    Point {
        name: shown(&point.component),
        kind: shown(&point.kind),
        scope: point.scope,
        onset: point.onset,
        path: point.path.iter().map(step).collect(),
    }
}

pub(super) fn assumption((unknown, rows): (&str, Vec<&AssumptionRow>)) -> Assumed {
    let subjects: Vec<String> = rows.iter().map(|row| row.subject_and_place()).collect();
    Assumed { subjects: and_list(&subjects), unknown: shown(unknown) }
}

pub(super) fn shown(text: &str) -> String {
    clean(text).into_owned()
}
