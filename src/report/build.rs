//! From the analysis to a [`Report`].

use super::{loss_path, *};
use crate::analysis::{Analysis, Explainer, Failure, Path, Single, Takes, Waits};
use crate::citation;
use crate::expand::Expansion;
use crate::graph::{ComponentId, Documented, FunctionRole, Nature, Onset, RequirementId, Scope};
use crate::model::{Assumption, Topology};
use crate::source::{FileId, SourceMap, Span};
use crate::text;

/// Single points of failure whose path is worked out; nobody reads more of them.
const MOST_PATHS: usize = 500;
/// Single failures that are named for each service.
const MOST_TAKERS: usize = 100;
/// Steps of a path that are told; of a longer one, the first and the last.
const MOST_STEPS: usize = 24;
/// Components looked at to find what protects one.
const MOST_SEARCHED: usize = 200;
/// Restarts that a latent row names before it only counts.
const NAMED_RESTARTS: usize = 3;

pub fn report(
    sources: &SourceMap,
    topology: &Topology,
    expansion: &Expansion,
    analysis: &Analysis<'_>,
    filter: &Filter,
) -> Report {
    let file = sources.locate(topology.span).file.to_owned();
    let explainer = Explainer::new(analysis);
    let mut builder = Builder { sources, home: topology.span.file, analysis, explainer };
    let rows: Vec<Row> = analysis.failures().iter().map(|failure| builder.row(failure)).collect();
    let accepted: Vec<ComponentId> = analysis
        .failures()
        .iter()
        .zip(&rows)
        .filter(|(_, row)| filter.accepts(row))
        .map(|(failure, _)| failure.component)
        .collect();
    let mut components: Vec<Row> = rows.into_iter().filter(|row| filter.accepts(row)).collect();
    components.sort_by_key(|row| (std::cmp::Reverse(rank(row.scope)), !row.spof));
    Report {
        failscope_report: VERSION,
        topology: topology.name.clone().unwrap_or_else(|| file.clone()),
        file,
        summary: builder.summary(&components),
        single_points_of_failure: builder.single_points(&accepted),
        services: if filter.is_narrow() { Vec::new() } else { builder.services() },
        components,
        down: builder.names(&analysis.down),
        boot_deadlocks: analysis.deadlocks.iter().map(|part| builder.names(part)).collect(),
        assumptions: expansion.assumptions.iter().map(|one| builder.assumption(one)).collect(),
    }
}

fn rank(scope: &str) -> usize {
    Scope::ALL.iter().position(|known| known.as_str() == scope).unwrap_or(0)
}

struct Builder<'a, 'g> {
    sources: &'a SourceMap,
    /// The file that the report names.
    home: FileId,
    analysis: &'a Analysis<'g>,
    explainer: Explainer<'a, 'g>,
}

impl Builder<'_, '_> {
    fn name(&self, id: ComponentId) -> String {
        self.analysis.graph().component(id).name.clone()
    }

    fn names(&self, ids: &[ComponentId]) -> Vec<String> {
        ids.iter().map(|&id| self.name(id)).collect()
    }

    fn line(&self, span: Span) -> usize {
        self.sources.locate(span).place.line
    }

    /// The file of a place that is not in the file that the report names.
    fn other_file(&self, span: Option<Span>) -> String {
        let other = span.filter(|span| span.file != self.home);
        other.map_or(String::new(), |span| self.sources.locate(span).file.to_owned())
    }

    fn row(&mut self, failure: &Failure) -> Row {
        let id = failure.component;
        let component = self.analysis.graph().component(id);
        let waits = match failure.onset {
            Onset::Latent => self.explainer.waits(id),
            _ => Waits::default(),
        };
        let escalated_by = self.escalated_by(failure);
        Row {
            component: component.name.clone(),
            kind: component.kind.clone().into_owned(),
            server: component.server.map_or(String::new(), |server| self.name(server)),
            scope: failure.scope.as_str(),
            onset: failure.onset.as_str(),
            until: self.until(&waits),
            spof: self.analysis.is_spof(id),
            taken_by: self.taken_by(id),
            down: self.analysis.is_down(id),
            protected_by: self.protection(failure),
            interruption: failure.interruption.map(Scope::as_str),
            stops: self.names(&failure.at_once),
            stops_partly: self.names(&failure.partly),
            stops_later: self.names(&failure.later),
            documented: component.documented.map(documented_row),
            escalated_by,
            file: self.other_file(component.span),
            line: component.span.map_or(0, |span| self.line(span)),
            detail: component.detail,
            id,
        }
    }

