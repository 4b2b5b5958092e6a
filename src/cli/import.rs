//! `failscope import`: other formats in, a topology out.

use std::path::PathBuf;

use super::args::Args;
use super::commands::limits;
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, files};
use crate::diagnostic::Severity;
use crate::exchange::free_form;
use crate::input;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    format: ImportFormat,
}

#[derive(Debug, clap::Subcommand)]
enum ImportFormat {
    /// An Open-PSA fault tree without negations, as components that need others.
    OpenPsa(OpenPsaArgs),
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
    let ImportFormat::OpenPsa(given) = &import.format;
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
        Some(problem) => Err(Trouble::Refused(format!(
            "the tree cannot be said as a topology: {}",
            problem.message
        ))),
    }
}
