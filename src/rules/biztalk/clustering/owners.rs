//! Who may own a clustered host, and whether it could run there.

use crate::change::{Proposal, Step};
use crate::diagnostic::Severity;
use crate::model::{ClusterGroup, Element, Host, Id, Ref, Server};
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Rule, Tier};
use crate::source::Span;

const RESOURCE: &str = "C/how-to-configure-a-biztalk-host-as-a-cluster-resource1";

pub(in crate::rules) static WITHOUT_INSTANCE: Rule = Rule {
    id: "BTS303",
    name: "owner-without-instance",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a possible owner of a clustered host has no instance of it",
    why: "The cluster makes every node a possible owner unless told otherwise. On a node without an instance \
          the failover of the host fails.",
    fix: "create the instance there, or remove the node from the possible owners",
    limits: "",
    sources: &[RESOURCE],
    bad: r"failscope: 1
servers: [BTS01, BTS02, BTS03]
clusters:
  WSFC:
    nodes: [BTS01, BTS02, BTS03]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, BTS03]
clusters:
  WSFC:
    nodes: [BTS01, BTS02, BTS03]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9, possible_owners: [BTS01, BTS02] }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1
",
    check: |cx, rule, findings| {
        for (id, host, place) in clustered(cx) {
            let owners = cx.topology.owners(place.value);
            let has_instance = |server: &Id<Server>| {
                let mut instances = host.instances.iter().chain(&host.disabled_instances);
                instances.any(|instance| instance.value == *server)
            };
            let without: Vec<Id<Server>> =
                owners.into_iter().filter(|owner| !has_instance(owner)).collect();
            let Some(&first) = without.first() else { continue };
            let message = format!(
                "host {} has no instance on {}, which may own it; a failover there fails",
                host.name.value,
                cx.server_names(&without)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(place.span, "every possible owner of this group needs an instance")
                    .related(owner_span(cx, place.value, first), "may own it, without an instance")
                    .proposing([proposals::instances_on(cx, host, &without)]),
            );
        }
    },
};

/// Where the file makes the server an owner: in the group, or as a node of the cluster.
fn owner_span(cx: &Context<'_>, group: Id<ClusterGroup>, server: Id<Server>) -> Span {
    let model = &cx.topology.cluster_groups[group];
    let nodes = &cx.topology.clusters[model.cluster].nodes;
    let mut owners = model.possible_owners.iter().flatten().chain(nodes);
    owners.find(|owner| owner.value == server).map_or(model.name.span, |owner| owner.span)
}

pub(in crate::rules) static DISABLED: Rule = Rule {
    id: "BTS304",
    name: "owner-instance-disabled",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the instance of a clustered host on a possible owner is disabled",
    why: "The cluster cannot start a disabled instance: a failover to this node fails.",
    fix: "enable the instance; on a clustered host the cluster decides where it runs",
    limits: "",
    sources: &[RESOURCE],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01]
      disabled_instances: [BTS02]   # <-
      clustered_in: WSFC/G1
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1
",
    check: |cx, rule, findings| {
        for (id, host, place) in clustered(cx) {
            let owners = cx.topology.owners(place.value);
            let enabled = host.enabled_servers();
            let disabled: Vec<&Ref<Server>> = host
                .disabled_instances
                .iter()
                .filter(|i| owners.contains(&i.value) && !enabled.contains(&i.value))
                .collect();
            let Some(first) = disabled.first() else { continue };
            let servers: Vec<Id<Server>> = disabled.iter().map(|i| i.value).collect();
            let message = format!(
                "the instance of clustered host {} on {} is disabled; a failover there fails",
                host.name.value,
                cx.server_names(&servers)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(first.span, "the cluster cannot start it")
                    .related(place.span, "clustered here")
                    .proposing([proposals::enable(cx, host, &disabled, None)]),
            );
        }
    },
};

pub(in crate::rules) static OUTSIDE: Rule = Rule {
    id: "BTS306",
    name: "clustered-host-instance-outside-cluster",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a clustered host has an instance on a server that is not a node of its cluster",
    why: "Clustering applies to all instances of a host. One outside the cluster is never started, or runs \
          beside the active one.",
    fix: "delete that instance, or join the server to the cluster",
    limits: "inferred from the fact that clustering applies to the whole host",
    sources: &["R/cluster-host-dialog-box", RESOURCE],
    bad: r"failscope: 1
servers: [BTS01, BTS02, BTS03]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02, BTS03]   # <-
      clustered_in: WSFC/G1
