//! How an availability group was created, and what it is taken for.

use rustc_hash::FxHashMap;

use super::support::PAGE;
use crate::diagnostic::Severity;
use crate::model::{AvailabilityGroup, Element, Id, SqlEdition, SqlInstance};
use crate::rules::{Context, Finding, Rule, Tier};

pub(in crate::rules) static NO_DTC: Rule = Rule {
    id: "BTS704",
    name: "ag-no-dtc-per-database",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "an availability group with BizTalk databases was created without per-database DTC support",
    why: "A distributed transaction that was under way at a failover can then not be resolved on the new \
          primary: databases that should agree do not, or stay locked until somebody decides by hand.",
    fix: "create the group anew with per-database DTC support",
    limits: "the option is off unless it is asked for: one step milder when the file does not say",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1:
    replicas: [ONE, TWO]
    listener: BTSAG
    dtc_per_database: false   # <-
    databases: [BizTalkMgmtDb]
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1:
    replicas: [ONE, TWO]
    listener: BTSAG
    dtc_per_database: true
    databases: [BizTalkMgmtDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, _) in cx.biztalk_availability_groups() {
            let group = &cx.topology.availability_groups[id];
            let name = &group.name.value;
            let element = Element::AvailabilityGroup(id);
            findings.push(match group.dtc_per_database {
                Some(support) if support.value => continue,
                Some(support) => {
                    let message =
                        format!("availability group {name} has no per-database DTC support");
                    cx.finding(rule, element, message)
                        .at(support.span, "transactions cannot be resolved after a failover")
                }
                None => {
                    let message = format!(
                        "unknown whether availability group {name} has per-database DTC support"
                    );
                    cx.finding(rule, element, message)
                        .at(group.name.span, "`dtc_per_database` is not given")
                        .help("write `dtc_per_database: true` if the group was created with it")
                        .unknown()
                }
            });
        }
    },
};

pub(in crate::rules) static BASIC: Rule = Rule {
    id: "BTS714",
    name: "ag-basic",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "BizTalk databases are in an availability group of SQL Server Standard",
    why: "Standard edition has basic groups only, which hold one database each. The databases of BizTalk \
          belong together: in groups of their own some move at a failover and others stay.",
    fix: "use SQL Server Enterprise, with all BizTalk databases in one group",
    limits: "silent when no replica says its edition",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2019
    edition: standard   # <-
  TWO: { on: SQL02, version: 2019, edition: standard }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2019
    edition: enterprise
  TWO: { on: SQL02, version: 2019, edition: enterprise }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, _) in cx.biztalk_availability_groups() {
            findings.0.extend(basic(cx, rule, id));
        }
    },
};

fn basic(cx: &Context<'_>, rule: &'static Rule, id: Id<AvailabilityGroup>) -> Option<Finding> {
    let group = &cx.topology.availability_groups[id];
    let mut replicas = group.replicas.iter().map(|r| &cx.topology.sql_instances[r.instance.value]);
    let (instance, edition) = replicas.find_map(|instance| {
        let standard = instance.edition.filter(|e| e.value == SqlEdition::Standard)?;
        Some((instance, standard))
    })?;
    let message = format!(
        "availability group {} is a basic one, because {} is SQL Server Standard: it holds one \
         database, not {}",
        group.name.value,
        instance.name.value,
        match group.databases.len() {
            1 => "all of BizTalk".to_owned(),
            several => several.to_string(),
        }
    );
    let finding = cx.finding(rule, Element::AvailabilityGroup(id), message);
    Some(finding.at(edition.span, "basic groups only").related(group.name.span, "this group"))
}

pub(in crate::rules) static SECONDARY_AS_RECOVERY: Rule = Rule {
    id: "BTS717",
    name: "ag-readable-secondary",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "logs are said to be shipped to a replica of the availability group they come from",
    why: "A secondary repeats what the primary does, mistakes included, and is no place to restore logs to. \
          Backup and log shipping run on the primary and need a destination of their own.",
    fix: "keep the backup job, and ship the logs to an instance outside the group",
    limits: "whether secondaries are read from is not part of the language",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  servers: [BTS01]
  disaster_recovery:
    log_shipping_to: [TWO]   # <-
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02, DRSQL01]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
  DRSQL: { on: DRSQL01, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  servers: [BTS01]
  disaster_recovery:
    log_shipping_to: [DRSQL]
",
    check: |cx, rule, findings| {
        let mut shipped = FxHashMap::default();
        for group in cx.topology.biztalk.values() {
            let to = group.disaster_recovery.iter().flat_map(|dr| &dr.log_shipping_to);
            shipped.extend(to.map(|instance| (instance.value, instance.span)));
        }
        for (id, _) in cx.biztalk_availability_groups() {
            let group = &cx.topology.availability_groups[id];
            let name = |id: Id<SqlInstance>| &cx.topology.sql_instances[id].name.value;
            let mut replicas = group.replicas.iter().map(|replica| replica.instance);
            let found = replicas.find_map(|r| Some((r, *shipped.get(&r.value)?)));
            let Some((replica, span)) = found else { continue };
            let message = format!(
                "{} is a secondary of {}, which is neither backup nor recovery",
                name(replica.value),
                group.name.value
            );
            let finding = cx.finding(rule, Element::AvailabilityGroup(id), message);
            findings.push(
                finding
                    .at(span, "logs cannot be restored into a replica")
                    .related(replica.span, "a replica of the group"),
            );
        }
    },
};

#[cfg(test)]
mod tests {
    use super::{BASIC, NO_DTC};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn support_that_is_not_mentioned_is_unknown() {
        let found =
            findings(&NO_DTC, &NO_DTC.bad.replace("    dtc_per_database: false   # <-\n", ""));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
    }

    #[test]
    fn one_standard_replica_makes_the_group_a_basic_one() {
        let one = BASIC.good.replace("2019, edition: enterprise", "2019, edition: standard");
        assert_eq!(findings(&BASIC, &one).len(), 1);
        let open = BASIC
            .good
            .replace(", edition: enterprise", "")
            .replace("    edition: enterprise\n", "");
        assert!(findings(&BASIC, &open).is_empty());
    }
}
