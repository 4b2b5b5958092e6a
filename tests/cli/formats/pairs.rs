//! Pairs of `--format` and `--output`.

use std::fs;

use super::{FILES, Repository, exists};
use crate::{SMALL, run};

#[test]
fn every_pair_writes_what_it_would_write_alone() {
    let repository = Repository::shipped();
    let all = repository.all(&[]);
    for (format, file) in FILES {
        let alone = repository.lint(&["--format", format]);
        assert_eq!(repository.out(file), alone.stdout, "{format}");
        assert_eq!(alone.exit, all.exit, "{format}");
    }
    assert_eq!(all.stdout, repository.lint(&[]).stdout);
    assert_eq!(fs::read_dir(repository.path("out")).unwrap().count(), FILES.len());
}

#[test]
fn an_output_belongs_to_the_format_before_it() {
    let repository = Repository::with("t.yaml", SMALL);
    let path = |name: &str| repository.path(name).display().to_string();
    let (a, b) = (path("out/a"), path("out/b"));
    let run = repository
        .lint(&["--format", "csv", "-o", &a, "--format", "text", "--format", "json", "-o", &b]);
    assert_eq!(run.exit, 1);
    assert!(repository.out("a").starts_with("state,") && repository.out("b").starts_with('{'));
    assert!(run.stdout.contains("\n1 topology: "), "{}", run.stdout);
    // Of one each, the order says nothing; without a format it is text.
    repository.lint(&["-o", &a, "--format", "json"]);
    assert!(repository.out("a").starts_with('{'));
    repository.lint(&["-o", &a]);
    assert!(repository.out("a").contains("\n1 topology: "));
}

#[test]
fn what_could_be_meant_in_two_ways_is_refused() {
    let repository = Repository::with("t.yaml", SMALL);
    let path = |name: &str| repository.path(name).display().to_string();
    let (a, b, same) = (path("out/a"), path("out/b"), path("out/../out/a"));
    for (args, words) in [
        (&["--format", "json", "--format", "text"][..], "json and text would both go"),
        (&["--format", "json", "--format", "json"], "standard output"),
        (&["--format", "json", "-o", &a, "--format", "csv", "-o", &a], "two formats"),
        (&["--format", "json", "-o", &a, "--format", "csv", "-o", &same], "two formats"),
        (&["--format", "json", "-o", &a, "-o", &b], "has no --format before it"),
        (&["-o", &a, "-o", &b], "has no --format before it"),
        (&["-o", &a, "--format", "json", "--format", "csv", "-o", &b], "has no --format before"),
        (&["--format", "yaml"], "invalid value"),
    ] {
        let run = repository.lint(args);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(!exists(&repository.path("out/a")), "{args:?}");
    }
    let report = run(&["report", "-", "--format", "sarif"], SMALL.as_bytes());
    assert_eq!(report.exit, 2);
    assert!(report.stderr.contains("text, json, markdown, csv or html"), "{}", report.stderr);
}

#[test]
fn a_report_takes_pairs_too() {
    let repository = Repository::with("t.yaml", SMALL);
    let path = |name: &str| repository.path(name).display().to_string();
    let (topology, a, b) = (path("t.yaml"), path("out/a.md"), path("out/b.csv"));
    let run = run(
        &[
            "report", &topology, "--format", "markdown", "-o", &a, "--format", "csv", "-o", &b,
            "--format", "json",
        ],
        b"",
    );
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with('{') && repository.out("a.md").starts_with("# Failure scopes"));
    assert!(repository.out("b.csv").starts_with("component,"));
}

#[test]
fn an_output_that_cannot_be_written_is_no_pass() {
    let repository = Repository::with("t.yaml", "failscope: 1\nservers: [A]\n");
    let missing = repository.path("missing/out.json").display().to_string();
    let run = repository.lint(&["--format", "json", "-o", &missing]);
    assert_eq!(run.exit, 2);
    assert!(run.stderr.contains("cannot write"), "{}", run.stderr);
}
