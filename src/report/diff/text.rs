//! The diff for a terminal: what got worse and by which edit first, what changed after it.

use super::super::terminal::{Style, Terminal};
use super::super::text::paragraph;
use super::{ComponentRow, DiffReport, EditRow, EffectRow, TopologyDiff, WorseRow, words};
use crate::text::{clean, count, short_list};

/// Lines of one list that are shown; the JSON form has all.
const MOST: usize = 25;
/// The same of drift, which is what a comparison with an import is made for.
const MOST_DRIFT: usize = 200;
/// What stands between drift and the rest.
pub(super) const REST: &str = "All that differs, also what people wrote over the import";

pub fn text(report: &DiffReport, terminal: Terminal) -> String {
    let title = format!("Changes from {} to {}", clean(&report.old), clean(&report.new));
    let mut out = format!("{}\n", terminal.paint(Style::Strong, &title));
    for (word, names) in [("added", &report.added), ("removed", &report.removed)] {
        out.push_str(&lines(names.iter().map(|name| format!("topology {name} {word}")), terminal));
    }
    let is_folder = report.topologies.len() != 1;
    let same = report.topologies.iter().filter(|topology| topology.same).count();
    if is_folder && same > 0 {
        out.push_str(&lines([format!("the same: {}", topologies(same))], terminal));
    }
    for topology in report.topologies.iter().filter(|topology| !(is_folder && topology.same)) {
        if is_folder {
            let title = format!("\n{}", clean(&topology.new));
            out.push_str(&format!("{}\n", terminal.paint(Style::Strong, &title)));
        }
        out.push_str(&of_topology(topology, terminal));
    }
    out
}

pub(super) fn topologies(number: usize) -> String {
    match number {
        1 => "1 topology".to_owned(),
        n => format!("{n} topologies"),
    }
}

fn of_topology(diff: &TopologyDiff, terminal: Terminal) -> String {
    if diff.same {
        return "Nothing differs.\n".to_owned();
    }
    let rest = besides_drift(diff, terminal);
    let mut out = drift_section(diff, terminal);
    if !out.is_empty() && !rest.is_empty() {
        out.push_str(&format!("\n{}\n", terminal.paint(Style::Strong, REST)));
    }
    out.push_str(&rest);
    match out.is_empty() {
        true => "Nothing that stops differs.\n".to_owned(),
        false => out,
    }
}

fn besides_drift(diff: &TopologyDiff, terminal: Terminal) -> String {
    let mut out = worse(diff, terminal);
    let better: Vec<&EffectRow> = diff.better.iter().collect();
    out.push_str(&section("Better", Style::Good, words::effects(&better, false), terminal));
    out.push_str(&section("Cut sets besides", Style::Strong, other_sets(diff), terminal));
    out.push_str(&section("Components", Style::Strong, components(diff), terminal));
    out.push_str(&section("Requirements", Style::Strong, requirements(diff), terminal));
    let untold = diff.edits.iter().filter(|edit| !edit.told);
    let untold = untold.map(|edit| format!("{}: {}", edit.place, words::edit(edit)));
    out.push_str(&section("Other edits", Style::Strong, untold, terminal));
    out.push_str(&section("Left open now", Style::Warn, diff.left_open.iter().cloned(), terminal));
    out.push_str(&section("Unknown", Style::Warn, diff.unknown.iter().cloned(), terminal));
    out
}

fn drift_section(diff: &TopologyDiff, terminal: Terminal) -> String {
    let mut body = String::new();
    for (heading, items) in drift(diff) {
        body.push_str(&paragraph(&clean(&heading), "    ", terminal));
        body.push_str(&limited(items, MOST_DRIFT, ("      ", "  "), terminal));
    }
    match body.is_empty() {
        true => body,
        false => format!("\n{}\n{body}", terminal.paint(Style::Strong, "Drift")),
    }
}

