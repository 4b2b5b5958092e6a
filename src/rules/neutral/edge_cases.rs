//! Examples changed in one place: what is unknown, what is exempted, what is nearly wrong.

use crate::diagnostic::Severity::{self, Error, Info, Warning};
use crate::rules::testing::{all_findings, findings};
use crate::rules::{Rule, find};

fn rule(id: &str) -> &'static Rule {
    find(id).unwrap()
}

/// Severity and message of what a rule alone finds.
fn found(id: &str, yaml: &str) -> Vec<(Severity, String)> {
    findings(rule(id), yaml).into_iter().map(|(_, f)| (f.severity, f.message)).collect()
}

#[track_caller]
fn severities(id: &str, yaml: &str, expected: &[Severity]) {
    let found = found(id, yaml);
    let severities: Vec<Severity> = found.iter().map(|(severity, _)| *severity).collect();
    assert_eq!(severities, expected, "{id}: {found:?}");
}

#[track_caller]
fn bad_with(id: &str, from: &str, to: &str) -> String {
    replaced(rule(id).bad, from, to)
}

#[track_caller]
fn good_with(id: &str, from: &str, to: &str) -> String {
    replaced(rule(id).good, from, to)
}

#[track_caller]
fn replaced(yaml: &str, from: &str, to: &str) -> String {
    assert!(yaml.contains(from), "`{from}` in\n{yaml}");
    yaml.replace(from, to)
}

#[test]
fn a_single_point_is_an_error_only_for_a_service_with_a_target() {
    severities("FS001", rule("FS001").bad, &[Error]);
    severities("FS001", &bad_with("FS001", "    availability: 99.9%\n", ""), &[Warning]);
    let recovery = bad_with("FS001", "availability: 99.9%", "recovery_time: 1h");
    severities("FS001", &recovery, &[Error]);
}

#[test]
fn a_server_stands_for_what_runs_on_it_and_for_its_places() {
    let yaml = bad_with(
        "FS001",
        "servers: [WEB1, WEB2, DB1]",
        "servers:\n  WEB1: { machine: M1 }\n  WEB2: { machine: M2 }\n  DB1: { machine: M1, rack: R1, site: S1 }",
    );
    let found = found("FS001", &yaml);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "service checkout has a single point of failure: DB1");
}

#[test]
fn a_machine_stands_for_its_rack_and_a_site_counts_where_there_is_another() {
    let yaml = |place: &str, other: &str| {
        good_with(
            "FS001",
            "servers: [WEB1, WEB2, DB1, DB2]",
            &format!(
                "servers:\n  WEB1: {{ {other} }}\n  WEB2:\n  DB1: {{ {place} }}\n  DB2: {{ {place} }}"
            ),
        )
    };
    let message = |yaml: &str| found("FS001", yaml).into_iter().map(|(_, m)| m).collect::<String>();
    let machine = yaml("machine: M1, rack: R1, site: S1", "site: S2");
    assert_eq!(message(&machine), "service checkout has a single point of failure: machine M1");
    let site = yaml("site: S1", "site: S2");
    assert_eq!(message(&site), "service checkout has a single point of failure: site S1");
    severities("FS001", &yaml("site: S1", "site: S1"), &[]);
    let rack = yaml("rack: R1, site: S1", "site: S1");
    assert_eq!(message(&rack), "service checkout has a single point of failure: rack R1");
}

#[test]
fn what_is_single_only_by_assumption_is_said_to_be_unknown() {
    let yaml = |redundant: &str, more: &str| {
        format!(
            "failscope: 1\nstorage:\n  DISKS: {{ {redundant} }}\nservices:\n  \
             save: {{ needs: [DISKS], {more} }}\n"
        )
    };
    severities("FS001", &yaml("redundant: false", "recovery_time: 1h"), &[Error]);
    severities("FS001", &yaml("redundant: true", "recovery_time: 1h"), &[]);
    severities("FS001", &yaml("kind: san", "recovery_time: 1h"), &[Warning]);
    severities("FS001", &yaml("kind: san", ""), &[Info]);
    let (_, message) = &found("FS001", &yaml("kind: san", ""))[0];
    assert!(message.starts_with("unknown whether service save survives"), "{message}");
}

