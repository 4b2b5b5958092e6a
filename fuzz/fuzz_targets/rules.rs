//! Rule files: whatever is in one, reading it ends, and every problem has a place in it.
#![no_main]

use failscope::config;
use failscope::input::Limits;
use failscope::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let file = sources.add("rules.yaml", text);
    let (rules, problems) = config::read_rules(&sources, &[file], &Limits::default());
    for rule in rules {
        assert!(!rule.about().id.is_empty());
    }
    for problem in problems {
        let span = problem.primary.span;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{problem:?}");
    }
});
