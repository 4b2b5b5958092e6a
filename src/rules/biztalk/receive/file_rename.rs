//! FILE receive locations that do not mark a file while they read it.

use crate::diagnostic::Severity;
use crate::model::{At, Element, Host, Id};
use crate::rules::{Context, Findings, Rule, Tier};

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS133",
    name: "file-rename-off",
    severity: Severity::Warning,
    tier: Tier::T2,
    summary: "a FILE receive location does not rename files while it reads them, and another server takes \
              over its host",
    why: "Without the rename a file that was half read when its reader stopped looks like a new one to the \
          next: it is received again.",
    fix: "turn on the option to rename files while reading",
    limits: "the option is off by default, but where the file does not say it is judged, one step milder, \
             only in a group that states it for another location",
    sources: &["C/file-adapter"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: FILE
      host: Receive
      from: '\\FILES\in'
      rename_while_reading: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: FILE
      host: Receive
      from: '\\FILES\in'
      rename_while_reading: true
",
    check,
};

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for group in cx.topology.biztalk.values() {
        let mut locations = group.receive_locations.iter();
        let is_stated =
            locations.any(|&id| cx.topology.receive_locations[id].rename_while_reading.is_some());
        let hosts = group.hosts.iter().filter(|&&id| cx.is_taken_over(&cx.topology.hosts[id]));
        for &id in hosts.filter(|_| is_stated) {
            judge(cx, rule, id, findings);
        }
    }
}

fn judge(cx: &Context<'_>, rule: &'static Rule, host: Id<Host>, findings: &mut Findings) {
    for (id, location) in cx.received_through(host, &["FILE"]) {
        let element = Element::ReceiveLocation(id);
        let name = &location.name.value;
        findings.push(match location.rename_while_reading {
            Some(At { value: true, .. }) => continue,
            Some(off) => {
                let message =
                    format!("{name}: a restart in the middle of a file can receive it again");
                cx.finding(rule, element, message).at(off.span, "a half-read file looks new")
            }
            None => {
                let message = format!("unknown whether {name} renames files while it reads them");
                cx.finding(rule, element, message)
                    .at(location.adapter.span, "the option is off by default")
                    .help("write `rename_while_reading: true` if it is turned on")
                    .unknown()
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::rules::testing::findings;

    #[test]
    fn silence_is_judged_only_where_another_location_speaks() {
        let silent = RULE.bad.replace("      rename_while_reading: false   # <-\n", "");
        assert!(findings(&RULE, &silent).is_empty());
        let other = "    Other: { adapter: FILE, host: Receive, rename_while_reading: true }\n";
        let found = findings(&RULE, &format!("{silent}{other}"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.severity, Severity::Info);
        assert!(found[0].1.message.contains("Orders"));
    }

    #[test]
    fn one_server_without_a_cluster_has_no_second_reader() {
        let single = RULE.bad.replace("instances: [BTS01, BTS02]", "instances: [BTS01]");
        assert!(findings(&RULE, &single).is_empty());
        let waits = "instances: [BTS01], disabled_instances: [BTS02]";
        let disabled = RULE.bad.replace("instances: [BTS01, BTS02]", waits);
        assert!(findings(&RULE, &disabled).is_empty());
        let clustered = RULE
            .bad
            .replace(
                "biztalk:\n",
                "clusters: { C: { nodes: [BTS01, BTS02], groups: { G: } } }\nbiztalk:\n",
            )
            .replace("instances: [BTS01, BTS02]", "instances: [BTS01], clustered_in: C/G");
        assert_eq!(findings(&RULE, &clustered).len(), 1);
    }
}
