//! Exact probability of the top event.
//!
//! Shannon expansion over the decision diagram,
//! `P(node) = (1 - p) P(low) + p P(high)`, for basic events that are
//! independent. Every term is positive, so there is no cancellation: the
//! relative error is bounded by a few roundings per level, and an
//! unavailability of 1e-13 is as exact as one of 0.5. The complement is carried
//! along by the same rule, so that it keeps its digits when it is the small one.
//!
//! Sums over events (failure frequency) are compensated after Neumaier, "Rundungsfehleranalyse
//! einiger Verfahren zur Summation endlicher Summen" (ZAMM 54, 1974).

use thiserror::Error;

use super::bdd::Diagram;
use super::diagrams::{Diagrams, Part};
use super::expr::Event;
use super::modules::Leaf;

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Probability(f64);

/// A number that is no probability.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{0} is not a probability: it must lie between 0 and 1")]
pub struct NotAProbability(pub f64);

impl Probability {
    /// Cannot occur.
    pub const ZERO: Probability = Probability(0.0);
    /// Occurs for certain.
    pub const ONE: Probability = Probability(1.0);

    /// Checks that the number lies between 0 and 1.
    pub fn new(value: f64) -> Result<Probability, NotAProbability> {
        match (0.0..=1.0).contains(&value) {
            true => Ok(Probability(value)),
            false => Err(NotAProbability(value)),
        }
    }

    /// The number.
    pub fn value(self) -> f64 {
        self.0
    }

    /// `1 - p`, with the rounding that this has for a small p.
    pub fn complement(self) -> Probability {
        Probability(1.0 - self.0)
    }

    /// A computed value whose rounding may have left the interval by a little.
    pub(super) fn rounded(value: f64) -> Probability {
        Probability(value.clamp(0.0, 1.0))
    }
}

/// An event without an entry in the slice of probabilities or frequencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("basic event {} has no value", .0.0)]
pub struct MissingValue(pub Event);

/// The exact probability that the top event occurs, and that it does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopProbability {
    /// The probability of the top event, for instance an unavailability.
    pub occurs: Probability,
    /// Its complement, computed on its own and not by subtraction.
    pub does_not: Probability,
}

/// The exact probability of the top event. `probabilities` is indexed by event.
pub fn exact(
    diagrams: &Diagrams,
    probabilities: &[Probability],
) -> Result<TopProbability, MissingValue> {
    let chances = Chances::of(diagrams, probabilities)?;
    let Chance { p, q } = chances.top();
    Ok(TopProbability { occurs: Probability::rounded(p), does_not: Probability::rounded(q) })
}

/// A probability `p` and its complement `q`, each with all its digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance {
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Chance {
    pub(super) const NEVER: Chance = Chance { p: 0.0, q: 1.0 };
    pub(super) const ALWAYS: Chance = Chance { p: 1.0, q: 0.0 };

    pub(super) fn from(probability: Probability) -> Chance {
        Chance { p: probability.value(), q: 1.0 - probability.value() }
    }

    /// The chance of a node whose variable has chance `self`.
    pub(super) fn expand(self, low: Chance, high: Chance) -> Chance {
        Chance { p: self.q * low.p + self.p * high.p, q: self.q * low.q + self.p * high.q }
    }

    /// `P(high) - P(low)`, subtracted on the side that loses fewer digits.
    pub(super) fn gain(low: Chance, high: Chance) -> f64 {
        if low.p + high.p <= 1.0 { high.p - low.p } else { low.q - high.q }
    }
}

/// The chance of every leaf and every node of every module.
pub(super) struct Chances {
    pub(super) leaves: Vec<Vec<Chance>>,
    pub(super) nodes: Vec<Vec<Chance>>,
    tops: Vec<Chance>,
}

impl Chances {
    pub(super) fn of(
        diagrams: &Diagrams,
        probabilities: &[Probability],
    ) -> Result<Chances, MissingValue> {
        let mut chances = Chances { leaves: Vec::new(), nodes: Vec::new(), tops: Vec::new() };
        for part in &diagrams.parts {
            let leaves = leaf_chances(part, probabilities, &chances.tops)?;
            let nodes = node_chances(&part.diagram, &leaves);
            chances.tops.push(nodes[part.diagram.top.index()]);
            chances.leaves.push(leaves);
            chances.nodes.push(nodes);
        }
        Ok(chances)
    }

    pub(super) fn top(&self) -> Chance {
        self.tops.last().copied().unwrap_or(Chance::NEVER)
    }
}

fn leaf_chances(
    part: &Part,
    probabilities: &[Probability],
    modules: &[Chance],
) -> Result<Vec<Chance>, MissingValue> {
    part.leaves
        .iter()
        .map(|leaf| match *leaf {
            Leaf::Module(module) => Ok(modules[module]),
            Leaf::Event(event) => probabilities
                .get(event.index())
                .map(|probability| Chance::from(*probability))
                .ok_or(MissingValue(event)),
        })
        .collect()
}

pub(super) fn node_chances(diagram: &Diagram, leaves: &[Chance]) -> Vec<Chance> {
    let mut nodes = vec![Chance::NEVER; diagram.branches.len()];
    nodes[1] = Chance::ALWAYS;
    for (index, branch) in diagram.inner() {
        let chance = leaves[diagram.variable(branch)];
        nodes[index] = chance.expand(nodes[branch.low.index()], nodes[branch.high.index()]);
    }
    nodes
}

/// A sum with the rounding errors of its terms added back at the end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        let (large, small) =
            if self.sum.abs() >= term.abs() { (self.sum, term) } else { (term, self.sum) };
        self.lost += (large - sum) + small;
        self.sum = sum;
    }

    pub(super) fn total(self) -> f64 {
        self.sum + self.lost
    }
}
