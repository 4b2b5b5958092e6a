//! Drawing several components as one, so that a large topology still gives a picture.

use rustc_hash::{FxHashMap, FxHashSet};

use super::layer::Layers;
use super::select::Selection;
use super::{Fate, Layer};
use crate::graph::{ComponentId, DependencyGraph, Nature};
use crate::model::Element;
use crate::text;

/// How much is drawn together, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fold {
    Nothing,
    /// Local services and other detail into their server, resources into their cluster group.
    Detail,
    /// Also functions of one kind that need the same, in one.
    Equal,
    /// Also all that stands on a server, into the server.
    Servers,
    /// What is of one kind and needs the same, in one.
    Alike,
    /// What is of one kind in one site.
    Sites,
    /// What is of one kind.
    Kinds,
    /// One for each layer.
    Layers,
}

impl Fold {
    pub(super) const ALL: [Fold; 8] = [
        Fold::Nothing,
        Fold::Detail,
        Fold::Equal,
        Fold::Servers,
        Fold::Alike,
        Fold::Sites,
        Fold::Kinds,
        Fold::Layers,
    ];

    /// What it does, for those who look at the picture.
    pub(super) fn words(self) -> &'static str {
        match self {
            Fold::Nothing => "",
            Fold::Detail => {
                "services of a server are drawn as the server, resources of a cluster group as \
                 the group"
            }
            Fold::Equal => {
                "services of a server are drawn as the server, resources of a cluster group as \
                 the group, functions that need the same as one"
            }
            Fold::Servers => {
                "what runs on a server is drawn as the server, functions that need the same as one"
            }
            Fold::Alike => {
                "what runs on a server is drawn as the server, and what needs the same as one"
            }
            Fold::Sites => "servers are drawn as one for each site, all else as one for each kind",
            Fold::Kinds => "things of one kind are drawn as one",
            Fold::Layers => "each layer is drawn as one",
        }
    }
}

/// Components that are drawn as one.
#[derive(Debug)]
pub(super) struct Group {
    /// The one that gives the name, if the others only stand on it.
    pub(super) head: Option<ComponentId>,
    pub(super) members: Vec<ComponentId>,
}

/// Where each component is drawn.
pub(super) struct Groups {
    pub(super) groups: Vec<Group>,
    of: Vec<Option<u32>>,
}

