//! IIS application pools with more than one adapter in them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Severity;
use crate::model::{At, Element, Host, Id, Server};
use crate::rules::{Context, Findings, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS143",
    name: "app-pool-shared-by-adapters",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "two isolated adapters, or two isolated hosts, share one application pool",
    why: "An isolated process carries one adapter of one host. The second one fails to register, and its \
          endpoints answer with errors.",
    fix: "give each isolated host and adapter an application pool of its own",
    limits: "one step milder when a host carries several isolated adapters and no pool is given",
    sources: &[
        "C/enabling-web-services",
        "T/planning-for-publishing-web-services1",
        "C/considerations-when-publishing-wcf-services-with-the-wcf-receive-adapters",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    OrdersHttp: { adapter: HTTP, host: Web, app_pool: BizTalkPool }
    OrdersSoap:
      adapter: SOAP
      host: Web
      app_pool: BizTalkPool   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02] }
  receive_locations:
    OrdersHttp: { adapter: HTTP, host: Web, app_pool: BizTalkHttpPool }
    OrdersSoap:
      adapter: SOAP
      host: Web
      app_pool: BizTalkSoapPool
",
    check,
};

/// What first uses an application pool on a server.
struct Tenant<'a> {
    host: Id<Host>,
    adapter: &'a str,
    span: Span,
}

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut pools: FxHashMap<(String, Id<Server>), Tenant<'_>> = FxHashMap::default();
    let mut told: FxHashSet<String> = FxHashSet::default();
    for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.is_isolated()) {
        let mut unplaced: Vec<(&str, Span)> = Vec::new();
        for location in cx.received_by(id) {
            let adapter =
                cx.adapter_of(location).map_or(location.adapter.value.as_str(), |a| a.name);
            let Some(pool) = location.app_pool.as_ref().or(host.app_pool.as_ref()) else {
                unplaced.push((adapter, location.adapter.span));
                continue;
            };
            for &server in &cx.serving(host) {
                let new = || Tenant { host: id, adapter, span: pool.span };
                let first = pools.entry((pool.value.to_lowercase(), server)).or_insert_with(new);
                if (first.host != id || first.adapter != adapter)
                    && told.insert(pool.value.to_lowercase())
                {
                    shared(cx, rule, pool, first, &new(), findings);
                }
            }
        }
        unknown(cx, rule, id, host, &unplaced, findings);
    }
}

fn shared(
    cx: &Context<'_>,
    rule: &'static Rule,
    pool: &At<String>,
    first: &Tenant<'_>,
    second: &Tenant<'_>,
    findings: &mut Findings,
) {
    let name = |tenant: &Tenant<'_>| {
        format!("{} of host {}", tenant.adapter, cx.topology.hosts[tenant.host].name.value)
    };
    let message = format!(
        "application pool {} runs {} and {}; an isolated process carries one adapter",
        pool.value,
        name(first),
        name(second)
    );
    findings.push(
        cx.finding(rule, Element::Host(second.host), message)
            .subject(pool.value.as_str())
            .at(pool.span, "taken already")
            .related(first.span, "the first one in this pool"),
    );
}

fn unknown(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    host: &Host,
    unplaced: &[(&str, Span)],
    findings: &mut Findings,
) {
    let mut adapters: Vec<&str> = unplaced.iter().map(|(adapter, _)| *adapter).collect();
    adapters.sort_unstable();
    adapters.dedup();
    let (true, Some((_, span))) = (adapters.len() > 1, unplaced.last()) else { return };
    let message = format!(
        "unknown whether {} of isolated host {} share an application pool",
        text::and_list(&adapters),
        host.name.value
    );
    findings.push(
        cx.finding(rule, Element::Host(id), message)
            .at(*span, "`app_pool` is not given")
            .help("write the `app_pool` of each receive location")
            .unknown(),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn pools_of_one_name_on_different_servers_are_different_pools() {
        let yaml = "failscope: 1\nservers: [A, B]\nbiztalk:\n  hosts:\n    \
                    One: { type: isolated, instances: [A], app_pool: P }\n    \
                    Two: { type: isolated, instances: [B], app_pool: P }\n  receive_locations:\n    \
                    X: { adapter: HTTP, host: One }\n    Y: { adapter: HTTP, host: Two }\n";
        assert!(findings(&RULE, yaml).is_empty());
        let same = yaml.replace("instances: [B]", "instances: [A, B]");
        assert_eq!(findings(&RULE, &same).len(), 1, "two hosts in one process on A");
    }

    #[test]
    fn several_adapters_without_pools_are_unknown_and_one_is_fine() {
        let yaml = RULE.bad.replace(", app_pool: BizTalkPool", "");
        let yaml = yaml.replace("      app_pool: BizTalkPool   # <-\n", "");
        let found = findings(&RULE, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        assert!(findings(&RULE, &yaml.replace("SOAP", "HTTP")).is_empty());
    }
}
