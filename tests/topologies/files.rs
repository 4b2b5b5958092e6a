//! What holds for every file of the folder.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::world::{World, folder};

fn topologies() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_topology_reads_without_a_complaint_and_can_be_analysed() {
    let names = topologies();
    assert!(names.len() >= 20, "{names:?}");
    for name in names {
        let world = World::of(&name);
        assert!(world.analysis.down.iter().all(|&id| world.name(id).contains("@DR")), "{name}");
        assert!(world.analysis.deadlocks.is_empty(), "{name}");
        assert!(!world.analysis.main_functions().is_empty(), "{name}");
    }
}

#[test]
fn every_topology_names_the_schema_for_editors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in topologies() {
        let text = fs::read_to_string(folder().join(&name)).unwrap();
        let first = text.lines().next().unwrap();
        let schema = first.strip_prefix("# yaml-language-server: $schema=");
        let schema = schema.unwrap_or_else(|| panic!("{name} starts with `{first}`"));
        let found = without_dots(&folder().join(schema));
        assert_eq!(found, root.join("schemas/topology.schema.json"), "{name}");
    }
}

#[test]
fn every_topology_says_where_to_look() {
    for name in topologies().iter().filter(|name| *name != "small.yaml") {
        let text = fs::read_to_string(folder().join(name)).unwrap();
        assert!(text.contains("Look at: "), "{name}");
    }
}

/// The path with its `..` worked out, without asking the file system.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
