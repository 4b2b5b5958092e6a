//! SVG that stands by itself: no script, no font, no other file. Nodes and lines carry
//! `data-` attributes, so that a page around the picture can find and light them up.

use std::fmt::Write;

use super::label::Rows;
use super::layout::{
    CORNER_ROOM, FIRST_ROW, FONT, HELD_HEIGHT, HELD_MARGIN, KIND_ROW, NAME_ROW, NAME_TO_KIND,
    SHAPE_ROOM, height_of_rows,
};
use super::*;
use super::{label, legend, palette, style};
use crate::graph::ComponentId;

const MARGIN: f64 = 16.0;
const HEADING: f64 = 26.0;
const NOTE: f64 = 16.0;
const LAYER_HEAD: f64 = 28.0;
/// A picture of two nodes still has room for its title and legend.
const NARROWEST: f64 = 608.0;
/// Of the shapes of scopes.
pub(super) const RADIUS: f64 = 7.0;
const SMALL_RADIUS: f64 = 5.0;
/// From the side of a node to what stands out of it.
const HELD_INSET: f64 = 5.0;

/// The picture as one `svg` element.
pub fn render(scene: &Scene, drawing: &Drawing) -> String {
    let notes: Vec<&String> = Some(&scene.view)
        .filter(|view| !view.is_empty())
        .into_iter()
        .chain(&scene.left_out)
        .collect();
    let top = MARGIN + HEADING + NOTE * notes.len() as f64;
    let widest_note = notes.iter().map(|note| text_width(note)).fold(NARROWEST, f64::max);
    let width = drawing.width.max(widest_note) + 2.0 * MARGIN;
    let legend = legend::render(scene, width - 2.0 * MARGIN);
    let legend_top = top + LAYER_HEAD + drawing.height + 3.0 * MARGIN;
    let height = legend_top + legend.height + MARGIN;
    let mut out = String::new();
    open(&mut out, scene, width, height);
    heading(&mut out, scene, &notes);
    let _ = writeln!(out, r#"<g transform="translate({},{})">"#, n(MARGIN), n(top + LAYER_HEAD));
    layers(&mut out, drawing);
    scene.frames.iter().zip(&drawing.frames).for_each(|(f, rect)| frame(&mut out, f, rect));
    drawing.routes.iter().for_each(|route| line(&mut out, scene, route));
    for at in &drawing.junctions {
        let (x, y) = (n(at.x), n(at.y));
        let _ = writeln!(out, r#"<circle class="tip" cx="{x}" cy="{y}" r="2.6"/>"#);
    }
    for (index, (node, rect)) in scene.nodes.iter().zip(&drawing.nodes).enumerate() {
        self::node(&mut out, index, node, rect);
    }
    out.push_str("</g>\n");
    let _ = writeln!(
        out,
        r#"<g class="legend" transform="translate({},{})">"#,
        n(MARGIN),
        n(legend_top)
    );
    out.push_str(&legend.svg);
    out.push_str("</g>\n</svg>\n");
    out
}

fn open(out: &mut String, scene: &Scene, width: f64, height: f64) {
    let title = escape(&scene.title);
    let description = escape(&description(scene));
    let (w, h) = (n(width), n(height));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"failscope\" role=\"img\" \
         width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         aria-labelledby=\"failscope-title failscope-desc\">\n\
         <title id=\"failscope-title\">{title}</title>\n\
         <desc id=\"failscope-desc\">{description}</desc>\n\
         <style>{}</style>\n\
         <defs><marker id=\"failscope-tip\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" \
         markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
         <path class=\"tip\" d=\"M0,0.8L8,4L0,7.2z\"/></marker></defs>\n\
         <rect class=\"paper\" width=\"{w}\" height=\"{h}\"/>\n",
        style_sheet()
    );
}

/// The style sheet of every picture, byte for byte: a page around one names it by its digest.
pub fn style_sheet() -> String {
    format!("\n{}", style::sheet())
}

/// The picture for those who do not see it.
fn description(scene: &Scene) -> String {
    let components = scene.nodes.iter().filter(|node| node.facts().is_some()).count();
    let spofs: Vec<String> = scene
        .nodes
        .iter()
        .filter_map(Node::facts)
        .flat_map(|facts| {
            let own = Some(facts.name.clone()).filter(|_| facts.is_spof);
            let held = facts.held.as_ref().filter(|held| held.facts.is_spof);
            own.into_iter().chain(held.into_iter().flat_map(|held| held.names.clone()))
        })
        .collect();
    let mut words = format!("Dependency graph with {}.", crate::text::count(components, "node"));
    if !spofs.is_empty() {
        let list = crate::text::short_list(&spofs, 12);
        words.push_str(&format!(" Single points of failure: {list}."));
    }
    for note in &scene.left_out {
        words.push_str(&format!(" {note}."));
    }
    words
}

fn heading(out: &mut String, scene: &Scene, notes: &[&String]) {
    let title = escape(&scene.title);
    let x = n(MARGIN);
    let _ =
        writeln!(out, r#"<text class="heading" x="{x}" y="{}">{title}</text>"#, n(MARGIN + 14.0));
    for (row, note) in notes.iter().enumerate() {
        let y = n(MARGIN + HEADING + NOTE * row as f64 + 6.0);
        let _ = writeln!(out, r#"<text class="note" x="{x}" y="{y}">{}</text>"#, escape(note));
    }
}

fn layers(out: &mut String, drawing: &Drawing) {
    for (name, left, right) in &drawing.layers {
        let (x, width) = (n(left - 8.0), n(right - left + 16.0));
        let _ = writeln!(
            out,
            "<g class=\"layer\" data-layer=\"{name}\"><rect x=\"{x}\" y=\"{}\" width=\"{width}\" \
             height=\"{}\" rx=\"6\"/><text x=\"{}\" y=\"{}\">{name}</text></g>",
            n(-LAYER_HEAD + 4.0),
            n(drawing.height + LAYER_HEAD + 8.0),
            n((left + right) / 2.0),
            n(-LAYER_HEAD + 19.0),
        );
    }
}

fn frame(out: &mut String, frame: &Frame, rect: &Rect) {
    let kind = frame.kind.as_str();
    let title = escape(&frame.title);
    let columns = (rect.width / (0.6 * 11.0)) as usize;
    let short = escape(&label::shortened(&label::safe(&frame.title), columns.saturating_sub(2)));
    let rx = match frame.kind {
        FrameKind::Server => "3",
        FrameKind::Cluster => "12",
    };
    let _ = writeln!(
        out,
        "<g class=\"frame {kind}\" data-frame=\"{title}\"><title>{kind} {title}</title>\
         <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{rx}\"/>\
         <text x=\"{}\" y=\"{}\">{short}</text></g>",
        n(rect.x),
        n(rect.y),
        n(rect.width),
        n(rect.height),
        n(rect.x + 8.0),
        n(rect.y + 13.0),
    );
}

fn line(out: &mut String, scene: &Scene, route: &Route) {
    let lines: Vec<&Line> = route.lines.iter().map(|&index| &scene.lines[index]).collect();
    let Some(line) = lines.first() else { return };
    let dashes = match palette::dashes(line.stroke) {
        "" => String::new(),
        dashes => format!(" stroke-dasharray=\"{dashes}\""),
    };
    let tip = if route.part == Part::Branch { "" } else { TIP };
    let _ = writeln!(
        out,
        "<g class=\"{}\"{} data-to=\"{}\" data-target=\"{}\" data-kind=\"{}\">\
         <title>{}</title><path d=\"{}\"{dashes}{tip}/></g>",
        classes_of_line(scene, route.part, &lines),
        from_attribute(scene, &lines),
        escape(&scene.nodes[line.to].name()),
        line.to,
        line.stroke.kind.as_str(),
        escape(&words_of_lines(scene, &lines)),
        path(&route.curve),
    );
}

fn classes_of_line(scene: &Scene, part: Part, lines: &[&Line]) -> String {
    let mut classes = String::from(match part {
        Part::Whole => "line",
        Part::Branch => "line branch",
        Part::Trunk => "line trunk",
    });
    if lines.first().is_some_and(|line| line.stroke.indirect) {
        classes.push_str(" indirect");
    }
    let fates = lines
        .iter()
        .filter_map(|line| fate_of_line(&scene.nodes[line.from], &scene.nodes[line.to]));
    if let Some(fate) = fates.min_by_key(|fate| *fate == Fate::Survives) {
        let _ = write!(classes, " fate-{}", palette::fate_class(fate));
    }
    classes
}

const TIP: &str = " marker-end=\"url(#failscope-tip)\"";

/// A trunk belongs to many: none of them is named.
fn from_attribute(scene: &Scene, lines: &[&Line]) -> String {
    match lines {
        [line, others @ ..] if others.iter().all(|other| other.from == line.from) => {
            format!(" data-from=\"{}\"", escape(&scene.nodes[line.from].name()))
        }
        _ => String::new(),
    }
}

/// Who needs what, then why: a row for each kind.
fn words_of_lines(scene: &Scene, lines: &[&Line]) -> String {
    let Some(first) = lines.first() else { return String::new() };
    let mut names: Vec<String> = Vec::new();
    let mut reasons: Vec<String> = Vec::new();
    for line in lines {
        let name = scene.nodes[line.from].name();
        let reason = format!("{}: {}", line.stroke.kind.as_str(), line.why);
        if !names.contains(&name) {
            names.push(name);
        }
        let is_new = reasons.iter().all(|known| !known.starts_with(line.stroke.kind.as_str()));
        reasons.extend(Some(reason).filter(|_| is_new));
    }
    let verb = if names.len() == 1 { "needs" } else { "need" };
    let who = crate::text::short_list(&names, 6);
    format!("{who} {verb} {}\n{}", scene.nodes[first.to].name(), reasons.join("\n"))
}

/// A line hands on what happens to the thing that it leads to.
fn fate_of_line(from: &Node, to: &Node) -> Option<Fate> {
    match (from.fate?, to.fate?) {
        (Fate::Survives, _) => Some(Fate::Survives),
        (_, fate) => Some(fate),
    }
}

fn path(route: &[Point]) -> String {
    let Some((start, rest)) = route.split_first() else { return String::new() };
    let mut path = format!("M{},{}", n(start.x), n(start.y));
    for piece in rest.chunks_exact(3) {
        let level = piece.iter().all(|point| (point.y - piece[2].y).abs() < 0.05);
        let straight = level && path.ends_with(&format!(",{}", n(piece[2].y)));
        let _ = match straight {
            true => write!(path, "L{},{}", n(piece[2].x), n(piece[2].y)),
            false => write!(
                path,
                "C{},{} {},{} {},{}",
                n(piece[0].x),
                n(piece[0].y),
                n(piece[1].x),
                n(piece[1].y),
                n(piece[2].x),
                n(piece[2].y)
            ),
        };
    }
    path
}

fn node(out: &mut String, index: usize, node: &Node, rect: &Rect) {
    match &node.what {
        What::Component(facts) => component(out, index, facts, node, rect),
        What::Bundle(bundle) => self::bundle(out, index, bundle, node, rect),
    }
}

fn fate_class(fate: Option<Fate>) -> String {
    fate.map_or(String::new(), |fate| format!(" fate-{}", palette::fate_class(fate)))
}

/// The components by their number in the graph, so that a page need not go by names.
fn ids(components: &[ComponentId]) -> String {
    let ids: Vec<String> = components.iter().map(|id| id.index().to_string()).collect();
    ids.join(" ")
}

fn bundle(out: &mut String, index: usize, bundle: &Bundle, node: &Node, rect: &Rect) {
    let fate = fate_class(node.fate);
    let words = bundle.words();
    let _ = writeln!(
        out,
        "<g class=\"bundle{fate}\" id=\"failscope-n{index}\" data-ids=\"{}\" \
         data-at-least=\"{}\" data-of=\"{}\"><title>{}</title><rect class=\"base\" x=\"{}\" \
         y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/><text x=\"{}\" y=\"{}\">{words}</text></g>",
        ids(&bundle.providers),
        bundle.at_least,
        bundle.of,
        bundle_words(bundle),
        n(rect.x),
        n(rect.y),
        n(rect.width),
        n(rect.height),
        n(rect.x + rect.width / 2.0),
        n(rect.middle() + 4.0),
    );
}

fn bundle_words(bundle: &Bundle) -> String {
    match bundle.shares {
        true => format!("{} active parts, each with a share of its own", bundle.of),
        false => format!("redundancy group: at least {} of {}", bundle.at_least, bundle.of),
    }
}

fn component(out: &mut String, index: usize, facts: &Facts, node: &Node, rect: &Rect) {
    let rows = Rows::new(facts);
    let layer = node.layer.as_str();
    out.push_str(&opened(facts, node.fate, "", &format!("n{index}"), layer));
    out.push_str(&outline(rect, "base", facts.is_spof, 0.0));
    out.push_str(&outline(rect, "tint", facts.is_spof, 0.0));
    if facts.is_spof {
        out.push_str(&outline(rect, "inner", true, 0.0));
    }
    let middle = rect.y + height_of_rows(&rows) / 2.0;
    out.push_str(&shape(facts.scope, rect.x + SHAPE_ROOM / 2.0 + 1.0, middle, RADIUS));
    labels(out, facts, node.fate, &rows, rect);
    if let (Some(held), Some(label)) = (&facts.held, &rows.held) {
        out.push_str(&opened(&held.facts, held.fate, " held", &format!("h{index}"), layer));
        self::held(out, held, label, rect);
    }
}

/// The beginning of a group for something that can fail.
fn opened(facts: &Facts, fate: Option<Fate>, class: &str, id: &str, layer: &str) -> String {
    let spof = if facts.is_spof { " spof" } else { "" };
    let down = if facts.down { " down" } else { "" };
    let scope = facts.scope.as_str();
    format!(
        "<g class=\"node{class} scope-{scope}{spof}{down}{}\" id=\"failscope-{id}\" \
         data-component=\"{}\" data-ids=\"{}\" data-layer=\"{layer}\" data-scope=\"{scope}\">\
         <title>{}</title>",
        fate_class(fate),
        escape(&facts.name),
        ids(&facts.components),
        escape(&words(facts, fate)),
    )
}

fn labels(out: &mut String, facts: &Facts, fate: Option<Fate>, rows: &Rows, rect: &Rect) {
    let x = rect.x + SHAPE_ROOM;
    let mut y = rect.y + FIRST_ROW - NAME_ROW;
    for name in &rows.name {
        y += NAME_ROW;
        out.push_str(&text("name", x, y, name));
    }
    y += NAME_TO_KIND - KIND_ROW;
    for kind in &rows.kind {
        y += KIND_ROW;
        out.push_str(&text("kind", x, y, kind));
    }
    out.push_str(&code(facts, fate, rect.right() - 6.0, y));
    out.push_str("</g>\n");
}

/// The mark at the right end of a row.
fn code(facts: &Facts, fate: Option<Fate>, right: f64, y: f64) -> String {
    let right = if facts.is_spof { right - CORNER_ROOM } else { right };
    text("code", right, y, mark(facts, fate))
}

fn mark(facts: &Facts, fate: Option<Fate>) -> &'static str {
    fate.map_or(palette::code(facts.scope), palette::mark)
}

fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", n(x), n(y), escape(words))
}

/// At the foot of what carries it, in a box of its own.
fn held(out: &mut String, held: &Held, label: &str, around: &Rect) {
    let inset = if around.width > 2.0 * HELD_INSET { HELD_INSET } else { 0.0 };
    let rect = Rect {
        x: around.x + inset,
        y: around.bottom() - HELD_MARGIN - HELD_HEIGHT,
        width: around.width - 2.0 * inset,
        height: HELD_HEIGHT,
    };
    let facts = &held.facts;
    out.push_str(&outline(&rect, "base", facts.is_spof, 0.0));
    out.push_str(&outline(&rect, "tint", facts.is_spof, 0.0));
    out.push_str(&shape(facts.scope, rect.x + 10.0, rect.middle(), SMALL_RADIUS));
    let y = rect.y + 12.0;
    out.push_str(&text("name", rect.x + SHAPE_ROOM - inset, y, label));
    out.push_str(&code(facts, held.fate, rect.right() - 6.0, y));
    out.push_str("</g>\n");
}

/// A rounded box; eight corners for a single point of failure.
pub(super) fn outline(rect: &Rect, class: &str, spof: bool, inset: f64) -> String {
    let (left, top) = (rect.x + inset, rect.y + inset);
    let (right, bottom) = (rect.right() - inset, rect.bottom() - inset);
    if !spof {
        return format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
            n(left),
            n(top),
            n(right - left),
            n(bottom - top)
        );
    }
    let cut = ((bottom - top) / 3.2).min(11.0);
    let corners = [
        (left + cut, top),
        (right - cut, top),
        (right, top + cut),
        (right, bottom - cut),
        (right - cut, bottom),
        (left + cut, bottom),
        (left, bottom - cut),
        (left, top + cut),
    ];
    polygon(class, &corners)
}

