//! Host instances that are missing, counted twice, disabled or all in one place.

use rustc_hash::FxHashSet;

use crate::change::{Proposal, Step};
use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id, Ref, Server};
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Rule, Tier};
use crate::text;

pub(in crate::rules) static NONE: Rule = Rule {
    id: "BTS003",
    name: "host-without-instance",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a host has work bound to it and no enabled instance",
    why: "A host is only a name until an instance of it exists: what is bound to it never runs.",
    fix: "create and start instances on two servers, or bind the work to another host",
    limits: "",
    sources: &["T/high-availability-for-biztalk-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:   # <-
    Send: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
    Send: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process }
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.instances.is_empty()) {
            let work = cx.work_of(id);
            if work.is_empty() {
                continue;
            }
            let message = format!(
                "host {} has no enabled instance; {} never run",
                host.name.value,
                text::short_list(&work, 4)
            );
            let mut finding =
                cx.finding(rule, Element::Host(id), message).at(host.name.span, "no `instances`");
            for disabled in host.disabled_instances.iter().take(3) {
                finding = finding.related(disabled.span, "disabled: does not run");
            }
            findings.push(finding.proposing(proposals::two_instances(cx, id)));
        }
    },
};

pub(in crate::rules) static TWICE: Rule = Rule {
    id: "BTS004",
    name: "duplicate-host-instance",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a host is listed twice on one server",
    why: "A server runs one instance of a host. A design that counts two has redundancy that cannot exist.",
    fix: "remove one of the two, or name another server",
    limits: "",
    sources: &["T/high-availability-for-biztalk-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances:
        - BTS01
        - BTS01   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances:
        - BTS01
        - BTS02
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let mut seen: FxHashSet<Id<Server>> = FxHashSet::default();
            let mut told: FxHashSet<Id<Server>> = FxHashSet::default();
            for instance in host.instances.iter().chain(&host.disabled_instances) {
                if seen.insert(instance.value) || !told.insert(instance.value) {
                    continue;
                }
                let server = cx.server_name(instance.value);
                let message = format!(
                    "host {} is listed twice on {server}; one instance per server is possible",
                    host.name.value
                );
                let first = host.instances.iter().find(|first| first.value == instance.value);
                let mut finding = cx
                    .finding(rule, Element::Host(id), message)
                    .subject(format!("{}@{server}", host.name.value))
                    .at(instance.span, "listed again");
                if let Some(first) = first {
                    finding = finding.related(first.span, "listed here already");
                }
                findings.push(finding.proposing(name_once(cx, host, instance)));
            }
        }
    },
};

/// The second mention goes, where the first says the same: both enabled, or both disabled.
fn name_once(cx: &Context<'_>, host: &Host, again: &Ref<Server>) -> Option<Proposal> {
    let lists = [&host.instances, &host.disabled_instances];
    let same = lists.into_iter().find(|list| list.iter().any(|i| i.span == again.span))?;
    same.iter().find(|i| i.value == again.value && i.span != again.span)?;
    let server = cx.server_name(again.value);
    let title = format!("list host {} once on {server}", host.name.value);
    Some(Proposal::new(title, vec![Step::Remove { item: again.span }]))
}

