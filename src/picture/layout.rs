//! Places for everything in a [`Scene`]: the only user of the layout library.
//!
//! The library orders each column so that few lines cross, and aligns what belongs together.
//! Columns are given: they are the layers, so its own ranking is not used. It thinks from top
//! to bottom; pictures run from left to right, so its x is our y.

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel};

use super::columns::{Columns, columns};
use super::label::Weight;
use super::{Layer, Part, Scene, What, label, route, separate, untangle};

pub(super) const FONT: f64 = 12.0;
const NODE_HEIGHT: f64 = 36.0;
const BUNDLE_HEIGHT: f64 = 20.0;
const NARROWEST_BUNDLE: f64 = 46.0;
/// Room for the shape on the left of a node and the mark on its right.
pub(super) const SHAPE_ROOM: f64 = 26.0;
const MARK_ROOM: f64 = 34.0;
pub(super) const NAME_COLUMNS: usize = 21;
const NARROWEST: f64 = 110.0;
pub(super) const TITLE: f64 = 20.0;
pub(super) const PADDING: f64 = 9.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A box, by its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }

    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    pub fn holds(&self, other: &Rect) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && self.right() >= other.right()
            && self.bottom() >= other.bottom()
    }

    fn around(self, other: Rect) -> Rect {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let width = self.right().max(other.right()) - x;
        Rect { x, y, width, height: self.bottom().max(other.bottom()) - y }
    }
}

/// A scene with places.
#[derive(Debug, Clone)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    /// In the order of the scene's nodes and frames.
    pub nodes: Vec<Rect>,
    pub frames: Vec<Rect>,
    pub routes: Vec<Route>,
    /// Where lines with one target meet.
    pub junctions: Vec<Point>,
    /// Where the columns of each layer begin and end.
    pub layers: Vec<(Layer, f64, f64)>,
}

/// The way of a line, of the first part of one, or of the part that several share.
#[derive(Debug, Clone)]
pub struct Route {
    /// Indexes of the scene's lines.
    pub lines: Vec<usize>,
    pub part: Part,
    /// A start, then three points for each cubic piece.
    pub curve: Vec<Point>,
}

/// Where a line passes a column on its way to a farther one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bend {
    pub(super) column: usize,
    pub(super) y: f64,
    /// The frame through which it leads there.
    pub(super) frame: Option<usize>,
}

/// Places before anything is pushed apart.
pub(super) struct Rough {
    /// Of the scene's nodes, then of the junctions.
    pub(super) nodes: Vec<Rect>,
    /// For each wire; empty if it needs none.
    pub(super) bends: Vec<Vec<Bend>>,
}

pub fn layout(scene: &Scene) -> Drawing {
    let sizes: Vec<(f64, f64)> = scene.nodes.iter().map(|node| size(&node.what)).collect();
    let columns = columns(scene, sizes);
    let mut rough = arrange(scene, &columns);
    let frames = separate::separate(scene, &columns, &mut rough);
    let routes = route::routes(scene, &columns, &rough);
    let right = columns.spans.last().map_or(0.0, |span| span.1);
    let bottoms = rough.nodes.iter().chain(&frames).map(Rect::bottom);
    let bends = rough.bends.iter().flatten().map(|bend| bend.y);
    let height = bottoms.chain(bends).fold(0.0, f64::max);
    let junctions = rough.nodes.split_off(scene.nodes.len());
    Drawing {
        width: right + 2.0 * PADDING,
        height,
        junctions: junctions
            .iter()
            .map(|rect| Point { x: rect.x + rect.width / 2.0, y: rect.middle() })
            .collect(),
        nodes: rough.nodes,
        frames,
        routes,
        layers: columns.layers,
    }
}

fn size(what: &What) -> (f64, f64) {
    let facts = match what {
        What::Component(facts) => facts,
        What::Bundle(bundle) => {
            let words = label::width(&bundle.words(), FONT - 1.0, Weight::Bold) + 12.0;
            return (words.max(NARROWEST_BUNDLE), BUNDLE_HEIGHT);
        }
    };
    let name = label::shortened(&label::safe(&facts.name), NAME_COLUMNS);
    let kind = label::shortened(&label::safe(&facts.kind), NAME_COLUMNS + 4);
    let name = label::width(&name, FONT, Weight::Bold);
    let kind = label::width(&kind, FONT - 2.0, Weight::Plain) + MARK_ROOM;
    (NARROWEST.max(SHAPE_ROOM + name.max(kind) + 8.0), NODE_HEIGHT)
}

pub(super) type Plan = Graph<NodeLabel, EdgeLabel, GraphLabel>;

