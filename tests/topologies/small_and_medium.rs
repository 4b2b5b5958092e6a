//! Two computers, the small group and the medium group (6.1 to 6.3).

use failscope::diagnostic::Severity;
use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Server, Systemwide};

use crate::world::{World, row, set};

const TWO: &str = "ra01-two-computers.yaml";
const SMALL: &str = "ra02-small.yaml";
const RECEIVING: &str = "ra03-medium-receiving.yaml";
const PROCESSING: &str = "ra03-medium-processing.yaml";

#[test]
fn two_computers_are_one_master_secret_server_away_from_standing_still() {
    let world = World::of(TWO);
    // 6.1: SQL is systemwide, redundant by failover
    world.expect(&["MSGSQL", "CFGSQL"], row(Systemwide, Immediate, false));
    // 6.1 and F09: systemwide, latent, a single point of failure
    world.expect(&["MSS@N1"], row(Systemwide, Latent, true));
    // 6.1: each host instance is `server`, redundant
    world.expect(&["Receive@N1", "Processing@N2", "Send@N1"], row(Server, Immediate, false));
    // 6.1: MSDTC on the SQL cluster is systemwide; by 2.1 F11 that is wider than its kind
    world.expect(&["MSDTC@N1", "MSDTC@N2"], row(Systemwide, Immediate, true));
    assert!(world.is_escalated("MSDTC@N1"));
    // F11: because of SQL Server, not because of the instances beside it
    let path = world.path("MSDTC@N1", "OrdersIn");
    assert!(path.contains(&"MSGSQL") && path.contains(&"Receive@N2"), "{path:?}");
    // F37: the disks are the one part that is not duplicated
    world.expect(&["DISKS"], row(Systemwide, Immediate, true));
}

#[test]
fn the_loss_of_the_first_computer_waits_for_a_restart_on_the_second() {
    let world = World::of(TWO);
    // 6.1: the databases move, N2 carries on with its cached secret
    assert_eq!(world.interruption("N1"), Some(Systemwide));
    assert!(world.stops("N1").is_empty());
    assert!(world.stops_later("N1").is_superset(&set(&["OrdersIn", "Orders", "OrdersOut"])));
    // 6.1: then the SSO service of N2 must not restart
    assert!(world.waits_for_restart("N1").contains("ENTSSO@N2"));
    let path = world.path("N1", "OrdersIn");
    assert!(path.contains(&"MSS@N1") && path.contains(&"ENTSSO@N2"), "{path:?}");
    let mut story = world.story();
    story.fail(&["N1"]);
    assert!(!story.is_lost("OrdersIn"));
    story.restart(&["ENTSSO@N2"]);
    assert!(story.is_lost("OrdersIn") && story.is_lost("Orders") && story.is_lost("OrdersOut"));
    // F09: a secret that is not served is missed on the computer that should serve it as well
    assert_eq!(world.waits_for_restart("MSS@N1"), set(&["ENTSSO@N1", "ENTSSO@N2"]));
    // 6.1 by comparison: N2 carries no secret, so its loss waits for nothing
    assert!(world.stops("N2").is_empty() && world.stops_later("N2").is_empty());
}

#[test]
fn a_clustered_msdtc_of_two_computers_moves() {
    let clustered = World::of("ra01-mutations/03-no-rule-more.yaml");
    // F40: systemwide still, but the cluster moves it
    clustered.expect(&["msdtc@CLUSTER/SQLA"], row(Systemwide, Immediate, false));
}

#[test]
fn two_computers_with_everything_in_one_group_run_biztalk_on_one_of_them() {
    // 6.1, variant: SSO and all hosts clustered in one group on N1 and N2
    let world = World::of("ra01-mutations/01-no-rule-more.yaml");
    world.expect(&["MSS@CLUSTER/BTS"], row(Systemwide, Latent, false));
    world.expect(&["N1", "N2"], row(Server, Immediate, false));
    assert_eq!(world.interruption("N1"), Some(Systemwide));
    // only one node runs BizTalk at a time
    assert_eq!(world.interruption("Receive@N1"), Some(Systemwide));
    assert_eq!(world.interruption("Receive@N2"), None);
}

