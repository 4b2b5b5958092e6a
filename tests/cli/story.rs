//! The pull request of the README, in a repository of its own, with the real program.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::root;

const FENCE: &str = "```sh-session\n";

fn shell(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_failscope")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    bash.args(["-c", command]).current_dir(folder).env("PATH", path).env_remove("GIT_DIR");
    for role in ["AUTHOR", "COMMITTER"] {
        bash.env(format!("GIT_{role}_NAME"), "reader");
        bash.env(format!("GIT_{role}_EMAIL"), "reader@example.org");
    }
    let output = bash.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let status = output.status.code().unwrap();
    let text = String::from_utf8(text).unwrap();
    // What a reader asks next, and a pipeline acts on.
    if status == 0 { text } else { format!("{text}[exit status {status}]\n") }
}

/// A line `...` stands for any lines up to the next one that is shown.
fn matches(real: &str, shown: &str) -> bool {
    let mut real = real.lines().map(str::trim_end);
    let mut skips = false;
    for line in shown.lines().map(str::trim_end) {
        match (line, skips) {
            ("...", _) => skips = true,
            (_, true) if real.any(|one| one == line) => skips = false,
            (_, false) if real.next() == Some(line) => {}
            _ => return false,
        }
    }
    skips || real.next().is_none()
}

#[test]
fn the_pull_request_of_the_readme_is_red_and_then_green() {
    let there = |program| Command::new(program).arg("--version").output().is_ok();
    if !there("git") || !there("bash") {
        println!("SKIPPED: git or bash is not installed");
        return;
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(FENCE).expect("the README tells the story");
    let (story, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut told = 0;
    for step in story.split("$ ").skip(1) {
        let (command, shown) = step.split_once('\n').unwrap();
        let real = shell(command, folder.path());
        assert!(matches(&real, shown), "`{command}` prints\n{real}\nand not\n{shown}");
        told += 1;
    }
    assert!(told >= 7, "{told} steps");
}
