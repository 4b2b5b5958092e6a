//! Load balancers that do not do what they are for.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{Proposal, Step};
use crate::diagnostic::Severity;
use crate::model::{Element, Host, Id, LoadBalancer, LoadBalancerKind, Ref, Server, ServiceState};
use crate::rules::{Context, Finding, Rule, Tier};

pub(in crate::rules) static MISMATCH: Rule = Rule {
    id: "BTS144",
    name: "lb-members-mismatch",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the members of a load balancer are not the servers that have an instance of the host behind it",
    why: "A member without an instance, or without a running IIS, answers callers with errors; a server \
          that is left out is idle and no help.",
    fix: "make the members and the instances the same servers",
    limits: "inferred from the table of C/scaled-out-receiving-hosts",
    sources: &["C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02, BTS03]
load_balancers:
  NLB:
    kind: nlb
    members: [BTS01, BTS03]   # <-
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02], behind: NLB }
",
    good: r"failscope: 1
servers: [BTS01, BTS02, BTS03]
load_balancers:
  NLB:
    kind: nlb
    members: [BTS01, BTS02]
biztalk:
  hosts:
    Web: { type: isolated, instances: [BTS01, BTS02], behind: NLB }
",
    check: |cx, rule, findings| {
        for (balancer, hosts) in balanced_hosts(cx) {
            let different = hosts.into_iter().find_map(|host| mismatch(cx, rule, balancer, host));
            findings.0.extend(different);
        }
    },
};

/// Unclustered hosts behind each balancer, in the order of the file.
fn balanced_hosts(cx: &Context<'_>) -> Vec<(Id<LoadBalancer>, Vec<Id<Host>>)> {
    let mut behind: FxHashMap<Id<LoadBalancer>, Vec<Id<Host>>> = FxHashMap::default();
    for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.clustered_in.is_none()) {
        let of_locations = cx.received_by(id).filter_map(|location| location.behind);
        for balancer in of_locations.chain(host.behind) {
            let hosts = behind.entry(balancer.value).or_default();
            if hosts.last() != Some(&id) {
                hosts.push(id);
            }
        }
    }
    let mut ordered: Vec<_> = behind.into_iter().collect();
    ordered.sort_unstable_by_key(|(balancer, _)| *balancer);
    ordered
}

fn mismatch(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<LoadBalancer>,
    host_id: Id<Host>,
) -> Option<Finding> {
    let balancer = &cx.topology.load_balancers[id];
    let host = &cx.topology.hosts[host_id];
    let (extra, missing) = difference(cx, balancer, host);
    let left_out = host.instances.iter().find(|instance| missing.contains(&instance.value));
    let extra_servers: Vec<Id<Server>> = extra.iter().map(|member| member.value).collect();
    let sends_to =
        format!("sends calls of host {} to {}", host.name.value, cx.server_names(&extra_servers));
    let leaves_out = format!("leaves out {}", cx.server_names(&missing));
    let what = match (extra.is_empty(), left_out) {
        (true, None) => return None,
        (false, None) => format!("{sends_to}, which cannot answer"),
        (false, Some(_)) => format!("{sends_to}, which cannot answer, and {leaves_out}"),
        (true, Some(_)) => {
            format!("{leaves_out}, which has an instance of host {}", host.name.value)
        }
    };
    let message = format!("balancer {} {what}", balancer.name.value);
    let proposal = same_servers(cx, balancer, host, &extra, &missing);
    let finding = cx.finding(rule, Element::LoadBalancer(id), message).proposing([proposal]);
    let finding = match (extra.first(), left_out) {
        (None, Some(instance)) => finding.at(instance.span, "no call reaches this instance"),
        (member, _) => finding.at(member?.span, "nothing answers here"),
    };
    Some(finding.related(balancer.name.span, "this balancer").related(host.name.span, "this host"))
}

/// Members that cannot answer, and servers that can and are no members.
fn difference<'a>(
    cx: &Context<'_>,
    balancer: &'a LoadBalancer,
    host: &Host,
) -> (Vec<&'a Ref<Server>>, Vec<Id<Server>>) {
    let mut serving = cx.serving(host);
    serving.retain(|&server| !host.is_isolated() || has_iis(cx, server));
    let answers: FxHashSet<Id<Server>> = serving.iter().copied().collect();
    let members: FxHashSet<Id<Server>> = balancer.members.iter().map(|m| m.value).collect();
    let extra = balancer.members.iter().filter(|m| !answers.contains(&m.value)).collect();
    serving.retain(|server| !members.contains(server));
    (extra, serving)
}

/// The members become the servers that can answer.
fn same_servers(
    cx: &Context<'_>,
    balancer: &LoadBalancer,
    host: &Host,
    extra: &[&Ref<Server>],
    missing: &[Id<Server>],
) -> Proposal {
    let mut steps: Vec<Step> =
        extra.iter().map(|member| Step::Remove { item: member.span }).collect();
    if !missing.is_empty() {
        let items = missing.iter().map(|&server| cx.server_name(server).to_owned()).collect();
        steps.push(Step::Add { of: balancer.name.span, key: "members", items });
    }
    let (balancer, host) = (&balancer.name.value, &host.name.value);
    Proposal::new(format!("plan {balancer} over the servers of host {host}"), steps)
}

fn has_iis(cx: &Context<'_>, server: Id<Server>) -> bool {
    let state = cx.topology.servers[server].services.iis;
    state.is_none_or(|state| state.value == ServiceState::Running)
}

