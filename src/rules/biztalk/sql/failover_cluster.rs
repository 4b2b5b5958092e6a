//! Failover cluster instances that cannot do what they are for.

use crate::diagnostic::Severity;
use crate::model::{Carrier, ClusterGroup, Element, Id, SqlEdition, SqlInstance};
use crate::rules::{Context, Rule, Tier};

pub(in crate::rules) static ONE_NODE: Rule = Rule {
    id: "BTS602",
    name: "fci-one-node",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a SQL failover cluster instance has fewer than two nodes that may own it",
    why: "A cluster of one has nowhere to fail over to: it is clustered in name only.",
    fix: "add a second node, and allow it among the possible owners of the group",
    limits: "",
    sources: &["T/clustering-the-biztalk-server-databases2"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], resources: [msdtc] }
sql_instances:
  BTSSQL:
    on: SQLCLUSTER/SQL   # <-
    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb]
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
  BTSSQL:
    on: SQLCLUSTER/SQL
    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, group) in clustered(cx) {
            let owners = cx.topology.owners(group);
            if owners.len() > 1 {
                continue;
            }
            let instance = &cx.topology.sql_instances[id];
            let message = format!(
                "{} is clustered in name only: {} is the only node that may own it",
                instance.name.value,
                cx.server_names(&owners)
            );
            findings.push(
                cx.finding(rule, Element::SqlInstance(id), message)
                    .at(on(instance), "no second node to move to")
                    .related(group_of(cx, group).name.span, "this group"),
            );
        }
    },
};

pub(in crate::rules) static NO_DISK: Rule = Rule {
    id: "BTS603",
    name: "fci-without-shared-disk",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a SQL failover cluster instance has no shared disk",
    why: "The nodes find the databases on a disk that they share. Without one, the node that takes over has \
          no data.",
    fix: "add the shared storage of the group under `disks`; in Azure that is a shared disk",
    limits: "",
    sources: &[
        "T/clustering-the-biztalk-server-databases2",
        "C/high-availability-using-sql-server-always-on-availability-groups",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, resources: [msdtc] }   # <-
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
        for (id, group) in clustered(cx) {
            let instance = &cx.topology.sql_instances[id];
            let model = group_of(cx, group);
            if !model.disks.is_empty() {
                continue;
            }
            let message = format!(
                "{} has no shared disk: group {} lists none",
                instance.name.value,
                cx.topology.group_name(group)
            );
            findings.push(
                cx.finding(rule, Element::SqlInstance(id), message)
                    .at(model.name.span, "no `disks`")
                    .related(on(instance), "runs in this group"),
            );
        }
    },
};

pub(in crate::rules) static EDITION: Rule = Rule {
    id: "BTS604",
    name: "fci-edition-nodes",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the SQL Server edition does not support the failover cluster it stands on",
    why: "Standard edition takes two nodes, Enterprise more; the smaller editions take none.",
    fix: "use an edition that supports the layout, or a cluster of two nodes",
    limits: "disputed (D12): C/planning-your-platform-for-fault-tolerance wants Enterprise for any cluster, \
             T/clustering-the-biztalk-server-databases2 allows two nodes in Standard; the second is taken. \
             One step milder when the edition is not given and there are more than two nodes",
    sources: &[
        "T/clustering-the-biztalk-server-databases2",
        "C/planning-your-platform-for-fault-tolerance",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02, SQL03]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02, SQL03]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], resources: [msdtc] }
sql_instances:
  BTSSQL:
    on: SQLCLUSTER/SQL
    edition: standard   # <-
    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb]
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02, SQL03]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02, SQL03]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], resources: [msdtc] }
sql_instances:
  BTSSQL:
    on: SQLCLUSTER/SQL
    edition: enterprise
    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, group) in clustered(cx) {
            let nodes = cx.topology.owners(group).len();
            let instance = &cx.topology.sql_instances[id];
            let element = Element::SqlInstance(id);
            let name = &instance.name.value;
            findings.push(match instance.edition {
                Some(edition) if nodes <= most_nodes(edition.value) => continue,
                Some(edition) => {
                    let message = format!(
                        "{name} is SQL Server {}, which does not support a failover cluster of {nodes} nodes",
                        edition_name(edition.value)
                    );
                    cx.finding(rule, element, message)
                        .at(edition.span, limit_of(edition.value))
                        .related(on(instance), "clustered here")
                }
                None if nodes <= 2 => continue,
                None => {
                    let message = format!(
                        "unknown whether {name} is SQL Server Enterprise, which a failover cluster of \
                         {nodes} nodes needs"
                    );
                    cx.finding(rule, element, message)
                        .at(instance.name.span, "`edition` is not given")
                        .help("write `edition: enterprise` if that is what is licensed")
                        .unknown()
                }
            });
        }
    },
};

/// Clustered instances with a database of a BizTalk group.
fn clustered(cx: &Context<'_>) -> Vec<(Id<SqlInstance>, Id<ClusterGroup>)> {
    let group = |id: Id<SqlInstance>| match cx.topology.sql_instances[id].on?.value {
        Carrier::Group(group) => Some((id, group)),
        Carrier::Server(_) | Carrier::Storage(_) => None,
    };
    cx.biztalk_instances().into_iter().filter_map(group).collect()
}

fn group_of<'a>(cx: &Context<'a>, group: Id<ClusterGroup>) -> &'a ClusterGroup {
    &cx.topology.cluster_groups[group]
}

fn on(instance: &SqlInstance) -> crate::source::Span {
    instance.on.map_or(instance.name.span, |on| on.span)
}

fn most_nodes(edition: SqlEdition) -> usize {
    match edition {
        SqlEdition::Enterprise | SqlEdition::Developer => usize::MAX,
        SqlEdition::Standard => 2,
        SqlEdition::Web | SqlEdition::Express | SqlEdition::Workgroup => 0,
    }
}

fn limit_of(edition: SqlEdition) -> &'static str {
    if most_nodes(edition) == 0 { "no failover clusters" } else { "two nodes at most" }
}

fn edition_name(edition: SqlEdition) -> &'static str {
    match edition {
        SqlEdition::Enterprise => "Enterprise",
        SqlEdition::Standard => "Standard",
        SqlEdition::Web => "Web",
        SqlEdition::Express => "Express",
        SqlEdition::Workgroup => "Workgroup",
        SqlEdition::Developer => "Developer",
    }
}

#[cfg(test)]
mod tests {
    use super::{EDITION, ONE_NODE};
    use crate::rules::testing::findings;

    #[test]
    fn one_possible_owner_is_one_node() {
        let yaml =
            ONE_NODE.good.replace("disks: [SAN01],", "disks: [SAN01], possible_owners: [SQL02],");
        assert_eq!(findings(&ONE_NODE, &yaml).len(), 1);
    }

    #[test]
    fn express_has_no_clusters_at_all() {
        let yaml = ONE_NODE.good.replace("    on:", "    edition: express\n    on:");
        assert_eq!(findings(&EDITION, &yaml).len(), 1);
        let yaml = ONE_NODE.good.replace("    on:", "    edition: standard\n    on:");
        assert!(findings(&EDITION, &yaml).is_empty(), "two nodes are within Standard (D12)");
    }
}