/// The same for everything that may be made of several parts: see the limits of the rule.
#[test]
fn a_redundancy_that_is_not_stated_is_unknown_for_all_kinds() {
    for (kind, unknown, stated) in [
        ("networks", "X:", "X: { redundant: false }"),
        ("load_balancers", "X: { members: [A, B] }", "X: { members: [A, B], redundant: false }"),
        ("file_shares", "X:", "X: { redundant: false }"),
        ("file_shares", "X:", "X: { on: A }"),
        ("external", "X:", "X: { redundant: false }"),
        ("external", "X:", "X: { nodes: [one] }"),
    ] {
        let yaml = |thing: &str| {
            format!(
                "failscope: 1\nservers: [A, B]\n{kind}:\n  {thing}\nservices:\n  \
                 save: {{ needs: [X], recovery_time: 1h }}\n"
            )
        };
        severities("FS001", &yaml(unknown), &[Warning]);
        severities("FS001", &yaml(stated), &[Error]);
    }
}

#[test]
fn beside_what_is_certain_the_unknown_is_marked() {
    let yaml = "failscope: 1\nstorage: [DISKS]\ncomponents: [app]\nservices:\n  \
                save: { needs: [DISKS, app], recovery_time: 1h }\n";
    let (severity, message) = &found("FS001", yaml)[0];
    assert_eq!(*severity, Error);
    let expected =
        "service save has 2 single points of failure: DISKS (unless it is redundant) and app";
    assert_eq!(message, expected);
}

#[test]
fn what_only_a_restart_shows_is_milder_and_says_so() {
    let yaml = bad_with("FS001", "needs: [database]", "needs: [{ all: [database], kind: start }]");
    let found = found("FS001", &yaml);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Warning);
    assert!(found[0].1.contains("(at a restart)"), "{}", found[0].1);
}

#[test]
fn the_widest_reach_comes_first() {
    let yaml = "failscope: 1\ncomponents: { a:, b: }\nservices:\n  one: { needs: [a, b] }\n  two: { needs: [b] }\n";
    let found = found("FS001", yaml);
    assert_eq!(found[0].1, "service one has 2 single points of failure: b and a");
}

#[test]
fn copies_are_spread_only_as_far_as_their_narrowest_common_place() {
    let yaml = |first: &str, second: &str, third: &str| {
        format!(
            "failscope: 1\nservers:\n  A: {{ {first} }}\n  B: {{ {second} }}\n  C: {{ {third} }}\n\
             components:\n  shop: {{ on: [A, B, C], at_least: 2 }}\n"
        )
    };
    let r1 = "rack: R1, site: S1";
    let message = &found("FS002", &yaml("rack: R2, site: S1", r1, r1))[0].1;
    assert_eq!(
        message,
        "shop needs 2 of its copies on A, B and C, but losing rack R1 takes those on B and C"
    );
    severities("FS002", &yaml("site: S1", "site: S1", "site: S1"), &[]);
    severities("FS002", &yaml("site: S1", "site: S1", "site: S2"), &[Warning]);
    severities("FS002", &yaml("rack: R1", "rack: R2", "rack: R3"), &[]);
}

#[test]
fn alternatives_on_one_server_share_its_fate() {
    let yaml = "failscope: 1\nservers: [A, B]\ncomponents:\n  one: { on: [A] }\n  two: { on: [A] }\n  \
                app: { function: main, needs: [{ any: [one, two] }] }\n";
    let found = found("FS002", yaml);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "app needs 1 of one and two, but losing A takes all of them");
    severities("FS006", yaml, &[]);
    severities("FS002", &yaml.replace("two: { on: [A] }", "two: { on: [B] }"), &[]);
}

#[test]
fn a_choice_that_all_depend_on_one_thing_is_none() {
    let yaml = "failscope: 1\nnetworks: { wire: { redundant: false } }\nservers:\n  A: { networks: [wire] }\n  \
                B: { networks: [wire] }\ncomponents:\n  app: { function: main, on: [A, B] }\n";
    let found = found("FS006", yaml);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "app needs 1 of its copies on A and B, but A and B need wire");
    severities("FS006", &yaml.replace("redundant: false", "redundant: true"), &[]);
}

#[test]
fn a_choice_is_not_blamed_for_what_its_dependent_needs_anyway() {
    let yaml = bad_with(
        "FS006",
        "      - { any: [database, cache] }",
        "      - database\n      - { any: [database, cache] }",
    );
    severities("FS006", &yaml, &[]);
}

