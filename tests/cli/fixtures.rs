//! Files that only the reader can refuse: each `.out` holds what is found, and where.
//!
//! `FAILSCOPE_BLESS=1 cargo test fixtures` writes the `.out` files anew.

use crate::{root, run, yaml_files};

#[test]
fn the_reader_finds_what_each_fixture_says() {
    for path in yaml_files(&root().join("tests/fixtures/err")) {
        let run = run(&["lint".into(), path.clone().into_os_string()], b"");
        let found: String = run
            .found()
            .iter()
            .map(|(line, column, code)| format!("{line}:{column} {code}\n"))
            .collect();
        let expected = path.with_extension("out");
        if std::env::var_os("FAILSCOPE_BLESS").is_some() {
            std::fs::write(&expected, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(run.exit, 2, "{}", path.display());
        assert_eq!(found, expected.replace('\r', ""), "{}", path.display());
    }
}

#[test]
fn every_good_fixture_is_read() {
    for path in yaml_files(&root().join("tests/fixtures/ok")) {
        let run = run(&["lint".into(), path.clone().into_os_string()], b"");
        assert!(run.exit < 2, "{}: {}", path.display(), run.all());
    }
}
