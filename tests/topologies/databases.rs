//! Dedicated tracking, availability groups, two sites (6.11, 6.15, 6.16, 6.19).

use failscope::graph::Onset::{Gradual, Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Function, Server, Systemwide};

use crate::world::{World, row, set};

const TRACKING: &str = "ra13-dedicated-tracking.yaml";
const AG_2016: &str = "ra19-availability-group-2016.yaml";
const AG_2020: &str = "ra20-availability-group-2020.yaml";
const SITES: &str = "ra23-two-sites.yaml";

#[test]
fn dedicated_tracking_fails_little_by_little_and_takes_no_document_along() {
    let world = World::of(TRACKING);
    // 6.11 and F04: the tracking database is `function`, gradual
    world.expect(&["BizTalkDTADb", "DTASQL"], row(Function, Gradual, false));
    assert_eq!(world.stops("BizTalkDTADb"), set(&["tracking"]));
    // 6.11: one tracking instance lost, the other takes its sessions
    world.expect(&["Tracking@BTS1", "Tracking@BTS2"], row(Server, Immediate, false));
    // F29: without any tracking instance
    world.expect(&["Tracking"], row(Function, Gradual, false));
    // F01: the MessageBox is another matter
    world.expect(&["BizTalkMsgBoxDb", "MSGSQL"], row(Systemwide, Immediate, false));
    // 6.11: one four-server cluster of two pairs
    assert_eq!(world.interruption("SQL1"), Some(Systemwide));
    assert_eq!(world.interruption("SQL3"), Some(Function));
    world.silent(&["BTS801", "BTS802", "BTS803", "BTS804", "BTS805"]);
}

#[test]
fn tracking_done_worse_is_found() {
    let tracking = "    Tracking: { tracking: true, instances: [BTS1, BTS2] }";
    // F29: the only instance
    let single = World::edited(
        TRACKING,
        &[(tracking, "    Tracking: { tracking: true, instances: [BTS1] }")],
    );
    single.fires(&["BTS802", "BTS805"]);
    single.expect(&["Tracking@BTS1"], row(Function, Gradual, true));
    // 1.1 and 4.8: a host that tracks beside other work
    let mixed = World::edited(
        TRACKING,
        &[(
            "    Processing: { instances: [BTS1, BTS2] }",
            "    Processing: { tracking: true, instances: [BTS1, BTS2] }",
        )],
    );
    mixed.fires(&["BTS803", "BTS804"]);
}

#[test]
fn an_availability_group_moves_and_what_stands_beside_it_does_not() {
    for file in [AG_2016, AG_2020] {
        let world = World::of(file);
        // 6.15: primary lost, brief `systemwide`, then automatic
        assert_eq!(world.interruption("Node01"), Some(Systemwide), "{file}");
        assert!(world.stops("Node01").is_empty() && world.stops_later("Node01").is_empty());
        world.expect(&["BTSAG", "BizTalkMsgBoxDb"], row(Systemwide, Immediate, false));
        assert_eq!(world.interruption("Node03"), None, "{file}: a secondary");
        // 6.15: the BAM instance is `function`, a single point of failure
        assert_eq!(world.row("BAMSQL").scope, Function, "{file}");
        assert!(world.row("BAMSQL").spof && world.row("BAMNODE").spof, "{file}");
        assert!(world.stops("BAMNODE").contains("BAM analysis"));
        // F05: BAMPrimaryImport is inside
        world.expect(&["BAMPrimaryImport"], row(Function, Gradual, false));
        world.expect(&["MSS@SSOCLUSTER/SSO"], row(Systemwide, Latent, false));
        for number in 701..=712 {
            world.silent(&[&format!("BTS{number}")]); // 6.15: none of 701 to 712 as written
        }
        world.fires(&["BTS612"]);
        world.silent(&["BTS401", "BTS408", "BTS601", "BTS607"]);
        // F11: the MSDTC of the primary's computer
        assert_eq!(world.row("MSDTC@Node01").scope, Systemwide, "{file}");
        assert!(world.is_escalated("MSDTC@Node01"), "{file}");
    }
}

#[test]
fn the_msdtc_of_a_node_matters_where_the_primary_is_or_goes_next() {
    let world = World::of(AG_2016);
    // F11, and 6.15: the group moves to the next replica
    world.expect(&["MSDTC@Node01"], row(Systemwide, Immediate, true));
    assert!(world.stops("MSDTC@Node02").is_empty());
    assert!(world.stops_later("MSDTC@Node02").contains("OrdersIn"));
    assert!(world.stops_later("MSDTC@Node03").is_empty());
    let mut story = world.story();
    story.fail(&["MSDTC@Node03"]);
    story.fail(&["Node01"]);
    assert!(!story.is_lost("OrdersIn"), "Node02 and its MSDTC are well");
    let mut story = world.story();
    story.fail(&["MSDTC@Node02"]);
    story.fail(&["Node01"]);
    assert!(story.is_lost("OrdersIn"), "nothing watches the MSDTC there");
}

