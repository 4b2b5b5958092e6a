//! Releases of SQL Server that the declared release of BizTalk Server does not list.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::model::{At, Element, Id, SqlInstance};
use crate::rules::release::Release;
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS925",
    name: "unsupported-platform",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "a SQL Server with BizTalk databases is of a release that the BizTalk release does not list",
    why: "What is not on the list has not been tested together, and nobody supports it: the first failover \
          that goes wrong is yours alone.",
    fix: "use a listed release of SQL Server, or upgrade BizTalk Server",
    limits: "releases 2013 to 2020. A service pack or cumulative update below the listed one is an error \
             where it is stated; one that the list asks for and the file leaves out counts only for SQL \
             Server 2022, which needs BizTalk Server 2020 CU6. Releases of Windows are not part of the \
             language",
    sources: &[
        "I/hardware-and-software-requirements-for-biztalk-server-2020",
        "I/hardware-and-software-requirements-for-biztalk-server-2016",
        "I/hardware-and-software-requirements-for-biztalk-server-2013-and-2013-r2",
    ],
    bad: r#"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    version: 2019   # <-
    databases: [BizTalkMgmtDb]
biztalk:
  version: "2016"
  servers: [BTS01]
"#,
    good: r#"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    version: 2016
    databases: [BizTalkMgmtDb]
biztalk:
  version: "2016"
  servers: [BTS01]
"#,
    check,
};

/// A release of SQL Server on the list of a release of BizTalk Server.
struct Listed {
    biztalk: (u32, bool),
    sql: (u32, bool),
    /// From this service pack on.
    service_pack: u32,
    /// From this cumulative update of BizTalk Server on.
    update: u32,
}

const fn listed(biztalk: (u32, bool), sql: (u32, bool), service_pack: u32, update: u32) -> Listed {
    Listed { biztalk, sql, service_pack, update }
}

const R2: bool = true;
const PLAIN: bool = false;

