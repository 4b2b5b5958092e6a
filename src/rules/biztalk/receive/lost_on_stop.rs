//! Messages that are gone when a queue's receive location stops at a failure.

use crate::diagnostic::Severity;
use crate::model::{Element, ReceiveLocation};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS118",
    name: "msmq-receive-loses-on-stop",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "an ordered MSMQ receive location reads outside a transaction",
    why: "Where order is kept, a location may be set to stop at the first message that fails. Read outside a \
          transaction, that message has left the queue already and cannot be put back: it is lost.",
    fix: "set `transactional: true` and turn on transactional reads, or do not let the location stop on failure",
    limits: "the topology does not say what a location does on failure, so it is unknown whether it stops",
    sources: &["C/how-to-configure-an-msmq-receive-location"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  C:
    nodes: [BTS01, BTS02]
    groups: { Queues: { resources: [msmq] } }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: C/Queues }
  receive_locations:
    Orders:
      adapter: MSMQ
      host: Receive
      ordered: true
      transactional: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  C:
    nodes: [BTS01, BTS02]
    groups: { Queues: { resources: [msmq] } }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: C/Queues }
  receive_locations:
    Orders:
      adapter: MSMQ
      host: Receive
      ordered: true
      transactional: true
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for host in cx.topology.hosts.ids() {
        for (id, location) in cx.received_through(host, &["MSMQ"]).filter(|(_, l)| keeps_order(l)) {
            let stated = location.transactional.filter(|transactional| !transactional.value);
            let Some(off) = stated else { continue };
            let message = format!(
                "unknown whether {} stops at a failure: the failed message has then left the queue and is lost",
                location.name.value
            );
            findings.push(
                cx.finding(rule, Element::ReceiveLocation(id), message)
                    .at(off.span, "what was read cannot be put back")
                    .unknown(),
            );
        }
    }
}

fn keeps_order(location: &ReceiveLocation) -> bool {
    location.ordered.is_some_and(|ordered| ordered.value)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn whether_the_location_stops_is_not_in_the_file() {
        let found = findings(&RULE, RULE.bad);
        let severities: Vec<Severity> = found.iter().map(|(_, finding)| finding.severity).collect();
        assert_eq!(severities, [Severity::Info]);
    }

    #[test]
    fn without_order_nothing_stops_and_other_queues_are_other_rules() {
        for changed in [
            RULE.bad.replace("ordered: true", "ordered: false"),
            RULE.bad.replace("      ordered: true\n", ""),
            RULE.bad.replace("adapter: MSMQ", "adapter: MQSeries"),
            RULE.bad.replace("      transactional: false   # <-\n", ""),
        ] {
            assert!(findings(&RULE, &changed).is_empty(), "{changed}");
        }
    }
}