impl Groups {
    /// The group of a component; none if it is not in the picture.
    pub(super) fn of(&self, id: ComponentId) -> Option<usize> {
        self.of[id.index()].map(|group| group as usize)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key<'g> {
    One(ComponentId),
    Alike { layer: Layer, kind: &'g str, fate: Option<Fate>, needs: Vec<u32>, needed_by: Vec<u32> },
    Site { layer: Layer, kind: &'g str, fate: Option<Fate>, site: Option<ComponentId> },
    Kind { layer: Layer, kind: &'g str, fate: Option<Fate> },
    Layer(Layer, Option<Fate>),
}

/// What folding looks at.
pub(super) struct Folding<'a> {
    pub(super) graph: &'a DependencyGraph,
    pub(super) layers: &'a Layers,
    pub(super) selection: &'a Selection,
}

impl<'a> Folding<'a> {
    pub(super) fn groups(&self, fold: Fold) -> Groups {
        let kept = |id: &ComponentId| self.selection.is_kept(self.layers, *id);
        match fold {
            Fold::Nothing | Fold::Detail => self.by_head(fold),
            Fold::Equal => self.merged(self.by_head(Fold::Detail), |id| self.is_function(id)),
            Fold::Servers => self.merged(self.by_head(fold), |id| self.is_function(id)),
            Fold::Alike => self.merged(self.by_head(Fold::Servers), |_| true),
            Fold::Sites => {
                let sites = sites(self.graph);
                self.collect(kept, |id| self.at_site(id, sites[id.index()]))
            }
            Fold::Kinds => self.collect(kept, |id| self.of_kind(id)),
            Fold::Layers => self.collect(kept, |id| match self.is_subject(id) {
                true => Key::One(id),
                false => Key::Layer(self.layers.of(id), self.selection.fate(id)),
            }),
        }
    }

    fn by_head(&self, fold: Fold) -> Groups {
        let kept = |id: &ComponentId| self.selection.is_kept(self.layers, *id);
        self.collect(kept, |id| self.head(id, fold))
    }

    /// Groups that are alike in one, as far as they may be.
    fn merged(&self, groups: Groups, may: impl Fn(ComponentId) -> bool) -> Groups {
        let keys = self.alike(&groups);
        let mut held: FxHashMap<&Key<'a>, usize> = FxHashMap::default();
        keys.iter().for_each(|key| *held.entry(key).or_default() += 1);
        let kept = |id: &ComponentId| groups.of(*id).is_some();
        self.collect(kept, |id| {
            let Some(group) = groups.of(id) else { return Key::One(id) };
            let head = groups.groups[group].head.unwrap_or(id);
            match may(head) && held.get(&keys[group]).is_some_and(|&held| held > 1) {
                true => keys[group].clone(),
                false => Key::One(head),
            }
        })
    }

    fn is_function(&self, id: ComponentId) -> bool {
        self.graph.component(id).function.is_some()
    }

    fn is_subject(&self, id: ComponentId) -> bool {
        self.selection.subject == Some(id)
    }

    /// What a component is folded into, as far as that is in the picture; or itself.
    fn head(&self, id: ComponentId, fold: Fold) -> Key<'a> {
        let head = self.carrier(id, fold).filter(|&carrier| {
            !self.is_subject(id) && self.selection.is_kept(self.layers, carrier)
        });
        Key::One(head.unwrap_or(id))
    }

    fn carrier(&self, id: ComponentId, fold: Fold) -> Option<ComponentId> {
        let component = self.graph.component(id);
        match fold {
            Fold::Nothing => None,
            Fold::Detail if !self.is_local(id) => self.cluster_group(id),
            _ if component.function.is_some() => None,
            _ => component.server.or_else(|| self.cluster_group(id)),
        }
    }

    /// A service of one computer that works for what runs there.
    fn is_local(&self, id: ComponentId) -> bool {
        let component = self.graph.component(id);
        let implied = component.element.is_none() && component.server.is_some();
        // Copies of a program are detail as well, and what people look for.
        let is_copy = component.detail && self.layers.cluster(id).is_none();
        implied && !is_copy && self.layers.of(id) == Layer::Servers
    }

    /// The group of a resource that only the group implies.
    fn cluster_group(&self, id: ComponentId) -> Option<ComponentId> {
        let component = self.graph.component(id);
        let implied = component.element.is_none() && component.server.is_none();
        if !implied || self.layers.of(id) != Layer::Clusters {
            return None;
        }
        let requirements = self.graph.requirements_of(id).into_iter();
        let sole = requirements.filter_map(|id| match self.graph.requirement(id).providers[..] {
            [provider] => Some(provider),
            _ => None,
        });
        let is_group =
            |id: &ComponentId| matches!(self.graph.component(*id).element, Some(Element::Group(_)));
        sole.into_iter().find(is_group)
    }

    /// Groups are alike if they are of one kind and stand between the same others.
    fn alike(&self, groups: &Groups) -> Vec<Key<'a>> {
        let mut needs: Vec<FxHashSet<u32>> = vec![FxHashSet::default(); groups.groups.len()];
        let mut needed_by = needs.clone();
        for (_, requirement) in self.graph.requirements() {
            let Some(from) = groups.of(requirement.dependent) else { continue };
            for to in requirement.providers.iter().filter_map(|&provider| groups.of(provider)) {
                if from != to {
                    needs[from].insert(to as u32);
                    needed_by[to].insert(from as u32);
                }
            }
        }
        let key = |(index, group): (usize, &Group)| {
            let first = group.head.or(group.members.first().copied());
            let id = first.unwrap_or(ComponentId::new(0));
            if self.is_subject(id) {
                return Key::One(id);
            }
            Key::Alike {
                layer: self.layers.of(id),
                kind: &self.graph.component(id).kind,
                fate: self.selection.fate(id),
                needs: sorted(&needs[index]),
                needed_by: sorted(&needed_by[index]),
            }
        };
        groups.groups.iter().enumerate().map(key).collect()
    }

    fn at_site(&self, id: ComponentId, site: Option<ComponentId>) -> Key<'a> {
        let component = self.graph.component(id);
        let server = component.server.filter(|&s| self.selection.is_kept(self.layers, s));
        let at = match component.function {
            None => server.unwrap_or(id),
            Some(_) => id,
        };
        if self.is_subject(id) || component.nature == Nature::Placement && component.kind == "site"
        {
            return Key::One(id);
        }
        Key::Site {
            layer: self.layers.of(at),
            kind: &self.graph.component(at).kind,
            fate: self.selection.fate(at),
            site: site.filter(|_| self.layers.of(at) == Layer::Servers),
        }
    }

