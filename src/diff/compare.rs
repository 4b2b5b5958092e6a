//! Two sides, and everything that differs between them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::facts::{CutSets, Facts, FindingKey, Members, has_subset};
use super::matching::{Matching, manner};
use super::{ChangedComponent, Changes, CutSetChanges, ScopeChange, Side, Worse};
use crate::diagnostic::Severity;
use crate::graph::{ComponentId, DependencyGraph, RequirementId};

pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Changes {
    let (was, is) = (&old.expansion.graph, &new.expansion.graph);
    let matching = Matching::new(was, is);
    let translated = translated(old.facts, &renames(&matching.renamed, was, is));
    let mut changes = Changes {
        added: is.ids().filter(|&id| matching.old_of(id).is_none()).collect(),
        removed: was.ids().filter(|&id| matching.new_of(id).is_none()).collect(),
        changed: changed(&matching, was, is),
        ..Changes::default()
    };
    requirements(&matching, was, is, &mut changes);
    facts(&translated, new.facts, &mut changes);
    changes.worse = worse(&translated, new.facts);
    let back = renames(&flipped(&matching.renamed), is, was);
    changes.better = worse(&self::translated(new.facts, &back), old.facts);
    changes.renamed = matching.renamed;
    changes
}

fn flipped(renamed: &[(ComponentId, ComponentId)]) -> Vec<(ComponentId, ComponentId)> {
    renamed.iter().map(|&(old, new)| (new, old)).collect()
}

/// Old names to new ones.
pub(super) fn renames(
    renamed: &[(ComponentId, ComponentId)],
    old: &DependencyGraph,
    new: &DependencyGraph,
) -> FxHashMap<String, String> {
    let names = |&(a, b): &(ComponentId, ComponentId)| {
        (old.component(a).name.clone(), new.component(b).name.clone())
    };
    renamed.iter().map(names).collect()
}

/// The same facts by the names of the new side.
pub(super) fn translated(facts: &Facts, renamed: &FxHashMap<String, String>) -> Facts {
    let name = |name: &String| renamed.get(name).unwrap_or(name).clone();
    let set = |set: &Members| set.iter().map(name).collect::<Members>();
    Facts {
        points: facts.points.iter().map(name).collect(),
        scopes: facts.scopes.iter().map(|(key, &scope)| (name(key), scope)).collect(),
        cut_sets: facts
            .cut_sets
            .iter()
            .map(|(service, known)| {
                let sets = known.sets.iter().map(set).collect();
                (name(service), CutSets { sets, complete_to: known.complete_to })
            })
            .collect(),
        findings: facts
            .findings
            .iter()
            .map(|(key, &severity)| {
                (FindingKey { rule: key.rule.clone(), subject: name(&key.subject) }, severity)
            })
            .collect(),
        left_open: facts.left_open.iter().map(name).collect(),
    }
}

fn changed(
    matching: &Matching,
    old: &DependencyGraph,
    new: &DependencyGraph,
) -> Vec<ChangedComponent> {
    let mut found = Vec::new();
    for id in old.ids() {
        let Some(partner) = matching.new_of(id) else { continue };
        let (was, is) = (properties(old, id), properties(new, partner));
        let same_server = match (old.component(id).server, new.component(partner).server) {
            (Some(a), Some(b)) => matching.new_of(a) == Some(b),
            (None, None) => true,
            _ => false,
        };
        let differs = |(was, is): &((&'static str, String), (&'static str, String))| {
            was.1 != is.1 && !(was.0 == "server" && same_server)
        };
        let what: Vec<_> = was
            .into_iter()
            .zip(is)
            .filter(differs)
            .map(|((what, was), (_, is))| (what, was, is))
            .collect();
        if !what.is_empty() {
            found.push(ChangedComponent { old: id, new: partner, what });
        }
    }
    found
}

