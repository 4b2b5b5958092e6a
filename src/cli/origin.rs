//! Where a topology comes from: the disk, standard input, or a revision of a git repository.

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::files::{self, Loaded};
use super::git::{self, Revision};
use super::{Io, Trouble};
use crate::config;
use crate::input::{self, Limits};
use crate::source::{FileId, SourceMap};

/// A file or a folder.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// `-` is standard input.
    Disk(PathBuf),
    /// By its path from the top of the repository; empty for the top.
    Revision(Rc<Revision>, String),
}

/// A topology of a folder, by its path in it.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) relative: String,
    pub(super) origin: Origin,
}

impl Origin {
    /// `REV:PATH` names a file or folder of a revision, unless a file is called just that.
    pub(super) fn of(word: &Path) -> Result<Origin, Trouble> {
        let spoken = word.to_str().filter(|_| !word.exists());
        let Some((revision, path)) = spoken.and_then(revision_and_path) else {
            return Ok(Origin::Disk(word.to_owned()));
        };
        let here = Path::new(".");
        let base = match path.starts_with("./") || path.starts_with("../") {
            true => git::prefix(here)?,
            false => String::new(),
        };
        let revision = Revision::open(revision, here)?;
        Origin::in_revision(Rc::new(revision), &base, path)
    }

    fn in_revision(revision: Rc<Revision>, base: &str, path: &str) -> Result<Origin, Trouble> {
        let refused =
            |why: &str| Trouble::Refused(format!("cannot read {}:{path}: {why}", revision.name));
        let whole = normal(base, path).ok_or_else(|| refused("it is outside the repository"))?;
        if !revision.is_file(&whole) && revision.below(&whole).is_empty() {
            return Err(refused(&revision.absent(&whole)));
        }
        Ok(Origin::Revision(revision, whole))
    }

    /// The same file in a revision of its repository; none if the revision has no such file.
    pub(super) fn in_other(&self, revision: &Rc<Revision>, prefix: &str) -> Option<Origin> {
        let path = match self {
            Origin::Revision(_, path) => Some(path.clone()),
            Origin::Disk(path) => path.file_name().and_then(|name| normal(prefix, name.to_str()?)),
        };
        let known = path.filter(|path| revision.is_file(path));
        known.map(|path| Origin::Revision(revision.clone(), path))
    }

    /// As messages name it.
    pub(super) fn name(&self) -> String {
        match self {
            Origin::Disk(path) => path.display().to_string(),
            Origin::Revision(revision, path) => format!("{}:{path}", revision.name),
        }
    }

    /// The topologies of a folder; none if this is a file.
    pub(super) fn folder(&self, limits: &Limits) -> Result<Option<Vec<Found>>, Trouble> {
        match self {
            Origin::Disk(path) if path.is_dir() => {
                let files = files::expand(std::slice::from_ref(path))?;
                let found = |file: PathBuf| Found {
                    relative: slashed(file.strip_prefix(path).unwrap_or(&file)),
                    origin: Origin::Disk(file),
                };
                Ok(Some(files.into_iter().map(found).collect()))
            }
            Origin::Disk(_) => Ok(None),
            Origin::Revision(revision, path) if revision.is_file(path) => Ok(None),
            Origin::Revision(revision, path) => Ok(Some(topologies(revision, path, limits))),
        }
    }

    /// Reads it behind files that have been read before.
    pub(super) fn load(
        &self,
        sources: SourceMap,
        limits: &Limits,
        io: &mut Io<'_>,
    ) -> Result<Loaded, Trouble> {
        match self {
            Origin::Disk(path) => files::load_after(sources, path, limits, io),
            Origin::Revision(_, path) => self.load_at(path, sources, limits),
        }
    }

    /// One of a revision, with what it names there.
    fn load_at(
        &self,
        path: &str,
        mut sources: SourceMap,
        limits: &Limits,
    ) -> Result<Loaded, Trouble> {
        let (name, text) = (self.name(), self.text(limits)?);
        let before = sources.files().count();
        let root = sources.add_at(name.clone(), path, text);
        let reading = input::read(&mut sources, root, limits, &mut |path, sources| {
            self.beside(path, limits, sources, before)
        });
        Ok(Loaded { name, root, sources, reading })
    }

