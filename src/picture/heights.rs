//! How high everything stands: as far up as the order of its columns lets it, then as near to
//! what it is joined to as its neighbours let it. Boxes are filled from the inside out, and move
//! as a whole from then on.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::columns::Columns;
use super::layout::{PADDING, Rect, Rough, TITLE};
use super::{Frame, FrameKind, Scene, lanes};

const GAP: f64 = 9.0;
const FRAME_GAP: f64 = 14.0;
/// Least distance between a line that passes and anything else.
const BEND_GAP: f64 = 5.0;
/// Rounds after which nothing moves far any more.
const ROUNDS: usize = 24;

/// How often columns without boxes are sorted by where their neighbours stand.
const SORTINGS: usize = 2;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stop {
    Node(usize),
    /// A wire, and the number of its bend.
    Bend(usize, usize),
    Frame(usize),
}

/// Puts everything at its height, and returns the frames. The topmost is at zero. Lines make
/// way for nodes and boxes: they are led through once these have found their places.
pub(super) fn place(
    scene: &Scene,
    columns: &Columns,
    mut order: Vec<Vec<Stop>>,
    rough: &mut Rough,
) -> Vec<Rect> {
    let frames = vec![Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }; scene.frames.len()];
    let floats = floats(scene, columns);
    order.iter_mut().for_each(|column| column.retain(|stop| !floats.contains(stop)));
    let mut places = Places { scene, rough, frames };
    let joined = Joined::directly(columns, &floats);
    places.fill_all(columns, &order, &joined);
    for _ in 0..SORTINGS {
        places.sort_columns(&mut order, &joined);
        places.fill_all(columns, &order, &joined);
    }
    lanes::put_between(columns, &mut places, &floats, &mut order);
    lanes::lead(columns, &places, &mut order);
    places.fill_all(columns, &order, &Joined::by_bends(columns, places.rough));
    places.frames
}

/// What stands between things only to join them: it follows where they stand.
fn floats(scene: &Scene, columns: &Columns) -> FxHashSet<Stop> {
    let floats = |node: &usize| {
        let node = scene.nodes.get(*node);
        node.is_none_or(|node| node.facts().is_none() && node.frame.is_none())
    };
    (0..columns.of.len()).filter(floats).map(Stop::Node).collect()
}

/// A frame whose content begins at zero, with room for its title.
fn around(columns: &Columns, held: Option<(usize, usize)>, height: f64) -> Rect {
    let (first, last) = held.unwrap_or((0, 0));
    let x = columns.spans[first].0 - PADDING;
    let width = columns.spans[last].1 + PADDING - x;
    Rect { x, y: -TITLE, width, height: height + TITLE + PADDING }
}

/// The neighbours of everything along the wires.
struct Joined {
    nodes: Vec<Vec<Stop>>,
    bends: Vec<Vec<[Stop; 2]>>,
}

impl Joined {
    /// End to end and through what floats, as long as there are no bends.
    fn directly(columns: &Columns, floats: &FxHashSet<Stop>) -> Joined {
        let mut joined = Joined { nodes: vec![Vec::new(); columns.of.len()], bends: Vec::new() };
        let mut through: FxHashMap<usize, (Vec<usize>, Vec<usize>)> = FxHashMap::default();
        for wire in &columns.wires {
            let floats = |node: usize| floats.contains(&Stop::Node(node));
            match (floats(wire.from), floats(wire.to)) {
                (true, true) => {}
                (true, false) => through.entry(wire.from).or_default().1.push(wire.to),
                (false, true) => through.entry(wire.to).or_default().0.push(wire.from),
                (false, false) => joined.join(wire.from, wire.to),
            }
        }
        for (from, to) in through.into_values() {
            from.iter().for_each(|&a| to.iter().for_each(|&b| joined.join(a, b)));
        }
        joined
    }

    fn join(&mut self, a: usize, b: usize) {
        self.nodes[a].push(Stop::Node(b));
        self.nodes[b].push(Stop::Node(a));
    }

