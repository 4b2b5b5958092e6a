//! `failscope availability`.

use std::path::PathBuf;

use clap::ValueEnum;
use rustc_hash::FxHashMap;

use super::args::Args;
use super::commands::{Whole, analyse, whole};
use super::figures::{FigureArgs, shown};
use super::subject::{self, EngineArgs};
use super::{Exit, Io, Trouble, files, terminal};
use crate::analysis::{Analysis, Structure};
use crate::availability::{self, Common, Figures, HOURS_PER_YEAR, Part, Solved, defaults};
use crate::engine::{Event, Probability};
use crate::graph::ComponentId;
use crate::model::Element;
use crate::report::availability::{
    AssumedRow, AvailabilityReport, Ends, InputRow, MoveRow, PlannedPart, PlannedRow, ServiceRow,
    SwitchRow, VERSION, markdown, row, text,
};
use crate::report::json;
use crate::text::and_list;

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 decided, whether a target is met or missed; 2 could not \
                        decide: unreadable input, or a target (without one: the answer) that lies \
                        between the proven ends, or within what stated ranges allow.")]
pub(super) struct AvailabilityArgs {
    /// The topology file, `-` for standard input, or an Open-PSA fault tree (`.xml`).
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Only this service, function or component; in a fault tree a top event.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    #[arg(long, value_enum, default_value_t = AvailabilityFormat::Text)]
    format: AvailabilityFormat,
    /// Show what the downtime would be with each input at half and twice its value, or at the
    /// ends of its range.
    #[arg(long)]
    sensitivity: bool,
    #[command(flatten)]
    figures: FigureArgs,
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
    if !given.figures.is_empty() || given.sensitivity {
        let reason = "--set and --sensitivity speak of mtbf and mttr; a fault tree has neither";
        return Err(Trouble::Refused(reason.to_owned()));
    }
    let tree = subject::tree(args, &given.engine, &given.path, given.service.as_deref(), io)?;
    let values = tree.probabilities.clone().map_err(|event| {
        Trouble::Refused(format!("the basic event `{event}` has no probability"))
    })?;
    let solved = availability::solve(&tree.expr, &values, &given.engine.budget())
        .map_err(|missing| Trouble::Refused(missing.to_string()))?;
    let row = row(tree.name.clone(), &solved, None, None, |e| tree.event_name(e), |_| false, false);
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
        None => analysis.asked_about(),
    };
    if services.is_empty() {
        let reason = "the topology has no service and no function to ask about; see --service";
        return Err(Trouble::Refused(reason.to_owned()));
    }
    let figures = Figures::with(&whole.topology, graph, &given.figures.read(graph)?);
    let own = [figures.own_failures.as_slice(), &figures.only_worked_on].concat();
    let structure = subject::structure(args, graph, &services, &own)?;
    let common = Common::new(&whole.topology, graph, &figures).map_err(refused)?;
    let question = Question { given, whole, analysis: &analysis, structure, figures, common };
    let mut rows = Vec::with_capacity(services.len());
    for &service in &services {
        rows.push(question.service(service)?);
    }
    let notes = question.notes(&rows);
    let title = whole.topology.name.clone();
    Ok(AvailabilityReport {
        failscope_availability: VERSION,
        topology: title.unwrap_or_else(|| given.path.display().to_string()),
        services: rows,
        assumptions: question.assumptions(&services),
        notes,
    })
}

/// Something that the model refuses to compute, in its words.
pub(super) fn refused(error: impl std::fmt::Display) -> Trouble {
    Trouble::Refused(error.to_string())
}

const INDEPENDENT: &str = "Components are taken to fail independently of one another; what they \
                           share (places, disks, networks) is in the graph, other common causes \
                           are not, unless the file states them under `common_causes`.";
const LATENT: &str = "Losses that are felt only at a restart, and switch-overs that fail because \
                      something cannot be started, are not outages here; `report` shows them.";
const NOT_PLANNED: &str = "Planned maintenance is not counted.";
const PLANNED: &str = "Planned work is taken to be done on one thing at a time; what the file does \
                       not state is not counted.";
