//! What is known of each thing that is drawn.

use super::fold::{self, Group};
use super::layer::Layers;
use super::select::Selection;
use super::{Facts, Held, Node, What};
use crate::analysis::{Analysis, Failure};
use crate::graph::{ComponentId, DependencyGraph};

/// Where it is known from.
pub(super) struct About<'a, 'g> {
    pub(super) graph: &'g DependencyGraph,
    pub(super) analysis: &'a Analysis<'g>,
    pub(super) layers: &'a Layers,
    pub(super) selection: &'a Selection,
}

impl About<'_, '_> {
    pub(super) fn node(&self, group: &Group) -> Node {
        let first = group.head.or(group.members.first().copied());
        let first = first.unwrap_or(ComponentId::new(0));
        Node {
            layer: self.layers.of(first),
            frame: None,
            fate: self.selection.fate(first),
            what: What::Component(Facts {
                held: group.head.and_then(|head| self.held(group, head)).map(Box::new),
                ..self.facts(group, first)
            }),
        }
    }

    /// What is drawn as its carrier and worse off than that, the worst first.
    fn held(&self, group: &Group, head: ComponentId) -> Option<Held> {
        let mut worse: Vec<ComponentId> =
            group.members.iter().copied().filter(|&id| self.is_worse(id, head)).collect();
        worse.sort_by_key(|&id| self.rank(id));
        let &first = worse.first()?;
        let name = |id: ComponentId| self.graph.component(id).name.as_str();
        let around = format!("@{}", name(head));
        let own = name(first).strip_suffix(&around).filter(|own| !own.is_empty());
        let own = own.unwrap_or(name(first));
        let names = worse.iter().map(|&id| name(id).to_owned()).collect();
        let label = match worse.len() - 1 {
            0 => own.to_owned(),
            more => format!("{own} + {more}"),
        };
        let fate = self.selection.fate(first);
        let facts = self.facts(&Group { head: None, members: worse }, first);
        Some(Held { facts, fate, label, names })
    }

    /// In a picture of a loss the fates count, else what the own loss does.
    fn is_worse(&self, id: ComponentId, head: ComponentId) -> bool {
        match (self.selection.fate(id), self.selection.fate(head)) {
            (Some(own), Some(of_head)) => own < of_head,
            _ => {
                let scope = |id| self.analysis.failure(id).scope;
                scope(id) > scope(head) || self.analysis.is_spof(id) && !self.analysis.is_spof(head)
            }
        }
    }

    /// The worst first.
    fn rank(&self, id: ComponentId) -> impl Ord + use<> {
        let scope = std::cmp::Reverse(self.analysis.failure(id).scope);
        (self.selection.fate(id), scope, !self.analysis.is_spof(id))
    }

    fn facts(&self, group: &Group, first: ComponentId) -> Facts {
        let (name, kind) = match group.head {
            Some(head) => {
                let component = self.graph.component(head);
                (component.name.clone(), component.kind.clone().into_owned())
            }
            None => fold::name(self.graph, &group.members),
        };
        let spofs = group.members.iter().filter(|&&id| self.analysis.is_spof(id)).count();
        let failure = self.failure(group, first);
        Facts {
            name,
            kind,
            scope: failure.scope,
            onset: failure.onset,
            is_spof: group.head.map_or(spofs > 0, |head| self.analysis.is_spof(head)),
            spofs,
            down: group.members.iter().all(|&id| self.analysis.is_down(id)),
            with: self.others(group),
            components: group.members.clone(),
            held: None,
        }
    }

    /// Of the head of a group; the widest where it has none.
    fn failure(&self, group: &Group, first: ComponentId) -> &Failure {
        let failures = group.members.iter().map(|&id| self.analysis.failure(id));
        let widest = failures.max_by_key(|failure| failure.scope).filter(|_| group.head.is_none());
        widest.unwrap_or_else(|| self.analysis.failure(first))
    }

    /// The names of what is drawn as the head of its group, or as none of several.
    fn others(&self, group: &Group) -> Vec<String> {
        let sole =
            group.head.or(group.members.first().copied().filter(|_| group.members.len() == 1));
        let others = group.members.iter().filter(|&&id| Some(id) != sole);
        others.map(|&id| self.graph.component(id).name.clone()).collect()
    }
}
