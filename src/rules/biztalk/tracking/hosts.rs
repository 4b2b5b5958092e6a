//! Hosts that move tracking data.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::model::{BiztalkGroup, DatabaseRole, Element, Host, Id, Server};
use crate::rules::biztalk::proposals::{self, MOST};
use crate::rules::{Context, Finding, Rule, Tier};
use crate::text;

pub(in crate::rules) static NONE: Rule = Rule {
    id: "BTS801",
    name: "no-tracking-host",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "tracking or BAM is on, and no instance of a tracking host runs",
    why: "Tracking data is written to the MessageBox and moved on by a tracking host. Without one it stays \
          there, the MessageBox grows, and everything slows down.",
    fix: "create a dedicated tracking host with two or more instances, or turn tracking off",
    limits: "BAM needs a tracking host even when tracking is off. Tracking counts as on where a tracking \
             database exists and the file does not say otherwise",
    sources: &["T/configuring-a-dedicated-tracking-host", "C/how-to-modify-host-properties"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  tracking: on   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
    Tracking: { tracking: true, instances: [BTS01, BTS02] }
  tracking: on
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            findings.0.extend(no_mover(cx, rule, id, group));
        }
    },
};

fn no_mover(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<BiztalkGroup>,
    group: &BiztalkGroup,
) -> Option<Finding> {
    let hosts = tracking_hosts(cx, group);
    if hosts.iter().any(|(_, host)| !host.instances.is_empty()) {
        return None;
    }
    let bam = cx.databases_with(id, &[DatabaseRole::BamPrimaryImport]);
    let uses_bam = group.bam.is_some() || !bam.is_empty();
    let database = cx.databases_with(id, &[DatabaseRole::Tracking]);
    let tracks = match group.tracking {
        Some(stated) => stated.value,
        None => !hosts.is_empty() || !database.is_empty(),
    };
    if !uses_bam && !tracks {
        return None;
    }
    let first_host = hosts.first().map(|(_, host)| host.name.span);
    let stated = group.tracking.filter(|tracking| tracking.value).map(|tracking| tracking.span);
    let evidence = database.first().or(bam.first()).map(|&d| cx.topology.databases[d].name.span);
    let span = first_host.or(stated).or(evidence).unwrap_or(group.name.span);
    let message =
        format!("no tracking host of {} runs; the MessageBox will grow", group.name.value);
    let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
    Some(finding.at(span, "nothing moves the tracking data"))
}

pub(in crate::rules) static SPARE: Rule = Rule {
    id: "BTS802",
    name: "tracking-n-plus-one",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "fewer tracking instances than MessageBoxes plus one",
    why: "Each MessageBox has one active mover of tracking data. One instance more than MessageBoxes leaves \
          a spare that takes over.",
    fix: "add an instance of the tracking host on another server",
    limits: "disputed (D13): C/how-to-modify-host-properties asks for at least one host, \
             T/checklist-maintaining-and-troubleshooting-biztalk-server-databases for exactly one, \
             T/configuring-a-dedicated-tracking-host for one instance more than MessageBoxes",
    sources: &[
        "T/checklist-providing-high-availability-with-fault-tolerance-or-load-balancing",
        "T/checklist-maintaining-and-troubleshooting-biztalk-server-databases",
        "T/configuring-a-dedicated-tracking-host",
        "C/how-to-modify-host-properties",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Tracking: { tracking: true, instances: [BTS01] }   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Tracking: { tracking: true, instances: [BTS01, BTS02] }
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let hosts = tracking_hosts(cx, group);
            let movers: usize = hosts.iter().map(|(_, host)| cx.serving(host).len()).sum();
            // A group has a MessageBox even if the file does not show it.
            let boxes = match cx.knows_databases_of(id) {
                true => cx.databases_with(id, &[DatabaseRole::Messagebox]).len().max(1),
                false => 1,
            };
            let (Some((_, first)), true) = (hosts.first(), movers > 0 && movers <= boxes) else {
                continue;
            };
            let message = format!(
                "{} has {} for {}; {} advised",
                group.name.value,
                text::count(movers, "tracking instance"),
                match boxes {
                    1 => "1 MessageBox".to_owned(),
                    _ => format!("{boxes} MessageBoxes"),
                },
                boxes + 1
            );
            let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
            let more = hosts.iter().flat_map(|(id, _)| proposals::one_more_instance(cx, *id));
            findings.push(finding.at(first.name.span, "no spare").proposing(more.take(MOST)));
        }
    },
};

