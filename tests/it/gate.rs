//! `gate`: the decision as tables over policy, baseline, suppression and what is unknown. Expected
//! statuses come from what the policy says in words, not from the program.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use crate::program::run_at;

const PASS: u8 = 0;
const FAIL: u8 = 1;
const UNDECIDED: u8 = 2;

fn run(words: &[&str]) -> (String, String, u8) {
    let ran = run_at(200, words);
    (ran.stdout, ran.stderr, ran.code)
}

/// A folder with `new.yaml`, and the files that a test adds.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(topology: &str) -> Case {
        let case = Case { folder: tempfile::tempdir().unwrap() };
        case.with("new.yaml", topology)
    }

    fn with(self, name: &str, text: &str) -> Case {
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    fn policy(self, policy: &str) -> Case {
        self.with("failscope.yaml", &format!("policy:\n{policy}"))
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Words that name a file of the folder are made its path.
    fn gate(&self, flags: &[&str]) -> (String, u8) {
        let named = |word: &&str| match word.ends_with(".yaml") {
            true => self.path(word),
            false => (*word).to_owned(),
        };
        let mut words = vec!["gate".to_owned(), self.path("new.yaml")];
        words.extend(["--today".to_owned(), "2026-12-01".to_owned()]);
        words.extend(flags.iter().map(named));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (stdout, stderr, exit) = run(&words);
        (format!("{stdout}{stderr}"), exit)
    }

    #[track_caller]
    fn check(&self, what: &str, flags: &[&str], exit: u8, shows: &[&str]) {
        let (said, status) = self.gate(flags);
        assert_eq!(status, exit, "{what}\n{said}");
        for part in shows {
            match part.strip_prefix('!') {
                Some(part) => assert!(!said.contains(part), "{what} says {part:?}\n{said}"),
                None => assert!(said.contains(part), "{what} does not say {part:?}\n{said}"),
            }
        }
    }

    fn json(&self, flags: &[&str]) -> Value {
        let (said, _) = self.gate(&[flags, &["--format", "json"]].concat());
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}\n{said}"))
    }
}

