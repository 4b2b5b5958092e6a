//! What a lint run costs, part by part, from 100 to 100,000 components, so that
//! growth can be read off: `cargo bench --bench lint`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark without its input has nothing to measure, and shows what it measured"
)]

mod topology {
    include!("topology.rs");
}

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use failscope::analysis::{Analysis, WORK_LIMIT};
use failscope::expand::{Expansion, expand};
use failscope::input::{self, Limits};
use failscope::model::Topology;
use failscope::rules;
use failscope::source::SourceMap;

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];

fn read(text: &str) -> Topology {
    let mut sources = SourceMap::new();
    let file = sources.add("generated.yaml", text);
    let reading =
        input::read(&mut sources, file, &Limits::default(), &mut |_, _| Err(String::new()));
    reading.topology.expect("the generated topology is valid")
}

fn analyse(expansion: &Expansion) -> Analysis<'_> {
    Analysis::new(&expansion.graph, WORK_LIMIT).expect("within the work limit")
}

fn parts(criterion: &mut Criterion) {
    for size in SIZES {
        let text = topology::generate(size);
        let model = read(&text);
        let expansion = expand(&model);
        let analysis = analyse(&expansion);
        let components = expansion.graph.len();
        let mut group = criterion.benchmark_group("lint");
        group.sample_size(10);
        group.throughput(Throughput::Elements(components as u64));
        group
            .bench_function(BenchmarkId::new("parse", size), |b| b.iter(|| read(black_box(&text))));
        group.bench_function(BenchmarkId::new("expand", size), |b| {
            b.iter(|| expand(black_box(&model)))
        });
        group.bench_function(BenchmarkId::new("analyse", size), |b| {
            b.iter(|| black_box(analyse(&expansion)).spofs().count());
        });
        group.bench_function(BenchmarkId::new("rules", size), |b| {
            b.iter(|| rules::run(rules::all(), &model, &expansion, &analysis).findings.len());
        });
        group.finish();
    }
}

/// The size at which each rule is measured alone.
const RULES_AT: usize = 10_000;
/// The dearest rules that are shown.
const DEAREST: usize = 15;

/// What each rule costs by itself, over what it costs to ask nothing; an outlier stands on top.
fn cost_of_each_rule(_: &mut Criterion) {
    let model = read(&topology::generate(RULES_AT));
    let expansion = expand(&model);
    let analysis = analyse(&expansion);
    let cost = |chosen: &[&'static rules::Rule]| {
        let mut times: Vec<Duration> = (0..5)
            .map(|_| {
                let start = Instant::now();
                black_box(rules::run(chosen.iter().copied(), &model, &expansion, &analysis));
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[2]
    };
    let nothing = cost(&[]);
    let mut costs: Vec<(Duration, &str)> =
        rules::all().map(|rule| (cost(&[rule]).saturating_sub(nothing), rule.id)).collect();
    costs.sort_unstable_by(|a, b| b.cmp(a));
    let sum: Duration = costs.iter().map(|(time, _)| *time).sum();
    println!("\nrules over {} components: {nothing:?} to ask nothing, then", expansion.graph.len());
    for (time, id) in costs.iter().take(DEAREST) {
        println!("{id:8} {:10.1} us", time.as_secs_f64() * 1e6);
    }
    println!("{} rules {:10.1} us", costs.len(), sum.as_secs_f64() * 1e6);
}

criterion_group!(benches, parts, cost_of_each_rule);
criterion_main!(benches);
