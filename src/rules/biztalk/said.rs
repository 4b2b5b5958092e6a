//! What findings say, where they point, and which edits they propose: for what the severities of
//! the edge cases do not show.

use crate::change::{Proposal, Step};
use crate::rules::testing::{findings, place_in, pointed_at};
use crate::rules::{Finding, find};

/// The bad example of a rule, changed in places.
#[track_caller]
fn changed(id: &str, changes: &[(&str, &str)]) -> String {
    let mut yaml = find(id).unwrap().bad.to_owned();
    for (was, is) in changes {
        assert!(yaml.contains(was), "{id}: {was:?} is not in\n{yaml}");
        yaml = yaml.replacen(was, is, 1);
    }
    yaml
}

/// The only finding in it.
#[track_caller]
fn only(id: &str, changes: &[(&str, &str)]) -> (Finding, String) {
    let yaml = changed(id, changes);
    let mut found = findings(find(id).unwrap(), &yaml);
    assert_eq!(found.len(), 1, "{id}: {found:?}\n{yaml}");
    (found.remove(0).1, yaml)
}

#[track_caller]
fn says(id: &str, changes: &[(&str, &str)], words: &str) {
    let (finding, yaml) = only(id, changes);
    assert!(finding.message.contains(words), "{id}: {}\n{yaml}", finding.message);
}

#[track_caller]
fn points_at(id: &str, changes: &[(&str, &str)], places: &[&str]) {
    let (finding, yaml) = only(id, changes);
    assert_eq!(pointed_at(&finding, &yaml), places, "{id}\n{yaml}");
}

#[track_caller]
fn proposes(id: &str, changes: &[(&str, &str)], expected: &[&str]) {
    let (finding, yaml) = only(id, changes);
    let proposed: Vec<String> = finding.proposals.iter().map(|p| in_words(p, &yaml)).collect();
    assert_eq!(proposed, expected, "{id}\n{yaml}");
}

