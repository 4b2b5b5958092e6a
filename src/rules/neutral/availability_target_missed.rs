//! A service that cannot be as available as it promises.

use super::super::{Context, Finding, Findings, Rule, Tier};
use crate::analysis::Structure;
use crate::availability::target::{self, Against};
use crate::availability::{Common, Figures, HOURS_PER_YEAR};
use crate::diagnostic::Severity;
use crate::engine::Budget;
use crate::graph::ComponentId;
use crate::model::{At, Availability, Element, Id, Service};
use crate::text;

/// Operands of the structure function and memory for its diagrams: linting is to stay quick.
/// `failscope availability` takes more of both.
const MOST_OPERANDS: u64 = 200_000;
const MEMORY: usize = 64 << 20;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "FS011",
    name: "availability-target-missed",
    severity: Severity::Error,
    tier: Tier::T1,
    summary: "a service is less available, by the figures of what it needs, than it is to be",
    why: "The target is promised to somebody. By the stated times between failures and to repair the \
          service will be down for longer than that, year after year, even if nothing else goes wrong.",
    fix: "make redundant what matters most (`failscope availability` lists it), repair it faster, or state a \
          target that can be met",
    limits: "failures in the long run, independent but for stated common causes; switching over is not counted. One \
             step milder where the answer rests on assumed figures, which the message names, or on where in \
             stated ranges the figures lie; where a large topology leaves it open, \
             `failscope availability` has more time and memory",
    sources: &["reasoning: exact unavailability of the service's structure function"],
    bad: r"failscope: 1
components:
  shop: { mtbf: 950h, mttr: 50h }
services:
  checkout:
    needs: [shop]
    availability: 99%   # <-
",
    good: r"failscope: 1
components:
  shop-1: { mtbf: 950h, mttr: 50h }
  shop-2: { mtbf: 950h, mttr: 50h }
services:
  checkout:
    needs: { any: [shop-1, shop-2] }
    availability: 99%
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    let graph = cx.analysis.graph();
    let targets = target::stated(cx.topology, graph);
    if targets.is_empty() {
        return;
    }
    let services: Vec<ComponentId> = targets.iter().map(|&(_, component, _)| component).collect();
    let figures = Figures::new(cx.topology, graph);
    let own = &figures.own_failures;
    let structure = Structure::with_own_failures(graph, &services, own, MOST_OPERANDS);
    let common = Common::new(cx.topology, graph, &figures);
    for (id, component, target) in targets {
        let loss = structure.as_ref().ok().and_then(|structure| structure.loss(component));
        let answer = loss.zip(common.as_ref().ok()).and_then(|(loss, common)| {
            let allowed = target.value.unavailability();
            target::against(&loss, &figures, common, allowed, &Budget::memory(MEMORY))
        });
        findings.0.extend(about(cx, rule, id, target, answer));
    }
}

/// None where the target is met.
fn about(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: Id<Service>,
    target: At<Availability>,
    answer: Option<Against>,
) -> Option<Finding> {
    let service = &cx.topology.services[id].name.value;
    let wanted = target.value;
    let found = |message: String| {
        cx.finding(rule, Element::Service(id), message)
            .at(target.span, "more than the service can have")
    };
    let answer = match answer {
        Some(answer) if answer.met == Some(true) => return None,
        Some(answer) if answer.met == Some(false) => answer,
        open => {
            let why = why_open(open.as_ref(), wanted);
            let message = format!("unknown whether service {service} meets {wanted}: {why}");
            return Some(found(message).unknown());
        }
    };
    let mut finding = found(missed(cx, service, wanted, &answer));
    if let Some((name, span)) = answer.most_decisive.and_then(|id| place(cx, id)) {
        finding = finding.related(span, format!("{name} matters most"));
    }
    Some(if answer.missed_for_certain { finding } else { finding.unknown() })
}

fn missed(cx: &Context<'_>, service: &str, wanted: Availability, answer: &Against) -> String {
    let least = if answer.lower < answer.upper { "at least " } else { "" };
    let mut message = format!(
        "service {service} is to be up {wanted}, but will be down {least}{} hours a year, not {}",
        hours(answer.lower),
        hours(wanted.unavailability())
    );
    if !answer.missed_for_certain {
        message.push_str(&format!("; unknown how often {} fail", names(cx, &answer.assumed)));
    }
    message
}

fn why_open(answer: Option<&Against>, wanted: Availability) -> String {
    match answer {
        Some(answer) if answer.is_exact => format!(
            "within the ranges stated it will be down {} to {} hours a year, and may be {}",
            hours(answer.lower),
            hours(answer.upper),
            hours(wanted.unavailability())
        ),
        _ => "the topology is too large to tell while linting".to_owned(),
    }
}

