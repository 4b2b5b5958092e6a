//! A topology as a picture: what is in it, where it stands, and how each format writes it.
//!
//! `scene` decides what is drawn and knows no geometry, `layout` finds places and is the only
//! user of the layout library, `svg`, `dot`, `mermaid` and `json` write what they are given.

mod breaks;
mod columns;
pub mod dot;
mod facts;
mod fold;
mod heights;
pub mod json;
mod label;
mod lanes;
mod layer;
mod layout;
mod legend;
pub mod mermaid;
mod palette;
mod route;
mod scene;
mod select;
mod style;
pub mod svg;
mod wires;

use crate::graph::{ComponentId, Onset, RequirementKind, Scope};

pub use layer::Layer;
pub use layout::{Drawing, Point, Rect, Route, layout};
pub use scene::scene;
pub use select::{Options, View};
pub use wires::Part;

/// More than this many nodes nobody can read; beyond it, alike things are drawn as one.
pub const MOST_NODES: usize = 150;

/// More lines than this are a black area, and slow to lay out.
pub const MOST_LINES: usize = 900;

/// What is in a picture, without any place.
#[derive(Debug, Clone)]
pub struct Scene {
    pub title: String,
    /// What part of the topology is shown, in words; empty for all of it.
    pub view: String,
    pub nodes: Vec<Node>,
    pub frames: Vec<Frame>,
    pub lines: Vec<Line>,
    /// What is not in the picture or is drawn together, in words.
    pub left_out: Vec<String>,
    /// True when nodes carry a fate, because the picture shows a loss.
    pub shows_loss: bool,
}

/// Something drawn: a component, several alike, or a redundancy group.
#[derive(Debug, Clone)]
pub struct Node {
    pub what: What,
    pub layer: Layer,
    /// Index of the frame it stands in.
    pub frame: Option<usize>,
    pub fate: Option<Fate>,
}

#[derive(Debug, Clone)]
pub enum What {
    Component(Facts),
    Bundle(Bundle),
}

/// What the analysis knows of a component, or of several that are drawn as one.
#[derive(Debug, Clone)]
pub struct Facts {
    pub name: String,
    pub kind: String,
    pub components: Vec<ComponentId>,
    /// Of the one that gives the name; the widest where several alike are drawn as one.
    pub scope: Scope,
    pub onset: Onset,
    /// The one that gives the name is a single point of failure, or one of several alike.
    pub is_spof: bool,
    /// How many of them are single points of failure.
    pub spofs: usize,
    /// None of them runs, says the file.
    pub down: bool,
    /// The names of what is drawn as this one: services of this server, or all of several alike.
    pub with: Vec<String>,
    /// What of these is worse off than the one that gives the name.
    pub held: Option<Box<Held>>,
}

/// Parts of something drawn that have a mark of their own: else its mark would lie about them,
/// or theirs about it.
#[derive(Debug, Clone)]
pub struct Held {
    pub facts: Facts,
    pub fate: Option<Fate>,
    /// The first, without what the name around it says, and how many more there are.
    pub label: String,
    pub names: Vec<String>,
}

/// At least k of some providers.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub at_least: u32,
    pub of: usize,
    /// Each provider serves a share: losing one loses that share.
    pub shares: bool,
    pub providers: Vec<ComponentId>,
}

/// A box around what runs on a server or in a cluster.
#[derive(Debug, Clone)]
pub struct Frame {
    pub kind: FrameKind,
    pub title: String,
    /// The frame around it.
    pub outer: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    Server,
    Cluster,
}

impl FrameKind {
    pub fn as_str(self) -> &'static str {
        match self {
            FrameKind::Server => "server",
            FrameKind::Cluster => "cluster",
        }
    }
}

/// From what needs to what is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub from: usize,
    pub to: usize,
    pub stroke: Stroke,
    /// Why it is needed; the first reason if several requirements are drawn as one line.
    pub why: String,
    /// The frame around both, or the place between them, says it already: not drawn.
    pub framed: bool,
}

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stroke {
    pub kind: RequirementKind,
    /// Through things that are not in the picture.
    pub indirect: bool,
    /// The sources disagree whether the requirement exists.
    pub disputed: bool,
}

/// What a loss does to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    Failed,
    StopsAtOnce,
    StopsLater,
    /// Moves to another server; down for a moment.
    Interrupted,
    /// Goes on, and cannot be started again.
    AfterRestart,
    Survives,
}

impl Fate {
    pub const ALL: [Fate; 6] = [
        Fate::Failed,
        Fate::StopsAtOnce,
        Fate::StopsLater,
        Fate::Interrupted,
        Fate::AfterRestart,
        Fate::Survives,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Failed => "failed",
            Fate::StopsAtOnce => "stops at once",
            Fate::StopsLater => "stops later",
            Fate::Interrupted => "interrupted",
            Fate::AfterRestart => "not after a restart",
            Fate::Survives => "goes on",
        }
    }
}

impl Node {
    /// What it is called in a picture.
    pub fn name(&self) -> String {
        match &self.what {
            What::Component(facts) => facts.name.clone(),
            What::Bundle(bundle) => bundle.words(),
        }
    }

    pub fn facts(&self) -> Option<&Facts> {
        match &self.what {
            What::Component(facts) => Some(facts),
            What::Bundle(_) => None,
        }
    }
}

impl Facts {
    /// How many others are drawn as this one; none where none of several gives the name.
    pub fn others(&self) -> usize {
        if self.with.len() < self.components.len() { self.with.len() } else { 0 }
    }
}

impl Held {
    /// Why it stands out.
    pub fn words(&self) -> &'static str {
        match (self.fate, self.facts.is_spof) {
            (Some(_), _) => "among these, worse off",
            (None, true) => "among these, single point of failure",
            (None, false) => "among these, of wider scope",
        }
    }

    /// Where it cannot have a box of its own.
    pub fn in_text(&self) -> String {
        let spof = if self.facts.is_spof { ", single point of failure" } else { "" };
        let mark = match self.fate {
            Some(fate) => palette::mark(fate).to_owned(),
            None => format!("{}{spof}", palette::code(self.facts.scope)),
        };
        format!("holds {} [{mark}]", label::safe(&self.label))
    }
}

impl Bundle {
    /// `1 of 3`, or what a share of three is.
    pub fn words(&self) -> String {
        match self.shares {
            true => format!("{} shares", self.of),
            false => format!("{} of {}", self.at_least, self.of),
        }
    }
}

impl Scene {
    /// The lines that are drawn.
    pub fn drawn(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().filter(|(_, line)| !line.framed)
    }

    /// Whether a node stands in a frame or in one inside it.
    pub fn stands_in(&self, node: usize, frame: usize) -> bool {
        self.is_within(self.nodes[node].frame, frame)
    }

    /// Whether a frame is another one or lies in it.
    pub fn is_within(&self, mut inner: Option<usize>, outer: usize) -> bool {
        // Frames nest two deep; the bound only says so.
        for _ in 0..self.frames.len() {
            match inner {
                Some(frame) if frame == outer => return true,
                Some(frame) => inner = self.frames[frame].outer,
                None => return false,
            }
        }
        false
    }
}
