//! JSON by its schema, CSV by a CSV reader.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Repository, assert_valid, hostile, list, validator};
use crate::{SMALL, root, run, yaml_files};

#[test]
fn the_findings_keep_to_their_schema() {
    let schema = validator("schemas/findings.schema.json");
    let repository = Repository::shipped();
    for more in [&[][..], &["--no-suppressions"], &["--fail-on", "never"]] {
        repository.all(more);
        assert_valid(&schema, &repository.json());
    }
    for text in [&hostile(), "failscope: 1\nx: y\n", "\0", "failscope: 1\nservers: [A]\n"] {
        let repository = Repository::with("t.yaml", text);
        repository.all(&[]);
        assert_valid(&schema, &repository.json());
    }
    let fixtures = root().join("tests/fixtures").display().to_string();
    let run = run(&["lint", &fixtures, "--format", "json"], b"");
    assert_valid(&schema, &serde_json::from_str(&run.stdout).unwrap());
}

#[test]
fn pictures_as_data_keep_to_theirs() {
    let schema = validator("schemas/graph.schema.json");
    for more in [&[][..], &["--detail"], &["--impact", "SAN01"], &["--only", "functions,data"]] {
        let args: Vec<&str> =
            ["graph", "-", "--format", "json"].iter().chain(more).copied().collect();
        let run = run(&args, SMALL.as_bytes());
        assert_eq!(run.exit, 0, "{}", run.stderr);
        assert_valid(&schema, &serde_json::from_str(&run.stdout).unwrap());
    }
}

#[test]
fn the_reports_keep_to_theirs() {
    let schema = validator("schemas/report.schema.json");
    for path in yaml_files(&root().join("topologies")) {
        let run = run(&["report", path.to_str().unwrap(), "--format", "json", "--all"], b"");
        assert_valid(&schema, &serde_json::from_str(&run.stdout).unwrap());
    }
}

#[test]
fn a_finding_says_all_there_is() {
    let repository = Repository::with("plans/t.yaml", SMALL);
    repository.all(&["--only", "BTS106"]);
    let json = repository.json();
    let finding = &list(&json, "findings")[0];
    for (pointer, value) in [
        ("/rule", "BTS106"),
        ("/name", "ftp-concurrent-instances"),
        ("/severity", "error"),
        ("/tier", "T1"),
        ("/subject", "Receive"),
        ("/kind", "host"),
        ("/topology", "plans/t.yaml"),
        ("/place/file", "plans/t.yaml"),
        ("/place/text", "two readers fetch the same files"),
        ("/related/0/text", "active here"),
    ] {
        assert_eq!(finding.pointer(pointer).and_then(Value::as_str), Some(value), "{pointer}");
    }
    // Line 54 holds `OrdersFtp: { adapter: FTP`, the adapter in columns 27 to 29.
    let place = &finding["place"];
    let numbers =
        ["line", "column", "end_line", "end_column"].map(|key| place[key].as_u64().unwrap());
    assert_eq!(numbers, [54, 27, 54, 30]);
    assert_eq!(list(finding, "related").len(), 2);
    assert!(
        finding["sources"][0]
            .as_str()
            .unwrap()
            .starts_with("MicrosoftDocs/biztalk-docs: biztalk/core/")
    );
    assert!(finding["why"].is_string() && finding["help"].is_string());
    let path: Vec<&str> =
        list(finding, "path").iter().map(|s| s["component"].as_str().unwrap()).collect();
    assert_eq!((path.first(), path.last()), (Some(&"Receive"), Some(&"OrdersFtp")));
}

#[test]
fn a_finding_names_the_rules_that_it_stands_for() {
    // One reader of FTP that must be clustered: that it is one instance is no second finding.
    let yaml = "failscope: 1\nservers: [A, B]\nbiztalk:\n  servers: [A, B]\n  hosts:\n    H: { instances: [A] }\n  \
                receive_locations:\n    In: { host: H, adapter: FTP }\n";
    let repository = Repository::with("t.yaml", yaml);
    repository.all(&[]);
    let json = repository.json();
    let head = list(&json, "findings").iter().find(|finding| finding["rule"] == "BTS104").unwrap();
    assert_eq!(head["stands_for"], serde_json::json!(["BTS002"]));
    assert!(list(&json, "findings").iter().all(|finding| finding["rule"] != "BTS002"));
}

#[test]
fn what_is_suppressed_comes_with_the_words_of_its_waiver() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let json = repository.json();
    let of = |rule: &str| {
        let found = list(&json, "suppressed").iter().find(|one| one["finding"]["rule"] == rule);
        found.unwrap_or_else(|| panic!("{rule}"))["waiver"].clone()
    };
    let in_file = of("BTS106");
    assert_eq!(in_file["reason"], "the partner locks a file while it is read");
    assert_eq!(
        (&in_file["owner"], &in_file["until"]),
        (&"Integration team".into(), &"2026-10-31".into())
    );
    assert_eq!(in_file["place"]["file"], "the plans/governance/failscope.yaml");
    let in_comment = of("BTS909");
    assert_eq!(in_comment["reason"], "the second site opens in the spring");
    assert_eq!((&in_comment["owner"], &in_comment["until"]), (&Value::Null, &"2027-06-30".into()));
    assert_eq!(in_comment["place"]["file"], "the plans/governance/order-hub.yaml");
}

#[test]
fn json_says_whether_it_is_decided() {
    for (text, verdict, decided, exit) in [
        ("failscope: 1\nservers: [A]\n", "passed", true, 0),
        (SMALL, "failed", true, 1),
        ("failscope: 1\nx: y\n", "undecided", false, 2),
        ("\0", "undecided", false, 2),
    ] {
        let repository = Repository::with("t.yaml", text);
        assert_eq!(repository.all(&[]).exit, exit);
        let json = repository.json();
        assert_eq!((&json["verdict"], &json["decided"]), (&verdict.into(), &decided.into()));
    }
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

#[test]
fn every_finding_is_a_row_of_the_same_width() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let rows = rows(&repository.out("findings.csv"));
    let states: BTreeSet<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["found", "suppressed"]);
    let json = repository.json();
    assert_eq!(rows.len(), list(&json, "findings").len() + list(&json, "suppressed").len());
}

#[test]
fn no_cell_is_a_formula_and_no_failure_is_an_empty_table() {
    let repository = Repository::with("t.yaml", &hostile());
    repository.all(&[]);
    for row in rows(&repository.out("findings.csv")) {
        for cell in &row {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    let repository = Repository::with("t.yaml", "\0");
    assert_eq!(repository.all(&[]).exit, 2);
    assert_eq!(&rows(&repository.out("findings.csv"))[0][0], "unreadable");
}
