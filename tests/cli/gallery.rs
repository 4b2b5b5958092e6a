//! `.ci/gallery`: a folder of reports that a host of static files can serve.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::{root, yaml_files};

#[test]
fn the_gallery_has_every_reference_architecture_and_no_dead_link() {
    let folder = tempfile::tempdir().unwrap();
    let script = Command::new("bash")
        .arg(root().join(".ci/gallery"))
        .arg(folder.path())
        .env("FAILSCOPE", env!("CARGO_BIN_EXE_failscope"))
        .output();
    let output = match script {
        Ok(output) => output,
        Err(error) => return eprintln!("SKIPPED: no bash to run the script with: {error}"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let index = fs::read_to_string(folder.path().join("index.html")).unwrap();
    let links: BTreeSet<&str> = ["href=\"", "src=\""]
        .iter()
        .flat_map(|mark| index.split(mark).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    for link in &links {
        assert!(folder.path().join(link).is_file(), "{link} is not there");
    }
    let files = yaml_files(&root().join("topologies"));
    let names = files.iter().filter(|path| path.parent() == Some(&root().join("topologies")));
    for name in names.map(|path| path.file_stem().unwrap().to_str().unwrap()) {
        assert!(links.contains(format!("{name}.html").as_str()), "{name}");
        assert!(links.contains(format!("{name}.svg").as_str()), "{name}");
    }
    assert_eq!(index.matches("<p class=\"verdict ").count(), index.matches("<article>").count());
    assert_eq!(index.matches("<h2><a href=").count() * 2, links.len());
    assert!(!index.contains("\"></a></h2>"), "a report has no title");
    let picture = fs::read(folder.path().join("web-shop.svg")).unwrap();
    let shown = fs::read(root().join("docs/pictures/web-shop.svg")).unwrap();
    assert!(picture == shown, "the README shows another picture of the web shop");
}
