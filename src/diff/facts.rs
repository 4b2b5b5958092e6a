//! What can be compared of one topology, by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analysis, Structure};
use crate::diagnostic::Severity;
use crate::engine::{Budget, ModuleTree, cut_sets};
use crate::expand::Expansion;
use crate::graph::{ComponentId, Scope};
use crate::model::Reading;
use crate::rules::Finding;

/// The members of a cut set.
pub type Members = BTreeSet<String>;

/// More cut sets of one service than this are not compared.
const MOST_SETS: u128 = 20_000;

/// Operands of one structure function; beyond it, what is entangled counts as unknown.
const MOST_OPERANDS: u64 = 10_000_000;

/// What is broken by what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKey {
    /// Its id.
    pub rule: String,
    pub subject: String,
}

impl FindingKey {
    pub fn of(finding: &Finding) -> FindingKey {
        FindingKey { rule: finding.rule.id().to_owned(), subject: finding.subject.clone() }
    }
}

/// What is to be known of a topology, and what it may cost.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Cut sets of at most so many members.
    pub order: u32,
    pub budget: Budget,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    pub points: BTreeSet<String>,
    pub scopes: BTreeMap<String, Scope>,
    /// By service; by main function where the topology names no service.
    pub cut_sets: BTreeMap<String, CutSets>,
    /// With how severe each is.
    pub findings: BTreeMap<FindingKey, Severity>,
    /// Subjects of which the file leaves open something that was read favourably.
    pub left_open: BTreeSet<String>,
}

/// The minimal cut sets of one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CutSets {
    pub sets: BTreeSet<Members>,
    /// All sets of so many members are here; larger ones did not fit the budget.
    pub complete_to: u32,
}

impl Facts {
    pub fn new<'f>(
        expansion: &Expansion,
        analysis: &Analysis<'_>,
        findings: impl IntoIterator<Item = &'f Finding>,
        asked: &Asked,
    ) -> Facts {
        let open = expansion.assumptions.iter();
        let open = open.filter(|assumption| assumption.reading == Reading::Favourable);
        Facts {
            cut_sets: of_services(analysis, &analysis.asked_about(), asked),
            left_open: open.map(|assumption| assumption.subject.clone()).collect(),
            ..Facts::without_cut_sets(analysis, findings)
        }
    }

    /// Everything that costs no further analysis.
    pub(super) fn without_cut_sets<'f>(
        analysis: &Analysis<'_>,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) -> Facts {
        let graph = analysis.graph();
        let name = |id: ComponentId| graph.component(id).name.clone();
        let mut scopes: BTreeMap<String, Scope> = BTreeMap::new();
        for failure in analysis.failures() {
            // Of two things with one name the worse counts.
            let scope = scopes.entry(name(failure.component)).or_insert(failure.scope);
            *scope = failure.scope.max(*scope);
        }
        Facts {
            points: analysis.spofs().map(name).collect(),
            scopes,
            cut_sets: BTreeMap::new(),
            findings: severities(findings),
            left_open: BTreeSet::new(),
        }
    }
}

/// Of two findings with one key the graver counts.
pub fn severities<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
) -> BTreeMap<FindingKey, Severity> {
    let mut found = BTreeMap::new();
    for finding in findings {
        let severity = found.entry(FindingKey::of(finding)).or_insert(finding.severity);
        *severity = finding.severity.max(*severity);
    }
    found
}

pub(super) fn of_services(
    analysis: &Analysis<'_>,
    services: &[ComponentId],
    asked: &Asked,
) -> BTreeMap<String, CutSets> {
    let graph = analysis.graph();
    let structure = match asked.order {
        1 => None,
        _ => Structure::new(graph, services, MOST_OPERANDS).ok(),
    };
    let of = |&service: &ComponentId| {
        let sets = structure.as_ref().and_then(|structure| of_one(structure, service, asked));
        let sets = sets.or_else(|| singles(analysis, service));
        (graph.component(service).name.clone(), sets.unwrap_or_default())
    };
    // The sets hold the names of their members; the structure, numbers.
    services.iter().map(of).collect()
}

/// As many orders as fit, the asked one if it does.
fn of_one(structure: &Structure<'_>, service: ComponentId, asked: &Asked) -> Option<CutSets> {
    let tree = ModuleTree::new(&structure.loss(service)?);
    let graph = structure.graph();
    let name = |event| graph.component(Structure::component(event)).name.clone();
    (2..=asked.order).rev().find_map(|order| {
        let sets = cut_sets::up_to_order(&tree, order, &asked.budget).ok()?;
        let few = sets.count().value() <= MOST_SETS;
        few.then(|| CutSets {
            sets: sets.iter().map(|set| set.into_iter().map(name).collect()).collect(),
            complete_to: order,
        })
    })
}

/// Single failures, which need no expression and no diagram. What is down already is lost
/// with nothing failed.
fn singles(analysis: &Analysis<'_>, service: ComponentId) -> Option<CutSets> {
    let (graph, sweep) = (analysis.graph(), analysis.sweep());
    let name = |id: &ComponentId| graph.component(*id).name.clone();
    let sets: BTreeSet<Members> = match sweep.is_down(service) {
        true => [Members::new()].into(),
        false => {
            sweep.singles(&[service]).ok()?.concat().iter().map(|id| [name(id)].into()).collect()
        }
    };
    (sets.len() as u128 <= MOST_SETS).then_some(CutSets { sets, complete_to: 1 })
}

/// True if some set is a part of `members`, or the same.
pub fn has_subset(sets: &BTreeSet<Members>, members: &Members) -> bool {
    // Cut sets that are compared have few members: their parts are looked up one by one.
    let names: Vec<&String> = members.iter().collect();
    if names.len() > 16 {
        return sets.iter().any(|set| set.is_subset(members));
    }
    (0..1_u32 << names.len()).any(|part| {
        let chosen = names.iter().enumerate().filter(|(at, _)| part >> at & 1 == 1);
        sets.contains(&chosen.map(|(_, name)| (*name).clone()).collect::<Members>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(words: &str) -> Members {
        words.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_part_of_a_set_is_found_and_nothing_else() {
        let sets: BTreeSet<Members> = [members("a"), members("b c")].into();
        for (words, found) in
            [("a", true), ("a x", true), ("b", false), ("b c d", true), ("", false)]
        {
            assert_eq!(has_subset(&sets, &members(words)), found, "{words}");
        }
        assert!(has_subset(&[members("")].into(), &members("x")), "already lost");
    }
}
