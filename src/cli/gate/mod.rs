//! `failscope gate`: topologies judged as `lint` judges them, then held against the policy.

mod against;
mod compare;
mod debt;
mod run;

use std::path::PathBuf;

use self::against::Against;
use self::debt::Debts;
use self::run::Run;
use super::args::Args;
use super::commands::limits;
use super::diff::say;
use super::findings::{FindingsArgs, json_text, rendered};
use super::origin::Origin;
use super::outputs::{Format, OfFindings, Outputs, Rendered};
use super::project::{ProjectArgs, Projects};
use super::subject::EngineArgs;
use super::{Exit, Io, Trouble, files, terminal};
use crate::gate::Verdict;
use crate::report::gate::{CLAUSES, GateReport, markdown, text};
use crate::report::review::Review;
use crate::report::review::document;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The policy stands in failscope.yaml, under `policy`. Without one: no error, \
                        and, with --against or --baseline, nothing that is worse.\n\n\
                        Exit status: 0 pass; 1 fail: a clause is broken for certain; 2 cannot \
                        decide: something is unknown, unreadable, or missing."
)]
pub(super) struct GateArgs {
    /// Topology files, folders of them, `REV:PATH`, or `-` for standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The old state: a revision (the same paths in it), a file, a folder, or `REV:PATH`.
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// Accept what this file lists. What is no longer true is removed from it.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Add to the baseline what is wrong today.
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// Tell what is no longer true, and leave the baseline as it is.
    #[arg(long, requires = "baseline", conflicts_with = "update_baseline")]
    keep_baseline: bool,
    #[command(flatten)]
    outputs: Outputs<OfFindings>,
    #[command(flatten)]
    findings: FindingsArgs,
    #[command(flatten)]
    project: ProjectArgs,
    #[command(flatten)]
    engine: EngineArgs,
}

pub(super) fn run(args: &Args, given: &GateArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let limits = limits(args);
    let mut against = Against::of(given.against.as_deref(), &given.paths, &limits)?;
    let debts = Debts::read(given, &limits, args, io)?;
    let mut run = Run::new(args, given, debts);
    let mut projects = Projects::default();
    for origin in topologies(&given.paths, args)? {
        let project = projects.of(&origin, &given.project.which, &limits)?;
        if !project.problems.is_empty() {
            if !std::mem::replace(&mut project.shown, true) {
                say(&project.sources, &project.problems, args, io)?;
            }
            run.unjudged(&origin, "its project file cannot be read");
            continue;
        }
        run.topology(&origin, &mut against, project, io)?;
    }
    for path in &given.paths {
        run.gone(against.gone(path, &limits)?);
    }
    for project in projects.all() {
        run.project(project);
    }
    let (report, review) = run.finish(io)?;
    show(args, given, (&report, &review), io)?;
    Ok(exit(report.verdict))
}

fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Passed,
        Verdict::Fail => Exit::Found,
        Verdict::CannotDecide => Exit::Undecided,
    }
}

/// Every topology that the paths name.
fn topologies(paths: &[PathBuf], args: &Args) -> Result<Vec<Origin>, Trouble> {
    let mut found = Vec::new();
    let mut on_disk = Vec::new();
    for path in paths {
        match Origin::of(path)? {
            Origin::Disk(path) => on_disk.push(path),
            revision => match revision.folder(&limits(args))? {
                Some(files) => found.extend(files.into_iter().map(|file| file.origin)),
                None => found.push(revision),
            },
        }
    }
    let files = files::expand(&on_disk)?;
    found.extend(files.into_iter().map(Origin::Disk));
    match found.is_empty() {
        true => Err(Trouble::Refused("there is no topology to judge".to_owned())),
        false => Ok(found),
    }
}

/// The gate has words of its own for people; the formats of other tools are those of `lint`, with
/// the reasons as what was found.
fn show(
    args: &Args,
    given: &GateArgs,
    (report, review): (&GateReport, &Review),
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    for reason in &report.unread {
        writeln!(io.stderr, "failscope: {}", crate::text::clean(reason))?;
    }
    let terminal = terminal(args, io);
    let mut document = document::of(review, &given.findings.places()?);
    document.clauses = CLAUSES;
    let render = |format: Format| match format {
        Format::Text => Ok(Rendered::Text(text(report, terminal))),
        Format::Markdown => Ok(Rendered::Text(markdown(report))),
        Format::Json => json_text(report).map(Rendered::Text),
        other => rendered(&document, other),
    };
    given.outputs.write(io, &render)?;
    given.findings.summarise(&given.outputs, &|| markdown(report), io)
}
