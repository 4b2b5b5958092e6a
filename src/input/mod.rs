//! Text to model, with every problem of the files reported in one run.

mod de;
mod lenient;
mod lower;
mod raw;
pub mod schema;
mod yaml;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::de::{De, Problems};
use self::lenient::{Opt, Sp};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::Topology;
use crate::source::{FileId, SourceMap, Span};
use crate::text;

pub use self::yaml::Limits;

/// Files a topology may be split into.
const MOST_INCLUDES: usize = 100;

/// What came of reading: the model if nothing is wrong, and all that is.
#[derive(Debug)]
pub struct Reading {
    pub topology: Option<Topology>,
    pub diagnostics: Vec<Diagnostic>,
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
    let mut whole: Option<(raw::Topology, Span)> = None;
    let mut pending = VecDeque::from([(file, None)]);
    let mut seen: Vec<PathBuf> = name_of(sources, file).map(PathBuf::from).into_iter().collect();
    while let Some((file, included_at)) = pending.pop_front() {
        let Some((mut part, root)) = read_part(sources, file, limits, &problems) else { continue };
        check_part(&part, included_at, &problems);
        let base = name_of(sources, file).map(PathBuf::from).unwrap_or_default();
        for word in std::mem::take(&mut part.include.0) {
            let path = base.parent().unwrap_or(Path::new("")).join(&word.value);
            match include(&path, &word, &mut seen, sources, load) {
                Ok(Some(file)) => pending.push_back((file, Some(word.span))),
                Ok(None) => {}
                Err(problem) => problems.push(*problem),
            }
        }
        match &mut whole {
            Some((whole, _)) => whole.append(part, &problems),
            None => whole = Some((part, root)),
        }
    }
    finish(whole, problems)
}

fn name_of(sources: &SourceMap, file: FileId) -> Option<String> {
    sources.file(file).map(|file| file.name.clone())
}

fn read_part(
    sources: &SourceMap,
    file: FileId,
    limits: &Limits,
    problems: &Problems,
) -> Option<(raw::Topology, Span)> {
    let text = sources.file(file)?.text();
    let mut found = Vec::new();
    let tree = match yaml::parse(file, text, limits, &mut found) {
        Ok(tree) => tree,
        Err(fatal) => {
            problems.extend(found);
            problems.push(*fatal);
            return None;
        }
    };
    problems.extend(found);
    let root = tree.span(tree.root);
    match Opt::<raw::Topology>::deserialize(De::root(&tree, problems)) {
        Ok(Opt::Is(part)) => Some((part.value, root)),
        _ => None,
    }
}

/// A part that is included needs no header, and cannot bring in parts of its own.
fn check_part(part: &raw::Topology, included_at: Option<Span>, problems: &Problems) {
    let (Some(at), Some(nested)) = (included_at, part.include.0.first()) else { return };
    problems.push(
        Diagnostic::error(
            "input/nested-include",
            nested.span,
            "an included file cannot include further files",
        )
        .related(at, "included here")
        .help("list every file in the `include` of the first one"),
    );
}

fn include(
    path: &Path,
    word: &Sp<String>,
    seen: &mut Vec<PathBuf>,
    sources: &mut SourceMap,
    load: &mut dyn FnMut(&Path, &mut SourceMap) -> Result<FileId, String>,
) -> Result<Option<FileId>, Box<Diagnostic>> {
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
    match load(path, sources) {
        Ok(file) => Ok(Some(file)),
        Err(reason) => refuse(
            format!("`{}` cannot be read: {reason}", word.value),
            "paths are relative to the file that includes them",
        ),
    }
}

fn finish(whole: Option<(raw::Topology, Span)>, problems: Problems) -> Reading {
    let topology = whole.map(|(raw, root)| lower::lower(&raw, root, &problems));
    let mut diagnostics = problems.into_inner();
    diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    let broken = diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    Reading { topology: topology.filter(|_| !broken), diagnostics }
}

/// Bytes to text, or the reason why they are none, with the place.
///
/// UTF-8 with or without a byte order mark. Other encodings are named, because
/// editors on Windows still write them.
pub fn decode(bytes: Vec<u8>) -> Result<String, Undecodable> {
    let problem = |at, reason| Err(Undecodable { at, reason });
    match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return problem(0, "the file is UTF-16; save it as UTF-8");
        }
        [0, _, ..] | [_, 0, ..] => {
            return problem(0, "the file looks like UTF-16; save it as UTF-8");
        }
        _ => {}
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return problem(at, "the file holds a NUL byte; it is not a text file");
    }
    String::from_utf8(bytes).or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        problem(at, "the file is not valid UTF-8 from here on; save it as UTF-8")
    })
}

/// Why bytes are not text, and from which byte on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    pub at: usize,
    pub reason: &'static str,
}

/// For messages about names that nothing in a topology has.
pub fn nearest_name<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    text::nearest(word, names)
}
