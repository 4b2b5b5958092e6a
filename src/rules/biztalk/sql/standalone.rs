//! Databases that one computer serves. One check; what a database holds decides the id
//! and the consequence.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::model::{Database, DatabaseRole, Element, Id, Server, SqlInstance};
use crate::rules::{Context, Finding, Findings, Rule, Served, Tier};

const CLUSTER_IT: &str = "move it to a SQL failover cluster instance";

pub(in crate::rules) static SSO: Rule = Rule {
    id: "BTS408",
    name: "ssodb-not-ha",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the SSO database is on a standalone SQL instance",
    why: "A highly available master secret server is worth nothing without its database: some five minutes \
          after losing it every SSO service goes offline.",
    fix: "put it on the SQL cluster with the other databases",
    limits: "",
    sources: &["T/clustering-the-master-secret-server", "C/single-sign-on-event-10590"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [SSODB]   # <-
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
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [SSODB] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        check(cx, rule, findings, &[DatabaseRole::Sso], |name, instance| {
            format!("SSO database {name} on {instance} is a single point of failure")
        })
    },
};

pub(in crate::rules) static CRITICAL: Rule = Rule {
    id: "BTS601",
    name: "critical-db-standalone",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a management, MessageBox or SSO database is on a standalone SQL instance",
    why: "Everything in the product rests on these three. When the one computer that serves them fails, \
          every BizTalk server stops.",
    fix: "use a failover cluster of two or more nodes with a shared disk, or from SQL Server 2016 on an \
          availability group",
    limits: "availability groups need Enterprise edition and BizTalk 2016 CU5 or later",
    sources: &["T/planning-for-high-availability2", "T/high-availability-for-databases"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMgmtDb:     # <-
      BizTalkMsgBoxDb:   # <-
      SSODB:             # <-
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
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        check(cx, rule, findings, CRITICAL_ROLES, |name, instance| {
            format!("{name} on {instance} is a systemwide single point of failure")
        })
    },
};

/// What no document gets past.
pub(in crate::rules) const CRITICAL_ROLES: &[DatabaseRole] =
    &[DatabaseRole::Management, DatabaseRole::Messagebox, DatabaseRole::Sso];

pub(in crate::rules) static MESSAGEBOX: Rule = Rule {
    id: "BTS607",
    name: "messagebox-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a MessageBox is neither on a failover cluster instance nor in an availability group",
    why: "Several MessageBoxes share out the load; none is a copy of another. The messages of a lost one \
          exist nowhere else.",
    fix: "cluster every MessageBox, not only the master",
    limits: "",
    sources: &["C/scaled-out-databases", "C/the-messagebox-database"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BizTalkMsgBoxDb]   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01 }
  TWO: { on: SQL02 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        check(cx, rule, findings, &[DatabaseRole::Messagebox], |name, instance| {
            format!(
                "MessageBox {name} on {instance} is not redundant; its messages exist nowhere else"
            )
        })
    },
};

pub(in crate::rules) static BAM_PRIMARY_IMPORT: Rule = Rule {
    id: "BTS611",
    name: "bam-pit-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the BAM primary import database is on a standalone SQL instance",
    why: "BAM events are written here first and cannot be made again: what was written after the last \
          backup is gone with the database.",
    fix: CLUSTER_IT,
    limits: "",
    sources: &["T/high-availability-for-databases", "C/scaled-out-databases"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BAMPrimaryImport]   # <-
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
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BAMPrimaryImport] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        check(cx, rule, findings, &[DatabaseRole::BamPrimaryImport], |name, instance| {
            format!("{name} on {instance} is not redundant; lost BAM events cannot be made again")
        })
    },
};

pub(in crate::rules) static BAM_ANALYSIS: Rule = Rule {
    id: "BTS612",
    name: "bam-analysis-not-clustered",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "the BAM analysis or star schema database is on a standalone SQL instance",
    why: "Aggregation and reporting stop with it; documents go on.",
    fix: CLUSTER_IT,
    limits: "the analysis database cannot be in an availability group",
    sources: &["C/scaled-out-databases"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BAMAnalysis]   # <-
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
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BAMAnalysis] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        let roles = [DatabaseRole::BamAnalysis, DatabaseRole::BamStarSchema];
        check(cx, rule, findings, &roles, |name, instance| {
            format!("{name} on {instance} is not redundant; BAM reporting stops with it")
        })
    },
};

pub(in crate::rules) static TRACKING: Rule = Rule {
    id: "BTS613",
    name: "tracking-db-not-clustered",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "the tracking database is on a standalone SQL instance",
    why: "While it is away tracking data stays in the MessageBox, which grows until all processing slows \
          down.",
    fix: CLUSTER_IT,
    limits: "",
    sources: &["C/scaled-out-databases", "C/how-to-modify-host-properties"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BizTalkDTADb]   # <-
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
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkDTADb] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        check(cx, rule, findings, &[DatabaseRole::Tracking], |name, instance| {
            format!(
                "tracking database {name} on {instance} is not redundant; without it the MessageBox grows"
            )
        })
    },
};

