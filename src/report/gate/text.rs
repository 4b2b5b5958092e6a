//! The verdict for a terminal.

use super::{BaselineRow, ClauseRow, GateReport, ReasonRow, TopologyRow, verdict};
use crate::gate::Verdict;
use crate::report::terminal::{Style, Terminal};
use crate::report::text::paragraph;
use crate::text::{clean, count};

/// Reasons of one clause that are shown; the JSON form has all.
const MOST: usize = 12;

pub fn text(report: &GateReport, terminal: Terminal) -> String {
    let mut out = String::new();
    for topology in &report.topologies {
        out.push_str(&of_topology(topology, terminal));
    }
    for clause in &report.unmatched {
        out.push_str(&of_clause(clause, terminal));
    }
    for old in &report.gone {
        let words = format!("gone: {} is not there any more", clean(old));
        out.push_str(&terminal.paint(Style::Warn, &paragraph(&words, "    ", terminal)));
    }
    if let Some(baseline) = &report.baseline {
        out.push_str(&of_baseline(baseline, terminal));
    }
    let word = format!("gate: {}", verdict(report.verdict));
    out.push_str(&format!("{}\n", terminal.paint(style(report.verdict), &word)));
    out
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => Style::Good,
        Verdict::Fail => Style::Bad,
        Verdict::CannotDecide => Style::Warn,
    }
}

fn of_topology(topology: &TopologyRow, terminal: Terminal) -> String {
    let against = topology.against.as_ref().map_or(String::new(), |old| format!(" against {old}"));
    let suppressed = match topology.suppressed {
        0 => String::new(),
        number => format!(", {number} suppressed"),
    };
    let head = format!("{}{against}{suppressed}", topology.file);
    let mut out = format!("{}\n", terminal.paint(Style::Strong, &clean(&head)));
    for problem in &topology.problems {
        out.push_str(&of_reason(problem, terminal));
    }
    for clause in &topology.clauses {
        out.push_str(&of_clause(clause, terminal));
    }
    out.push('\n');
    out
}

fn of_clause(clause: &ClauseRow, terminal: Terminal) -> String {
    let place = match &clause.place {
        Some(place) => format!(" ({place})"),
        None => " (default)".to_owned(),
    };
    let words = format!("{}: {}{place}", verdict(clause.verdict), clean(&clause.clause));
    let head = paragraph(&words, "    ", terminal);
    let mut out = terminal.paint(style(clause.verdict), head.trim_end_matches('\n'));
    out.push('\n');
    for group in by_edit(&clause.reasons).iter().take(MOST) {
        out.push_str(&of_group(group, terminal));
    }
    let groups = by_edit(&clause.reasons).len();
    if groups > MOST {
        let rest = format!("    and {} more; --format json has all", groups - MOST);
        out.push_str(&paragraph(&rest, "      ", terminal));
    }
    out
}

/// Reasons that the same edits have, told with them once.
pub(super) fn by_edit(reasons: &[ReasonRow]) -> Vec<Vec<&ReasonRow>> {
    let mut groups: Vec<Vec<&ReasonRow>> = Vec::new();
    for reason in reasons {
        let same = |group: &&mut Vec<&ReasonRow>| {
            !reason.because.is_empty()
                && group.first().is_some_and(|first| {
                    first.because == reason.because && first.remedy == reason.remedy
                })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(reason),
            None => groups.push(vec![reason]),
        }
    }
    groups
}

fn of_group(group: &[&ReasonRow], terminal: Terminal) -> String {
    let Some((first, rest)) = group.split_first() else { return String::new() };
    if rest.is_empty() {
        return of_reason(first, terminal);
    }
    let mut out = because(first, terminal);
    for reason in group.iter().take(MOST) {
        out.push_str(&paragraph(&format!("      {}", clean(&reason.what)), "        ", terminal));
    }
    if group.len() > MOST {
        let more = format!("      and {} more", group.len() - MOST);
        out.push_str(&paragraph(&more, "        ", terminal));
    }
    out.push_str(&remedy(first, terminal));
    out
}

fn of_reason(reason: &ReasonRow, terminal: Terminal) -> String {
    let place = reason.place.as_ref().map_or(String::new(), |place| format!("{place}: "));
    let line = format!("  {}{}", clean(&place), clean(&reason.what));
    let mut out = paragraph(&line, "      ", terminal);
    out.push_str(&because(reason, terminal));
    out.push_str(&remedy(reason, terminal));
    out
}

fn because(reason: &ReasonRow, terminal: Terminal) -> String {
    let line = |row: &super::BecauseRow| {
        let words = format!("    because of {}: {}", row.place, row.edit);
        paragraph(&clean(&words), "        ", terminal)
    };
    reason.because.iter().map(line).collect()
}

fn remedy(reason: &ReasonRow, terminal: Terminal) -> String {
    paragraph(&format!("    to pass: {}", clean(&reason.remedy)), "        ", terminal)
}

fn of_baseline(baseline: &BaselineRow, terminal: Terminal) -> String {
    let mut out = String::new();
    if baseline.added > 0 {
        let entries = match baseline.added {
            1 => "1 entry".to_owned(),
            n => format!("{n} entries"),
        };
        let line = format!("{}: {entries} added", baseline.file);
        out.push_str(&paragraph(&clean(&line), "  ", terminal));
    }
    for stale in baseline.stale.iter().take(MOST) {
        let place = stale.place.as_ref().map_or(baseline.file.clone(), ToString::to_string);
        let done = if baseline.written { ", removed" } else { "" };
        let line = format!("{place}: no longer true of {}{done}: {}", stale.topology, stale.entry);
        out.push_str(&paragraph(&clean(&line), "  ", terminal));
    }
    if baseline.stale.len() > MOST {
        let more = count(baseline.stale.len() - MOST, "more stale line");
        out.push_str(&paragraph(&format!("and {more}"), "  ", terminal));
    }
    out
}
