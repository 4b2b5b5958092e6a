//! Project files: found beside the topologies, read once, and what a run knows about each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::Trouble;
use super::origin::Origin;
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::input::Limits;
use crate::source::SourceMap;

/// Which project file counts.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Use this project file instead of the nearest `failscope.yaml` above.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Look for no project file.
    #[arg(long)]
    no_config: bool,
}

/// Flags about what a project decided.
#[derive(Debug, Args)]
pub(super) struct ProjectArgs {
    #[command(flatten)]
    pub(super) which: ConfigArgs,
    /// Show also what waivers silence, those of the project file and those in comments.
    #[arg(long)]
    pub(super) no_suppressions: bool,
    /// Judge waivers as of this day, instead of today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, hide_short_help = true)]
    today: Option<Date>,
}

fn day(word: &str) -> Result<Date, String> {
    config::date(word).ok_or_else(|| "write year, month and day: 2027-03-31".to_owned())
}

impl ProjectArgs {
    /// The only clock of the program.
    pub(super) fn today(&self) -> Date {
        self.today
            .unwrap_or_else(|| jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

/// One project file, or the lack of one.
#[derive(Default)]
pub(super) struct Project {
    pub(super) sources: SourceMap,
    pub(super) config: Config,
    pub(super) problems: Vec<Diagnostic>,
    /// Waivers that cover a finding in some topology of this run.
    pub(super) used: BTreeSet<usize>,
    /// What is wrong with its file has been said.
    pub(super) shown: bool,
    /// A topology could not be judged, so that what is unused is not known.
    pub(super) undecided: bool,
}

/// The project files of one run, by their name; `None` is the lack of one.
#[derive(Default)]
pub(super) struct Projects(BTreeMap<Option<String>, Project>);

impl Projects {
    /// The project of a topology; its file is read once.
    pub(super) fn of(
        &mut self,
        topology: &Origin,
        args: &ConfigArgs,
        limits: &Limits,
    ) -> Result<&mut Project, Trouble> {
        let file = match &args.config {
            Some(given) => Some(Origin::Disk(given.clone())),
            None if args.no_config => None,
            None => nearest(topology, limits),
        };
        let name = file.as_ref().map(Origin::name);
        if !self.0.contains_key(&name) {
            let project = file.as_ref().map(|file| read(file, limits)).transpose()?;
            self.0.insert(name.clone(), project.unwrap_or_default());
        }
        Ok(self.0.entry(name).or_default())
    }

    /// The project that counts where no topology is named: that of the current folder.
    pub(super) fn here(args: &ConfigArgs, limits: &Limits) -> Result<Project, Trouble> {
        let mut projects = Projects::default();
        let project = projects.of(&Origin::Disk("-".into()), args, limits)?;
        Ok(std::mem::take(project))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Project> {
        self.0.values()
    }
}

fn read(file: &Origin, limits: &Limits) -> Result<Project, Trouble> {
    let text = file.text(limits)?;
    let mut sources = SourceMap::new();
    let id = match file {
        Origin::Disk(path) => sources.add(shown(path).display().to_string(), text),
        Origin::Revision(_, path) => sources.add_at(file.name(), path, text),
    };
    let (config, problems) = config::read(&mut sources, id, limits, &mut |path, sources| {
        file.beside(path, limits, sources, 0)
    });
    Ok(Project { sources, config, problems, ..Project::default() })
}

/// The first project file in the folder of the topology and those above it.
fn nearest(topology: &Origin, limits: &Limits) -> Option<Origin> {
    topology.project_files().into_iter().find(|file| {
        // One that cannot be read is not passed over: what it decides would be lost.
        file.is_file() && file.text(limits).map_or(true, |text| config::is_project_file(&text))
    })
}

/// Relative to the current folder where it is below it, as the topologies are.
fn shown(path: &Path) -> &Path {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}
