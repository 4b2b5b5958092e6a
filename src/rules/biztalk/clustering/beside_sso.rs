//! Hosts and the SSO service on the nodes of one failover cluster.

use crate::diagnostic::Severity;
use crate::model::{Cluster, ClusterGroup, Element, Host, Id, Ref, ResourceKind, Server};
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Rule, Tier};
use crate::text;

const SAME_GROUP: &str = "C/how-to-cluster-sso-and-a-biztalk-host-in-the-same-cluster-group1";
const ON_CLUSTER: &str =
    "C/considerations-for-installing-biztalk-server-on-a-windows-server-cluster2";

pub(in crate::rules) static UNCLUSTERED: Rule = Rule {
    id: "BTS309",
    name: "unclustered-instance-on-sso-cluster-node",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a node on which ENTSSO is a cluster resource has an instance of a host that is not clustered",
    why: "BizTalk services need the SSO service of their own computer. When it is clustered and leaves, an \
          unclustered instance fails, or keeps it from leaving. The combination is not supported.",
    fix: "cluster every host on those nodes in the group of the SSO service, or take ENTSSO out of the \
          cluster there",
    limits: "disputed only in what goes wrong (D06): the first source says that the host fails, notes of the \
             second that SSO cannot move",
    sources: &[ON_CLUSTER, SAME_GROUP],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SSOVS, ip: 10.0.0.9, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SSOVS, ip: 10.0.0.9, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Process:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/G1
",
    check: |cx, rule, findings| {
        let hosts = cx.topology.hosts.iter().filter(|(_, h)| h.clustered_in.is_none());
        for (id, host) in hosts.filter(|(_, host)| !host.is_isolated()) {
            let Some((first, group)) = on_sso_node(cx, host).first().copied() else { continue };
            let servers: Vec<Id<Server>> =
                on_sso_node(cx, host).iter().map(|(instance, _)| instance.value).collect();
            let message = format!(
                "host {} on {} is not clustered, but the SSO service there is ({}); unsupported",
                host.name.value,
                cx.server_names(&servers),
                cx.topology.group_name(group)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(first.span, "cannot follow the SSO service")
                    .related(
                        cx.topology.cluster_groups[group].name.span,
                        "ENTSSO moves with this group",
                    ),
            );
        }
    },
};

/// Instances on servers where ENTSSO is a cluster resource.
fn on_sso_node<'h>(cx: &Context<'_>, host: &'h Host) -> Vec<(&'h Ref<Server>, Id<ClusterGroup>)> {
    let instances = host.instances.iter();
    instances.filter_map(|instance| Some((instance, cx.sso_group_on(instance.value)?))).collect()
}

pub(in crate::rules) static OTHER_GROUP: Rule = Rule {
    id: "BTS310",
    name: "host-and-sso-in-different-groups",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a host and ENTSSO are clustered on one cluster, but in different groups",
    why: "A host needs the SSO service of the node it runs on. Two groups may stand on two nodes.",
    fix: "move the host, its resource with it, and ENTSSO into one group",
    limits: "",
    sources: &[SAME_GROUP, ON_CLUSTER],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      SSO: { network_name: SSOVS, ip: 10.0.0.8, resources: [entsso, msdtc] }
      HOSTS: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/HOSTS   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      SSO: { network_name: SSOVS, ip: 10.0.0.8, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Receive:
      instances: [BTS01, BTS02]
      clustered_in: WSFC/SSO
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter() {
            let Some(place) = host.clustered_in.filter(|place| !cx.holds_sso(place.value)) else {
                continue;
            };
            let cluster = cx.topology.cluster_groups[place.value].cluster;
            let Some(sso) = cx.sso_group_of(cluster) else { continue };
            let message = format!(
                "host {} (group {}) and the SSO service (group {}) must be in the same cluster group",
                host.name.value,
                cx.topology.group_name(place.value),
                cx.topology.group_name(sso)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(place.span, "not the group of the SSO service")
                    .related(cx.topology.cluster_groups[sso].name.span, "ENTSSO is here")
                    .proposing(proposals::cluster_in(cx, host, sso)),
            );
        }
    },
};

pub(in crate::rules) static NO_IIS: Rule = Rule {
    id: "BTS311",
    name: "isolated-host-on-sso-cluster-without-iis",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "an isolated host runs on nodes with a clustered ENTSSO, and IIS is not in the same group",
    why: "An isolated host works inside IIS, and needs the SSO service of its own computer: the web service \
          must run where ENTSSO runs.",
    fix: "make W3SVC a resource of the group that carries ENTSSO",
    limits: "",
    sources: &[SAME_GROUP],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SSOVS, ip: 10.0.0.9, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Web:
      type: isolated
      instances: [BTS01, BTS02]   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: SSOVS, ip: 10.0.0.9, resources: [entsso, msdtc, w3svc] }
