//! Preparation for the loss of a site.

use rustc_hash::FxHashSet;

use crate::change::{Proposal, Step};
use crate::diagnostic::Severity;
use crate::model::{BiztalkGroup, DisasterRecovery, Element, Id, Ref, Server};
use crate::rules::{Context, Finding, Rule, Tier};
use crate::text;

const SERVERS: &str = "T/preparing-the-disaster-recovery-biztalk-servers";

pub(in crate::rules) static NO_SITE: Rule = Rule {
    id: "BTS909",
    name: "no-dr",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "everything is in one site, and no logs are shipped to another",
    why: "High availability covers the loss of computers. The loss of the site takes all of them, and the \
          databases with them.",
    fix: "prepare a second site with BizTalk log shipping, and describe it under `disaster_recovery`",
    limits: "one step milder when no server says in which site it stands",
    sources: &[
        "T/planning-for-database-availability",
        "T/checklist-increasing-availability-with-disaster-recovery",
    ],
    bad: r"failscope: 1
servers:
  BTS01: { site: DC1 }
  BTS02: { site: DC1 }
biztalk:
  servers: [BTS01, BTS02]   # <-
",
    good: r"failscope: 1
servers:
  BTS01: { site: DC1 }
  BTS02: { site: DC1 }
  DRBTS: { site: DC2 }
  DRSQL01: { site: DC2 }
sql_instances:
  DRSQL: { on: DRSQL01 }
biztalk:
  servers: [BTS01, BTS02]
  disaster_recovery: { log_shipping_to: [DRSQL], servers: [DRBTS], secret_copy: true }
",
    check: |cx, rule, findings| {
        let servers = cx.topology.servers.values();
        let sites: FxHashSet<&str> = servers
            .filter_map(|server| Some(server.placement.site.as_ref()?.value.as_str()))
            .collect();
        for (id, group) in cx.topology.biztalk.iter() {
            let ships = group.disaster_recovery.as_ref();
            if sites.len() > 1 || ships.is_some_and(|dr| !dr.log_shipping_to.is_empty()) {
                continue;
            }
            let element = Element::BiztalkGroup(id);
            let name = &group.name.value;
            findings.push(match sites.iter().next() {
                Some(site) => {
                    let message = format!("{name} has no second site: all servers are in {site}");
                    cx.finding(rule, element, message)
                        .at(group.name.span, "no `disaster_recovery` with shipped logs")
                }
                None => {
                    let message = format!("unknown whether {name} has a second site");
                    cx.finding(rule, element, message)
                        .at(group.name.span, "no server says where it stands")
                        .unknown()
                }
            });
        }
    },
};

pub(in crate::rules) static HOSTS_ENABLED: Rule = Rule {
    id: "BTS912",
    name: "dr-hosts-enabled",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "host instances are enabled on a server that waits for a disaster",
    why: "Servers of the second site are members of the production group. An enabled instance there starts \
          to work at once, across the link and against the production databases.",
    fix: "list them under `disabled_instances`: they must exist and stay disabled until the disaster",
    limits: "",
    sources: &[SERVERS],
    bad: r"failscope: 1
servers: [BTS01, BTS02, DRBTS]
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02, DRBTS]   # <-
  disaster_recovery: { servers: [DRBTS] }
",
    good: r"failscope: 1
servers: [BTS01, BTS02, DRBTS]
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
      disabled_instances: [DRBTS]
  disaster_recovery: { servers: [DRBTS] }
",
    check: |cx, rule, findings| {
        let mut enabled: Vec<(&Ref<Server>, &str)> = Vec::new();
        for host in cx.topology.hosts.values() {
            let there = host.instances.iter().filter(|i| cx.is_standby(i.value));
            enabled.extend(there.map(|instance| (instance, host.name.value.as_str())));
        }
        // A stable sort: the first host of the file comes first.
        enabled.sort_by_key(|(instance, _)| instance.value);
        for on_server in enabled.chunk_by(|a, b| a.0.value == b.0.value) {
            let Some((first, _)) = on_server.first() else { continue };
            let hosts: Vec<&str> = on_server.iter().map(|(_, host)| *host).collect();
            let message = format!(
                "host instances on {} ({}) are enabled although it waits for a disaster; they work against \
                 production",
                cx.server_name(first.value),
                text::short_list(&hosts, 4)
            );
            let finding = cx.finding(rule, Element::Server(first.value), message);
            let disable = disable(cx, first.value);
            findings.push(finding.at(first.span, "must be disabled").proposing([disable]));
        }
    },
};

/// Every instance there exists, and waits.
fn disable(cx: &Context<'_>, server: Id<Server>) -> Proposal {
    let name = cx.server_name(server);
    let mut steps = Vec::new();
    for host in cx.topology.hosts.values() {
        let Some(there) = host.instances.iter().find(|i| i.value == server) else { continue };
        steps.push(Step::Remove { item: there.span });
        let (of, items) = (host.name.span, vec![name.to_owned()]);
        steps.push(Step::Add { of, key: "disabled_instances", items });
    }
    Proposal::new(format!("plan the instances on {name} disabled"), steps)
}

