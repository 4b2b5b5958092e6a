//! Sources that hand the same message to every reader, on hosts with several active ones.
//! One check; each adapter keeps its own id.

use crate::diagnostic::Severity;
use crate::expand::biztalk::adapters::Mechanism;
use crate::model::{At, Element, HaRequirement, Id, ReceiveLocation, Server};
use crate::rules::{Context, Finding, Findings, Rule, Tier};

pub(in crate::rules) static ORACLE: Rule = Rule {
    id: "BTS126",
    name: "oracle-poll-without-lock",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "WCF-OracleDB or WCF-OracleEBS polls on two or more servers without locking its rows",
    why: "Each server reads the same rows before the other has removed them: messages enter twice.",
    fix: "add FOR UPDATE to the polling statement, with SKIP LOCKED or NOWAIT so that readers do not queue \
          behind each other; or cluster the host",
    limits: "one step milder when the file does not say whether rows are locked",
    sources: &[
        "A/adapter-oracle-database/receive-polling-based-data-changed-messages-in-oracle-database-adapter",
    ],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-OracleDB
      host: Receive
      poll_locks_rows: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: WCF-OracleDB
      host: Receive
      poll_locks_rows: true
",
    check: |cx, rule, findings| {
        let words = Words {
            certain: |name, servers| {
                format!("{name} polls on {servers} without row locks; rows arrive more than once")
            },
            unknown: |name, servers| {
                format!("unknown whether {name}, which polls on {servers}, locks its rows")
            },
            attribute: "poll_locks_rows",
        };
        check(cx, rule, findings, &["WCF-OracleDB", "WCF-OracleEBS"], words, |l| l.poll_locks_rows);
    },
};

pub(in crate::rules) static TIBCO: Rule = Rule {
    id: "BTS151",
    name: "tibco-rv-no-distributed-queue",
    severity: Severity::Error,
    tier: Tier::T2,
    summary: "a TIBCO Rendezvous receive location is active on two or more servers without a distributed \
              queue",
    why: "Rendezvous broadcasts: every server receives each message. Only a distributed queue makes several \
          listeners act as one.",
    fix: "mark the handler as member of a BizTalk group and set the values of the distributed queue; or \
          cluster the host",
    limits: "one step milder when the file does not say whether the distributed queue is configured; that a \
             clustered host helps is inferred",
    sources: &["C/creating-tibco-rendezvous-receive-handlers"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Quotes:
      adapter: TIBCO Rendezvous
      host: Receive
      distributed_queue: false   # <-
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Quotes:
      adapter: TIBCO Rendezvous
      host: Receive
      distributed_queue: true
",
    check: |cx, rule, findings| {
        let words = Words {
            certain: |name, servers| format!("{servers} each receive every message of {name}"),
            unknown: |name, servers| {
                format!(
                    "unknown whether {name}, which is active on {servers}, uses a distributed queue"
                )
            },
            attribute: "distributed_queue",
        };
        check(cx, rule, findings, &["TIBCO Rendezvous"], words, |l| l.distributed_queue);
    },
};

pub(in crate::rules) static OFFICE_MAIL: Rule = Rule {
    id: "BTS158",
    name: "o365-mail-duplicates",
    severity: Severity::Info,
    tier: Tier::T2,
    summary: "an Office 365 mail receive location is active on two or more servers",
    why: "What marks a mail as read comes after the reading and is best effort, so a second reader may get \
          the same mail.",
    fix: "mark as read or delete after reading, and make the processing bear a mail that comes twice",
    limits: "BizTalk Server 2020; that several instances double mail is inferred. Silent where \
             `ha_requirement` says what the location needs",
    sources: &["C/office365-mail-adapter"],
    bad: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: Office365 Mail   # <-
      host: Receive
",
    good: r"failscope: 1
servers: [BTS01, BTS02]
biztalk:
  hosts:
    Receive: { instances: [BTS01, BTS02] }
  receive_locations:
    Orders:
      adapter: Office365 Mail
      host: Receive
      ha_requirement: none
",
    check: |cx, rule, findings| {
        for (host, model) in cx.topology.hosts.iter() {
            let servers = cx.active_at_once(model);
            let mails = cx.received_through(host, &["Office365 Mail"]);
            let open = mails.filter(|(_, l)| l.ha_requirement.is_none() && servers.len() > 1);
            for (id, location) in open {
                let message = format!(
                    "{} is active on {} and may read the same mail again",
                    location.name.value,
                    cx.server_names(&servers)
                );
                findings.push(
                    cx.finding(rule, Element::ReceiveLocation(id), message)
                        .at(location.adapter.span, "what follows the reading is best effort"),
                );
            }
        }
    },
};

/// What the rules of the family say, given the location and the servers.
struct Words {
    certain: fn(&str, &str) -> String,
    unknown: fn(&str, &str) -> String,
    attribute: &'static str,
}

fn check(
    cx: &Context<'_>,
    rule: &'static Rule,
    findings: &mut Findings,
    adapters: &'static [&'static str],
    words: Words,
    safe: fn(&ReceiveLocation) -> Option<At<bool>>,
) {
    for (host, model) in cx.topology.hosts.iter() {
        let servers = cx.active_at_once(model);
        if servers.len() < 2 {
            continue;
        }
        for (id, location) in cx.received_through(host, adapters) {
            // The author may have said that it bears several readers.
            if cx.receive_need(location).mechanism == Mechanism::Cluster {
                let finding = finding(cx, rule, (id, location), &servers, &words, safe(location));
                findings.push(finding.related(model.name.span, "active on several servers"));
            }
        }
    }
}

