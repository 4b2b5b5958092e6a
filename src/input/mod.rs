//! Text to model, with every problem of the files reported in one run.

mod de;
pub mod edit;
pub mod edits;
pub mod language;
mod layers;
pub(crate) mod lenient;
mod lower;
mod origin;
mod overlay;
mod raw;
pub mod schema;
mod yaml;

use std::path::Path;

use serde::Deserialize;

use self::de::{De, Problems};
use self::lenient::Opt;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::{Origin, Removed, Topology};
use crate::source::{FileId, Place, SourceMap, Span};
use crate::text;

pub use self::yaml::{Comment, Limits};

/// Files of one topology: those it includes and those it extends.
const MOST_FILES: usize = 100;

/// Brings in a file, or says why it cannot be read.
type Load<'f> = dyn FnMut(&Path, &mut SourceMap) -> Result<FileId, String> + 'f;

/// What came of reading: the model if nothing is wrong, and all that is.
#[derive(Debug)]
pub struct Reading {
    pub topology: Option<Topology>,
    pub diagnostics: Vec<Diagnostic>,
    /// Comments that start with `failscope:`, in all files.
    pub comments: Vec<Comment>,
    /// The files of the topology, those that it extends or includes first, its own last.
    pub files: Vec<FileId>,
    /// Those of them that lie below it: what it extends is a topology of its own.
    pub bases: Vec<FileId>,
}

/// Reads the topology of which `file` is the first part. `load` brings in the files
/// that it includes or extends, or says why one cannot be read.
pub fn read(
    sources: &mut SourceMap,
    file: FileId,
    limits: &Limits,
    load: &mut dyn FnMut(&Path, &mut SourceMap) -> Result<FileId, String>,
) -> Reading {
    let problems = Problems::default();
    let files = layers::load(sources, file, limits, &problems, load);
    let mut reader = Reader {
        sources,
        limits,
        problems: &problems,
        comments: Vec::new(),
        origins: Vec::new(),
        removed: Vec::new(),
        nodes: 0,
    };
    let whole = match (files.extends, files.complete) {
        (true, true) => reader.overlaid(&files.files),
        (_, false) => reader.incomplete(file),
        (false, true) => reader.side_by_side(&files.files),
    };
    let Reader { comments, origins, removed, .. } = reader;
    let (mut topology, diagnostics) = finish(whole, problems);
    if let Some(topology) = &mut topology {
        topology.origins = origins;
        topology.removed = removed;
    }
    Reading { topology, diagnostics, comments, files: files.files, bases: files.bases }
}

/// Reads the files of one topology.
struct Reader<'r> {
    sources: &'r SourceMap,
    limits: &'r Limits,
    problems: &'r Problems,
    comments: Vec<Comment>,
    origins: Vec<Origin>,
    removed: Vec<Removed>,
    /// Keys and values of the files so far.
    nodes: usize,
}

impl<'r> Reader<'r> {
    fn tree(&mut self, file: FileId) -> Option<yaml::Tree<'r>> {
        let left = self.limits.nodes.saturating_sub(self.nodes);
        let tree = parse(self.sources, file, self.limits, left, self.problems)?;
        self.nodes += tree.len();
        self.comments.extend(tree.comments.iter().cloned());
        Some(tree)
    }

    fn topology(&mut self, tree: &yaml::Tree<'r>) -> Option<(raw::Topology, Span)> {
        self.origins.extend(origin::origins(tree));
        match Opt::<raw::Topology>::deserialize(De::root(tree, self.problems)) {
            Ok(Opt::Is(part)) => Some((part.value, tree.span(tree.root))),
            _ => None,
        }
    }

    /// Each file over those before it.
    fn overlaid(&mut self, files: &[FileId]) -> Option<(raw::Topology, Span)> {
        let trees: Vec<_> = files.iter().map(|&file| self.tree(file)).collect();
        let trees: Option<Vec<_>> = trees.into_iter().collect();
        let trees = trees?;
        self.removed = trees.iter().flat_map(overlay::removed).collect();
        let tree = overlay::merge(trees, self.problems)?;
        self.topology(&tree)
    }

    /// With a part missing, every name in it would be reported as unknown.
    fn incomplete(&mut self, own: FileId) -> Option<(raw::Topology, Span)> {
        let tree = self.tree(own)?;
        self.topology(&tree);
        None
    }

    /// The own file and the parts that it includes, in which each name is defined once.
    fn side_by_side(&mut self, files: &[FileId]) -> Option<(raw::Topology, Span)> {
        let (&own, parts) = files.split_last()?;
        let mut whole = self.part(own);
        for &file in parts {
            let part = self.part(file);
            whole = match (whole, part) {
                (Some((mut whole, root)), Some((part, _))) => {
                    whole.append(part, self.problems);
                    Some((whole, root))
                }
                _ => None,
            };
        }
        whole
    }

    fn part(&mut self, file: FileId) -> Option<(raw::Topology, Span)> {
        let tree = self.tree(file)?;
        overlay::refuse_removal(&tree, self.problems);
        self.topology(&tree)
    }
}

fn parse<'s>(
    sources: &'s SourceMap,
    file: FileId,
    limits: &Limits,
    left: usize,
    problems: &Problems,
) -> Option<yaml::Tree<'s>> {
    let text = sources.file(file)?.text();
    let mut found = Vec::new();
    let tree = yaml::parse(file, text, limits, left, &mut found);
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
    let value = parse(sources, file, limits, limits.nodes, &problems).and_then(|tree| {
        match Opt::<T>::deserialize(De::root(&tree, &problems).without_origins()) {
            Ok(Opt::Is(read)) => Some(read.value),
            _ => None,
        }
    });
    (value, problems.into_inner())
}

fn finish(
    whole: Option<(raw::Topology, Span)>,
    problems: Problems,
) -> (Option<Topology>, Vec<Diagnostic>) {
    let topology = whole.map(|(raw, root)| lower::lower(&raw, root, &problems));
    let mut diagnostics = problems.into_inner();
    diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    let broken = diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    (topology.filter(|_| !broken), diagnostics)
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
