//! The reference architectures and their mutations, with exactly the rules that each draws.
//!
//! Each mutation also stands as a file in a folder beside the design that it changes, to be
//! read and tried. `FAILSCOPE_BLESS=1` writes these files anew.

use std::collections::BTreeSet;

use crate::world::{Edit, World, edited_text, folder, set};

/// "Rules about unstated attributes are omitted" (6): of the second site, of the backup and of
/// the secret's backup, the designs say nothing, and each finding says "unknown whether".
const UNSTATED: &[&str] = &["BTS404", "BTS903", "BTS909"];

/// A design of section 6.
pub(crate) struct Design {
    file: &'static str,
    /// What it draws as written, beside what is unstated.
    draws: &'static [&'static str],
    /// Of what is unstated for the others, what it does state.
    states: &'static [&'static str],
    mutations: &'static [Mutation],
}

/// A change of a design.
pub(crate) struct Mutation {
    edits: &'static [Edit<'static>],
    /// What the reference says must fire.
    draws: &'static [&'static str],
    /// What follows from another line of the catalogue.
    besides: &'static [&'static str],
    /// What the design draws and the mutation does not.
    ends: &'static [&'static str],
}

const fn draws(edits: &'static [Edit<'static>], rules: &'static [&'static str]) -> Mutation {
    Mutation { edits, draws: rules, besides: &[], ends: &[] }
}

impl Mutation {
    const fn besides(self, besides: &'static [&'static str]) -> Mutation {
        Mutation { besides, ..self }
    }

    const fn ends(self, ends: &'static [&'static str]) -> Mutation {
        Mutation { ends, ..self }
    }
}

const fn design(
    file: &'static str,
    draws: &'static [&'static str],
    mutations: &'static [Mutation],
) -> Design {
    Design { file, draws, states: &[], mutations }
}

const DESIGNS: &[Design] = &[
    // 6.1; 410: the secret and the MessageBox prefer N1 (4.4); 316: hosts that are not clustered
    // on nodes without a clustered SSO service (4.3)
    design(
        "ra01-two-computers.yaml",
        &["BTS420", "BTS606", "BTS502", "BTS411", "BTS517", "BTS410", "BTS316"],
        two_computers::MUTATIONS,
    ),
    // 6.2, "Rules"; without 509 and 510, as no controller and no DNS server is listed
    design("ra02-small.yaml", &["BTS801", "BTS410", "BTS517"], small::MUTATIONS),
    // 6.3: "as RA02"
    design("ra03-medium-receiving.yaml", &["BTS801", "BTS410", "BTS517"], medium::RECEIVING),
    design("ra03-medium-processing.yaml", &["BTS801", "BTS410", "BTS517"], medium::PROCESSING),
    // 6.4: 801 as drawn; 517 for the arrays (4.5 and F37)
    design("ra04-large.yaml", &["BTS801", "BTS517"], large::MUTATIONS),
    // 6.5; 410: SQL Server and the secret are drawn as one (4.4)
    design("ra05-scaled-out-receiving.yaml", &["BTS002", "BTS601", "BTS401", "BTS410"], &[]),
    design("ra06-scaled-out-processing.yaml", &["BTS002", "BTS601", "BTS401", "BTS410"], &[]),
    design("ra07-scaled-out-sending.yaml", &["BTS002", "BTS601", "BTS401", "BTS410"], &[]),
    // 6.6 names no rule for the design; SQL Server as in 6.3
    design("ra08-three-partners.yaml", &["BTS410", "BTS517"], partners::MUTATIONS),
    // 6.7; SQL Server as in 6.3; 155: SOAP is deprecated since 2013 (8.2)
    design("ra09-isolated-behind-nlb.yaml", &["BTS410", "BTS517", "BTS155"], balanced::MUTATIONS),
    // 6.8: 312 and 316; SQL Server as in 6.3
    design(
        "ra10-clustered-receiving.yaml",
        &["BTS312", "BTS316", "BTS410", "BTS517"],
        clustered::MUTATIONS,
    ),
    // 6.9 names none that fires on the patterns as they are; with pattern 2 the secret stands
    // with SQL Server, as in 6.3
    design("ra11-sso-and-hosts-pattern1.yaml", &["BTS517"], one_group::PATTERN1),
    design("ra11-sso-and-hosts-pattern2.yaml", &["BTS517", "BTS410"], one_group::PATTERN2),
    // 6.11: none of 801 to 805
    design("ra13-dedicated-tracking.yaml", &[], tracking::MUTATIONS),
    // 6.14, base
    design("ra18-everything-once.yaml", &["BTS001", "BTS401", "BTS601", "BTS509"], once::MUTATIONS),
    // 6.15: BAM is on one instance, and none of 701 to 712
    design("ra19-availability-group-2016.yaml", &["BTS612"], availability_group::OF_2016),
    // 6.16: as 6.15
    design("ra20-availability-group-2020.yaml", &["BTS612"], availability_group::OF_2020),
    // 6.19: none of 910 to 914; SQL Server as in 6.3, on an array that is stated to be redundant
    Design {
        file: "ra23-two-sites.yaml",
        draws: &["BTS410"],
        states: &["BTS404", "BTS909"],
        mutations: two_sites::MUTATIONS,
    },
];

