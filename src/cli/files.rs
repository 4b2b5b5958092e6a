//! Reading topologies and writing results.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::{Io, Trouble};
use crate::analysis::WorkLimit;
use crate::diagnostic::Diagnostic;
use crate::input::{self, Limits, Reading};
use crate::source::{FileId, Place, SourceMap, Span};

/// Standard input, as a path.
const STDIN: &str = "-";

/// Folders inside folders that are searched for topologies.
const DEEPEST_FOLDER: usize = 32;

/// Files that the paths name: themselves, and the topologies in folders.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(Trouble::Refused(
            "standard input can be read once; give `-` only one time".to_owned(),
        ));
    }
    let mut files = Vec::new();
    for path in paths {
        if !is_stdin(path) && path.is_dir() {
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

pub(super) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// A folder may hold other YAML: parts that a topology includes, pipelines, settings.
/// What cannot be read is kept, so that it is reported and not passed over.
fn says_failscope(path: &Path) -> bool {
    // Opening a pipe would wait for somebody to write to it.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return false;
    }
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(1 << 20).read_to_end(&mut start));
    read.is_err() || text_says_failscope(&start)
}

pub(super) fn text_says_failscope(start: &[u8]) -> bool {
    // NUL bytes: UTF-16, in which the word cannot be found.
    if start.contains(&0) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(start) else { return true };
    text.lines().any(|line| line.trim_start_matches('\u{feff}').starts_with("failscope:"))
}

/// One topology and all its files.
pub(super) struct Loaded {
    /// The topology file as it was named.
    pub(super) name: String,
    /// The same in `sources`.
    pub(super) root: FileId,
    pub(super) sources: SourceMap,
    pub(super) reading: Reading,
}

pub(super) fn load(path: &Path, limits: &Limits, io: &mut Io<'_>) -> Result<Loaded, Trouble> {
    load_after(SourceMap::new(), path, limits, io)
}

/// The same, with files that have been read before it: places in them stay valid.
pub(super) fn load_after(
    mut sources: SourceMap,
    path: &Path,
    limits: &Limits,
    io: &mut Io<'_>,
) -> Result<Loaded, Trouble> {
    let name = name(path);
    let bytes = match is_stdin(path) {
        true => limited(&mut *io.stdin, limits.bytes, too_large(limits.bytes)),
        false => open(path, limits.bytes, too_large(limits.bytes)),
    };
    let text = decode(&name, bytes)?;
    let before = sources.files().count();
    let file = sources.add(name.clone(), text);
    let reading = input::read(&mut sources, file, limits, &mut |path, sources| {
        include(path, limits, sources, before)
    });
    Ok(Loaded { name, root: file, sources, reading })
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new(STDIN)
}

/// What a file is called in outputs.
pub(super) fn name(path: &Path) -> String {
    match is_stdin(path) {
        true => "<stdin>".to_owned(),
        false => path.display().to_string(),
    }
}

/// The text of a file that is no topology.
pub(super) fn read_text(path: &Path, limits: &Limits) -> Result<String, Trouble> {
    let bytes = open(path, limits.bytes, file_too_large(limits.bytes));
    decode(&path.display().to_string(), bytes)
}

pub(super) fn decode(name: &str, bytes: Result<Vec<u8>, String>) -> Result<String, Trouble> {
    let bytes =
        bytes.map_err(|reason| Trouble::Refused(format!("cannot read {name}: {reason}")))?;
    input::decode(bytes).map_err(|undecodable| {
        let Place { line, column } = undecodable.place;
        let reason = undecodable.reason;
        Trouble::Refused(format!("cannot read {name}:{line}:{column}: {reason}"))
    })
}

/// A text file of another format, whole.
pub(super) fn text(path: &Path, bytes: usize, io: &mut Io<'_>) -> Result<String, Trouble> {
    let name = name(path);
    let read = match is_stdin(path) {
        true => limited(&mut *io.stdin, bytes, file_too_large(bytes)),
        false => open(path, bytes, file_too_large(bytes)),
    };
    let refused = |reason: &str| Trouble::Refused(format!("cannot read {name}: {reason}"));
    let read = read.map_err(|reason| refused(&reason))?;
    input::decode(read).map_err(|undecodable| refused(undecodable.reason))
}