/// One error, BTS106 of Receive in line 54; an error if what is unknown is so, BTS903 and BTS404
/// of the group; warnings; an info. Without the services, whose single points are another error.
static HUB: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../../topologies/small.yaml").replace("\r\n", "\n");
    text.split("\nservices:").next().unwrap_or_default().to_owned() + "\n"
});
const FTP: &str = "    OrdersFtp: { adapter: FTP, host: Receive,";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Suppression {
    None,
    Waiver,
    Comment,
    Expired,
    Outgrown,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Listed {
    NoBaseline,
    Nothing,
    TheError,
    TheUnknown,
    Both,
}

#[test]
fn severity_over_policy_baseline_suppression_and_unknown() {
    let mut rows = 0;
    for policy in ["", "error", "warning", "info", "none"] {
        for listed in [
            Listed::NoBaseline,
            Listed::Nothing,
            Listed::TheError,
            Listed::TheUnknown,
            Listed::Both,
        ] {
            // Without a policy a baseline asks for more than a severity.
            if policy.is_empty() && listed != Listed::NoBaseline {
                continue;
            }
            for suppression in [
                Suppression::None,
                Suppression::Waiver,
                Suppression::Comment,
                Suppression::Expired,
                Suppression::Outgrown,
            ] {
                for unknown in [true, false] {
                    severity_row(policy, listed, suppression, unknown);
                    rows += 1;
                }
            }
        }
    }
    assert_eq!(rows, 5 * 2 * (1 + 4 * 5));
}

fn severity_row(policy: &str, listed: Listed, suppression: Suppression, unknown: bool) {
    let mut project = String::new();
    if !policy.is_empty() {
        project.push_str(&format!("policy:\n  max_severity: {policy}\n"));
    }
    if !unknown {
        project.push_str("severity: { BTS903: warning, BTS404: warning }\n");
    }
    let waiver = |until: &str, accepts: &str| {
        format!(
            "waivers:\n  - {{ rule: BTS106, subject: Receive, reason: x, until: {until}, accepts: {accepts} }}\n"
        )
    };
    match suppression {
        Suppression::Waiver => project.push_str(&waiver("2026-12-31", "systemwide")),
        Suppression::Expired => project.push_str(&waiver("2026-11-30", "systemwide")),
        Suppression::Outgrown => project.push_str(&waiver("2026-12-31", "none")),
        Suppression::None | Suppression::Comment => {}
    }
    let topology = match suppression {
        Suppression::Comment => {
            HUB.replace(FTP, &format!("    # failscope: allow BTS106 -- x\n{FTP}"))
        }
        _ => HUB.clone(),
    };
    let mut case = Case::new(&topology);
    if !project.is_empty() {
        case = case.with("failscope.yaml", &project);
    }
    let (error, open) = (
        "      - { rule: BTS106, subject: Receive, severity: error }\n",
        "      - { rule: BTS903, subject: BizTalk group, severity: warning }\n      - { rule: BTS404, subject: BizTalk group, severity: warning }\n",
    );
    let entries = match listed {
        Listed::NoBaseline | Listed::Nothing => String::new(),
        Listed::TheError => error.to_owned(),
        Listed::TheUnknown => open.to_owned(),
        Listed::Both => format!("{error}{open}"),
    };
    let mut flags = Vec::new();
    if listed != Listed::NoBaseline {
        let text =
            format!("failscope_baseline: 1\ntopologies:\n  new.yaml:\n    findings:\n{entries}");
        case = case.with("baseline.yaml", &text);
        flags = vec!["--baseline", "baseline.yaml"];
    }
    let error_counts = !matches!(suppression, Suppression::Waiver | Suppression::Comment)
        && !matches!(listed, Listed::TheError | Listed::Both);
    let open_counts = unknown && !matches!(listed, Listed::TheUnknown | Listed::Both);
    let expected = match policy {
        "error" => PASS,
        // There are warnings in any case.
        "info" | "none" => FAIL,
        _ if error_counts => FAIL,
        _ if open_counts => UNDECIDED,
        _ => PASS,
    };
    let what = format!("{policy:?} {listed:?} {suppression:?} unknown: {unknown}");
    case.check(&what, &flags, expected, &[]);
}

const BEFORE: &str = "failscope: 1
components:
  a: {}
  b: {}
  c: {}
services:
  s: { needs: [{ any: [a, b] }, c] }
";

/// What each change does to a topology: a new finding (FS008: nothing needs b), a new cut set,
/// a wider scope.
fn changes() -> Vec<(&'static str, String, [bool; 3])> {
    let changed = |was: &str, is: &str| {
        let text = BEFORE.replace(was, is);
        assert_ne!(text, BEFORE);
        text
    };
    vec![
        ("nothing", BEFORE.to_owned(), [false, false, false]),
        ("both are needed", changed("any: [a, b]", "at_least: 2, of: [a, b]"), [false, true, true]),
        ("one is left", changed("any: [a, b]", "any: [a]"), [true, true, true]),
        ("one more alternative", changed("any: [a, b]", "any: [a, b, c]"), [false, false, false]),
        ("an unused thing", changed("  c: {}", "  c: {}\n  d: {}"), [true, false, false]),
        (
            "a rename",
            changed("  b: {}", "  x: {}").replace("[a, b]", "[a, x]"),
            [false, false, false],
        ),
        // A service that is new has no cut sets before; that a alone stops it is a new finding.
        ("one more service", changed("  s: {", "  t: { needs: [a] }\n  s: {"), [true, false, true]),
    ]
}

#[test]
fn what_is_worse_over_policy_change_and_what_it_is_compared_with() {
    let clauses = ["new_findings", "new_cut_sets", "wider_scopes"];
    for (change, text, worse) in changes() {
        for (number, clause) in clauses.iter().enumerate() {
            let policy = format!("  {clause}: none\n");
            let case = Case::new(&text).with("old.yaml", BEFORE).policy(&policy);
            let what = format!("{change}, {clause}");
            let expected = if worse[number] { FAIL } else { PASS };
            case.check(&what, &[], UNDECIDED, &["there is nothing to compare with"]);
            case.check(&what, &["--against", "old.yaml"], expected, &[]);
            let any = Case::new(&text).policy(&format!("  {clause}: any\n"));
            any.check(&what, &[], PASS, &[]);

            // The debt of the old state, taken there, lets the same things pass.
            let case = Case::new(BEFORE).policy(&policy);
            let flags = ["--baseline", "baseline.yaml"];
            case.check(&what, &[&flags[..], &["--update-baseline"]].concat(), PASS, &[]);
            let case = case.with("new.yaml", &text).with("old.yaml", BEFORE);
            let both = [&flags[..], &["--against", "old.yaml", "--keep-baseline"]].concat();
            case.check(&format!("{what}, both"), &both, expected, &[]);
            // Of a name that the baseline does not know, it accepts nothing.
            let is_named = !["a rename", "one more service"].contains(&change);
            if is_named {
                let keep = [&flags[..], &["--keep-baseline"]].concat();
                case.check(&format!("{what}, baseline"), &keep, expected, &[]);
            }
            // Accepted by command, it passes from then on.
            case.check(&what, &[&flags[..], &["--update-baseline"]].concat(), PASS, &[]);
            case.check(&what, &flags, PASS, &[]);
        }
    }
}

#[test]
fn a_service_that_is_gone_cannot_be_compared() {
    let against = ["--against", "old.yaml"];
    let two = pair("{}", "{}").replace("services:\n", "services:\n  desk: { needs: [A] }\n");
    let policy = "  new_cut_sets: none\n";
    let case = Case::new(&pair("{}", "{}")).with("old.yaml", &two).policy(policy);
    case.check("gone", &against, UNDECIDED, &["cannot compare: service desk is gone"]);
    let case = case.policy(&format!("{policy}  accept_unknown: [desk]\n"));
    case.check("accepted", &against, PASS, &[]);
    let renamed = two.replace("desk", "counter");
    let case = Case::new(&renamed).with("old.yaml", &two).policy(policy);
    case.check("renamed", &against, PASS, &[]);
}

#[test]
fn a_waived_finding_is_not_new() {
    let (_, text, _) = changes().remove(2);
    let project = "policy: { new_findings: none }\nwaivers:\n  - { rule: FS008, subject: b, reason: x, accepts: systemwide }\n";
    let case = Case::new(&text).with("old.yaml", BEFORE).with("failscope.yaml", project);
    case.check("waived", &["--against", "old.yaml"], PASS, &["1 suppressed"]);
    case.check("shown", &["--against", "old.yaml", "--no-suppressions"], FAIL, &["FS008 b"]);
}

#[test]
fn without_a_policy_no_error_and_nothing_worse_is_asked() {
    let case = Case::new(BEFORE).with("old.yaml", BEFORE);
    case.check("alone", &[], PASS, &["max_severity: warning (default)", "!new_findings"]);
    case.check("compared", &["--against", "old.yaml"], PASS, &["new_cut_sets: none (default)"]);
    let (_, text, _) = changes().remove(1);
    let case = Case::new(&text).with("old.yaml", BEFORE);
    case.check("worse", &["--against", "old.yaml"], FAIL, &["gate: fail"]);
}

#[test]
fn the_line_of_the_clause_the_edit_and_the_way_out_are_told() {
    let (_, text, _) = changes().remove(1);
    let case = Case::new(&text).with("old.yaml", BEFORE).policy("  new_cut_sets: none\n");
    let report = case.json(&["--against", "old.yaml"]);
    let clause = &report["topologies"][0]["clauses"][0];
    assert_eq!(
        (&clause["clause"], &clause["verdict"]),
        (&"new_cut_sets: none".into(), &"fail".into())
    );
    assert_eq!(clause["place"]["line"], 2);
    let reasons = clause["reasons"].as_array().unwrap();
    let said: Vec<&str> = reasons.iter().map(|reason| reason["what"].as_str().unwrap()).collect();
    assert_eq!(said, ["s stops with a alone", "s stops with b alone"]);
    for reason in reasons {
        assert_eq!(reason["place"]["line"], 7);
        assert_eq!(reason["because"][0]["place"]["line"], 7);
        assert!(reason["because"][0]["place"]["file"].as_str().unwrap().ends_with("new.yaml"));
        assert!(reason["remedy"].as_str().unwrap().contains("take this edit back"));
    }
}

/// Two servers, each of which can do the work; where they stand is left open with `{}`.
fn pair(one: &str, two: &str) -> String {
    format!(
        "failscope: 1
servers:
  A: {one}
  B: {two}
components:
  app: {{ on: [A, B] }}
services:
  shop: {{ needs: [app] }}
"
    )
}

#[test]
fn a_service_survives_over_loss_and_placement() {
    let rows: &[(&str, &str, &str, u8, &str)] = &[
        // loss, where A and B stand, status, words
        ("any-server", "{}", "{}", PASS, ""),
        ("any-machine", "{}", "{}", UNDECIDED, "unknown on which machine these stand: A and B"),
        ("any-machine", "{ machine: M1 }", "{}", UNDECIDED, "these stand: B"),
        ("any-machine", "{ machine: M1 }", "{ machine: M2 }", PASS, ""),
        (
            "any-machine",
            "{ machine: M1 }",
            "{ machine: M1 }",
            FAIL,
            "losing machine M1 stops shop at once",
        ),
        ("any-site", "{ machine: M1 }", "{ machine: M1 }", UNDECIDED, "unknown in which site"),
        ("any-site", "{ site: X }", "{ site: Y }", PASS, ""),
        (
            "any-site",
            "{ site: X }",
            "{ site: X }",
            FAIL,
            "losing site X stops shop at once: site X → ",
        ),
        // What is broken for certain is broken, whatever else is unknown.
        ("any-server", "{ needs: [gate] }", "{ needs: [gate] }", UNDECIDED, "these stand: gate"),
    ];
    for (loss, one, two, exit, words) in rows {
        let mut text = pair(one, two);
        if one.contains("gate") {
            text = text.replace("components:\n", "components:\n  gate: {}\n");
        }
        let policy = format!("  survive: [{{ service: shop, loss: {loss} }}]\n");
        let case = Case::new(&text).policy(&policy);
        case.check(&format!("{loss} {one} {two}"), &[], *exit, &[words]);
    }
}

/// What `shop` needs besides servers in two sites, and what is known of where it stands.
#[test]
fn what_has_no_known_place_leaves_survival_open() {
    let all = ["any-server", "any-machine", "any-site"];
    let (open, site_only) = ([UNDECIDED; 3], [PASS, PASS, UNDECIDED]);
    let rows: &[(&str, [u8; 3])] = &[
        ("file_shares: { Z: {} }", open),
        // The path may go through a name that only looks like a server.
        ("file_shares: { Z: { path: '\\\\A\\q' } }", open),
        ("file_shares: { Z: { redundant: false } }", open),
        ("file_shares: { Z: { redundant: true } }", site_only),
        ("storage: { Z: { kind: local } }", open),
        ("storage: { Z: { kind: local, redundant: true } }", open),
        ("storage: { Z: { kind: san, redundant: true } }", site_only),
        ("networks: { Z: { redundant: true } }", site_only),
        ("load_balancers: { Z: { kind: hardware, redundant: true, members: [A, B] } }", site_only),
        ("load_balancers: { Z: { kind: nlb, members: [A, B] } }", [PASS; 3]),
        ("external: { Z: { redundant: true } }", [PASS; 3]),
    ];
    let topology = |more: &str| {
        let (one, two) = ("{ machine: M1, site: X }", "{ machine: M2, site: Y }");
        pair(one, two).replace("needs: [app]", "needs: [app, Z]") + more + "\n"
    };
    for (more, exits) in rows {
        for (loss, exit) in all.into_iter().zip(exits) {
            let policy = format!("  survive: [{{ service: shop, loss: {loss} }}]\n");
            let shows: &[&str] = if *exit == UNDECIDED { &["these stand: Z"] } else { &[] };
            let case = Case::new(&topology(more)).policy(&policy);
            case.check(&format!("{loss} {more}"), &[], *exit, shows);
            let case = case.policy(&format!("{policy}  accept_unknown: [Z]\n"));
            case.check(&format!("{loss} {more}, accepted"), &[], PASS, &[]);
        }
    }
    // Known to stand on A, it falls with A.
    let known = ["file_shares: { Z: { on: A } }", "storage: { Z: { kind: local, needs: [A] } }"];
    for (more, loss) in known.into_iter().flat_map(|more| all.map(|loss| (more, loss))) {
        let policy = format!("  survive: [{{ service: shop, loss: {loss} }}]\n");
        let case = Case::new(&topology(more)).policy(&policy);
        case.check(&format!("{loss} {more}"), &[], FAIL, &["!these stand"]);
    }
}

#[test]
fn a_witness_without_a_place_leaves_survival_open() {
    let text = "failscope: 1
servers: { A: {}, B: {} }
clusters: { C: { nodes: [A, B], witness: Z, groups: { G: {} } } }
file_shares: { Z: {} }
services: { shop: { needs: [C/G] } }
";
    let policy = "  survive: [{ service: shop, loss: any-server }]\n  accept_unknown: [domain controllers, DNS servers]\n";
    let shows = ["unknown on which server these stand: Z"];
    Case::new(text).policy(policy).check("open", &[], UNDECIDED, &shows);
    let text = text.replace("Z: {}", "Z: { redundant: true }");
    Case::new(&text).policy(policy).check("redundant", &[], PASS, &[]);
}

#[test]
fn a_single_server_fails_whatever_else_is_unknown() {
    let text = pair("{}", "{}").replace("on: [A, B]", "on: [A], needs: [far]");
    let text = text.replace("components:\n", "components:\n  far: {}\n");
    let policy = "  survive: [{ service: shop, loss: any-server }]\n";
    let shows = [
        "fail: survive",
        "losing A stops shop at once",
        "unknown on which server these stand: far",
    ];
    Case::new(&text).policy(policy).check("both", &[], FAIL, &shows);
    // Accepted as debt, the loss is no reason any more; what is unknown still is.
    let text_of = "failscope_baseline: 1\ntopologies:\n  new.yaml:\n    cut_sets:\n      shop:\n        - [A]\n";
    let case = Case::new(&text).policy(policy).with("baseline.yaml", text_of);
    case.check("debt", &["--baseline", "baseline.yaml"], UNDECIDED, &["!losing A"]);
}

#[test]
fn a_loss_that_is_felt_at_a_restart_is_one() {
    let needs_key = "key: { on: [A] }\n  app: { on: [A, B], needs: [{ any: [key], kind: start }]";
    let text = pair("{}", "{}").replace("app: { on: [A, B]", needs_key);
    let policy = "  survive: [{ service: shop, loss: any-server }]\n";
    Case::new(&text).policy(policy).check(
        "start",
        &[],
        FAIL,
        &["losing A stops shop once something restarts"],
    );
}

#[test]
fn what_was_read_favourably_leaves_a_clause_open_until_it_is_accepted() {
    let hub = include_str!("../../topologies/small.yaml");
    let survive = "  survive: [{ service: order-intake, loss: any-server }]\n";
    let case = Case::new(hub).policy(survive);
    let shows = ["cannot decide: survive", "domain controllers: unknown which there are"];
    case.check("unknown", &[], UNDECIDED, &shows);
    let accepted = format!("{survive}  accept_unknown: [domain controllers, DNS servers]\n");
    Case::new(hub).policy(&accepted).check("accepted", &[], PASS, &["pass: survive"]);
    // With the witness left out, what it takes along is not known to be gone.
    let less = hub.replace("    witness: SAN01\n", "");
    let policy = "  new_cut_sets: none\n  wider_scopes: none\n";
    let case = Case::new(&less).with("old.yaml", hub).policy(policy);
    let shows = [
        "cannot decide: new_cut_sets",
        "cannot decide: wider_scopes",
        "SQLCLUSTER: unknown which witness",
    ];
    case.check("left out", &["--against", "old.yaml"], UNDECIDED, &shows);
    let accepted = format!("{policy}  accept_unknown: [SQLCLUSTER]\n");
    let case = Case::new(&less).with("old.yaml", hub).policy(&accepted);
    case.check("left out, accepted", &["--against", "old.yaml"], PASS, &[]);
}

#[test]
fn the_target_over_figures() {
    // shop needs db alone. 10 h in 1000 h: 1 % unavailable; target 98 % or 99.5 %.
    let known = "mtbf: 990h, mttr: 10h";
    let rows: &[(&str, &str, &str, u8, &str)] = &[
        (known, "98%", "", PASS, ""),
        (known, "99.5%", "", FAIL, "shop misses its target of 99.5%"),
        ("", "50%", "", UNDECIDED, "shop meets 50% by figures that are assumed, of db"),
        ("", "99.99999%", "", UNDECIDED, "misses 99.99999% by figures that are assumed"),
        ("", "50%", "  assumed_figures: accept\n", PASS, ""),
        ("", "99.99999%", "  assumed_figures: accept\n", FAIL, "shop misses"),
        ("", "50%", "  assumed_figures: refuse\n", UNDECIDED, ""),
    ];
    for (figures, target, more, exit, words) in rows {
        let text = format!(
            "failscope: 1\ncomponents:\n  db: {{ {figures} }}\nservices:\n  shop: {{ needs: [db], availability: {target} }}\n"
        );
        let policy = format!("  availability_target: met\n{more}");
        Case::new(&text).policy(&policy).check(
            &format!("{figures} {target}"),
            &[],
            *exit,
            &[words],
        );
    }
    // One part that is stated misses it alone, however good the other may be.
    let text = format!(
        "failscope: 1\ncomponents:\n  db: {{ {known} }}\n  other: {{}}\nservices:\n  shop: {{ needs: [db, other], availability: 99.5% }}\n"
    );
    let case = Case::new(&text).policy("  availability_target: met\n");
    case.check("missed for certain", &[], FAIL, &["shop misses its target of 99.5%"]);
}

#[test]
fn the_target_over_ranges_and_common_causes() {
    let open = "whether shop meets 99% depends on where in the stated ranges its figures lie";
    // Target 99 %; db is all that shop needs.
    let rows: &[(&str, u8, &str)] = &[
        ("availability: 98.9%..99.95%", UNDECIDED, open),
        ("availability: 98%..99.1%", UNDECIDED, open),
        ("availability: 99%..99.95%", PASS, ""),
        ("availability: 98%..98.9%", FAIL, "shop misses its target of 99%"),
        // 50 hours of at least 8,816, and of at most 78,944: 0.57 % to 0.06 % down.
        ("mtbf: 1y..9y, mttr: 50h", PASS, ""),
        // 100 of 8,866 hours: 1.13 % down at worst.
        ("mtbf: 1y..9y, mttr: 100h", UNDECIDED, open),
    ];
    for (figures, exit, words) in rows {
        let text = format!(
            "failscope: 1\ncomponents:\n  db: {{ {figures} }}\nservices:\n  shop: {{ needs: [db], availability: 99% }}\n"
        );
        let case = Case::new(&text).policy("  availability_target: met\n");
        case.check(figures, &[], *exit, &[words]);
    }
    // Each of two 5 % down: 0.25 % together; with a tenth of it in common at least 0.5 %.
    let text = "failscope: 1\ncomponents:\n  a: { availability: 95% }\n  b: { availability: 95% }\nservices:\n  shop: { needs: { any: [a, b] }, availability: 99.6% }\n";
    let case = Case::new(text).policy("  availability_target: met\n");
    case.check("independent", &[], PASS, &[]);
    let text = format!("{text}common_causes:\n  room: {{ of: [a, b], beta: 10% }}\n");
    let case = Case::new(&text).policy("  availability_target: met\n");
    case.check("common", &[], FAIL, &["shop misses its target of 99.6%"]);
}

#[test]
fn a_clause_about_nothing_cannot_be_decided() {
    let survive = "  survive: [{ service: shp, loss: any-server }]\n";
    let case = Case::new(&pair("{}", "{}")).policy(survive);
    case.check("misspelled", &[], UNDECIDED, &["did you mean `shop`?"]);
    let case = Case::new(&pair("{}", "{}")).policy("  availability_target: met\n");
    case.check("no target", &[], UNDECIDED, &["no service of this run states an availability"]);
    // One of several topologies that has it is enough.
    let case =
        Case::new(&pair("{}", "{}")).policy("  survive: [{ service: s, loss: any-server }]\n");
    let case = case.with("old.yaml", &pair("{}", "{}").replace("shop", "s"));
    case.check("elsewhere", &["old.yaml"], PASS, &[]);
}

#[test]
fn what_cannot_be_judged_is_never_a_pass_and_never_a_fail() {
    let (_, worse, _) = changes().remove(1);
    let broken = Case::new("failscope: 1\nservr: [A]\n").policy("  max_severity: error\n");
    broken.check("unreadable", &[], UNDECIDED, &["unknown key `servr`", "gate: cannot decide"]);
    let case = Case::new(&worse).with("old.yaml", "failscope: 1\nservr: [A]\n");
    case.check(
        "unreadable before",
        &["--against", "old.yaml"],
        UNDECIDED,
        &["the old state of it cannot be read"],
    );
    let case = Case::new(&worse).with("old.yaml", BEFORE).policy("  new_cut_set: none\n");
    case.check(
        "unreadable policy",
        &["--against", "old.yaml"],
        UNDECIDED,
        &["did you mean `new_cut_sets`?"],
    );
    // Another topology of the run that fails does not decide for the one that cannot be read.
    let case =
        Case::new(&worse).with("old.yaml", "failscope: 1\nx: y\n").policy("  max_severity: none\n");
    let case = case.with("new.yaml", &BEFORE.replace("  c: {}", "  c: {}\n  d: {}"));
    case.check("one of two", &["old.yaml"], UNDECIDED, &["fail: max_severity"]);
    let case = Case::new(BEFORE);
    case.check("no baseline", &["--baseline", "none.yaml"], UNDECIDED, &["none.yaml"]);
    case.check("no old state", &["--against", "none.yaml"], UNDECIDED, &[]);
    let case = Case::new(BEFORE).with("b.yaml", "failscope_baseline: 2\n");
    case.check("another version", &["--baseline", "b.yaml"], UNDECIDED, &["failscope_baseline: 1"]);
    let case = Case::new(BEFORE).policy("  survive: [{ service: s }]\n  cut_set_order: 9\n");
    case.check("half a clause", &[], UNDECIDED, &["gives no `loss`", "no order of cut sets"]);
}

#[test]
fn too_many_cut_sets_cannot_be_compared() {
    let case = Case::new(BEFORE).with("old.yaml", BEFORE).policy("  new_cut_sets: none\n");
    let shows = ["there are too many cut sets of s"];
    case.check("no room", &["--against", "old.yaml", "--max-memory", "0"], UNDECIDED, &shows);
}

#[test]
fn the_baseline_shrinks_by_itself_and_grows_by_command() {
    let policy = "  new_findings: none\n  new_cut_sets: none\n  wider_scopes: none\n";
    let case = Case::new(BEFORE).policy(policy);
    let file = |case: &Case| fs::read_to_string(case.path("b.yaml")).unwrap();
    case.check("grows", &["--baseline", "b.yaml", "--update-baseline"], PASS, &["entries added"]);
    let first = file(&case);
    case.check("the same", &["--baseline", "b.yaml"], PASS, &["!no longer true"]);
    assert_eq!(file(&case), first);
    assert!(first.contains("- c") && first.contains("c: systemwide"), "{first}");

    // Worse: fails, and nothing is added.
    let (_, worse, _) = changes().remove(1);
    let case = case.with("new.yaml", &worse);
    case.check("worse", &["--baseline", "b.yaml", "--keep-baseline"], FAIL, &[]);
    assert_eq!(file(&case), first);

    // Better: c has an alternative now. What is left of its debt is the larger set.
    let better =
        BEFORE.replace("  c: {}", "  c: {}\n  d: {}").replace(", c]", ", { any: [c, d] }]");
    let case = case.with("new.yaml", &better);
    let stale =
        ["b.yaml:8:", "no longer true of new.yaml: cut set of s: c", "scope of c: systemwide"];
    case.check("kept", &["--baseline", "b.yaml", "--keep-baseline"], PASS, &[stale[1], stale[2]]);
    assert_eq!(file(&case), first);
    case.check("shrinks", &["--baseline", "b.yaml"], PASS, &["removed: cut set of s: c", stale[2]]);
    let second = file(&case);
    assert!(second.len() < first.len() + 8 && !second.contains("c: systemwide"), "{second}");
    case.check("silent", &["--baseline", "b.yaml"], PASS, &["!no longer true"]);

    // Back to what was accepted once: it is accepted no more.
    let case = case.with("new.yaml", BEFORE);
    case.check(
        "back",
        &["--baseline", "b.yaml", "--keep-baseline"],
        FAIL,
        &["s stops with c alone"],
    );
}

/// A host that runs nowhere: its service is down, and nothing has to be lost for that.
#[test]
fn a_service_that_is_down_is_no_debt() {
    let host = |instances: &str| {
        let text = HUB.replace("Receive: { instances: [", &format!("Receive: {{ {instances}: ["));
        text + "services:\n  intake: { needs: [Receive] }\n"
    };
    let (up, down) = (host("instances"), host("disabled_instances"));
    assert_ne!(up, down);
    let policy = "  new_cut_sets: none\n  cut_set_order: 1\n";
    let case = Case::new(&down).policy(policy);
    let flags = ["--baseline", "b.yaml"];
    let grow = [&flags[..], &["--update-baseline"]].concat();
    let words = "intake is down as it stands";
    case.check("down", &grow, FAIL, &[words]);
    let file = fs::read_to_string(case.path("b.yaml")).unwrap();
    assert!(!file.contains("[]") && !file.contains("intake"), "{file}");
    let case = case.with("new.yaml", &up);
    case.check("up", &flags, FAIL, &["intake stops with"]);
    case.check("accepted", &grow, PASS, &[]);
    let file = fs::read(case.path("b.yaml")).unwrap();
    // Down for a while: what was accepted is neither more nor less.
    let case = case.with("new.yaml", &down);
    case.check("down again", &flags, FAIL, &[words]);
    assert_eq!(fs::read(case.path("b.yaml")).unwrap(), file);
}

#[test]
fn an_empty_set_in_a_baseline_is_an_error_at_its_place() {
    for set in ["[]", "[[]]", "[[a], []]"] {
        let text = format!(
            "failscope_baseline: 1\ntopologies:\n  new.yaml:\n    cut_sets:\n      s: {set}\n"
        );
        let case = Case::new(BEFORE).policy("  new_cut_sets: none\n").with("b.yaml", &text);
        // No set at all accepts nothing.
        match set {
            "[]" => {
                case.check(set, &["--baseline", "b.yaml", "--keep-baseline"], FAIL, &["c alone"])
            }
            _ => {
                let shows = ["b.yaml:5:", "a cut set without members", "cannot be used"];
                case.check(set, &["--baseline", "b.yaml"], UNDECIDED, &shows);
            }
        }
    }
}

/// FS008 is mild by itself; the project says how severe it is on each day.
#[test]
fn a_finding_that_becomes_more_severe_is_new() {
    let (_, text, _) = changes().remove(2);
    for (accepted, today, exit) in [
        ("info", "info", PASS),
        ("info", "warning", FAIL),
        ("warning", "error", FAIL),
        ("warning", "info", PASS),
        ("error", "error", PASS),
    ] {
        let entry = format!(
            "failscope_baseline: 1\ntopologies:\n  new.yaml:\n    findings: [{{ rule: FS008, subject: b, severity: {accepted} }}, {{ rule: FS001, subject: s, severity: error }}]\n"
        );
        for policy in ["new_findings: none", "max_severity: none"] {
            let project = format!("policy: {{ {policy} }}\nseverity: {{ FS008: {today} }}\n");
            let case = Case::new(&text).with("failscope.yaml", &project).with("b.yaml", &entry);
            let what = format!("{policy}: {accepted}, then {today}");
            case.check(&what, &["--baseline", "b.yaml", "--keep-baseline"], exit, &[]);
        }
    }
    let entry = "failscope_baseline: 1\ntopologies:\n  new.yaml:\n    findings:\n      - { rule: FS008, subject: b }\n";
    let case = Case::new(&text).with("b.yaml", entry);
    let shows = ["b.yaml:5:", "accepted up to a severity", "cannot be used"];
    case.check("no severity", &["--baseline", "b.yaml"], UNDECIDED, &shows);
}

/// A single point of failure is graver where the service has a target.
#[test]
fn a_finding_that_is_graver_than_in_the_old_state_is_new() {
    let was = "failscope: 1\ncomponents: { a: }\nservices: { s: { needs: [a] } }\n";
    let is = was.replace("[a] }", "[a], availability: 99.9% }");
    let flags = ["--against", "old.yaml"];
    let policy = "  new_findings: none\n";
    let graver = Case::new(&is).with("old.yaml", was).policy(policy);
    graver.check("graver", &flags, FAIL, &["FS001 s"]);
    let milder = Case::new(was).with("old.yaml", &is).policy(policy);
    milder.check("milder", &flags, PASS, &[]);
}

#[test]
fn of_a_topology_that_the_old_state_lacks_everything_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir_all(path("old")).unwrap();
    fs::create_dir_all(path("new")).unwrap();
    fs::write(path("old/a.yaml"), BEFORE).unwrap();
    fs::write(path("new/a.yaml"), BEFORE).unwrap();
    fs::write(path("new/b.yaml"), BEFORE).unwrap();
    // s stops with c, and with a and b; nothing depends on a or b alone.
    for (policy, words) in [
        ("new_cut_sets: none", &["s stops with c alone", "s stops with a and b together"][..]),
        ("new_cut_sets: none, cut_set_order: 1", &["s stops with c alone"]),
        ("wider_scopes: none", &["c: scope none → systemwide"]),
    ] {
        fs::write(path("failscope.yaml"), format!("policy: {{ {policy} }}\n")).unwrap();
        let flags = ["--against", &path("old"), "--format", "json"];
        let (said, _, exit) = run(&[&["gate", &path("new")][..], &flags].concat());
        let report: Value = serde_json::from_str(&said).unwrap();
        let verdicts: Vec<&Value> =
            report["topologies"].as_array().unwrap().iter().map(|row| &row["verdict"]).collect();
        assert_eq!((exit, verdicts), (FAIL, vec![&"pass".into(), &"fail".into()]), "{report:#}");
        let reasons = &report["topologies"][1]["clauses"][0]["reasons"];
        let reasons = reasons.as_array().unwrap().iter();
        let said: Vec<&str> = reasons.map(|reason| reason["what"].as_str().unwrap()).collect();
        assert!(words.iter().all(|words| said.contains(words)), "{policy}: {said:?}");
        let stops = said.iter().filter(|what| what.contains(" stops with ")).count();
        let all = words.iter().filter(|words| words.contains(" stops with ")).count();
        assert_eq!(stops, all, "{policy}: {said:?}");
    }
}

