//! What a cut set says about a topology: what its members share, and how each takes part.

use std::collections::BTreeSet;

use super::PathStep;
use super::cuts::{CutSet, Member};
use crate::analysis::{Analysis, Explainer, Structure};
use crate::availability::Figures;
use crate::engine::Event;
use crate::graph::{ComponentId, Nature};
use crate::model::{Element, Topology};

pub struct Details<'a, 'g> {
    topology: &'a Topology,
    analysis: &'a Analysis<'g>,
    figures: &'a Figures,
    explainer: Explainer<'a, 'g>,
    service: ComponentId,
}

impl<'a, 'g> Details<'a, 'g> {
    pub fn new(
        topology: &'a Topology,
        analysis: &'a Analysis<'g>,
        figures: &'a Figures,
        service: ComponentId,
    ) -> Details<'a, 'g> {
        let explainer = Explainer::new(analysis);
        Details { topology, analysis, figures, explainer, service }
    }

    /// Names and probability of a set, and with `all` what it shares and how it acts.
    pub fn of(&mut self, events: &[Event], probability: Option<f64>, all: bool) -> CutSet {
        let ids: Vec<ComponentId> = events.iter().map(|&e| Structure::component(e)).collect();
        let members = ids.iter().map(|&id| Member {
            component: self.name(id),
            path: if all { self.path(&ids, id) } else { Vec::new() },
        });
        let members: Vec<Member> = members.collect();
        CutSet {
            order: ids.len(),
            probability,
            assumed: ids.iter().any(|&id| self.figures.of(id).assumed.is_some()),
            shared: if all && ids.len() > 1 { self.shared(&ids) } else { Vec::new() },
            members,
        }
    }

    fn name(&self, id: ComponentId) -> String {
        self.analysis.graph().component(id).name.clone()
    }

    fn path(&mut self, failed: &[ComponentId], from: ComponentId) -> Vec<PathStep> {
        let Some(path) = self.explainer.path_among(failed, from, self.service) else {
            return Vec::new();
        };
        let graph = self.analysis.graph();
        let first = PathStep { component: self.name(path.from), because: String::new() };
        let steps = path.steps.iter().map(|&(requirement, component)| PathStep {
            component: self.name(component),
            because: graph.requirement(requirement).why.clone().into_owned(),
        });
        std::iter::once(first).chain(steps).collect()
    }

    /// Servers, machines, racks, sites and clusters that all members stand on or belong to.
    fn shared(&self, ids: &[ComponentId]) -> Vec<String> {
        let mut grounds = ids.iter().map(|&id| self.grounds(id));
        let Some(first) = grounds.next() else { return Vec::new() };
        let common = grounds.fold(first, |common, next| &common & &next);
        let clusters = self.clusters(ids);
        common.into_iter().map(|id| self.label(id)).chain(clusters).collect()
    }

    fn label(&self, id: ComponentId) -> String {
        let component = self.analysis.graph().component(id);
        match component.nature {
            Nature::Placement => component.name.clone(),
            _ => format!("{} {}", component.kind, component.name),
        }
    }

    /// What a component cannot do without and stands on, itself included.
    fn grounds(&self, id: ComponentId) -> BTreeSet<ComponentId> {
        let graph = self.analysis.graph();
        let is_ground = |id: ComponentId| {
            let component = graph.component(id);
            component.nature == Nature::Placement || component.server == Some(id)
        };
        let (mut found, mut pending) = (BTreeSet::new(), vec![id]);
        while let Some(at) = pending.pop() {
            for requirement in graph.requirements_of(at) {
                let requirement = graph.requirement(requirement);
                let is_sole = requirement.at_least as usize == requirement.providers.len();
                for &provider in requirement.providers.iter().filter(|_| is_sole) {
                    if is_ground(provider) && found.insert(provider) {
                        pending.push(provider);
                    }
                }
            }
        }
        if is_ground(id) {
            found.insert(id);
        }
        found
    }

    /// Clusters of which every member is a node, or stands on one.
    fn clusters(&self, ids: &[ComponentId]) -> Vec<String> {
        let graph = self.analysis.graph();
        let is_on = |id: ComponentId, nodes: &[ComponentId]| {
            graph.component(id).server.is_some_and(|server| nodes.contains(&server))
        };
        let clusters = self.topology.clusters.values().filter(|cluster| {
            let nodes = cluster.nodes.iter();
            let nodes: Vec<ComponentId> =
                nodes.filter_map(|node| graph.of_element(Element::Server(node.value))).collect();
            ids.iter().all(|&id| is_on(id, &nodes))
        });
        clusters.map(|cluster| format!("cluster {}", cluster.name.value)).collect()
    }
}
