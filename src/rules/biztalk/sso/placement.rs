//! The master secret server and the SSO services beside SQL Server and BizTalk.

use crate::diagnostic::Severity;
use crate::model::{
    BiztalkGroup, Carrier, Cluster, ClusterGroup, Database, DatabaseRole, Element, Id, Server,
    ServiceState,
};
use crate::rules::biztalk::sso::master::masters;
use crate::rules::{Context, Finding, Rule, Served, Tier};

pub(in crate::rules) static WITH_MESSAGEBOX: Rule = Rule {
    id: "BTS410",
    name: "mss-with-messagebox-node",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "the master secret server and the MessageBox prefer the same node",
    why: "The MessageBox is the busiest database, and the loss of that one node interrupts both at once.",
    fix: "give their groups different preferred owners, or put the master secret server elsewhere",
    limits: "only noted on a cluster of two nodes, where one of them is the only active one; one step milder \
             when the groups state no preferred owners",
    sources: &["T/clustering-the-master-secret-server"],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02, SQL03]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02, SQL03]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], preferred_owners: [SQL01] }
      SSO: { network_name: SSOVS, resources: [entsso, msdtc], preferred_owners: [SQL01] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
  master_secret_server: SQLCLUSTER/SSO   # <-
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02, SQL03]
storage: [SAN01]
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02, SQL03]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], preferred_owners: [SQL01] }
      SSO: { network_name: SSOVS, resources: [entsso, msdtc], preferred_owners: [SQL02] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
  master_secret_server: SQLCLUSTER/SSO
",
    check: |cx, rule, findings| {
        for (id, place) in masters(cx) {
            let boxes = cx.databases_with(id, &[DatabaseRole::Messagebox]);
            let together =
                boxes.into_iter().find_map(|b| Some((b, same_node(cx, place.value, b)?)));
            let Some((database, meeting)) = together else { continue };
            let database = &cx.topology.databases[database].name;
            let node = cx.server_name(meeting.node);
            let message = match meeting.stated {
                true => format!(
                    "the master secret server shares its active node {node} with MessageBox {}",
                    database.value
                ),
                false => format!(
                    "unknown whether the master secret server shares its active node with MessageBox {}; \
                     {node} is taken for both",
                    database.value
                ),
            };
            let finding = cx
                .finding(rule, Element::BiztalkGroup(id), message)
                .subject(node)
                .at(place.span, "same node")
                .related(database.span, "the MessageBox");
            let milder = meeting.only_active_node || !meeting.stated;
            findings.push(if milder { finding.severity(Severity::Info) } else { finding });
        }
    },
};

/// Where both normally stand.
struct Meeting {
    node: Id<Server>,
    /// False when it follows from the order of the nodes only.
    stated: bool,
    only_active_node: bool,
}

fn same_node(cx: &Context<'_>, master: Carrier, database: Id<Database>) -> Option<Meeting> {
    let (node, stated) = active_node(cx, master)?;
    let carrier = match cx.served(database) {
        Served::Standalone(_, server) => Carrier::Server(server),
        Served::Clustered(_, group) => Carrier::Group(group),
        Served::AvailabilityGroup(id) => {
            let primary = cx.topology.availability_groups[id].replicas.first()?;
            cx.topology.sql_instances[primary.instance.value].on?.value
        }
    };
    let (other, also_stated) = active_node(cx, carrier)?;
    let nodes = match (master, carrier) {
        (Carrier::Group(group), _) => cx.topology.owners(group).len(),
        _ => usize::MAX,
    };
    (node == other).then_some(Meeting {
        node,
        // Resources of one group are together wherever it stands.
        stated: (stated && also_stated) || master == carrier,
        only_active_node: nodes <= 2,
    })
}

/// The node on which something normally stands, and whether the file says so.
fn active_node(cx: &Context<'_>, carrier: Carrier) -> Option<(Id<Server>, bool)> {
    match carrier {
        Carrier::Server(server) => Some((server, true)),
        Carrier::Group(group) => {
            let stated = !cx.topology.cluster_groups[group].preferred_owners.is_empty();
            Some((*cx.topology.owners(group).first()?, stated))
        }
        Carrier::Storage(_) => None,
    }
}

