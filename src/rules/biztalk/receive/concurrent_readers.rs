//! Readers that must be alone, active on several servers at once.

use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id, ReceiveLocation};
use crate::rules::{Context, Finding, Rule, Tier};
use crate::text;

const HOST_CLUSTER: &str = "C/considerations-for-running-adapter-handlers-within-a-clustered-host1";

pub(in crate::rules) static FILES: Rule = Rule {
    id: "BTS106",
    name: "ftp-concurrent-instances",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "FTP or SFTP receive locations are active on two or more servers at once",
    why: "The protocol has no locks, so every instance fetches the same files: messages enter twice. Two \
          readers are worse than one.",
    fix: "disable all instances but one now, and cluster the host to get the second server back",
    limits: "host clustering needs Enterprise edition",
    sources: &[HOST_CLUSTER, "C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Partner:
      adapter: FTP   # <-
      host: Receive
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
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Partner:
      adapter: FTP
      host: Receive
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let fetches = |l: &&ReceiveLocation| {
                cx.adapter_of(l).is_some_and(|a| matches!(a.name, "FTP" | "SFTP"))
                    && cx.must_be_clustered(l)
            };
            let readers: Vec<&ReceiveLocation> = cx.received_by(id).filter(fetches).collect();
            let several = host.clustered_in.is_none() && host.enabled_servers().len() > 1;
            if let ([first, ..], true) = (readers.as_slice(), several) {
                let result = "files will be received more than once";
                let finding = active_at_once(cx, rule, id, host, &readers, result);
                findings.push(finding.at(first.adapter.span, "two readers fetch the same files"));
            }
        }
    },
};

pub(in crate::rules) static ORDERED: Rule = Rule {
    id: "BTS116",
    name: "ordered-receive-on-many-instances",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a receive location that must keep the order of messages is active on two or more servers",
    why: "Each active instance takes the next message for itself, and nothing says whose is written first. \
          Only one active instance keeps the order.",
    fix: "cluster the host: one active instance, and a second server to move to",
    limits: "host clustering needs Enterprise edition",
    sources: &[HOST_CLUSTER, "C/ordered-delivery-of-messages-with-the-mqseries-adapter"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QUEUES: { redundant: true }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Queue
      from: QUEUES
      ordered: true   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QUEUES: { redundant: true }
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Queue
      from: QUEUES
      ordered: true
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let readers = ordered_readers(cx, id);
            let several = host.clustered_in.is_none() && host.enabled_servers().len() > 1;
            if let ([first, ..], true) = (readers.as_slice(), several) {
                let finding = active_at_once(cx, rule, id, host, &readers, "order is not kept");
                findings.push(finding.at(order_of(first), "must keep order"));
            }
        }
    },
};

pub(in crate::rules) static ORDERED_ALONE: Rule = Rule {
    id: "BTS117",
    name: "ordered-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a receive location that must keep order has one instance and no cluster to move it",
    why: "Order allows one active instance only, so a second instance is no help; only a cluster can start \
          the one elsewhere when its server fails.",
    fix: "cluster the host in a failover cluster of two BizTalk servers",
    limits: "host clustering needs Enterprise edition",
    sources: &[HOST_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QUEUES: { redundant: true }
biztalk:
  hosts:
    Queue: { instances: [BTS01] }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Queue
      from: QUEUES
      ordered: true   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QUEUES: { redundant: true }
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Queue
      from: QUEUES
      ordered: true
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let readers = ordered_readers(cx, id);
            let servers = host.enabled_servers();
            let ([first, ..], [only], None) =
                (readers.as_slice(), servers.as_slice(), host.clustered_in)
            else {
                continue;
            };
            let message = format!(
                "ordered receive in host {} ({}) has one instance ({}) and no cluster: a single point of \
                 failure",
                host.name.value,
                names_of(&readers),
                cx.server_name(*only)
            );
            let finding = cx
                .finding(rule, Element::Host(id), message)
                .at(order_of(first), "order allows one active instance")
                .related(host.name.span, "nothing starts this host elsewhere");
            findings.push(finding);
        }
    },
};

fn active_at_once(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    host: &Host,
    readers: &[&ReceiveLocation],
    result: &str,
) -> Finding {
    let adapter = readers.first().map_or("", |first| first.adapter.value.as_str());
    let message = format!(
        "{adapter} receive in host {} ({}) is active on {} at once; {result}",
        host.name.value,
        names_of(readers),
        cx.server_names(&host.enabled_servers())
    );
    let mut finding = cx.finding(rule, Element::Host(id), message);
    for instance in host.instances.iter().take(4) {
        finding = finding.related(instance.span, "active here");
    }
    finding
}

/// Locations that must keep order, with adapters that can.
fn ordered_readers<'a>(cx: &Context<'a>, id: Id<Host>) -> Vec<&'a ReceiveLocation> {
    let keeps_order = |location: &&ReceiveLocation| {
        let adapter = cx.adapter_of(location);
        location.ordered.is_some_and(|ordered| ordered.value)
            && adapter
                .is_some_and(|a| matches!(a.name, "MSMQ" | "MQSeries" | "MQSC" | "WCF-NetMsmq"))
    };
    cx.received_by(id).filter(keeps_order).collect()
}

fn order_of(location: &ReceiveLocation) -> crate::source::Span {
    location.ordered.map_or(location.adapter.span, |ordered| ordered.span)
}

fn names_of(readers: &[&ReceiveLocation]) -> String {
    let names: Vec<&str> = readers.iter().map(|location| location.name.value.as_str()).collect();
    text::short_list(&names, 4)
}
