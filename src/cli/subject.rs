//! What `cuts` and `availability` are asked about: a service of a topology, or the top event
//! of an Open-PSA fault tree.

use std::path::Path;

use super::args::Args;
use super::{Io, Trouble, files};
use crate::analysis::Structure;
use crate::engine::{Budget, Event, Exhausted, Expr, Probability};
use crate::exchange::open_psa::{self, TopEvent};
use crate::graph::{ComponentId, DependencyGraph};
use crate::input;

/// Memory for decision diagrams.
#[derive(Debug, clap::Args)]
pub(super) struct EngineArgs {
    /// Most memory for decision diagrams, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    max_memory: usize,
    /// Most steps for one decision diagram; the default is some minutes.
    #[arg(long, value_name = "STEPS", default_value_t = 1_000_000_000, hide_short_help = true)]
    max_steps: u64,
    /// Hours for which expressions of a fault tree that depend on time are taken.
    #[arg(long, value_name = "HOURS", default_value_t = 8760.0, hide_short_help = true)]
    mission_time: f64,
}

impl EngineArgs {
    pub(super) fn budget(&self) -> Budget {
        Budget::memory(self.max_memory.saturating_mul(1 << 20)).with_steps(self.max_steps)
    }
}

/// The option that gives more of what an analysis has used up.
pub(super) fn more_of(exhausted: Exhausted) -> &'static str {
    match exhausted {
        Exhausted::Memory => "--max-memory",
        Exhausted::Work => "--max-steps",
    }
}

pub(super) fn is_open_psa(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
}

/// A top event ready to be solved.
pub(super) struct Tree {
    pub(super) name: String,
    pub(super) expr: Expr,
    /// Of every event, by its number.
    names: Vec<String>,
    /// None if some event has no probability; then its name.
    pub(super) probabilities: Result<Vec<Probability>, String>,
}

impl Tree {
    pub(super) fn event_name(&self, event: Event) -> String {
        self.names.get(event.index()).cloned().unwrap_or_default()
    }
}

/// The top event of that name, or the only one.
pub(super) fn tree(
    args: &Args,
    engine: &EngineArgs,
    path: &Path,
    service: Option<&str>,
    io: &mut Io<'_>,
) -> Result<Tree, Trouble> {
    let text = files::text(path, args.max_bytes as usize, io)?;
    let options = open_psa::Options {
        mission_time: engine.mission_time,
        max_bytes: args.max_bytes as usize,
        ..open_psa::Options::default()
    };
    let model = open_psa::read(&[&text], &options)
        .map_err(|error| Trouble::Refused(format!("{}: {error}", path.display())))?;
    let tops = model.top_events();
    let top = chosen(&tops, service)?;
    let probabilities = model.probabilities().map_err(str::to_owned);
    let (name, expr) = (top.name.clone(), top.expr.clone());
    Ok(Tree { name, expr, names: model.event_names(), probabilities })
}

fn chosen<'t>(tops: &'t [TopEvent], service: Option<&str>) -> Result<&'t TopEvent, Trouble> {
    let names: Vec<&str> = tops.iter().map(|top| top.name.as_str()).collect();
    let names = crate::text::short_list(&names, 6);
    match (service, tops) {
        (None, [only]) => Ok(only),
        (None, _) => {
            Err(Trouble::Refused(format!("which top event? --service with one of: {names}")))
        }
        (Some(word), _) => tops.iter().find(|top| top.name == word).ok_or_else(|| {
            Trouble::Refused(format!("there is no such top event; there are: {names}"))
        }),
    }
}

/// A service, function or anything else of a topology by name; the only service if none is named.
pub(super) fn component(
    service: Option<&str>,
    graph: &DependencyGraph,
) -> Result<ComponentId, Trouble> {
    if let Some(word) = service {
        return graph.find(word).ok_or_else(|| {
            let names = graph.components().map(|(_, component)| component.name.as_str());
            let near = input::nearest_name(word, names);
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            Trouble::Refused(format!("the topology has no component `{word}`{hint}"))
        });
    }
    match graph.services().as_slice() {
        &[only] => Ok(only),
        several => {
            let names: Vec<&str> =
                several.iter().map(|&id| graph.component(id).name.as_str()).collect();
            Err(Trouble::Refused(match names.is_empty() {
                true => "the topology names no service; give one of its functions to --service"
                    .to_owned(),
                false => format!(
                    "which service? --service with one of: {}",
                    crate::text::short_list(&names, 8)
                ),
            }))
        }
    }
}

/// Most operands of one structure function: some hundreds of bytes each, so that what is
/// entangled without end is refused before memory runs out.
const MOST_OPERANDS: u64 = 10_000_000;

/// The losses of some components as expressions.
pub(super) fn structure<'g>(
    args: &Args,
    graph: &'g DependencyGraph,
    roots: &[ComponentId],
    own_failures: &[ComponentId],
) -> Result<Structure<'g>, Trouble> {
    let limit = args.max_work.min(MOST_OPERANDS);
    Structure::with_own_failures(graph, roots, own_failures, limit).map_err(|limit| {
        Trouble::Refused(format!(
            "{limit}; what needs each other in a circle cannot be written as one expression of \
             that size"
        ))
    })
}
