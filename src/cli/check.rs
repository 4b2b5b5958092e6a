//! Judging topologies with their projects: everything that is found, as one value.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::{Args, FailOn};
use super::commands::{limits, unknown_rule};
use super::files::{self, Loaded};
use super::origin::Origin;
use super::project::{Project, ProjectArgs, Projects};
use super::{Io, Trouble};
use crate::analysis::Analysis;
use crate::config::{Config, Judging};
use crate::diagnostic::Severity;
use crate::expand::{self, Expansion};
use crate::fix::{self, Budget, Files, Terms};
use crate::input::{Comment, Limits};
use crate::model::Topology;
use crate::picture;
use crate::report::review::{Item, Judged, Review, Unit};
use crate::report::{Filter, Report, build, html, loss_path};
use crate::rules::{self, AnyRule, Finding, governance};
use crate::source::{FileId, SourceMap};

/// What a run is asked for.
pub(super) struct Checks<'a> {
    pub(super) args: &'a Args,
    pub(super) project: &'a ProjectArgs,
    /// Names of rules; those run whatever the project says, and no others.
    pub(super) only: &'a [String],
    pub(super) fail_on: Option<FailOn>,
    /// The same for all topologies, also around midnight.
    pub(super) today: Date,
    pub(super) extras: Extras,
    /// Only one topology is judged: no other one may include its parts.
    pub(super) alone: bool,
}

/// What only some outputs show, and takes work.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras {
    /// Paths from what fails to what stops.
    pub(super) paths: bool,
    /// The failure scopes of each topology.
    pub(super) scopes: bool,
    /// Edits that are proven to help, where a proof is cheap.
    pub(super) fixes: bool,
    /// A page about each topology.
    pub(super) page: bool,
}

/// Each topology with its project, then what no topology used.
pub(super) fn review(
    checks: &Checks<'_>,
    paths: &[PathBuf],
    io: &mut Io<'_>,
) -> Result<Review, Trouble> {
    check_about_waivers(checks.only)?;
    let mut projects = Projects::default();
    let mut review = Review::default();
    let (which, limits) = (&checks.project.which, limits(checks.args));
    for path in paths {
        projects.of(&Origin::Disk(path.clone()), which, &limits)?;
    }
    check_chosen(checks.only, &projects)?;
    for path in paths {
        let project = projects.of(&Origin::Disk(path.clone()), which, &limits)?;
        add(&mut review, checks, path, project, io)?;
    }
    review.units.extend(projects.all().filter_map(|project| checks.unused_waivers(project)));
    Ok(review)
}

/// One topology, unless its project or the file itself cannot be read.
fn add(
    review: &mut Review,
    checks: &Checks<'_>,
    path: &Path,
    project: &mut Project,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    if !project.problems.is_empty() {
        if !std::mem::replace(&mut project.shown, true) {
            review.units.push(broken(project));
        }
        review.units.push(unjudged(path));
        return Ok(());
    }
    match files::load_after(project.sources.clone(), path, &limits(checks.args), io) {
        Ok(loaded) => review.units.push(checks.topology(loaded, project)),
        Err(Trouble::Refused(reason)) => {
            project.undecided = true;
            review.unread.push(reason);
        }
        Err(trouble) => return Err(trouble),
    }
    Ok(())
}

/// Refuses rules that never run alone.
fn check_about_waivers(only: &[String]) -> Result<(), Trouble> {
    let mut found = only.iter().filter_map(|word| rules::find(word));
    match found.find(|rule| governance::is_about_waivers(rule.id)) {
        None => Ok(()),
        Some(rule) => Err(Trouble::Refused(format!(
            "{} is about waivers, which are judged with the rules they are for; name one of those",
            rule.id
        ))),
    }
}

