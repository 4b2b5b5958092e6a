//! A second site that does not fit production, or falls with it.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::disaster::prepared;
use crate::diagnostic::Severity;
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{BiztalkGroup, Carrier, DisasterRecovery, Element, Id, Server, SqlInstance};
use crate::rules::release::Release;
use crate::rules::{Context, Finding, Rule, Tier};
use crate::text;

pub(in crate::rules) static OTHER_RELEASE: Rule = Rule {
    id: "BTS911",
    name: "dr-incompatible",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "logs are shipped to a SQL Server release that no production instance has",
    why: "The databases are restored there as they are, log by log. That needs the same version; on an older \
          one it fails, on a newer one the way back is closed.",
    fix: "bring both sides to the same release and service pack, and keep the same file paths",
    limits: "year and service pack are compared, as far as both sides give them; file paths are not part of \
             the language",
    sources: &[
        "T/preparing-the-disaster-recovery-sql-servers",
        "C/how-to-configure-the-destination-system-for-log-shipping",
    ],
    bad: r"failscope: 1
servers: [BTS01, SQL01, DRSQL01, DRBTS]
sql_instances:
  BTSSQL: { on: SQL01, version: 2019, databases: [BizTalkMgmtDb] }
  DRSQL:
    on: DRSQL01
    version: 2017   # <-
biztalk:
  servers: [BTS01]
  disaster_recovery: { log_shipping_to: [DRSQL], servers: [DRBTS], secret_copy: true }
",
    good: r"failscope: 1
servers: [BTS01, SQL01, DRSQL01, DRBTS]
sql_instances:
  BTSSQL: { on: SQL01, version: 2019, databases: [BizTalkMgmtDb] }
  DRSQL:
    on: DRSQL01
    version: 2019
biztalk:
  servers: [BTS01]
  disaster_recovery: { log_shipping_to: [DRSQL], servers: [DRBTS], secret_copy: true }
",
    check: |cx, rule, findings| {
        let mut told = FxHashSet::default();
        for (id, _, dr) in prepared(cx) {
            let production = cx.instances_of_group(id);
            for shipped in &dr.log_shipping_to {
                if told.insert(shipped.value) {
                    findings.0.extend(other_release(cx, rule, shipped.value, &production));
                }
            }
        }
    },
};

fn other_release(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<SqlInstance>,
    production: &[Id<SqlInstance>],
) -> Option<Finding> {
    let copy = &cx.topology.sql_instances[id];
    let (release, version) = (cx.sql_release_of(copy)?, copy.version.as_ref()?);
    let instances = production.iter().map(|&id| &cx.topology.sql_instances[id]);
    let mut different = None;
    for instance in instances {
        // One of unknown release may be the one that is shipped.
        let source = cx.sql_release_of(instance)?;
        if is_same(source, release) {
            return None;
        }
        different.get_or_insert(instance);
    }
    let source = different?;
    let stated = source.version.as_ref()?;
    let message = format!(
        "{} is SQL Server {}, and production ({}) is {}",
        copy.name.value, version.value, source.name.value, stated.value
    );
    let finding = cx.finding(rule, Element::SqlInstance(id), message);
    Some(finding.at(version.span, "differs").related(stated.span, "the release in production"))
}

fn is_same(one: Release, other: Release) -> bool {
    let packs = one.service_pack.zip(other.service_pack);
    (one.year, one.r2) == (other.year, other.r2) && packs.is_none_or(|(a, b)| a == b)
}

pub(in crate::rules) static SHARED: Rule = Rule {
    id: "BTS915",
    name: "dr-shares-dependency",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "what is prepared for recovery needs something that is lost with the production site",
    why: "The second site is for the day on which the first one is gone. A domain controller, a name server, \
          a storage or a network that stands there is gone as well, and nothing can be started.",
    fix: "duplicate it at the second site",
    limits: "inferred. Judged where servers say in which site they stand: what the servers and instances \
             under `disaster_recovery` could not start without, should the sites of production be lost",
    sources: &["T/planning-for-disaster-recovery"],
    bad: r"failscope: 1
servers:
  BTS01: { site: DC1 }
  DRBTS: { site: DC2 }
domain_controllers:
  CORP1: { site: DC1, domain: corp.example }   # <-
biztalk:
  servers: [BTS01]
  disaster_recovery: { servers: [DRBTS] }
",
    good: r"failscope: 1
servers:
  BTS01: { site: DC1 }
  DRBTS: { site: DC2 }
domain_controllers:
  CORP1: { site: DC1, domain: corp.example }
  CORP2: { site: DC2, domain: corp.example }
biztalk:
  servers: [BTS01]
  disaster_recovery: { servers: [DRBTS] }
",
    check: |cx, rule, findings| {
        let mut told = FxHashSet::default();
        for (id, group, dr) in prepared(cx) {
            for (providers, dependents) in lost_with_production(cx, id, dr) {
                if told.insert(providers.clone()) {
                    findings.0.extend(shared(cx, rule, (group, dr), &providers, &dependents));
                }
            }
        }
    },
};

