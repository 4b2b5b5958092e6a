//! Receiving behind a balancer and receiving on a clustered host (6.7, 6.8).

use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Server};

use crate::world::{World, row, set};

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
    let device = World::of("ra09-mutations/01-bts145.yaml");
    device.expect(&["WEB"], row(Endpoint, Immediate, true));
}

#[test]
fn without_a_balancer_each_server_has_only_its_own_callers() {
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
fn a_clustered_host_without_a_second_instance_stays_down() {
    // F20: moved to a node without an instance, or with a disabled one
    for file in ["ra10-mutations/01-bts303.yaml", "ra10-mutations/02-bts304.yaml"] {
        let world = World::of(file);
        world.expect(&["BTS1"], row(Endpoint, Immediate, true));
        assert_eq!(world.stops("BTS1"), set(&["OrdersFtp", "OrdersMail", "OrdersQueue"]));
        world.expect(&["BTS2"], row(Server, Immediate, false));
    }
}

#[test]
fn unclustered_hosts_beside_a_clustered_sso_service_work_on_one_node_only() {
    // F18 and D06: taken as stopped where the service does not stand
    let world = World::of("ra10-mutations/09-bts309.yaml");
    world.expect(&["Processing@BTS1"], row(Endpoint, Immediate, true));
    assert!(world.stops("BTS1").is_superset(&set(&["Orders", "OrdersOut"])));
    assert!(world.stops("BTS2").is_empty());
}

#[test]
fn two_active_readers_of_a_local_queue_each_have_only_their_own_messages() {
    // 3.2: messages live in that computer's queue
    let world = World::of("ra10-mutations/12-bts106-bts107-bts109.yaml");
    world.expect(&["BTS1", "BTS2"], row(Server, Immediate, true));
    assert!(world.stops_partly("BTS1").contains("OrdersQueue"));
    assert!(world.stops_partly("MSMQ@BTS2").contains("OrdersQueue"));
}
