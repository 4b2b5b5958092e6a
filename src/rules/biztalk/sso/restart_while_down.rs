//! Plans that restart what needs the master secret while it cannot be had.

use crate::analysis::{Phase, PhaseKind, Scenario, Step as Event};
use crate::diagnostic::Severity;
use crate::expand::biztalk::master_name;
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{At, BiztalkGroup, Carrier, Plan, Step};
use crate::rules::{Context, Finding, Findings, Rule, Tier, plans};
use crate::source::Span;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS415",
    name: "restart-sso-while-mss-down",
    severity: Severity::Error,
    tier: Tier::T3,
    summary: "a plan restarts an SSO service, a BizTalk service or a BizTalk server while the master secret \
              server is down",
    why: "A running SSO service works from its cached secret. A restart drops the cache, and it cannot be \
          filled again until the master secret server is back: the server is lost for that long.",
    fix: "bring the master secret server back first",
    limits: "disputed (D02): a list on C/high-availability-for-enterprise-single-sign-on says that \
             restarting host instances drops the secret too, T/planning-for-high-availability2 names only \
             the SSO service; for host instances it is a warning",
    sources: &[
        "T/planning-for-high-availability2",
        "C/high-availability-for-enterprise-single-sign-on",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  master_secret_server: SSO01
plans:
  patch-night:
    steps:
      - fail: SSO01
      - restart: BTS01   # <-
      - restore: SSO01
",
    good: r"failscope: 1
servers: [BTS01, BTS02, SSO01]
biztalk:
  hosts:
    Process: { instances: [BTS01, BTS02] }
  master_secret_server: SSO01
plans:
  patch-night:
    steps:
      - fail: SSO01
      - restore: SSO01
      - restart: BTS01
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let masters: Vec<ComponentId> =
        cx.topology.biztalk.values().flat_map(|group| masters(cx, group)).collect();
    if masters.is_empty() {
        return;
    }
    for plan in cx.topology.plans.values() {
        walk(cx, rule, plan, &masters, findings);
    }
}

/// The components that serve the master secret of a group.
fn masters(cx: &Context<'_>, group: &BiztalkGroup) -> Vec<ComponentId> {
    let name = |place: &At<Carrier>| match place.value {
        Carrier::Server(id) => Some(cx.server_name(id).to_owned()),
        Carrier::Group(id) => Some(cx.topology.group_name(id)),
        Carrier::Storage(_) => None,
    };
    let places = group.master_secret_servers.iter().filter_map(name);
    let component = |place: String| cx.expansion.graph.by_name(&master_name(&place));
    places.filter_map(component).collect()
}

fn walk(
    cx: &Context<'_>,
    rule: &'static Rule,
    plan: &Plan,
    masters: &[ComponentId],
    findings: &mut Findings,
) {
    let graph = &cx.expansion.graph;
    let mut scenario = Scenario::new(cx.analysis);
    let mut last_failure = None;
    for step in &plan.steps {
        fail_and_restore(&mut scenario, graph, step);
        last_failure = step.fail.first().map(|word| word.span).or(last_failure);
        if step.restart.is_empty() {
            continue;
        }
        let lost = scenario.lost();
        let down: Vec<ComponentId> =
            masters.iter().copied().filter(|master| lost.binary_search(master).is_ok()).collect();
        // One word at a time, to know which of them does the damage.
        for word in &step.restart {
            let Some(component) = plans::component(graph, word) else { continue };
            let phases = scenario.step(&Event::Restart(vec![component]));
            if let Some(harm) = harm(cx, &phases, &down) {
                findings.push(finding(cx, rule, plan, word, &harm, last_failure));
            }
        }
    }
}

fn fail_and_restore(scenario: &mut Scenario<'_, '_>, graph: &DependencyGraph, step: &Step) {
    if !step.fail.is_empty() {
        scenario.step(&Event::Fail(plans::components(graph, &step.fail)));
    }
    if !step.restore.is_empty() {
        scenario.step(&Event::Restore(plans::components(graph, &step.restore)));
    }
}

