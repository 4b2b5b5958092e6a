//! Reading topologies and writing results.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::{Io, Trouble};
use crate::diagnostic::Diagnostic;
use crate::input::{self, Limits, Reading};
use crate::source::{FileId, SourceMap, Span};

/// Standard input, as a path.
const STDIN: &str = "-";

/// Folders inside folders that are searched for topologies.
const DEEPEST_FOLDER: usize = 32;

/// Files that the paths name: themselves, and the topologies in folders.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            folder(path, DEEPEST_FOLDER, &mut files)?;
            if files.len() == before {
                return Err(Trouble::Refused(format!(
                    "{} holds no topology (a `.yaml` or `.yml` file that says `failscope:`)",
                    path.display()
                )));
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn folder(path: &Path, deeper: usize, files: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let refused = |error: std::io::Error| {
        Trouble::Refused(format!("cannot read the folder {}: {error}", path.display()))
    };
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(refused)? {
        entries.push(entry.map_err(refused)?.path());
    }
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            if deeper > 0 && !is_hidden(&entry) {
                folder(&entry, deeper - 1, files)?;
            }
        } else if is_yaml(&entry) && says_failscope(&entry) {
            files.push(entry);
        }
    }
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// A folder may hold other YAML: parts that a topology includes, pipelines, settings.
/// What cannot be read is kept, so that it is reported and not passed over.
fn says_failscope(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(1 << 20).read_to_end(&mut start));
    if read.is_err() {
        return true;
    }
    let Ok(text) = std::str::from_utf8(&start) else { return true };
    text.lines().any(|line| line.trim_start_matches('\u{feff}').starts_with("failscope:"))
}

/// One topology and all its files.
pub(super) struct Loaded {
    pub(super) sources: SourceMap,
    pub(super) reading: Reading,
}

pub(super) fn load(path: &Path, limits: &Limits, io: &mut Io<'_>) -> Result<Loaded, Trouble> {
    let mut sources = SourceMap::new();
    let name = path.display().to_string();
    let bytes = if path == Path::new(STDIN) {
        limited(&mut *io.stdin, limits.bytes)
    } else {
        open(path, limits.bytes)
    };
    let bytes =
        bytes.map_err(|reason| Trouble::Refused(format!("cannot read {name}: {reason}")))?;
    let name = if name == STDIN { "<stdin>".to_owned() } else { name };
    let reading = match input::decode(bytes) {
        Ok(text) => {
            let file = sources.add(name, text);
            input::read(&mut sources, file, limits, &mut |path, sources| {
                include(path, limits, sources)
            })
        }
        Err(undecodable) => {
            return Err(Trouble::Refused(format!(
                "cannot read {name}: {} (byte {})",
                undecodable.reason, undecodable.at
            )));
        }
    };
    Ok(Loaded { sources, reading })
}

fn include(path: &Path, limits: &Limits, sources: &mut SourceMap) -> Result<FileId, String> {
    let bytes = open(path, limits.bytes)?;
    let text = input::decode(bytes).map_err(|undecodable| undecodable.reason.to_owned())?;
    Ok(sources.add(path.display().to_string(), text))
}

fn open(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let mut file = fs::File::open(path).map_err(|error| error.to_string())?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err("it is a folder".to_owned());
    }
    limited(&mut file, limit)
}

/// Reads at most the limit, also from what does not know its length.
fn limited(reader: &mut dyn Read, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("it is larger than {limit} bytes; raise the limit with --max-bytes"));
    }
    Ok(bytes)
}

/// Writes to standard output, or to a file as a whole: a reader never sees half of it.
pub(super) fn write(output: Option<&Path>, text: &str, io: &mut Io<'_>) -> Result<(), Trouble> {
    let Some(path) = output else {
        io.stdout.write_all(text.as_bytes())?;
        return Ok(());
    };
    let refused = |error: std::io::Error| {
        Trouble::Refused(format!("cannot write {}: {error}", path.display()))
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = fs::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // The half-written file is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&beside);
        refused(error)
    })
}

/// A problem that concerns a whole file.
pub(super) fn whole_file(file: FileId, message: String) -> Diagnostic {
    Diagnostic::error("input/analysis", Span::new(file, 0, 0), message)
}
