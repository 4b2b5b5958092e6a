//! `failscope verify`, and the writing of what it checks.

use std::path::{Path, PathBuf};

use super::args::Args;
use super::commands::whole;
use super::{Exit, Io, Trouble, files, terminal};
use crate::graph::{ComponentId, DependencyGraph};
use crate::report::certificate::{certificate, proven, refused};
use crate::report::json;
use crate::verify::{Certificate, verify};

/// Sets whose proofs one file holds at most.
const MOST_SETS: usize = 200_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 every claim is proven; 1 the certificate is refused, with \
                        the place in it and the reason; 2 it or the topology cannot be read.")]
pub(super) struct VerifyArgs {
    /// The topology that the certificate speaks of, or `-` for standard input.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// What `cuts --certificate` or `sweep --certificate` wrote.
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
}

pub(super) fn run(args: &Args, given: &VerifyArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let text = files::text(&given.certificate, args.max_bytes as usize, io)?;
    let name = given.certificate.display();
    let certificate: Certificate = serde_json::from_str(&text)
        .map_err(|error| Trouble::Refused(format!("{name} is no certificate: {error}")))?;
    let Some((_, whole)) = whole(args, &given.path, io)? else { return Ok(Exit::Undecided) };
    let terminal = terminal(args, io);
    let (text, exit) = match verify(&whole.expansion.graph, &certificate) {
        Ok(all) => (proven(&all, terminal), Exit::Passed),
        Err(refusal) => (refused(&name.to_string(), &refusal, terminal), Exit::Found),
    };
    files::write(None, &text, io)?;
    Ok(exit)
}

/// Writes the proofs of some cut sets, whole or not at all.
pub(super) fn write(
    file: &Path,
    topology: &str,
    graph: &DependencyGraph,
    services: &[(ComponentId, Vec<Vec<ComponentId>>)],
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    let sets: usize = services.iter().map(|(_, sets)| sets.len()).sum();
    if sets > MOST_SETS {
        return Err(Trouble::Refused(format!(
            "{sets} sets are more than a certificate holds ({MOST_SETS}); give --order"
        )));
    }
    let refused = |reason: String| Trouble::Refused(reason);
    let certificate =
        certificate(topology, graph, services).map_err(|error| refused(error.to_string()))?;
    let text = json::render(&certificate).map_err(|error| refused(error.to_string()))?;
    files::write(Some(file), &text, io)
}
