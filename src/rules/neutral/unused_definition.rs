//! What is defined and has no part in anything.

use rustc_hash::FxHashSet;

use super::super::{Context, Findings, Rule, Tier};
use crate::diagnostic::Severity;
use crate::graph::ComponentId;
use crate::model::{Cluster, ClusterGroup, Element, Id, Topology};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS008",
    name: "unused-definition",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "something is defined that nothing needs and that carries nothing",
    why: "Either it is a leftover, or the line that says who needs it is missing. In the second case \
          every answer about what its loss stops is too good.",
    fix: "say what needs it or runs on it, or remove it",
    limits: "sites, servers, storage, networks, load balancers, clusters, file shares, external systems and \
             free components. Servers and clusters with a stated role or service, servers that wait for a \
             disaster, and components with a `function` count as used; so does everything at the top of a topology \
             that names no function and no service. A name that is used and not defined is an error of \
             the file",
    sources: &["reasoning: its loss changes no answer about anything else"],
    bad: r"failscope: 1
servers:
  WEB1:
  OLD1:   # <-
components:
  shop: { on: [WEB1], function: main }
",
    good: r"failscope: 1
servers:
  WEB1:
components:
  shop: { on: [WEB1], function: main }
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mentioned = mentioned(cx.topology);
    let unused =
        |(element, _): &(Element, &str)| !mentioned.contains(element) && !is_used(cx, *element);
    for (element, verb) in candidates(cx).filter(unused).chain(idle_clusters(cx)) {
        let name = cx.topology.element_name(element);
        let message = format!("{name} is defined, but {verb}");
        let finding = cx.finding(rule, element, message);
        let span = finding.primary.span;
        findings.push(finding.at(span, "its loss changes nothing"));
    }
}

/// It has a part in something, or is itself what all is for.
fn is_used(cx: &Context<'_>, element: Element) -> bool {
    let id = cx.component(element);
    is_goal(cx, id) || !cx.analysis.graph().requirements_on(id).is_empty()
}

fn is_goal(cx: &Context<'_>, id: ComponentId) -> bool {
    cx.analysis.main_functions().binary_search(&id).is_ok()
}

/// Clusters that nothing needs but groups that carry nothing.
fn idle_clusters<'a>(cx: &'a Context<'_>) -> impl Iterator<Item = (Element, &'static str)> + 'a {
    let graph = cx.analysis.graph();
    let idle = move |id: Id<Cluster>, cluster: &Cluster| {
        let component = cx.component(Element::Cluster(id));
        let of_a_group = |requirement| {
            let dependent = graph.requirement(requirement).dependent;
            matches!(graph.component(dependent).element, Some(Element::Group(_)))
        };
        !is_goal(cx, component)
            && graph.requirements_on(component).into_iter().all(of_a_group)
            && !cluster.groups.iter().any(|&group| carries(cx, group))
    };
    let clusters = cx.topology.clusters.iter();
    clusters
        .filter(move |&(id, cluster)| idle(id, cluster))
        .map(|(id, _)| (Element::Cluster(id), "it carries nothing and nothing needs it"))
}

/// Something stands on the group or needs its name, or a service of it is stated.
fn carries(cx: &Context<'_>, id: Id<ClusterGroup>) -> bool {
    let graph = cx.analysis.graph();
    let group = cx.component(Element::Group(id));
    let dependents = |id| {
        let on_it = graph.requirements_on(id).into_iter();
        on_it.map(|requirement| graph.requirement(requirement).dependent)
    };
    let is_for_something =
        |id| graph.component(id).element.is_some() || dependents(id).next().is_some();
    !cx.topology.cluster_groups[id].resources.is_empty()
        || is_goal(cx, group)
        || dependents(group).any(is_for_something)
}

