//! Fussell-Vesely importance: how probable it is that a minimal cut set with the event has
//! occurred, given that the top event has.
//!
//! `FV_i = P(at least one minimal cut set that holds i has occurred) / P(top)`, after Fussell,
//! "How to hand-calculate system reliability and safety characteristics" (IEEE Transactions
//! on Reliability 24, 1975) and Vesely, "A time-dependent methodology for fault tree
//! evaluation" (Nuclear Engineering and Design 13, 1970). The usual rare-event form adds up the
//! probabilities of those sets; here the union is exact, by a decision diagram of it.
//!
//! Criticality asks for less: that the event is decisive. The two agree where failures are
//! rare, and differ where one state holds several cut sets.
//!
//! Modules are independent, so a union is taken along them: within the event's module over
//! the sets with the event, then in each module above over the sets with the module below.

use rustc_hash::FxHashMap;
use thiserror::Error;

use super::bdd::{Bdd, Branch, Connective, freeze};
use super::budget::{Budget, Exhausted};
use super::cut_sets;
use super::diagrams::Diagrams;
use super::expr::Event;
use super::importance::parents;
use super::minimal_sets::FamilyPart;
use super::modules::Leaf;
use super::probability::{Chance, Chances, MissingValue, Probability};
use super::table::Ref;
use super::zbdd::Solutions;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unanswered {
    /// With negations, a minimal cut set that is there does not cause the top event.
    #[error("Fussell-Vesely importance needs a coherent tree")]
    NotCoherent,
    /// An event has no value.
    #[error(transparent)]
    Missing(#[from] MissingValue),
    /// The unions do not fit.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
}

/// The importance of each of some events, in their order. Zero for an event that is in no
/// minimal cut set, and for all if the top event is impossible.
pub fn of(
    diagrams: &Diagrams,
    probabilities: &[Probability],
    events: &[Event],
    budget: &Budget,
) -> Result<Vec<f64>, Unanswered> {
    if !diagrams.is_coherent() {
        return Err(Unanswered::NotCoherent);
    }
    let chances = Chances::of(diagrams, probabilities)?;
    let top = chances.top().p;
    let places = places(diagrams);
    let parents = parents(diagrams);
    let mut unions = Unions::new(diagrams, &chances, budget)?;
    let mut found = Vec::with_capacity(events.len());
    for event in events {
        let mut next = places.get(event).copied().filter(|_| top > 0.0);
        let mut chance = Chance::NEVER;
        if let Some((part, leaf)) = next {
            chance = chances.leaves[part][leaf];
        }
        while let Some(place) = next {
            chance = unions.with(place, chance)?;
            next = parents[place.0];
        }
        found.push(if top > 0.0 { chance.p / top } else { 0.0 });
    }
    Ok(found)
}

/// A module and a leaf of it.
type Place = (usize, usize);

fn places(diagrams: &Diagrams) -> FxHashMap<Event, Place> {
    let mut places = FxHashMap::default();
    for (at, part) in diagrams.parts.iter().enumerate() {
        for (leaf, what) in part.leaves.iter().enumerate() {
            if let Leaf::Event(event) = what {
                places.insert(*event, (at, leaf));
            }
        }
    }
    places
}

/// Unions of cut sets as decision diagrams, each made once.
struct Unions<'c> {
    families: Vec<FamilyPart>,
    chances: &'c Chances,
    budget: Budget,
    known: FxHashMap<Place, (Vec<Branch>, Ref)>,
}

impl<'c> Unions<'c> {
    fn new(
        diagrams: &Diagrams,
        chances: &'c Chances,
        budget: &Budget,
    ) -> Result<Unions<'c>, Exhausted> {
        let families = cut_sets::families(diagrams, Solutions::CutSets, budget)?;
        Ok(Unions { families, chances, budget: *budget, known: FxHashMap::default() })
    }

    /// The chance that a cut set of the module with this leaf has occurred, where the leaf
    /// has occurred with the given chance.
    fn with(&mut self, (part, leaf): Place, chance: Chance) -> Result<Chance, Exhausted> {
        if !self.known.contains_key(&(part, leaf)) {
            let union = union_with(&self.families[part], leaf, &self.budget)?;
            self.known.insert((part, leaf), union);
        }
        let Some((branches, top)) = self.known.get(&(part, leaf)) else {
            return Ok(Chance::NEVER);
        };
        let family = &self.families[part].family;
        let mut nodes = vec![Chance::NEVER; branches.len()];
        nodes[Ref::ONE.index()] = Chance::ALWAYS;
        for (index, branch) in branches.iter().enumerate().skip(2) {
            let variable = family.variable(*branch);
            let own = if variable == leaf { chance } else { self.chances.leaves[part][variable] };
            nodes[index] = own.expand(nodes[branch.low.index()], nodes[branch.high.index()]);
        }
        Ok(nodes[top.index()])
    }
}

/// "Some set of the family that holds the leaf has occurred", under the order of the family.
fn union_with(
    part: &FamilyPart,
    leaf: usize,
    budget: &Budget,
) -> Result<(Vec<Branch>, Ref), Exhausted> {
    let family = &part.family;
    let level_of_leaf = family.variable_at.iter().position(|variable| *variable as usize == leaf);
    let Some(level) = level_of_leaf.map(|level| level as u32) else {
        return Ok(freeze(Bdd::new(budget).table(), Ref::ZERO));
    };
    let mut bdd = Bdd::new(budget);
    // Of all sets below a node, and of those with the leaf.
    let mut all = vec![Ref::ZERO; family.branches.len()];
    let mut with = all.clone();
    all[Ref::ONE.index()] = Ref::ONE;
    for (index, branch) in family.inner() {
        let (low, high) = (branch.low.index(), branch.high.index());
        let either = bdd.apply(Connective::Or, all[high], all[low])?;
        all[index] = bdd.node(branch.level, all[low], either)?;
        with[index] = match branch.level.cmp(&level) {
            std::cmp::Ordering::Greater => Ref::ZERO,
            std::cmp::Ordering::Equal => bdd.node(level, Ref::ZERO, all[high])?,
            std::cmp::Ordering::Less => {
                let either = bdd.apply(Connective::Or, with[high], with[low])?;
                bdd.node(branch.level, with[low], either)?
            }
        };
    }
    Ok(freeze(bdd.table(), with[family.top.index()]))
}