/// What only one side has, and what both state differently, each under a heading; said first,
/// because it is what a comparison with an import is made for.
pub(super) fn drift(diff: &TopologyDiff) -> Vec<(String, Vec<String>)> {
    let Some(drift) = &diff.drift else { return Vec::new() };
    let edits = |numbers: &[usize]| -> Vec<&EditRow> {
        numbers.iter().filter_map(|number| diff.edits.get(*number)).collect()
    };
    let only = |edit: &EditRow| {
        let place = edit.old_place.as_ref().filter(|_| edit.edit == "removed");
        format!("{} ({})", edit.path.join("."), place.unwrap_or(&edit.place))
    };
    let both = |edit: &EditRow| {
        let old = edit.old_place.as_ref().map_or(String::new(), |old| format!("{old} → "));
        format!("{} ({old}{})", words::edit(edit), edit.place)
    };
    let old: Vec<String> = edits(&drift.only_old).into_iter().map(only).collect();
    let new: Vec<String> = edits(&drift.only_new).into_iter().map(only).collect();
    let different: Vec<String> = edits(&drift.different).into_iter().map(both).collect();
    let taken_out: Vec<String> = edits(&drift.taken_out).into_iter().map(only).collect();
    let headed = [
        (format!("only in {} ({})", diff.old, old.len()), old),
        (format!("only in {} ({})", diff.new, new.len()), new),
        (format!("in both, but not the same ({})", different.len()), different),
        (format!("taken out on purpose, with `remove` ({})", taken_out.len()), taken_out),
    ];
    let found: Vec<_> = headed.into_iter().filter(|(_, items)| !items.is_empty()).collect();
    match found.is_empty() {
        true => vec![("none: what exports list is the same on both sides".to_owned(), Vec::new())],
        false => found,
    }
}

/// Grouped by the edits behind it: one edit is told once, with all that it does.
pub(super) fn by_cause(diff: &TopologyDiff) -> Vec<(&WorseRow, Vec<&WorseRow>)> {
    let mut groups: Vec<(&WorseRow, Vec<&WorseRow>)> = Vec::new();
    for row in &diff.worse {
        let same = |(first, _): &&mut (&WorseRow, Vec<&WorseRow>)| {
            first.because == row.because && first.also == row.also && first.smallest == row.smallest
        };
        match groups.iter_mut().find(same) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((row, vec![row])),
        }
    }
    groups
}

/// How the edits of a group make it worse.
pub(super) fn cause_words(row: &WorseRow) -> Option<&'static str> {
    match (row.because.len(), row.smallest) {
        (0, _) => Some("no edit of the text shows this by itself"),
        (1, true) => None,
        (_, true) => Some("only together:"),
        (_, false) => Some("among these edits (not narrowed down further):"),
    }
}

fn worse(diff: &TopologyDiff, terminal: Terminal) -> String {
    let mut body = String::new();
    for (cause, rows) in by_cause(diff) {
        if let Some(words) = cause_words(cause) {
            body.push_str(&paragraph(words, "  ", terminal));
        }
        for edit in cause.because.iter().take(MOST).filter_map(|&at| diff.edits.get(at)) {
            let gone = match (&edit.old_place, edit.edit) {
                (Some(old), "removed") => format!(" (it was at {old})"),
                _ => String::new(),
            };
            let line = format!("{}: {}{gone}", edit.place, words::edit(edit));
            body.push_str(
                &terminal.paint(Style::Strong, &paragraph(&clean(&line), "    ", terminal)),
            );
        }
        if !cause.also.is_empty() {
            let also = cause.also.iter().filter_map(|&at| diff.edits.get(at));
            let also: Vec<String> = also.map(|edit| edit.place.to_string()).collect();
            let words = format!("  so does, alone, {}", short_list(&also, 4));
            body.push_str(&paragraph(&clean(&words), "    ", terminal));
        }
        body.push_str(&indented(effects_of(&rows), terminal));
    }
    match body.is_empty() {
        true => String::new(),
        false => format!("\n{}\n{body}", terminal.paint(Style::Bad, "Worse")),
    }
}

pub(super) fn effects_of(rows: &[&WorseRow]) -> Vec<String> {
    let effects: Vec<&EffectRow> = rows.iter().map(|row| &row.effect).collect();
    words::effects(&effects, true)
}

