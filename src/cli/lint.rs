//! `lint`: what the rules find in topologies, in every format that is asked for.

use super::args::{Args, LintArgs};
use super::check::{self, Checks, Extras};
use super::commands::unknown_rule;
use super::{Exit, Io, Trouble, files, terminal};
use crate::report::findings;
use crate::report::review::{Review, Verdict};
use crate::rules::{self, AnyRule, governance};
use crate::text;

pub(super) fn run(args: &Args, lint: &LintArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let checks = Checks {
        args,
        project: &lint.project,
        only: chosen_rules(&lint.only)?,
        fail_on: lint.fail_on,
        today: lint.project.today(),
        extras: Extras::default(),
    };
    let review = check::review(&checks, &files::expand(&lint.paths)?, io)?;
    files::write(None, &findings::render(&review, terminal(args, io)), io)?;
    say_unread(&review, io)?;
    Ok(exit(review.verdict()))
}

fn say_unread(review: &Review, io: &mut Io<'_>) -> Result<(), Trouble> {
    for reason in &review.unread {
        writeln!(io.stderr, "failscope: {}", text::clean(reason))?;
    }
    if !review.unread.is_empty() {
        let files = text::count(review.unread.len(), "file");
        writeln!(io.stderr, "failscope: {files} could not be read")?;
    }
    Ok(())
}

pub(super) fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Passed => Exit::Passed,
        Verdict::Failed => Exit::Found,
        Verdict::Undecided => Exit::Undecided,
    }
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
