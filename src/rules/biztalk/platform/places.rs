//! Where servers stand: in the perimeter, or all in one place.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::model::{Carrier, Element, Id, Server, Zone};
use crate::rules::{Rule, Tier};

pub(in crate::rules) static PERIMETER: Rule = Rule {
    id: "BTS518",
    name: "biztalk-in-perimeter",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a BizTalk server or the master secret server stands in the perimeter network",
    why: "Every sample design keeps BizTalk, SSO and SQL Server inside and puts a reverse proxy, an FTP \
          server or queues into the perimeter. A server there needs ports to SQL Server, SSO and the domain \
          open through the inner firewall.",
    fix: "move it inside, and let a reverse proxy or relay stand in the perimeter",
    limits: "",
    sources: &["C/large-distributed-architecture", "C/sample-architecture-base-biztalk-server"],
    bad: r"failscope: 1
servers:
  BTS01: { zone: perimeter }   # <-
  BTS02: { zone: internal }
biztalk:
  servers: [BTS01, BTS02]
",
    good: r"failscope: 1
servers:
  BTS01: { zone: internal }
  BTS02: { zone: internal }
  PROXY: { zone: perimeter }
biztalk:
  servers: [BTS01, BTS02]
",
    check: |cx, rule, findings| {
        let masters = cx.topology.biztalk.values().flat_map(|group| &group.master_secret_servers);
        let masters: FxHashSet<Id<Server>> = masters
            .flat_map(|place| match place.value {
                Carrier::Server(server) => vec![server],
                Carrier::Group(group) => cx.topology.owners(group),
                Carrier::Storage(_) => Vec::new(),
            })
            .collect();
        for (id, server) in cx.topology.servers.iter() {
            let Some(zone) = server.zone.filter(|zone| zone.value == Zone::Perimeter) else {
                continue;
            };
            let role = match (cx.group_on(id), masters.contains(&id)) {
                (Some(_), _) => "BizTalk server",
                (None, true) => "master secret server",
                (None, false) => continue,
            };
            let message = format!("{role} {} is in the perimeter network", server.name.value);
            let finding = cx.finding(rule, Element::Server(id), message);
            findings.push(finding.at(zone.span, "keep it inside"));
        }
    },
};

pub(in crate::rules) static CLUSTER_TOGETHER: Rule = Rule {
    id: "BTS520",
    name: "cluster-nodes-share-fate",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "all nodes of a failover cluster stand on one machine, in one rack or in one site",
    why: "When that place is lost every node is: no target of a failover remains.",
    fix: "spread the nodes over machines and racks",
    limits: "inferred. A common site is reported only where servers of normal operation stand in several \
             sites, and as a warning: a local cluster in each of two sites is a design of its own",
    sources: &["C/sample-biztalk-server-high-availability-scenarios"],
    bad: r"failscope: 1
servers:
  SQL01: { machine: HV01 }
  SQL02: { machine: HV01 }
clusters:
  SQLCLUSTER:   # <-
    nodes: [SQL01, SQL02]
",
    good: r"failscope: 1
servers:
  SQL01: { machine: HV01 }
  SQL02: { machine: HV02 }
clusters:
  SQLCLUSTER:
    nodes: [SQL01, SQL02]
",
    check: |cx, rule, findings| {
        for (id, cluster) in cx.topology.clusters.iter() {
            let mut nodes: Vec<Id<Server>> = cluster.nodes.iter().map(|node| node.value).collect();
            nodes.sort_unstable();
            nodes.dedup();
            let (true, Some((place, is_site))) = (nodes.len() > 1, cx.common_place(&nodes)) else {
                continue;
            };
            let message = format!(
                "all nodes of {} ({}) share {place}; losing it leaves no failover target",
                cluster.name.value,
                cx.server_names(&nodes)
            );
            let mut finding = cx.finding(rule, Element::Cluster(id), message);
            finding = finding.at(cluster.name.span, format!("all in {place}"));
            for &node in nodes.iter().take(3) {
                finding = finding.related(cx.topology.servers[node].name.span, "stands there");
            }
            findings.push(if is_site { finding.severity(Severity::Warning) } else { finding });
        }
    },
};
