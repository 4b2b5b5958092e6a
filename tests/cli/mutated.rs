//! Topologies that were damaged at random, and trees of known keys that nobody wrote:
//! the whole program answers every one, twice the same, and never panics.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{SMALL, run_unchecked};

const EVERYTHING: &str = include_str!("../fixtures/ok/everything.yaml");
const ANCHORS: &str = include_str!("../fixtures/ok/anchors.yaml");
const SEEDS: [&str; 3] = [SMALL, EVERYTHING, ANCHORS];

/// Pieces that have a meaning to YAML or to the language.
const TOKENS: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "? ",
    ", ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    "\"",
    "'",
    "|\n",
    ">\n",
    "&a ",
    "*a",
    "<<: *a",
    "!x ",
    "# ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\u{feff}",
    "~",
    "null",
    "true",
    "0",
    "-1",
    "1e400",
    "99.95%",
    "15m",
    "A",
    "K/SQL",
    "on: ",
    "needs: ",
    "any: ",
    "of: ",
    "at_least: ",
    "nodes: ",
    "é🔑",
    "\u{202e}",
];

#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Delete(Index, usize),
    Repeat(Index, usize),
    Insert(Index, &'static str),
    Swap(Index, Index, usize),
    Cut(Index),
    Splice(Index, Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        (at(), 1..80usize).prop_map(|(at, length)| Change::Delete(at, length)),
        (at(), 1..400usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        (at(), select(&TOKENS[..])).prop_map(|(at, token)| Change::Insert(at, token)),
        (at(), at(), 1..30usize).prop_map(|(a, b, length)| Change::Swap(a, b, length)),
        at().prop_map(Change::Cut),
        (at(), at(), 0..SEEDS.len()).prop_map(|(a, b, seed)| Change::Splice(a, b, seed)),
    ]
}

fn apply(text: &mut Vec<u8>, change: &Change) {
    if text.is_empty() {
        return;
    }
    let length = text.len();
    let range = |at: &Index, most: usize| {
        let start = at.index(length);
        start..(start + most).min(length)
    };
    match change {
        Change::Flip(at, byte) => text[at.index(length)] ^= byte,
        Change::Delete(at, most) => drop(text.drain(range(at, *most))),
        Change::Repeat(at, most) => {
            let part = text[range(at, *most)].to_vec();
            text.splice(at.index(length)..at.index(length), part);
        }
        Change::Insert(at, token) => {
            text.splice(at.index(length)..at.index(length), token.bytes());
        }
        Change::Swap(a, b, most) => {
            let (first, second) = (range(a, *most), range(b, *most));
            let (one, two) = (text[first.clone()].to_vec(), text[second.clone()].to_vec());
            text.splice(second, one);
            let end = first.end.min(text.len());
            text.splice(first.start.min(end)..end, two);
        }
        Change::Cut(at) => text.truncate(at.index(length)),
        Change::Splice(a, b, seed) => {
            let other = SEEDS[*seed].as_bytes();
            text.truncate(a.index(length));
            text.extend_from_slice(&other[b.index(other.len())..]);
        }
    }
}

/// A damaged topology, changed by bytes or by whole lines.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let bytes =
        (select(&SEEDS[..]), prop::collection::vec(change(), 1..6)).prop_map(|(seed, changes)| {
            let mut text = seed.as_bytes().to_vec();
            changes.iter().for_each(|change| apply(&mut text, change));
            text
        });
    // Lines keep the syntax whole more often, so that later stages are reached.
    let moves = prop::collection::vec((any::<Index>(), any::<Index>(), 0..3u8), 1..5);
    let lines = (select(&SEEDS[..]), moves).prop_map(|(seed, moves)| {
        let mut lines: Vec<&str> = seed.lines().collect();
        for (a, b, kind) in moves {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            match kind {
                0 => lines.swap(a, b),
                1 if lines.len() > 1 => drop(lines.remove(a)),
                _ => lines.insert(b, lines[a]),
            }
        }
        lines.join("\n").into_bytes()
    });
    // Words of the file in each other's place: names where other names belong.
    let swaps = prop::collection::vec((any::<Index>(), any::<Index>()), 1..6);
    let words = (select(&SEEDS[..]), swaps).prop_map(|(seed, swaps)| {
        let ends = |c: char| !(c.is_alphanumeric() || c == '_');
        let mut words: Vec<&str> = seed.split_inclusive(ends).collect();
        for (a, b) in swaps {
            let (a, b) = (a.index(words.len()), b.index(words.len()));
            words[a] = words[b];
        }
        words.concat().into_bytes()
    });
    prop_oneof![2 => bytes, 2 => lines, 3 => words]
}

/// Keys of the language; the schema test proves that there are no others.
fn keys() -> Vec<String> {
    let schema = failscope::input::schema::topology();
    let mut keys = Vec::new();
    collect(&schema, &mut keys);
    keys.sort();
    keys.dedup();
    keys
}

fn collect(schema: &serde_json::Value, keys: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(object) => {
            if let Some(serde_json::Value::Object(properties)) = object.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| collect(value, keys));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}

