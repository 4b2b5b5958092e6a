//! One topology, read, expanded and analysed, and the questions that the tests ask.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use failscope::analysis::{Analysis, Explainer, Phase, PhaseKind, Scenario, Step, WORK_LIMIT};
use failscope::diagnostic::Severity;
use failscope::expand::{Expansion, expand};
use failscope::graph::{ComponentId, Onset, Scope};
use failscope::input::{self, Limits};
use failscope::model::Topology;
use failscope::rules::{self, Finding};
use failscope::source::SourceMap;

/// One line of the file and what stands there instead.
pub(crate) type Edit<'a> = (&'a str, &'a str);

pub(crate) struct World {
    expansion: &'static Expansion,
    pub(crate) analysis: Analysis<'static>,
    findings: Vec<Finding>,
}

/// What the loss of one component does, as a table row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) scope: Scope,
    pub(crate) onset: Onset,
    pub(crate) spof: bool,
}

pub(crate) const fn row(scope: Scope, onset: Onset, spof: bool) -> Row {
    Row { scope, onset, spof }
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")
}

/// The file with some lines replaced; each must be there exactly once.
pub(crate) fn edited_text(file: &str, edits: &[Edit<'_>]) -> String {
    let mut text = fs::read_to_string(folder().join(file)).unwrap().replace("\r\n", "\n");
    for (line, instead) in edits {
        let count = text.lines().filter(|candidate| candidate == line).count();
        assert_eq!(count, 1, "{file} has `{line}` {count} times");
        let lines: Vec<&str> =
            text.lines().map(|l| if l == *line { *instead } else { l }).collect();
        text = lines.join("\n") + "\n";
    }
    text
}

impl World {
    pub(crate) fn of(file: &str) -> World {
        World::edited(file, &[])
    }

    pub(crate) fn edited(file: &str, edits: &[Edit<'_>]) -> World {
        World::read(file, &edited_text(file, edits))
    }

    pub(crate) fn read(file: &str, text: &str) -> World {
        let mut sources = SourceMap::new();
        let id = sources.add(file, text);
        let reading = input::read(&mut sources, id, &Limits::default(), &mut |path, _| {
            Err(format!("{} is not part of the examples", path.display()))
        });
        let problems: Vec<&str> = reading.diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert!(problems.is_empty(), "{file}: {problems:?}");
        // The analysis borrows the graph for as long as it lives; a test lives shorter.
        let topology: &'static Topology = Box::leak(Box::new(reading.topology.unwrap()));
        let expansion: &'static Expansion = Box::leak(Box::new(expand(topology)));
        let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
        let findings = rules::run(rules::all(), topology, expansion, &analysis).findings;
        World { expansion, analysis, findings }
    }

    pub(crate) fn id(&self, name: &str) -> ComponentId {
        let graph = &self.expansion.graph;
        graph.by_name(name).unwrap_or_else(|| {
            let names: Vec<&str> = graph.components().map(|(_, c)| c.name.as_str()).collect();
            panic!("no component `{name}` among {names:?}")
        })
    }

    fn ids(&self, names: &[&str]) -> Vec<ComponentId> {
        names.iter().map(|name| self.id(name)).collect()
    }

    pub(crate) fn name(&self, id: ComponentId) -> &'static str {
        &self.expansion.graph.component(id).name
    }

    fn names(&self, ids: &[ComponentId]) -> BTreeSet<&'static str> {
        ids.iter().map(|&id| self.name(id)).collect()
    }

    pub(crate) fn row(&self, name: &str) -> Row {
        let id = self.id(name);
        let failure = self.analysis.failure(id);
        row(failure.scope, failure.onset, self.analysis.is_spof(id))
    }

    /// Checks several components against the same row.
    #[track_caller]
    pub(crate) fn expect(&self, names: &[&str], expected: Row) {
        for name in names {
            assert_eq!(self.row(name), expected, "{name}");
        }
    }

    /// Functions and services that the loss of one component stops without any restart.
    pub(crate) fn stops(&self, name: &str) -> BTreeSet<&'static str> {
        self.names(&self.analysis.failure(self.id(name)).at_once)
    }

    /// Those that stop in addition once things restart.
    pub(crate) fn stops_later(&self, name: &str) -> BTreeSet<&'static str> {
        self.names(&self.analysis.failure(self.id(name)).later)
    }

    /// Those of which only one computer's share stops.
    pub(crate) fn stops_partly(&self, name: &str) -> BTreeSet<&'static str> {
        self.names(&self.analysis.failure(self.id(name)).partly)
    }

    /// How far the moment of a switch-over reaches.
    pub(crate) fn interruption(&self, name: &str) -> Option<Scope> {
        self.analysis.failure(self.id(name)).interruption
    }

    /// Of some components, those that are lost when others fail together.
    pub(crate) fn lost_of<'n>(&self, asked: &[&'n str], failed: &[&str]) -> BTreeSet<&'n str> {
        let lost = self.analysis.lost_with(&self.ids(failed));
        asked.iter().copied().filter(|name| lost.contains(&self.id(name))).collect()
    }

    pub(crate) fn spofs(&self) -> BTreeSet<&'static str> {
        self.analysis.spofs().map(|id| self.name(id)).collect()
    }

    pub(crate) fn is_escalated(&self, name: &str) -> bool {
        self.analysis.is_escalated(self.id(name))
    }

    /// The chain that explains why one loss stops the other.
    pub(crate) fn path(&self, failed: &str, stopped: &str) -> Vec<&'static str> {
        let mut explainer = Explainer::new(&self.analysis);
        let path = explainer.path(self.id(failed), self.id(stopped)).expect("a path");
        path.components().map(|id| self.name(id)).collect()
    }

    /// What is lost at its next start after this failure.
    pub(crate) fn waits_for_restart(&self, failed: &str) -> BTreeSet<&'static str> {
        self.names(&Explainer::new(&self.analysis).waits(self.id(failed)).restarts)
    }

    pub(crate) fn note(&self, name: &str) -> &'static str {
        let component = self.expansion.graph.component(self.id(name));
        component.documented.map_or("", |documented| documented.note)
    }

    /// Rules that must have fired, as far as they exist.
    #[track_caller]
    pub(crate) fn fires(&self, rules: &[&str]) {
        for rule in rules.iter().filter(|rule| exists(rule)) {
            assert!(self.fired(rule), "{rule} is silent; fired: {:?}", self.fired_rules());
        }
    }

    /// A rule must have fired for exactly these subjects, if it exists.
    #[track_caller]
    pub(crate) fn fires_on(&self, rule: &str, subjects: &[&str]) {
        if exists(rule) {
            let of_rule = self.findings.iter().filter(|f| f.rule.id() == rule);
            let found: BTreeSet<&str> = of_rule.map(|f| f.subject.as_str()).collect();
            assert_eq!(found, subjects.iter().copied().collect(), "subjects of {rule}");
        }
    }

    #[track_caller]
    pub(crate) fn fires_as(&self, rule: &str, severity: Severity) {
        for finding in self.findings.iter().filter(|f| f.rule.id() == rule) {
            assert_eq!(finding.severity, severity, "{rule}: {}", finding.message);
        }
        self.fires(&[rule]);
    }

    /// Rules that must not have fired.
    #[track_caller]
    pub(crate) fn silent(&self, rules: &[&str]) {
        for rule in rules {
            let of_rule = self.findings.iter().filter(|finding| finding.rule.id() == *rule);
            let messages: Vec<&str> = of_rule.map(|f| f.message.as_str()).collect();
            assert!(messages.is_empty(), "{rule}: {messages:?}");
        }
    }

    fn fired(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule.id() == rule)
    }

    pub(crate) fn fired_rules(&self) -> BTreeSet<&str> {
        self.findings.iter().map(|finding| finding.rule.id()).collect()
    }

    pub(crate) fn story(&self) -> Story<'_> {
        Story { world: self, scenario: Scenario::new(&self.analysis) }
    }
}