impl Design {
    fn expected(&self) -> BTreeSet<&'static str> {
        let unstated = UNSTATED.iter().filter(|rule| !self.states.contains(rule));
        self.draws.iter().chain(unstated).copied().collect()
    }

    fn mutated(&self, mutation: &Mutation) -> BTreeSet<&'static str> {
        let mut expected = self.expected();
        expected.extend(mutation.draws.iter().chain(mutation.besides));
        expected.retain(|rule| !mutation.ends.contains(rule));
        expected
    }

    /// `ra10-mutations`, or with more where designs share a number: `ra03-receiving-mutations`.
    fn folder(&self) -> String {
        let words: Vec<&str> = self.file.trim_end_matches(".yaml").split('-').collect();
        let number = words.first().copied().unwrap_or_default();
        let alone = DESIGNS.iter().filter(|other| other.file.starts_with(number)).count() == 1;
        match words.last().filter(|_| !alone) {
            Some(last) => format!("{number}-{last}-mutations"),
            None => format!("{number}-mutations"),
        }
    }

    fn text(&self, mutation: &Mutation) -> String {
        let file = self.file;
        let changed: String = mutation
            .edits
            .iter()
            .flat_map(|(_, instead)| instead.trim().lines().chain(instead.is_empty().then_some("")))
            .map(commented)
            .collect();
        let drawn = match mutation.draws {
            [] => "no rule more".to_owned(),
            rules => rules.join(" and "),
        };
        let heading = format!("\n#\n# {file} with one change, which draws {drawn}. Changed to:\n");
        edited_text(file, mutation.edits)
            .replace("$schema=../schemas/", "$schema=../../schemas/")
            .replacen('\n', &format!("{heading}{changed}#\n"), 1)
    }
}

fn commented(line: &str) -> String {
    match line.trim() {
        "" => "#   (line removed)\n".to_owned(),
        line => format!("#   {line}\n"),
    }
}

/// `02-bts304.yaml`
fn file_name(number: usize, mutation: &Mutation) -> String {
    let rules = match mutation.draws {
        [] => "no-rule-more".to_owned(),
        rules => rules.join("-").to_lowercase(),
    };
    format!("{:02}-{rules}.yaml", number + 1)
}

