//! Cluster groups in which a BizTalk host stands beside what has nothing to do with it.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::model::{Carrier, ClusterGroup, Element, Id, ResourceKind};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS314",
    name: "cluster-group-mixes-services",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a cluster group holds a BizTalk host and something that need not move with it",
    why: "A group moves as a whole. By default one failed restart within 15 minutes moves it, so a host that \
          cannot start takes SQL Server along, and SQL Server takes the host.",
    fix: "give each a group of its own; only SSO, Message Queuing and IIS must stay with the host",
    limits: "inferred advice; a resource that the host's resource depends on belongs to it, and so does \
             MSDTC",
    sources: &["C/how-to-configure-a-biztalk-host-as-a-cluster-resource1"],
    bad: r"failscope: 1
servers: [N1, N2]
storage: [SAN01]
clusters:
  WSFC:
    nodes: [N1, N2]
    groups:
      G1: { network_name: SQLVS, ip: 10.0.0.9, disks: [SAN01], resources: [msdtc] }
sql_instances:
  BTSSQL:
    on: WSFC/G1   # <-
    databases: [BizTalkMgmtDb]
biztalk:
  hosts:
    Receive: { instances: [N1, N2], clustered_in: WSFC/G1 }
",
    good: r"failscope: 1
servers: [N1, N2]
storage: [SAN01]
clusters:
  WSFC:
    nodes: [N1, N2]
    groups:
      G1: { network_name: SQLVS, ip: 10.0.0.9, disks: [SAN01], resources: [msdtc] }
      G2: { network_name: RECV, ip: 10.0.0.10 }
sql_instances:
  BTSSQL:
    on: WSFC/G1
    databases: [BizTalkMgmtDb]
biztalk:
  hosts:
    Receive: { instances: [N1, N2], clustered_in: WSFC/G2 }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let carried = carried(cx);
    for (id, group) in cx.topology.cluster_groups.iter() {
        let Some(&host) = cx.clustered_hosts(id).first() else { continue };
        let host = &cx.topology.hosts[host].name;
        let mut others = carried.get(&id).cloned().unwrap_or_default();
        others.extend(unrelated(group));
        let [(_, first), ..] = others.as_slice() else { continue };
        let names: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "group {} holds host {} and {}; a failure of one moves them all",
            cx.topology.group_name(id),
            host.value,
            text::short_list(&names, 4)
        );
        findings.push(
            cx.finding(rule, Element::Group(id), message)
                .at(*first, "need not move with the host")
                .related(host.span, "moves with it"),
        );
    }
}

type Named<'a> = (&'a str, Span);

/// SQL instances and file shares by the cluster group that carries them.
fn carried<'a>(cx: &Context<'a>) -> FxHashMap<Id<ClusterGroup>, Vec<Named<'a>>> {
    let instances = cx.topology.sql_instances.values().map(|i| (&i.name, i.on));
    let shares = cx.topology.file_shares.values().map(|share| (&share.name, share.on));
    let mut carried: FxHashMap<Id<ClusterGroup>, Vec<Named<'_>>> = FxHashMap::default();
    for (name, on) in instances.chain(shares) {
        if let Some((Carrier::Group(group), span)) = on.map(|on| (on.value, on.span)) {
            carried.entry(group).or_default().push((&name.value, span));
        }
    }
    carried
}

/// Other services of the group, except those that a host waits for.
fn unrelated(group: &ClusterGroup) -> impl Iterator<Item = Named<'_>> {
    let hosts = group.resources.iter().filter(|r| r.kind == ResourceKind::BiztalkHost);
    let waited_for: Vec<&str> =
        hosts.flat_map(|host| &host.depends_on).map(|name| name.value.as_str()).collect();
    let others = group.resources.iter().filter(|r| r.kind == ResourceKind::Other);
    others
        .filter(move |other| !waited_for.contains(&other.name.value.as_str()))
        .map(|other| (other.name.value.as_str(), other.name.span))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn what_must_stay_with_the_host_is_related() {
        let with = |resources: &str| {
            let group = format!("ip: 10.0.0.10, resources: {resources} }}");
            findings(&RULE, &RULE.good.replace("ip: 10.0.0.10 }", &group)).len()
        };
        assert_eq!(with("[entsso, msmq, w3svc, msdtc, Receive]"), 0);
        assert_eq!(with("{ Spooler: { kind: other } }"), 1);
        let waits = "{ Feed: { kind: other }, Receive: { depends_on: [Feed] } }";
        assert_eq!(with(waits), 0, "the host depends on it");
    }

    #[test]
    fn a_share_of_the_group_moves_too() {
        let shares = "file_shares: { DROP: { on: WSFC/G2 } }\nbiztalk:\n";
        assert_eq!(findings(&RULE, &RULE.good.replace("biztalk:\n", shares)).len(), 1);
    }
}
