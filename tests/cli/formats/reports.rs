//! `report --check`: a committed report is up to date, or the difference is shown.

use super::Repository;
use crate::{SMALL, run};

fn report(repository: &Repository, flags: &[&str]) -> crate::Run {
    let topology = repository.path("t.yaml").display().to_string();
    run(&[&["report", &topology], flags].concat(), b"")
}

#[test]
fn a_committed_report_is_held_against_the_topology() {
    for (file, format) in [("scope.md", "markdown"), ("scope.json", "json"), ("scope.csv", "csv")] {
        let repository = Repository::with("t.yaml", SMALL);
        let committed = repository.path(file).display().to_string();
        report(&repository, &["--format", format, "-o", &committed]);
        let fresh = report(&repository, &["--check", &committed]);
        assert_eq!((fresh.exit, fresh.all().as_str()), (0, ""), "{format}");

        // Another line end is no other report.
        let text = std::fs::read_to_string(&committed).unwrap();
        std::fs::write(&committed, text.replace('\n', "\r\n")).unwrap();
        assert_eq!(report(&repository, &["--check", &committed]).exit, 0, "{format}");

        repository.add("t.yaml", &SMALL.replace("ToSap", "ToErp"));
        let stale = report(&repository, &["--check", &committed]);
        assert_eq!(stale.exit, 1, "{format}");
        for side in ["-", "+"] {
            let name = if side == "-" { "ToSap" } else { "ToErp" };
            let shows = |line: &str| line.starts_with(side) && line.contains(name);
            assert!(stale.stdout.lines().any(shows), "{format}: {}", stale.stdout);
        }
        assert!(stale.stderr.contains("is stale; `--format"), "{}", stale.stderr);
        assert!(stale.stderr.contains(&format!("--format {format}")), "{}", stale.stderr);
    }
}

#[test]
fn what_cannot_be_compared_is_two() {
    let repository = Repository::with("t.yaml", SMALL);
    let path = |name: &str| repository.path(name).display().to_string();
    for (file, words) in [("missing.md", "cannot read"), ("scope.pdf", "--check takes")] {
        let run = report(&repository, &["--check", &path(file)]);
        assert_eq!(run.exit, 2);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    let both = report(&repository, &["--check", &path("a.md"), "--format", "json"]);
    assert_eq!(both.exit, 2);
    repository.add("t.yaml", "failscope: 1\nx: y\n");
    assert_eq!(report(&repository, &["--check", &path("a.md")]).exit, 2);
}
