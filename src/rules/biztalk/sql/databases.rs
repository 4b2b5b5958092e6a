//! MessageBoxes, mirroring, the Agent and the names that clients use.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::model::{
    AgentState, BiztalkEdition, Carrier, Database, DatabaseRole, Element, Id, ResourceKind,
    SqlInstance,
};
use crate::rules::{Context, Finding, Rule, Served, Tier};

pub(in crate::rules) static TWO_BOXES: Rule = Rule {
    id: "BTS608",
    name: "two-messageboxes",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a group has exactly two MessageBoxes",
    why: "With two, the cost of routing between them eats what the second one brings, and there are twice as \
          many databases whose loss stops documents.",
    fix: "stay with one, or use three with the master only routing",
    limits: "",
    sources: &["C/scaled-out-databases"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMsgBoxDb:
      BizTalkMsgBoxDb2:   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMsgBoxDb:
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter().filter(|(id, _)| cx.knows_databases_of(*id)) {
            let boxes = cx.databases_with(id, &[DatabaseRole::Messagebox]);
            let [first, second] = boxes.as_slice() else { continue };
            let message = format!(
                "{} has two MessageBoxes: routing costs eat the gain, and the points of failure double",
                group.name.value
            );
            findings.push(
                cx.finding(rule, Element::BiztalkGroup(id), message)
                    .at(cx.topology.databases[*second].name.span, "the second of two")
                    .related(cx.topology.databases[*first].name.span, "the first one"),
            );
        }
    },
};

pub(in crate::rules) static BOXES_EDITION: Rule = Rule {
    id: "BTS610",
    name: "multiple-messagebox-edition",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a group has several MessageBoxes in an edition that allows one",
    why: "Only Enterprise edition can use more than one MessageBox.",
    fix: "use Enterprise edition, or one MessageBox",
    limits: "Developer edition has the function for tests; one step milder when the edition is not given",
    sources: &["T/planning-for-high-availability-and-disaster-recovery"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BizTalkMsgBoxDb, BizTalkMsgBoxDb2, BizTalkMsgBoxDb3]
biztalk:
  edition: standard   # <-
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BizTalkMsgBoxDb, BizTalkMsgBoxDb2, BizTalkMsgBoxDb3]
biztalk:
  edition: enterprise
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter().filter(|(id, _)| cx.knows_databases_of(*id)) {
            let boxes = cx.databases_with(id, &[DatabaseRole::Messagebox]);
            let [_, second, ..] = boxes.as_slice() else { continue };
            let second = cx.topology.databases[*second].name.span;
            let name = &group.name.value;
            let element = Element::BiztalkGroup(id);
            findings.push(match group.edition {
                Some(e)
                    if !matches!(e.value, BiztalkEdition::Standard | BiztalkEdition::Branch) =>
                {
                    continue;
                }
                Some(edition) => {
                    let message = format!(
                        "{name} has {} MessageBoxes; several need Enterprise edition, not {}",
                        boxes.len(),
                        edition.value.as_str()
                    );
                    cx.finding(rule, element, message)
                        .at(edition.span, "one MessageBox in this edition")
                        .related(second, "the second one")
                }
                None => {
                    let message = format!(
                        "unknown whether {name} has Enterprise edition, which {} MessageBoxes need",
                        boxes.len()
                    );
                    cx.finding(rule, element, message)
                        .at(second, "needs Enterprise edition")
                        .help("write `edition: enterprise` if that is what is licensed")
                        .unknown()
                }
            });
        }
    },
};

pub(in crate::rules) static MIRRORED: Rule = Rule {
    id: "BTS615",
    name: "database-mirroring",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a BizTalk database is mirrored by SQL Server database mirroring",
    why: "Mirroring keeps each database consistent by itself, not with the others that took part in the \
          same transaction; it is not supported.",
    fix: "use a failover cluster instance, or from SQL Server 2016 on an availability group",
    limits: "",
    sources: &[
        "C/sql-server-database-mirroring-volume-shadow-copy-service-and-alwayson",
        "T/high-availability-for-databases",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMsgBoxDb: { mirrored: true }   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMsgBoxDb: { mirrored: false }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.biztalk_databases() {
            let database = &cx.topology.databases[id];
            let mirrored = database.mirrored.filter(|mirrored| mirrored.value);
            // A database of another application is not known to take part in anything.
            let (Some(mirrored), true) = (mirrored, database.role != DatabaseRole::Application)
            else {
                continue;
            };
            let message = format!("{} is mirrored, which is not supported", database.name.value);
            let finding = cx.finding(rule, Element::Database(id), message);
            findings.push(finding.at(mirrored.span, "no consistency between databases"));
        }
    },
};

