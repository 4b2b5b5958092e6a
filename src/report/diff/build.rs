//! From what changed to rows with places.

use std::collections::BTreeSet;

use super::words;
use super::*;
use crate::diagnostic::Diagnostic;
use crate::diff::{
    Cause, Causes, Changes, CutSetChanges, Drift, Edit, EditKind, FindingKey, Imports, ScopeChange,
    Side, Worse,
};
use crate::graph::{ComponentId, DependencyGraph, RequirementId};

use crate::model::Reading;
use crate::rules::Finding;
use crate::source::{SourceMap, Span};

/// What is told of.
#[derive(Clone, Copy)]
pub struct Pair<'p> {
    pub sources: &'p SourceMap,
    pub old: Side<'p>,
    pub new: Side<'p>,
    pub changes: &'p Changes,
    pub edits: &'p [Edit],
    /// Of two topologies with imports.
    pub imports: Option<&'p Imports>,
    pub causes: &'p Causes,
    /// Cut sets of at most so many members were asked for.
    pub order: u32,
}

pub fn topology(pair: &Pair<'_>, old: String, new: String) -> TopologyDiff {
    let changes = pair.changes;
    let mut edits: Vec<EditRow> = pair.edits.iter().map(|one| edit(pair.sources, one)).collect();
    TopologyDiff {
        old,
        new,
        same: changes.is_empty() && edits.is_empty(),
        worse: pair.worse(),
        better: pair.better(),
        renamed: pair.renamed(),
        components: pair.components(&mut edits),
        requirements: pair.requirements(),
        single_points_of_failure: NameRows {
            appeared: changes.points_appeared.iter().cloned().collect(),
            gone: changes.points_gone.iter().cloned().collect(),
        },
        cut_sets: cut_sets(changes),
        scopes: ScopeRows { wider: scopes(&changes.wider), narrower: scopes(&changes.narrower) },
        findings: FindingRows {
            new: pair.findings(&pair.new, &changes.findings_new),
            gone: pair.findings(&pair.old, &changes.findings_gone),
        },
        drift: pair.imports.map(|imports| drift(imports.drift(pair.edits))),
        edits,
        left_open: pair.left_open(),
        unknown: pair.unknown(),
    }
}

