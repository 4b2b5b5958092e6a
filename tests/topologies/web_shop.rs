//! A topology of no platform: the meaning of the graph alone, worked out by hand.

use failscope::graph::Onset::Immediate;
use failscope::graph::Scope::{Endpoint, Server, Systemwide};

use crate::world::{World, row, set};

const SHOP: &str = "web-shop.yaml";

#[test]
fn pairs_and_majorities_absorb_one_loss() {
    let world = World::of(SHOP);
    for name in ["WEB1", "WEB2", "DB1", "DB2", "Q1", "Q2", "Q3", "NAMES1", "NAMES2"] {
        assert!(world.stops(name).is_empty() && !world.row(name).spof, "{name}");
    }
    world.expect(&["WEB1", "Q1"], row(Server, Immediate, false));
    let services = ["browse", "checkout", "dispatch"];
    assert_eq!(world.lost_of(&services, &["WEB1", "WEB2"]), set(&["browse", "checkout"]));
    assert_eq!(world.lost_of(&services, &["DB1", "DB2"]), set(&["browse", "checkout"]));
    assert_eq!(world.lost_of(&services, &["Q1", "Q2"]), set(&["checkout", "dispatch"]));
    assert!(world.lost_of(&services, &["WEB1", "DB2", "Q3"]).is_empty());
}

#[test]
fn what_is_single_is_named() {
    let world = World::of(SHOP);
    assert_eq!(world.spofs(), set(&["site Frankfurt", "rack R1", "card-payments", "picking-list"]));
    world.expect(&["site Frankfurt"], row(Systemwide, Immediate, true));
    world.expect(&["card-payments"], row(Endpoint, Immediate, true));
    assert_eq!(world.stops("card-payments"), set(&["checkout"]));
    assert_eq!(world.stops("picking-list"), set(&["dispatch"]));
    // redundant, so no single point of failure, and yet everything of the shop's pages
    world.expect(&["shop-address"], row(Endpoint, Immediate, false));
}

#[test]
fn a_rack_with_two_of_three_votes_is_a_single_point_of_failure() {
    let world = World::of(SHOP);
    world.expect(&["rack R1"], row(Endpoint, Immediate, true));
    assert_eq!(world.stops("rack R1"), set(&["checkout", "dispatch"]));
    assert!(world.stops("rack R2").is_empty());
    let moved = World::edited(
        SHOP,
        &[("  Q3: { site: Frankfurt, rack: R1 }", "  Q3: { site: Frankfurt, rack: R3 }")],
    );
    assert!(!moved.spofs().contains("rack R1"));
}

#[test]
fn both_name_servers_are_missed_at_the_next_start() {
    let world = World::of(SHOP);
    assert!(world.lost_of(&["browse", "checkout"], &["NAMES1", "NAMES2"]).is_empty());
    let cold = world.analysis.lost_from_cold(&[world.id("NAMES1"), world.id("NAMES2")]);
    assert!(cold.contains(&world.id("browse")));
}

#[test]
fn no_rule_of_a_platform_has_anything_to_say() {
    let shop = World::of(SHOP);
    let fired = shop.fired_rules();
    assert!(fired.iter().all(|rule| !rule.starts_with("BTS")), "{fired:?}");
}

#[test]
fn rules_of_no_platform_name_what_is_single() {
    let world = World::of(SHOP);
    world.fires_on("FS001", &["checkout", "dispatch"]);
    world.fires_on(
        "FS002",
        &["order-queue: 2 of order-queue@Q1, order-queue@Q2 and order-queue@Q3"],
    );
    world.fires_on("FS010", &["card-payments"]);
    assert_eq!(world.fired_rules(), set(&["FS001", "FS002", "FS010"]));
}

#[test]
fn a_third_rack_leaves_the_provider_and_the_printer() {
    let moved = World::edited(
        SHOP,
        &[("  Q3: { site: Frankfurt, rack: R1 }", "  Q3: { site: Frankfurt, rack: R3 }")],
    );
    moved.silent(&["FS002"]);
    moved.fires_on("FS001", &["checkout", "dispatch"]);
}
