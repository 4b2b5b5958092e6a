//! Samples, the index that describes them, and the reader that checks each output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use failscope::diagnostic::Severity;
use failscope::import::biztalk::{self, ImportFile, Imported, Options};
use failscope::input::{self, Limits};
use failscope::source::SourceMap;

/// The folder of real exports. They belong to others and are not part of the package.
pub(crate) fn samples() -> Option<PathBuf> {
    let shared = std::env::var_os("FAILSCOPE_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let samples = shared.unwrap_or(beside).join("samples");
    if samples.join("bindings/INDEX.md").is_file() {
        return Some(samples);
    }
    eprintln!("SKIPPED: no samples at {}; set FAILSCOPE_SHARED", samples.display());
    None
}

pub(crate) fn file(path: &Path) -> ImportFile {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    ImportFile { name, bytes: std::fs::read(path).unwrap() }
}

/// Every sample, bindings and settings.
pub(crate) fn all_samples(samples: &Path) -> Vec<ImportFile> {
    let mut paths = Vec::new();
    for folder in ["bindings", "settings"] {
        for entry in std::fs::read_dir(samples.join(folder)).unwrap() {
            paths.push(entry.unwrap().path());
        }
    }
    paths.sort();
    paths.retain(|path| !path.ends_with("INDEX.md"));
    paths.iter().map(|path| file(path)).collect()
}

pub(crate) fn text_of(file: &ImportFile) -> String {
    match file.bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> =
                rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).unwrap(),
        bytes => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

pub(crate) fn import(files: &[ImportFile]) -> Imported {
    biztalk::import(files, &Options::default())
}

/// Reads the imported topology as a user would; there must be no error in it.
pub(crate) fn assert_reads(imported: &Imported, name: &str) {
    let mut sources = SourceMap::new();
    let id = sources.add("imported.yaml", imported.yaml.as_str());
    let mut no_files =
        |path: &Path, _: &mut SourceMap| Err(format!("nothing includes {}", path.display()));
    let reading = input::read(&mut sources, id, &Limits::default(), &mut no_files);
    let errors: Vec<String> = reading
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| format!("{}: {}", sources.locate(problem.primary.span), problem.message))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}\n{}", imported.yaml);
    assert!(reading.topology.is_some(), "{name}: no topology");
}

/// A row of the index, as its author counted it.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub file: String,
    pub received: BTreeMap<String, usize>,
    pub sent: BTreeMap<String, usize>,
    pub orchestrations: usize,
    pub groups: usize,
    pub backups: usize,
    pub hosts: Vec<String>,
    pub notes: String,
}

pub(crate) fn rows(samples: &Path) -> Vec<Row> {
    let index = std::fs::read_to_string(samples.join("bindings/INDEX.md")).unwrap();
    index.lines().filter(|line| line.starts_with("| `")).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let number = |at: usize| cells[at].parse().unwrap_or(0);
    let hosts = cells[11].split("; ").filter(|host| *host != "-" && !host.starts_with("(not"));
    Row {
        file: cells[0].trim_matches('`').to_owned(),
        received: counts(cells[6]),
        sent: counts(cells[7]),
        orchestrations: number(8),
        groups: number(9),
        backups: number(10),
        hosts: hosts.map(str::to_owned).collect(),
        notes: cells[13].to_owned(),
    }
}

/// `FILE 25, FTP 1`
fn counts(cell: &str) -> BTreeMap<String, usize> {
    cell.split(", ")
        .filter_map(|part| part.rsplit_once(' '))
        .filter_map(|(name, count)| Some((name.to_owned(), count.parse().ok()?)))
        .collect()
}

/// What the importer counts, in the words of the index.
pub(crate) fn found(imported: &Imported, file: &str) -> Row {
    let inventory = &imported.inventory;
    let mut received = BTreeMap::new();
    for location in &inventory.receive_locations {
        let adapter = location.transport.adapter.as_ref().map_or("None", |a| a.value.name.as_str());
        *received.entry(adapter.to_owned()).or_default() += 1;
    }
    let mut sent = BTreeMap::new();
    for port in &inventory.send_ports {
        let adapter = match (&port.primary, port.dynamic) {
            (_, true) => "(dynamic)",
            (Some(primary), _) => {
                primary.adapter.as_ref().map_or("None", |a| a.value.name.as_str())
            }
            (None, false) => "None",
        };
        *sent.entry(adapter.to_owned()).or_default() += 1;
    }
    let mut hosts: Vec<String> = inventory.hosts.iter().map(|host| host.name.clone()).collect();
    hosts.sort();
    Row {
        file: file.to_owned(),
        received,
        sent,
        orchestrations: inventory.orchestrations.len(),
        groups: inventory.send_port_groups.len(),
        backups: inventory.send_ports.iter().filter(|port| port.backup.is_some()).count(),
        hosts,
        notes: String::new(),
    }
}
