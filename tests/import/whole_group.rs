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
    for word in
        ["master secret server", "On which servers", "clustered", "sends by MSMQ", "MessageBox"]
    {
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
    let Some((files, _)) = imported() else { return };
    assert!(crate::provenance::check(&files) >= 10 + 19 + 57 + 11);
}

#[test]
fn one_queue_server_stands_behind_half_of_the_ends() {
    let Some((_, imported)) = imported() else { return };
    let uses = imported.yaml.matches("UUC-MSMQSRV002 (msmq)").count();
    assert!(uses > 30, "{uses} uses");
}
