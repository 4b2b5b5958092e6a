//! Code Quality, by the rules of GitLab's documentation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Repository, list, strings};

fn read(repository: &Repository) -> Vec<Value> {
    let text = repository.out("quality.json");
    // GitLab reads no byte order mark.
    assert!(text.starts_with('['), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_entry_has_what_gitlab_reads() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let entries = read(&repository);
    assert_eq!(entries.len(), list(&repository.json(), "findings").len());
    for entry in &entries {
        for key in ["description", "check_name", "fingerprint"] {
            assert!(entry[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {entry}");
        }
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&entry["severity"].as_str().unwrap()));
        let path = entry["location"]["path"].as_str().unwrap();
        assert!(path.starts_with("the plans/") && !path.contains('\\'), "{path}");
        let lines = &entry["location"]["lines"];
        assert!(
            lines["begin"].as_u64().unwrap() > 0
                && lines["end"].as_u64() >= lines["begin"].as_u64()
        );
    }
    let fingerprints: BTreeSet<String> = strings(&entries, "/fingerprint").into_iter().collect();
    assert_eq!(fingerprints.len(), entries.len(), "fingerprints are unique");
}

#[test]
fn a_file_that_is_judged_twice_has_fingerprints_of_its_own() {
    let repository = Repository::shipped();
    let small = repository.path("the plans/small.yaml").display().to_string();
    repository.all(&[&small]);
    let fingerprints = strings(&read(&repository), "/fingerprint");
    let unique: BTreeSet<&String> = fingerprints.iter().collect();
    assert_eq!(unique.len(), fingerprints.len());
}

#[test]
fn a_clean_run_is_an_empty_list() {
    let repository = Repository::with("t.yaml", "failscope: 1\nservers: [A]\n");
    assert_eq!(repository.all(&["--only", "BTS001"]).exit, 0);
    assert_eq!(repository.out("quality.json"), "[]\n");
}
