//! Reads that are taken from their source outside the transaction that stores them.

use crate::diagnostic::Severity;
use crate::model::{At, BindingKind, Element, ReceiveLocation};
use crate::rules::{Findings, Rule, Tier, is_one_of};

pub(in crate::rules) static MQSERIES: Rule = Rule {
    id: "BTS122",
    name: "mqseries-not-transactional",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "an MQSeries receive location reads without a transaction",
    why: "Taking a message from the queue and writing it to the MessageBox are then two steps. A failover \
          between them loses the message, or takes it a second time.",
    fix: "turn transaction support on, and enable XA transactions in MSDTC",
    limits: "transaction support is off by default: where the file does not say, the finding is one step \
             milder, and only for a host that another server takes over. Whether XA is enabled is not part \
             of the language",
    sources: &[
        "C/how-to-configure-mqseries-adapter-receive-locations-and-send-ports",
        "C/troubleshooting-problems-with-msdtc",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1: { kind: mq, redundant: true }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Receive
      from: QM1
      transactional: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1: { kind: mq, redundant: true }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSeries
      host: Receive
      from: QM1
      transactional: true
",
    check: |cx, rule, findings| {
        for (host, model) in cx.topology.hosts.iter() {
            let takes_over = cx.is_taken_over(model);
            for (id, location) in cx.received_through(host, &["MQSeries"]) {
                let element = Element::ReceiveLocation(id);
                let name = &location.name.value;
                findings.push(match location.transactional {
                    Some(At { value: true, .. }) => continue,
                    Some(stated) => {
                        let message = format!("{name} can lose or double messages at a failover");
                        cx.finding(rule, element, message)
                            .at(stated.span, "the queue and the MessageBox are two steps")
                    }
                    None if !takes_over => continue,
                    None => {
                        let message = format!(
                            "unknown whether {name} reads in a transaction, without which a failover \
                             loses or doubles messages"
                        );
                        cx.finding(rule, element, message)
                            .at(location.adapter.span, "transaction support is off by default")
                            .help("write `transactional: true` if it is turned on")
                            .unknown()
                    }
                });
            }
        }
    },
};

pub(in crate::rules) static MQSC: Rule = Rule {
    id: "BTS123",
    name: "mqsc-not-transactional",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "an MQSC port works without the extended transactional client",
    why: "The queue manager and the MessageBox are then not changed in one transaction: after a failure the \
          same message may be delivered twice.",
    fix: "install the extended transactional client and set the port to transactional messaging",
    limits: "silent when the file does not say",
    sources: &[
        "H/mqsc-adapter-features2",
        "H/how-to-configure-the-mqsc-adapter-for-transactional-messaging2",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1: { kind: mq, redundant: true }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSC
      host: Receive
      from: QM1
      transactional: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1: { kind: mq, redundant: true }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: MQSC
      host: Receive
      from: QM1
      transactional: true
",
    check: |cx, rule, findings| {
        let locations = cx.topology.receive_locations.iter().filter(|(_, l)| l.enabled);
        let receives = locations.filter_map(|(id, l)| {
            Some((Element::ReceiveLocation(id), &l.name, &l.adapter, l.transactional?))
        });
        let ports = cx.topology.send_ports.iter().filter(|(_, port)| port.enabled);
        let sends = ports.filter_map(|(id, port)| {
            Some((Element::SendPort(id), &port.name, port.adapter.as_ref()?, port.transactional?))
        });
        for (element, name, adapter, transactional) in receives.chain(sends) {
            if transactional.value || !is_one_of(&adapter.value, &["MQSC"]) {
                continue;
            }
            let message =
                format!("{} (MQSC) may deliver a message twice after a failure", name.value);
            findings.push(
                cx.finding(rule, element, message)
                    .at(transactional.span, "outside the transaction of the MessageBox"),
            );
        }
    },
};

const POLLS: &[&str] = &["WCF-SQL", "WCF-OracleDB", "WCF-OracleEBS"];

pub(in crate::rules) static POLL: Rule = Rule {
    id: "BTS125",
    name: "wcf-sql-poll-without-transaction",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "a WCF-SQL, WCF-OracleDB or WCF-OracleEBS receive location polls outside a transaction",
    why: "With the ambient transaction the rows are taken and the message is stored as one. Without it a \
          failure in between loses the rows, or reads them again.",
    fix: "set the binding property UseAmbientTransaction to true",
    limits: "the property is on by default: silent when the file does not say",
    sources: &[
        "A/adapter-sql/read-about-the-biztalk-adapter-for-sql-server-adapter-binding-properties",
        "A/adapter-sql/polling-in-sql-server-using-the-sql-adapter",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-SQL
      host: Receive
      poll_claims_rows: true
      transactional: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-SQL
      host: Receive
      poll_claims_rows: true
      transactional: true
",
    check: |cx, rule, findings: &mut Findings| {
        let locations = cx.topology.receive_locations.iter().filter(|(_, l)| l.enabled && polls(l));
        for (id, location) in locations {
            let stated = location.transactional.filter(|transactional| !transactional.value);
            let Some(off) = stated else { continue };
            let message = format!(
                "{} polls outside a transaction; a failure loses or doubles rows",
                location.name.value
            );
            let finding = cx.finding(rule, Element::ReceiveLocation(id), message);
            findings.push(finding.at(off.span, "the rows and the message are two steps"));
        }
    },
};

fn polls(location: &ReceiveLocation) -> bool {
    let listens = location.binding.is_some_and(|binding| binding.value == BindingKind::Listening);
    !listens && is_one_of(&location.adapter.value, POLLS)
}

#[cfg(test)]
mod tests {
    use super::{MQSC, MQSERIES};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn the_unsafe_default_is_noted_where_there_is_a_failover() {
        let silent = MQSERIES.bad.replace("      transactional: false   # <-\n", "");
        let found = findings(&MQSERIES, &silent);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
        let single = silent.replace("instances: [BTS01, BTS02]", "instances: [BTS01]");
        assert!(findings(&MQSERIES, &single).is_empty());
        let clusters = "clusters:\n  C: { nodes: [BTS01, BTS02], groups: { G: } }\nexternal:\n";
        let clustered = silent
            .replace("external:\n", clusters)
            .replace("instances: [BTS01, BTS02]", "instances: [BTS01], clustered_in: C/G");
        assert_eq!(findings(&MQSERIES, &clustered).len(), 1);
    }

    #[test]
    fn what_is_stated_counts_on_one_server_as_well() {
        let single = MQSERIES.bad.replace("instances: [BTS01, BTS02]", "instances: [BTS01]");
        let found = findings(&MQSERIES, &single);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        let disabled = MQSERIES.bad.replace("from: QM1", "enabled: false");
        assert!(findings(&MQSERIES, &disabled).is_empty());
    }

    #[test]
    fn sends_through_mqsc_count_too() {
        let send = "  send_ports:\n    Out: { adapter: mqsc, host: Receive, to: QM1, transactional: false }\n";
        let yaml = format!("{}{send}", MQSC.good);
        assert_eq!(findings(&MQSC, &yaml).len(), 1);
        let other = yaml.replace("adapter: mqsc", "adapter: MSMQ");
        assert!(findings(&MQSC, &other).is_empty());
    }
}
