//! Judging topologies with their projects: everything that is found, as one value.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::{Args, FailOn};
use super::commands::limits;
use super::files::{self, Loaded};
use super::project::{Project, ProjectArgs, Projects};
use super::{Io, Trouble};
use crate::analysis::Analysis;
use crate::config::{Governed, Judging};
use crate::diagnostic::Severity;
use crate::expand::{self, Expansion};
use crate::input::Comment;
use crate::model::Topology;
use crate::report::review::{Item, Judged, Review, Unit};
use crate::report::{Filter, build, loss_path};
use crate::rules::{self, AnyRule};
use crate::source::SourceMap;

/// What a run is asked for.
pub(super) struct Checks<'a> {
    pub(super) args: &'a Args,
    pub(super) project: &'a ProjectArgs,
    /// Rules that were asked for by name; they run whatever the project says.
    pub(super) only: Vec<AnyRule>,
    pub(super) fail_on: Option<FailOn>,
    /// The same for all topologies, also around midnight.
    pub(super) today: Date,
    pub(super) extras: Extras,
}

/// What only some outputs show, and takes work.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extras {
    /// Paths from what fails to what stops.
    pub(super) paths: bool,
    /// The failure scopes of each topology.
    pub(super) scopes: bool,
}

/// Each topology with its project, then what no topology used.
pub(super) fn review(
    checks: &Checks<'_>,
    paths: &[PathBuf],
    io: &mut Io<'_>,
) -> Result<Review, Trouble> {
    let mut projects = Projects::default();
    let mut review = Review::default();
    for path in paths {
        let (project, new) = projects.of(path, checks.project, &limits(checks.args))?;
        if !project.problems.is_empty() {
            if new {
                review.units.push(broken(project));
            }
            review.units.push(unjudged(path));
            continue;
        }
        match files::load_after(project.sources.clone(), path, &limits(checks.args), io) {
            Ok(loaded) => review.units.push(checks.topology(loaded, project)),
            Err(Trouble::Refused(reason)) => {
                project.undecided = true;
                review.unread.push(reason);
            }
            Err(trouble) => return Err(trouble),
        }
    }
    review.units.extend(projects.all().filter_map(|project| checks.unused_waivers(project)));
    Ok(review)
}

/// A project file that nothing can be judged by.
fn broken(project: &Project) -> Unit {
    project_unit(project).undecided(project.problems.iter().cloned())
}

fn project_unit(project: &Project) -> Unit {
    let file = project.sources.files().next().map_or(String::new(), |(_, file)| file.name.clone());
    Unit::new(Judged::Project, file, project.sources.clone())
}

/// A topology of a project that cannot be read.
fn unjudged(path: &Path) -> Unit {
    Unit::new(Judged::Topology, files::name(path), SourceMap::new()).undecided([])
}

impl Checks<'_> {
    fn rules(&self, project: &Project) -> Vec<AnyRule> {
        match self.only.is_empty() {
            true => project.config.rules(),
            false => self.only.clone(),
        }
    }

    fn fail_on(&self, project: &Project) -> Option<Severity> {
        let of_project = || project.config.fail_on.map(FailOn::from);
        self.fail_on.or_else(of_project).unwrap_or(FailOn::Error).lowest()
    }

    fn topology(&self, mut loaded: Loaded, project: &mut Project) -> Unit {
        let sources = std::mem::take(&mut loaded.sources);
        let mut unit = Unit::new(Judged::Topology, loaded.name.clone(), sources);
        unit.fail_on = self.fail_on(project);
        self.judge(&mut unit, &loaded, project);
        project.undecided |= !unit.decided;
        unit
    }

    fn judge(&self, unit: &mut Unit, loaded: &Loaded, project: &mut Project) {
        unit.items.extend(loaded.reading.diagnostics.iter().cloned().map(Item::problem));
        let Some(topology) = &loaded.reading.topology else {
            unit.decided = false;
            return;
        };
        let expansion = expand::expand(topology);
        match Analysis::new(&expansion.graph, self.args.max_work) {
            Ok(analysis) => {
                let comments = &loaded.reading.comments;
                let known =
                    Known { comments, topology, expansion: &expansion, analysis: &analysis };
                self.govern(unit, &known, project);
            }
            Err(limit) => {
                let problem = files::whole_file(topology.span.file, limit.to_string());
                unit.items.push(Item::problem(problem));
                unit.decided = false;
            }
        }
    }

    /// Runs the rules and holds the project's decisions against what they find.
    fn govern(&self, unit: &mut Unit, known: &Known<'_>, project: &mut Project) {
        let Known { comments, topology, expansion, analysis } = *known;
        unit.items
            .extend(rules::plans::problems(topology, expansion).into_iter().map(Item::problem));
        unit.ran = self.rules(project);
        let found = rules::run(unit.ran.iter().cloned(), topology, expansion, analysis);
        unit.items.extend(found.problems.into_iter().map(Item::problem));
        let readable = unit.items.is_empty();
        let judging = Judging {
            sources: &unit.sources,
            analysis,
            comments,
            ran: &unit.ran,
            today: self.today,
            ignore_waivers: self.project.no_suppressions,
        };
        let Governed { problems, findings, suppressed, used } =
            project.config.govern(found.findings, &judging);
        project.used.extend(&used);
        unit.decided = readable && problems.is_empty();
        unit.items.extend(problems.into_iter().map(Item::problem));
        let paths = match self.extras.paths {
            true => loss_path::of_worst(analysis, &findings),
            false => Vec::new(),
        };
        let paths = paths.into_iter().chain(std::iter::repeat_with(Vec::new));
        unit.items.extend(findings.into_iter().zip(paths).map(|(f, path)| Item::finding(f, path)));
        unit.suppressed = suppressed;
        unit.sort();
        unit.scopes = self.extras.scopes.then(|| {
            build::report(&unit.sources, topology, expansion, analysis, &Filter::default())
        });
    }

    /// Waivers of a project that no topology of this run needed.
    fn unused_waivers(&self, project: &Project) -> Option<Unit> {
        if project.undecided || !project.problems.is_empty() || self.project.no_suppressions {
            return None;
        }
        let ran = self.rules(project);
        let is_used = |index| project.used.contains(&index);
        let unused = project.config.unused_waivers(&is_used, &ran);
        let mut unit = project_unit(project);
        unit.fail_on = self.fail_on(project);
        unit.items.extend(unused.into_iter().map(|finding| Item::finding(finding, Vec::new())));
        // Without a project file there is nothing that could be unused.
        Some(unit).filter(|unit| !unit.file.is_empty())
    }
}

/// A topology and what follows from it.
#[derive(Clone, Copy)]
struct Known<'a> {
    comments: &'a [Comment],
    topology: &'a Topology,
    expansion: &'a Expansion,
    analysis: &'a Analysis<'a>,
}
