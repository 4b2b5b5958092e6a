//! A university's production: fifteen files, one group.

use crate::support::*;
use failscope::import::biztalk::{ImportFile, Imported};

fn production(samples: &std::path::Path) -> Vec<ImportFile> {
    let files = all_samples(samples);
    let of_group = |file: &ImportFile| {
        let name = file.name.to_lowercase();
        name.starts_with("uppsala") && name.contains("prod")
    };
    files.into_iter().filter(of_group).collect()
}

fn imported() -> Option<(Vec<ImportFile>, Imported)> {
    let files = production(&samples()?);
    let imported = import(&files);
    Some((files, imported))
}

#[test]
fn the_files_give_one_topology() {
    let Some((files, imported)) = imported() else { return };
    assert_eq!(files.len(), 15);
    assert_eq!(imported.left_out, 0);
    assert_reads(&imported, "production");
    let found = &imported.inventory;
    assert_eq!(found.hosts.len(), 10);
    assert_eq!(found.receive_locations.len(), 19);
    assert_eq!(found.send_ports.len(), 57);
    assert_eq!(found.orchestrations.len(), 11);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let Some((mut files, imported)) = imported() else { return };
    files.reverse();
    assert_eq!(import(&files).yaml, imported.yaml);
    files.extend(files.clone());
    assert_eq!(import(&files).yaml, imported.yaml, "given twice");
}

#[test]
fn what_no_file_tells_is_asked() {
    let Some((_, imported)) = imported() else { return };
    for word in ["master secret server", "On which servers", "clustered", "MessageBox"] {
        let asked = imported.questions.iter().any(|question| question.text.contains(word));
        assert!(asked, "no question about {word}");
    }
    for question in &imported.questions {
        let marked = format!("# QUESTION {}: ", question.number);
        assert!(imported.yaml.contains(&marked), "question {} is beside nothing", question.number);
    }
}

#[test]
fn every_element_says_where_it_comes_from() {
    let Some((files, imported)) = imported() else { return };
    let document: serde_yaml::Value = serde_yaml::from_str(&imported.yaml).unwrap();
    let biztalk = &document["biztalk"];
    let sections = ["hosts", "receive_locations", "send_ports", "orchestrations", "adapters"]
        .map(|section| &biztalk[section])
        .into_iter()
        .chain([&document["external"], &document["file_shares"]]);
    let mut elements = 0;
    for section in sections {
        for (name, element) in section.as_mapping().unwrap() {
            elements += 1;
            let name = name.as_str().unwrap();
            let places = places(&element["imported_from"]);
            assert!(!places.is_empty(), "{name} comes from nowhere");
            // What is derived from an address is called `HOST (KIND)`.
            let word = name.split(" (").next().unwrap();
            for place in places.iter().filter(|place| !place.starts_with("and ")) {
                let line = line_at(&files, place);
                let holds = line.to_lowercase().contains(&word.to_lowercase());
                assert!(holds, "{place} of {name} holds `{line}`");
            }
        }
    }
    assert!(elements >= 10 + 19 + 57 + 11 + 7 + 3, "{elements}");
}

fn places(value: &serde_yaml::Value) -> Vec<String> {
    let words = match value {
        serde_yaml::Value::Sequence(words) => words.clone(),
        serde_yaml::Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// The line that `FILE:LINE` or `FILE:LINE (note)` means.
fn line_at(files: &[ImportFile], place: &str) -> String {
    let place = place.split(" (").next().unwrap();
    let (name, line) = place.rsplit_once(':').unwrap();
    let file = files.iter().find(|file| file.name == name).unwrap();
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let line: usize = line.parse().unwrap();
    text.lines().nth(line - 1).unwrap().to_owned()
}

#[test]
fn one_queue_server_stands_behind_half_of_the_ends() {
    let Some((_, imported)) = imported() else { return };
    let uses = imported.yaml.matches("UUC-MSMQSRV002 (msmq)").count();
    assert!(uses > 30, "{uses} uses");
}
