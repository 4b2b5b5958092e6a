//! What stands for what: colours that the colour-blind can tell apart, shapes and codes that
//! need no colour at all.

use super::{Fate, Stroke};
use crate::graph::{RequirementKind, Scope};

/// Kinds of requirements, the hardest first.
pub(super) const KINDS: [RequirementKind; 6] = [
    RequirementKind::Run,
    RequirementKind::Transaction,
    RequirementKind::Ingress,
    RequirementKind::Start,
    RequirementKind::Config,
    RequirementKind::Soft,
];

/// Lengths of dash and gap; empty for a solid line.
pub(super) fn dashes(stroke: Stroke) -> &'static str {
    match stroke.kind {
        RequirementKind::Run => "",
        RequirementKind::Transaction => "10 3 2 3",
        RequirementKind::Ingress => "14 5",
        RequirementKind::Start => "6 4",
        RequirementKind::Config => "2 4",
        RequirementKind::Soft => "1 7",
    }
}

/// What the kind means, for the legend.
pub(super) fn kind_words(kind: RequirementKind) -> &'static str {
    match kind {
        RequirementKind::Run => "run: down at once",
        RequirementKind::Transaction => "transaction: down at once",
        RequirementKind::Ingress => "ingress: receives nothing",
        RequirementKind::Start => "start: down at next start",
        RequirementKind::Config => "config: no changes",
        RequirementKind::Soft => "soft: degrades",
    }
}

/// The colour of a scope; Okabe and Ito's, which stay apart in every kind of colour blindness.
pub(super) fn colour(scope: Scope) -> &'static str {
    match scope {
        Scope::Systemwide => "#d55e00",
        Scope::Endpoint => "#e69f00",
        Scope::Function => "#56b4e9",
        Scope::Server => "#009e73",
        Scope::Admin => "#cc79a7",
        Scope::None => "#9a9a9a",
    }
}

/// Three letters that say the scope without colour.
pub(super) fn code(scope: Scope) -> &'static str {
    match scope {
        Scope::Systemwide => "SYS",
        Scope::Endpoint => "END",
        Scope::Function => "FUN",
        Scope::Server => "SRV",
        Scope::Admin => "ADM",
        Scope::None => "",
    }
}

/// Corners of the shape of a scope, around the origin with radius 1, in rising scope: a circle
/// (none), a triangle, a square, a pentagon, a hexagon, a star.
pub(super) fn corners(scope: Scope) -> Vec<(f64, f64)> {
    match scope {
        Scope::None => Vec::new(),
        Scope::Admin => regular(3, 0.0),
        Scope::Server => regular(4, 0.5),
        Scope::Function => regular(5, 0.0),
        Scope::Endpoint => regular(6, 0.5),
        Scope::Systemwide => star(),
    }
}

fn regular(corners: usize, turned: f64) -> Vec<(f64, f64)> {
    let step = std::f64::consts::TAU / corners as f64;
    (0..corners).map(|corner| on_circle(1.0, (corner as f64 + turned) * step)).collect()
}

fn star() -> Vec<(f64, f64)> {
    let step = std::f64::consts::TAU / 16.0;
    let radius = |corner: usize| if corner.is_multiple_of(2) { 1.15 } else { 0.65 };
    (0..16).map(|corner| on_circle(radius(corner), corner as f64 * step)).collect()
}

/// Clockwise from the top.
fn on_circle(radius: f64, angle: f64) -> (f64, f64) {
    (radius * angle.sin(), -radius * angle.cos())
}

/// Short mark of a fate, beside its colour.
pub(super) fn mark(fate: Fate) -> &'static str {
    match fate {
        Fate::Failed => "FAILED",
        Fate::StopsAtOnce => "STOPS",
        Fate::StopsLater => "LATER",
        Fate::Interrupted => "MOVES",
        Fate::AfterRestart => "RESTART",
        Fate::Survives => "",
    }
}

pub(super) fn fate_class(fate: Fate) -> &'static str {
    match fate {
        Fate::Failed => "failed",
        Fate::StopsAtOnce => "stops",
        Fate::StopsLater => "later",
        Fate::Interrupted => "moves",
        Fate::AfterRestart => "restart",
        Fate::Survives => "survives",
    }
}

pub(super) fn fate_colour(fate: Fate) -> &'static str {
    match fate {
        Fate::Failed => "#111111",
        Fate::StopsAtOnce => "#d55e00",
        Fate::StopsLater => "#e69f00",
        Fate::Interrupted => "#0072b2",
        Fate::AfterRestart => "#cc79a7",
        Fate::Survives => "#9a9a9a",
    }
}
