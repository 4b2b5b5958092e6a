//! One cause, one headline: which finding stands for which others.

use rustc_hash::FxHashMap;

use super::Finding;
use crate::model::{DatabasePlace, Element, Topology};

/// The first rule stands for the others, where their findings are about ...
struct Silence(&'static str, Where, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// ... the same thing.
    Same,
    /// ... hosts of the BizTalk group that the first one is about.
    HostsOfGroup,
    /// ... the availability group that the first one is about, or no such group at all.
    AvailabilityGroup,
}

const SILENCES: &[Silence] = &[
    // A group on one server: every host of it has the same fault.
    Silence("BTS001", Where::HostsOfGroup, &["BTS002", "BTS020"]),
    // A host that does not run at all.
    Silence("BTS003", Where::Same, &["BTS020"]),
    // The host must be clustered: that it has one instance is then no cause of its own.
    Silence("BTS104", Where::Same, &["BTS002"]),
    Silence("BTS105", Where::Same, &["BTS002"]),
    Silence("BTS107", Where::Same, &["BTS002"]),
    Silence("BTS109", Where::Same, &["BTS002", "BTS117"]),
    Silence("BTS117", Where::Same, &["BTS002"]),
    Silence("BTS124", Where::Same, &["BTS002"]),
    Silence("BTS128", Where::Same, &["BTS002"]),
    Silence("BTS138", Where::Same, &["BTS002", "BTS117"]),
    // Two active readers are worse than a missing cluster.
    Silence("BTS106", Where::Same, &["BTS104", "BTS105"]),
    Silence("BTS116", Where::Same, &["BTS109", "BTS138"]),
    // Local queues that a balancer fills: why the cluster is missing, and why order is not kept.
    Silence("BTS115", Where::Same, &["BTS109", "BTS116", "BTS117"]),
    // What a host is clustered for by mistake is more exact than that it need not be; what it
    // is clustered for with reason comes first.
    Silence("BTS108", Where::Same, &["BTS154"]),
    Silence("BTS202", Where::Same, &["BTS154"]),
    Silence("BTS153", Where::Same, &["BTS108"]),
    // What is known about one adapter answers the general question.
    Silence("BTS158", Where::Same, &["BTS156"]),
    // An order that is not kept at all is not kept by one instance either.
    Silence("BTS203", Where::Same, &["BTS205"]),
    // What the adapter says about the system at the other end is more exact.
    Silence("BTS113", Where::Same, &["BTS209"]),
    Silence("BTS119", Where::Same, &["BTS209"]),
    Silence("BTS141", Where::Same, &["BTS209"]),
    // The one owner too few is the one without a usable instance.
    Silence("BTS303", Where::Same, &["BTS307"]),
    Silence("BTS304", Where::Same, &["BTS307"]),
    // Clustered, and only named wrongly.
    Silence("BTS407", Where::Same, &["BTS401", "BTS411", "BTS414"]),
    Silence("BTS420", Where::Same, &["BTS401"]),
    // Without the secret no plan works.
    Silence("BTS404", Where::Same, &["BTS414"]),
    // One missing resource of a cluster, found from three sides.
    Silence("BTS409", Where::Same, &["BTS308"]),
    Silence("BTS502", Where::Same, &["BTS308", "BTS409"]),
    Silence("BTS601", Where::Same, &["BTS408", "BTS607"]),
    // With a third MessageBox comes a master that only routes.
    Silence("BTS608", Where::Same, &["BTS609"]),
    // What the adapter says about an external system is more exact than that a service needs it.
    Silence("BTS113", Where::Same, &["FS010"]),
    Silence("BTS119", Where::Same, &["FS010"]),
    Silence("BTS141", Where::Same, &["FS010"]),
    Silence("BTS209", Where::Same, &["FS010"]),
    // Without a witness both sites are one vote short; the fix is a witness in a third one.
    Silence("FS004", Where::Same, &["FS005"]),
    // Where availability groups are not supported at all, their details do not matter.
    Silence("BTS701", Where::AvailabilityGroup, AVAILABILITY_GROUPS),
    Silence("BTS702", Where::AvailabilityGroup, AVAILABILITY_GROUPS),
];

const AVAILABILITY_GROUPS: &[&str] = &[
    "BTS703", "BTS704", "BTS705", "BTS706", "BTS707", "BTS708", "BTS709", "BTS710", "BTS711",
    "BTS712", "BTS713", "BTS714", "BTS715", "BTS716", "BTS717", "BTS718", "BTS719", "BTS720",
];

