//! `failscope availability`.

use std::path::PathBuf;

use clap::ValueEnum;
use rustc_hash::FxHashMap;

use super::args::Args;
use super::commands::{Whole, analyse, whole};
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, files, terminal};
use crate::analysis::{Analysis, Structure};
use crate::availability::{self, Figures, HOURS_PER_YEAR, Part, defaults};
use crate::graph::ComponentId;
use crate::model::Element;
use crate::report::availability::{
    AssumedRow, AvailabilityReport, MoveRow, ServiceRow, SwitchRow, VERSION, markdown, row, text,
};
use crate::report::json;

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 decided, whether a target is met or missed; 2 could not \
                        decide: unreadable input, or a target (without one: the answer) that lies \
                        between the proven ends.")]
pub(super) struct AvailabilityArgs {
    /// The topology file, `-` for standard input, or an Open-PSA fault tree (`.xml`).
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Only this service, function or component; in a fault tree a top event.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    #[arg(long, value_enum, default_value_t = AvailabilityFormat::Text)]
    format: AvailabilityFormat,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AvailabilityFormat {
    Text,
    Json,
    Markdown,
}

pub(super) fn run(args: &Args, given: &AvailabilityArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let report = match subject::is_open_psa(&given.path) {
        true => of_fault_tree(args, given, io)?,
        false => {
            let Some((_, whole)) = whole(args, &given.path, io)? else {
                return Ok(Exit::Undecided);
            };
            of_topology(args, given, &whole)?
        }
    };
    let rendered = match given.format {
        AvailabilityFormat::Text => text(&report, terminal(args, io)),
        AvailabilityFormat::Markdown => markdown(&report),
        AvailabilityFormat::Json => {
            json::render(&report).map_err(|error| Trouble::Refused(error.to_string()))?
        }
    };
    files::write(None, &rendered, io)?;
    Ok(match report.services.iter().all(ServiceRow::is_decided) {
        true => Exit::Passed,
        false => Exit::Undecided,
    })
}

fn of_fault_tree(
    args: &Args,
    given: &AvailabilityArgs,
    io: &mut Io<'_>,
) -> Result<AvailabilityReport, Trouble> {
    let tree = subject::tree(args, &given.engine, &given.path, given.service.as_deref(), io)?;
    let values = tree.probabilities.clone().map_err(|event| {
        Trouble::Refused(format!("the basic event `{event}` has no probability"))
    })?;
    let solved = availability::solve(&tree.expr, &values, &given.engine.budget())
        .map_err(|missing| Trouble::Refused(missing.to_string()))?;
    let row =
        row(tree.name.clone(), &solved, None, |event| tree.event_name(event), |_| false, false);
    Ok(AvailabilityReport {
        failscope_availability: VERSION,
        topology: given.path.display().to_string(),
        services: vec![row],
        assumptions: Vec::new(),
        notes: vec![
            "The probability of the top event is read as an unavailability in the long run; \
             basic events are independent but for the common causes that the file states."
                .to_owned(),
        ],
    })
}

fn of_topology(
    args: &Args,
    given: &AvailabilityArgs,
    whole: &Whole,
) -> Result<AvailabilityReport, Trouble> {
    let graph = &whole.expansion.graph;
    let analysis = analyse(args, graph)?;
    let services = match &given.service {
        Some(word) => vec![subject::component(Some(word), graph)?],
        None => match subject::services(graph) {
            none if none.is_empty() => analysis.main_functions().to_vec(),
            services => services,
        },
    };
    if services.is_empty() {
        let reason = "the topology has no service and no function to ask about; see --service";
        return Err(Trouble::Refused(reason.to_owned()));
    }
    let figures = Figures::new(&whole.topology, graph);
    let own = &figures.own_failures;
    let structure = subject::structure(args, graph, &services, own)?;
    let question = Question { given, whole, analysis: &analysis, structure, figures };
    let mut rows = Vec::with_capacity(services.len());
    for &service in &services {
        rows.push(question.service(service)?);
    }
    let mut notes: Vec<String> = NOTES.iter().map(|note| (*note).to_owned()).collect();
    let moves = rows.iter().filter_map(|row| row.switch_over.as_ref()).flat_map(|s| &s.moves);
    if moves.into_iter().any(|one| one.duration_assumed) {
        notes.push(format!(
            "Where no cluster states its failover_time, {:.0} s are assumed; {}.",
            defaults::FAILOVER_TIME * 3600.0,
            defaults::FAILOVER_WHY
        ));
    }
    let title = whole.topology.name.clone();
    Ok(AvailabilityReport {
        failscope_availability: VERSION,
        topology: title.unwrap_or_else(|| given.path.display().to_string()),
        services: rows,
        assumptions: question.assumptions(&services),
        notes,
    })
}

const NOTES: [&str; 4] = [
    "Components are taken to fail independently of one another; what they share (places, disks, \
     networks) is in the graph, other common causes are not.",
    "Losses that are felt only at a restart, and switch-overs that fail because something cannot \
     be started, are not outages here; `report` shows them.",
    "Planned maintenance is not counted.",
    "Switching over is an upper estimate: moves at the same moment are added up.",
];

struct Question<'q> {
    given: &'q AvailabilityArgs,
    whole: &'q Whole,
    analysis: &'q Analysis<'q>,
    structure: Structure<'q>,
    figures: Figures,
}