#[test]
fn each_design_draws_exactly_the_rules_that_the_reference_names() {
    let mut wrong = Vec::new();
    for design in DESIGNS {
        let world = World::of(design.file);
        if world.fired_rules() != design.expected() {
            wrong.push(difference(design.file, &design.expected(), &world.fired_rules()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_mutation_draws_exactly_its_rules() {
    let mut wrong = Vec::new();
    for design in DESIGNS {
        for (number, mutation) in design.mutations.iter().enumerate() {
            let world = World::edited(design.file, mutation.edits);
            let expected = design.mutated(mutation);
            if world.fired_rules() != expected {
                let name = format!("{}/{}", design.folder(), file_name(number, mutation));
                wrong.push(difference(&name, &expected, &world.fired_rules()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn difference(name: &str, expected: &BTreeSet<&str>, fired: &BTreeSet<&str>) -> String {
    let missing: Vec<_> = expected.difference(fired).collect();
    let beyond: Vec<_> = fired.difference(expected).collect();
    format!("{name}: missing {missing:?}, not expected {beyond:?}")
}

#[test]
fn each_mutation_is_a_file_that_differs_in_just_that() {
    let bless = std::env::var_os("FAILSCOPE_BLESS").is_some();
    let mut kept = BTreeSet::new();
    for design in DESIGNS.iter().filter(|design| !design.mutations.is_empty()) {
        let files = folder().join(design.folder());
        for (number, mutation) in design.mutations.iter().enumerate() {
            let path = files.join(file_name(number, mutation));
            let text = design.text(mutation);
            if bless {
                std::fs::create_dir_all(&files).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
            assert!(found == text, "{}: run with FAILSCOPE_BLESS=1", path.display());
            kept.insert(path);
        }
    }
    let folders = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.filter(|path| path.to_string_lossy().ends_with("-mutations"));
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files: BTreeSet<_> = files.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files, kept, "files that no mutation is kept in");
}

/// 6.14: "Use it as the everything red test"; the rest of the reference is what must not fire.
#[test]
fn the_designs_are_those_of_the_reference() {
    let numbers: BTreeSet<&str> = DESIGNS.iter().map(|design| &design.file[..4]).collect();
    let named = [
        "ra01", "ra02", "ra03", "ra04", "ra05", "ra06", "ra07", "ra08", "ra09", "ra10", "ra11",
        "ra13", "ra18", "ra19", "ra20", "ra23",
    ];
    assert_eq!(numbers, set(&named));
}

/// 6.1: two computers, active/active.
mod two_computers {
    use super::{Mutation, draws};
    use crate::world::Edit;

    const SQLA: &str = "      SQLA: { network_name: SQLVSA, ip: 10.1.0.21, disks: [DISKS], preferred_owners: [N1] }";
    const GROUP: Edit<'_> = (
        SQLA,
        "      SQLA: { network_name: SQLVSA, ip: 10.1.0.21, disks: [DISKS], preferred_owners: [N1] }\n      \
         BTS: { network_name: BTSVS, ip: 10.1.0.23, preferred_owners: [N1], resources: [msdtc, entsso, Receive, Processing, Send, Tracking] }",
    );
    const SECRET: Edit<'_> = ("  master_secret_server: N1", "  master_secret_server: CLUSTER/BTS");
    const RECEIVE: Edit<'_> = (
        "    Receive: { instances: [N1, N2] }",
        "    Receive: { instances: [N1, N2], clustered_in: CLUSTER/BTS }",
    );
    const PROCESSING: Edit<'_> = (
        "    Processing: { instances: [N1, N2] }",
        "    Processing: { instances: [N1, N2], clustered_in: CLUSTER/BTS }",
    );
    const SEND: Edit<'_> = (
        "    Send: { instances: [N1, N2] }",
        "    Send: { instances: [N1, N2], clustered_in: CLUSTER/BTS }",
    );
    const TRACKING: Edit<'_> = (
        "    Tracking: { tracking: true, instances: [N1, N2] }",
        "    Tracking: { tracking: true, instances: [N1, N2], clustered_in: CLUSTER/BTS }",
    );

    pub(super) const MUTATIONS: &[Mutation] = &[
        // 6.1, variant: SSO and all hosts in one group, so the secret is no single point of
        // failure and no host stands beside the group; 309, 310 and 401 stay silent
        draws(
            &[
                GROUP,
                SECRET,
                RECEIVE,
                PROCESSING,
                SEND,
                TRACKING,
            ],
            &[],
        )
        .ends(&["BTS420", "BTS411", "BTS502", "BTS316"]),
        // 6.1, the same variant: 311 if HTTP or SOAP is received
        draws(
            &[
                GROUP,
                SECRET,
                RECEIVE,
                PROCESSING,
                (
                    SEND.0,
                    "    Send: { instances: [N1, N2], clustered_in: CLUSTER/BTS }\n    Web: { type: isolated, instances: [N1, N2], clustered_in: CLUSTER/BTS }",
                ),
                TRACKING,
                (
                    "    OrdersIn: { adapter: FILE, host: Receive, from: INBOX }",
                    "    OrdersIn: { adapter: FILE, host: Receive, from: INBOX }\n    OrdersHttp: { adapter: HTTP, host: Web }",
                ),
            ],
            &["BTS311"],
        )
        .ends(&["BTS420", "BTS411", "BTS502", "BTS316"]),
        // 6.1: 502 unless MSDTC is clustered
        draws(
            &[(
                SQLA,
                "      SQLA: { network_name: SQLVSA, ip: 10.1.0.21, disks: [DISKS], preferred_owners: [N1], resources: [msdtc] }",
            )],
            &[],
        )
        .ends(&["BTS502"]),
        // 6.1: 009 only if hosts are mixed
        draws(
            &[("    Orders: { host: Processing }", "    Orders: { host: Receive }")],
            &["BTS009"],
        ),
    ];
}

/// 6.2: "BTS101/102 as soon as HTTP or SOAP is received; BTS104 and following as soon as FTP etc. is."
mod small {
    use super::{Mutation, draws};
    use crate::world::Edit;

    const ISOLATED: Edit<'_> = (
        "    Receive: { instances: [BTS1, BTS2] }",
        "    Receive: { type: isolated, instances: [BTS1, BTS2] }",
    );
    const SHARES: Edit<'_> = ("file_shares:", "");
    const LOCAL: Edit<'_> = ("  # A local folder would be a different folder on each server.", "");
    const INBOX: Edit<'_> = ("  INBOX: { path: '\\\\files.example\\orders', redundant: true }", "");
    const ORDERS: &str = "    OrdersIn: { adapter: FILE, host: Receive, from: INBOX }";

    pub(super) const MUTATIONS: &[Mutation] = &[
        draws(
            &[SHARES, LOCAL, INBOX, ISOLATED, (ORDERS, "    OrdersIn: { adapter: HTTP, host: Receive }")],
            &["BTS101"],
        ),
        // 8.2: SOAP is deprecated since 2013
        draws(
            &[SHARES, LOCAL, INBOX, ISOLATED, (ORDERS, "    OrdersIn: { adapter: SOAP, host: Receive }")],
            &["BTS102"],
        )
        .besides(&["BTS155"]),
        draws(
            &[SHARES, LOCAL, INBOX, ISOLATED, (ORDERS, "    OrdersIn: { adapter: WCF-WSHttp, host: Receive }")],
            &["BTS103"],
        ),
        // 4, precedence: 106 replaces 104 and 105 where two instances are active
        draws(
            &[SHARES, LOCAL, INBOX, (ORDERS, "    OrdersIn: { adapter: FTP, host: Receive, from: BUS }")],
            &["BTS106"],
        ),
        draws(
            &[SHARES, LOCAL, INBOX, (ORDERS, "    OrdersIn: { adapter: SFTP, host: Receive, from: BUS }")],
            &["BTS106"],
        ),
        // 8.2: POP3 is deprecated in 2020
        draws(
            &[SHARES, LOCAL, INBOX, (ORDERS, "    OrdersIn: { adapter: POP3, host: Receive, from: BUS, mailbox_allows_concurrent_sessions: true }")],
            &["BTS107"],
        )
        .besides(&["BTS155"]),
        draws(
            &[SHARES, LOCAL, INBOX, (ORDERS, "    OrdersIn: { adapter: MSMQ, host: Receive, queues: local, transactional: true }")],
            &["BTS109"],
        ),
        draws(
            &[SHARES, LOCAL, INBOX, (ORDERS, "    OrdersIn: { adapter: WCF-SQL, host: Receive, from: BUS, poll_claims_rows: false }")],
            &["BTS124"],
        ),
        draws(
            &[SHARES, LOCAL, INBOX, (ORDERS, "    OrdersIn: { adapter: WCF-SAP, host: Receive, from: BUS }")],
            &["BTS128"],
        ),
        // 6.2: 509 and 510 if the file lists one
        draws(
            &[("external:", "domain_controllers:\n  CORP-DC: { domain: corp.example }\nexternal:")],
            &["BTS509"],
        ),
        draws(&[("external:", "dns_servers:\n  NAMES: {}\nexternal:")], &["BTS510"]),
    ];
}

/// 6.3: "BTS104 etc. by adapter", in both variants.
mod medium {
    use super::{Mutation, draws};

    const ORDERS: &str = "    OrdersIn: { adapter: FILE, host: Receive, from: INBOX }";
    const CHANGES: &str =
        "    ChangesIn: { adapter: WCF-SQL, host: Receive, from: CRMDB, poll_claims_rows: true }";

    // 4.1, 153: the FILE location would be single-active too
    const BY_ADAPTER: &[Mutation] = &[
        draws(
            &[(CHANGES, "    ChangesIn: { adapter: FTP, host: Receive, from: CRMDB }")],
            &["BTS106"],
        )
        .besides(&["BTS153"]),
        draws(
            &[(CHANGES, "    ChangesIn: { adapter: WCF-SQL, host: Receive, from: CRMDB, poll_claims_rows: false }")],
            &["BTS124"],
        )
        .besides(&["BTS153"]),
        // one instance is active: 104 and not 106
        draws(
            &[
                (
                    ORDERS,
                    "    OrdersIn: { adapter: FILE, host: Receive, from: INBOX }\n    InvoicesIn: { adapter: FTP, host: Single, from: CRMDB }",
                ),
                ("  hosts:", "  hosts:\n    Single: { instances: [BTS1] }"),
            ],
            &["BTS104"],
        ),
    ];
    pub(super) const RECEIVING: &[Mutation] = BY_ADAPTER;
    pub(super) const PROCESSING: &[Mutation] = BY_ADAPTER;
}

/// 6.4: conditions on editions, tracking and the master MessageBox.
mod large {
    use super::{Mutation, draws};

    const SEND: &str = "    Send: { instances: [BTS5, BTS6] }";

    pub(super) const MUTATIONS: &[Mutation] = &[
        draws(
            &[(
                "  MSG2SQL: { on: MSGCLUSTER/M2, edition: enterprise, agent: running, databases: [BizTalkMsgBoxDb2] }",
                "  MSG2SQL: { on: MSGCLUSTER/M2, edition: standard, agent: running, databases: [BizTalkMsgBoxDb2] }",
            )],
            &["BTS604"],
        ),
        draws(
            &[("  edition: enterprise", "  edition: standard")],
            &["BTS610", "BTS901"],
        ),
        draws(
            &[(
                "      BizTalkMsgBoxDb: { routing_only: true }",
                "      BizTalkMsgBoxDb: { routing_only: false }",
            )],
            &["BTS609"],
        ),
        // 802 expects four: three MessageBoxes and one
        draws(
            &[(SEND, "    Send: { instances: [BTS5, BTS6] }\n    Tracking: { tracking: true, instances: [BTS3, BTS4] }")],
            &["BTS802"],
        )
        .ends(&["BTS801"]),
        draws(
            &[(SEND, "    Send: { instances: [BTS5, BTS6] }\n    Tracking: { tracking: true, instances: [BTS3, BTS4, BTS5, BTS6] }")],
            &[],
        )
        .ends(&["BTS801"]),
    ];
}

/// 6.6, counter-test: separation without redundancy.
mod partners {
    use super::{Mutation, draws};

    pub(super) const MUTATIONS: &[Mutation] = &[draws(
        &[
            (
                "    PartnerA: { instances: [BTS1, BTS2, BTS3] }",
                "    PartnerA: { instances: [BTS1] }",
            ),
            (
                "    PartnerB: { instances: [BTS1, BTS2, BTS3] }",
                "    PartnerB: { instances: [BTS2] }",
            ),
            (
                "    PartnerC: { instances: [BTS1, BTS2, BTS3] }",
                "    PartnerC: { instances: [BTS3] }",
            ),
        ],
        &["BTS002"],
    )];
}

/// 6.7: mistakes around a balancer.
mod balanced {
    use super::{Mutation, draws};

    pub(super) const MUTATIONS: &[Mutation] = &[
        draws(
            &[
                ("    kind: nlb", "    kind: hardware"),
                ("    address: 10.9.0.9", "    redundant: false"),
            ],
            &["BTS145"],
        ),
        draws(&[("    members: [BTS1, BTS2, BTS3]", "    members: [BTS1, BTS2]")], &["BTS144"]),
        draws(
            &[(
                "    OrdersSoap: { adapter: SOAP, host: Isolated, app_pool: SoapPool, needs: [reverse-proxy] }",
                "    OrdersSoap: { adapter: SOAP, host: Isolated, app_pool: HttpPool, needs: [reverse-proxy] }",
            )],
            &["BTS143"],
        ),
        // 4.3: BizTalk on nodes of a cluster without MSDTC (308), and hosts that are not clustered on
        // nodes without a clustered SSO service (316); FS008: the cluster carries nothing
        draws(
            &[(
                "  SQLCLUSTER:",
                "  WEBCLUSTER: { nodes: [BTS1, BTS2], witness: DISKS }\n  SQLCLUSTER:",
            )],
            &["BTS146"],
        )
        .besides(&["BTS308", "BTS316", "FS008"]),
    ];
}

/// 6.8: everything that must be right about a clustered host, wrong once.
mod clustered {
    use super::{Mutation, draws};
    use crate::world::Edit;

    const HOST: &str = "    RecvCluster: { instances: [BTS1, BTS2], clustered_in: BTSCLUSTER/G1 }";
    const QUEUES: &str = "          msmq: {}";
    const RESOURCE: &str = "          RecvCluster: { depends_on: [msmq] }";
    const INDEPENDENT: Edit<'_> = (RESOURCE, "          RecvCluster: {}");
    const SSO_CLUSTERED: Edit<'_> = (QUEUES, "          msmq: {}\n          entsso: {}");

    pub(super) const MUTATIONS: &[Mutation] = &[
        draws(
            &[(HOST, "    RecvCluster: { instances: [BTS1], clustered_in: BTSCLUSTER/G1 }")],
            &["BTS303"],
        ),
        draws(
            &[(
                HOST,
                "    RecvCluster: { instances: [BTS1], disabled_instances: [BTS2], clustered_in: BTSCLUSTER/G1 }",
            )],
            &["BTS304"],
        ),
        draws(&[("        ip: 10.10.0.11", "")], &["BTS305"]),
        draws(&[("        network_name: RECVVS", "")], &["BTS305"]),
        draws(&[("  edition: enterprise", "  edition: standard")], &["BTS301", "BTS901"]),
        draws(
            &[
                (QUEUES, ""),
                INDEPENDENT,
                ("          msdtc: {}", "          msdtc: {}\n          msmq: {}"),
            ],
            &["BTS110"],
        ),
        draws(&[INDEPENDENT], &["BTS111"]),
        draws(
            &[(
                "  BTS2: { services: { msmq: running } }",
                "  BTS2: { services: { msmq: absent } }",
            )],
            &["BTS112"],
        ),
        // 312 and 316 say that SSO is not clustered, 312 of clustered hosts (4.3)
        draws(&[SSO_CLUSTERED], &["BTS309"]).ends(&["BTS312", "BTS316"]),
        draws(
            &[
                SSO_CLUSTERED,
                (
                    "    Send: { instances: [BTS1, BTS2] }",
                    "    Send: { instances: [BTS1, BTS2] }\n    Web: { type: isolated, instances: [BTS1, BTS2] }",
                ),
            ],
            &["BTS309", "BTS311"],
        )
        .ends(&["BTS312", "BTS316"]),
        draws(
            &[(
                "    OrdersFtp: { adapter: FTP, host: RecvCluster, from: FTPSERVER }",
                "    OrdersFtp: { adapter: FTP, host: RecvCluster, from: FTPSERVER }\n    \
                 OrdersFile: { adapter: FILE, host: RecvCluster, from: '\\\\files.example\\orders' }",
            )],
            &["BTS153"],
        ),
        // 6.8 turned round: not clustered at all, with two active instances (then BTS106 stands
        // for BTS104; the other adapters are causes of their own) and with one
        draws(
            &[(RESOURCE, ""), (HOST, "    RecvCluster: { instances: [BTS1, BTS2] }")],
            &["BTS106", "BTS107", "BTS109"],
        )
        .ends(&["BTS312"]),
        draws(
            &[(RESOURCE, ""), (HOST, "    RecvCluster: { instances: [BTS1] }")],
            &["BTS104", "BTS107", "BTS109"],
        )
        .ends(&["BTS312"]),
    ];
}

/// 6.9: SSO and hosts in one group.
mod one_group {
    use super::{Mutation, draws};
    use crate::world::Edit;

    const RESOURCES: &str = "        resources: [entsso, w3svc, Web, Receive, Processing, Send]";
    const WITHOUT_SEND: Edit<'_> =
        (RESOURCES, "        resources: [entsso, w3svc, Web, Receive, Processing]");
    const UNCLUSTERED: Edit<'_> = (
        "    Send: { instances: [BTS1, BTS2], clustered_in: BTSCLUSTER/G1 }",
        "    Send: { instances: [BTS1, BTS2] }",
    );
    const WITHOUT_IIS: Edit<'_> =
        (RESOURCES, "        resources: [entsso, Web, Receive, Processing, Send]");

    pub(super) const PATTERN1: &[Mutation] = &[
        draws(&[WITHOUT_SEND, UNCLUSTERED], &["BTS309"]),
        // 4.3
        draws(&[WITHOUT_IIS], &["BTS311"]),
        // 4.4: a node is named where the name of the cluster must be; 313 says the same of the
        // name that each server uses, which the language does not hold
        draws(
            &[("  master_secret_server: BTSCLUSTER/G1", "  master_secret_server: BTS1")],
            &["BTS407"],
        ),
    ];
    pub(super) const PATTERN2: &[Mutation] = &[
        draws(&[WITHOUT_SEND, UNCLUSTERED], &["BTS309"]),
        draws(&[WITHOUT_IIS], &["BTS311"]),
        // 419 for pattern 2 without a master secret server; 402 as well, which must not be hidden
        // behind a rule that can be waived
        draws(
            &[
                ("  master_secret_server: SQLCLUSTER/SQL", ""),
                ("        resources: [msdtc, entsso]", "        resources: [msdtc]"),
            ],
            &["BTS419"],
        )
        .besides(&["BTS402"])
        .ends(&["BTS410"]),
    ];
}

/// 6.11: "none of 801 to 805", turned round.
mod tracking {
    use super::{Mutation, draws};

    pub(super) const MUTATIONS: &[Mutation] = &[
        // 4.0, 002: a host with the tracking flag and one instance
        draws(
            &[(
                "    Tracking: { tracking: true, instances: [BTS1, BTS2] }",
                "    Tracking: { tracking: true, instances: [BTS1] }",
            )],
            &["BTS802", "BTS805"],
        )
        .besides(&["BTS002"]),
        // 4.0, 009: processing and tracking in one host
        draws(
            &[(
                "    Processing: { instances: [BTS1, BTS2] }",
                "    Processing: { tracking: true, instances: [BTS1, BTS2] }",
            )],
            &["BTS803", "BTS804"],
        )
        .besides(&["BTS009"]),
    ];
}

/// 6.14: HTTP and SOAP, FTP, FILE and MSMQ.
mod once {
    use super::{Mutation, draws};

    const LOCATION: &str = "    OrdersIn: { adapter: SB-Messaging, host: Receive, from: PARTNER }";

    pub(super) const MUTATIONS: &[Mutation] = &[
        // 002 for each host instead of 001, plus 101 and 102; 8.2: SOAP is deprecated since 2013
        draws(
            &[
                ("  BTS1: {}", "  BTS1: {}\n  BTS2: {}"),
                (
                    "    Receive: { instances: [BTS1] }",
                    "    Receive: { type: isolated, instances: [BTS2] }",
                ),
                (
                    LOCATION,
                    "    OrdersIn: { adapter: HTTP, host: Receive, app_pool: HttpPool }\n    \
                     InvoicesIn: { adapter: SOAP, host: Receive, app_pool: SoapPool }",
                ),
            ],
            &["BTS002", "BTS101", "BTS102"],
        )
        .besides(&["BTS155"])
        .ends(&["BTS001"]),
        // 4.2, 209: the FTP server is single too
        draws(
            &[
                ("external:", "external:\n  FTPSERVER: { kind: ftp, redundant: false }"),
                (LOCATION, "    OrdersIn: { adapter: FTP, host: Receive, from: FTPSERVER }"),
            ],
            &["BTS104"],
        )
        .besides(&["BTS209"]),
        draws(
            &[
                ("  BTS1: {}", "  BTS1: {}\n  FILES1: { zone: perimeter }"),
                (
                    "external:",
                    "file_shares:\n  INBOX: { on: FILES1, path: '\\\\FILES1\\orders' }\nexternal:",
                ),
                (
                    LOCATION,
                    "    OrdersIn: { adapter: FILE, host: Receive, from: '\\\\FILES1\\orders\\new' }",
                ),
            ],
            &["BTS132"],
        ),
        draws(
            &[
                ("  BTS1: {}", "  BTS1: {}\n  QUEUES1: { zone: perimeter }"),
                (
                    LOCATION,
                    "    OrdersIn: { adapter: MSMQ, host: Receive, queues: remote, from: QUEUES1, transactional: true }",
                ),
            ],
            &["BTS113"],
        ),
        draws(
            &[(
                LOCATION,
                "    OrdersIn: { adapter: MSMQ, host: Receive, queues: local, transactional: true }",
            )],
            &["BTS109"],
        ),
    ];
}

/// 6.15 and 6.16: availability groups.
mod availability_group {
    use super::{Mutation, draws};
    use crate::world::Edit;

    const NAMED: Edit<'_> =
        ("  master_secret_server: SSOCLUSTER/SSO", "  master_secret_server: SSO1");
    const UNCLUSTERED: Edit<'_> = (
        "      SSO: { network_name: SSOVS, ip: 10.19.0.41, disks: [SSODISKS], resources: [msdtc, entsso] }",
        "      SSO: { network_name: SSOVS, ip: 10.19.0.41, disks: [SSODISKS], resources: [msdtc] }",
    );
    const THREE: Edit<'_> = ("      SQLN4: { commit: synchronous, failover: automatic }", "");
    const OLD: [Edit<'_>; 4] = [
        (
            "  SQLN1: { on: Node01, version: 2016 SP2, edition: enterprise, agent: running }",
            "  SQLN1: { on: Node01, version: 2016 SP1, edition: enterprise, agent: running }",
        ),
        (
            "  SQLN2: { on: Node02, version: 2016 SP2, edition: enterprise, agent: running }",
            "  SQLN2: { on: Node02, version: 2016 SP1, edition: enterprise, agent: running }",
        ),
        (
            "  SQLN3: { on: Node03, version: 2016 SP2, edition: enterprise, agent: running }",
            "  SQLN3: { on: Node03, version: 2016 SP1, edition: enterprise, agent: running }",
        ),
        (
            "  SQLN4: { on: Node04, version: 2016 SP2, edition: enterprise, agent: running }",
            "  SQLN4: { on: Node04, version: 2016 SP1, edition: enterprise, agent: running }",
        ),
    ];

    pub(super) const OF_2016: &[Mutation] = &[
        // 401 until the master secret server is placed
        draws(&[NAMED, UNCLUSTERED], &["BTS401"]),
        // 4.4: placed, and named by a node
        draws(&[NAMED], &["BTS407"]),
        // 706 before SQL Server 2016 SP2, if fewer than four instances
        draws(&[OLD[0], OLD[1], OLD[2], OLD[3], THREE], &["BTS706"]),
        // before BizTalk Server 2016 CU5 as well; but 702 says that it is not supported at all, and
        // 703 to 720 are silent then (4, precedence)
        draws(&[("  version: \"2016 CU5\"", "  version: \"2016 CU4\""), THREE], &["BTS702"]),
        draws(&[OLD[0], OLD[1], OLD[2], OLD[3]], &[]),
        draws(&[THREE], &[]),
    ];
    pub(super) const OF_2020: &[Mutation] = &[
        // 4.7: the catalogue of packages outside
        draws(
            &[
                ("      SSISDB: {}", ""),
                ("    databases: [BAMAnalysis]", "    databases: [BAMAnalysis, SSISDB]"),
            ],
            &["BTS716"],
        ),
    ];
}

/// 6.19: a second site that is wrong.
mod two_sites {
    use super::{Mutation, draws};

    const RECEIVE: &str =
        "    Receive: { instances: [BTS1, BTS2], disabled_instances: [DRB1, DRB2] }";

    pub(super) const MUTATIONS: &[Mutation] = &[
        // disabled instances must not count in 002; FS008: nothing is left on BTS2
        draws(
            &[(RECEIVE, "    Receive: { instances: [BTS1], disabled_instances: [DRB1, DRB2] }")],
            &["BTS002"],
        )
        .besides(&["FS008"]),
        draws(
            &[(
                RECEIVE,
                "    Receive: { instances: [BTS1, BTS2, DRB1], disabled_instances: [DRB2] }",
            )],
            &["BTS912"],
        ),
        draws(&[("    secret_copy: true", "    secret_copy: false")], &["BTS914"]),
        // 915 for a shared domain controller; 509, as it is the only one
        draws(
            &[(
                "external:",
                "domain_controllers:\n  CORP-DC: { site: Berlin, domain: corp.example }\nexternal:",
            )],
            &["BTS915"],
        )
        .besides(&["BTS509"]),
        // 915 for shared storage
        draws(&[("    on: DRSQL1", "    on: DRSQL1\n    disks: [DISKS]")], &["BTS915"]),
    ];
}
