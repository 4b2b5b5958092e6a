//! SQL failover clusters without a passive node.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Severity;
use crate::model::{Carrier, Cluster, ClusterGroup, Element, Id, Server, SqlInstance};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS606",
    name: "active-active-care",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "a failover cluster carries as many SQL Server instances as it has nodes for them",
    why: "In such a layout no node stands by. When one is lost its instance moves to a node that carries \
          another: memory, processors and disks of that one computer must then do for both.",
    fix: "check that one node can carry two instances, and limit the memory of each; or add a passive node",
    limits: "disputed (D28): C/scaled-out-databases offers the layout for two nodes, \
             T/clustering-the-biztalk-server-databases2 wants it used with care; hence only a note. Nodes \
             are counted by the possible owners of the groups",
    sources: &["T/clustering-the-biztalk-server-databases2", "C/scaled-out-databases"],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage: [SAN01, SAN02]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      ONE: { network_name: SQLVS1, disks: [SAN01], resources: [msdtc], preferred_owners: [SQL01] }
      TWO: { network_name: SQLVS2, disks: [SAN02], preferred_owners: [SQL02] }
sql_instances:
  MSGSQL: { on: SQLCLUSTER/ONE, databases: [BizTalkMsgBoxDb] }
  CFGSQL:
    on: SQLCLUSTER/TWO   # <-
    databases: [BizTalkMgmtDb, SSODB]
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02, SQL03]
storage: [SAN01, SAN02]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02, SQL03]
    groups:
      ONE: { network_name: SQLVS1, disks: [SAN01], resources: [msdtc], preferred_owners: [SQL01] }
      TWO: { network_name: SQLVS2, disks: [SAN02], preferred_owners: [SQL02] }
sql_instances:
  MSGSQL: { on: SQLCLUSTER/ONE, databases: [BizTalkMsgBoxDb] }
  CFGSQL:
    on: SQLCLUSTER/TWO
    databases: [BizTalkMgmtDb, SSODB]
biztalk:
  servers: [BTS01]
",
    check,
};

type Clustered<'a> = (Id<ClusterGroup>, &'a SqlInstance);

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let ours: FxHashSet<&str> = cx
        .biztalk_instances()
        .into_iter()
        .map(|id| cx.topology.sql_instances[id].name.value.as_str())
        .collect();
    for (cluster, instances) in by_cluster(cx) {
        for crowd in without_passive_node(cx, &instances) {
            if crowd.iter().any(|instance| ours.contains(instance.name.value.as_str())) {
                findings.0.extend(finding(cx, rule, cluster, &crowd));
            }
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    cluster: Id<Cluster>,
    crowd: &[&SqlInstance],
) -> Option<Finding> {
    // One by itself shares nodes with nobody.
    let [first, .., last] = crowd else { return None };
    let names: Vec<&str> = crowd.iter().map(|instance| instance.name.value.as_str()).collect();
    let message = format!(
        "{} has no passive node for {}; they can end on one node",
        cx.topology.clusters[cluster].name.value,
        text::short_list(&names, 4)
    );
    let on = |instance: &SqlInstance| instance.on.map_or(instance.name.span, |on| on.span);
    let finding = cx.finding(rule, Element::Cluster(cluster), message);
    // The same subject in whatever order the file has them.
    let mut sorted = names.clone();
    sorted.sort_unstable();
    let finding = finding.subject(text::and_list(&sorted)).at(on(last), "may have to share a node");
    Some(finding.related(on(first), "with this one"))
}

/// Clustered instances by their cluster. Those of one group move together and are one load.
fn by_cluster<'a>(cx: &Context<'a>) -> BTreeMap<Id<Cluster>, Vec<Clustered<'a>>> {
    let mut by_cluster: BTreeMap<Id<Cluster>, Vec<Clustered<'_>>> = BTreeMap::new();
    let mut taken = FxHashSet::default();
    for instance in cx.topology.sql_instances.values() {
        let Some(Carrier::Group(group)) = instance.on.map(|on| on.value) else { continue };
        if taken.insert(group) {
            let cluster = cx.topology.cluster_groups[group].cluster;
            by_cluster.entry(cluster).or_default().push((group, instance));
        }
    }
    by_cluster
}

