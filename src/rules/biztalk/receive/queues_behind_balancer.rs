//! Local queues of several servers behind a load balancer.

use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id, QueuePlace, ReceiveLocation};
use crate::rules::{Context, Finding, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS115",
    name: "msmq-local-behind-nlb",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "messages for a transactional or ordered MSMQ receive are spread over local queues by a load \
              balancer",
    why: "The balancer chooses where a message is queued; from then on it lives on that one member. When the \
          member is lost its messages wait or are lost, and no order holds between the queues.",
    fix: "cluster the host with Message Queuing instead; a hardware balancer in front of two clusters also \
          scales, where order is not needed",
    limits: "queues and transactions that the file does not mention are taken as local and transactional, \
             and the finding is then one step milder",
    sources: &["C/migrating-from-the-msmqt-adapter-to-the-msmq-adapter"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MSMQ
      host: Queue
      queues: local
      transactional: true
      behind: NLB   # <-
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
      adapter: MSMQ
      host: Queue
      queues: local
      transactional: true
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.clustered_in.is_none()) {
        let certain = |certain: bool| {
            let mut exposed = cx.received_through(id, &["MSMQ"]).map(|(_, location)| location);
            exposed.find(|location| {
                loses(location) == Some(certain) && cx.balancer_of(location).is_some()
            })
        };
        if let Some(location) = certain(true).or_else(|| certain(false)) {
            findings.0.extend(finding(cx, rule, id, host, location));
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    host: &Host,
    location: &ReceiveLocation,
) -> Option<Finding> {
    let balancer = cx.balancer_of(location)?;
    let name = &cx.topology.load_balancers[balancer.value].name;
    let mut message = format!(
        "messages for {} in the local queue of a dead member of {} are lost or delayed",
        location.name.value, name.value
    );
    let certain = loses(location) == Some(true);
    if !certain {
        message.push_str("; unknown whether its queues are local and its reads transactional");
    }
    let finding = cx
        .finding(rule, Element::Host(id), message)
        .at(balancer.span, "each message then lives on one member")
        .related(location.adapter.span, "reads the queues of its own server")
        .related(host.name.span, "not clustered");
    Some(if certain { finding } else { finding.unknown() })
}

/// Whether messages may be lost, for certain or perhaps; `None` when they are not.
fn loses(location: &ReceiveLocation) -> Option<bool> {
    let local = location.queues.map(|queues| queues.value == QueuePlace::Local);
    let ordered = location.ordered.is_some_and(|ordered| ordered.value);
    let transactional = location.transactional.map(|transactional| transactional.value);
    let matters = if ordered { Some(true) } else { transactional };
    match (local, matters) {
        (Some(false), _) | (_, Some(false)) => None,
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn what_is_not_said_about_queues_and_reads_is_unknown() {
        let stated = "      queues: local\n      transactional: true\n";
        for (instead, severity) in [
            ("      queues: local\n      ordered: true\n", Some(Severity::Error)),
            (
                "      queues: local\n      ordered: true\n      transactional: false\n",
                Some(Severity::Error),
            ),
            ("      queues: local\n", Some(Severity::Warning)),
            ("      transactional: true\n", Some(Severity::Warning)),
            ("", Some(Severity::Warning)),
            ("      queues: local\n      transactional: false\n", None),
            ("      transactional: false\n", None),
            ("      queues: remote\n      transactional: true\n", None),
            ("      queues: remote\n      ordered: true\n", None),
        ] {
            let yaml = RULE.bad.replace(stated, instead);
            let severities: Vec<Severity> =
                findings(&RULE, &yaml).iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, Vec::from_iter(severity), "{instead:?}");
        }
    }

    #[test]
    fn a_balancer_of_the_host_counts_and_a_clustered_host_does_not() {
        let yaml = RULE.bad.replace("      behind: NLB   # <-\n", "");
        assert!(findings(&RULE, &yaml).is_empty());
        let behind = "Queue: { behind: NLB, instances";
        let yaml = yaml.replace("Queue: { instances", behind);
        assert_eq!(findings(&RULE, &yaml).len(), 1);
        let yaml = RULE.good.replace(
            "biztalk:\n",
            "load_balancers:\n  HW: { kind: hardware, members: [BTS01, BTS02] }\nbiztalk:\n",
        );
        let yaml = yaml.replace("      queues: local\n", "      queues: local\n      behind: HW\n");
        assert!(findings(&RULE, &yaml).is_empty());
    }
}