/// Drops what another finding stands for, and notes it there.
///
/// A milder finding never hides a worse one: what is only unknown does not silence what
/// is certain.
pub(super) fn apply(mut findings: Vec<Finding>, topology: &Topology) -> Vec<Finding> {
    let mut loud: FxHashMap<(&str, Element), Vec<usize>> = FxHashMap::default();
    let mut anywhere: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(element) = finding.element {
            loud.entry((finding.rule.id(), element)).or_default().push(index);
            anywhere.entry(finding.rule.id()).or_default().push(index);
        }
    }
    let mut silenced = vec![false; findings.len()];
    let mut notes: Vec<(usize, String)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let applies =
            SILENCES.iter().filter(|Silence(_, _, silent)| silent.contains(&finding.rule.id()));
        for Silence(by, place, _) in applies {
            let heads = match about(*place, finding, topology) {
                About::Element(element) => loud.get(&(*by, element)),
                About::Anything => anywhere.get(by),
                About::Nothing => None,
            };
            let heads = heads.into_iter().flatten();
            for &head in heads.filter(|&&head| findings[head].severity >= finding.severity) {
                silenced[index] = true;
                notes.push((head, finding.rule.id().to_owned()));
            }
        }
    }
    notes.sort_unstable();
    notes.dedup();
    for (head, id) in notes {
        findings[head].stands_for.push(id);
    }
    let mut silenced = silenced.into_iter();
    findings.retain(|_| !silenced.next().unwrap_or(false));
    findings
}

enum About {
    Element(Element),
    Anything,
    Nothing,
}

