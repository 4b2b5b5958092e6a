//! Proofs in the words of the topology, and what checking them showed.

use super::terminal::{Style, Terminal};
use crate::analysis::{Proof, Proofs};
use crate::graph::{ComponentId, DependencyGraph, digest, labels};
use crate::text::{clean, count};
use crate::verify::{Certificate, Needed, Proven, Refusal, ServiceProof, SetProof, Step, VERSION};

/// The set of a service that could not be proven; it would be a mistake of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no proof was found for {set} of {service}: this is a mistake of failscope, please report it"
)]
pub struct Unproven {
    pub service: String,
    pub set: String,
}

/// The certificate of cut sets of some services.
pub fn certificate(
    topology: &str,
    graph: &DependencyGraph,
    services: &[(ComponentId, Vec<Vec<ComponentId>>)],
) -> Result<Certificate, Unproven> {
    let labels = labels(graph);
    let proofs = Proofs::new(graph);
    let mut claims = Vec::with_capacity(services.len());
    for (service, sets) in services {
        claims.push(service_proof(&proofs, &labels, *service, sets)?);
    }
    Ok(Certificate {
        failscope_certificate: VERSION,
        topology: topology.to_owned(),
        structure: digest(graph),
        services: claims,
    })
}

fn service_proof(
    proofs: &Proofs<'_>,
    labels: &[String],
    service: ComponentId,
    sets: &[Vec<ComponentId>],
) -> Result<ServiceProof, Unproven> {
    let names = |ids: &[ComponentId]| ids.iter().map(|id| labels[id.index()].clone()).collect();
    let mut prover = proofs.of(service);
    let mut cut_sets = Vec::with_capacity(sets.len());
    for set in sets {
        let Some(proof) = prover.prove(set) else {
            let members: Vec<String> = names(set);
            let service = labels[service.index()].clone();
            return Err(Unproven { service, set: members.join(", ") });
        };
        cut_sets.push(set_proof(&proof, labels));
    }
    prover.show_all_single_points();
    Ok(ServiceProof {
        service: labels[service.index()].clone(),
        path_sets: prover.path_sets().iter().map(|path| names(path)).collect(),
        cut_sets,
    })
}

fn set_proof(proof: &Proof, labels: &[String]) -> SetProof {
    let name = |id: &ComponentId| labels[id.index()].clone();
    let step = |(lost, without): &(ComponentId, Vec<ComponentId>)| Step {
        lost: name(lost),
        without: without.iter().map(name).collect(),
    };
    let needed =
        |(member, path): &(ComponentId, usize)| Needed { member: name(member), path_set: *path };
    SetProof {
        fail: proof.fail.iter().map(name).collect(),
        loss: proof.loss.iter().map(step).collect(),
        needed: proof.needed.iter().map(needed).collect(),
    }
}

pub fn proven(all: &[Proven], terminal: Terminal) -> String {
    let mut out = String::new();
    for one in all {
        let line = format!("{}: {} proven", one.service, count(one.cut_sets, "minimal cut set"));
        out.push_str(&format!("{}\n", terminal.paint(Style::Good, &clean(&line))));
        let singles = match one.single_points {
            1 => "1 of them is a single point of failure".to_owned(),
            more => format!("{more} of them are single points of failure"),
        };
        out.push_str(&format!("  {singles}; "));
        out.push_str(match one.all_single_points {
            true => "no other single failure stops it\n",
            false => "whether others stop it is not shown\n",
        });
    }
    out
}

pub fn refused(file: &str, refusal: &Refusal, terminal: Terminal) -> String {
    let line = format!("refused: {file}: {refusal}");
    format!("{}\n", terminal.paint(Style::Bad, &clean(&line)))
}
