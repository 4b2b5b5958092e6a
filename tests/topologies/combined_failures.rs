//! Two events, of which an analyst forgets the second (2.5).

use failscope::analysis::PhaseKind;

use crate::world::World;

const SMALL: &str = "ra02-small.yaml";
const LARGE: &str = "ra04-large.yaml";
const CLUSTERED: &str = "ra10-clustered-receiving.yaml";
const INSTANCES: [&str; 6] = [
    "Receive@BTS1",
    "Receive@BTS2",
    "Processing@BTS3",
    "Processing@BTS4",
    "Send@BTS5",
    "Send@BTS6",
];

#[test]
fn a_server_that_restarts_without_the_master_secret_does_not_come_back() {
    // 2.5 (1)
    let world = World::of(SMALL);
    let mss = "MSS@SQLCLUSTER/SQL";
    let mut story = world.story();
    let told = story.fail(&[mss]);
    assert!(told.in_phase(PhaseKind::StopsAtOnce).is_empty());
    assert!(told.in_phase(PhaseKind::GoesOnUntilRestart).contains("ENTSSO@BTS1"));
    assert!(told.in_phase(PhaseKind::ChangesBlocked).contains("administration of BizTalk group"));
    let told = story.restart(&["BTS1"]);
    let stays = told.in_phase(PhaseKind::DoesNotComeBack);
    for name in ["ENTSSO@BTS1", "Receive@BTS1", "Processing@BTS1", "Send@BTS1"] {
        assert!(stays.contains(name), "{name} not in {stays:?}");
    }
    assert!(told.waits_for(PhaseKind::DoesNotComeBack, "ENTSSO@BTS1").contains(mss));
    assert!(told.waits_for(PhaseKind::DoesNotComeBack, "Send@BTS1").contains("ENTSSO@BTS1"));
    assert!(told.in_phase(PhaseKind::ComesBack).contains("BTS1"), "Windows itself starts");
    assert!(!story.is_lost("OrdersIn"), "BTS2 goes on from its cached secret");
    // patch night goes on
    story.restart(&["BTS2"]);
    assert!(story.is_lost("OrdersIn") && story.is_lost("Orders") && story.is_lost("OrdersOut"));
    // F09, recovery: the secret is served again
    let told = story.restore(&[mss]);
    let back = told.in_phase(PhaseKind::ComesBack);
    assert!(back.contains("Receive@BTS1") && back.contains("OrdersIn"), "{back:?}");
    assert!(!story.is_lost("OrdersOut"));
}

#[test]
fn a_sql_failover_without_the_master_secret_is_possibly_systemwide() {
    // 2.5 (2): in-process instances recycle by design
    let world = World::of(LARGE);
    let mut story = world.story();
    story.fail(&["MSS@SSOCLUSTER/SSO"]);
    let told = story.fail(&["MSG1"]);
    let interrupted = told.in_phase(PhaseKind::Interrupted);
    let recovers = told.in_phase(PhaseKind::Recovers);
    let disputed = told.in_phase(PhaseKind::Disputed);
    for instance in INSTANCES {
        assert!(interrupted.contains(instance), "{instance}");
        assert!(recovers.contains(instance), "{instance}: read leniently it comes back");
        assert!(disputed.contains(instance), "{instance}: read strictly it does not (D02)");
        let reason = told.waits_for(PhaseKind::Disputed, instance);
        assert!(reason.contains("MSS@SSOCLUSTER/SSO"), "{reason:?}");
    }
    assert!(!story.is_lost("OrdersIn"));
}

#[test]
fn a_sql_failover_with_the_master_secret_is_not_disputed() {
    let world = World::of(LARGE);
    let mut story = world.story();
    let told = story.fail(&["MSG1"]);
    assert!(told.in_phase(PhaseKind::Disputed).is_empty());
    assert!(told.in_phase(PhaseKind::CannotRecover).is_empty());
}

#[test]
fn the_master_secret_server_comes_back_after_its_database() {
    // 2.5 (3): one node lost, both move, and SSO cannot serve until its database is up
    let world = World::of(SMALL);
    let mut story = world.story();
    let told = story.fail(&["SQL1"]);
    let round = |name: &str| told.round(PhaseKind::Recovers, name);
    assert!(round("BTSSQL") < round("SSODB"));
    assert!(round("SSODB") < round("MSS@SQLCLUSTER/SQL"));
    assert!(round("BizTalkMsgBoxDb") < round("Receive@BTS1"));
    assert!(told.in_phase(PhaseKind::CannotRecover).is_empty());
    drop(told);
    assert!(!story.is_lost("OrdersIn"));
}

