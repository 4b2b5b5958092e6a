//! What a project decides: severities, waivers, editions; and that every mistake in one is
//! an error at its place, never a silent pass.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::program::run_at;

/// One error: two FTP readers on host Receive, in line 54. Without the services, whose
/// single points of failure are findings of their own.
static SMALL: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../../topologies/small.yaml").replace("\r\n", "\n");
    text.split("\nservices:").next().unwrap_or_default().to_owned() + "\n"
});
const FTP: &str = "    OrdersFtp: { adapter: FTP, host: Receive,";

fn lint(folder: &Path, flags: &[&str]) -> (String, u8) {
    let path = folder.join("topology.yaml").display().to_string();
    let today = if flags.contains(&"--today") { [].as_slice() } else { &["--today", "2026-12-01"] };
    let ran = run_at(200, &[&["lint", path.as_str()], today, flags].concat());
    (ran.stdout + &ran.stderr, ran.code)
}

/// Project file, topology and flags; then the exit status and parts of the output. A part
/// that starts with `!` must be missing.
struct Case<'a> {
    project: &'a str,
    topology: String,
    flags: &'a [&'a str],
    exit: u8,
    shows: &'a [&'a str],
}

fn check(name: &str, case: &Case<'_>) {
    let folder = tempfile::tempdir().unwrap();
    if !case.project.is_empty() {
        fs::write(folder.path().join("failscope.yaml"), case.project).unwrap();
    }
    fs::write(folder.path().join("topology.yaml"), &case.topology).unwrap();
    let (output, exit) = lint(folder.path(), case.flags);
    assert_eq!(exit, case.exit, "{name}\n{output}");
    for part in case.shows {
        match part.strip_prefix('!') {
            Some(part) => assert!(!output.contains(part), "{name} shows {part}\n{output}"),
            None => assert!(output.contains(part), "{name} does not show {part}\n{output}"),
        }
    }
}

/// Rows of project file, exit status and parts of the output, over the same topology.
fn check_projects(rows: &[(&str, &str, u8, &[&str])]) {
    for &(name, project, exit, shows) in rows {
        check(name, &Case { project, topology: SMALL.clone(), flags: &[], exit, shows });
    }
}

/// Rows of what stands above line 54 and at its end.
fn check_comments(rows: &[(&str, &str, &str, u8, &[&str])]) {
    for &(name, above, behind, exit, shows) in rows {
        let lines = SMALL.lines().map(|line| match line.starts_with(FTP) {
            true => format!("{above}{line}{behind}\n"),
            false => format!("{line}\n"),
        });
        check(name, &Case { project: "", topology: lines.collect(), flags: &[], exit, shows });
    }
}

#[test]
fn a_project_changes_what_a_rule_counts_as() {
    check_projects(&[
        ("no project file", "", 1, &["error[BTS106]", "1 error, 4 warnings, 1 info"]),
        ("an empty one", "# nothing yet\n", 1, &["error[BTS106]"]),
        ("milder", "severity: { BTS106: warning }\n", 0, &["warning[BTS106]"]),
        ("by name", "severity: { ftp-concurrent-instances: info }\n", 0, &["info[BTS106]"]),
        ("lower threshold", "severity: { BTS106: warning }\nfail_on: warning\n", 1, &[]),
        ("no threshold", "fail_on: never\n", 0, &["error[BTS106]"]),
        // What is unknown stays one step milder than what is known.
        ("unknown", "severity: { BTS903: warning }\n", 1, &["info[BTS903]"]),
        ("off", "severity: { BTS410: off }\n", 1, &["!BTS410", "4 warnings, 0 infos"]),
        ("an edition", "rules: \"2026.11\"\n", 1, &["error[BTS106]"]),
        ("an edition as a number", "rules: 2026.11\n", 1, &["error[BTS106]"]),
    ]);
}