pub(in crate::rules) static AGENT: Rule = Rule {
    id: "BTS619",
    name: "sql-agent-not-running",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "SQL Server Agent is absent, stopped or not clustered on an instance with a MessageBox",
    why: "Its jobs hand the work of a dead host instance to another one, clean up the MessageBox and take \
          the backups. Without it none of that happens.",
    fix: "run it: under the cluster, with manual start, for a clustered instance; with automatic start \
          otherwise",
    limits: "one step milder when the file does not say whether it runs",
    sources: &[
        "C/database-structure-and-jobs",
        "T/monitoring-sql-server-agent-jobs",
        "C/how-to-add-a-new-messagebox-database",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    agent: stopped   # <-
    databases: [BizTalkMsgBoxDb]
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    agent: running
    databases: [BizTalkMsgBoxDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        let mut told: FxHashSet<Id<SqlInstance>> = FxHashSet::default();
        for database in cx.biztalk_databases() {
            if cx.topology.databases[database].role != DatabaseRole::Messagebox {
                continue;
            }
            for instance in carriers(cx, database) {
                if told.insert(instance) {
                    findings.0.extend(agent(cx, rule, instance, database));
                }
            }
        }
    },
};

/// The instance of a database, or all replicas of its availability group.
fn carriers(cx: &Context<'_>, database: Id<Database>) -> Vec<Id<SqlInstance>> {
    match cx.served(database) {
        Served::Standalone(instance, _) | Served::Clustered(instance, _) => vec![instance],
        Served::AvailabilityGroup(id) => {
            let replicas = &cx.topology.availability_groups[id].replicas;
            replicas.iter().map(|replica| replica.instance.value).collect()
        }
    }
}

fn agent(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<SqlInstance>,
    database: Id<Database>,
) -> Option<Finding> {
    let instance = &cx.topology.sql_instances[id];
    let name = &instance.name.value;
    let finding = |message| cx.finding(rule, Element::SqlInstance(id), message);
    let messagebox = cx.topology.databases[database].name.span;
    let found = match instance.agent {
        Some(state) => {
            let how = match state.value {
                AgentState::Running => return None,
                AgentState::Absent => "not installed",
                AgentState::Stopped => "stopped",
            };
            finding(format!("SQL Server Agent of {name} is {how}")).at(state.span, "must run")
        }
        None if is_clustered_agent(cx, instance) => return None,
        None => finding(format!("unknown whether SQL Server Agent runs on {name}"))
            .at(instance.name.span, "`agent` is not given")
            .help("write `agent: running`, or list `sql-agent` under the resources of its group")
            .unknown(),
    };
    Some(found.related(messagebox, "this MessageBox needs its jobs"))
}

fn is_clustered_agent(cx: &Context<'_>, instance: &SqlInstance) -> bool {
    match instance.on.map(|on| on.value) {
        Some(Carrier::Group(group)) => {
            cx.topology.cluster_groups[group].resource(ResourceKind::SqlAgent).is_some()
        }
        _ => false,
    }
}

pub(in crate::rules) static NODE_NAME: Rule = Rule {
    id: "BTS621",
    name: "config-uses-node-name",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "BizTalk is configured with the name of a node although the SQL instance is clustered",
    why: "The name of a node stays with that computer. After a failover the databases are on another one \
          and BizTalk looks for them in the old place.",
    fix: "configure the network name of the instance, or run the update scripts of the product",
    limits: "clients are taken to use the network name when `addressed_as` is not given",
    sources: &[
        "T/clustering-the-biztalk-server-databases2",
        "C/high-availability-using-sql-server-always-on-availability-groups",
    ],
    bad: r"failscope: 1
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
    addressed_as: SQL01   # <-
    databases: [BizTalkMgmtDb]
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
    addressed_as: SQLVS
    databases: [BizTalkMgmtDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.biztalk_instances() {
            let instance = &cx.topology.sql_instances[id];
            let (Some(Carrier::Group(group)), Some(address)) =
                (instance.on.map(|on| on.value), &instance.addressed_as)
            else {
                continue;
            };
            let cluster = &cx.topology.clusters[cx.topology.cluster_groups[group].cluster];
            let computer = computer_of(&address.value);
            let mut nodes = cluster.nodes.iter();
            let node = nodes.find(|n| cx.server_name(n.value).eq_ignore_ascii_case(computer));
            let Some(node) = node else { continue };
            let message = format!(
                "BizTalk is configured with {} for {}, the name of one node; after a failover it is gone",
                address.value, instance.name.value
            );
            findings.push(
                cx.finding(rule, Element::SqlInstance(id), message)
                    .at(address.span, "does not move with the instance")
                    .related(node.span, "this node"),
            );
        }
    },
};

/// The computer in `SQL01\INSTANCE`, `SQL01,1433` or `SQL01.corp.example`.
fn computer_of(address: &str) -> &str {
    address.split(['\\', ',', '.', ':']).next().unwrap_or(address).trim()
}

#[cfg(test)]
mod tests {
    use super::{AGENT, NODE_NAME, TWO_BOXES};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn the_name_of_a_node_is_found_in_longer_addresses() {
        for address in [r"sql02\BTS", "SQL02.corp.example", "'SQL02,1433'"] {
            let yaml = NODE_NAME.bad.replace("SQL01   # <-", address);
            assert_eq!(findings(&NODE_NAME, &yaml).len(), 1, "{address}");
        }
    }

    #[test]
    fn an_agent_that_is_not_mentioned_is_unknown_unless_it_is_a_resource() {
        let yaml = NODE_NAME.good.replace("BizTalkMgmtDb", "BizTalkMsgBoxDb");
        let found = findings(&AGENT, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        let clustered = yaml.replace("resources: [msdtc]", "resources: [msdtc, sql-agent]");
        assert!(findings(&AGENT, &clustered).is_empty());
    }

    #[test]
    fn two_groups_with_a_messagebox_each_do_not_have_two() {
        let yaml = TWO_BOXES.bad.replace(
            "biztalk:\n  servers: [BTS01]\n",
            "biztalk_groups:\n  A: { servers: [BTS01] }\n  B:\n",
        );
        assert!(findings(&TWO_BOXES, &yaml).is_empty(), "whose is whose is not said");
    }
}
