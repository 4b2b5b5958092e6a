//! `failscope diff`: two topologies, or two folders of them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::args::Args;
use super::commands::limits;
use super::files::Loaded;
use super::findings::json_text;
use super::origin::{Found, Origin};
use super::outputs::{Format, OfRules, Outputs, Rendered};
use super::project::{Project, ProjectArgs, Projects};
use super::subject::EngineArgs;
use super::{Exit, Io, Trouble, terminal};
use crate::analysis::Analysis;
use crate::config::Config;
use crate::diff::{self, Asked, Imports, Judge, Side};
use crate::expand::Expansion;
use crate::input::{Reading, edits};
use crate::model::Topology;
use crate::report::diff::{DiffReport, Pair, TopologyDiff, VERSION, markdown, text, topology};
use crate::report::excerpt;
use crate::rules::{self, Outcome};
use crate::source::{FileId, SourceMap};

/// Elementary steps that one search for cut sets may take.
pub(super) const MOST_STEPS: u64 = 50_000_000;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "OLD and NEW are topologies or folders of them, on disk or in a revision of \
                        a git repository: `main:topologies/prod.yaml`. A file that is called just \
                        that comes first.\n\nExit status: 0 compared; 2 could not compare all of it."
)]
pub(super) struct DiffArgs {
    /// A file, a folder, or `REV:PATH`.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The same; its project file judges both sides.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Compare cut sets of at most so many members.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=6))]
    order: u32,
    /// Do not look for the edits behind what got worse.
    #[arg(long)]
    no_causes: bool,
    #[command(flatten)]
    outputs: Outputs<OfRules>,
    #[command(flatten)]
    project: ProjectArgs,
    #[command(flatten)]
    engine: EngineArgs,
}

pub(super) fn run(args: &Args, given: &DiffArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let (old, new) = (Origin::of(&given.old)?, Origin::of(&given.new)?);
    let paired = pairs(&old, &new, args)?;
    let mut report = DiffReport {
        failscope_diff: VERSION,
        old: old.name(),
        new: new.name(),
        topologies: Vec::new(),
        added: paired.added,
        removed: paired.removed,
    };
    let mut run = Run { args, given, projects: Projects::default() };
    let mut exit = Exit::Passed;
    for (old, new) in &paired.both {
        match run.pair(old, new, io)? {
            Some(diff) if diff.unknown.is_empty() => report.topologies.push(diff),
            Some(diff) => {
                report.topologies.push(diff);
                exit = Exit::Undecided;
            }
            None => exit = Exit::Undecided,
        }
    }
    if report.topologies.is_empty() && exit == Exit::Undecided {
        return Ok(exit);
    }
    show(args, given, &report, io)?;
    Ok(exit)
}

fn show(
    args: &Args,
    given: &DiffArgs,
    report: &DiffReport,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    let terminal = terminal(args, io);
    let render = |format: Format| match format {
        Format::Json => json_text(report).map(Rendered::Text),
        Format::Markdown => Ok(Rendered::Text(markdown(report))),
        _ => Ok(Rendered::Text(text(report, terminal))),
    };
    given.outputs.write(io, &render)
}

/// What is compared with what.
#[derive(Default)]
struct Paired {
    both: Vec<(Origin, Origin)>,
    added: Vec<String>,
    removed: Vec<String>,
}

fn pairs(old: &Origin, new: &Origin, args: &Args) -> Result<Paired, Trouble> {
    match (old.folder(&limits(args))?, new.folder(&limits(args))?) {
        (None, None) => Ok(Paired { both: vec![(old.clone(), new.clone())], ..Paired::default() }),
        (Some(old), Some(new)) => Ok(by_name(old, new)),
        (None, Some(_)) | (Some(_), None) => Err(Trouble::Refused(
            "one is a file and the other a folder; compare two of a kind".to_owned(),
        )),
    }
}

fn by_name(old: Vec<Found>, new: Vec<Found>) -> Paired {
    let names: BTreeSet<String> = new.iter().map(|found| found.relative.clone()).collect();
    let mut paired = Paired::default();
    let gone = old.iter().filter(|found| !names.contains(&found.relative));
    paired.removed = gone.map(|found| found.relative.clone()).collect();
    for found in new {
        match old.iter().find(|before| before.relative == found.relative) {
            Some(before) => paired.both.push((before.origin.clone(), found.origin)),
            None => paired.added.push(found.relative),
        }
    }
    paired
}

