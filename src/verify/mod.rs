//! Checks a certificate against a topology, with an evaluator of its own.
//!
//! It imports the graph as plain data and nothing of the engine or the analysis. Each claim is
//! checked where it stands:
//!
//! * a *loss* is followed step by step: every step must be a failure of the set, or a
//!   requirement that the losses before it leave unmet; the last step is the service;
//! * a *path set* must keep the service up while everything else that can fail has failed;
//! * a member is *needed* if some path set holds it and no other member: the others may all
//!   fail, and the service goes on.
//!
//! What lies in every path set are the only single failures that can stop the service, so the
//! path sets also show whether all of them are listed. That no larger set is missing is
//! not shown.

mod certificate;
mod evaluator;

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

pub use certificate::{Certificate, Needed, ServiceProof, SetProof, Step, VERSION, schema};

use self::evaluator::{Evaluator, counts, fails_by_itself, is_down, spare};
use crate::graph::{ComponentId, DependencyGraph, Watch, digest, labels};

/// What a certificate proves of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    pub service: String,
    pub cut_sets: usize,
    pub single_points: usize,
    /// No other single failure stops the service.
    pub all_single_points: bool,
}

/// Why a certificate is refused, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Refusal {
    pub place: String,
    pub reason: String,
}

fn refused<T>(place: impl Into<String>, reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { place: place.into(), reason: reason.into() })
}

/// Everything that the certificate claims, or the first claim that does not hold.
pub fn verify(graph: &DependencyGraph, certificate: &Certificate) -> Result<Vec<Proven>, Refusal> {
    if certificate.failscope_certificate != VERSION {
        let reason = format!("only version {VERSION} of the format is known");
        return refused("failscope_certificate", reason);
    }
    if certificate.structure != digest(graph) {
        let reason = "it was made for another topology, or for an earlier state of this one";
        return refused("structure", reason);
    }
    let checker = Checker::new(graph);
    let mut seen = FxHashSet::default();
    let mut proven = Vec::with_capacity(certificate.services.len());
    for (at, service) in certificate.services.iter().enumerate() {
        let place = format!("services[{at}]");
        if !seen.insert(&service.service) {
            return refused(place, format!("`{}` was there before", service.service));
        }
        proven.push(checker.service(service, &place)?);
    }
    Ok(proven)
}

struct Checker<'g> {
    graph: &'g DependencyGraph,
    by_label: FxHashMap<String, ComponentId>,
    evaluator: Evaluator<'g>,
}

type Members = BTreeSet<ComponentId>;

