//! How much each input matters: what the answer becomes with one of them at its ends.

use super::common::Common;
use super::figures::Figures;
use super::inputs::Input;
use super::solve::Solved;
use crate::engine::Probability;
use crate::graph::ComponentId;

/// One input of one component, and the answer at both of its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swing {
    pub component: ComponentId,
    pub input: Input,
    pub at_low: Probability,
    pub at_high: Probability,
}

/// Every input of some components, the widest swing first. None if there is only a bracket.
pub fn swings(
    solved: &Solved,
    figures: &Figures,
    common: &Common,
    components: &[ComponentId],
) -> Option<Vec<Swing>> {
    let mut all = Vec::new();
    for &component in components {
        for input in figures.of(component).basis.inputs() {
            let with = |value| with(solved, figures, common, component, value);
            let (at_low, at_high) = (with(input.at_low)?, with(input.at_high)?);
            all.push(Swing { component, input, at_low, at_high });
        }
    }
    let width = |swing: &Swing| (swing.at_high.value() - swing.at_low.value()).abs();
    all.sort_by(|a, b| width(b).total_cmp(&width(a)));
    Some(all)
}

/// The answer with another unavailability of one component. In a group of common causes it
/// changes the chance of several causes, and the answer is worked out anew.
fn with(
    solved: &Solved,
    figures: &Figures,
    common: &Common,
    component: ComponentId,
    value: Probability,
) -> Option<Probability> {
    match common.is_member(component) {
        false => solved.with(common.alone(component), value),
        true => solved.at(&common.probabilities(&figures.changed(component, value)).ok()?),
    }
}
