//! The whole program, run in memory: arguments in, both streams and an exit status out.

use std::io::Write;
use std::path::{Path, PathBuf};

use failscope::cli::{self, Io};

/// The published models in the reference material. Where they are absent, says so: nothing was
/// tested then.
pub(crate) fn published_models() -> Option<PathBuf> {
    let root = match std::env::var_os("FAILSCOPE_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let models = root.join("bench/open-psa");
    if !models.is_dir() {
        eprintln!("SKIPPED: no published models at {}; set FAILSCOPE_SHARED", models.display());
        return None;
    }
    Some(models)
}

/// What one run gave.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: u8,
}

pub(crate) fn run(words: &[&str]) -> Ran {
    run_at(100, words)
}

/// At that many columns.
pub(crate) fn run_at(width: usize, words: &[&str]) -> Ran {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = run_into(width, words, &mut stdout, &mut stderr);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { stdout: text(stdout), stderr: text(stderr), code }
}

pub(crate) fn run_into(
    width: usize,
    words: &[&str],
    stdout: &mut dyn Write,
    stderr: &mut Vec<u8>,
) -> u8 {
    let words = std::iter::once("failscope").chain(words.iter().copied());
    let io = &mut Io {
        stdin: &mut std::io::empty(),
        stdout,
        stderr,
        width: Some(width),
        colour: false,
        progress: false,
    };
    cli::run(words.map(Into::into), io).code()
}
