//! An unclustered master secret server that nobody can replace in time.

use super::mss_not_clustered::has_secret_to_promote;
use crate::diagnostic::Severity;
use crate::model::{At, BiztalkGroup, Carrier, Element, Id, Server};
use crate::rules::{Context, Finding, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS414",
    name: "mss-manual-without-plan",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "the master secret server is not clustered, and its role cannot be taken over by hand either",
    why: "Another SSO server can be promoted while the cached secrets still last: if somebody sees the \
          failure, if there is another server, and if the secret is at hand. One of these is missing.",
    fix: "watch the master secret server, pick a second SSO server, and keep the backup of the secret where \
          it can be restored",
    limits: "judged where `sso.promotion_plan` is given; where it is not, BTS401 speaks for itself",
    sources: &[
        "T/designating-a-new-master-secret-server-manually",
        "C/how-to-move-the-master-secret-server",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  master_secret_server: SSO01
  sso:
    secret_backup: safe in the head office
    promotion_plan: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  master_secret_server: SSO01
  sso:
    secret_backup: safe in the head office
    promotion_plan: true
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, group) in cx.topology.biztalk.iter() {
        // Several masters are the business of BTS402.
        let [At { value: Carrier::Server(server), span }] = group.master_secret_servers[..] else {
            continue;
        };
        if let Some((plan, missing)) = missing(cx, id, group, server) {
            let finding = finding(cx, rule, id, server, missing);
            findings.push(finding.at(plan, missing).related(span, "not clustered"));
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<BiztalkGroup>,
    server: Id<Server>,
    missing: &str,
) -> Finding {
    let message = format!(
        "if {} fails nobody can promote another SSO server in time: {missing}",
        cx.server_name(server)
    );
    cx.finding(rule, Element::BiztalkGroup(id), message)
}

/// What keeps another server from being promoted, and where the file speaks of the plan.
fn missing(
    cx: &Context<'_>,
    id: Id<BiztalkGroup>,
    group: &BiztalkGroup,
    master: Id<Server>,
) -> Option<(crate::source::Span, &'static str)> {
    let plan = group.promotion_plan?;
    let has_second = cx.biztalk_servers(id).iter().any(|&server| server != master);
    let missing = match (plan.value, has_second, has_secret_to_promote(group, master)) {
        (false, _, _) => "there is no plan for it",
        (true, false, _) => "there is no second server",
        (true, true, false) => "the secret is not backed up away from it",
        (true, true, true) => return None,
    };
    Some((plan.span, missing))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn a_plan_needs_a_second_server_and_the_secret() {
        let with = |was: &str, is: &str| {
            let yaml = RULE.good.replace(was, is);
            assert_ne!(yaml, RULE.good, "{was}");
            findings(&RULE, &yaml).into_iter().map(|(_, f)| f.message).collect::<Vec<_>>()
        };
        let away = "the secret is not backed up away from it";
        for (backup, missing) in [("none", true), ("SSO01", true), ("BTS01", false)] {
            let found = with("safe in the head office", backup);
            assert_eq!(found.iter().any(|message| message.ends_with(away)), missing, "{backup}");
        }
        assert_eq!(with("    secret_backup: safe in the head office\n", "").len(), 1);
        let alone = with("instances: [BTS01, BTS02]", "instances: [SSO01]");
        assert!(alone[0].ends_with("there is no second server"), "{alone:?}");
        assert!(with("    promotion_plan: true\n", "").is_empty(), "not judged");
    }
}
