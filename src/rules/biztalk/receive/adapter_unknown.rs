//! Adapters of which nobody has said whether several servers may receive with them.

use rustc_hash::FxHashSet;

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::{self, ADAPTERS};
use crate::model::{BiztalkGroup, Element, Id, ReceiveLocation};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS156",
    name: "unknown-adapter-requirement",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "nothing says whether several servers may receive with an adapter at once",
    why: "For one adapter two instances are redundancy, for another they double every message. Until that is \
          said, nothing counts as protection for what is received with it.",
    fix: "say what keeps it available: `ha_requirement` of the location, or `receive` of the adapter under \
          `adapters`",
    limits: "adapters that failscope does not know, and those of which the documentation says nothing",
    sources: &["C/adapters-in-biztalk-server"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Telemetry:
      adapter: Acme Telemetry   # <-
      host: Receive
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  adapters:
    Acme Telemetry: { receive: none }
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Telemetry:
      adapter: Acme Telemetry
      host: Receive
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let mut budget = text::SEARCH_BUDGET;
    for group in cx.topology.biztalk.values() {
        let mut told: FxHashSet<String> = FxHashSet::default();
        for &id in &group.receive_locations {
            let location = &cx.topology.receive_locations[id];
            let open = location.enabled && is_open(cx, group, location);
            if open && told.insert(location.adapter.value.to_lowercase()) {
                findings.push(finding(cx, rule, id, location, &mut budget));
            }
        }
    }
}

fn is_open(cx: &Context<'_>, group: &BiztalkGroup, location: &ReceiveLocation) -> bool {
    if location.ha_requirement.is_some() {
        return false;
    }
    match cx.adapter_of(location) {
        Some(adapter) => adapter.availability == adapters::ReceiveAvailability::Unknown,
        None => {
            let mut declared = group.adapters.iter();
            !declared.any(|own| own.name.value == location.adapter.value && own.receive.is_some())
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<ReceiveLocation>,
    location: &ReceiveLocation,
    budget: &mut usize,
) -> Finding {
    let name = &location.adapter.value;
    let message = format!(
        "unknown whether {} may run on several servers at once ({})",
        text::shortened(name),
        location.name.value
    );
    let finding = cx.finding(rule, Element::ReceiveLocation(id), message);
    if let Some(adapter) = cx.adapter_of(location) {
        return finding.at(location.adapter.span, adapter.reason);
    }
    let finding = finding.at(location.adapter.span, "failscope does not know this adapter");
    let names = ADAPTERS.iter().flat_map(|a| std::iter::once(&a.name).chain(a.aliases)).copied();
    match text::nearest(name, names, budget) {
        Some(near) => finding.help(format!("did you mean `{near}`? Otherwise {}", rule.fix)),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::findings;

    #[test]
    fn an_adapter_is_asked_about_once() {
        let more = "    Other: { adapter: acme telemetry, host: Receive }\n    \
                    Third: { adapter: Office365 Calendar, host: Receive }\n    \
                    Stopped: { adapter: Own, host: Receive, enabled: false }\n    \
                    Said: { adapter: Another, host: Receive, ha_requirement: lb }\n";
        let found = findings(&RULE, &format!("{}{more}", RULE.bad));
        let subjects: Vec<&str> = found.iter().map(|(_, f)| f.subject.as_str()).collect();
        assert_eq!(subjects, ["Telemetry", "Third"]);
    }

    #[test]
    fn a_mistyped_name_is_met_with_the_right_one() {
        let found = findings(&RULE, &RULE.bad.replace("Acme Telemetry", "WCF-BasicHtp"));
        assert_eq!(found.len(), 1);
        let help = found[0].1.help.as_deref().unwrap_or("");
        assert!(help.starts_with("did you mean `WCF-BasicHttp`?"), "{help}");
        assert!(findings(&RULE, RULE.bad)[0].1.help.is_none(), "nothing is near");
    }

    #[test]
    fn a_declared_adapter_must_say_it_too() {
        let half = RULE.good.replace("{ receive: none }", "{ process: in-process }");
        assert_eq!(findings(&RULE, &half).len(), 1);
    }
}
