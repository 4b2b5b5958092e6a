//! Files of a revision, read from the repository by the `git` program without touching the
//! work tree.
//!
//! Git is run directly, never through a shell. The only word of the user that it sees is the
//! revision, which cannot be taken for an option; files are asked for by their object id.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Trouble;
use crate::input;

/// What one entry of a tree is.
#[derive(Debug, Clone)]
struct Entry {
    mode: String,
    object: String,
    size: Option<usize>,
}

/// One commit and the files in it.
#[derive(Debug)]
pub(super) struct Revision {
    /// As the user named it.
    pub(super) name: String,
    folder: std::path::PathBuf,
    /// By path from the top of the repository.
    entries: BTreeMap<String, Entry>,
}

/// The folder, from the top of its repository, in which `folder` stands; empty for the top.
pub(super) fn prefix(folder: &Path) -> Result<String, Trouble> {
    let prefix =
        run(folder, &["rev-parse", "--show-prefix"]).map_err(|why| not_there(folder, &why))?;
    Ok(prefix.trim_end_matches(['\n', '\r', '/']).to_owned())
}

impl Revision {
    /// The revision of the repository in which `folder` stands.
    pub(super) fn open(name: &str, folder: &Path) -> Result<Revision, Trouble> {
        if name.starts_with('-') || name.contains(['\n', '\0']) {
            return Err(Trouble::Refused(format!("`{name}` is no name of a revision")));
        }
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        run(folder, &["rev-parse", "--git-dir"]).map_err(|why| not_there(folder, &why))?;
        let wanted = format!("{name}^{{commit}}");
        let commit =
            run(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])
                .map_err(|_| unknown_revision(name, folder))?;
        let commit = commit.trim();
        let listing = run(folder, &["ls-tree", "-r", "-l", "-z", "--full-tree", commit])
            .map_err(|why| Trouble::Refused(format!("git cannot list {name}: {why}")))?;
        let entries = listing.split('\0').filter_map(entry).collect();
        Ok(Revision { name: name.to_owned(), folder: folder.to_owned(), entries })
    }

    pub(super) fn is_file(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Paths of the files below a folder; none if there is no such folder.
    pub(super) fn below(&self, folder: &str) -> Vec<&str> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = self.entries.range(start.clone()..);
        from.map(|(path, _)| path.as_str()).take_while(|path| path.starts_with(&start)).collect()
    }

    /// The bytes of a file, if they are within what is left of a limit.
    pub(super) fn read(&self, path: &str, left: usize, limit: usize) -> Result<Vec<u8>, String> {
        let Some(entry) = self.entries.get(path) else { return Err(self.absent(path)) };
        match entry.mode.as_str() {
            "120000" => {
                return Err("it is a symbolic link there; name what it points at".to_owned());
            }
            "160000" => {
                return Err("it is a submodule there, which has revisions of its own".to_owned());
            }
            _ => {}
        }
        if entry.size.is_none_or(|size| size > left) {
            return Err(super::files::too_large(limit));
        }
        bytes(&self.folder, &["cat-file", "blob", &entry.object])
    }

    /// Why a path cannot be read that the revision has not.
    pub(super) fn absent(&self, path: &str) -> String {
        if !self.below(path).is_empty() {
            return format!("it is a folder in {}", self.name);
        }
        let near = || input::nearest_name(path, self.entries.keys().map(String::as_str));
        let same_name = {
            let file = path.rsplit('/').next().unwrap_or(path);
            self.entries
                .keys()
                .map(String::as_str)
                .find(|known| known.rsplit('/').next() == Some(file))
        };
        match same_name.or_else(near) {
            Some(near) => format!("{} has no such file; did you mean `{near}`?", self.name),
            None => format!(
                "{} has no such file; paths are from the top of the repository, or begin with `./`",
                self.name
            ),
        }
    }
}

/// `mode type object size<TAB>path`
fn entry(line: &str) -> Option<(String, Entry)> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split_whitespace();
    let (mode, _, object) = (facts.next()?, facts.next()?, facts.next()?);
    let size = facts.next().and_then(|size| size.parse().ok());
    Some((path.to_owned(), Entry { mode: mode.to_owned(), object: object.to_owned(), size }))
}

fn unknown_revision(name: &str, folder: &Path) -> Trouble {
    let is_shallow = run(folder, &["rev-parse", "--is-shallow-repository"])
        .is_ok_and(|answer| answer.trim() == "true");
    if is_shallow {
        return Trouble::Refused(format!(
            "this shallow clone does not have the revision `{name}`; fetch it first \
             (`git fetch --unshallow`, or a larger fetch depth in CI)"
        ));
    }
    let known = run(folder, &["for-each-ref", "--format=%(refname:short)"]).unwrap_or_default();
    Trouble::Refused(match input::nearest_name(name, known.lines()) {
        Some(near) => format!("there is no revision `{name}`; did you mean `{near}`?"),
        None => format!("there is no revision `{name}`, and no file of that name"),
    })
}

fn not_there(folder: &Path, why: &str) -> Trouble {
    let folder = match folder.as_os_str().is_empty() || folder == Path::new(".") {
        true => "the current folder".to_owned(),
        false => folder.display().to_string(),
    };
    Trouble::Refused(format!("a revision is read from a git repository, and {folder}: {why}"))
}

fn run(folder: &Path, args: &[&str]) -> Result<String, String> {
    bytes(folder, args).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn bytes(folder: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        // Reading must not write, ask, or fetch.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound if folder.is_dir() => {
                "the program `git` is not installed, or not on the PATH".to_owned()
            }
            _ => format!("git cannot be run there: {error}"),
        })?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().next().unwrap_or("git failed and gave no reason");
            Err(first.trim_start_matches("fatal: ").to_owned())
        }
    }
}
