//! A master secret server that nothing takes over from.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::model::{BiztalkGroup, Carrier, Element, Id, SecretBackup, Server};
use crate::rules::{Context, Finding, Findings, Rule, Tier};

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
             a second server can be promoted, and `sso.secret_backup` that the secret is kept elsewhere",
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
    let mut told = FxHashSet::default();
    for (id, group) in cx.topology.biztalk.iter() {
        for place in &group.master_secret_servers {
            let Carrier::Server(server) = place.value else { continue };
            // Groups that share it share the finding.
            if told.insert(server) {
                let finding = not_clustered(cx, rule, id, server);
                let finding = finding.at(place.span, "one computer holds the key for all");
                findings.push(with_plan(finding, group, server));
            }
        }
    }
}

fn not_clustered(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<BiztalkGroup>,
    server: Id<Server>,
) -> Finding {
    let name = cx.server_name(server);
    let message = format!(
        "master secret server {name} is not clustered; its loss is systemwide, delayed until services \
         restart"
    );
    cx.finding(rule, Element::BiztalkGroup(id), message)
        .subject(name)
        .related(cx.topology.servers[server].name.span, "this server")
}

fn with_plan(finding: Finding, group: &BiztalkGroup, server: Id<Server>) -> Finding {
    let Some(plan) = group.promotion_plan.filter(|plan| plan.value) else { return finding };
    match has_secret_to_promote(group, server) {
        true => finding
            .severity(Severity::Warning)
            .related(plan.span, "a promotion plan makes this a warning"),
        false => finding
            .related(plan.span, "no help without a backup of the secret away from this server"),
    }
}

/// Another server can take the role only with the secret, and the secret of a computer that
/// is lost is lost with it.
pub(super) fn has_secret_to_promote(group: &BiztalkGroup, master: Id<Server>) -> bool {
    match group.secret_backup.as_ref().map(|backup| &backup.value) {
        Some(SecretBackup::OnServer(server)) => *server != master,
        Some(SecretBackup::Elsewhere(_)) => true,
        Some(SecretBackup::Absent) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_promotion_plan_is_worth_something_only_with_the_secret() {
        for (sso, severity) in [
            ("{ promotion_plan: true, secret_backup: safe in the head office }", Severity::Warning),
            ("{ promotion_plan: true, secret_backup: BTS01 }", Severity::Warning),
            ("{ promotion_plan: true, secret_backup: SSO01 }", Severity::Error),
            ("{ promotion_plan: true, secret_backup: none }", Severity::Error),
            ("{ promotion_plan: true }", Severity::Error),
            ("{ promotion_plan: false, secret_backup: BTS01 }", Severity::Error),
        ] {
            let found = findings(&RULE, &format!("{}  sso: {sso}\n", RULE.bad));
            let severities: Vec<Severity> = found.iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, [severity], "{sso}");
        }
    }
}