#[test]
fn the_small_group_absorbs_everything_but_its_disks() {
    let world = World::of(SMALL);
    // 6.2: a BizTalk server is `server`, redundant
    world.expect(&["BTS1", "BTS2"], row(Server, Immediate, false));
    // 6.2: SQL is systemwide, redundant; so is the MSDTC of its cluster
    world.expect(&["BTSSQL", "msdtc@SQLCLUSTER/SQL"], row(Systemwide, Immediate, false));
    // 6.2: the master secret server is systemwide, latent, redundant
    world.expect(&["MSS@SQLCLUSTER/SQL"], row(Systemwide, Latent, false));
    // F08: the SSO database is systemwide, latent by minutes
    world.expect(&["SSODB"], row(Systemwide, Latent, false));
    // 6.2: single points of failure are the disk array and what the drawing omits
    assert_eq!(world.spofs(), set(&["DISKS"]));
    // F36: a node of the SQL cluster is brief, systemwide for the time of the failover
    assert_eq!(world.interruption("SQL1"), Some(Systemwide));
    assert!(world.stops("SQL1").is_empty() && world.stops_later("SQL1").is_empty());
    // 6.2: two servers for every host are what carries the group
    assert_eq!(world.lost_of(&["OrdersIn", "Orders", "OrdersOut"], &["BTS1", "BTS2"]).len(), 3);
}

#[test]
fn the_small_group_breaks_the_rules_that_the_reference_names() {
    let world = World::of(SMALL);
    world.fires(&["BTS801", "BTS517"]);
    world.fires_as("BTS410", Severity::Info); // 6.2: info in a two-node active/passive cluster
    world.silent(&["BTS002", "BTS401", "BTS408", "BTS601"]);
    world.silent(&["BTS409", "BTS502"]); // 6.2: MSDTC must be a cluster resource, and is
    world.silent(&["BTS509", "BTS510"]); // 6.2: only if the file lists a controller or a DNS server
}

#[test]
fn the_small_group_without_a_balancer_serves_each_server_its_own_callers() {
    for file in ["01-bts101", "02-bts102", "03-bts103"] {
        let world = World::of(&format!("ra02-mutations/{file}.yaml"));
        // 3.2: each server then serves only those who call it by its own name
        assert_eq!(world.stops_partly("BTS1"), set(&["OrdersIn"]), "{file}");
    }
}

#[test]
fn the_medium_group_loses_half_a_tier_with_a_server_and_a_tier_with_two() {
    let all = ["OrdersIn", "ChangesIn", "Orders", "OrdersOut"];
    let world = World::of(RECEIVING);
    // 6.3: BTS1 lost, half the receive capacity and no function
    world.expect(&["BTS1", "BTS2", "BTS3", "BTS4"], row(Server, Immediate, false));
    // 6.3: both lost, `endpoint` for all receiving; processing and sending go on
    assert_eq!(world.lost_of(&all, &["BTS1", "BTS2"]), set(&["OrdersIn", "ChangesIn"]));
    world.expect(&["Receive"], row(Endpoint, Immediate, false));
    // 6.3, variant: the same servers carry processing
    let world = World::of(PROCESSING);
    world.expect(&["BTS1", "BTS2", "BTS3", "BTS4"], row(Server, Immediate, false));
    assert_eq!(world.lost_of(&all, &["BTS1", "BTS2"]), set(&["Orders"]));
}

#[test]
fn the_medium_group_is_otherwise_like_the_small_one() {
    for file in [RECEIVING, PROCESSING] {
        let world = World::of(file);
        world.expect(&["BTSSQL"], row(Systemwide, Immediate, false));
        world.expect(&["MSS@SQLCLUSTER/SQL"], row(Systemwide, Latent, false));
        assert_eq!(world.spofs(), set(&["DISKS"]));
        world.fires(&["BTS801"]);
        world.silent(&["BTS002", "BTS401", "BTS408", "BTS601", "BTS420"]);
        world.silent(&["BTS124"]); // 3.6: a poll that claims its rows needs no cluster
    }
}