#[test]
fn a_mistake_in_the_project_file_is_an_error_at_its_place() {
    check_projects(&[
        (
            "unknown key",
            "severities: {}\n",
            2,
            &["failscope.yaml:1:1: error[input/unknown-key]", "did you mean `severity`?"],
        ),
        (
            "unknown rule",
            "severity:\n  BTS1066: off\n",
            2,
            &["failscope.yaml:2:3: error[config/unknown-rule]", "did you mean `BTS106`?"],
        ),
        (
            "unknown severity",
            "severity: { BTS106: loud }\n",
            2,
            &["failscope.yaml:1:21: error[input/unknown-value]"],
        ),
        (
            "severity twice",
            "severity: { BTS106: info, ftp-concurrent-instances: info }\n",
            2,
            &["failscope.yaml:1:27: error[config/severity-twice]"],
        ),
        (
            "off what must stay on",
            "severity: { BTS404: off }\n",
            2,
            &["failscope.yaml:1:21: error[config/not-suppressible]", "unreadable for good"],
        ),
        (
            "unknown edition",
            "rules: \"2020.01\"\n",
            2,
            &["failscope.yaml:1:8: error[config/unknown-edition]", "this release knows 2026.11"],
        ),
        ("no YAML", "severity: [\n", 2, &["error[input/syntax]"]),
        (
            "several at once",
            "rules: x\nfail_on: y\nwaivers: [{ rule: Z }]\n",
            2,
            &["config/unknown-edition", "input/unknown-value", "no rule `Z`", "no `subject`"],
        ),
    ]);
}

/// A waiver of the one error, with the given keys beside rule and subject.
fn waiver(keys: &str) -> String {
    format!("waivers:\n  - rule: BTS106\n    subject: Receive\n{keys}")
}

const REASON: &str = "    reason: the partner allows it\n";

#[test]
fn a_waiver_holds_until_its_day_and_up_to_its_scope() {
    let valid = waiver(&format!("{REASON}    accepts: endpoint\n    until: 2026-12-01\n"));
    let expired = waiver(&format!(
        "{REASON}    accepts: endpoint\n    until: 2026-11-30\n    owner: Integration team\n"
    ));
    let outgrown = waiver(&format!("{REASON}    accepts: none\n"));
    check_projects(&[
        ("valid", &valid, 0, &["!BTS106", "0 errors, 4 warnings, 1 info, 1 suppressed"]),
        (
            "expired",
            &expired,
            1,
            &[
                "error[BTS106]",
                "its waiver expired on 2026-11-30",
                "waived here until 2026-11-30",
                "failscope.yaml:2:11: info[FS091]",
                "its owner is Integration team",
                "!suppressed",
            ],
        ),
        (
            "outgrown",
            &outgrown,
            1,
            &[
                "error[BTS106]",
                "its waiver accepts the scope `none`, but the loss reaches `endpoint`",
                "failscope.yaml:2:11: info[FS092]",
                // a waiver that was too narrow from its first day is no change of the topology
                "!The topology has changed, the consequence",
                "!and it is `",
                "!suppressed",
            ],
        ),
        (
            "lapsed and not to be told",
            &format!("severity: {{ FS091: off }}\n{expired}"),
            1,
            &["error[BTS106]", "!FS091"],
        ),
    ]);
    let case =
        |flags, exit, shows| Case { project: &valid, topology: SMALL.clone(), flags, exit, shows };
    check("shown all the same", &case(&["--no-suppressions"], 1, &["error[BTS106]", "!suppr"]));
    check("without the project", &case(&["--no-config"], 1, &["error[BTS106]", "!suppressed"]));
    check("the rule alone", &case(&["--only", "BTS106"], 0, &["nothing found, 1 suppressed"]));
    check("another rule alone", &case(&["--only", "BTS104"], 1, &["BTS104", "!FS090"]));
    check("the flag wins", &case(&["--fail-on", "warning"], 1, &["!BTS106"]));
}

/// One function each, so far; a database below both stops every one of them.
#[test]
fn a_waiver_of_a_single_point_of_failure_lapses_when_a_wider_one_comes() {
    let narrow = "failscope: 1\nservers: [A1, B1, B2, DB1]\ncomponents:\n  a: { on: [A1] }\n  b: { on: [B1, B2] }\n\
                  services: { first: { needs: [a] }, second: { needs: [b] } }\n";
    let wide = narrow
        .replace("[A1] }", "[A1], needs: [d] }\n  d: { on: [DB1] }")
        .replace("[B1, B2] }", "[B1, B2], needs: [d] }");
    let waiver = |accepts: &str| {
        format!("waivers:\n  - rule: FS001\n    subject: first\n{REASON}    accepts: {accepts}\n")
    };
    let flags: &[&str] = &["--only", "FS001"];
    let case = |name, accepts, topology: &str, shows| {
        let (project, topology) = (&waiver(accepts), topology.to_owned());
        check(name, &Case { project, topology, flags, exit: 0, shows });
    };
    case("as narrow as accepted", "endpoint", narrow, &["nothing found, 1 suppressed"]);
    case(
        "a wider one",
        "endpoint",
        &wide,
        &[
            "service first has",
            "its waiver accepts the scope `endpoint`, but the loss reaches `systemwide`",
            "info[FS092]",
            "!suppressed",
        ],
    );
    case("accepted as wide", "systemwide", &wide, &["1 suppressed", "!service first", "!FS092"]);
}

