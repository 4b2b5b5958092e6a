//! Which databases are in an availability group, and which should or should not be.

use super::support::PAGE;
use crate::diagnostic::Severity;
use crate::model::{
    AvailabilityGroup, BiztalkGroup, Database, DatabasePlace, DatabaseRole, Element, Id, Name,
};
use crate::rules::biztalk::sql::standalone::CRITICAL_ROLES;
use crate::rules::{Context, Finding, Rule, Served, Tier};
use crate::text;

pub(in crate::rules) static ANALYSIS: Rule = Rule {
    id: "BTS715",
    name: "ag-analysis-inside",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the BAM analysis database is counted as protected by an availability group",
    why: "It is an Analysis Services database. Availability groups carry databases of the SQL engine only.",
    fix: "put Analysis Services on an instance of its own: clustered on premises, standalone in Azure",
    limits: "",
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
    databases: [BAMAnalysis]   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02, BAM01]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
  BAM: { on: BAM01, databases: [BAMAnalysis] }
availability_groups:
  AG1:
    replicas: [ONE, TWO]
    listener: BTSAG
    databases: [BAMPrimaryImport]
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.biztalk_databases() {
            let database = &cx.topology.databases[id];
            let (DatabaseRole::BamAnalysis, Some(group)) = (database.role, group_of(cx, id)) else {
                continue;
            };
            let group = name_of(cx, group);
            let message = format!("{} is not protected by {}", database.name.value, group.value);
            findings.push(
                cx.finding(rule, Element::Database(id), message)
                    .at(database.name.span, "belongs to Analysis Services")
                    .related(group.span, "carries engine databases only"),
            );
        }
    },
};

pub(in crate::rules) static SSISDB: Rule = Rule {
    id: "BTS716",
    name: "ag-ssisdb",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "BizTalk 2020 uses BAM in an availability group, and SSISDB is outside it",
    why: "From 2020 on the packages of BAM live in SSISDB. When it does not move with the other databases \
          archiving and cubing stop after a failover.",
    fix: "add SSISDB to the availability group",
    limits: "BizTalk Server 2020; one step milder when the release or the place of SSISDB is not given",
    sources: &[PAGE],
    bad: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2019
    databases: [SSISDB]   # <-
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BAMPrimaryImport] }
biztalk:
  version: "2020"
  servers: [BTS01]
"#,
    good: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BAMPrimaryImport, SSISDB] }
biztalk:
  version: "2020"
  servers: [BTS01]
"#,
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            findings.0.extend(ssisdb(cx, rule, id, group));
        }
    },
};

fn ssisdb(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<BiztalkGroup>,
    biztalk: &BiztalkGroup,
) -> Option<Finding> {
    let release = cx.release_of(biztalk);
    if release.is_some_and(|release| release.year < 2020) {
        return None;
    }
    let primary = cx.databases_with(id, &[DatabaseRole::BamPrimaryImport]);
    let group = primary.into_iter().find_map(|database| group_of(cx, database))?;
    let catalogs = cx.databases_with(id, &[DatabaseRole::Ssisdb]);
    if catalogs.iter().any(|&catalog| group_of(cx, catalog).is_some()) {
        return None;
    }
    Some(ssisdb_outside(cx, rule, group, catalogs.first().copied(), release.is_some()))
}

fn ssisdb_outside(
    cx: &Context<'_>,
    rule: &'static Rule,
    group: Id<AvailabilityGroup>,
    catalog: Option<Id<Database>>,
    is_sure: bool,
) -> Finding {
    let name = name_of(cx, group);
    let finding = |message| cx.finding(rule, Element::AvailabilityGroup(group), message);
    let Some(catalog) = catalog else {
        let found = finding(format!(
            "unknown whether SSISDB is in {}, where BAM of BizTalk 2020 needs it",
            name.value
        ));
        return found.at(name.span, "SSISDB is not mentioned").unknown();
    };
    let catalog = &cx.topology.databases[catalog].name;
    let outside = format!("{} is outside {}, which carries BAM", catalog.value, name.value);
    let found = match is_sure {
        true => finding(outside),
        false => finding(format!("{outside}; unknown whether this is BizTalk 2020")).unknown(),
    };
    found.at(catalog.span, "stays behind at a failover").related(name.span, "add it here")
}

pub(in crate::rules) static MESSAGEBOX_OUTSIDE: Rule = Rule {
    id: "BTS719",
    name: "ag-messagebox-outside",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "one of several MessageBoxes is not in an availability group while another is",
    why: "Each MessageBox holds messages of its own; one that is added later must be added to a group by \
          hand, and is easily forgotten.",
    fix: "add it to an availability group",
    limits: "",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2019
    databases: [BizTalkMsgBoxDb2]   # <-
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMsgBoxDb, BizTalkMsgBoxDb2] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.topology.biztalk.ids().filter(|&id| cx.knows_databases_of(id)) {
            let boxes = cx.databases_with(id, &[DatabaseRole::Messagebox]);
            let Some(group) = boxes.iter().find_map(|&b| group_of(cx, b)) else { continue };
            let group = name_of(cx, group);
            for outside in boxes.into_iter().filter(|&b| group_of(cx, b).is_none()) {
                let database = &cx.topology.databases[outside].name;
                let message =
                    format!("MessageBox {} is outside any availability group", database.value);
                findings.push(
                    cx.finding(rule, Element::Database(outside), message)
                        .at(database.span, "does not move with the others")
                        .related(group.span, "another MessageBox is here"),
                );
            }
        }
    },
};

pub(in crate::rules) static PARTIAL: Rule = Rule {
    id: "BTS720",
    name: "ag-partial",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "some of the management, MessageBox and SSO databases are in an availability group, and others \
              are not protected",
    why: "The group stops when any one of them is gone; protecting some of them protects nothing.",
    fix: "protect all of them",
    limits: "inferred",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2019
    databases: [SSODB]   # <-
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for id in cx.topology.biztalk.ids().filter(|&id| cx.knows_databases_of(id)) {
            let critical = cx.databases_with(id, CRITICAL_ROLES);
            let Some(group) = critical.iter().find_map(|&d| group_of(cx, d)) else { continue };
            let is_open = |d: &Id<Database>| matches!(cx.served(*d), Served::Standalone(..));
            let open: Vec<&Name> = critical
                .iter()
                .copied()
                .filter(is_open)
                .map(|d| &cx.topology.databases[d].name)
                .collect();
            let Some(first) = open.first() else { continue };
            let names: Vec<&str> = open.iter().map(|name| name.value.as_str()).collect();
            let name = name_of(cx, group);
            let message = format!(
                "{} unprotected while {} protects the rest",
                match names.as_slice() {
                    [one] => format!("{one} is"),
                    several => format!("{} are", text::and_list(several)),
                },
                name.value
            );
            findings.push(
                cx.finding(rule, Element::AvailabilityGroup(group), message)
                    .at(first.span, "served by one computer")
                    .related(name.span, "this group protects the others"),
            );
        }
    },
};

fn group_of(cx: &Context<'_>, database: Id<Database>) -> Option<Id<AvailabilityGroup>> {
    match cx.topology.databases[database].place {
        DatabasePlace::AvailabilityGroup(group) => Some(group),
        DatabasePlace::Instance(_) => None,
    }
}

fn name_of<'a>(cx: &Context<'a>, group: Id<AvailabilityGroup>) -> &'a Name {
    &cx.topology.availability_groups[group].name
}