#[test]
fn the_debt_of_a_topology_that_is_gone_goes_with_it() {
    let case = Case::new(BEFORE).with("gone.yaml", BEFORE).policy("  new_cut_sets: none\n");
    case.check("grows", &["gone.yaml", "--baseline", "b.yaml", "--update-baseline"], PASS, &[]);
    case.check("not of this run", &["--baseline", "b.yaml"], PASS, &["!no longer true"]);
    fs::remove_file(case.path("gone.yaml")).unwrap();
    let stale = "no longer true of gone.yaml, removed: cut set of s: c";
    case.check("gone", &["--baseline", "b.yaml"], PASS, &[stale]);
    assert!(!fs::read_to_string(case.path("b.yaml")).unwrap().contains("gone.yaml"));
}

#[test]
fn a_run_that_could_not_judge_everything_leaves_the_baseline_alone() {
    let case = Case::new(BEFORE).policy("  new_cut_sets: none\n");
    case.check("grows", &["--baseline", "b.yaml", "--update-baseline"], PASS, &[]);
    let before = fs::read(case.path("b.yaml")).unwrap();
    let case = case
        .with("new.yaml", "failscope: 1\ncomponents: [z]\n")
        .with("bad.yaml", "failscope: 1\nx: y\n");
    case.check("one is bad", &["bad.yaml", "--baseline", "b.yaml"], UNDECIDED, &[]);
    assert_eq!(fs::read(case.path("b.yaml")).unwrap(), before);
}