#[test]
fn a_waiver_that_is_wrong_is_an_error_and_one_without_use_a_finding() {
    let unused =
        "waivers:\n  - { rule: BTS105, subject: Receive, reason: none, accepts: server }\n";
    let incomplete = "waivers:\n  - { rule: BTS106, subject: Receive, accepts: endpoint }\n";
    let empty = waiver("    reason: \"\"\n    accepts: endpoint\n");
    let unbounded = waiver(REASON);
    let bad_date = waiver(&format!("{REASON}    accepts: endpoint\n    until: soon\n"));
    let no_date = waiver(&format!("{REASON}    accepts: endpoint\n    until:\n"));
    let must_stay = "waivers:\n  - rule: BTS404\n    subject: SQL01\n    reason: later\n    accepts: systemwide\n";
    check_projects(&[
        ("unused", unused, 1, &["failscope.yaml:2:13: warning[FS090]", "about Receive"]),
        ("no reason", incomplete, 2, &["failscope.yaml:2:5: error[config/no-reason]"]),
        ("an empty reason", &empty, 2, &["failscope.yaml:4:13: error[config/no-reason]"]),
        ("no scope", &unbounded, 2, &["failscope.yaml:2:5: error[config/incomplete-waiver]"]),
        ("bad date", &bad_date, 2, &["failscope.yaml:6:12: error[config/date]", "`soon`"]),
        ("a date of nothing", &no_date, 2, &["error[input/wrong-type]"]),
        (
            "not suppressible",
            must_stay,
            2,
            &["failscope.yaml:2:11: error[config/not-suppressible]", "for good"],
        ),
        (
            "a waiver of a finding about waivers",
            "waivers: [{ rule: FS090, subject: x, reason: y, accepts: none }]\n",
            2,
            &["error[config/not-suppressible]"],
        ),
    ]);
}

#[test]
fn a_comment_waives_on_its_line_or_above_it() {
    let behind = "  # failscope: allow BTS106 accepts endpoint -- agreed with the partner";
    let above = "    # failscope: allow BTS106 accepts endpoint -- agreed with the partner\n";
    check_comments(&[
        ("on the line", "", behind, 0, &["!BTS106", "1 suppressed"]),
        ("above", above, "", 0, &["!BTS106", "1 suppressed"]),
        ("by name", "#failscope:allow ftp-concurrent-instances -- yes\n", "", 0, &["1 suppr"]),
        (
            "in a block of comments",
            "    # failscope: allow BTS106 -- agreed\n\n    # the partner's server\n",
            "",
            0,
            &["1 suppressed"],
        ),
        (
            "until today",
            "",
            "  # failscope: allow BTS106 until 2026-12-01 -- moving",
            0,
            &["1 suppressed"],
        ),
        (
            "expired",
            "",
            "  # failscope: allow BTS106 until 2026-11-30 -- moving",
            1,
            &["error[BTS106]", "expired on 2026-11-30", "topology.yaml:54:84: info[FS091]"],
        ),
        (
            "outgrown",
            "",
            "  # failscope: allow BTS106 accepts admin -- moving",
            1,
            &["error[BTS106]", "accepts the scope `admin`", "info[FS092]"],
        ),
        (
            "without a scope",
            "",
            "  # failscope: allow BTS106 -- moving",
            0,
            &[
                "!error[BTS106]",
                "1 suppressed",
                "topology.yaml:54:84: info[FS093]",
                "the loss reaches `endpoint`",
                "write `accepts endpoint`",
            ],
        ),
        (
            "with a scope",
            "",
            "  # failscope: allow BTS106 accepts endpoint -- moving",
            0,
            &["1 suppressed", "!FS093"],
        ),
        (
            "without a scope, and expired",
            "",
            "  # failscope: allow BTS106 until 2026-11-30 -- moving",
            1,
            &["info[FS091]", "!FS093"],
        ),
        (
            "several rules, one unused",
            "",
            "  # failscope: allow BTS106, BTS105 until 2027-01-01 accepts endpoint -- moving",
            0,
            &["1 suppressed", "warning[FS090]", "this allows BTS105"],
        ),
        (
            "two lines above",
            "    # failscope: allow BTS106 -- agreed\n    Other: { adapter: HTTP, host: Web }\n",
            "",
            1,
            &["error[BTS106]", "warning[FS090]"],
        ),
        (
            "not to be waived",
            "",
            "  # failscope: allow BTS404 -- no",
            2,
            &["topology.yaml:54:103: error[config/not-suppressible]", "error[BTS106]"],
        ),
    ]);
}