fn arrange(scene: &Scene, columns: &Columns) -> Rough {
    let mut plan = plan(scene, columns);
    dugong::normalize::run(&mut plan);
    dugong::parent_dummy_chains::parent_dummy_chains(&mut plan);
    dugong::add_border_segments::add_border_segments(&mut plan);
    leave_room_in_frames(&mut plan);
    dugong::order::order(&mut plan, dugong::order::OrderOptions::default());
    untangle::untangle(scene, columns, &mut plan);
    let places = dugong::position::bk::position_x(&plan);
    let place = |id: &str| places.get(id).copied().unwrap_or(0.0);
    let nodes = (0..columns.of.len()).map(|index| {
        let (left, right) = columns.spans[columns.of[index]];
        let (width, height) = columns.sizes[index];
        let x = (left + right - width) / 2.0;
        Rect { x, y: place(&node_id(index)) - height / 2.0, width, height }
    });
    Rough { nodes: nodes.collect(), bends: bends(columns, &plan, place) }
}

/// The scene in the library's terms.
fn plan(scene: &Scene, columns: &Columns) -> Plan {
    let mut plan = Graph::new(GraphOptions { multigraph: true, compound: true, directed: true });
    plan.set_graph(GraphLabel { nodesep: 14.0, edgesep: 9.0, ..GraphLabel::default() });
    for index in 0..scene.frames.len() {
        let spans = columns.of_frame(scene, index);
        let (min_rank, max_rank) = spans.map_or((None, None), |(a, b)| (Some(a), Some(b)));
        plan.set_node(frame_id(index), NodeLabel { min_rank, max_rank, ..NodeLabel::default() });
    }
    for index in 0..columns.of.len() {
        let label = NodeLabel {
            width: columns.sizes[index].1,
            rank: i32::try_from(columns.of[index]).ok(),
            ..NodeLabel::default()
        };
        plan.set_node(node_id(index), label);
        if let Some(frame) = scene.nodes.get(index).and_then(|node| node.frame) {
            plan.set_parent(node_id(index), frame_id(frame));
        }
    }
    for (index, frame) in scene.frames.iter().enumerate() {
        if let Some(outer) = frame.outer {
            plan.set_parent(frame_id(index), frame_id(outer));
        }
    }
    add_wires(columns, &mut plan);
    plan
}

/// Lines lead from the left to the right here, whichever end needs the other.
fn add_wires(columns: &Columns, plan: &mut Plan) {
    for (index, wire) in columns.wires.iter().enumerate() {
        let (from, to) = (columns.of[wire.from], columns.of[wire.to]);
        let (left, right) = match from.cmp(&to) {
            std::cmp::Ordering::Less => (wire.from, wire.to),
            std::cmp::Ordering::Greater => (wire.to, wire.from),
            std::cmp::Ordering::Equal => continue,
        };
        let label = EdgeLabel::default();
        plan.set_edge_named(node_id(left), node_id(right), Some(index.to_string()), Some(label));
    }
}

/// The library's borders of a frame are lines without width; ours have a title and a margin.
fn leave_room_in_frames(plan: &mut Plan) {
    plan.for_each_node_mut(|_, node| match node.border_type.as_deref() {
        Some("borderLeft") => node.width = TITLE,
        Some("borderRight") => node.width = PADDING,
        _ => {}
    });
}

/// Where the library leads each line through the columns between its ends.
fn bends(columns: &Columns, plan: &Plan, place: impl Fn(&str) -> f64) -> Vec<Vec<Bend>> {
    let mut bends: Vec<Vec<Bend>> = vec![Vec::new(); columns.wires.len()];
    plan.for_each_node(|id, node| {
        let name = node.edge_obj.as_ref().and_then(|edge| edge.name.as_deref());
        let wire = name.and_then(|name| name.parse::<usize>().ok());
        let column = node.rank.and_then(|rank| usize::try_from(rank).ok());
        if let (Some(wire), Some(column)) = (wire, column) {
            let frame = plan.parent(id).and_then(|parent| parent[1..].parse().ok());
            bends[wire].push(Bend { column, y: place(id), frame });
        }
    });
    bends.iter_mut().for_each(|bends| bends.sort_by_key(|bend| bend.column));
    bends
}

pub(super) fn node_id(index: usize) -> String {
    format!("n{index}")
}

pub(super) fn frame_id(index: usize) -> String {
    format!("f{index}")
}

/// A frame around what it holds, with room for its title.
pub(super) fn frame_around(held: impl Iterator<Item = Rect>) -> Option<Rect> {
    let inner = held.reduce(Rect::around)?;
    Some(Rect {
        x: inner.x - PADDING,
        y: inner.y - TITLE,
        width: inner.width + 2.0 * PADDING,
        height: inner.height + TITLE + PADDING,
    })
}
