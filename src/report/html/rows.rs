//! The failure-scope table, the single points of failure and the assumptions, in words.

use crate::graph::Scope;
use crate::report::{AssumptionRow, Report, Row, SinglePoint};
use crate::text::{and_list, clean, short_list};

pub(super) struct TableRow {
    /// Its number in the graph: names may be given twice.
    pub(super) id: usize,
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

/// Single points of failure of one scope.
pub(super) struct Worst {
    pub(super) scope: &'static str,
    /// Where they are several.
    pub(super) each: &'static str,
    /// What that means for the functions.
    pub(super) words: &'static str,
    pub(super) number: usize,
    pub(super) names: String,
}

pub(super) struct Point {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) scope: &'static str,
    pub(super) onset: &'static str,
    pub(super) takes: String,
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
        id: row.id.index(),
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

/// The widest scopes that a single failure has, and the first single points of failure of each.
pub(super) fn worst(report: &Report, most: usize) -> Vec<Worst> {
    let of = |scope: &Scope| {
        let points = report.single_points_of_failure.iter();
        let names: Vec<String> = points
            .filter(|point| point.scope == scope.as_str())
            .map(|point| point.component.clone())
            .collect();
        Worst {
            scope: scope.as_str(),
            each: if names.len() > 1 { "each " } else { "" },
            words: in_words(*scope),
            number: names.len(),
            names: shown(&short_list(&names, most)),
        }
    };
    Scope::ALL.iter().rev().map(of).filter(|worst| worst.number > 0).collect()
}

fn in_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Systemwide => "stops every main function",
        Scope::Endpoint => "stops some functions on every server",
        Scope::Function => "stops a side function",
        Scope::Server => "stops a share, on one server",
        Scope::Admin => "blocks administration only",
        Scope::None => "stops nothing",
    }
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
        takes: shown(&short_list(&point.takes, 6)),
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
