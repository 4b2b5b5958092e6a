//! Real streams and arguments around [`failscope::cli::run`].

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use failscope::cli::{self, Io};

fn main() -> ExitCode {
    let stdout = std::io::stdout();
    let terminal = stdout.is_terminal();
    let stderr = std::io::stderr();
    // Problems go to standard error: with one of the two in a file, neither is coloured.
    let wants_colour = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
        && anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never;
    let mut buffered = std::io::BufWriter::new(stdout.lock());
    let exit = cli::run(
        std::env::args_os(),
        &mut Io {
            stdin: &mut std::io::stdin().lock(),
            stdout: &mut buffered,
            stderr: &mut stderr.lock(),
            width: terminal.then(terminal_size::terminal_size).flatten().map(|(w, _)| w.0.into()),
            colour: wants_colour,
            progress: stderr.is_terminal(),
        },
    );
    // What could not be written has been reported by `run`, which flushes.
    let _ = buffered.flush();
    ExitCode::from(exit.code())
}
