//! `failscope import biztalk`: a topology on the output, the rest beside it.

use crate::{folder_with, root, run};

fn sample() -> String {
    root().join("tests/import/samples/iis-bindings.xml").display().to_string()
}

#[test]
fn a_binding_file_becomes_a_topology_that_lint_reads() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("imported.yaml").display().to_string();
    let imported = run(&["import", "biztalk", &sample(), "--output", &output], b"");
    assert_eq!(imported.exit, 0, "{}", imported.all());
    assert_eq!(imported.stdout, "");
    assert!(imported.stderr.contains("On which servers"), "{}", imported.stderr);
    let linted = run(&["lint", "--fail-on", "never", &output], b"");
    assert_eq!(linted.exit, 0, "{}", linted.all());
}

#[test]
fn a_file_that_is_left_out_is_told_and_the_others_are_still_read() {
    let (_folder, broken) = folder_with("broken.xml", "<BindingInfo><unclosed>");
    let imported = run(&["import", "biztalk", &sample(), &broken.display().to_string()], b"");
    assert_eq!(imported.exit, 2, "{}", imported.all());
    assert!(imported.stdout.contains("failscope: 1"), "{}", imported.stdout);
    assert!(imported.stderr.contains("broken.xml:"), "{}", imported.stderr);
    let missing = run(&["import", "biztalk", "no-such-file.xml"], b"");
    assert_eq!(missing.exit, 2);
    assert!(missing.stderr.contains("cannot read no-such-file.xml"), "{}", missing.stderr);
}