    fn by_bends(columns: &Columns, rough: &Rough) -> Joined {
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

pub(super) struct Places<'a> {
    scene: &'a Scene,
    pub(super) rough: &'a mut Rough,
    frames: Vec<Rect>,
}

impl Places<'_> {
    fn fill_all(&mut self, columns: &Columns, order: &[Vec<Stop>], joined: &Joined) {
        let scene = self.scene;
        let inner = (0..scene.frames.len()).filter(|&frame| scene.frames[frame].outer.is_some());
        let outer = (0..scene.frames.len()).filter(|&frame| scene.frames[frame].outer.is_none());
        for frame in inner.chain(outer) {
            let height = self.fill(Some(frame), order, joined);
            self.frames[frame] = around(columns, columns.of_frame(scene, frame), height);
        }
        self.fill(None, order, joined);
    }

    /// The library orders by places in columns, and knows nothing of heights.
    fn sort_columns(&self, order: &mut [Vec<Stop>], joined: &Joined) {
        let is_free = |stop: &Stop| self.item(*stop, None) == Some(*stop);
        let has_box = |stop: &Stop| matches!(stop, Stop::Frame(_)) || !is_free(stop);
        for column in order.iter_mut().filter(|column| !column.iter().any(has_box)) {
            column.sort_by(|&a, &b| {
                self.wanted_middle(a, joined).total_cmp(&self.wanted_middle(b, joined))
            });
        }
    }

    fn wanted_middle(&self, stop: Stop, joined: &Joined) -> f64 {
        let others = joined.of(stop);
        match others.len() {
            0 => self.middle(stop),
            count => others.iter().map(|&other| self.middle(other)).sum::<f64>() / count as f64,
        }
    }

    /// Places what stands directly in a frame, or in none, from zero on; returns its height.
    fn fill(&mut self, frame: Option<usize>, order: &[Vec<Stop>], joined: &Joined) -> f64 {
        let mut level = Level::new(self, frame, order);
        level.join(self, frame, order, joined);
        let height = level.pack(self);
        for round in 0..ROUNDS {
            level.bends_stay = round > ROUNDS / 2;
            (0..level.items.len()).rev().for_each(|item| level.settle(self, item, height));
            (0..level.items.len()).for_each(|item| level.settle(self, item, height));
        }
        height
    }

    /// What of a frame, or of none, a stop is or lies in.
    pub(super) fn item(&self, mut stop: Stop, frame: Option<usize>) -> Option<Stop> {
        let mut around = match stop {
            Stop::Node(node) => self.scene.nodes.get(node).and_then(|node| node.frame),
            Stop::Bend(wire, at) => self.rough.bends[wire][at].frame,
            Stop::Frame(inner) => self.scene.frames[inner].outer,
        };
        while around != frame {
            let inner = around?;
            stop = Stop::Frame(inner);
            around = self.scene.frames[inner].outer;
        }
        Some(stop)
    }

    /// Upper end and height.
    pub(super) fn span(&self, stop: Stop) -> (f64, f64) {
        match stop {
            Stop::Node(node) => (self.rough.nodes[node].y, self.rough.nodes[node].height),
            Stop::Bend(wire, at) => (self.rough.bends[wire][at].y, 0.0),
            Stop::Frame(frame) => (self.frames[frame].y, self.frames[frame].height),
        }
    }

    pub(super) fn middle(&self, stop: Stop) -> f64 {
        let (top, height) = self.span(stop);
        top + height / 2.0
    }

    fn shift(&mut self, stop: Stop, by: f64) {
        match stop {
            _ if by == 0.0 => {}
            Stop::Node(node) => self.rough.nodes[node].y += by,
            Stop::Bend(wire, at) => self.rough.bends[wire][at].y += by,
            Stop::Frame(frame) => self.shift_frame(frame, by),
        }
    }

