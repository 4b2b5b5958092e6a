//! Pushes apart what the library lets overlap: its boxes may bulge into a neighbour where the
//! two have nothing in the same column.

use super::columns::Columns;
use super::layout::{Rect, Rough, frame_around};
use super::{Scene, relax};

pub(super) const GAP: f64 = 12.0;
/// Least distance between a line that passes and anything else.
pub(super) const BEND_GAP: f64 = 4.0;

/// Something that is moved as a whole.
#[derive(Clone, Copy)]
enum Item {
    Node(usize),
    Frame(usize),
    /// A wire, and the number of its bend.
    Bend(usize, usize),
}

struct Separator<'a> {
    scene: &'a Scene,
    columns: &'a Columns,
    rough: &'a mut Rough,
    frames: Vec<Option<Rect>>,
}

/// Moves everything down as far as it must, and returns the frames. The topmost is at zero.
pub(super) fn separate(scene: &Scene, columns: &Columns, rough: &mut Rough) -> Vec<Rect> {
    let frames = vec![None; scene.frames.len()];
    let mut separator = Separator { scene, columns, rough, frames };
    let inner = (0..scene.frames.len()).filter(|&frame| scene.frames[frame].outer.is_some());
    let outer = (0..scene.frames.len()).filter(|&frame| scene.frames[frame].outer.is_none());
    for frame in inner.chain(outer) {
        separator.push_apart(Some(frame));
        separator.frames[frame] = separator.around(frame);
    }
    separator.push_apart(None);
    relax::relax(scene, columns, separator.rough, &separator.frames);
    separator.raise_to_zero();
    separator.frames.into_iter().flatten().collect()
}

impl Separator<'_> {
    /// What stands directly in a frame, or in none.
    fn items(&self, frame: Option<usize>) -> Vec<Item> {
        // Junctions stand outside of all frames.
        let frame_of = |node: usize| self.scene.nodes.get(node).and_then(|node| node.frame);
        let nodes = (0..self.rough.nodes.len()).filter(|&node| frame_of(node) == frame);
        let nodes = nodes.map(Item::Node);
        let frames = self.scene.frames.iter().enumerate();
        let frames = frames.filter(|(at, inner)| inner.outer == frame && Some(*at) != frame);
        let bends = self.rough.bends.iter().enumerate().flat_map(|(line, bends)| {
            let here = bends.iter().enumerate().filter(|(_, bend)| bend.frame == frame);
            here.map(move |(at, _)| Item::Bend(line, at))
        });
        nodes.chain(frames.map(|(at, _)| Item::Frame(at))).chain(bends).collect()
    }

    fn rect(&self, item: Item) -> Option<Rect> {
        match item {
            Item::Node(node) => Some(self.rough.nodes[node]),
            Item::Frame(frame) => self.frames[frame],
            Item::Bend(line, at) => {
                let bend = self.rough.bends[line][at];
                let (left, right) = self.columns.spans[bend.column];
                Some(Rect { x: left, y: bend.y, width: right - left, height: 0.0 })
            }
        }
    }

    /// From the top down, each below all that it would lie on.
    fn push_apart(&mut self, frame: Option<usize>) {
        let mut items: Vec<(Item, Rect)> = self
            .items(frame)
            .into_iter()
            .filter_map(|item| Some((item, self.rect(item)?)))
            .collect();
        items.sort_by(|a, b| a.1.middle().total_cmp(&b.1.middle()));
        let mut placed: Vec<(Item, Rect)> = Vec::with_capacity(items.len());
        for (item, mut rect) in items {
            let below = |(other, there): &(Item, Rect)| {
                let beside = there.x < rect.right() && rect.x < there.right();
                beside.then(|| there.bottom() + gap(*other, item))
            };
            let top = placed.iter().filter_map(below).fold(rect.y, f64::max);
            self.shift(item, top - rect.y);
            rect.y = top;
            placed.push((item, rect));
        }
    }

    fn shift(&mut self, item: Item, by: f64) {
        match item {
            _ if by == 0.0 => {}
            Item::Node(node) => self.rough.nodes[node].y += by,
            Item::Bend(line, at) => self.rough.bends[line][at].y += by,
            Item::Frame(frame) => self.shift_frame(frame, by),
        }
    }

    fn shift_frame(&mut self, frame: usize, by: f64) {
        let scene = self.scene;
        for (node, rect) in self.rough.nodes.iter_mut().enumerate() {
            if scene.stands_in(node, frame) {
                rect.y += by;
            }
        }
        for bend in self.rough.bends.iter_mut().flatten() {
            if scene.is_within(bend.frame, frame) {
                bend.y += by;
            }
        }
        for (inner, rect) in self.frames.iter_mut().enumerate() {
            if let Some(rect) = rect.as_mut().filter(|_| scene.is_within(Some(inner), frame)) {
                rect.y += by;
            }
        }
    }

    fn around(&self, frame: usize) -> Option<Rect> {
        let held = self.items(Some(frame)).into_iter();
        frame_around(held.filter_map(|item| match item {
            Item::Bend(line, at) => {
                let y = self.rough.bends[line][at].y;
                self.inside(frame).map(|inside| Rect { y, height: 0.0, ..inside })
            }
            item => self.rect(item),
        }))
    }

    /// Some node of a frame: a line through the frame makes it higher, not wider.
    fn inside(&self, frame: usize) -> Option<Rect> {
        let node = (0..self.scene.nodes.len()).find(|&node| self.scene.stands_in(node, frame))?;
        Some(self.rough.nodes[node])
    }

    fn raise_to_zero(&mut self) {
        let tops = self.rough.nodes.iter().chain(self.frames.iter().flatten()).map(|rect| rect.y);
        let bends = self.rough.bends.iter().flatten().map(|bend| bend.y);
        let top = tops.chain(bends).fold(f64::INFINITY, f64::min);
        if !top.is_finite() {
            return;
        }
        self.rough.nodes.iter_mut().for_each(|rect| rect.y -= top);
        self.frames.iter_mut().flatten().for_each(|rect| rect.y -= top);
        self.rough.bends.iter_mut().flatten().for_each(|bend| bend.y -= top);
    }
}

fn gap(a: Item, b: Item) -> f64 {
    match (a, b) {
        (Item::Bend(..), _) | (_, Item::Bend(..)) => BEND_GAP,
        _ => GAP,
    }
}
