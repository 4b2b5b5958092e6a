//! Fixes over everything there is: each rule's examples and every shipped topology. A fix
//! makes nothing worse, loses no comment, and is made once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use failscope::analysis::{Analysis, WORK_LIMIT};
use failscope::diagnostic::Severity;
use failscope::expand::expand;
use failscope::input::{self, Limits};
use failscope::rules::{self, Finding, Rule};
use failscope::source::SourceMap;

use crate::program::run;
use crate::shipped::{root, yaml_files};

/// What proposes, and what the examples of the rules leave too little for.
const MANY: &str = "failscope: 1
servers: [A, B]
load_balancers: { L: { kind: nlb, members: [A, B] } }
biztalk:
  servers: [A, B]
  hosts:
    One: { instances: [A] }
    Nowhere:
    Http: { type: isolated, instances: [A, B] }
    Soap: { type: isolated, instances: [A, B] }
    Wcf: { type: isolated, instances: [A, B] }
    Tcp: { instances: [A, B] }
    Track: { tracking: true, instances: [A] }
  receive_locations:
    InHttp: { adapter: HTTP, host: Http }
    InSoap: { adapter: SOAP, host: Soap }
    InWcf: { adapter: WCF-BasicHttp, host: Wcf }
    InTcp: { adapter: WCF-NetTcp, host: Tcp }
  orchestrations:
    Orders: { host: One }
    Bills: { host: Nowhere }
";

/// Every topology to try, by what it is called in a message.
fn topologies() -> Vec<(String, String)> {
    let examples =
        rules::all().flat_map(|rule| [("bad", rule, rule.bad), ("good", rule, rule.good)]);
    let mut all: Vec<(String, String)> = examples
        .map(|(which, rule, text)| (format!("{which} {}", rule.id), text.to_owned()))
        .collect();
    let shipped = yaml_files(&root().join("topologies"));
    for path in shipped {
        let text = fs::read_to_string(&path).unwrap();
        // A topology by itself: no project file, no rules, and nothing below it.
        if text.lines().any(|line| line.starts_with("failscope:")) && !text.contains("\nextends:") {
            all.push((path.display().to_string(), text));
        }
    }
    all.push(("many".to_owned(), MANY.to_owned()));
    all
}

/// What all rules find together; `None` if the text is no topology.
fn found(text: &str) -> Option<Vec<Finding>> {
    judged(text, |found| found(rules::all().collect()))
}

/// Gives what a set of rules finds to `ask`, as often as it wants.
fn judged<T>(
    text: &str,
    ask: impl Fn(&dyn Fn(Vec<&'static Rule>) -> Vec<Finding>) -> T,
) -> Option<T> {
    let mut sources = SourceMap::new();
    let file = sources.add("t.yaml", text);
    let mut load = |_: &Path, _: &mut SourceMap| Err("alone".to_owned());
    let topology = input::read(&mut sources, file, &Limits::default(), &mut load).topology?;
    let expansion = expand(&topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    Some(ask(&|rules| rules::run(rules, &topology, &expansion, &analysis).findings))
}

/// Rule and subject of what is found from this severity on.
fn from(severity: Severity, findings: &[Finding]) -> BTreeSet<(String, String)> {
    let found = findings.iter().filter(|finding| finding.severity >= severity);
    found.map(|finding| (finding.rule.id().to_owned(), finding.subject.clone())).collect()
}

/// The text after `--fix`, and what was fixed.
fn fixed(text: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.yaml");
    fs::write(&path, text).unwrap();
    let said = run(&["lint", "--fix", "--no-config", path.to_str().unwrap()]).stderr;
    let fixes = said.lines().filter_map(|line| Some(line.split_once(": fixed ")?.1));
    (fs::read_to_string(&path).unwrap(), fixes.map(ToOwned::to_owned).collect())
}

/// The same with a comment behind every line that can carry one.
fn commented(text: &str) -> String {
    let lines = text.lines().enumerate();
    lines.map(|(at, line)| format!("{line}   # line {at}.\n")).collect()
}

fn comments(text: &str) -> Vec<&str> {
    text.split("# line ").skip(1).filter_map(|rest| Some(rest.split_once('.')?.0)).collect()
}

#[test]
fn a_fix_makes_nothing_worse_loses_no_comment_and_is_made_once() {
    let (mut fixes, mut with_comments) = (BTreeMap::new(), 0);
    for (name, text) in topologies() {
        let before = found(&text).unwrap_or_else(|| panic!("{name} is no topology"));
        let (after, made) = fixed(&text);
        assert_eq!(made.is_empty(), after == text, "{name}: {made:?}");
        let left = found(&after).unwrap_or_else(|| panic!("{name} cannot be read:\n{after}"));
        let (errors, errors_left) = (from(Severity::Error, &before), from(Severity::Error, &left));
        assert!(errors_left.is_subset(&errors), "{name}: {errors_left:?}\n{after}");
        if errors == errors_left {
            let warnings_left = from(Severity::Warning, &left);
            assert!(warnings_left.is_subset(&from(Severity::Warning, &before)), "{name}\n{after}");
        }
        assert_eq!(fixed(&after), (after.clone(), Vec::new()), "{name} is fixed twice");
        for fix in &made {
            *fixes.entry(fix.split(':').next().unwrap().to_owned()).or_insert(0) += 1;
        }
        if made.is_empty() || found(&commented(&text)).is_none() {
            continue;
        }
        let (kept, made_again) = fixed(&commented(&text));
        assert_eq!(comments(&kept), comments(&commented(&text)), "{name}\n{kept}");
        assert_eq!(made_again, made, "{name}: comments change nothing");
        with_comments += 1;
    }
    // What is tried above must be worth the name.
    let kinds: Vec<&str> = fixes.keys().map(String::as_str).collect();
    for kind in ["BTS002", "BTS101", "BTS308", "BTS304"] {
        assert!(kinds.contains(&kind), "{kind} is fixed nowhere, only {kinds:?}");
    }
    assert!(with_comments > 20, "only {with_comments} topologies with comments were fixed");
}

#[test]
fn the_rules_that_propose_are_the_ones_that_say_so() {
    let mut proposing = BTreeSet::new();
    for (_, text) in topologies() {
        // Each alone: a headline of another rule would hide what it proposes.
        let alone = judged(&text, |found| {
            let proposes = |f: &Finding| !f.proposals.is_empty();
            let rules = rules::all().filter(|rule| found(vec![*rule]).iter().any(proposes));
            rules.map(|rule| rule.id).collect::<Vec<_>>()
        });
        proposing.extend(alone.unwrap());
    }
    let listed: BTreeSet<&str> =
        rules::all().map(|rule| rule.id).filter(|id| rules::proposes(id)).collect();
    assert_eq!(proposing, listed);
}