/// What cannot come back, or perhaps cannot, because the master secret is out of reach.
struct Harm {
    component: ComponentId,
    disputed: bool,
}

fn harm(cx: &Context<'_>, phases: &[Phase], down: &[ComponentId]) -> Option<Harm> {
    if down.is_empty() {
        return None;
    }
    let restarted: Vec<ComponentId> = phases
        .iter()
        .filter(|phase| matches!(phase.kind, PhaseKind::StopsForRestart | PhaseKind::Interrupted))
        .flat_map(Phase::components)
        .collect();
    let wants_master = |kind: PhaseKind| {
        let reasons = phases.iter().filter(move |phase| phase.kind == kind);
        let mut reasons = reasons.flat_map(|phase| &phase.reasons);
        reasons.find_map(|(component, requirement)| {
            let providers = &cx.expansion.graph.requirement(*requirement).providers;
            let caused = providers.iter().any(|provider| down.contains(provider));
            (caused && restarted.contains(component)).then_some(*component)
        })
    };
    let certain = wants_master(PhaseKind::DoesNotComeBack);
    let disputed = || wants_master(PhaseKind::Disputed);
    certain
        .map(|component| Harm { component, disputed: false })
        .or_else(|| disputed().map(|component| Harm { component, disputed: true }))
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    plan: &Plan,
    word: &At<String>,
    harm: &Harm,
    last_failure: Option<Span>,
) -> Finding {
    let victim = &cx.expansion.graph.component(harm.component).name;
    let fate = match harm.disputed {
        true => "may not come back (disputed)",
        false => "cannot start without it",
    };
    let message = format!(
        "do not restart {} in plan {} while the master secret server is down: {victim} {fate}",
        word.value, plan.name.value
    );
    let subject = format!("{}: {}", plan.name.value, word.value);
    let mut finding = cx
        .finding_about(rule, subject, word.span, message)
        .at(word.span, "drops its cached secret and cannot fetch it again");
    if let Some(span) = last_failure {
        finding = finding.related(span, "the last failure before it");
    }
    if harm.disputed { finding.severity(Severity::Warning) } else { finding }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    fn plan(steps: &str) -> String {
        let head = RULE.bad.split("      - fail").next().unwrap_or("");
        format!("{head}{steps}")
    }

    #[test]
    fn restarting_the_service_itself_or_a_host_instance_is_found_too() {
        let found = findings(&RULE, &plan("      - fail: SSO01\n      - restart: ENTSSO@BTS01\n"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Error);
        let found = findings(&RULE, &plan("      - fail: SSO01\n      - restart: Process@BTS01\n"));
        assert_eq!(found.len(), 1, "the host instance is disputed (D02)");
        assert_eq!(found[0].1.severity, Severity::Warning);
    }

    #[test]
    fn restarts_that_need_no_secret_are_left_alone() {
        for steps in [
            "      - restart: BTS01\n",
            "      - fail: BTS02\n      - restart: BTS01\n",
            "      - fail: SSO01\n      - restart: SSO01\n",
            "      - fail: SSO01\n      - restart: no such thing\n",
        ] {
            assert!(findings(&RULE, &plan(steps)).is_empty(), "{steps}");
        }
    }

    #[test]
    fn what_stays_down_for_want_of_something_else_is_left_alone() {
        let shop = "components:\n  db:\n  shop: { on: [BTS02], needs: [{ any: [db], kind: start }] }\nplans:";
        let steps = plan("      - fail: [SSO01, db]\n      - restart: shop\n");
        assert!(findings(&RULE, &steps.replace("plans:", shop)).is_empty());
    }

    #[test]
    fn each_restarted_server_is_named() {
        let found =
            findings(&RULE, &plan("      - fail: SSO01\n      - restart: [BTS01, BTS02]\n"));
        assert_eq!(found.len(), 2);
    }
}
