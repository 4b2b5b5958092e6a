//! `diff`: pairs whose answers were worked out by hand, and what must hold for any pair.

use std::collections::BTreeSet;
use std::path::Path;

use failscope::analysis::{Analysis, WORK_LIMIT};
use failscope::diff::{Asked, Facts, Members, Worse};
use failscope::engine::Budget;
use failscope::expand::expand;
use failscope::input::edits::{self, EditKind, Edits};
use failscope::input::{self, Limits};
use failscope::model::Topology;
use failscope::rules;
use failscope::source::{FileId, SourceMap};
use serde_json::Value;

use crate::program::{Ran, run};
use crate::shipped::{root, yaml_files};

/// Runs `diff` over two texts; the JSON form and the exit status.
fn diff_texts(old: &str, new: &str, flags: &[&str]) -> (Value, u8) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    diff(&path("old.yaml", old), &path("new.yaml", new), flags)
}

fn diff(old: &Path, new: &Path, flags: &[&str]) -> (Value, u8) {
    let (old, new) = (old.display().to_string(), new.display().to_string());
    let ran = run(&[&["diff", &old, &new, "--format", "json"], flags].concat());
    let value = serde_json::from_str(&ran.stdout).unwrap_or(Value::Null);
    (value, ran.code)
}

/// The only pair of a diff.
fn only(diff: &Value) -> &Value {
    assert_eq!(diff["topologies"].as_array().unwrap().len(), 1, "{diff:#}");
    &diff["topologies"][0]
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

fn names(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn field(rows: &Value, key: &str) -> BTreeSet<String> {
    rows.as_array().unwrap().iter().map(|row| row[key].as_str().unwrap().to_owned()).collect()
}

const THREE: &str = "failscope: 1
components:
  a: {}
  b: {}
  c: {}
services:
  s: { needs: [{ any: [a, b] }, c] }
";

#[test]
fn a_choice_that_is_taken_away_is_worse_at_its_line() {
    // Before: c alone, or a and b. After: a, b, or c alone.
    let after = THREE.replace("any: [a, b]", "at_least: 2, of: [a, b]");
    let (diff, exit) = diff_texts(THREE, &after, &[]);
    let diff = only(&diff);
    assert_eq!(exit, 0);
    let points = &diff["single_points_of_failure"];
    assert_eq!(strings(&points["appeared"]), names(&["a", "b"]));
    assert_eq!(strings(&points["gone"]), names(&[]));
    let sets = &diff["cut_sets"][0];
    assert_eq!(sets["service"], "s");
    assert_eq!(sets["appeared"], serde_json::json!([["a"], ["b"]]));
    assert_eq!(sets["gone"], serde_json::json!([["a", "b"]]));
    let wider = &diff["scopes"]["wider"];
    assert_eq!(field(wider, "component"), names(&["a", "b"]));
    assert_eq!(field(wider, "from"), names(&["none"]));
    assert_eq!(field(wider, "to"), names(&["systemwide"]));
    assert_eq!(diff["better"], serde_json::json!([]));
    for worse in diff["worse"].as_array().unwrap() {
        assert_eq!(worse["smallest"], true, "{worse:#}");
        for edit in worse["because"].as_array().unwrap() {
            let edit = &diff["edits"][edit.as_u64().unwrap() as usize];
            assert_eq!(edit["place"]["line"], 7, "{edit:#}");
        }
        assert!(!worse["because"].as_array().unwrap().is_empty());
    }
    assert_eq!(diff["requirements"]["changed"][0]["old"]["at_least"], 1);
    assert_eq!(diff["requirements"]["changed"][0]["new"]["at_least"], 2);
}

#[test]
fn the_same_the_other_way_round_is_better() {
    let before = THREE.replace("any: [a, b]", "at_least: 2, of: [a, b]");
    let (diff, _) = diff_texts(&before, THREE, &[]);
    let diff = only(&diff);
    assert_eq!(diff["worse"], serde_json::json!([]));
    let better = diff["better"].as_array().unwrap();
    let of = |kind: &str| better.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((of("single-point-of-failure"), of("scope"), of("cut-set")), (2, 2, 2));
    let scope = better.iter().find(|row| row["kind"] == "scope").unwrap();
    assert_eq!(
        (&scope["scope"]["from"], &scope["scope"]["to"]),
        (&"systemwide".into(), &"none".into())
    );
}

#[test]
fn what_takes_two_edits_is_told_with_both() {
    // Neither of the two alternatives may go alone; without both, c is all that is left.
    let before = THREE.replace("[{ any: [a, b] }, c]", "[{ any: [a, b, c] }]");
    let after = THREE.replace("[{ any: [a, b] }, c]", "[{ any: [c] }]");
    let (diff, _) = diff_texts(&before, &after, &[]);
    let diff = only(&diff);
    let worse = diff["worse"].as_array().unwrap();
    let point = worse.iter().find(|row| row["kind"] == "single-point-of-failure").unwrap();
    assert_eq!(point["subject"], "c");
    let edits: Vec<&str> = point["because"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| diff["edits"][edit.as_u64().unwrap() as usize]["path"][5].as_str().unwrap())
        .collect();
    assert_eq!((edits, &point["smallest"]), (vec!["a", "b"], &true.into()));
}

#[test]
fn a_rename_is_one_where_the_structure_says_so() {
    let pairs = |diff: &Value| -> BTreeSet<(String, String)> {
        let rows = only(diff)["renamed"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        rows.iter().map(|row| (text(&row["old"]), text(&row["new"]))).collect()
    };
    let renamed = |text: &str, words: &[(&str, &str)]| -> BTreeSet<(String, String)> {
        let mut new = text.to_owned();
        for (old, word) in words {
            new = new.replace(&format!(" {old}:"), &format!(" {word}:"));
            new = new.replace(&format!("[{old},"), &format!("[{word},"));
            new = new.replace(&format!(", {old}]"), &format!(", {word}]"));
        }
        assert_ne!(new, text);
        pairs(&diff_texts(text, &new, &[]).0)
    };
    let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    assert_eq!(renamed(THREE, &[("c", "x")]), [pair("c", "x")].into());
    // One of two that are alike: the other one keeps its name, so it is clear which.
    assert_eq!(renamed(THREE, &[("b", "x")]), [pair("b", "x")].into());
    // Both: which is which makes no difference, and the order of the file decides.
    assert_eq!(renamed(THREE, &[("a", "x"), ("b", "y")]), [pair("a", "x"), pair("b", "y")].into());
    // Another kind of thing, or one that needs something else, is another thing.
    let other = THREE.replace("  c: {}", "  x: { kind: printer }").replace(", c]", ", x]");
    assert_eq!(pairs(&diff_texts(THREE, &other, &[]).0), [].into());
    let other = THREE.replace("  c: {}", "  x: { needs: [a] }").replace(", c]", ", x]");
    assert_eq!(pairs(&diff_texts(THREE, &other, &[]).0), [].into());
    // Of what nothing needs and what needs nothing the structure says nothing.
    let alone = THREE.replace("  c: {}", "  c: {}\n  d: {}");
    let other = THREE.replace("  c: {}", "  c: {}\n  e: {}");
    assert_eq!(pairs(&diff_texts(&alone, &other, &[]).0), [].into());
}

#[test]
fn a_renamed_server_takes_its_parts_along_and_nothing_is_worse() {
    let text = include_str!("../../topologies/small.yaml");
    let (diff, _) =
        diff_texts(text, &text.replace("SQL02", "NODE7").replace("Send", "Sender"), &[]);
    let diff = only(&diff);
    let renamed = field(&diff["renamed"], "new");
    for name in ["NODE7", "Sender", "Sender@BTS01", "BTSSQL@NODE7", "SQLCLUSTER/SQL@NODE7"] {
        assert!(renamed.contains(name), "{name}: {renamed:?}");
    }
    for (section, key) in [
        ("components", "added"),
        ("components", "removed"),
        ("scopes", "wider"),
        ("findings", "new"),
        ("findings", "gone"),
    ] {
        assert_eq!(diff[section][key], serde_json::json!([]), "{section} {key}");
    }
    assert_eq!((&diff["worse"], &diff["better"]), (&serde_json::json!([]), &serde_json::json!([])));
}

#[test]
fn what_cannot_be_read_is_not_compared() {
    for (old, new) in [("failscope: 1\nx: y\n", THREE), (THREE, "failscope: 1\nx: y\n")] {
        let (found, exit) = diff_texts(old, new, &[]);
        assert_eq!((exit, found), (2, Value::Null));
    }
}

#[test]
fn the_report_is_what_its_schema_says() {
    let schema = run(&["schema", "--of", "diff"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let path = |name: &str| root().join("topologies").join(name);
    for (old, new) in [("small.yaml", "ra02-small.yaml"), ("web-shop.yaml", "small.yaml"), ("", "")]
    {
        let (found, _) = diff(&path(old), &path(new), &["--no-causes"]);
        let errors: Vec<String> =
            validator.iter_errors(&found).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn nothing_differs_from_itself() {
    for path in yaml_files(&root().join("topologies")) {
        let (found, exit) = diff(&path, &path, &[]);
        if found["topologies"].as_array().is_none_or(Vec::is_empty) {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.lines().any(|line| line.starts_with("failscope:")), "{}", path.display());
            continue;
        }
        assert_eq!((exit, &only(&found)["same"]), (0, &true.into()), "{}", path.display());
    }
}

#[test]
fn a_topology_that_extends_another_differs_as_if_it_were_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    };
    let above = "failscope: 1\nextends: [../base.yaml]\n";
    let changes = "services: { s: { needs: [a, c] } }\nremove: { components: [b] }\n";
    write("base.yaml", THREE);
    let old = write("prod/old.yaml", above);
    let new = write("prod/new.yaml", &format!("{above}{changes}"));
    let flat = THREE.replace("  b: {}\n", "").replace("[{ any: [a, b] }, c]", "[a, c]");
    let (as_one, _) = diff_texts(THREE, &flat, &[]);
    let (layered, exit) = diff(&old, &new, &[]);
    let (as_one, layered) = (only(&as_one), only(&layered));
    assert_eq!(exit, 0);
    // `b` is gone, and what needed one of two needs `a`.
    assert_eq!(field(&layered["components"]["removed"], "component"), names(&["b"]));
    assert_eq!(strings(&layered["single_points_of_failure"]["appeared"]), names(&["a"]));
    let told = |edits: &Value| -> Vec<(Value, Value)> {
        let rows = edits.as_array().unwrap().iter();
        rows.map(|row| (row["edit"].clone(), row["path"].clone())).collect()
    };
    assert_eq!(told(&layered["edits"]), told(&as_one["edits"]));
    for (here, there) in
        layered["worse"].as_array().unwrap().iter().zip(as_one["worse"].as_array().unwrap())
    {
        assert_eq!(
            (&here["kind"], &here["subject"], &here["because"]),
            (&there["kind"], &there["subject"], &there["because"])
        );
        let edit = here["because"][0].as_u64().unwrap() as usize;
        let place = &layered["edits"][edit]["place"];
        assert!(Path::new(place["file"].as_str().unwrap()).ends_with("prod/new.yaml"), "{here:#}");
        assert_eq!(place["line"], 3, "{here:#}");
    }
    assert!(!layered["worse"].as_array().unwrap().is_empty());
}

#[test]
fn a_rule_that_cannot_be_decided_leaves_the_diff_and_the_gate_undecided() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    write("failscope.yaml", "rule_files: [rules.yaml]\n");
    // Divides by zero where there are two components, and holds where there are three.
    write(
        "rules.yaml",
        "failscope-rules: 1
rules:
  OWN1:
    name: own-rule
    severity: warning
    summary: a server is wrong
    for: server
    require: 1 / (size(every('server')) - 2) == 1
    message: \"{name} is wrong\"
    why: because
    fix: do it
",
    );
    let two = write("two.yaml", "failscope: 1\nservers: [A, B]\n");
    let three = write("three.yaml", "failscope: 1\nservers: [A, B, C]\n");
    assert_eq!(diff(&three, &three, &[]).1, 0);
    for (old, new) in [(&two, &three), (&three, &two)] {
        let (found, exit) = diff(old, new, &[]);
        let unknown = only(&found)["unknown"].to_string();
        assert!(exit == 2 && unknown.contains("OWN1"), "{exit} {found:#}");
        let (old, new) = (old.display().to_string(), new.display().to_string());
        let Ran { stdout: said, code: exit, .. } = run(&["gate", &new, "--against", &old]);
        assert!(exit == 2 && said.contains("OWN1"), "{exit} {said}");
    }
}

/// The shipped topologies that are compared with each other.
const RELATED: [&str; 7] = [
    "small.yaml",
    "ra02-small.yaml",
    "ra03-medium-processing.yaml",
    "ra03-medium-receiving.yaml",
    "ra10-clustered-receiving.yaml",
    "ra20-availability-group-2020.yaml",
    "web-shop.yaml",
];

#[test]
fn the_way_back_is_the_mirror_of_the_way_there() {
    let path = |name: &str| root().join("topologies").join(name);
    for (at, old) in RELATED.iter().enumerate() {
        for new in &RELATED[at + 1..] {
            let (there, _) = diff(&path(old), &path(new), &["--no-causes"]);
            let (back, _) = diff(&path(new), &path(old), &["--no-causes"]);
            mirrored(only(&there), only(&back), &format!("{old} {new}"));
        }
    }
}

fn mirrored(there: &Value, back: &Value, what: &str) {
    let renamed = |rows: &Value, from: &str, to: &str| -> BTreeSet<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        rows["renamed"].as_array().unwrap().iter().map(|r| (text(&r[from]), text(&r[to]))).collect()
    };
    assert_eq!(renamed(there, "old", "new"), renamed(back, "new", "old"), "{what}");
    for (section, one, other, key) in [
        ("components", "added", "removed", "component"),
        ("components", "removed", "added", "component"),
        ("requirements", "added", "removed", "dependent"),
        ("requirements", "removed", "added", "dependent"),
    ] {
        let (a, b) = (&there[section][one], &back[section][other]);
        assert_eq!(a.as_array().unwrap().len(), b.as_array().unwrap().len(), "{what} {section}");
        assert_eq!(field(a, key), field(b, key), "{what} {section}");
    }
    let counts =
        |diff: &Value, section: &str, key: &str| diff[section][key].as_array().unwrap().len();
    for (section, one, other) in [
        ("single_points_of_failure", "appeared", "gone"),
        ("single_points_of_failure", "gone", "appeared"),
        ("scopes", "wider", "narrower"),
        ("scopes", "narrower", "wider"),
        ("findings", "new", "gone"),
        ("findings", "gone", "new"),
    ] {
        assert_eq!(counts(there, section, one), counts(back, section, other), "{what} {section}");
    }
    assert_eq!(
        there["cut_sets"].as_array().unwrap().len(),
        back["cut_sets"].as_array().unwrap().len()
    );
    let lengths = |diff: &Value| {
        (diff["worse"].as_array().unwrap().len(), diff["better"].as_array().unwrap().len())
    };
    let (worse, better) = lengths(there);
    assert_eq!((better, worse), lengths(back), "{what}");
}

/// Texts with one line changed, and the number of that line.
fn mutations(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut with = |at: usize, line: &str| {
        let mut changed = lines.clone();
        changed[at] = line;
        found.push((changed.join("\n") + "\n", at + 1));
    };
    for (at, line) in
        lines.iter().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'))
    {
        // The last item of a list of names is taken away.
        if let Some((head, tail)) = line.rsplit_once(']')
            && let Some((head, item)) = head.rsplit_once(", ")
            && head.contains('[')
            && !item.contains(['[', '{', '}', ':'])
        {
            with(at, &format!("{head}]{tail}"));
        }
        for (was, is) in [
            ("true", "false"),
            ("redundant: false", "redundant: true"),
            ("at_least: 2", "at_least: 1"),
        ] {
            if line.contains(was) {
                with(at, &line.replace(was, is));
            }
        }
        // A definition on one line is taken away.
        if line.starts_with("  ") && line.ends_with('}') && line.contains(": {") {
            with(at, "");
        }
    }
    found
}

#[test]
fn an_edit_anywhere_is_found_at_its_line() {
    let (mut tried, mut harmful) = (0, 0);
    for path in yaml_files(&root().join("topologies")) {
        let text = std::fs::read_to_string(&path).unwrap();
        if !text.contains("failscope:")
            || path
                .components()
                .any(|part| part.as_os_str().to_string_lossy().ends_with("-mutations"))
        {
            continue;
        }
        // Every fifth, from another start in each file.
        let start = path.as_os_str().len() % 5;
        for (new, line) in mutations(&text).into_iter().skip(start).step_by(5) {
            let (found, _) = diff_texts(&text, &new, &[]);
            let Some([diff]) = found["topologies"].as_array().map(Vec::as_slice) else { continue };
            let what = format!("{} line {line}\n{diff:#}", path.display());
            tried += 1;
            let edits = diff["edits"].as_array().unwrap();
            assert_eq!(edits.len(), 1, "{what}");
            let places = [&edits[0]["place"]["line"], &edits[0]["old_place"]["line"]];
            assert!(places.contains(&&line.into()), "{what}");
            for worse in diff["worse"].as_array().unwrap() {
                harmful += 1;
                assert_eq!(worse["because"], serde_json::json!([0]), "{what}");
            }
        }
    }
    assert!(tried >= 60 && harmful >= 60, "{tried} edits, {harmful} consequences");
}

/// Both texts as one set of files.
fn both(old: &str, new: &str) -> (SourceMap, [FileId; 2]) {
    let mut sources = SourceMap::new();
    let ids = [sources.add("old.yaml", old), sources.add("new.yaml", new)];
    (sources, ids)
}

fn edits_between(sources: &SourceMap, [old, new]: [FileId; 2]) -> Edits<'_> {
    edits::between(sources, &[old], &[new], &Limits::default()).unwrap()
}

fn read(sources: &mut SourceMap, file: FileId) -> Topology {
    let mut none = |_: &Path, _: &mut SourceMap| Err("no file".to_owned());
    let reading = input::read(sources, file, &Limits::default(), &mut none);
    reading.topology.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

fn facts(topology: &Topology) -> Facts {
    let expansion = expand(topology);
    let analysis = Analysis::new(&expansion.graph, WORK_LIMIT).unwrap();
    let found = rules::run(rules::all(), topology, &expansion, &analysis);
    let asked = Asked { order: 2, budget: Budget::default() };
    Facts::new(&expansion, &analysis, &found.findings, &asked)
}

#[test]
fn edits_are_as_small_as_they_can_be_said() {
    use EditKind::{Added, Changed, Removed, Reordered};
    let head = "failscope: 1\n";
    // Before, after, and the edits: what, where, in which line.
    type Row<'r> = (&'r str, &'r str, &'r [(EditKind, &'r str, usize)]);
    let rows: &[Row<'_>] = &[
        ("servers: [A]\n", "servers: { A: {} }\n", &[]),
        ("servers: { A: {}, B: {} }\n", "servers:\n  B:\n  A:\n", &[]),
        ("name: x\n", "name: \"x\"\n", &[]),
        ("servers: [A]\n", "servers: [A, B]\n", &[(Added, "servers.B", 2)]),
        ("servers: [A]\n", "servers:\n  A: { site: X }\n", &[(Added, "servers.A.site", 3)]),
        (
            "servers: { A: { site: X } }\n",
            "servers: { A: { site: Y } }\n",
            &[(Changed, "servers.A.site", 2)],
        ),
        (
            "servers: [A, B]\n",
            "storage: [D]\n",
            &[(Removed, "servers.A", 1), (Removed, "servers.B", 1), (Added, "storage.D", 2)],
        ),
        (
            "components: { a: {}, b: {}, c: { needs: a } }\n",
            "components:\n  a:\n  b:\n  c: { needs: [a, b] }\n",
            &[(Added, "components.c.needs.b", 5)],
        ),
        (
            "components: { a: {}, b: {}, c: { needs: [a, b] } }\n",
            "components: { a: {}, b: {}, c: { needs: [b, a] } }\n",
            &[(Reordered, "components.c.needs", 2)],
        ),
        (
            "components: { a: {}, b: {}, c: { needs: [{ any: [a, b], why: x }] } }\n",
            "components: { a: {}, b: {}, c: { needs: [{ any: [a, b], why: y }] } }\n",
            &[(Changed, "components.c.needs.(item).why", 2)],
        ),
    ];
    for (old, new, expected) in rows {
        let (sources, ids) = both(&format!("{head}{old}"), &format!("{head}{new}"));
        let edits = edits_between(&sources, ids);
        let found: Vec<(EditKind, String, usize)> = edits
            .list()
            .iter()
            .map(|edit| (edit.kind, edit.path.join("."), sources.locate(edit.new).place.line))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|&(kind, path, line)| (kind, path.to_owned(), line)).collect();
        assert_eq!(found, expected, "{old}{new}");
    }
}

#[test]
fn all_edits_make_the_new_topology_and_none_the_old() {
    let text = |name: &&str| std::fs::read_to_string(root().join("topologies").join(name)).unwrap();
    let texts: Vec<String> = RELATED.iter().map(text).collect();
    for old in &texts {
        for new in &texts {
            let (mut sources, ids) = both(old, new);
            let (was, is) =
                (facts(&read(&mut sources, ids[0])), facts(&read(&mut sources, ids[1])));
            let mut edits = edits_between(&sources, ids);
            let count = edits.list().len();
            assert_eq!(facts(&edits.apply(&vec![false; count]).unwrap()), was);
            assert_eq!(facts(&edits.apply(&vec![true; count]).unwrap()), is);
        }
    }
}

/// Every set of edits is tried; the causes that are named must be among the smallest.
#[test]
fn causes_are_minimal_by_brute_force() {
    let pairs = [
        (
            "failscope: 1
servers: [A, B, C]
components:
  db: { on: [A, B] }
  queue: { on: [A, B, C], at_least: 2 }
  app: { on: [A, B], needs: [db, queue] }
services:
  shop: { needs: [app] }
",
            "failscope: 1
servers: [A, B]
components:
  db: { on: [B] }
  queue: { on: [A, B], at_least: 2 }
  app: { on: [A], needs: [db, queue] }
services:
  shop: { needs: [app] }
",
        ),
        (
            "failscope: 1
components: { a: {}, b: {}, c: {}, d: {} }
services:
  s: { needs: [{ any: [a, b, c] }] }
  t: { needs: [{ any: [a, b] }, { any: [c, d] }] }
",
            "failscope: 1
components: { a: {}, b: {}, e: { needs: [a] } }
services:
  s: { needs: [{ any: [b, e] }] }
  t: { needs: [{ any: [a, e] }, { any: [b] }] }
",
        ),
    ];
    for (old, new) in pairs {
        let (sources, ids) = both(old, new);
        let mut edits = edits_between(&sources, ids);
        let count = edits.list().len();
        assert!((4..=12).contains(&count), "{count} edits");
        let sets: Vec<Option<Facts>> = (0..1_usize << count)
            .map(|set| {
                let chosen: Vec<bool> = (0..count).map(|bit| set >> bit & 1 == 1).collect();
                edits.apply(&chosen).map(|topology| facts(&topology))
            })
            .collect();
        let (found, exit) = diff_texts(old, new, &[]);
        assert_eq!(exit, 0);
        let worse = only(&found)["worse"].as_array().unwrap();
        assert!(worse.len() > 3, "{worse:#?}");
        for row in worse {
            check_cause(row, &sets);
        }
    }
}

fn check_cause(row: &Value, sets: &[Option<Facts>]) {
    let wanted = wanted(row);
    let shown = |set: usize| sets[set].as_ref().is_some_and(|facts| shows(&wanted, facts));
    let cause = row["because"].as_array().unwrap().iter();
    let cause = cause.fold(0, |set, edit| set | 1 << edit.as_u64().unwrap());
    assert!(cause != 0 && shown(cause), "{row:#} is not shown by its cause");
    let bits = |set: usize| (0..16).filter(move |bit| set >> bit & 1 == 1);
    for bit in bits(cause) {
        assert!(!shown(cause & !(1 << bit)), "{row:#}: {bit} could be left out");
    }
    let alone: BTreeSet<usize> =
        (0..16).filter(|bit| 1 << bit < sets.len() && shown(1 << bit)).collect();
    let also =
        row["also"].as_array().into_iter().flatten().map(|edit| edit.as_u64().unwrap() as usize);
    match alone.is_empty() {
        true => assert_eq!(also.count(), 0),
        false => assert_eq!(also.chain(bits(cause)).collect::<BTreeSet<_>>(), alone, "{row:#}"),
    }
}

/// The row as what it stands for; names are those of the new side, and nothing is renamed.
fn wanted(row: &Value) -> Worse {
    let subject = row["subject"].as_str().unwrap().to_owned();
    match row["kind"].as_str().unwrap() {
        "single-point-of-failure" => Worse::PointOfFailure(subject),
        "scope" => {
            let scope = |word: &Value| {
                let all = failscope::graph::Scope::ALL;
                all.into_iter().find(|scope| scope.as_str() == word).unwrap()
            };
            let (from, to) = (scope(&row["scope"]["from"]), scope(&row["scope"]["to"]));
            Worse::Scope { component: subject, from, to }
        }
        "cut-set" => Worse::CutSet { service: subject, members: strings(&row["members"]) },
        _ => Worse::Finding(failscope::diff::FindingKey {
            rule: row["finding"]["rule"].as_str().unwrap().to_owned(),
            subject,
        }),
    }
}

fn shows(worse: &Worse, facts: &Facts) -> bool {
    match worse {
        Worse::PointOfFailure(name) => facts.points.contains(name),
        Worse::CutSet { service, members } => {
            let has = |set: &Members| set == members;
            facts.cut_sets.get(service).is_some_and(|known| known.sets.iter().any(has))
        }
        Worse::Scope { component, to, .. } => facts.scopes.get(component).is_some_and(|s| s >= to),
        Worse::Finding(key) => facts.findings.contains_key(key),
    }
}

#[test]
fn cut_sets_that_cannot_be_had_are_unknown_and_not_none() {
    let (found, exit) = diff_texts(
        include_str!("../../topologies/small.yaml"),
        &include_str!("../../topologies/small.yaml").replace("witness: SAN01", "witness: none"),
        &["--max-memory", "0"],
    );
    let diff = only(&found);
    assert_eq!(exit, 2, "{diff:#}");
    assert!(!diff["unknown"].as_array().unwrap().is_empty(), "{diff:#}");
}

#[test]
fn two_folders_are_compared_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("old/a.yaml", THREE);
    write("old/deep/b.yaml", THREE);
    write("old/gone.yaml", THREE);
    write("new/a.yaml", THREE);
    write("new/deep/b.yaml", &THREE.replace("c: {}", "c: { redundant: true }"));
    write("new/fresh.yaml", THREE);
    let (found, exit) = diff(&folder.path().join("old"), &folder.path().join("new"), &[]);
    assert_eq!(exit, 0);
    assert_eq!(
        (strings(&found["added"]), strings(&found["removed"])),
        (names(&["fresh.yaml"]), names(&["gone.yaml"]))
    );
    let same: Vec<&Value> =
        found["topologies"].as_array().unwrap().iter().map(|t| &t["same"]).collect();
    assert_eq!(same, [&Value::from(true), &false.into()]);
    let (_, exit) = diff(&folder.path().join("old"), &folder.path().join("new/a.yaml"), &[]);
    assert_eq!(exit, 2, "a folder is no file");
}

#[test]
fn drift_between_an_import_and_the_design_is_told_both_ways() {
    let folder = "topologies/imported";
    let [runs, designed] = ["imported", "prod"].map(|name| format!("{folder}/{name}.yaml"));
    // What the overlay adds by hand, and a placeholder of the import that it answers.
    let by_hand = ["SQL01", "SQL02", "SAN01", "BTSCLUSTER", "SQLCLUSTER", "ORDERS"];
    let placeholder = "computer behind TRADESQL (not stated)";
    for (old, new, has, lacks) in
        [(&runs, &designed, "added", "removed"), (&designed, &runs, "removed", "added")]
    {
        let (diff, _) = diff(Path::new(old), Path::new(new), &["--no-causes"]);
        let components = &only(&diff)["components"];
        let found = field(&components[has], "component");
        for name in by_hand {
            assert!(found.contains(name), "{name} is not {has}");
        }
        assert!(field(&components[lacks], "component").contains(placeholder), "{components:#}");
    }
}

/// Bindings do not tell on which servers a host has instances; who answers that has not drifted.
#[test]
fn what_an_export_does_not_tell_is_no_drift() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let bindings = root().join("topologies/imported/bindings.xml").display().to_string();
    run(&["import", "biztalk", &bindings, "-o", &path("today.yaml")]);
    let design = "extends: today.yaml\nservers: [BTS01, BTS02]\nbiztalk:\n  hosts:\n    \
                  Rx: { instances: [BTS01, BTS02] }\n";
    std::fs::write(folder.path().join("prod.yaml"), design).unwrap();
    for (old, new) in [("today.yaml", "prod.yaml"), ("prod.yaml", "today.yaml")] {
        let (old, new) = (folder.path().join(old), folder.path().join(new));
        let (found, _) = diff(&old, &new, &["--no-causes"]);
        let drift = &only(&found)["drift"];
        for key in ["only_old", "only_new", "different"] {
            assert_eq!(drift[key], serde_json::json!([]), "{key} {drift}");
        }
    }
}

/// A server and a host that nobody designed, an instance less, a port renamed, a share moved.
#[test]
fn drift_is_what_exports_show_and_not_what_people_know() {
    let shipped = root().join("topologies/imported");
    let folder = tempfile::tempdir().unwrap();
    let changes: [(&str, &[(&str, &str)]); 2] = [
        (
            "bindings.xml",
            &[("\"Orders to ERP\"", "\"Orders to SAP\""), (r"FILES01\archive\", r"FILES01\arch2\")],
        ),
        (
            "settings.xml",
            &[(
                "<Host Name=\"Px\"><Server Name=\"BTS01\" />",
                "<Host Name=\"New\"><Server Name=\"BTS09\"/></Host>\n<Host Name=\"Px\">",
            )],
        ),
    ];
    for (name, replaced) in changes {
        let mut text = std::fs::read_to_string(shipped.join(name)).unwrap();
        for (old, new) in replaced {
            assert!(text.contains(old), "{name}: {old}");
            text = text.replace(old, new);
        }
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let today = path("today.yaml");
    run(&["import", "biztalk", &path("bindings.xml"), &path("settings.xml"), "-o", &today]);
    let designed = shipped.join("prod.yaml");
    let running = [
        "biztalk.hosts.New",
        "biztalk.send_ports.Orders to SAP",
        r"file_shares.\\FILES01\arch2",
        "servers.BTS09",
    ];
    let planned = ["biztalk.hosts.Px.instances.BTS01", "biztalk.send_ports.Orders to ERP"];
    let differs = ["biztalk.send_ports.Confirmations to archive.to"];
    for turned in [false, true] {
        let sides = [Path::new(&today), designed.as_path()];
        let (old, new) = if turned { (sides[1], sides[0]) } else { (sides[0], sides[1]) };
        let (found, _) = diff(old, new, &["--no-causes"]);
        let topology = only(&found);
        let paths = |key: &str| -> BTreeSet<String> {
            let numbers = topology["drift"][key].as_array().unwrap().iter();
            let edit = |number: &Value| &topology["edits"][number.as_u64().unwrap() as usize];
            numbers.map(|number| strings_in_order(&edit(number)["path"]).join(".")).collect()
        };
        let (only_running, only_planned) =
            if turned { ("only_new", "only_old") } else { ("only_old", "only_new") };
        assert_eq!(paths(only_running), running.map(str::to_owned).into(), "{turned}");
        assert_eq!(paths(only_planned), planned.map(str::to_owned).into(), "{turned}");
        assert_eq!(paths("different"), differs.map(str::to_owned).into(), "{turned}");
    }
    // Where lines of exports moved only, nothing was edited; two states of a design do not drift.
    let (found, _) = diff(&designed, &designed, &[]);
    assert!(only(&found).get("drift").is_none());
}

/// A design without an import in it: its names are compared with what exports list, and what both
/// say of such a name; other systems have names of the author's.
#[test]
fn a_design_written_by_hand_drifts_too() {
    let folder = tempfile::tempdir().unwrap();
    let design = folder.path().join("prod.yaml");
    let by_hand = "failscope: 1\nservers: [BTS01, BTS03, SQL01]\nexternal:\n  Carrier FTP: {}\nbiztalk:\n  \
                   hosts:\n    Rx: { instances: [BTS01, BTS03] }\n    Tx: { instances: [BTS01] }\n    \
                   Old: { instances: [BTS01] }\n  receive_locations:\n    \
                   Orders by FTP: { adapter: FILE, host: Rx, from: Carrier FTP }\n  send_ports:\n    \
                   Gone: { adapter: FILE, host: Tx }\n";
    std::fs::write(&design, by_hand).unwrap();
    let import = root().join("topologies/imported/imported.yaml");
    let (found, _) = diff(&import, &design, &["--no-causes"]);
    let topology = only(&found);
    let paths = |key: &str| -> BTreeSet<String> {
        let numbers = topology["drift"][key].as_array().unwrap().iter();
        let edit = |number: &Value| &topology["edits"][number.as_u64().unwrap() as usize];
        numbers.map(|number| strings_in_order(&edit(number)["path"]).join(".")).collect()
    };
    // settings.xml and bindings.xml, read by eye
    let running = [
        "servers.BTS02",
        "biztalk.hosts.Px",
        "biztalk.hosts.RxWeb",
        "biztalk.hosts.Track",
        "biztalk.hosts.Rx.instances.BTS02",
        "biztalk.hosts.Tx.instances.BTS02",
        "biztalk.receive_locations.Orders by web service",
        "biztalk.send_ports.Confirmations to archive",
        "biztalk.send_ports.Orders to ERP",
        "biztalk.orchestrations.Orders.Processes.Confirm",
    ];
    assert_eq!(paths("only_old"), running.map(str::to_owned).into());
    let planned =
        ["biztalk.hosts.Old", "biztalk.hosts.Rx.instances.BTS03", "biztalk.send_ports.Gone"];
    assert_eq!(paths("only_new"), planned.map(str::to_owned).into());
    let location = "biztalk.receive_locations.Orders by FTP";
    let differs = [format!("{location}.adapter"), format!("{location}.from")];
    assert_eq!(paths("different"), differs.into());
}

/// Drift stands first, by side, and what else differs under a heading of its own.
#[test]
fn drift_is_told_by_side_and_apart_from_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = root().join("topologies/imported");
    for name in ["imported.yaml", "prod.yaml"] {
        std::fs::copy(shipped.join(name), folder.path().join(name)).unwrap();
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let text = std::fs::read_to_string(shipped.join("imported.yaml")).unwrap();
    let ports: String = (0..40)
        .map(|n| format!("    New {n}:\n      adapter: FILE\n      host: Tx\n      imported_from: b.xml:{n}\n"))
        .collect();
    let today = text.replace("  send_ports:\n", &format!("  send_ports:\n{ports}"));
    let today = today.replace("host: Rx\n", "host: Tx\n");
    std::fs::write(path("today.yaml"), &today).unwrap();
    let (old, new) = (path("today.yaml"), path("prod.yaml"));
    let shown = run(&["diff", "--no-causes", "--width", "400", &old, &new]).stdout;
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[1..4], ["", "Drift", &*format!("  only in {old} (40)")], "{shown}");
    assert!((0..40).all(|n| shown.contains(&format!("  biztalk.send_ports.New {n} ({old}:"))));
    let base = path("imported.yaml");
    assert_eq!(lines[44], "  in both, but not the same (1)", "{shown}");
    let place = |text: &str, wanted: &str, file: &str| {
        let (before, part) = text.split_at(text.find("  receive_locations:").unwrap());
        let line = part.lines().position(|line| line.trim() == wanted).unwrap() + 1;
        format!("{file}:{}:13", before.lines().count() + line)
    };
    let expected = format!(
        "    biztalk.receive_locations.Orders by FTP.host: Tx → Rx ({} → {})",
        place(&today, "host: Tx", &old),
        place(&text, "host: Rx", &base),
    );
    assert_eq!(lines[45], expected);
    let rest = "All that differs, also what people wrote over the import";
    assert_eq!(lines[46..48], ["", rest]);
    let markdown = run(&["diff", "--no-causes", "--format", "markdown", &old, &new]).stdout;
    let at = |wanted: &str| markdown.find(wanted).unwrap_or_else(|| panic!("{wanted}: {markdown}"));
    assert!(at("## Drift") < at("\n- only in ") && at("\n- only in ") < at("\n  - biztalk"));
    assert!(at("\n  - biztalk") < at(rest) && at(rest) < at("## Components"), "{markdown}");
    let none = run(&["diff", "--no-causes", &base, &new]).stdout;
    assert!(none.contains("\nDrift\n  none: what exports list is the same"), "{none}");
}

/// The checklist asks to take out what is out of use; who does so has answered.
#[test]
fn what_a_design_takes_out_stands_apart_from_drift() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let import = std::fs::read_to_string(root().join("topologies/imported/imported.yaml")).unwrap();
    std::fs::write(path("today.yaml"), import).unwrap();
    let design = "extends: today.yaml\nremove:\n  biztalk:\n    receive_locations: [Orders by FTP]\n    \
                  send_ports:\n      Confirmations to archive: [backup]\n";
    std::fs::write(path("prod.yaml"), design).unwrap();
    for (old, new) in [("today.yaml", "prod.yaml"), ("prod.yaml", "today.yaml")] {
        let (old, new) = (path(old), path(new));
        let (found, _) = diff(&old, &new, &["--no-causes"]);
        let drift = &only(&found)["drift"];
        for key in ["only_old", "only_new", "different"] {
            assert_eq!(drift[key], serde_json::json!([]), "{key} {drift}");
        }
        let (old, new) = (old.display().to_string(), new.display().to_string());
        let shown = run(&["diff", "--no-causes", "--width", "300", &old, &new]).stdout;
        let lines: Vec<&str> = shown.lines().take(8).collect();
        assert_eq!(lines[3], "  taken out on purpose, with `remove` (2)", "{shown}");
        let told =
            ["receive_locations.Orders by FTP (", "send_ports.Confirmations to archive.backup"];
        for path in told {
            assert!(lines[4..6].iter().any(|line| line.contains(path)), "{shown}");
        }
    }
}

fn strings_in_order(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}
