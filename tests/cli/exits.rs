//! Exit statuses: 0 decided and passed, 1 findings, 2 could not decide.

use crate::{Run, SMALL, folder_with, lint, run};

const GOOD: &str = "failscope: 1\nservers: [A]\n";

/// One finding of the severity, or none.
fn with(severity: &str) -> String {
    let text = match severity {
        "error" => SMALL.to_owned(),
        "nothing" => GOOD.to_owned(),
        other => panic!("no example of {other}"),
    };
    let run = lint(&text);
    assert_eq!(run.stdout.contains(&format!("{severity}[")), severity != "nothing", "{severity}");
    text
}

fn lint_with(args: &[&str], text: &str) -> u8 {
    run(&[&["lint", "-"], args].concat(), text.as_bytes()).exit
}

/// What severities a topology has, from the run itself.
fn severities(run: &Run) -> [bool; 3] {
    ["error[", "warning[", "info["].map(|head| run.stdout.contains(head))
}

#[test]
fn findings_count_from_the_severity_that_is_asked_for() {
    let error = with("error");
    for fail_on in ["error", "warning", "info"] {
        assert_eq!(lint_with(&["--fail-on", fail_on], &error), 1, "{fail_on}");
    }
    assert_eq!(lint_with(&["--fail-on", "never"], &error), 0);
    for fail_on in ["error", "warning", "info", "never"] {
        assert_eq!(lint_with(&["--fail-on", fail_on], &with("nothing")), 0, "{fail_on}");
    }
    assert_eq!(lint_with(&["--fail-on", "nonsense"], GOOD), 2);
}

#[test]
fn each_rule_s_examples_give_the_status_of_their_severity() {
    for rule in failscope::rules::all() {
        for yaml in [rule.bad, rule.good] {
            let found = run(&["lint", "-", "--only", rule.id], yaml.as_bytes());
            let [error, warning, info] = severities(&found);
            for (fail_on, fails) in [
                ("error", error),
                ("warning", error || warning),
                ("info", error || warning || info),
                ("never", false),
            ] {
                let args = ["--only", rule.id, "--fail-on", fail_on];
                assert_eq!(lint_with(&args, yaml), u8::from(fails), "{} {fail_on}", rule.id);
            }
        }
    }
}

#[test]
fn what_cannot_be_decided_is_two_whatever_fails() {
    for fail_on in ["error", "warning", "info", "never"] {
        for broken in ["", "failscope: 1\nx: y\n", "failscope: 1\nservers: [A, A]\n", "[", "\0"] {
            assert_eq!(lint_with(&["--fail-on", fail_on], broken), 2, "{fail_on} {broken:?}");
        }
    }
}

#[test]
fn one_broken_file_of_several_is_two_and_the_others_are_still_judged() {
    let (folder, bad) = folder_with("b-bad.yaml", "failscope: 1\nservr: [A]\n");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let bad = bad.to_str().unwrap();
    let (good, found) = (write("a.yaml", GOOD), write("c.yaml", SMALL));
    for order in [[&*good, bad, &*found], [&*found, bad, &*good], [bad, &*found, &*good]] {
        let run = run(&["lint", "--fail-on=never", order[0], order[1], order[2]], b"");
        assert_eq!(run.exit, 2, "{order:?}");
        assert!(run.stdout.contains("did you mean `servers`?"), "{}", run.stdout);
        assert!(run.stdout.contains("c.yaml:") && run.stdout.contains("3 topologies"));
    }
    let missing = folder.path().join("missing.yaml");
    let run = run(&["lint", missing.to_str().unwrap(), &found], b"");
    assert_eq!(run.exit, 2);
    assert!(run.stderr.contains("missing.yaml") && run.stdout.contains("c.yaml:"));
    let run = crate::run(&["lint", folder.path().to_str().unwrap()], b"");
    assert_eq!(run.exit, 2, "a folder is the files in it");
    assert!(run.stdout.contains("3 topologies"), "{}", run.stdout);
}

#[test]
fn a_call_that_asks_for_nothing_is_two() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    for args in [
        &[][..],
        &["lint"],
        &["lint", empty],
        &["lint", "--only", "BTS999", "-"],
        &["lint", "--only", "", "-"],
        &["lint", "--max-bytes", "-1", "-"],
        &["lint", "--max-nodes", "x", "-"],
        &["report"],
        &["report", empty],
        &["report", "missing.yaml"],
        &["report", "--format", "pdf", "-"],
        &["report", "--server", "NOBODY", "-"],
        &["impact", "-"],
        &["impact", "-", "--fail", "NOBODY"],
        &["explain"],
        &["explain", "BTS999"],
        &["explain", "-", "NOBODY"],
        &["nonsense"],
        &["--nonsense"],
    ] {
        let run = run(args, SMALL.as_bytes());
        assert_eq!(run.exit, 2, "{args:?}");
        assert!(!run.stderr.is_empty() && run.stdout.is_empty(), "{args:?}: {run:?}");
    }
}

#[test]
fn a_near_name_is_offered() {
    for (args, near) in [
        (&["lint", "--only", "BTS02", "-"][..], "did you mean `BTS0"),
        (&["impact", "-", "--fail", "BTS1"], "did you mean `BTS01`?"),
        (&["explain", "-", "sql1"], "did you mean `SQL01`?"),
        (&["report", "-", "--server", "BTS-01"], "did you mean `BTS01`?"),
    ] {
        let run = run(args, SMALL.as_bytes());
        assert_eq!(run.exit, 2, "{args:?}");
        assert!(run.stderr.contains(near), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn answers_are_zero() {
    for args in [
        &["--help"][..],
        &["--version"],
        &["lint", "--help"],
        &["schema"],
        &["explain", "BTS002"],
        &["explain", "-", "BTS01"],
        &["report", "-"],
        &["report", "-", "--scope", "none"],
        &["impact", "-", "--fail", "BTS01", "--restart", "BTS02", "--restore", "BTS01"],
        &["impact", "-", "--fail", "HV01", "--format", "json"],
    ] {
        let run = run(args, SMALL.as_bytes());
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(!run.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn too_much_work_is_refused_with_its_limit() {
    for args in [&["report", "-"][..], &["lint", "-"], &["impact", "-", "--fail", "BTS01"]] {
        let run = run(&[args, &["--max-work", "3"]].concat(), SMALL.as_bytes());
        assert_eq!(run.exit, 2, "{args:?}: {}", run.all());
        let all = run.all();
        assert!(all.contains("more than 3 steps") && all.contains("--max-work"), "{args:?}: {all}");
    }
}
