//! `failscope cuts`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::args::Args;
use super::commands::{analyse, whole};
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, terminal, verify};
use crate::analysis::Structure;
use crate::availability::Figures;
use crate::engine::{
    Budget, Diagrams, Event, Exhausted, Expr, MinimalSets, ModuleTree, Probability, cut_sets,
    path_sets,
};
use crate::report::cut_details::Details;
use crate::report::cuts::{CutSet, Format, Head, Listing, Member, VERSION};

/// Up to so many sets are put in order before they are written; more are streamed as they come.
const SORTED: u128 = 20_000;

/// Fewer sets than this are counted by order, up to this order.
const COUNTED_BY_ORDER: u128 = 1_000_000_000_000;
const HIGHEST_ORDER: usize = 30;

#[derive(Debug, clap::Args)]
pub(super) struct CutsArgs {
    /// The topology file, `-` for standard input, or an Open-PSA fault tree (`.xml`).
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// A service, function or any component by name; in a fault tree a top event.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only sets of at most so many members; works where all sets would not fit.
    #[arg(long, value_name = "N")]
    order: Option<u32>,
    /// Only the so many most probable sets, the most probable first.
    #[arg(long, value_name = "M")]
    most: Option<usize>,
    /// Path sets instead: what must work for the service to work, whatever else fails.
    #[arg(long)]
    paths: bool,
    /// Only count, by order; nothing is listed.
    #[arg(long)]
    count: bool,
    /// Write a proof of every listed set to this file, for `failscope verify`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "count"])]
    certificate: Option<PathBuf>,
    /// Leave out what members share and how each takes part.
    #[arg(long)]
    brief: bool,
    #[arg(long, value_enum, default_value_t = CutsFormat::Text)]
    format: CutsFormat,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CutsFormat {
    Text,
    Json,
    Csv,
}

/// What the sets are sets of.
struct Subject<'s> {
    name: String,
    expr: &'s Expr,
    probabilities: Result<Vec<Probability>, String>,
    notes: Vec<String>,
}

pub(super) fn run(args: &Args, cuts: &CutsArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    if subject::is_open_psa(&cuts.path) {
        return of_fault_tree(args, cuts, io);
    }
    let Some((_, whole)) = whole(args, &cuts.path, io)? else { return Ok(Exit::Undecided) };
    let graph = &whole.expansion.graph;
    let service = subject::component(cuts.service.as_deref(), graph)?;
    let analysis = analyse(args, graph)?;
    let structure = subject::structure(args, graph, &[service], &[])?;
    let Some(expr) = structure.loss(service) else {
        return Err(Trouble::Refused("nothing is known of that component".to_owned()));
    };
    let figures = Figures::new(&whole.topology, graph);
    let mut notes = Vec::new();
    if analysis.is_down(service) {
        notes.push("It is down in the design as it is.".to_owned());
    }
    let name = graph.component(service).name.clone();
    let probabilities = Ok(figures.unavailabilities());
    let subject = Subject { name, expr: &expr, probabilities, notes };
    let mut details = Details::new(&whole.topology, &analysis, &figures, service);
    let all = !cuts.brief && !cuts.paths;
    let mut listed = Vec::new();
    let describe = &mut |events: &[Event], p| {
        if cuts.certificate.is_some() {
            listed.push(events.iter().map(|&event| Structure::component(event)).collect());
        }
        details.of(events, p, all)
    };
    let exit = list(args, cuts, subject, describe, io)?;
    if let Some(file) = &cuts.certificate {
        let title = whole.topology.name.clone().unwrap_or_default();
        verify::write(file, &title, graph, &[(service, listed)], io)?;
    }
    Ok(exit)
}

fn of_fault_tree(args: &Args, cuts: &CutsArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    if cuts.certificate.is_some() {
        let reason = "a certificate speaks of a topology; a fault tree has none";
        return Err(Trouble::Refused(reason.to_owned()));
    }
    let tree = subject::tree(args, &cuts.engine, &cuts.path, cuts.service.as_deref(), io)?;
    let names: rustc_hash::FxHashMap<Event, String> =
        tree.expr.events().into_iter().map(|event| (event, tree.event_name(event))).collect();
    let describe = &mut |events: &[Event], probability| CutSet {
        order: events.len(),
        probability,
        assumed: false,
        shared: Vec::new(),
        members: events
            .iter()
            .map(|event| Member {
                component: names.get(event).cloned().unwrap_or_default(),
                path: Vec::new(),
            })
            .collect(),
    };
    let subject = Subject {
        name: tree.name.clone(),
        expr: &tree.expr,
        probabilities: tree.probabilities.clone(),
        notes: Vec::new(),
    };
    list(args, cuts, subject, describe, io)
}