pub(in crate::rules) static SINGLE: Rule = Rule {
    id: "BTS145",
    name: "lb-single-member",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a load balancer has fewer than two members, or is a single device",
    why: "A balancer with one server behind it, or one that fails as a whole, only moves the single point \
          of failure.",
    fix: "give it two members, and make a device a pair that takes over for each other",
    limits: "that the device needs a pair is inferred; one step milder when the file does not say what kind \
             it is or whether it is a pair",
    sources: &["C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01]
load_balancers:
  NLB:
    kind: nlb
    members: [BTS01]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB:
    kind: nlb
    members: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, balancer) in cx.topology.load_balancers.iter() {
            findings.0.extend(single(cx, rule, id, balancer));
        }
    },
};

fn single(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<LoadBalancer>,
    balancer: &LoadBalancer,
) -> Option<Finding> {
    let name = &balancer.name.value;
    let element = Element::LoadBalancer(id);
    let members: FxHashSet<Id<Server>> = balancer.members.iter().map(|m| m.value).collect();
    if members.len() < 2 {
        let span = balancer.members.first().map_or(balancer.name.span, |member| member.span);
        let message = format!("balancer {name} has no redundancy: one server stands behind it");
        return Some(cx.finding(rule, element, message).at(span, "the only member"));
    }
    one_device(cx, rule, id, balancer)
}

fn one_device(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<LoadBalancer>,
    balancer: &LoadBalancer,
) -> Option<Finding> {
    let (name, element) = (&balancer.name.value, Element::LoadBalancer(id));
    let kind = balancer.kind.map(|kind| kind.value);
    match (kind, balancer.redundant) {
        (Some(LoadBalancerKind::Nlb), _) => None,
        (_, Some(redundant)) if redundant.value => None,
        (_, Some(redundant)) => {
            let message = format!("balancer {name} has no redundancy: it is a single device");
            Some(cx.finding(rule, element, message).at(redundant.span, "no second device"))
        }
        (_, None) => Some(
            cx.finding(
                rule,
                element,
                format!("unknown whether balancer {name} is a single device"),
            )
            .at(balancer.name.span, "`redundant` is not given")
            .help("write `kind: nlb`, or `redundant: true` for a pair of devices")
            .unknown(),
        ),
    }
}

pub(in crate::rules) static ON_CLUSTER: Rule = Rule {
    id: "BTS146",
    name: "nlb-on-cluster-node",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "Windows NLB is enabled on a node of a failover cluster",
    why: "Windows does not support network load balancing and failover clustering on one computer.",
    fix: "use a hardware balancer, or different servers for the two",
    limits: "",
    sources: &["C/migrating-from-the-msmqt-adapter-to-the-msmq-adapter"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC: { nodes: [BTS01, BTS02] }
load_balancers:
  NLB:
    kind: nlb
    members: [BTS01, BTS02]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC: { nodes: [BTS01, BTS02] }
load_balancers:
  NLB:
    kind: hardware
    redundant: true
    members: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, balancer) in cx.topology.load_balancers.iter() {
            if balancer.kind.is_none_or(|kind| kind.value != LoadBalancerKind::Nlb) {
                continue;
            }
            let is_node = |server: Id<Server>| !cx.clusters_of(server).is_empty();
            let nodes: Vec<_> = balancer.members.iter().filter(|m| is_node(m.value)).collect();
            let Some(first) = nodes.first() else { continue };
            let servers: Vec<Id<Server>> = nodes.iter().map(|node| node.value).collect();
            let message = format!(
                "Windows NLB ({}) cannot run on nodes of a failover cluster: {}",
                balancer.name.value,
                cx.server_names(&servers)
            );
            let mut finding = cx
                .finding(rule, Element::LoadBalancer(id), message)
                .at(first.span, "a cluster node");
            if let Some(&cluster) = cx.clusters_of(first.value).first() {
                let name = &cx.topology.clusters[cluster].name;
                finding = finding.related(name.span, "of this cluster");
            }
            findings.push(finding);
        }
    },
};

#[cfg(test)]
mod tests {
    use super::{MISMATCH, SINGLE};
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_server_that_is_left_out_is_named_at_its_instance() {
        let yaml =
            MISMATCH.good.replace("instances: [BTS01, BTS02]", "instances: [BTS01, BTS02, BTS03]");
        let found = findings(&MISMATCH, &yaml);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.contains("leaves out BTS03"), "{}", found[0].1.message);
    }

    #[test]
    fn a_member_without_iis_cannot_answer() {
        let yaml = MISMATCH.good.replace(
            "servers: [BTS01, BTS02, BTS03]",
            "servers: { BTS01: , BTS02: { services: { iis: disabled } }, BTS03: }",
        );
        let found = findings(&MISMATCH, &yaml);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.message.contains("BTS02"));
    }

    #[test]
    fn a_host_inside_biztalk_needs_no_iis() {
        let yaml = MISMATCH.good.replace("type: isolated, ", "").replace(
            "servers: [BTS01, BTS02, BTS03]",
            "servers: { BTS01: , BTS02: { services: { iis: absent } }, BTS03: }",
        );
        assert!(findings(&MISMATCH, &yaml).is_empty());
    }

    #[test]
    fn a_disabled_instance_does_not_answer_either() {
        let yaml = MISMATCH.good.replace(
            "instances: [BTS01, BTS02]",
            "instances: [BTS01], disabled_instances: [BTS02]",
        );
        assert_eq!(findings(&MISMATCH, &yaml).len(), 1);
    }

    #[test]
    fn a_device_must_say_whether_it_is_a_pair() {
        for (kind, severity) in [
            ("kind: hardware\n    redundant: false", Some(Severity::Error)),
            ("kind: hardware", Some(Severity::Warning)),
            ("kind: hardware\n    redundant: true", None),
        ] {
            let yaml = SINGLE.good.replace("kind: nlb", kind);
            let severities: Vec<Severity> =
                findings(&SINGLE, &yaml).iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, Vec::from_iter(severity), "{kind}");
        }
    }
}