#[test]
fn an_alternative_that_needs_a_redundant_thing_is_still_none_of_it() {
    let yaml = "failscope: 1\nservers: [A, B]\ncomponents:\n  primary: { on: [A, B] }\n  \
                standby: { needs: [primary] }\n  app: { function: main, needs: [{ any: [primary, standby] }] }\n";
    let message = &found("FS006", yaml)[0].1;
    assert_eq!(message, "app needs 1 of primary and standby, but standby needs primary");
}

#[test]
fn an_alternative_that_another_needs_is_named_before_what_both_need() {
    let yaml = bad_with("FS006", "components:\n", "storage: [disk]\ncomponents:\n");
    let yaml = replaced(&yaml, "  database:\n", "  database: { needs: [disk] }\n");
    let message = &found("FS006", &yaml)[0].1;
    assert_eq!(message, "shop needs 1 of database and cache, but cache needs database");
}

#[test]
fn a_server_that_is_itself_an_alternative_is_no_place() {
    let yaml = "failscope: 1\nservers: [A]\ncomponents:\n  one: { on: [A] }\n  \
                app: { function: main, needs: [{ any: [A, one] }] }\n";
    severities("FS002", yaml, &[]);
    assert_eq!(found("FS006", yaml)[0].1, "app needs 1 of A and one, but one needs A");
}

#[test]
fn an_alternative_that_needs_another_one_only_to_start_is_none_at_its_next_start() {
    let start = "needs: [{ all: [database], kind: start }]";
    let yaml = bad_with("FS006", "needs: [database]", start);
    let latent = found("FS006", &yaml);
    let message = "shop needs 1 of database and cache, but cache needs database to start";
    assert_eq!(latent, [(Warning, message.to_owned())]);
    // It runs without, and so it starts without.
    for kind in ["config", "soft"] {
        severities("FS006", &yaml.replace("kind: start", &format!("kind: {kind}")), &[]);
    }
    // There is a third one that starts by itself, or what it needs to start is elsewhere.
    let third = replaced(&yaml, "any: [database, cache]", "any: [database, cache, disk]");
    severities("FS006", &replaced(&third, "components:\n", "storage: [disk]\ncomponents:\n"), &[]);
    let other = replaced(&yaml, "all: [database]", "all: [disk]");
    severities("FS006", &replaced(&other, "components:\n", "storage: [disk]\ncomponents:\n"), &[]);
    // What needs it at once as well is lost at once.
    let both = replaced(&yaml, start, "needs: [database, { all: [database], kind: start }]");
    severities("FS006", &both, &[Error]);
    severities("FS002", &yaml, &[]);
}

/// The standby is a cluster group: it starts on N2 when N1 is lost.
#[test]
fn a_standby_that_starts_when_the_primary_fails_and_needs_it_to_start_is_none_at_all() {
    let yaml = "failscope: 1\nservers: [N1, N2]\nclusters:\n  PAIR: { nodes: [N1, N2], groups: { G: {} } }\n\
                components:\n  standby: { needs: [PAIR/G] }\n  app: { function: main, needs: [{ any: [N1, standby] }] }\n";
    severities("FS006", yaml, &[]);
    let to_start = replaced(yaml, "[PAIR/G]", "[PAIR/G, { all: [N1], kind: start }]");
    let defeated = found("FS006", &to_start);
    let message = "app needs 1 of N1 and standby, but standby needs N1";
    assert_eq!(defeated, [(Error, message.to_owned())]);
}

#[test]
fn several_alternatives_need_what_they_share() {
    let yaml = "failscope: 1\nservers: [A, B]\ncomponents:\n  base: { on: [A, B] }\n  \
                one: { needs: [base] }\n  two: { needs: [base] }\n  app: { function: main, \
                needs: [{ any: [one, two] }] }\n";
    let single = yaml.replace("base: { on: [A, B] }", "base:");
    let message = &found("FS006", &single)[0].1;
    assert_eq!(message, "app needs 1 of one and two, but one and two need base");
}

