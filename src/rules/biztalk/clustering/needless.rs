//! Reasons for which hosts are clustered and need not be.

use super::fit::{gains_nothing, in_sso_group};
use crate::diagnostic::Severity;
use crate::model::{At, Element};
use crate::rules::{Rule, Tier};
use crate::text;

pub(in crate::rules) static EXCLUSIVE_MAILBOX: Rule = Rule {
    id: "BTS108",
    name: "pop3-clustered-needlessly",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "a host is clustered for POP3 although the mail server refuses a second session",
    why: "A mail server that lets one session into a mailbox is itself the lock: several active instances \
          are safe, and none of them has to be started after a failure.",
    fix: "either is fine; without the cluster there is no gap at a failover",
    limits: "silent where ENTSSO is clustered, because every host on those nodes must then be",
    sources: &["C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: MAIL, ip: 10.0.0.9 }
biztalk:
  hosts:
    Mail: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Orders:
      adapter: POP3
      host: Mail
      mailbox_allows_concurrent_sessions: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Mail: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: POP3
      host: Mail
      mailbox_allows_concurrent_sessions: false
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let Some(place) = host.clustered_in.filter(|_| !in_sso_group(cx, host)) else {
                continue;
            };
            let locked = cx.received_through(id, &["POP3"]).find_map(|(_, location)| {
                let allows = location.mailbox_allows_concurrent_sessions?;
                (!allows.value && location.ha_requirement.is_none()).then_some((location, allows))
            });
            let Some((location, allows)) = locked else { continue };
            let message = format!(
                "POP3 in host {} ({}) would also be safe on several unclustered instances",
                host.name.value, location.name.value
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(allows.span, "the mail server is the lock")
                    .related(place.span, "clustered without need"),
            );
        }
    },
};

pub(in crate::rules) static ORDERED_SEND: Rule = Rule {
    id: "BTS202",
    name: "ordered-send-clustered-needlessly",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "a host with an ordered send port is clustered although nothing it carries needs a cluster",
    why: "For ordered delivery BizTalk works with one instance at a time and moves to another by itself. The \
          cluster adds a failover that takes longer.",
    fix: "take the host out of the cluster and give it instances on two servers",
    limits: "ordered receiving is another matter and does need a cluster (BTS116); silent where ENTSSO is \
             clustered",
    sources: &["C/ordered-delivery-of-messages"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SEND, ip: 10.0.0.9 }
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  send_ports:
    ToErp:
      adapter: WCF-BasicHttp
      host: Send
      ordered: true   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    ToErp:
      adapter: WCF-BasicHttp
      host: Send
      ordered: true
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let Some(place) = host.clustered_in else { continue };
            let ordered: Vec<(&str, At<bool>)> = cx
                .sent_by(id)
                .filter_map(|port| Some((port.name.value.as_str(), port.ordered?)))
                .filter(|(_, ordered)| ordered.value)
                .collect();
            let [(_, first), ..] = ordered.as_slice() else { continue };
            if !gains_nothing(cx, id, host) {
                continue;
            }
            let names: Vec<&str> = ordered.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "ordered send in host {} ({}) needs no cluster",
                host.name.value,
                text::short_list(&names, 4)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(first.span, "one instance at a time, by itself")
                    .related(place.span, "clustered without need"),
            );
        }
    },
};

#[cfg(test)]
mod tests {
    use super::{EXCLUSIVE_MAILBOX, ORDERED_SEND};
    use crate::rules::testing::findings;

    #[test]
    fn beside_a_clustered_sso_service_a_host_has_no_choice() {
        for rule in [&EXCLUSIVE_MAILBOX, &ORDERED_SEND] {
            let yaml = rule.bad.replace("ip: 10.0.0.9 }", "ip: 10.0.0.9, resources: [entsso] }");
            assert_ne!(yaml, rule.bad);
            assert!(findings(rule, &yaml).is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn a_mailbox_that_lets_two_in_needs_its_cluster() {
        for answer in ["true", "false\n      ha_requirement: cluster"] {
            let answer = format!("sessions: {answer}");
            let yaml = EXCLUSIVE_MAILBOX.bad.replace("sessions: false   # <-", &answer);
            assert!(findings(&EXCLUSIVE_MAILBOX, &yaml).is_empty(), "{answer}");
        }
    }

    #[test]
    fn a_host_that_is_clustered_for_something_else_is_none_of_its_business() {
        let ftp = "  receive_locations:\n    In: { adapter: FTP, host: Send }\n";
        let yaml = format!("{}{ftp}", ORDERED_SEND.bad);
        assert!(findings(&ORDERED_SEND, &yaml).is_empty());
        let yaml = ORDERED_SEND.bad.replace("ordered: true", "ordered: false");
        assert!(findings(&ORDERED_SEND, &yaml).is_empty());
    }
}
