//! The graph laid flat for the inner loops: plain arrays, built once, shared by
//! every failure that is tried.

use super::rows::Rows;
use crate::graph::{ComponentId, DependencyGraph, Nature, Requirement, RequirementKind, Watch};

/// When a requirement counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The first moment: what tolerates a gap still goes on.
    Now,
    /// After caches and grace times have run out, without any restart.
    Settled,
    /// Everything starts from cold.
    Cold,
}

impl Level {
    fn bit(self) -> u8 {
        match self {
            Level::Now => 1,
            Level::Settled => 2,
            Level::Cold => 4,
        }
    }
}

fn levels(requirement: &Requirement) -> u8 {
    let mut bits = 0;
    if requirement.disputed.is_some() {
        return bits;
    }
    if requirement.kind.is_at_once() {
        bits |= Level::Settled.bit();
        if requirement.grace.is_none() {
            bits |= Level::Now.bit();
        }
    }
    if requirement.kind.is_needed_to_start() {
        bits |= Level::Cold.bit();
    }
    bits
}

/// Components and requirements as indexes into arrays.
#[derive(Debug)]
pub(super) struct Network {
    components: usize,
    /// Components that the file says do not run.
    pub(super) down: Vec<u32>,
    dependents: Vec<u32>,
    needed: Vec<u32>,
    levels: Vec<u8>,
    own_failure: Vec<bool>,
    /// Whether each provider has a share of its own that the others go on without.
    shares: Vec<bool>,
    /// Index of the working provider, `u32::MAX` where no provider takes over from another.
    active: Vec<u32>,
    providers: Rows,
    requirements: Rows,
    /// Requirements that count any failure of this provider.
    watched_by: Rows,
    /// Requirements that count only its own failure.
    own_watched_by: Rows,
    /// Requirements whose loss stops nothing, by provider: changes are blocked or something degrades.
    weakly_watched_by: Rows,
    /// Strongly connected parts of more than one component, over what a start needs.
    parts: Vec<Vec<u32>>,
    part_of: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Network {
    pub(super) fn new(graph: &DependencyGraph) -> Network {
        let index = |id: ComponentId| id.index() as u32;
        let count = graph.requirements().count();
        let mut network = Network {
            components: graph.len(),
            down: Vec::new(),
            dependents: Vec::with_capacity(count),
            needed: Vec::with_capacity(count),
            levels: Vec::with_capacity(count),
            own_failure: Vec::with_capacity(count),
            shares: Vec::with_capacity(count),
            active: Vec::with_capacity(count),
            providers: Rows::build(0, &[]),
            requirements: Rows::build(0, &[]),
            watched_by: Rows::build(0, &[]),
            own_watched_by: Rows::build(0, &[]),
            weakly_watched_by: Rows::build(0, &[]),
            parts: Vec::new(),
            part_of: vec![NONE; graph.len()],
        };
        let (mut provides, mut requires) = (Vec::new(), Vec::with_capacity(count));
        let (mut watched, mut own_watched, mut weak) = (Vec::new(), Vec::new(), Vec::new());
        for (id, requirement) in graph.requirements() {
            let id = id.index() as u32;
            requires.push((index(requirement.dependent), id));
            for &provider in &requirement.providers {
                provides.push((id, index(provider)));
                match requirement.watch {
                    Watch::State => watched.push((index(provider), id)),
                    Watch::OwnFailure => own_watched.push((index(provider), id)),
                }
                if matches!(requirement.kind, RequirementKind::Config | RequirementKind::Soft) {
                    weak.push((index(provider), id));
                }
            }
            let moves = requirement.counts_at_once();
            let switchover = requirement.switchover.filter(|_| moves);
            let active = switchover.and_then(|s| requirement.providers.get(s.active));
            network.dependents.push(index(requirement.dependent));
            network.needed.push(requirement.at_least);
            network.levels.push(levels(requirement));
            network.own_failure.push(requirement.watch == Watch::OwnFailure);
            network.shares.push(requirement.shares);
            network.active.push(active.map_or(NONE, |&id| index(id)));
        }
        network.providers = Rows::build(count, &provides);
        network.requirements = Rows::build(graph.len(), &requires);
        network.watched_by = Rows::build(graph.len(), &watched);
        network.own_watched_by = Rows::build(graph.len(), &own_watched);
        network.weakly_watched_by = Rows::build(graph.len(), &weak);
        network.down = graph
            .components()
            .filter(|(_, component)| component.nature == Nature::Down)
            .map(|(id, _)| index(id))
            .collect();
        network.find_parts(graph);
        network
    }

    fn find_parts(&mut self, graph: &DependencyGraph) {
        let counts =
            |r: &Requirement| levels(r) & Level::Cold.bit() != 0 && r.watch == Watch::State;
        for part in graph.strong_parts(counts) {
            let alone = part.len() == 1 && !needs_itself(graph, part[0], counts);
            if alone {
                continue;
            }
            let number = self.parts.len() as u32;
            let members: Vec<u32> = part.iter().map(|id| id.index() as u32).collect();
            for &member in &members {
                self.part_of[member as usize] = number;
            }
            self.parts.push(members);
        }
    }

    pub(super) fn components(&self) -> usize {
        self.components
    }

    pub(super) fn requirement_count(&self) -> usize {
        self.dependents.len()
    }

    pub(super) fn counts(&self, requirement: u32, level: Level) -> bool {
        self.levels[requirement as usize] & level.bit() != 0
    }

    pub(super) fn dependent(&self, requirement: u32) -> u32 {
        self.dependents[requirement as usize]
    }

    /// How many providers may be lost before the requirement is unmet; negative when
    /// it can never be met.
    pub(super) fn slack(&self, requirement: u32) -> i64 {
        let providers = self.providers(requirement).len() as i64;
        providers - i64::from(self.needed[requirement as usize])
    }

    pub(super) fn needed(&self, requirement: u32) -> u32 {
        self.needed[requirement as usize]
    }

    pub(super) fn watches_own_failure(&self, requirement: u32) -> bool {
        self.own_failure[requirement as usize]
    }

    pub(super) fn has_shares(&self, requirement: u32) -> bool {
        self.shares[requirement as usize]
    }

    pub(super) fn active(&self, requirement: u32) -> Option<u32> {
        let active = self.active[requirement as usize];
        (active != NONE).then_some(active)
    }

    /// Where the working provider is lost from the outset, the first healthy one works.
    pub(super) fn choose_working(&mut self, is_lost: impl Fn(u32) -> bool) {
        for requirement in 0..self.active.len() as u32 {
            let Some(active) = self.active(requirement) else { continue };
            let serves = |p: u32| match self.watches_own_failure(requirement) {
                true => self.down.binary_search(&p).is_err(),
                false => !is_lost(p),
            };
            if !serves(active) {
                let healthy = self.providers(requirement).iter().find(|&&p| serves(p));
                self.active[requirement as usize] = healthy.copied().unwrap_or(active);
            }
        }
    }

    pub(super) fn providers(&self, requirement: u32) -> &[u32] {
        self.providers.row(requirement)
    }

    pub(super) fn requirements(&self, component: u32) -> &[u32] {
        self.requirements.row(component)
    }

    pub(super) fn watched_by(&self, provider: u32) -> &[u32] {
        self.watched_by.row(provider)
    }

    pub(super) fn own_watched_by(&self, provider: u32) -> &[u32] {
        self.own_watched_by.row(provider)
    }

    pub(super) fn weakly_watched_by(&self, provider: u32) -> &[u32] {
        self.weakly_watched_by.row(provider)
    }

    /// The cycle a component is in, if any.
    pub(super) fn part_of(&self, component: u32) -> Option<u32> {
        let part = self.part_of[component as usize];
        (part != NONE).then_some(part)
    }

    pub(super) fn part(&self, part: u32) -> &[u32] {
        &self.parts[part as usize]
    }

    pub(super) fn parts(&self) -> usize {
        self.parts.len()
    }
}

fn needs_itself(
    graph: &DependencyGraph,
    id: ComponentId,
    counts: impl Fn(&Requirement) -> bool,
) -> bool {
    graph.requirements_of(id).into_iter().any(|requirement| {
        let requirement = graph.requirement(requirement);
        counts(requirement) && requirement.providers.contains(&id)
    })
}