/// What a louder finding must be about to stand for this one.
fn about(place: Where, finding: &Finding, topology: &Topology) -> About {
    match (place, finding.element) {
        (Where::Same, Some(element)) => About::Element(element),
        (Where::HostsOfGroup, Some(Element::Host(id))) => {
            About::Element(Element::BiztalkGroup(topology.hosts[id].group))
        }
        (Where::AvailabilityGroup, Some(element @ Element::AvailabilityGroup(_))) => {
            About::Element(element)
        }
        (Where::AvailabilityGroup, Some(Element::Database(id))) => {
            match topology.databases[id].place {
                DatabasePlace::AvailabilityGroup(id) => {
                    About::Element(Element::AvailabilityGroup(id))
                }
                DatabasePlace::Instance(_) => About::Anything,
            }
        }
        (Where::AvailabilityGroup, _) => About::Anything,
        (Where::Same | Where::HostsOfGroup, _) => About::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Severity;
    use crate::rules::testing::all_findings;

    /// Ids of what is found, and of what one of them stands for.
    fn found(yaml: &str, headline: &str) -> (Vec<String>, Vec<String>) {
        let all = all_findings(yaml);
        let stands_for = all.iter().filter(|(_, f)| f.rule.id() == headline);
        let stands_for = stands_for.flat_map(|(_, f)| f.stands_for.clone()).collect();
        (all.iter().map(|(_, f)| f.rule.id().to_owned()).collect(), stands_for)
    }

    /// The headline is found, stands for these, and they are not shown.
    fn one_headline(yaml: &str, headline: &str, silent: &[&str]) {
        let (ids, stands_for) = found(yaml, headline);
        let has = |ids: &[String], id: &str| ids.iter().any(|known| known == id);
        assert!(has(&ids, headline), "{headline} in {ids:?}");
        for id in silent {
            assert!(!has(&ids, id), "{id} is shown beside {headline}: {ids:?}");
            assert!(has(&stands_for, id), "{headline} stands for {stands_for:?}, not {id}");
        }
    }

    fn group(servers: &str, biztalk: &str) -> String {
        format!("failscope: 1\nservers: {servers}\nbiztalk:\n  servers: [A, B]\n{biztalk}")
    }

    #[test]
    fn a_host_that_must_be_clustered_is_not_also_called_single() {
        for (adapter, rule) in [
            ("FTP", "BTS104"),
            ("SFTP", "BTS105"),
            ("POP3, mailbox_allows_concurrent_sessions: true", "BTS107"),
            ("MSMQ, queues: local", "BTS109"),
            ("WCF-SQL, poll_claims_rows: false", "BTS124"),
            ("WCF-SAP", "BTS128"),
            ("WCF-NetMsmq", "BTS138"),
        ] {
            let work = format!("  receive_locations:\n    In: {{ host: H, adapter: {adapter} }}\n");
            let yaml = group("[A, B]", &format!("  hosts:\n    H: {{ instances: [A] }}\n{work}"));
            one_headline(&yaml, rule, &["BTS002"]);
        }
    }

    #[test]
    fn two_active_readers_replace_the_missing_cluster() {
        let host = "  hosts:\n    H: { instances: [A, B] }\n  receive_locations:\n";
        let yaml = group("[A, B]", &format!("{host}    In: {{ host: H, adapter: FTP }}\n"));
        one_headline(&yaml, "BTS106", &["BTS104"]);
        let yaml = group("[A, B]", &format!("{host}    In: {{ host: H, adapter: SFTP }}\n"));
        one_headline(&yaml, "BTS106", &["BTS105"]);
        let ordered = "    In: { host: H, adapter: MSMQ, queues: local, ordered: true }\n";
        let yaml = group("[A, B]", &format!("{host}{ordered}"));
        one_headline(&yaml, "BTS116", &["BTS109"]);
    }

    /// Catalogue: 401 drops to warning when 414 passes.
    #[test]
    fn a_plan_to_promote_makes_a_single_secret_milder() {
        let severity = |plan: &str| {
            let yaml = group(
                "[A, B, X]",
                &format!("  master_secret_server: X\n  sso: {{ secret_backup: safe{plan} }}\n"),
            );
            let found = all_findings(&yaml);
            let finding = found.iter().find(|(_, finding)| finding.rule.id() == "BTS401").unwrap();
            finding.1.severity
        };
        assert_eq!(severity(", promotion_plan: true"), Severity::Warning);
        assert_eq!(severity(", promotion_plan: false"), Severity::Error);
        assert_eq!(severity(""), Severity::Error);
    }

    #[test]
    fn what_is_unknown_hides_nothing_that_is_certain() {
        let mail = "  hosts:\n    H: { instances: [A] }\n  receive_locations:\n    \
                    In: { host: H, adapter: POP3 }\n";
        let (ids, stands_for) = found(&group("[A, B]", mail), "BTS107");
        assert!(
            ids.iter().any(|id| id == "BTS107") && ids.iter().any(|id| id == "BTS002"),
            "{ids:?}"
        );
        assert!(stands_for.is_empty());
    }

    #[test]
    fn balancer_rules_suppress_nothing() {
        for (adapter, rule) in [("HTTP", "BTS101"), ("SOAP", "BTS102"), ("WCF-WSHttp", "BTS103")] {
            let web = format!(
                "  hosts:\n    H: {{ type: isolated, instances: [A] }}\n  receive_locations:\n    \
                 In: {{ host: H, adapter: {adapter} }}\n"
            );
            let (ids, _) = found(&group("[A, B]", &web), rule);
            let shown = |id: &str| ids.iter().any(|known| known == id);
            assert!(shown(rule) && shown("BTS002"), "{adapter}: {ids:?}");
        }
    }

    #[test]
    fn one_server_stands_for_every_host_on_it() {
        let yaml = "failscope: 1\nservers: [A]\nbiztalk:\n  hosts:\n    P: { instances: [A] }\n    \
                    S: { instances: [A] }\n  orchestrations:\n    O: { host: P }\n    Q: { host: S }\n";
        one_headline(yaml, "BTS001", &["BTS002"]);
    }

    #[test]
    fn a_critical_database_is_named_once() {
        let yaml = "failscope: 1\nservers: [A, B, S]\nsql_instances:\n  \
                    I: { on: S, databases: [BizTalkMsgBoxDb, SSODB] }\nbiztalk: { servers: [A, B] }\n";
        one_headline(yaml, "BTS601", &["BTS408", "BTS607"]);
    }

    #[test]
    fn a_two_node_design_is_not_also_called_unclustered() {
        let rule = crate::rules::find("BTS420").unwrap();
        one_headline(rule.bad, "BTS420", &["BTS401"]);
    }

    /// A change of a rule's bad example, the headline then, and what it stands for.
    const HEADLINES: &[(&str, &str, &str, &str, &str)] = &[
        ("BTS115", "transactional: true", "ordered: true", "BTS115", "BTS109 BTS116"),
        ("BTS115", "transactional: true", "transactional: true", "BTS115", "BTS109"),
        ("BTS108", "POP3", "POP3", "BTS108", "BTS154"),
        (
            "BTS108",
            "  receive_locations:\n",
            "  receive_locations:\n    In: { adapter: FTP, host: Mail }\n",
            "BTS153",
            "BTS108",
        ),
        ("BTS202", "ordered", "ordered", "BTS202", "BTS154"),
        ("BTS158", "Mail", "Mail", "BTS158", "BTS156"),
        ("BTS203", "ordered", "ordered", "BTS203", "BTS205"),
        ("BTS407", "SSO01   # <-", "SSO01", "BTS407", "BTS401"),
        (
            "BTS407",
            "SSO01   # <-",
            "SSO01\n  sso: { promotion_plan: false }",
            "BTS407",
            "BTS401 BTS414",
        ),
        (
            "BTS414",
            "safe in the head office\n    promotion_plan: false",
            "none\n    promotion_plan: true",
            "BTS404",
            "BTS414",
        ),
        ("BTS609", "      BizTalkMsgBoxDb3:\n", "", "BTS608", "BTS609"),
        ("BTS020", "[BTS01, BTS02]", "[BTS01]", "BTS001", "BTS002 BTS020"),
        ("BTS020", "instances: [BTS01]", "instances: []", "BTS003", "BTS020"),
    ];

    #[test]
    fn attributes_do_not_make_two_headlines_of_one_cause() {
        for (example, was, is, headline, silent) in HEADLINES {
            let bad = crate::rules::find(example).unwrap().bad;
            assert!(bad.contains(was), "{example}: {was:?}");
            let silent: Vec<&str> = silent.split(' ').collect();
            one_headline(&bad.replacen(was, is, 1), headline, &silent);
        }
    }

    #[test]
    fn what_a_queue_may_lose_hides_no_order_that_is_lost_for_certain() {
        let bad = crate::rules::find("BTS115").unwrap().bad;
        let open = bad
            .replace("      queues: local\n      transactional: true\n", "      ordered: true\n");
        let (ids, _) = found(&open, "BTS115");
        assert!(ids.iter().any(|id| id == "BTS116"), "{ids:?}");
    }

    #[test]
    fn details_of_an_unsupported_availability_group_do_not_matter() {
        let yaml = "failscope: 1\nservers: [A, B, S, T]\nsql_instances:\n  \
                    I: { on: S, version: 2014, databases: [SSODB] }\n  J: { on: S, version: 2014 }\n\
                    availability_groups:\n  AG: { replicas: { I: { commit: asynchronous }, J: }, \
                    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, BAMAnalysis] }\n\
                    biztalk: { servers: [A, B] }\n";
        let silent = ["BTS703", "BTS706", "BTS707", "BTS708", "BTS715", "BTS720"];
        one_headline(yaml, "BTS701", &silent);
        let release = yaml.replace("version: 2014", "version: 2016 SP1");
        let release = release.replace("servers: [A, B] }\n", "servers: [A, B], version: 2013 }\n");
        one_headline(&release, "BTS702", &silent);
    }

    #[test]
    fn a_cluster_without_msdtc_is_named_once() {
        let yaml = "failscope: 1\nservers: [A, B]\nstorage: [D]\nclusters:\n  C: { nodes: [A, B], groups: \
                    { G: { network_name: N, ip: 1, disks: [D] }, M: { resources: [entsso] } } }\n\
                    sql_instances: { I: { on: C/G, databases: [BizTalkMgmtDb] } }\n\
                    biztalk: { servers: [A, B], master_secret_server: C/M }\n";
        one_headline(yaml, "BTS502", &["BTS308", "BTS409"]);
    }

    /// A node without an instance, and one with a disabled instance, is also an owner too few.
    #[test]
    fn a_node_that_cannot_take_over_is_named_once() {
        for (example, instances) in
            [("BTS303", "instances: [A]"), ("BTS304", "instances: [A], disabled_instances: [B]")]
        {
            let yaml = format!(
                "failscope: 1\nservers: [A, B]\nclusters:\n  C: {{ nodes: [A, B], groups: {{ G: \
                 {{ network_name: N, ip: 1 }} }} }}\nbiztalk:\n  hosts:\n    H: {{ {instances}, \
                 clustered_in: C/G }}\n"
            );
            one_headline(&yaml, example, &["BTS307"]);
        }
    }

    #[test]
    fn the_adapter_speaks_for_the_system_at_its_other_end() {
        let rule = crate::rules::find("BTS119").unwrap();
        one_headline(rule.bad, "BTS119", &["BTS209"]);
    }
}
