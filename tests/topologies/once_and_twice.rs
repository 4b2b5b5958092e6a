//! Everything once: the worst case of all (6.14).

use failscope::graph::Onset::{Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Systemwide};

use crate::world::{Edit, World, exists, row, set};

const ONCE: &str = "ra18-everything-once.yaml";
const LOCATION: &str = "    OrdersIn: { adapter: SB-Messaging, host: Receive, from: PARTNER }";
const BIZTALK_SERVER: &str = "  BTS1: {}";
const EXTERNAL: &str = "external:";

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
fn everything_once_breaks_the_rules_that_the_reference_names() {
    let world = World::of(ONCE);
    world.fires(&["BTS001", "BTS401", "BTS601", "BTS509"]);
    if exists("BTS001") {
        world.silent(&["BTS002"]); // 6.14: one server silences one instance
    }
}

#[test]
fn a_second_server_with_other_hosts_is_no_second_instance() {
    // 6.14, HTTP variant: 002 for each host instead of 001, plus 101 and 102
    let world = World::edited(
        ONCE,
        &[
            (BIZTALK_SERVER, "  BTS1: {}\n  BTS2: {}"),
            (
                "    Receive: { instances: [BTS1] }",
                "    Receive: { type: isolated, instances: [BTS2] }",
            ),
            (
                LOCATION,
                "    OrdersIn: { adapter: HTTP, host: Receive }\n    \
                 InvoicesIn: { adapter: SOAP, host: Receive }",
            ),
        ],
    );
    world.fires(&["BTS101", "BTS102", "BTS401", "BTS601"]);
    world.fires_on("BTS002", &["Receive", "Processing", "Send"]);
    world.silent(&["BTS001"]);
    world.expect(&["BTS2"], row(Endpoint, Immediate, true));
    assert_eq!(world.stops("BTS2"), set(&["OrdersIn", "InvoicesIn"]));
}

#[test]
fn each_adapter_adds_its_own_weakness() {
    let ftp: &[Edit<'_>] = &[
        (EXTERNAL, "external:\n  FTPSERVER: { kind: ftp, redundant: false }"),
        (LOCATION, "    OrdersIn: { adapter: FTP, host: Receive, from: FTPSERVER }"),
    ];
    let world = World::edited(ONCE, ftp);
    world.fires(&["BTS104"]); // 6.14: FTP
    world.expect(&["FTPSERVER"], row(Endpoint, Immediate, true)); // F47

    let file: &[Edit<'_>] = &[
        (BIZTALK_SERVER, "  BTS1: {}\n  FILES1: { zone: perimeter }"),
        (EXTERNAL, "file_shares:\n  INBOX: { on: FILES1, path: '\\\\FILES1\\orders' }\nexternal:"),
        (
            LOCATION,
            "    OrdersIn: { adapter: FILE, host: Receive, from: '\\\\FILES1\\orders\\new' }",
        ),
    ];
    let world = World::edited(ONCE, file);
    world.fires(&["BTS132"]); // 6.14: FILE
    world.expect(&["FILES1"], row(Endpoint, Immediate, true)); // F14 on a shared path

    let remote: &[Edit<'_>] = &[
        (BIZTALK_SERVER, "  BTS1: {}\n  QUEUES1: { zone: perimeter }"),
        (LOCATION, "    OrdersIn: { adapter: MSMQ, host: Receive, queues: remote, from: QUEUES1 }"),
    ];
    let world = World::edited(ONCE, remote);
    world.fires(&["BTS113"]); // 6.14: MSMQ, on the queue server of the perimeter
    world.expect(&["QUEUES1"], row(Endpoint, Immediate, true)); // F13, remote

    let local = "    OrdersIn: { adapter: MSMQ, host: Receive, queues: local }";
    World::edited(ONCE, &[(LOCATION, local)]).fires(&["BTS109"]); // 6.14: MSMQ, local
}
