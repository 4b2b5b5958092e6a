//! Topologies of a git revision, in a repository made for the test.

#![allow(clippy::print_stderr, reason = "a test that skips says so")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const PROD: &str = "failscope: 1
include: [../parts/services.yaml]
components:
  a: {}
  b: {}
  db: { needs: [{ any: [a, b] }] }
";
const SERVICES: &str = "services:\n  shop: { needs: [db] }\n";

/// A repository with one commit on `main`; none, and loudly so, without git.
fn repository() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("SKIPPED: the program `git` is not here, so that no revision can be read");
        return None;
    }
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("topologies/prod.yaml", PROD);
    write("parts/services.yaml", SERVICES);
    write("top.yaml", "failscope: 1\ncomponents: { a: {} }\n");
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(folder.path());
    Some(folder)
}

fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args([
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.org",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "state"]);
}

/// The program as it is started in a folder: exit status and everything that it says.
fn failscope(folder: &Path, args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_failscope"));
    let Output { status, mut stdout, stderr } =
        command.current_dir(folder).args(args).output().unwrap();
    stdout.extend(stderr);
    (status.code().unwrap(), String::from_utf8(stdout).unwrap())
}

#[track_caller]
fn check(folder: &Path, args: &[&str], exit: i32, shows: &[&str]) {
    let (status, said) = failscope(folder, args);
    assert_eq!(status, exit, "{args:?}\n{said}");
    // Lines are wrapped; words are what counts.
    let words: Vec<&str> = said.split_whitespace().collect();
    let words = words.join(" ");
    for part in shows {
        assert!(words.contains(part), "{args:?} does not say {part:?}\n{said}");
    }
}

#[test]
fn a_revision_is_compared_without_touching_the_work_tree() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    let prod = folder.join("topologies/prod.yaml");
    fs::write(&prod, PROD.replace("any: [a, b]", "any: [a]")).unwrap();
    // What the part says now plays no role in what it said then.
    fs::write(folder.join("parts/services.yaml"), SERVICES.replace("shop", "store")).unwrap();
    fs::remove_file(folder.join("top.yaml")).unwrap();
    let index = fs::read(folder.join(".git/index")).unwrap();
    let shown =
        ["renamed shop → store (service)", "store stops with: a", "topologies/prod.yaml:6:"];
    for old in [
        "main:topologies/prod.yaml",
        "HEAD:topologies/prod.yaml",
        "main^{/state}:topologies/prod.yaml",
    ] {
        check(folder, &["diff", old, "topologies/prod.yaml"], 0, &shown);
    }
    check(
        &folder.join("topologies"),
        &["diff", "main:./prod.yaml", "prod.yaml"],
        0,
        &["store stops with: a"],
    );
    check(
        folder,
        &["diff", "main:top.yaml", "main:topologies/prod.yaml"],
        0,
        &["added shop (service)"],
    );
    check(folder, &["diff", "main:topologies", "topologies"], 0, &["store stops with: a"]);
    assert!(!folder.join("top.yaml").exists());
    assert_eq!(fs::read(folder.join(".git/index")).unwrap(), index);
}

#[test]
fn the_project_file_of_the_new_side_judges_both() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    let prod = folder.join("topologies/prod.yaml");
    fs::write(&prod, PROD.replace("any: [a, b]", "any: [a]")).unwrap();
    commit(folder);
    git(folder, &["switch", "--quiet", "--create", "quiet"]);
    fs::write(folder.join("failscope.yaml"), "severity: { unused-definition: off }\n").unwrap();
    commit(folder);
    fs::remove_file(folder.join("failscope.yaml")).unwrap();
    let (old, loud, quiet) =
        ("main~1:topologies/prod.yaml", "main:topologies/prod.yaml", "quiet:topologies/prod.yaml");
    check(folder, &["diff", old, loud], 0, &["new finding: FS008"]);
    let (_, said) = failscope(folder, &["diff", old, quiet]);
    assert!(!said.contains("FS008") && said.contains("stops with: a"), "{said}");
}

#[test]
fn what_a_revision_extends_and_its_rule_files_are_read_from_it() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    let write = |path: &str, text: &str| fs::write(folder.join(path), text).unwrap();
    let rules = "failscope-rules: 1
rules:
  OWN1:
    name: own-rule
    severity: warning
    summary: a server has no site
    for: server
    require: it.name != 'A'
    message: \"{name} is told of by the rule of then\"
    why: because
    fix: do it
";
    write("top.yaml", "failscope: 1\nservers: [B]\n");
    write("topologies/over.yaml", "failscope: 1\nextends: [../top.yaml]\n");
    write("parts/rules.yaml", rules);
    write("topologies/failscope.yaml", "rule_files: [../parts/rules.yaml]\n");
    commit(folder);
    git(folder, &["branch", "feature/then"]);
    write("top.yaml", "failscope: 1\nservers: [A, B]\n");
    commit(folder);
    for path in ["top.yaml", "parts/rules.yaml", "topologies/failscope.yaml"] {
        fs::remove_file(folder.join(path)).unwrap();
    }
    let (old, new) = ("feature/then:topologies/over.yaml", "main:topologies/over.yaml");
    check(folder, &["diff", old, new], 0, &["added A", "rule of then", "main:top.yaml:2:"]);
    check(folder, &["diff", new, old], 0, &["removed A"]);
    check(folder, &["gate", new, "--against", old], 1, &["OWN1"]);
    write("topologies/over.yaml", "failscope: 1\nextends: [../../top.yaml]\n");
    commit(folder);
    check(folder, &["diff", old, new], 2, &["it is outside the repository"]);
}

