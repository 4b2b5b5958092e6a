//! What a project may decide about a rule: since when it is on, and whether a waiver may
//! silence it. And the findings about waivers themselves.
//!
//! These are tables by id and not fields of [`Rule`], because nearly every rule is the
//! ordinary case: on since the first edition, and waivable.

use super::{Context, Findings, Rule, Tier};
use crate::diagnostic::Severity;

/// Dated sets of rules, oldest first. A project that pins one keeps it through upgrades.
pub const EDITIONS: &[&str] = &["2026.11"];

/// Rules that came after the first edition, with the edition that brought them.
const LATER: &[(&str, &str)] = &[];

/// The edition in use when a project pins none.
pub fn newest_edition() -> &'static str {
    EDITIONS.last().copied().unwrap_or("")
}

/// True if the rule was there already in `edition`.
pub fn is_in_edition(rule: &Rule, edition: &str) -> bool {
    since(rule.id, LATER) <= edition
}

/// Editions are a year and a month with fixed widths, so they compare as text.
fn since(id: &str, later: &[(&str, &'static str)]) -> &'static str {
    let first = EDITIONS.first().copied().unwrap_or("");
    later.iter().find(|(rule, _)| *rule == id).map_or(first, |&(_, edition)| edition)
}

/// Rules that no waiver silences, and why: what they find cannot be made good later.
const NEVER_WAIVED: &[(&str, &str)] = &[
    ("BTS402", "without exactly one master secret server no server can start its services"),
    ("BTS404", "a lost master secret makes every encrypted setting unreadable for good"),
    ("BTS903", "without backups a lost database is lost for good"),
    ("BTS914", "a second site without the master secret cannot be started"),
];

/// Why the rule may be neither waived nor turned off; `None` for most.
pub fn never_waived(rule: &str) -> Option<&'static str> {
    NEVER_WAIVED.iter().find(|(id, _)| *id == rule).map(|&(_, why)| why)
}

/// Findings about waivers. They are judged after all other rules, and cannot be waived.
pub static WAIVER_RULES: &[&Rule] = &[&UNUSED, &EXPIRED, &OUTGROWN, &UNBOUNDED];

pub fn is_about_waivers(rule: &str) -> bool {
    WAIVER_RULES.iter().any(|known| known.id == rule)
}

const GOOD: &str = r#"failscope: 1
servers: [WEB01]
components:
  db: { on: WEB01 }
services:
  shop: { needs: [db] }
"#;

pub static UNUSED: Rule = Rule {
    id: "FS090",
    name: "unused-waiver",
    severity: Severity::Warning,
    tier: Tier::T1,
    summary: "a waiver covers no finding",
    why: "The reason for it is gone, or its rule and subject do not say what was meant. Left in \
          place, it would silence the next finding there, which nobody has looked at.",
    fix: "remove it, or correct its rule, its subject or its line",
    limits: "A waiver of the project file is judged over all topologies of one run, and only \
             when all of them could be judged and its rule was run.",
    sources: &[],
    bad: r#"failscope: 1
servers: [WEB01]
components:
  # failscope: allow BTS104 -- the partner allows one connection  # <-
  db: { on: WEB01 }
services:
  shop: { needs: [db] }
"#,
    good: GOOD,
    check: judged_elsewhere,
};

pub static EXPIRED: Rule = Rule {
    id: "FS091",
    name: "expired-waiver",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "the last day of a waiver is past, and what it covered is back",
    why: "Somebody accepted the risk up to a day, not for ever.",
    fix: "mend what it covers; or decide again, and write the new date and reason",
    limits: "A waiver holds through the day it names, in UTC.",
    sources: &[],
    bad: r#"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  DB: { on: SQL01, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB, BizTalkDTADb] }
biztalk:
  edition: enterprise
  master_secret_server: SQL01
  hosts:
    # failscope: allow BTS001 until 2020-01-31 -- the second server is ordered  # <-
    Work: { instances: [BTS01] }
"#,
    good: GOOD,
    check: judged_elsewhere,
};

pub static OUTGROWN: Rule = Rule {
    id: "FS092",
    name: "outgrown-waiver",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "the loss reaches further than the scope that a waiver accepted",
    why: "What a waiver accepts is a consequence. This one is worse: the topology has changed since, \
          or it never was as harmless as it was written. Nobody has accepted that.",
    fix: "mend what it covers; or decide again, and write the scope that is accepted now",
    limits: "The scope is that of the component the finding is about, as `failscope report` \
             shows it. A subject that is no component has no scope that could grow.",
    sources: &[],
    bad: r#"failscope: 1
servers: [BTS01, SQL01]
sql_instances:
  DB: { on: SQL01, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB, BizTalkDTADb] }
biztalk:
  edition: enterprise
  master_secret_server: SQL01
  hosts:
    # failscope: allow BTS001 accepts server -- one server is enough for the test system  # <-
    Work: { instances: [BTS01] }
"#,
    good: GOOD,
    check: judged_elsewhere,
};

pub static UNBOUNDED: Rule = Rule {
    id: "FS093",
    name: "unbounded-waiver",
    severity: Severity::Info,
    tier: Tier::T1,
    summary: "a comment waives a finding without the scope that it accepts",
    why: "The loss that was accepted is the one of that day. A change somewhere else in the topology can \
          make it stop far more, and this waiver would go on hiding it.",
    fix: "write `accepts` and the scope before the reason",
    limits: "comments that silence a finding about a component; a waiver of the project file must state a \
             scope. What is systemwide already, or is no component, has no scope that could grow.",
    sources: &[],
    bad: r#"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    # failscope: allow BTS002 -- the second instance is ordered  # <-
    Reports: { instances: [BTS01] }
    Orders: { instances: [BTS01, BTS02] }
  orchestrations:
    PrintReports: { host: Reports }
    TakeOrders: { host: Orders }
"#,
    good: r#"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    # failscope: allow BTS002 accepts endpoint -- the second instance is ordered
    Reports: { instances: [BTS01] }
    Orders: { instances: [BTS01, BTS02] }
  orchestrations:
    PrintReports: { host: Reports }
    TakeOrders: { host: Orders }
"#,
    check: judged_elsewhere,
};

/// `config` judges waivers, when the findings of all other rules are known.
fn judged_elsewhere(_: &Context<'_>, _: &'static Rule, _: &mut Findings) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_on_from_its_edition_onwards() {
        let later = [("FS500", "2027.03"), ("FS501", "2027.10")];
        let is_in = |id, edition: &str| since(id, &later) <= edition;
        for (id, edition, on) in [
            ("BTS104", "2026.11", true),
            ("BTS104", "2027.10", true),
            ("FS500", "2026.11", false),
            ("FS500", "2027.03", true),
            ("FS501", "2027.03", false),
            ("FS501", "2027.10", true),
        ] {
            assert_eq!(is_in(id, edition), on, "{id} in {edition}");
        }
    }

    #[test]
    fn no_rule_is_older_than_the_first_edition_and_all_are_in_the_newest() {
        assert_eq!(newest_edition(), EDITIONS[EDITIONS.len() - 1]);
        for rule in crate::rules::all() {
            assert!(is_in_edition(rule, newest_edition()), "{}", rule.id);
            assert!(!is_in_edition(rule, "2020.01"), "{}", rule.id);
        }
    }

    /// What cannot be made good later (docs/governance.md); everything else may be waived.
    #[test]
    fn what_is_lost_for_good_is_never_waived() {
        let ids: Vec<&str> = crate::rules::listed()
            .map(|rule| rule.id)
            .filter(|id| never_waived(id).is_some_and(|why| why.split(' ').count() > 3))
            .collect();
        assert_eq!(ids, ["BTS402", "BTS404", "BTS903", "BTS914"]);
        let about_waivers: Vec<&str> =
            crate::rules::listed().map(|rule| rule.id).filter(|id| is_about_waivers(id)).collect();
        assert_eq!(about_waivers, ["FS090", "FS091", "FS092", "FS093"]);
    }

    #[test]
    fn editions_are_in_order_and_the_tables_name_rules_that_exist() {
        assert!(EDITIONS.is_sorted());
        for edition in EDITIONS {
            let (year, month) = edition.split_once('.').unwrap();
            assert!(year.len() == 4 && month.len() == 2, "{edition} would not compare as text");
        }
        for (id, _) in NEVER_WAIVED.iter().chain(LATER) {
            assert!(crate::rules::find(id).is_some(), "{id}");
        }
        for (id, edition) in LATER {
            assert!(EDITIONS.contains(edition), "{id}: {edition}");
        }
    }
}
