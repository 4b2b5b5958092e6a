//! How much each basic event matters to the top event.
//!
//! All measures come from two passes over the diagrams: upwards the probability
//! of every node, downwards the weight with which the walk from the top reaches
//! it. With `P` the probability of the top event, `P1` and `P0` the same with
//! event `i` certain and impossible, and `p` the probability of the event:
//!
//! * Birnbaum `B = P1 - P0 = dP/dp` (Birnbaum 1969);
//! * criticality `p B / P`: the chance that the event is there and decisive, given
//!   the top event (Lambert 1975); with exact probabilities the same number as
//!   `(P - P0) / P`, the share of the top event that goes away with the event;
//! * risk achievement worth `P1 / P` and risk reduction worth `P / P0`
//!   (Vesely et al., NUREG/CR-3385, 1983).
//!
//! Fussell-Vesely importance asks for the cut sets and is in
//! [`fussell_vesely`](super::fussell_vesely).
//!
//! Events are independent. For a tree that is not coherent `B` may be negative.

use super::diagrams::Diagrams;
use super::expr::Event;
use super::modules::Leaf;
use super::probability::{
    Chance, Chances, CompensatedSum, MissingValue, Probability, node_chances,
};

/// The measures of one basic event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Importance {
    /// The event.
    pub event: Event,
    /// Its probability.
    pub probability: Probability,
    /// Birnbaum importance: the slope of the top's probability in the event's.
    pub birnbaum: f64,
    /// The measures relative to the top's probability; none if that is zero.
    pub relative: Option<Relative>,
}

/// Measures that compare with the probability of the top event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relative {
    /// The chance that the event is there and decisive, given the top event; the
    /// share of the top's probability that goes away with the event.
    pub criticality: f64,
    /// The factor by which the top's probability grows if the event is certain.
    pub risk_achievement_worth: f64,
    /// The factor by which it shrinks if the event is impossible. Infinite if
    /// the top event is then impossible, too.
    pub risk_reduction_worth: f64,
}

/// The measures of all events that the top depends on, in ascending order of
/// the events. An event that simplification removed does not matter and is left
/// out.
pub fn all(
    diagrams: &Diagrams,
    probabilities: &[Probability],
) -> Result<Vec<Importance>, MissingValue> {
    let chances = Chances::of(diagrams, probabilities)?;
    let slopes = slopes(diagrams, &chances);
    let parents = parents(diagrams);
    let top = chances.top();
    let mut all = Vec::new();
    for (part, slopes) in slopes.iter().enumerate() {
        for (leaf, birnbaum) in slopes.iter().enumerate() {
            if let Leaf::Event(event) = diagrams.parts[part].leaves[leaf] {
                let place = (part, leaf);
                let given = |value| given_leaf(diagrams, &chances, &parents, place, value);
                let relative = relative(top, chances.leaves[part][leaf], *birnbaum, given);
                let probability = probabilities[event.index()];
                all.push(Importance { event, probability, birnbaum: *birnbaum, relative });
            }
        }
    }
    all.sort_by_key(|importance| importance.event);
    Ok(all)
}

/// The frequency of the top event: how often it begins, per unit of time.
///
/// `w = sum of B_i w_i` over the events, with `w_i` the frequency of event `i`; in
/// steady state that is `1 / (mean time between failures)`. Exact for a coherent
/// tree of independent events of which no two begin at the same instant.
pub fn top_frequency(
    diagrams: &Diagrams,
    probabilities: &[Probability],
    frequencies: &[f64],
) -> Result<f64, MissingValue> {
    let mut sum = CompensatedSum::default();
    for importance in all(diagrams, probabilities)? {
        let event = importance.event;
        let frequency = frequencies.get(event.index()).ok_or(MissingValue(event))?;
        sum.add(importance.birnbaum * frequency);
    }
    Ok(sum.total())
}

/// A difference that is below this share of P has lost too many digits and is
/// computed anew, as the probability given the event.
const LOST_DIGITS: f64 = 1e-3;

fn relative(
    top: Chance,
    event: Chance,
    birnbaum: f64,
    given: impl Fn(Chance) -> f64,
) -> Option<Relative> {
    if top.p <= 0.0 {
        return None;
    }
    let exact_or = |difference: f64, event: Chance| {
        if difference < LOST_DIGITS * top.p { given(event) } else { difference }
    };
    let certain = exact_or(top.p + event.q * birnbaum, Chance::ALWAYS);
    let impossible = exact_or(top.p - event.p * birnbaum, Chance::NEVER);
    Some(Relative {
        criticality: event.p * birnbaum / top.p,
        risk_achievement_worth: certain / top.p,
        risk_reduction_worth: if impossible > 0.0 { top.p / impossible } else { f64::INFINITY },
    })
}

/// The derivative of the top's probability by that of every leaf.
fn slopes(diagrams: &Diagrams, chances: &Chances) -> Vec<Vec<f64>> {
    let count = diagrams.parts.len();
    let mut of_module = vec![0.0; count];
    if let Some(top) = of_module.last_mut() {
        *top = 1.0;
    }
    let mut slopes = vec![Vec::new(); count];
    for index in (0..count).rev() {
        let part = &diagrams.parts[index];
        let nodes = &chances.nodes[index];
        let mut reached = vec![0.0; nodes.len()];
        reached[part.diagram.top.index()] = of_module[index];
        let mut sums = vec![CompensatedSum::default(); part.leaves.len()];
        for (node, branch) in part.diagram.inner().rev() {
            let variable = part.diagram.variable(branch);
            let (low, high) = (branch.low.index(), branch.high.index());
            let chance = chances.leaves[index][variable];
            sums[variable].add(reached[node] * Chance::gain(nodes[low], nodes[high]));
            reached[low] += reached[node] * chance.q;
            reached[high] += reached[node] * chance.p;
        }
        slopes[index] = sums.into_iter().map(CompensatedSum::total).collect();
        for (leaf, slope) in part.leaves.iter().zip(&slopes[index]) {
            if let Leaf::Module(module) = leaf {
                of_module[*module] = *slope;
            }
        }
    }
    slopes
}

/// Where each module is used: the part and the leaf.
pub(super) fn parents(diagrams: &Diagrams) -> Vec<Option<(usize, usize)>> {
    let mut parents = vec![None; diagrams.parts.len()];
    for (index, part) in diagrams.parts.iter().enumerate() {
        for (position, leaf) in part.leaves.iter().enumerate() {
            if let Leaf::Module(module) = leaf {
                parents[*module] = Some((index, position));
            }
        }
    }
    parents
}

/// The probability of the top with another chance for one leaf, computed anew
/// along the modules from that leaf to the top.
fn given_leaf(
    diagrams: &Diagrams,
    chances: &Chances,
    parents: &[Option<(usize, usize)>],
    (part, leaf): (usize, usize),
    value: Chance,
) -> f64 {
    let mut changed = Some((part, leaf));
    let mut chance = value;
    while let Some((part, leaf)) = changed {
        let mut leaves = chances.leaves[part].clone();
        leaves[leaf] = chance;
        let diagram = &diagrams.parts[part].diagram;
        chance = node_chances(diagram, &leaves)[diagram.top.index()];
        changed = parents[part];
    }
    chance.p
}
