//! What stops when something fails, worked out a second time: slowly, from the
//! definition, and without a line of `failscope::analysis`.
//!
//! A state is the set of components that are up. `failed` holds what has failed by
//! itself: what a test fails, and everything of [`Nature::Down`].
//!
//! **Met.** A requirement is met when at least `at_least` of its providers serve. A
//! provider serves if it is up ([`Watch::State`]), or if it has not failed by itself
//! ([`Watch::OwnFailure`]).
//!
//! **Counted.** Run, transaction and ingress are *at once*. Level *now* counts at-once
//! requirements without grace, *settled* all at-once ones, *cold* all at-once ones and
//! start. Config, soft and disputed requirements count at no level.
//!
//! **At once** (now, settled): the greatest state in which nothing has failed and every
//! counted requirement is met. **From cold**: the least one, reached by starting whatever
//! can be started after what is up already.
//!
//! **Moves.** The working provider of a requirement with `switchover` is the provider of
//! index `active`, if it serves with nothing failed, else the first that does. An index
//! beyond the providers names none, and nothing moves. A dependent moves when its working
//! provider served before the failure and no longer does, and the dependent is still up
//! when settled. Interrupted is what is up when settled, but not at level now with those
//! that move lost as well. It comes back in the least way: what has its cold requirements
//! met by what is up and not interrupted, or is back already. What does not come back is
//! lost for good, without having failed by itself, and the settled state is taken again
//! with it lost; that may make further dependents move, each of them at most once. Each
//! wave interrupts by its own moves only: earlier ones are over.
//!
//! **One event after the other.** A failure starts from the state the events before it
//! left. The working provider is then the one that took over: where the working one does
//! not serve after an event, the first that does. A restart fails components for a moment:
//! what moves away meanwhile stays where it moved, and then everything that is lost and
//! has not failed by itself is started from what is up. A repair makes components no
//! longer failed and starts everything in the same way. Nothing moves back by itself.
//!
//! Where the definition leaves a choice:
//!
//! - "No longer serves" is meant as the requirement itself means it. One that watches own
//!   failures moves away from a provider that failed, not from one that lost its footing.
//! - A disputed requirement moves nothing, like it does nothing else. One of any other
//!   kind does, soft and config included: what moves is the dependent.

use failscope::graph::{
    ComponentId, DependencyGraph, FunctionRole, Nature, Requirement, RequirementKind, Watch,
};

/// A set of components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set(Vec<bool>);

impl Set {
    pub(crate) fn none(graph: &DependencyGraph) -> Set {
        Set(vec![false; graph.len()])
    }

    pub(crate) fn of(graph: &DependencyGraph, members: &[ComponentId]) -> Set {
        let mut set = Set::none(graph);
        for &member in members {
            set.add(member);
        }
        set
    }

    fn collect(graph: &DependencyGraph, belongs: impl Fn(ComponentId) -> bool) -> Set {
        Set(graph.ids().map(belongs).collect())
    }

    pub(crate) fn has(&self, id: ComponentId) -> bool {
        self.0[id.index()]
    }

    fn add(&mut self, id: ComponentId) {
        self.0[id.index()] = true;
    }

    fn remove(&mut self, id: ComponentId) {
        self.0[id.index()] = false;
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    pub(crate) fn is_within(&self, other: &Set) -> bool {
        self.minus(other).is_empty()
    }

    pub(crate) fn and(&self, other: &Set) -> Set {
        Set(self.0.iter().zip(&other.0).map(|(&a, &b)| a || b).collect())
    }

    pub(crate) fn minus(&self, other: &Set) -> Set {
        Set(self.0.iter().zip(&other.0).map(|(&a, &b)| a && !b).collect())
    }

    fn opposite(&self) -> Set {
        Set(self.0.iter().map(|&member| !member).collect())
    }

    pub(crate) fn members(&self, graph: &DependencyGraph) -> Vec<ComponentId> {
        graph.ids().filter(|&id| self.has(id)).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Now,
    Settled,
    Cold,
}

fn counts(requirement: &Requirement, level: Level) -> bool {
    if requirement.disputed.is_some() {
        return false;
    }
    match requirement.kind {
        RequirementKind::Run | RequirementKind::Transaction | RequirementKind::Ingress => {
            level != Level::Now || requirement.grace.is_none()
        }
        RequirementKind::Start => level == Level::Cold,
        RequirementKind::Config | RequirementKind::Soft => false,
    }
}

/// What a failure does without any restart but those of a switch-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Everything that is not up in the end.
    pub(crate) lost: Set,
    /// Everything that was interrupted, whether it came back or not.
    pub(crate) interrupted: Set,
    /// Of those, what did not come back.
    pub(crate) stuck: Set,
    /// How many times something moved.
    pub(crate) waves: usize,
}

/// A world in which components fail one event after the other.
#[derive(Debug, Clone)]
pub(crate) struct World<'g> {
    graph: &'g DependencyGraph,
    failed: Set,
    /// Lost for good, without having failed by itself.
    stopped: Set,
    /// The provider that works, for each requirement in which only one does.
    working: Vec<Option<ComponentId>>,
}

