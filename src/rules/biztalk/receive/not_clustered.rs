//! Receive handlers that are safe on one active instance only, on hosts that are not
//! clustered. One check; each adapter keeps its own id.

use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id, QueuePlace, ReceiveLocation, ResourceKind};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

const CLUSTER_IT: &str =
    "cluster the host in a failover cluster of two BizTalk servers: exactly one active instance";

pub(in crate::rules) static FTP: Rule = Rule {
    id: "BTS104",
    name: "ftp-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an FTP receive location runs on a host that is not clustered",
    why: "FTP has no locks. With one instance the host is a single point of failure, with two the same \
          file is fetched twice; only a clustered host gives both safety and a second server.",
    fix: CLUSTER_IT,
    limits: "host clustering needs Enterprise edition",
    sources: &["T/planning-for-high-availability2", HOST_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01]
biztalk:
  hosts:
    Receive: { instances: [BTS01] }
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
    check: |cx, rule, findings| check(cx, rule, findings, &["FTP"]),
};

pub(in crate::rules) static SFTP: Rule = Rule {
    id: "BTS105",
    name: "sftp-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an SFTP receive location runs on a host that is not clustered",
    why: "SFTP has no file locks either: one instance is a single point of failure, two fetch the same \
          file twice.",
    fix: CLUSTER_IT,
    limits: "the adapter exists from 2013 on; host clustering needs Enterprise edition; disputed (D22): \
             T/planning-for-high-availability2 does not list the adapter, T/clustering-receiving-hosts does",
    sources: &[HOST_CLUSTER, "T/planning-for-high-availability2", "T/clustering-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01]
biztalk:
  hosts:
    Receive: { instances: [BTS01] }
  receive_locations:
    Partner:
      adapter: SFTP   # <-
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
      adapter: SFTP
      host: Receive
",
    check: |cx, rule, findings| check(cx, rule, findings, &["SFTP"]),
};

pub(in crate::rules) static POP3: Rule = Rule {
    id: "BTS107",
    name: "pop3-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a POP3 receive location runs on a host that is not clustered, and the mail server lets two \
              sessions read one mailbox",
    why: "Two readers of one mailbox get the same mail. Only a mail server that refuses the second session \
          makes several instances safe.",
    fix: "cluster the host, or declare `mailbox_allows_concurrent_sessions: false` if the mail server \
          refuses a second session",
    limits: "host clustering needs Enterprise edition; disputed (D20): a table of C/scaled-out-receiving-hosts \
             always wants a cluster, its text and C/use-windows-cluster-to-provide-high-availability-for-biztalk-hosts \
             only where two sessions may read one mailbox; one step milder when the attribute is unknown",
    sources: &[
        HOST_CLUSTER,
        "C/scaled-out-receiving-hosts",
        "C/use-windows-cluster-to-provide-high-availability-for-biztalk-hosts",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Mail: { instances: [BTS01, BTS02] }
  receive_locations:
    Inbox:
      adapter: POP3   # <-
      host: Mail
      mailbox_allows_concurrent_sessions: true
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Mail: { instances: [BTS01, BTS02] }
  receive_locations:
    Inbox:
      adapter: POP3
      host: Mail
      mailbox_allows_concurrent_sessions: false
",
    check: |cx, rule, findings| check(cx, rule, findings, &["POP3"]),
};

pub(in crate::rules) static MSMQ: Rule = Rule {
    id: "BTS109",
    name: "msmq-local-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an MSMQ receive location reads local queues, and host and queues are not clustered together",
    why: "A message in a local queue lives on one computer: while that computer is down it is out of reach, \
          and if its disk is lost the message is lost.",
    fix: "cluster Message Queuing and the host in one group, or read queues of a clustered remote server",
    limits: "host clustering needs Enterprise edition; one step milder when it is unknown where the queues are",
    sources: &["T/planning-for-high-availability2", HOST_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MSMQ   # <-
      host: Queue
      queues: local
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QUEUES: { redundant: true }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MSMQ
      host: Queue
      queues: remote
      from: QUEUES
",
    check: |cx, rule, findings| local_queues(cx, rule, findings, "MSMQ"),
};

pub(in crate::rules) static SQL: Rule = Rule {
    id: "BTS124",
    name: "sql-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a SQL receive location polls from a host that is not clustered, and the poll does not claim \
              its rows",
    why: "Two pollers of the same rows double or block each other.",
    fix: "cluster the host, or let the polled procedure claim its rows under lock and declare \
          `poll_claims_rows: true`",
    limits: "host clustering needs Enterprise edition; disputed (D09): T/planning-for-high-availability2 \
             wants a cluster, T/general-biztalk-server-optimizations1 says to load-balance instead; one step \
             milder when the attribute is unknown",
    sources: &[
        "T/planning-for-high-availability2",
        "T/clustering-receiving-hosts",
        "T/general-biztalk-server-optimizations1",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Poll: { instances: [BTS01, BTS02] }
  receive_locations:
    NewOrders:
      adapter: WCF-SQL   # <-
      host: Poll
      poll_claims_rows: false
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Poll: { instances: [BTS01, BTS02] }
  receive_locations:
    NewOrders:
      adapter: WCF-SQL
      host: Poll
      poll_claims_rows: true
",
    check: |cx, rule, findings| check(cx, rule, findings, &["SQL", "WCF-SQL"]),
};

pub(in crate::rules) static SAP: Rule = Rule {
    id: "BTS128",
    name: "sap-receive-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a SAP receive location runs on a host that is not clustered",
    why: "Two-phase commit with SAP needs one well-known partner; the planning page makes no exception.",
    fix: CLUSTER_IT,
    limits: "host clustering needs Enterprise edition; disputed (D22): T/planning-for-high-availability2 lists the \
             adapter, C/considerations-for-running-adapter-handlers-within-a-clustered-host1 does not",
    sources: &["T/planning-for-high-availability2", "T/clustering-receiving-hosts", HOST_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Sap: { instances: [BTS01, BTS02] }
  receive_locations:
    Idocs:
      adapter: WCF-SAP   # <-
      host: Sap
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SAPRECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Sap: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Idocs:
      adapter: WCF-SAP
      host: Sap
",
    check: |cx, rule, findings| check(cx, rule, findings, &["WCF-SAP"]),
};

pub(in crate::rules) static NET_MSMQ: Rule = Rule {
    id: "BTS138",
    name: "netmsmq-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a WCF-NetMsmq receive location runs on a host that is not clustered with Message Queuing",
    why: "Its queue is local to one computer; another instance cannot reach what waits there.",
    fix: "cluster Message Queuing and the host in one group, and let the host start after it",
    limits: "host clustering needs Enterprise edition",
    sources: &["C/scaled-out-receiving-hosts", "C/known-issues-for-the-wcf-adapters"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-NetMsmq   # <-
      host: Queue
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: QUEUES, ip: 10.0.0.9, resources: [msmq, msdtc] }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders:
      adapter: WCF-NetMsmq
      host: Queue
",
    check: |cx, rule, findings| local_queues(cx, rule, findings, "WCF-NetMsmq"),
};

const HOST_CLUSTER: &str = "C/considerations-for-running-adapter-handlers-within-a-clustered-host1";

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings, adapters: &[&str]) {
    for (id, host) in cx.topology.hosts.iter() {
        if host.clustered_in.is_some() {
            continue;
        }
        let exposed = exposed(cx, id, adapters);
        if let [first, ..] = exposed.as_slice() {
            findings.push(finding(cx, rule, id, host, &exposed, first));
        }
    }
}

/// Queues do not move with a host: they move where Message Queuing is clustered as well.
fn local_queues(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings, adapter: &str) {
    check(cx, rule, findings, &[adapter]);
    for (id, host) in cx.topology.hosts.iter() {
        let Some(place) = host.clustered_in else { continue };
        let cluster = cx.topology.cluster_groups[place.value].cluster;
        let mut groups = cx.topology.clusters[cluster].groups.iter();
        if groups.any(|&g| cx.topology.cluster_groups[g].resource(ResourceKind::Msmq).is_some()) {
            continue;
        }
        let exposed = exposed(cx, id, &[adapter]);
        let Some(first) = exposed.first() else { continue };
        let message = format!(
            "host {} moves with its group, Message Queuing does not: what {} has not read yet stays \
             on the node that fails",
            host.name.value, first.name.value
        );
        let finding = cx
            .finding(rule, Element::Host(id), message)
            .at(first.adapter.span, "reads local queues")
            .related(place.span, "no group of this cluster holds Message Queuing")
            .help("add `msmq` to the resources of the host's group, and let the host depend on it");
        let assumed = exposed.iter().all(|location| cx.receive_need(location).assumed.is_some());
        findings.push(if assumed { finding.unknown() } else { finding });
    }
}

/// Locations of a host that are safe on one active instance only.
fn exposed<'a>(cx: &Context<'a>, host: Id<Host>, adapters: &[&str]) -> Vec<&'a ReceiveLocation> {
    let of_adapter = |location: &&ReceiveLocation| {
        cx.adapter_of(location).is_some_and(|adapter| adapters.contains(&adapter.name))
    };
    cx.received_by(host)
        .filter(of_adapter)
        .filter(|location| cx.must_be_clustered(location))
        // Ordered reads of remote queues need one reader too, but for another reason.
        .filter(|location| !reads_remote_queues(location))
        .collect()
}

fn reads_remote_queues(location: &ReceiveLocation) -> bool {
    location.queues.is_some_and(|queues| queues.value == QueuePlace::Remote)
}

/// One finding per host: the host is what must be clustered.
fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    host: &Host,
    exposed: &[&ReceiveLocation],
    first: &ReceiveLocation,
) -> Finding {
    let open: Vec<_> = exposed.iter().filter_map(|l| cx.receive_need(l).assumed).collect();
    let all_open = open.len() == exposed.len();
    let names: Vec<&str> = exposed.iter().map(|l| l.name.value.as_str()).collect();
    let mut message = format!(
        "{} receive in host {} must be clustered ({})",
        first.adapter.value,
        host.name.value,
        text::short_list(&names, 4)
    );
    if let (Some(question), true) = (open.first().copied(), all_open) {
        let question = question.split(';').next().unwrap_or(question);
        message.push_str(&format!("; unknown {question}"));
    }
    let mut finding = cx
        .finding(rule, Element::Host(id), message)
        .at(first.adapter.span, "needs exactly one active instance, and a second server to move to")
        .related(host.name.span, "this host is not clustered");
    for other in exposed.iter().skip(1).take(3) {
        finding = finding.related(other.adapter.span, "this one as well");
    }
    if all_open { finding.unknown() } else { finding }
}
