//! `--output`: whole or not at all; colour and width only where they are wanted.

use std::fs;

use crate::{SMALL, folder_with, run, run_unchecked};

#[test]
fn a_report_in_a_file_is_the_one_on_standard_output() {
    let (folder, path) = folder_with("t.yaml", SMALL);
    let path = path.to_str().unwrap();
    for format in ["text", "json", "markdown", "csv"] {
        let target = folder.path().join(format!("report.{format}"));
        let target = target.to_str().unwrap();
        let shown = run(&["report", path, "--format", format], b"");
        let written = run(&["report", path, "--format", format, "--output", target], b"");
        assert_eq!((written.exit, written.all().as_str()), (0, ""), "{format}");
        assert_eq!(fs::read_to_string(target).unwrap(), shown.stdout, "{format}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "nothing else is left behind");
}

#[test]
fn a_failed_run_leaves_the_old_file() {
    let (folder, path) = folder_with("t.yaml", "failscope: 1\nservr: []\n");
    let target = folder.path().join("report.txt");
    fs::write(&target, "the old report").unwrap();
    let target_name = target.to_str().unwrap();
    for args in [
        &["report", path.to_str().unwrap(), "-o", target_name][..],
        &["report", "missing.yaml", "-o", target_name],
        &["report", "-", "--server", "NOBODY", "-o", target_name],
        &["report", "-", "--max-work", "3", "-o", target_name],
    ] {
        assert_eq!(run(args, SMALL.as_bytes()).exit, 2, "{args:?}");
        assert_eq!(fs::read_to_string(&target).unwrap(), "the old report", "{args:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn a_place_that_takes_no_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("missing").join("report.txt");
    for target in [folder.path(), inside.as_path()] {
        let run = run(&["report", "-", "-o", target.to_str().unwrap()], SMALL.as_bytes());
        assert_eq!(run.exit, 2);
        assert!(run.stderr.contains(target.to_str().unwrap()), "{}", run.stderr);
        assert!(run.stdout.is_empty());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.txt"), folder.path().join("link.txt"));
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let run = run(&["report", "-", "-o", link.to_str().unwrap()], SMALL.as_bytes());
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().starts_with("Failure scopes"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn colour_and_width_change_only_the_looks() {
    for command in ["lint", "report"] {
        let plain = run(&[command, "-"], SMALL.as_bytes());
        let mut stdin = SMALL.as_bytes();
        let coloured = run_unchecked(&[command, "-", "--colour", "always"], &mut stdin);
        assert!(coloured.stdout.contains('\u{1b}'), "{command}");
        assert_eq!(coloured.exit, plain.exit);
        assert_eq!(run(&[command, "-", "--color=never"], SMALL.as_bytes()), plain);
        for width in ["0", "1", "40", "80", "100000", "18446744073709551615"] {
            let run = run(&[command, "-", "--width", width], SMALL.as_bytes());
            assert_eq!((run.exit, run.found()), (plain.exit, plain.found()), "{width}");
        }
    }
}
