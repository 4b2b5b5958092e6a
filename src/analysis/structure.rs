//! The structure function: when is something lost, as a Boolean expression over
//! the failures of basic components.
//!
//! Event number i of the expression is component number i. Basic components and
//! placements fail by themselves; what the file says does not run is lost for
//! certain; everything else is lost with what it needs only. Requirements count as
//! they do without any restart: run, transaction and ingress, those with a grace time
//! included, disputed ones left out. A requirement that watches a provider's own
//! failure reads that provider's event and not its state.
//!
//! Left out, on purpose: start requirements (their loss is latent until a restart), and
//! with them switch-overs that fail because the dependent cannot be started elsewhere.
//! A share of several counts like the whole: losing it is a loss.
//!
//! **Cycles.** What holds itself up goes on, so losses in a strongly connected part are
//! the *least* fixed point: first nothing in the part is lost, then the equations are
//! put into one another. Each round after the first can change only what reads, across a
//! backward edge of the round's order, something that changed in the round before; so
//! one round more than there are such sources is enough, and never more than there are
//! members.

use rustc_hash::{FxHashMap, FxHashSet};

use super::WorkLimit;
use crate::engine::{Event, Expr, ExprBuilder, NodeId, Shape};
use crate::graph::{ComponentId, DependencyGraph, Nature, Requirement, Watch};

/// When each of some components is lost, and everything they stand on.
#[derive(Debug)]
pub struct Structure<'g> {
    graph: &'g DependencyGraph,
    /// Derived components that fail by themselves all the same.
    extra: FxHashSet<ComponentId>,
    nodes: Nodes,
    losses: Vec<Option<NodeId>>,
    limit: u64,
}

impl<'g> Structure<'g> {
    /// The expressions of `roots` and of all that these need.
    pub fn new(
        graph: &'g DependencyGraph,
        roots: &[ComponentId],
        work_limit: u64,
    ) -> Result<Structure<'g>, WorkLimit> {
        Structure::with_own_failures(graph, roots, &[], work_limit)
    }

    /// The same where some derived components have a failure of their own as well.
    pub fn with_own_failures(
        graph: &'g DependencyGraph,
        roots: &[ComponentId],
        extra: &[ComponentId],
        work_limit: u64,
    ) -> Result<Structure<'g>, WorkLimit> {
        let mut structure = Structure {
            graph,
            extra: extra.iter().copied().collect(),
            nodes: Nodes::default(),
            losses: vec![None; graph.len()],
            limit: work_limit,
        };
        let needed = needed_by(graph, roots);
        for part in graph.strong_parts(|r| r.counts_at_once() && r.watch == Watch::State) {
            if part.iter().any(|member| needed[member.index()]) {
                structure.solve(&part)?;
            }
        }
        Ok(structure)
    }

    pub fn graph(&self) -> &'g DependencyGraph {
        self.graph
    }

    /// When the component is lost; none if no root needs it.
    pub fn loss(&self, component: ComponentId) -> Option<Expr> {
        let node = (*self.losses.get(component.index())?)?;
        Some(self.nodes.builder.expr(node))
    }

    /// The component whose own failure an event is.
    pub fn component(event: Event) -> ComponentId {
        ComponentId::new(event.index())
    }

    /// The event of a component's own failure.
    pub fn event(component: ComponentId) -> Event {
        Event(u32::try_from(component.index()).unwrap_or(u32::MAX))
    }

    /// A part whose providers outside it are solved.
    fn solve(&mut self, part: &[ComponentId]) -> Result<(), WorkLimit> {
        let never = self.nodes.constant(false);
        for member in part {
            self.losses[member.index()] = Some(never);
        }
        let (order, rounds) = best_order(self.graph, part);
        for _ in 0..rounds {
            let mut has_changed = false;
            for &member in &order {
                let loss = self.equation(member);
                has_changed |= self.losses[member.index()] != Some(loss);
                self.losses[member.index()] = Some(loss);
            }
            if self.nodes.work > self.limit {
                return Err(WorkLimit { limit: self.limit });
            }
            if !has_changed {
                break;
            }
        }
        Ok(())
    }

    /// Lost by its own failure, or because a requirement is unmet.
    fn equation(&mut self, component: ComponentId) -> NodeId {
        let mut causes = vec![self.own_failure(component)];
        for id in self.graph.requirements_of(component) {
            let requirement = self.graph.requirement(id);
            if requirement.counts_at_once() {
                causes.push(self.unmet(requirement));
            }
        }
        self.nodes.or(causes)
    }

    fn own_failure(&mut self, component: ComponentId) -> NodeId {
        match self.graph.component(component).nature {
            Nature::Basic | Nature::Placement => self.nodes.event(Structure::event(component)),
            Nature::Derived if self.extra.contains(&component) => {
                self.nodes.event(Structure::event(component))
            }
            Nature::Derived => self.nodes.constant(false),
            Nature::Down => self.nodes.constant(true),
        }
    }

    /// Fewer than k of n serve as soon as n - k + 1 are lost.
    fn unmet(&mut self, requirement: &Requirement) -> NodeId {
        let mut lost = Vec::with_capacity(requirement.providers.len());
        for &provider in &requirement.providers {
            lost.push(match requirement.watch {
                Watch::OwnFailure => self.own_failure(provider),
                Watch::State => match self.losses[provider.index()] {
                    Some(node) => node,
                    // Providers come before dependents, so this one is solved.
                    None => self.nodes.constant(false),
                },
            });
        }
        let (needed, there) = (requirement.at_least as usize, lost.len());
        match needed {
            0 => self.nodes.constant(false),
            _ => self.nodes.at_least((there + 1).saturating_sub(needed), lost),
        }
    }
}

