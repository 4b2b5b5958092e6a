//! Columns that are too high are broken into several, side by side.
//!
//! A box stays whole: all of it that stands in one column goes into the same part. A box over
//! several columns takes the parts that face each other, so that nothing stands between.

use std::collections::{BTreeMap, BTreeSet};

use super::Scene;

/// Rows that a column may have; more do not fit on a screen.
const MOST_ROWS: usize = 24;

/// What goes into one part of a column as a whole: a box, or nodes that need the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Frame(usize),
    Alike(Vec<usize>),
    Node(usize),
}

/// At which end of its column a box must stand, because it goes on beside it.
#[derive(Debug, Default, Clone, Copy)]
struct Ends {
    first: bool,
    last: bool,
}

/// The columns anew, where those that are too high take several.
pub(super) fn broken(scene: &Scene, of: Vec<usize>) -> Vec<usize> {
    let units = units(scene);
    let ends = ends(&units, &of);
    let mut columns: BTreeMap<usize, BTreeMap<&Unit, Vec<usize>>> = BTreeMap::new();
    for (node, &column) in of.iter().enumerate() {
        if scene.nodes[node].facts().is_some() {
            columns.entry(column).or_default().entry(&units[node]).or_default().push(node);
        }
    }
    // Without any break columns keep their numbers, and with them what lies between.
    let (mut places, mut wider) = (of.clone(), 0);
    for (column, held) in columns {
        let parts = parts(&held, |unit| ends.get(&(unit, column)).copied().unwrap_or_default());
        let count = parts.values().max().map_or(1, |last| last + 1);
        for (unit, nodes) in &held {
            let part = parts.get(unit).copied().unwrap_or(0);
            nodes.iter().for_each(|&node| places[node] = column + wider + part);
        }
        wider += count - 1;
    }
    places
}

/// What each node is broken off with.
fn units(scene: &Scene) -> Vec<Unit> {
    let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); scene.nodes.len()];
    scene.drawn().for_each(|(_, line)| {
        needs[line.from].insert(line.to);
    });
    let outermost = |mut frame: usize| {
        while let Some(outer) = scene.frames[frame].outer {
            frame = outer;
        }
        Unit::Frame(frame)
    };
    let unit = |(index, node): (usize, &super::Node)| match (node.frame, &needs[index]) {
        (Some(frame), _) => outermost(frame),
        (None, needs) if needs.is_empty() => Unit::Node(index),
        (None, needs) => Unit::Alike(needs.iter().copied().collect()),
    };
    scene.nodes.iter().enumerate().map(unit).collect()
}

/// The ends at which boxes over several columns stand in each of them.
fn ends<'u>(units: &'u [Unit], of: &[usize]) -> BTreeMap<(&'u Unit, usize), Ends> {
    let mut spans: BTreeMap<&Unit, (usize, usize)> = BTreeMap::new();
    for (unit, &column) in units.iter().zip(of).filter(|(unit, _)| matches!(unit, Unit::Frame(_))) {
        let span = spans.entry(unit).or_insert((column, column));
        *span = (span.0.min(column), span.1.max(column));
    }
    let ends = |(unit, (first, last)): (&'u Unit, (usize, usize))| {
        (first..=last).map(move |column| {
            ((unit, column), Ends { first: column > first, last: column < last })
        })
    };
    spans.into_iter().flat_map(ends).collect()
}

/// The part of the column for each unit: those that must stand at an end there, every other in
/// the part that is emptiest.
fn parts<'u>(
    held: &BTreeMap<&'u Unit, Vec<usize>>,
    ends: impl Fn(&Unit) -> Ends,
) -> BTreeMap<&'u Unit, usize> {
    let rows = |unit: &Unit| {
        let heading = usize::from(matches!(unit, Unit::Frame(_)));
        held.get(unit).map_or(0, Vec::len) + heading
    };
    let count = held.keys().map(|unit| rows(unit)).sum::<usize>().div_ceil(MOST_ROWS).max(1);
    let is_through = held.keys().any(|unit| ends(unit).first && ends(unit).last);
    if count == 1 || is_through {
        return BTreeMap::new();
    }
    let mut filled = vec![0; count];
    let mut parts = BTreeMap::new();
    let mut in_order: Vec<&&Unit> = held.keys().collect();
    // What has no choice comes first, then all in the order of the scene.
    in_order.sort_by_key(|unit| (!ends(unit).first && !ends(unit).last, held[**unit].first()));
    for unit in in_order {
        let part = match ends(unit) {
            Ends { first: true, .. } => 0,
            Ends { last: true, .. } => count - 1,
            _ => (0..count).min_by_key(|&part| filled[part]).unwrap_or(0),
        };
        filled[part] += rows(unit);
        parts.insert(*unit, part);
    }
    parts
}