fn shared(
    cx: &Context<'_>,
    rule: &'static Rule,
    (group, dr): (&BiztalkGroup, &DisasterRecovery),
    providers: &[ComponentId],
    dependents: &[&str],
) -> Option<Finding> {
    let graph = cx.analysis.graph();
    let first = graph.component(*providers.first()?);
    let mut names: Vec<&str> =
        providers.iter().map(|&id| graph.component(id).name.as_str()).collect();
    names.sort_unstable();
    let names = text::short_list(&names, 4);
    let message = format!(
        "recovery of {} depends on {names}, lost with the production site ({})",
        group.name.value,
        text::short_list(dependents, 4)
    );
    let span = first.span.unwrap_or(dr.span);
    let finding = cx.finding_about(rule, names, span, message);
    let finding = Finding { element: first.element, ..finding };
    Some(finding.at(span, "lost with production").related(dr.span, "recovery needs it"))
}

/// What the recovery needs and does not get once the sites of production are lost, by
/// requirement, each with those that need it.
fn lost_with_production<'a>(
    cx: &Context<'a>,
    group: Id<BiztalkGroup>,
    dr: &DisasterRecovery,
) -> BTreeMap<Vec<ComponentId>, Vec<&'a str>> {
    let mut found: BTreeMap<Vec<ComponentId>, Vec<&str>> = BTreeMap::new();
    let sites = production_sites(cx, group);
    if sites.is_empty() {
        return found;
    }
    let lost = cx.analysis.lost_from_cold(&sites);
    let anyway = cx.analysis.lost_from_cold(&[]);
    let is_lost =
        |id: &ComponentId| lost.binary_search(id).is_ok() && anyway.binary_search(id).is_err();
    let recovery: BTreeSet<ComponentId> = recovery(cx, dr).into_iter().collect();
    let graph = cx.analysis.graph();
    // What is part of the recovery itself is lost for another reason, which has its own finding.
    let is_part = |id: &ComponentId| {
        recovery.contains(id)
            || unmet(graph, *id, is_lost).iter().flatten().any(|other| recovery.contains(other))
    };
    for &dependent in recovery.iter().filter(|id| is_lost(id)) {
        for providers in unmet(graph, dependent, is_lost) {
            if !providers.iter().all(is_part) {
                found.entry(providers).or_default().push(&graph.component(dependent).name);
            }
        }
    }
    found
}

/// Of each requirement that something could not start without, the providers that are lost.
fn unmet(
    graph: &DependencyGraph,
    dependent: ComponentId,
    is_lost: impl Fn(&ComponentId) -> bool,
) -> Vec<Vec<ComponentId>> {
    let requirements = graph.requirements_of(dependent).into_iter().map(|id| graph.requirement(id));
    let to_start = requirements.filter(|requirement| requirement.kind.is_needed_to_start());
    let lost = to_start.filter_map(|requirement| {
        let lost: Vec<ComponentId> =
            requirement.providers.iter().copied().filter(|id| is_lost(id)).collect();
        let up = requirement.providers.len() - lost.len();
        (up < requirement.at_least as usize).then_some(lost)
    });
    lost.collect()
}

/// Sites in which servers of the group and its databases stand in normal operation.
fn production_sites(cx: &Context<'_>, group: Id<BiztalkGroup>) -> Vec<ComponentId> {
    let databases = cx.instances_of_group(group);
    let hosting = databases.into_iter().flat_map(|id| servers_of(cx, id));
    let servers = cx.biztalk_servers(group).iter().copied().chain(hosting);
    let working = servers.filter(|&server| !cx.is_standby(server));
    let names = working.filter_map(|id| cx.topology.servers[id].placement.site.as_ref());
    let names: FxHashSet<&str> = names.map(|site| site.value.as_str()).collect();
    let graph = cx.analysis.graph();
    let mut sites: Vec<ComponentId> =
        names.iter().filter_map(|name| graph.by_name(&format!("site {name}"))).collect();
    sites.sort_unstable();
    sites
}

