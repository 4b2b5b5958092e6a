//! `lint`: what the rules find in topologies, in every format that is asked for.

use super::args::{Args, LintArgs};
use super::check::{self, Checks};
use super::{Exit, Io, Trouble, files, findings, fix};

pub(super) fn run(args: &Args, lint: &LintArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let paths = files::expand(&lint.paths)?;
    let checks = Checks {
        args,
        project: &lint.project,
        only: &lint.only,
        fail_on: lint.fail_on,
        today: lint.project.today(),
        extras: findings::extras(&lint.outputs),
        alone: paths.len() == 1,
    };
    if lint.diff {
        return fix::show(&checks.without_extras(), &paths, io);
    }
    if lint.fix {
        fix::write(&checks.without_extras(), &paths, io)?;
    }
    let review = check::review(&checks, &paths, io)?;
    findings::write(args, &lint.findings, &lint.outputs, &review, io)
}
