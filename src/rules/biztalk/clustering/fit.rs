//! Hosts that are clustered for some of their work only, or for none of it.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::Mechanism;
use crate::model::{Element, Host, Id, ReceiveLocation};
use crate::rules::biztalk::send::msmq_not_clustered::msmq_through;
use crate::rules::{Context, Rule, Tier};
use crate::text;

pub(in crate::rules) static MIXED: Rule = Rule {
    id: "BTS153",
    name: "mixed-mechanisms-in-host",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a host that must be clustered for one adapter also carries handlers that need no cluster",
    why: "A cluster applies to the whole host: what could run on every server then runs on one, and pauses \
          at every failover.",
    fix: "split the host: one for what must be clustered, one for the rest",
    limits: "inferred from the fact that hosts are clustered, not handlers",
    sources: &[
        "C/how-to-configure-a-biztalk-host-as-a-cluster-resource1",
        "T/general-biztalk-server-optimizations1",
    ],
    bad: r"failscope: 1
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
    Partner: { adapter: FTP, host: Receive }
    Orders:
      adapter: FILE   # <-
      host: Receive
      from: '\\FILES\in'
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
    Files: { instances: [BTS01, BTS02] }
  receive_locations:
    Partner: { adapter: FTP, host: Receive }
    Orders:
      adapter: FILE
      host: Files
      from: '\\FILES\in'
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            // Where ENTSSO is clustered every host must be, whatever it carries.
            if in_sso_group(cx, host) {
                continue;
            }
            let certain = |l: &&ReceiveLocation| {
                let need = cx.receive_need(l);
                need.mechanism == Mechanism::Cluster && need.assumed.is_none()
            };
            let Some(cause) = cx.received_by(id).find(certain) else { continue };
            let free = needs_no_cluster(cx, id);
            let [(_, first), ..] = free.as_slice() else { continue };
            let names: Vec<&str> = free.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "clustering host {} for {} makes {} single-active too",
                host.name.value,
                cause.name.value,
                text::short_list(&names, 4)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(*first, "needs no cluster")
                    .related(cause.adapter.span, "this one does"),
            );
        }
    },
};

/// Receive locations and send ports that any number of active instances may carry.
pub(super) fn needs_no_cluster<'a>(
    cx: &Context<'a>,
    id: Id<Host>,
) -> Vec<(&'a str, crate::source::Span)> {
    let free = |location: &&ReceiveLocation| {
        let from_share = location.from.as_ref().is_some_and(|from| is_shared(&from.value));
        match cx.receive_need(location).mechanism {
            Mechanism::Instances | Mechanism::LoadBalancer => true,
            Mechanism::SameComputer => from_share,
            Mechanism::Cluster | Mechanism::ClusterOrLoadBalancer | Mechanism::Unknown => false,
        }
    };
    let receives = cx.received_by(id).filter(free).map(|l| (l.name.value.as_str(), l.adapter.span));
    let ports = cx.sent_by(id).filter(|port| msmq_through(port, id).is_none());
    let sends = ports.map(|port| {
        let adapter = port.adapter.as_ref().map_or(port.name.span, |adapter| adapter.span);
        (port.name.value.as_str(), adapter)
    });
    receives.chain(sends).collect()
}

fn is_shared(end: &crate::model::Endpoint) -> bool {
    match end {
        crate::model::Endpoint::Element(_) => true,
        crate::model::Endpoint::Address(path) => path.starts_with(r"\\") || path.starts_with("//"),
    }
}

/// Where ENTSSO is clustered every host must be.
pub(super) fn in_sso_group(cx: &Context<'_>, host: &Host) -> bool {
    host.clustered_in.is_some_and(|group| {
        let cluster = cx.topology.cluster_groups[group.value].cluster;
        cx.sso_group_of(cluster).is_some()
    })
}

pub(in crate::rules) static NEEDLESS: Rule = Rule {
    id: "BTS154",
    name: "host-clustered-needlessly",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "a host is clustered although nothing it carries needs a cluster",
    why: "Instances without a cluster share the load and have no gap at a failover; a clustered host has one \
          active instance and starts it again elsewhere.",
    fix: "take the host out of the cluster and let its instances share the work",
    limits: "silent where ENTSSO is clustered, because every host on those nodes must then be",
    sources: &[
        "T/general-biztalk-server-optimizations1",
        "C/considerations-for-running-adapter-handlers-within-a-clustered-host1",
        "I/install-biztalk-server-in-a-multi-computer-environment",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: PROC, ip: 10.0.0.9 }
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1   # <-
  orchestrations:
    Orders: { host: Process }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
  orchestrations:
    Orders: { host: Process }
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let Some(place) = host.clustered_in.filter(|_| gains_nothing(cx, id, host)) else {
                continue;
            };
            let work = cx.work_of(id);
            let message = format!(
                "host {} gains nothing from clustering: {} would run on every server",
                host.name.value,
                text::short_list(&work, 4)
            );
            let finding = cx.finding(rule, Element::Host(id), message);
            findings.push(finding.at(place.span, "one active instance, without need"));
        }
    },
};

/// True for a clustered host with work, all of which any number of instances may carry.
pub(super) fn gains_nothing(cx: &Context<'_>, id: Id<Host>, host: &Host) -> bool {
    if host.clustered_in.is_none() || in_sso_group(cx, host) {
        return false;
    }
    let work = cx.work_of(id).len();
    let others = cx.orchestrated_by(id).count() + usize::from(host.is_tracking());
    work > 0 && needs_no_cluster(cx, id).len() + others >= work
}

#[cfg(test)]
mod tests {
    use super::{MIXED, NEEDLESS};
    use crate::rules::testing::findings;

    #[test]
    fn what_may_need_the_cluster_is_not_called_needless() {
        for adapter in ["FTP", "POP3", "WCF-NetTcp", "Own adapter"] {
            let yaml = NEEDLESS.bad.replace(
                "  orchestrations:\n    Orders: { host: Process }",
                &format!("  receive_locations:\n    In: {{ adapter: {adapter}, host: Process }}"),
            );
            assert!(findings(&NEEDLESS, &yaml).is_empty(), "{adapter}");
        }
    }

    #[test]
    fn hosts_beside_a_clustered_sso_service_have_no_choice() {
        let yaml = NEEDLESS.bad.replace("ip: 10.0.0.9 }", "ip: 10.0.0.9, resources: [entsso] }");
        assert!(findings(&NEEDLESS, &yaml).is_empty());
        let yaml = MIXED.bad.replace("ip: 10.0.0.9 }", "ip: 10.0.0.9, resources: [entsso] }");
        assert!(findings(&MIXED, &yaml).is_empty());
    }
}
