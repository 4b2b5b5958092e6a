//! Receive locations that listen inside BizTalk, with nothing that brings callers to
//! another server.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::Mechanism;
use crate::model::{Element, Host, Id, ReceiveLocation};
use crate::rules::biztalk::proposals;
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS136",
    name: "wcf-tcp-no-frontend",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a WCF-NetTcp or listening WCF-Custom receive location has neither load balancer nor \
              clustered host",
    why: "Callers address one name and port. Without a balancer or a network name that moves, the servers \
          beside the addressed one are no help.",
    fix: "put a load balancer in front, or cluster the host; one of the two",
    limits: "one step milder when the file does not say whether a WCF-Custom binding listens",
    sources: &["C/scaled-out-receiving-hosts"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-NetTcp   # <-
      host: Receive
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
load_balancers:
  NLB: { kind: nlb, members: [BTS01, BTS02] }
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-NetTcp
      host: Receive
      behind: NLB
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for (id, host) in cx.topology.hosts.iter() {
        if host.clustered_in.is_some() || cx.serving(host).is_empty() {
            continue;
        }
        let exposed: Vec<(&ReceiveLocation, bool)> = cx
            .received_by(id)
            .filter(|location| cx.balancer_of(location).is_none())
            .filter_map(|location| Some((location, listens(cx, location)?)))
            .collect();
        let unknown = exposed.iter().all(|(_, certain)| !certain);
        let locations: Vec<&ReceiveLocation> = exposed.iter().map(|(l, _)| *l).collect();
        if let Some(finding) = finding(cx, rule, id, &locations, unknown) {
            findings.push(finding);
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Host>,
    exposed: &[&ReceiveLocation],
    unknown: bool,
) -> Option<Finding> {
    let [first, others @ ..] = exposed else { return None };
    let host = &cx.topology.hosts[id];
    let names: Vec<&str> = exposed.iter().map(|l| l.name.value.as_str()).collect();
    let mut message = format!(
        "{} receive in host {} needs a load balancer or a clustered host ({})",
        first.adapter.value,
        host.name.value,
        text::short_list(&names, 4)
    );
    if unknown {
        message.push_str("; unknown whether its binding listens for callers");
    }
    let mut finding = cx
        .finding(rule, Element::Host(id), message)
        .at(first.adapter.span, "callers address one name")
        .related(host.name.span, "neither balanced nor clustered");
    for other in others.iter().take(3) {
        finding = finding.related(other.adapter.span, "this one as well");
    }
    let finding = finding.proposing(proposals::behind(cx, id, exposed));
    Some(if unknown { finding.unknown() } else { finding })
}

/// Whether it listens, for certain or perhaps; `None` when it does not.
fn listens(cx: &Context<'_>, location: &ReceiveLocation) -> Option<bool> {
    let adapter =
        cx.adapter_of(location).filter(|a| matches!(a.name, "WCF-NetTcp" | "WCF-Custom"))?;
    let need = cx.receive_need(location);
    match need.mechanism {
        Mechanism::ClusterOrLoadBalancer => Some(true),
        // An unknown binding is taken as a poll; it may as well listen.
        _ if adapter.name == "WCF-Custom" && need.assumed.is_some() => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn a_custom_binding_must_say_whether_it_listens() {
        for (binding, severity) in [
            ("\n      binding: listening", Some(Severity::Error)),
            ("", Some(Severity::Warning)),
            ("\n      binding: polling", None),
        ] {
            let yaml = RULE.bad.replace("WCF-NetTcp   # <-", &format!("WCF-Custom{binding}"));
            let severities: Vec<Severity> =
                findings(&RULE, &yaml).iter().map(|(_, f)| f.severity).collect();
            assert_eq!(severities, Vec::from_iter(severity), "{binding:?}");
        }
    }
}
