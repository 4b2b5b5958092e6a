//! Between what lines lead that go farther than to the next column: through the gaps between the
//! things in each column, on the way that rises and falls least.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Scene;
use super::columns::Columns;
use super::heights::{Places, Stop};
use super::layout::Bend;
use super::wires::Wire;

/// A gap is open up to here above the first thing of a column and below the last.
const OPEN: f64 = 1e6;
/// Going straight is worth so much of what a detour costs.
const STRAIGHT: f64 = 0.02;

/// The bends of each wire: one in each column that it passes.
pub(super) fn bends(scene: &Scene, columns: &Columns) -> Vec<Vec<Bend>> {
    let spans: Vec<Option<(usize, usize)>> =
        (0..scene.frames.len()).map(|frame| columns.of_frame(scene, frame)).collect();
    let of_wire = |wire: &Wire| {
        // A line leaves and enters through the sides of the boxes around its ends.
        let mut around = frames_around(scene, wire.from);
        around.extend(frames_around(scene, wire.to));
        let within = |column: usize| {
            let holds = |frame: &usize| {
                spans[*frame].is_some_and(|(first, last)| (first..=last).contains(&column))
            };
            around.iter().copied().find(holds)
        };
        let passed = passed(columns, &spans, wire);
        passed.map(|column| Bend { column, y: 0.0, frame: within(column) }).collect()
    };
    columns.wires.iter().map(of_wire).collect()
}

/// The columns between the ends of a wire.
fn passed(columns: &Columns, spans: &[Option<(usize, usize)>], wire: &Wire) -> Range<usize> {
    let to = columns.of[wire.to];
    // What starts at a box begins behind all of its columns.
    let from = match wire.from_box.and_then(|frame| spans[frame]) {
        Some((first, last)) => to.clamp(first, last),
        None => columns.of[wire.from],
    };
    from.min(to) + 1..from.max(to)
}

/// The boxes around a node, from the innermost.
fn frames_around(scene: &Scene, node: usize) -> Vec<usize> {
    let innermost = scene.nodes.get(node).and_then(|node| node.frame);
    std::iter::successors(innermost, |&frame| scene.frames[frame].outer).collect()
}

/// Puts what floats, as high as what it is joined to, into the gaps of its columns.
pub(super) fn put_between(
    columns: &Columns,
    places: &mut Places<'_>,
    floats: &FxHashSet<Stop>,
    order: &mut [Vec<Stop>],
) {
    let mut ends: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for wire in &columns.wires {
        for (own, other) in [(wire.from, wire.to), (wire.to, wire.from)] {
            if floats.contains(&Stop::Node(own)) && !floats.contains(&Stop::Node(other)) {
                ends.entry(own).or_default().push(places.middle(Stop::Node(other)));
            }
        }
    }
    let height = |ends: &[f64]| ends.iter().sum::<f64>() / ends.len().max(1) as f64;
    let mut found: Vec<(f64, usize)> =
        ends.into_iter().map(|(node, ends)| (height(&ends), node)).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (y, node) in found {
        places.rough.nodes[node].y = y - places.rough.nodes[node].height / 2.0;
        let column = &mut order[columns.of[node]];
        let gaps = gaps(None, places, column);
        let nearest = gaps.iter().min_by(|a, b| a.distance_to(y).total_cmp(&b.distance_to(y)));
        let before = nearest.and_then(|gap| gap.before);
        let at = before.and_then(|before| column.iter().position(|&stop| stop == before));
        column.insert(at.unwrap_or(column.len()), Stop::Node(node));
    }
}

/// A bend in the order of its column: behind how many of the things there, then by the ends of
/// its line, so that what leads side by side stays so.
struct Lane {
    column: usize,
    before: Option<Stop>,
    ends: f64,
    bend: Stop,
}

