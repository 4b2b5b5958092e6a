//! The whole program: files and arguments in, bytes and an exit status out.
//!
//! Most cases run it in memory; `streams` starts the real program for what only a
//! process has: pipes that close, disks that are full.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

mod exits;
mod fixes;
mod fixtures;
mod formats;
mod gallery;
mod graph;
mod hostile;
mod import;
mod kit;
mod mutated;
mod output;
mod own_rules;
mod problems;
mod revisions;
mod schema;
mod story;
mod streams;

#[path = "../../benches/topology.rs"]
mod generator;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use failscope::cli::{self, Io};

pub(crate) const SMALL: &str = include_str!("../../topologies/small.yaml");

/// What one run gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) exit: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Both streams, for a look at everything a user would see.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Line, column and code of everything found, in the order of the output.
    pub(crate) fn found(&self) -> Vec<(usize, usize, String)> {
        self.all().lines().filter_map(found).collect()
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        self.found().into_iter().map(|(_, _, code)| code).collect()
    }
}

/// `file:line:column: severity[code]`.
fn found(line: &str) -> Option<(usize, usize, String)> {
    let (place, head) = line.rsplit_once(": ")?;
    let (severity, code) = head.strip_suffix(']')?.split_once('[')?;
    if !["error", "warning", "info"].contains(&severity) {
        return None;
    }
    let mut numbers = place.rsplitn(3, ':');
    let column = numbers.next()?.parse().ok()?;
    let line = numbers.next()?.parse().ok()?;
    Some((line, column, code.to_owned()))
}

/// Runs the program in memory. Whatever comes in, nothing that acts on a terminal comes out.
pub(crate) fn run<A: Into<OsString> + Clone>(args: &[A], stdin: &[u8]) -> Run {
    let run = run_unchecked(args, &mut &*stdin);
    assert_harmless(&run.stdout);
    assert_harmless(&run.stderr);
    run
}

pub(crate) fn run_unchecked<A: Into<OsString> + Clone>(
    args: &[A],
    stdin: &mut dyn std::io::Read,
) -> Run {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = std::iter::once("failscope".into()).chain(args.iter().cloned().map(Into::into));
    let mut io = Io {
        stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        width: None,
        colour: false,
        progress: false,
    };
    let exit = cli::run(args, &mut io).code();
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    Run { exit, stdout: text(stdout), stderr: text(stderr) }
}

pub(crate) fn lint(text: impl AsRef<[u8]>) -> Run {
    run(&["lint", "-"], text.as_ref())
}

/// Written without the program's own list of such characters, so that both must agree.
pub(crate) fn assert_harmless(output: &str) {
    for (at, c) in output.char_indices() {
        let acts = match c {
            '\n' | '\t' => false,
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
            '\u{61c}' | '\u{200e}' | '\u{200f}' => true,
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => true,
            _ => false,
        };
        let before = &output[output.floor_char_boundary(at.saturating_sub(80))..at];
        assert!(!acts, "U+{:04X} in the output after {before:?}", u32::from(c));
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every topology below a folder, in order; a project file and a rule file are none.
pub(crate) fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml")
                && !path.ends_with("failscope.yaml")
                && !path.ends_with("rules/house.yaml")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "{} holds no YAML", folder.display());
    files
}

/// A folder with one file in it.
pub(crate) fn folder_with(name: &str, text: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}
