//! The database of SAP transaction ids on one computer.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::model::{Database, Element, Id, ReceiveLocation, Ref};
use crate::rules::{Context, Findings, Rule, Served, Tier, is_one_of};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS130",
    name: "sap-tid-database-not-ha",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "the database of SAP transaction ids is on a standalone SQL instance",
    why: "The receive location notes the id of every transactional call there, so that SAP may repeat one \
          without doubling it. Without the database calls are refused, however many BizTalk servers run.",
    fix: "put it on the SQL cluster",
    limits: "silent when `tid_database` is not given",
    sources: &["A/adapter-sap/operations-on-trfcs-in-sap"],
    bad: r"failscope: 1
servers: [BTS01, BTS02, SQL01]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SAPVS, ip: 10.0.0.9 }
sql_instances:
  SAPSQL:
    on: SQL01
    databases:
      TIDS: { holds: sap-tid }   # <-
biztalk:
  hosts:
    Sap: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Invoices: { adapter: WCF-SAP, host: Sap, tid_database: TIDS }
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SQL01, SQL02]
storage: [SAN01]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SAPVS, ip: 10.0.0.9 }
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [SAN01] }
sql_instances:
  SAPSQL:
    on: SQLCLUSTER/SQL
    databases:
      TIDS: { holds: sap-tid }
biztalk:
  hosts:
    Sap: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
  receive_locations:
    Invoices: { adapter: WCF-SAP, host: Sap, tid_database: TIDS }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let users = users(cx);
    for (id, database) in cx.topology.databases.iter() {
        let (Some([(first, used), others @ ..]), Served::Standalone(instance, server)) =
            (users.get(&id).map(Vec::as_slice), cx.served(id))
        else {
            continue;
        };
        let mut names = vec![first.name.value.as_str()];
        names.extend(others.iter().map(|(location, _)| location.name.value.as_str()));
        let message = format!(
            "TID database {} on {} ({}) is a single point of failure for {}",
            database.name.value,
            cx.topology.sql_instances[instance].name.value,
            cx.server_name(server),
            text::short_list(&names, 4)
        );
        findings.push(
            cx.finding(rule, Element::Database(id), message)
                .at(database.name.span, "served by one computer")
                .related(used.span, "calls from SAP need it"),
        );
    }
}

type User<'a> = (&'a ReceiveLocation, Ref<Database>);

fn users<'a>(cx: &Context<'a>) -> FxHashMap<Id<Database>, Vec<User<'a>>> {
    let mut users: FxHashMap<Id<Database>, Vec<User<'a>>> = FxHashMap::default();
    for location in cx.topology.receive_locations.values().filter(|l| l.enabled) {
        if let (Some(database), true) =
            (location.tid_database, is_one_of(&location.adapter.value, &["WCF-SAP"]))
        {
            users.entry(database.value).or_default().push((location, database));
        }
    }
    users
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn all_that_use_the_database_are_named_and_a_stopped_location_uses_none() {
        let two = RULE.bad.replace(
            "    Invoices:",
            "    Orders: { adapter: mySAP, host: Sap, tid_database: TIDS }\n    Invoices:",
        );
        let found = findings(&RULE, &two);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.ends_with("for Orders and Invoices"));
        let stopped = RULE.bad.replace("tid_database: TIDS", "tid_database: TIDS, enabled: false");
        assert!(findings(&RULE, &stopped).is_empty());
    }
}
