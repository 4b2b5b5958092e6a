//! Servers that run policies and do not learn of new ones.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Severity;
use crate::model::{At, BiztalkGroup, Element, Host, Id, Server, ServiceState};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS809",
    name: "rule-update-service-missing",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a server runs a host that calls business rules, and has no Rule Engine Update Service running",
    why: "The service tells the rule engine of its computer that a policy has been deployed. Without it this \
          server goes on with the old one, and which policy a message meets depends on where it lands.",
    fix: "install and start the Rule Engine Update Service on each server",
    limits: "inferred, per server. Where the file does not say whether it runs, that is judged, one step \
             milder, only in a group that states it for another server. Where no host and no orchestration \
             says that it calls rules but the group does, every host with work is taken to",
    sources: &["C/rule-engine-configuration-and-tuning-parameters"],
    bad: r"failscope: 1
servers:
  BTS01: { services: { rule_update: running } }
  BTS02: { services: { rule_update: absent } }   # <-
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process, calls_rules: true }
",
    good: r"failscope: 1
servers:
  BTS01: { services: { rule_update: running } }
  BTS02: { services: { rule_update: running } }
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  orchestrations:
    Orders: { host: Process, calls_rules: true }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut told = FxHashSet::default();
    for (id, group) in cx.topology.biztalk.iter() {
        let mut servers = cx.biztalk_servers(id).iter();
        let is_stated = servers.any(|&id| cx.topology.servers[id].services.rule_update.is_some());
        let mut callers: Vec<(Id<Server>, Vec<&Host>)> =
            callers(cx, group).into_iter().filter(|_| is_stated).collect();
        callers.sort_unstable_by_key(|(server, _)| *server);
        for (server, hosts) in callers {
            if told.insert(server) {
                findings.0.extend(finding(cx, rule, server, &hosts));
            }
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Server>,
    hosts: &[&Host],
) -> Option<Finding> {
    let server = &cx.topology.servers[id];
    let name = &server.name.value;
    let names: Vec<&str> = hosts.iter().map(|host| host.name.value.as_str()).collect();
    let names = text::short_list(&names, 4);
    let finding = |message| cx.finding(rule, Element::Server(id), message);
    let found = match server.services.rule_update {
        Some(At { value: ServiceState::Running, .. }) => return None,
        Some(state) => {
            let how = if state.value == ServiceState::Absent { "missing" } else { "stopped" };
            finding(format!(
                "the Rule Engine Update Service is {how} on {name}; {names} goes on with old policies \
                 there"
            ))
            .at(state.span, "policies stay old here")
        }
        None => finding(format!(
            "unknown whether the Rule Engine Update Service runs on {name}, where {names} calls rules"
        ))
        .at(server.name.span, "`rule_update` is not given")
        .help("write `services: { rule_update: running }` if it runs")
        .unknown(),
    };
    let host = hosts.first().map_or(server.name.span, |host| host.name.span);
    Some(found.related(host, "calls business rules"))
}

/// Servers with an instance of a host that calls rules, and these hosts.
fn callers<'a>(cx: &Context<'a>, group: &BiztalkGroup) -> FxHashMap<Id<Server>, Vec<&'a Host>> {
    let says = |flag: Option<At<bool>>| flag.is_some_and(|flag| flag.value);
    let calls = |id: Id<Host>| {
        let mut orchestrations = cx.orchestrated_by(id);
        says(cx.topology.hosts[id].calls_rules) || orchestrations.any(|o| says(o.calls_rules))
    };
    let mut hosts: Vec<Id<Host>> = group.hosts.iter().copied().filter(|&id| calls(id)).collect();
    if hosts.is_empty() && says(group.uses_rules) {
        hosts.extend(group.hosts.iter().filter(|&&id| !cx.work_of(id).is_empty()));
    }
    let mut on: FxHashMap<Id<Server>, Vec<&Host>> = FxHashMap::default();
    for host in hosts.into_iter().map(|id| &cx.topology.hosts[id]) {
        for server in cx.serving(host) {
            on.entry(server).or_default().push(host);
        }
    }
    on
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    fn severities(yaml: &str) -> Vec<Severity> {
        findings(&RULE, yaml).iter().map(|(_, finding)| finding.severity).collect()
    }

    #[test]
    fn silence_is_judged_where_another_server_speaks() {
        let silent = RULE.bad.replace("BTS02: { services: { rule_update: absent } }", "BTS02:");
        assert_eq!(severities(&silent), [Severity::Info]);
        assert!(
            severities(&silent.replace("{ services: { rule_update: running } }", "")).is_empty()
        );
        let stopped = RULE.bad.replace("absent", "disabled");
        assert_eq!(severities(&stopped), [Severity::Warning]);
    }

    #[test]
    fn only_servers_of_hosts_that_call_rules_matter() {
        assert!(severities(&RULE.bad.replace(", calls_rules: true", "")).is_empty());
        assert!(
            severities(&RULE.bad.replace("calls_rules: true", "calls_rules: false")).is_empty()
        );
        let by_group = RULE
            .bad
            .replace(", calls_rules: true", "")
            .replace("biztalk:\n", "biztalk:\n  uses_rules: true\n");
        assert_eq!(severities(&by_group), [Severity::Warning]);
        let elsewhere =
            RULE.bad.replace("[BTS01, BTS02] }", "[BTS01] }\n    Send: { instances: [BTS02] }");
        assert!(severities(&elsewhere).is_empty());
        let by_host = RULE
            .bad
            .replace(", calls_rules: true", "")
            .replace("[BTS01, BTS02] }", "[BTS01, BTS02], calls_rules: true }");
        assert_eq!(severities(&by_host), [Severity::Warning]);
    }
}
