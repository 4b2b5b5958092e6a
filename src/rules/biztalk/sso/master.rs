//! How many master secret servers there are, where they stand, and what they hold.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Severity;
use crate::model::{At, BiztalkGroup, Carrier, Element, Id, SecretBackup, Server};
use crate::rules::{Context, Rule, Tier};
use crate::source::Span;

pub(in crate::rules) static COUNT: Rule = Rule {
    id: "BTS402",
    name: "mss-count",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an SSO system has no master secret server, or more than one",
    why: "Exactly one server of an SSO system holds the master secret and hands it to the others.",
    fix: "name exactly one server, or one cluster group, as `master_secret_server`",
    limits: "one step milder when the file names none",
    sources: &["C/master-secret-server"],
    bad: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
biztalk:
  servers: [BTS01]
  master_secret_server:
    - SSO01
    - SSO02   # <-
",
    good: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
biztalk:
  servers: [BTS01]
  master_secret_server:
    - SSO01
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let name = &group.name.value;
            let element = Element::BiztalkGroup(id);
            findings.push(match group.master_secret_servers.as_slice() {
                [_] => continue,
                [] => {
                    let message = format!("unknown whether {name} has a master secret server");
                    cx.finding(rule, element, message)
                        .at(group.name.span, "`master_secret_server` is not given")
                        .unknown()
                }
                [first, second, ..] => {
                    let count = group.master_secret_servers.len();
                    let message =
                        format!("{name} has {count} master secret servers; it must have one");
                    cx.finding(rule, element, message)
                        .at(second.span, "one too many")
                        .related(first.span, "the first one")
                }
            });
        }
    },
};

pub(in crate::rules) static ON_NLB: Rule = Rule {
    id: "BTS403",
    name: "mss-on-nlb",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the master secret server is a member of a Windows NLB cluster",
    why: "A master secret server behind network load balancing is not supported: there is one, and callers \
          must reach that one.",
    fix: "use a failover cluster to make it highly available",
    limits: "",
    sources: &["C/how-to-cluster-the-master-secret-server1"],
    bad: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
load_balancers:
  NLB: { kind: nlb, members: [SSO01, SSO02] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSO01   # <-
",
    good: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO: { network_name: SSOVS, resources: [entsso, msdtc] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSOCLUSTER/SSO
",
    check: |cx, rule, findings| {
        for (id, place) in masters(cx) {
            let balanced = servers_of(cx, place.value)
                .into_iter()
                .find_map(|server| Some((server, cx.nlb_on(server)?)));
            let Some((server, balancer)) = balanced else { continue };
            let balancer = &cx.topology.load_balancers[balancer].name;
            let message = format!(
                "master secret server {} cannot be a member of NLB cluster {}",
                cx.server_name(server),
                balancer.value
            );
            findings.push(
                cx.finding(rule, Element::BiztalkGroup(id), message)
                    .subject(cx.server_name(server))
                    .at(place.span, "balanced, which is not supported")
                    .related(balancer.span, "by this one"),
            );
        }
    },
};

pub(in crate::rules) static NOT_BACKED_UP: Rule = Rule {
    id: "BTS404",
    name: "mss-secret-not-backed-up",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the master secret is not backed up, or only on the master secret server itself",
    why: "Everything that SSO stores is encrypted with it. When the computer is lost and the secret with it, \
          all of that is lost.",
    fix: "back it up at once and after every regeneration, and keep the file away from the computer; say \
          where in `sso.secret_backup`",
    limits: "one step milder when the file does not say where the backup is",
    sources: &[
        "C/how-to-back-up-the-master-secret",
        "C/high-availability-for-enterprise-single-sign-on",
    ],
    bad: r"failscope: 1
servers: [BTS01, SSO01]
biztalk:
  servers: [BTS01]
  master_secret_server: SSO01
  sso:
    secret_backup: none   # <-
",
    good: r"failscope: 1
servers: [BTS01, SSO01]
biztalk:
  servers: [BTS01]
  master_secret_server: SSO01
  sso:
    secret_backup: safe of the head office
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let name = &group.name.value;
            let element = Element::BiztalkGroup(id);
            findings.push(match &group.secret_backup {
                None => {
                    let message =
                        format!("unknown whether the master secret of {name} is backed up elsewhere");
                    cx.finding(rule, element, message)
                        .at(group.name.span, "`sso.secret_backup` is not given")
                        .unknown()
                }
                Some(At { value: SecretBackup::Absent, span }) => {
                    let message = format!("the master secret of {name} is not backed up");
                    cx.finding(rule, element, message).at(*span, "no backup")
                }
                Some(At { value: SecretBackup::OnServer(server), span }) => {
                    let masters = group.master_secret_servers.iter();
                    let Some(master) =
                        masters.into_iter().find(|m| servers_of(cx, m.value).contains(server))
                    else {
                        continue;
                    };
                    let message = format!(
                        "the only backup of the master secret of {name} is on {}, which holds it already",
                        cx.server_name(*server)
                    );
                    let finding = cx.finding(rule, element, message).at(*span, "lost with the original");
                    finding.related(master.span, "the master secret server")
                }
                Some(At { value: SecretBackup::Elsewhere(_), .. }) => continue,
            });
        }
    },
};