    fn of_kind(&self, id: ComponentId) -> Key<'a> {
        match self.is_subject(id) {
            true => Key::One(id),
            false => Key::Kind {
                layer: self.layers.of(id),
                kind: &self.graph.component(id).kind,
                fate: self.selection.fate(id),
            },
        }
    }

    fn collect(
        &self,
        kept: impl Fn(&ComponentId) -> bool,
        key: impl Fn(ComponentId) -> Key<'a>,
    ) -> Groups {
        let mut of = vec![None; self.graph.len()];
        let mut groups: Vec<Group> = Vec::new();
        let mut known: FxHashMap<Key<'a>, usize> = FxHashMap::default();
        for id in self.graph.ids().filter(kept) {
            let key = key(id);
            let head = match &key {
                Key::One(head) => Some(*head),
                _ => None,
            };
            let group = *known.entry(key).or_insert_with(|| {
                groups.push(Group { head, members: Vec::new() });
                groups.len() - 1
            });
            groups[group].members.push(id);
            of[id.index()] = u32::try_from(group).ok();
        }
        Groups { groups, of }
    }
}

fn sorted(set: &FxHashSet<u32>) -> Vec<u32> {
    let mut all: Vec<u32> = set.iter().copied().collect();
    all.sort_unstable();
    all
}

/// Places inside places that are followed up to the site.
const DEEPEST_PLACE: usize = 8;

/// The site of each component, by way of its server; the outermost place if there is none.
fn sites(graph: &DependencyGraph) -> Vec<Option<ComponentId>> {
    let places = |id: ComponentId| {
        let requirements = graph.requirements_of(id).into_iter();
        let providers = requirements.flat_map(|id| graph.requirement(id).providers.clone());
        providers.filter(|&id| graph.component(id).nature == Nature::Placement).collect::<Vec<_>>()
    };
    let is_site = |id: &ComponentId| graph.component(*id).kind == "site";
    let site = |id: ComponentId| {
        let mut around = places(graph.component(id).server.unwrap_or(id));
        for _ in 0..DEEPEST_PLACE {
            let site = around.iter().copied().find(is_site);
            let outer: Vec<ComponentId> = around.iter().flat_map(|&place| places(place)).collect();
            if site.is_some() || outer.is_empty() {
                return site.or(around.first().copied());
            }
            around = outer;
        }
        None
    };
    graph.ids().map(site).collect()
}

fn is_server(graph: &DependencyGraph, id: ComponentId) -> bool {
    matches!(graph.component(id).element, Some(Element::Server(_)))
}

/// More than these have more in common than how their names begin.
const MOST_OF_A_FAMILY: usize = 12;
/// A shorter beginning says nothing.
const SHORTEST_BEGINNING: usize = 3;

/// `3 × Orders…` where the names begin alike, `3 × receive location` where they do not.
fn several(graph: &DependencyGraph, members: &[ComponentId], kind: &str) -> String {
    let mut names = members.iter().map(|&id| graph.component(id).name.as_str());
    let first = names.next().unwrap_or("");
    let common = names.fold(first, |common, name| {
        let same = common.chars().zip(name.chars()).take_while(|(a, b)| a == b);
        let length = same.map(|(c, _)| c.len_utf8()).sum();
        common.get(..length).unwrap_or("")
    });
    let is_family = members.len() <= MOST_OF_A_FAMILY && common.len() >= SHORTEST_BEGINNING;
    match is_family {
        true => format!("{} × {common}…", members.len()),
        false => format!("{} × {kind}", members.len()),
    }
}

/// What several components that are drawn as one are called, and what they are.
pub(super) fn name(graph: &DependencyGraph, members: &[ComponentId]) -> (String, String) {
    let mut kinds: Vec<&str> = members.iter().map(|&id| &*graph.component(id).kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let servers = members.iter().filter(|&&id| is_server(graph, id)).count();
    match kinds.as_slice() {
        [kind] if members.len() == 1 => {
            (graph.component(members[0]).name.clone(), (*kind).to_owned())
        }
        [_, _, ..] if servers > 0 => {
            (format!("{servers} × server"), "and what runs there".to_owned())
        }
        [kind] => (several(graph, members, kind), (*kind).to_owned()),
        _ => (text::count(members.len(), "component"), text::short_list(&kinds, 2)),
    }
}
