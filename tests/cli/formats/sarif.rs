//! SARIF: the OASIS schema, and what GitHub asks for beyond it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::{HOSTILE_NAME, Repository, assert_valid, exists, hostile, list, strings, validator};

fn read(repository: &Repository) -> Value {
    let sarif: Value = serde_json::from_str(&repository.out("findings.sarif")).unwrap();
    assert_valid(&validator("tests/schemas/sarif-schema-2.1.0.json"), &sarif);
    sarif
}

fn rules(sarif: &Value) -> Vec<String> {
    strings(list(&sarif["runs"][0]["tool"]["driver"], "rules"), "/id")
}

/// Every object below a value that has the key.
fn each<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(key));
            object.values().for_each(|value| each(value, key, found));
        }
        Value::Array(items) => items.iter().for_each(|value| each(value, key, found)),
        _ => {}
    }
}

#[test]
fn a_file_of_real_findings_is_valid_and_complete() {
    let repository = Repository::shipped();
    assert_eq!(repository.all(&[]).exit, 1);
    let sarif = read(&repository);
    let run = &sarif["runs"][0];
    let declared = rules(&sarif);
    let known: BTreeSet<&str> = failscope::rules::all().map(|rule| rule.id).collect();
    assert!(known.iter().all(|id| declared.iter().any(|rule| rule == id)), "fired or not");
    assert_eq!(declared.iter().collect::<BTreeSet<_>>().len(), declared.len());
    let (mut linked, mut flows) = (0, 0);
    for result in list(run, "results") {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(declared[index], result["ruleId"].as_str().unwrap());
        let text = result["message"]["text"].as_str().unwrap();
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            assert!(text.contains(&format!("]({})", related["id"])), "{text}");
            linked += 1;
        }
        for flow in result["codeFlows"].as_array().into_iter().flatten() {
            let steps = list(&flow["threadFlows"][0], "locations");
            assert!(
                steps[0]
                    .pointer("/location/message/text")
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .ends_with(" fails")
            );
            assert!(steps.len() > 1, "{text}");
            flows += 1;
        }
    }
    assert!(linked > 5 && flows > 5, "{linked} linked locations, {flows} flows");
}

#[test]
fn every_region_is_in_one_line_and_every_uri_is_relative() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let sarif = read(&repository);
    let (mut regions, mut uris) = (Vec::new(), Vec::new());
    each(&sarif["runs"][0]["results"], "region", &mut regions);
    each(&sarif["runs"][0]["results"], "uri", &mut uris);
    // A fix names the file once for all that it replaces there.
    let mut changes = Vec::new();
    each(&sarif["runs"][0]["results"], "replacements", &mut changes);
    assert!(regions.len() > 50 && regions.len() + changes.len() == uris.len());
    for region in regions {
        assert!(region["startLine"].as_u64().unwrap() > 0 && region.get("endLine").is_none());
        if let Some(end) = region.get("endColumn") {
            assert!(end.as_u64() > region["startColumn"].as_u64(), "{region}");
        }
    }
    for uri in uris {
        let uri = uri.as_str().unwrap();
        assert!(uri.starts_with("the%20plans/") && uri.ends_with(".yaml"), "{uri}");
    }
    assert!(!sarif.to_string().contains("security-severity"));
}

#[test]
fn the_table_of_rules_does_not_depend_on_the_input() {
    let one = Repository::shipped();
    one.all(&[]);
    let other = Repository::with("t.yaml", "failscope: 1\nservers: [A]\n");
    assert_eq!(other.all(&["--only", "BTS001"]).exit, 0);
    assert_eq!(read(&other)["runs"][0]["results"], Value::Array(Vec::new()));
    let table = |repository: &Repository| read(repository)["runs"][0]["tool"].clone();
    assert_eq!(table(&one), table(&other));
}

#[test]
fn what_is_suppressed_is_left_out() {
    let repository = Repository::shipped();
    repository.all(&[]);
    let suppressed = strings(list(&repository.json(), "suppressed"), "/finding/fingerprint");
    assert!(suppressed.len() >= 4);
    let sarif = read(&repository);
    let written =
        strings(list(&sarif["runs"][0], "results"), "/partialFingerprints/primaryLocationLineHash");
    assert!(suppressed.iter().all(|one| !written.contains(one)));
}