#[test]
fn what_cannot_be_read_from_a_revision_says_why() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    let refused = |old: &str, shows: &[&str]| check(folder, &["diff", old, "top.yaml"], 2, shows);
    refused("mian:top.yaml", &["no revision `mian`", "did you mean `main`?"]);
    refused("main:topologies/prd.yaml", &["did you mean `topologies/prod.yaml`?"]);
    refused("main:prod.yaml", &["did you mean `topologies/prod.yaml`?"]);
    refused("main:../top.yaml", &["outside the repository"]);
    refused("main:/etc/passwd", &["outside the repository"]);
    refused("main:topologies", &["one is a file and the other a folder"]);
    refused("--output=x:top.yaml", &[]);
    check(
        folder,
        &["diff", "--", "--output=x:top.yaml", "top.yaml"],
        2,
        &["no name of a revision"],
    );
    refused("missing.yaml", &["cannot read missing.yaml"]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("top.yaml"), "failscope: 1\n").unwrap();
    let args = ["diff", "main:top.yaml", "top.yaml"];
    check(elsewhere.path(), &args, 2, &["read from a git repository", "the current folder"]);
}

#[test]
fn a_file_that_is_called_like_a_revision_comes_first() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    if fs::write(folder.join("main:top.yaml"), "failscope: 1\ncomponents: { z: {} }\n").is_err() {
        eprintln!("SKIPPED: this file system takes no colon in a name");
        return;
    }
    check(folder, &["diff", "main:top.yaml", "top.yaml"], 0, &["removed z"]);
}

#[test]
fn a_shallow_clone_says_that_it_is_one() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    fs::write(folder.join("top.yaml"), "failscope: 1\n").unwrap();
    commit(folder);
    let clones = tempfile::tempdir().unwrap();
    let source = format!("file://{}", folder.display());
    git(clones.path(), &["clone", "--quiet", "--depth=1", &source, "shallow"]);
    let args = ["diff", "main~1:top.yaml", "top.yaml"];
    check(&clones.path().join("shallow"), &args, 2, &["shallow clone", "main~1"]);
}

#[test]
fn a_link_and_a_file_that_grew_are_refused() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("top.yaml", folder.join("link.yaml")).unwrap();
        commit(folder);
        check(folder, &["diff", "main:link.yaml", "top.yaml"], 2, &["symbolic link"]);
    }
    let args = ["diff", "main:topologies/prod.yaml", "top.yaml", "--max-bytes", "20"];
    check(folder, &args, 2, &["larger than 20 bytes"]);
}

#[test]
fn without_git_the_message_says_so() {
    let Some(repository) = repository() else { return };
    let nothing = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_failscope"))
        .current_dir(repository.path())
        .env("PATH", nothing.path())
        .args(["diff", "main:top.yaml", "top.yaml"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("`git` is not installed"), "{said}");
}

#[test]
fn a_gate_compares_with_the_same_paths_of_a_revision() {
    let Some(repository) = repository() else { return };
    let folder = repository.path();
    let gate = |paths: &[&str], exit: i32, shows: &[&str]| {
        check(folder, &[&["gate", "--against", "main"], paths].concat(), exit, shows);
    };
    gate(&["topologies", "top.yaml"], 0, &["against main:topologies/prod.yaml", "gate: pass"]);
    let prod = folder.join("topologies/prod.yaml");
    fs::write(&prod, PROD.replace("any: [a, b]", "any: [a]")).unwrap();
    // A topology that the revision lacks is compared with nothing, and new in all it breaks.
    fs::write(
        folder.join("fresh.yaml"),
        "failscope: 1\ncomponents: { a: {}, b: {} }\nservices: { s: { needs: [a] } }\n",
    )
    .unwrap();
    let because = "because of topologies/prod.yaml:6:19: components.db.needs.(item).any.b removed";
    gate(&["topologies"], 1, &["fail: new_cut_sets: none", because, "shop stops with a alone"]);
    gate(&["fresh.yaml"], 1, &["fail: new_findings: none", "fail: new_cut_sets"]);
    fs::rename(&prod, folder.join("topologies/live.yaml")).unwrap();
    gate(&["topologies"], 1, &["gone: main:topologies/prod.yaml", "topologies/live.yaml"]);
    let args = ["gate", "main:topologies", "--against", "main"];
    let (_, said) = failscope(folder, &args);
    assert!(!said.contains("gone:"), "{said}");
    let args = ["gate", "--against", "mian", "top.yaml"];
    check(folder, &args, 2, &["did you mean `main`?"]);
    let args = ["gate", "main:top.yaml", "--against", "main:top.yaml"];
    check(folder, &args, 0, &["gate: pass"]);
    let args = ["gate", "main:topologies/prod.yaml", "--against", "HEAD"];
    check(folder, &args, 0, &["main:topologies/prod.yaml against HEAD:topologies/prod.yaml"]);
}