impl<'g> World<'g> {
    pub(crate) fn new(graph: &'g DependencyGraph) -> World<'g> {
        let mut world = World {
            graph,
            failed: Set::collect(graph, |id| graph.component(id).nature == Nature::Down),
            stopped: Set::none(graph),
            working: Vec::new(),
        };
        let up = world.settled();
        world.working = graph
            .requirements()
            .map(|(_, requirement)| world.working_at_first(requirement, &up))
            .collect();
        world
    }

    fn working_at_first(&self, requirement: &Requirement, up: &Set) -> Option<ComponentId> {
        if !requirement.kind.is_at_once() {
            return None; // its loss stops nothing now, so nothing moves
        }
        let first = *requirement.providers.get(requirement.switchover?.active)?;
        if self.serves(requirement, first, up) {
            return Some(first);
        }
        let mut providers = requirement.providers.iter().copied();
        providers.find(|&provider| self.serves(requirement, provider, up))
    }

    fn serves(&self, requirement: &Requirement, provider: ComponentId, up: &Set) -> bool {
        match requirement.watch {
            Watch::State => up.has(provider),
            Watch::OwnFailure => !self.failed.has(provider),
        }
    }

    fn met(&self, requirement: &Requirement, up: &Set) -> bool {
        let mut serving = 0;
        for &provider in &requirement.providers {
            if self.serves(requirement, provider, up) {
                serving += 1;
            }
        }
        serving >= requirement.at_least
    }

    /// True when every requirement of a component that the level counts is met.
    fn has_its_needs(&self, id: ComponentId, level: Level, up: &Set) -> bool {
        let requirements = self.graph.requirements().map(|(_, requirement)| requirement);
        requirements
            .filter(|requirement| requirement.dependent == id && counts(requirement, level))
            .all(|requirement| self.met(requirement, up))
    }

    /// The greatest fixed point: all up, then down with what cannot be.
    fn greatest(&self, level: Level, lost: &Set) -> Set {
        let mut up = self.failed.and(&self.stopped).and(lost).opposite();
        loop {
            let before = up.clone();
            for (_, requirement) in self.graph.requirements() {
                if counts(requirement, level) && !self.met(requirement, &up) {
                    up.remove(requirement.dependent);
                }
            }
            if up == before {
                return up;
            }
        }
    }

    /// The least fixed point: from what is up, start whatever of `waiting` can be started.
    fn start(&self, mut up: Set, waiting: &Set) -> Set {
        loop {
            let before = up.clone();
            for id in self.graph.ids() {
                if waiting.has(id) && !up.has(id) && self.has_its_needs(id, Level::Cold, &up) {
                    up.add(id);
                }
            }
            if up == before {
                return up;
            }
        }
    }

    pub(crate) fn settled(&self) -> Set {
        self.greatest(Level::Settled, &Set::none(self.graph))
    }

    pub(crate) fn lost(&self) -> Set {
        self.settled().opposite()
    }

    /// What some failures do to the world.
    pub(crate) fn fail(&mut self, failed: &[ComponentId]) -> Outcome {
        let before = self.clone();
        let up_before = self.settled();
        self.failed = self.failed.and(&Set::of(self.graph, failed));
        let mut outcome = Outcome {
            lost: Set::none(self.graph),
            interrupted: Set::none(self.graph),
            stuck: Set::none(self.graph),
            waves: 0,
        };
        let mut has_moved = Set::none(self.graph);
        loop {
            let up = self.settled();
            let moving = self.moving(&before, &up_before, &up).minus(&has_moved);
            if moving.is_empty() {
                self.take_over();
                outcome.lost = up.opposite();
                return outcome;
            }
            has_moved = has_moved.and(&moving);
            let interrupted = up.minus(&self.greatest(Level::Now, &moving));
            let back = self.start(up.minus(&interrupted), &interrupted);
            let stuck = interrupted.minus(&back);
            self.stopped = self.stopped.and(&stuck);
            outcome.interrupted = outcome.interrupted.and(&interrupted);
            outcome.stuck = outcome.stuck.and(&stuck);
            outcome.waves += 1;
        }
    }

    /// Where the working provider is gone, the first that serves works from now on.
    fn take_over(&mut self) {
        let up = self.settled();
        for (id, requirement) in self.graph.requirements() {
            let Some(working) = self.working[id.index()] else { continue };
            if !self.serves(requirement, working, &up) {
                let mut providers = requirement.providers.iter().copied();
                let next = providers.find(|&provider| self.serves(requirement, provider, &up));
                self.working[id.index()] = Some(next.unwrap_or(working));
            }
        }
    }

    /// Some components go down and everything that can be started is. What was lost meanwhile.
    pub(crate) fn restart(&mut self, restarted: &[ComponentId]) -> Set {
        let mut meanwhile = self.clone();
        let lost = meanwhile.fail(restarted).lost;
        self.working = meanwhile.working;
        self.start_what_is_lost(&lost);
        lost
    }

    /// Some components no longer fail, and everything that can be started is. What was lost
    /// before.
    pub(crate) fn restore(&mut self, repaired: &[ComponentId]) -> Set {
        let lost = self.lost();
        for &id in repaired {
            if self.graph.component(id).nature != Nature::Down {
                self.failed.remove(id);
            }
        }
        self.start_what_is_lost(&lost);
        lost
    }

    fn start_what_is_lost(&mut self, lost: &Set) {
        let waiting = lost.minus(&self.failed);
        let back = self.start(lost.opposite(), &waiting);
        self.stopped = waiting.minus(&back);
        self.take_over();
    }

    /// Dependents that are up and whose working provider is gone.
    fn moving(&self, before: &World<'_>, up_before: &Set, up: &Set) -> Set {
        let mut moving = Set::none(self.graph);
        for (id, requirement) in self.graph.requirements() {
            let Some(working) = self.working[id.index()] else { continue };
            let served = before.serves(requirement, working, up_before);
            let serves = self.serves(requirement, working, up);
            if requirement.disputed.is_none() && served && !serves && up.has(requirement.dependent)
            {
                moving.add(requirement.dependent);
            }
        }
        moving
    }

    /// What is lost when everything starts from cold.
    pub(crate) fn lost_from_cold(&self) -> Set {
        let nothing = Set::none(self.graph);
        self.start(nothing, &self.failed.opposite()).opposite()
    }

    /// The components of which somebody would miss something.
    fn main_functions(&self) -> Set {
        let up = self.settled();
        let with_role = |role: FunctionRole| {
            Set::collect(self.graph, |id| {
                up.has(id) && self.role(id).is_some_and(|found| found == role)
            })
        };
        let mains = with_role(FunctionRole::Main);
        if !mains.is_empty() {
            return mains;
        }
        let services = with_role(FunctionRole::Service);
        if !services.is_empty() {
            return services;
        }
        let needed = |id| self.graph.requirements().any(|(_, r)| r.providers.contains(&id));
        Set::collect(self.graph, |id| up.has(id) && self.role(id).is_none() && !needed(id))
    }

    fn role(&self, id: ComponentId) -> Option<FunctionRole> {
        self.graph.component(id).function.map(|function| function.role)
    }
}

/// Every answer about a graph with nothing failed, and about single failures of it.
pub(crate) struct Brute<'g> {
    graph: &'g DependencyGraph,
    world: World<'g>,
    lost: Set,
    lost_from_cold: Set,
    main: Set,
}

