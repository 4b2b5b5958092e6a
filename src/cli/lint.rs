//! `lint`: each topology with its project, then what no topology used.

use super::args::{Args, FailOn, LintArgs};
use super::commands::{limits, unknown_rule};
use super::files::{self, Loaded};
use super::origin::Origin;
use super::project::{Project, Projects};
use super::{Exit, Io, Trouble, terminal};
use crate::analysis::Analysis;
use crate::config::{Governed, Judging};
use crate::diagnostic::{self, Diagnostic};
use crate::expand;
use crate::report::findings::{self, Tally};
use crate::rules::{self, AnyRule, governance};
use crate::source::SourceMap;

pub(super) fn run(args: &Args, lint: &LintArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let only = chosen_rules(&lint.only)?;
    let paths = files::expand(&lint.paths)?;
    let mut projects = Projects::default();
    let today = lint.project.today();
    let mut run = Run { args, lint, only, today, tally: Tally::default(), exit: Exit::Passed };
    let mut unread = 0;
    for path in &paths {
        let (project, new) =
            projects.of(&Origin::Disk(path.clone()), &lint.project, &limits(args))?;
        if new {
            run.print(&project.sources, &project.problems, io)?;
        }
        if !project.problems.is_empty() {
            run.exit = Exit::Undecided;
            continue;
        }
        match files::load_after(project.sources.clone(), path, &limits(args), io) {
            Ok(loaded) => run.topology(&loaded, project, io)?,
            Err(Trouble::Refused(reason)) => {
                writeln!(io.stderr, "failscope: {}", crate::text::clean(&reason))?;
                project.undecided = true;
                unread += 1;
                run.exit = Exit::Undecided;
            }
            Err(trouble) => return Err(trouble),
        }
    }
    for project in projects.all() {
        run.unused_waivers(project, io)?;
    }
    if unread < paths.len() {
        let summary = findings::summary(paths.len() - unread, run.tally, terminal(args, io));
        io.stdout.write_all(summary.as_bytes())?;
    }
    if unread > 0 {
        let files = crate::text::count(unread, "file");
        writeln!(io.stderr, "failscope: {files} could not be read")?;
    }
    Ok(run.exit)
}

/// What the topologies so far came to.
struct Run<'a> {
    args: &'a Args,
    lint: &'a LintArgs,
    /// Rules that were asked for by name; they run whatever the project says.
    only: Vec<AnyRule>,
    /// The same for all topologies, also around midnight.
    today: jiff::civil::Date,
    tally: Tally,
    exit: Exit,
}

impl Run<'_> {
    fn print(
        &mut self,
        sources: &SourceMap,
        diagnostics: &[Diagnostic],
        io: &mut Io<'_>,
    ) -> Result<(), Trouble> {
        self.tally.add(Tally::of(diagnostics));
        let text = findings::render(sources, diagnostics, terminal(self.args, io));
        io.stdout.write_all(text.as_bytes())?;
        Ok(())
    }

    fn rules(&self, project: &Project) -> Vec<AnyRule> {
        match self.only.is_empty() {
            true => project.config.rules(),
            false => self.only.clone(),
        }
    }

    fn topology(
        &mut self,
        loaded: &Loaded,
        project: &mut Project,
        io: &mut Io<'_>,
    ) -> Result<(), Trouble> {
        let checked = self.check(loaded, project);
        self.tally.suppressed += checked.suppressed;
        project.used.extend(&checked.used);
        project.undecided |= !checked.decided;
        self.print(&loaded.sources, &checked.diagnostics, io)?;
        self.judge(project, &checked.diagnostics, checked.decided);
        Ok(())
    }

    fn check(&self, loaded: &Loaded, project: &Project) -> Checked {
        let mut diagnostics = loaded.reading.diagnostics.clone();
        let Some(topology) = &loaded.reading.topology else {
            return Checked { diagnostics, ..Checked::default() };
        };
        let expansion = expand::expand(topology);
        let analysis = match Analysis::new(&expansion.graph, self.args.max_work) {
            Ok(analysis) => analysis,
            Err(limit) => {
                diagnostics.push(files::whole_file(topology.span.file, limit.to_string()));
                return Checked { diagnostics, ..Checked::default() };
            }
        };
        diagnostics.extend(rules::plans::problems(topology, &expansion));
        let readable = diagnostics.is_empty();
        let rules = self.rules(project);
        let found = rules::run(rules.iter().cloned(), topology, &expansion, &analysis);
        let readable = readable && found.problems.is_empty();
        diagnostics.extend(found.problems);
        let judging = Judging {
            sources: &loaded.sources,
            analysis: &analysis,
            comments: &loaded.reading.comments,
            ran: &rules,
            today: self.today,
            ignore_waivers: self.lint.project.no_suppressions,
        };
        let Governed { diagnostics: governed, suppressed, used, broken_comment } =
            project.config.govern(found.findings, &judging);
        diagnostics.extend(governed);
        diagnostic::sort(&mut diagnostics);
        Checked { diagnostics, decided: readable && !broken_comment, suppressed, used }
    }

    /// Waivers of a project that no topology of this run needed.
    fn unused_waivers(&mut self, project: &Project, io: &mut Io<'_>) -> Result<(), Trouble> {
        if project.undecided || self.lint.project.no_suppressions {
            return Ok(());
        }
        let rules = self.rules(project);
        let is_used = |index| project.used.contains(&index);
        let unused = project.config.unused_waivers(&is_used, &rules);
        self.print(&project.sources, &unused, io)?;
        self.judge(project, &unused, true);
        Ok(())
    }

    fn judge(&mut self, project: &Project, diagnostics: &[Diagnostic], decided: bool) {
        let of_project = || project.config.fail_on.map(FailOn::from);
        let fail_on = self.lint.fail_on.or_else(of_project).unwrap_or(FailOn::Error);
        let failed = diagnostics.iter().any(|found| fail_on.reached_by(found.severity));
        self.exit = match (self.exit, decided, failed) {
            (Exit::Undecided, ..) | (_, false, _) => Exit::Undecided,
            (_, true, true) => Exit::Found,
            (before, true, false) => before,
        };
    }
}

/// What came of one topology.
#[derive(Default)]
struct Checked {
    diagnostics: Vec<Diagnostic>,
    /// False when the file could not be judged.
    decided: bool,
    suppressed: usize,
    used: Vec<usize>,
}

fn chosen_rules(only: &[String]) -> Result<Vec<AnyRule>, Trouble> {
    only.iter()
        .map(|word| match rules::find(word) {
            Some(rule) if governance::is_about_waivers(rule.id) => Err(Trouble::Refused(format!(
                "{} is about waivers, which are judged with the rules they are for; \
                 name one of those",
                rule.id
            ))),
            Some(rule) => Ok(AnyRule::from(rule)),
            None => Err(Trouble::Refused(unknown_rule(word))),
        })
        .collect()
}
