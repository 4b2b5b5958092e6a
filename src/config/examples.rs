//! The examples of rules, run as a user's file is run: the bad one must draw a finding on
//! each line that is marked `# <-` and on no other, the good one none.

use crate::analysis::{Analysis, WORK_LIMIT};
use crate::expand::expand;
use crate::input::{self, Limits};
use crate::rules::{self, AnyRule};
use crate::source::{SourceMap, Span};
use crate::text;

/// Marks the line of an expected finding.
const MARK: &str = "# <-";

/// What is wrong with the examples of a rule; nothing if they show what they should.
pub fn wrong(rule: &AnyRule) -> Vec<String> {
    let about = rule.about();
    let mut wrong = Vec::new();
    for (which, yaml) in [("bad", about.bad), ("good", about.good)] {
        if yaml.trim().is_empty() {
            wrong.push(format!("there is no `{which}` example"));
            continue;
        }
        let marked = marked(yaml);
        match lines(rule, yaml) {
            Err(reason) => wrong.push(format!("the {which} example cannot be judged: {reason}")),
            Ok(_) if which == "bad" && marked.is_empty() => {
                wrong.push(format!("the bad example marks no line with `{MARK}`"));
            }
            Ok(found) => wrong.extend(differences(which, &marked, &found)),
        }
    }
    wrong
}

fn marked(yaml: &str) -> Vec<usize> {
    let lines = yaml.lines().enumerate().filter(|(_, line)| line.contains(MARK));
    lines.map(|(index, _)| index + 1).collect()
}

/// Lines and messages of what the rule alone finds, in order.
fn lines(rule: &AnyRule, yaml: &str) -> Result<Vec<(usize, String)>, String> {
    let mut sources = SourceMap::new();
    let file = sources.add("example.yaml", yaml);
    let reading = input::read(&mut sources, file, &Limits::default(), &mut |_, _| {
        Err("examples include nothing".to_owned())
    });
    let place = |span: Span| sources.locate(span).place.line;
    let problem = reading.diagnostics.first();
    let Some(topology) = reading.topology else {
        let said = problem.map(|p| format!("line {}: {}", place(p.primary.span), p.message));
        return Err(said.unwrap_or_default());
    };
    let expansion = expand(&topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).map_err(|e| e.to_string())?;
    let outcome = rules::run([rule.clone()], &topology, &expansion, &analysis);
    match outcome.problems.first() {
        Some(problem) => Err(problem.message.clone()),
        None => {
            let found = outcome.findings.into_iter();
            Ok(found.map(|found| (place(found.primary.span), found.message)).collect())
        }
    }
}

fn differences(which: &str, marked: &[usize], found: &[(usize, String)]) -> Vec<String> {
    let mut missed = marked.to_vec();
    let mut wrong = Vec::new();
    for (line, message) in found {
        match missed.iter().position(|marked| marked == line) {
            Some(at) => {
                missed.remove(at);
            }
            None => wrong.push(format!(
                "the {which} example draws this in line {line}, which is not marked: {}",
                text::shortened(message)
            )),
        }
    }
    wrong.extend(
        missed.into_iter().map(|line| {
            format!("the {which} example draws nothing in line {line}, which is marked")
        }),
    );
    wrong
}