const LIST: &[Listed] = &[
    listed((2013, PLAIN), (2008, R2), 1, 0),
    listed((2013, PLAIN), (2012, PLAIN), 0, 0),
    listed((2013, R2), (2012, PLAIN), 1, 0),
    listed((2013, R2), (2014, PLAIN), 0, 0),
    listed((2016, PLAIN), (2014, PLAIN), 1, 0),
    listed((2016, PLAIN), (2016, PLAIN), 0, 0),
    listed((2020, PLAIN), (2016, PLAIN), 3, 0),
    listed((2020, PLAIN), (2017, PLAIN), 0, 0),
    listed((2020, PLAIN), (2019, PLAIN), 0, 0),
    listed((2020, PLAIN), (2022, PLAIN), 0, 6),
];

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut told = FxHashSet::default();
    for (id, group) in cx.topology.biztalk.iter().filter(|(id, _)| cx.knows_databases_of(*id)) {
        let (Some(release), Some(version)) = (cx.release_of(group), &group.version) else {
            continue;
        };
        if !LIST.iter().any(|listed| listed.biztalk == (release.year, release.r2)) {
            continue;
        }
        for instance in cx.instances_of_group(id) {
            if told.insert(instance) {
                findings.0.extend(judge(cx, rule, instance, (release, version)));
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<SqlInstance>,
    (biztalk, version): (Release, &At<String>),
) -> Option<Finding> {
    let instance = &cx.topology.sql_instances[id];
    let (sql, stated) = (cx.sql_release_of(instance)?, instance.version.as_ref()?);
    let problem = problem(biztalk, sql)?;
    let name = format!("{} (SQL Server {})", instance.name.value, stated.value);
    let finding = cx
        .finding(rule, Element::SqlInstance(id), message(&problem, &name, &version.value))
        .at(stated.span, label(&problem))
        .related(version.span, "the declared release");
    Some(if let Problem::MayNeed(_) = problem { finding.unknown() } else { finding })
}

fn message(problem: &Problem, name: &str, biztalk: &str) -> String {
    match problem {
        Problem::NotListed(releases) => {
            format!("{name} is not supported by BizTalk Server {biztalk}, which lists {releases}")
        }
        Problem::Needs(what) => {
            format!("{name} is not supported by BizTalk Server {biztalk} without {what}")
        }
        Problem::MayNeed(what) => {
            format!("unknown whether BizTalk Server {biztalk} has {what}, which {name} needs")
        }
    }
}

fn label(problem: &Problem) -> String {
    match problem {
        Problem::NotListed(_) => "not on the list".to_owned(),
        Problem::Needs(what) | Problem::MayNeed(what) => format!("listed with {what}"),
    }
}

/// What speaks against running a BizTalk release on a SQL release.
#[derive(Debug, PartialEq, Eq)]
enum Problem {
    /// With the releases that are on the list.
    NotListed(String),
    Needs(String),
    MayNeed(String),
}

fn problem(biztalk: Release, sql: Release) -> Option<Problem> {
    let mut of_release = LIST.iter().filter(|l| l.biztalk == (biztalk.year, biztalk.r2));
    let Some(listed) = of_release.clone().find(|listed| listed.sql == (sql.year, sql.r2)) else {
        let names: Vec<String> = of_release.by_ref().map(|listed| name_of(listed.sql)).collect();
        return Some(Problem::NotListed(text::and_list(&names)));
    };
    if sql.service_pack.is_some_and(|pack| pack < listed.service_pack) {
        return Some(Problem::Needs(format!("its service pack {}", listed.service_pack)));
    }
    match biztalk.update {
        _ if listed.update == 0 => None,
        Some(update) if update >= listed.update => None,
        Some(_) => Some(Problem::Needs(format!("CU{}", listed.update))),
        None => Some(Problem::MayNeed(format!("CU{}", listed.update))),
    }
}

fn name_of((year, r2): (u32, bool)) -> String {
    if r2 { format!("{year} R2") } else { year.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{Problem, RULE, problem};
    use crate::diagnostic::Severity;
    use crate::rules::release::Release;
    use crate::rules::testing::findings;

    #[test]
    fn the_list_of_the_requirement_pages_decides() {
        let judged = |biztalk: &str, sql: &str| {
            problem(Release::parse(biztalk).unwrap(), Release::parse(sql).unwrap())
        };
        let not_listed = |list: &str| Some(Problem::NotListed(list.to_owned()));
        let needs = |what: &str| Some(Problem::Needs(what.to_owned()));
        for (biztalk, sql, expected) in [
            ("2013", "2008 R2 SP1", None),
            ("2013", "2008 R2", None),
            ("2013", "2008", not_listed("2008 R2 and 2012")),
            ("2013", "2014", not_listed("2008 R2 and 2012")),
            ("2013 R2", "2014", None),
            ("2013 R2", "2012 SP1", None),
            ("2013 R2", "2008 R2", not_listed("2012 and 2014")),
            ("2016 CU5", "2014 SP1", None),
            ("2016", "2014 SP0", needs("its service pack 1")),
            ("2016", "2016 SP2", None),
            ("2016", "2017", not_listed("2014 and 2016")),
            ("2020", "2014", not_listed("2016, 2017, 2019 and 2022")),
            ("2020", "2016 SP2", needs("its service pack 3")),
            ("2020", "2016 SP3", None),
            ("2020", "2016", None),
            ("2020", "2017", None),
            ("2020", "2019 CU20", None),
            ("2020", "2022", Some(Problem::MayNeed("CU6".to_owned()))),
            ("2020 CU5", "2022", needs("CU6")),
            ("2020 CU6", "2022", None),
        ] {
            assert_eq!(judged(biztalk, sql), expected, "{biztalk} on {sql}");
        }
    }

    #[test]
    fn releases_without_a_list_and_databases_of_others_are_not_judged() {
        for (was, is) in [
            ("\"2016\"", "\"2010\""),
            ("\"2016\"", "the newest"),
            ("version: 2019   # <-", "edition: standard"),
            ("BizTalkMgmtDb", "Warehouse"),
        ] {
            let yaml = RULE.bad.replace(was, is);
            assert_ne!(yaml, RULE.bad);
            assert!(findings(&RULE, &yaml).is_empty(), "{is}");
        }
    }

    #[test]
    fn replicas_are_judged_and_an_open_update_is_unknown() {
        let yaml = "failscope: 1\nservers: [B, S, T]\nsql_instances:\n  I: { on: S, version: 2022 }\n  \
                    J: { on: T, version: 2022 }\navailability_groups:\n  \
                    AG: { replicas: [I, J], databases: [BizTalkMgmtDb] }\nbiztalk:\n  \
                    version: \"2020\"\n  servers: [B]\n";
        let found = findings(&RULE, yaml);
        let severities: Vec<Severity> = found.iter().map(|(_, f)| f.severity).collect();
        assert_eq!(severities, [Severity::Warning, Severity::Warning]);
    }
}