fn hours(unavailability: f64) -> String {
    let hours = unavailability * HOURS_PER_YEAR;
    match hours < 1.0 {
        true => format!("{hours:.2}"),
        false => format!("{hours:.1}"),
    }
}

fn names(cx: &Context<'_>, components: &[ComponentId]) -> String {
    let names = components.iter().map(|&id| cx.analysis.graph().component(id).name.as_str());
    text::short_list(&names.collect::<Vec<_>>(), 3)
}

fn place(cx: &Context<'_>, id: ComponentId) -> Option<(String, crate::source::Span)> {
    let component = cx.analysis.graph().component(id);
    Some((component.name.clone(), component.span?))
}

#[cfg(test)]
mod tests {
    use super::{RULE, hours, why_open};
    use crate::availability::HOURS_PER_YEAR;
    use crate::availability::target::Against;
    use crate::diagnostic::Severity;
    use crate::model::Availability;
    use crate::rules::testing::{findings, pointed_at};

    #[test]
    fn the_hours_are_those_of_the_figures() {
        // 50 of 1,000 hours: a twentieth of 8,766; one percent of them is the target.
        let found = findings(&RULE, RULE.bad);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].1.message.contains("down 438.3 hours a year, not 87.7"),
            "{}",
            found[0].1.message
        );
        assert_eq!(pointed_at(&found[0].1, RULE.bad), ["7: 99%", "3: shop"]);
        // Less than an hour of 8,766 has two decimals: five minutes are 0.09.
        let strict = findings(&RULE, &RULE.bad.replace("99%", "99.999%"));
        assert!(strict[0].1.message.ends_with("not 0.09"), "{}", strict[0].1.message);
    }

    #[test]
    fn what_is_assumed_makes_it_milder() {
        let yaml = RULE.bad.replace(" { mtbf: 950h, mttr: 50h }", "").replace("99%", "99.9999%");
        let found = findings(&RULE, &yaml);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Warning);
        assert!(
            found[0].1.message.contains("unknown how often shop fail"),
            "{}",
            found[0].1.message
        );
        // Missed by what is stated alone, whatever else is assumed.
        let both =
            RULE.bad.replace("services:", "  net:\nservices:").replace("[shop]", "[shop, net]");
        assert_eq!(findings(&RULE, &both)[0].1.severity, Severity::Error);
    }

    #[test]
    fn of_a_range_the_bad_end_has_to_meet_the_target() {
        let found = |availability: &str| {
            let figures = format!("{{ availability: {availability} }}");
            findings(&RULE, &RULE.bad.replace("{ mtbf: 950h, mttr: 50h }", &figures))
        };
        // Target 99 %: the middle of the first range meets it, that of the second misses it.
        for range in ["98.9%..99.95%", "98%..99.1%"] {
            let found = found(range);
            assert_eq!(found[0].1.severity, Severity::Warning, "{range}");
            assert!(
                found[0].1.message.contains("unknown whether service checkout meets 99%"),
                "{}",
                found[0].1.message
            );
        }
        // 1.1 % and 0.05 % of 8,766 hours.
        assert!(found("98.9%..99.95%")[0].1.message.contains("down 4.4 to 96.4 hours a year"));
        assert!(found("99%..99.95%").is_empty());
        let missed = found("98%..98.9%");
        assert_eq!(missed[0].1.severity, Severity::Error);
        assert!(
            missed[0].1.message.contains("down at least 96.4 hours"),
            "{}",
            missed[0].1.message
        );
    }

    #[test]
    fn ranges_are_named_only_where_they_are_all_that_leaves_it_open() {
        let target = Availability::parse("99%").unwrap();
        let why = |is_exact: bool| {
            let open = Against {
                lower: 0.001,
                upper: 0.1,
                is_exact,
                met: None,
                missed_for_certain: false,
                assumed: vec![],
                most_decisive: None,
            };
            why_open(Some(&open), target)
        };
        // A thousandth and a tenth of 8,766 hours.
        assert!(why(true).contains("ranges stated it will be down 8.8 to 876.6 hours"));
        assert!(why(false).contains("too large"), "{}", why(false));
    }

    #[test]
    fn from_an_hour_on_one_decimal_will_do() {
        assert_eq!(hours(1.0 / HOURS_PER_YEAR), "1.0");
        assert_eq!(hours(0.25 / HOURS_PER_YEAR), "0.25");
    }

    #[test]
    fn stated_common_causes_count() {
        // Each 5 % down, a tenth of it together: at least 0.5 % down. Alone 0.25 %.
        let yaml = RULE.good.replace("availability: 99%", "availability: 99.6%");
        assert!(findings(&RULE, &yaml).is_empty());
        let yaml = format!("{yaml}common_causes:\n  room: {{ of: [shop-1, shop-2], beta: 10% }}\n");
        assert_eq!(findings(&RULE, &yaml)[0].1.severity, Severity::Error);
    }
}