#[test]
fn the_master_secret_server_must_be_placed_beside_an_availability_group() {
    let named = ("  master_secret_server: SSOCLUSTER/SSO", "  master_secret_server: SSO1");
    let clustered = (
        "      SSO: { network_name: SSOVS, ip: 10.19.0.41, disks: [SSODISKS], resources: [msdtc, entsso] }",
        "      SSO: { network_name: SSOVS, ip: 10.19.0.41, disks: [SSODISKS], resources: [msdtc] }",
    );
    let single = World::edited(AG_2016, &[named, clustered]);
    single.fires(&["BTS401"]); // 6.15: until it is placed
    // 4.4: placed in the cluster, and named by a node of it
    let by_node = World::edited(AG_2016, &[named]);
    by_node.fires(&["BTS407"]);
    by_node.silent(&["BTS401"]);
}

#[test]
fn older_availability_groups_need_four_instances() {
    let old = |name: &str, node: &str| {
        let line = |version: &str| {
            format!(
                "  {name}: {{ on: {node}, version: {version}, edition: enterprise, agent: running }}"
            )
        };
        (line("2016 SP2"), line("2016 SP1"))
    };
    let lines = [
        old("SQLN1", "Node01"),
        old("SQLN2", "Node02"),
        old("SQLN3", "Node03"),
        old("SQLN4", "Node04"),
    ];
    let mut edits: Vec<(&str, &str)> =
        lines.iter().map(|(line, instead)| (line.as_str(), instead.as_str())).collect();
    World::edited(AG_2016, &edits).silent(&["BTS706"]); // 6.15: four instances are enough
    edits.push(("      SQLN3: { commit: synchronous, failover: automatic }", ""));
    edits.push(("      SQLN4: { commit: synchronous, failover: automatic }", ""));
    World::edited(AG_2016, &edits).fires(&["BTS706"]); // 6.15: fewer than four
}

#[test]
fn from_2020_on_the_catalogue_of_packages_belongs_into_the_group() {
    World::of(AG_2020).silent(&["BTS716"]); // 6.16
    let outside = World::edited(
        AG_2020,
        &[
            ("      SSISDB: {}", ""),
            ("    databases: [BAMAnalysis]", "    databases: [BAMAnalysis, SSISDB]"),
        ],
    );
    outside.fires(&["BTS716"]); // 4.7
    outside.expect(&["SSISDB"], row(Function, Gradual, false)); // F06
    // 6.16: archive and star schema are inside, only the cubes are left on one computer
    assert_eq!(World::of(AG_2020).stops("BAMSQL"), set(&["BAM analysis"]));
    assert!(World::of(AG_2016).stops("BAMSQL").contains("BAM archiving"));
}

#[test]
fn the_second_site_is_recovery_and_not_redundancy() {
    let world = World::of(SITES);
    // 6.19 and F50: site lost, systemwide; nothing goes on until people act
    world.expect(&["site Berlin"], row(Systemwide, Immediate, true));
    let work = ["OrdersIn", "Orders", "OrdersOut"];
    assert_eq!(world.lost_of(&work, &["site Berlin"]), set(&work));
    // F33: the standby side carries nothing today
    assert!(world.stops("site Hamburg").is_empty() && !world.row("site Hamburg").spof);
    assert!(world.stops("DRB1").is_empty() && world.stops("DRSQL1").is_empty());
    world.expect(&["BTS1"], row(Server, Immediate, false));
    assert_eq!(world.lost_of(&work, &["BTS1", "BTS2"]), set(&["OrdersIn"]));
    world.silent(&["BTS002", "BTS910", "BTS911", "BTS912", "BTS913", "BTS914", "BTS915"]);
}

#[test]
fn a_disabled_instance_counts_as_none() {
    let receive = "    Receive: { instances: [BTS1, BTS2], disabled_instances: [DRB1, DRB2] }";
    // 6.19: disabled instances must not count in 002
    let single = World::edited(
        SITES,
        &[(receive, "    Receive: { instances: [BTS1], disabled_instances: [DRB1, DRB2] }")],
    );
    single.fires_on("BTS002", &["Receive"]);
    single.expect(&["BTS1"], row(Endpoint, Immediate, true));
    // 6.19: 912 if a service is enabled
    let enabled = World::edited(
        SITES,
        &[(receive, "    Receive: { instances: [BTS1, BTS2, DRB1], disabled_instances: [DRB2] }")],
    );
    enabled.fires(&["BTS912"]);
}

#[test]
fn a_recovery_site_that_is_not_complete_is_found() {
    let copy = "    secret_copy: true";
    World::edited(SITES, &[(copy, "    secret_copy: false")]).fires(&["BTS914"]);
    // 6.19: 915 for a shared domain controller
    let shared = World::edited(
        SITES,
        &[(
            "external:",
            "domain_controllers:\n  CORP-DC: { site: Berlin, domain: corp.example }\nexternal:",
        )],
    );
    shared.fires(&["BTS915"]);
}
