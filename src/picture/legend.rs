//! What the signs of a picture mean; only those that are in it.

use std::fmt::Write;

use super::svg::{RADIUS, escape, n, outline, shape, text_width};
use super::{Facts, Fate, FrameKind, Line, Node, Rect, Scene, What, palette};
use crate::graph::Scope;

const ROW: f64 = 24.0;
const SIGN: f64 = 44.0;
const SPACE: f64 = 18.0;

pub(super) struct Legend {
    pub(super) svg: String,
    pub(super) height: f64,
}

/// A sign, drawn in a box of 44 by 20 at the origin, and its meaning.
struct Entry {
    sign: String,
    words: String,
}

/// In rows that are at most so wide.
pub(super) fn render(scene: &Scene, width: f64) -> Legend {
    let mut entries = scopes(scene);
    entries.extend(outlines(scene));
    entries.extend(lines(scene));
    entries.extend(fates(scene));
    let (mut x, mut y) = (0.0, 0.0);
    let mut svg = String::new();
    for entry in entries {
        let needed = SIGN + text_width(&entry.words) + SPACE;
        if x > 0.0 && x + needed > width {
            (x, y) = (0.0, y + ROW);
        }
        let _ = writeln!(
            svg,
            "<g transform=\"translate({},{})\">{}<text class=\"note\" x=\"{}\" y=\"14\">{}</text></g>",
            n(x),
            n(y),
            entry.sign,
            n(SIGN + 2.0),
            escape(&entry.words),
        );
        x += needed;
    }
    Legend { svg, height: y + ROW }
}

fn scopes(scene: &Scene) -> Vec<Entry> {
    let in_picture = |scope: &Scope| all_facts(scene).any(|facts| facts.scope == *scope);
    let entry = |scope: Scope| {
        let code = palette::code(scope);
        let code = if code.is_empty() { String::new() } else { format!(" ({code})") };
        Entry {
            sign: format!(
                "<g class=\"scope-{}\">{}</g>",
                scope.as_str(),
                shape(scope, 30.0, 10.0, RADIUS)
            ),
            words: format!("scope {}{code}", scope.as_str()),
        }
    };
    Scope::ALL.into_iter().rev().filter(in_picture).map(entry).collect()
}

/// Of all that has marks, also inside of something else.
fn all_facts(scene: &Scene) -> impl Iterator<Item = &Facts> {
    let nodes = scene.nodes.iter().filter_map(|node| node.facts());
    nodes.flat_map(|facts| [Some(facts), facts.held.as_ref().map(|held| &held.facts)]).flatten()
}

fn outlines(scene: &Scene) -> Vec<Entry> {
    let mut entries = Vec::new();
    let sign = Rect { x: 4.0, y: 1.0, width: 36.0, height: 18.0 };
    if let Some(words) = spof_words(scene) {
        let base = outline(&sign, "base", true, 0.0);
        let inner = outline(&sign, "inner", true, 0.0);
        let sign = format!("<g class=\"spof\">{base}{inner}</g>");
        entries.push(Entry { sign, words: words.to_owned() });
    }
    if let Some(words) = held_words(scene) {
        let inside = Rect { x: 8.0, y: 9.0, width: 28.0, height: 8.0 };
        let (base, part) =
            (outline(&sign, "base", false, 0.0), outline(&inside, "base", false, 0.0));
        entries.push(Entry { sign: format!("{base}{part}"), words: words.to_owned() });
    }
    if all_facts(scene).any(|facts| facts.down) {
        let base = outline(&sign, "base", false, 0.0);
        entries.push(Entry {
            sign: format!("<g class=\"down\">{base}</g>"),
            words: "does not run".to_owned(),
        });
    }
    if scene.nodes.iter().any(|node| matches!(node.what, What::Bundle(_))) {
        let pill = "<rect class=\"base\" x=\"0\" y=\"1\" width=\"44\" height=\"18\" rx=\"9\"/>";
        entries.push(Entry {
            sign: format!("<g class=\"bundle\">{pill}<text x=\"22\" y=\"14\">k of n</text></g>"),
            words: "redundancy group: at least k must work".to_owned(),
        });
    }
    entries.extend(frames(scene));
    entries
}

fn spof_words(scene: &Scene) -> Option<&'static str> {
    let several = |facts: &Facts| facts.others() == 0 && facts.spofs < facts.components.len();
    let mut marked = all_facts(scene).filter(|facts| facts.is_spof).peekable();
    marked.peek()?;
    Some(match marked.any(several) {
        true => "single point of failure, or several with one among them",
        false => "single point of failure",
    })
}

fn held_words(scene: &Scene) -> Option<&'static str> {
    let mut facts = scene.nodes.iter().filter_map(|node| node.facts());
    facts.any(|facts| facts.held.is_some()).then_some(match scene.shows_loss {
        true => "part of the box around it that is worse off",
        false => "part of the box around it, with a wider scope or a single point of failure",
    })
}

fn frames(scene: &Scene) -> Vec<Entry> {
    let kinds = [
        (FrameKind::Server, "server and what runs on it"),
        (FrameKind::Cluster, "failover cluster"),
    ];
    let in_picture = |kind: FrameKind| scene.frames.iter().any(|frame| frame.kind == kind);
    let entry = |(kind, words): (FrameKind, &str)| Entry {
        sign: format!(
            "<g class=\"frame {}\"><rect x=\"4\" y=\"1\" width=\"36\" height=\"18\" rx=\"3\"/></g>",
            kind.as_str()
        ),
        words: words.to_owned(),
    };
    kinds.into_iter().filter(|(kind, _)| in_picture(*kind)).map(entry).collect()
}

fn lines(scene: &Scene) -> Vec<Entry> {
    let drawn: Vec<&Line> = scene.drawn().map(|(_, line)| line).collect();
    let path = |class: &str, dashes: &str| {
        format!(
            "<g class=\"line{class}\"><path d=\"M2,10L42,10\" stroke-dasharray=\"{dashes}\" \
             marker-end=\"url(#failscope-tip)\"/></g>"
        )
    };
    let mut entries: Vec<Entry> = Vec::new();
    for kind in palette::KINDS {
        let Some(line) = drawn.iter().find(|line| line.stroke.kind == kind) else { continue };
        let dashes = match palette::dashes(line.stroke) {
            "" => "none",
            dashes => dashes,
        };
        let words = palette::kind_words(kind).to_owned();
        entries.push(Entry { sign: path("", dashes), words });
    }
    if drawn.iter().any(|line| line.stroke.indirect) {
        let words = "through what is not in the picture".to_owned();
        entries.push(Entry { sign: path(" indirect", "none"), words });
    }
    entries
}

fn fates(scene: &Scene) -> Vec<Entry> {
    let held = |node: &Node| node.facts()?.held.as_ref()?.fate;
    let in_picture =
        |fate: &Fate| scene.nodes.iter().any(|node| [node.fate, held(node)].contains(&Some(*fate)));
    let entry = |fate: Fate| {
        let mark = palette::mark(fate);
        let mark = if mark.is_empty() { String::new() } else { format!("{mark}: ") };
        let swatch = |class: &str| {
            format!("<rect class=\"{class}\" x=\"4\" y=\"1\" width=\"36\" height=\"18\" rx=\"6\"/>")
        };
        let class = palette::fate_class(fate);
        Entry {
            sign: format!(
                "<g class=\"node fate-{class}\">{}{}</g>",
                swatch("base"),
                swatch("tint")
            ),
            words: format!("{mark}{}", fate.as_str()),
        }
    };
    Fate::ALL.into_iter().filter(in_picture).map(entry).collect()
}
