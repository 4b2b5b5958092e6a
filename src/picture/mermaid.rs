//! Mermaid's flowchart language, as code hosts draw it inside of Markdown.

use std::fmt::Write;

use super::{Fate, Line, Node, Scene, What, label, palette};
use crate::graph::{RequirementKind, Scope};

pub fn render(scene: &Scene) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "---\ntitle: {}\n---", front_matter(scene));
    out.push_str("flowchart LR\n");
    for (index, frame) in scene.frames.iter().enumerate() {
        if frame.outer.is_none() {
            frame_of(&mut out, scene, index, 1);
        }
    }
    for (index, node) in scene.nodes.iter().enumerate().filter(|(_, node)| node.frame.is_none()) {
        let _ = writeln!(out, "  {}", node_of(index, node));
    }
    for (_, line) in scene.drawn() {
        let _ = writeln!(out, "  {}", line_of(line));
    }
    classes(&mut out, scene);
    out
}

/// The title as a JSON string, which is a YAML one as well.
fn front_matter(scene: &Scene) -> String {
    let mut words = vec![label::safe(&scene.title)];
    words.extend(Some(&scene.view).filter(|view| !view.is_empty()).map(|view| label::safe(view)));
    words.extend(scene.left_out.iter().map(|note| label::safe(note)));
    serde_json::Value::String(words.join("; ")).to_string()
}

/// Frames nest two deep, so the recursion ends there.
fn frame_of(out: &mut String, scene: &Scene, frame: usize, depth: usize) {
    let indent = "  ".repeat(depth);
    let title = quoted(&[&scene.frames[frame].title]);
    let _ = writeln!(out, "{indent}subgraph f{frame}[{title}]");
    for inner in 0..scene.frames.len() {
        if scene.frames[inner].outer == Some(frame) {
            frame_of(out, scene, inner, depth + 1);
        }
    }
    for (index, node) in scene.nodes.iter().enumerate() {
        if node.frame == Some(frame) {
            let _ = writeln!(out, "{indent}  {}", node_of(index, node));
        }
    }
    let _ = writeln!(out, "{indent}end");
}

fn node_of(index: usize, node: &Node) -> String {
    let facts = match &node.what {
        What::Component(facts) => facts,
        What::Bundle(bundle) => return format!("n{index}([{}])", quoted(&[&bundle.words()])),
    };
    let mut kind = facts.kind.clone();
    if facts.scope != Scope::None {
        kind.push_str(&format!(" | {}", palette::code(facts.scope)));
    }
    let mark = node.fate.map(palette::mark).unwrap_or_default();
    let held = facts.held.as_ref().map(|held| held.in_text()).unwrap_or_default();
    let words = [facts.name.as_str(), kind.as_str(), mark, held.as_str()];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    // Six corners for a single point of failure.
    match facts.is_spof {
        false => format!("n{index}[{}]", quoted(&words)),
        true => format!("n{index}{{{{{}}}}}", quoted(&words)),
    }
}

fn line_of(line: &Line) -> String {
    let (from, to) = (line.from, line.to);
    match (line.stroke.kind, line.stroke.indirect) {
        (RequirementKind::Run, false) => format!("n{from} --> n{to}"),
        (RequirementKind::Run, true) => format!("n{from} ==> n{to}"),
        (kind, _) => format!("n{from} -. {} .-> n{to}", kind.as_str()),
    }
}

fn classes(out: &mut String, scene: &Scene) {
    for scope in Scope::ALL {
        let members = with(scene, |node| node.facts().is_some_and(|facts| facts.scope == scope));
        if !members.is_empty() {
            let _ = writeln!(
                out,
                "  classDef {} stroke:{}",
                scope_class(scope),
                palette::colour(scope)
            );
            let _ = writeln!(out, "  class {} {}", members.join(","), scope_class(scope));
        }
    }
    let spofs = with(scene, |node| node.facts().is_some_and(|facts| facts.is_spof));
    if !spofs.is_empty() {
        out.push_str("  classDef spof stroke-width:4px\n");
        let _ = writeln!(out, "  class {} spof", spofs.join(","));
    }
    for fate in Fate::ALL {
        let members = with(scene, |node| node.fate == Some(fate));
        if !members.is_empty() && fate != Fate::Survives {
            let (class, colour) = (palette::fate_class(fate), palette::fate_colour(fate));
            let _ = writeln!(out, "  classDef {class} fill:{colour}66");
            let _ = writeln!(out, "  class {} {class}", members.join(","));
        }
    }
}

/// Some names, such as `end`, mean something to the language.
fn scope_class(scope: Scope) -> String {
    format!("scope_{}", scope.as_str())
}

fn with(scene: &Scene, wanted: impl Fn(&Node) -> bool) -> Vec<String> {
    let nodes = scene.nodes.iter().enumerate().filter(|(_, node)| wanted(node));
    nodes.map(|(index, _)| format!("n{index}")).collect()
}

/// A quoted label. Everything that Mermaid, Markdown or HTML could take for its own becomes a
/// numbered entity; the line breaks are ours.
fn quoted(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| entities(&label::safe(line))).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

/// Mermaid takes entities back into characters before it looks for line breaks (`\n`), formulas
/// (`$$`) and icons (`fa:fa-car`). Something that is not seen keeps these apart.
const JOINER: &str = "#8288;";

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_alphanumeric() || matches!(c, ' ' | '/' | '.' | ',' | '(' | ')' | '\u{2026}') {
            true => out.push(c),
            false => {
                let _ = write!(out, "#{};", u32::from(c));
            }
        }
        if matches!(c, '\\' | '$' | ':') {
            out.push_str(JOINER);
        }
    }
    out
}