/// What one failure takes of what is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) at_once: Vec<ComponentId>,
    pub(crate) later: Vec<ComponentId>,
    pub(crate) affected: usize,
}

impl<'g> Brute<'g> {
    pub(crate) fn new(graph: &'g DependencyGraph) -> Brute<'g> {
        let world = World::new(graph);
        Brute {
            graph,
            lost: world.lost(),
            lost_from_cold: world.lost_from_cold(),
            main: world.main_functions(),
            world,
        }
    }

    pub(crate) fn world(&self) -> World<'g> {
        self.world.clone()
    }

    pub(crate) fn down(&self) -> &Set {
        &self.lost
    }

    pub(crate) fn main_functions(&self) -> &Set {
        &self.main
    }

    pub(crate) fn outcome(&self, failed: &[ComponentId]) -> Outcome {
        self.world().fail(failed)
    }

    pub(crate) fn lost_with(&self, failed: &[ComponentId]) -> Set {
        self.outcome(failed).lost
    }

    pub(crate) fn lost_from_cold(&self, failed: &[ComponentId]) -> Set {
        let mut world = self.world();
        world.failed = world.failed.and(&Set::of(self.graph, failed));
        world.lost_from_cold()
    }

    pub(crate) fn failure(&self, component: ComponentId) -> Taken {
        let lost = self.lost_with(&[component]);
        let at_once = lost.minus(&self.lost);
        let cold = self.lost_from_cold(&[component]);
        let later = cold.minus(&self.lost_from_cold).minus(&lost);
        Taken {
            affected: at_once.members(self.graph).len(),
            at_once: self.asked_about(&at_once),
            later: self.asked_about(&later),
        }
    }

