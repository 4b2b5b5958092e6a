//! Every topology that comes with the project, through both evaluators.

use std::path::{Path, PathBuf};

use failscope::expand::expand;
use failscope::graph::ComponentId;
use failscope::input::{self, Limits};
use failscope::model::Topology;
use failscope::source::{FileId, SourceMap};

use crate::compare::Both;

/// With at most so many components that fail by themselves, every combination is tried.
const FEW: usize = 14;

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every YAML file under a folder, in the order of their names.
pub(crate) fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("a folder entry").path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(ending, Some("yaml" | "yml")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The topology of a file, or what is wrong with it; and the files it includes.
pub(crate) fn read(path: &Path) -> (Result<Topology, String>, Vec<PathBuf>) {
    let mut sources = SourceMap::new();
    let mut included = Vec::new();
    let load = |path: &Path, sources: &mut SourceMap| -> Result<FileId, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let text = input::decode(bytes).map_err(|problem| problem.reason.to_owned())?;
        Ok(sources.add(path.to_string_lossy(), text))
    };
    let file = match load(path, &mut sources) {
        Ok(file) => file,
        Err(reason) => return (Err(reason), included),
    };
    let mut load_part = |path: &Path, sources: &mut SourceMap| {
        included.push(path.to_owned());
        load(path, sources)
    };
    let reading = input::read(&mut sources, file, &Limits::default(), &mut load_part);
    let problems = || -> String {
        let lines = reading.diagnostics.iter().map(|problem| format!("  {}\n", problem.message));
        lines.collect()
    };
    let topology = reading.topology.ok_or_else(problems);
    (topology, included)
}

/// Small topologies with every combination of failures, larger ones with every single one.
fn compare(topology: &Topology) {
    let graph = expand(topology).graph;
    let both = Both::new(&graph);
    both.baseline();
    graph.ids().for_each(|id| both.single(id));
    let basic: Vec<ComponentId> =
        graph.ids().filter(|&id| graph.component(id).is_basic()).collect();
    if basic.len() <= FEW {
        for combination in 0..1_u32 << basic.len() {
            let chosen = |&(bit, _): &(usize, &ComponentId)| combination >> bit & 1 == 1;
            let failed: Vec<ComponentId> =
                basic.iter().enumerate().filter(chosen).map(|(_, &id)| id).collect();
            both.failed(&failed);
        }
    }
}

/// Compares every topology of a folder. The parts that others include need not stand alone.
fn compare_all(folder: &Path, must_be_readable: bool) -> usize {
    let read: Vec<_> = yaml_files(folder)
        .into_iter()
        .filter(|path| path.file_stem().is_none_or(|name| name != "failscope"))
        .filter(|path| !path.ends_with("rules/house.yaml"))
        .map(|path| (read(&path), path))
        .collect();
    let included: Vec<&PathBuf> = read.iter().flat_map(|((_, parts), _)| parts).collect();
    let mut compared = 0;
    for ((topology, _), path) in &read {
        match topology {
            Ok(topology) => {
                compare(topology);
                compared += 1;
            }
            Err(_) if !must_be_readable || included.contains(&path) => {}
            Err(problems) => panic!("{} is not a topology:\n{problems}", path.display()),
        }
    }
    compared
}

#[test]
fn both_agree_on_every_topology_of_the_project() {
    let folder = root().join("topologies");
    assert!(folder.is_dir(), "there is no folder `topologies` to compare");
    assert!(compare_all(&folder, true) > 0, "there is no topology in `topologies`");
}

/// Many fixtures are wrong on purpose; those that can be read are compared.
#[test]
fn both_agree_on_every_fixture_that_can_be_read() {
    let folder = root().join("tests/fixtures");
    if folder.is_dir() {
        compare_all(&folder, false);
    }
}
