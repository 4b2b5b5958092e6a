//! The old state of each topology.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::super::Trouble;
use super::super::git::{self, Revision};
use super::super::origin::{Found, Origin};
use crate::input::Limits;

pub(super) enum Against {
    Nothing,
    /// The same paths in a revision; by folder, its path in its repository.
    Revision(String, BTreeMap<PathBuf, (Rc<Revision>, String)>),
    File(Origin),
    /// By path from the folder that is judged.
    Folder(PathBuf, Vec<Found>),
}

impl Against {
    /// A file or folder of that name comes before a revision.
    pub(super) fn of(
        word: Option<&Path>,
        judged: &[PathBuf],
        limits: &Limits,
    ) -> Result<Against, Trouble> {
        let Some(word) = word else { return Ok(Against::Nothing) };
        let origin = Origin::of(word)?;
        if let (Origin::Disk(path), Some(name)) = (&origin, word.to_str())
            && !path.exists()
        {
            return Ok(Against::Revision(name.to_owned(), BTreeMap::new()));
        }
        let [judged] = judged else {
            return Err(Trouble::Refused(
                "one file or folder is compared with one; to judge several, name a revision"
                    .to_owned(),
            ));
        };
        let is_folder = Origin::of(judged)?.folder(limits)?.is_some();
        match (origin.folder(limits)?, is_folder) {
            (None, false) => Ok(Against::File(origin)),
            (Some(found), true) => Ok(Against::Folder(judged.clone(), found)),
            _ => Err(Trouble::Refused(
                "one is a file and the other a folder; compare two of a kind".to_owned(),
            )),
        }
    }

    pub(super) fn is_some(&self) -> bool {
        !matches!(self, Against::Nothing)
    }

    /// None if the old state lacks this topology, or if there is none.
    pub(super) fn of_topology(&mut self, topology: &Origin) -> Result<Option<Origin>, Trouble> {
        match self {
            Against::Nothing => Ok(None),
            Against::File(origin) => Ok(Some(origin.clone())),
            Against::Folder(judged, found) => Ok(in_folder(judged, found, topology)),
            Against::Revision(name, opened) => {
                let folder = folder_of(topology);
                if !opened.contains_key(&folder) {
                    let revision = Rc::new(Revision::open(name, &folder)?);
                    opened.insert(folder.clone(), (revision, git::prefix(&folder)?));
                }
                let known = opened.get(&folder);
                Ok(known.and_then(|(revision, prefix)| topology.in_other(revision, prefix)))
            }
        }
    }
}

fn folder_of(topology: &Origin) -> PathBuf {
    let parent = match topology {
        Origin::Disk(path) => path.parent(),
        Origin::Revision(..) => None,
    };
    match parent {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn in_folder(judged: &Path, found: &[Found], topology: &Origin) -> Option<Origin> {
    let name = topology.name();
    let folder = Origin::of(judged).ok()?.name();
    let relative = name.strip_prefix(&folder)?.trim_start_matches(['/', '\\', ':']);
    let relative = relative.replace('\\', "/");
    found.iter().find(|found| found.relative == relative).map(|found| found.origin.clone())
}