impl<'g> Checker<'g> {
    fn new(graph: &'g DependencyGraph) -> Checker<'g> {
        let by_label = labels(graph).into_iter().zip(graph.ids()).collect();
        Checker { graph, by_label, evaluator: Evaluator::new(graph) }
    }

    fn service(&self, claim: &ServiceProof, place: &str) -> Result<Proven, Refusal> {
        let service = self.component(&claim.service, &format!("{place}.service"))?;
        let mut paths = Vec::with_capacity(claim.path_sets.len());
        for (at, names) in claim.path_sets.iter().enumerate() {
            let place = format!("{place}.path_sets[{at}]");
            let members = self.members(names, &place)?;
            if self.evaluator.lost(|id| self.fails(id) && !members.contains(&id))[service.index()] {
                let reason = format!("does not keep `{}` up by itself", claim.service);
                return refused(place, reason);
            }
            paths.push(members);
        }
        let mut sets: BTreeSet<Members> = BTreeSet::new();
        for (at, set) in claim.cut_sets.iter().enumerate() {
            let place = format!("{place}.cut_sets[{at}]");
            let members = self.cut_set(set, service, &paths, &place)?;
            if !sets.insert(members) {
                return refused(place, "the same set was there before");
            }
        }
        Ok(Proven {
            service: claim.service.clone(),
            cut_sets: sets.len(),
            single_points: sets.iter().filter(|set| set.len() == 1).count(),
            all_single_points: self.no_other_single(&sets, &paths),
        })
    }

    fn fails(&self, id: ComponentId) -> bool {
        fails_by_itself(self.graph, id)
    }

    fn component(&self, label: &str, place: &str) -> Result<ComponentId, Refusal> {
        match self.by_label.get(label) {
            Some(&id) => Ok(id),
            None => refused(place, format!("the topology has no component `{label}`")),
        }
    }

    /// Different components that can fail by themselves.
    fn members(&self, names: &[String], place: &str) -> Result<Members, Refusal> {
        let mut members = Members::new();
        for name in names {
            let id = self.component(name, place)?;
            if !self.fails(id) {
                return refused(place, format!("`{name}` has no failure of its own"));
            }
            if !members.insert(id) {
                return refused(place, format!("`{name}` is listed twice"));
            }
        }
        Ok(members)
    }

    fn cut_set(
        &self,
        set: &SetProof,
        service: ComponentId,
        paths: &[Members],
        place: &str,
    ) -> Result<Members, Refusal> {
        let members = self.members(&set.fail, &format!("{place}.fail"))?;
        let last = self.follow(&set.loss, &members, place)?;
        if last != Some(service) {
            return refused(format!("{place}.loss"), "it does not end with the service");
        }
        let mut shown = Members::new();
        for (at, needed) in set.needed.iter().enumerate() {
            let place = format!("{place}.needed[{at}]");
            shown.insert(self.needed(needed, &members, paths, &place)?);
        }
        match set.fail.iter().find(|name| !self.is_among(name, &shown)) {
            Some(name) => refused(place, format!("nothing shows that `{name}` is needed")),
            None => Ok(members),
        }
    }

    fn is_among(&self, label: &str, members: &Members) -> bool {
        self.by_label.get(label).is_some_and(|id| members.contains(id))
    }

    /// Follows the losses and returns the last of them.
    fn follow(
        &self,
        loss: &[Step],
        fail: &Members,
        place: &str,
    ) -> Result<Option<ComponentId>, Refusal> {
        let mut lost: FxHashSet<ComponentId> = FxHashSet::default();
        let mut last = None;
        for (at, step) in loss.iter().enumerate() {
            let place = format!("{place}.loss[{at}]");
            let id = self.component(&step.lost, &place)?;
            let mut without = FxHashSet::default();
            for name in &step.without {
                let provider = self.component(name, &place)?;
                if !lost.contains(&provider) {
                    return refused(place, format!("`{name}` is not lost before this"));
                }
                without.insert(provider);
            }
            let has_failed = |id: ComponentId| fail.contains(&id) || is_down(self.graph, id);
            if !has_failed(id) && !self.is_unmet(id, &without, &has_failed) {
                let reason = format!("`{}` is not lost by this", step.lost);
                return refused(place, reason);
            }
            lost.insert(id);
            last = Some(id);
        }
        Ok(last)
    }

    /// Whether some requirement of the component is unmet without these.
    fn is_unmet(
        &self,
        id: ComponentId,
        without: &FxHashSet<ComponentId>,
        has_failed: &impl Fn(ComponentId) -> bool,
    ) -> bool {
        self.graph.requirements_of(id).into_iter().any(|id| {
            let requirement = self.graph.requirement(id);
            let is_gone = |provider: &&ComponentId| {
                without.contains(provider)
                    && (requirement.watch == Watch::State || has_failed(**provider))
            };
            let gone = requirement.providers.iter().filter(is_gone).count() as i64;
            counts(requirement) && gone > spare(requirement)
        })
    }

    /// The member that the path set shows to be needed.
    fn needed(
        &self,
        needed: &Needed,
        members: &Members,
        paths: &[Members],
        place: &str,
    ) -> Result<ComponentId, Refusal> {
        let id = self.component(&needed.member, place)?;
        let Some(path) = paths.get(needed.path_set) else {
            return refused(place, format!("there is no path set {}", needed.path_set));
        };
        let common: Vec<&ComponentId> = path.intersection(members).collect();
        if common != [&id] {
            let reason = format!(
                "path set {} does not hold `{}` alone of the set",
                needed.path_set, needed.member
            );
            return refused(place, reason);
        }
        Ok(id)
    }

    /// Whether every component that lies in all path sets is a single point that is listed.
    fn no_other_single(&self, sets: &BTreeSet<Members>, paths: &[Members]) -> bool {
        let is_down = sets.contains(&Members::new());
        let Some((first, rest)) = paths.split_first() else { return is_down };
        let mut in_all = first.iter().filter(|id| rest.iter().all(|path| path.contains(id)));
        in_all.all(|id| sets.contains(&Members::from([*id])))
    }
}
