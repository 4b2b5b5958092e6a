//! Bytes as two files of BizTalk: no panic, and what comes out is a topology.
#![no_main]

use failscope::diagnostic::Severity;
use failscope::import::biztalk::{self, ImportFile, Options};
use failscope::input::{self, Limits};
use failscope::source::SourceMap;
use libfuzzer_sys::fuzz_target;

/// A line that ends the first file, so that two files side by side are a seed.
const MARK: &[u8] = b"\n=====\n";

fuzz_target!(|bytes: &[u8]| {
    let at = bytes.windows(MARK.len()).position(|window| window == MARK);
    let (first, second) = at.map_or((bytes, &[][..]), |at| (&bytes[..at], &bytes[at + MARK.len()..]));
    let file = |name: &str, bytes: &[u8]| ImportFile { name: name.to_owned(), bytes: bytes.to_vec() };
    let files = [file("a.xml", first), file("b.csv", second)];
    let imported = biztalk::import(&files, &Options::default());
    assert!(imported.left_out <= files.len());
    let mut sources = SourceMap::new();
    let id = sources.add("imported.yaml", imported.yaml.as_str());
    let reading = input::read(&mut sources, id, &Limits::default(), &mut |_, _| {
        Err("nothing is included".to_owned())
    });
    let error = reading.diagnostics.iter().find(|found| found.severity == Severity::Error);
    assert!(error.is_none(), "{error:?}\n{}", imported.yaml);
    for question in &imported.questions {
        assert!(!question.text.chars().any(failscope::text::acts_on_terminal));
    }
});