    fn shift_frame(&mut self, frame: usize, by: f64) {
        let scene = self.scene;
        let nodes = self.rough.nodes.iter_mut().zip(&scene.nodes);
        nodes.filter(|(_, node)| scene.is_within(node.frame, frame)).for_each(|(r, _)| r.y += by);
        let bends = self.rough.bends.iter_mut().flatten();
        bends.filter(|bend| scene.is_within(bend.frame, frame)).for_each(|bend| bend.y += by);
        let frames = self.frames.iter_mut().enumerate();
        frames.filter(|(at, _)| scene.is_within(Some(*at), frame)).for_each(|(_, r)| r.y += by);
    }
}

/// What stands side by side in one frame, or outside of all: each above what follows it.
struct Level {
    items: Vec<Stop>,
    /// The items of each column, from above.
    columns: Vec<Vec<usize>>,
    /// Above and below each item, in each of its columns.
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    /// Own end and other end of what each item is joined to.
    pulls: Vec<Vec<(Stop, Stop)>>,
    /// Between its neighbours a line is as short wherever it bends; staying makes no steps. But
    /// what stays is in the way of others, so lines move along at first.
    bends_stay: bool,
}

impl Level {
    fn new(places: &Places<'_>, frame: Option<usize>, order: &[Vec<Stop>]) -> Level {
        let mut items: Vec<Stop> = Vec::new();
        let mut numbers: FxHashMap<Stop, usize> = FxHashMap::default();
        let mut columns: Vec<Vec<usize>> = Vec::with_capacity(order.len());
        for stops in order {
            let mut column: Vec<usize> = Vec::new();
            for item in stops.iter().filter_map(|&stop| places.item(stop, frame)) {
                let number = *numbers.entry(item).or_insert_with(|| {
                    items.push(item);
                    items.len() - 1
                });
                if !column.contains(&number) {
                    column.push(number);
                }
            }
            if let Some(frame) = frame {
                column.sort_by_key(|&number| !is_its_server(places.scene, frame, items[number]));
            }
            columns.push(column);
        }
        in_one_order(items, columns)
    }

    /// Notes what each item is joined to, as far as that has a height of this level.
    fn join(
        &mut self,
        places: &Places<'_>,
        frame: Option<usize>,
        order: &[Vec<Stop>],
        joined: &Joined,
    ) {
        let numbers: FxHashMap<Stop, usize> =
            self.items.iter().enumerate().map(|(number, &item)| (item, number)).collect();
        for &own in order.iter().flatten() {
            let Some(item) = places.item(own, frame) else { continue };
            for &other in joined.of(own) {
                if places.item(other, frame).is_some_and(|there| there != item) {
                    self.pulls[numbers[&item]].push((own, other));
                }
            }
        }
    }

    /// Each right below what stands above it; returns the height of all.
    fn pack(&self, places: &mut Places<'_>) -> f64 {
        let mut height: f64 = 0.0;
        for (number, &item) in self.items.iter().enumerate() {
            let below = |&above: &usize| {
                let above = self.items[above];
                let (top, height) = places.span(above);
                top + height + gap(above, item)
            };
            let top = self.above[number].iter().map(below).fold(0.0, f64::max);
            let by = top - places.span(item).0;
            places.shift(item, by);
            height = height.max(top + places.span(item).1);
        }
        height
    }

    /// As near to the middle of what it is joined to as its neighbours let it.
    fn settle(&self, places: &mut Places<'_>, number: usize, height: f64) {
        let item = self.items[number];
        let (top, own_height) = places.span(item);
        let ends = |&above: &usize| {
            let (top, height) = places.span(self.items[above]);
            top + height + gap(self.items[above], item)
        };
        let highest = self.above[number].iter().map(ends).fold(0.0, f64::max);
        let starts =
            |&below: &usize| places.span(self.items[below]).0 - gap(item, self.items[below]);
        let lowest = self.below[number].iter().map(starts).fold(height, f64::min) - own_height;
        if let (Some(by), true) = (self.wanted(places, number), highest <= lowest) {
            places.shift(item, (top + by).clamp(highest, lowest) - top);
        }
    }

