//! Which component of the new side each of the old one is.
//!
//! The same name is the same thing, whatever else changed. Of the rest, one is the renamed
//! other if nothing but the name tells them apart: the same properties, the same requirements
//! and the same dependents, after all renames. The components without a partner are sorted into
//! classes by what surrounds them, again and again until no class splits; partners are never
//! taken apart. A class with one component on each side is a rename. Where several are alike
//! on both sides, whichever is taken, the graph is the same, and the order of the file decides.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::graph::{Component, ComponentId, DependencyGraph, Requirement, RequirementId};

/// Partners of the two sides.
#[derive(Debug, Default)]
pub struct Matching {
    new_of_old: FxHashMap<ComponentId, ComponentId>,
    old_of_new: FxHashMap<ComponentId, ComponentId>,
    pub renamed: Vec<(ComponentId, ComponentId)>,
}

impl Matching {
    pub fn new(old: &DependencyGraph, new: &DependencyGraph) -> Matching {
        let mut matching = by_name(old, new);
        let pairs = Classes::new(old, new, &matching).pairs();
        let consistent = consistent(old, new, &matching, pairs);
        for &(a, b) in &consistent {
            matching.join(a, b);
        }
        matching.renamed = consistent;
        matching
    }

    pub fn new_of(&self, old: ComponentId) -> Option<ComponentId> {
        self.new_of_old.get(&old).copied()
    }

    pub fn old_of(&self, new: ComponentId) -> Option<ComponentId> {
        self.old_of_new.get(&new).copied()
    }

    fn join(&mut self, old: ComponentId, new: ComponentId) {
        self.new_of_old.insert(old, new);
        self.old_of_new.insert(new, old);
    }
}

/// A name that occurs several times is matched in the order of the file.
fn by_name(old: &DependencyGraph, new: &DependencyGraph) -> Matching {
    let mut free: FxHashMap<&str, Vec<ComponentId>> = FxHashMap::default();
    for id in new.ids().collect::<Vec<_>>().into_iter().rev() {
        free.entry(&new.component(id).name).or_default().push(id);
    }
    let mut matching = Matching::default();
    for (id, component) in old.components() {
        if let Some(partner) = free.get_mut(component.name.as_str()).and_then(Vec::pop) {
            matching.join(id, partner);
        }
    }
    matching
}

/// Rounds after which classes are taken as they are; chains that are renamed whole need as
/// many rounds as they are long.
const MOST_ROUNDS: usize = 200;

/// Components without a partner that are looked at while pairs that are alike are set apart, one
/// after the other; what is still alike then is taken for new.
const MOST_APART: usize = 2_000_000;

/// One side: its graph, and a class for each component.
struct Half<'g> {
    graph: &'g DependencyGraph,
    class: Vec<u32>,
    /// Without a partner.
    open: Vec<ComponentId>,
}

struct Classes<'g> {
    old: Half<'g>,
    new: Half<'g>,
    next: u32,
}

/// What decides the class of a component in the next round.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Surroundings {
    class: u32,
    needs: Vec<String>,
    needed: Vec<String>,
}

impl<'g> Classes<'g> {
    fn new(old: &'g DependencyGraph, new: &'g DependencyGraph, matching: &Matching) -> Classes<'g> {
        let half = |graph: &'g DependencyGraph, open: Vec<ComponentId>| Half {
            graph,
            class: vec![0; graph.len()],
            open,
        };
        let open_old = old.ids().filter(|&id| matching.new_of(id).is_none()).collect();
        let open_new = new.ids().filter(|&id| matching.old_of(id).is_none()).collect();
        let mut classes = Classes { old: half(old, open_old), new: half(new, open_new), next: 0 };
        for (&a, &b) in &matching.new_of_old {
            // Partners are told apart from everything: a class for each pair.
            let class = u32::try_from(a.index()).unwrap_or(u32::MAX);
            classes.old.class[a.index()] = class;
            classes.new.class[b.index()] = class;
        }
        classes.next = u32::try_from(old.len()).unwrap_or(u32::MAX);
        classes.regroup(|half, id| properties(half.graph, id));
        classes
    }

    /// Pairs of components of which each class has one on either side, file order first.
    fn pairs(mut self) -> Vec<(ComponentId, ComponentId)> {
        if self.old.open.is_empty() || self.new.open.is_empty() {
            return Vec::new();
        }
        self.refine();
        // Where several are alike, one pair is set apart, and what hangs on it follows.
        let most = MOST_APART / (self.old.open.len() + self.new.open.len()).max(1);
        for _ in 0..most {
            let Some((a, b)) = self.first_alike() else { break };
            self.old.class[a.index()] = self.next;
            self.new.class[b.index()] = self.next;
            self.next += 1;
            self.refine();
        }
        let groups = self.groups();
        let pair = |(old, new): &(Vec<ComponentId>, Vec<ComponentId>)| match (&old[..], &new[..]) {
            (&[a], &[b]) => Some((a, b)),
            _ => None,
        };
        let mut pairs: Vec<_> = groups.values().filter_map(pair).collect();
        pairs.retain(|&(a, _)| is_connected(self.old.graph, a));
        pairs.sort_unstable();
        pairs
    }

    fn groups(&self) -> BTreeMap<u32, (Vec<ComponentId>, Vec<ComponentId>)> {
        let mut groups: BTreeMap<u32, (Vec<ComponentId>, Vec<ComponentId>)> = BTreeMap::new();
        for &id in &self.old.open {
            groups.entry(self.old.class[id.index()]).or_default().0.push(id);
        }
        for &id in &self.new.open {
            groups.entry(self.new.class[id.index()]).or_default().1.push(id);
        }
        groups
    }

    fn first_alike(&self) -> Option<(ComponentId, ComponentId)> {
        let groups = self.groups();
        let mut alike =
            groups.values().filter(|(old, new)| old.len() > 1 && old.len() == new.len());
        alike.next().map(|(old, new)| (old[0], new[0]))
    }

    fn refine(&mut self) {
        let mut before = self.groups().len();
        for _ in 0..MOST_ROUNDS {
            self.regroup(Half::surroundings);
            let after = self.groups().len();
            if after == before {
                return;
            }
            before = after;
        }
    }

    /// New classes by a key, the same for both sides.
    fn regroup<K: Ord>(&mut self, key: impl Fn(&Half<'g>, ComponentId) -> K) {
        let keys =
            |half: &Half<'g>| -> Vec<K> { half.open.iter().map(|&id| key(half, id)).collect() };
        let (old, new) = (keys(&self.old), keys(&self.new));
        let all: BTreeMap<&K, ()> = old.iter().chain(&new).map(|key| (key, ())).collect();
        let number: BTreeMap<&K, u32> = all.into_keys().zip(self.next..).collect();
        self.next += u32::try_from(number.len()).unwrap_or(u32::MAX);
        for (half, keys) in [(&mut self.old, &old), (&mut self.new, &new)] {
            for (&id, key) in half.open.iter().zip(keys) {
                half.class[id.index()] = number[key];
            }
        }
    }
}

