//! The verdict as a comment on a pull request: clauses first, the scope tables folded.

use super::{ClauseRow, GateReport, ReasonRow, TopologyRow, verdict};
use crate::report::markdown::{self, escape};

pub fn markdown(report: &GateReport) -> String {
    let mut out = format!("# failscope gate: {}\n", verdict(report.verdict));
    for topology in &report.topologies {
        out.push_str(&of_topology(topology));
    }
    if !report.unmatched.is_empty() {
        out.push_str("\n## Clauses that concern no topology\n\n");
        out.push_str(&clauses(&report.unmatched));
    }
    for old in &report.gone {
        out.push_str(&format!("\n**Gone:** {} is not there any more\n", escape(old)));
    }
    for reason in &report.unread {
        out.push_str(&format!("\n**Not read:** {}\n", escape(reason)));
    }
    if let Some(baseline) = report.baseline.as_ref().filter(|b| !b.stale.is_empty()) {
        out.push_str(&format!("\n## No longer true in {}\n\n", escape(&baseline.file)));
        for stale in &baseline.stale {
            out.push_str(&format!("- {}: {}\n", escape(&stale.topology), escape(&stale.entry)));
        }
    }
    out
}

fn of_topology(topology: &TopologyRow) -> String {
    let against =
        topology.against.as_ref().map_or(String::new(), |old| format!(" against {}", escape(old)));
    let file = escape(&topology.file);
    let mut out = format!("\n## {file}{against}: {}\n\n", verdict(topology.verdict));
    for problem in &topology.problems {
        out.push_str(&reason(problem, ""));
    }
    out.push_str(&clauses(&topology.clauses));
    if let Some(scopes) = &topology.scopes {
        let table = markdown::render(scopes);
        // What follows the tag is Markdown again only after an empty line.
        out.push_str(&format!(
            "\n<details><summary>Failure scopes</summary>\n\n{table}\n</details>\n"
        ));
    }
    out
}

fn clauses(clauses: &[ClauseRow]) -> String {
    let mut out = String::new();
    for clause in clauses {
        let place = clause.place.as_ref().map_or("default".to_owned(), ToString::to_string);
        out.push_str(&format!(
            "- **{}**: {} ({})\n",
            verdict(clause.verdict),
            escape(&clause.clause),
            escape(&place)
        ));
        for one in &clause.reasons {
            out.push_str(&reason(one, "  "));
        }
    }
    out
}

fn reason(row: &ReasonRow, indent: &str) -> String {
    let place = row.place.as_ref().map_or(String::new(), |place| format!("{place}: "));
    let mut out = format!("{indent}- {}{}\n", escape(&place), escape(&row.what));
    for because in &row.because {
        let place = escape(&because.place.to_string());
        out.push_str(&format!("{indent}  - because of {place}: {}\n", escape(&because.edit)));
    }
    out.push_str(&format!("{indent}  - to pass: {}\n", escape(&row.remedy)));
    out
}
