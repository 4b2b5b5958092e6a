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

/// Rules look things up. One that compares everything with everything stands on top here.
fn cost_of_each_rule(_: &mut Criterion) {
    costs("a system of everything", &topology::generate(RULES_AT));
    costs("many hosts, adapters and addresses", &many_adapters());
    costs("copies, choices, clusters and services", &no_platform());
}

/// Some 10,000 components of BizTalk whose rules compare hosts, addresses and systems.
fn many_adapters() -> String {
    let mut yaml =
        String::from("failscope: 1\nservers: [A, B]\nexternal: { X: { redundant: true } }\n");
    yaml.push_str("biztalk:\n  edition: enterprise\n  hosts:\n");
    for host in 0..1500 {
        yaml.push_str(&format!("    H{host}: {{ instances: [A, B] }}\n"));
    }
    yaml.push_str("  receive_locations:\n");
    for port in 0..3000 {
        let host = port % 1500;
        let work = match port % 4 {
            0 => "adapter: FTP, from: X".to_owned(),
            1 => format!("adapter: SFTP, from: 'sftp://x.example/out/*.{port}'"),
            2 => "adapter: MLLP".to_owned(),
            _ => format!("adapter: Own{port}"),
        };
        yaml.push_str(&format!("    L{port}: {{ {work}, host: H{host} }}\n"));
    }
    yaml.push_str("  send_ports:\n");
    for port in 0..3000 {
        yaml.push_str(&format!(
            "    P{port}: {{ adapter: FILE, host: H7, to: '\\\\f\\s\\{port}' }}\n"
        ));
    }
    yaml
}

/// Some 10,000 components that no platform owns.
fn no_platform() -> String {
    let mut yaml = String::from("failscope: 1\nservers:\n");
    for server in 0..2000 {
        let (machine, rack) = (server / 2, server / 40);
        yaml.push_str(&format!(
            "  S{server}: {{ machine: M{machine}, rack: R{rack}, site: P{} }}\n",
            server % 2
        ));
    }
    yaml.push_str("clusters:\n");
    for cluster in 0..500 {
        let (one, other) = (cluster * 4, cluster * 4 + 1);
        yaml.push_str(&format!(
            "  C{cluster}: {{ nodes: [S{one}, S{other}], failover_time: 2m, groups: {{ G: }} }}\n"
        ));
    }
    yaml.push_str("components:\n");
    for component in 0..2000 {
        let (one, other) = (component, (component + 1) % 2000);
        let needs = match component {
            0 => "C0/G".to_owned(),
            1 => "A0".to_owned(),
            n => format!("{{ any: [A{}, A{}] }}, C{}/G", n - 1, n - 2, n % 500),
        };
        yaml.push_str(&format!("  A{component}: {{ on: [S{one}, S{other}], needs: [{needs}] }}\n"));
    }
    yaml.push_str("services:\n");
    for service in 0..500 {
        yaml.push_str(&format!(
            "  W{service}: {{ needs: [A{}], recovery_time: 1m }}\n",
            service * 4
        ));
    }
    yaml
}

/// What each rule costs by itself, over what it costs to ask nothing.
fn costs(of: &str, text: &str) {
    let model = read(text);
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
    let components = expansion.graph.len();
    println!("\nrules over {of}, {components} components: {nothing:?} to ask nothing, then");
    for (time, id) in costs.iter().take(DEAREST) {
        println!("{id:8} {:10.1} us", time.as_secs_f64() * 1e6);
    }
    println!("{} rules {:10.1} us", costs.len(), sum.as_secs_f64() * 1e6);
}

criterion_group!(benches, parts, cost_of_each_rule);
criterion_main!(benches);