/// Cut sets that came or went and are neither worse nor better.
pub(super) fn other_sets(diff: &TopologyDiff) -> Vec<String> {
    let mut found = Vec::new();
    for row in &diff.cut_sets {
        let is_told = |effect: &EffectRow, set: &Vec<String>| {
            effect.subject == row.service && effect.members.as_ref() == Some(set)
        };
        let untold = |sets: &[Vec<String>]| -> Vec<String> {
            let told = |set: &Vec<String>| {
                diff.worse.iter().any(|worse| is_told(&worse.effect, set))
                    || diff.better.iter().any(|better| is_told(better, set))
            };
            sets.iter().filter(|set| !told(set)).map(|set| words::members(set)).collect()
        };
        let (appeared, gone) = (untold(&row.appeared), untold(&row.gone));
        let listed = |sets: &[String]| short_list(sets, 3);
        if !appeared.is_empty() {
            let why = "less sufficed before, or the service is new";
            found.push(format!("{}: {} appeared ({why})", row.service, listed(&appeared)));
        }
        if !gone.is_empty() {
            let why = "less suffices now, or the service is gone";
            found.push(format!("{}: {} gone ({why})", row.service, listed(&gone)));
        }
    }
    found
}

pub(super) fn components(diff: &TopologyDiff) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let renamed = diff.renamed.iter().filter(|row| !row.detail);
    found.extend(renamed.map(|row| format!("renamed {} → {} ({})", row.old, row.new, row.kind)));
    let parts = diff.renamed.iter().filter(|row| row.detail).count();
    if parts > 0 {
        found.push(format!("renamed with them: {}", count(parts, "implied component")));
    }
    for (word, rows) in [("added", &diff.components.added), ("removed", &diff.components.removed)] {
        let row = |row: &ComponentRow| {
            let place = row.place.as_ref().map_or(String::new(), |place| format!(", {place}"));
            format!("{word} {} ({}){place}", row.component, row.kind)
        };
        found.extend(rows.iter().filter(|row| !row.detail).map(row));
        let parts = rows.iter().filter(|row| row.detail).count();
        if parts > 0 {
            found.push(format!("{word} besides: {}", count(parts, "implied component")));
        }
    }
    let changed = diff.components.changed.iter();
    found.extend(changed.map(|row| {
        format!("changed {} ({}): {}", row.component, row.kind, short_list(&row.what, 6))
    }));
    found
}

pub(super) fn requirements(diff: &TopologyDiff) -> Vec<String> {
    let rows = &diff.requirements;
    let mut found = Vec::new();
    for (word, rows) in [("added", &rows.added), ("removed", &rows.removed)] {
        let told = rows.iter().filter(|row| !row.follows);
        found.extend(told.map(|row| format!("{word}: {}", words::requirement(row))));
        let parts = rows.iter().filter(|row| row.follows).count();
        if parts > 0 {
            found.push(format!("{word} besides: {} of those components", parts));
        }
    }
    let changed = rows.changed.iter();
    found.extend(changed.map(|row| format!("changed: {}", words::changed_requirement(row))));
    found
}

fn section(
    title: &str,
    style: Style,
    items: impl IntoIterator<Item = String>,
    terminal: Terminal,
) -> String {
    let body = lines(items, terminal);
    match body.is_empty() {
        true => String::new(),
        false => format!("\n{}\n{body}", terminal.paint(style, title)),
    }
}

fn lines(items: impl IntoIterator<Item = String>, terminal: Terminal) -> String {
    limited(items, MOST, ("    ", ""), terminal)
}

fn indented(items: impl IntoIterator<Item = String>, terminal: Terminal) -> String {
    limited(items, MOST, ("      ", "  "), terminal)
}

fn limited(
    items: impl IntoIterator<Item = String>,
    most: usize,
    (hanging, more): (&str, &str),
    terminal: Terminal,
) -> String {
    let items: Vec<String> = items.into_iter().collect();
    let shown = items.iter().take(most);
    let mut out: String =
        shown.map(|item| paragraph(&format!("{more}{}", clean(item)), hanging, terminal)).collect();
    if items.len() > most {
        let rest = format!("{more}and {} more; --format json has all", items.len() - most);
        out.push_str(&paragraph(&rest, hanging, terminal));
    }
    out
}
