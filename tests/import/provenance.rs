//! Every imported thing says where it comes from, and the line that it names holds it.

use crate::support::*;
use failscope::import::biztalk::{ImportFile, Imported};
use serde_yaml::Value;

/// Sections whose things are named in the files themselves.
const NAMED: [&str; 5] = ["hosts", "receive_locations", "send_ports", "orchestrations", "adapters"];

#[test]
fn the_lines_of_every_sample_hold_what_was_imported_from_them() {
    let mut checked = 0;
    for file in crate::kept::all() {
        checked += check(std::slice::from_ref(&file));
    }
    assert!(checked > 40, "{checked}");
    let Some(samples) = samples() else { return };
    for file in all_samples(&samples) {
        checked += check(std::slice::from_ref(&file));
    }
    assert!(checked > 800, "{checked}");
}

/// How many places were looked up.
pub(crate) fn check(files: &[ImportFile]) -> usize {
    let Imported { yaml, .. } = import(files);
    let document: Value = serde_yaml::from_str(&yaml).unwrap();
    let of_group = NAMED.iter().map(|section| &document["biztalk"][*section]);
    let derived = ["external", "file_shares", "servers"].map(|section| &document[section]);
    let instances = document["sql_instances"].as_mapping().into_iter().flatten();
    let databases = instances.map(|(_, instance)| &instance["databases"]);
    let mut checked = 0;
    for section in of_group.chain(derived).chain(databases) {
        for (name, element) in section.as_mapping().into_iter().flatten() {
            let stands_in = element["placeholder"].as_bool() == Some(true);
            let places = places(&element["imported_from"]);
            let name = name.as_str().unwrap();
            assert_ne!(stands_in, !places.is_empty(), "{name} in\n{yaml}");
            for place in places.iter().filter(|place| !place.starts_with("and ")) {
                assert_holds(files, place, name);
                checked += 1;
            }
        }
    }
    checked
}

fn assert_holds(files: &[ImportFile], place: &str, name: &str) {
    let (place, _) = place.split_once(" (").unwrap_or((place, ""));
    let (file, line) = place.rsplit_once(':').unwrap();
    let file = files.iter().find(|known| known.name == file).unwrap();
    let text = text_of(file);
    // A tag may go on in the lines after the one on which it opens.
    let from: usize = line.parse::<usize>().unwrap() - 1;
    let lines: Vec<&str> = text.lines().skip(from).take(4).collect();
    let plain = |text: &str| {
        let text = text.replace("&amp;", "&").replace("&gt;", ">").replace("&quot;", "\"");
        text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    // What is derived from an address is called `HOST:PART (KIND)`, and a name that is
    // taken already gets its kind behind it.
    let word = plain(name.split(" (").next().unwrap());
    let parts = word.rsplit_once(':').map_or((word.as_str(), ""), |(host, part)| (host, part));
    let found = plain(&lines.join(" "));
    let holds = found.contains(&word) || (found.contains(parts.0) && found.contains(parts.1));
    assert!(holds, "{place} does not hold {name}: {lines:?}");
}

fn places(value: &Value) -> Vec<String> {
    let words = match value {
        Value::Sequence(words) => words.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}
