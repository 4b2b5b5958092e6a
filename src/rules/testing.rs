//! One rule alone over one topology.

use super::{Finding, Rule};
use crate::analysis::{Analysis, WORK_LIMIT};
use crate::expand::expand;
use crate::input::{self, Limits};
use crate::source::SourceMap;

/// What the rule alone finds, with the line of each finding.
pub(super) fn findings(rule: &'static Rule, yaml: &str) -> Vec<(usize, Finding)> {
    let mut sources = SourceMap::new();
    let file = sources.add("example.yaml", yaml);
    let reading = input::read(&mut sources, file, &Limits::default(), &mut |_, _| {
        Err("examples include nothing".to_owned())
    });
    let messages: Vec<_> = reading.diagnostics.iter().map(|d| d.message.clone()).collect();
    let topology = reading.topology.unwrap_or_else(|| panic!("{}: {messages:?}", rule.id));
    let expansion = expand(&topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    super::run([&rule], &topology, &expansion, &analysis)
        .into_iter()
        .map(|finding| (sources.locate(finding.primary.span).place.line, finding))
        .collect()
}

#[test]
fn every_rule_fires_on_its_bad_example_alone_and_is_silent_on_its_good_one() {
    for rule in super::all() {
        let marked: Vec<usize> = rule
            .bad
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("# <-"))
            .map(|(index, _)| index + 1)
            .collect();
        assert!(!marked.is_empty(), "{}: the bad example marks no line", rule.id);
        let lines: Vec<usize> = findings(rule, rule.bad).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, marked, "{} on its bad example", rule.id);
        let good = findings(rule, rule.good);
        let messages: Vec<&str> = good.iter().map(|(_, f)| f.message.as_str()).collect();
        assert!(good.is_empty(), "{} on its good example: {messages:?}", rule.id);
    }
}

#[test]
fn rules_are_described_completely_and_listed_in_order() {
    let mut last = "";
    for rule in super::all() {
        assert!(rule.id > last, "{} after {last}", rule.id);
        last = rule.id;
        for (what, text) in [("summary", rule.summary), ("why", rule.why), ("fix", rule.fix)] {
            assert!(!text.is_empty(), "{}: no {what}", rule.id);
            assert!(!text.contains("  "), "{}: {what} has a double space", rule.id);
        }
        assert!(!rule.sources.is_empty(), "{}: no source", rule.id);
        for source in rule.sources {
            let prefix = source.split('/').next().unwrap_or("");
            assert!(["C", "T", "I", "A", "H", "E", "R"].contains(&prefix), "{}: {source}", rule.id);
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.name.chars().all(plain), "{}: {}", rule.id, rule.name);
    }
}