/// What could be unused, and what is then true of it.
fn candidates<'a>(cx: &'a Context<'_>) -> impl Iterator<Item = (Element, &'static str)> + 'a {
    let t = cx.topology;
    const UNUSED: &str = "nothing needs it";
    let idle = |server: &crate::model::Server| {
        let s = &server.services;
        let states = [s.msdtc, s.msmq, s.iis, s.entsso, s.mqsagent, s.rule_update];
        server.roles.is_empty() && states.iter().all(Option::is_none)
    };
    let servers = t.servers.iter().filter(move |(id, server)| !cx.is_standby(*id) && idle(server));
    let components = t.components.iter().filter(|(_, component)| component.function.is_none());
    servers
        .map(|(id, _)| (Element::Server(id), "nothing runs on it and nothing needs it"))
        .chain(t.sites.ids().map(|id| (Element::Site(id), "nothing stands in it")))
        .chain(t.storage.ids().map(|id| (Element::Storage(id), UNUSED)))
        .chain(t.networks.ids().map(|id| (Element::Network(id), UNUSED)))
        .chain(t.load_balancers.ids().map(|id| (Element::LoadBalancer(id), UNUSED)))
        .chain(t.file_shares.ids().map(|id| (Element::FileShare(id), UNUSED)))
        .chain(t.external.ids().map(|id| (Element::External(id), UNUSED)))
        .chain(components.map(|(id, _)| (Element::Component(id), UNUSED)))
}

/// What the file refers to without making a requirement of it: balancers without callers, members of balancers, plans.
fn mentioned(topology: &Topology) -> FxHashSet<Element> {
    let mut found: FxHashSet<Element> = FxHashSet::default();
    let members = topology.load_balancers.values().flat_map(|balancer| &balancer.members);
    found.extend(members.map(|member| Element::Server(member.value)));
    let nodes = topology.clusters.values().flat_map(|cluster| &cluster.nodes);
    found.extend(nodes.map(|node| Element::Server(node.value)));
    for host in topology.hosts.values() {
        found.extend(host.behind.map(|behind| Element::LoadBalancer(behind.value)));
        let servers = host.instances.iter().chain(&host.disabled_instances);
        found.extend(servers.map(|server| Element::Server(server.value)));
    }
    for location in topology.receive_locations.values() {
        found.extend(location.behind.map(|behind| Element::LoadBalancer(behind.value)));
    }
    let steps = topology.plans.values().flat_map(|plan| &plan.steps);
    for step in steps {
        found.extend(step.protect.iter().chain(&step.configure).map(|named| named.value));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn the_ends_of_what_is_switched_off_are_used() {
        let ends = |from: &str| {
            let yaml = format!(
                "failscope: 1
servers: [A]
external: [X, Y]
components: {{ shop: {{ on: A, function: main }} }}
biztalk:
  hosts: {{ H: {{ instances: [A] }} }}
  receive_locations:
    In: {{ adapter: FTP, host: H, enabled: false, from: {from} }}
  send_ports:
    Out: {{ adapter: FTP, host: H, enabled: false, to: Y }}
"
            );
            let found = findings(&RULE, &yaml).into_iter();
            found.map(|(_, finding)| finding.subject).collect::<Vec<_>>()
        };
        assert!(ends("X").is_empty());
        assert_eq!(ends("'ftp://other.example/'"), ["X"]);
    }

    /// A group with something on it, or a cluster that is what all is for, is no leftover.
    #[test]
    fn clusters_and_sites_without_anything_are_found() {
        let with = |resources: &str, rest: &str| {
            let yaml = format!(
                "failscope: 1
sites: {{ North: , Empty: }}
servers: {{ A: {{ site: North }}, N1: , N2: }}
clusters:
  C: {{ nodes: [N1, N2], witness: A, groups: {{ G: {{ network_name: X{resources} }} }} }}
{rest}"
            );
            let found = findings(&RULE, &yaml).into_iter();
            found.map(|(_, finding)| finding.subject).collect::<Vec<_>>()
        };
        let subjects = |rest: &str| with("", rest);
        let shop = |needs: &str| format!("components: {{ shop: {{ function: main{needs} }} }}\n");
        assert_eq!(subjects(&shop(", on: A")), ["Empty", "C"]);
        assert_eq!(subjects(&shop(", on: A, needs: [C/G]")), ["Empty"]);
        assert_eq!(subjects(&shop(", on: A, needs: [C]")), ["Empty"]);
        assert_eq!(subjects("services: { shop: { needs: [A, X] } }\n"), ["Empty"], "its name");
        assert_eq!(with(", resources: [msmq]", &shop(", on: A")), ["Empty"]);
        let instance = "sql_instances: { I: { on: C/G } }\n";
        assert_eq!(subjects(&(shop(", on: A") + instance)), ["Empty"]);
    }
}
