//! `failscope sweep`: all single failures and pairs at once.
//!
//! Single failures by sparse sets of causes, pairs by cut sets; `--check` finds both once more
//! with 64 failures a word and compares.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;

use super::args::Args;
use super::commands::{Whole, too_much_work, whole};
use super::progress::Progress;
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, files, terminal, verify};
use crate::analysis::{Layout, Structure, Sweep, WorkLimit};
use crate::engine::{ModuleTree, cut_sets};
use crate::graph::ComponentId;
use crate::report::json;
use crate::report::sweep::{self as report, SweepRow, VERSION, csv, text};

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
    /// Find everything once more by a second method, and stop if the two differ.
    #[arg(long)]
    check: bool,
    /// Write a proof of every failure and pair to this file, for `failscope verify`.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SweepFormat {
    Text,
    Json,
    Csv,
}

/// Minimal sets of failures of each service, members and sets in ascending order.
type Found = Vec<(ComponentId, Vec<Vec<ComponentId>>)>;

pub(super) fn run(args: &Args, given: &SweepArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let Some((_, whole)) = whole(args, &given.path, io)? else { return Ok(Exit::Undecided) };
    let graph = &whole.expansion.graph;
    let layout = Layout::new(graph, args.max_work);
    let sweep = layout.sweep().map_err(too_much_work)?;
    let all = services(&sweep)?;
    let (down, up): (Vec<ComponentId>, Vec<ComponentId>) =
        all.iter().partition(|&&service| sweep.is_down(service));
    let found = match given.order {
        1 => singles(&sweep, &up).map_err(too_much_work)?,
        _ => pairs(args, given, &whole, &up, io)?,
    };
    if given.check {
        check(given.order, &whole, &sweep, &found, io)?;
    }
    let listed = listed(given, &whole, &all, &down, &found);
    let rendered = match given.format {
        SweepFormat::Text => text(&listed, terminal(args, io)),
        SweepFormat::Json => {
            json::render(&listed).map_err(|error| Trouble::Refused(error.to_string()))?
        }
        SweepFormat::Csv => csv(&listed).map_err(|error| Trouble::Refused(error.to_string()))?,
    };
    files::write(None, &rendered, io)?;
    if let Some(file) = &given.certificate {
        let title = whole.topology.name.clone().unwrap_or_default();
        verify::write(file, &title, graph, &found, io)?;
    }
    Ok(Exit::Passed)
}

fn services(sweep: &Sweep<'_>) -> Result<Vec<ComponentId>, Trouble> {
    let services = sweep.asked_about();
    if services.is_empty() {
        let reason = "the topology has no service and no function to ask about";
        return Err(Trouble::Refused(reason.to_owned()));
    }
    Ok(services)
}

fn singles(sweep: &Sweep<'_>, services: &[ComponentId]) -> Result<Found, WorkLimit> {
    let sets = sweep.singles(services)?.into_iter();
    let sets = sets.map(|causes| causes.into_iter().map(|cause| vec![cause]).collect());
    Ok(services.iter().copied().zip(sets).collect())
}

/// Single failures and pairs, from the cut sets of each service.
fn pairs(
    args: &Args,
    given: &SweepArgs,
    whole: &Whole,
    services: &[ComponentId],
    io: &mut Io<'_>,
) -> Result<Found, Trouble> {
    let structure = subject::structure(args, &whole.expansion.graph, services, &[])?;
    let mut progress = Progress::new("sweep: service", services.len(), io);
    let mut found = Found::with_capacity(services.len());
    let mut count = 0;
    for (at, &service) in services.iter().enumerate() {
        progress.at(at, io);
        let Some(expr) = structure.loss(service) else { continue };
        let tree = ModuleTree::new(&expr);
        let sets = cut_sets::up_to_order(&tree, given.order, &given.engine.budget());
        let sets = sets.map_err(|exhausted| {
            Trouble::Refused(format!("{exhausted}; give more with {}", subject::more_of(exhausted)))
        })?;
        let ids = |set: Vec<_>| set.into_iter().map(Structure::component).collect();
        let mut sets: Vec<Vec<ComponentId>> = sets.iter().take(MOST + 1).map(ids).collect();
        sets.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then(a.cmp(b)));
        count += sets.len();
        if count > MOST {
            let reason = format!("more than {MOST} failures stop something; sweep one order less");
            return Err(Trouble::Refused(reason));
        }
        found.push((service, sets));
    }
    progress.end(io);
    Ok(found)
}

/// Compares with the second method.
fn check(
    order: u32,
    whole: &Whole,
    sweep: &Sweep<'_>,
    found: &Found,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    let services: Vec<ComponentId> = found.iter().map(|(service, _)| *service).collect();
    let singles = sweep.singles_by_words(&services).map_err(too_much_work)?;
    let mut again: Vec<Vec<Vec<ComponentId>>> =
        singles.into_iter().map(|set| set.into_iter().map(|one| vec![one]).collect()).collect();
    if order > 1 {
        let components = whole.expansion.graph.len();
        let mut progress = Progress::new("sweep: check with component", components, io);
        let pairs = sweep.pairs_by_words(&services, |done| progress.at(done, io));
        progress.end(io);
        let pairs = pairs.map_err(too_much_work)?;
        for (sets, pairs) in again.iter_mut().zip(pairs) {
            sets.extend(pairs.into_iter().map(|(first, second)| vec![first, second]));
        }
    }
    match found.iter().zip(&again).all(|((_, sets), again)| sets == again) {
        true => Ok(()),
        false => Err(Trouble::Refused(
            "the two methods differ: this is a mistake of failscope, please report it".to_owned(),
        )),
    }
}

fn listed(
    given: &SweepArgs,
    whole: &Whole,
    all: &[ComponentId],
    down: &[ComponentId],
    found: &Found,
) -> report::Sweep {
    let mut stopped: BTreeMap<&[ComponentId], Vec<ComponentId>> = BTreeMap::new();
    for (service, sets) in found {
        for set in sets {
            stopped.entry(set).or_default().push(*service);
        }
    }
    let graph = &whole.expansion.graph;
    let name = |id: &ComponentId| graph.component(*id).name.clone();
    let names = |ids: &[ComponentId]| ids.iter().map(name).collect::<Vec<_>>();
    let mut rows: Vec<SweepRow> = stopped
        .iter()
        .map(|(set, services)| SweepRow { fail: names(set), stops: names(services) })
        .collect();
    rows.sort_by_cached_key(|row| {
        (row.fail.len(), std::cmp::Reverse(row.stops.len()), row.fail.clone())
    });
    let title = whole.topology.name.clone();
    report::Sweep {
        failscope_sweep: VERSION,
        topology: title.unwrap_or_else(|| given.path.display().to_string()),
        order: given.order,
        checked: given.check,
        services: names(all),
        down: names(down),
        rows,
    }
}