impl Question<'_> {
    fn name(&self, id: ComponentId) -> String {
        self.analysis.graph().component(id).name.clone()
    }

    fn service(&self, service: ComponentId) -> Result<ServiceRow, Trouble> {
        let Some(expr) = self.structure.loss(service) else {
            return Err(Trouble::Refused("nothing is known of that component".to_owned()));
        };
        let budget = self.given.engine.budget();
        let solved = availability::solve(&expr, &self.figures.unavailabilities(), &budget)
            .map_err(|missing| Trouble::Refused(missing.to_string()))?;
        let component = |event| Structure::component(event);
        let is_assumed = |event| self.figures.of(component(event)).assumed.is_some();
        let mut row = row(
            self.name(service),
            &solved,
            self.target(service),
            |event| self.name(component(event)),
            is_assumed,
            expr.events().into_iter().any(is_assumed),
        );
        row.switch_over = self.switch_over(service);
        Ok(row)
    }

    fn target(&self, service: ComponentId) -> Option<(String, f64)> {
        let topology = &self.whole.topology;
        let Some(Element::Service(id)) = self.analysis.graph().component(service).element else {
            return None;
        };
        let target = topology.services[id].availability?.value;
        Some((target.to_string(), target.unavailability()))
    }

    fn switch_over(&self, service: ComponentId) -> Option<SwitchRow> {
        let moves = availability::of_service(
            &self.whole.topology,
            self.analysis,
            &self.structure,
            &self.figures,
            service,
            &self.given.engine.budget(),
        )?;
        if moves.is_empty() {
            return None;
        }
        let hours = moves.iter().map(|one| one.frequency * one.duration * HOURS_PER_YEAR).sum();
        let rows = moves.iter().map(|one| MoveRow {
            what: self.name(one.dependent),
            away_from: self.name(one.working),
            per_year: one.frequency * HOURS_PER_YEAR,
            seconds: one.duration * 3600.0,
            duration_assumed: one.is_assumed,
        });
        Some(SwitchRow { hours_per_year: hours, moves: rows.collect() })
    }

    /// Each default once, with what it was taken for.
    fn assumptions(&self, services: &[ComponentId]) -> Vec<AssumedRow> {
        let mut grouped: indexmap::IndexMap<(&str, Part), AssumedRow> = indexmap::IndexMap::new();
        let mut seen: FxHashMap<ComponentId, ()> = FxHashMap::default();
        let exprs = services.iter().filter_map(|&service| self.structure.loss(service));
        for event in exprs.flat_map(|expr| expr.events()) {
            let id = Structure::component(event);
            let Some((part, assumed)) = self.figures.of(id).assumed else { continue };
            if seen.insert(id, ()).is_some() {
                continue;
            }
            let row = grouped.entry((assumed.what, part)).or_insert_with(|| AssumedRow {
                what: assumed.what.to_owned(),
                mtbf_hours: (part != Part::TimeToRepair).then_some(assumed.mtbf),
                mttr_hours: (part != Part::TimeBetweenFailures).then_some(assumed.mttr),
                why: assumed.why,
                components: Vec::new(),
            });
            row.components.push(self.name(id));
        }
        grouped.into_values().collect()
    }
}
