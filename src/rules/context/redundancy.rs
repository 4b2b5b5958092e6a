//! Whether things survive the loss of one of their parts, as far as the file says.

use super::Context;
use crate::graph::ComponentId;
use crate::model::*;

/// Whether something survives the loss of one of its parts, as far as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    Redundant,
    Single,
    Unknown,
}

impl Redundancy {
    fn stated(redundant: Option<At<bool>>) -> Redundancy {
        match redundant.map(|stated| stated.value) {
            Some(true) => Redundancy::Redundant,
            Some(false) => Redundancy::Single,
            None => Redundancy::Unknown,
        }
    }

    fn of_parts(parts: usize) -> Redundancy {
        if parts > 1 { Redundancy::Redundant } else { Redundancy::Single }
    }
}

impl<'a> Context<'a> {
    /// Whether what stands at the other end of a port survives the loss of one of its parts.
    pub fn redundancy(&self, element: Element) -> Redundancy {
        let topology = self.topology;
        match element {
            Element::External(id) => {
                let external = &topology.external[id];
                match (external.redundant, external.nodes.len()) {
                    (None, 0) => Redundancy::Unknown,
                    (None, nodes) => Redundancy::of_parts(nodes),
                    (stated, _) => Redundancy::stated(stated),
                }
            }
            Element::Group(id) => Redundancy::of_parts(topology.owners(id).len()),
            Element::Cluster(id) => Redundancy::of_parts(topology.clusters[id].nodes.len()),
            Element::LoadBalancer(id) => {
                Redundancy::of_parts(topology.load_balancers[id].members.len())
            }
            Element::FileShare(id) => self.share_redundancy(&topology.file_shares[id]),
            Element::Component(id) => {
                let component = &topology.components[id];
                let needed = component.at_least.map_or(1, |at_least| at_least.value as usize);
                match component.redundant {
                    None if component.on.is_empty() => Redundancy::Unknown,
                    None => Redundancy::of_parts((component.on.len() + 1).saturating_sub(needed)),
                    stated => Redundancy::stated(stated),
                }
            }
            Element::Server(_) => Redundancy::Single,
            _ => Redundancy::Unknown,
        }
    }

    fn share_redundancy(&self, share: &FileShare) -> Redundancy {
        if share.redundant.is_some_and(|redundant| redundant.value) {
            return Redundancy::Redundant;
        }
        match share.on.map(|on| on.value) {
            Some(Carrier::Group(group)) => Redundancy::of_parts(self.topology.owners(group).len()),
            Some(Carrier::Server(_)) => Redundancy::Single,
            Some(Carrier::Storage(id)) => Redundancy::stated(self.topology.storage[id].redundant),
            None => Redundancy::stated(share.redundant),
        }
    }

    /// True for what is taken as single only because the file does not say.
    pub fn is_assumed_single(&self, component: ComponentId) -> bool {
        let topology = self.topology;
        match self.analysis.graph().component(component).element {
            Some(Element::Storage(id)) => topology.storage[id].redundant.is_none(),
            Some(Element::Network(id)) => topology.networks[id].redundant.is_none(),
            Some(Element::LoadBalancer(id)) => topology.load_balancers[id].redundant.is_none(),
            Some(Element::FileShare(id)) => {
                let share = &topology.file_shares[id];
                share.on.is_none() && share.redundant.is_none()
            }
            Some(element @ Element::External(_)) => self.redundancy(element) == Redundancy::Unknown,
            _ => false,
        }
    }

    /// The share that an address lies under.
    pub fn share_of(&self, end: &Endpoint) -> Option<Id<FileShare>> {
        let path = match end {
            Endpoint::Element(Element::FileShare(id)) => return Some(*id),
            Endpoint::Element(_) => return None,
            Endpoint::Address(path) => share_key(path),
        };
        let mut prefix = path.as_str();
        loop {
            if let Some(&share) = self.share_paths.get(prefix) {
                return Some(share);
            }
            prefix = &prefix[..prefix.rfind('\\')?];
        }
    }
}

/// Paths are compared without regard to case, kind of slash and a slash at the end.
pub(super) fn share_key(path: &str) -> String {
    path.to_lowercase().replace('/', "\\").trim_end_matches('\\').to_owned()
}
