//! What the topologies of a run came to.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::super::args::Args;
use super::super::check::{Checks, Extras};
use super::super::commands::limits;
use super::super::diff::{MOST_STEPS, found, say};
use super::super::files::Loaded;
use super::super::origin::Origin;
use super::super::outputs::Format;
use super::super::project::Project;
use super::super::{Io, Trouble};
use super::GateArgs;
use super::against::Against;
use super::compare::{Before, Decided, decide};
use super::debt::Debts;
use crate::analysis::Analysis;
use crate::config::{Asks, Clause, Policy};
use crate::diff::{Asked, Judge};
use crate::expand::Expansion;
use crate::gate::{self, Outcome, Verdict};
use crate::model::Topology;
use crate::report::diff::PlaceRow;
use crate::report::gate::{
    ClauseRow, GateReport, ReasonRow, TopologyRow, VERSION, as_reasons, clauses,
};
use crate::report::review::{Judged, Review, Unit};
use crate::rules::Finding;
use crate::source::SourceMap;

/// What the topologies so far came to.
pub(super) struct Run<'a> {
    args: &'a Args,
    given: &'a GateArgs,
    checks: Checks<'a>,
    debts: Debts,
    rows: Vec<TopologyRow>,
    gone: Vec<String>,
    /// The reasons, for the formats of other tools.
    review: Review,
    /// Clauses that may concern no topology, with where they stand; true once one has it.
    asked: IndexMap<(String, usize), (Clause, Option<PlaceRow>, bool)>,
    /// Names that a clause could have meant.
    services: BTreeSet<String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(args: &'a Args, given: &'a GateArgs, debts: Debts) -> Run<'a> {
        let scopes = given.outputs.wants(Format::Markdown) || given.outputs.wants(Format::Github);
        let checks = Checks {
            args,
            project: &given.project,
            only: &[],
            fail_on: None,
            alone: false,
            today: given.project.today(),
            extras: Extras { scopes, ..Extras::default() },
        };
        Run {
            args,
            given,
            checks,
            debts,
            rows: Vec::new(),
            gone: Vec::new(),
            review: Review::default(),
            asked: IndexMap::new(),
            services: BTreeSet::new(),
        }
    }

    fn policy(&self, project: &Project) -> Policy {
        let compares = self.given.against.is_some() || self.given.baseline.is_some();
        project.config.policy.clone().unwrap_or_else(|| Policy::default_for(compares))
    }

    fn asked_of(&self, policy: &Policy) -> Asked {
        let budget = self.given.engine.budget().with_steps(MOST_STEPS);
        Asked { order: policy.order, budget }
    }

    /// What the old state has, and nothing is left of.
    pub(super) fn gone(&mut self, names: Vec<String>) {
        self.gone.extend(names);
    }

    pub(super) fn unjudged(&mut self, origin: &Origin, why: &str) {
        let row = empty_row(origin.name());
        self.rows.push(TopologyRow { problems: vec![problem(why, None)], ..row });
        let unit = Unit::new(Judged::Topology, origin.name(), SourceMap::new());
        self.review.units.push(unit.undecided([]));
    }

    pub(super) fn topology(
        &mut self,
        origin: &Origin,
        against: &mut Against,
        project: &mut Project,
        io: &mut Io<'_>,
    ) -> Result<(), Trouble> {
        match self.read(origin, against, project, io) {
            Ok((loaded, before, row)) => self.judge(loaded, project, &before, row),
            Err(Trouble::Refused(reason)) => {
                project.undecided = true;
                self.review.unread.push(reason);
            }
            Err(trouble) => return Err(trouble),
        }
        Ok(())
    }

    /// The old state first, so that the places of both are in one set of files.
    fn read(
        &self,
        origin: &Origin,
        against: &mut Against,
        project: &Project,
        io: &mut Io<'_>,
    ) -> Result<(Loaded, Before, TopologyRow), Trouble> {
        let limits = limits(self.args);
        let mut sources = project.sources.clone();
        let mut row = empty_row(origin.name());
        let key = self.debts.key(origin);
        let mut before = Before { old: None, compares: against.is_some(), key };
        if let Some(old) = against.of_topology(origin)? {
            row.against = Some(old.name());
            let loaded = old.load(sources, &limits, io)?;
            say(&loaded.sources, &loaded.reading.diagnostics, self.args, io)?;
            if loaded.reading.topology.is_none() {
                row.problems.push(problem("the old state of it cannot be read", None));
            }
            sources = loaded.sources;
            before.old = Some(loaded.reading);
        }
        Ok((origin.load(sources, &limits, io)?, before, row))
    }

    fn judge(
        &mut self,
        loaded: Loaded,
        project: &mut Project,
        before: &Before,
        mut row: TopologyRow,
    ) {
        let policy = self.policy(project);
        let config = project.config.clone();
        let find = |topology: &Topology, expansion: &Expansion, analysis: &Analysis<'_>| {
            found(&config, topology, expansion, analysis)
        };
        let judge = Judge {
            asked: self.asked_of(&policy),
            work_limit: self.args.max_work,
            findings: &find,
        };
        let Run { checks, debts, services, .. } = self;
        let mut decided = Decided::default();
        let mut unit = checks.topology_with(loaded, project, &mut |unit, known| {
            let components = known.expansion.graph.components();
            let named = components.filter(|(_, component)| component.function.is_some());
            services.extend(named.map(|(_, component)| component.name.clone()));
            decided = decide(&policy, unit, known, before, &judge, debts);
        });
        let Decided { outcomes, problems } = decided;
        if unit.decided && !problems.is_empty() {
            unit = unit.undecided(problems);
            project.undecided = true;
        }
        row.problems.extend(unit_problems(&unit));
        self.note(&policy, &unit.sources, &outcomes);
        self.record(unit, &outcomes, row);
    }

    fn record(&mut self, mut unit: Unit, outcomes: &[Outcome], mut row: TopologyRow) {
        row.clauses = clauses(&unit.sources, outcomes);
        row.suppressed = unit.suppressed.len();
        row.scopes = unit.scopes.take();
        row.decide();
        self.rows.push(row);
        self.review.units.push(as_reasons(unit, outcomes));
    }

    /// Remembers which clauses concern some topology.
    fn note(&mut self, policy: &Policy, sources: &SourceMap, outcomes: &[Outcome]) {
        let policy_file = |clause: &Clause| clause.span.map(|span| PlaceRow::of(sources, span));
        for (number, clause) in policy.clauses.iter().enumerate() {
            let place = policy_file(clause);
            let file = place.as_ref().map_or(String::new(), |place| place.file.clone());
            let is_met = outcomes.iter().any(|outcome| outcome.clause == *clause);
            let known = self.asked.entry((file, number)).or_insert((clause.clone(), place, false));
            known.2 |= is_met;
        }
    }

    /// What is said about the waivers of a project file.
    pub(super) fn project(&mut self, project: &Project) {
        let Some(unit) = self.checks.unused_waivers(project) else { return };
        let findings: Vec<&Finding> =
            unit.items.iter().filter_map(|item| item.finding.as_ref()).collect();
        if findings.is_empty() {
            return;
        }
        let outcomes = gate::judge_findings(&self.policy(project), &findings);
        let mut row = empty_row(unit.file.clone());
        row.clauses = clauses(&unit.sources, &outcomes);
        row.decide();
        self.rows.push(row);
        self.review.units.push(as_reasons(unit, &outcomes));
    }

    /// The decision, and its reasons for the formats of other tools.
    pub(super) fn finish(self, io: &mut Io<'_>) -> Result<(GateReport, Review), Trouble> {
        let is_whole =
            self.review.unread.is_empty() && self.rows.iter().all(|row| row.problems.is_empty());
        let missing = self.asked.values().filter(|(_, _, is_met)| !is_met && is_whole);
        let unmatched = missing.map(|(clause, place, _)| unmatched(clause, place, &self.services));
        let unmatched = unmatched.collect();
        let baseline = self.debts.finish(self.given, is_whole, io)?;
        let mut report = GateReport {
            failscope_gate: VERSION,
            verdict: Verdict::CannotDecide,
            topologies: self.rows,
            gone: self.gone,
            unmatched,
            baseline,
            unread: self.review.unread.clone(),
        };
        report.decide();
        let mut review = self.review;
        let reasons = report.unmatched.iter().flat_map(|clause| &clause.reasons);
        review.unread.extend(reasons.map(|reason| reason.what.clone()));
        Ok((report, review))
    }
}

