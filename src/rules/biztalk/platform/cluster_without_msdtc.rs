//! Failover clusters that carry something transactional and have no clustered MSDTC. One
//! check of the cluster; what it carries decides the id.

use crate::diagnostic::Severity;
use crate::model::{Carrier, Cluster, ClusterGroup, Element, Id, ResourceKind};
use crate::rules::biztalk::proposals::{MOST, resource_in};
use crate::rules::{Context, Findings, Rule, Served, Tier};
use crate::source::Span;

const CLUSTER_IT: &str = "create a clustered MSDTC (disk, network name, resource) and list `msdtc` under the \
                          `resources` of a group of this cluster";

pub(in crate::rules) static BIZTALK: Rule = Rule {
    id: "BTS308",
    name: "biztalk-cluster-msdtc-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "BizTalk runs on nodes of a failover cluster that has no clustered MSDTC",
    why: "On a cluster MSDTC must be a cluster resource before BizTalk is installed; otherwise transactions \
          do not survive a move to another node.",
    fix: CLUSTER_IT,
    limits: "",
    sources: &[
        "C/considerations-for-installing-biztalk-server-on-a-windows-server-cluster2",
        "C/troubleshooting-a-windows-server-cluster",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:   # <-
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9, resources: [msdtc] }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    check: |cx, rule, findings| {
        for (id, cluster) in cx.topology.clusters.iter() {
            let node = cluster.nodes.iter().find(|node| cx.group_on(node.value).is_some());
            let Some(node) = node else { continue };
            let groups = cluster.groups.iter().copied();
            let (with_hosts, others): (Vec<_>, Vec<_>) =
                groups.partition(|group| !cx.clustered_hosts(*group).is_empty());
            let carried = Carried {
                what: format!("runs BizTalk on {}", cx.server_name(node.value)),
                span: node.span,
                groups: [with_hosts, others].concat(),
            };
            check(cx, rule, findings, id, &carried);
        }
    },
};

pub(in crate::rules) static MASTER_SECRET: Rule = Rule {
    id: "BTS409",
    name: "mss-cluster-without-msdtc",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the failover cluster with the master secret server has no clustered MSDTC",
    why: "A clustered MSDTC is a prerequisite of a clustered master secret server, and losing MSDTC there \
          is felt by every BizTalk server.",
    fix: CLUSTER_IT,
    limits: "",
    sources: &["C/how-to-cluster-the-master-secret-server1", "T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
clusters:
  SSOCLUSTER:   # <-
    nodes: [SSO01, SSO02]
    groups:
      SSO: { network_name: SSOVS, resources: [entsso] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSOCLUSTER/SSO
",
    good: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO: { network_name: SSOVS, resources: [entsso, msdtc] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSOCLUSTER/SSO
",
    check: |cx, rule, findings| {
        let masters = cx.topology.biztalk.values().flat_map(|group| &group.master_secret_servers);
        let mut clusters: Vec<(Id<Cluster>, Span, Id<ClusterGroup>)> = masters
            .filter_map(|place| match place.value {
                Carrier::Group(group) => {
                    Some((cx.topology.cluster_groups[group].cluster, place.span, group))
                }
                Carrier::Server(_) | Carrier::Storage(_) => None,
            })
            .collect();
        clusters.sort_unstable();
        clusters.dedup_by_key(|(cluster, ..)| *cluster);
        for (cluster, span, group) in clusters {
            let what = "carries the master secret server".to_owned();
            check(cx, rule, findings, cluster, &Carried { what, span, groups: vec![group] });
        }
    },
};

pub(in crate::rules) static SQL: Rule = Rule {
    id: "BTS502",
    name: "sql-msdtc-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a clustered SQL Server with BizTalk databases stands on a cluster without a clustered MSDTC",
    why: "Every BizTalk transaction runs through the MSDTC of the SQL computer. One that is not a cluster \
          resource neither moves nor makes the group move when it fails: transactions stop systemwide.",
    fix: CLUSTER_IT,
    limits: "",
    sources: &[
        "T/planning-for-high-availability2",
        "C/troubleshooting-a-windows-server-cluster",
        "I/install-biztalk-server-in-a-multi-computer-environment",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage: [SAN01]
clusters:
  SQLCLUSTER:   # <-
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], resources: [msdtc] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        let mut clusters: Vec<(Id<Cluster>, Carried)> = cx
            .biztalk_databases()
            .into_iter()
            .filter_map(|database| match cx.served(database) {
                Served::Clustered(instance, group) => Some((instance, group)),
                Served::Standalone(..) | Served::AvailabilityGroup(_) => None,
            })
            .map(|(instance, group)| {
                let instance = &cx.topology.sql_instances[instance];
                let cluster = cx.topology.cluster_groups[group].cluster;
                let what = format!("carries SQL Server {}", instance.name.value);
                let span = instance.on.map_or(instance.name.span, |on| on.span);
                (cluster, Carried { what, span, groups: vec![group] })
            })
            .collect();
        clusters.sort_unstable_by_key(|(cluster, carried)| (*cluster, carried.span));
        clusters.dedup_by_key(|(cluster, _)| *cluster);
        for (cluster, carried) in clusters {
            check(cx, rule, findings, cluster, &carried);
        }
    },
};

/// What of the cluster needs transactions.
struct Carried {
    what: String,
    span: Span,
    /// Where MSDTC could stand, the best group first.
    groups: Vec<Id<ClusterGroup>>,
}

fn check(
    cx: &Context<'_>,
    rule: &'static Rule,
    findings: &mut Findings,
    id: Id<Cluster>,
    carried: &Carried,
) {
    if cx.cluster_has(id, ResourceKind::Msdtc) {
        return;
    }
    let cluster = &cx.topology.clusters[id];
    let what = &carried.what;
    let message =
        format!("cluster {} {what}, but MSDTC is not a resource of it", cluster.name.value);
    let groups = carried.groups.iter().take(MOST);
    findings.push(
        cx.finding(rule, Element::Cluster(id), message)
            .at(cluster.name.span, "no group of this cluster has `msdtc`")
            .related(carried.span, "needs it here")
            .proposing(groups.filter_map(|&g| resource_in(cx, ResourceKind::Msdtc, g))),
    );
}