    fn escalated_by(&mut self, failure: &Failure) -> Vec<String> {
        match self.analysis.is_escalated(failure.component) {
            true => self.path_to_widest(failure).map_or(Vec::new(), |path| self.path_names(&path)),
            false => Vec::new(),
        }
    }

    fn assumption(&self, assumption: &Assumption) -> AssumptionRow {
        AssumptionRow {
            subject: assumption.subject.clone(),
            unknown: assumption.text.clone(),
            file: self.other_file(assumption.span),
            line: assumption.span.map(|span| self.line(span)),
        }
    }

    fn until(&self, waits: &Waits) -> String {
        let mut parts: Vec<String> = waits.graces.iter().map(|grace| (*grace).to_owned()).collect();
        if !waits.restarts.is_empty() {
            let names = self.names(&waits.restarts);
            parts.push(format!("next start of {}", text::short_list(&names, NAMED_RESTARTS)));
        }
        text::or_list(&parts)
    }

    /// Computers and things before places: they say more.
    fn taken_by(&self, id: ComponentId) -> Vec<String> {
        let mut takers = self.analysis.taken_by(id).to_vec();
        let graph = self.analysis.graph();
        takers.sort_by_key(|&taker| graph.component(taker).nature == Nature::Placement);
        self.names(&takers)
    }

    /// What absorbs the loss, or makes it short. A single point of failure has nothing that does.
    fn protection(&self, failure: &Failure) -> Vec<String> {
        let id = failure.component;
        let component = self.analysis.graph().component(id);
        if self.analysis.is_spof(id) {
            return Vec::new();
        }
        let mut found: Vec<String> = component.protection.map(str::to_owned).into_iter().collect();
        if component.is_basic() {
            let others = self.nearest_takers(id);
            found.extend(others.into_iter().map(|other| self.short_name(other)));
        } else {
            let takers = self.analysis.taken_by(id);
            let mut others = self.inherited_alternatives(id);
            others.retain(|other| !takers.contains(other) && !self.falls_alone(*other, takers));
            found.extend(others.into_iter().map(|id| self.short_name(id)));
        }
        let mut seen = rustc_hash::FxHashSet::default();
        found.retain(|name| seen.insert(name.clone()));
        found
    }

    /// What takes over from the component, or from what is lost with it.
    fn nearest_takers(&self, id: ComponentId) -> Vec<ComponentId> {
        let graph = self.analysis.graph();
        let mut level = vec![id];
        let mut seen = rustc_hash::FxHashSet::default();
        while !level.is_empty() && seen.len() < MOST_SEARCHED {
            let mut found = Vec::new();
            let mut lost_with_it = Vec::new();
            for component in level {
                for (_, others) in self.analysis.alternatives(component) {
                    found.extend(others);
                }
                for requirement in graph.requirements_on(component) {
                    let requirement = graph.requirement(requirement);
                    let sole = requirement.providers.len() == requirement.at_least as usize;
                    if sole && requirement.kind.is_at_once() && seen.insert(requirement.dependent) {
                        lost_with_it.push(requirement.dependent);
                    }
                }
            }
            if !found.is_empty() {
                return found;
            }
            level = lost_with_it;
        }
        Vec::new()
    }

    /// A part on one computer goes by the computer's name.
    fn short_name(&self, id: ComponentId) -> String {
        let component = self.analysis.graph().component(id);
        match component.server.filter(|_| component.detail) {
            Some(server) => self.name(server),
            None => component.name.clone(),
        }
    }

    /// A part that stands on a computer which takes the whole thing along is no protection.
    fn falls_alone(&self, part: ComponentId, takers: &[ComponentId]) -> bool {
        let server = self.analysis.graph().component(part).server;
        server.is_some_and(|server| takers.contains(&server))
    }

    /// A derived component is protected by the alternatives it is made of: its own, or
    /// the nearest below it.
    fn inherited_alternatives(&self, id: ComponentId) -> Vec<ComponentId> {
        let graph = self.analysis.graph();
        let mut level = vec![id];
        let mut seen = rustc_hash::FxHashSet::default();
        while !level.is_empty() && seen.len() < MOST_SEARCHED {
            let (mut found, mut below) = (Vec::new(), Vec::new());
            for component in level {
                for requirement in graph.requirements_of(component) {
                    let requirement = graph.requirement(requirement);
                    if !requirement.counts_at_once() {
                        continue;
                    }
                    if requirement.shares && requirement.providers.len() > 1 {
                        return Vec::new(); // each serves its own share: nothing takes over
                    }
                    let up = requirement.providers.iter().filter(|&&p| !self.analysis.is_down(p));
                    let up: Vec<ComponentId> = up.copied().collect();
                    match up.len() > requirement.at_least as usize {
                        true => found.extend(up),
                        false => below.extend(up.into_iter().filter(|id| seen.insert(*id))),
                    }
                }
            }
            if !found.is_empty() {
                return found;
            }
            level = below;
        }
        Vec::new()
    }