struct Run<'a> {
    args: &'a Args,
    given: &'a DiffArgs,
    projects: Projects,
}

impl Run<'_> {
    /// None if one of the two cannot be read; that has been said.
    fn pair(
        &mut self,
        old: &Origin,
        new: &Origin,
        io: &mut Io<'_>,
    ) -> Result<Option<TopologyDiff>, Trouble> {
        let limits = limits(self.args);
        let project = self.projects.of(new, &self.given.project.which, &limits)?;
        if !project.problems.is_empty() {
            if !std::mem::replace(&mut project.shown, true) {
                say(&project.sources, &project.problems, self.args, io)?;
            }
            return Ok(None);
        }
        let before = old.load(project.sources.clone(), &limits, io)?;
        let Loaded { sources, reading: was, .. } = before;
        let Loaded { sources, reading: is, .. } = new.load(sources, &limits, io)?;
        say(&sources, &was.diagnostics, self.args, io)?;
        say(&sources, &is.diagnostics, self.args, io)?;
        let names = (old.name(), new.name());
        let compared = Compared { args: self.args, given: self.given, project, sources: &sources };
        compared.topologies(&was, &is, names)
    }
}

pub(super) fn say(
    sources: &SourceMap,
    problems: &[crate::diagnostic::Diagnostic],
    args: &Args,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    for problem in problems {
        let text = excerpt::render(sources, problem, terminal(args, io));
        io.stderr.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Two topologies that have been read, and how they are judged.
struct Compared<'c> {
    args: &'c Args,
    given: &'c DiffArgs,
    project: &'c Project,
    sources: &'c SourceMap,
}

/// What was read for both sides.
struct Read<'r> {
    was: &'r [FileId],
    is: &'r [FileId],
    imports: Option<Imports>,
}

impl Compared<'_> {
    fn topologies(
        &self,
        was: &Reading,
        is: &Reading,
        names: (String, String),
    ) -> Result<Option<TopologyDiff>, Trouble> {
        let (Some(old), Some(new)) = (&was.topology, &is.topology) else { return Ok(None) };
        let find = |topology: &Topology, expansion: &Expansion, analysis: &Analysis<'_>| {
            found(&self.project.config, topology, expansion, analysis)
        };
        let budget = self.given.engine.budget().with_steps(MOST_STEPS);
        let asked = Asked { order: self.given.order, budget };
        let judge = Judge { asked, work_limit: self.args.max_work, findings: &find };
        let read = Read {
            was: &was.files,
            is: &is.files,
            imports: Imports::of([(old, &was.files), (new, &is.files)]),
        };
        let diff = judge
            .judge(old, |old| judge.judge(new, |new| self.sides(old, new, &read, &judge, names)));
        diff.flatten().map(Some).map_err(super::commands::too_much_work)
    }

    fn sides(
        &self,
        old: &Side<'_>,
        new: &Side<'_>,
        read: &Read<'_>,
        judge: &Judge<'_>,
        (old_name, new_name): (String, String),
    ) -> TopologyDiff {
        let changes = diff::compare(old, new);
        let mut edits = edits::between(self.sources, read.was, read.is, &limits(self.args));
        let causes = match &mut edits {
            Some(edits) if !self.given.no_causes => diff::causes(old, new, &changes, edits, judge),
            _ => vec![None; changes.worse.len()],
        };
        let pair = Pair {
            sources: self.sources,
            old: *old,
            new: *new,
            changes: &changes,
            edits: edits.as_ref().map_or(&[], |edits| edits.list()),
            imports: read.imports.as_ref(),
            causes: &causes,
            order: self.given.order,
        };
        topology(&pair, old_name, new_name)
    }
}

/// What lint would find, whatever is waived.
pub(super) fn found(
    config: &Config,
    topology: &Topology,
    expansion: &Expansion,
    analysis: &Analysis<'_>,
) -> Outcome {
    let mut outcome = rules::run(config.rules(), topology, expansion, analysis);
    config.set_severities(&mut outcome.findings);
    outcome
}
