//! Two topologies, parted by a line of `=====`, the first over the second: no panic, and every place is in one of them.
#![no_main]

use failscope::input::{self, Limits};
use failscope::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (above, below) = text.split_once("\n=====\n").unwrap_or((text, "failscope: 1\n"));
    let mut sources = SourceMap::new();
    let own = sources.add("own.yaml", format!("extends: base.yaml\n{above}"));
    let reading = input::read(&mut sources, own, &Limits::default(), &mut |path, sources| {
        match path.to_str() {
            Some("base.yaml") => Ok(sources.add("base.yaml", below)),
            _ => Err("the fuzzer has two files".to_owned()),
        }
    });
    for found in &reading.diagnostics {
        let span = found.primary.span;
        let file = sources.file(span.file).expect("the file is one of those read");
        assert!(span.start <= span.end && span.end as usize <= file.text().len());
    }
});
