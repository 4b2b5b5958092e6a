//! More BizTalk services on one server than Windows starts by default.

use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id, Ref, Server};
use crate::rules::{Context, Findings, Rule, Tier};

/// From the next one on, services may fail to start without a change of the desktop heap.
const MOST: usize = 26;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS010",
    name: "too-many-instances-on-server",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a server carries more than 26 host instances",
    why: "Every in-process instance is a Windows service, and all of them share one desktop heap. Above 26 \
          some do not start: after a reboot, or after a failover, when nobody watches.",
    fix: "merge hosts that have the same function and the same mechanism, or make the published registry \
          change on every server",
    limits: "instances of isolated hosts are no services, and disabled ones are not started: neither \
             counts. Those of clustered hosts do, because the server must be able to start them",
    sources: &["C/how-to-add-a-host-instance"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    A1: { instances: [BTS01, BTS02] }
    A2: { instances: [BTS01] }
    A3: { instances: [BTS01] }
    A4: { instances: [BTS01] }
    A5: { instances: [BTS01] }
    A6: { instances: [BTS01] }
    A7: { instances: [BTS01] }
    A8: { instances: [BTS01] }
    A9: { instances: [BTS01] }
    B1: { instances: [BTS01] }
    B2: { instances: [BTS01] }
    B3: { instances: [BTS01] }
    B4: { instances: [BTS01] }
    B5: { instances: [BTS01] }
    B6: { instances: [BTS01] }
    B7: { instances: [BTS01] }
    B8: { instances: [BTS01] }
    B9: { instances: [BTS01] }
    C1: { instances: [BTS01] }
    C2: { instances: [BTS01] }
    C3: { instances: [BTS01] }
    C4: { instances: [BTS01] }
    C5: { instances: [BTS01] }
    C6: { instances: [BTS01] }
    C7: { instances: [BTS01] }
    C8: { instances: [BTS01] }
    C9: { instances: [BTS01] }   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
    Process: { instances: [BTS01, BTS02] }
    Send: { instances: [BTS01, BTS02] }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (server, instances) in services_of(cx).into_iter().enumerate() {
        let Some(first_too_many) = instances.get(MOST) else { continue };
        let server = Id::new(server);
        let message = format!(
            "server {} has {} host instances; above {MOST} services may fail to start",
            cx.server_name(server),
            instances.len()
        );
        findings.push(
            cx.finding(rule, Element::Server(server), message)
                .at(first_too_many.span, format!("number {} on this server", MOST + 1))
                .related(cx.topology.servers[server].name.span, "this server"),
        );
    }
}

/// Per server the enabled instances that are services, one for each host.
fn services_of<'a>(cx: &Context<'a>) -> Vec<Vec<&'a Ref<Server>>> {
    let mut services = vec![Vec::new(); cx.topology.servers.len()];
    for host in cx.topology.hosts.values().filter(|host| !host.is_isolated()) {
        for instance in first_on_each(host) {
            if let Some(on_server) = services.get_mut(instance.value.index()) {
                on_server.push(instance);
            }
        }
    }
    services
}

/// A host has one instance on a server, however often the file lists it.
fn first_on_each(host: &Host) -> impl Iterator<Item = &Ref<Server>> {
    let mut seen = rustc_hash::FxHashSet::default();
    host.instances.iter().filter(move |instance| seen.insert(instance.value))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn twenty_six_services_are_few_enough() {
        let last = "    C9: { instances: [BTS01] }   # <-\n";
        for (last_host, found) in [
            ("", 0),
            ("    C9: { instances: [BTS02] }\n", 0),
            ("    C9: { disabled_instances: [BTS01] }\n", 0),
            ("    C9: { type: isolated, instances: [BTS01] }\n", 0),
            ("    C9: { instances: [BTS01, BTS01] }\n", 1),
        ] {
            let yaml = RULE.bad.replace(last, last_host);
            assert_ne!(yaml, RULE.bad);
            assert_eq!(findings(&RULE, &yaml).len(), found, "{last_host:?}");
        }
    }

    #[test]
    fn a_server_is_named_once_however_many_are_too_many() {
        let yaml = RULE.bad.replace("   # <-\n", "\n    D1: { instances: [BTS01] }\n");
        let found = findings(&RULE, &yaml);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.contains("BTS01 has 28 host instances"));
    }
}
