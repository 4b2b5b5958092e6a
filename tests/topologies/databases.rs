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
}

#[test]
fn the_only_tracking_instance_is_a_single_point_of_failure() {
    // F29
    let single = World::of("ra13-mutations/01-bts802-bts805.yaml");
    single.expect(&["Tracking@BTS1"], row(Function, Gradual, true));
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
fn from_2020_on_the_catalogue_of_packages_belongs_into_the_group() {
    let outside = World::of("ra20-mutations/01-bts716.yaml");
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
    // 6.19: disabled instances must not count in 002
    let single = World::of("ra23-mutations/01-bts002.yaml");
    single.fires_on("BTS002", &["Receive"]);
    single.expect(&["BTS1"], row(Endpoint, Immediate, true));
}
