//! What BizTalk databases share: an instance with other applications, disks with each other.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Severity;
use crate::model::{
    Carrier, Database, DatabasePlace, DatabaseRole, Element, Id, Ref, SqlInstance, Storage,
    StorageKind,
};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static INSTANCE: Rule = Rule {
    id: "BTS617",
    name: "shared-instance",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "a SQL instance carries BizTalk databases and those of other applications",
    why: "Settings that BizTalk needs, such as a degree of parallelism of 1 and no automatic statistics, hold \
          for the whole instance. Load, patches and restarts for the other application become outages of \
          BizTalk.",
    fix: "give BizTalk an instance of its own",
    limits: "a database whose name and `holds` say nothing else is taken as another application's, unless \
             the group names it under its `databases`",
    sources: &[
        "T/sql-server-settings-that-should-not-be-changed",
        "T/checklist-configuring-sql-server",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMgmtDb:
      Warehouse:   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMgmtDb:
  OTHERSQL:
    on: SQL02
    databases:
      Warehouse:
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        let own = named_by_groups(cx);
        for id in cx.biztalk_instances() {
            findings.0.extend(other_applications(cx, rule, id, &own));
        }
    },
};

/// Databases that a group or one of its ports calls its own.
fn named_by_groups(cx: &Context<'_>) -> FxHashSet<Id<Database>> {
    let groups = cx.topology.biztalk.values();
    let named = groups.flat_map(|group| group.databases.iter().chain(&group.sso_database));
    let locations = cx.topology.receive_locations.values();
    let tids = locations.filter_map(|location| location.tid_database.as_ref());
    named.chain(tids).map(|database| database.value).collect()
}

fn other_applications(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<SqlInstance>,
    own: &FxHashSet<Id<Database>>,
) -> Option<Finding> {
    let instance = &cx.topology.sql_instances[id];
    let is_own = |database: &Id<Database>| {
        cx.topology.databases[*database].role != DatabaseRole::Application || own.contains(database)
    };
    let (ours, others): (Vec<Id<Database>>, Vec<Id<Database>>) =
        instance.databases.iter().partition(|database| is_own(database));
    let (first, _) = (others.first()?, ours.first()?);
    let name = |&id: &Id<Database>| cx.topology.databases[id].name.value.as_str();
    let names: Vec<&str> = others.iter().map(name).collect();
    let message = format!("{} also serves {}", instance.name.value, text::short_list(&names, 4));
    let finding = cx.finding(rule, Element::SqlInstance(id), message);
    let span = cx.topology.databases[*first].name.span;
    Some(finding.at(span, "another application's").related(instance.name.span, "carries BizTalk"))
}