pub(in crate::rules) static RULES: Rule = Rule {
    id: "BTS614",
    name: "rule-db-not-ha",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "the rule engine database is on a standalone SQL instance, and rules are called at run time",
    why: "A host instance that fetches a policy while the rule store is gone shuts itself down, and does so \
          again every minute until it returns.",
    fix: "move it to a SQL failover cluster instance, or give the hosts an error handler of their own",
    limits: "one step milder when the file does not say whether rules are called",
    sources: &["C/database-failover-support"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BizTalkRuleEngineDb]   # <-
biztalk:
  servers: [BTS01]
  uses_rules: true
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases: [BizTalkRuleEngineDb]
biztalk:
  servers: [BTS01]
  uses_rules: false
",
    check: |cx, rule, findings| {
        let calls = rules_are_called(cx);
        if calls == Some(false) {
            return;
        }
        let mut found = Findings::default();
        check(cx, rule, &mut found, &[DatabaseRole::Rules], |name, instance| match calls {
            Some(_) => format!(
                "rule store {name} on {instance} is not redundant; hosts that fetch a policy shut down \
                 without it"
            ),
            None => format!(
                "rule store {name} on {instance} is not redundant; unknown whether rules are called at \
                 run time"
            ),
        });
        let as_known = |finding: Finding| if calls.is_none() { finding.unknown() } else { finding };
        findings.0.extend(found.0.into_iter().map(as_known));
    },
};

/// Whether anything calls business rules; `None` when the file leaves it open.
fn rules_are_called(cx: &Context<'_>) -> Option<bool> {
    let groups = cx.topology.biztalk.values().map(|group| group.uses_rules);
    let hosts = cx.topology.hosts.values().map(|host| host.calls_rules);
    let orchestrations = cx.topology.orchestrations.values().map(|o| o.calls_rules);
    let stated = || groups.clone().chain(hosts.clone()).chain(orchestrations.clone());
    if stated().flatten().any(|says| says.value) {
        return Some(true);
    }
    // Only a group speaks for all of its hosts.
    if groups.clone().all(|says| says.is_some()) { Some(false) } else { None }
}

fn check(
    cx: &Context<'_>,
    rule: &'static Rule,
    findings: &mut Findings,
    roles: &[DatabaseRole],
    message: impl Fn(&str, &str) -> String,
) {
    let named: FxHashSet<Id<Database>> = cx
        .topology
        .biztalk
        .values()
        .filter_map(|group| group.sso_database)
        .map(|named| named.value)
        .collect();
    for id in cx.biztalk_databases() {
        let Served::Standalone(instance, server) = cx.served(id) else { continue };
        // The role a group gives a database goes before the one its name suggests.
        let role = match named.contains(&id) {
            true => DatabaseRole::Sso,
            false => cx.topology.databases[id].role,
        };
        if roles.contains(&role) {
            findings.push(finding(cx, rule, id, instance, server, &message));
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Database>,
    instance: Id<SqlInstance>,
    server: Id<Server>,
    message: impl Fn(&str, &str) -> String,
) -> Finding {
    let database = &cx.topology.databases[id];
    let instance = &cx.topology.sql_instances[instance];
    let on = instance.on.map_or(instance.name.span, |on| on.span);
    let place = format!("{} ({})", instance.name.value, cx.server_name(server));
    cx.finding(rule, Element::Database(id), message(&database.name.value, &place))
        .at(database.name.span, "served by one computer")
        .related(on, "standalone: neither a cluster group nor a replica")
}

#[cfg(test)]
mod tests {
    use super::{CRITICAL, RULES};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn databases_of_an_availability_group_are_protected() {
        let yaml = "failscope: 1\nservers: [BTS01, SQL01, SQL02]\nsql_instances:\n  \
                    A: { on: SQL01 }\n  B: { on: SQL02 }\navailability_groups:\n  \
                    AG1: { replicas: [A, B], listener: L, databases: [BizTalkMgmtDb, SSODB] }\n\
                    biztalk:\n  servers: [BTS01]\n";
        assert!(findings(&CRITICAL, yaml).is_empty());
    }

    #[test]
    fn copies_at_the_recovery_site_are_not_production() {
        let yaml = "failscope: 1\nservers: [BTS01, SQL01, DRSQL]\nsql_instances:\n  \
                    A: { on: SQL01 }\n  DR: { on: DRSQL, databases: [BizTalkMgmtDb] }\n\
                    biztalk:\n  servers: [BTS01]\n  disaster_recovery: { log_shipping_to: [DR] }\n";
        assert!(findings(&CRITICAL, yaml).is_empty());
    }

    #[test]
    fn an_sso_database_of_any_name_counts() {
        let yaml = "failscope: 1\nservers: [BTS01, SQL01]\nsql_instances:\n  \
                    A: { on: SQL01, databases: [Secrets] }\n\
                    biztalk:\n  servers: [BTS01]\n  sso: { database: Secrets }\n";
        assert_eq!(findings(&CRITICAL, yaml).len(), 1);
    }

    #[test]
    fn rules_that_nobody_mentions_are_only_noted() {
        let yaml = RULES.bad.replace("  uses_rules: true\n", "");
        let found = findings(&RULES, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
        assert!(found[0].1.message.contains("unknown whether"));
    }
}
