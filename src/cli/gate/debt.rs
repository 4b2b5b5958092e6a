//! The baseline of a run: read before it, and written after it where it shrank or was to grow.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::super::args::Args;
use super::super::origin::Origin;
use super::super::{Io, Trouble, files};
use super::GateArgs;
use crate::config::Policy;
use crate::diff::{Facts, severities};
use crate::gate::baseline::{self, Baseline, Debt, Places};
use crate::input::Limits;
use crate::report::diff::PlaceRow;
use crate::report::gate::{BaselineRow, StaleRow};
use crate::rules::Finding;
use crate::source::SourceMap;
use crate::text;

#[derive(Default)]
pub(super) struct Debts {
    file: Option<PathBuf>,
    sources: SourceMap,
    places: Places,
    was: Baseline,
    is: Baseline,
    /// Topologies of this run.
    judged: BTreeSet<String>,
    grows: bool,
}

impl Debts {
    pub(super) fn read(
        given: &GateArgs,
        limits: &Limits,
        args: &Args,
        io: &mut Io<'_>,
    ) -> Result<Debts, Trouble> {
        let Some(file) = &given.baseline else { return Ok(Debts::default()) };
        let mut debts =
            Debts { file: Some(file.clone()), grows: given.update_baseline, ..Debts::default() };
        if given.update_baseline && !file.exists() {
            return Ok(debts);
        }
        let text = files::read_text(file, limits)?;
        let id = debts.sources.add(file.display().to_string(), text);
        let (was, places, problems) = baseline::read(&debts.sources, id, limits);
        if !problems.is_empty() {
            super::super::diff::say(&debts.sources, &problems, args, io)?;
            return Err(Trouble::Refused(format!("{} cannot be used", file.display())));
        }
        (debts.is, debts.was, debts.places) = (was.clone(), was, places);
        Ok(debts)
    }

    /// The name of a topology in the file: its path from the folder of the file.
    pub(super) fn key(&self, topology: &Origin) -> String {
        let folder = self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        match topology {
            Origin::Disk(path) => relative(folder, path),
            Origin::Revision(_, path) => path.clone(),
        }
    }

    /// What is accepted of a topology; none without a baseline. What of it is true no more goes,
    /// and all of today comes in if that is asked for.
    pub(super) fn of<'f>(
        &mut self,
        key: &str,
        policy: &Policy,
        facts: &Facts,
        suppressed: impl Iterator<Item = &'f Finding>,
    ) -> Option<Debt> {
        self.file.as_ref()?;
        self.judged.insert(key.to_owned());
        // What a waiver silences is still true.
        let mut all = facts.clone();
        for (key, severity) in severities(suppressed) {
            let known = all.findings.entry(key).or_insert(severity);
            *known = severity.max(*known);
        }
        let accepted = self.was.topologies.get(key).cloned().unwrap_or_default();
        let mut left = accepted.shrunk(&all);
        if self.grows {
            left.add(&Debt::of(facts, policy));
        }
        let debt = if self.grows { left.clone() } else { accepted };
        match left == Debt::default() {
            true => self.is.topologies.remove(key),
            false => self.is.topologies.insert(key.to_owned(), left),
        };
        Some(debt)
    }

    /// Writes the file if it changed. Of a run that could not judge everything, nothing is kept.
    pub(super) fn finish(
        mut self,
        given: &GateArgs,
        is_whole: bool,
        io: &mut Io<'_>,
    ) -> Result<Option<BaselineRow>, Trouble> {
        let Some(file) = self.file.clone() else { return Ok(None) };
        self.forget_missing(&file);
        let (was, is) = (entries(&self.was), entries(&self.is));
        let stale = was.iter().filter(|entry| !is.contains(entry)).map(|(topology, entry)| {
            let place = self.places.get(&(topology.clone(), entry.clone()));
            let place = place.map(|&span| PlaceRow::of(&self.sources, span));
            StaleRow { topology: topology.clone(), entry: entry.clone(), place }
        });
        let added = is.iter().filter(|entry| !was.contains(entry)).count();
        let mut row = BaselineRow {
            file: file.display().to_string(),
            stale: stale.collect(),
            written: false,
            added: 0,
        };
        let is_new = self.grows && !file.exists();
        if is_whole && !given.keep_baseline && (self.was != self.is || is_new) {
            row.written = self.write(&file, io)?;
            row.added = if self.grows { added } else { 0 };
        }
        Ok(Some(row))
    }

    /// Of a topology that is there no more nothing is true.
    fn forget_missing(&mut self, file: &Path) {
        let folder = file.parent().unwrap_or(Path::new(""));
        let judged = &self.judged;
        self.is.topologies.retain(|key, _| judged.contains(key) || folder.join(key).exists());
    }

    /// That it cannot shrink here, as in a checkout that is read only, is told and changes nothing.
    fn write(&self, file: &Path, io: &mut Io<'_>) -> Result<bool, Trouble> {
        let text = baseline::render(&self.is)
            .map_err(|error| Trouble::Refused(format!("cannot write the baseline: {error}")))?;
        match files::write(Some(file), &text, io) {
            Ok(()) => Ok(true),
            Err(Trouble::Refused(reason)) if !self.grows => {
                writeln!(io.stderr, "failscope: {}", text::clean(&reason))?;
                Ok(false)
            }
            Err(trouble) => Err(trouble),
        }
    }
}

fn entries(baseline: &Baseline) -> BTreeSet<(String, String)> {
    let of = |(topology, debt): (&String, &Debt)| {
        let topology = topology.clone();
        debt.entries().into_iter().map(move |entry| (topology.clone(), entry)).collect::<Vec<_>>()
    };
    baseline.topologies.iter().flat_map(of).collect()
}

/// The way from a folder to a file, with slashes on every system.
fn relative(folder: &Path, file: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (folder, file) = (normal(&whole(folder)), normal(&whole(file)));
    let common = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - common);
    up.chain(file.into_iter().skip(common)).collect::<Vec<String>>().join("/")
}

fn normal(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topology_is_named_from_the_folder_of_the_baseline() {
        for (folder, file, expected) in [
            ("", "topologies/a.yaml", "topologies/a.yaml"),
            ("policy", "topologies/a.yaml", "../topologies/a.yaml"),
            ("topologies", "topologies/x/../a.yaml", "a.yaml"),
            (".", "./a.yaml", "a.yaml"),
        ] {
            assert_eq!(relative(Path::new(folder), Path::new(file)), expected, "{folder} {file}");
        }
    }
}
