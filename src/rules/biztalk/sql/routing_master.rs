//! Several MessageBoxes, and a master that does the work of the others as well.

use crate::diagnostic::Severity;
use crate::model::{At, BiztalkGroup, Database, DatabaseRole, Element, Id};
use crate::rules::{Context, Finding, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS609",
    name: "master-messagebox-publishes",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a group has several MessageBoxes, and the master takes new publications as well",
    why: "The master routes every message to the others. When it also stores messages its load decides how \
          fast all of them are, and its loss takes messages along.",
    fix: "disable new message publication on the master, so that it only routes",
    limits: "one MessageBox with `routing_only: true` is the master. Publication is on by default: where no \
             MessageBox says anything, the finding is one step milder",
    sources: &["C/scaled-out-databases"],
    bad: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMsgBoxDb: { routing_only: false }   # <-
      BizTalkMsgBoxDb2:
      BizTalkMsgBoxDb3:
biztalk:
  servers: [BTS01]
",
    good: r"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  BTSSQL:
    on: SQL01
    databases:
      BizTalkMsgBoxDb: { routing_only: true }
      BizTalkMsgBoxDb2:
      BizTalkMsgBoxDb3:
biztalk:
  servers: [BTS01]
",
    check: |cx, rule, findings| {
        for (id, group) in cx.topology.biztalk.iter().filter(|(id, _)| cx.knows_databases_of(*id)) {
            let boxes = cx.databases_with(id, &[DatabaseRole::Messagebox]);
            findings.0.extend(master(cx, rule, (id, group), &boxes));
        }
    },
};

fn master(
    cx: &Context<'_>,
    rule: &'static Rule,
    (id, group): (Id<BiztalkGroup>, &BiztalkGroup),
    boxes: &[Id<Database>],
) -> Option<Finding> {
    let [first, _, ..] = boxes else { return None };
    let stated = boxes.iter().map(|&id| (id, cx.topology.databases[id].routing_only));
    if stated.clone().any(|(_, routing)| routing.is_some_and(|routing| routing.value)) {
        return None;
    }
    let finding = |message| cx.finding(rule, Element::BiztalkGroup(id), message);
    let publishing = stated.filter_map(|(id, routing)| Some((id, routing?))).next();
    if let Some((master, At { span, .. })) = publishing {
        let (count, name) = (boxes.len(), &cx.topology.databases[master].name.value);
        let found = finding(format!(
            "none of {count} MessageBoxes only routes: {name} does routing and processing"
        ));
        return Some(found.at(span, "takes new publications"));
    }
    let (count, name) = (boxes.len(), &group.name.value);
    let found =
        finding(format!("unknown whether one of the {count} MessageBoxes of {name} only routes"))
            .at(cx.topology.databases[*first].name.span, "publication is on by default")
            .help("write `routing_only: true` for the master if new publication is disabled there");
    Some(found.unknown())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn silence_is_noted_and_one_messagebox_is_no_master() {
        let silent = RULE.bad.replace(" { routing_only: false }   # <-", "");
        let found = findings(&RULE, &silent);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
        let one = "      BizTalkMsgBoxDb2:\n      BizTalkMsgBoxDb3:\n";
        assert!(findings(&RULE, &RULE.bad.replace(one, "")).is_empty());
        let other =
            RULE.bad.replace("BizTalkMsgBoxDb3:", "BizTalkMsgBoxDb3: { routing_only: true }");
        assert!(findings(&RULE, &other).is_empty(), "the third one is the master");
    }
}