/// Flow YAML of known keys, few names and odd values, in shapes that make no sense.
fn tree() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "A", "B", "C", "K", "K/A", "none", "''", "~", "3", "1", "true", "5y", "99%", "san", "HTTP",
        "FILE", "isolated", "run", "start", "x.y", "all",
    ];
    let leaf = select(words.to_vec()).prop_map(str::to_owned);
    let key =
        prop_oneof![4 => select(keys()), 2 => select(vec!["A".to_owned(), "B".into(), "K".into()])];
    let node = leaf.prop_recursive(6, 60, 6, move |inner| {
        let entries = prop::collection::vec((key.clone(), inner.clone()), 0..6);
        prop_oneof![
            3 => entries.prop_map(|entries| {
                let entries: Vec<String> =
                    entries.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", entries.join(", "))
            }),
            1 => prop::collection::vec(inner, 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
        ]
    });
    let sections = prop::collection::btree_map(select(keys()), node, 0..8);
    sections.prop_map(|sections| {
        let mut text =
            String::from("failscope: 1\nservers: [A, B]\nclusters: {K: {nodes: [A, B]}}\n");
        for (key, value) in sections {
            text.push_str(&format!("{key}: {value}\n"));
        }
        text.into_bytes()
    })
}

/// Few names, each referring to any other: what is read is mostly whole, so that the
/// analysis and the reports see designs that nobody would build.
fn design() -> impl Strategy<Value = Vec<u8>> {
    let name = || (0..8usize).prop_map(|n| format!("N{n}"));
    let need = prop_oneof![
        3 => name(),
        1 => (select(vec!["run", "transaction", "start", "ingress", "config", "soft"]), name(), name())
            .prop_map(|(kind, a, b)| format!("{{any: [{a}, {b}], kind: {kind}}}")),
        1 => (1..4usize, name(), name(), name())
            .prop_map(|(k, a, b, c)| format!("{{at_least: {k}, of: [{a}, {b}, {{all: [{c}]}}]}}")),
    ];
    let component = (
        prop::collection::vec(need, 0..4),
        prop::option::of(select(vec!["S1", "S2", "[S1, S2]"])),
        prop::option::of(select(vec!["main", "side", "admin"])),
        any::<Option<bool>>(),
    );
    prop::collection::vec(component, 8).prop_map(|components| {
        let mut text = String::from(
            "failscope: 1\nservers: {S1: {machine: M}, S2: {machine: M}}\ncomponents:\n",
        );
        for (n, (needs, on, function, redundant)) in components.into_iter().enumerate() {
            text.push_str(&format!("  N{n}: {{needs: [{}]", needs.join(", ")));
            let keys = [
                on.map(|on| format!("on: {on}")),
                function.map(|function| format!("function: {function}")),
                redundant.map(|redundant| format!("redundant: {redundant}")),
            ];
            for key in keys.into_iter().flatten() {
                text.push_str(&format!(", {key}"));
            }
            text.push_str("}\n");
        }
        text.push_str("services: {S: {needs: [N0, N1]}}\n");
        text.into_bytes()
    })
}

const COMMANDS: [&[&str]; 9] = [
    &["lint", "-"],
    &["report", "-"],
    &["report", "-", "--all", "--width", "40"],
    &["report", "-", "--format", "json"],
    &["report", "-", "--format", "markdown"],
    &["report", "-", "--format", "csv"],
    &["impact", "-", "--fail", "A", "--restart", "BTS01"],
    &["impact", "-", "--fail", "N0", "--restart", "N1", "--restore", "N0"],
    &["explain", "-", "A"],
];

/// The commands that look at one input: `lint`, and others by turns.
fn check(text: &[u8], turn: usize) -> Result<(), TestCaseError> {
    let lint = check_one(COMMANDS[0], text)?;
    let broken = lint.stdout.contains(": error[input/") || lint.stdout.is_empty();
    prop_assert_eq!(lint.exit == 2, broken, "{}{}", &lint.stdout, &lint.stderr);
    let others = if broken { 1 } else { 3 };
    for step in 0..others {
        let args = COMMANDS[1 + (turn + step) % (COMMANDS.len() - 1)];
        let run = check_one(args, text)?;
        prop_assert!(run.exit == 2 || !broken, "{args:?} takes what lint refuses");
        prop_assert!(run.exit == 0 || !run.stderr.is_empty(), "{args:?} says nothing");
        if args.contains(&"json") && run.exit == 0 {
            let parsed = serde_json::from_str::<serde_json::Value>(&run.stdout);
            prop_assert!(parsed.is_ok(), "{:?}", parsed);
        }
    }
    Ok(())
}

fn check_one(args: &[&str], text: &[u8]) -> Result<crate::Run, TestCaseError> {
    let first = crate::run(args, text);
    prop_assert!(first.exit <= 2);
    let second = run_unchecked(args, &mut &*text);
    prop_assert_eq!(&first, &second, "{:?} is not the same twice", args);
    Ok(first)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(72))]

    #[test]
    fn damaged_topologies_get_an_answer(text in damaged(), turn in 0..64usize) {
        check(&text, turn)?;
    }

    #[test]
    fn trees_of_known_keys_get_an_answer(text in tree(), turn in 0..64usize) {
        check(&text, turn)?;
    }

    #[test]
    fn designs_that_nobody_would_build_get_an_answer(text in design(), turn in 0..64usize) {
        check(&text, turn)?;
    }
}