/// Servers and SQL instances that are prepared, and the servers under the instances.
fn recovery(cx: &Context<'_>, dr: &DisasterRecovery) -> Vec<ComponentId> {
    let instances = || dr.log_shipping_to.iter().map(|instance| instance.value);
    let under = instances().flat_map(|id| servers_of(cx, id));
    let servers = dr.servers.iter().map(|server| server.value).chain(under);
    let servers = servers.map(Element::Server);
    servers.chain(instances().map(Element::SqlInstance)).map(|e| cx.component(e)).collect()
}

fn servers_of(cx: &Context<'_>, instance: Id<SqlInstance>) -> Vec<Id<Server>> {
    match cx.topology.sql_instances[instance].on.map(|on| on.value) {
        Some(Carrier::Server(server)) => vec![server],
        Some(Carrier::Group(group)) => cx.topology.owners(group),
        Some(Carrier::Storage(_)) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{OTHER_RELEASE, SHARED};
    use crate::model::{Element, Id};
    use crate::rules::testing::findings;

    #[test]
    fn releases_are_compared_as_far_as_they_are_given() {
        for (production, copy, differs) in [
            ("2019", "2019 CU5", false),
            ("2016 SP2", "2016", false),
            ("2016 SP2", "2016 SP3", true),
            ("2016", "2017", true),
            ("2008", "2008 R2", true),
            ("newest", "2017", false),
            ("2019", "newest", false),
        ] {
            let yaml = OTHER_RELEASE
                .bad
                .replace("version: 2019", &format!("version: {production}"))
                .replace("version: 2017   # <-", &format!("version: {copy}"));
            let found = findings(&OTHER_RELEASE, &yaml).len();
            assert_eq!(found, usize::from(differs), "{production} {copy}");
        }
    }

    #[test]
    fn one_production_instance_of_that_release_is_enough() {
        let yaml = OTHER_RELEASE.bad.replace(
            "  DRSQL:\n",
            "  OLD: { on: SQL01, version: 2017, databases: [BizTalkDTADb] }\n  DRSQL:\n",
        );
        assert!(findings(&OTHER_RELEASE, &yaml).is_empty());
    }

    #[test]
    fn what_stands_in_the_production_site_is_found_and_what_stands_elsewhere_is_not() {
        let with = |sections: &str, servers: &str| {
            let yaml = format!(
                "failscope: 1\nservers:\n  A: {{ site: P }}\n  D: {{ site: Q{servers} }}\n  \
                 Q: {{ site: Q }}\n{sections}biztalk:\n  servers: [A]\n  \
                 disaster_recovery: {{ servers: [D], log_shipping_to: [I] }}\n"
            );
            let found = findings(&SHARED, &yaml);
            found.into_iter().map(|(_, finding)| finding.subject).collect::<Vec<_>>()
        };
        let sql = "sql_instances: { I: { on: Q } }\n";
        assert!(with(sql, "").is_empty());
        let disks =
            "storage: { SAN: { site: P } }\nsql_instances: { I: { on: Q, disks: [SAN] } }\n";
        assert_eq!(with(disks, ""), ["SAN"]);
        assert!(with(&disks.replace("site: P", "site: Q"), "").is_empty());
        let network = format!("networks: {{ WAN: {{ site: P }} }}\n{sql}");
        assert_eq!(with(&network, ", networks: [WAN]"), ["WAN"]);
        let dns = format!("dns_servers: {{ DNS1: {{ site: P }} }}\n{sql}");
        assert_eq!(with(&dns, ""), ["DNS1"]);
        let two = format!("dns_servers: {{ DNS1: {{ site: P }}, DNS2: {{ site: Q }} }}\n{sql}");
        assert!(with(&two, "").is_empty());
    }

    /// Reports say of what kind it is.
    #[test]
    fn what_is_lost_with_production_is_what_the_finding_is_about() {
        let found = findings(&SHARED, SHARED.bad);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.element, Some(Element::DomainController(Id::new(0))));
    }

    #[test]
    fn a_server_that_stands_in_the_production_site_falls_with_it() {
        let yaml = SHARED.good.replace("DRBTS: { site: DC2 }", "DRBTS: { site: DC1 }");
        let found = findings(&SHARED, &yaml);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.contains("depends on site DC1"), "{}", found[0].1.message);
    }

    #[test]
    fn without_sites_nothing_is_said() {
        let yaml = SHARED.bad.replace("{ site: DC1 }", "").replace("{ site: DC2 }", "");
        assert!(findings(&SHARED, &yaml).is_empty());
    }
}
