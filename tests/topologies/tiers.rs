//! The large group, and redundancy that belongs to hosts and not to groups (6.4 to 6.6).

use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Server, Systemwide};

use crate::world::{World, row, set};

const LARGE: &str = "ra04-large.yaml";
const PARTNERS: &str = "ra08-three-partners.yaml";
const WORK: [&str; 3] = ["OrdersIn", "Orders", "OrdersOut"];

#[test]
fn each_messagebox_of_the_large_group_is_systemwide_and_redundant() {
    let world = World::of(LARGE);
    // 6.4 and F03: additional MessageBoxes are systemwide as well, none is a copy of another
    let boxes = ["BizTalkMsgBoxDb", "BizTalkMsgBoxDb2", "BizTalkMsgBoxDb3"];
    world.expect(&boxes, row(Systemwide, Immediate, false));
    world.expect(&["BizTalkMgmtDb"], row(Systemwide, Immediate, false));
    world.expect(&["MSS@SSOCLUSTER/SSO"], row(Systemwide, Latent, false));
    // 6.4: redundant while the passive node is free
    for node in ["MSG1", "MSG2", "MSG3"] {
        assert!(world.stops(node).is_empty());
        assert_eq!(world.interruption(node), Some(Systemwide), "{node}");
    }
    assert_eq!(world.interruption("MSG4"), None, "nothing stands on the passive node");
    // 6.4: with a second node lost two instances share a node, and everything still runs
    assert!(world.lost_of(&WORK, &["MSG1", "MSG2"]).is_empty());
    // F38: three of four nodes take the majority of five votes with them
    assert_eq!(world.lost_of(&WORK, &["MSG1", "MSG2", "MSG3"]), set(&WORK));
}

#[test]
fn every_tier_of_the_large_group_survives_one_server() {
    let world = World::of(LARGE);
    world.expect(&["BTS1", "BTS2", "BTS3", "BTS4", "BTS5", "BTS6"], row(Server, Immediate, false));
    for (pair, work) in [
        (["BTS1", "BTS2"], "OrdersIn"),
        (["BTS3", "BTS4"], "Orders"),
        (["BTS5", "BTS6"], "OrdersOut"),
    ] {
        assert_eq!(world.lost_of(&WORK, &pair), set(&[work]));
    }
    // F37: arrays are what a failover cluster does not duplicate; nothing else is single here
    assert_eq!(world.spofs(), set(&["MSGDISKS", "DBDISKS", "SSODISKS"]));
    // F09 through F37: without its disks the secret cannot be served, which is felt at a restart
    world.expect(&["SSODISKS"], row(Systemwide, Latent, true));
}

/// A group in which one host alone has two instances.
struct OneTier {
    file: &'static str,
    redundant_servers: [&'static str; 2],
    redundant_host: &'static str,
    /// Server, what stops with it.
    single: &'static [(&'static str, &'static [&'static str])],
    single_hosts: &'static [&'static str],
}

const ONE_TIER: [OneTier; 3] = [
    OneTier {
        file: "ra05-scaled-out-receiving.yaml",
        redundant_servers: ["BTS1", "BTS2"],
        redundant_host: "Receive",
        single: &[("BTS3", &["Orders", "OrdersOut"])],
        single_hosts: &["Processing", "Send"],
    },
    OneTier {
        file: "ra06-scaled-out-processing.yaml",
        redundant_servers: ["BTS2", "BTS3"],
        redundant_host: "Processing",
        single: &[("BTS1", &["OrdersIn"]), ("BTS4", &["OrdersOut"])],
        single_hosts: &["Receive", "Send"],
    },
    OneTier {
        file: "ra07-scaled-out-sending.yaml",
        redundant_servers: ["BTS3", "BTS4"],
        redundant_host: "Send",
        single: &[("BTS1", &["OrdersIn"]), ("BTS2", &["Orders"])],
        single_hosts: &["Receive", "Processing"],
    },
];

#[test]
fn redundancy_belongs_to_a_host_and_not_to_a_group() {
    for OneTier { file, redundant_servers, redundant_host, single, single_hosts } in ONE_TIER {
        let world = World::of(file);
        // 6.5: the host with two instances is highly available
        world.expect(&redundant_servers, row(Server, Immediate, false));
        world.expect(&[redundant_host], row(Endpoint, Immediate, false));
        // 6.5 and F26: for the others `server` becomes `endpoint`
        for (server, stops) in single {
            world.expect(&[server], row(Endpoint, Immediate, true));
            assert_eq!(world.stops(server), set(stops), "{file}: {server}");
        }
        // 6.5: SQL and the master secret server are single as well
        world.expect(&["SQL1"], row(Systemwide, Immediate, true));
        world.expect(&["MSS@SQL1"], row(Systemwide, Latent, true));
        world.fires_on("BTS002", single_hosts);
        world.fires(&["BTS601", "BTS401"]);
        if crate::world::exists("BTS601") {
            world.silent(&["BTS408", "BTS607"]); // 4, precedence: 601 suppresses both
        }
    }
}

#[test]
fn three_partners_share_servers_and_not_fate() {
    let world = World::of(PARTNERS);
    // 6.6: one server lost, each host has two left
    world.expect(&["BTS1", "BTS2", "BTS3"], row(Server, Immediate, false));
    let partners = ["FromA", "FromB", "FromC"];
    assert!(world.lost_of(&partners, &["BTS1", "BTS3"]).is_empty());
    // 6.6: one host faulty on all servers, only that partner stops
    for (host, location) in [("PartnerA", "FromA"), ("PartnerB", "FromB"), ("PartnerC", "FromC")] {
        world.expect(&[host], row(Endpoint, Immediate, false));
        assert_eq!(world.stops(host), set(&[location]));
    }
    world.silent(&["BTS002"]);
}

#[test]
fn separation_is_not_redundancy() {
    // 6.6, counter-test: each partner host on a server of its own
    let separate = World::of("ra08-mutations/01-bts002.yaml");
    separate.fires_on("BTS002", &["PartnerA", "PartnerB", "PartnerC"]);
    for (server, location) in [("BTS1", "FromA"), ("BTS2", "FromB"), ("BTS3", "FromC")] {
        separate.expect(&[server], row(Endpoint, Immediate, true));
        assert_eq!(separate.stops(server), set(&[location]));
    }
}