/// A file as it is, within the limit on its size.
pub(super) fn bytes(path: &Path, limit: usize) -> Result<Vec<u8>, Trouble> {
    open(path, limit, file_too_large(limit))
        .map_err(|reason| Trouble::Refused(format!("cannot read {}: {reason}", path.display())))
}

/// The first `before` files are not of this topology.
pub(super) fn include(
    path: &Path,
    limits: &Limits,
    sources: &mut SourceMap,
    before: usize,
) -> Result<FileId, String> {
    // A pipe or a device named by the input could keep the program waiting for ever.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return Err("it is not a regular file".to_owned());
    }
    let bytes = open(path, left(limits, sources, before), too_large(limits.bytes))?;
    let text = input::decode(bytes).map_err(|undecodable| {
        let Place { line, column } = undecodable.place;
        format!("{} (line {line}, column {column})", undecodable.reason)
    })?;
    Ok(sources.add(path.display().to_string(), text))
}

/// Bytes that further files may have.
pub(super) fn left(limits: &Limits, sources: &SourceMap, before: usize) -> usize {
    let read: usize = sources.files().skip(before).map(|(_, file)| file.text().len()).sum();
    limits.bytes.saturating_sub(read)
}

/// The bytes of a file, or why not: of one that has more than are left, that it is too large.
fn open(path: &Path, left: usize, too_large: String) -> Result<Vec<u8>, String> {
    let mut file = fs::File::open(path).map_err(|error| error.to_string())?;
    let Ok(metadata) = file.metadata() else { return limited(&mut file, left, too_large) };
    if metadata.is_dir() {
        return Err("it is a folder".to_owned());
    }
    match usize::try_from(metadata.len()) {
        Ok(length) if length <= left => limited(&mut file, left, too_large),
        _ => Err(too_large),
    }
}

/// Reads at most what is left of the limit, also from what does not know its length.
fn limited(reader: &mut dyn Read, left: usize, too_large: String) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() > left {
        true => Err(too_large),
        false => Ok(bytes),
    }
}

pub(super) fn too_large(limit: usize) -> String {
    format!(
        "the topology and what it includes are larger than {limit} bytes; \
         raise the limit with --max-bytes"
    )
}

/// The same of a file that is no topology, and so includes nothing.
fn file_too_large(limit: usize) -> String {
    format!("the file is larger than {limit} bytes; raise the limit with --max-bytes")
}

/// True for a file that holds something and does not start like that.
pub(super) fn has_other_start(path: &Path, start: &str) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let length = u64::try_from(start.len()).unwrap_or(u64::MAX);
    let mut found = Vec::new();
    let mut read = || fs::File::open(path)?.take(length).read_to_end(&mut found);
    is_file && read().is_ok() && !found.is_empty() && found != start.as_bytes()
}

/// Writes to standard output, or to a file as a whole: a reader never sees half of it.
pub(super) fn write(output: Option<&Path>, text: &str, io: &mut Io<'_>) -> Result<(), Trouble> {
    let Some(path) = output else {
        io.stdout.write_all(text.as_bytes())?;
        return Ok(());
    };
    // A link stays a link: what it points at is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let written = match fs::metadata(&target) {
        Ok(there) if there.is_dir() => Err(std::io::ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => pass_on(&target, text),
        Ok(there) => replace(&target, text, Some(there.permissions())),
        Err(_) => replace(&target, text, None),
    };
    written.map_err(|error: std::io::Error| {
        Trouble::Refused(format!("cannot write {}: {error}", path.display()))
    })
}

/// A pipe or a device is written to, never replaced by a file.
fn pass_on(target: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(target)?;
    file.write_all(text.as_bytes())?;
    file.flush()
}

/// Writes beside the target, then puts the result in its place.
fn replace(target: &Path, text: &str, permissions: Option<fs::Permissions>) -> std::io::Result<()> {
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| permissions.map_or(Ok(()), |same| file.set_permissions(same)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, target));
    if written.is_err() {
        // The half-written file is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A topology that takes more work than is allowed.
pub(super) fn too_much_work(file: FileId, limit: WorkLimit) -> Diagnostic {
    Diagnostic::error("input/analysis", Span::new(file, 0, 0), limit.to_string())
        .help("raise the limit with --max-work, or describe parts that share little in files of their own")
}
