//! The files of a topology: what it extends, what those extend, and what all of them
//! include.

use std::path::{Component, Path, PathBuf};

use super::de::Problems;
use super::yaml::{self, Limits};
use super::{Load, MOST_FILES};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap, Span};
use crate::text;

/// The files of one topology.
pub(super) struct Layers {
    /// Those below first, the topology's own file last.
    pub(super) files: Vec<FileId>,
    /// Those of them that it extends, with all that these lie on and include.
    pub(super) bases: Vec<FileId>,
    /// True when the topology extends another: its files are then laid over each other.
    pub(super) extends: bool,
    /// False when one of them is missing.
    pub(super) complete: bool,
}

/// Loads everything that the file names.
pub(super) fn load(
    sources: &mut SourceMap,
    own: FileId,
    limits: &Limits,
    problems: &Problems,
    load: &mut Load<'_>,
) -> Layers {
    let layers = Layers { files: Vec::new(), bases: Vec::new(), extends: false, complete: true };
    let (open, seen) = (Vec::new(), Vec::new());
    let mut loader = Loader { sources, limits, problems, load, open, seen, layers };
    let path = loader.path_of(own);
    loader.seen.push((path, None));
    loader.gather(own, None, false);
    loader.layers
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Extends,
    Include,
}

/// A path that a file names.
struct Word {
    link: Link,
    path: String,
    span: Span,
}

struct Loader<'l, 'f> {
    sources: &'l mut SourceMap,
    limits: &'l Limits,
    problems: &'l Problems,
    load: &'l mut Load<'f>,
    /// The files that are being gathered, each extended by the one before it.
    open: Vec<PathBuf>,
    seen: Vec<(PathBuf, Option<Span>)>,
    layers: Layers,
}

impl Loader<'_, '_> {
    /// A file after all that it lies on. As deep as there are files, which are bounded.
    fn gather(&mut self, file: FileId, via: Option<&Word>, is_base: bool) {
        let words = self.words(file);
        self.layers.extends |= words.iter().any(|word| word.link == Link::Extends);
        self.open.push(self.path_of(file));
        for word in &words {
            match self.follow(word, via) {
                Ok(file) => self.gather(file, Some(word), is_base || word.link == Link::Extends),
                Err(problem) => {
                    self.problems.push(*problem);
                    self.layers.complete = false;
                }
            }
        }
        self.open.pop();
        if is_base {
            self.layers.bases.push(file);
        }
        self.layers.files.push(file);
    }

    /// What the file extends, then what it includes. Its other problems are reported
    /// when it is read.
    fn words(&self, file: FileId) -> Vec<Word> {
        let Some(source) = self.sources.file(file) else { return Vec::new() };
        let text = source.text();
        if !text.contains("extends") && !text.contains("include") {
            return Vec::new();
        }
        let left = self.limits.nodes;
        let Ok(tree) = yaml::parse(file, text, self.limits, left, &mut Vec::new()) else {
            return Vec::new();
        };
        let mut words = Vec::new();
        for (key, link) in [("extends", Link::Extends), ("include", Link::Include)] {
            let Some(value) = tree.root_value(key) else { continue };
            words.extend(tree.words(value).into_iter().map(|(path, span)| Word {
                link,
                path: path.to_owned(),
                span,
            }));
        }
        words
    }

    fn path_of(&self, file: FileId) -> PathBuf {
        self.sources.file(file).map_or_else(PathBuf::new, |file| plain(Path::new(file.path())))
    }

    fn follow(&mut self, word: &Word, via: Option<&Word>) -> Result<FileId, Box<Diagnostic>> {
        if let Some(via) = via.filter(|via| via.link == Link::Include) {
            return Err(Box::new(nested(word.span, via.span)));
        }
        let folder = self.open.last().and_then(|path| path.parent()).unwrap_or(Path::new(""));
        let path = plain(&folder.join(&word.path));
        let shown = text::shortened(&word.path).into_owned();
        let code = match word.link {
            Link::Extends => "input/extends",
            Link::Include => "input/include",
        };
        if let Some((_, first)) = self.seen.iter().find(|(known, _)| *known == path) {
            return Err(Box::new(self.twice(code, word, &path, *first)));
        }
        if self.seen.len() >= MOST_FILES {
            let message = format!("more than {MOST_FILES} files in one topology");
            let problem = Diagnostic::error(code, word.span, message);
            return Err(Box::new(problem.help("join some of them")));
        }
        self.seen.push((path.clone(), Some(word.span)));
        (self.load)(&path, self.sources).map_err(|reason| {
            let message = format!("`{shown}` cannot be read: {reason}");
            let problem = Diagnostic::error(code, word.span, message);
            Box::new(problem.help("paths are relative to the file that names them"))
        })
    }

    fn twice(
        &self,
        code: &'static str,
        word: &Word,
        path: &Path,
        first: Option<Span>,
    ) -> Diagnostic {
        let shown = text::shortened(&word.path);
        let (message, help) = match self.open.iter().any(|open| open == path) {
            true => (
                format!("`{shown}` would extend itself"),
                "take one of the two out: a topology lies on others, never on itself",
            ),
            false => (
                format!("`{shown}` is part of this topology already"),
                "name each file once; what it says would be laid over changes to it",
            ),
        };
        let problem = Diagnostic::error(code, word.span, message).help(help);
        match first {
            Some(first) => problem.related(first, "named here first"),
            None => problem,
        }
    }
}

/// An included file is a part of a topology, not a topology.
fn nested(span: Span, included_at: Span) -> Diagnostic {
    Diagnostic::error(
        "input/nested-include",
        span,
        "an included file cannot include or extend further files",
    )
    .related(included_at, "included here")
    .help("list every file in the `include` or `extends` of the first one")
}

/// A path without `.` and, where the text alone tells, without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match (part, out.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}