#[test]
fn a_witness_is_found_wherever_it_stands() {
    severities("FS003", &bad_with("FS003", "witness: VOTES", "witness: N1"), &[Error]);
    let message = &found("FS003", &bad_with("FS003", "witness: VOTES", "witness: N1"))[0].1;
    assert_eq!(message, "the witness of cluster PAIR is N1, one of its nodes");
    // Of four votes, two are left; of five, three, which is a majority.
    severities("FS003", &bad_with("FS003", "[N1, N2]", "[N1, N2, N3]"), &[Error]);
    severities("FS003", &bad_with("FS003", "[N1, N2]", "[N1, N2, N3, N4]"), &[Warning]);
    let disk = "failscope: 1\nservers: [N1, N2]\nstorage:\n  D: { kind: local }\nclusters:\n  \
                PAIR: { nodes: [N1, N2], witness: D }\n";
    severities("FS003", disk, &[Warning]);
    assert!(found("FS003", disk)[0].1.starts_with("unknown whether witness D"));
    severities("FS003", &disk.replace("kind: local", "kind: local, needs: [N2]"), &[Error]);
    severities("FS003", &disk.replace("kind: local", "kind: san"), &[]);
    let elsewhere = disk.replace("[N1, N2]\nstorage", "[N1, N2, N3]\nstorage");
    severities("FS003", &elsewhere.replace("kind: local", "kind: local, needs: [N3]"), &[]);
    let own = "failscope: 1\nservers: [N1, N2]\nfile_shares:\n  F: { on: PAIR/G }\nclusters:\n  \
               PAIR: { nodes: [N1, N2], witness: F, groups: { G: } }\n";
    let found = found("FS003", own);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "witness F of cluster PAIR is served by the cluster itself");
    let other = "  PAIR: { nodes: [N1, N2], witness: F }\n  \
                 OTHER: { nodes: [N3, N4], groups: { G: } }\n";
    let other = own.replace("  PAIR: { nodes: [N1, N2], witness: F, groups: { G: } }\n", other);
    let other =
        other.replace("PAIR/G", "OTHER/G").replace("[N1, N2]\nfile", "[N1, N2, N3, N4]\nfile");
    severities("FS003", &other, &[]);
}

#[test]
fn a_witness_on_the_machine_of_a_node_goes_with_the_node() {
    let yaml = |machine: &str| {
        good_with(
            "FS003",
            "servers: [N1, N2, FILES]",
            &format!("servers:\n  N1: {{ machine: M1 }}\n  N2:\n  FILES: {{ machine: {machine} }}"),
        )
    };
    let message = &found("FS003", &yaml("M1"))[0].1;
    let expected =
        "witness VOTES of cluster PAIR is on machine M1 together with N1, one of its nodes";
    assert_eq!(message, expected);
    severities("FS003", &yaml("M2"), &[]);
    // A rack or a site of that name is no machine.
    let rack = yaml("M2").replace("FILES: { machine: M2 }", "FILES: { rack: M1, site: M1 }");
    severities("FS003", &rack, &[]);
}

#[test]
fn a_majority_is_counted_over_sites() {
    let bad = rule("FS004").bad;
    severities("FS004", &replaced(bad, "site: South", "site: North"), &[]);
    severities("FS004", &replaced(bad, "  FILES: { site: North }", "  FILES:"), &[Info]);
    severities("FS004", &replaced(bad, "    witness: VOTES\n", ""), &[Info]);
    severities("FS004", &replaced(bad, "witness: VOTES", "witness: none"), &[Warning]);
    let three =
        replaced(bad, "[N1, N2]", "[N1, N2, FILES]").replace("witness: VOTES", "witness: none");
    let found = found("FS004", &three);
    assert_eq!(found[0].1, "cluster PAIR loses its quorum with site North");
    // Three nodes in three sites: whatever is lost leaves two votes of three, witness or none.
    let spread = replaced(&three, "  FILES: { site: North }", "  FILES: { site: West }");
    severities("FS004", &spread, &[]);
    severities("FS004", &replaced(&spread, "    witness: none\n", ""), &[]);
}

#[test]
fn two_sites_without_a_witness_are_one_finding() {
    let yaml = bad_with("FS004", "witness: VOTES", "witness: none");
    let all = all_findings(&yaml);
    let ids: Vec<&str> = all.iter().map(|(_, f)| f.rule.id()).collect();
    assert!(ids.contains(&"FS004") && !ids.contains(&"FS005"), "{ids:?}");
    let head = all.iter().find(|(_, f)| f.rule.id() == "FS004").unwrap();
    assert_eq!(head.1.stands_for, ["FS005"]);
}