pub(in crate::rules) static DISKS: Rule = Rule {
    id: "BTS618",
    name: "messagebox-and-tracking-share-disks",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "an instance with tracking or BAM databases uses the disks of an instance with a MessageBox",
    why: "Tracking writes in bursts and BAM reads a lot. On the disks of the MessageBox that shows up as \
          connection errors, and host instances restart.",
    fix: "separate the disks first, and the instances next",
    limits: "judged for standalone instances: of one instance the file does not say which database lies on \
             which disk, a clustered disk belongs to one group anyway, and a SAN is made of many. One step \
             milder when `kind` of the storage is not given",
    sources: &["C/avoiding-dbnetlib-exceptions"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
storage:
  DISKS: { kind: local }
sql_instances:
  MSGSQL: { on: SQL01, disks: [DISKS], databases: [BizTalkMsgBoxDb] }
  DTASQL:
    on: SQL01
    disks: [DISKS]   # <-
    databases: [BizTalkDTADb]
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
storage:
  DISKS: { kind: local }
  OTHERS: { kind: local }
sql_instances:
  MSGSQL: { on: SQL01, disks: [DISKS], databases: [BizTalkMsgBoxDb] }
  DTASQL:
    on: SQL01
    disks: [OTHERS]
    databases: [BizTalkDTADb]
biztalk:
  servers: [BTS01]
",
    check: disks,
};

const NOISY: &[DatabaseRole] = &[
    DatabaseRole::Tracking,
    DatabaseRole::BamPrimaryImport,
    DatabaseRole::BamStarSchema,
    DatabaseRole::BamAnalysis,
    DatabaseRole::BamArchive,
];

fn disks(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let instances = cx.biztalk_instances();
    let mut under: FxHashMap<Id<Storage>, Id<SqlInstance>> = FxHashMap::default();
    for &id in &instances {
        if first_with(cx, id, &[DatabaseRole::Messagebox]).is_some() {
            for disk in disks_of(cx, id) {
                under.entry(disk.value).or_insert(id);
            }
        }
    }
    for id in instances {
        let (Some(noisy), None) =
            (first_with(cx, id, NOISY), first_with(cx, id, &[DatabaseRole::Messagebox]))
        else {
            continue;
        };
        let mut shared = disks_of(cx, id).iter().filter(|disk| is_one_set(cx, disk.value));
        let found = shared.find_map(|disk| Some((disk, *under.get(&disk.value)?)));
        if let Some((disk, messagebox)) = found {
            findings.push(sharing(cx, rule, noisy, disk, messagebox));
        }
    }
}

fn sharing(
    cx: &Context<'_>,
    rule: &'static Rule,
    noisy: Id<Database>,
    disk: &Ref<Storage>,
    messagebox: Id<SqlInstance>,
) -> Finding {
    let storage = &cx.topology.storage[disk.value];
    let mut message = format!(
        "{} shares {} with the MessageBox on {}",
        cx.topology.databases[noisy].name.value,
        storage.name.value,
        cx.topology.sql_instances[messagebox].name.value
    );
    if storage.kind.is_none() {
        message.push_str("; unknown whether that is a SAN");
    }
    let finding = cx
        .finding(rule, Element::Database(noisy), message)
        .at(disk.span, "the disks of the MessageBox")
        .related(storage.name.span, "used by both");
    if storage.kind.is_none() { finding.unknown() } else { finding }
}

/// The first database of an instance that holds one of these.
fn first_with(
    cx: &Context<'_>,
    instance: Id<SqlInstance>,
    roles: &[DatabaseRole],
) -> Option<Id<Database>> {
    let mut databases = cx.topology.sql_instances[instance].databases.iter().copied();
    databases.find(|&id| {
        let database = &cx.topology.databases[id];
        let here = matches!(database.place, DatabasePlace::Instance(_));
        here && roles.contains(&database.role)
    })
}

/// Disks of a standalone instance. A clustered disk belongs to one group, so that what two
/// groups share is a storage with disks for each.
fn disks_of<'a>(cx: &Context<'a>, id: Id<SqlInstance>) -> &'a [Ref<Storage>] {
    let instance = &cx.topology.sql_instances[id];
    match instance.on.map(|on| on.value) {
        Some(Carrier::Server(_)) => &instance.disks,
        Some(Carrier::Group(_) | Carrier::Storage(_)) | None => &[],
    }
}

/// False for a SAN, which has disks enough to keep them apart.
fn is_one_set(cx: &Context<'_>, id: Id<Storage>) -> bool {
    cx.topology.storage[id].kind.is_none_or(|kind| kind.value != StorageKind::San)
}

#[cfg(test)]
mod tests {
    use super::{DISKS, INSTANCE};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn what_the_group_names_is_its_own() {
        let named = INSTANCE.bad.replace(
            "servers: [BTS01]\n",
            "servers: [BTS01]\n  databases: [BizTalkMgmtDb, Warehouse]\n",
        );
        assert!(findings(&INSTANCE, &named).is_empty());
        let alone = INSTANCE.bad.replace("      BizTalkMgmtDb:\n", "");
        assert!(findings(&INSTANCE, &alone).is_empty(), "no BizTalk database there");
    }

    #[test]
    fn a_san_has_disks_enough_and_an_unknown_storage_is_noted() {
        for (kind, severity) in [
            ("{ kind: disk-array }", Some(Severity::Warning)),
            ("{ kind: san }", None),
            ("", Some(Severity::Info)),
        ] {
            let yaml = DISKS.bad.replace("{ kind: local }", kind);
            let severities: Vec<Severity> =
                findings(&DISKS, &yaml).iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, Vec::from_iter(severity), "{kind}");
        }
    }

    #[test]
    fn neither_one_instance_nor_clustered_ones_are_judged() {
        let one = DISKS.bad.replace("[BizTalkMsgBoxDb]", "[]");
        let one = one.replace("[BizTalkDTADb]", "[BizTalkMsgBoxDb, BizTalkDTADb]");
        assert!(findings(&DISKS, &one).is_empty());
        let yaml = "failscope: 1\nservers: [B, N1, N2]\nstorage: { D: { kind: disk-array } }\nclusters:\n  \
                    C: { nodes: [N1, N2], groups: { G: { disks: [D] }, H: { disks: [D] } } }\n\
                    sql_instances:\n  I: { on: C/G, databases: [BizTalkMsgBoxDb] }\n  \
                    J: { on: C/H, databases: [BAMPrimaryImport] }\nbiztalk: { servers: [B] }\n";
        assert!(findings(&DISKS, yaml).is_empty());
    }
}
