//! Groups of things that one cause can strike together.

use rustc_hash::FxHashMap;

use super::names::report_wrong_kind;
use super::{Lower, at};
use crate::diagnostic::Diagnostic;
use crate::input::lenient::Sp;
use crate::input::raw;
use crate::model::*;
use crate::source::Span;

/// Members of a group with alpha factors: more would make more combinations than can be solved.
const MOST_WITH_ALPHA: usize = 12;

impl Lower<'_> {
    pub(super) fn common_causes(&self, raw: &raw::Topology, topology: &mut Topology) {
        let mut seen: FxHashMap<Element, Span> = FxHashMap::default();
        let default = raw::CommonCause::default();
        for (name, cause) in &raw.common_causes.0 {
            let cause = cause.as_deref().unwrap_or(&default);
            let members = self.struck(cause, &mut seen);
            self.check_size(name, cause, &members, topology);
            let Some(factors) = self.factors(name, cause) else { continue };
            topology.common_causes.push(CommonCause { name: at(name), members, factors });
        }
    }

    /// Members that fail by themselves, each in one group only.
    fn struck(
        &self,
        cause: &raw::CommonCause,
        seen: &mut FxHashMap<Element, Span>,
    ) -> Vec<At<Element>> {
        let mut members = Vec::with_capacity(cause.of.0.len());
        for word in &cause.of.0 {
            let Some(element) = self.names.element(word, self.problems) else { continue };
            if !has_figures(element) {
                let wanted = "something that fails by itself";
                report_wrong_kind(word, element, wanted, self.problems);
            } else if let Some(&first) = seen.get(&element) {
                self.problems.push(
                    Diagnostic::error(
                        "input/listed-twice",
                        word.span,
                        format!("`{}` is in a group of common causes already", word.value),
                    )
                    .related(first, "listed here")
                    .help("list it once, in the group whose cause is the more likely"),
                );
            } else {
                seen.insert(element, word.span);
                members.push(At::new(element, word.span));
            }
        }
        members
    }

    fn check_size(
        &self,
        name: &Sp<String>,
        cause: &raw::CommonCause,
        members: &[At<Element>],
        topology: &Topology,
    ) {
        let copies = |element: Element| match element {
            Element::Component(id) => topology.components[id].on.len().max(1),
            _ => 1,
        };
        let struck: usize = members.iter().map(|member| copies(member.value)).sum();
        let alpha = cause.alpha.0.len();
        let complaint = if cause.of.0.len() > members.len() {
            return;
        } else if struck < 2 {
            "strikes fewer than two things, so that nothing is in common".to_owned()
        } else if alpha > struck {
            format!("has {alpha} alpha factors for {struck} members")
        } else if alpha > 0 && struck > MOST_WITH_ALPHA {
            format!("has {struck} members; with alpha factors {MOST_WITH_ALPHA} are the most")
        } else {
            return;
        };
        self.problems.push(
            Diagnostic::error(
                "input/common-cause",
                name.span,
                format!("the common cause `{}` {complaint}", name.value),
            )
            .help(
                "list in `of` what it can strike, and give `beta`, or one `alpha` a member at most",
            ),
        );
    }

    fn factors(&self, name: &Sp<String>, cause: &raw::CommonCause) -> Option<CommonFactors> {
        let beta = self.parsed(&cause.beta, Share::parse);
        let alpha = cause.alpha.0.iter();
        let alpha: Vec<At<Share>> =
            alpha.filter_map(|text| self.quantity(text, Share::parse(&text.value.0))).collect();
        let weight: f64 = alpha.iter().map(|share| share.value.value()).sum();
        match (beta, alpha.is_empty()) {
            (Some(beta), true) => Some(CommonFactors::Beta(beta.value)),
            (None, false) if weight > 0.0 => {
                Some(CommonFactors::Alpha(alpha.iter().map(|share| share.value).collect()))
            }
            (None, true) if !cause.beta.is_absent() || !cause.alpha.0.is_empty() => None,
            _ => {
                self.problems.push(
                    Diagnostic::error(
                        "input/common-cause",
                        name.span,
                        format!("how often does `{}` strike several at once?", name.value),
                    )
                    .help("give either `beta: 5%` or `alpha: [0.95, 0.05]`, not all of it zero"),
                );
                None
            }
        }
    }
}

/// Whether the language gives it `mtbf` and `mttr`.
fn has_figures(element: Element) -> bool {
    matches!(
        element,
        Element::Server(_)
            | Element::Storage(_)
            | Element::LoadBalancer(_)
            | Element::Network(_)
            | Element::DomainController(_)
            | Element::DnsServer(_)
            | Element::External(_)
            | Element::Component(_)
    )
}