/// The shape of a scope around a point.
pub(super) fn shape(scope: crate::graph::Scope, x: f64, y: f64, radius: f64) -> String {
    let corners = palette::corners(scope);
    if corners.is_empty() {
        return format!("<circle class=\"shape\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", n(x), n(y));
    }
    let corners: Vec<(f64, f64)> =
        corners.into_iter().map(|(dx, dy)| (x + radius * dx, y + radius * dy)).collect();
    polygon("shape", &corners)
}

fn polygon(class: &str, corners: &[(f64, f64)]) -> String {
    let points: Vec<String> = corners.iter().map(|(x, y)| format!("{},{}", n(*x), n(*y))).collect();
    format!("<polygon class=\"{class}\" points=\"{}\"/>", points.join(" "))
}

/// All that is known of it, for the pointer that rests on it.
fn words(facts: &Facts, fate: Option<Fate>) -> String {
    let mut words = format!("{} ({})\nscope: {}", facts.name, facts.kind, facts.scope.as_str());
    if facts.scope != Scope::None {
        let _ = write!(words, ", {}", facts.onset.as_str());
    }
    let is_one = facts.others() > 0 || facts.components.len() == 1;
    match (facts.spofs, is_one) {
        (_, true) if facts.is_spof => words.push_str("\nsingle point of failure"),
        (0, _) | (_, true) => {}
        (some, false) => {
            let verb = if some == 1 { "is a single point" } else { "are single points" };
            let _ = write!(words, "\n{some} of {} {verb} of failure", facts.components.len());
        }
    }
    if !facts.with.is_empty() {
        let joint = if facts.others() > 0 { "with " } else { "" };
        let _ = write!(words, "\n{joint}{}", crate::text::short_list(&facts.with, 8));
    }
    if let Some(held) = &facts.held {
        let _ = write!(words, "\n{}: {}", held.words(), crate::text::short_list(&held.names, 8));
    }
    if facts.down {
        words.push_str("\ndoes not run");
    }
    if let Some(fate) = fate {
        let _ = write!(words, "\n{}", fate.as_str());
    }
    words
}

/// A number with one decimal at most, the same on every machine.
pub(super) fn n(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    // No negative zero.
    format!("{}", tenths + 0.0)
}

/// Text for content and attributes alike.
pub(super) fn escape(text: &str) -> String {
    // Line ends are ours, in the words for the pointer.
    let lines: Vec<String> = text.split('\n').map(label::safe).collect();
    let mut out = String::with_capacity(text.len());
    for c in lines.join("\n").chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
    out
}

/// Width of a label in the picture's own font size.
pub(super) fn text_width(text: &str) -> f64 {
    label::width(text, FONT - 1.0, label::Weight::Plain)
}
