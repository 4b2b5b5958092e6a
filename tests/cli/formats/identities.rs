//! Who a finding is: the same in every format, wherever it stands in the file.

use std::collections::BTreeSet;

use proptest::prelude::*;
use roxmltree::Document;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Repository, list, strings};
use crate::{SMALL, root, run, yaml_files};

fn identities(text: &str) -> BTreeSet<String> {
    let run = run(&["lint", "-", "--no-config", "--format", "json"], text.as_bytes());
    assert!(run.exit < 2, "{}", run.all());
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = list(&json, "findings");
    let set: BTreeSet<String> = strings(found, "/identity").into_iter().collect();
    assert_eq!(set.len(), found.len(), "each finding has its own");
    set
}

#[test]
fn all_formats_of_one_run_carry_the_same_findings() {
    let repository = Repository::shipped();
    repository.add("the plans/copy.yaml", SMALL);
    let run = repository.all(&[]);
    assert_eq!(run.exit, 1);
    let json = repository.json();
    let findings = list(&json, "findings");
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let identities = sorted(strings(findings, "/identity"));
    let fingerprints = sorted(strings(findings, "/fingerprint"));
    assert_eq!(fingerprints.iter().collect::<BTreeSet<_>>().len(), fingerprints.len());

    let sarif: Value = serde_json::from_str(&repository.out("findings.sarif")).unwrap();
    let results = list(&sarif["runs"][0], "results");
    assert_eq!(sorted(strings(results, "/partialFingerprints/failscopeIdentity~1v1")), identities);
    let compared = strings(results, "/partialFingerprints/primaryLocationLineHash");
    assert_eq!(sorted(compared), fingerprints);

    let quality: Value = serde_json::from_str(&repository.out("quality.json")).unwrap();
    assert_eq!(sorted(strings(quality.as_array().unwrap(), "/fingerprint")), fingerprints);

    let text = repository.out("findings.csv");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
    let found = rows.iter().filter(|row| &row[0] == "found");
    assert_eq!(sorted(found.map(|row| row[1].to_owned()).collect()), identities);

    let text = repository.out("junit.xml");
    let xml = Document::parse(&text).unwrap();
    let cases = xml.descendants().filter(|node| node.has_tag_name("testcase"));
    let found = cases.filter(|case| case.children().all(|node| !node.has_tag_name("skipped")));
    let found = found.flat_map(|case| case.descendants());
    let values = found.filter(|node| node.has_tag_name("property"));
    let values = values.map(|node| node.attribute("value").unwrap().to_owned());
    assert_eq!(sorted(values.collect()), identities);

    let places = findings.iter().map(|finding| {
        let (place, rule) = (&finding["place"], finding["rule"].as_str().unwrap());
        (place["line"].as_u64().unwrap(), place["column"].as_u64().unwrap(), rule.to_owned())
    });
    let shown =
        run.found().into_iter().map(|(line, column, code)| (line as u64, column as u64, code));
    assert_eq!(shown.collect::<Vec<_>>(), places.collect::<Vec<_>>(), "the text shows the same");
}

#[test]
fn the_exit_status_does_not_depend_on_the_format() {
    for (text, exit) in
        [("failscope: 1\nservers: [A]\n", 0), (SMALL, 1), ("failscope: 1\nx: y\n", 2), ("\0", 2)]
    {
        let repository = Repository::with("t.yaml", text);
        assert_eq!(repository.all(&[]).exit, exit);
        for format in ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "csv"] {
            let summary = repository.path("out/summary.md");
            let summary = ["--step-summary", summary.to_str().unwrap()];
            let run = repository.lint(&[&["--format", format], &summary[..]].concat());
            assert_eq!(run.exit, exit, "{format}: {}", run.stderr);
        }
    }
}

/// The scheme, by hand: changing it makes every baseline and every review comment lose its finding.
#[test]
fn an_identity_is_the_hash_of_rule_kind_and_subject() {
    let wanted = "19:failscope finding 1\n6:BTS106\n4:host\n7:Receive\n1:0\n";
    let wanted: String =
        Sha256::digest(wanted).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let repository = Repository::with("t.yaml", SMALL);
    repository.all(&["--only", "BTS106"]);
    assert_eq!(strings(list(&repository.json(), "findings"), "/identity"), [wanted]);
}

/// Mappings in the opposite order, at every level.
fn reversed(value: serde_yaml::Value) -> serde_yaml::Value {
    match value {
        serde_yaml::Value::Mapping(mapping) => {
            let entries: Vec<_> = mapping.into_iter().collect();
            let entries = entries.into_iter().rev().map(|(key, value)| (key, reversed(value)));
            serde_yaml::Value::Mapping(entries.collect())
        }
        serde_yaml::Value::Sequence(items) => {
            serde_yaml::Value::Sequence(items.into_iter().map(reversed).collect())
        }
        other => other,
    }
}

#[test]
fn identities_do_not_depend_on_the_order_of_the_file() {
    for path in yaml_files(&root().join("topologies")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let more = text.contains("include:") || text.contains("extends:");
        if more || text.contains("failscope: allow") {
            continue; // other files, and comments that a second writer would lose
        }
        let yaml: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        let same = serde_yaml::to_string(&yaml).unwrap();
        let other = serde_yaml::to_string(&reversed(yaml)).unwrap();
        assert_eq!(identities(&same), identities(&other), "{}", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn identities_do_not_move_with_lines(
        at in prop::collection::vec((0usize..80, 1usize..4), 1..12),
        windows in any::<bool>(),
    ) {
        let mut lines: Vec<String> = SMALL.lines().map(str::to_owned).collect();
        for (line, blank) in at {
            let line = line.min(lines.len());
            for _ in 0..blank {
                lines.insert(line, "# moved".to_owned());
            }
        }
        let text = lines.join(if windows { "\r\n" } else { "\n" }) + "\n";
        prop_assert_eq!(identities(&text), identities(SMALL));
    }
}

#[test]
fn equal_problems_are_told_apart_and_keep_apart() {
    let text = "failscope: 1\nservr: [A]\nservrs: [B]\n";
    let moved = "failscope: 1\n\n\nservrs: [B]\nservr: [A]\n";
    let of = |text: &str| {
        let run = run(&["lint", "-", "--no-config", "--format", "json"], text.as_bytes());
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        let set: BTreeSet<String> =
            strings(list(&json, "findings"), "/identity").into_iter().collect();
        set
    };
    assert_eq!(of(text).len(), 2);
    assert_eq!(of(text), of(moved));
}