/// Two services on one database: its loss is as wide as any can be.
#[test]
fn a_comment_on_what_is_systemwide_needs_no_scope() {
    let shop = "failscope: 1\nservers: [A, B, DB1]\ncomponents:\n  web: { on: [A, B], needs: [db] }\n  \
                db: { on: DB1 }\n  mail: { on: [A, B] }\nservices:\n  shop: { needs: [web] } # failscope: allow FS001 -- known\n";
    for (others, shows) in [
        ("", ["1 suppressed", "!FS093"]),
        ("  post: { needs: [mail] }\n", ["1 suppressed", "info[FS093]"]),
    ] {
        let topology = format!("{shop}{others}");
        check(others, &Case { project: "", topology, flags: &[], exit: 0, shows: &shows });
    }
}

#[test]
fn a_comment_that_is_wrong_is_an_error_and_other_text_is_none() {
    check_comments(&[
        (
            "without a reason",
            "",
            "  # failscope: allow BTS106",
            2,
            &["topology.yaml:54:84: error[config/no-reason]", "error[BTS106]"],
        ),
        ("an empty reason", "", "  # failscope: allow BTS106 --  ", 2, &["config/no-reason"]),
        (
            "a bad date",
            "",
            "  # failscope: allow BTS106 until 2027-02-30 -- moving",
            2,
            &["topology.yaml:54:116: error[config/date]", "error[BTS106]"],
        ),
        (
            "a bad scope",
            "",
            "  # failscope: allow BTS106 accepts everything -- moving",
            2,
            &["error[config/scope]"],
        ),
        ("no rule", "", "  # failscope: allow -- moving", 2, &["error[config/comment]"]),
        ("until nothing", "", "  # failscope: allow BTS106 until -- x", 2, &["[config/comment]"]),
        ("unknown rule", "", "  # failscope: allow BTS1006 -- x", 2, &["config/unknown-rule"]),
        ("misspelled", "", "  # failscope: alow BTS106 -- x", 2, &["did you mean `allow`?"]),
        (
            "in capitals",
            "",
            "  # Failscope: allow BTS106 -- x",
            2,
            &["topology.yaml:54:86: error[config/comment]", "write `# failscope: allow"],
        ),
        (
            "without the colon",
            "",
            "  # failscope allow BTS106 -- x",
            2,
            &["topology.yaml:54:86: error[config/comment]", "write `# failscope: allow"],
        ),
        ("no waiver", "", "  # failscope allows this", 1, &["error[BTS106]", "!config/"]),
        ("in capitals, prose", "", "  # FAILSCOPE: see the wiki", 1, &["!config/"]),
        ("another word", "", "  # failscope: see the wiki", 1, &["error[BTS106]", "!config/"]),
        (
            "in a string",
            "    Other:\n      adapter: HTTP\n      host: Web\n      x-note: \"\n        # failscope: allow BTS106 -- no comment\"\n",
            "",
            1,
            &["error[BTS106]", "!FS090"],
        ),
        (
            "in a block scalar",
            "    Other:\n      adapter: HTTP\n      host: Web\n      x-note: |\n        # failscope: allow BTS106 -- no comment\n",
            "",
            1,
            &["error[BTS106]", "!FS090"],
        ),
    ]);
}

#[test]
fn a_long_block_of_comments_is_no_mistake() {
    let block = "    # a line of prose\n".repeat(5_000);
    let above = format!("{block}    # failscope: allow BTS106 -- agreed\n{block}");
    check_comments(&[("long", &above, "", 0, &["1 suppressed"])]);
}

