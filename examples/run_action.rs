//! Runs the steps of a composite action as a runner of GitHub Actions would, on this machine:
//! `cargo run --example run_action -- action.yml paths=topology.yaml against=main`.
//!
//! Prints what the steps print, then what they gave as outputs; the exit status is that of the
//! step that ended the run.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a tool of the project itself")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

use serde_yaml::Value;

type Variables = BTreeMap<String, String>;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let action = args.next().expect("the action's file");
    let text = std::fs::read_to_string(&action).expect("a readable action");
    let parsed: Value = serde_yaml::from_str(&text).expect("an action in YAML");
    let inputs = inputs(&parsed, args);
    let folder = std::fs::canonicalize(Path::new(&action)).expect("a path");
    let folder = folder.parent().expect("a folder").display().to_string();
    let temp = tempfile::tempdir().expect("a place for outputs");
    let file = |name: &str| temp.path().join(name).display().to_string();
    let runner = Variables::from([
        ("GITHUB_ACTION_PATH".to_owned(), folder),
        ("GITHUB_ACTIONS".to_owned(), "true".to_owned()),
        ("GITHUB_OUTPUT".to_owned(), file("output")),
        ("GITHUB_STEP_SUMMARY".to_owned(), file("summary.md")),
        ("RUNNER_TEMP".to_owned(), temp.path().display().to_string()),
    ]);
    let steps = parsed["runs"]["steps"].as_sequence().expect("steps");
    let status = steps.iter().map(|step| run(step, &inputs, &runner)).find(|status| *status != 0);
    print!("{}", std::fs::read_to_string(file("output")).unwrap_or_default());
    ExitCode::from(status.unwrap_or(0))
}

/// The action's own values, overridden by `name=value`.
fn inputs(action: &Value, given: impl Iterator<Item = String>) -> Variables {
    let declared = action["inputs"].as_mapping().into_iter().flatten();
    let mut inputs: Variables = declared
        .filter_map(|(name, input)| {
            let value = input["default"].as_str().unwrap_or("");
            Some((name.as_str()?.to_owned(), value.to_owned()))
        })
        .collect();
    for pair in given {
        let (name, value) = pair.split_once('=').expect("name=value");
        let known = inputs.insert(name.to_owned(), value.to_owned());
        assert!(known.is_some(), "the action has no input {name}");
    }
    inputs
}

fn run(step: &Value, inputs: &Variables, runner: &Variables) -> u8 {
    assert_eq!(step["shell"].as_str(), Some("bash"), "every step says its shell");
    let script = step["run"].as_str().expect("a step runs something");
    let own = step["env"].as_mapping().into_iter().flatten().map(|(name, value)| {
        let (name, value) = (name.as_str().expect("a name"), value.as_str().expect("a text"));
        (name.to_owned(), resolved(value, inputs))
    });
    let status = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .envs(runner)
        .envs(own)
        .status()
        .expect("bash");
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// `${{ inputs.NAME }}` as its value.
fn resolved(value: &str, inputs: &Variables) -> String {
    let Some(rest) = value.strip_prefix("${{ inputs.") else { return value.to_owned() };
    let name = rest.strip_suffix(" }}").expect("one expression, and nothing beside it");
    inputs.get(name).cloned().expect("an input that is declared")
}
