//! What stands around the program: completions, manual pages, a project to start from.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{assert_harmless, run};

/// Every command that a user may type, as the parser knows it.
fn commands() -> BTreeSet<String> {
    let mut parser = failscope::cli::parser();
    parser.build();
    parser.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Feeds a script to a shell that only reads it; `None` where the shell is not there.
fn read_by(shell: &str, args: &[&str], script: &str) -> Option<bool> {
    let mut shell = Command::new(shell).args(args).stdin(Stdio::piped()).spawn().ok()?;
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    Some(shell.wait().unwrap().success())
}

#[test]
fn completions_name_every_command_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let made = run(&["completions", shell], b"");
        assert_eq!((made.exit, made.stderr.as_str()), (0, ""), "{shell}");
        for command in commands() {
            assert!(made.stdout.contains(&command), "{shell} lacks {command}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"], b"").exit, 2);
}

#[test]
fn shells_accept_their_completions() {
    for (shell, args) in [("bash", &["-n"][..]), ("zsh", &["-n"]), ("fish", &["--no-execute"])] {
        let script = run(&["completions", shell], b"").stdout;
        match read_by(shell, args, &script) {
            Some(accepted) => assert!(accepted, "{shell} refuses its completions"),
            None => println!("SKIPPED: {shell} is not installed"),
        }
    }
}

#[test]
fn bash_completes_the_commands() {
    let script = run(&["completions", "bash"], b"").stdout;
    let asked = format!(
        "{script}\nCOMP_WORDS=(failscope exp)\nCOMP_CWORD=1\n_failscope failscope exp failscope\n\
         [ \"${{COMPREPLY[*]}}\" = 'explain export' ]\n"
    );
    match read_by("bash", &["-s"], &asked) {
        Some(right) => assert!(right),
        None => println!("SKIPPED: bash is not installed"),
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let made = run(&["man", "--output", pages.to_str().unwrap()], b"");
    assert_eq!((made.exit, made.all().as_str()), (0, ""));
    let main = fs::read_to_string(pages.join("failscope.1")).unwrap();
    assert_eq!(main, run(&["man"], b"").stdout);
    for command in commands() {
        let page = fs::read_to_string(pages.join(format!("failscope-{command}.1"))).unwrap();
        assert!(page.contains(&format!(".TH failscope-{command} 1")), "{command}");
        assert!(main.contains(&format!("failscope\\-{command}(1)")), "{command}");
        assert_harmless(&page);
    }
}

fn start(folder: &Path, ci: &str) -> crate::Run {
    run(&["init", folder.to_str().unwrap(), "--ci", ci], b"")
}

#[test]
fn a_started_project_is_free_of_defects() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("new/project");
    let started = start(&project, "github");
    assert_eq!((started.exit, started.stderr.as_str()), (0, ""));
    for file in ["topology.yaml", "failscope.yaml", ".github/workflows/failscope.yml"] {
        let text = fs::read_to_string(project.join(file)).unwrap();
        assert!(serde_yaml::from_str::<serde_yaml::Value>(&text).unwrap().is_mapping(), "{file}");
        assert!(started.stdout.contains(&project.join(file).display().to_string()), "{file}");
    }
    let linted = run(&["lint", project.to_str().unwrap()], b"");
    assert_eq!((linted.exit, linted.codes()), (0, vec!["BTS909".to_owned()]));
}

#[test]
fn nothing_is_overwritten_and_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("failscope.yaml");
    fs::write(&kept, "fail_on: info\n").unwrap();
    let refused = start(folder.path(), "gitlab");
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("failscope.yaml is there already; nothing was written"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left, std::slice::from_ref(&kept));
    assert_eq!(fs::read_to_string(kept).unwrap(), "fail_on: info\n");
}

#[test]
fn each_pipeline_is_written_where_its_runner_looks() {
    for (ci, files) in [("github", [true, false]), ("gitlab", [false, true]), ("none", [false; 2])]
    {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(start(folder.path(), ci).exit, 0);
        let there = [".github/workflows/failscope.yml", ".gitlab-ci.yml"]
            .map(|file| folder.path().join(file).exists());
        assert_eq!(there, files, "{ci}");
    }
}
