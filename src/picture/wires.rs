//! Lines that lead far to the same place share most of their way: branches meet in a junction,
//! and one trunk goes on from there.

use std::collections::BTreeMap;

use super::{Scene, Stroke, palette};

/// Places between a junction and the end of its trunk; over less, a trunk saves nothing.
const FAR: usize = 2;

/// A drawn piece of one or several lines. Its ends count the nodes of the scene, then junctions.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) lines: Vec<usize>,
    pub(super) part: Part,
}

/// What a piece is of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// From what needs to the junction.
    Branch,
    /// From the junction to what is needed.
    Trunk,
}

pub(super) struct Wiring {
    pub(super) wires: Vec<Wire>,
    /// The place of each junction.
    pub(super) junctions: Vec<usize>,
}

/// Lines with the same target, stroke and exit may share a trunk.
type Shared = (usize, (usize, bool, bool), usize);

/// Places are odd for components and even between them.
pub(super) fn wire(scene: &Scene, places: &[usize]) -> Wiring {
    let exits = Exits::new(scene, places);
    let mut together: BTreeMap<Shared, Vec<usize>> = BTreeMap::new();
    let mut wiring = Wiring { wires: Vec::new(), junctions: Vec::new() };
    for (index, line) in scene.drawn() {
        match exits.junction(places, line.from, line.to) {
            Some(exit) => {
                together.entry((line.to, rank(line.stroke), exit)).or_default().push(index);
            }
            None => wiring.whole(scene, index),
        }
    }
    for ((to, _, place), lines) in together {
        match lines.as_slice() {
            [only] => wiring.whole(scene, *only),
            _ => wiring.trunk(scene, to, place, lines),
        }
    }
    wiring
}

impl Wiring {
    fn whole(&mut self, scene: &Scene, index: usize) {
        let line = &scene.lines[index];
        let (from, to) = (line.from, line.to);
        self.wires.push(Wire { from, to, lines: vec![index], part: Part::Whole });
    }

    fn trunk(&mut self, scene: &Scene, to: usize, place: usize, lines: Vec<usize>) {
        let junction = scene.nodes.len() + self.junctions.len();
        self.junctions.push(place);
        for &index in &lines {
            let from = scene.lines[index].from;
            let lines = vec![index];
            self.wires.push(Wire { from, to: junction, lines, part: Part::Branch });
        }
        self.wires.push(Wire { from: junction, to, lines, part: Part::Trunk });
    }
}

fn rank(stroke: Stroke) -> (usize, bool, bool) {
    let kind = palette::KINDS.iter().position(|&kind| kind == stroke.kind).unwrap_or(0);
    (kind, stroke.indirect, stroke.disputed)
}

/// Where a line has left all boxes around its start.
struct Exits {
    /// First and last place of the outermost box around each node, or its own.
    spans: Vec<(usize, usize)>,
}

impl Exits {
    fn new(scene: &Scene, places: &[usize]) -> Exits {
        let outermost = |node: usize| {
            let mut at = scene.nodes[node].frame?;
            while let Some(outer) = scene.frames[at].outer {
                at = outer;
            }
            Some(at)
        };
        let frames: Vec<Option<usize>> = (0..scene.nodes.len()).map(outermost).collect();
        let mut around: Vec<(usize, usize)> = vec![(usize::MAX, 0); scene.frames.len()];
        for (&place, frame) in places.iter().zip(&frames) {
            if let Some(span) = frame.map(|frame| &mut around[frame]) {
                *span = (span.0.min(place), span.1.max(place));
            }
        }
        let span = |(&place, frame): (&usize, &Option<usize>)| {
            frame.map_or((place, place), |frame| around[frame])
        };
        Exits { spans: places.iter().zip(&frames).map(span).collect() }
    }

    /// The place for a junction on the way, if the way is long enough for one.
    fn junction(&self, places: &[usize], from: usize, to: usize) -> Option<usize> {
        let (first, last) = self.spans[from];
        let target = places[to];
        // Junctions stand at even places, as redundancy groups do.
        let (after, before) = ((last + 2) & !1, first.saturating_sub(1) & !1);
        if target > last && target > after + FAR {
            return Some(after);
        }
        (target < first && before > target + FAR).then_some(before)
    }
}