/// Refuses words of `--only` that name no rule of any project.
fn check_chosen(only: &[String], projects: &Projects) -> Result<(), Trouble> {
    // Of a project with mistakes it is not known which rules it has.
    if projects.all().any(|project| !project.problems.is_empty()) {
        return Ok(());
    }
    for word in only {
        let known = projects.all().any(|project| project.config.find(word).is_some());
        if !known && rules::find(word).is_none() {
            let own = projects.all().flat_map(|project| project.config.own());
            return Err(Trouble::Refused(unknown_rule(word, own)));
        }
    }
    Ok(())
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
    pub(super) fn without_extras(&self) -> Checks<'_> {
        Checks { only: self.only, extras: Extras::default(), ..*self }
    }

    fn rules(&self, project: &Project) -> Vec<AnyRule> {
        match self.only.is_empty() {
            true => project.config.rules(),
            false => self.only.iter().filter_map(|word| project.config.find(word)).collect(),
        }
    }

    fn fail_on(&self, project: &Project) -> Option<Severity> {
        let of_project = || project.config.fail_on.map(FailOn::from);
        self.fail_on.or_else(of_project).unwrap_or(FailOn::Error).lowest()
    }

    /// Everything that is found in one topology.
    pub(super) fn topology(&self, loaded: Loaded, project: &mut Project) -> Unit {
        self.topology_with(loaded, project, &mut |_, _| {})
    }

    /// The same; `also` sees the topology while everything about it is at hand.
    pub(super) fn topology_with(
        &self,
        mut loaded: Loaded,
        project: &mut Project,
        also: Also<'_>,
    ) -> Unit {
        let sources = std::mem::take(&mut loaded.sources);
        let mut unit = Unit::new(Judged::Topology, loaded.name.clone(), sources);
        unit.fail_on = self.fail_on(project);
        self.judge(&mut unit, &loaded, project, also);
        project.undecided |= !unit.decided;
        if self.extras.fixes && unit.decided {
            self.offer_fixes(&mut unit, loaded.root, project);
        }
        unit
    }

    fn offer_fixes(&self, unit: &mut Unit, root: FileId, project: &Project) {
        let rules = self.rules_of_proof(unit, project);
        let limits = limits(self.args);
        let terms = self.terms(&project.config, &rules, &limits);
        let files = Files { sources: &unit.sources, root, components: unit.components };
        let findings = unit.items.iter().filter_map(|item| item.finding.as_ref());
        let offers = fix::offers(findings, files, &terms, &mut Budget::to_mention());
        let found = unit.items.iter_mut().filter(|item| item.finding.is_some());
        for (item, fix) in found.zip(offers) {
            item.diagnostic.fix = fix;
        }
    }

    /// How a proof judges.
    pub(super) fn terms<'t>(
        &self,
        config: &'t Config,
        rules: &'t [AnyRule],
        limits: &'t Limits,
    ) -> Terms<'t> {
        let (max_work, with_included) = (self.args.max_work, self.alone);
        Terms { config, rules, limits, max_work, with_included }
    }

    /// All rules of the project, also where only some are asked for: an edit must not break others.
    pub(super) fn rules_of_proof(&self, unit: &Unit, project: &Project) -> Vec<AnyRule> {
        let mut rules = project.config.rules();
        let others = unit
            .ran
            .iter()
            .filter(|rule| !rules.iter().any(|known: &AnyRule| known.id() == rule.id()));
        rules.extend(others.cloned().collect::<Vec<_>>());
        rules
    }

    fn judge(&self, unit: &mut Unit, loaded: &Loaded, project: &mut Project, also: Also<'_>) {
        unit.add_problems(loaded.reading.diagnostics.iter().cloned());
        let Some(topology) = &loaded.reading.topology else {
            unit.decided = false;
            return;
        };
        let expansion = expand::expand(topology);
        match Analysis::new(&expansion.graph, self.args.max_work) {
            Ok(analysis) => {
                let comments = &loaded.reading.comments;
                let files = &loaded.reading.files;
                let known =
                    Known { comments, files, topology, expansion: &expansion, analysis: &analysis };
                self.govern(unit, &known, project);
                also(unit, &known);
            }
            Err(limit) => {
                let problem = files::too_much_work(topology.span.file, limit);
                unit.add_problems([problem]);
                unit.decided = false;
            }
        }
    }

    /// Runs the rules and holds the project's decisions against what they find.
    fn govern(&self, unit: &mut Unit, known: &Known<'_>, project: &mut Project) {
        let Known { comments, topology, expansion, analysis, .. } = *known;
        unit.add_problems(rules::plans::problems(topology, expansion));
        unit.components = expansion.graph.len();
        unit.ran = self.rules(project);
        let found = rules::run(unit.ran.iter().cloned(), topology, expansion, analysis);
        unit.add_problems(found.problems);
        let judging = Judging {
            sources: &unit.sources,
            analysis,
            comments,
            ran: &unit.ran,
            today: self.today,
            ignore_waivers: self.project.no_suppressions,
        };
        let governed = project.config.govern(found.findings, &judging);
        project.used.extend(&governed.used);
        unit.add_problems(governed.problems);
        unit.decided = unit.items.iter().all(|item| item.diagnostic.severity < Severity::Error);
        self.add_findings(unit, analysis, governed.findings);
        unit.suppressed = governed.suppressed;
        unit.sort();
        let report =
            || build::report(&unit.sources, topology, expansion, analysis, &Filter::default());
        let scopes = (self.extras.scopes || self.extras.page).then(report);
        let drawn = scopes.as_ref().filter(|_| self.extras.page);
        unit.page = drawn.and_then(|report| page(unit, report, topology, analysis));
        unit.scopes = scopes;
    }

    fn add_findings(&self, unit: &mut Unit, analysis: &Analysis<'_>, findings: Vec<Finding>) {
        let paths = match self.extras.paths {
            true => loss_path::of_worst(analysis, &findings),
            false => Vec::new(),
        };
        let paths = paths.into_iter().chain(std::iter::repeat_with(Vec::new));
        unit.items.extend(findings.into_iter().zip(paths).map(|(f, path)| Item::finding(f, path)));
    }

    /// Waivers of a project that no topology of this run needed.
    pub(super) fn unused_waivers(&self, project: &Project) -> Option<Unit> {
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

/// A topology by itself: what else the run judges has no part in its page.
fn page(
    unit: &Unit,
    report: &Report,
    topology: &Topology,
    analysis: &Analysis<'_>,
) -> Option<String> {
    let options = picture::Options::default();
    let scene = picture::scene(topology, analysis, &options, report.topology.clone());
    let drawn = picture::svg::render(&scene, &picture::layout(&scene));
    let style = picture::svg::style_sheet();
    let picture = html::Picture { svg: &drawn, style: &style, left_out: &scene.left_out };
    let contents = html::Contents { report, unit, analysis, picture };
    html::render(&contents).ok()
}

/// A topology and what follows from it.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    comments: &'a [Comment],
    pub(super) files: &'a [FileId],
    pub(super) topology: &'a Topology,
    pub(super) expansion: &'a Expansion,
    pub(super) analysis: &'a Analysis<'a>,
}

/// What else is done with a topology that was judged.
pub(super) type Also<'f> = &'f mut dyn FnMut(&Unit, &Known<'_>);
