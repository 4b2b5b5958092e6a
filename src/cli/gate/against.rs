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
    Revision(String, Opened),
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
                let (revision, prefix) = open(name, folder_of(topology), opened)?;
                Ok(topology.in_other(&revision, &prefix))
            }
        }
    }

    /// What the old state has in a folder that is judged, and that is there no more.
    pub(super) fn gone(&mut self, judged: &Path, limits: &Limits) -> Result<Vec<String>, Trouble> {
        let judged = Origin::of(judged)?;
        let Some(now) = judged.folder(limits)? else { return Ok(Vec::new()) };
        let before = match self {
            Against::Nothing | Against::File(_) => return Ok(Vec::new()),
            Against::Folder(_, found) => found.clone(),
            Against::Revision(name, opened) => in_revision(name, &judged, opened, limits)?,
        };
        let is_gone = |old: &&Found| !now.iter().any(|found| found.relative == old.relative);
        Ok(before.iter().filter(is_gone).map(|old| old.origin.name()).collect())
    }
}

type Opened = BTreeMap<PathBuf, (Rc<Revision>, String)>;

/// The revision as it is seen from a folder, and the path of that folder in it.
fn open(
    name: &str,
    folder: PathBuf,
    opened: &mut Opened,
) -> Result<(Rc<Revision>, String), Trouble> {
    if let Some(known) = opened.get(&folder) {
        return Ok(known.clone());
    }
    let found = (Rc::new(Revision::open(name, &folder)?), git::prefix(&folder)?);
    opened.insert(folder, found.clone());
    Ok(found)
}

/// The topologies that a folder had in a revision.
fn in_revision(
    name: &str,
    folder: &Origin,
    opened: &mut Opened,
    limits: &Limits,
) -> Result<Vec<Found>, Trouble> {
    let before = match folder {
        Origin::Disk(path) => {
            let (revision, prefix) = open(name, path.clone(), opened)?;
            Origin::Revision(revision, prefix)
        }
        Origin::Revision(_, path) => {
            let (revision, _) = open(name, PathBuf::from("."), opened)?;
            Origin::Revision(revision, path.clone())
        }
    };
    Ok(before.folder(limits)?.unwrap_or_default())
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
