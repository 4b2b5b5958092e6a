//! The diff as Markdown, fit for a comment on a pull request.

use super::super::markdown::escape;
use super::text::{
    REST, by_cause, cause_words, components, drift, effects_of, other_sets, requirements,
    topologies,
};
use super::{DiffReport, EffectRow, TopologyDiff, words};

pub fn markdown(report: &DiffReport) -> String {
    let mut out = format!("# Changes from {} to {}\n", escape(&report.old), escape(&report.new));
    for (word, names) in [("added", &report.added), ("removed", &report.removed)] {
        let line = |name: &String| format!("- topology {} {word}\n", escape(name));
        let lines: String = names.iter().map(line).collect();
        if !lines.is_empty() {
            out.push_str(&format!("\n{lines}"));
        }
    }
    let is_folder = report.topologies.len() != 1;
    let same = report.topologies.iter().filter(|topology| topology.same).count();
    if is_folder && same > 0 {
        out.push_str(&format!("\nThe same: {}.\n", topologies(same)));
    }
    for topology in report.topologies.iter().filter(|topology| !(is_folder && topology.same)) {
        if is_folder {
            out.push_str(&format!("\n# {}\n", escape(&topology.new)));
        }
        out.push_str(&of_topology(topology));
    }
    out
}

fn of_topology(diff: &TopologyDiff) -> String {
    if diff.same {
        return "\nNothing differs.\n".to_owned();
    }
    let mut out = drift_section(diff);
    out.push_str(&worse(diff));
    let better: Vec<&EffectRow> = diff.better.iter().collect();
    out.push_str(&bullets("Better", words::effects(&better, false)));
    out.push_str(&bullets("Cut sets besides", other_sets(diff)));
    out.push_str(&bullets("Components", components(diff)));
    out.push_str(&bullets("Requirements", requirements(diff)));
    let untold = diff.edits.iter().filter(|edit| !edit.told);
    out.push_str(&bullets(
        "Other edits",
        untold.map(|edit| format!("{}: {}", edit.place, words::edit(edit))),
    ));
    out.push_str(&bullets("Left open now", diff.left_open.iter().cloned()));
    out.push_str(&bullets("Unknown", diff.unknown.iter().cloned()));
    out
}

fn drift_section(diff: &TopologyDiff) -> String {
    let mut out = String::new();
    for (heading, items) in drift(diff) {
        out.push_str(&format!("- {}\n", escape(&heading)));
        for item in items {
            out.push_str(&format!("  - {}\n", escape(&item)));
        }
    }
    match out.is_empty() {
        true => out,
        false => format!("\n## Drift\n\n{out}\n{REST}:\n"),
    }
}

fn worse(diff: &TopologyDiff) -> String {
    let mut out = String::new();
    for (cause, rows) in by_cause(diff) {
        let edits = cause.because.iter().filter_map(|&at| diff.edits.get(at));
        let edits: Vec<String> = edits
            .map(|edit| {
                format!("**{}** {}", escape(&edit.place.to_string()), escape(&words::edit(edit)))
            })
            .collect();
        let words = cause_words(cause).map_or(String::new(), |words| format!("{words} "));
        out.push_str(&format!("- {words}{}\n", edits.join("; ")));
        for line in effects_of(&rows) {
            out.push_str(&format!("  - {}\n", escape(&line)));
        }
    }
    match out.is_empty() {
        true => out,
        false => format!("\n## Worse\n\n{out}"),
    }
}

fn bullets(title: &str, items: impl IntoIterator<Item = String>) -> String {
    let lines: String = items.into_iter().map(|item| format!("- {}\n", escape(&item))).collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\n## {title}\n\n{lines}"),
    }
}
