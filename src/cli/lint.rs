//! `lint`: what the rules find in topologies, in every format that is asked for.

use super::args::{Args, LintArgs};
use super::check::{self, Checks};
use super::commands::unknown_rule;
use super::{Exit, Io, Trouble, files, findings};
use crate::rules::{self, AnyRule, governance};

pub(super) fn run(args: &Args, lint: &LintArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let checks = Checks {
        args,
        project: &lint.project,
        only: chosen_rules(&lint.only)?,
        fail_on: lint.fail_on,
        today: lint.project.today(),
        extras: findings::extras(&lint.outputs),
    };
    let review = check::review(&checks, &files::expand(&lint.paths)?, io)?;
    findings::write(args, &lint.findings, &lint.outputs, &review, io)
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