const UNKNOWN_SUM: &str = "What switching over and planned work add is not known for every service: \
                           it takes an exact answer, and work that fits one after another.";
const UPPER: &str = "Switching over is an upper estimate: moves at the same moment are added up.";

struct Question<'q> {
    given: &'q AvailabilityArgs,
    whole: &'q Whole,
    analysis: &'q Analysis<'q>,
    structure: Structure<'q>,
    figures: Figures,
    common: Common,
}

impl Question<'_> {
    fn name(&self, id: ComponentId) -> String {
        self.analysis.graph().component(id).name.clone()
    }

    /// What an event of the solved expression is called.
    fn event_name(&self, event: Event) -> String {
        let names =
            |ids: &[ComponentId]| -> Vec<String> { ids.iter().map(|&id| self.name(id)).collect() };
        match self.common.cause(event) {
            Some(cause) if cause.strikes.len() > 1 => {
                format!("{}: {} together", cause.group, and_list(&names(&cause.strikes)))
            }
            Some(cause) => names(&cause.strikes).join(""),
            None => self.name(Structure::component(event)),
        }
    }

    fn service(&self, service: ComponentId) -> Result<ServiceRow, Trouble> {
        let Some(expr) = self.structure.loss(service) else {
            return Err(Trouble::Refused("nothing is known of that component".to_owned()));
        };
        let budget = self.given.engine.budget();
        let values = self.common.probabilities(&self.figures).map_err(refused)?;
        let solved =
            availability::solve(&self.common.apply(&expr), &values, &budget).map_err(refused)?;
        let components: Vec<ComponentId> =
            expr.events().into_iter().map(Structure::component).collect();
        let is_assumed = |id: &ComponentId| self.figures.of(*id).assumed.is_some();
        let mut row = row(
            self.name(service),
            &solved,
            self.over_ranges(&solved, &components)?,
            self.target(service),
            |event| self.event_name(event),
            |event| self.common.strikes(event).iter().any(is_assumed),
            components.iter().any(is_assumed),
        );
        let switching = self.switch_over(service);
        let planned = self.planned_work(&solved, &components)?;
        let is_all_known = switching.is_some() && planned.is_some();
        row.switch_over = switching.flatten();
        row.planned_work = planned.flatten();
        if is_all_known {
            row.add_up();
        }
        row.sum_unknown = !is_all_known;
        if self.given.sensitivity {
            row.sensitivity = self.sensitivity(&solved, &components)?;
        }
        Ok(row)
    }

    /// The ends of the answer, if some input is a range.
    fn over_ranges(
        &self,
        solved: &Solved,
        components: &[ComponentId],
    ) -> Result<Option<Ends>, Trouble> {
        let is_range = |id: &ComponentId| {
            let ends = self.figures.of(*id).ends;
            ends.low != ends.high
        };
        if !components.iter().any(is_range) {
            return Ok(None);
        }
        let ends = self.common.ends(&self.figures).map_err(refused)?;
        let over = solved.over(&ends, &self.given.engine.budget()).map_err(refused)?;
        Ok(over.map(|over| Ends { lower: over.low.value(), upper: over.high.value() }))
    }

    /// What planned work adds, if there is any; `None` where that is not known.
    fn planned_work(
        &self,
        solved: &Solved,
        components: &[ComponentId],
    ) -> Result<Option<Option<PlannedRow>>, Trouble> {
        if components.iter().all(|&id| self.figures.of(id).maintenance == 0.0) {
            return Ok(Some(None));
        }
        let ends = self.common.ends(&self.figures).map_err(refused)?;
        let highs: Vec<Probability> = ends.iter().map(|ends| ends.high).collect();
        let worst = solved.importance_at(&highs);
        let (figures, common) = (&self.figures, &self.common);
        let parts = availability::planned(solved, worst.as_deref(), figures, common, components);
        Ok(parts.map(|parts| self.planned_row(&parts)))
    }

    fn planned_row(&self, parts: &[availability::Planned]) -> Option<PlannedRow> {
        if parts.is_empty() {
            return None;
        }
        let row = |part: &availability::Planned| PlannedPart {
            component: self.name(part.component),
            share: part.share,
            hours_per_year: part.added * HOURS_PER_YEAR,
        };
        let worst: f64 = parts.iter().map(|part| part.added_at_worst).sum();
        Some(PlannedRow {
            hours_per_year: parts.iter().map(|part| part.added * HOURS_PER_YEAR).sum(),
            hours_per_year_at_worst: worst * HOURS_PER_YEAR,
            parts: parts.iter().map(row).collect(),
        })
    }

    fn sensitivity(
        &self,
        solved: &Solved,
        components: &[ComponentId],
    ) -> Result<Vec<InputRow>, Trouble> {
        let Some(swings) = availability::swings(solved, &self.figures, &self.common, components)
        else {
            let reason = "the effect of each input is known only with an exact answer; give more \
                          with --max-memory";
            return Err(Trouble::Refused(reason.to_owned()));
        };
        let row = |swing: &availability::Swing| InputRow {
            component: self.name(swing.component),
            input: swing.input.key,
            stated_range: swing.input.is_range,
            low: shown(&swing.input, swing.input.low),
            high: shown(&swing.input, swing.input.high),
            hours_per_year_at_low: swing.at_low.value() * HOURS_PER_YEAR,
            hours_per_year_at_high: swing.at_high.value() * HOURS_PER_YEAR,
        };
        Ok(swings.iter().map(row).collect())
    }

    /// What the figures leave out.
    fn notes(&self, rows: &[ServiceRow]) -> Vec<String> {
        let planned = rows.iter().any(|row| row.planned_work.is_some());
        let planned = if planned { PLANNED } else { NOT_PLANNED };
        let mut notes: Vec<String> =
            [INDEPENDENT, LATENT, planned, UPPER].map(str::to_owned).into();
        let moves = rows.iter().filter_map(|row| row.switch_over.as_ref()).flat_map(|s| &s.moves);
        if moves.into_iter().any(|one| one.duration_assumed) {
            notes.push(format!(
                "Where no cluster states its failover_time, {:.0} s are assumed; {}.",
                defaults::FAILOVER_TIME * 3600.0,
                defaults::FAILOVER_WHY
            ));
        }
        if rows.iter().any(|row| row.sum_unknown) {
            notes.push(UNKNOWN_SUM.to_owned());
        }
        for group in self.common.uneven(&self.figures) {
            notes.push(format!(
                "The members of `{group}` have different figures; the highest unavailability of \
                 them stands for all."
            ));
        }
        notes
    }

    fn target(&self, service: ComponentId) -> Option<(String, f64)> {
        let topology = &self.whole.topology;
        let Some(Element::Service(id)) = self.analysis.graph().component(service).element else {
            return None;
        };
        let target = topology.services[id].availability?.value;
        Some((target.to_string(), target.unavailability()))
    }

    /// What switching over adds, if anything moves; `None` where that is not known.
    fn switch_over(&self, service: ComponentId) -> Option<Option<SwitchRow>> {
        let moves = availability::of_service(
            &self.whole.topology,
            self.analysis,
            &self.structure,
            &self.figures,
            service,
            &self.given.engine.budget(),
        )?;
        if moves.is_empty() {
            return Some(None);
        }
        let worst: f64 = moves.iter().map(|one| one.at_worst).sum();
        let hours = moves.iter().map(|one| one.unavailability * HOURS_PER_YEAR).sum();
        let rows = moves.iter().map(|one| MoveRow {
            what: self.name(one.dependent),
            away_from: self.name(one.working),
            per_year: one.frequency * HOURS_PER_YEAR,
            seconds: one.duration * 3600.0,
            duration_assumed: one.is_assumed,
            fails: one.fails,
            hours_per_year: one.unavailability * HOURS_PER_YEAR,
        });
        Some(Some(SwitchRow {
            hours_per_year: hours,
            hours_per_year_at_worst: worst * HOURS_PER_YEAR,
            moves: rows.collect(),
        }))
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
