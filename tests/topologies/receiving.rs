//! Receiving behind a balancer and receiving on a clustered host (6.7, 6.8).

use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Server};

use crate::world::{Edit, World, edited_text, folder, row, set};

const BALANCED: &str = "ra09-isolated-behind-nlb.yaml";
const CLUSTERED: &str = "ra10-clustered-receiving.yaml";

#[test]
fn a_member_behind_the_balancer_is_absorbed_and_the_balancer_is_not() {
    let world = World::of(BALANCED);
    // 6.7 and F24: one member lost is `server`, redundant; so is its IIS (F22)
    world.expect(
        &["BTS1", "BTS2", "BTS3", "IIS@BTS1", "Isolated@BTS2"],
        row(Server, Immediate, false),
    );
    // 6.7 and F23: the whole balancer lost is `endpoint` for all HTTP and SOAP
    world.expect(&["WEB"], row(Endpoint, Immediate, false));
    assert_eq!(world.stops("WEB"), set(&["OrdersHttp", "OrdersSoap"]));
    // F23: in-process hosts, sending and orchestrations go on without any of the members
    let all = ["OrdersHttp", "OrdersSoap", "Orders", "OrdersOut"];
    assert_eq!(world.lost_of(&all, &["BTS1", "BTS2", "BTS3"]), set(&["OrdersHttp", "OrdersSoap"]));
    assert!(world.lost_of(&all, &["BTS1", "BTS2"]).is_empty());
    // 6.7: three proxies are drawn
    assert!(world.stops("PROXY1").is_empty());
    world.silent(&["BTS002", "BTS101", "BTS102", "BTS143", "BTS144", "BTS145", "BTS146"]);
}

#[test]
fn a_balancer_that_is_one_device_is_a_single_point_of_failure() {
    let device = World::edited(
        BALANCED,
        &[
            ("    kind: nlb", "    kind: hardware"),
            ("    address: 10.9.0.9", "    redundant: false"),
        ],
    );
    device.expect(&["WEB"], row(Endpoint, Immediate, true));
    device.fires(&["BTS145"]); // 6.7
}

#[test]
fn mistakes_around_the_balancer_are_found() {
    // 6.7: 143 if HTTP and SOAP share a pool
    let shared = World::edited(
        BALANCED,
        &[(
            "    OrdersSoap: { adapter: SOAP, host: Isolated, app_pool: SoapPool, needs: [reverse-proxy] }",
            "    OrdersSoap: { adapter: SOAP, host: Isolated, app_pool: HttpPool, needs: [reverse-proxy] }",
        )],
    );
    shared.fires(&["BTS143"]);
    // 6.7: 144 if members differ
    let members = "    members: [BTS1, BTS2, BTS3]";
    let fewer = World::edited(BALANCED, &[(members, "    members: [BTS1, BTS2]")]);
    fewer.fires(&["BTS144"]);
    // 6.7: 146 for Windows NLB on nodes of a failover cluster
    let nodes = "  SQLCLUSTER:";
    let with = format!("  WEBCLUSTER: {{ nodes: [BTS1, BTS2], witness: DISKS }}\n{nodes}");
    World::edited(BALANCED, &[(nodes, &with)]).fires(&["BTS146"]);
    // F23: without a balancer each server has only its own callers
    let host = "    Isolated: { type: isolated, instances: [BTS1, BTS2, BTS3], behind: WEB }";
    let alone = World::edited(
        BALANCED,
        &[(host, "    Isolated: { type: isolated, instances: [BTS1, BTS2, BTS3] }")],
    );
    alone.fires(&["BTS101", "BTS102"]);
    assert_eq!(alone.stops_partly("BTS1"), set(&["OrdersHttp", "OrdersSoap"]));
}