#[test]
fn even_votes_without_a_stated_witness_are_unknown() {
    severities("FS005", &bad_with("FS005", "    witness: none   # <-\n", ""), &[Info]);
    severities("FS005", &bad_with("FS005", "[N1, N2]", "[N1, N2, N3]"), &[]);
}

#[test]
fn a_circle_with_a_way_in_is_no_deadlock() {
    let any = "{ any: [directory, other], kind: start }";
    let yaml = bad_with("FS007", "{ all: [directory], kind: start }", any);
    severities("FS007", &replaced(&yaml, "components:\n", "components:\n  other:\n"), &[]);
    let circle = replaced(&yaml, "components:\n", "components:\n  other: { needs: [directory] }\n");
    severities("FS007", &circle, &[Error]);
}

#[test]
fn who_waits_for_whom_in_a_circle_is_said() {
    let (_, finding) = findings(rule("FS007"), rule("FS007").bad).remove(0);
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let labels: Vec<&str> = labels.map(|label| label.text.as_str()).collect();
    assert_eq!(labels, ["waits for storage-controller", "waits for directory"]);
    let own = "failscope: 1\ncomponents:\n  clock: { needs: [clock] }\n";
    assert_eq!(found("FS007", own)[0].1, "clock needs itself to start");
}

#[test]
fn only_what_has_no_part_in_anything_is_unused() {
    let bad = rule("FS008").bad;
    severities("FS008", &replaced(bad, "OLD1:", "OLD1: { roles: [jump host] }"), &[]);
    severities("FS008", &replaced(bad, ", function: main", ""), &[]);
    severities("FS008", &format!("{bad}storage: [SPARE]\nexternal: [ELSEWHERE]\n"), &[Info; 3]);
    let used = "biztalk:\n  hosts: { H: { instances: [WEB1] } }\n  receive_locations:\n    \
                In: { adapter: FTP, host: H, from: ELSEWHERE }\n";
    severities("FS008", &format!("{bad}external: [ELSEWHERE]\n{used}"), &[Info]);
    let idle = used.replace("host: H,", "host: H, enabled: false,");
    severities("FS008", &format!("{bad}external: [ELSEWHERE]\n{idle}"), &[Info]);
    let balanced = format!("{bad}load_balancers:\n  FRONT: {{ members: [WEB1, OLD1] }}\n");
    let found = found("FS008", &balanced);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "FRONT is defined, but nothing needs it");
}

#[test]
fn recovery_is_compared_with_every_stated_time_on_the_way() {
    severities("FS009", &bad_with("FS009", "failover_time: 20m", "failover_time: 15m"), &[]);
    severities("FS009", &bad_with("FS009", "    recovery_time: 15m   # <-\n", ""), &[]);
    let repair = "failscope: 1\ncomponents:\n  a: { mttr: 4h }\n  b: { mttr: 1h }\nservices:\n  \
                  s: { needs: [a, b], recovery_time: 30m }\n";
    let message = &found("FS009", repair)[0].1;
    assert_eq!(
        message,
        "service s is to recover in 30m, but a takes 4h to repair and b takes 1h to repair"
    );
    severities("FS009", &repair.replace("needs: [a, b]", "needs: [{ any: [a, b] }]"), &[]);
}

#[test]
fn services_are_named_together() {
    let two = bad_with("FS010", "services:\n", "services:\n  refund: { needs: [card-payments] }\n");
    let expected = "external system card-payments has no alternative, and services refund and checkout \
                    cannot do without it";
    assert_eq!(found("FS010", &two)[0].1, expected);
    let one = &found("FS010", rule("FS010").bad)[0].1;
    assert!(one.contains("and service checkout cannot"), "{one}");
}

#[test]
fn an_external_system_counts_as_what_the_file_says_of_it() {
    severities("FS010", &bad_with("FS010", "redundant: false", "redundant: true"), &[]);
    severities("FS010", &bad_with("FS010", "    redundant: false\n", ""), &[Info]);
    severities("FS010", &bad_with("FS010", "redundant: false", "nodes: [a, b]"), &[]);
    severities(
        "FS010",
        &bad_with(
            "FS010",
            "  checkout: { needs: [card-payments] }\n",
            "  browse: { needs: [shop] }\ncomponents: { shop: }\n",
        ),
        &[],
    );
}