pub(in crate::rules) static DISABLED: Rule = Rule {
    id: "BTS013",
    name: "disabled-instance-counted",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "without a disabled instance a host has fewer than two",
    why: "A disabled instance neither shares the work nor takes over: the redundancy is on paper only.",
    fix: "enable the instance, or create one on another server",
    limits: "silent about servers prepared for a disaster, where instances must be disabled, and about \
             clustered hosts, see BTS304",
    sources: &["C/how-to-configure-a-biztalk-host-as-a-cluster-resource1"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances: [BTS01]
      disabled_instances: [BTS02]   # <-
  orchestrations:
    Orders: { host: Process }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
  orchestrations:
    Orders: { host: Process }
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let enabled = cx.serving(host);
            let idle = host.clustered_in.is_some() || cx.work_of(id).is_empty();
            if enabled.len() >= 2 || idle {
                continue;
            }
            let disabled = host.disabled_instances.iter();
            let mut disabled = disabled
                .filter(|i| !cx.is_standby(i.value) && !enabled.contains(&i.value))
                .peekable();
            let Some(first) = disabled.peek().map(|instance| instance.span) else { continue };
            let servers: Vec<&str> = disabled.map(|i| cx.server_name(i.value)).collect();
            let message = format!(
                "the instance of host {} on {} is disabled and gives no redundancy",
                host.name.value,
                text::short_list(&servers, 4)
            );
            let mut finding =
                cx.finding(rule, Element::Host(id), message).at(first, "disabled from starting");
            if let Some(only) = host.instances.first() {
                finding = finding.related(only.span, "the only instance that runs");
            }
            let proposals = match enabled.is_empty() {
                true => proposals::two_instances(cx, id),
                false => proposals::one_more_instance(cx, id),
            };
            findings.push(finding.proposing(proposals));
        }
    },
};

pub(in crate::rules) static SHARED_FATE: Rule = Rule {
    id: "BTS005",
    name: "instances-share-fate",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "all enabled instances of a host share one machine, rack or site",
    why: "Two guests on one machine are one failure. The weekly checklist asks for two separate physical \
          servers.",
    fix: "spread the servers over machines and racks, and keep the guests apart by anti-affinity",
    limits: "a common site is reported only where servers of normal operation stand in several sites; \
             otherwise BTS909 speaks of the second site",
    sources: &[
        "T/checklist-performing-weekly-maintenance-checks",
        "C/sample-biztalk-server-high-availability-scenarios",
    ],
    bad: r"failscope: 1
servers:
  BTS01: { machine: HV01 }
  BTS02: { machine: HV01 }
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]   # <-
",
    good: r"failscope: 1
servers:
  BTS01: { machine: HV01 }
  BTS02: { machine: HV02 }
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let servers = cx.serving(host);
            let (true, Some((place, _))) = (servers.len() > 1, cx.common_place(&servers)) else {
                continue;
            };
            let message = format!(
                "all instances of host {} ({}) share {place}; losing it stops them together",
                host.name.value,
                cx.server_names(&servers)
            );
            findings.push(shared(cx, rule, id, host, &servers, message));
        }
    },
};

fn shared(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    host: &Host,
    servers: &[Id<Server>],
    message: String,
) -> crate::rules::Finding {
    let span = host.instances.first().map_or(host.name.span, |instance| instance.span);
    let mut finding = cx.finding(rule, Element::Host(id), message).at(span, "not apart");
    for &server in servers.iter().take(3) {
        finding = finding.related(cx.topology.servers[server].name.span, "stands there");
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::{DISABLED, SHARED_FATE};
    use crate::rules::testing::findings;

    #[test]
    fn instances_disabled_for_a_disaster_are_as_they_should_be() {
        let yaml = DISABLED
            .bad
            .replace("biztalk:\n", "biztalk:\n  disaster_recovery: { servers: [BTS02] }\n");
        assert!(findings(&DISABLED, &yaml).is_empty());
    }

    #[test]
    fn one_site_is_shared_fate_only_where_there_are_several() {
        let one = "failscope: 1\nservers:\n  BTS01: { site: A }\n  BTS02: { site: A }\n  \
                   OTHER: { site: A }\nbiztalk:\n  hosts:\n    P: { instances: [BTS01, BTS02] }\n";
        assert!(findings(&SHARED_FATE, one).is_empty());
        let two = one.replace("OTHER: { site: A }", "OTHER: { site: B }");
        assert_eq!(findings(&SHARED_FATE, &two).len(), 1);
        let standby =
            two.replace("failscope: 1\n", "failscope: 1\nsites: { A: , B: { role: standby } }\n");
        assert!(findings(&SHARED_FATE, &standby).is_empty());
    }
}
