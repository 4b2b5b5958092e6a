//! Workflow commands, by a small model of the runner that reads them.

use std::collections::BTreeMap;
use std::fs;

use super::{HOSTILE_NAME, Repository, hostile, list};

struct Annotation {
    command: String,
    properties: BTreeMap<String, String>,
    message: String,
}

/// As the runner does it: `::command key=value,key=value::message`, then unescaped.
fn annotations(text: &str) -> Vec<Annotation> {
    let mut found = Vec::new();
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("::") else { continue };
        let (head, message) = rest.split_once("::").unwrap();
        let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
        let properties = properties.split(',').map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            (key.to_owned(), unescape(value, &[("%3A", ":"), ("%2C", ",")]))
        });
        found.push(Annotation {
            command: command.to_owned(),
            properties: properties.collect(),
            message: unescape(message, &[]),
        });
    }
    found
}

fn unescape(text: &str, more: &[(&str, &str)]) -> String {
    let mut text = text.replace("%0D", "\r").replace("%0A", "\n");
    for (escaped, plain) in more {
        text = text.replace(escaped, plain);
    }
    text.replace("%25", "%")
}

fn summary_of(repository: &Repository, more: &[&str]) -> (String, String) {
    let path = repository.path("out/summary.md");
    let given = ["--format", "github", "--step-summary", path.to_str().unwrap()];
    let run = repository.lint(&[&given, more].concat());
    (run.stdout, fs::read_to_string(path).unwrap_or_default())
}

#[test]
fn the_ten_worst_are_annotated_and_the_summary_has_all() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let json = repository.json();
    let findings = list(&json, "findings");
    assert!(findings.len() > 10);
    let (stdout, summary) = summary_of(&repository, &[]);
    let found = annotations(&stdout);
    assert_eq!(found.len(), 10);
    let rank = |command: &str| ["error", "warning", "notice"].iter().position(|c| *c == command);
    assert!(found.iter().map(|one| rank(&one.command).unwrap()).is_sorted());
    for one in &found {
        let of = findings.iter().find(|finding| {
            let place = &finding["place"];
            one.properties["file"] == place["file"].as_str().unwrap()
                && one.properties["line"].parse().ok() == place["line"].as_u64()
                && one.message.starts_with(finding["message"].as_str().unwrap())
                && one.properties["title"].starts_with(finding["rule"].as_str().unwrap())
        });
        assert!(of.is_some(), "{}", one.message);
    }
    for finding in findings {
        let row = format!(
            "| {} {} |",
            finding["rule"].as_str().unwrap(),
            finding["name"].as_str().unwrap()
        );
        assert!(summary.contains(&row), "{row}");
    }
}

#[test]
fn a_summary_is_added_to_what_is_there() {
    let repository = Repository::shipped();
    repository.add("out/summary.md", "# Build\n");
    let (_, summary) = summary_of(&repository, &[]);
    assert!(summary.starts_with("# Build\n## failscope: failed\n"), "{summary}");
    let run = repository.lint(&["--format", "json", "--step-summary", "nowhere/summary.md"]);
    assert_eq!(run.exit, 1, "without the format there is no summary: {}", run.stderr);
}

#[test]
fn a_name_cannot_be_a_command_or_a_property() {
    let repository = Repository::with("a, b%3A.yaml", &hostile());
    let (stdout, _) = summary_of(&repository, &[]);
    let found = annotations(&stdout);
    assert!(!found.is_empty());
    assert!(found.iter().any(|one| one.message.contains(HOSTILE_NAME)), "{stdout}");
    for one in &found {
        assert_eq!(one.properties["file"], "a, b%3A.yaml");
        let keys: Vec<&str> = one.properties.keys().map(String::as_str).collect();
        let known = ["col", "endColumn", "endLine", "file", "line", "title"];
        assert!(keys.iter().all(|key| known.contains(key)), "{keys:?}");
    }
    let lines = stdout.lines().filter(|line| line.starts_with("::"));
    assert_eq!(lines.count(), found.len());
}

#[test]
fn what_could_not_be_decided_is_an_error_without_a_line() {
    let repository = Repository::with("a.yaml", "\0");
    let (stdout, summary) = summary_of(&repository, &[]);
    let found = annotations(&stdout);
    assert_eq!((found.len(), found[0].command.as_str()), (1, "error"));
    assert!(found[0].message.contains("a.yaml"));
    assert!(summary.starts_with("## failscope: could not decide\n"), "{summary}");
}