pub(in crate::rules) static NOT_DEDICATED: Rule = Rule {
    id: "BTS803",
    name: "tracking-not-dedicated",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a tracking host has other work as well",
    why: "Whoever stops or overloads that host stops tracking with it, and tracking takes its share of a \
          host that should process messages.",
    fix: "create a host for tracking alone",
    limits: "",
    sources: &["C/scaled-out-databases", "T/configuring-a-dedicated-tracking-host"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      tracking: true   # <-
      instances: [BTS01, BTS02]
  orchestrations:
    Orders: { host: Process }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
    Tracking: { tracking: true, instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process }
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let Some(tracking) = host.tracking.filter(|tracking| tracking.value) else { continue };
            let mut work = cx.work_of(id);
            work.pop(); // the last one is tracking itself
            if work.is_empty() {
                continue;
            }
            let message = format!(
                "host {} moves tracking data and carries {} as well",
                host.name.value,
                text::short_list(&work, 4)
            );
            let finding = cx.finding(rule, Element::Host(id), message);
            findings.push(finding.at(tracking.span, "not a host for tracking alone"));
        }
    },
};

pub(in crate::rules) static SEVERAL: Rule = Rule {
    id: "BTS804",
    name: "tracking-in-several-hosts",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "more than one host of a group moves tracking data",
    why: "One page wants exactly one tracking host; several make it unclear who moves what, and each of them \
          reads the MessageBox.",
    fix: "keep one tracking host and give it enough instances",
    limits: "disputed (D13): T/checklist-maintaining-and-troubleshooting-biztalk-server-databases wants \
             exactly one host, C/how-to-modify-host-properties at least one",
    sources: &[
        "T/checklist-maintaining-and-troubleshooting-biztalk-server-databases",
        "C/how-to-modify-host-properties",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    TrackingA: { tracking: true, instances: [BTS01, BTS02] }
    TrackingB:
      tracking: true   # <-
      instances: [BTS01, BTS02]
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    TrackingA: { tracking: true, instances: [BTS01, BTS02] }
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let hosts = tracking_hosts(cx, group);
            let [(_, first), (_, second), ..] = hosts.as_slice() else { continue };
            let names: Vec<&str> = hosts.iter().map(|(_, h)| h.name.value.as_str()).collect();
            let message = format!("{} all move tracking data", text::short_list(&names, 4));
            let flag = |host: &Host| host.tracking.map_or(host.name.span, |tracking| tracking.span);
            findings.push(
                cx.finding(rule, Element::BiztalkGroup(id), message)
                    .at(flag(second), "the second one")
                    .related(flag(first), "the first one"),
            );
        }
    },
};

pub(in crate::rules) static ONE_SERVER: Rule = Rule {
    id: "BTS805",
    name: "tracking-one-server",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "all tracking instances are on one server",
    why: "The mover of tracking data fails over between servers, but only if there is a second one.",
    fix: "add an instance of the tracking host on another server",
    limits: "",
    sources: &[
        "C/bam-event-bus-service-server-failover",
        "T/configuring-a-dedicated-tracking-host",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Tracking:
      tracking: true
      instances: [BTS01]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Tracking:
      tracking: true
      instances: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter() {
            let hosts = tracking_hosts(cx, group);
            let servers: FxHashSet<Id<Server>> =
                hosts.iter().flat_map(|(_, host)| cx.serving(host)).collect();
            let mut servers = servers.into_iter();
            let (Some(only), None) = (servers.next(), servers.next()) else { continue };
            let mut instances = hosts.iter().flat_map(|(_, host)| &host.instances);
            let span = instances.find(|i| i.value == only).map_or(group.name.span, |i| i.span);
            let message =
                format!("tracking of {} runs only on {}", group.name.value, cx.server_name(only));
            let finding = cx.finding(rule, Element::BiztalkGroup(id), message);
            let more = hosts.iter().flat_map(|(id, _)| proposals::one_more_instance(cx, *id));
            findings.push(finding.at(span, "no second server").proposing(more.take(MOST)));
        }
    },
};

fn tracking_hosts<'a>(cx: &Context<'a>, group: &BiztalkGroup) -> Vec<(Id<Host>, &'a Host)> {
    let hosts = group.hosts.iter().map(|&id| (id, &cx.topology.hosts[id]));
    hosts.filter(|(_, host)| host.is_tracking()).collect()
}

#[cfg(test)]
mod tests {
    use super::{NONE, SPARE};
    use crate::rules::testing::findings;

    #[test]
    fn bam_needs_a_tracking_host_even_when_tracking_is_off() {
        let off = NONE.bad.replace("tracking: on", "tracking: off");
        assert!(findings(&NONE, &off).is_empty());
        let bam = off.replace("  tracking: off", "  bam: { portal: [BTS01] }\n  tracking: off");
        assert_eq!(findings(&NONE, &bam).len(), 1);
    }

    #[test]
    fn each_messagebox_asks_for_one_more_instance() {
        let yaml = SPARE.good.replace(
            "biztalk:\n",
            "sql_instances:\n  S: { on: BTS01, databases: [BizTalkMsgBoxDb, BizTalkMsgBoxDb2] }\nbiztalk:\n",
        );
        assert_eq!(findings(&SPARE, &yaml).len(), 1);
    }
}