pub(crate) fn exists(rule: &str) -> bool {
    rules::find(rule).is_some()
}

/// Events one after the other.
pub(crate) struct Story<'w> {
    world: &'w World,
    scenario: Scenario<'w, 'static>,
}

impl Story<'_> {
    pub(crate) fn fail(&mut self, names: &[&str]) -> Told<'_> {
        let step = Step::Fail(self.world.ids(names));
        self.step(&step)
    }

    pub(crate) fn restart(&mut self, names: &[&str]) -> Told<'_> {
        let step = Step::Restart(self.world.ids(names));
        self.step(&step)
    }

    pub(crate) fn restore(&mut self, names: &[&str]) -> Told<'_> {
        let step = Step::Restore(self.world.ids(names));
        self.step(&step)
    }

    fn step(&mut self, step: &Step) -> Told<'_> {
        let phases = self.scenario.step(step);
        Told { world: self.world, phases }
    }

    pub(crate) fn is_lost(&self, name: &str) -> bool {
        self.scenario.lost().contains(&self.world.id(name))
    }
}

/// What one event did.
pub(crate) struct Told<'w> {
    world: &'w World,
    phases: Vec<Phase>,
}

impl Told<'_> {
    pub(crate) fn in_phase(&self, kind: PhaseKind) -> BTreeSet<&'static str> {
        let of_kind = self.phases.iter().filter(|phase| phase.kind == kind);
        of_kind.flat_map(Phase::components).map(|id| self.world.name(id)).collect()
    }

    /// In which round of a phase something comes.
    pub(crate) fn round(&self, kind: PhaseKind, name: &str) -> usize {
        let id = self.world.id(name);
        let phase = self.phases.iter().find(|phase| phase.kind == kind).expect("the phase");
        phase.rounds.iter().position(|round| round.contains(&id)).expect("its round")
    }

    /// What something waits for, by the requirement behind its place in a phase.
    pub(crate) fn waits_for(&self, kind: PhaseKind, name: &str) -> BTreeSet<&'static str> {
        let id = self.world.id(name);
        let of_kind = self.phases.iter().filter(|phase| phase.kind == kind);
        let reasons = of_kind.flat_map(|phase| &phase.reasons).filter(|(who, _)| *who == id);
        let graph = &self.world.expansion.graph;
        reasons
            .flat_map(|&(_, requirement)| &graph.requirement(requirement).providers)
            .map(|&provider| self.world.name(provider))
            .collect()
    }
}

/// The set of some names.
pub(crate) fn set<'a>(names: &[&'a str]) -> BTreeSet<&'a str> {
    names.iter().copied().collect()
}
