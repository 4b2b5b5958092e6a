//! Replicas of availability groups and the way to them.

use rustc_hash::FxHashMap;

use super::support::PAGE;
use crate::diagnostic::Severity;
use crate::model::{
    At, AvailabilityGroup, BiztalkGroup, Carrier, Commit, DatabaseRole, Element, Id, Replica,
    Server, SqlInstance,
};
use crate::rules::{Context, Finding, Rule, Tier};
use crate::text;

pub(in crate::rules) static ASYNCHRONOUS: Rule = Rule {
    id: "BTS703",
    name: "ag-asynchronous",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a replica of an availability group with BizTalk databases commits asynchronously",
    why: "An asynchronous replica is behind by a different amount in every database; after a failover they \
          no longer fit together. Only synchronous commit is supported.",
    fix: "use synchronous commit; for a second site use BizTalk log shipping",
    limits: "one step milder when the file does not say how a replica commits",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1:
    replicas:
      ONE: { commit: synchronous }
      TWO: { commit: asynchronous }   # <-
    listener: BTSAG
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
    replicas:
      ONE: { commit: synchronous }
      TWO: { commit: synchronous }
    listener: BTSAG
    databases: [BizTalkMgmtDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, _) in cx.biztalk_availability_groups() {
            findings.0.extend(asynchronous(cx, rule, id));
        }
    },
};

fn asynchronous(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<AvailabilityGroup>,
) -> Option<Finding> {
    let group = &cx.topology.availability_groups[id];
    let finding = |message| cx.finding(rule, Element::AvailabilityGroup(id), message);
    let is_late = |r: &&Replica| r.commit.is_some_and(|c| c.value == Commit::Asynchronous);
    let late: Vec<&Replica> = group.replicas.iter().filter(is_late).collect();
    if let Some(commit) = late.first().and_then(|replica| replica.commit) {
        let found = finding(format!(
            "availability group {} commits asynchronously to {}; only synchronous commit is supported",
            group.name.value,
            names_of(cx, &late)
        ));
        return Some(found.at(commit.span, "falls behind"));
    }
    let open: Vec<&Replica> = group.replicas.iter().filter(|r| r.commit.is_none()).collect();
    let first = open.first()?;
    let found = finding(format!(
        "unknown whether availability group {} commits synchronously to {}",
        group.name.value,
        names_of(cx, &open)
    ));
    let found = found.at(first.instance.span, "`commit` is not given");
    Some(found.help("write `commit: synchronous` if it is so").unknown())
}

fn names_of(cx: &Context<'_>, replicas: &[&Replica]) -> String {
    let names = replicas.iter().map(|r| &cx.topology.sql_instances[r.instance.value].name.value);
    text::short_list(&names.collect::<Vec<_>>(), 4)
}