    fn asked_about(&self, lost: &Set) -> Vec<ComponentId> {
        let asked = |&id: &ComponentId| match self.world.role(id) {
            Some(FunctionRole::Main | FunctionRole::Side | FunctionRole::Service) => true,
            Some(FunctionRole::Admin) | None => self.main.has(id),
        };
        lost.members(self.graph).into_iter().filter(asked).collect()
    }

    pub(crate) fn is_spof(&self, component: ComponentId) -> bool {
        let fails = match self.graph.component(component).nature {
            Nature::Basic | Nature::Placement => true,
            Nature::Derived | Nature::Down => false,
        };
        let at_once = self.lost_with(&[component]).minus(&self.lost);
        let cold = self.lost_from_cold(&[component]).minus(&self.lost_from_cold);
        fails && !self.asked_about(&at_once.and(&cold)).is_empty()
    }

    /// Up, but not to be started again because of a cycle; each cycle is one part.
    pub(crate) fn deadlocks(&self) -> Vec<Vec<ComponentId>> {
        let reach: Vec<Set> = self.graph.ids().map(|id| self.needed_by(id)).collect();
        let reaches = |a: ComponentId, b: ComponentId| reach[a.index()].has(b);
        let stuck = self.lost_from_cold.minus(&self.lost).members(self.graph);
        let mut parts: Vec<Vec<ComponentId>> = Vec::new();
        for id in stuck.into_iter().filter(|&id| reaches(id, id)) {
            let same = |part: &&mut Vec<ComponentId>| reaches(id, part[0]) && reaches(part[0], id);
            match parts.iter_mut().find(same) {
                Some(part) => part.push(id),
                None => parts.push(vec![id]),
            }
        }
        parts.sort();
        parts
    }

    /// Everything that a component needs to be up before it starts, over any number of steps.
    fn needed_by(&self, id: ComponentId) -> Set {
        let mut reached = Set::none(self.graph);
        loop {
            let before = reached.clone();
            for (_, requirement) in self.graph.requirements() {
                let from = requirement.dependent;
                let leads_on =
                    counts(requirement, Level::Cold) && requirement.watch == Watch::State;
                if leads_on && (from == id || reached.has(from)) {
                    for &provider in &requirement.providers {
                        reached.add(provider);
                    }
                }
            }
            if reached == before {
                return reached;
            }
        }
    }
}