impl Half<'_> {
    fn surroundings(&self, id: ComponentId) -> Surroundings {
        let graph = self.graph;
        let words = |ids: Vec<RequirementId>, with_dependent: bool| {
            let mut words: Vec<String> = ids
                .into_iter()
                .map(|id| self.requirement(graph.requirement(id), with_dependent))
                .collect();
            words.sort_unstable();
            words
        };
        Surroundings {
            class: self.class[id.index()],
            needs: words(graph.requirements_of(id), false),
            needed: words(graph.requirements_on(id), true),
        }
    }

    fn requirement(&self, requirement: &Requirement, with_dependent: bool) -> String {
        let mut providers: Vec<u32> =
            requirement.providers.iter().map(|id| self.class[id.index()]).collect();
        providers.sort_unstable();
        let dependent = with_dependent.then(|| self.class[requirement.dependent.index()]);
        format!("{} {dependent:?} {providers:?}", manner(requirement))
    }
}

/// Everything of a requirement but the components in it.
pub(super) fn manner(requirement: &Requirement) -> String {
    let switches = requirement.switchover.is_some();
    format!(
        "{} {:?} {switches} {:?} {} {:?} {}",
        requirement.kind.as_str(),
        requirement.watch,
        requirement.grace,
        requirement.shares,
        requirement.disputed,
        requirement.at_least,
    )
}

/// What a component is, apart from its name and what surrounds it.
fn properties(graph: &DependencyGraph, id: ComponentId) -> String {
    let Component { kind, nature, function, workload, documented, detail, protection, .. } =
        graph.component(id);
    let documented = documented.map(|documented| documented.note);
    format!("{kind} {nature:?} {function:?} {workload} {documented:?} {detail} {protection:?}")
}

/// Of what nothing needs and what needs nothing, the structure says nothing.
fn is_connected(graph: &DependencyGraph, id: ComponentId) -> bool {
    !graph.requirements_of(id).is_empty() || !graph.requirements_on(id).is_empty()
}

/// Drops pairs until every requirement of what is left is there on both sides.
fn consistent(
    old: &DependencyGraph,
    new: &DependencyGraph,
    matching: &Matching,
    mut pairs: Vec<(ComponentId, ComponentId)>,
) -> Vec<(ComponentId, ComponentId)> {
    loop {
        let renamed: FxHashMap<ComponentId, ComponentId> = pairs.iter().copied().collect();
        let partner = |id: ComponentId| renamed.get(&id).copied().or_else(|| matching.new_of(id));
        let before = pairs.len();
        pairs.retain(|&(a, b)| {
            let needs = (old.requirements_of(a), new.requirements_of(b));
            let needed = (old.requirements_on(a), new.requirements_on(b));
            [needs, needed].iter().all(|(was, is)| {
                let mut was: Vec<_> = was.iter().map(|&r| mapped(old, r, &partner)).collect();
                let mut is: Vec<_> = is.iter().map(|&r| mapped(new, r, &Some)).collect();
                was.sort_unstable();
                is.sort_unstable();
                was == is
            })
        });
        if pairs.len() == before {
            return pairs;
        }
    }
}

/// A requirement in components of the new side; what has no partner is told apart from all.
fn mapped(
    graph: &DependencyGraph,
    id: RequirementId,
    partner: &dyn Fn(ComponentId) -> Option<ComponentId>,
) -> (String, Option<ComponentId>, Vec<Option<ComponentId>>) {
    let requirement = graph.requirement(id);
    let mut providers: Vec<Option<ComponentId>> =
        requirement.providers.iter().map(|&provider| partner(provider)).collect();
    providers.sort_unstable();
    (manner(requirement), partner(requirement.dependent), providers)
}