pub(in crate::rules) static NO_LOCAL: Rule = Rule {
    id: "BTS417",
    name: "no-local-sso",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a BizTalk server has no Enterprise SSO service of its own",
    why: "BizTalk services have a fixed service dependency on the local SSO service, also where nobody uses \
          single sign-on: without it none of them starts.",
    fix: "install ENTSSO on the server and join it to the SSO system of the group",
    limits: "",
    sources: &["T/clustering-the-master-secret-server", "C/processing-servers-for-sso"],
    bad: r"failscope: 1
servers:
  BTS01:
  BTS02: { services: { entsso: absent } }   # <-
biztalk:
  servers: [BTS01, BTS02]
",
    good: r"failscope: 1
servers:
  BTS01:
  BTS02: { services: { entsso: running } }
biztalk:
  servers: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, server) in cx.topology.servers.iter() {
            let state = server.services.entsso.filter(|s| s.value != ServiceState::Running);
            let (Some(state), Some(_), None) = (state, cx.group_on(id), cx.sso_group_on(id)) else {
                continue;
            };
            let message =
                format!("{} runs BizTalk but no Enterprise SSO service", server.name.value);
            let finding = cx.finding(rule, Element::Server(id), message);
            findings.push(finding.at(state.span, "must run here"));
        }
    },
};

pub(in crate::rules) static NO_REMOTE_MASTER: Rule = Rule {
    id: "BTS419",
    name: "case2-needs-remote-mss",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "ENTSSO and hosts share a cluster group, and no master secret server is named",
    why: "An SSO service that is clustered with hosts holds the secret itself or fetches it from a remote \
          master secret server. The second pattern needs that server.",
    fix: "name the remote master secret server, or this group, as `master_secret_server`",
    limits: "",
    sources: &["C/how-to-cluster-sso-and-a-biztalk-host-in-the-same-cluster-group1"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SSOVS, ip: 10.0.0.9, resources: [entsso, msdtc] }   # <-
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SSOVS, ip: 10.0.0.9, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  master_secret_server: SSO01
",
    check: |cx, rule, findings| {
        let groups = cx.topology.cluster_groups.iter().filter(|(id, _)| cx.holds_sso(*id));
        for (id, group) in groups {
            let hosts = cx.clustered_hosts(id).iter().map(|&host| &cx.topology.hosts[host]);
            let orphan =
                hosts.into_iter().find(|host| cx.group_of(host).master_secret_servers.is_empty());
            let Some(host) = orphan else { continue };
            let message = format!(
                "cluster group {} carries SSO without the secret, and no remote master secret server is \
                 named",
                cx.topology.group_name(id)
            );
            findings.push(
                cx.finding(rule, Element::Group(id), message)
                    .at(group.name.span, "where does it get the secret?")
                    .related(host.name.span, "this host depends on it"),
            );
        }
    },
};

pub(in crate::rules) static TWO_NODES: Rule = Rule {
    id: "BTS420",
    name: "two-node-everything",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "SQL Server and all BizTalk hosts share two nodes, and the master secret server is one of them",
    why: "The master secret server cannot be clustered there: host instances do not start where the \
          clustered SSO service is passive. It stays a single point of failure.",
    fix: "put BizTalk on servers of its own beside the SQL and master secret cluster, or cluster all hosts \
          in the group of ENTSSO",
    limits: "disputed (D26): the page calls the layout highly available in one sentence and not highly \
             available in the next; the second is taken",
    sources: &["C/sample-biztalk-server-high-availability-scenarios"],
    bad: r"failscope: 1
servers: [N1, N2]
storage: [SAN01]
clusters:
  WSFC:
    nodes: [N1, N2]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], resources: [msdtc] }
sql_instances:
  BTSSQL: { on: WSFC/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB] }
biztalk:
  hosts:
    Process: { instances: [N1, N2] }
  master_secret_server: N1   # <-
",
    good: r"failscope: 1
servers: [N1, N2]
storage: [SAN01]
clusters:
  WSFC:
    nodes: [N1, N2]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01], resources: [msdtc] }
      BTS: { network_name: BTSVS, ip: 10.0.0.9, resources: [entsso] }
sql_instances:
  BTSSQL: { on: WSFC/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB] }
biztalk:
  hosts:
    Process: { instances: [N1, N2], clustered_in: WSFC/BTS }
  master_secret_server: WSFC/BTS
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            findings.0.extend(two_nodes(cx, rule, id, group));
        }
    },
};

