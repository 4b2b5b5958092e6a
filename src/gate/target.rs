//! Each service meets the availability that it states.
//!
//! Figures that are assumed decide nothing by themselves, unless the policy takes them. A target
//! that is missed even if all that is assumed never failed is missed for certain.

use super::{Reason, Subject, Verdict, unknown};
use crate::analysis::Structure;
use crate::availability::{self, Figures};
use crate::config::Policy;
use crate::engine::{Event, Expr, Probability};
use crate::graph::ComponentId;
use crate::model::{At, Availability, Element};
use crate::text;

/// Operands of the structure function; what is more entangled cannot be decided.
const MOST_OPERANDS: u64 = 10_000_000;

/// Names that one reason lists before it only counts.
const NAMED: usize = 6;

/// None if no service of the topology states a target.
pub(super) fn reasons(policy: &Policy, subject: &Subject<'_>) -> Option<Vec<Reason>> {
    let graph = &subject.expansion.graph;
    let targets = targets(subject);
    if targets.is_empty() {
        return None;
    }
    let services: Vec<ComponentId> = targets.iter().map(|&(service, _)| service).collect();
    let figures = Figures::new(subject.topology, graph);
    let own = &figures.own_failures;
    let Ok(structure) = Structure::with_own_failures(graph, &services, own, MOST_OPERANDS) else {
        let what = "the topology is too entangled to work out how available it is".to_owned();
        return Some(vec![Reason::unknown(
            what,
            None,
            "untangle what needs each other".to_owned(),
        )]);
    };
    let question = Question { policy, subject, figures: &figures };
    let of_service = |(service, target): (ComponentId, At<Availability>)| {
        Some(question.service(service, target, &structure.loss(service)?))
    };
    Some(targets.into_iter().filter_map(of_service).flatten().collect())
}

fn targets(subject: &Subject<'_>) -> Vec<(ComponentId, At<Availability>)> {
    let graph = &subject.expansion.graph;
    let services = subject.topology.services.iter();
    services
        .filter_map(|(id, service)| {
            Some((graph.of_element(Element::Service(id))?, service.availability?))
        })
        .collect()
}

struct Question<'q> {
    policy: &'q Policy,
    subject: &'q Subject<'q>,
    figures: &'q Figures,
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
        let unknown = |what: String, remedy: &str| Reason::unknown(what, span, remedy.to_owned());
        let values = self.figures.unavailabilities();
        let Some(met) = self.met(loss, &values, target) else {
            let what = format!("whether {name} meets {wanted} lies between the proven ends");
            return Some(unknown(what, "give more with --max-memory"));
        };
        let assumed = self.assumed(loss);
        let at_best = self.at_best(loss, values);
        let is_certain = assumed.is_empty() || self.met(loss, &at_best, target) == Some(false);
        match (met, is_certain) {
            (true, _) if assumed.is_empty() => None,
            (false, true) => {
                let what = format!("{name} misses its target of {wanted}");
                let remedy = "`failscope availability` tells what matters most; make that \
                              redundant, or faster to mend";
                Some(Reason::fail(what, span, remedy.to_owned()))
            }
            (met, _) => {
                let word = if met { "meets" } else { "misses" };
                let names = text::short_list(&assumed, NAMED);
                let what =
                    format!("{name} {word} {wanted} by figures that are assumed, of {names}");
                Some(unknown(
                    what,
                    "state `mtbf` and `mttr` or `availability` of each, or say \
                     `assumed_figures: accept`",
                ))
            }
        }
    }

    /// None where the proven ends leave it open, or nothing can be computed.
    fn met(&self, loss: &Expr, values: &[Probability], target: At<Availability>) -> Option<bool> {
        let solved = availability::solve(loss, values, &self.subject.budget).ok()?;
        let allowed = target.value.unavailability();
        match (solved.upper.value() <= allowed, solved.lower.value() <= allowed) {
            (true, _) => Some(true),
            (false, false) => Some(false),
            (false, true) => None,
        }
    }

    fn is_assumed(&self, event: Event) -> bool {
        self.figures.of(Structure::component(event)).assumed.is_some()
    }

    /// What the answer rests on that the file does not state, unless that is good enough.
    fn assumed(&self, loss: &Expr) -> Vec<&str> {
        if self.policy.accepts_assumed_figures {
            return Vec::new();
        }
        let graph = &self.subject.expansion.graph;
        let assumed = loss.events().into_iter().filter(|&event| self.is_assumed(event));
        assumed.map(|event| graph.component(Structure::component(event)).name.as_str()).collect()
    }

    fn at_best(&self, loss: &Expr, mut values: Vec<Probability>) -> Vec<Probability> {
        for event in loss.events().into_iter().filter(|&event| self.is_assumed(event)) {
            if let Some(value) = values.get_mut(event.index()) {
                *value = Probability::ZERO;
            }
        }
        values
    }
}
