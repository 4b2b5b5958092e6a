//! Servers with one way to everything else.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::model::{Carrier, Element, Id, Network, Ref, Server};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS514",
    name: "single-network-path",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "servers of the group have one network, and one switch or cable takes it down",
    why: "The computers are duplicated and all hang on one path. The tests of a cluster include the failure \
          of a network card and of the public and the private network for that reason.",
    fix: "give them two paths, and the nodes of a cluster a private network for its heartbeat",
    limits: "judged for servers with exactly one network in `networks`; one step milder when the file does \
             not say whether that network is redundant",
    sources: &[
        "T/reviewing-and-testing-sql-server-cluster-configuration-for-failover-scenarios",
        "T/performing-availability-testing",
    ],
    bad: r"failscope: 1
servers:
  BTS01: { networks: [LAN] }
  BTS02: { networks: [LAN] }
networks:
  LAN: { redundant: false }   # <-
biztalk:
  servers: [BTS01, BTS02]
",
    good: r"failscope: 1
servers:
  BTS01: { networks: [LAN, HEARTBEAT] }
  BTS02: { networks: [LAN, HEARTBEAT] }
networks:
  LAN: { redundant: false }
  HEARTBEAT: { redundant: false }
biztalk:
  servers: [BTS01, BTS02]
",
    check,
};

/// A server and the one place that ties it to a network.
type Hanging<'a> = (Id<Server>, &'a Ref<Network>);

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let hanging = hanging(cx);
    for (id, network) in cx.topology.networks.iter() {
        let Some(hanging @ [(_, first), ..]) = hanging.get(&id).map(Vec::as_slice) else {
            continue;
        };
        let servers: Vec<Id<Server>> = hanging.iter().map(|(server, _)| *server).collect();
        let (names, name) = (cx.server_names(&servers), &network.name.value);
        let finding = |message| cx.finding(rule, Element::Network(id), message);
        let found = match network.redundant {
            Some(redundant) if redundant.value => continue,
            Some(redundant) => finding(format!("{name} is the one network path of {names}"))
                .at(redundant.span, "one switch or cable takes it down"),
            None => finding(format!(
                "unknown whether {name}, the one network path of {names}, is redundant"
            ))
            .at(network.name.span, "`redundant` is not given")
            .unknown(),
        };
        findings.push(found.related(first.span, "its only network"));
    }
}

/// The servers that have one network only, by that network.
fn hanging<'a>(cx: &Context<'a>) -> FxHashMap<Id<Network>, Vec<Hanging<'a>>> {
    let mut hanging: FxHashMap<Id<Network>, Vec<Hanging<'_>>> = FxHashMap::default();
    for server in servers_of_biztalk(cx) {
        if let [only] = cx.topology.servers[server].networks.as_slice() {
            hanging.entry(only.value).or_default().push((server, only));
        }
    }
    hanging
}

/// Computers with BizTalk, its databases or the master secret, each once.
fn servers_of_biztalk(cx: &Context<'_>) -> Vec<Id<Server>> {
    let instances = cx.biztalk_instances().into_iter();
    let groups = cx.biztalk_availability_groups().into_iter();
    let replicas = groups.flat_map(|(id, _)| &cx.topology.availability_groups[id].replicas);
    let instances = instances.chain(replicas.map(|replica| replica.instance.value));
    let carriers = instances.filter_map(|id| Some(cx.topology.sql_instances[id].on?.value));
    let masters = cx.topology.biztalk.values().flat_map(|group| &group.master_secret_servers);
    let carriers = carriers.chain(masters.map(|master| master.value));
    let mut servers: Vec<Id<Server>> = carriers
        .flat_map(|carrier| match carrier {
            Carrier::Server(server) => vec![server],
            Carrier::Group(group) => cx.topology.owners(group),
            Carrier::Storage(_) => Vec::new(),
        })
        .collect();
    let runtime = cx.topology.biztalk.ids().flat_map(|id| cx.biztalk_servers(id));
    servers.extend(runtime.copied());
    servers.sort_unstable();
    servers.dedup();
    servers
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_redundant_network_is_several_paths_and_an_open_one_is_noted() {
        assert!(
            findings(&RULE, &RULE.bad.replace("redundant: false", "redundant: true")).is_empty()
        );
        let open = findings(&RULE, &RULE.bad.replace("{ redundant: false }", ""));
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].1.severity, Severity::Info);
    }

    #[test]
    fn computers_of_the_databases_and_of_the_secret_count_and_others_do_not() {
        let only = |biztalk: &str| {
            let servers = "servers: { A: , S: { networks: [LAN] } }\nnetworks: { LAN: { redundant: false } }\n";
            findings(&RULE, &format!("failscope: 1\n{servers}{biztalk}")).len()
        };
        assert_eq!(only("biztalk: { servers: [A] }\n"), 0);
        assert_eq!(only("biztalk: { servers: [A], master_secret_server: S }\n"), 1);
        let sql = "sql_instances: { I: { on: S, databases: [BizTalkMgmtDb] } }\n";
        assert_eq!(only(&format!("{sql}biztalk: {{ servers: [A] }}\n")), 1);
        let ag = "sql_instances: { I: { on: S }, J: { on: A } }\n\
                  availability_groups: { AG: { replicas: [J, I], databases: [SSODB] } }\n";
        assert_eq!(only(&format!("{ag}biztalk: {{ servers: [A] }}\n")), 1);
    }
}