#[test]
fn nothing_is_written_where_anything_could_not_be_decided() {
    for broken in ["failscope: 1\nservr: [A]\n", "failscope: [", "\0"] {
        let repository = Repository::with("broken.yaml", broken);
        repository.add("good.yaml", "failscope: 1\nservers: [A]\n");
        let run = repository.all(&[]);
        assert_eq!(run.exit, 2, "{}", run.all());
        for file in ["findings.sarif", "quality.json"] {
            assert!(!exists(&repository.path("out").join(file)), "{file} after {broken:?}");
            assert!(run.stderr.contains(&format!("{file} is not written")), "{}", run.stderr);
        }
        let run = repository.lint(&["--format", "sarif"]);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""));
    }
    let repository = Repository::shipped();
    assert_eq!(repository.all(&["--max-work", "3"]).exit, 2, "an analysis that was not finished");
    assert!(!exists(&repository.path("out/findings.sarif")));
}

#[test]
fn no_more_than_five_thousand_results_and_the_worst_first() {
    // An error, and more unused definitions than there is room for.
    let mut yaml = "failscope: 1\nservers: [A]\nstorage:\n".to_owned();
    for number in 0..5_100 {
        writeln!(yaml, "  S{number}: {{}}").unwrap();
    }
    yaml.push_str("biztalk:\n  servers: [A]\n  hosts:\n    H: { instances: [A] }\n  receive_locations:\n    In: { adapter: FTP, host: H }\n");
    let repository = Repository::with("t.yaml", &yaml);
    let (sarif, json) =
        (repository.path("out/findings.sarif"), repository.path("out/findings.json"));
    let [sarif, json] = [sarif, json].map(|path| path.display().to_string());
    let run =
        repository.lint(&["--format", "sarif", "-o", &sarif, "--format", "json", "-o", &json]);
    assert_eq!(run.exit, 1, "{}", run.stderr);
    let found = list(&repository.json(), "findings").len();
    assert!(found > 5_000, "{found}");
    let sarif: Value = serde_json::from_str(&repository.out("findings.sarif")).unwrap();
    let results = list(&sarif["runs"][0], "results");
    assert_eq!(results.len(), 5_000);
    let levels: Vec<usize> = strings(results, "/level")
        .iter()
        .map(|level| ["error", "warning", "note"].iter().position(|known| known == level).unwrap())
        .collect();
    assert!(levels.is_sorted() && levels[0] == 0 && levels[4_999] > 0);
    let note = sarif.pointer("/runs/0/invocations/0/toolExecutionNotifications/0/message/text");
    assert!(note.unwrap().as_str().unwrap().starts_with(&found.to_string()));
}

/// Links as the specification reads them: `[words](number)`, with `\` before what is literal.
fn links(message: &str) -> (String, Vec<(String, String)>) {
    let (mut plain, mut links) = (String::new(), Vec::new());
    let mut rest = message.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => plain.extend(rest.next()),
            '[' => {
                let mut words = String::new();
                while let Some(c) = rest.next() {
                    match c {
                        '\\' => words.extend(rest.next()),
                        ']' => break,
                        c => words.push(c),
                    }
                }
                assert_eq!(rest.next(), Some('('), "{message}");
                let target = rest.by_ref().take_while(|c| *c != ')').collect();
                links.push((words, target));
            }
            c => plain.push(c),
        }
    }
    (plain, links)
}

#[test]
fn a_name_is_never_a_link() {
    let repository = Repository::with("t.yaml", &hostile());
    repository.all(&[]);
    let sarif = read(&repository);
    let mut named = 0;
    for result in list(&sarif["runs"][0], "results") {
        let (plain, links) = links(result["message"]["text"].as_str().unwrap());
        let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
        assert_eq!(links.len(), related, "{plain}");
        named += usize::from(plain.contains(HOSTILE_NAME));
    }
    assert!(named > 0);
}
