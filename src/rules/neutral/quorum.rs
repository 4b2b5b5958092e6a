//! Clusters that lose the majority of their votes with less than a majority of their parts.

use std::collections::BTreeMap;

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::diagnostic::Severity;
use crate::graph::{ComponentId, Nature};
use crate::model::{At, Cluster, Element, Id, Name, Server, StorageKind, Witness};
use crate::source::Span;
use crate::text;

const QUORUM: &str = "MicrosoftDocs/windowsserverdocs: WindowsServerDocs/failover-clustering/manage-cluster-quorum.md";
const SHARE_WITNESS: &str =
    "MicrosoftDocs/windowsserverdocs: WindowsServerDocs/failover-clustering/file-share-witness.md";

pub(in crate::rules) static WITNESS_ON_NODE: Rule = Rule {
    id: "FS003",
    name: "witness-on-node",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the witness of a cluster is one of its nodes, stands on one or on its machine, or is served \
              by the cluster",
    why: "The witness decides when nodes are lost. On a node it is lost together with that node: two \
          votes go at once, and in a cluster of two or three nodes the rest is no majority any more.",
    fix: "put the witness on a computer that is no node of this cluster, on shared storage, or into a \
          third place",
    limits: "an error where the node takes the majority along, else a warning. Of local disks it is \
             unknown whose they are",
    sources: &[QUORUM, SHARE_WITNESS],
    bad: r"failscope: 1
servers: [N1, N2]
file_shares:
  VOTES: { on: N1 }
clusters:
  PAIR:
    nodes: [N1, N2]
    witness: VOTES   # <-
",
    good: r"failscope: 1
servers: [N1, N2, FILES]
file_shares:
  VOTES: { on: FILES }
clusters:
  PAIR:
    nodes: [N1, N2]
    witness: VOTES
",
    check: witness_on_node,
};

pub(in crate::rules) static ONE_SITE: Rule = Rule {
    id: "FS004",
    name: "quorum-in-one-site",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a cluster stretches over sites, but the loss of one of them leaves no majority",
    why: "The nodes in the other site are healthy and stop all the same, because they cannot know that \
          the majority is gone. The second site helps only after someone forces the quorum by hand.",
    fix: "put the witness into a third site, or into the cloud, and give both sites the same number of \
          nodes",
    limits: "clusters with nodes in two or more stated sites. Where the second site is meant to be taken \
             over by hand, that is a decision to be written down",
    sources: &[QUORUM, SHARE_WITNESS],
    bad: r"failscope: 1
servers:
  N1: { site: North }
  N2: { site: South }
  FILES: { site: North }
file_shares:
  VOTES: { on: FILES }
clusters:
  PAIR:   # <-
    nodes: [N1, N2]
    witness: VOTES
",
    good: r"failscope: 1
servers:
  N1: { site: North }
  N2: { site: South }
  FILES: { site: West }
file_shares:
  VOTES: { on: FILES }
clusters:
  PAIR:
    nodes: [N1, N2]
    witness: VOTES
",
    check: quorum_in_one_site,
};

pub(in crate::rules) static EVEN_VOTES: Rule = Rule {
    id: "FS005",
    name: "even-votes-without-witness",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a cluster has an even number of votes and no witness",
    why: "When the network between the halves fails, neither has a majority and both stop. With two \
          nodes the loss of either one takes the cluster.",
    fix: "give the cluster a witness: a disk, a file share or a cloud witness outside its nodes",
    limits: "Windows Server 2012 R2 and later take a vote from one node of an even number, which saves \
             the cluster when one particular half is lost and not when the other is",
    sources: &[
        QUORUM,
        "MicrosoftDocs/windowsserverdocs: WindowsServerDocs/storage/storage-spaces/understand-quorum.md",
    ],
    bad: r"failscope: 1
servers: [N1, N2]
clusters:
  PAIR:
    nodes: [N1, N2]
    witness: none   # <-
",
    good: r"failscope: 1
servers: [N1, N2]
storage:
  VOTES: { kind: san, redundant: true }
clusters:
  PAIR:
    nodes: [N1, N2]
    witness: VOTES
",
    check: even_votes,
};

fn witness_on_node(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, cluster) in cx.topology.clusters.iter() {
        let Some((witness, at)) = witness(cluster) else { continue };
        let seat = Seat { cluster, witness: cx.topology.element_name(witness), at: at.span };
        let finding = |message| cx.finding(rule, Element::Cluster(id), message);
        match stands(cx, id, witness) {
            Stands::OnNode(node, machine) => {
                let message = seat.on_node(cx.server_name(node), machine, witness);
                findings.push(lost_with_node(cx, &seat, node, finding(message)));
            }
            Stands::OnTheCluster => findings.push(seat.on_the_cluster(finding)),
            Stands::OnUnknownDisks => findings.push(seat.on_unknown_disks(finding)),
            Stands::Elsewhere => {}
        }
    }
}

