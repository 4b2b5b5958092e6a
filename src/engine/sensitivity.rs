//! What the probability of the top event becomes when inputs change.
//!
//! The probability is linear in that of each single event, so a change of one
//! input needs no new analysis. Of a coherent tree it never falls when an input
//! rises, so ranges of all inputs give the range of the result by its two ends.

use super::diagrams::Diagrams;
use super::expr::Event;
use super::importance;
use super::probability::{self, MissingValue, Probability};

/// A lowest and a highest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lowest value.
    pub low: Probability,
    /// The highest value.
    pub high: Probability,
}

/// The tree is not coherent, so the ends of the inputs do not give the ends of
/// the result; or an event has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Not every rise of an input is a rise of the result.
    #[error("ranges need a coherent tree")]
    NotCoherent,
    /// An event has no value.
    #[error(transparent)]
    Missing(#[from] MissingValue),
}

/// The range of the top's probability over all inputs within their ranges.
pub fn top_range(diagrams: &Diagrams, inputs: &[Range]) -> Result<Range, Unanswered> {
    if !diagrams.is_coherent() {
        return Err(Unanswered::NotCoherent);
    }
    let lows: Vec<Probability> = inputs.iter().map(|range| range.low).collect();
    let highs: Vec<Probability> = inputs.iter().map(|range| range.high).collect();
    let low = probability::exact(diagrams, &lows)?.occurs;
    let high = probability::exact(diagrams, &highs)?.occurs;
    Ok(Range { low, high })
}

/// The top's probability at both ends of one input's range, the others as given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing {
    /// The event whose probability changes.
    pub event: Event,
    /// The top's probability at the low end.
    pub at_low: Probability,
    /// The top's probability at the high end.
    pub at_high: Probability,
}

/// The swing of every event that matters, the widest first. `inputs` and
/// `probabilities` are indexed by event.
pub fn swings(
    diagrams: &Diagrams,
    probabilities: &[Probability],
    inputs: &[Range],
) -> Result<Vec<Swing>, MissingValue> {
    let top = probability::exact(diagrams, probabilities)?.occurs.value();
    let mut swings = Vec::new();
    for importance in importance::all(diagrams, probabilities)? {
        let event = importance.event;
        let range = inputs.get(event.index()).ok_or(MissingValue(event))?;
        let at = |input: Probability| {
            let change = input.value() - importance.probability.value();
            Probability::rounded(top + change * importance.birnbaum)
        };
        swings.push(Swing { event, at_low: at(range.low), at_high: at(range.high) });
    }
    let width = |swing: &Swing| (swing.at_high.value() - swing.at_low.value()).abs();
    swings.sort_by(|a, b| width(b).total_cmp(&width(a)).then(a.event.cmp(&b.event)));
    Ok(swings)
}
