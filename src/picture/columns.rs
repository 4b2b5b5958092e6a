//! Which column everything stands in, and how wide the columns are.

use super::breaks;
use super::layout::PADDING;
use super::wires::{self, Wire};
use super::{FrameKind, Layer, Scene, What};

/// Columns that one layer may have.
const MOST_IN_LAYER: usize = 3;

/// Size of the dot in which lines meet.
const JUNCTION: (f64, f64) = (5.0, 5.0);

/// Room for lines between two columns; less beside the small signs of redundancy groups.
const GAP: f64 = 38.0;
const BUNDLE_GAP: f64 = 20.0;
/// More room where many lines turn.
const GAP_PER_LINE: f64 = 0.5;
const WIDEST_EXTRA: f64 = 30.0;

/// The columns of a picture, from the left.
pub(super) struct Columns {
    /// The column of each node of the scene, then of each junction.
    pub(super) of: Vec<usize>,
    pub(super) wires: Vec<Wire>,
    pub(super) sizes: Vec<(f64, f64)>,
    /// Left and right end of each column.
    pub(super) spans: Vec<(f64, f64)>,
    /// The names of the layers that stand in the same columns, and where these begin and end.
    pub(super) layers: Vec<(String, f64, f64)>,
}

impl Columns {
    /// First and last column in which a frame has something.
    pub(super) fn of_frame(&self, scene: &Scene, frame: usize) -> Option<(usize, usize)> {
        let inside = (0..scene.nodes.len()).filter(|&node| scene.stands_in(node, frame));
        let columns = inside.map(|node| (self.of[node], self.of[node]));
        columns.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

pub(super) fn columns(scene: &Scene, mut sizes: Vec<(f64, f64)>) -> Columns {
    let mut places = with_bundles(scene, breaks::broken(scene, in_layers(scene)));
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
    let share = instances_stand_below_servers(scene);
    let place = |(index, node): (usize, &super::Node)| {
        let layer = match node.layer {
            Layer::Servers if share => Layer::Instances,
            layer => layer,
        };
        let layer = Layer::ALL.iter().position(|&other| layer == other).unwrap_or(0);
        layer * MOST_IN_LAYER + depth[index]
    };
    scene.nodes.iter().enumerate().map(place).collect()
}

/// Where a server is all that its box has beside what runs there, it stands at the head of
/// them; lines to services of it need a column of their own.
fn instances_stand_below_servers(scene: &Scene) -> bool {
    let is_inside = |(_, line): (usize, &super::Line)| {
        let (from, to) = (&scene.nodes[line.from], &scene.nodes[line.to]);
        let frame = from.frame.filter(|_| from.frame == to.frame);
        let in_server = frame.is_some_and(|frame| scene.frames[frame].kind == FrameKind::Server);
        in_server && (from.layer, to.layer) == (Layer::Instances, Layer::Servers)
    };
    !scene.drawn().any(is_inside)
}

/// Of two nodes of one layer of which one needs the other: the one farther right, then the
/// other. What is needed stands to the right, except for data, which what stands to the left
/// carries.
fn pairs_within_layers(scene: &Scene) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut join = |from: usize, to: usize| {
        let (a, b) = (&scene.nodes[from], &scene.nodes[to]);
        // A server that needs another one still stands beside it.
        let apart = a.layer == Layer::Servers && a.frame != b.frame;
        if a.layer == b.layer && !apart && a.facts().is_some() && b.facts().is_some() {
            match a.layer {
                // They are few: all in one column.
                Layer::Clusters => {}
                Layer::Data => pairs.push((from, to)),
                _ => pairs.push((to, from)),
            }
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

/// Layers that have columns in common are named together.
fn layer_spans(scene: &Scene, of: &[usize], spans: &[(f64, f64)]) -> Vec<(String, f64, f64)> {
    let span = |layer: Layer| {
        let here =
            |(node, _): &(&super::Node, &usize)| node.layer == layer && node.facts().is_some();
        let columns = scene.nodes.iter().zip(of).filter(here).map(|(_, &column)| spans[column]);
        let both = columns.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        both.map(|(left, right)| (layer.as_str().to_owned(), left, right))
    };
    let mut found: Vec<(String, f64, f64)> = Vec::new();
    for (name, left, right) in Layer::ALL.into_iter().filter_map(span) {
        match found.last_mut().filter(|last| left < last.2) {
            Some(last) => {
                last.0 = format!("{}, {name}", last.0);
                (last.1, last.2) = (last.1.min(left), last.2.max(right));
            }
            None => found.push((name, left, right)),
        }
    }
    found
}