#[test]
fn a_clustered_host_moves_and_the_others_carry_on() {
    let world = World::of(CLUSTERED);
    // 6.8: node lost, the group moves, other hosts have their other instance
    world.expect(&["BTS1", "BTS2"], row(Server, Immediate, false));
    assert!(world.stops("BTS1").is_empty() && world.stops_later("BTS1").is_empty());
    // F19: brief, `endpoint`, and only on the node where the group stands
    assert_eq!(world.interruption("BTS1"), Some(Endpoint));
    assert_eq!(world.interruption("BTS2"), None);
    // 9.3: one active instance in a cluster is good
    world.expect(&["RecvCluster"], row(Endpoint, Immediate, false));
    assert_eq!(world.stops("RecvCluster"), set(&["OrdersFtp", "OrdersMail", "OrdersQueue"]));
    // 6.8: ENTSSO fails on the active node, the group has to move by host failure
    world.expect(&["ENTSSO@BTS1"], row(Server, Immediate, false));
    assert_eq!(world.interruption("ENTSSO@BTS1"), Some(Endpoint));
    // 1.3: the local, unclustered queue service is needed beside the clustered one, and
    // the cluster does not watch it: not covered on the active node, felt after a move on
    // the other
    world.expect(&["MSMQ@BTS1"], row(Endpoint, Immediate, true));
    assert_eq!(world.stops("MSMQ@BTS1"), set(&["OrdersQueue"]));
    world.expect(&["MSMQ@BTS2"], row(Endpoint, Latent, true));
    assert_eq!(world.stops_later("MSMQ@BTS2"), set(&["OrdersQueue"]));
}

#[test]
fn a_clustered_host_built_as_written_breaks_no_rule_of_its_own() {
    let world = World::of(CLUSTERED);
    world.fires(&["BTS312", "BTS316"]); // 6.8: both are information
    for number in 301..=311 {
        world.silent(&[&format!("BTS{number}")]); // 6.8: all of 301 to 311 silent
    }
    world.silent(&["BTS002", "BTS104", "BTS106", "BTS107", "BTS109", "BTS110", "BTS111", "BTS112"]);
    world.silent(&["BTS153", "BTS901", "BTS502", "BTS501"]);
}

const HOST: &str = "    RecvCluster: { instances: [BTS1, BTS2], clustered_in: BTSCLUSTER/G1 }";
const INSTANCE_MISSING: Edit<'_> =
    (HOST, "    RecvCluster: { instances: [BTS1], clustered_in: BTSCLUSTER/G1 }");
const INSTANCE_DISABLED: Edit<'_> = (
    HOST,
    "    RecvCluster: { instances: [BTS1], disabled_instances: [BTS2], clustered_in: BTSCLUSTER/G1 }",
);
const QUEUES: &str = "          msmq: {}";
const RESOURCE: &str = "          RecvCluster: { depends_on: [msmq] }";
const INDEPENDENT: Edit<'_> = (RESOURCE, "          RecvCluster: {}");
const SSO_CLUSTERED: Edit<'_> = (QUEUES, "          msmq: {}\n          entsso: {}");
const NO_LOCAL_QUEUES: Edit<'_> =
    ("  BTS2: { services: { msmq: running } }", "  BTS2: { services: { msmq: absent } }");

