//! `rules` and `explain RULE`: the catalogue of this project, and the examples of own rules.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::args::{Args, RulesArgs};
use super::commands::{limits, unknown_rule};
use super::files;
use super::findings::json_text;
use super::outputs::{Format, Rendered};
use super::project::{ConfigArgs, Project, Projects};
use super::{Exit, Io, Trouble, terminal};
use crate::config::{self, examples};
use crate::diagnostic::Diagnostic;
use crate::report::rules::{self as list, Catalogue};
use crate::report::{excerpt, explain};
use crate::rules::{self, AnyRule};
use crate::source::SourceMap;
use crate::text::{clean, count};

#[derive(Debug, clap::Subcommand)]
pub(super) enum RulesCommand {
    /// Run the examples of own rules: each `bad` must break its rule, each `good` must not.
    Test(TestArgs),
}

#[derive(Debug, ClapArgs)]
pub(super) struct TestArgs {
    /// Rule files; those of the project when none is given.
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    which: ConfigArgs,
}

pub(super) fn list(args: &Args, given: &RulesArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    if let Some(RulesCommand::Test(given)) = &given.command {
        return test(args, given, io);
    }
    let project = Projects::here(&given.which, &limits(args))?;
    if !project.problems.is_empty() {
        return refused(args, &project.sources, &project.problems, io);
    }
    let config = &project.config;
    let all: Vec<AnyRule> = rules::listed().map(AnyRule::from).chain(config.own()).collect();
    let rows = all.iter().map(|rule| {
        let state = match config.is_on(rule) {
            true => list::State::On,
            false => list::State::Off,
        };
        (list::Entry::of(rule.about(), state)).counted_as(config.severity(rule))
    });
    let catalogue = Catalogue::of(rows);
    let terminal = terminal(args, io);
    given.outputs.write(io, &|format| match format {
        Format::Json => json_text(&catalogue).map(Rendered::Text),
        Format::Markdown => Ok(Rendered::Text(list::markdown(&catalogue))),
        _ => Ok(Rendered::Text(list::text(&catalogue, terminal))),
    })?;
    Ok(Exit::Passed)
}

/// Everything about one rule, built in or the project's own.
pub(super) fn explain(
    args: &Args,
    word: &str,
    which: &ConfigArgs,
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    let terminal = terminal(args, io);
    // A built-in rule is explained whatever a project file says.
    if let Some(rule) = rules::find(word) {
        files::write(None, &explain::rule(&rule.about(), terminal), io)?;
        return Ok(Exit::Passed);
    }
    let project = Projects::here(which, &limits(args))?;
    if !project.problems.is_empty() {
        return refused(args, &project.sources, &project.problems, io);
    }
    let rule = project.config.find(word).ok_or_else(|| {
        Trouble::Refused(match std::path::Path::new(word).exists() {
            true => format!("which component of {word}? `failscope explain {word} NAME`"),
            false => unknown_rule(word, project.config.own()),
        })
    })?;
    files::write(None, &explain::rule(&rule.about(), terminal), io)?;
    Ok(Exit::Passed)
}

fn test(args: &Args, given: &TestArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let (sources, rules, problems) = match given.paths.is_empty() {
        true => of_project(args, given)?,
        false => read(args, given)?,
    };
    if !problems.is_empty() {
        return refused(args, &sources, &problems, io);
    }
    if rules.is_empty() {
        return Err(Trouble::Refused(
            "there are no rules to test: name a rule file, or list one under `rule_files` in \
             failscope.yaml"
                .to_owned(),
        ));
    }
    let mut failed = 0;
    for rule in &rules {
        let wrong = examples::wrong(rule);
        failed += usize::from(!wrong.is_empty());
        files::write(None, &verdict(rule, &sources, &wrong), io)?;
    }
    let sum = format!(
        "{}: {} passed, {failed} failed\n",
        count(rules.len(), "rule"),
        rules.len() - failed
    );
    files::write(None, &sum, io)?;
    Ok(if failed == 0 { Exit::Passed } else { Exit::Found })
}

type Read = (SourceMap, Vec<AnyRule>, Vec<Diagnostic>);

fn of_project(args: &Args, given: &TestArgs) -> Result<Read, Trouble> {
    let Project { sources, config, problems, .. } = Projects::here(&given.which, &limits(args))?;
    Ok((sources, config.own().collect(), problems))
}

fn read(args: &Args, given: &TestArgs) -> Result<Read, Trouble> {
    let limits = limits(args);
    let mut sources = SourceMap::new();
    let mut all = Vec::new();
    for path in &given.paths {
        let text = files::read_text(path, &limits)?;
        all.push(sources.add(path.display().to_string(), text));
    }
    let (rules, problems) = config::read_rules(&sources, &all, &limits);
    Ok((sources, rules, problems))
}

fn verdict(rule: &AnyRule, sources: &SourceMap, wrong: &[String]) -> String {
    let about = rule.about();
    if wrong.is_empty() {
        return format!("{} {}: ok\n", about.id, about.name);
    }
    let place = match rule {
        AnyRule::Own(rule) => sources.locate(rule.span).to_string(),
        AnyRule::BuiltIn(_) => String::new(),
    };
    let mut out = format!("{} {}: failed ({})\n", about.id, about.name, clean(&place));
    for line in wrong {
        out.push_str(&format!("  {}\n", clean(line)));
    }
    out
}

/// Rules of files with mistakes are not to be used; what is wrong goes to standard error.
fn refused(
    args: &Args,
    sources: &SourceMap,
    problems: &[Diagnostic],
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    let terminal = terminal(args, io);
    for problem in problems {
        io.stderr.write_all(excerpt::render(sources, problem, terminal).as_bytes())?;
    }
    Ok(Exit::Undecided)
}
