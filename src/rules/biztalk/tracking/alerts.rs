//! BAM alerts that one computer keeps.

use crate::diagnostic::Severity;
use crate::model::{DatabaseRole, Element};
use crate::rules::{Rule, Served, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS811",
    name: "bam-alerts-not-ha",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "the database of BAM alerts is on a standalone SQL instance",
    why: "Alerts are prepared and sent from there. When the computer is lost documents flow on, and nobody \
          is told when a figure leaves its bounds.",
    fix: "move it to a failover cluster instance or an availability group; or accept it, since alerts are a \
          side function",
    limits: "inferred. The mail profile that alerts use is set up on each computer by itself, and is not \
             part of the language",
    sources: &["C/high-availability-using-sql-server-always-on-availability-groups"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BAMSQL:
    on: SQL01
    databases: [BAMAlertsApplication]   # <-
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
  BAMSQL:
    on: SQLCLUSTER/SQL
    databases: [BAMAlertsApplication]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.biztalk_databases() {
            let database = &cx.topology.databases[id];
            let (DatabaseRole::BamAlerts, Served::Standalone(instance, server)) =
                (database.role, cx.served(id))
            else {
                continue;
            };
            let instance = &cx.topology.sql_instances[instance];
            let message = format!(
                "BAM alerts depend on {} ({})",
                cx.server_name(server),
                database.name.value
            );
            let on = instance.on.map_or(instance.name.span, |on| on.span);
            findings.push(
                cx.finding(rule, Element::Database(id), message)
                    .at(database.name.span, "served by one computer")
                    .related(on, "standalone: neither a cluster group nor a replica"),
            );
        }
    },
};