/// Instances that share nodes with each other, where there are no more nodes than instances.
fn without_passive_node<'a>(
    cx: &Context<'_>,
    instances: &[Clustered<'a>],
) -> Vec<Vec<&'a SqlInstance>> {
    let mut crowd_of: Vec<usize> = (0..instances.len()).collect();
    let mut first_on: FxHashMap<Id<Server>, usize> = FxHashMap::default();
    for (index, (group, _)) in instances.iter().enumerate() {
        for owner in cx.topology.owners(*group) {
            let other = *first_on.entry(owner).or_insert(index);
            let (one, other) = (root(&crowd_of, index), root(&crowd_of, other));
            crowd_of[one.max(other)] = one.min(other);
        }
    }
    let mut crowds = vec![(Vec::new(), 0); instances.len()];
    for (index, (_, instance)) in instances.iter().enumerate() {
        crowds[root(&crowd_of, index)].0.push(*instance);
    }
    for &index in first_on.values() {
        crowds[root(&crowd_of, index)].1 += 1;
    }
    let full = crowds.into_iter().filter(|(crowd, nodes)| *nodes <= crowd.len());
    full.map(|(crowd, _)| crowd).collect()
}

/// The first of those that share nodes, directly or through others.
fn root(crowd_of: &[usize], mut index: usize) -> usize {
    while crowd_of[index] != index {
        index = crowd_of[index];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    /// How often a cluster of so many nodes is found full, given the owners of its groups.
    fn full(owners: &[&str]) -> Vec<String> {
        let mut yaml =
            "failscope: 1\nservers: [B, N1, N2, N3, N4]\nstorage: [D]\nclusters:\n  C:\n    \
                        nodes: [N1, N2, N3, N4]\n    groups:\n"
                .to_owned();
        for (index, owners) in owners.iter().enumerate() {
            yaml.push_str(&format!(
                "      G{index}: {{ disks: [D], possible_owners: [{owners}] }}\n"
            ));
        }
        yaml.push_str("sql_instances:\n");
        for index in 0..owners.len() {
            let database = if index == 0 { "BizTalkMgmtDb" } else { "" };
            yaml.push_str(&format!("  I{index}: {{ on: C/G{index}, databases: [{database}] }}\n"));
        }
        let yaml = format!("{yaml}biztalk: {{ servers: [B] }}\n");
        findings(&RULE, &yaml).into_iter().map(|(_, finding)| finding.subject).collect()
    }

    #[test]
    fn a_node_more_than_instances_is_a_passive_one() {
        assert_eq!(full(&["N1, N2", "N1, N2"]), ["I0 and I1"]);
        assert!(full(&["N1, N2, N3", "N1, N2, N3"]).is_empty());
        assert_eq!(full(&["N1, N2, N3", "N1, N2, N3", "N1, N2, N3"]), ["I0, I1 and I2"]);
        assert!(full(&["N1, N2"]).is_empty(), "one instance, active and passive");
    }

    #[test]
    fn pairs_of_nodes_are_judged_by_themselves() {
        assert!(full(&["N1, N2", "N3, N4"]).is_empty());
        assert_eq!(full(&["N1, N2", "N3, N4", "N1, N2"]), ["I0 and I2"]);
        assert!(full(&["N1, N2", "N2, N3"]).is_empty(), "three nodes for two");
        assert_eq!(full(&["N1, N2", "N3", "N2, N3"]), ["I0, I1 and I2"]);
    }

    #[test]
    fn two_instances_of_one_group_move_together() {
        let yaml = RULE.bad.replace("on: SQLCLUSTER/TWO   # <-", "on: SQLCLUSTER/ONE");
        assert!(findings(&RULE, &yaml).is_empty());
    }
}
