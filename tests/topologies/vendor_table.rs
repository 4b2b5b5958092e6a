//! The vendor's impact table, row by row (2.1).

use std::process::Command;

use failscope::graph::Onset::{Gradual, Immediate, Latent};
use failscope::graph::Scope::{Endpoint, Function, Server, Systemwide};

use crate::world::{World, folder, row, set};

const TABLE: &str = "vendor-table.yaml";

#[test]
fn sql_server_is_systemwide_at_once() {
    let world = World::of(TABLE);
    // F01 and F02
    world.expect(&["BTSSQL", "SQL1"], row(Systemwide, Immediate, true));
    world.expect(&["BizTalkMgmtDb", "BizTalkMsgBoxDb"], row(Systemwide, Immediate, false));
    assert!(!world.is_escalated("BTSSQL"), "documented as systemwide");
}

#[test]
fn databases_of_side_functions_are_not() {
    let world = World::of(TABLE);
    // F04, F05: gradual; F06: `function`
    world.expect(&["BizTalkDTADb", "BAMPrimaryImport"], row(Function, Gradual, false));
    for name in ["BAMAnalysis", "BAMArchive", "REPORTSQL"] {
        assert_eq!(world.row(name).scope, Function, "{name}");
    }
    // F27: SQL Server Agent
    assert_eq!(world.row("SQL Agent (BTSSQL)").scope, Function);
    assert_eq!(world.row("SQL Agent (BTSSQL)").onset, Gradual);
}

#[test]
fn the_sso_database_is_systemwide_after_some_minutes() {
    // F08
    World::of(TABLE).expect(&["SSODB"], row(Systemwide, Latent, false));
}

#[test]
fn the_master_secret_server_is_systemwide_and_latent() {
    let world = World::of(TABLE);
    // F09
    world.expect(&["MSS@MSS1", "MSS1"], row(Systemwide, Latent, true));
    assert!(world.stops("MSS@MSS1").is_empty());
    let note = world.note("MSS@MSS1");
    assert!(note.contains("cached secret"), "{note}");
    assert!(note.contains("Do not restart ENTSSO"), "{note}");
    assert_eq!(world.waits_for_restart("MSS@MSS1"), set(&["ENTSSO@BTS1", "ENTSSO@BTS2"]));
}

#[test]
fn msdtc_is_server_except_where_sql_server_or_the_secret_is() {
    let world = World::of(TABLE);
    // F11
    for name in ["MSDTC@BTS1", "MSDTC@BTS2"] {
        assert_eq!((world.row(name).scope, world.row(name).onset), (Server, Immediate), "{name}");
        assert!(!world.is_escalated(name), "{name}");
    }
    world.expect(&["MSDTC@SQL1"], row(Systemwide, Immediate, true));
    assert_eq!(world.row("MSDTC@MSS1").scope, Systemwide);
    assert!(world.row("MSDTC@MSS1").spof);
    for (name, by) in [("MSDTC@SQL1", "BTSSQL"), ("MSDTC@MSS1", "MSS@MSS1")] {
        assert!(world.is_escalated(name), "{name}");
        let path = world.path(name, "Orders");
        assert_eq!(path[0], name);
        assert!(path.contains(&by), "{path:?}");
    }
}

#[test]
fn a_host_instance_is_server() {
    let world = World::of(TABLE);
    // F12: another running instance of the same host, no function lost
    world.expect(&["Processing@BTS1", "Send@BTS2"], row(Server, Immediate, false));
    // F12: `endpoint` when it was the only one
    let single = World::edited(
        TABLE,
        &[("    Processing: { instances: [BTS1, BTS2] }", "    Processing: { instances: [BTS1] }")],
    );
    single.expect(&["Processing@BTS1"], row(Endpoint, Immediate, true));
}

#[test]
fn message_queuing_is_server() {
    let world = World::of(TABLE);
    // F13: what needs the queue service on that server halts, and only there
    assert_eq!(world.row("MSMQ@BTS1").scope, Server);
    assert_eq!(world.row("MSMQ@BTS1").onset, Immediate);
    assert_eq!(world.stops_partly("MSMQ@BTS1"), set(&["OrdersQueue"]));
    assert!(!world.is_escalated("MSMQ@BTS1"));
    // F13: `endpoint` when all read from one remote queue server
    let remote = World::edited(
        TABLE,
        &[
            ("  MSS1: {}", "  MSS1: {}\n  QUEUES1: {}"),
            (
                "    OrdersQueue: { adapter: MSMQ, host: Queues, queues: local }",
                "    OrdersQueue: { adapter: MSMQ, host: Queues, queues: remote, from: QUEUES1 }",
            ),
        ],
    );
    remote.expect(&["QUEUES1"], row(Endpoint, Immediate, true));
}

#[test]
fn the_file_system_is_server_unless_it_is_shared() {
    let world = World::of(TABLE);
    // F14: FILE work on that server halts
    assert_eq!(world.row("file system@BTS1").scope, Server);
    assert_eq!(world.stops_partly("file system@BTS1"), set(&["OrdersFile"]));
    assert!(!world.is_escalated("file system@BTS1"));
    // F14: `endpoint` on all servers when it is a shared path
    world.expect(&["INVOICES"], row(Endpoint, Immediate, true));
    assert_eq!(world.stops("INVOICES"), set(&["InvoicesFile"]));
}

#[test]
fn one_biztalk_server_of_two_is_server() {
    let world = World::of(TABLE);
    // F15 and F17
    for name in ["BTS1", "BTS2", "ENTSSO@BTS1"] {
        assert_eq!((world.row(name).scope, world.row(name).onset), (Server, Immediate), "{name}");
    }
}

/// Component, scope and onset as the report prints them.
const PRINTED: [(&str, &str, &str); 9] = [
    ("BTSSQL", "systemwide", "immediate"),
    ("MSS@MSS1", "systemwide", "latent"),
    ("MSDTC@BTS1", "server", "immediate"),
    ("MSDTC@SQL1", "systemwide", "immediate"),
    ("MSDTC@MSS1", "systemwide", "latent"),
    ("Processing@BTS1", "server", "immediate"),
    ("MSMQ@BTS1", "server", "immediate"),
    ("file system@BTS1", "server", "immediate"),
    ("INVOICES", "endpoint", "immediate"),
];

#[test]
fn the_report_prints_the_table() {
    let output = Command::new(env!("CARGO_BIN_EXE_failscope"))
        .args(["report", "--format", "csv"])
        .arg(folder().join(TABLE))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (component, scope, onset) = (column("component"), column("scope"), column("onset"));
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for (name, expected_scope, expected_onset) in PRINTED {
        let record = records.iter().find(|record| &record[component] == name).expect(name);
        assert_eq!(&record[scope], expected_scope, "{name}");
        assert!(record[onset].starts_with(expected_onset), "{name}: {}", &record[onset]);
    }
}
