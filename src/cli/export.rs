//! `failscope export`: a service of a topology for other tools.

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::args::Args;
use super::commands::whole;
use super::{Exit, Io, Trouble, files, subject};
use crate::analysis::Structure;
use crate::availability::Figures;
use crate::engine::{Event, Expr};
use crate::exchange::open_psa::{self, Model};
use crate::graph::DependencyGraph;

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    format: ExportFormat,
}

#[derive(Debug, clap::Subcommand)]
enum ExportFormat {
    /// The loss of a service as an Open-PSA fault tree, with the figures `availability` uses.
    OpenPsa(OpenPsaArgs),
}

#[derive(Debug, clap::Args)]
struct OpenPsaArgs {
    /// The topology file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// A service, function or any component by name; the only service if not given.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Write to this file instead of standard output; whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, export: &ExportArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let ExportFormat::OpenPsa(given) = &export.format;
    let Some((_, whole)) = whole(args, &given.path, io)? else { return Ok(Exit::Undecided) };
    let graph = &whole.expansion.graph;
    let service = subject::component(given.service.as_deref(), graph)?;
    let figures = Figures::new(&whole.topology, graph);
    let own = &figures.own_failures;
    let structure = subject::structure(args, graph, &[service], own)?;
    let Some(expr) = structure.loss(service) else {
        return Err(Trouble::Refused("nothing is known of that component".to_owned()));
    };
    let (top, names) = names(graph, &graph.component(service).name, &expr);
    let unavailability = figures.unavailabilities();
    let model = Model::from_expr(
        &top,
        &expr,
        |event| names.get(&event).cloned().unwrap_or_default(),
        |event| unavailability.get(event.index()).copied(),
    );
    files::write(given.output.as_deref(), &open_psa::write(&model), io)?;
    Ok(Exit::Passed)
}

/// Names that other readers of the format accept, each once; the top event's first.
fn names(
    graph: &DependencyGraph,
    service: &str,
    expr: &Expr,
) -> (String, FxHashMap<Event, String>) {
    let mut taken = FxHashSet::default();
    let top = unique(format!("loss_of_{}", identifier(service)), &mut taken);
    let mut names = FxHashMap::default();
    for event in expr.events() {
        let component = graph.component(Structure::component(event));
        names.insert(event, unique(identifier(&component.name), &mut taken));
    }
    (top, names)
}

/// Letters, digits and underscores, starting with a letter.
fn identifier(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let plain: String = name.chars().map(plain).collect();
    match plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => plain,
        false => format!("c_{plain}"),
    }
}

fn unique(name: String, taken: &mut FxHashSet<String>) -> String {
    let mut number = 1u64;
    let mut candidate = name.clone();
    while !taken.insert(candidate.clone()) {
        number += 1;
        candidate = format!("{name}_{number}");
    }
    candidate
}