    fn path_to_widest(&mut self, failure: &Failure) -> Option<Path> {
        loss_path::to_widest(self.analysis, &mut self.explainer, failure)
    }

    fn path_names(&self, path: &Path) -> Vec<String> {
        path.components().map(|id| self.name(id)).collect()
    }

    fn path_steps(&self, path: &Path) -> Vec<PathStep> {
        let graph = self.analysis.graph();
        let first = PathStep { component: self.name(path.from), because: String::new() };
        let left_out = path.steps.len().saturating_sub(MOST_STEPS);
        let (head, tail) = match left_out {
            0 => path.steps.split_at(path.steps.len()),
            _ => (&path.steps[..MOST_STEPS / 2], &path.steps[MOST_STEPS / 2 + left_out..]),
        };
        let gap = (left_out > 0)
            .then(|| PathStep { component: format!("({left_out} more)"), because: String::new() });
        let step = |&(requirement, component): &(RequirementId, ComponentId)| PathStep {
            component: self.name(component),
            because: graph.requirement(requirement).why.clone().into_owned(),
        };
        let head = head.iter().map(step);
        std::iter::once(first).chain(head).chain(gap).chain(tail.iter().map(step)).collect()
    }

    fn single_points(&mut self, accepted: &[ComponentId]) -> Vec<SinglePoint> {
        let analysis = self.analysis;
        let mut spofs: Vec<ComponentId> =
            accepted.iter().copied().filter(|&id| analysis.is_spof(id)).collect();
        spofs.sort_by_key(|&id| std::cmp::Reverse(analysis.failure(id).scope));
        let numbered = spofs.into_iter().enumerate();
        numbered.map(|(number, id)| self.single_point(id, number < MOST_PATHS)).collect()
    }

    fn single_point(&mut self, id: ComponentId, with_path: bool) -> SinglePoint {
        let failure = self.analysis.failure(id);
        let graph = self.analysis.graph();
        let is_service = |id: &&ComponentId| graph.component(**id).has_role(FunctionRole::Service);
        let lost: Vec<ComponentId> =
            failure.at_once.iter().chain(&failure.later).copied().collect();
        let (services, functions): (Vec<&ComponentId>, Vec<&ComponentId>) =
            lost.iter().partition(is_service);
        let path = if with_path { self.path_to_widest(failure) } else { None };
        let component = graph.component(id);
        SinglePoint {
            component: component.name.clone(),
            kind: component.kind.clone().into_owned(),
            scope: failure.scope.as_str(),
            onset: failure.onset.as_str(),
            takes: functions.into_iter().map(|&id| self.name(id)).collect(),
            services: services.into_iter().map(|&id| self.name(id)).collect(),
            path: path.map_or(Vec::new(), |path| self.path_steps(&path)),
            file: self.other_file(component.span),
            line: component.span.map_or(0, |span| self.line(span)),
        }
    }

    fn services(&self) -> Vec<ServiceRow> {
        let services = self.analysis.graph().services();
        let found = services.iter().zip(self.analysis.singles(&services));
        found.map(|(&service, singles)| self.service(service, singles)).collect()
    }

    fn service(&self, service: ComponentId, mut singles: Vec<Single>) -> ServiceRow {
        self.analysis.worst_first(&mut singles);
        let taker = |single: &Single| Taker {
            component: self.name(single.component),
            takes: match single.takes {
                Takes::AtOnce => "at once",
                Takes::AtRestart => "at a restart",
                Takes::Share => "share",
            },
        };
        ServiceRow {
            service: self.name(service),
            single_failures: singles.len(),
            taken_by: singles.iter().take(MOST_TAKERS).map(taker).collect(),
        }
    }

    fn summary(&self, rows: &[Row]) -> Summary {
        let graph = self.analysis.graph();
        let by_scope = Scope::ALL
            .iter()
            .rev()
            .map(|scope| ScopeCount {
                scope: scope.as_str(),
                components: rows.iter().filter(|row| row.scope == scope.as_str()).count(),
            })
            .collect();
        Summary {
            components: rows.len(),
            functions: self.analysis.main_functions().len(),
            services: graph.services().len(),
            single_points_of_failure: self.analysis.spofs().count(),
            by_scope,
        }
    }
}

fn documented_row(documented: Documented) -> DocumentedRow {
    DocumentedRow {
        scope: documented.scope.as_str(),
        onset: documented.onset.as_str(),
        note: documented.note,
        source: citation::full(documented.source),
    }
}