/// Everything on the way down from the roots.
fn needed_by(graph: &DependencyGraph, roots: &[ComponentId]) -> Vec<bool> {
    let mut needed = vec![false; graph.len()];
    let mut pending = roots.to_vec();
    while let Some(component) = pending.pop() {
        if std::mem::replace(&mut needed[component.index()], true) {
            continue;
        }
        for id in graph.requirements_of(component) {
            let requirement = graph.requirement(id);
            if requirement.counts_at_once() && requirement.watch == Watch::State {
                pending.extend(&requirement.providers);
            }
        }
    }
    needed
}

/// The order, forwards or backwards, that needs fewer rounds, and their number.
fn best_order(graph: &DependencyGraph, part: &[ComponentId]) -> (Vec<ComponentId>, usize) {
    let forwards = part.to_vec();
    let backwards: Vec<ComponentId> = part.iter().rev().copied().collect();
    let (a, b) = (rounds(graph, &forwards), rounds(graph, &backwards));
    if a <= b { (forwards, a) } else { (backwards, b) }
}

/// One more than the members that are read before they are written, at most all.
fn rounds(graph: &DependencyGraph, order: &[ComponentId]) -> usize {
    let places: FxHashMap<ComponentId, usize> = order.iter().copied().zip(0..).collect();
    let mut read_early: FxHashSet<ComponentId> = FxHashSet::default();
    for (at, &member) in order.iter().enumerate() {
        for id in graph.requirements_of(member) {
            let requirement = graph.requirement(id);
            if !requirement.counts_at_once() || requirement.watch != Watch::State {
                continue;
            }
            let early = |provider: &&ComponentId| places.get(provider).is_some_and(|p| *p >= at);
            read_early.extend(requirement.providers.iter().filter(early));
        }
    }
    (read_early.len() + 1).min(order.len())
}

/// Nodes of one builder, equal ones shared and constants folded.
#[derive(Debug, Default)]
struct Nodes {
    builder: ExprBuilder,
    known: FxHashMap<Key, NodeId>,
    /// Operands looked at so far.
    work: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Constant(bool),
    Event(Event),
    AtLeast(usize, Vec<NodeId>),
}

impl Nodes {
    fn constant(&mut self, value: bool) -> NodeId {
        let builder = &mut self.builder;
        *self.known.entry(Key::Constant(value)).or_insert_with(|| builder.constant(value))
    }

    fn event(&mut self, event: Event) -> NodeId {
        let builder = &mut self.builder;
        *self.known.entry(Key::Event(event)).or_insert_with(|| builder.event(event))
    }

    fn or(&mut self, operands: Vec<NodeId>) -> NodeId {
        self.at_least(1, operands)
    }

    /// At least `k`, where a repeated operand counts as often as it is listed.
    fn at_least(&mut self, mut k: usize, mut operands: Vec<NodeId>) -> NodeId {
        self.work += 1 + operands.len() as u64;
        let before = operands.len();
        operands.retain(|&o| self.builder.shape(o) != Shape::Constant(true));
        k = k.saturating_sub(before - operands.len());
        operands.retain(|&o| self.builder.shape(o) != Shape::Constant(false));
        operands.sort_unstable();
        if k == 1 || k == operands.len() {
            let all = k == operands.len();
            operands.dedup();
            k = if all { operands.len() } else { 1 };
        }
        match operands.as_slice() {
            _ if k == 0 => self.constant(true),
            few if few.len() < k => self.constant(false),
            &[one] => one,
            _ => self.gate(k, operands),
        }
    }

    fn gate(&mut self, k: usize, operands: Vec<NodeId>) -> NodeId {
        let key = Key::AtLeast(k, operands);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let Key::AtLeast(_, operands) = &key else { return self.constant(false) };
        let given = operands.iter().copied();
        let node = match k {
            1 => self.builder.or(given),
            all if all == operands.len() => self.builder.and(given),
            k => self.builder.at_least(u32::try_from(k).unwrap_or(u32::MAX), given),
        };
        self.known.insert(key, node);
        node
    }
}
