//! What the file leaves open, was read favourably, and bears on what the policy asks.

use std::collections::BTreeSet;

use super::{Reason, Subject};
use crate::config::Policy;
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{Assumption, Reading};

/// Assumptions that could make the service worse than it looks.
pub(super) fn of_service(
    policy: &Policy,
    subject: &Subject<'_>,
    service: ComponentId,
) -> Vec<Reason> {
    let graph = &subject.expansion.graph;
    let needed = needed(graph, service);
    // What stands for no component, such as "DNS servers", concerns everything.
    let concerns = |assumption: &&Assumption| {
        graph.find(&assumption.subject).is_none_or(|id| needed.contains(&id))
    };
    open(policy, subject).filter(concerns).map(reason).collect()
}

/// Assumptions that the other state did not need: what looks better may only be left out.
pub(super) fn left_open_now(policy: &Policy, subject: &Subject<'_>) -> Vec<Reason> {
    let Some(compared) = subject.compared else { return Vec::new() };
    let accepted =
        |subject_name: &str| subject.debt.is_some_and(|debt| debt.left_open.contains(subject_name));
    let is_new = |assumption: &&Assumption| {
        compared.left_open.contains(&assumption.subject) && !accepted(&assumption.subject)
    };
    open(policy, subject).filter(is_new).map(reason).collect()
}

fn open<'s>(policy: &'s Policy, subject: &Subject<'s>) -> impl Iterator<Item = &'s Assumption> {
    let assumptions = subject.expansion.assumptions.iter();
    let favourable = assumptions.filter(|assumption| assumption.reading == Reading::Favourable);
    favourable.filter(|assumption| !policy.accepted_unknown.contains(&assumption.subject))
}

fn reason(assumption: &Assumption) -> Reason {
    Reason::unknown(
        format!("{}: unknown {}", assumption.subject, assumption.text),
        assumption.span,
        format!("say it in the topology, or list `{}` in accept_unknown", assumption.subject),
    )
}

/// Everything on the way down from a component, itself first, restarts included.
pub(super) fn needed(graph: &DependencyGraph, from: ComponentId) -> BTreeSet<ComponentId> {
    let mut needed = BTreeSet::from([from]);
    let mut pending = vec![from];
    while let Some(component) = pending.pop() {
        for id in graph.requirements_of(component) {
            let requirement = graph.requirement(id);
            if requirement.kind.is_needed_to_start() {
                let fresh = requirement.providers.iter().copied().filter(|&id| needed.insert(id));
                pending.extend(fresh);
            }
        }
    }
    needed
}
