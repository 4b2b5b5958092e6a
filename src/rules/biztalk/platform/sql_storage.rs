//! The disks under clustered SQL Server: the part that a cluster does not duplicate.

use crate::diagnostic::Severity;
use crate::model::{Element, Id, Storage, StorageKind};
use crate::rules::{Context, Findings, Rule, Served, Tier};

pub(in crate::rules) static RAID: Rule = Rule {
    id: "BTS516",
    name: "storage-not-raid10",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a disk under the SQL cluster is neither RAID 1+0 nor a SAN",
    why: "The nodes of a SQL cluster share one copy of the data. What the cluster does not duplicate, the \
          disks must: RAID 1+0 keeps the data through a disk failure and stays fast.",
    fix: "use RAID 1+0, or a SAN that mirrors inside",
    limits: "disputed (D08): T/planning-for-high-availability2 and others want RAID 1+0 or a SAN, \
             C/creating-a-highly-available-biztalk-server-environment accepts RAID 5, which is therefore \
             only noted; noted as well when neither RAID level nor kind is given",
    sources: &[
        "T/planning-for-high-availability2",
        "T/planning-for-database-availability",
        "C/creating-a-highly-available-biztalk-server-environment",
    ],
    bad: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage:
  DISKS: { kind: disk-array, raid: "0" }   # <-
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [DISKS], resources: [msdtc] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
"#,
    good: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage:
  DISKS: { kind: disk-array, raid: "1+0" }
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [DISKS], resources: [msdtc] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
"#,
    check: raid,
};

pub(in crate::rules) static SINGLE: Rule = Rule {
    id: "BTS517",
    name: "shared-storage-single",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "one disk array, or one path to it, stands under a clustered SQL Server",
    why: "Any number of nodes share this array. When it fails, none of them has the data.",
    fix: "use an array with two controllers and two paths, mirror it to a second one, or replicate the \
          databases in an availability group; then write `redundant: true`",
    limits: "inferred from what the documentation says about the shared disk; one step milder when \
             `redundant` is not given",
    sources: &["T/planning-for-high-availability2"],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage:
  DISKS: { kind: disk-array, redundant: false }   # <-
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [DISKS], resources: [msdtc] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
storage:
  DISKS: { kind: disk-array, redundant: true }
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
    groups:
      SQL: { network_name: SQLVS, disks: [DISKS], resources: [msdtc] }
sql_instances:
  BTSSQL: { on: SQLCLUSTER/SQL, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    check: single,
};

/// Storage of groups that carry a SQL instance with BizTalk databases, each once.
fn under_sql(cx: &Context<'_>) -> Vec<(Id<Storage>, String)> {
    let mut found: Vec<(Id<Storage>, String)> = Vec::new();
    let databases = cx.biztalk_databases();
    let served = databases.into_iter().map(|database| cx.served(database));
    let mut clustered: Vec<_> = served
        .filter_map(|served| match served {
            Served::Clustered(instance, group) => Some((instance, group)),
            Served::Standalone(..) | Served::AvailabilityGroup(_) => None,
        })
        .collect();
    clustered.sort_unstable();
    clustered.dedup();
    for (instance, group) in clustered {
        let name = &cx.topology.sql_instances[instance].name.value;
        let disks = &cx.topology.cluster_groups[group].disks;
        found.extend(disks.iter().map(|disk| (disk.value, name.clone())));
    }
    found.sort_unstable();
    found.dedup_by_key(|(storage, _)| *storage);
    found
}

fn raid(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, instance) in under_sql(cx) {
        let storage = &cx.topology.storage[id];
        if storage.kind.is_some_and(|kind| kind.value == StorageKind::San) {
            continue;
        }
        let name = &storage.name.value;
        let finding = |message| cx.finding(rule, Element::Storage(id), message);
        findings.push(match &storage.raid {
            Some(raid) if is_raid_10(&raid.value) => continue,
            Some(raid) => {
                let level = level(&raid.value);
                let found = finding(format!(
                    "{name} under {instance} is RAID {level}; RAID 1+0 or a SAN is expected"
                ));
                let found = found.at(raid.span, "not RAID 1+0");
                // One page accepts RAID 5.
                if level == "5" { found.severity(Severity::Info) } else { found }
            }
            None => {
                finding(format!("unknown whether {name} under {instance} is RAID 1+0 or a SAN"))
                    .at(storage.name.span, "neither `kind: san` nor `raid` is given")
                    .help("write `kind: san`, or its RAID level")
                    .unknown()
            }
        });
    }
}

/// `RAID 1+0`, `raid10` and `10` are one level.
fn level(raid: &str) -> String {
    raid.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

fn is_raid_10(raid: &str) -> bool {
    matches!(level(raid).as_str(), "1+0" | "10")
}

fn single(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, instance) in under_sql(cx) {
        let storage = &cx.topology.storage[id];
        let name = &storage.name.value;
        let element = Element::Storage(id);
        findings.push(match storage.redundant {
            Some(redundant) if redundant.value => continue,
            Some(redundant) => {
                let message = format!("array {name} is a single point of failure for {instance}");
                cx.finding(rule, element, message).at(redundant.span, "one copy, one way to it")
            }
            None => {
                let message = format!(
                    "unknown whether array {name} is a single point of failure for {instance}; it is \
                     taken as one"
                );
                cx.finding(rule, element, message)
                    .at(storage.name.span, "`redundant` is not given")
                    .unknown()
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RAID;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn raid_5_and_an_unknown_level_are_only_noted() {
        for storage in ["{ raid: RAID 5 }", "{ kind: disk-array }"] {
            let yaml = RAID.bad.replace(r#"{ kind: disk-array, raid: "0" }"#, storage);
            let found = findings(&RAID, &yaml);
            assert_eq!(found.len(), 1, "{storage}");
            assert_eq!(found[0].1.severity, Severity::Info, "{storage}");
        }
    }

    #[test]
    fn raid_10_is_written_in_several_ways() {
        for storage in ["{ raid: 10 }", "{ raid: RAID 1+0 }", "{ kind: san }"] {
            let yaml = RAID.bad.replace(r#"{ kind: disk-array, raid: "0" }"#, storage);
            assert!(findings(&RAID, &yaml).is_empty(), "{storage}");
        }
    }
}
