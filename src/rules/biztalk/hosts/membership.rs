//! What a server, and what a host, can belong to or hold only once.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{BiztalkGroup, Element, Host, Id, Ref, Server};
use crate::rules::{Context, Rule, Tier};
use crate::source::Span;

pub(in crate::rules) static TWO_GROUPS: Rule = Rule {
    id: "BTS008",
    name: "server-in-two-groups",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "one server is in two BizTalk groups",
    why: "A computer is configured for one management database and so for one group; the second group \
          cannot run there.",
    fix: "give each group servers of its own, or merge the groups",
    limits: "",
    sources: &["C/biztalk-groups"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk_groups:
  Orders:
    servers: [BTS01]
  Billing:
    servers: [BTS01, BTS02]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk_groups:
  Orders:
    servers: [BTS01]
  Billing:
    servers: [BTS02]
",
    check: |cx, rule, findings| {
        let mut first: FxHashMap<Id<Server>, (Id<BiztalkGroup>, Span)> = FxHashMap::default();
        let mut told: FxHashSet<Id<Server>> = FxHashSet::default();
        for (id, group) in cx.topology.biztalk.iter() {
            for mention in mentions(cx, group) {
                let &mut (other, span) = first.entry(mention.value).or_insert((id, mention.span));
                if other == id || !told.insert(mention.value) {
                    continue;
                }
                let message = format!(
                    "server {} is in the groups {} and {}; a server belongs to one group",
                    cx.server_name(mention.value),
                    cx.topology.biztalk[other].name.value,
                    group.name.value
                );
                findings.push(
                    cx.finding(rule, Element::Server(mention.value), message)
                        .at(mention.span, "in a second group here")
                        .related(span, "in the first group here"),
                );
            }
        }
    },
};

/// Everywhere that a group names one of its servers.
fn mentions<'c>(
    cx: &'c Context<'_>,
    group: &'c BiztalkGroup,
) -> impl Iterator<Item = &'c Ref<Server>> {
    let instances = group.hosts.iter().flat_map(|&id| {
        let host = &cx.topology.hosts[id];
        host.instances.iter().chain(&host.disabled_instances)
    });
    let prepared = group.disaster_recovery.iter().flat_map(|dr| &dr.servers);
    group.servers.iter().chain(instances).chain(prepared)
}

pub(in crate::rules) static TWO_HANDLERS: Rule = Rule {
    id: "BTS012",
    name: "two-receive-handlers-same-host",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "two receive handlers of one adapter are bound to one host",
    why: "A host takes one receive handler of an adapter; the second cannot be created.",
    fix: "bind the second handler to another host",
    limits: "",
    sources: &["C/configure-the-file-adapter", "C/how-to-configure-an-http-receive-handler"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_handlers:
    - { adapter: FILE, host: Receive }
    - { adapter: FILE, host: Receive }   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
    ReceiveMore: { instances: [BTS01, BTS02] }
  receive_handlers:
    - { adapter: FILE, host: Receive }
    - { adapter: FILE, host: ReceiveMore }
",
    check: |cx, rule, findings| {
        let mut first: FxHashMap<(String, Id<Host>), Span> = FxHashMap::default();
        let mut told: FxHashSet<(String, Id<Host>)> = FxHashSet::default();
        for handler in cx.topology.biztalk.values().flat_map(|group| &group.receive_handlers) {
            let adapter = &handler.adapter;
            let name = adapters::find(&adapter.value).map_or(adapter.value.as_str(), |a| a.name);
            let key = (name.to_lowercase(), handler.host.value);
            let Some(&span) = first.get(&key) else {
                first.insert(key, adapter.span);
                continue;
            };
            if !told.insert(key) {
                continue;
            }
            let host = &cx.topology.hosts[handler.host.value].name.value;
            let message = format!("host {host} has two {name} receive handlers");
            findings.push(
                cx.finding(rule, Element::Host(handler.host.value), message)
                    .subject(format!("{name} in {host}"))
                    .at(adapter.span, "the second handler")
                    .related(span, "the first one"),
            );
        }
    },
};
