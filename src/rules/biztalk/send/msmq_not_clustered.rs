//! Transactional MSMQ sends from hosts that are not clustered.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{At, Element, Host, Id, SendPort};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS201",
    name: "msmq-send-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "transactional MSMQ sends leave from a host that is not clustered",
    why: "What is sent waits in the outgoing queue of the computer that sent it. While that computer is \
          down, its messages neither leave nor can another server take them over.",
    fix: "cluster the host in the group of a clustered Message Queuing, or declare `transactional: false` \
          if the sends may be lost",
    limits: "host clustering needs Enterprise edition; one step milder when the file does not say whether \
             the sends are transactional",
    sources: &[
        "C/scaled-out-sending-hosts",
        "C/considerations-for-running-adapter-handlers-within-a-clustered-host1",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    ToWarehouse:
      adapter: MSMQ   # <-
      host: Send
      transactional: true
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
    Send: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  send_ports:
    ToWarehouse:
      adapter: MSMQ
      host: Send
      transactional: true
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.clustered_in.is_none()) {
        let sends: Vec<(&SendPort, Span)> = cx
            .sent_by(id)
            .filter_map(|port| Some((port, msmq_through(port, id)?)))
            .filter(|(port, _)| port.transactional.is_none_or(|transactional| transactional.value))
            .collect();
        let [(_, first), ..] = sends.as_slice() else { continue };
        let names: Vec<&str> = sends.iter().map(|(port, _)| port.name.value.as_str()).collect();
        let unknown = sends.iter().all(|(port, _)| port.transactional.is_none());
        let mut message = format!(
            "MSMQ sends of host {} ({}) wait in the outgoing queue of one server",
            host.name.value,
            text::short_list(&names, 4)
        );
        if unknown {
            message.push_str("; unknown whether they are transactional, it is taken that they are");
        }
        let finding = cx
            .finding(rule, Element::Host(id), message)
            .at(*first, "its outgoing queue is local to the sending server")
            .related(host.name.span, "this host is not clustered");
        findings.push(if unknown { finding.unknown() } else { finding });
    }
}

/// Where the port names MSMQ as a transport of this host.
pub(in crate::rules) fn msmq_through(port: &SendPort, host: Id<Host>) -> Option<Span> {
    let is_msmq =
        |name: &&At<String>| adapters::find(&name.value).is_some_and(|a| a.name == "MSMQ");
    let primary = port.adapter.as_ref().filter(|_| port.host.value == host);
    let backup =
        port.backup.as_ref().filter(|backup| backup.host.unwrap_or(port.host).value == host);
    let backup = backup.and_then(|backup| backup.adapter.as_ref());
    primary.filter(is_msmq).or(backup.filter(is_msmq)).map(|name| name.span)
}
