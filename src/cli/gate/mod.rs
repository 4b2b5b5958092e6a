//! `failscope gate`: topologies judged as `lint` judges them, then held against the policy.

mod against;
mod debt;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum;
use indexmap::IndexMap;

use self::against::Against;
use self::debt::Debts;
use super::args::Args;
use super::check::{Checks, Extras, Known};
use super::commands::limits;
use super::diff::MOST_STEPS;
use super::files::{self, Loaded};
use super::origin::Origin;
use super::project::{Project, ProjectArgs, Projects};
use super::subject::EngineArgs;
use super::{Exit, Io, Trouble, terminal};
use crate::analysis::Analysis;
use crate::config::{Asks, Clause, Policy};
use crate::diff::{self, Asked, Facts, Judge, Side};
use crate::expand::{self, Expansion};
use crate::gate::{self, Compared, Outcome, Subject, Verdict};
use crate::input::{Reading, edits};
use crate::model::Topology;
use crate::report::diff::PlaceRow;
use crate::report::gate::{
    ClauseRow, GateReport, ReasonRow, TopologyRow, VERSION, clauses, markdown, text,
};
use crate::report::review::Unit;
use crate::report::{excerpt, json};
use crate::rules::{self, Finding};
use crate::source::{FileId, SourceMap};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The policy stands in failscope.yaml, under `policy`. Without one: no error, \
                        and, with --against or --baseline, nothing that is worse.\n\n\
                        Exit status: 0 pass; 1 fail: a clause is broken for certain; 2 cannot \
                        decide: something is unknown, unreadable, or missing."
)]
pub(super) struct GateArgs {
    /// Topology files, folders of them, `REV:PATH`, or `-` for standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The old state: a revision (the same paths in it), a file, a folder, or `REV:PATH`.
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// Accept what this file lists. What is no longer true is removed from it.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Add to the baseline what is wrong today.
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// Tell what is no longer true, and leave the baseline as it is.
    #[arg(long, requires = "baseline", conflicts_with = "update_baseline")]
    keep_baseline: bool,
    #[arg(long, value_enum, default_value_t = GateFormat::Text)]
    format: GateFormat,
    /// Write to this file instead of standard output; whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArgs,
    #[command(flatten)]
    engine: EngineArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GateFormat {
    Text,
    Json,
    Markdown,
}

pub(super) fn run(args: &Args, given: &GateArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let limits = limits(args);
    let mut against = Against::of(given.against.as_deref(), &given.paths, &limits)?;
    let debts = Debts::read(given, &limits, args, io)?;
    let mut run = Run::new(args, given, debts);
    let mut projects = Projects::default();
    for origin in topologies(&given.paths, args)? {
        let (project, new) = projects.of(&origin, &given.project, &limits)?;
        if !project.problems.is_empty() {
            if new {
                say(&project.sources, &project.problems, args, io)?;
            }
            run.unjudged(&origin, "its project file cannot be read");
            continue;
        }
        run.topology(&origin, &mut against, project, io)?;
    }
    for project in projects.all() {
        run.project(project);
    }
    let report = run.finish(io)?;
    show(args, given, &report, io)?;
    Ok(match report.verdict {
        Verdict::Pass => Exit::Passed,
        Verdict::Fail => Exit::Found,
        Verdict::CannotDecide => Exit::Undecided,
    })
}

/// Every topology that the paths name.
fn topologies(paths: &[PathBuf], args: &Args) -> Result<Vec<Origin>, Trouble> {
    let mut found = Vec::new();
    let mut on_disk = Vec::new();
    for path in paths {
        match Origin::of(path)? {
            Origin::Disk(path) => on_disk.push(path),
            revision => match revision.folder(&limits(args))? {
                Some(files) => found.extend(files.into_iter().map(|file| file.origin)),
                None => found.push(revision),
            },
        }
    }
    let files = files::expand(&on_disk)?;
    found.extend(files.into_iter().map(Origin::Disk));
    match found.is_empty() {
        true => Err(Trouble::Refused("there is no topology to judge".to_owned())),
        false => Ok(found),
    }
}

fn say(
    sources: &SourceMap,
    problems: &[crate::diagnostic::Diagnostic],
    args: &Args,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    for problem in problems {
        let text = excerpt::render(sources, problem, terminal(args, io));
        io.stderr.write_all(text.as_bytes())?;
    }
    Ok(())
}

fn show(
    args: &Args,
    given: &GateArgs,
    report: &GateReport,
    io: &mut Io<'_>,
) -> Result<(), Trouble> {
    for reason in &report.unread {
        writeln!(io.stderr, "failscope: {}", crate::text::clean(reason))?;
    }
    let rendered = match given.format {
        GateFormat::Text => text(report, terminal(args, io)),
        GateFormat::Markdown => markdown(report),
        GateFormat::Json => {
            json::render(report).map_err(|error| Trouble::Refused(error.to_string()))?
        }
    };
    files::write(given.output.as_deref(), &rendered, io)
}

/// What the topologies so far came to.
struct Run<'a> {
    args: &'a Args,
    given: &'a GateArgs,
    checks: Checks<'a>,
    debts: Debts,
    rows: Vec<TopologyRow>,
    unread: Vec<String>,
    /// Clauses that may concern no topology, with where they stand; true once one has it.
    asked: IndexMap<(String, usize), (Clause, Option<PlaceRow>, bool)>,
    /// Names that a clause could have meant.
    services: BTreeSet<String>,
}

