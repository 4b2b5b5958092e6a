//! Samples that this package may carry: the importer is tested without anything else.

use std::path::{Path, PathBuf};

use crate::support::*;
use failscope::import::biztalk::ImportFile;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples")
}

pub(crate) fn kept(name: &str) -> failscope::import::biztalk::ImportFile {
    file(&folder().join(name))
}

pub(crate) fn all() -> Vec<failscope::import::biztalk::ImportFile> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| !path.ends_with("README.md"));
    paths.iter().map(|path| file(path)).collect()
}

#[test]
fn every_kept_sample_is_credited_and_imports() {
    let credits = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let files = all();
    assert!(files.len() >= 10);
    for file in files {
        assert!(credits.contains(&format!("`{}`", file.name)), "{} is not credited", file.name);
        let imported = import(std::slice::from_ref(&file));
        assert_eq!(imported.left_out, 0, "{}: {:#?}", file.name, imported.diagnostics);
        assert_reads(&imported, &file.name);
    }
}

#[test]
fn a_host_list_completes_what_bindings_leave_open() {
    let alone = import(&[kept("iis-bindings.xml")]);
    assert!(alone.yaml.contains("servers of BizTalkServerIsolatedHost (not stated)"));
    let together = import(&[kept("iis-bindings.xml"), kept("hosts.csv")]);
    assert_reads(&together, "together");
    assert!(!together.yaml.contains("servers of BizTalkServerIsolatedHost (not stated)"));
    assert!(together.yaml.contains("instances: [bts2016vm]"));
}

#[test]
fn a_host_that_is_of_two_types_is_reported_with_both_places() {
    let imported = import(&[kept("unconventional-bindings.xml")]);
    let problem = imported.diagnostics.iter().find(|p| p.code == "import/host-type").unwrap();
    assert_eq!(problem.related.len(), 1);
    assert_ne!(problem.related[0].span, problem.primary.span);
}

#[test]
fn files_that_contradict_each_other_are_reported_with_both_places() {
    let first = kept("iis-bindings.xml");
    let mut second = first.clone();
    let text = String::from_utf8(second.bytes).unwrap();
    second.name = "other.xml".to_owned();
    second.bytes = text.replace("\"BizTalkServerIsolatedHost\"", "\"OtherIsolated\"").into_bytes();
    let imported = import(&[first, second]);
    let problem = imported.diagnostics.iter().find(|p| p.code == "import/contradiction").unwrap();
    assert!(problem.message.starts_with("the host of receive location"), "{}", problem.message);
    let files = [problem.primary.span.file, problem.related[0].span.file];
    assert_ne!(files[0], files[1]);
}

#[test]
fn one_file_that_cannot_be_read_does_not_stop_the_others() {
    let mut broken = kept("iis-bindings.xml");
    broken.bytes.truncate(2000);
    broken.name = "broken.xml".to_owned();
    let imported = import(&[broken, kept("iis-bindings.xml")]);
    assert_eq!(imported.left_out, 1);
    assert_eq!(imported.inventory.receive_locations.len(), 1);
    let problem = imported.diagnostics.iter().find(|p| p.code == "import/not-xml").unwrap();
    assert!(problem.message.contains("truncated"), "{}", problem.message);
    assert!(imported.sources.locate(problem.primary.span).place.line > 10);
}

/// Wherever a file ends early, it is left out, the reason is that, and the place is its end.
#[test]
fn a_file_that_is_cut_off_is_called_so() {
    let whole = kept("layout-2004.xml");
    let text = text_of(&whole);
    let root = text.find("<BindingInfo").unwrap() + 1;
    let end = text.trim_end().len();
    let cuts = (root..end).filter(|&at| text.is_char_boundary(at));
    for at in cuts.step_by(3) {
        let cut = ImportFile { name: "cut.xml".to_owned(), bytes: text.as_bytes()[..at].to_vec() };
        let imported = import(&[cut]);
        assert_eq!(imported.left_out, 1, "{at}");
        let problem = &imported.diagnostics[0];
        let tail = &text[at.saturating_sub(40)..at];
        assert!(problem.message.contains("truncated"), "{} after `{tail}`", problem.message);
        assert_eq!(problem.primary.span.start as usize, at, "{}", problem.message);
    }
}

#[test]
fn a_document_type_is_refused() {
    let mut hostile = kept("iis-bindings.xml");
    let text = String::from_utf8(hostile.bytes).unwrap();
    let with_type =
        "<!DOCTYPE BindingInfo [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><BindingInfo";
    hostile.bytes = text.replacen("<BindingInfo", with_type, 1).into_bytes();
    let imported = import(&[hostile]);
    assert_eq!(imported.left_out, 1);
    let problem = &imported.diagnostics[0];
    assert!(problem.message.contains("document type"));
    let declared = &kept("iis-bindings.xml").bytes;
    let root = declared.windows(12).position(|window| window == b"<BindingInfo").unwrap();
    let bom = if declared.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    assert_eq!(problem.primary.span.start as usize, root - bom);
}
