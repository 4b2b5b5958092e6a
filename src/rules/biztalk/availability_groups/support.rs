//! Whether availability groups may carry BizTalk databases at all.

use crate::diagnostic::Severity;
use crate::model::{AvailabilityGroup, BiztalkEdition, BiztalkGroup, Element, Id};
use crate::rules::{Context, Finding, Rule, Tier};
use crate::source::Span;

pub(in crate::rules) const PAGE: &str =
    "C/high-availability-using-sql-server-always-on-availability-groups";

pub(in crate::rules) static SQL: Rule = Rule {
    id: "BTS701",
    name: "ag-sql-too-old",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an availability group holds BizTalk databases on SQL Server older than 2016",
    why: "Before 2016 databases in an availability group cannot take part in distributed transactions, on \
          which every message depends.",
    fix: "use a failover cluster instance, or upgrade SQL Server",
    limits: "one step milder when a release is not given or not recognised",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE:
    on: SQL01
    version: 2014 SP1   # <-
  TWO: { on: SQL02, version: 2014 SP1 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, _) in cx.biztalk_availability_groups() {
            findings.0.extend(sql_release(cx, rule, id));
        }
    },
};

fn sql_release(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<AvailabilityGroup>,
) -> Option<Finding> {
    let group = &cx.topology.availability_groups[id];
    let instances = || group.replicas.iter().map(|r| &cx.topology.sql_instances[r.instance.value]);
    let released = |instance: &crate::model::SqlInstance| cx.sql_release_of(instance);
    let element = Element::AvailabilityGroup(id);
    let old = instances().find(|i| released(i).is_some_and(|release| release.year < 2016));
    if let Some((old, version)) = old.and_then(|old| Some((old, old.version.as_ref()?))) {
        let message = format!(
            "availability group {} needs SQL Server 2016 or later; {} is {}",
            group.name.value, old.name.value, version.value
        );
        let finding = cx.finding(rule, element, message).at(version.span, "too old");
        return Some(finding.related(group.name.span, "this availability group"));
    }
    let open = instances().find(|i| released(i).is_none())?;
    let span = open.version.as_ref().map_or(open.name.span, |version| version.span);
    let message = format!(
        "unknown whether {} is SQL Server 2016 or later, which availability group {} needs",
        open.name.value, group.name.value
    );
    let finding = cx
        .finding(rule, element, message)
        .at(span, "which release is it?")
        .help("write the release as `version`, e.g. `2019` or `2016 SP2`");
    Some(finding.unknown())
}

pub(in crate::rules) static BIZTALK: Rule = Rule {
    id: "BTS702",
    name: "ag-biztalk-too-old",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "BizTalk databases are in an availability group, and BizTalk is older than 2016 CU5 or not \
              Enterprise edition",
    why: "Availability groups are supported for BizTalk Server Enterprise 2016 with CU5 and for 2020, on \
          SQL Server 2016 or later.",
    fix: "use a failover cluster instance, or BizTalk Server 2016 CU5 or 2020, Enterprise edition",
    limits: "one step milder when release or edition leave it open",
    sources: &[PAGE, "I/hardware-and-software-requirements-for-biztalk-server-2016"],
    bad: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  version: "2013 R2"   # <-
  edition: enterprise
  servers: [BTS01]
"#,
    good: r#"failscope: 1
servers: [BTS01, SQL01, SQL02]
sql_instances:
  ONE: { on: SQL01, version: 2019 }
  TWO: { on: SQL02, version: 2019 }
availability_groups:
  AG1: { replicas: [ONE, TWO], listener: BTSAG, databases: [BizTalkMgmtDb] }
biztalk:
  version: "2020"
  edition: enterprise
  servers: [BTS01]
"#,
    check: |cx, rule, findings| {
        for (id, group) in cx.biztalk_availability_groups() {
            findings.0.extend(biztalk_release(cx, rule, id, &cx.topology.biztalk[group]));
        }
    },
};

fn biztalk_release(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<AvailabilityGroup>,
    biztalk: &BiztalkGroup,
) -> Option<Finding> {
    let group = &cx.topology.availability_groups[id].name;
    let finding = |message| {
        let finding = cx.finding(rule, Element::AvailabilityGroup(id), message);
        finding.related(group.span, "this availability group")
    };
    let recent = cx.release_of(biztalk).and_then(|release| release.reaches_update(2016, 5));
    if let Some((message, span, label)) = too_little(biztalk, recent, &group.value) {
        return Some(finding(message).at(span, label));
    }
    let open = match (recent, biztalk.edition) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => "is BizTalk 2016 CU5 or later",
        (Some(_), None) => "is Enterprise edition",
        (None, None) => "is BizTalk 2016 CU5 or later, Enterprise edition",
    };
    let span = biztalk.version.as_ref().map_or(biztalk.name.span, |version| version.span);
    let (name, group) = (&biztalk.name.value, &group.value);
    let found =
        finding(format!("unknown whether {name} {open}, which availability group {group} needs"))
            .at(span, "release and edition leave it open")
            .help("write `version` with its cumulative update, e.g. `\"2016 CU5\"`, and `edition`");
    Some(found.unknown())
}

/// The stated release or edition that no availability group works with.
fn too_little(
    biztalk: &BiztalkGroup,
    recent: Option<bool>,
    group: &str,
) -> Option<(String, Span, &'static str)> {
    let name = &biztalk.name.value;
    if let (Some(false), Some(version)) = (recent, &biztalk.version) {
        let message = format!(
            "availability group {group} needs BizTalk 2016 CU5 or 2020; {name} is {}",
            version.value
        );
        return Some((message, version.span, "too old"));
    }
    let forbids = |edition| matches!(edition, BiztalkEdition::Standard | BiztalkEdition::Branch);
    let edition = biztalk.edition.filter(|edition| forbids(edition.value))?;
    let message = format!(
        "availability group {group} needs BizTalk Enterprise edition; {name} is {}",
        edition.value.as_str()
    );
    Some((message, edition.span, "not Enterprise"))
}

#[cfg(test)]
mod tests {
    use super::{BIZTALK, SQL};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn releases_and_editions_decide_or_stay_open() {
        for (version, edition, severity) in [
            ("2016 CU5", "enterprise", None),
            ("2016 FP3 CU 6", "developer", None),
            ("2016 CU4", "enterprise", Some(Severity::Error)),
            ("2016", "enterprise", Some(Severity::Warning)),
            ("newest", "enterprise", Some(Severity::Warning)),
            ("2020", "standard", Some(Severity::Error)),
        ] {
            let yaml = BIZTALK.bad.replace("2013 R2", version).replace("enterprise", edition);
            let severities: Vec<Severity> =
                findings(&BIZTALK, &yaml).iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, Vec::from_iter(severity), "{version} {edition}");
        }
    }

    #[test]
    fn a_sql_release_that_is_not_given_is_unknown() {
        let found = findings(&SQL, &SQL.good.replace(", version: 2019", ""));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
    }
}
