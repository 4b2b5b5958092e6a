//! Adapters that the declared release no longer develops, or no longer has.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters;
use crate::model::{At, BiztalkGroup, Element};
use crate::rules::{Context, Finding, Findings, Rule, Tier};
use crate::text;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "BTS155",
    name: "deprecated-adapter",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "an adapter is deprecated or removed in the declared release",
    why: "A deprecated adapter gets no further fixes; one that is removed does not come along when the group \
          is upgraded, which is planned downtime until its ports are rebuilt.",
    fix: "rebuild its ports with the adapter that takes its place",
    limits: "by year of the release; silent when `version` is not given. Which adapter takes the place is \
             inferred",
    sources: &[
        "I/whats-new-in-biztalk-server-2020",
        "I/what-s-new-in-biztalk-server-2016",
        "I/what-s-new-in-biztalk-server-2013-and-2013-r2",
    ],
    bad: r#"failscope: 1
servers: [BTS01]
biztalk:
  version: "2020"
  hosts:
    Mail: { instances: [BTS01] }
  receive_locations:
    Orders:
      adapter: POP3   # <-
      host: Mail
"#,
    good: r#"failscope: 1
servers: [BTS01]
biztalk:
  version: "2016"
  hosts:
    Mail: { instances: [BTS01] }
  receive_locations:
    Orders:
      adapter: POP3
      host: Mail
"#,
    check,
};

/// What became of an adapter.
struct Fate {
    adapter: &'static str,
    deprecated: u32,
    removed: Option<u32>,
    instead: &'static str,
}

const fn fate(
    adapter: &'static str,
    deprecated: u32,
    removed: Option<u32>,
    instead: &'static str,
) -> Fate {
    Fate { adapter, deprecated, removed, instead }
}

const FATES: &[Fate] = &[
    fate("SOAP", 2013, None, "WCF-BasicHttp"),
    fate("SQL", 2013, Some(2020), "WCF-SQL"),
    fate("Windows SharePoint Services", 2013, Some(2016), "SharePoint"),
    fate("POP3", 2020, None, "Office365 Mail"),
    fate("SMTP", 2020, None, "Office365 Mail"),
    fate("WCF-NetTcpRelay", 2020, None, "WCF-BasicHttpRelay"),
    fate("JDE OneWorld", 2020, None, "JDE EnterpriseOne"),
];

fn check(cx: &Context<'_>, rule: &'static Rule, findings: &mut Findings) {
    for group in cx.topology.biztalk.values() {
        let (Some(release), Some(version)) = (cx.release_of(group), &group.version) else {
            continue;
        };
        let uses = uses(cx, group);
        for fate in FATES.iter().filter(|fate| fate.deprecated <= release.year) {
            findings.0.extend(finding(cx, rule, fate, &uses, (release.year, version)));
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    fate: &Fate,
    uses: &[Use<'_>],
    (year, version): (u32, &At<String>),
) -> Option<Finding> {
    let of_adapter: Vec<&Use<'_>> = uses.iter().filter(|u| u.own_name == fate.adapter).collect();
    let first = of_adapter.first()?;
    let mut names: Vec<&str> = of_adapter.iter().map(|u| u.port).collect();
    names.dedup();
    let gone = fate.removed.filter(|&removed| removed <= year);
    let (state, since) = match gone {
        Some(removed) => ("removed", removed),
        None => ("deprecated", fate.deprecated),
    };
    let message = format!(
        "{} is {state} in BizTalk Server {} ({})",
        first.adapter.value,
        version.value,
        text::short_list(&names, 4)
    );
    Some(
        cx.finding(rule, first.element, message)
            .at(first.adapter.span, format!("{state} since {since}"))
            .related(version.span, "the declared release")
            .help(format!("rebuild its ports with {}", fate.instead)),
    )
}

/// One use of an adapter by a port that works.
struct Use<'a> {
    element: Element,
    port: &'a str,
    adapter: &'a At<String>,
    own_name: &'static str,
}

fn uses<'a>(cx: &Context<'a>, group: &BiztalkGroup) -> Vec<Use<'a>> {
    let topology = cx.topology;
    let locations = group.receive_locations.iter().map(|&id| (id, &topology.receive_locations[id]));
    let receives = locations
        .filter(|(_, l)| l.enabled)
        .map(|(id, l)| (Element::ReceiveLocation(id), &l.name, &l.adapter));
    let ports = group.send_ports.iter().map(|&id| (id, &topology.send_ports[id]));
    let sends = ports.filter(|(_, port)| port.enabled).flat_map(|(id, port)| {
        let second = port.backup.as_ref().and_then(|backup| backup.adapter.as_ref());
        let adapters = port.adapter.iter().chain(second);
        adapters.map(move |adapter| (Element::SendPort(id), &port.name, adapter))
    });
    let known = receives.chain(sends).filter_map(|(element, name, adapter)| {
        let own_name = adapters::find(&adapter.value)?.name;
        Some(Use { element, port: &name.value, adapter, own_name })
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::{FATES, RULE};
    use crate::expand::biztalk::adapters;
    use crate::rules::testing::findings;

    #[test]
    fn every_adapter_of_the_table_is_known_and_so_is_what_takes_its_place() {
        for fate in FATES {
            for name in [fate.adapter, fate.instead] {
                assert!(adapters::find(name).is_some_and(|a| a.name == name), "{name}");
            }
        }
    }

    #[test]
    fn the_release_decides() {
        for (adapter, version, words) in [
            ("POP3", "2016 CU9", None),
            ("POP3", "2020 CU6", Some("POP3 is deprecated in BizTalk Server 2020 CU6")),
            ("SQL", "2010", None),
            ("SQL", "2013", Some("deprecated")),
            ("SQL", "2016", Some("deprecated")),
            ("SQL", "2020", Some("removed")),
            ("WSS", "2013 R2", Some("deprecated")),
            ("WSS", "2016", Some("WSS is removed")),
            ("SOAP", "2020", Some("deprecated")),
            ("FILE", "2020", None),
            ("POP3", "the newest", None),
        ] {
            let yaml = RULE.bad.replace("POP3", adapter).replace("\"2020\"", version);
            let found = findings(&RULE, &yaml);
            assert_eq!(found.len(), usize::from(words.is_some()), "{adapter} {version}");
            let said = found.first().map_or("", |(_, finding)| finding.message.as_str());
            assert!(said.contains(words.unwrap_or("")), "{said}");
        }
    }

    #[test]
    fn one_finding_speaks_for_all_ports_of_the_adapter() {
        let more = "    Other: { adapter: pop3, host: Mail }\n    \
                    Stopped: { adapter: POP3, host: Mail, enabled: false }\n  send_ports:\n    \
                    Out: { adapter: FILE, host: Mail, backup: { adapter: SMTP } }\n";
        let found = findings(&RULE, &format!("{}{more}", RULE.bad));
        let messages: Vec<&str> = found.iter().map(|(_, f)| f.message.as_str()).collect();
        let expected = [
            "POP3 is deprecated in BizTalk Server 2020 (Orders and Other)",
            "SMTP is deprecated in BizTalk Server 2020 (Out)",
        ];
        assert_eq!(messages, expected);
    }
}
