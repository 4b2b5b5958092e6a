//! `failscope export`: a service of a topology for other tools.

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::args::Args;
use super::availability::refused;
use super::commands::whole;
use super::{Exit, Io, Trouble, files, subject};
use crate::analysis::Structure;
use crate::availability::{Common, Figures};
use crate::engine::Event;
use crate::exchange::open_psa::{self, Model};
use crate::graph::{ComponentId, DependencyGraph};

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    format: ExportFormat,
}

#[derive(Debug, clap::Subcommand)]
enum ExportFormat {
    /// The loss of a service as an Open-PSA fault tree, with the figures and common causes that
    /// `availability` uses.
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
    let common = Common::new(&whole.topology, graph, &figures).map_err(refused)?;
    let components: Vec<ComponentId> =
        expr.events().into_iter().map(Structure::component).collect();
    let groups = common.groups_among(&components, &figures).map_err(refused)?;
    let mut names = Names::default();
    let top = names.unique(format!("loss_of_{}", identifier(&graph.component(service).name)));
    let members = groups.iter().flat_map(|(_, group)| group.members().iter().copied());
    let events = names.of_events(graph, expr.events().into_iter().chain(members));
    let groups = groups.into_iter().map(|(name, group)| (names.unique(identifier(name)), group));
    let groups = groups.collect();
    let name = |event| events.get(&event).cloned().unwrap_or_default();
    let unavailability = figures.unavailabilities();
    let model =
        Model::from_expr(&top, &expr, name, |event| unavailability.get(event.index()).copied());
    let model = model.with_groups(groups, name).map_err(refused)?;
    files::write(given.output.as_deref(), &open_psa::write(&model), io)?;
    Ok(Exit::Passed)
}

/// Names that other readers of the format accept, each once.
#[derive(Default)]
struct Names {
    taken: FxHashSet<String>,
    /// The last number that was given to a name which several have.
    numbers: FxHashMap<String, u64>,
}

impl Names {
    fn of_events(
        &mut self,
        graph: &DependencyGraph,
        events: impl Iterator<Item = Event>,
    ) -> FxHashMap<Event, String> {
        let mut names = FxHashMap::default();
        for event in events {
            let component = graph.component(Structure::component(event));
            names.entry(event).or_insert_with(|| self.unique(identifier(&component.name)));
        }
        names
    }

    fn unique(&mut self, name: String) -> String {
        let mut candidate = name.clone();
        while !self.taken.insert(candidate.clone()) {
            let number = self.numbers.entry(name.clone()).or_insert(1);
            *number += 1;
            candidate = format!("{name}_{number}");
        }
        candidate
    }
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
