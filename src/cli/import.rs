//! `failscope import`: other formats in, a topology out.

use std::path::{Path, PathBuf};

use super::args::Args;
use super::commands::limits;
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, files, terminal};
use crate::diagnostic::Severity;
use crate::exchange::free_form;
use crate::import::biztalk::{self, ImportFile, Imported, Options};
use crate::input;
use crate::report::{self, excerpt};
use crate::source::SourceMap;
use crate::text;

/// Where values of placeholders come from.
const VALUES: &str = "give their sheet as one more FILE (with `--environment NAME` if it has several), \
                      or replace them in the files";

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    format: ImportFormat,
}

#[derive(Debug, clap::Subcommand)]
enum ImportFormat {
    /// An Open-PSA fault tree without negations, as components that need others.
    OpenPsa(OpenPsaArgs),
    /// Binding files, settings, host exports and configurations of BizTalk Server, in any mix.
    ///
    /// Exit status 2, with the topology still written, if a file is left out or a placeholder of a
    /// template (`${X}`, `$(X)`, `%%X%%`, `{{X}}`, `CHANGE_ME`) is left without a value.
    Biztalk(BiztalkArgs),
}

#[derive(Debug, clap::Args)]
struct BiztalkArgs {
    /// The files, values of templates among them; what one cannot tell, another may.
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The column of a settings sheet whose values are taken.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Write to this file instead of standard output; whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct OpenPsaArgs {
    /// The fault tree.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// The top event; the only one if not given.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Write to this file instead of standard output; whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineArgs,
}

pub(super) fn run(args: &Args, import: &ImportArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    match &import.format {
        ImportFormat::OpenPsa(given) => open_psa(args, given, io),
        ImportFormat::Biztalk(given) => biztalk(args, given, io),
    }
}

/// The topology goes to the output; what to ask and what was left out, to standard error.
fn biztalk(args: &Args, given: &BiztalkArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    keep_what_people_wrote(given.output.as_deref())?;
    let files = read_files(args, given, io)?;
    let options = Options { environment: given.environment.clone() };
    let imported = biztalk::import(&files, &options);
    for diagnostic in &imported.diagnostics {
        let shown =
            excerpt::render_without_lines(&imported.sources, diagnostic, terminal(args, io));
        io.stderr.write_all(shown.as_bytes())?;
    }
    let read = files.len() - imported.left_out;
    if read == 0 {
        return Err(Trouble::Refused("no file could be imported; nothing is written".to_owned()));
    }
    check(args, &imported.yaml)?;
    ask(args, given, &imported, io)?;
    files::write(given.output.as_deref(), &imported.yaml, io)?;
    let left_out = given.paths.len() - read;
    let open = imported.inventory.placeholders.len();
    io.stderr.write_all(outcome(given, read, left_out, open).as_bytes())?;
    Ok(if left_out > 0 || open > 0 { Exit::Undecided } else { Exit::Passed })
}

/// What can be read; of the rest it is said why not.
fn read_files(
    args: &Args,
    given: &BiztalkArgs,
    io: &mut Io<'_>,
) -> Result<Vec<ImportFile>, Trouble> {
    let mut files = Vec::with_capacity(given.paths.len());
    for path in &given.paths {
        match files::bytes(path, limits(args).bytes) {
            Ok(bytes) => files.push(ImportFile { name: path.display().to_string(), bytes }),
            Err(Trouble::Refused(reason)) => {
                let line = format!("failscope: {}\n\n", text::clean(&reason));
                io.stderr.write_all(line.as_bytes())?;
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(files)
}

/// The checklist, and where its answers go.
fn ask(
    args: &Args,
    given: &BiztalkArgs,
    imported: &Imported,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    if imported.questions.is_empty() {
        return Ok(());
    }
    let terminal = terminal(args, io);
    let base = given.output.as_ref().and_then(|path| path.file_name());
    let base = base.map_or("this import".into(), |name| name.to_string_lossy());
    let intro = format!(
        "No file tells the following. The answers belong in a topology of your own that extends \
         {base}:"
    );
    let list = biztalk::checklist(&imported.questions, terminal.width);
    let shown = format!("{}\n{list}\n", report::text::paragraph(&intro, "", terminal));
    Ok(io.stderr.write_all(text::clean(&shown).as_bytes())?)
}

/// What was written, and why the status is not 0 if it is not.
fn outcome(given: &BiztalkArgs, read: usize, left_out: usize, open: usize) -> String {
    let files = match left_out {
        0 => text::count(read, "file"),
        left_out => format!("{read} of {}", text::count(read + left_out, "file")),
    };
    let to = match &given.output {
        Some(path) => format!(" to {}", path.display()),
        None => String::new(),
    };
    let rest = match left_out {
        0 => String::new(),
        number => format!("; {number} left out"),
    };
    let needed = match open {
        0 => String::new(),
        open => format!("; {} without a value: {VALUES}", text::count(open, "placeholder")),
    };
    text::clean(&format!("imported {files}{to}{rest}{needed}\n")).into_owned()
}

/// An import writes over an earlier import and over nothing else.
fn keep_what_people_wrote(output: Option<&Path>) -> Result<(), Trouble> {
    match output {
        Some(path) if files::has_other_start(path, biztalk::FIRST_LINE) => {
            Err(Trouble::Refused(format!(
                "{} is there already and no import wrote it; give another name, and let what you \
                 write yourself say `extends:` to it",
                path.display()
            )))
        }
        _ => Ok(()),
    }
}

fn open_psa(args: &Args, given: &OpenPsaArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let tree = subject::tree(args, &given.engine, &given.path, given.service.as_deref(), io)?;
    let probability = |event: crate::engine::Event| {
        let known = tree.probabilities.as_ref().ok();
        known.and_then(|known| known.get(event.index())).copied()
    };
    let yaml =
        free_form::topology(&tree.name, &tree.expr, |event| tree.event_name(event), probability)
            .map_err(|refusal| Trouble::Refused(refusal.to_string()))?;
    check(args, &yaml)?;
    files::write(given.output.as_deref(), &yaml, io)?;
    Ok(Exit::Passed)
}

/// What is printed must be readable; names of the tree may not be names of a topology.
fn check(args: &Args, yaml: &str) -> Result<(), Trouble> {
    let mut sources = SourceMap::new();
    let file = sources.add("the topology", yaml);
    let none = &mut |_: &std::path::Path, _: &mut SourceMap| Err("no includes".to_owned());
    let reading = input::read(&mut sources, file, &limits(args), none);
    match reading.diagnostics.iter().find(|problem| problem.severity >= Severity::Error) {
        None => Ok(()),
        Some(problem) => {
            Err(Trouble::Refused(format!("it cannot be said as a topology: {}", problem.message)))
        }
    }
}
