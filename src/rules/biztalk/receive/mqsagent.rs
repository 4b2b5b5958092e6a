//! The agent of the MQSeries adapter: on every node of the queue manager, and no cluster resource.

use rustc_hash::FxHashMap;

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{At, Element, Endpoint, Id, ServiceState};
use crate::model::{External, Server};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::source::Span;
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS120",
    name: "mqsagent-missing-on-node",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the MQSAgent COM+ application is not installed on every node of the MQ cluster",
    why: "The adapter talks to the agent on the computer where MQ stands. The agent is no cluster resource: \
          on a node without it the adapter cannot connect after a failover.",
    fix: "install MQSAgent on each node, do not cluster it, and allow network COM+ access",
    limits: "one step milder when the file names nodes but not where the agent is installed",
    sources: &["C/mqseries-adapter-high-availability"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1:
    kind: mq
    nodes: [MQ01, MQ02]   # <-
    mqsagent_on: [MQ01]
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders: { adapter: MQSeries, host: Queue, from: QM1 }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
external:
  QM1:
    kind: mq
    nodes: [MQ01, MQ02]
    mqsagent_on: [MQ01, MQ02]
biztalk:
  hosts:
    Queue: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders: { adapter: MQSeries, host: Queue, from: QM1 }
",
    check,
};

pub(in crate::rules) static CLUSTERED: Rule = Rule {
    id: "BTS121",
    name: "mqsagent-clustered",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "MQSAgent is a cluster resource",
    why: "The next call starts the agent again on whichever node the queue manager stands. As a resource it \
          is one more thing that can keep the group from coming up, and brings nothing.",
    fix: "remove the resource, and install MQSAgent on each node",
    limits: "recognised by the name of the resource, `mqsagent` in any spelling of upper and lower case",
    sources: &["C/mqseries-adapter-high-availability"],
    bad: r"failscope: 1
servers: [BTS01, MQ01, MQ02]
clusters:
  MQCLUSTER:
    nodes: [MQ01, MQ02]
    groups:
      QM1:
        resources:
          MQSAgent: { kind: other }   # <-
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, MQ01, MQ02]
clusters:
  MQCLUSTER:
    nodes: [MQ01, MQ02]
    groups:
      QM1:
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.cluster_groups.iter() {
            let mut resources = group.resources.iter();
            let agent = resources.find(|r| r.name.value.eq_ignore_ascii_case("mqsagent"));
            let Some(agent) = agent else { continue };
            let message = format!(
                "{} of group {} needs no clustering; the next call starts it again",
                agent.name.value,
                cx.topology.group_name(id)
            );
            let finding = cx.finding(rule, Element::Group(id), message);
            findings.push(finding.at(agent.name.span, "a resource without need"));
        }
    },
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut used: Vec<(Element, Span)> = queue_managers(cx).into_iter().collect();
    used.sort_unstable_by_key(|(_, span)| *span);
    for (element, span) in used {
        match element {
            Element::External(id) => findings.0.extend(external(cx, rule, id)),
            Element::Group(id) => {
                let owners = cx.topology.owners(id);
                findings.0.extend(owners.into_iter().filter_map(|o| server(cx, rule, o, span)));
            }
            Element::Server(id) => findings.0.extend(server(cx, rule, id, span)),
            _ => {}
        }
    }
}

/// What MQSeries ports talk to, with the first place that says so.
fn queue_managers(cx: &Context<'_>) -> FxHashMap<Element, Span> {
    let is_mq = |name: &str| adapters::find(name).is_some_and(|a| a.name == "MQSeries");
    let locations = cx.topology.receive_locations.values();
    let from = locations.filter(|l| l.enabled && is_mq(&l.adapter.value)).map(|l| l.from.as_ref());
    let ports = cx.topology.send_ports.values().filter(|port| port.enabled);
    let to = ports
        .filter(|port| port.adapter.as_ref().is_some_and(|name| is_mq(&name.value)))
        .map(|port| port.to.as_ref());
    let mut used = FxHashMap::default();
    for At { value, span } in from.chain(to).flatten() {
        if let Endpoint::Element(element) = value {
            used.entry(*element).or_insert(*span);
        }
    }
    used
}

fn external(cx: &Context<'_>, rule: &'static Rule, id: Id<External>) -> Option<Finding> {
    let model = &cx.topology.external[id];
    let has_agent = |node: &At<String>| {
        model.mqsagent_on.iter().any(|on| on.value.eq_ignore_ascii_case(&node.value))
    };
    let without: Vec<&At<String>> = model.nodes.iter().filter(|node| !has_agent(node)).collect();
    let first = without.first()?;
    let names: Vec<&str> = without.iter().map(|node| node.value.as_str()).collect();
    let names = text::short_list(&names, 4);
    let name = &model.name.value;
    if model.mqsagent_on.is_empty() {
        let message =
            format!("unknown whether MQSAgent is installed on the nodes of {name} ({names})");
        let finding = cx
            .finding(rule, Element::External(id), message)
            .at(first.span, "`mqsagent_on` is not given")
            .help("list the nodes that have it under `mqsagent_on`");
        return Some(finding.unknown());
    }
    let message = format!(
        "no MQSAgent on {names} of {name}; after a failover the MQSeries adapter cannot connect"
    );
    let finding = cx.finding(rule, Element::External(id), message);
    Some(finding.at(first.span, "no MQSAgent here"))
}

fn server(cx: &Context<'_>, rule: &'static Rule, id: Id<Server>, span: Span) -> Option<Finding> {
    let model = &cx.topology.servers[id];
    let state = model.services.mqsagent.filter(|state| state.value != ServiceState::Running)?;
    let message = format!(
        "node {} has no MQSAgent; after a failover the MQSeries adapter cannot connect",
        model.name.value
    );
    let finding = cx.finding(rule, Element::Server(id), message);
    Some(finding.at(state.span, "must be installed here").related(span, "used here"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    /// The queue manager on servers that the file has, one of which is said to lack the agent.
    #[test]
    fn the_agent_is_missed_on_the_nodes_that_may_own_the_queue_manager() {
        let yaml = |from: &str| {
            format!(
                "failscope: 1\nservers: {{ B: , M1: {{ services: {{ mqsagent: running }} }}, \
                 M2: {{ services: {{ mqsagent: absent }} }}, M3: {{ services: {{ mqsagent: absent }} }} }}\n\
                 clusters: {{ C: {{ nodes: [M1, M2, M3], groups: {{ Q: {{ possible_owners: [M1, M2] }} }} }} }}\n\
                 biztalk:\n  hosts: {{ H: {{ instances: [B] }} }}\n  \
                 receive_locations: {{ In: {{ adapter: MQSeries, host: H, from: {from} }} }}\n"
            )
        };
        let subjects = |from: &str| {
            let found = findings(&RULE, &yaml(from)).into_iter();
            found.map(|(_, finding)| finding.subject).collect::<Vec<_>>()
        };
        assert_eq!(subjects("C/Q"), ["M2"]);
        assert_eq!(subjects("M3"), ["M3"]);
        assert!(subjects("M1").is_empty());
    }
}
