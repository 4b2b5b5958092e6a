//! Message Queuing beside a clustered host: same group, right order, local service too.

use rustc_hash::FxHashMap;

use crate::change::{Proposal, Step};
use crate::diagnostic::Severity;
use crate::model::{
    ClusterGroup, Element, Host, Id, QueuePlace, Ref, Resource, ResourceKind, SendPort, Server,
    ServiceState,
};
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Rule, Tier};
use crate::text;

const HOST_CLUSTER: &str = "C/considerations-for-running-adapter-handlers-within-a-clustered-host1";

pub(in crate::rules) static OTHER_GROUP: Rule = Rule {
    id: "BTS110",
    name: "msmq-host-other-cluster-group",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a clustered host with MSMQ handlers and the clustered Message Queuing are in different groups",
    why: "Reading a local queue in a transaction works on the node of the queue only. Two groups may end up \
          on two nodes.",
    fix: "put the host, its resource with it, and Message Queuing into one group",
    limits: "",
    sources: &[HOST_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      HOSTS: { network_name: RECV, ip: 10.0.0.8 }
      QUEUES: { network_name: QUEUE, ip: 10.0.0.9, resources: [msmq] }
biztalk:
  hosts:
    Queue:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/HOSTS   # <-
  receive_locations:
    Orders: { adapter: MSMQ, host: Queue, queues: local }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      QUEUES: { network_name: QUEUE, ip: 10.0.0.9, resources: [msmq] }
biztalk:
  hosts:
    Queue:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/QUEUES
  receive_locations:
    Orders: { adapter: MSMQ, host: Queue, queues: local }
",
    check: |cx, rule, findings| {
        for (id, host, place) in queue_hosts(cx) {
            let own = &cx.topology.cluster_groups[place.value];
            if own.resource(ResourceKind::Msmq).is_some() {
                continue;
            }
            let siblings = cx.topology.clusters[own.cluster].groups.iter();
            let elsewhere = siblings.copied().find_map(|g| {
                Some((g, cx.topology.cluster_groups[g].resource(ResourceKind::Msmq)?))
            });
            let Some((other, queues)) = elsewhere else { continue };
            let message = format!(
                "host {} is in group {}, Message Queuing in {}; they may stand on different nodes",
                host.name.value,
                cx.topology.group_name(place.value),
                cx.topology.group_name(other)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(place.span, "not the group of the queues")
                    .related(queues.name.span, "the queues are here")
                    .proposing(proposals::cluster_in(cx, host, other)),
            );
        }
    },
};

pub(in crate::rules) static NO_DEPENDENCY: Rule = Rule {
    id: "BTS111",
    name: "msmq-host-missing-dependency",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a clustered host with MSMQ handlers does not depend on the clustered Message Queuing",
    why: "After a failover the resources of a group start in the order of their dependencies. Without this \
          one the host may start first and find no queues.",
    fix: "add the Message Queuing resource to the dependencies of the host resource: list the host under \
          `resources` with `depends_on: [msmq]`",
    limits: "one step milder when the file lists no dependencies of the host",
    sources: &[HOST_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1:
        network_name: QUEUE
        resources:
          msmq:
          Queue: { depends_on: [QUEUE] }   # <-
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders: { adapter: MSMQ, host: Queue, queues: local }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1:
        network_name: QUEUE
        resources:
          msmq:
          Queue: { depends_on: [QUEUE, msmq] }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders: { adapter: MSMQ, host: Queue, queues: local }
",
    check: |cx, rule, findings| {
        for (id, host, place) in queue_hosts(cx) {
            let group = &cx.topology.cluster_groups[place.value];
            let Some(queues) = group.resource(ResourceKind::Msmq) else { continue };
            let resource = group.resources.iter().find(|r| r.name.value == host.name.value);
            let dependencies = resource.map_or(&[][..], |resource| &resource.depends_on);
            if dependencies.iter().any(|name| name.value == queues.name.value) {
                continue;
            }
            let name = &host.name.value;
            let stated = resource.filter(|resource| !resource.depends_on.is_empty());
            let finding = match stated {
                Some(resource) => cx
                    .finding(
                        rule,
                        Element::Host(id),
                        format!("clustered host {name} may start before Message Queuing"),
                    )
                    .at(resource.name.span, "does not depend on the queues")
                    .proposing([depend_on(resource, queues)]),
                None => cx
                    .finding(
                        rule,
                        Element::Host(id),
                        format!(
                            "unknown whether clustered host {name} starts after Message Queuing: its \
                             dependencies are not given"
                        ),
                    )
                    .at(place.span, "`depends_on` is not given for this host")
                    .unknown(),
            };
            findings.push(finding.related(queues.name.span, "must be up first"));
        }
    },
};

fn depend_on(resource: &Resource, queues: &Resource) -> Proposal {
    let title = format!("start {} after {}", resource.name.value, queues.name.value);
    let items = vec![queues.name.value.clone()];
    Proposal::new(title, vec![Step::Add { of: resource.name.span, key: "depends_on", items }])
}

pub(in crate::rules) static NO_LOCAL_SERVICE: Rule = Rule {
    id: "BTS112",
    name: "msmq-no-local-service",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a node that may own a clustered host with an MSMQ receive has no Message Queuing of its own",
    why: "The receive handler needs a local, unclustered Message Queuing service beside the clustered one. \
          Where it is missing the locations shut down after a failover.",
    fix: "install and start Message Queuing on every possible owner",
    limits: "",
    sources: &[HOST_CLUSTER, "C/known-issues-with-the-msmq-adapter"],
    bad: r"failscope: 1
servers:
  BTS01:
  BTS02: { services: { msmq: absent } }   # <-
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: QUEUE, resources: [msmq] }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders: { adapter: MSMQ, host: Queue, queues: local }
",
    good: r"failscope: 1
servers:
  BTS01:
  BTS02: { services: { msmq: running } }
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: QUEUE, resources: [msmq] }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders: { adapter: MSMQ, host: Queue, queues: local }
",
    check: |cx, rule, findings| {
        let mut hosts_on: FxHashMap<Id<Server>, Vec<&str>> = FxHashMap::default();
        for (id, host) in cx.topology.hosts.iter() {
            let Some(place) = host.clustered_in else { continue };
            let uses_queues = |l: &crate::model::ReceiveLocation| {
                cx.adapter_of(l).is_some_and(|a| matches!(a.name, "MSMQ" | "WCF-NetMsmq"))
            };
            if cx.received_by(id).any(uses_queues) {
                for owner in cx.topology.owners(place.value) {
                    hosts_on.entry(owner).or_default().push(&host.name.value);
                }
            }
        }
        for (id, server) in cx.topology.servers.iter() {
            let (Some(hosts), Some(state)) = (hosts_on.get(&id), server.services.msmq) else {
                continue;
            };
            if state.value == ServiceState::Running {
                continue;
            }
            let message = format!(
                "node {} lacks a Message Queuing service of its own; MSMQ locations of {} shut down there",
                server.name.value,
                text::short_list(hosts, 4)
            );
            let finding = cx.finding(rule, Element::Server(id), message);
            findings.push(finding.at(state.span, "must run beside the clustered one"));
        }
    },
};

