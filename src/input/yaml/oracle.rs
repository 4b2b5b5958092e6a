//! A second, independent YAML reader sees the same keys and values in every file we ship.
//!
//! Known differences, none of which a shipped file may show: the second reader leaves
//! `<<` for its caller to merge, keeps the last of duplicate keys, takes unknown tags, and
//! no byte order mark.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::{Limits, NodeId, ScalarType, Tree, Value, parse};
use crate::source::SourceMap;

fn ours(tree: &Tree<'_>, id: NodeId) -> Json {
    match &tree.get(id).value {
        Value::Sequence(items) => items.iter().map(|&item| ours(tree, item)).collect(),
        Value::Mapping(entries) => {
            let entry = |&(key, value)| match ours(tree, key) {
                Json::String(key) => (key, ours(tree, value)),
                key => (key.to_string(), ours(tree, value)),
            };
            Json::Object(entries.iter().map(entry).collect())
        }
        Value::Scalar(scalar) => match scalar.resolve() {
            ScalarType::Null => Json::Null,
            ScalarType::Bool(value) => Json::Bool(value),
            ScalarType::Number => match scalar.text.parse::<i64>() {
                Ok(number) => number.into(),
                Err(_) => scalar.text.parse::<f64>().unwrap().into(),
            },
            ScalarType::Text => scalar.text.as_ref().into(),
        },
        Value::Alias(_) => unreachable!("an alias is followed to what it stands for"),
    }
}

fn theirs(value: &serde_yaml::Value) -> Json {
    match value {
        serde_yaml::Value::Sequence(items) => items.iter().map(theirs).collect(),
        serde_yaml::Value::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = match theirs(key) {
                    Json::String(key) => key,
                    key => key.to_string(),
                };
                object.insert(key, theirs(value));
            }
            Json::Object(object)
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

fn compare(name: &str, text: &str) {
    let mut sources = SourceMap::new();
    let file = sources.add(name, text);
    let mut problems = Vec::new();
    let tree = parse(file, text, &Limits::default(), usize::MAX, &mut problems).unwrap();
    assert_eq!(problems, [], "{name}");
    // The second reader takes what follows a byte order mark for a second document.
    let text = text.trim_start_matches('\u{feff}');
    let mut second: serde_yaml::Value =
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    second.apply_merge().unwrap();
    // JSON values compare objects without order, as YAML has none.
    assert_eq!(ours(&tree, tree.root), theirs(&second), "{name}");
}

fn files(folder: PathBuf, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn both_readers_see_the_same_in_every_shipped_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(root.join("topologies"), &mut found);
    files(root.join("tests/fixtures/ok"), &mut found);
    assert!(found.len() >= 6, "{found:?}");
    for path in found {
        compare(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn both_readers_see_the_same_in_odd_spellings() {
    for text in [
        "a: 1\nb: -2\nc: 1.5\nd: 1e3\ne: .5\n",
        "a: yes\nb: no\nc: on\nd: True\ne: FALSE\nf: ~\ng: Null\nh:\n",
        "a: 99.95%\nb: 15m\nc: 1+0\nd: 2016 CU5\ne: 10.0.0.1\nf: 1.2.3\n",
        "a: 'it''s'\nb: \"\\e\\u00e9\\n\"\nc: 'two\n  lines'\n",
        "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\nc: |+\n  x\n\n",
        "{a: [1, {b: c}, []], 'd': {}, \"e\": [a, b,]}\n",
        "? a\n: b\n? c\n",
        "a: &x {p: 1}\nb: *x\nc: {<<: *x, q: 2}\nd: {<<: [*x, {p: 3, r: 4}]}\n",
        "a: b # c\n# d\ne: 'f # g'\nh: i#j\n",
        "\u{feff}a: b\r\nc:\r\n- d\r\n- e\r\n",
        "n\u{e4}me: \u{1f511}\n1: one\ntrue: yes\n",
    ] {
        compare(text, text);
    }
}
