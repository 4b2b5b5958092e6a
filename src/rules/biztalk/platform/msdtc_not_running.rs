//! Computers on which MSDTC is said not to run.

use crate::diagnostic::Severity;
use crate::model::{Carrier, Element, Id, ResourceKind, Server, ServiceState};
use crate::rules::{Context, Findings, Rule, Tier};
use rustc_hash::FxHashSet;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS501",
    name: "msdtc-not-running",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "MSDTC is disabled or absent on a BizTalk server, a SQL computer or the master secret server",
    why: "Without it every transaction of that computer fails. On a BizTalk server that stops the server; \
          on the SQL computer or the master secret server it stops everything.",
    fix: "install MSDTC and start it automatically, or make it a cluster resource",
    limits: "silent on nodes of a cluster that has a clustered MSDTC",
    sources: &[
        "T/planning-for-high-availability2",
        "T/checklist-planning-for-operations-in-a-secure-environment",
    ],
    bad: r"failscope: 1
servers:
  BTS01: { services: { msdtc: disabled } }   # <-
  BTS02:
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
",
    good: r"failscope: 1
servers:
  BTS01: { services: { msdtc: running } }
  BTS02:
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let central = central_servers(cx);
    for (id, server) in cx.topology.servers.iter() {
        let Some(state) = server.services.msdtc.filter(|s| s.value != ServiceState::Running) else {
            continue;
        };
        let is_central = central.contains(&id);
        if !is_central && cx.group_on(id).is_none() || has_clustered_msdtc(cx, id) {
            continue;
        }
        let reach = match is_central {
            true => {
                "transactions with SQL Server or the master secret server fail for every server"
            }
            false => "every transaction of this server fails",
        };
        let state_word = match state.value {
            ServiceState::Absent => "not installed",
            ServiceState::Disabled | ServiceState::Running => "disabled",
        };
        let message = format!("MSDTC is {state_word} on {}; {reach}", server.name.value);
        findings.push(
            cx.finding(rule, Element::Server(id), message)
                .at(state.span, "must run here")
                .related(server.name.span, "this server"),
        );
    }
}

/// Computers of SQL instances with BizTalk databases and of master secret servers.
fn central_servers(cx: &Context<'_>) -> FxHashSet<Id<Server>> {
    let topology = cx.topology;
    let groups = cx.biztalk_availability_groups();
    let replicas = groups.iter().flat_map(|(id, _)| &topology.availability_groups[*id].replicas);
    let instances = cx.biztalk_instances().into_iter().chain(replicas.map(|r| r.instance.value));
    let on_sql = instances.filter_map(|id| Some(topology.sql_instances[id].on?.value));
    let masters = topology.biztalk.values().flat_map(|group| &group.master_secret_servers);
    let carriers = on_sql.chain(masters.map(|place| place.value));
    let servers = carriers.flat_map(|carrier| match carrier {
        Carrier::Server(server) => vec![server],
        Carrier::Group(group) => topology.owners(group),
        Carrier::Storage(_) => Vec::new(),
    });
    servers.collect()
}

fn has_clustered_msdtc(cx: &Context<'_>, server: Id<Server>) -> bool {
    cx.clusters_of(server).iter().any(|&cluster| cx.cluster_has(cluster, ResourceKind::Msdtc))
}
