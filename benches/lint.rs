//! What a lint run costs, part by part, from 100 to 100,000 components, so that
//! growth can be read off: `cargo bench --bench lint`.

#![allow(clippy::expect_used, reason = "a benchmark without its input has nothing to measure")]

mod topology {
    include!("topology.rs");
}

use std::hint::black_box;

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

criterion_group!(benches, parts);
criterion_main!(benches);
