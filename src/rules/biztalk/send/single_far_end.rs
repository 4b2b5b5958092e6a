//! Systems at the other end of ports that nothing takes over from. One check; each kind
//! of system keeps its own id.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{At, Element, Endpoint, QueuePlace};
use crate::rules::{Context, Finding, Findings, Redundancy, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static QUEUES: Rule = Rule {
    id: "BTS113",
    name: "msmq-remote-server-single",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "MSMQ receive locations read remote queues of a server that is not a failover cluster",
    why: "The BizTalk side is redundant without a cluster when queues are remote, but then everything rests \
          on the one computer that holds them.",
    fix: "cluster Message Queuing on the remote side, and describe it as redundant or as `CLUSTER/GROUP`",
    limits: "one step milder when it is unknown what serves the queues",
    sources: &["C/considerations-for-running-adapter-handlers-within-a-clustered-host1"],
    bad: r"failscope: 1
servers: [BTS01, BTS02, QUEUE01]
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MSMQ
      host: Queue
      queues: remote
      from: QUEUE01   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, QUEUE01, QUEUE02]
clusters:
  QUEUES:
    nodes: [QUEUE01, QUEUE02]
    groups:
      G1: { network_name: QUEUEVS, ip: 10.0.0.8, resources: [msmq] }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MSMQ
      host: Queue
      queues: remote
      from: QUEUES/G1
",
    check: |cx, rule, findings| {
        let remote = receives(cx, &["MSMQ"]).filter(|end| end.remote_queues).collect();
        check(cx, rule, findings, remote, "remote queue server")
    },
};

pub(in crate::rules) static QUEUE_MANAGER: Rule = Rule {
    id: "BTS119",
    name: "mqseries-queue-manager-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an MQSeries port uses a queue manager or MQ server that is not clustered",
    why: "Any number of BizTalk servers can read and write its queues, and all of them stop with the one \
          queue manager.",
    fix: "cluster the MQ server and use clustered queue managers, and describe the system as redundant",
    limits: "one step milder when the file does not say whether it is clustered",
    sources: &["C/scaled-out-receiving-hosts", "C/mqseries-adapter-high-availability"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1: { kind: mq, redundant: false }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Queue
      from: QM1   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1: { kind: mq, redundant: true }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Queue
      from: QM1
",
    check: |cx, rule, findings| {
        let adapters = ["MQSeries", "MQSC"];
        let ends = receives(cx, &adapters).chain(sends(cx, &adapters)).collect();
        check(cx, rule, findings, ends, "queue manager")
    },
};

pub(in crate::rules) static SHAREPOINT: Rule = Rule {
    id: "BTS141",
    name: "sharepoint-farm-single",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a SharePoint port addresses one web front end",
    why: "BizTalk servers share the work of a library by checking documents out; the farm behind it must \
          survive the loss of a front end by itself.",
    fix: "address the balanced name of a farm with several front ends, and describe it as redundant",
    limits: "one step milder when the file does not say what stands behind the address",
    sources: &["C/scaled-out-receiving-hosts", "C/scaled-out-sending-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  PORTAL: { kind: sharepoint, nodes: [WFE1] }
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    Archive:
      adapter: SharePoint
      host: Send
      to: PORTAL   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  PORTAL: { kind: sharepoint, nodes: [WFE1, WFE2] }
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    Archive:
      adapter: SharePoint
      host: Send
      to: PORTAL
",
    check: |cx, rule, findings| {
        let adapters = ["SharePoint", "Windows SharePoint Services"];
        let ends = receives(cx, &adapters).chain(sends(cx, &adapters)).collect();
        check(cx, rule, findings, ends, "SharePoint")
    },
};

pub(in crate::rules) static EXTERNAL: Rule = Rule {
    id: "BTS209",
    name: "external-system-single",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "an external system has one node, and the ports to it have no backup transport",
    why: "The systems at the ends belong to the stack: a redundant BizTalk group does not help when the \
          system it serves is gone.",
    fix: "ask its owner what happens when one node fails; give the ports a backup transport",
    limits: "one step milder when the file does not say whether the system is redundant",
    sources: &["T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  SAP01: { redundant: false }
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    ToSap:
      adapter: WCF-SAP
      host: Send
      to: SAP01   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  SAP01: { redundant: true }
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    ToSap:
      adapter: WCF-SAP
      host: Send
      to: SAP01
",
    check: |cx, rule, findings| {
        let is_external = |end: &End<'_>| matches!(end.element, Some(Element::External(_)));
        let ends = receives(cx, &[]).chain(sends(cx, &[])).filter(is_external).collect();
        check(cx, rule, findings, ends, "external system")
    },
};

/// The other end of one port.
struct End<'a> {
    port: &'a str,
    element: Option<Element>,
    /// The reference, or the adapter where there is none.
    span: Span,
    remote_queues: bool,
}

fn element_of(end: Option<&At<Endpoint>>) -> Option<Element> {
    match end.map(|end| &end.value) {
        Some(Endpoint::Element(element)) => Some(*element),
        Some(Endpoint::Address(_)) | None => None,
    }
}

fn is_one_of(adapter: &str, wanted: &[&str]) -> bool {
    wanted.is_empty() || adapters::find(adapter).is_some_and(|a| wanted.contains(&a.name))
}

/// Receive locations with one of these adapters; with any, when none is named.
fn receives<'c>(cx: &'c Context<'_>, wanted: &'c [&str]) -> impl Iterator<Item = End<'c>> {
    let locations = cx.topology.receive_locations.values().filter(|location| location.enabled);
    locations.filter(|location| is_one_of(&location.adapter.value, wanted)).map(|location| End {
        port: &location.name.value,
        element: element_of(location.from.as_ref()),
        span: location.from.as_ref().map_or(location.adapter.span, |from| from.span),
        remote_queues: location.queues.is_some_and(|queues| queues.value == QueuePlace::Remote),
    })
}

