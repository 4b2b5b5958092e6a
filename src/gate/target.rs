//! Each service meets the availability that it states.
//!
//! Figures that are assumed decide nothing by themselves, unless the policy takes them. A target
//! that is missed even if all that is assumed never failed is missed for certain. Of stated
//! ranges the bad ends have to meet the target.

use super::{Reason, Subject, Verdict, unknown};
use crate::analysis::Structure;
use crate::availability::target::{self, Against};
use crate::availability::{Common, Figures};
use crate::config::Policy;
use crate::engine::Expr;
use crate::graph::ComponentId;
use crate::model::{At, Availability};
use crate::text;

/// Operands of the structure function; what is more entangled cannot be decided.
const MOST_OPERANDS: u64 = 10_000_000;

const MEND: &str = "`failscope availability` tells what matters most; make that redundant, or \
                    faster to mend";
const STATE: &str = "state `mtbf` and `mttr` or `availability` of each, or say \
                     `assumed_figures: accept`";
const NARROW: &str = "narrow the ranges (`failscope availability --sensitivity` tells which \
                      matter), or improve what stands at their bad end";
const MEMORY: &str = "give more with --max-memory";

/// Names that one reason lists before it only counts.
const NAMED: usize = 6;

/// None if no service of the topology states a target.
pub(super) fn reasons(policy: &Policy, subject: &Subject<'_>) -> Option<Vec<Reason>> {
    let graph = &subject.expansion.graph;
    let targets = target::stated(subject.topology, graph);
    if targets.is_empty() {
        return None;
    }
    let services: Vec<ComponentId> = targets.iter().map(|&(_, service, _)| service).collect();
    let figures = Figures::new(subject.topology, graph);
    let own = &figures.own_failures;
    let Ok(structure) = Structure::with_own_failures(graph, &services, own, MOST_OPERANDS) else {
        let what = "the topology is too entangled to work out how available it is";
        return Some(cannot_be_computed(what, "untangle what needs each other"));
    };
    let Ok(common) = Common::new(subject.topology, graph, &figures) else {
        let what = "the common causes cannot be worked out";
        return Some(cannot_be_computed(what, "`failscope availability` tells why"));
    };
    let question = Question { policy, subject, figures: &figures, common: &common };
    let of_service = |(_, service, target): (_, ComponentId, At<Availability>)| {
        Some(question.service(service, target, &structure.loss(service)?))
    };
    Some(targets.into_iter().filter_map(of_service).flatten().collect())
}

fn cannot_be_computed(what: &str, remedy: &str) -> Vec<Reason> {
    vec![Reason::unknown(what.to_owned(), None, remedy.to_owned())]
}

struct Question<'q> {
    policy: &'q Policy,
    subject: &'q Subject<'q>,
    figures: &'q Figures,
    common: &'q Common,
}

impl Question<'_> {
    fn service(&self, service: ComponentId, target: At<Availability>, loss: &Expr) -> Vec<Reason> {
        let name = &self.subject.expansion.graph.component(service).name;
        let mut reasons: Vec<Reason> = self.verdict(name, target, loss).into_iter().collect();
        // What is missed for certain is missed whatever else is unknown.
        if reasons.iter().all(|reason| reason.verdict != Verdict::Fail) {
            reasons.extend(unknown::of_service(self.policy, self.subject, service));
        }
        reasons
    }

    /// None if the target is met for certain.
    fn verdict(&self, name: &str, target: At<Availability>, loss: &Expr) -> Option<Reason> {
        let (wanted, span) = (target.value, Some(target.span));
        let allowed = wanted.unavailability();
        let answer =
            target::against(loss, self.figures, self.common, allowed, &self.subject.budget);
        let assumed = answer.as_ref().map_or(Vec::new(), |answer| self.assumed(answer));
        let missed = |answer: &Against| assumed.is_empty() || answer.missed_for_certain;
        let (what, remedy) = match &answer {
            Some(answer) if answer.met == Some(true) && assumed.is_empty() => return None,
            Some(answer) if answer.met == Some(false) && missed(answer) => {
                let what = format!("{name} misses its target of {wanted}");
                return Some(Reason::fail(what, span, MEND.to_owned()));
            }
            Some(Against { met: Some(met), .. }) => {
                let word = if *met { "meets" } else { "misses" };
                let names = text::short_list(&assumed, NAMED);
                (format!("{name} {word} {wanted} by figures that are assumed, of {names}"), STATE)
            }
            Some(Against { is_exact: true, .. }) => (
                format!(
                    "whether {name} meets {wanted} depends on where in the stated ranges its figures lie"
                ),
                NARROW,
            ),
            _ => (format!("whether {name} meets {wanted} lies between the proven ends"), MEMORY),
        };
        Some(Reason::unknown(what, span, remedy.to_owned()))
    }

    /// What the answer rests on that the file does not state, unless that is good enough.
    fn assumed(&self, answer: &Against) -> Vec<&str> {
        if self.policy.accepts_assumed_figures {
            return Vec::new();
        }
        let graph = &self.subject.expansion.graph;
        answer.assumed.iter().map(|&id| graph.component(id).name.as_str()).collect()
    }
}
