//! The whole program in memory: an exit status, and nothing that acts on a terminal.
#![no_main]

use failscope::cli::{self, Io};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for args in [&["lint", "-"][..], &["report", "-", "--all"]] {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let exit = cli::run(
            std::iter::once("failscope").chain(args.iter().copied()).map(Into::into),
            &mut Io {
                stdin: &mut &*bytes,
                stdout: &mut stdout,
                stderr: &mut stderr,
                width: None,
                colour: false,
                progress: false,
            },
        );
        assert!(exit.code() <= 2);
        for output in [stdout, stderr] {
            let text = String::from_utf8(output).expect("the output is UTF-8");
            assert!(!text.chars().any(failscope::text::acts_on_terminal), "{text}");
        }
    }
});
