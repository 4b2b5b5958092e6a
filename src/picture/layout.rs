//! Places for everything in a [`Scene`]: the only user of the layout library.
//!
//! The library orders each column so that few lines cross, and aligns what belongs together.
//! Columns are given: they are the layers, so its own ranking is not used. It thinks from top
//! to bottom; pictures run from left to right, so its x is our y.

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel};

use super::columns::{Columns, columns};
use super::heights::{self, Stop};
use super::label::{Rows, Weight};
use super::{Part, Scene, What, label, lanes, route};

pub(super) const FONT: f64 = 11.5;
/// The rows of a node, from its upper edge: the first of its name, of what it is below that.
pub(super) const FIRST_ROW: f64 = 14.0;
pub(super) const NAME_ROW: f64 = 12.5;
pub(super) const KIND_ROW: f64 = 11.0;
/// From the last row of the name to the first of what it is.
pub(super) const NAME_TO_KIND: f64 = 13.5;
const BELOW_ROWS: f64 = 6.5;
/// Room at the foot of a node for what stands out of it.
pub(super) const HELD_HEIGHT: f64 = 17.0;
pub(super) const HELD_MARGIN: f64 = 4.0;
/// Room between a mark and the cut corner of a single point of failure.
pub(super) const CORNER_ROOM: f64 = 4.0;
const BUNDLE_HEIGHT: f64 = 20.0;
const NARROWEST_BUNDLE: f64 = 40.0;
/// Room for the shape on the left of a node and the mark on its right, which a page around the
/// picture may change for the longest one.
pub(super) const SHAPE_ROOM: f64 = 23.0;
const MARK_ROOM: f64 = 51.0;
const NARROWEST: f64 = 96.0;
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
    /// The names of layers, and where their columns begin and end.
    pub layers: Vec<(String, f64, f64)>,
}

/// The way of a line, of the first part of one, or of the part that several share.
#[derive(Debug, Clone)]
pub struct Route {
    /// Indexes of the scene's lines.
    pub lines: Vec<usize>,
    pub part: Part,
    /// The box at whose side it starts, for several things in it.
    pub from_box: Option<usize>,
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

/// Where nodes stand and lines pass.
pub(super) struct Rough {
    /// Of the scene's nodes, then of the junctions.
    pub(super) nodes: Vec<Rect>,
    /// For each wire; empty if it needs none.
    pub(super) bends: Vec<Vec<Bend>>,
}

pub fn layout(scene: &Scene) -> Drawing {
    let sizes: Vec<(f64, f64)> = scene.nodes.iter().map(|node| size(&node.what)).collect();
    let columns = columns(scene, sizes);
    let plan = arrange(scene, &columns);
    let mut rough = level(scene, &columns);
    let frames = heights::place(scene, &columns, order(&columns, &plan), &mut rough);
    let routes = route::routes(scene, &columns, &rough, &frames);
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
    let rows = Rows::new(facts);
    let widest = |rows: &[String], size, weight| {
        rows.iter().map(|row| label::width(row, size, weight)).fold(0.0, f64::max)
    };
    let name = widest(&rows.name, FONT, Weight::Bold);
    let mark = if facts.is_spof { MARK_ROOM + CORNER_ROOM } else { MARK_ROOM };
    let kind = match rows.kind.split_last() {
        Some((last, above)) => {
            let last = label::width(last, FONT - 2.0, Weight::Plain) + mark;
            last.max(widest(above, FONT - 2.0, Weight::Plain))
        }
        None => mark,
    };
    let held = rows.held.as_ref().map(|held| label::width(held, FONT - 1.5, Weight::Bold));
    let held = held.map_or(0.0, |held| held + MARK_ROOM + CORNER_ROOM);
    let width = NARROWEST.max(SHAPE_ROOM + name.max(kind).max(held) + 8.0);
    let foot = if rows.held.is_some() { HELD_HEIGHT + HELD_MARGIN } else { 0.0 };
    (width, height_of_rows(&rows) + foot)
}

/// How much of a node its own words take.
pub(super) fn height_of_rows(rows: &Rows) -> f64 {
    let further = |rows: &[String]| rows.len().saturating_sub(1) as f64;
    FIRST_ROW
        + NAME_ROW * further(&rows.name)
        + NAME_TO_KIND
        + KIND_ROW * further(&rows.kind)
        + BELOW_ROWS
}

type Plan = Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Each column in an order in which few lines cross.
fn arrange(scene: &Scene, columns: &Columns) -> Plan {
    let mut plan = plan(scene, columns);
    dugong::normalize::run(&mut plan);
    dugong::parent_dummy_chains::parent_dummy_chains(&mut plan);
    dugong::add_border_segments::add_border_segments(&mut plan);
    dugong::order::order(&mut plan, dugong::order::OrderOptions::default());
    plan
}

/// Everything in its column, without any height yet.
fn level(scene: &Scene, columns: &Columns) -> Rough {
    let nodes = (0..columns.of.len()).map(|index| {
        let (left, right) = columns.spans[columns.of[index]];
        let (width, height) = columns.sizes[index];
        let x = (left + right - width) / 2.0;
        Rect { x, y: 0.0, width, height }
    });
    Rough { nodes: nodes.collect(), bends: lanes::bends(scene, columns) }
}

/// The scene in the library's terms.
fn plan(scene: &Scene, columns: &Columns) -> Plan {
    let mut plan = Graph::new(GraphOptions { multigraph: true, compound: true, directed: true });
    plan.set_graph(GraphLabel::default());
    for index in 0..scene.frames.len() {
        let spans = columns.of_frame(scene, index);
        let rank = |column: usize| i32::try_from(column).ok();
        let (min_rank, max_rank) = (spans.and_then(|s| rank(s.0)), spans.and_then(|s| rank(s.1)));
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

/// What stands in each column, from above; a box by its borders.
fn order(columns: &Columns, plan: &Plan) -> Vec<Vec<Stop>> {
    let mut order: Vec<Vec<(usize, Stop)>> = vec![Vec::new(); columns.spans.len()];
    plan.for_each_node(|id, node| {
        let column = node.rank.and_then(|rank| usize::try_from(rank).ok());
        let (Some(column), Some(place)) = (column, node.order) else { return };
        let stop = match (node.border_type.is_some(), node.edge_obj.is_some()) {
            (true, _) => plan.parent(id).and_then(|id| id[1..].parse().ok()).map(Stop::Frame),
            // Where lines pass is found later.
            (_, true) => None,
            _ => id[1..].parse().ok().map(Stop::Node),
        };
        order[column].extend(stop.map(|stop| (place, stop)));
    });
    let sorted = order.into_iter().map(|mut column| {
        column.sort_by_key(|(place, _)| *place);
        column.into_iter().map(|(_, stop)| stop).collect()
    });
    sorted.collect()
}

fn node_id(index: usize) -> String {
    format!("n{index}")
}

fn frame_id(index: usize) -> String {
    format!("f{index}")
}
