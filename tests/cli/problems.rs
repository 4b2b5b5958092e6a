//! Every problem of a file in one run, each at its place, with its mend.

use crate::lint;

const MANY: &str = r#"failscope: 1
name: Many mistakes
servrs: [X]
sites: [DC1]
servers:
  A: { site: DC2, zone: inside }
  B: { mtbf: 5 weeks, roles: { x: y } }
  C: { machine: 12 }
  A: {}
storage:
  DISK: { redundant: yes, kind: tape }
clusters:
  K:
    witness: DISKS
    groups:
      G: { disks: [A], possible_owners: [B], resources: [msdtc] }
load_balancers:
  LB: { members: [A, DISK] }
sql_instances:
  SQL: { version: 2019 }
biztalk:
  hosts:
    H: { type: in-proces, instances: [A, BB] }
  receive_locations:
    R: { adapter: FILE }
    R2: { host: H }
  send_ports:
    P: { host: SQL }
  orchestrations:
    DISK: { host: H }
components:
  F: { on: [A], at_least: 2 }
services:
  S: { availability: 99.95 }
  T: { needs: [{ any: [F], all: [R] }, { at_least: 3, of: [A, B] }, Rr] }
"#;

#[test]
fn one_run_shows_them_all() {
    let run = lint(MANY);
    assert_eq!(run.exit, 2);
    let found: Vec<String> =
        run.found().iter().map(|(line, column, code)| format!("{line}:{column} {code}")).collect();
    assert_eq!(
        found,
        [
            "3:1 input/unknown-key",
            "6:14 input/unknown-name",
            "6:25 input/unknown-value",
            "7:14 input/quantity",
            "7:30 input/wrong-type",
            "8:17 input/wrong-type",
            "9:3 input/duplicate-key",
            "11:22 input/wrong-type",
            "11:33 input/unknown-value",
            "13:3 input/missing-key",
            "14:14 input/unknown-name",
            "16:20 input/wrong-kind",
            "16:42 input/owner-not-a-node",
            "18:22 input/wrong-kind",
            "20:3 input/missing-key",
            "23:16 input/unknown-value",
            "23:42 input/unknown-name",
            "25:5 input/missing-key",
            "26:5 input/missing-key",
            "28:5 input/missing-key",
            "28:16 input/wrong-kind",
            "30:5 input/duplicate-name",
            "32:27 input/at-least",
            "34:3 input/missing-key",
            "34:22 input/quantity",
            "35:16 input/need-group",
            "35:40 input/at-least",
            "35:69 input/unknown-name",
        ]
    );
    let near: Vec<&str> =
        run.stdout.lines().filter_map(|line| Some(line.split_once("did you mean `")?.1)).collect();
    assert_eq!(
        near,
        ["servers`?", "DC1`?", "DISK`?", "in-process`?"],
        "one letter is near to any other: nothing is offered for it\n{}",
        run.stdout
    );
}

#[test]
fn every_problem_says_what_to_do() {
    let run = lint(MANY);
    let mends = run.stdout.matches("help: ").count();
    assert_eq!(mends, run.found().len(), "{}", run.stdout);
}

#[test]
fn a_plan_names_components_only() {
    let run = lint(
        "failscope: 1
servers: [BTS01]
plans:
  night:
    steps:
      - fail: [BTS01, BTS1]
      - restart: Nothing@Anywhere
      - restore: ENTSSO
",
    );
    assert_eq!(run.exit, 2);
    let unknown = |line, column| (line, column, "input/unknown-name".to_owned());
    assert_eq!(run.found()[..3], [unknown(6, 23), unknown(7, 18), unknown(8, 18)]);
    assert!(run.stdout.contains("did you mean `BTS01`?"), "{}", run.stdout);
    assert!(run.stdout.contains("name a server, or a part of one"), "{}", run.stdout);
}
