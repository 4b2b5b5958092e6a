//! Curves from port to port: each line leaves and arrives level, on the side that faces the
//! other end, in the order of where it comes from, so that lines at one node do not cross.

use super::Scene;
use super::columns::Columns;
use super::layout::{Point, Rect, Rough, Route};
use super::wires::Wire;

/// Distance between two ports of a node, if there is room.
const PORT: f64 = 7.0;
/// How far a line between two nodes of one column swings out.
const SWING: f64 = 26.0;

/// A stop of a line on its way, from the left to the right.
type Way = Vec<Point>;

pub(super) fn routes(
    scene: &Scene,
    columns: &Columns,
    rough: &Rough,
    frames: &[Rect],
) -> Vec<Route> {
    let way = |(index, wire): (usize, &Wire)| match columns.of[wire.from] == columns.of[wire.to] {
        true => around_the_side(rough, wire.from, wire.to),
        false => through_columns(columns, rough, index),
    };
    let mut ways: Vec<Way> = columns.wires.iter().enumerate().map(way).collect();
    start_at_boxes(columns, frames, &mut ways);
    spread_ports(scene, columns, rough, frames, &mut ways);
    let route = |(wire, way): (&Wire, Way)| Route {
        lines: wire.lines.clone(),
        part: wire.part,
        from_box: wire.from_box,
        curve: curve(&way),
    };
    columns.wires.iter().zip(ways).map(route).collect()
}

/// From one end to the other, level through every column in between.
fn through_columns(columns: &Columns, rough: &Rough, index: usize) -> Way {
    let Wire { from, to, .. } = columns.wires[index];
    let (start, end) = (rough.nodes[from], rough.nodes[to]);
    let rightwards = columns.of[from] < columns.of[to];
    let level = |column: usize, y: f64| {
        let (left, right) = columns.spans[column];
        let ends = if rightwards { [left, right] } else { [right, left] };
        ends.map(|x| Point { x, y })
    };
    let bends = rough.bends[index].iter();
    let mut stops: Vec<[Point; 2]> = bends.map(|bend| level(bend.column, bend.y)).collect();
    if !rightwards {
        stops.reverse();
    }
    let [_, leaving] = level(columns.of[from], start.middle());
    let is_boxed = columns.wires[index].from_box.is_some();
    let [arriving, _] = level(columns.of[to], end.middle());
    let sides = if rightwards { (start.right(), end.x) } else { (start.x, end.right()) };
    let mut way = vec![Point { x: sides.0, y: start.middle() }];
    // A junction is narrower than its column; a line to it stays level in there.
    way.extend(Some(leaving).filter(|at| !is_boxed && (at.x - sides.0).abs() > 0.5));
    way.extend(stops.into_iter().flatten());
    way.extend(Some(arriving).filter(|at| (at.x - sides.1).abs() > 0.5));
    way.push(Point { x: sides.1, y: end.middle() });
    way
}

/// Out to the right and back, for two in one column.
fn around_the_side(rough: &Rough, from: usize, to: usize) -> Way {
    let (start, end) = (rough.nodes[from], rough.nodes[to]);
    let out = start.right().max(end.right()) + SWING;
    vec![
        Point { x: start.right(), y: start.middle() },
        Point { x: out, y: (start.middle() + end.middle()) / 2.0 },
        Point { x: end.right(), y: end.middle() },
    ]
}

/// What starts at a box leaves it on the side that faces the other end.
fn start_at_boxes(columns: &Columns, frames: &[Rect], ways: &mut [Way]) {
    for (wire, way) in columns.wires.iter().zip(ways) {
        let Some(frame) = wire.from_box.map(|frame| frames[frame]) else { continue };
        let leftwards = columns.of[wire.from] > columns.of[wire.to];
        if let Some(start) = way.first_mut() {
            start.x = if leftwards { frame.x } else { frame.right() };
        }
    }
}

/// An end of a line at one side of a node or box.
struct End {
    way: usize,
    at_start: bool,
    /// Where the line comes from, which orders the ends.
    toward: f64,
}

fn spread_ports(
    scene: &Scene,
    columns: &Columns,
    rough: &Rough,
    frames: &[Rect],
    ways: &mut [Way],
) {
    // All lines of a junction meet in one point: only nodes have ports, and boxes after them.
    let nodes = scene.nodes.len();
    let rects: Vec<Rect> = rough.nodes[..nodes].iter().chain(frames).copied().collect();
    let mut sides: Vec<[Vec<End>; 2]> = Vec::new();
    sides.resize_with(rects.len(), Default::default);
    for (number, (wire, way)) in columns.wires.iter().zip(&*ways).enumerate() {
        let start = wire.from_box.map(|frame| nodes + frame);
        let start = start.or(Some(wire.from).filter(|&from| from < nodes));
        let end = Some(wire.to).filter(|&to| to < nodes);
        for (owner, at_start) in [(start, true), (end, false)] {
            let Some(owner) = owner else { continue };
            let (port, next) = ends(way, at_start);
            let side = usize::from(port.x > rects[owner].x + 0.5);
            sides[owner][side].push(End { way: number, at_start, toward: next.y });
        }
    }
    share_sides(&rects, sides, ways);
}

fn share_sides(rects: &[Rect], sides: Vec<[Vec<End>; 2]>, ways: &mut [Way]) {
    for (rect, sides) in rects.iter().zip(sides) {
        for mut side in sides {
            side.sort_by(|a, b| a.toward.total_cmp(&b.toward).then(a.way.cmp(&b.way)));
            let step = PORT.min((rect.height - 8.0) / side.len() as f64);
            let first = rect.middle() - step * (side.len() as f64 - 1.0) / 2.0;
            for (place, end) in side.iter().enumerate() {
                let y = first + step * place as f64;
                let way = &mut ways[end.way];
                let port = if end.at_start { way.first_mut() } else { way.last_mut() };
                if let Some(port) = port {
                    port.y = y;
                }
            }
        }
    }
}

/// The port of a way at one end, and the stop where it next changes its height.
fn ends(way: &Way, at_start: bool) -> (Point, Point) {
    let (port, next) = match at_start {
        true => (way.first(), way.get(1)),
        false => (way.last(), way.len().checked_sub(2).and_then(|at| way.get(at))),
    };
    let nowhere = Point { x: 0.0, y: 0.0 };
    let port = port.copied().unwrap_or(nowhere);
    (port, next.copied().unwrap_or(port))
}

/// Cubic pieces with level ends through all stops.
fn curve(way: &Way) -> Vec<Point> {
    let Some(&start) = way.first() else { return Vec::new() };
    let mut points = vec![start];
    let turns_back = matches!(way.as_slice(), [a, b, c] if b.x > a.x && b.x > c.x);
    if let ([a, b, c], true) = (way.as_slice(), turns_back) {
        points.extend([Point { x: b.x, y: a.y }, Point { x: b.x, y: c.y }, *c]);
        return points;
    }
    for pair in way.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let middle = (a.x + b.x) / 2.0;
        points.extend([Point { x: middle, y: a.y }, Point { x: middle, y: b.y }, b]);
    }
    points
}