#[test]
fn the_report_is_what_its_schema_says_and_markup_is_harmless() {
    let (schema, _, exit) = run(&["schema", "--of", "gate"]);
    assert_eq!(exit, 0);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_, worse, _) = changes().remove(2);
    let named = worse.replace(" a:", " <b>|*x*:").replace("[a]", "[\"<b>|*x*\"]");
    let case = Case::new(&named).with(
        "old.yaml",
        &BEFORE.replace(" a:", " <b>|*x*:").replace("[a, b]", "[\"<b>|*x*\", b]"),
    );
    let case = case.policy("  new_cut_sets: none\n  survive: [{ service: t, loss: any-site }]\n");
    for flags in
        [&["--against", "old.yaml"][..], &["--baseline", "b.yaml", "--update-baseline"], &[]]
    {
        let report = case.json(flags);
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    }
    let (markdown, exit) = case.gate(&["--against", "old.yaml", "--format", "markdown"]);
    assert_eq!(exit, FAIL);
    assert!(
        markdown.contains("# failscope gate: fail") && markdown.contains("<details>"),
        "{markdown}"
    );
    assert!(markdown.contains("&lt;b&gt;\\|\\*x\\*") && !markdown.contains("<b>"), "{markdown}");
}

#[test]
fn the_formats_of_other_tools_have_the_reasons_at_the_edit() {
    let (_, worse, _) = changes().remove(1);
    let case = Case::new(&worse).with("old.yaml", BEFORE).policy("  new_cut_sets: none\n");
    let gate = |format: &str| case.gate(&["--against", "old.yaml", "--format", format]).0;
    let github = gate("github");
    let first = github.lines().next().unwrap();
    assert!(first.starts_with("::error file=") && first.contains("new.yaml,line=7,"), "{github}");
    assert!(first.contains("title=gate/new-cut-sets::s stops with a alone"), "{github}");
    let sarif: Value = serde_json::from_str(&gate("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{sarif:#}");
    let declared = &sarif["runs"][0]["tool"]["driver"]["rules"];
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(declared[index]["id"], result["ruleId"], "every clause is declared");
    }
    assert_eq!(results[0]["ruleId"], "gate/new-cut-sets");
    assert!(gate("junit").contains("failures=\"2\" errors=\"0\""), "{}", gate("junit"));
    let gitlab: Value = serde_json::from_str(&gate("gitlab")).unwrap();
    assert_eq!(gitlab[0]["location"]["lines"]["begin"], 7, "{gitlab:#}");
    // What is not judged is not mended: there is no list of results without it.
    let case = case.with("new.yaml", "failscope: 1\nx: y\n");
    case.check("unjudged", &["--format", "sarif"], UNDECIDED, &["sarif is not written"]);
}

