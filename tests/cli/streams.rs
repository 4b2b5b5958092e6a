//! The real program: closed pipes, full disks, endless and enormous input.
#![cfg(target_os = "linux")]

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use crate::{SMALL, folder_with};

fn failscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_failscope"));
    command.stdin(Stdio::null());
    command
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn assert_quiet_end(output: &Output, exit: i32, words: &str) {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(exit), "{said}");
    assert!(said.contains(words) && !said.contains("panicked"), "{said}");
}

#[test]
fn a_reader_that_goes_away_ends_the_program_silently() {
    let (_folder, path) = folder_with("t.yaml", SMALL);
    let path = path.to_str().unwrap();
    for args in [
        &["report", "--all", path][..],
        &["report", "--format", "json", path],
        &["lint", path],
        &["schema"],
        &["--help"],
    ] {
        // Closed before the program starts: what it writes first already fails.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = failscope().args(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(2), ""), "{args:?}");
    }
}

#[test]
fn a_closed_standard_error_is_no_panic_either() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = failscope().args(["report", "missing.yaml"]).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let (folder, path) = folder_with("t.yaml", SMALL);
    let path = path.to_str().unwrap();
    for args in [&["report", path][..], &["lint", path], &["schema"], &["--help"], &["--version"]] {
        let output = failscope().args(args).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        assert_quiet_end(&output, 2, "cannot write the output");
    }
    let output = failscope().args(["report", path, "--output", "/dev/full"]).output().unwrap();
    assert_quiet_end(&output, 2, "cannot write /dev/full");
    assert!(!fs::metadata("/dev/full").unwrap().is_file(), "the device is still one");

    // A limit on the size of files stands in for a disk that fills up half-way.
    let target = folder.path().join("report.txt");
    fs::write(&target, "the old report").unwrap();
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_failscope"), "report", "--all", path, "--output"])
        .arg(&target)
        .output()
        .unwrap();
    assert_quiet_end(&output, 2, "cannot write");
    assert_eq!(fs::read_to_string(&target).unwrap(), "the old report");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn a_report_goes_to_a_device_or_a_pipe_without_replacing_it() {
    let (folder, path) = folder_with("t.yaml", SMALL);
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut text = String::new();
            File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
            text
        }
    });
    let output = failscope().arg("report").arg(&path).arg("-o").arg(&pipe).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(reader.join().unwrap().starts_with("Failure scopes"));
    assert!(!fs::metadata(&pipe).unwrap().is_file());

    // A pipe that the input names would keep the program waiting for a writer.
    let main = folder.path().join("main.yaml");
    fs::write(&main, "failscope: 1\ninclude: pipe\n").unwrap();
    let output = failscope().arg("lint").arg(&main).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("not a regular file"));
    fs::rename(&pipe, folder.path().join("pipe.yaml")).unwrap();
    fs::remove_file(&main).unwrap();
    let output = failscope().arg("lint").arg(folder.path()).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "a pipe in a folder is passed over");
}

#[test]
fn a_file_of_two_hundred_megabytes_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.yaml");
    File::create(&path).unwrap().set_len(200 << 20).unwrap();
    let output = failscope().arg("lint").arg(&path).output().unwrap();
    assert_quiet_end(&output, 2, "larger than 67108864 bytes");
    assert!(stderr(&output).contains("--max-bytes"));
    let output = failscope().args(["lint", "--max-bytes=300000000"]).arg(&path).output().unwrap();
    assert_quiet_end(&output, 2, "UTF-16");
}

#[test]
fn endless_input_ends_at_the_limit() {
    for args in [&["lint", "/dev/zero"][..], &["lint", "-"], &["report", "-"]] {
        let zero = File::open("/dev/zero").unwrap();
        let output = failscope().args(args).stdin(zero).output().unwrap();
        assert_quiet_end(&output, 2, "larger than 67108864 bytes");
    }
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let mut child = failscope()
        .args(["report", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(SMALL.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.starts_with(b"Failure scopes: Order hub"));
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let (_folder, path) = folder_with("t.yaml", SMALL);
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = failscope();
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").args(args).arg(&path);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    for command in ["lint", "report"] {
        assert!(!coloured(&[command], &[]), "a pipe is no terminal");
        assert!(!coloured(&[command], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(coloured(&[command, "--colour=always"], &[]));
        assert!(coloured(&[command, "--colour=always"], &[("NO_COLOR", "1")]));
        assert!(!coloured(&[command, "--colour=never"], &[("CLICOLOR_FORCE", "1")]));
    }
}
