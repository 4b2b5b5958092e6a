//! What an import costs beside parsing the same XML and nothing else:
//! `cargo bench --bench import`. Exports of others are measured where they are present.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark without its input has nothing to measure, and shows what it measured"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use failscope::import::biztalk::{self, ImportFile, Options};

/// Runs of which the median counts.
const RUNS: usize = 21;

fn main() {
    let kept = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples"));
    println!("{:<34} {:>9} {:>11} {:>11} {:>6}", "files", "bytes", "import", "XML alone", "ratio");
    row("kept: the largest", &largest(&kept));
    row("kept: all together", &kept);
    let Some(folder) = shared() else {
        println!("SKIPPED: no exports of others; FAILSCOPE_SHARED names their folder");
        return;
    };
    let bindings = files(&folder);
    row("others: the largest", &largest(&bindings));
    row("others: one production, 15 files", &production(&bindings));
    row("others: all together", &bindings);
}

fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("FAILSCOPE_SHARED").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    Some(folder.join("samples/bindings")).filter(|folder| folder.is_dir())
}

/// The XML files of a folder that both sides can read.
fn files(folder: &Path) -> Vec<ImportFile> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it lists").path()).collect();
    paths.sort();
    let read = |path: &PathBuf| ImportFile {
        name: path.display().to_string(),
        bytes: std::fs::read(path).expect("it reads"),
    };
    let all = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "xml"));
    all.map(read).filter(|file| text(file).is_some_and(parses)).collect()
}

fn text(file: &ImportFile) -> Option<&str> {
    std::str::from_utf8(&file.bytes).ok().map(|text| text.trim_start_matches('\u{feff}'))
}

fn parses(text: &str) -> bool {
    roxmltree::Document::parse(text).is_ok()
}

fn largest(files: &[ImportFile]) -> Vec<ImportFile> {
    files.iter().max_by_key(|file| file.bytes.len()).cloned().into_iter().collect()
}

fn production(files: &[ImportFile]) -> Vec<ImportFile> {
    let of_group = |file: &&ImportFile| {
        let name = file.name.to_lowercase();
        name.contains("uppsala") && name.contains("prod")
    };
    files.iter().filter(of_group).cloned().collect()
}

fn row(name: &str, files: &[ImportFile]) {
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    let import = median(|| {
        black_box(biztalk::import(black_box(files), &Options::default()).yaml.len());
    });
    let alone = median(|| {
        let texts = files.iter().filter_map(text);
        black_box(texts.filter(|text| parses(black_box(text))).count());
    });
    let ratio = import.as_secs_f64() / alone.as_secs_f64();
    let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
    println!("{name:<34} {bytes:>9} {:>11} {:>11} {ratio:>6.1}", ms(import), ms(alone));
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}