#[test]
fn what_cannot_be_decided_is_no_pass_in_any_format() {
    let policy = "  survive: [{ service: shop, loss: any-machine }]\n";
    let case = Case::new(&pair("{}", "{}")).policy(policy);
    for format in ["text", "json", "markdown", "sarif", "junit", "github", "gitlab", "csv"] {
        let words = "unknown on which machine these stand";
        case.check(format, &["--format", format], UNDECIDED, &[words]);
    }
    let (junit, _) = case.gate(&["--format", "junit"]);
    assert!(junit.contains("failures=\"0\" errors=\"1\""), "{junit}");
    let files = ["--format", "json", "--output", "report.yaml", "--format", "markdown"];
    let (said, _) = case.gate(&files);
    let report = fs::read_to_string(case.path("report.yaml")).unwrap();
    assert!(report.contains("cannot-decide") && said.contains("# failscope gate: cannot decide"));
}

#[test]
fn a_folder_is_judged_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("old/a.yaml", BEFORE);
    write("old/deep/b.yaml", BEFORE);
    write("new/a.yaml", BEFORE);
    write("new/deep/b.yaml", &changes().remove(1).1);
    write("failscope.yaml", "policy: { new_cut_sets: none }\n");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let gate = |new: &str, old: &str| {
        run(&["gate", &path(new), "--against", &path(old), "--format", "json"])
    };
    let (said, _, exit) = gate("new", "old");
    let report: Value = serde_json::from_str(&said).unwrap();
    let rows = report["topologies"].as_array().unwrap();
    let verdicts: Vec<&Value> = rows.iter().map(|row| &row["verdict"]).collect();
    assert_eq!((exit, verdicts), (FAIL, vec![&"pass".into(), &"fail".into()]), "{report:#}");
    assert!(Path::new(rows[1]["against"].as_str().unwrap()).ends_with("old/deep/b.yaml"));
    assert_eq!(gate("new", "old/a.yaml").2, UNDECIDED, "a folder is no file");
}
