//! Rules and the files they are written in agree: every rule that is written is listed, stands
//! in the folder of its platform, and a file with one rule is called like it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use failscope::rules;

/// Ids with the files that define them, in order.
fn defined() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut found = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.ends_with("governance.rs") {
                continue; // about waivers, not run over a topology
            }
            let text = fs::read_to_string(&path).unwrap();
            let ids = text.lines().filter_map(|line| line.trim().strip_prefix("id: \""));
            let relative = path.strip_prefix(&folder).unwrap().to_owned();
            found.extend(
                ids.map(|rest| (rest.trim_end_matches(['"', ',']).to_owned(), relative.clone())),
            );
        }
    }
    found.sort();
    found
}

#[test]
fn every_rule_that_is_written_is_listed_once() {
    let defined: Vec<String> = defined().into_iter().map(|(id, _)| id).collect();
    let listed: Vec<&str> = rules::all().map(|rule| rule.id).collect();
    assert_eq!(defined, listed);
}

#[test]
fn a_rule_stands_in_the_folder_of_its_platform() {
    for (id, file) in defined() {
        let platform = if id.starts_with("BTS") { "biztalk" } else { "neutral" };
        assert!(file.starts_with(platform), "{id} in {}", file.display());
    }
}

#[test]
fn a_file_with_one_rule_is_called_like_it() {
    let mut by_file: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for (id, file) in defined() {
        by_file.entry(file).or_default().push(id);
    }
    for (file, ids) in by_file {
        let [only] = ids.as_slice() else { continue };
        let name = rules::find(only).unwrap().name;
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let shared = stem.split('_').any(|word| word.len() > 2 && name.contains(word));
        assert!(shared, "{name} in {}", file.display());
    }
}

#[test]
fn the_same_rule_is_found_by_id_and_by_name() {
    for rule in rules::all() {
        assert!(std::ptr::eq(rules::find(rule.id).unwrap(), rule));
        assert!(std::ptr::eq(rules::find(&rule.id.to_lowercase()).unwrap(), rule));
        assert!(std::ptr::eq(rules::find(rule.name).unwrap(), rule));
    }
}