/// Puts the bends of all wires between what stands in the columns already.
pub(super) fn lead(columns: &Columns, places: &Places<'_>, order: &mut [Vec<Stop>]) {
    let mut lanes: Vec<Lane> = Vec::new();
    for (index, wire) in columns.wires.iter().enumerate() {
        let rightwards = columns.of[wire.from] < columns.of[wire.to];
        let (left, right) = if rightwards { (wire.from, wire.to) } else { (wire.to, wire.from) };
        let ends = (places.middle(Stop::Node(left)), places.middle(Stop::Node(right)));
        let gaps = gaps_of(&places.rough.bends[index], places, order);
        for (at, gap) in way(&gaps, ends).into_iter().enumerate() {
            let bend = Stop::Bend(index, at);
            let column = places.rough.bends[index][at].column;
            lanes.push(Lane { column, before: gaps[at][gap].before, ends: ends.0 + ends.1, bend });
        }
    }
    lanes.sort_by(|a, b| a.ends.total_cmp(&b.ends));
    // Each goes right before what it passes above, so those with lower ends go in later.
    for lane in lanes {
        let column = &mut order[lane.column];
        let at = lane.before.and_then(|before| column.iter().position(|&stop| stop == before));
        column.insert(at.unwrap_or(column.len()), lane.bend);
    }
}

/// Room between two things of a column.
#[derive(Clone, Copy)]
struct Gap {
    top: f64,
    bottom: f64,
    /// What stands below it, as the order of the column names it.
    before: Option<Stop>,
}

impl Gap {
    fn distance(&self, other: &Gap) -> f64 {
        (other.top - self.bottom).max(self.top - other.bottom).max(0.0)
    }

    fn distance_to(&self, y: f64) -> f64 {
        (self.top - y).max(y - self.bottom).max(0.0)
    }
}

/// The gaps in each column that a wire passes, on the level on which it passes there.
fn gaps_of(bends: &[Bend], places: &Places<'_>, order: &[Vec<Stop>]) -> Vec<Vec<Gap>> {
    bends.iter().map(|bend| gaps(bend.frame, places, &order[bend.column])).collect()
}

fn gaps(frame: Option<usize>, places: &Places<'_>, column: &[Stop]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut top = -OPEN;
    let mut last = None;
    for &stop in column {
        let Some(item) = places.item(stop, frame) else { continue };
        if last == Some(item) {
            continue;
        }
        let (upper, height) = places.span(item);
        gaps.push(Gap { top, bottom: upper.max(top), before: Some(stop) });
        top = upper + height;
        last = Some(item);
    }
    let after = column.iter().rposition(|&stop| places.item(stop, frame).is_some());
    let before = after.and_then(|at| column.get(at + 1)).copied();
    gaps.push(Gap { top, bottom: OPEN.max(top), before });
    gaps
}

/// Which gap to take in each column, so that the way rises and falls least.
fn way(gaps: &[Vec<Gap>], ends: (f64, f64)) -> Vec<usize> {
    let (Some(first), count) = (gaps.first(), gaps.len()) else { return Vec::new() };
    let straight =
        |at: usize| ends.0 + (ends.1 - ends.0) * (at as f64 + 1.0) / (count as f64 + 1.0);
    let own = |at: usize, gap: &Gap| STRAIGHT * gap.distance_to(straight(at));
    let mut costs: Vec<f64> =
        first.iter().map(|gap| gap.distance_to(ends.0) + own(0, gap)).collect();
    let mut from: Vec<Vec<usize>> = Vec::with_capacity(count);
    for at in 1..count {
        let best = |gap: &Gap| {
            let cost =
                |(before, other): (usize, &Gap)| (before, costs[before] + other.distance(gap));
            let all = gaps[at - 1].iter().enumerate().map(cost);
            all.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
        };
        let steps: Vec<(usize, f64)> = gaps[at].iter().map(best).collect();
        costs = steps.iter().zip(&gaps[at]).map(|(step, gap)| step.1 + own(at, gap)).collect();
        from.push(steps.into_iter().map(|step| step.0).collect());
    }
    let arrival =
        |(gap, cost): (usize, &f64)| (gap, cost + gaps[count - 1][gap].distance_to(ends.1));
    let last = costs.iter().enumerate().map(arrival).min_by(|a, b| a.1.total_cmp(&b.1));
    let mut taken = vec![last.map_or(0, |(gap, _)| gap)];
    for steps in from.iter().rev() {
        taken.push(taken.last().map_or(0, |&gap| steps[gap]));
    }
    taken.reverse();
    taken
}
