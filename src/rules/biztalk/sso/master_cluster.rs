//! A clustered master secret server under the wrong name, or without a name.

use crate::diagnostic::Severity;
use crate::model::{Carrier, Element, ResourceKind};
use crate::rules::{Rule, Tier};

const PAGE: &str = "C/how-to-cluster-the-master-secret-server1";

pub(in crate::rules) static NO_DEPENDENCY: Rule = Rule {
    id: "BTS406",
    name: "mss-resource-misconfigured",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "the clustered ENTSSO of the master secret server does not depend on the network name",
    why: "Clients look for the master secret server under the network name of the group. A service that does \
          not depend on it comes up under the name of its node, and they get an endpoint error.",
    fix: "make the network name a dependency of the resource, and turn on `use network name for computer \
          name`",
    limits: "judged where `depends_on` is given for the resource; whether it uses the network name as \
             computer name is not part of the language",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
storage: [SAN01]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO:
        network_name: SSOVS
        disks: [SAN01]
        resources:
          msdtc:
          entsso: { depends_on: [msdtc] }   # <-
biztalk:
  servers: [BTS01]
  master_secret_server: SSOCLUSTER/SSO
",
    good: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
storage: [SAN01]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO:
        network_name: SSOVS
        disks: [SAN01]
        resources:
          msdtc:
          entsso: { depends_on: [SSOVS, msdtc] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSOCLUSTER/SSO
",
    check: |cx, rule, findings| {
        let mut told = rustc_hash::FxHashSet::default();
        let masters = cx.topology.biztalk.values().flat_map(|group| &group.master_secret_servers);
        for place in masters {
            let Carrier::Group(id) = place.value else { continue };
            let group = &cx.topology.cluster_groups[id];
            let Some(service) = group.resource(ResourceKind::Entsso) else { continue };
            let name = group.network_name.as_ref().map(|name| name.value.as_str());
            let depends = service.depends_on.iter().any(|on| Some(on.value.as_str()) == name);
            if service.depends_on.is_empty() || depends || !told.insert(id) {
                continue;
            }
            let message = format!(
                "clients will not reach the clustered master secret server: {} of {} does not depend on \
                 {}",
                service.name.value,
                cx.topology.group_name(id),
                name.unwrap_or("a network name")
            );
            let wanted = group.network_name.as_ref().map_or(group.name.span, |name| name.span);
            findings.push(
                cx.finding(rule, Element::Group(id), message)
                    .at(service.name.span, "comes up under the name of its node")
                    .related(wanted, "clients use the network name of this group"),
            );
        }
    },
};

pub(in crate::rules) static NODE_NAME: Rule = Rule {
    id: "BTS407",
    name: "secret-server-name-is-node",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "the master secret server is given as a node, and ENTSSO is a cluster resource there",
    why: "The name of a node stays with that computer. After a failover the service is on another one, and \
          every server still asks the old place for the secret.",
    fix: "name the cluster group here, and write its network name into the SSO database with ssomanage \
          -updatedb",
    limits: "what is given as `master_secret_server` is taken to be what the SSO database records",
    sources: &[PAGE],
    bad: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO: { network_name: SSOVS, resources: [entsso, msdtc] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSO01   # <-
",
    good: r"failscope: 1
servers: [BTS01, SSO01, SSO02]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO: { network_name: SSOVS, resources: [entsso, msdtc] }
biztalk:
  servers: [BTS01]
  master_secret_server: SSOCLUSTER/SSO
",
    check: |cx, rule, findings| {
        for (id, biztalk) in cx.topology.biztalk.iter() {
            for place in &biztalk.master_secret_servers {
                let Carrier::Server(node) = place.value else { continue };
                let Some(group) = cx.sso_group_on(node) else { continue };
                let model = &cx.topology.cluster_groups[group];
                let wanted = match &model.network_name {
                    Some(name) => name.value.clone(),
                    None => format!("the network name of {}", cx.topology.group_name(group)),
                };
                let message = format!(
                    "the master secret server is named by node {}; it must be {wanted}",
                    cx.server_name(node)
                );
                findings.push(
                    cx.finding(rule, Element::BiztalkGroup(id), message)
                        .at(place.span, "does not move with the service")
                        .related(model.name.span, "ENTSSO is a resource of this group")
                        .help(format!(
                            "write `master_secret_server: {}`, and the network name into the SSO \
                             database with ssomanage -updatedb",
                            cx.topology.group_name(group)
                        )),
                );
            }
        }
    },
};

#[cfg(test)]
mod tests {
    use super::{NO_DEPENDENCY, NODE_NAME};
    use crate::rules::testing::findings;

    #[test]
    fn dependencies_that_are_not_given_are_not_judged() {
        let silent = NO_DEPENDENCY.bad.replace("entsso: { depends_on: [msdtc] }", "entsso:");
        assert!(findings(&NO_DEPENDENCY, &silent).is_empty());
        let nameless = NO_DEPENDENCY
            .good
            .replace("        network_name: SSOVS\n", "")
            .replace("[SSOVS, msdtc]", "[msdtc]");
        assert_eq!(findings(&NO_DEPENDENCY, &nameless).len(), 1);
        let other = NO_DEPENDENCY.bad.replace("SSOCLUSTER/SSO", "BTS01");
        assert!(findings(&NO_DEPENDENCY, &other).is_empty(), "not the master secret server");
    }

    #[test]
    fn a_node_whose_own_service_is_not_clustered_may_be_named() {
        let plain = NODE_NAME.bad.replace("[entsso, msdtc]", "[msdtc]");
        assert!(findings(&NODE_NAME, &plain).is_empty());
        let owners = "[entsso, msdtc], possible_owners: [SSO02]";
        let not_there = NODE_NAME.bad.replace("[entsso, msdtc]", owners);
        assert!(findings(&NODE_NAME, &not_there).is_empty());
    }
}