pub(in crate::rules) static FOUR_INSTANCES: Rule = Rule {
    id: "BTS706",
    name: "ag-needs-four-instances",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "SQL Server before 2016 SP2 or BizTalk before 2016 CU5, and fewer than four SQL instances hold \
              the BizTalk databases",
    why: "At that level two databases of one instance in an availability group cannot take part in one \
          distributed transaction; the databases must be spread.",
    fix: "upgrade SQL Server to 2016 SP2, or spread the databases over four instances",
    limits: "disputed in a detail (D19): the figure of the page shows the databases together, which is the \
             state from SP2 on. An instance that only holds the BAM archive, star schema or analysis does not \
             count. One step milder when the service pack is not given",
    sources: &[PAGE],
    bad: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2016 SP1   # <-
  TWO: { on: SQL02, version: 2016 SP1 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  version: "2020"
  servers: [BTS01]
"#,
    good: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2016 SP2 }
  TWO: { on: SQL02, version: 2016 SP2 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  version: "2020"
  servers: [BTS01]
"#,
    check: |cx, rule, findings| {
        for (id, biztalk) in cx.biztalk_availability_groups() {
            let count = cx.instances_with(biztalk, is_in_transactions).len();
            if count < 4 {
                findings.0.extend(too_few(cx, rule, id, biztalk, count));
            }
        }
    },
};

/// What only reports may stand outside of the group (D18), and spreads nothing.
fn is_in_transactions(role: DatabaseRole) -> bool {
    !matches!(
        role,
        DatabaseRole::Application
            | DatabaseRole::BamAnalysis
            | DatabaseRole::BamStarSchema
            | DatabaseRole::BamArchive
            | DatabaseRole::TrackingAnalysis
    )
}

fn too_few(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<AvailabilityGroup>,
    biztalk: Id<BiztalkGroup>,
    count: usize,
) -> Option<Finding> {
    let group = &cx.topology.availability_groups[id];
    let biztalk = &cx.topology.biztalk[biztalk];
    let finding = |message| cx.finding(rule, Element::AvailabilityGroup(id), message);
    if let Some((version, level)) = level_before(cx, group, biztalk) {
        let found = finding(format!(
            "{level} needs at least 4 SQL instances for the databases of {}; {count} found",
            biztalk.name.value
        ));
        let found = found.at(version.span, "before that was lifted");
        return Some(found.related(group.name.span, "this availability group"));
    }
    // A year without a service pack leaves it open; a missing year is the business of BTS701.
    let open = instances_of(cx, group).find(|i| reaches_2016_sp2(cx, i) == Some(None))?;
    let version = open.version.as_ref()?;
    let found = finding(format!(
        "unknown whether {} has SQL Server 2016 SP2; before it at least 4 instances are needed, {count} found",
        open.name.value
    ));
    let found = found.at(version.span, "which service pack?");
    Some(found.help("write the service pack, e.g. `2016 SP2`").unknown())
}

/// The stated release that still has the limit.
fn level_before<'a>(
    cx: &Context<'a>,
    group: &'a AvailabilityGroup,
    biztalk: &'a BiztalkGroup,
) -> Option<(&'a At<String>, String)> {
    let old = instances_of(cx, group).find(|i| reaches_2016_sp2(cx, i) == Some(Some(false)));
    let old_biztalk = cx.release_of(biztalk).and_then(|r| r.reaches_update(2016, 5)) == Some(false);
    match (old, &biztalk.version) {
        (Some(old), _) => old.version.as_ref().map(|v| (v, format!("SQL Server {}", v.value))),
        (None, Some(v)) if old_biztalk => Some((v, format!("BizTalk {}", v.value))),
        _ => None,
    }
}

fn instances_of<'a>(
    cx: &Context<'a>,
    group: &'a AvailabilityGroup,
) -> impl Iterator<Item = &'a SqlInstance> {
    let topology = cx.topology;
    group.replicas.iter().map(move |r| &topology.sql_instances[r.instance.value])
}

/// Inner `None`: a release of 2016 without its service pack. Outer `None`: no release at all.
fn reaches_2016_sp2(cx: &Context<'_>, instance: &SqlInstance) -> Option<Option<bool>> {
    cx.sql_release_of(instance).map(|release| release.reaches_service_pack(2016, 2))
}

pub(in crate::rules) static SAME_NODE: Rule = Rule {
    id: "BTS707",
    name: "ag-replicas-same-node",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "two replicas of one availability group are on one computer",
    why: "Each replica belongs on a node of its own. Two on one computer are lost together.",
    fix: "move one of them to another node of the same cluster",
    limits: "",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL01, version: 2019 }
availability_groups:
  AG1:
    replicas:
      - ONE
      - TWO   # <-
    listener: BTSAG
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
    replicas:
      - ONE
      - TWO
    listener: BTSAG
    databases: [BizTalkMgmtDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, _) in cx.biztalk_availability_groups() {
            let group = &cx.topology.availability_groups[id];
            let mut first: FxHashMap<Id<Server>, &crate::model::Replica> = FxHashMap::default();
            for replica in &group.replicas {
                let instance = &cx.topology.sql_instances[replica.instance.value];
                let Some(Carrier::Server(server)) = instance.on.map(|on| on.value) else {
                    continue;
                };
                let other = *first.entry(server).or_insert(replica);
                if std::ptr::eq(other, replica) {
                    continue;
                }
                let other_name = &cx.topology.sql_instances[other.instance.value].name.value;
                let message = format!(
                    "replicas {other_name} and {} of availability group {} are both on {}",
                    instance.name.value,
                    group.name.value,
                    cx.server_name(server)
                );
                findings.push(
                    cx.finding(rule, Element::AvailabilityGroup(id), message)
                        .at(replica.instance.span, "the second one on this computer")
                        .related(other.instance.span, "the first one"),
                );
                break;
            }
        }
    },
};

