//! What is drawn of the lines: lines between the same two are one, what several things in a box
//! need starts at the box, and lines that lead far to the same place share most of their way.
//! Their branches meet in a junction, and one trunk goes on from there.

use std::collections::BTreeMap;

use super::{FrameKind, Scene, Stroke, palette};

/// Places between a junction and the end of its trunk; over less, a trunk saves nothing.
const FAR: usize = 2;

/// A drawn piece of one or several lines. Its ends count the nodes of the scene, then junctions.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) lines: Vec<usize>,
    pub(super) part: Part,
    /// The box at whose side it starts, for several things in it; `from` is one of them.
    pub(super) from_box: Option<usize>,
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

/// How strong a stroke is, and what else makes it look different.
type Rank = (usize, bool, bool);

/// Lines with the same target, stroke and exit may share a trunk.
type Shared = (usize, Rank, usize);

/// Places are odd for components and even between them.
pub(super) fn wire(scene: &Scene, places: &[usize]) -> Wiring {
    let exits = Exits::new(scene, places);
    let mut together: BTreeMap<Shared, Vec<Wire>> = BTreeMap::new();
    let mut wiring = Wiring { wires: Vec::new(), junctions: Vec::new() };
    for wire in from_boxes(scene, places, between_two(scene)) {
        match exits.junction(places, wire.from, wire.to) {
            Some(exit) => {
                together.entry((wire.to, rank(scene, &wire), exit)).or_default().push(wire);
            }
            None => wiring.wires.push(wire),
        }
    }
    for ((to, _, place), wires) in together {
        match wires.len() {
            1 => wiring.wires.extend(wires),
            _ => wiring.trunk(scene, to, place, wires),
        }
    }
    wiring
}

/// One for each pair, the strongest of its lines first.
fn between_two(scene: &Scene) -> Vec<Wire> {
    let mut pairs: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, line) in scene.drawn() {
        pairs.entry((line.from, line.to)).or_default().push(index);
    }
    let wire = |((from, to), mut lines): ((usize, usize), Vec<usize>)| {
        lines.sort_by_key(|&line| rank_of(scene.lines[line].stroke));
        Wire { from, to, lines, part: Part::Whole, from_box: None }
    };
    pairs.into_iter().map(wire).collect()
}

/// What several things on a server need starts at the box of the server, unless it stands above or
/// below the box.
fn from_boxes(scene: &Scene, places: &[usize], wires: Vec<Wire>) -> Vec<Wire> {
    let spans = spans(scene, places);
    let is_beside = |frame: usize, to: usize| {
        let (first, last) = spans[frame];
        places[to] < first || places[to] > last
    };
    let mut boxed: BTreeMap<(usize, usize, Rank), Vec<Wire>> = BTreeMap::new();
    let mut others = Vec::new();
    for wire in wires {
        let frame = scene.nodes[wire.from].frame;
        let server = frame.filter(|&frame| scene.frames[frame].kind == FrameKind::Server);
        match server.filter(|&frame| is_beside(frame, wire.to)) {
            Some(frame) => {
                boxed.entry((frame, wire.to, rank(scene, &wire))).or_default().push(wire);
            }
            None => others.push(wire),
        }
    }
    for ((frame, to, _), wires) in boxed {
        match wires.len() {
            1 => others.extend(wires),
            count => others.push(Wire {
                from: wires[count / 2].from,
                to,
                lines: wires.into_iter().flat_map(|wire| wire.lines).collect(),
                part: Part::Whole,
                from_box: Some(frame),
            }),
        }
    }
    others
}

/// First and last place of what stands right in each box.
fn spans(scene: &Scene, places: &[usize]) -> Vec<(usize, usize)> {
    let mut spans = vec![(usize::MAX, 0); scene.frames.len()];
    for (node, &place) in scene.nodes.iter().zip(places) {
        if let Some(span) = node.frame.map(|frame| &mut spans[frame]) {
            *span = (span.0.min(place), span.1.max(place));
        }
    }
    spans
}

impl Wiring {
    fn trunk(&mut self, scene: &Scene, to: usize, place: usize, wires: Vec<Wire>) {
        let junction = scene.nodes.len() + self.junctions.len();
        self.junctions.push(place);
        let lines = wires.iter().flat_map(|wire| wire.lines.iter().copied()).collect();
        let branch = |wire| Wire { to: junction, part: Part::Branch, ..wire };
        self.wires.extend(wires.into_iter().map(branch));
        self.wires.push(Wire { from: junction, to, lines, part: Part::Trunk, from_box: None });
    }
}

fn rank(scene: &Scene, wire: &Wire) -> Rank {
    wire.lines.first().map_or((0, false, false), |&line| rank_of(scene.lines[line].stroke))
}

fn rank_of(stroke: Stroke) -> Rank {
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