    /// A file that this one names; the first `before` files do not count against its limits.
    pub(super) fn beside(
        &self,
        path: &Path,
        limits: &Limits,
        sources: &mut SourceMap,
        before: usize,
    ) -> Result<FileId, String> {
        let Origin::Revision(revision, _) = self else {
            return files::include(path, limits, sources, before);
        };
        let whole = path.to_str().and_then(|path| normal("", path));
        let whole = whole.ok_or_else(|| "it is outside the repository".to_owned())?;
        let left = files::left(limits, sources, before);
        let bytes = revision.read(&whole, left, limits.bytes)?;
        let text = input::decode(bytes).map_err(|undecodable| undecodable.reason.to_owned())?;
        Ok(sources.add_at(format!("{}:{whole}", revision.name), whole, text))
    }

    /// Places in which its project file may stand, the nearest first.
    pub(super) fn project_files(&self) -> Vec<Origin> {
        match self {
            Origin::Disk(path) => {
                // For standard input this is the current folder.
                let Ok(whole) = std::path::absolute(path) else { return Vec::new() };
                let folders = whole.ancestors().skip(1);
                folders.map(|folder| Origin::Disk(folder.join(config::FILE_NAME))).collect()
            }
            Origin::Revision(revision, path) => {
                let folders = Path::new(path).ancestors().skip(1);
                let file = |folder: &Path| slashed(&folder.join(config::FILE_NAME));
                folders.map(|folder| Origin::Revision(revision.clone(), file(folder))).collect()
            }
        }
    }

    pub(super) fn is_file(&self) -> bool {
        match self {
            Origin::Disk(path) => path.is_file(),
            Origin::Revision(revision, path) => revision.is_file(path),
        }
    }

    pub(super) fn text(&self, limits: &Limits) -> Result<String, Trouble> {
        match self {
            Origin::Disk(path) => files::read_text(path, limits),
            Origin::Revision(revision, path) => {
                let bytes = revision.read(path, limits.bytes, limits.bytes);
                files::decode(&self.name(), bytes)
            }
        }
    }
}

fn topologies(revision: &Rc<Revision>, folder: &str, limits: &Limits) -> Vec<Found> {
    let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let is_topology = |path: &&str| {
        let (relative, name) = (&path[start..], Path::new(path));
        let is_hidden = relative
            .rsplit_once('/')
            .is_some_and(|(folders, _)| folders.split('/').any(|folder| folder.starts_with('.')));
        !is_hidden
            && files::is_yaml(name)
            && revision
                .read(path, limits.bytes, limits.bytes)
                .is_ok_and(|bytes| files::text_says_failscope(&bytes))
    };
    let found = |path: &str| Found {
        relative: path[start..].to_owned(),
        origin: Origin::Revision(revision.clone(), path.to_owned()),
    };
    revision.below(folder).into_iter().filter(is_topology).map(found).collect()
}

/// The revision and the path of `REV:PATH`. A revision may hold colons in braces; a letter
/// before `:\` or `:/` is a drive.
fn revision_and_path(word: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let at = word.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })?;
    let (revision, path) = (&word[..at], &word[at + 1..]);
    let is_drive = revision.len() == 1 && path.starts_with(['\\', '/']);
    (!revision.is_empty() && !is_drive).then_some((revision, path))
}

/// A path from the top of a repository, without `.` and `..`; none if it leads out of it.
fn normal(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in Path::new(folder).join(path).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?.to_owned()),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_ends_at_the_first_colon_outside_braces() {
        for (word, expected) in [
            ("main:a/b.yaml", Some(("main", "a/b.yaml"))),
            ("origin/main:b.yaml", Some(("origin/main", "b.yaml"))),
            ("HEAD^{/fix: it}:b.yaml", Some(("HEAD^{/fix: it}", "b.yaml"))),
            ("main:", Some(("main", ""))),
            ("C:\\topologies\\a.yaml", None),
            ("C:/topologies/a.yaml", None),
            (":a.yaml", None),
            ("a.yaml", None),
        ] {
            assert_eq!(revision_and_path(word), expected, "{word}");
        }
    }

    #[test]
    fn a_path_stays_in_the_repository() {
        for (folder, path, expected) in [
            ("", "a.yaml", Some("a.yaml")),
            ("t", "./a.yaml", Some("t/a.yaml")),
            ("t", "../parts/a.yaml", Some("parts/a.yaml")),
            ("t", "../../a.yaml", None),
            ("t", "/etc/passwd", None),
            ("", "", Some("")),
        ] {
            assert_eq!(normal(folder, path).as_deref(), expected, "{folder} {path}");
        }
    }
}