impl<'a> Run<'a> {
    fn new(args: &'a Args, given: &'a GateArgs, debts: Debts) -> Run<'a> {
        let scopes = given.format == GateFormat::Markdown;
        let checks = Checks {
            args,
            project: &given.project,
            only: Vec::new(),
            fail_on: None,
            today: given.project.today(),
            extras: Extras { paths: false, scopes },
        };
        Run {
            args,
            given,
            checks,
            debts,
            rows: Vec::new(),
            unread: Vec::new(),
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

    fn unjudged(&mut self, origin: &Origin, why: &str) {
        let row = empty_row(origin.name());
        self.rows.push(TopologyRow { problems: vec![problem(why, None)], ..row });
    }

    fn topology(
        &mut self,
        origin: &Origin,
        against: &mut Against,
        project: &mut Project,
        io: &mut Io<'_>,
    ) -> Result<(), Trouble> {
        let limits = limits(self.args);
        let mut sources = project.sources.clone();
        let mut row = empty_row(origin.name());
        let mut old = None;
        if let Some(before) = against.of_topology(origin)? {
            row.against = Some(before.name());
            let loaded = match before.load(sources.clone(), &limits, io) {
                Ok(loaded) => loaded,
                Err(Trouble::Refused(reason)) => return Ok(self.unread(reason, project)),
                Err(trouble) => return Err(trouble),
            };
            say(&loaded.sources, &loaded.reading.diagnostics, self.args, io)?;
            if loaded.reading.topology.is_none() {
                row.problems.push(problem("the old state of it cannot be read", None));
            }
            sources = loaded.sources;
            old = Some(loaded.reading);
        }
        let loaded = match origin.load(sources, &limits, io) {
            Ok(loaded) => loaded,
            Err(Trouble::Refused(reason)) => return Ok(self.unread(reason, project)),
            Err(trouble) => return Err(trouble),
        };
        let key = self.debts.key(origin);
        self.judge(loaded, project, Before { old, compares: against.is_some(), key }, row);
        Ok(())
    }

    fn unread(&mut self, reason: String, project: &mut Project) {
        project.undecided = true;
        self.unread.push(reason);
    }

    fn judge(
        &mut self,
        loaded: Loaded,
        project: &mut Project,
        before: Before,
        mut row: TopologyRow,
    ) {
        let policy = self.policy(project);
        let config = project.config.clone();
        let mut decided = None;
        let find = |topology: &Topology, expansion: &Expansion, analysis: &Analysis<'_>| {
            config.leveled(rules::run(config.rules(), topology, expansion, analysis).findings)
        };
        let judge = Judge {
            asked: self.asked_of(&policy),
            work_limit: self.args.max_work,
            findings: &find,
        };
        let debts = &mut self.debts;
        let services = &mut self.services;
        let unit = self.checks.topology(loaded, project, &mut |unit, known| {
            let names = known.expansion.graph.components();
            let named = names.filter(|(_, c)| c.function.is_some()).map(|(_, c)| c.name.clone());
            services.extend(named);
            decided = Some(decide(&policy, unit, known, &before, &judge, debts));
        });
        row.problems.extend(unit_problems(&unit));
        if let Some(outcomes) = decided {
            row.clauses = clauses(&unit.sources, &outcomes);
            self.note(&policy, &unit.sources, &outcomes);
        }
        row.suppressed = unit.suppressed.len();
        row.scopes = unit.scopes;
        row.decide();
        self.rows.push(row);
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
    fn project(&mut self, project: &Project) {
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
    }

    fn finish(self, io: &mut Io<'_>) -> Result<GateReport, Trouble> {
        let is_whole =
            self.unread.is_empty() && self.rows.iter().all(|row| row.problems.is_empty());
        let missing = self.asked.values().filter(|(_, _, is_met)| !is_met && is_whole);
        let unmatched = missing.map(|(clause, place, _)| unmatched(clause, place, &self.services));
        let unmatched = unmatched.collect();
        let baseline = self.debts.finish(self.given, is_whole, io)?;
        let mut report = GateReport {
            failscope_gate: VERSION,
            verdict: Verdict::CannotDecide,
            topologies: self.rows,
            unmatched,
            baseline,
            unread: self.unread,
        };
        report.decide();
        Ok(report)
    }
}

/// What a topology is compared with.
struct Before {
    old: Option<Reading>,
    /// There is an old state, and it may lack this topology.
    compares: bool,
    /// Its name in the baseline.
    key: String,
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

/// Everything about one topology is at hand: compares it, and holds it against the policy.
fn decide(
    policy: &Policy,
    unit: &Unit,
    known: &Known<'_>,
    before: &Before,
    judge: &Judge<'_>,
    debts: &mut Debts,
) -> Vec<Outcome> {
    let findings: Vec<&Finding> =
        unit.items.iter().filter_map(|item| item.finding.as_ref()).collect();
    let comparable = gate::comparable(&findings);
    let (expansion, analysis) = (known.expansion, known.analysis);
    let facts = Facts::new(expansion, analysis, comparable.iter().copied(), &judge.asked);
    let suppressed = unit.suppressed.iter().map(|one| &one.finding);
    let debt = debts.of(&before.key, policy, &facts, suppressed);
    let side = Side { expansion, analysis, findings: &comparable, facts: &facts };
    let compared = match (&before.old, &debt) {
        (Some(old), _) => Some(with_old(unit, known.files, old, &side, judge)),
        // The old state lacks this topology: all that is found in it is new.
        (None, _) if before.compares => Some(with_facts(&Facts::default(), &facts, &judge.asked)),
        (None, Some(debt)) => Some(with_facts(&debt.as_facts(&facts), &facts, &judge.asked)),
        (None, None) => None,
    };
    let subject = Subject {
        topology: known.topology,
        expansion,
        analysis,
        findings: &findings,
        facts: &facts,
        compared: compared.as_ref(),
        debt: debt.as_ref(),
        budget: judge.asked.budget,
    };
    gate::judge(policy, &subject)
}

fn with_facts(old: &Facts, new: &Facts, asked: &Asked) -> Compared {
    let unknown = new.cut_sets.iter().filter(|(_, known)| known.complete_to < asked.order);
    let unknown = unknown.map(|(service, known)| too_many(service, known.complete_to));
    Compared {
        worse: diff::worse(old, new).into_iter().map(|worse| (worse, None)).collect(),
        edits: Vec::new(),
        left_open: new.left_open.difference(&old.left_open).cloned().collect(),
        unknown: unknown.collect(),
    }
}

fn too_many(service: &str, complete_to: u32) -> String {
    let members = crate::text::count(complete_to as usize, "member");
    format!("there are too many cut sets of {service} of more than {members} to compare them")
}

fn with_old(
    unit: &Unit,
    files: &[FileId],
    old: &Reading,
    new: &Side<'_>,
    judge: &Judge<'_>,
) -> Compared {
    let impossible = || Compared {
        unknown: vec!["the old state could not be analysed".to_owned()],
        ..Compared::default()
    };
    let Some(topology) = &old.topology else { return impossible() };
    let expansion = expand::expand(topology);
    let Ok(analysis) = Analysis::new(&expansion.graph, judge.work_limit) else {
        return impossible();
    };
    let findings = (judge.findings)(topology, &expansion, &analysis);
    let facts = Facts::new(&expansion, &analysis, &findings, &judge.asked);
    let found: Vec<&Finding> = findings.iter().collect();
    let was = Side { expansion: &expansion, analysis: &analysis, findings: &found, facts: &facts };
    let changes = diff::compare(&was, new);
    let limits = crate::input::Limits { nodes: usize::MAX, ..crate::input::Limits::default() };
    let mut edits = edits::between(&unit.sources, &old.files, files, &limits);
    let causes = match &mut edits {
        Some(edits) => diff::causes(&was, new, &changes, edits, judge),
        None => vec![None; changes.worse.len()],
    };
    let order = judge.asked.order;
    let unknown = changes.cut_sets.iter().filter(|(_, sets)| sets.compared_to < order);
    Compared {
        unknown: unknown.map(|(service, sets)| too_many(service, sets.compared_to)).collect(),
        left_open: changes.left_open.clone(),
        edits: edits.map_or(Vec::new(), |edits| edits.list().to_vec()),
        worse: changes.worse.into_iter().zip(causes).collect(),
    }
}