pub(in crate::rules) static NO_BIZTALK: Rule = Rule {
    id: "BTS913",
    name: "dr-no-biztalk",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "logs are shipped to a second site that has no prepared BizTalk servers",
    why: "Restored databases are not a system. Servers with BizTalk, the applications and the logins must be \
          there before the disaster.",
    fix: "install BizTalk servers there, join them to the group, create the host instances and keep them \
          disabled",
    limits: "whether applications and logins are prepared is not part of the language; the secret is the \
             business of BTS914",
    sources: &["T/prepare-the-disaster-recovery-site", SERVERS],
    bad: r"failscope: 1
servers: [BTS01, BTS02, DRSQL01]
sql_instances:
  DRSQL: { on: DRSQL01 }
biztalk:
  servers: [BTS01, BTS02]
  disaster_recovery:
    log_shipping_to: [DRSQL]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, DRSQL01, DRBTS]
sql_instances:
  DRSQL: { on: DRSQL01 }
biztalk:
  servers: [BTS01, BTS02]
  disaster_recovery:
    log_shipping_to: [DRSQL]
    servers: [DRBTS]
",
    check: |cx, rule, findings| {
        for (id, group, dr) in prepared(cx) {
            let (Some(shipped), true) = (dr.log_shipping_to.first(), dr.servers.is_empty()) else {
                continue;
            };
            let message = format!("the second site of {} lacks BizTalk servers", group.name.value);
            let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
            findings.push(finding.at(shipped.span, "databases alone are not a system"));
        }
    },
};

pub(in crate::rules) static NO_SECRET: Rule = Rule {
    id: "BTS914",
    name: "dr-secret-missing",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "no copy of the master secret is kept at the second site",
    why: "The key is not in the databases. Without it nothing that SSO stored can be decrypted there, and no \
          port or adapter can be read.",
    fix: "keep the backup of the master secret and its password at the second site",
    limits: "one step milder when the file does not say",
    sources: &[
        "T/checklist-increasing-availability-with-disaster-recovery",
        "C/how-to-back-up-the-master-secret",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02, DRBTS]
biztalk:
  servers: [BTS01, BTS02]
  disaster_recovery:
    servers: [DRBTS]
    secret_copy: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, DRBTS]
biztalk:
  servers: [BTS01, BTS02]
  disaster_recovery:
    servers: [DRBTS]
    secret_copy: true
",
    check: |cx, rule, findings| {
        for (id, group, dr) in prepared(cx) {
            findings.0.extend(secret(cx, rule, id, group, dr));
        }
    },
};

fn secret(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<BiztalkGroup>,
    group: &BiztalkGroup,
    dr: &DisasterRecovery,
) -> Option<Finding> {
    let element = Element::BiztalkGroup(id);
    let name = &group.name.value;
    match dr.secret_copy {
        Some(copy) if copy.value => None,
        Some(copy) => {
            let message = format!("the second site of {name} cannot decrypt the configuration");
            Some(cx.finding(rule, element, message).at(copy.span, "no copy of the master secret"))
        }
        None => {
            let message = format!(
                "unknown whether the second site of {name} has a copy of the master secret"
            );
            let finding =
                cx.finding(rule, element, message).at(dr.span, "`secret_copy` is not given");
            Some(finding.unknown())
        }
    }
}

/// Groups that are prepared for the loss of a site.
pub(super) fn prepared<'a>(
    cx: &Context<'a>,
) -> impl Iterator<Item = (Id<BiztalkGroup>, &'a BiztalkGroup, &'a DisasterRecovery)> + use<'a> {
    let groups = cx.topology.biztalk.iter();
    groups.filter_map(|(id, group)| Some((id, group, group.disaster_recovery.as_ref()?)))
}

#[cfg(test)]
mod tests {
    use super::{HOSTS_ENABLED, NO_SITE};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_standby_site_makes_its_servers_wait() {
        let yaml = "failscope: 1\nsites: { A: , B: { role: standby } }\nservers:\n  S1: { site: A }\n  \
                    S2: { site: B }\nbiztalk:\n  hosts:\n    P: { instances: [S1, S2] }\n    \
                    Q: { instances: [S2] }\n";
        let found = findings(&HOSTS_ENABLED, yaml);
        assert_eq!(found.len(), 1, "one finding per server");
        assert!(found[0].1.message.contains("P and Q"));
    }

    #[test]
    fn servers_that_do_not_say_where_they_stand_leave_it_open() {
        let found = findings(&NO_SITE, "failscope: 1\nservers: [A]\nbiztalk: { servers: [A] }\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
    }
}
