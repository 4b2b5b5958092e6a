//! Ordered delivery of send ports: where it does not work, and what it does to a host.

use crate::diagnostic::Severity;
use crate::model::{At, Element, Id, SendPort};
use crate::rules::{Context, Finding, Rule, Tier};
use crate::source::Span;

const PAGE: &str = "C/ordered-delivery-of-messages";

pub(in crate::rules) static UNSUPPORTED: Rule = Rule {
    id: "BTS203",
    name: "ordered-delivery-unsupported",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "a send port that must keep order has a backup transport, or is dynamic before BizTalk 2016",
    why: "Order is kept on the primary transport of a static port. What goes out by the backup transport, or \
          by a dynamic port of an older release, overtakes what still waits.",
    fix: "use a static port without a backup transport; dynamic ports keep order from BizTalk Server 2016 on",
    limits: "for a dynamic port one step milder when the release is not given or not recognised",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
  send_ports:
    ToErp:
      adapter: WCF-BasicHttp
      host: Send
      ordered: true   # <-
      backup: { adapter: FILE, to: '\\FILES\out' }
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
        for (id, port, ordered) in ordered_ports(cx) {
            findings.0.extend(unsupported(cx, rule, id, port, ordered));
        }
    },
};

fn unsupported(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<SendPort>,
    port: &SendPort,
    ordered: Span,
) -> Option<Finding> {
    let name = &port.name.value;
    let finding = |why: String| {
        let finding = cx.finding(rule, Element::SendPort(id), format!("{name}: {why}"));
        finding.at(ordered, "order is not kept here")
    };
    if let Some(backup) = &port.backup {
        let why = "ordered delivery does not work with a backup transport";
        return Some(finding(why.to_owned()).related(backup.span, "overtakes what still waits"));
    }
    on_dynamic_port(cx, port, finding)
}

fn on_dynamic_port(
    cx: &Context<'_>,
    port: &SendPort,
    finding: impl Fn(String) -> Finding,
) -> Option<Finding> {
    let dynamic = port.dynamic.filter(|dynamic| dynamic.value)?;
    let group = &cx.topology.biztalk[port.group];
    match (cx.release_of(group), &group.version) {
        (Some(release), _) if release.year >= 2016 => None,
        (Some(_), Some(version)) => {
            let why = format!(
                "ordered delivery does not work on a dynamic port in BizTalk Server {}",
                version.value
            );
            Some(finding(why).related(version.span, "works from 2016 on"))
        }
        _ => {
            let why = "unknown whether this is BizTalk Server 2016 or later, where ordered delivery works \
                       on a dynamic port";
            let finding = finding(why.to_owned()).related(dynamic.span, "a dynamic port");
            Some(finding.help("write the release as `version`, e.g. `\"2020\"`").unknown())
        }
    }
}

pub(in crate::rules) static SINGLE_ACTIVE: Rule = Rule {
    id: "BTS205",
    name: "ordered-send-single-active",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "an ordered send port is in a host with several instances, of which it uses one at a time",
    why: "The other instances are standby for this port: another one takes over when the active one is lost, \
          and none of them adds throughput.",
    fix: "nothing, as long as one server carries the load; do not count the others as throughput",
    limits: "",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Send: { instances: [BTS01, BTS02] }
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
      ordered: false
",
    check: |cx, rule, findings| {
        for (id, port, ordered) in ordered_ports(cx) {
            let host = &cx.topology.hosts[port.host.value];
            let servers = cx.active_at_once(host);
            if servers.len() < 2 {
                continue;
            }
            let message = format!(
                "{} uses one instance at a time; of {} the others are standby",
                port.name.value,
                cx.server_names(&servers)
            );
            findings.push(
                cx.finding(rule, Element::SendPort(id), message)
                    .at(ordered, "order allows one active instance")
                    .related(host.name.span, "this host has several"),
            );
        }
    },
};

/// Started send ports that must keep order, and where they say so.
fn ordered_ports<'a>(
    cx: &Context<'a>,
) -> impl Iterator<Item = (Id<SendPort>, &'a SendPort, Span)> + use<'a> {
    let ports = cx.topology.send_ports.iter().filter(|(_, port)| port.enabled);
    ports.filter_map(|(id, port)| match port.ordered {
        Some(At { value: true, span }) => Some((id, port, span)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{SINGLE_ACTIVE, UNSUPPORTED};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_dynamic_port_keeps_order_from_2016_on() {
        let dynamic = UNSUPPORTED
            .bad
            .replace("      adapter: WCF-BasicHttp\n", "      dynamic: true\n")
            .replace("      backup: { adapter: FILE, to: '\\\\FILES\\out' }\n", "");
        for (version, severity) in [
            ("2010", Some(Severity::Error)),
            ("2013 R2", Some(Severity::Error)),
            ("2016", None),
            ("2020", None),
            ("newest", Some(Severity::Warning)),
        ] {
            let yaml = dynamic.replace("  hosts:", &format!("  version: \"{version}\"\n  hosts:"));
            let severities: Vec<Severity> =
                findings(&UNSUPPORTED, &yaml).iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, Vec::from_iter(severity), "{version}");
        }
        assert_eq!(findings(&UNSUPPORTED, &dynamic)[0].1.severity, Severity::Warning);
    }

    #[test]
    fn one_instance_has_no_standby() {
        for instances in ["instances: [BTS01]", "instances: [BTS01], disabled_instances: [BTS02]"] {
            let yaml = SINGLE_ACTIVE.bad.replace("instances: [BTS01, BTS02]", instances);
            assert!(findings(&SINGLE_ACTIVE, &yaml).is_empty(), "{instances}");
        }
        let stopped =
            SINGLE_ACTIVE.bad.replace("host: Send\n", "host: Send\n      enabled: false\n");
        assert!(findings(&SINGLE_ACTIVE, &stopped).is_empty());
    }
}
