//! What the documents say is true: examples are run, named paths exist, generated
//! files are up to date.
//!
//! `FAILSCOPE_BLESS=1 cargo test --test it documents` writes the outputs anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::run_at;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn bless() -> bool {
    std::env::var_os("FAILSCOPE_BLESS").is_some()
}

/// Runs the program in memory, at the width that the documents are written for.
fn run(arguments: &str) -> (String, u8) {
    let ran = run_at(88, &arguments.split_whitespace().collect::<Vec<_>>());
    (ran.stdout + &ran.stderr, ran.code)
}

/// `$ failscope ...` lines in `console` blocks, each with the output shown below it.
/// A line `...` in the output stands for any number of lines.
fn check_console(document: &str) {
    let path = root().join(document);
    let text = fs::read_to_string(&path).unwrap();
    let mut out = String::new();
    let mut examples = 0;
    for (index, part) in text.split("```console\n").enumerate() {
        if index == 0 {
            out.push_str(part);
            continue;
        }
        let (block, rest) = part.split_once("```").expect("a console block ends");
        out.push_str("```console\n");
        for session in block.split("$ ").skip(1) {
            let (command, shown) = session.split_once('\n').unwrap_or((session, ""));
            let program = ["failscope ", "cargo run --release -- "];
            let arguments = program.iter().find_map(|program| command.strip_prefix(program));
            let Some(arguments) = arguments else {
                out.push_str(&format!("$ {session}"));
                continue;
            };
            examples += 1;
            let (real, _) = run(arguments);
            let kept = if bless() { shorten(&real, shown) } else { shown.to_owned() };
            assert!(matches(&real, &kept), "{document}: `{command}` prints\n{real}");
            out.push_str(&format!("$ {command}\n{kept}"));
        }
        out.push_str("```");
        out.push_str(rest);
    }
    assert!(examples > 0, "{document} shows no example");
    if bless() {
        fs::write(&path, out).unwrap();
    }
}

/// As many lines as the document showed before its `...`.
fn shorten(real: &str, shown: &str) -> String {
    match shown.lines().position(|line| line == "...") {
        Some(lines) => {
            let head: String = real.lines().take(lines).map(|line| format!("{line}\n")).collect();
            format!("{head}...\n")
        }
        None => real.to_owned(),
    }
}

fn matches(real: &str, shown: &str) -> bool {
    let trim = |text: &str| text.lines().map(|l| l.trim_end().to_owned()).collect::<Vec<_>>();
    let (real, shown) = (trim(real), trim(shown));
    match shown.iter().position(|line| line == "...") {
        Some(lines) => real.len() >= lines && real[..lines] == shown[..lines],
        None => real == shown,
    }
}

#[test]
fn the_examples_of_the_documents_are_real() {
    check_console("README.md");
    check_console("docs/fixes.md");
    check_console("docs/own-rules.md");
}

#[test]
fn generated_documents_are_the_ones_that_the_program_prints() {
    let generated = [
        ("schema", "schemas/topology.schema.json"),
        ("schema --format markdown", "docs/language.md"),
        ("rules --format markdown", "docs/rules.md"),
        ("schema --of project", "schemas/failscope.schema.json"),
        ("schema --of diff", "schemas/diff.schema.json"),
        ("schema --of gate", "schemas/gate.schema.json"),
        ("schema --of baseline", "schemas/baseline.schema.json"),
        ("schema --of certificate", "schemas/certificate.schema.json"),
        ("schema --of rules", "schemas/rules.schema.json"),
        ("schema --of rules --format markdown", "docs/model-view.md"),
        ("schema --of findings", "schemas/findings.schema.json"),
        ("schema --of report", "schemas/report.schema.json"),
        ("schema --of graph", "schemas/graph.schema.json"),
        ("report topologies/small.yaml --format markdown", "docs/failure-scope.md"),
        ("graph topologies/web-shop.yaml", "docs/pictures/web-shop.svg"),
    ];
    for (command, document) in generated {
        let (text, exit) = run(command);
        assert_eq!(exit, 0);
        let path = root().join(document);
        if bless() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "run `failscope {command} > {document}`");
    }
}

#[test]
fn the_list_of_rules_is_complete_in_every_format() {
    let (text, _) = run("rules");
    let (json, exit) = run("rules --format json");
    assert_eq!(exit, 0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let listed = json["rules"].as_array().unwrap();
    assert_eq!(listed.len(), failscope::rules::listed().count());
    for (entry, rule) in listed.iter().zip(failscope::rules::listed()) {
        assert_eq!((&entry["id"], &entry["name"]), (&rule.id.into(), &rule.name.into()));
        assert_eq!((&entry["tier"], &entry["state"]), (&rule.tier.as_str().into(), &"on".into()));
        assert_eq!(entry["severity"], rule.severity.as_str());
        let line = |line: &str| line.starts_with(rule.id) && line.contains(rule.name);
        assert!(text.lines().any(line), "{}", rule.id);
    }
}

#[test]
fn the_examples_of_the_formats_are_real() {
    check_console("docs/formats.md");
}

/// Paths in backquotes that start like a path of the project.
#[test]
fn the_paths_that_documents_name_exist() {
    let prefixes =
        ["src/", "tests/", "docs/", "topologies/", "schemas/", "benches/", "fuzz/", ".ci/"];
    let documents = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let documents = documents.filter(|path| path.extension().is_some_and(|ext| ext == "md"));
    for document in documents.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&document).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        for word in quoted.filter(|word| prefixes.iter().any(|p| word.starts_with(p))) {
            if word.contains([' ', '*', '<']) {
                continue;
            }
            assert!(root().join(word).exists(), "{} names {word}", document.display());
        }
    }
}

/// What the guide shows of a commit is still in the files that it names.
#[test]
fn the_commit_in_the_guide_to_rules_is_real() {
    let guide = fs::read_to_string(root().join("docs/adding-a-rule.md")).unwrap();
    let diff = guide.split("```diff\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let mut file = String::new();
    let mut lines = 0;
    for line in diff.lines() {
        if let Some(path) = line.strip_prefix("+++ b/") {
            file = fs::read_to_string(root().join(path)).unwrap();
        } else if let Some(added) = line.strip_prefix('+') {
            assert!(file.lines().any(|known| known == added), "{added}");
            lines += 1;
        }
    }
    assert_eq!(lines, 3, "two lines of code and a title");
}

#[test]
fn the_test_command_of_the_readme_is_the_one_that_ci_runs() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(
        readme.contains("    cargo test\n"),
        "the README names its test command on a line of its own"
    );
    assert!(ci.contains("README.md"), ".ci/run takes the test command from the README");
    assert!(Path::new(&root().join(".ci/run")).exists());
}

#[test]
fn reports_keep_to_the_width_they_are_given() {
    for width in [80, 120, 160] {
        for entry in fs::read_dir(root().join("topologies")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let file = path.strip_prefix(root()).unwrap().display().to_string();
            let (report, exit) = run(&format!("report {} --width {width}", path.display()));
            assert_eq!(exit, 0, "{file}");
            for line in report.lines() {
                let long = line.chars().count() > width;
                assert!(!long, "{file} at {width} columns:\n{line}");
            }
        }
    }
}
