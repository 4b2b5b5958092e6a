//! Graphviz's language.

use std::fmt::Write;

use super::{Fate, FrameKind, Line, Node, Scene, What, label, palette};
use crate::graph::RequirementKind;

pub fn render(scene: &Scene) -> String {
    let mut out = String::from("digraph failscope {\n");
    let _ = writeln!(
        out,
        "  graph [rankdir=LR, compound=true, fontname=\"sans-serif\", labelloc=t, label={}];",
        quoted(&caption(scene))
    );
    out.push_str("  node [fontname=\"sans-serif\", fontsize=11, shape=box, style=\"rounded,filled\", fillcolor=white];\n");
    out.push_str("  edge [fontname=\"sans-serif\", color=\"#69747f\", arrowsize=0.7];\n");
    for (index, frame) in scene.frames.iter().enumerate() {
        if frame.outer.is_none() {
            frame_of(&mut out, scene, index, 1);
        }
    }
    for (index, node) in scene.nodes.iter().enumerate().filter(|(_, node)| node.frame.is_none()) {
        let _ = writeln!(out, "  n{index} [{}];", attributes(node));
    }
    for (_, line) in scene.drawn() {
        let _ = writeln!(out, "  n{} -> n{} [{}];", line.from, line.to, line_attributes(line));
    }
    out.push_str("}\n");
    out
}

fn caption(scene: &Scene) -> String {
    let mut lines = vec![scene.title.clone()];
    lines.extend(Some(&scene.view).filter(|view| !view.is_empty()).cloned());
    lines.extend(scene.left_out.iter().cloned());
    lines.join("\n")
}

/// Frames nest two deep, a server in a cluster, so the recursion ends there whatever is read.
fn frame_of(out: &mut String, scene: &Scene, frame: usize, depth: usize) {
    let indent = "  ".repeat(depth);
    let style = match scene.frames[frame].kind {
        FrameKind::Server => "solid",
        FrameKind::Cluster => "dashed,rounded",
    };
    let title = quoted(&scene.frames[frame].title);
    let _ = writeln!(out, "{indent}subgraph cluster_{frame} {{");
    let _ = writeln!(out, "{indent}  graph [label={title}, style=\"{style}\"];");
    for inner in 0..scene.frames.len() {
        if scene.frames[inner].outer == Some(frame) {
            frame_of(out, scene, inner, depth + 1);
        }
    }
    for (index, node) in scene.nodes.iter().enumerate() {
        if node.frame == Some(frame) {
            let _ = writeln!(out, "{indent}  n{index} [{}];", attributes(node));
        }
    }
    let _ = writeln!(out, "{indent}}}");
}

fn attributes(node: &Node) -> String {
    let fate = node.fate.map(fate_attributes).unwrap_or_default();
    let facts = match &node.what {
        What::Component(facts) => facts,
        What::Bundle(bundle) => {
            return format!(
                "label={}, shape=box, height=0.2, fillcolor=\"#e7ebef\"{fate}",
                quoted(&bundle.words())
            );
        }
    };
    let code = match palette::code(facts.scope) {
        "" => String::new(),
        code => format!(" [{code}]"),
    };
    let mark = match node.fate.map(palette::mark) {
        None | Some("") => String::new(),
        Some(mark) => format!("\n{mark}"),
    };
    let spof = match facts.is_spof {
        false => "",
        true => ", shape=octagon, style=filled, penwidth=3, peripheries=2",
    };
    let held = facts.held.as_ref().map_or(String::new(), |held| format!("\n{}", held.in_text()));
    let words =
        format!("{}\n{}{code}{mark}{held}", label::safe(&facts.name), label::safe(&facts.kind));
    format!("label={}, color=\"{}\"{spof}{fate}", quoted(&words), palette::colour(facts.scope))
}

fn fate_attributes(fate: Fate) -> String {
    match fate {
        Fate::Survives => ", fontcolor=\"#777777\"".to_owned(),
        fate => format!(", fillcolor=\"{}66\"", palette::fate_colour(fate)),
    }
}

fn line_attributes(line: &Line) -> String {
    let style = match line.stroke.kind {
        RequirementKind::Run => "solid",
        RequirementKind::Transaction => "bold",
        RequirementKind::Ingress | RequirementKind::Start => "dashed",
        RequirementKind::Config | RequirementKind::Soft => "dotted",
    };
    let indirect = if line.stroke.indirect { ", penwidth=2" } else { "" };
    // Graphviz has fewer dash patterns than there are kinds.
    let word = match line.stroke.kind {
        RequirementKind::Run => String::new(),
        kind => format!(", label=\"{}\", fontsize=9", kind.as_str()),
    };
    format!("style={style}{indirect}{word}, tooltip={}", quoted(&line.why))
}

/// A quoted string: quotes and backslashes escaped, line ends as `\n`, never HTML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for line in text.split('\n').enumerate() {
        if line.0 > 0 {
            out.push_str("\\n");
        }
        for c in label::safe(line.1).chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                // Graphviz reads HTML entities in plain labels as well.
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
    }
    out.push('"');
    out
}