#[test]
fn the_project_file_is_the_nearest_one_above_or_the_one_given() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("topology.yaml"), SMALL.as_str()).unwrap();
    fs::write(folder.path().join("failscope.yaml"), "severity: { BTS106: info }\n").unwrap();
    let (output, exit) = lint(&inner, &[]);
    assert!(exit == 0 && output.contains("info[BTS106]"), "{output}");
    let other = folder.path().join("other.yaml");
    fs::write(&other, "severity: { BTS106: warning }\n").unwrap();
    let (output, exit) = lint(&inner, &["--config", &other.display().to_string()]);
    assert!(exit == 0 && output.contains("warning[BTS106]"), "{output}");
    // A topology may have that name too.
    fs::write(inner.join("failscope.yaml"), SMALL.as_str()).unwrap();
    let (output, exit) = lint(&inner, &[]);
    assert!(exit == 0 && output.contains("info[BTS106]"), "{output}");
    // With a key of a project file it is one, and the header a mistake that is told.
    fs::write(inner.join("failscope.yaml"), "failscope: 1\nseverity: {}\n").unwrap();
    let (output, exit) = lint(&inner, &[]);
    assert!(exit == 2 && output.contains("unknown key `failscope`"), "{output}");
    // What cannot be read is told, too.
    fs::write(inner.join("failscope.yaml"), b"\xff\xfes\0e\0").unwrap();
    let (output, exit) = lint(&inner, &[]);
    assert!(exit == 2 && output.contains("UTF-16"), "{output}");
    let missing = folder.path().join("missing.yaml").display().to_string();
    let (output, exit) = lint(&inner, &["--config", &missing]);
    assert!(exit == 2 && output.contains("missing.yaml"), "{output}");
    let (output, exit) = lint(&inner, &["--only", "FS090"]);
    assert!(exit == 2 && output.contains("about waivers"), "{output}");
    let (output, exit) = lint(&inner, &["--today", "tomorrow"]);
    assert!(exit == 2 && output.contains("2027-03-31"), "{output}");
}

#[test]
fn a_waiver_is_used_if_any_topology_of_the_run_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("failscope.yaml", &waiver(&format!("{REASON}    accepts: endpoint\n")));
    let clean = "failscope: 1\nservers: [WEB01]\nservices:\n  shop: { needs: [WEB01] }\n";
    write("topology.yaml", clean);
    let (output, _) = lint(folder.path(), &[]);
    assert!(output.contains("warning[FS090]"), "{output}");
    write("small.yaml", &SMALL);
    let small = folder.path().join("small.yaml").display().to_string();
    let (output, exit) = lint(folder.path(), &[&small]);
    assert!(exit == 0 && !output.contains("FS090"), "{output}");
    // What could not be read might have used it.
    write("small.yaml", "failscope: 1\nserverz: {}\n");
    let (output, exit) = lint(folder.path(), &[&small]);
    assert!(exit == 2 && !output.contains("FS090"), "{output}");
}

/// `explain` shows these examples; they are judged where the rules are, at the command line.
#[test]
fn findings_about_waivers_have_examples_that_draw_them() {
    for rule in failscope::rules::governance::WAIVER_RULES {
        let (line, text) =
            rule.bad.lines().enumerate().find(|(_, line)| line.contains("# <-")).unwrap();
        let column = text.find('#').unwrap() + 1;
        let case = |topology: &str| {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("topology.yaml"), topology).unwrap();
            lint(folder.path(), &[]).0
        };
        let bad = case(rule.bad);
        let severity = rule.severity.as_str();
        let place = format!("topology.yaml:{}:{column}: {severity}[{}]", line + 1, rule.id);
        assert!(bad.contains(&place), "{place}\n{bad}");
        assert!(!case(rule.good).contains(rule.id), "{}", rule.id);
    }
}

#[test]
fn very_many_wrong_comments_end_in_an_error_soon() {
    let wrong = "    # failscope: allow BTS1066 -- no such rule\n".repeat(20_000);
    check_comments(&[("many", &wrong, "", 2, &["config/unknown-rule", "1001 errors"])]);
}

#[test]
fn the_page_lists_what_cannot_be_waived_and_the_editions() {
    use failscope::rules::{self, governance};
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/governance.md"));
    let page = page.unwrap();
    for rule in rules::all() {
        let row = format!("| {} `{}` | ", rule.id, rule.name);
        match governance::never_waived(rule.id) {
            Some(why) => assert!(page.contains(&format!("{row}{why} |")), "{}", rule.id),
            None => assert!(!page.contains(&row), "{} can be waived", rule.id),
        }
    }
    for edition in governance::EDITIONS {
        assert!(page.contains(edition), "{edition}");
    }
}

#[test]
fn the_schema_accepts_what_we_ship_and_refuses_what_the_reader_refuses() {
    let schema = failscope::config::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let accepts = |yaml: &str| {
        let value: serde_json::Value = serde_yaml::from_str(yaml).unwrap();
        validator.is_valid(&value)
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = fs::read_to_string(root.join("topologies/governance/failscope.yaml")).unwrap();
    assert!(accepts(&shipped));
    for wrong in [
        "severities: {}",
        "severity: { BTS106: loud }",
        "fail_on: always",
        "waivers: [{ rule: BTS106, subject: Receive, accepts: endpoint }]",
        "waivers: [{ rule: BTS106, subject: Receive, reason: r, accepts: all }]",
        "waivers: [{ rule: A, subject: B, reason: r, accepts: none, until: soon }]",
    ] {
        assert!(!accepts(wrong), "{wrong}");
    }
}