biztalk:
  hosts:
    Web:
      type: isolated
      instances: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        for (id, host) in cx.topology.hosts.iter().filter(|(_, host)| host.is_isolated()) {
            let stranded = on_sso_node(cx, host).into_iter().find(|(_, group)| {
                cx.topology.cluster_groups[*group].resource(ResourceKind::W3svc).is_none()
            });
            let Some((instance, group)) = stranded else { continue };
            let message = format!(
                "isolated host {} on {} cannot follow the SSO service: IIS is not a resource of {}",
                host.name.value,
                cx.server_name(instance.value),
                cx.topology.group_name(group)
            );
            findings.push(
                cx.finding(rule, Element::Host(id), message)
                    .at(instance.span, "its IIS stays behind")
                    .related(
                        cx.topology.cluster_groups[group].name.span,
                        "ENTSSO moves with this group",
                    )
                    .proposing(proposals::resource_in(cx, ResourceKind::W3svc, group)),
            );
        }
    },
};

pub(in crate::rules) static NOT_CLUSTERED: Rule = Rule {
    id: "BTS312",
    name: "sso-not-clustered-on-host-cluster",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "hosts are clustered on nodes where ENTSSO is not",
    why: "This is a documented pattern: the hosts are highly available, the SSO service of a node is not. \
          When that service fails BizTalk fails on the node, although the node itself is well. The loss of \
          the node is still covered.",
    fix: "accept it, or cluster ENTSSO too; then every host on those nodes must be clustered",
    limits: "",
    sources: &[SAME_GROUP],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:   # <-
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    check: |cx, rule, findings| {
        for (id, cluster) in cx.topology.clusters.iter() {
            let hosts = cluster.groups.iter().flat_map(|&group| cx.clustered_hosts(group));
            let hosts: Vec<&Host> = hosts.map(|&host| &cx.topology.hosts[host]).collect();
            let (Some(first), None) = (hosts.first(), cx.sso_group_of(id)) else { continue };
            let message = format!(
                "the SSO service is not clustered on {}: where it fails on a node, {} fails there although \
                 clustered",
                cluster.name.value,
                names(&hosts)
            );
            let place = first.clustered_in.map_or(first.name.span, |place| place.span);
            findings.push(
                cx.finding(rule, Element::Cluster(id), message)
                    .at(cluster.name.span, "no group carries ENTSSO")
                    .related(place, "a host is clustered here"),
            );
        }
    },
};

pub(in crate::rules) static FINE: Rule = Rule {
    id: "BTS316",
    name: "unclustered-host-on-cluster-nodes-ok",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "hosts that are not clustered run on cluster nodes, which is fine because ENTSSO is not \
              clustered there",
    why: "Reviewers often take every unclustered host on a cluster node for a mistake. It is one only where \
          the SSO service is a cluster resource.",
    fix: "nothing to do",
    limits: "inferred from the three documented patterns",
    sources: &[SAME_GROUP],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:   # <-
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
    Process: { instances: [BTS01, BTS02] }
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
clusters:
  WSFC:
    nodes: [BTS01, BTS02]
    groups:
      G1: { network_name: RECV, ip: 10.0.0.9 }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02], clustered_in: WSFC/G1 }
",
    check: |cx, rule, findings| {
        let mut unclustered: Vec<(Id<Cluster>, Id<Host>)> = Vec::new();
        for (id, host) in cx.topology.hosts.iter().filter(|(_, h)| h.clustered_in.is_none()) {
            for instance in &host.instances {
                let clusters = cx.clusters_of(instance.value).iter();
                unclustered.extend(clusters.map(|&cluster| (cluster, id)));
            }
        }
        unclustered.sort_unstable();
        unclustered.dedup();
        for on_one in unclustered.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(id, _)) = on_one.first() else { continue };
            let cluster = &cx.topology.clusters[id];
            let sso_on_a_node = cluster.nodes.iter().any(|n| cx.sso_group_on(n.value).is_some());
            if sso_on_a_node {
                continue;
            }
            let hosts: Vec<&Host> = on_one.iter().map(|(_, h)| &cx.topology.hosts[*h]).collect();
            let message = format!(
                "unclustered hosts on nodes of {} ({}) are fine: the SSO service is not clustered there",
                cluster.name.value,
                names(&hosts)
            );
            let mut finding = cx.finding(rule, Element::Cluster(id), message);
            finding = finding.at(cluster.name.span, "no group carries ENTSSO");
            for host in hosts.iter().take(3) {
                finding = finding.related(host.name.span, "not clustered, and need not be");
            }
            findings.push(finding);
        }
    },
};

fn names(hosts: &[&Host]) -> String {
    let names: Vec<&str> = hosts.iter().map(|host| host.name.value.as_str()).collect();
    text::short_list(&names, 4)
}

#[cfg(test)]
mod tests {
    use super::{FINE, UNCLUSTERED};
    use crate::rules::testing::findings;

    #[test]
    fn a_clustered_master_secret_server_clusters_the_sso_service_of_its_nodes() {
        let yaml = UNCLUSTERED
            .bad
            .replace(", resources: [entsso, msdtc]", "")
            .replace("biztalk:\n", "biztalk:\n  master_secret_server: WSFC/G1\n");
        assert_eq!(findings(&UNCLUSTERED, &yaml).len(), 1);
        assert!(findings(&FINE, &yaml).is_empty());
    }

    #[test]
    fn instances_on_other_servers_are_not_touched() {
        let yaml =
            UNCLUSTERED.bad.replace("servers: [BTS01, BTS02]", "servers: [BTS01, BTS02, S1, S2]");
        let yaml = yaml.replace("nodes: [BTS01, BTS02]", "nodes: [S1, S2]");
        assert!(findings(&UNCLUSTERED, &yaml).is_empty());
    }
}
