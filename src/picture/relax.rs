//! Moves what stands in no box towards what it is joined to, between its neighbours in the
//! column, so that lines become short and level. The order in a column stays.

use super::Scene;
use super::columns::Columns;
use super::layout::{Rect, Rough};
use super::separate::{BEND_GAP, GAP};

/// Rounds after which nothing moves far any more.
const ROUNDS: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Node(usize),
    /// A wire, and the number of its bend.
    Bend(usize, usize),
    Frame(usize),
}

pub(super) fn relax(scene: &Scene, columns: &Columns, rough: &mut Rough, frames: &[Option<Rect>]) {
    let stops = stops_of_columns(scene, columns, rough, frames);
    let joined = Joined::new(columns, rough);
    for round in 0..ROUNDS {
        for at in 0..stops.len() {
            let column = if round % 2 == 0 { at } else { stops.len() - 1 - at };
            let column = &stops[column];
            (0..column.len()).for_each(|at| settle(rough, frames, &joined, column, at));
            (0..column.len()).rev().for_each(|at| settle(rough, frames, &joined, column, at));
        }
    }
}

/// What stands in each column outside of all boxes, and the boxes themselves, from above.
fn stops_of_columns(
    scene: &Scene,
    columns: &Columns,
    rough: &Rough,
    frames: &[Option<Rect>],
) -> Vec<Vec<Stop>> {
    let mut stops: Vec<Vec<Stop>> = vec![Vec::new(); columns.spans.len()];
    for (node, &column) in columns.of.iter().enumerate() {
        if scene.nodes.get(node).is_none_or(|node| node.frame.is_none()) {
            stops[column].push(Stop::Node(node));
        }
    }
    for (wire, bends) in rough.bends.iter().enumerate() {
        for (at, bend) in bends.iter().enumerate().filter(|(_, bend)| bend.frame.is_none()) {
            stops[bend.column].push(Stop::Bend(wire, at));
        }
    }
    for (frame, rect) in frames.iter().enumerate() {
        let Some(rect) = rect.filter(|_| scene.frames[frame].outer.is_none()) else { continue };
        for (column, (left, right)) in columns.spans.iter().enumerate() {
            if rect.x < *right && *left < rect.right() {
                stops[column].push(Stop::Frame(frame));
            }
        }
    }
    for column in &mut stops {
        column.sort_by(|&a, &b| {
            let middle = |stop| span(rough, frames, stop).0 + span(rough, frames, stop).1;
            middle(a).total_cmp(&middle(b))
        });
    }
    stops
}

/// Upper and lower end.
fn span(rough: &Rough, frames: &[Option<Rect>], stop: Stop) -> (f64, f64) {
    let of = |rect: Rect| (rect.y, rect.bottom());
    match stop {
        Stop::Node(node) => of(rough.nodes[node]),
        Stop::Frame(frame) => frames[frame].map_or((0.0, 0.0), of),
        Stop::Bend(wire, at) => (rough.bends[wire][at].y, rough.bends[wire][at].y),
    }
}

/// The neighbours of everything along the wires.
struct Joined {
    nodes: Vec<Vec<Stop>>,
    bends: Vec<Vec<[Stop; 2]>>,
}

impl Joined {
    fn new(columns: &Columns, rough: &Rough) -> Joined {
        let mut joined = Joined { nodes: vec![Vec::new(); columns.of.len()], bends: Vec::new() };
        for (index, wire) in columns.wires.iter().enumerate() {
            let rightwards = columns.of[wire.from] < columns.of[wire.to];
            let (left, right) =
                if rightwards { (wire.from, wire.to) } else { (wire.to, wire.from) };
            let mut way = vec![Stop::Node(left)];
            way.extend((0..rough.bends[index].len()).map(|at| Stop::Bend(index, at)));
            way.push(Stop::Node(right));
            joined.nodes[left].push(way[1]);
            joined.nodes[right].push(way[way.len() - 2]);
            joined.bends.push(way.windows(3).map(|three| [three[0], three[2]]).collect());
        }
        joined
    }

    fn of(&self, stop: Stop) -> &[Stop] {
        match stop {
            Stop::Node(node) => &self.nodes[node],
            Stop::Bend(wire, at) => &self.bends[wire][at],
            Stop::Frame(_) => &[],
        }
    }
}

/// As near to the middle of what it is joined to as its neighbours let it.
fn settle(rough: &mut Rough, frames: &[Option<Rect>], joined: &Joined, column: &[Stop], at: usize) {
    let stop = column[at];
    let others = joined.of(stop);
    if others.is_empty() {
        return;
    }
    let middle = |other: &Stop| {
        let (top, bottom) = span(rough, frames, *other);
        (top + bottom) / 2.0
    };
    let (top, bottom) = span(rough, frames, stop);
    let wanted = match stop {
        // Between its neighbours a line is as short wherever it bends; staying makes no steps.
        Stop::Bend(..) => {
            let ends = others.iter().map(middle);
            let (first, last) =
                ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)));
            top.max(first).min(last)
        }
        _ => others.iter().map(middle).sum::<f64>() / others.len() as f64,
    };
    let before = at.checked_sub(1).map(|before| column[before]);
    let above =
        before.map_or(f64::NEG_INFINITY, |other| span(rough, frames, other).1 + gap(other, stop));
    let below = column.get(at + 1).map_or(f64::INFINITY, |&other| {
        span(rough, frames, other).0 - gap(other, stop) - (bottom - top)
    });
    if above > below {
        return;
    }
    let by = (wanted - (bottom - top) / 2.0).clamp(above, below) - top;
    match stop {
        Stop::Node(node) => rough.nodes[node].y += by,
        Stop::Bend(wire, bend) => rough.bends[wire][bend].y += by,
        Stop::Frame(_) => {}
    }
}

fn gap(a: Stop, b: Stop) -> f64 {
    match (a, b) {
        (Stop::Bend(..), _) | (_, Stop::Bend(..)) => BEND_GAP,
        _ => GAP,
    }
}