fn finding(
    cx: &Context<'_>,
    rule: &'static Rule,
    (id, location): (Id<ReceiveLocation>, &ReceiveLocation),
    servers: &[Id<Server>],
    words: &Words,
    stated: Option<At<bool>>,
) -> Finding {
    let (name, servers) = (&location.name.value, cx.server_names(servers));
    let element = Element::ReceiveLocation(id);
    let stated = stated.filter(|safe| !safe.value).map(|off| off.span).or_else(|| {
        let wants_cluster = |stated: &At<HaRequirement>| stated.value == HaRequirement::Cluster;
        Some(location.ha_requirement.filter(wants_cluster)?.span)
    });
    match stated {
        Some(span) => cx
            .finding(rule, element, (words.certain)(name, &servers))
            .at(span, "every active server reads the same"),
        None => cx
            .finding(rule, element, (words.unknown)(name, &servers))
            .at(location.adapter.span, format!("`{}` is not given", words.attribute))
            .help(format!("write `{}: true` if it is so", words.attribute))
            .unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::{OFFICE_MAIL, ORACLE, TIBCO};
    use crate::diagnostic::Severity;
    use crate::rules::Rule;
    use crate::rules::testing::findings;

    const CLUSTER: &str =
        "servers: [BTS01, BTS02]\nclusters:\n  C: { nodes: [BTS01, BTS02], groups: { G: } }\n";

    #[test]
    fn one_active_reader_is_no_matter() {
        for rule in [&ORACLE, &TIBCO, &OFFICE_MAIL] {
            let clustered = rule.bad.replace("servers: [BTS01, BTS02]\n", CLUSTER);
            for (yaml, instances) in [
                (rule.bad, "instances: [BTS01]"),
                (rule.bad, "instances: [BTS01], disabled_instances: [BTS02]"),
                (&clustered, "instances: [BTS01, BTS02], clustered_in: C/G"),
            ] {
                let yaml = yaml.replace("instances: [BTS01, BTS02]", instances);
                assert!(findings(rule, &yaml).is_empty(), "{} {instances}", rule.id);
            }
        }
    }

    #[test]
    fn silence_is_unknown_and_the_word_of_the_author_counts() {
        let answers: [(&'static Rule, &str); 2] = [
            (&ORACLE, "      poll_locks_rows: false   # <-\n"),
            (&TIBCO, "      distributed_queue: false   # <-\n"),
        ];
        for (rule, answer) in answers {
            for (instead, severity) in [
                ("", Some(Severity::Warning)),
                ("      ha_requirement: cluster\n", Some(Severity::Error)),
                ("      ha_requirement: none\n", None),
            ] {
                let yaml = rule.bad.replace(answer, instead);
                assert_ne!(yaml, rule.bad);
                let severities: Vec<Severity> =
                    findings(rule, &yaml).iter().map(|(_, f)| f.severity).collect();
                assert_eq!(severities, Vec::from_iter(severity), "{} {instead:?}", rule.id);
            }
        }
    }
}
