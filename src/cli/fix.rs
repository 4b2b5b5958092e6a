//! `lint --fix` and `lint --diff`: proven fixes, one after the other until none is left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::check::Checks;
use super::commands::limits;
use super::files::{self, Loaded};
use super::origin::Origin;
use super::project::{Project, Projects};
use super::{Exit, Io, Trouble};
use crate::fix::{self, Budget, Files};
use crate::report::patch;
use crate::report::review::Unit;
use crate::source::{SourceFile, SourceMap};
use crate::text;

/// Writes the fixes of each topology, and says on standard error what they are.
pub(super) fn write(
    checks: &Checks<'_>,
    paths: &[PathBuf],
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    if paths.iter().any(|path| files::is_stdin(path)) {
        return Err(Trouble::Refused(
            "standard input cannot be fixed in place; `--diff` shows the fixes".to_owned(),
        ));
    }
    let mut projects = Projects::default();
    for path in paths {
        // What cannot be read is reported by the run that follows.
        let Ok(Some(made)) = of_topology(checks, path, &mut projects, io) else { continue };
        let changed: Vec<_> = made.changed().collect();
        for (file, _) in &changed {
            check_writable(file)?;
        }
        for (file, text) in &changed {
            files::write(Some(Path::new(&file.name)), text, io)?;
        }
        made.tell(io)?;
    }
    Ok(())
}

/// Shows the fixes of each topology and writes nothing. Found if there is one.
pub(super) fn show(
    checks: &Checks<'_>,
    paths: &[PathBuf],
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    let mut projects = Projects::default();
    let mut exit = Exit::Passed;
    for path in paths {
        let reason = match of_topology(checks, path, &mut projects, io) {
            Ok(Some(made)) => {
                for (file, text) in made.changed() {
                    let diff = patch::unified([&file.name; 2], file.text(), text);
                    io.stdout.write_all(diff.as_bytes())?;
                    exit = if exit == Exit::Undecided { exit } else { Exit::Found };
                }
                made.tell_if_incomplete(io)?;
                continue;
            }
            Ok(None) => {
                format!("{} cannot be judged; `failscope lint` says why", files::name(path))
            }
            Err(Trouble::Refused(reason)) => reason,
            Err(trouble) => return Err(trouble),
        };
        writeln!(io.stderr, "failscope: {}", text::clean(&reason))?;
        exit = Exit::Undecided;
    }
    Ok(exit)
}

/// What came of fixing one topology.
struct Made {
    before: SourceMap,
    after: SourceMap,
    /// Place, rule and title of each fix.
    fixes: Vec<(String, String, String)>,
    /// Not all proposals could be tried.
    incomplete: bool,
}

impl Made {
    /// Files as they were, with their new text.
    fn changed(&self) -> impl Iterator<Item = (&SourceFile, &str)> {
        let pairs = self.before.files().zip(self.after.files());
        let pairs = pairs.map(|((_, before), (_, after))| (before, after.text()));
        pairs.filter(|(before, after)| before.text() != *after)
    }

    fn tell(&self, io: &mut Io<'_>) -> Result<(), Trouble> {
        for (place, rule, title) in &self.fixes {
            let line = format!("{place}: fixed {rule}: {title}");
            writeln!(io.stderr, "{}", text::clean(&line))?;
        }
        self.tell_if_incomplete(io)
    }

    fn tell_if_incomplete(&self, io: &mut Io<'_>) -> Result<(), Trouble> {
        if self.incomplete {
            writeln!(
                io.stderr,
                "failscope: the topology is large, and not every fix was tried; run it again for more"
            )?;
        }
        Ok(())
    }
}

/// `None` for a topology that cannot be judged.
fn of_topology(
    checks: &Checks<'_>,
    path: &Path,
    projects: &mut Projects,
    io: &mut Io<'_>,
) -> Result<Option<Made>, Trouble> {
    let limits = limits(checks.args);
    let project = projects.of(&Origin::Disk(path.to_owned()), &checks.project.which, &limits)?;
    if !project.problems.is_empty() {
        return Ok(None);
    }
    let loaded = files::load_after(project.sources.clone(), path, &limits, io)?;
    let before = loaded.sources.clone();
    let (name, root) = (loaded.name.clone(), loaded.root);
    let mut unit = checks.topology(loaded, project);
    if !unit.decided {
        return Ok(None);
    }
    let mut fixes = Vec::new();
    let mut tries = Tries::default();
    while let Some((fix, fixed)) = tries.next(checks, &unit, root, project) {
        fixes.push(fix);
        let fix::Fixed { sources, reading, .. } = fixed;
        unit = checks.topology(Loaded { name: name.clone(), root, sources, reading }, project);
    }
    let incomplete = tries.budget.is_used_up();
    Ok(Some(Made { before, after: unit.sources, fixes, incomplete }))
}

/// What has been tried so far. Each fix takes a finding away and adds none as bad, so this ends.
struct Tries {
    budget: Budget,
    refused: BTreeSet<fix::Identity>,
    /// A fix was made since the first one that was refused: it may be possible now.
    fixed_since: bool,
}

impl Default for Tries {
    fn default() -> Tries {
        Tries { budget: Budget::to_make(), refused: BTreeSet::new(), fixed_since: false }
    }
}

impl Tries {
    fn next(
        &mut self,
        checks: &Checks<'_>,
        unit: &Unit,
        root: crate::source::FileId,
        project: &Project,
    ) -> Option<((String, String, String), fix::Fixed)> {
        let rules = checks.rules_of_proof(unit, project);
        let limits = limits(checks.args);
        let terms = checks.terms(&project.config, &rules, &limits);
        let files = Files { sources: &unit.sources, root, components: unit.components };
        loop {
            let findings = unit.items.iter().filter_map(|item| item.finding.as_ref());
            let (refused, budget) = (&mut self.refused, &mut self.budget);
            if let Some((finding, fixed)) = fix::first(findings, refused, files, &terms, budget) {
                self.fixed_since = true;
                let place = unit.sources.locate(finding.primary.span).to_string();
                return Some((
                    (place, finding.rule.id().to_owned(), fixed.fix.title.clone()),
                    fixed,
                ));
            }
            if !std::mem::take(&mut self.fixed_since) {
                return None;
            }
            self.refused.clear();
        }
    }
}

/// Replacing a file needs no right to write to it; whoever took that right away meant it.
fn check_writable(file: &SourceFile) -> Result<(), Trouble> {
    let refused = |reason: String| Trouble::Refused(format!("cannot fix {}: {reason}", file.name));
    let metadata = fs::metadata(&file.name).map_err(|error| refused(error.to_string()))?;
    if metadata.permissions().readonly() {
        return Err(refused("it is write-protected".to_owned()));
    }
    let now = fs::read(&file.name).map_err(|error| refused(error.to_string()))?;
    match now == file.text().as_bytes() {
        true => Ok(()),
        false => Err(refused("it was changed meanwhile".to_owned())),
    }
}