impl Pair<'_> {
    fn place(&self, span: Span) -> PlaceRow {
        PlaceRow::of(self.sources, span)
    }

    fn was(&self) -> &DependencyGraph {
        &self.old.expansion.graph
    }

    fn is(&self) -> &DependencyGraph {
        &self.new.expansion.graph
    }

    fn worse(&self) -> Vec<WorseRow> {
        let causes = self.causes.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        let row = |(worse, cause): (&Worse, Option<&Cause>)| WorseRow {
            effect: self.effect(&self.new, worse),
            because: cause.map_or(Vec::new(), |cause| cause.edits.clone()),
            smallest: cause.is_some_and(|cause| cause.is_minimal),
            also: cause.map_or(Vec::new(), |cause| cause.also.clone()),
        };
        self.changes.worse.iter().zip(causes).map(row).collect()
    }

    /// What got better is what would get worse on the way back.
    fn better(&self) -> Vec<EffectRow> {
        let row = |better: &Worse| {
            let mut row = self.effect(&self.old, better);
            if let Some(scope) = &mut row.scope {
                std::mem::swap(&mut scope.from, &mut scope.to);
            }
            row
        };
        self.changes.better.iter().map(row).collect()
    }

    /// By the names and places of the side that has it.
    fn effect(&self, side: &Side<'_>, effect: &Worse) -> EffectRow {
        let row = |kind, subject: &String| EffectRow {
            kind,
            subject: subject.clone(),
            scope: None,
            members: None,
            finding: None,
            place: self.place_of(side, subject),
        };
        match effect {
            Worse::PointOfFailure(name) => row(EffectKind::SinglePointOfFailure, name),
            Worse::Scope { component, from, to } => EffectRow {
                scope: Some(ScopeRow {
                    component: component.clone(),
                    from: from.as_str(),
                    to: to.as_str(),
                }),
                ..row(EffectKind::Scope, component)
            },
            Worse::CutSet { service, members } => EffectRow {
                members: Some(members.iter().cloned().collect()),
                ..row(EffectKind::CutSet, service)
            },
            Worse::Finding(key) => {
                let finding = finding(side, key).map(|found| self.finding(found));
                let place = finding.as_ref().map(|found| found.place.clone());
                EffectRow { finding, place, ..row(EffectKind::Finding, &key.subject) }
            }
        }
    }

    fn place_of(&self, side: &Side<'_>, name: &str) -> Option<PlaceRow> {
        let graph = &side.expansion.graph;
        Some(self.place(graph.component(graph.by_name(name)?).span?))
    }

    fn renamed(&self) -> Vec<RenamedRow> {
        let row = |&(old, new): &(ComponentId, ComponentId)| {
            let component = self.is().component(new);
            RenamedRow {
                kind: component.kind.clone().into_owned(),
                old: self.was().component(old).name.clone(),
                new: component.name.clone(),
                detail: component.detail || component.element.is_none(),
            }
        };
        self.changes.renamed.iter().map(row).collect()
    }

    fn components(&self, edits: &mut [EditRow]) -> ComponentRows {
        let rows = |graph: &DependencyGraph, ids: &[ComponentId]| -> Vec<ComponentRow> {
            ids.iter().map(|&id| self.component(graph, id)).collect()
        };
        ComponentRows {
            added: rows(self.is(), &self.changes.added),
            removed: rows(self.was(), &self.changes.removed),
            changed: self.changed(edits),
        }
    }

    fn component(&self, graph: &DependencyGraph, id: ComponentId) -> ComponentRow {
        let component = graph.component(id);
        ComponentRow {
            component: component.name.clone(),
            kind: component.kind.clone().into_owned(),
            place: component.span.map(|span| self.place(span)),
            detail: component.detail || component.element.is_none(),
        }
    }

    /// What is different in the graph, and what was edited in the definition.
    fn changed(&self, edits: &mut [EditRow]) -> Vec<ChangedRow> {
        let graph = self.is();
        let mut rows: indexmap::IndexMap<ComponentId, Vec<String>> = indexmap::IndexMap::new();
        for changed in &self.changes.changed {
            let said = |word: &str| if word.is_empty() { "none" } else { word }.to_owned();
            let what = changed.what.iter();
            let words = what.map(|(what, was, is)| format!("{what} {} → {}", said(was), said(is)));
            rows.entry(changed.new).or_default().extend(words);
        }
        for edit in edits.iter_mut() {
            if let Some((id, words)) = self.told_with(edit) {
                rows.entry(id).or_default().push(words);
            }
        }
        let row = |(id, what): (ComponentId, Vec<String>)| ChangedRow {
            component: graph.component(id).name.clone(),
            kind: graph.component(id).kind.clone().into_owned(),
            what,
        };
        rows.into_iter().map(row).collect()
    }

    /// The component in whose definition an edit is, and what it changes there. What came or
    /// went as a whole is told as such.
    fn told_with(&self, edit: &mut EditRow) -> Option<(ComponentId, String)> {
        let (name, rest) = defined(&edit.path)?;
        let path = rest.to_vec();
        let found = self.is().find(&name);
        edit.told = found.or_else(|| self.was().find(&name)).is_some();
        if path.is_empty() && edit.was.is_none() {
            return None;
        }
        let words = words::edit(&EditRow { path, ..edit.clone() });
        Some((found?, words.trim().to_owned()))
    }

    fn requirements(&self) -> RequirementRows {
        let (was, is) = (self.was(), self.is());
        let added: BTreeSet<ComponentId> = self.changes.added.iter().copied().collect();
        let removed: BTreeSet<ComponentId> = self.changes.removed.iter().copied().collect();
        let changed = self.changes.requirements_changed.iter().map(|&(old, new)| {
            let (old, new) = (requirement(was, old, &removed), requirement(is, new, &added));
            ChangedRequirementRow { old, new }
        });
        RequirementRows {
            added: requirements(is, &self.changes.requirements_added, &added),
            removed: requirements(was, &self.changes.requirements_removed, &removed),
            changed: changed.collect(),
        }
    }

    fn findings(&self, side: &Side<'_>, keys: &BTreeSet<FindingKey>) -> Vec<FindingRow> {
        let found = keys.iter().filter_map(|key| finding(side, key));
        found.map(|found| self.finding(found)).collect()
    }

    fn finding(&self, found: &Finding) -> FindingRow {
        FindingRow {
            rule: found.rule.id().to_owned(),
            subject: found.subject.clone(),
            severity: found.severity.as_str(),
            message: found.message.clone(),
            place: self.place(found.primary.span),
        }
    }

    fn left_open(&self) -> Vec<String> {
        let open = self.new.expansion.assumptions.iter();
        let open = open.filter(|a| a.reading == Reading::Favourable);
        let open = open.filter(|a| self.changes.left_open.contains(&a.subject));
        open.map(|a| format!("{}: unknown {}", a.subject, a.text)).collect()
    }

    fn unknown(&self) -> Vec<String> {
        let short = |(service, sets): (&String, &CutSetChanges)| {
            let has_both = [self.old.facts, self.new.facts]
                .iter()
                .all(|facts| facts.cut_sets.keys().len() > 0);
            (has_both && sets.compared_to < self.order).then(|| {
                format!(
                    "cut sets of {service} of more than {} could not be compared: there are too many",
                    crate::text::count(sets.compared_to as usize, "member")
                )
            })
        };
        let short = self.changes.cut_sets.iter().filter_map(short);
        short.chain(self.undecided()).collect()
    }

    /// What kept rules from being decided, once where it is the same on both sides.
    fn undecided(&self) -> BTreeSet<String> {
        let problems = [self.old.problems, self.new.problems].into_iter().flatten();
        let said = |problem: &Diagnostic| {
            format!("{}: {}", self.sources.locate(problem.primary.span), problem.message)
        };
        problems.map(said).collect()
    }
}