/// Clustered hosts that read local queues or send from them.
fn queue_hosts<'a>(cx: &Context<'a>) -> Vec<(Id<Host>, &'a Host, Ref<ClusterGroup>)> {
    let clustered = cx.topology.hosts.iter().filter_map(|(id, h)| Some((id, h, h.clustered_in?)));
    clustered
        .filter(|&(id, ..)| {
            let reads = cx.received_by(id).any(|location| {
                let remote = location.queues.is_some_and(|q| q.value == QueuePlace::Remote);
                !remote && cx.adapter_of(location).is_some_and(|a| a.name == "MSMQ")
            });
            reads || cx.sent_by(id).any(|port| sends_transactionally(port, id))
        })
        .collect()
}

fn sends_transactionally(port: &SendPort, host: Id<Host>) -> bool {
    let transactional = port.transactional.is_none_or(|transactional| transactional.value);
    transactional
        && crate::rules::biztalk::send::msmq_not_clustered::msmq_through(port, host).is_some()
}

#[cfg(test)]
mod tests {
    use super::NO_DEPENDENCY;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn dependencies_that_are_not_given_are_unknown() {
        let yaml =
            NO_DEPENDENCY.bad.replace("          Queue: { depends_on: [QUEUE] }   # <-\n", "");
        let found = findings(&NO_DEPENDENCY, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        assert!(found[0].1.message.contains("unknown whether"));
    }

    #[test]
    fn remote_queues_ask_for_no_clustered_ones() {
        let yaml = NO_DEPENDENCY.bad.replace("queues: local", "queues: remote");
        assert!(findings(&NO_DEPENDENCY, &yaml).is_empty());
    }
}