fn empty_row(file: String) -> TopologyRow {
    TopologyRow {
        file,
        against: None,
        verdict: Verdict::CannotDecide,
        clauses: Vec::new(),
        problems: Vec::new(),
        suppressed: 0,
        scopes: None,
    }
}

fn problem(what: &str, place: Option<PlaceRow>) -> ReasonRow {
    ReasonRow {
        verdict: Verdict::CannotDecide,
        what: what.to_owned(),
        place,
        because: Vec::new(),
        remedy: "mend it; `failscope lint` shows it in full".to_owned(),
    }
}

/// Why a unit is not decided.
fn unit_problems(unit: &Unit) -> Vec<ReasonRow> {
    if unit.decided {
        return Vec::new();
    }
    let problems = unit.items.iter().filter(|item| item.finding.is_none());
    let mut rows: Vec<ReasonRow> = problems
        .map(|item| {
            let place = PlaceRow::of(&unit.sources, item.diagnostic.primary.span);
            problem(&item.diagnostic.message, Some(place))
        })
        .collect();
    if rows.is_empty() {
        rows.push(problem("it could not be judged", None));
    }
    rows
}

fn unmatched(clause: &Clause, place: &Option<PlaceRow>, services: &BTreeSet<String>) -> ClauseRow {
    let (what, remedy) = match &clause.asks {
        Asks::Survive { service, .. } => {
            let names = services.iter().map(String::as_str);
            let near = crate::input::nearest_name(service, names);
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            (
                format!("no topology of this run has a service `{service}`{near}"),
                "name a service of the topologies, or remove the clause",
            )
        }
        _ => (
            "no service of this run states an availability".to_owned(),
            "give the services `availability:`, or remove the clause",
        ),
    };
    ClauseRow {
        clause: clause.words(),
        place: place.clone(),
        verdict: Verdict::CannotDecide,
        reasons: vec![ReasonRow { remedy: remedy.to_owned(), ..problem(&what, place.clone()) }],
    }
}