type Describe<'d> = &'d mut dyn FnMut(&[Event], Option<f64>) -> CutSet;

fn list(
    args: &Args,
    cuts: &CutsArgs,
    mut subject: Subject<'_>,
    describe: Describe<'_>,
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    let tree = ModuleTree::new(subject.expr);
    if !tree.is_coherent() {
        subject.notes.push(
            "The tree has negations: a set causes the top event while nothing else occurs."
                .to_owned(),
        );
    }
    let sets = sets(&tree, cuts).map_err(|exhausted| {
        let more = subject::more_of(exhausted);
        Trouble::Refused(format!("{exhausted}; give --order, or more with {more}"))
    })?;
    let values = match (&subject.probabilities, cuts.paths) {
        (Ok(values), false) => Some(values.clone()),
        (Ok(values), true) => Some(values.iter().map(|p| p.complement()).collect()),
        (Err(_), _) => None,
    };
    if let (Some(_), Err(event)) = (cuts.most, &subject.probabilities) {
        return Err(Trouble::Refused(format!(
            "the most probable sets need the probability of every event; `{event}` has none"
        )));
    }
    let format = match cuts.format {
        CutsFormat::Text => Format::Text(terminal(args, io)),
        CutsFormat::Json => Format::Json,
        CutsFormat::Csv => Format::Csv,
    };
    let mut listing = Listing::begin(io.stdout, format, &head(cuts, &subject, &sets))?;
    match (cuts.count, cuts.most, &values) {
        (true, ..) => {}
        (false, Some(most), Some(values)) => {
            let probable = sets
                .most_probable(values)
                .map_err(|missing| Trouble::Refused(missing.to_string()))?;
            for set in probable.take(most) {
                listing.set(&describe(&set.events, Some(set.probability.value())))?;
            }
        }
        (false, _, values) => every(&sets, values.as_deref(), describe, &mut listing)?,
    }
    listing.end()?;
    Ok(Exit::Passed)
}

fn sets(tree: &ModuleTree, cuts: &CutsArgs) -> Result<MinimalSets, Exhausted> {
    let budget: Budget = cuts.engine.budget();
    match (cuts.order, cuts.paths) {
        (Some(order), false) => cut_sets::up_to_order(tree, order, &budget),
        (Some(order), true) => path_sets::up_to_order(tree, order, &budget),
        (None, false) => cut_sets::all(&Diagrams::build(tree, &budget)?, &budget),
        (None, true) => path_sets::all(&Diagrams::build(tree, &budget)?, &budget),
    }
}

fn head(cuts: &CutsArgs, subject: &Subject<'_>, sets: &MinimalSets) -> Head {
    let count = sets.count();
    // By order costs memory in proportion to the orders; astronomical counts stay single.
    let by_order = match count.value() < COUNTED_BY_ORDER {
        true => sets.count_by_order(HIGHEST_ORDER),
        false => Vec::new(),
    };
    let shown: u128 = by_order.iter().map(|count| count.value()).sum();
    let above = count.value().saturating_sub(shown);
    Head {
        failscope_cuts: VERSION,
        subject: subject.name.clone(),
        sets_are: if cuts.paths { "minimal path sets" } else { "minimal cut sets" },
        count: count.to_string(),
        by_order: by_order.iter().map(ToString::to_string).collect(),
        of_higher_order: (above > 0 && !by_order.is_empty()).then(|| above.to_string()),
        up_to_order: cuts.order,
        notes: subject.notes.clone(),
    }
}

/// Few sets by order, probability and name; many as they come.
fn every(
    sets: &MinimalSets,
    values: Option<&[Probability]>,
    describe: Describe<'_>,
    listing: &mut Listing<'_>,
) -> Result<(), Trouble> {
    let mut described = |events: &[Event]| describe(events, product(events, values));
    if sets.count().value() > SORTED {
        for set in sets.iter() {
            listing.set(&described(&set))?;
        }
        return Ok(());
    }
    let mut all: Vec<CutSet> = sets.iter().map(|set| described(&set)).collect();
    let names = |set: &CutSet| -> Vec<String> {
        set.members.iter().map(|member| member.component.clone()).collect()
    };
    all.sort_by(|a, b| {
        let (p, q) = (a.probability.unwrap_or(0.0), b.probability.unwrap_or(0.0));
        a.order.cmp(&b.order).then(q.total_cmp(&p)).then_with(|| names(a).cmp(&names(b)))
    });
    for set in &all {
        listing.set(set)?;
    }
    Ok(())
}

fn product(events: &[Event], values: Option<&[Probability]>) -> Option<f64> {
    let values = values?;
    events.iter().map(|event| values.get(event.index()).map(|p| p.value())).product()
}