/// Started static send ports that have no second way.
fn sends<'c>(cx: &'c Context<'_>, wanted: &'c [&str]) -> impl Iterator<Item = End<'c>> {
    let ports =
        cx.topology.send_ports.values().filter(|port| port.enabled && port.backup.is_none());
    ports.filter_map(move |port| {
        let adapter = port.adapter.as_ref().filter(|adapter| is_one_of(&adapter.value, wanted))?;
        Some(End {
            port: &port.name.value,
            element: element_of(port.to.as_ref()),
            span: port.to.as_ref().map_or(adapter.span, |to| to.span),
            remote_queues: false,
        })
    })
}

/// One finding per system; one per port where the file does not describe the system.
fn check(
    cx: &Context<'_>,
    rule: &'static Rule,
    findings: &mut Findings,
    ends: Vec<End<'_>>,
    noun: &str,
) {
    let mut order: Vec<Element> = Vec::new();
    let mut by_element: FxHashMap<Element, Vec<&End<'_>>> = FxHashMap::default();
    for end in &ends {
        match end.element {
            Some(element) => {
                let ends = by_element.entry(element).or_default();
                if ends.is_empty() {
                    order.push(element);
                }
                ends.push(end);
            }
            None => findings.push(undescribed(cx, rule, end, noun)),
        }
    }
    for element in order {
        let ends = by_element.remove(&element).unwrap_or_default();
        findings.0.extend(system(cx, rule, element, &ends, noun));
    }
}

fn undescribed(cx: &Context<'_>, rule: &'static Rule, end: &End<'_>, noun: &str) -> Finding {
    let message =
        format!("unknown whether the {noun} of {} survives the loss of one of its nodes", end.port);
    cx.finding_about(rule, end.port, end.span, message)
        .at(end.span, "nothing in the file describes what stands behind this")
        .help("describe it under `external` with `redundant`, and name it here")
        .unknown()
}

fn system(
    cx: &Context<'_>,
    rule: &'static Rule,
    element: Element,
    ends: &[&End<'_>],
    noun: &str,
) -> Option<Finding> {
    let redundancy = cx.redundancy(element);
    if redundancy == Redundancy::Redundant {
        return None;
    }
    let name = cx.topology.element_name(element);
    let ports: Vec<&str> = ends.iter().map(|end| end.port).collect();
    let ports = text::short_list(&ports, 4);
    let first = ends.first()?;
    let unknown = redundancy == Redundancy::Unknown;
    let message = match unknown {
        true => format!(
            "unknown whether {noun} {name} is a single point of failure for {ports}; it is taken as one"
        ),
        false => format!("{noun} {name} is a single point of failure for {ports}"),
    };
    let finding = cx.finding(rule, element, message);
    let defined = finding.primary.span;
    let finding =
        finding.at(first.span, "nothing takes over from it").related(defined, "described here");
    Some(if unknown { finding.unknown().help(SAY_SO) } else { finding })
}

const SAY_SO: &str = "ask its owner what happens when one of its nodes fails, and write `redundant: true` or \
                      `redundant: false`";

#[cfg(test)]
mod tests {
    use crate::diagnostic::Severity::{self, Error, Warning};
    use crate::rules::find;
    use crate::rules::testing::findings;

    /// What the far end is made of decides whether one loss takes it.
    #[test]
    fn a_far_end_is_as_redundant_as_its_parts() {
        let rows: &[(&str, &[Severity])] = &[
            ("", &[Error]),
            ("components: { END: }", &[Warning]),
            ("components: { END: { on: [A] } }", &[Error]),
            ("components: { END: { on: [A, B] } }", &[]),
            ("components: { END: { on: [A, B], at_least: 2 } }", &[Error]),
            ("components: { END: { redundant: true } }", &[]),
            ("load_balancers: { END: { members: [A] } }", &[Error]),
            ("load_balancers: { END: { members: [A, B] } }", &[]),
            ("clusters: { END: { nodes: [A] } }", &[Error]),
            ("clusters: { END: { nodes: [A, B] } }", &[]),
            ("file_shares: { END: { on: A } }", &[Error]),
            ("external: { END: { nodes: [one, two] } }", &[]),
        ];
        for (end, expected) in rows {
            let name = if end.is_empty() { "A" } else { "END" };
            let yaml = format!(
                "failscope: 1\nservers: [A, B]\n{end}\nbiztalk:\n  hosts: {{ H: {{ instances: [A, B] }} }}\n  \
                 receive_locations: {{ In: {{ adapter: MQSeries, host: H, from: {name} }} }}\n"
            );
            let found = findings(find("BTS119").unwrap(), &yaml);
            let severities: Vec<Severity> = found.iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, *expected, "{name} {end}");
        }
    }
}
