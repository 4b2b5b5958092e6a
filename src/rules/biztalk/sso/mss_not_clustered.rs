//! A master secret server that nothing takes over from.

use crate::diagnostic::Severity;
use crate::model::{Carrier, Element};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS401",
    name: "mss-not-clustered",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "the master secret server is one computer and not a cluster resource",
    why: "There is one per SSO system, and the SSO service of every BizTalk server must reach it to start. \
          While it is down, running servers go on from their cached secret, and every server that restarts \
          is lost.",
    fix: "make ENTSSO a cluster resource, on a cluster of its own or on the SQL Server cluster, and name \
          `CLUSTER/GROUP` here; it needs no further licence",
    limits: "disputed (D04): C/high-availability-for-enterprise-single-sign-on calls an unclustered one \
             satisfactory for most scenarios; a warning when `sso.promotion_plan` says that it is watched and \
             a second server can be promoted",
    sources: &[
        "T/planning-for-high-availability2",
        "C/master-secret-server",
        "T/clustering-the-master-secret-server",
        "C/high-availability-for-enterprise-single-sign-on",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  master_secret_server: SSO01   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SSO01, SSO02]
clusters:
  SSOCLUSTER:
    nodes: [SSO01, SSO02]
    groups:
      SSO: { network_name: SSOVS, resources: [entsso, msdtc] }
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  master_secret_server: SSOCLUSTER/SSO
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, group) in cx.topology.biztalk.iter() {
        for place in &group.master_secret_servers {
            let Carrier::Server(server) = place.value else { continue };
            let message = format!(
                "master secret server {} is not clustered; its loss is systemwide, delayed until services \
                 restart",
                cx.server_name(server)
            );
            let watched = group.promotion_plan.filter(|plan| plan.value);
            let mut finding = cx
                .finding(rule, Element::BiztalkGroup(id), message)
                .at(place.span, "one computer holds the key for all")
                .related(cx.topology.servers[server].name.span, "this server");
            if let Some(plan) = watched {
                finding = finding
                    .severity(Severity::Warning)
                    .related(plan.span, "a promotion plan makes this a warning");
            }
            findings.push(finding);
        }
    }
}
