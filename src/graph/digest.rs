//! What is written down about a graph outside the program: labels of its components, and a
//! fingerprint of its structure.

use rustc_hash::FxHashSet;

use super::{ComponentId, DependencyGraph, Nature, Requirement, Watch};

/// A name for each component that no other has: its own, with a number where that is taken.
pub fn labels(graph: &DependencyGraph) -> Vec<String> {
    let mut taken: FxHashSet<String> = FxHashSet::default();
    let mut labels = Vec::with_capacity(graph.len());
    for (_, component) in graph.components() {
        let mut label = component.name.clone();
        let mut number = 2;
        while !taken.insert(label.clone()) {
            label = format!("{} #{number}", component.name);
            number += 1;
        }
        labels.push(label);
    }
    labels
}

/// Which components there are, and how many of what each needs; neither places nor figures.
///
/// FNV-1a with 128 bits (Fowler, Noll, Vo): it tells topologies apart. It is no signature.
pub fn digest(graph: &DependencyGraph) -> String {
    let mut hash = Fnv(OFFSET);
    for (_, component) in graph.components() {
        hash.text(&component.name);
        hash.number(match component.nature {
            Nature::Basic | Nature::Placement => 0,
            Nature::Derived => 1,
            Nature::Down => 2,
        });
    }
    for (_, requirement) in graph.requirements() {
        hash.requirement(requirement);
    }
    format!("{:032x}", hash.0)
}

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

struct Fnv(u128);

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }

    fn number(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    /// With its length, so that two texts are not one.
    fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    fn component(&mut self, id: ComponentId) {
        self.number(id.index() as u32);
    }

    fn requirement(&mut self, requirement: &Requirement) {
        self.component(requirement.dependent);
        self.number(requirement.at_least);
        self.text(requirement.kind.as_str());
        self.number(u32::from(requirement.watch == Watch::OwnFailure));
        self.number(u32::from(requirement.disputed.is_some()));
        self.number(requirement.providers.len() as u32);
        for &provider in &requirement.providers {
            self.component(provider);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Component;

    fn pair(at_least: u32) -> DependencyGraph {
        let mut graph = DependencyGraph::new();
        let ids: Vec<ComponentId> =
            ["app", "a", "a"].map(|n| graph.add_component(Component::basic(n, "thing"))).into();
        graph.add_requirement(Requirement::some(ids[0], at_least, ids[1..].to_vec()));
        graph
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        assert_eq!(labels(&pair(1)), ["app", "a", "a #2"]);
    }

    #[test]
    fn the_digest_follows_the_structure() {
        assert_eq!(digest(&pair(1)), digest(&pair(1)));
        assert_ne!(digest(&pair(1)), digest(&pair(2)));
    }

    /// Test vectors of the authors of FNV: nothing, and "a".
    #[test]
    fn the_hash_is_the_published_one() {
        let of = |text: &str| {
            let mut hash = Fnv(OFFSET);
            hash.bytes(text.as_bytes());
            format!("{:032x}", hash.0)
        };
        assert_eq!(of(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(of("a"), "d228cb696f1a8caf78912b704e4a8964");
    }
}