/// A witness, and where its cluster names it.
struct Seat<'a> {
    cluster: &'a Cluster,
    witness: String,
    at: Span,
}

impl Seat<'_> {
    fn on_node(&self, node: &str, machine: Option<String>, kind: Element) -> String {
        let (witness, name) = (&self.witness, &self.cluster.name.value);
        match (kind, machine) {
            (_, Some(machine)) => format!(
                "witness {witness} of cluster {name} is on {machine} together with {node}, one of its nodes"
            ),
            (Element::Server(_), None) => {
                format!("the witness of cluster {name} is {node}, one of its nodes")
            }
            _ => format!("witness {witness} of cluster {name} stands on {node}, one of its nodes"),
        }
    }

    fn on_the_cluster(&self, finding: impl Fn(String) -> Finding) -> Finding {
        let (witness, name) = (&self.witness, &self.cluster.name);
        finding(format!(
            "witness {witness} of cluster {} is served by the cluster itself",
            name.value
        ))
        .at(self.at, "gone when the cluster is, and then no vote")
        .related(name.span, "this cluster")
    }

    fn on_unknown_disks(&self, finding: impl Fn(String) -> Finding) -> Finding {
        let (witness, name) = (&self.witness, &self.cluster.name.value);
        finding(format!(
            "unknown whether witness {witness} of cluster {name} stands on one of its nodes"
        ))
        .at(self.at, "local disks of a computer that the file does not name")
        .help("say what the disks need (`needs: [SERVER]`), or use shared storage")
        .unknown()
    }
}

/// Two votes go at once; milder where the rest is still a majority.
fn lost_with_node(
    cx: &Context<'_>,
    seat: &Seat<'_>,
    node: Id<Server>,
    finding: Finding,
) -> Finding {
    let votes = nodes(seat.cluster).len() + 1;
    let majority_left = votes.saturating_sub(2) > votes / 2;
    let finding = finding
        .at(seat.at, format!("lost together with {}", cx.server_name(node)))
        .related(cx.topology.servers[node].name.span, "this node takes two votes along");
    if majority_left { finding.severity(Severity::Warning) } else { finding }
}

enum Stands {
    /// On a node, or with it on a machine, by the machine's name.
    OnNode(Id<Server>, Option<String>),
    OnTheCluster,
    OnUnknownDisks,
    Elsewhere,
}

fn stands(cx: &Context<'_>, id: Id<Cluster>, witness: Element) -> Stands {
    let graph = cx.analysis.graph();
    let nodes = nodes(&cx.topology.clusters[id]);
    let mut on_a_server = false;
    for below in cx.analysis.rests_on(cx.component(witness)) {
        match graph.component(below).element {
            Some(Element::Server(server)) if nodes.contains(&server) => {
                return Stands::OnNode(server, None);
            }
            Some(Element::Cluster(cluster)) if cluster == id => return Stands::OnTheCluster,
            Some(Element::Server(_)) => on_a_server = true,
            _ => {}
        }
    }
    if let Some((node, machine)) = on_one_machine(cx, &nodes, witness) {
        return Stands::OnNode(node, Some(machine));
    }
    let local =
        |id| cx.topology.storage[id].kind.is_some_and(|kind| kind.value == StorageKind::Local);
    match witness {
        Element::Storage(id) if local(id) && !on_a_server => Stands::OnUnknownDisks,
        _ => Stands::Elsewhere,
    }
}

/// The first node that stands on the same machine as the witness.
fn on_one_machine(
    cx: &Context<'_>,
    nodes: &[Id<Server>],
    witness: Element,
) -> Option<(Id<Server>, String)> {
    let graph = cx.analysis.graph();
    let below =
        cx.analysis.rests_on(cx.component(witness)).into_iter().map(|id| graph.component(id));
    let places: Vec<&str> = below
        .filter(|component| component.nature == Nature::Placement)
        .map(|component| component.name.as_str())
        .collect();
    nodes.iter().find_map(|&node| {
        let label = cx.topology.servers[node].placement.machine.as_ref()?;
        let machine = format!("machine {}", label.value);
        places.contains(&machine.as_str()).then_some((node, machine))
    })
}