    /// How far what an item is joined to pulls it.
    fn wanted(&self, places: &Places<'_>, number: usize) -> Option<f64> {
        let pulls = self.pulls[number]
            .iter()
            .map(|&(own, other)| places.middle(other) - places.middle(own));
        if self.pulls[number].is_empty() {
            return None;
        }
        match self.items[number] {
            Stop::Bend(..) if self.bends_stay => {
                // On one level with the bend to its left, if there is one.
                if let Some((own, left @ Stop::Bend(..))) = self.pulls[number].first() {
                    return Some(places.middle(*left) - places.middle(*own));
                }
                let (least, most) = pulls
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)));
                Some(0.0_f64.max(least).min(most))
            }
            _ => Some(pulls.sum::<f64>() / self.pulls[number].len() as f64),
        }
    }
}

/// Who carries all else in the box stands at its head.
fn is_its_server(scene: &Scene, frame: usize, stop: Stop) -> bool {
    let Stop::Node(node) = stop else { return false };
    let Frame { kind, title, .. } = &scene.frames[frame];
    *kind == FrameKind::Server && scene.nodes.get(node).is_some_and(|node| node.name() == *title)
}

/// Numbers the items so that each stands above what follows it in all of its columns. Where two
/// columns disagree, the item that stands higher on the whole comes first.
fn in_one_order(items: Vec<Stop>, columns: Vec<Vec<usize>>) -> Level {
    let order = linear(items.len(), &columns);
    let mut place = vec![0; items.len()];
    order.iter().enumerate().for_each(|(at, &item)| place[item] = at);
    let mut level = Level {
        items: order.iter().map(|&item| items[item]).collect(),
        columns,
        above: vec![Vec::new(); items.len()],
        below: vec![Vec::new(); items.len()],
        pulls: vec![Vec::new(); items.len()],
        bends_stay: false,
    };
    for column in &mut level.columns {
        column.iter_mut().for_each(|item| *item = place[*item]);
        column.sort_unstable();
        for pair in column.windows(2) {
            level.below[pair[0]].push(pair[1]);
            level.above[pair[1]].push(pair[0]);
        }
    }
    level
}

fn linear(count: usize, columns: &[Vec<usize>]) -> Vec<usize> {
    let mut follow: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut before = vec![0usize; count];
    let mut heights: Vec<(usize, usize)> = vec![(0, 0); count];
    for column in columns {
        for (at, &item) in column.iter().enumerate() {
            // In thousandths of the column, so that short and long ones compare.
            heights[item].0 += (2 * at + 1) * 1000 / (2 * column.len());
            heights[item].1 += 1;
        }
        for pair in column.windows(2) {
            follow[pair[0]].push(pair[1]);
            before[pair[1]] += 1;
        }
    }
    let key = |item: usize| (heights[item].0 / heights[item].1.max(1), item);
    let mut left: BTreeSet<(usize, usize)> = (0..count).map(key).collect();
    let mut ready: BTreeSet<(usize, usize)> =
        (0..count).filter(|&item| before[item] == 0).map(key).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(next) = ready.pop_first().or_else(|| left.first().copied()) {
        left.remove(&next);
        order.push(next.1);
        for &item in &follow[next.1] {
            before[item] = before[item].saturating_sub(1);
            if before[item] == 0 && left.contains(&key(item)) {
                ready.insert(key(item));
            }
        }
    }
    order
}

fn gap(a: Stop, b: Stop) -> f64 {
    match (a, b) {
        (Stop::Bend(..), _) | (_, Stop::Bend(..)) => BEND_GAP,
        (Stop::Frame(_), _) | (_, Stop::Frame(_)) => FRAME_GAP,
        _ => GAP,
    }
}
