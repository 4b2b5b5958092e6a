//! Text to model, with every problem of the files reported in one run.

mod de;
pub mod edit;
pub mod language;
pub(crate) mod lenient;
mod lower;
mod raw;
pub mod schema;
mod yaml;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::de::{De, Problems};
use self::lenient::{Opt, Sp};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::Topology;
use crate::source::{FileId, Place, SourceMap, Span};
use crate::text;

pub use self::yaml::{Comment, Limits};

/// Files a topology may be split into.
const MOST_INCLUDES: usize = 100;

/// What came of reading: the model if nothing is wrong, and all that is.
#[derive(Debug)]
pub struct Reading {
    pub topology: Option<Topology>,
    pub diagnostics: Vec<Diagnostic>,
    /// Comments that start with `failscope:`, in all files.
    pub comments: Vec<Comment>,
}

/// Reads the topology of which `file` is the first part. `load` brings in the files
/// that it includes, or says why one cannot be read.
pub fn read(
    sources: &mut SourceMap,
    file: FileId,
    limits: &Limits,
    load: &mut dyn FnMut(&Path, &mut SourceMap) -> Result<FileId, String>,
) -> Reading {
    let problems = Problems::default();
    let mut comments = Vec::new();
    let Some((mut whole, root)) = read_part(sources, file, limits, &problems, &mut comments) else {
        return finish(None, problems, comments);
    };
    let name = sources.file(file).map_or("", |file| file.name.as_str());
    let base = PathBuf::from(name);
    let mut seen = vec![base.clone()];
    // With a part missing, every name in it would be reported as unknown.
    let mut complete = true;
    for word in std::mem::take(&mut whole.include.0) {
        let path = base.parent().unwrap_or(Path::new("")).join(&word.value);
        let part = match include(&path, &word, &mut seen, sources, load) {
            Ok(file) => read_part(sources, file, limits, &problems, &mut comments),
            Err(problem) => {
                problems.push(*problem);
                None
            }
        };
        match part {
            Some((part, _)) => {
                check_part(&part, word.span, &problems);
                whole.append(part, &problems);
            }
            None => complete = false,
        }
    }
    finish(Some((whole, root)).filter(|_| complete), problems, comments)
}

fn read_part(
    sources: &SourceMap,
    file: FileId,
    limits: &Limits,
    problems: &Problems,
    comments: &mut Vec<Comment>,
) -> Option<(raw::Topology, Span)> {
    let tree = parse(sources, file, limits, problems)?;
    let root = tree.span(tree.root);
    comments.extend(tree.comments.iter().cloned());
    match Opt::<raw::Topology>::deserialize(De::root(&tree, problems)) {
        Ok(Opt::Is(part)) => Some((part.value, root)),
        _ => None,
    }
}

fn parse<'s>(
    sources: &'s SourceMap,
    file: FileId,
    limits: &Limits,
    problems: &Problems,
) -> Option<yaml::Tree<'s>> {
    let text = sources.file(file)?.text();
    let mut found = Vec::new();
    let tree = yaml::parse(file, text, limits, &mut found);
    problems.extend(found);
    tree.map_err(|fatal| problems.push(*fatal)).ok()
}

/// Reads a file that is no topology in the same way: every problem in one run, each at
/// its place, with the nearest known key. The value is missing if the file is no YAML.
pub(crate) fn read_as<T: for<'de> Deserialize<'de>>(
    sources: &SourceMap,
    file: FileId,
    limits: &Limits,
) -> (Option<T>, Vec<Diagnostic>) {
    let problems = Problems::default();
    let value =
        parse(sources, file, limits, &problems).and_then(|tree| {
            match Opt::<T>::deserialize(De::root(&tree, &problems)) {
                Ok(Opt::Is(read)) => Some(read.value),
                _ => None,
            }
        });
    (value, problems.into_inner())
}

/// A part that is included needs no header, and cannot bring in parts of its own.
fn check_part(part: &raw::Topology, included_at: Span, problems: &Problems) {
    let Some(nested) = part.include.0.first() else { return };
    problems.push(
        Diagnostic::error(
            "input/nested-include",
            nested.span,
            "an included file cannot include further files",
        )
        .related(included_at, "included here")
        .help("list every file in the `include` of the first one"),
    );
}

fn include(
    path: &Path,
    word: &Sp<String>,
    seen: &mut Vec<PathBuf>,
    sources: &mut SourceMap,
    load: &mut dyn FnMut(&Path, &mut SourceMap) -> Result<FileId, String>,
) -> Result<FileId, Box<Diagnostic>> {
    let refuse = |message: String, help: &str| {
        Err(Box::new(Diagnostic::error("input/include", word.span, message).help(help)))
    };
    if seen.iter().any(|known| known == path) {
        return refuse(
            format!("`{}` is part of this topology already", word.value),
            "include each file once",
        );
    }
    if seen.len() >= MOST_INCLUDES {
        return refuse(
            format!("more than {MOST_INCLUDES} files in one topology"),
            "join some of them",
        );
    }
    seen.push(path.to_owned());
    load(path, sources).or_else(|reason| {
        refuse(
            format!("`{}` cannot be read: {reason}", word.value),
            "paths are relative to the file that includes them",
        )
    })
}

fn finish(
    whole: Option<(raw::Topology, Span)>,
    problems: Problems,
    comments: Vec<Comment>,
) -> Reading {
    let topology = whole.map(|(raw, root)| lower::lower(&raw, root, &problems));
    let mut diagnostics = problems.into_inner();
    diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    let broken = diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    Reading { topology: topology.filter(|_| !broken), diagnostics, comments }
}

/// Bytes to text, or the reason why they are none, with the place.
///
/// UTF-8 with or without a byte order mark. Other encodings are named, because
/// editors on Windows still write them.
pub fn decode(bytes: Vec<u8>) -> Result<String, Undecodable> {
    let problem = |at: usize, before: &[u8], reason| {
        Err(Undecodable { at, place: place_after(before), reason })
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return problem(0, &[], "the file is UTF-16; save it as UTF-8");
        }
        [0, _, ..] | [_, 0, ..] => {
            return problem(0, &[], "the file looks like UTF-16; save it as UTF-8");
        }
        _ => {}
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return problem(at, &bytes[..at], "the file holds a NUL byte; it is not a text file");
    }
    String::from_utf8(bytes).or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        let reason = "the file is not valid UTF-8 from here on; save it as UTF-8";
        problem(at, &error.as_bytes()[..at], reason)
    })
}

/// The place of the byte that follows.
fn place_after(bytes: &[u8]) -> Place {
    let text = String::from_utf8_lossy(bytes);
    let end = text.len();
    let mut sources = SourceMap::new();
    let file = sources.add("", text.into_owned());
    sources.locate(Span::new(file, end, end)).place
}

/// Why bytes are not text, and from which byte on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    pub at: usize,
    pub place: Place,
    pub reason: &'static str,
}

/// For messages about names that nothing in a topology has.
pub fn nearest_name<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    text::nearest(word, names, &mut text::SEARCH_BUDGET.clone())
}