fn quorum_in_one_site(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, cluster) in cx.topology.clusters.iter() {
        let votes = Votes::of(cx, cluster);
        if votes.sites_of_nodes < 2 {
            continue;
        }
        let Some((message, unknown)) = lost_with_a_site(&cluster.name.value, &votes) else {
            continue;
        };
        let mut finding = cx
            .finding(rule, Element::Cluster(id), message)
            .at(cluster.name.span, "a majority of the votes is needed, wherever it stands");
        if let Some(witness) = &cluster.witness {
            finding = finding.related(witness.span, "the witness");
        }
        findings.push(if unknown { finding.unknown() } else { finding });
    }
}

/// What a site takes along, and whether that hangs on where the witness stands.
fn lost_with_a_site(name: &str, votes: &Votes) -> Option<(String, bool)> {
    let sites = votes.fatal_sites(0);
    if !sites.is_empty() {
        let sites = text::or_list(&sites);
        return Some((format!("cluster {name} loses its quorum with {sites}"), false));
    }
    let sites = votes.fatal_sites(votes.unplaced);
    if sites.is_empty() {
        return None;
    }
    let sites = text::or_list(&sites);
    let message = format!(
        "unknown whether cluster {name} keeps its quorum without {sites}: the file does not say \
         where its witness stands"
    );
    Some((message, true))
}

/// The votes of one cluster by site.
struct Votes {
    total: usize,
    /// In the order of the names.
    by_site: BTreeMap<String, usize>,
    sites_of_nodes: usize,
    /// Votes of a witness of which the site is not known.
    unplaced: usize,
}

impl Votes {
    fn of(cx: &Context<'_>, cluster: &Cluster) -> Votes {
        let mut by_site: BTreeMap<String, usize> = BTreeMap::new();
        let nodes = nodes(cluster);
        for &node in &nodes {
            for site in sites(cx, cx.component(Element::Server(node))) {
                *by_site.entry(site).or_default() += 1;
            }
        }
        let sites_of_nodes = by_site.len();
        let mut total = nodes.len();
        let mut unplaced = 0;
        match (&cluster.witness, witness(cluster)) {
            (_, Some((witness, _))) => {
                total += 1;
                let at = sites(cx, cx.component(witness));
                unplaced = usize::from(at.is_empty());
                for site in at {
                    *by_site.entry(site).or_default() += 1;
                }
            }
            (None, None) if total.is_multiple_of(2) => {
                total += 1;
                unplaced = 1;
            }
            _ => {}
        }
        Votes { total, by_site, sites_of_nodes, unplaced }
    }

    /// Sites without which no majority is left, if so many votes go with them.
    fn fatal_sites(&self, more: usize) -> Vec<&str> {
        let fatal = |votes: usize| self.total.saturating_sub(votes + more) <= self.total / 2;
        self.by_site
            .iter()
            .filter(|(_, votes)| fatal(**votes))
            .map(|(site, _)| site.as_str())
            .collect()
    }
}

/// Sites with which something is lost, by name.
fn sites(cx: &Context<'_>, id: ComponentId) -> Vec<String> {
    let graph = cx.analysis.graph();
    let below = cx.analysis.rests_on(id).into_iter().map(|id| graph.component(id));
    below
        .filter(|component| component.nature == Nature::Placement && component.kind == "site")
        .map(|component| component.name.clone())
        .collect()
}

fn even_votes(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, cluster) in cx.topology.clusters.iter() {
        let count = nodes(cluster).len();
        if count == 0 || !count.is_multiple_of(2) {
            continue;
        }
        let finding = |message| cx.finding(rule, Element::Cluster(id), message);
        let Name { value: name, span: named } = &cluster.name;
        match &cluster.witness {
            Some(At { value: Witness::Absent, span }) => findings.push(
                finding(format!("cluster {name} has {count} votes and no witness"))
                    .at(*span, "half of the votes is no majority")
                    .related(*named, format!("{count} nodes")),
            ),
            None => findings.push(
                finding(format!(
                    "unknown whether cluster {name} with its {count} nodes has a witness"
                ))
                .at(*named, "the file names none; one is taken for granted")
                .help("name it with `witness`, or write `witness: none`")
                .unknown(),
            ),
            Some(At { value: Witness::Element(_), .. }) => {}
        }
    }
}

fn nodes(cluster: &Cluster) -> Vec<Id<Server>> {
    let mut nodes: Vec<Id<Server>> = cluster.nodes.iter().map(|node| node.value).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// The witness, if the file names one, and where it does.
fn witness(cluster: &Cluster) -> Option<(Element, &At<Witness>)> {
    match cluster.witness.as_ref()? {
        at @ At { value: Witness::Element(element), .. } => Some((*element, at)),
        At { value: Witness::Absent, .. } => None,
    }
}