pub(in crate::rules) static ON_BIZTALK: Rule = Rule {
    id: "BTS411",
    name: "mss-on-biztalk-server",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "the master secret server is also a BizTalk server",
    why: "A restart of that computer for the sake of BizTalk takes the key away from all the others.",
    fix: "use a computer of its own, or the SQL cluster",
    limits: "disputed (D14): C/sso-security-recommendations wants nothing else on it, \
             T/high-availability-for-the-master-secret-server puts it on the SQL cluster; both are accepted, \
             the BizTalk runtime is not. The reason is partly inferred",
    sources: &[
        "C/sso-security-recommendations",
        "T/high-availability-for-the-master-secret-server",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  servers: [BTS01, BTS02]
  master_secret_server: BTS01   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk:
  servers: [BTS01, BTS02]
  master_secret_server: SSO01
",
    check: |cx, rule, findings| {
        for (id, place) in masters(cx) {
            let Carrier::Server(server) = place.value else { continue };
            if cx.group_on(server).is_none() {
                continue;
            }
            let message = format!(
                "the master secret server runs on BizTalk server {}",
                cx.server_name(server)
            );
            findings.push(
                cx.finding(rule, Element::BiztalkGroup(id), message)
                    .subject(cx.server_name(server))
                    .at(place.span, "has the BizTalk runtime as well")
                    .related(cx.topology.servers[server].name.span, "this server"),
            );
        }
    },
};

pub(in crate::rules) static SHARED: Rule = Rule {
    id: "BTS418",
    name: "sso-shared-by-groups",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "two or more BizTalk groups use one SSO system",
    why: "The loss of its master secret server or its database is then systemwide for every one of them.",
    fix: "decide on purpose: a system for each group, or one whose wider reach is accepted",
    limits: "disputed (D15): C/sso-security-recommendations wants one system for the whole environment, \
             C/processing-servers-for-sso advises against joining that of another group",
    sources: &["C/processing-servers-for-sso", "C/sso-security-recommendations"],
    bad: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk_groups:
  Orders:
    servers: [BTS01]
    master_secret_server: SSO01
  Billing:
    servers: [BTS02]
    master_secret_server: SSO01   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SSO01, SSO02]
biztalk_groups:
  Orders:
    servers: [BTS01]
    master_secret_server: SSO01
  Billing:
    servers: [BTS02]
    master_secret_server: SSO02
",
    check: |cx, rule, findings| {
        let mut first: FxHashMap<SsoSystem, (Id<BiztalkGroup>, Span)> = FxHashMap::default();
        for (id, group) in cx.topology.biztalk.iter() {
            let keys = systems(group);
            let shared = keys.iter().find_map(|(key, span)| Some((*first.get(key)?, *span)));
            if let Some(((other, there), here)) = shared {
                let message = format!(
                    "{} and {} use one SSO system; its loss is systemwide for both",
                    cx.topology.biztalk[other].name.value, group.name.value
                );
                findings.push(
                    cx.finding(rule, Element::BiztalkGroup(id), message)
                        .at(here, "shared with another group")
                        .related(there, "named here too"),
                );
            }
            for (key, span) in keys {
                first.entry(key).or_insert((id, span));
            }
        }
    },
};

/// What tells SSO systems apart.
#[derive(PartialEq, Eq, Hash)]
enum SsoSystem {
    Master(Carrier),
    Database(Id<crate::model::Database>),
}

fn systems(group: &BiztalkGroup) -> Vec<(SsoSystem, Span)> {
    let masters = group.master_secret_servers.iter();
    let mut keys: Vec<_> = masters.map(|m| (SsoSystem::Master(m.value), m.span)).collect();
    keys.extend(group.sso_database.map(|named| (SsoSystem::Database(named.value), named.span)));
    keys
}

/// Every named master secret server once, with the first group that names it.
pub(in crate::rules) fn masters<'a>(
    cx: &Context<'a>,
) -> impl Iterator<Item = (Id<BiztalkGroup>, &'a At<Carrier>)> {
    let groups = cx.topology.biztalk.iter();
    let mut seen = FxHashSet::default();
    groups
        .flat_map(|(id, group)| group.master_secret_servers.iter().map(move |m| (id, m)))
        .filter(move |(_, master)| seen.insert(master.value))
}

fn servers_of(cx: &Context<'_>, carrier: Carrier) -> Vec<Id<Server>> {
    match carrier {
        Carrier::Server(server) => vec![server],
        Carrier::Group(group) => cx.topology.owners(group),
        Carrier::Storage(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNT, NOT_BACKED_UP, SHARED};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_master_or_a_backup_that_is_not_named_is_unknown() {
        let yaml = "failscope: 1\nservers: [BTS01]\nbiztalk: { servers: [BTS01] }\n";
        for rule in [&COUNT, &NOT_BACKED_UP] {
            let found = findings(rule, yaml);
            assert_eq!(found.len(), 1, "{}", rule.id);
            assert_eq!(found[0].1.severity, Severity::Warning);
            assert!(found[0].1.message.starts_with("unknown whether"));
        }
    }

    #[test]
    fn a_backup_on_the_master_secret_server_is_none() {
        let yaml = NOT_BACKED_UP.bad.replace("none   # <-", "SSO01");
        assert_eq!(findings(&NOT_BACKED_UP, &yaml).len(), 1);
        let yaml = NOT_BACKED_UP.bad.replace("none   # <-", "BTS01");
        assert!(findings(&NOT_BACKED_UP, &yaml).is_empty());
    }

    #[test]
    fn one_shared_system_is_one_finding_per_further_group() {
        let yaml = format!(
            "{}  Stock:\n    servers: [BTS03]\n    master_secret_server: SSO01\n",
            SHARED.bad.replace("[BTS01, BTS02, SSO01]", "[BTS01, BTS02, BTS03, SSO01]")
        );
        assert_eq!(findings(&SHARED, &yaml).len(), 2);
    }
}
