//! Enterprise SSO and all hosts in one cluster group (6.9).

use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Server, Systemwide};

use crate::world::{World, row};

const PATTERN1: &str = "ra11-sso-and-hosts-pattern1.yaml";
const PATTERN2: &str = "ra11-sso-and-hosts-pattern2.yaml";

#[test]
fn one_node_is_active_and_its_loss_stops_everything_for_a_moment() {
    for file in [PATTERN1, PATTERN2] {
        let world = World::of(file);
        // 6.9: brief `systemwide` for the group, no function lost
        world.expect(&["BTS1"], row(Server, Immediate, false));
        assert_eq!(world.interruption("BTS1"), Some(Systemwide), "{file}");
        assert!(world.stops("BTS1").is_empty() && world.stops_later("BTS1").is_empty());
        // 6.8: a service of the active node fails, BizTalk there fails, the group moves
        assert_eq!(world.interruption("MSDTC@BTS1"), Some(Systemwide), "{file}");
        // 6.9: no instance runs on the passive node
        assert_eq!(world.interruption("BTS2"), None, "{file}");
        world.silent(&["BTS002", "BTS104", "BTS309", "BTS310", "BTS311", "BTS401", "BTS419"]);
    }
}

#[test]
fn the_master_secret_server_is_in_the_group_or_elsewhere() {
    // 6.9 and F09: systemwide, latent, redundant either way
    World::of(PATTERN1).expect(&["MSS@BTSCLUSTER/G1"], row(Systemwide, Latent, false));
    World::of(PATTERN2).expect(&["MSS@SQLCLUSTER/SQL"], row(Systemwide, Latent, false));
}

#[test]
fn an_unclustered_instance_beside_it_is_unsupported() {
    for file in ["ra11-pattern1-mutations/01-bts309.yaml", "ra11-pattern2-mutations/01-bts309.yaml"]
    {
        assert!(World::of(file).stops("BTS1").contains("OrdersOut"), "F18");
    }
}