/// What is changed, and what must fire (6.8).
const MUTATIONS: &[(&[Edit<'_>], &[&str])] = &[
    (&[INSTANCE_MISSING], &["BTS303"]),
    (&[INSTANCE_DISABLED], &["BTS304"]),
    (&[("        ip: 10.10.0.11", "")], &["BTS305"]),
    (&[("        network_name: RECVVS", "")], &["BTS305"]),
    (&[("  edition: enterprise", "  edition: standard")], &["BTS301", "BTS901"]),
    (
        &[
            (QUEUES, ""),
            INDEPENDENT,
            ("          msdtc: {}", "          msdtc: {}\n          msmq: {}"),
        ],
        &["BTS110"],
    ),
    (&[INDEPENDENT], &["BTS111"]),
    (&[NO_LOCAL_QUEUES], &["BTS112"]),
    (&[SSO_CLUSTERED], &["BTS309"]),
    (
        &[
            SSO_CLUSTERED,
            (
                "    Send: { instances: [BTS1, BTS2] }",
                "    Send: { instances: [BTS1, BTS2] }\n    Web: { type: isolated, instances: [BTS1, BTS2] }",
            ),
        ],
        &["BTS309", "BTS311"],
    ),
    (
        &[(
            "    OrdersFtp: { adapter: FTP, host: RecvCluster, from: FTPSERVER }",
            "    OrdersFtp: { adapter: FTP, host: RecvCluster, from: FTPSERVER }\n    \
             OrdersFile: { adapter: FILE, host: RecvCluster, from: '\\\\files.example\\orders' }",
        )],
        &["BTS153"],
    ),
    // 6.8 turned round: not clustered at all, with two active instances (then BTS106 stands
    // for BTS104; the other adapters are causes of their own) and with one
    (
        &[(RESOURCE, ""), (HOST, "    RecvCluster: { instances: [BTS1, BTS2] }")],
        &["BTS106", "BTS107", "BTS109"],
    ),
    (
        &[(RESOURCE, ""), (HOST, "    RecvCluster: { instances: [BTS1] }")],
        &["BTS104", "BTS107", "BTS109"],
    ),
];

/// Each mutation also stands as a file beside the design it breaks, to be read and tried.
#[test]
fn each_mutation_is_a_file_that_differs_in_just_that() {
    let bless = std::env::var_os("FAILSCOPE_BLESS").is_some();
    let files = folder().join("ra10-mutations");
    for (number, (edits, rules)) in MUTATIONS.iter().enumerate() {
        let changed: Vec<&str> = edits.iter().map(|(_, instead)| instead.trim()).collect();
        let text = edited_text(CLUSTERED, edits)
            .replace("$schema=../schemas/", "$schema=../../schemas/")
            .replacen(
                '\n',
                &format!(
                    "\n#\n# {CLUSTERED} with one fault, which draws {}. Changed to:\n{}#\n",
                    rules.join(" and "),
                    changed
                        .iter()
                        .flat_map(|change| change.lines())
                        .map(commented)
                        .collect::<String>()
                ),
                1,
            );
        let path = files.join(format!("{:02}-{}.yaml", number + 1, rules.join("-").to_lowercase()));
        if bless {
            std::fs::create_dir_all(&files).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(kept == text, "{}: run with FAILSCOPE_BLESS=1", path.display());
    }
    assert_eq!(std::fs::read_dir(&files).unwrap().count(), MUTATIONS.len());
}

fn commented(line: &str) -> String {
    match line.trim() {
        "" => "#   (line removed)\n".to_owned(),
        line => format!("#   {line}\n"),
    }
}

#[test]
fn each_mutation_of_a_clustered_host_breaks_its_rule() {
    for (edits, rules) in MUTATIONS {
        let world = World::edited(CLUSTERED, edits);
        world.fires(rules);
        let others = ["BTS303", "BTS304", "BTS305", "BTS301", "BTS110", "BTS111", "BTS112"];
        let own = |rule: &&str| {
            let implied = *rule == "BTS111" && rules.contains(&"BTS110");
            !rules.contains(rule) && !implied
        };
        let others: Vec<&str> = others.into_iter().filter(own).collect();
        world.silent(&others);
    }
}

#[test]
fn a_clustered_host_without_a_second_instance_stays_down() {
    // F20: moved to a node without an instance, or with a disabled one
    for edit in [INSTANCE_MISSING, INSTANCE_DISABLED] {
        let world = World::edited(CLUSTERED, &[edit]);
        world.expect(&["BTS1"], row(Endpoint, Immediate, true));
        assert_eq!(world.stops("BTS1"), set(&["OrdersFtp", "OrdersMail", "OrdersQueue"]));
        world.expect(&["BTS2"], row(Server, Immediate, false));
    }
}

#[test]
fn unclustered_hosts_beside_a_clustered_sso_service_work_on_one_node_only() {
    // F18 and D06: taken as stopped where the service does not stand
    let world = World::edited(CLUSTERED, &[SSO_CLUSTERED]);
    world.expect(&["Processing@BTS1"], row(Endpoint, Immediate, true));
    assert!(world.stops("BTS1").is_superset(&set(&["Orders", "OrdersOut"])));
    assert!(world.stops("BTS2").is_empty());
}

#[test]
fn two_active_readers_of_a_local_queue_each_have_only_their_own_messages() {
    // 3.2: messages live in that computer's queue
    let world = World::edited(
        CLUSTERED,
        &[(RESOURCE, ""), (HOST, "    RecvCluster: { instances: [BTS1, BTS2] }")],
    );
    world.expect(&["BTS1", "BTS2"], row(Server, Immediate, true));
    assert!(world.stops_partly("BTS1").contains("OrdersQueue"));
    assert!(world.stops_partly("MSMQ@BTS2").contains("OrdersQueue"));
}
