//! `failscope sweep`: all single failures and pairs at once, by cut sets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;

use super::args::Args;
use super::commands::{Whole, analyse, whole};
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, files, terminal};
use crate::analysis::{Analysis, Structure};
use crate::engine::{Event, ModuleTree, cut_sets};
use crate::graph::ComponentId;
use crate::report::json;
use crate::report::sweep::{Sweep, SweepRow, VERSION, csv, text};

/// Failures that one sweep lists at most; they are held in memory to be put in order.
const MOST: usize = 2_000_000;

#[derive(Debug, clap::Args)]
pub(super) struct SweepArgs {
    /// The topology file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// 1: single failures; 2: pairs as well.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2))]
    order: u32,
    #[arg(long, value_enum, default_value_t = SweepFormat::Text)]
    format: SweepFormat,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SweepFormat {
    Text,
    Json,
    Csv,
}

pub(super) fn run(args: &Args, given: &SweepArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let Some((_, whole)) = whole(args, &given.path, io)? else { return Ok(Exit::Undecided) };
    let analysis = analyse(args, &whole.expansion.graph)?;
    let sweep = sweep(args, given, &whole, &analysis)?;
    let rendered = match given.format {
        SweepFormat::Text => text(&sweep, terminal(args, io)),
        SweepFormat::Json => {
            json::render(&sweep).map_err(|error| Trouble::Refused(error.to_string()))?
        }
        SweepFormat::Csv => csv(&sweep).map_err(|error| Trouble::Refused(error.to_string()))?,
    };
    files::write(None, &rendered, io)?;
    Ok(Exit::Passed)
}

fn sweep(
    args: &Args,
    given: &SweepArgs,
    whole: &Whole,
    analysis: &Analysis<'_>,
) -> Result<Sweep, Trouble> {
    let graph = analysis.graph();
    let all = match subject::services(graph) {
        none if none.is_empty() => analysis.main_functions().to_vec(),
        services => services,
    };
    if all.is_empty() {
        let reason = "the topology has no service and no function to ask about";
        return Err(Trouble::Refused(reason.to_owned()));
    }
    let (down, up): (Vec<ComponentId>, Vec<ComponentId>) =
        all.iter().partition(|&&service| analysis.is_down(service));
    let structure = subject::structure(args, graph, &up, &[])?;
    let mut stopped: BTreeMap<Vec<Event>, Vec<ComponentId>> = BTreeMap::new();
    for &service in &up {
        let Some(expr) = structure.loss(service) else { continue };
        let tree = ModuleTree::new(&expr);
        let sets = cut_sets::up_to_order(&tree, given.order, &given.engine.budget()).map_err(
            |exhausted| Trouble::Refused(format!("{exhausted}; give more with --max-memory")),
        )?;
        for set in sets.iter() {
            stopped.entry(set).or_default().push(service);
            if stopped.len() > MOST {
                let reason =
                    format!("more than {MOST} failures stop something; sweep one order less");
                return Err(Trouble::Refused(reason));
            }
        }
    }
    let name = |id: ComponentId| graph.component(id).name.clone();
    let names = |ids: &[ComponentId]| ids.iter().map(|&id| name(id)).collect::<Vec<_>>();
    let mut rows: Vec<SweepRow> = stopped
        .iter()
        .map(|(set, services)| SweepRow {
            fail: set.iter().map(|&event| name(Structure::component(event))).collect(),
            stops: names(services),
        })
        .collect();
    rows.sort_by_cached_key(|row| {
        (row.fail.len(), std::cmp::Reverse(row.stops.len()), row.fail.clone())
    });
    let title = whole.topology.name.clone();
    Ok(Sweep {
        failscope_sweep: VERSION,
        topology: title.unwrap_or_else(|| given.path.display().to_string()),
        order: given.order,
        services: names(&all),
        down: names(&down),
        rows,
    })
}