pub(in crate::rules) static NO_LISTENER: Rule = Rule {
    id: "BTS708",
    name: "ag-no-listener",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "BizTalk is not configured with the listener of the availability group",
    why: "Only the listener follows the primary. A configuration with the name of an instance ends at the \
          first failover.",
    fix: "create a listener and configure BizTalk with it; for an existing group run UpdateDatabase.vbs and \
          UpdateRegistry.vbs",
    limits: "BizTalk is taken to use the listener when `addressed_as` is not given",
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
    addressed_as: SQL01   # <-
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
    addressed_as: BTSAG
    databases: [BizTalkMgmtDb]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, _) in cx.biztalk_availability_groups() {
            let group = &cx.topology.availability_groups[id];
            let name = &group.name.value;
            let element = Element::AvailabilityGroup(id);
            findings.push(match (&group.listener, &group.addressed_as) {
                (None, _) => {
                    let message = format!("availability group {name} has no listener that BizTalk could use");
                    cx.finding(rule, element, message).at(group.name.span, "no `listener`")
                }
                (Some(listener), Some(address)) if !is_listener(&address.value, &listener.value) => {
                    let message = format!(
                        "BizTalk is configured with {} instead of listener {} of availability group {name}",
                        address.value, listener.value
                    );
                    cx.finding(rule, element, message)
                        .at(address.span, "does not follow the primary")
                        .related(listener.span, "the listener")
                }
                (Some(_), _) => continue,
            });
        }
    },
};

/// `BTSAG`, `btsag,1433` and `BTSAG.corp.example` are one listener.
fn is_listener(address: &str, listener: &str) -> bool {
    let short =
        |name: &str| name.split([',', ':', '.']).next().unwrap_or(name).trim().to_lowercase();
    short(address) == short(listener)
}

#[cfg(test)]
mod tests {
    use super::{FOUR_INSTANCES, NO_LISTENER};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_listener_has_several_spellings_and_its_absence_is_found() {
        for address in ["btsag", "'BTSAG,1433'", "BTSAG.corp.example"] {
            let yaml = NO_LISTENER.bad.replace("SQL01   # <-", address);
            assert!(findings(&NO_LISTENER, &yaml).is_empty(), "{address}");
        }
        let yaml = NO_LISTENER.good.replace("    listener: BTSAG\n    addressed_as: BTSAG\n", "");
        assert_eq!(findings(&NO_LISTENER, &yaml).len(), 1);
    }

    #[test]
    fn a_year_without_its_service_pack_is_unknown() {
        let found = findings(&FOUR_INSTANCES, &FOUR_INSTANCES.good.replace("2016 SP2", "2016"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        assert!(
            findings(&FOUR_INSTANCES, &FOUR_INSTANCES.good.replace("2016 SP2", "2017")).is_empty()
        );
    }
    #[test]
    fn old_levels_are_named_and_four_instances_are_enough() {
        let bad = FOUR_INSTANCES.bad;
        let old_biztalk = bad.replace("2016 SP1", "2019").replace("\"2020\"", "2016 CU4");
        let message = &findings(&FOUR_INSTANCES, &old_biztalk)[0].1.message;
        assert!(
            message.starts_with("BizTalk 2016 CU4 needs at least 4 SQL instances"),
            "{message}"
        );
        let more = "  THREE: { on: BTS01, version: 2016 SP1 }\n";
        let three = bad.replace("availability_groups:", &format!("{more}availability_groups:"));
        let three = three.replace("[ONE, TWO]", "[ONE, TWO, THREE]");
        assert!(findings(&FOUR_INSTANCES, &three)[0].1.message.ends_with("; 3 found"));
        let four = three.replace(more, &format!("{more}{}", more.replace("THREE", "FOUR")));
        let four = four.replace("THREE]", "THREE, FOUR]");
        assert!(findings(&FOUR_INSTANCES, &four).is_empty());
    }
}
