//! Designs whose loss was once hidden: each stays found.

use crate::world::World;

fn world(text: &str) -> World {
    World::read("hidden.yaml", &format!("failscope: 1\n{text}"))
}

#[test]
fn hosts_beside_a_clustered_sso_service_need_its_group_and_its_database() {
    let world = world(
        "servers: [N1, N2, SQLS]
storage: { SAN: { redundant: false } }
clusters:
  C: { nodes: [N1, N2], witness: SAN, groups: { G: { network_name: VS, disks: [SAN], resources: [entsso, msdtc] } } }
sql_instances: { S: { on: SQLS, databases: [BizTalkMgmtDb, BizTalkMsgBoxDb] }, S2: { on: SQLS, databases: [SSODB] } }
biztalk:
  master_secret_server: C/G
  hosts: { P: { instances: [N1, N2] } }
  orchestrations: { O: { host: P } }
",
    );
    for lost in ["SAN", "C/G", "SSODB"] {
        assert_eq!(world.lost_of(&["O"], &[lost]).len(), 1, "{lost}");
    }
    assert!(world.spofs().contains("SAN"));
}

#[test]
fn disks_of_a_clustered_instance_count_wherever_they_are_named() {
    let world = world(
        "servers: [N1, N2]
storage: { DATA: { redundant: false } }
clusters: { C: { nodes: [N1, N2], witness: none, groups: { SQL: {} } } }
sql_instances: { S: { on: C/SQL, disks: [DATA], databases: [App] } }
services: { app: { needs: [S] } }
",
    );
    assert!(world.spofs().contains("DATA"));
}

#[test]
fn a_primary_that_is_moved_by_hand_is_not_taken_over_from() {
    let text = |primary: &str| {
        format!(
            "servers: [N1, N2, W]
clusters: {{ C: {{ nodes: [N1, N2], witness: W }} }}
sql_instances: {{ I1: {{ on: N1 }}, I2: {{ on: N2 }} }}
availability_groups:
  AG: {{ cluster: C, replicas: {{ I1: {{ {primary} }}, I2: {{ commit: synchronous }} }}, databases: [App] }}
services: {{ app: {{ needs: [App] }} }}
"
        )
    };
    let taken_over = world(&text("commit: synchronous"));
    assert!(taken_over.lost_of(&["app"], &["N1"]).is_empty());
    for primary in ["commit: synchronous, failover: manual", "commit: asynchronous", ""] {
        let alone = world(&text(primary));
        assert_eq!(alone.lost_of(&["app"], &["N1"]).len(), 1, "{primary}");
    }
}

#[test]
fn queues_are_needed_to_send_whether_in_a_transaction_or_not() {
    let text = |services: &str, port: &str| {
        format!(
            "servers: {{ B1: {{ {services} }}, B2: {{ {services} }} }}
external: {{ FAR: {{ redundant: true }} }}
biztalk:
  hosts: {{ S: {{ instances: [B1, B2] }}, T: {{ instances: [B1, B2] }} }}
  orchestrations: {{ O: {{ host: T }} }}
  send_ports: {{ Q: {{ adapter: MSMQ, host: S, to: FAR{port} }} }}
"
        )
    };
    let absent = world(&text("services: { msmq: absent }", ", transactional: false"));
    assert_eq!(absent.lost_of(&["Q"], &[]).len(), 1);
    let backup = ", backup: { adapter: FTP, to: FAR }";
    assert!(world(&text("", backup)).spofs().contains("MSMQ@B1"), "stuck messages do not reroute");
}

#[test]
fn a_share_that_never_works_leaves_the_other_alone() {
    let world = world(
        "servers: { B1: {}, B2: { services: { iis: absent } } }
biztalk:
  hosts: { Web: { type: isolated, instances: [B1, B2] }, P: { instances: [B1, B2] } }
  receive_locations: { H: { adapter: HTTP, host: Web } }
  orchestrations: { O: { host: P } }
",
    );
    assert!(world.spofs().contains("IIS@B1"));
    assert!(world.lost_of(&["H"], &[]).is_empty(), "the other server serves it");
}

#[test]
fn a_server_that_waits_for_a_disaster_is_no_redundancy() {
    let world = world(
        "sites: { DC1: { role: primary }, DC2: { role: standby } }
servers: { B1: { site: DC1 }, B2: { site: DC2 } }
biztalk:
  hosts: { P: { instances: [B1, B2] } }
  orchestrations: { O: { host: P } }
",
    );
    assert!(world.spofs().contains("B1"));
}

#[test]
fn an_address_leads_to_the_computer_that_it_names() {
    let text = |path: &str| {
        format!(
            "servers: [B1, B2, FS]
biztalk:
  hosts: {{ R: {{ instances: [B1, B2] }}, P: {{ instances: [B1, B2] }} }}
  receive_locations: {{ In: {{ adapter: FILE, host: R, from: '{path}' }} }}
  orchestrations: {{ O: {{ host: P }} }}
"
        )
    };
    for path in [r"\\FS\in", r"\\fs.corp.example\in", "//FS/in"] {
        assert!(world(&text(path)).spofs().contains("FS"), "{path}");
    }
    for local in [r"C:\in", r"\\localhost\in", r"\\?\C:\in"] {
        assert!(world(&text(local)).spofs().contains("file system@B1"), "{local}");
    }
}

#[test]
fn a_group_needs_an_instance_of_each_of_its_hosts_where_it_stands() {
    let world = world(
        "servers: [N1, N2, N3]
clusters: { C: { nodes: [N1, N2, N3], groups: { G: { network_name: N, ip: 10.0.0.1 } } } }
biztalk:
  hosts:
    A: { instances: [N1, N2], clustered_in: C/G }
    B: { instances: [N1, N3], clustered_in: C/G }
  orchestrations: { OA: { host: A }, OB: { host: B } }
",
    );
    assert!(world.spofs().contains("N1"), "no other node carries both");
}

#[test]
fn the_agents_of_an_availability_group_are_part_of_the_system() {
    let world = world(
        "servers: [N1, N2, W, B1, B2]
clusters: { C: { nodes: [N1, N2], witness: W } }
sql_instances: { I1: { on: N1, agent: running }, I2: { on: N2, agent: running } }
availability_groups:
  AG:
    cluster: C
    replicas: { I1: { commit: synchronous }, I2: { commit: synchronous } }
    databases: [BizTalkMgmtDb, BizTalkMsgBoxDb, SSODB]
biztalk:
  hosts: { P: { instances: [B1, B2] } }
  orchestrations: { O: { host: P } }
",
    );
    assert_eq!(world.lost_of(&["SQL Agent jobs"], &["SQL Agent (I1)"]).len(), 1);
}

#[test]
fn names_are_found_before_anyone_logs_on() {
    let world = world(
        "servers: [D1, S1]
domain_controllers: { DC: { on: D1 } }
dns_servers: { NS: { on: S1 } }
services: { app: { needs: [S1] } }
",
    );
    assert!(world.analysis.deadlocks.is_empty());
    assert!(world.spofs().contains("DC"));
}
