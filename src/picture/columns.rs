//! Which column everything stands in, and how wide the columns are.

use super::layout::PADDING;
use super::wires::{self, Wire};
use super::{Layer, Scene, What};

/// Columns that one layer may have.
const MOST_IN_LAYER: usize = 3;

/// Size of the dot in which lines meet.
const JUNCTION: (f64, f64) = (5.0, 5.0);

/// Room for lines between two columns; less beside the small signs of redundancy groups.
const GAP: f64 = 58.0;
const BUNDLE_GAP: f64 = 34.0;
/// More room where many lines turn.
const GAP_PER_LINE: f64 = 0.7;
const WIDEST_EXTRA: f64 = 70.0;

/// The columns of a picture, from the left.
pub(super) struct Columns {
    /// The column of each node of the scene, then of each junction.
    pub(super) of: Vec<usize>,
    pub(super) wires: Vec<Wire>,
    pub(super) sizes: Vec<(f64, f64)>,
    /// Left and right end of each column.
    pub(super) spans: Vec<(f64, f64)>,
    pub(super) layers: Vec<(Layer, f64, f64)>,
}

impl Columns {
    /// First and last column in which a frame has something.
    pub(super) fn of_frame(&self, scene: &Scene, frame: usize) -> Option<(i32, i32)> {
        let inside = (0..scene.nodes.len()).filter(|&node| scene.stands_in(node, frame));
        let columns: Vec<i32> =
            inside.filter_map(|node| i32::try_from(self.of[node]).ok()).collect();
        Some((*columns.iter().min()?, *columns.iter().max()?))
    }
}

pub(super) fn columns(scene: &Scene, mut sizes: Vec<(f64, f64)>) -> Columns {
    let mut places = with_bundles(scene, in_layers(scene));
    let wiring = wires::wire(scene, &places);
    places.extend(&wiring.junctions);
    sizes.resize(places.len(), JUNCTION);
    let of = compressed(places);
    let count = of.iter().max().map_or(0, |last| last + 1);
    let widths = widths(scene, &of, &mut sizes, count);
    let turning = turning(&wiring.wires, &of, count);
    let mut spans: Vec<(f64, f64)> = Vec::with_capacity(count);
    let mut left = 2.0 * PADDING;
    for column in 0..count {
        let width = widths[column].0;
        spans.push((left, left + width));
        let is_small = widths[column].1 || widths.get(column + 1).is_some_and(|next| next.1);
        let gap = if is_small { BUNDLE_GAP } else { GAP };
        left += width + gap + (turning[column] * GAP_PER_LINE).min(WIDEST_EXTRA);
    }
    let layers = layer_spans(scene, &of, &spans);
    Columns { of, sizes, spans, layers, wires: wiring.wires }
}

/// Layers side by side; inside of one, what needs another of it stands beside it.
fn in_layers(scene: &Scene) -> Vec<usize> {
    let mut depth = vec![0; scene.nodes.len()];
    let pairs = pairs_within_layers(scene);
    let mut changed = true;
    while changed {
        changed = false;
        for &(behind, before) in &pairs {
            let wanted = (depth[before] + 1).min(MOST_IN_LAYER - 1);
            if depth[behind] < wanted {
                depth[behind] = wanted;
                changed = true;
            }
        }
    }
    let place = |(index, node): (usize, &super::Node)| {
        let layer = Layer::ALL.iter().position(|&layer| layer == node.layer).unwrap_or(0);
        layer * MOST_IN_LAYER + depth[index]
    };
    scene.nodes.iter().enumerate().map(place).collect()
}

