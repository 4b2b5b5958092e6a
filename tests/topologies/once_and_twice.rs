//! Everything once: the worst case of all (6.14).

use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Systemwide};

use crate::world::{World, row, set};

const ONCE: &str = "ra18-everything-once.yaml";

#[test]
fn nothing_of_everything_once_survives_a_loss() {
    let world = World::of(ONCE);
    // F16: the only BizTalk computer; F01: SQL Server
    world.expect(&["BTS1", "SQL1", "BTSSQL"], row(Systemwide, Immediate, true));
    // F17, on the only server
    world.expect(&["ENTSSO@BTS1", "MSDTC@BTS1"], row(Systemwide, Immediate, true));
    // F09 and F42: both wait for a restart
    world.expect(&["MSS@MSS1", "MSS1", "CORP-DC", "DC1"], row(Systemwide, Latent, true));
    // F26: the only instance of a host
    world.expect(&["Receive@BTS1", "Processing@BTS1", "Send@BTS1"], row(Endpoint, Immediate, true));
}

#[test]
fn a_second_server_with_other_hosts_is_no_second_instance() {
    // 6.14, HTTP variant: 002 for each host instead of 001, plus 101 and 102
    let world = World::of("ra18-mutations/01-bts002-bts101-bts102.yaml");
    world.fires_on("BTS002", &["Receive", "Processing", "Send"]);
    world.expect(&["BTS2"], row(Endpoint, Immediate, true));
    assert_eq!(world.stops("BTS2"), set(&["OrdersIn", "InvoicesIn"]));
}

#[test]
fn each_adapter_adds_its_own_weakness() {
    for (file, weak) in [
        ("02-bts104", "FTPSERVER"), // F47
        ("03-bts132", "FILES1"),    // F14 on a shared path
        ("04-bts113", "QUEUES1"),   // F13, remote
    ] {
        let world = World::of(&format!("ra18-mutations/{file}.yaml"));
        world.expect(&[weak], row(Endpoint, Immediate, true));
    }
}
