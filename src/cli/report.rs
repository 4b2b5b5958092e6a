//! `report`: the failure scopes, written or held against a committed file.

use std::path::Path;

use super::args::{Args, ReportArgs};
use super::check::{self, Checks, Extras};
use super::commands::{Whole, analyse, limits, resolve, whole};
use super::findings::json_text;
use super::outputs::{Format, Rendered};
use super::{Exit, Io, Trouble, files, terminal};
use crate::graph::DependencyGraph;
use crate::report::findings::text as findings;
use crate::report::terminal::Terminal;
use crate::report::{Filter, Report, build, csv, markdown, patch, text};
use crate::source::SourceMap;
use crate::text::clean;

pub(super) fn run(args: &Args, given: &ReportArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    if given.outputs.wants(Format::Html) {
        return with_page(args, given, io);
    }
    let Some((sources, whole)) = whole(args, &given.path, io)? else {
        return Ok(Exit::Undecided);
    };
    let report = report(args, given, &sources, &whole)?;
    let terminal = terminal(args, io);
    if let Some(committed) = &given.check {
        return check(args, committed, &report, io);
    }
    let render = |format: Format| rendered(&report, format, terminal).map(Rendered::Text);
    given.outputs.write(io, &render)?;
    Ok(Exit::Passed)
}

fn report(
    args: &Args,
    given: &ReportArgs,
    sources: &SourceMap,
    whole: &Whole,
) -> Result<Report, Trouble> {
    let graph = &whole.expansion.graph;
    let filter = Filter {
        scopes: given.scope.iter().map(|scope| scope.scope()).collect(),
        kinds: given.kind.clone(),
        servers: server_names(&given.server, graph)?,
        spof: given.spof,
        all: given.all,
    };
    let analysis = analyse(args, graph)?;
    Ok(build::report(sources, &whole.topology, &whole.expansion, &analysis, &filter))
}

/// A page shows findings as well, so the topology is judged with its project.
fn with_page(args: &Args, given: &ReportArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    if filters(given) {
        return Err(Trouble::Refused(
            "a page shows every component and has a search of its own; leave out the filters"
                .to_owned(),
        ));
    }
    let review =
        check::review(&checks_of_page(args, given), std::slice::from_ref(&given.path), io)?;
    let terminal = terminal(args, io);
    let judged = review.units.iter().find_map(|unit| unit.scopes.as_ref().zip(unit.page.as_ref()));
    let Some((report, page)) = judged else {
        io.stderr.write_all(findings::render(&review, terminal).as_bytes())?;
        super::findings::say_unread(&review, io)?;
        return Ok(Exit::Undecided);
    };
    let render = |format: Format| match format {
        Format::Html => Ok(Rendered::Text(page.clone())),
        other => rendered(report, other, terminal).map(Rendered::Text),
    };
    given.outputs.write(io, &render)?;
    Ok(Exit::Passed)
}

fn checks_of_page<'a>(args: &'a Args, given: &'a ReportArgs) -> Checks<'a> {
    Checks {
        args,
        project: &given.project,
        only: &[],
        fail_on: None,
        today: given.project.today(),
        extras: Extras { page: true, ..Extras::default() },
        alone: true,
    }
}

fn filters(given: &ReportArgs) -> bool {
    let narrows = !given.scope.is_empty() || !given.kind.is_empty() || !given.server.is_empty();
    narrows || given.spof || given.all
}

/// Full names of the components that `--server` names.
fn server_names(words: &[String], graph: &DependencyGraph) -> Result<Vec<String>, Trouble> {
    let name = |word: &String| Ok(graph.component(resolve(word, graph)?).name.clone());
    words.iter().map(name).collect()
}

fn rendered(report: &Report, format: Format, terminal: Terminal) -> Result<String, Trouble> {
    match format {
        Format::Json => json_text(report),
        Format::Markdown => Ok(markdown::render(report)),
        Format::Csv => csv::render(report).map_err(|error| Trouble::Refused(error.to_string())),
        _ => Ok(text::render(report, terminal)),
    }
}

/// Passes if the committed file is what would be written now; shows the difference if not.
fn check(args: &Args, committed: &Path, report: &Report, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let format = format_of(committed)?;
    let current = rendered(report, format, terminal(args, io))?;
    // A checkout may have changed the line ends.
    let there = files::read_text(committed, &limits(args))?.replace("\r\n", "\n");
    if there == current {
        return Ok(Exit::Passed);
    }
    let name = committed.display().to_string();
    let shown = patch::unified([&name, "the report as it is now"], &there, &current);
    io.stdout.write_all(shown.as_bytes())?;
    let instead = format!("--format {} --output {name}", format.name());
    let (name, instead) = (clean(&name), clean(&instead));
    writeln!(
        io.stderr,
        "failscope: {name} is stale; `{instead}` in place of --check writes it anew"
    )?;
    Ok(Exit::Found)
}

fn format_of(committed: &Path) -> Result<Format, Trouble> {
    let ending = committed.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    match ending.to_ascii_lowercase().as_str() {
        "md" | "markdown" => Ok(Format::Markdown),
        "json" => Ok(Format::Json),
        "csv" => Ok(Format::Csv),
        _ => Err(Trouble::Refused(format!(
            "cannot tell the format of {}: --check takes .md, .json and .csv",
            committed.display()
        ))),
    }
}