/// Of two nodes of one layer of which one needs the other: the one farther right, then the
/// other. What is needed stands to the right, except in the layers that the servers and
/// clusters to their left carry.
fn pairs_within_layers(scene: &Scene) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut join = |from: usize, to: usize| {
        let (a, b) = (&scene.nodes[from], &scene.nodes[to]);
        // A server that needs another one still stands beside it.
        let apart = a.layer == Layer::Servers && a.frame != b.frame;
        if a.layer == b.layer && !apart && a.facts().is_some() && b.facts().is_some() {
            pairs.push(match a.layer {
                Layer::Clusters | Layer::Data => (from, to),
                _ => (to, from),
            });
        }
    };
    let mut of_bundle: Vec<Vec<usize>> = vec![Vec::new(); scene.nodes.len()];
    for (_, line) in scene.drawn() {
        match scene.nodes[line.from].what {
            What::Bundle(_) => of_bundle[line.from].push(line.to),
            What::Component(_) => join(line.from, line.to),
        }
    }
    for (_, line) in scene.drawn() {
        of_bundle[line.to].iter().for_each(|&provider| join(line.from, provider));
    }
    pairs
}

/// Redundancy groups stand between the columns, beside what they are made of.
fn with_bundles(scene: &Scene, of: Vec<usize>) -> Vec<usize> {
    let mut places: Vec<usize> = of.iter().map(|&column| 2 * column + 1).collect();
    for (index, node) in scene.nodes.iter().enumerate() {
        if node.facts().is_some() {
            continue;
        }
        let to = scene.lines.iter().filter(|line| line.from == index).map(|line| line.to);
        let from = scene.lines.iter().filter(|line| line.to == index).map(|line| line.from);
        let providers: Vec<usize> = to.map(|node| 2 * of[node] + 1).collect();
        let dependents: Vec<usize> = from.map(|node| 2 * of[node] + 1).collect();
        let first = providers.iter().min().copied().unwrap_or(1);
        let last = providers.iter().max().copied().unwrap_or(1);
        let before = dependents.iter().filter(|&&dependent| dependent < first).count();
        places[index] = match 2 * before >= dependents.len() {
            true => first - 1,
            false => last + 1,
        };
    }
    places
}

/// Without the columns in which nothing stands.
fn compressed(of: Vec<usize>) -> Vec<usize> {
    let mut used = of.clone();
    used.sort_unstable();
    used.dedup();
    of.iter().map(|column| used.partition_point(|known| known < column)).collect()
}

/// The width of each column, which its nodes take on, and whether it has no component.
fn widths(scene: &Scene, of: &[usize], sizes: &mut [(f64, f64)], count: usize) -> Vec<(f64, bool)> {
    let is_component = |node: usize| scene.nodes.get(node).is_some_and(|n| n.facts().is_some());
    let mut widths = vec![(0.0_f64, true); count];
    for (node, (&column, size)) in of.iter().zip(&*sizes).enumerate() {
        widths[column].0 = widths[column].0.max(size.0);
        widths[column].1 &= !is_component(node);
    }
    for (node, (&column, size)) in of.iter().zip(sizes).enumerate() {
        if node < scene.nodes.len() {
            size.0 = widths[column].0;
        }
    }
    widths
}

/// How many lines change their height behind each column.
fn turning(wires: &[Wire], of: &[usize], count: usize) -> Vec<f64> {
    let mut turning = vec![0.0; count];
    for wire in wires {
        let (from, to) = (of[wire.from], of[wire.to]);
        let (left, right) = (from.min(to), from.max(to));
        turning[left] += 1.0;
        if right > left {
            turning[right - 1] += 1.0;
        }
    }
    turning
}

fn layer_spans(scene: &Scene, of: &[usize], spans: &[(f64, f64)]) -> Vec<(Layer, f64, f64)> {
    let span = |layer: Layer| {
        let here =
            |(node, _): &(&super::Node, &usize)| node.layer == layer && node.facts().is_some();
        let columns = scene.nodes.iter().zip(of).filter(here).map(|(_, &column)| spans[column]);
        let both = columns.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        both.map(|(left, right)| (layer, left, right))
    };
    Layer::ALL.into_iter().filter_map(span).collect()
}