#[test]
fn without_sql_agent_the_work_of_a_dead_instance_is_not_released() {
    // 2.5 (4), as far as the graph carries it: the jobs are down when the instance dies,
    // the host goes on with its other instance, and the note says what waits
    let world = World::of(SMALL);
    let mut story = world.story();
    let told = story.fail(&["SQL Agent (BTSSQL)"]);
    assert!(told.in_phase(PhaseKind::StopsAtOnce).contains("SQL Agent jobs"));
    assert!(!story.is_lost("Processing"));
    story.fail(&["Processing@BTS1"]);
    assert!(!story.is_lost("Orders"));
    assert!(story.is_lost("SQL Agent jobs"));
    assert!(world.note("Processing@BTS1").contains("SQL Agent"));
    assert!(world.note("SQL Agent (BTSSQL)").contains("release of dead host instances"));
}

#[test]
fn a_clustered_host_on_a_node_without_local_queues_leaves_its_msmq_location_behind() {
    // 2.5 (6)
    let world = World::edited(
        CLUSTERED,
        &[("  BTS2: { services: { msmq: running } }", "  BTS2: { services: { msmq: absent } }")],
    );
    let mut story = world.story();
    assert!(!story.is_lost("OrdersQueue"), "while the group stands on BTS1");
    let told = story.fail(&["BTS1"]);
    assert!(told.in_phase(PhaseKind::Recovers).contains("RecvCluster"));
    assert!(told.in_phase(PhaseKind::Recovers).contains("OrdersFtp"));
    assert!(told.in_phase(PhaseKind::CannotRecover).contains("OrdersQueue"));
    let reason = told.waits_for(PhaseKind::CannotRecover, "OrdersQueue");
    assert!(reason.contains("MSMQ@BTS2"), "{reason:?}");
    drop(told);
    assert!(story.is_lost("OrdersQueue"));
    assert!(!story.is_lost("msmq@BTSCLUSTER/G1"), "although the clustered queue is healthy");
    assert!(!story.is_lost("OrdersFtp") && !story.is_lost("OrdersMail"));
}

#[test]
fn a_host_instance_restarted_without_the_master_secret_is_disputed_and_sso_is_not() {
    // F09 and D02: the restart of ENTSSO is agreed on, that of a host instance is not
    let world = World::of(SMALL);
    let mut story = world.story();
    story.fail(&["MSS@SQLCLUSTER/SQL"]);
    let told = story.restart(&["Receive@BTS1"]);
    assert!(told.in_phase(PhaseKind::ComesBack).contains("Receive@BTS1"));
    assert!(told.in_phase(PhaseKind::Disputed).contains("Receive@BTS1"));
    let told = story.restart(&["ENTSSO@BTS1"]);
    assert!(told.in_phase(PhaseKind::DoesNotComeBack).contains("ENTSSO@BTS1"));
}

#[test]
fn a_passive_node_that_is_lost_puts_nothing_at_risk_but_its_queue_service_does() {
    // 1.3: the local queue service is needed on the node where the group stands, so its
    // own failure on the other node is felt after a move; a dead node is not moved to
    let world = World::of(CLUSTERED);
    let mut story = world.story();
    let told = story.fail(&["BTS2"]);
    assert!(!told.in_phase(PhaseKind::GoesOnUntilRestart).contains("OrdersQueue"));
    let mut story = world.story();
    let told = story.fail(&["MSMQ@BTS2"]);
    assert!(told.in_phase(PhaseKind::GoesOnUntilRestart).contains("OrdersQueue"));
}

#[test]
fn a_clustered_host_moves_without_the_master_secret_as_long_as_sso_runs_on_the_other_node() {
    // F09: the ENTSSO of each node goes on from its cached copy, and it is not clustered
    // here (6.8), so it does not restart when the host moves; D02 stays disputed
    let world = World::of(CLUSTERED);
    let mss = "MSS@SQLCLUSTER/SQL";
    let mut story = world.story();
    story.fail(&[mss]);
    let told = story.fail(&["BTS1"]);
    assert!(told.in_phase(PhaseKind::Recovers).contains("RecvCluster"));
    assert!(told.in_phase(PhaseKind::Disputed).contains("RecvCluster"));
    assert!(!story.is_lost("OrdersFtp"));
    // 2.5 (1): patch night, one node after the other
    let mut story = world.story();
    story.fail(&[mss]);
    story.restart(&["BTS1"]);
    assert!(!story.is_lost("OrdersFtp"));
    story.restart(&["BTS2"]);
    assert!(story.is_lost("OrdersFtp") && story.is_lost("Orders"));
}

#[test]
fn a_clustered_sso_service_cannot_move_without_the_master_secret() {
    // 6.9, pattern 2: SSO restarts on the other node, and fetches the secret to start
    let world = World::of("ra11-sso-and-hosts-pattern2.yaml");
    let mut story = world.story();
    story.fail(&["MSS@SQLCLUSTER/SQL"]);
    assert!(!story.is_lost("Orders"));
    story.fail(&["BTS1"]);
    assert!(story.is_lost("OrdersFtp") && story.is_lost("Orders") && story.is_lost("OrdersOut"));
}
