//! The picture as data, for other tools: what is in it and what is known of it, no places.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Held, Line, Node, Scene, What};
use crate::graph::DependencyGraph;

const VERSION: u32 = 1;

#[derive(Debug, Serialize, JsonSchema)]
pub struct Graph {
    pub failscope_graph: u32,
    pub title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub view: String,
    /// What is not in the picture, or drawn together.
    pub left_out: Vec<String>,
    pub boxes: Vec<GraphBox>,
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphBox {
    pub id: String,
    pub kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphNode {
    pub id: String,
    pub layer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// Set by `--impact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fate: Option<&'static str>,
    #[serde(flatten)]
    pub what: GraphWhat,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum GraphWhat {
    Component {
        name: String,
        kind: String,
        /// Of the one that gives the name; the widest where several alike are one node.
        scope: &'static str,
        onset: &'static str,
        single_point_of_failure: bool,
        /// How many of `components` are single points of failure.
        single_points_of_failure: usize,
        down: bool,
        /// What of `components` is worse off than the one that gives the name.
        #[serde(skip_serializing_if = "Option::is_none")]
        holds: Option<GraphHeld>,
        /// The names of all that is drawn as this node.
        components: Vec<String>,
    },
    RedundancyGroup {
        at_least: u32,
        of: usize,
        shares: bool,
    },
}

/// Parts of a node of wider scope, single points of failure, or hit harder by a loss.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphHeld {
    pub components: Vec<String>,
    pub scope: &'static str,
    pub single_points_of_failure: usize,
    /// Of the first; set by `--impact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fate: Option<&'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphEdge {
    pub from: String,
    pub to: String,
    pub kind: &'static str,
    pub why: String,
    /// Through what is not in the picture.
    pub indirect: bool,
    pub disputed: bool,
    /// Said by the box around both; the other formats draw no line.
    pub implied_by_box: bool,
}

pub fn graph(scene: &Scene, components: &DependencyGraph) -> Graph {
    let boxes = scene.frames.iter().enumerate().map(|(index, frame)| GraphBox {
        id: box_id(index),
        kind: frame.kind.as_str(),
        name: frame.title.clone(),
        inside: frame.outer.map(box_id),
    });
    let nodes = scene.nodes.iter().enumerate();
    Graph {
        failscope_graph: VERSION,
        title: scene.title.clone(),
        view: scene.view.clone(),
        left_out: scene.left_out.clone(),
        boxes: boxes.collect(),
        nodes: nodes.map(|(index, node)| graph_node(index, node, components)).collect(),
        edges: scene.lines.iter().map(edge).collect(),
    }
}

fn graph_node(index: usize, node: &Node, components: &DependencyGraph) -> GraphNode {
    GraphNode {
        id: node_id(index),
        layer: node.layer.as_str(),
        inside: node.frame.map(box_id),
        fate: node.fate.map(super::Fate::as_str),
        what: match &node.what {
            What::Component(facts) => GraphWhat::Component {
                name: facts.name.clone(),
                kind: facts.kind.clone(),
                scope: facts.scope.as_str(),
                onset: facts.onset.as_str(),
                single_point_of_failure: facts.is_spof,
                single_points_of_failure: facts.spofs,
                down: facts.down,
                holds: facts.held.as_deref().map(held),
                components: facts
                    .components
                    .iter()
                    .map(|&id| components.component(id).name.clone())
                    .collect(),
            },
            What::Bundle(bundle) => GraphWhat::RedundancyGroup {
                at_least: bundle.at_least,
                of: bundle.of,
                shares: bundle.shares,
            },
        },
    }
}

fn held(held: &Held) -> GraphHeld {
    GraphHeld {
        components: held.names.clone(),
        scope: held.facts.scope.as_str(),
        single_points_of_failure: held.facts.spofs,
        fate: held.fate.map(super::Fate::as_str),
    }
}

fn edge(line: &Line) -> GraphEdge {
    GraphEdge {
        from: node_id(line.from),
        to: node_id(line.to),
        kind: line.stroke.kind.as_str(),
        why: line.why.clone(),
        indirect: line.stroke.indirect,
        disputed: line.stroke.disputed,
        implied_by_box: line.framed,
    }
}

fn node_id(index: usize) -> String {
    format!("n{index}")
}

fn box_id(index: usize) -> String {
    format!("b{index}")
}