/// What is told of a component that changed.
fn properties(graph: &DependencyGraph, id: ComponentId) -> [(&'static str, String); 5] {
    let component = graph.component(id);
    let role = component.function.map_or(String::new(), |f| format!("{:?}", f.role).to_lowercase());
    let server = component.server.filter(|&server| server != id);
    [
        ("kind", component.kind.clone().into_owned()),
        ("nature", format!("{:?}", component.nature).to_lowercase()),
        ("server", server.map_or(String::new(), |id| graph.component(id).name.clone())),
        ("function", role),
        ("protection", component.protection.unwrap_or("").to_owned()),
    ]
}

/// The components of a requirement as partners of the new side: dependent and providers.
type Ends = (ComponentId, Vec<ComponentId>);

fn requirements(
    matching: &Matching,
    old: &DependencyGraph,
    new: &DependencyGraph,
    changes: &mut Changes,
) {
    let (left, left_new) = without_an_equal(matching, old, new);
    let mut by_dependent: FxHashMap<ComponentId, Vec<RequirementId>> = FxHashMap::default();
    for id in left_new {
        by_dependent.entry(new.requirement(id).dependent).or_default().push(id);
    }
    by_dependent.values_mut().for_each(|ids| ids.sort_unstable());
    for was in left {
        let partner = matching.new_of(old.requirement(was).dependent);
        let candidates = partner.and_then(|partner| by_dependent.get_mut(&partner));
        let like = candidates.and_then(|candidates| {
            let at = candidates.iter().position(|&is| is_like(matching, (old, was), (new, is)))?;
            Some(candidates.remove(at))
        });
        match like {
            Some(is) => changes.requirements_changed.push((was, is)),
            None => changes.requirements_removed.push(was),
        }
    }
    changes.requirements_added = by_dependent.into_values().flatten().collect();
    changes.requirements_added.sort_unstable();
}

/// Requirements, old and new, that the other side does not have just so.
fn without_an_equal(
    matching: &Matching,
    old: &DependencyGraph,
    new: &DependencyGraph,
) -> (Vec<RequirementId>, Vec<RequirementId>) {
    let mut free: BTreeMap<(Ends, String), Vec<RequirementId>> = BTreeMap::new();
    for (id, requirement) in new.requirements() {
        let key = (ends(new, id, &Some), manner(requirement));
        if let (Some(ends), manner) = key {
            free.entry((ends, manner)).or_default().push(id);
        }
    }
    let mut left = Vec::new();
    for (id, requirement) in old.requirements() {
        let ends = ends(old, id, &|id| matching.new_of(id));
        let same = ends.and_then(|ends| free.get_mut(&(ends, manner(requirement)))?.pop());
        if same.is_none() {
            left.push(id);
        }
    }
    (left, free.into_values().flatten().collect())
}

fn ends(
    graph: &DependencyGraph,
    id: RequirementId,
    partner: &dyn Fn(ComponentId) -> Option<ComponentId>,
) -> Option<Ends> {
    let requirement = graph.requirement(id);
    let providers: Option<Vec<ComponentId>> =
        requirement.providers.iter().map(|&provider| partner(provider)).collect();
    let mut providers = providers?;
    providers.sort_unstable();
    Some((partner(requirement.dependent)?, providers))
}

/// Of one dependent, and for the same reason: what it asks for has changed.
fn is_like(
    matching: &Matching,
    (old, was): (&DependencyGraph, RequirementId),
    (new, is): (&DependencyGraph, RequirementId),
) -> bool {
    let (was, is) = (old.requirement(was), new.requirement(is));
    was.why == is.why
        && was.kind == is.kind
        && (was
            .providers
            .iter()
            .any(|&p| matching.new_of(p).is_some_and(|partner| is.providers.contains(&partner)))
            || was.providers.len() == is.providers.len())
}

fn facts(old: &Facts, new: &Facts, changes: &mut Changes) {
    changes.points_appeared = new.points.difference(&old.points).cloned().collect();
    changes.points_gone = old.points.difference(&new.points).cloned().collect();
    changes.findings_new = graver(old, new).cloned().collect();
    changes.left_open = new.left_open.difference(&old.left_open).cloned().collect();
    changes.findings_gone = graver(new, old).cloned().collect();
    for (component, &to) in &new.scopes {
        let Some(&from) = old.scopes.get(component) else { continue };
        let change = ScopeChange { component: component.clone(), from, to };
        match to.cmp(&from) {
            std::cmp::Ordering::Greater => changes.wider.push(change),
            std::cmp::Ordering::Less => changes.narrower.push(change),
            std::cmp::Ordering::Equal => {}
        }
    }
    let services: BTreeSet<&String> = old.cut_sets.keys().chain(new.cut_sets.keys()).collect();
    for service in services {
        let sets = cut_sets(old.cut_sets.get(service), new.cut_sets.get(service));
        changes.cut_sets.insert(service.clone(), sets);
    }
}

/// A service that one side lacks has no sets there.
fn cut_sets(old: Option<&CutSets>, new: Option<&CutSets>) -> CutSetChanges {
    let complete = |sets: Option<&CutSets>| sets.map_or(u32::MAX, |sets| sets.complete_to);
    let compared_to = complete(old).min(complete(new));
    let none = BTreeSet::new();
    let of = |sets: Option<&CutSets>| -> BTreeSet<Members> {
        let sets = sets.map_or(&none, |known| &known.sets);
        sets.iter().filter(|set| set.len() <= compared_to as usize).cloned().collect()
    };
    let (was, is) = (of(old), of(new));
    CutSetChanges {
        appeared: is.difference(&was).cloned().collect(),
        gone: was.difference(&is).cloned().collect(),
        compared_to,
    }
}

/// Findings that are new, or more severe than they were.
fn graver<'n>(old: &Facts, new: &'n Facts) -> impl Iterator<Item = &'n FindingKey> {
    let risen = |(key, severity): &(&FindingKey, &Severity)| {
        old.findings.get(key).is_none_or(|before| before < severity)
    };
    new.findings.iter().filter(risen).map(|(key, _)| key)
}

/// What got worse. A cut set that contains an old one is none of it: less sufficed before. What
/// stops a service that was not there before is new, and not worse.
pub fn worse(old: &Facts, new: &Facts) -> Vec<Worse> {
    let points = new.points.difference(&old.points).cloned().map(Worse::PointOfFailure);
    let scopes = new.scopes.iter().filter_map(|(component, &to)| {
        let from = old.scopes.get(component).copied().filter(|from| *from < to)?;
        Some(Worse::Scope { component: component.clone(), from, to })
    });
    let sets = new.cut_sets.iter().flat_map(|(service, sets)| {
        let before = old.cut_sets.get(service);
        let is_worse = move |set: &&Members| {
            before.is_some_and(|before| {
                set.len() <= before.complete_to as usize && !has_subset(&before.sets, set)
            })
        };
        sets.sets
            .iter()
            .filter(is_worse)
            .map(|set| Worse::CutSet { service: service.clone(), members: set.clone() })
    });
    let findings = graver(old, new).cloned().map(Worse::Finding);
    points.chain(scopes).chain(sets).chain(findings).collect()
}