/// `instances of 5: Process + BTS02, - 8: BTS03`
fn in_words(proposal: &Proposal, yaml: &str) -> String {
    let step = |step: &Step| match step {
        Step::Add { of, key, items } => {
            format!("{key} of {} + {}", place_in(yaml, *of), items.join(" "))
        }
        Step::Set { of, key, value } => format!("{key} of {} = {value}", place_in(yaml, *of)),
        Step::Remove { item } => format!("- {}", place_in(yaml, *item)),
    };
    proposal.steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn silent(id: &str, changes: &[(&str, &str)]) {
    let yaml = changed(id, changes);
    let found = findings(find(id).unwrap(), &yaml);
    assert!(found.is_empty(), "{id}: {found:?}\n{yaml}");
}

#[test]
fn messages_name_what_they_are_about() {
    says("BTS007", &[], "HTTP receive cannot run in in-process host Receive");
    says("BTS106", &[], "FTP receive in host Receive (Partner) is active on BTS01 and BTS02");
    says("BTS312", &[], "where it fails on a node, Receive fails there");
    says("BTS316", &[], "unclustered hosts on nodes of WSFC (Process)");
    says("BTS703", &[], "AG1 commits asynchronously to TWO;");
    says("BTS806", &[], "the BAM portal on WEB01 has no second server");
    let two = [("[WEB01]", "[WEB01, BTS01]")];
    says("BTS806", &two, "the BAM portal on BTS01 and WEB01 has no balancer");
    says("BTS809", &[], "is missing on BTS02");
    says("BTS809", &[("absent", "disabled")], "is stopped on BTS02");
}

#[test]
fn a_release_that_is_not_listed_is_named_with_those_that_are() {
    let (finding, _) = only("BTS925", &[]);
    let words = "BTSSQL (SQL Server 2019) is not supported by BizTalk Server 2016, which lists";
    assert!(finding.message.starts_with(words), "{}", finding.message);
    assert_eq!(finding.primary.text, "not on the list");
    let needs_update = [("2019", "2022"), ("\"2016\"", "\"2020\"")];
    let (finding, _) = only("BTS925", &needs_update);
    assert_eq!(finding.primary.text, "listed with CU6");
}

#[test]
fn an_edition_is_named_with_its_limit() {
    for (edition, name, limit) in [
        ("standard", "Standard", "two nodes at most"),
        ("web", "Web", "no failover clusters"),
        ("express", "Express", "no failover clusters"),
        ("workgroup", "Workgroup", "no failover clusters"),
    ] {
        let (finding, _) = only("BTS604", &[("standard", edition)]);
        assert!(finding.message.contains(&format!("SQL Server {name},")), "{}", finding.message);
        assert_eq!(finding.primary.text, limit, "{edition}");
    }
    let two_nodes = ("nodes: [SQL01, SQL02, SQL03]", "nodes: [SQL01, SQL02]");
    silent("BTS604", &[two_nodes]);
    silent("BTS604", &[two_nodes, ("    edition: standard   # <-\n", "")]);
}

/// An adapter of the user's own is judged by its own entry, whatever stands beside it.
#[test]
fn adapters_of_ones_own_have_the_process_that_their_entry_gives() {
    let own = "biztalk:\n  adapters: { A: { process: in-process }, B: { process: isolated } }\n";
    let through = |name| [("biztalk:\n", own), ("adapter: HTTP", name)];
    silent("BTS007", &through("adapter: A"));
    says("BTS007", &through("adapter: B"), "B receive cannot run in in-process host Receive");
}

#[test]
fn a_host_that_a_backup_transport_names_is_shown_there() {
    let other = ("  orchestrations:", "    Other: { instances: [BTS01] }\n  orchestrations:");
    let as_backup = ("host: Main, to", "host: Other, backup: { adapter: FILE, host: Main }, to");
    points_at("BTS009", &[other, as_backup], &["5: Main", "8: Main", "10: Main"]);
    let with_backup = ("host: Main, to", "host: Main, backup: { adapter: FILE, host: Other }, to");
    points_at("BTS009", &[other, with_backup], &["5: Main", "8: Main", "10: Main"]);
    let web = (
        "host: Web }   # <-\n",
        "host: Other }\n  send_ports:\n    Out:\n      adapter: FILE\n      host: Other\n      backup: { adapter: FILE, host: Web }\n",
    );
    points_at("BTS006", &[other, web], &["13: Web", "5: isolated"]);
}

#[test]
fn of_two_mentions_the_second_goes_and_the_first_is_shown() {
    let three = [("        - BTS01\n", "        - BTS02\n        - BTS01\n")];
    points_at("BTS004", &three, &["9: BTS01", "8: BTS01"]);
    proposes("BTS004", &three, &["- 9: BTS01"]);
    let again = |line| [("        - BTS01   # <-\n", line)];
    let disabled = again("      disabled_instances: [BTS02, BTS02]\n");
    proposes("BTS004", &disabled, &["- 8: BTS02"]);
    // One mention says that it runs, the other that it does not: which one is meant?
    proposes("BTS004", &again("      disabled_instances: [BTS01]\n"), &[]);
}

#[test]
fn an_owner_is_shown_where_the_file_makes_it_one() {
    points_at("BTS303", &[], &["12: WSFC/G1", "5: BTS03"]);
    let owners = [("ip: 10.0.0.9", "ip: 10.0.0.9, possible_owners: [BTS01, BTS03]")];
    points_at("BTS303", &owners, &["12: WSFC/G1", "7: BTS03"]);
}

#[test]
fn only_what_is_missing_is_proposed() {
    proposes("BTS144", &[], &["- 6: BTS03, members of 4: NLB + BTS02"]);
    proposes("BTS144", &[("[BTS01, BTS03]", "[BTS01]")], &["members of 4: NLB + BTS02"]);
    proposes("BTS144", &[("[BTS01, BTS03]", "[BTS01, BTS02, BTS03]")], &["- 6: BTS03"]);
    proposes("BTS307", &[], &["possible_owners of 7: G1 + BTS02"]);
    proposes("BTS311", &[], &["resources of 7: G1 + w3svc"]);
    proposes("BTS912", &[], &["- 6: DRBTS, disabled_instances of 5: Process + DRBTS"]);
}

/// MSDTC belongs into the group that has BizTalk hosts, wherever the file lists it.
#[test]
fn a_group_with_hosts_gets_msdtc_first() {
    let other = ("    groups:\n", "    groups:\n      G0: { network_name: OTHER }\n");
    let proposed = ["resources of 8: G1 + msdtc", "resources of 7: G0 + msdtc"];
    proposes("BTS308", &[other], &proposed);
}

/// Servers that a proposal may use: of the group, without an instance of the host, apart from
/// its instances first, and neither a placeholder nor one that waits for a disaster.
#[test]
fn free_servers_get_the_instance_that_is_missing() {
    let on = |places: &str, more: &str| {
        let servers = format!("servers: {{ {places} }}");
        let group = format!("biztalk:\n  servers: [BTS01, S2, S3]\n{more}");
        let disabled = "      disabled_instances: [BTS02]   # <-\n";
        let yaml =
            changed("BTS013", &[("servers: [BTS01, BTS02]", &servers), ("biztalk:\n", &group)]);
        let yaml = yaml.replace(disabled, "      disabled_instances: [S4]\n");
        let found = findings(find("BTS013").unwrap(), &yaml);
        assert_eq!(found.len(), 1, "{found:?}\n{yaml}");
        found[0].1.proposals.iter().map(|proposal| proposal.title.clone()).collect::<Vec<_>>()
    };
    let enable = "plan to enable host Process on S4";
    let both = |server| format!("{enable}, and an instance on {server}");
    let one = |server| format!("plan an instance of host Process on {server}");
    let apart = on("BTS01: { machine: M1 }, S2: { machine: M1 }, S3: , S4: ", "");
    assert_eq!(apart, [enable.to_owned(), both("S3"), one("S3"), one("S2")]);
    let placeholder = on("BTS01: , S2: { placeholder: true }, S3: , S4: ", "");
    assert_eq!(placeholder, [enable.to_owned(), both("S3"), one("S3")]);
    let standby = on("BTS01: , S2: , S3: , S4: ", "  disaster_recovery: { servers: [S2] }\n");
    assert_eq!(standby, [enable.to_owned(), both("S3"), one("S3")]);
}
