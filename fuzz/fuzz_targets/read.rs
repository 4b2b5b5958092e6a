//! Bytes to a model: no panic, and a model only where nothing is wrong.
#![no_main]

use failscope::diagnostic::Severity;
use failscope::input::{self, Limits};
use failscope::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = input::decode(bytes.to_vec()) else { return };
    let mut sources = SourceMap::new();
    let file = sources.add("fuzz.yaml", text);
    let reading = input::read(&mut sources, file, &Limits::default(), &mut |_, _| {
        Err("the fuzzer has one file".to_owned())
    });
    let broken = reading.diagnostics.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(reading.topology.is_none(), broken);
    for found in &reading.diagnostics {
        assert!(sources.locate(found.primary.span).place.line > 0);
    }
});