/// An edit with its places and, where it changes a value, both values.
fn drift(found: Drift) -> DriftRows {
    let Drift { only_old, only_new, different, taken_out } = found;
    DriftRows { only_old, only_new, different, taken_out }
}

pub fn edit(sources: &SourceMap, edit: &Edit) -> EditRow {
    let text = |span: Span| words::value(sources.text_of(span));
    let is_value = edit.kind == EditKind::Changed;
    EditRow {
        edit: match edit.kind {
            EditKind::Added => "added",
            EditKind::Removed => "removed",
            EditKind::Changed => "changed",
            EditKind::Reordered => "reordered",
        },
        path: edit.path.clone(),
        was: edit.old.filter(|_| is_value).map(text),
        is: Some(edit.new).filter(|_| is_value).map(text),
        place: PlaceRow::of(sources, edit.new),
        old_place: edit.old.map(|span| PlaceRow::of(sources, span)),
        told: false,
    }
}

fn finding<'s>(side: &Side<'s>, key: &FindingKey) -> Option<&'s Finding> {
    side.findings
        .iter()
        .copied()
        .find(|found| found.rule.id() == key.rule && found.subject == key.subject)
}

/// The component in whose definition a path lies, and the way below it.
fn defined(path: &[String]) -> Option<(String, &[String])> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let taken = match words.as_slice() {
        ["plans", ..] => return None,
        ["clusters", cluster, "groups", group, ..] => {
            return Some((format!("{cluster}/{group}"), &path[4..]));
        }
        ["biztalk", _, _, ..] => 3,
        ["biztalk_groups", _, _, _, ..] => 4,
        ["biztalk" | "biztalk_groups", ..] => return None,
        [_, _, ..] => 2,
        _ => return None,
    };
    Some((path.get(taken - 1)?.clone(), &path[taken..]))
}

fn cut_sets(changes: &Changes) -> Vec<CutSetRow> {
    let lists = |sets: &BTreeSet<BTreeSet<String>>| -> Vec<Vec<String>> {
        let mut lists: Vec<Vec<String>> =
            sets.iter().map(|set| set.iter().cloned().collect()).collect();
        lists.sort_by_key(|set| (set.len(), set.clone()));
        lists
    };
    let row = |(service, sets): (&String, &CutSetChanges)| CutSetRow {
        service: service.clone(),
        appeared: lists(&sets.appeared),
        gone: lists(&sets.gone),
        up_to_order: sets.compared_to,
    };
    let differs =
        |(_, sets): &(&String, &CutSetChanges)| !sets.appeared.is_empty() || !sets.gone.is_empty();
    changes.cut_sets.iter().filter(differs).map(row).collect()
}

fn scopes(changes: &[ScopeChange]) -> Vec<ScopeRow> {
    let row = |change: &ScopeChange| ScopeRow {
        component: change.component.clone(),
        from: change.from.as_str(),
        to: change.to.as_str(),
    };
    changes.iter().map(row).collect()
}

fn requirements(
    graph: &DependencyGraph,
    ids: &[RequirementId],
    fresh: &BTreeSet<ComponentId>,
) -> Vec<RequirementRow> {
    ids.iter().map(|&id| requirement(graph, id, fresh)).collect()
}

/// What needs something because it came or goes itself follows from that.
fn requirement(
    graph: &DependencyGraph,
    id: RequirementId,
    fresh: &BTreeSet<ComponentId>,
) -> RequirementRow {
    let requirement = graph.requirement(id);
    let name = |id: ComponentId| graph.component(id).name.clone();
    let dependent = requirement.dependent;
    RequirementRow {
        dependent: name(dependent),
        kind: requirement.kind.as_str(),
        at_least: requirement.at_least,
        providers: requirement.providers.iter().map(|&provider| name(provider)).collect(),
        follows: fresh.contains(&dependent) || graph.component(dependent).detail,
    }
}
