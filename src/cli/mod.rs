//! The command line: files in, bytes and an exit status out.
//!
//! Knows flags and files, and nothing of how an answer is found. `run` takes its
//! streams as values, so that a test can run the whole program in memory.

mod args;
mod availability;
mod check;
mod commands;
mod cuts;
mod diff;
mod export;
mod figures;
mod files;
mod findings;
mod fix;
mod gate;
mod git;
mod graph;
mod import;
mod init;
mod lint;
mod origin;
mod outputs;
mod own_rules;
mod progress;
mod project;
mod report;
mod shell;
mod subject;
mod sweep;
mod verify;

use std::ffi::OsString;
use std::io::Write;

use clap::FromArgMatches;

use self::args::Args;
use crate::report::terminal::Terminal;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Decided, and passed.
    Passed,
    /// Findings at or above `--fail-on`.
    Found,
    /// Could not decide, or could not say so: usage, unreadable or invalid input, nothing
    /// to look at, an output that cannot be written or whose reader went away.
    Undecided,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::Found => 1,
            Exit::Undecided => 2,
        }
    }
}

/// What surrounds a run: where it reads and writes, and what its terminal can show.
pub struct Io<'a> {
    pub stdin: &'a mut dyn std::io::Read,
    pub stdout: &'a mut dyn Write,
    pub stderr: &'a mut dyn Write,
    /// Columns of the terminal, if standard output is one.
    pub width: Option<usize>,
    /// Standard output is a terminal that wants colour.
    pub colour: bool,
    /// Standard error is a terminal: long work may say how far it has come.
    pub progress: bool,
}

/// Without a terminal, text is laid out for this many columns.
const DEFAULT_WIDTH: usize = 100;

/// Why a run could not go on; the words are for the user.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Refused(String),
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
}

pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let parsed = parser().try_get_matches_from(args).and_then(|matches| {
        let args = Args::from_arg_matches(&matches)?;
        Ok((args, matches))
    });
    let (args, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, io),
    };
    let outcome = commands::dispatch(&args, &matches, io).and_then(|exit| {
        io.stdout.flush()?;
        Ok(exit)
    });
    ended(outcome, io)
}

/// The exit status, after what went wrong has been said.
fn ended(outcome: Result<Exit, Trouble>, io: &mut Io<'_>) -> Exit {
    match outcome {
        Ok(exit) => exit,
        // The reader of our output went away: what it wanted to see, it has seen.
        Err(Trouble::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Exit::Undecided
        }
        Err(trouble) => {
            let trouble = trouble.to_string();
            // Standard error may be closed as well; there is nobody left to tell.
            let _ = writeln!(io.stderr, "failscope: {}", crate::text::clean(&trouble));
            Exit::Undecided
        }
    }
}

/// Help and version are answers; anything else is a mistake in the call.
fn usage(error: &clap::Error, io: &mut Io<'_>) -> Exit {
    let text = error.render().to_string();
    // What was typed wrongly is repeated, and may be anything.
    let text = crate::text::clean(&text);
    if error.use_stderr() {
        // Standard error may be closed; there is nobody left to tell.
        let _ = io.stderr.write_all(text.as_bytes());
        return Exit::Undecided;
    }
    let written = io.stdout.write_all(text.as_bytes()).and_then(|()| io.stdout.flush());
    ended(written.map(|()| Exit::Passed).map_err(Trouble::Output), io)
}

fn terminal(args: &Args, io: &Io<'_>) -> Terminal {
    let width = args.width.or(io.width).unwrap_or(DEFAULT_WIDTH);
    let colour = match args.colour {
        args::Colour::Auto => io.colour,
        args::Colour::Always => true,
        args::Colour::Never => false,
    };
    Terminal::new(width, colour)
}

/// The command-line parser, for help pages, completions and their tests.
pub fn parser() -> clap::Command {
    <Args as clap::CommandFactory>::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_parser_is_sound() {
        super::parser().debug_assert();
    }
}