fn two_nodes(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<BiztalkGroup>,
    group: &BiztalkGroup,
) -> Option<Finding> {
    let place = group.master_secret_servers.first()?;
    let Carrier::Server(master) = place.value else { return None };
    let &[one, other] = cx.biztalk_servers(id) else { return None };
    let shared = cx.clusters_of(one).iter().copied().find(|&c| is_pair(cx, c, one, other))?;
    if (master != one && master != other) || !carries_sql(cx, id, shared) {
        return None;
    }
    let cluster = &cx.topology.clusters[shared];
    let message = format!(
        "two-computer design: SQL Server and BizTalk share {}, so the master secret server on {} stays a \
         single point of failure",
        cx.server_names(&[one, other]),
        cx.server_name(master)
    );
    let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
    Some(
        finding
            .at(place.span, "cannot be clustered on these two nodes")
            .related(cluster.name.span, "SQL Server and BizTalk share this cluster"),
    )
}

fn is_pair(cx: &Context<'_>, cluster: Id<Cluster>, one: Id<Server>, other: Id<Server>) -> bool {
    let nodes = &cx.topology.clusters[cluster].nodes;
    nodes.len() == 2 && nodes.iter().all(|node| node.value == one || node.value == other)
}

fn carries_sql(cx: &Context<'_>, group: Id<BiztalkGroup>, cluster: Id<Cluster>) -> bool {
    let on_cluster = |group: Id<ClusterGroup>| cx.topology.cluster_groups[group].cluster == cluster;
    let roles = [DatabaseRole::Management, DatabaseRole::Messagebox];
    cx.databases_with(group, &roles).into_iter().any(|database| match cx.served(database) {
        Served::Clustered(_, group) => on_cluster(group),
        Served::Standalone(..) | Served::AvailabilityGroup(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{NO_LOCAL, TWO_NODES, WITH_MESSAGEBOX};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn two_nodes_have_one_active_node_and_no_choice() {
        let yaml =
            WITH_MESSAGEBOX.bad.replace("nodes: [SQL01, SQL02, SQL03]", "nodes: [SQL01, SQL02]");
        let found = findings(&WITH_MESSAGEBOX, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
    }

    #[test]
    fn preferred_owners_that_are_not_given_are_unknown() {
        let yaml = WITH_MESSAGEBOX.bad.replace(", preferred_owners: [SQL01]", "");
        let found = findings(&WITH_MESSAGEBOX, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
        assert!(found[0].1.message.starts_with("unknown whether"));
    }

    #[test]
    fn a_master_elsewhere_or_a_third_server_is_another_design() {
        let elsewhere = TWO_NODES.bad.replace("servers: [N1, N2]", "servers: [N1, N2, N3]");
        let elsewhere = elsewhere.replace("master_secret_server: N1", "master_secret_server: N3");
        assert!(findings(&TWO_NODES, &elsewhere).is_empty());
        let third = TWO_NODES.bad.replace("servers: [N1, N2]", "servers: [N1, N2, N3]");
        let third = third.replace("instances: [N1, N2]", "instances: [N1, N2, N3]");
        assert!(findings(&TWO_NODES, &third).is_empty());
    }

    #[test]
    fn a_clustered_service_is_no_missing_one() {
        let yaml = NO_LOCAL.bad.replace(
            "biztalk:\n",
            "clusters:\n  C: { nodes: [BTS01, BTS02], groups: { G: { resources: [entsso] } } }\nbiztalk:\n",
        );
        assert!(findings(&NO_LOCAL, &yaml).is_empty());
    }
    #[test]
    fn one_group_is_on_one_node_whatever_it_prefers() {
        let alone = WITH_MESSAGEBOX.bad.replacen(", preferred_owners: [SQL01]", "", 1);
        assert_eq!(findings(&WITH_MESSAGEBOX, &alone)[0].1.severity, Severity::Info);
        let together = alone.replace("SQLCLUSTER/SSO", "SQLCLUSTER/SQL");
        assert_eq!(findings(&WITH_MESSAGEBOX, &together)[0].1.severity, Severity::Warning);
    }

    #[test]
    fn a_third_node_or_sql_elsewhere_is_another_design() {
        let third = TWO_NODES.bad.replace("servers: [N1, N2]", "servers: [N1, N2, N3]");
        assert_eq!(findings(&TWO_NODES, &third).len(), 1);
        let three_nodes = third.replace("nodes: [N1, N2]", "nodes: [N1, N2, N3]");
        assert!(findings(&TWO_NODES, &three_nodes).is_empty());
        let other_pair = third.replace("nodes: [N1, N2]", "nodes: [N1, N3]");
        assert!(findings(&TWO_NODES, &other_pair).is_empty());
        let elsewhere = third.replace("on: WSFC/SQL", "on: N3");
        assert!(findings(&TWO_NODES, &elsewhere).is_empty());
    }
}