",
    good: r"failscope: 1
servers: [BTS01, BTS02, BTS03]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1
",
    check: |cx, rule, findings| {
        for (id, host, place) in clustered(cx) {
            let cluster = &cx.topology.clusters[cx.topology.cluster_groups[place.value].cluster];
            let is_node = |server| cluster.nodes.iter().any(|node| node.value == server);
            let outside: Vec<&Ref<Server>> =
                host.instances.iter().filter(|instance| !is_node(instance.value)).collect();
            let Some(first) = outside.first() else { continue };
            let servers: Vec<Id<Server>> = outside.iter().map(|i| i.value).collect();
            let message = format!(
                "clustered host {} has an instance on {}, outside cluster {}",
                host.name.value,
                cx.server_names(&servers),
                cluster.name.value
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(first.span, "not a node of the cluster")
                    .related(place.span, "clustered here")
                    .proposing([inside(host, &outside)]),
            );
        }
    },
};

pub(in crate::rules) static TOO_FEW: Rule = Rule {
    id: "BTS307",
    name: "possible-owners-less-than-two",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a clustered host has fewer than two possible owners on which it could run",
    why: "One usable owner is a cluster of one: when it fails there is nowhere to go.",
    fix: "allow a second node among the possible owners, with an enabled instance on it",
    limits: "",
    sources: &[RESOURCE],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9, possible_owners: [BTS01] }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9, possible_owners: [BTS01, BTS02] }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1
",
    check: |cx, rule, findings| {
        for (id, host, place) in clustered(cx) {
            let enabled = host.enabled_servers();
            let mut usable = cx.topology.owners(place.value);
            usable.retain(|owner| enabled.contains(owner));
            if usable.len() >= 2 {
                continue;
            }
            let found = match usable.as_slice() {
                [] => "no possible owner has an enabled instance".to_owned(),
                only => format!("{} is the only usable owner", cx.server_names(only)),
            };
            let message = format!("host {} cannot fail over: {found}", host.name.value);
            let group = &cx.topology.cluster_groups[place.value];
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(place.span, "nowhere to fail over to")
                    .related(group.name.span, "this group")
                    .proposing(second_owner(cx, host, place.value)),
            );
        }
    },
};

/// Only the instances on nodes stay.
fn inside(host: &Host, outside: &[&Ref<Server>]) -> Proposal {
    let title = format!("plan host {} on the nodes of its cluster only", host.name.value);
    let steps = outside.iter().map(|instance| Step::Remove { item: instance.span }).collect();
    Proposal::new(title, steps)
}

/// A node with an instance may own the group, or an owner gets an instance.
fn second_owner(cx: &Context<'_>, host: &Host, id: Id<ClusterGroup>) -> Vec<Proposal> {
    let group = &cx.topology.cluster_groups[id];
    let owners = cx.topology.owners(id);
    let enabled = host.enabled_servers();
    let nodes = cx.topology.clusters[group.cluster].nodes.iter().map(|node| node.value);
    let allow = nodes
        .filter(|node| !owners.contains(node))
        .filter(|node| enabled.contains(node))
        .map(|node| {
            let name = cx.server_name(node);
            let title =
                format!("plan {name} as a possible owner of {}", cx.topology.group_name(id));
            let (of, items) = (group.name.span, vec![name.to_owned()]);
            Proposal::new(title, vec![Step::Add { of, key: "possible_owners", items }])
        });
    let idle = owners.iter().copied().filter(|owner| !enabled.contains(owner));
    let create = idle.map(|owner| proposals::instances_on(cx, host, &[owner]));
    allow.chain(create).take(2).collect()
}

fn clustered<'a>(
    cx: &Context<'a>,
) -> impl Iterator<Item = (Id<Host>, &'a Host, Ref<ClusterGroup>)> {
    cx.topology.hosts.iter().filter_map(|(id, host)| Some((id, host, host.clustered_in?)))
}
