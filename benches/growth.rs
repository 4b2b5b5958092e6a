//! How time and memory grow with the size of a system, from 100 to 1,000,000 components, and
//! how far a sweep is from reading the graph's memory once.
//!
//! `cargo bench --bench growth` prints three tables: exact availability of chains, ladders,
//! pools and layers; all single failures of topologies of the same shapes; reading YAML
//! against the events of its parser alone. Ratios are of one run; times are the smallest of
//! several. `FAILSCOPE_LARGEST` ends the sizes earlier. Rows are measured by a process of their own
//! each, because memory that one has given back would hide what the next one takes.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod memory {
    include!("memory.rs");
}
mod topology {
    include!("topology.rs");
}

use std::hint::black_box;
use std::time::{Duration, Instant};

use failscope::analysis::{Layout, WORK_LIMIT};
use failscope::engine::{
    Budget, Diagrams, Event, Expr, ExprBuilder, ModuleTree, NodeId, Probability, probability,
};
use failscope::graph::{Component, ComponentId, DependencyGraph, Requirement};
use failscope::input::{self, Limits};
use failscope::source::SourceMap;

const RUNS: usize = 5;
const MOST_RUNS: usize = 200;
const ENOUGH: Duration = Duration::from_secs(1);
const SIZES: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

fn main() {
    if let Ok(row) = std::env::var(ROW) {
        return one_row(&row);
    }
    let largest = std::env::var("FAILSCOPE_LARGEST").ok().and_then(|text| text.parse().ok());
    let sizes: Vec<usize> =
        SIZES.into_iter().filter(|&size| size <= largest.unwrap_or(usize::MAX)).collect();
    reading(&sizes);
    sweeping(&sizes);
    solving(&sizes);
}

/// Asks a process of this program for one row: the table, the line in it, the size.
const ROW: &str = "FAILSCOPE_GROWTH_ROW";

fn one_row(row: &str) {
    let words: Vec<&str> = row.split(' ').collect();
    let [table, line, size] = words[..] else { panic!("{row}: not a row") };
    let size = size.parse().expect("a size");
    match table {
        "sweep" => {
            let (name, shape) =
                SHAPES.into_iter().find(|(name, _)| *name == line).expect("a shape");
            sweep_one(name, size, shape);
        }
        _ => {
            let system = SYSTEMS.into_iter().find(|(name, ..)| *name == line);
            let (name, system, _) = system.expect("a system");
            solve_one(name, size, system);
        }
    }
}

fn print_row(table: &str, line: &str, size: usize) {
    let program = std::env::current_exe().expect("this program");
    let row = format!("{table} {line} {size}");
    let status = std::process::Command::new(program).env(ROW, row).status();
    assert!(status.expect("a process").success(), "{table} {line} {size} did not end well");
}

// --- Reading -------------------------------------------------------------------

/// The reader's memory grows to some gigabytes beyond this size.
const LARGEST_READ: usize = 100_000;

fn reading(sizes: &[usize]) {
    println!(
        "{:>12}{:>10}{:>14}{:>14}{:>8}",
        "components", "MB", "events ms", "reading ms", "ratio"
    );
    for &size in sizes.iter().filter(|size| **size <= LARGEST_READ) {
        let text = topology::generate(size);
        let events = best(|| granit_parser::Parser::new_from_str(&text).count());
        let whole = best(|| {
            let mut sources = SourceMap::new();
            let file = sources.add("generated.yaml", text.as_str());
            let limits = Limits::default();
            let reading = input::read(&mut sources, file, &limits, &mut |_, _| Err(String::new()));
            reading.topology.expect("the generated topology is valid").servers.len()
        });
        println!(
            "{size:>12}{:>10.2}{:>14.2}{:>14.2}{:>8.2}",
            text.len() as f64 / 1e6,
            milliseconds(events),
            milliseconds(whole),
            whole.as_secs_f64() / events.as_secs_f64()
        );
    }
    println!();
}

// --- All single failures ---------------------------------------------------------

/// A graph of about so many components.
type Shape = fn(usize) -> DependencyGraph;

const SHAPES: [(&str, Shape); 4] = [
    ("chain", chain_graph),
    ("ladder", ladder_graph),
    ("pool", pool_graph),
    ("layers", layered_graph),
];

fn sweeping(sizes: &[usize]) {
    println!("memory reads {:.1} GB/s here, beyond the caches", bandwidth() / 1e9);
    println!(
        "{:<8}{:>11}{:>10}{:>11}{:>10}{:>10}{:>8}{:>9}{:>9}{:>8}{:>10}{:>8}{:>9}{:>10}{:>9}",
        "shape",
        "components",
        "graph ms",
        "layout ms",
        "sweep ms",
        "list ms",
        "ratio",
        "MB",
        "once ms",
        "ratio",
        "follow ms",
        "ratio",
        "causes",
        "graph MB",
        "peak MB"
    );
    for (name, _) in SHAPES {
        for &size in sizes {
            print_row("sweep", name, size);
        }
    }
    println!();
}

/// *graph* reads the graph once, *layout* lays it flat, *sweep* finds all causes, *list* writes out
/// those of the last component. The first ratio is that of the last three together to the first, the
/// others of sweep and list to reading what was laid out. *graph MB* is the memory of
/// the graph itself, *peak* what layout and sweep take besides.
fn sweep_one(name: &str, size: usize, shape: Shape) {
    let start = memory::resident();
    let graph = shape(size);
    let last = graph.ids().last().expect("a component");
    let before = memory::resident();
    memory::forget_peak();
    let layout = Layout::new(&graph, WORK_LIMIT);
    let sweep = layout.sweep().expect("within the limit");
    let causes = sweep.singles(&[last]).expect("within the limit")[0].len();
    let peak = memory::peak().saturating_sub(before);
    let swept = best(|| layout.sweep().expect("within the limit"));
    let listed = best(|| sweep.singles(&[last]).expect("within the limit"));
    let once = best(|| layout.read_once());
    let followed = best(|| layout.follow_once());
    let read = best(|| read_graph(&graph));
    // Last, because it gives back so much memory that what follows would have to ask for it anew.
    let laid = best(|| Layout::new(&graph, WORK_LIMIT));
    let times =
        |work: Duration, bound: Duration| work.as_secs_f64() / bound.as_secs_f64().max(1e-9);
    println!(
        "{name:<8}{:>11}{:>10.3}{:>11.2}{:>10.3}{:>10.3}{:>8.1}{:>9.2}{:>9.3}{:>8.1}{:>10.3}{:>8.1}{causes:>9}{:>10.1}{:>9.1}",
        graph.len(),
        milliseconds(read),
        milliseconds(laid),
        milliseconds(swept),
        milliseconds(listed),
        times(laid + swept + listed, read),
        layout.read_once().0 as f64 / 1e6,
        milliseconds(once),
        times(swept + listed, once),
        milliseconds(followed),
        times(swept + listed, followed),
        before.saturating_sub(start) as f64 / 1e6,
        peak as f64 / 1e6,
    );
}

/// Reads once and in order what failures are about: every component and every requirement with
/// its providers. A sum, so that nothing is left out.
fn read_graph(graph: &DependencyGraph) -> u64 {
    let of_components = graph.components().map(|(_, component)| component.nature as u64);
    let of_requirements = graph.requirements().map(|(_, requirement)| {
        let providers = requirement.providers.iter().map(|provider| provider.index() as u64);
        requirement.dependent.index() as u64
            + u64::from(requirement.at_least)
            + providers.sum::<u64>()
    });
    of_components.chain(of_requirements).fold(0, u64::wrapping_add)
}

/// Bytes a second of summing up an array that no cache holds.
fn bandwidth() -> f64 {
    let array = vec![1_u64; 32 << 20];
    let time = best(|| array.iter().fold(0_u64, |sum, value| sum.wrapping_add(*value)));
    (8 * array.len()) as f64 / time.as_secs_f64()
}

fn things(count: usize) -> (DependencyGraph, Vec<ComponentId>) {
    let mut graph = DependencyGraph::new();
    let ids = (0..count).map(|n| graph.add_component(Component::basic(n.to_string(), "thing")));
    let ids = ids.collect();
    (graph, ids)
}

/// Each needs the one before it.
fn chain_graph(count: usize) -> DependencyGraph {
    let (mut graph, ids) = things(count);
    for pair in ids.windows(2) {
        graph.add_requirement(Requirement::run(pair[1], pair[0]));
    }
    graph
}

/// Two rails; each needs one of the two before it.
fn ladder_graph(count: usize) -> DependencyGraph {
    let (mut graph, ids) = things(count);
    for at in 2..count {
        let rung = at / 2 * 2;
        let both = vec![ids[rung - 2], ids[rung - 1]];
        graph.add_requirement(Requirement::some(ids[at], 1, both));
    }
    graph
}

/// Pools of a hundred, of which half must work; each pool's users are the next pool.
fn pool_graph(count: usize) -> DependencyGraph {
    let (mut graph, ids) = things(count);
    let heads: Vec<ComponentId> =
        ids.chunks(100).filter_map(|pool| pool.first().copied()).collect();
    for (pool, pair) in ids.chunks(100).zip(heads.windows(2)) {
        graph.add_requirement(Requirement::some(pair[1], 50, pool.to_vec()));
    }
    graph
}

/// A hundred layers; each needs two groups of one or two of the layer below, near its own place.
fn layered_graph(count: usize) -> DependencyGraph {
    let (mut graph, ids) = things(count);
    let width = (count / 100).max(2);
    let mut random = Random(7);
    for at in width..count {
        for _ in 0..2 {
            let below = |random: &mut Random| {
                let near = at - width + random.below(9);
                ids[near.saturating_sub(4).min(at - 1)]
            };
            let providers = vec![below(&mut random), below(&mut random)];
            graph.add_requirement(Requirement::some(ids[at], 1, providers));
        }
    }
    graph
}

/// SplitMix64, so that every run measures the same graph.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

// --- Exact availability ----------------------------------------------------------

/// Builds the loss of a system of so many components.
type System = fn(usize) -> Expr;

/// A counter over n members has n * n / 4 nodes, so one large pool ends early.
const SYSTEMS: [(&str, System, usize); 5] = [
    ("chain", chain, usize::MAX),
    ("ladder", ladder, usize::MAX),
    ("pool", pool, 1_000),
    ("pools_of_ten", pools_of_ten, usize::MAX),
    ("layers", layers, usize::MAX),
];

fn solving(sizes: &[usize]) {
    println!(
        "{:<14}{:>12}{:>10}{:>12}{:>14}{:>10}{:>10}",
        "expression", "events", "nodes", "all ms", "us per event", "expr MB", "peak MB"
    );
    for (name, _, largest) in SYSTEMS {
        for &size in sizes.iter().filter(|size| **size <= largest) {
            print_row("solve", name, size);
        }
    }
    println!();
}

fn solve_one(name: &str, size: usize, system: System) {
    let start = memory::resident();
    let expr = system(size);
    let events = expr.events().len();
    let p = vec![Probability::new(1e-3).expect("in range"); events];
    let before = memory::resident();
    memory::forget_peak();
    let solve = || {
        let tree = ModuleTree::new(&expr);
        let diagrams = Diagrams::build(&tree, &Budget::default()).expect("it fits");
        let value = probability::exact(&diagrams, &p).expect("values");
        (diagrams.nodes(), black_box(value))
    };
    let began = Instant::now();
    let (nodes, _) = solve();
    let first = began.elapsed();
    let peak = memory::peak().saturating_sub(before);
    // What takes long is measured once: it is the growth that matters.
    let time = if first > LONG { first } else { best(solve).min(first) };
    println!(
        "{name:<14}{events:>12}{nodes:>10}{:>12.2}{:>14.3}{:>10.1}{:>10.1}",
        milliseconds(time),
        time.as_secs_f64() * 1e6 / events as f64,
        before.saturating_sub(start) as f64 / 1e6,
        peak as f64 / 1e6,
    );
}

/// Longer work is not repeated.
const LONG: Duration = Duration::from_secs(2);

/// Each stage needs the one before it.
fn chain(n: usize) -> Expr {
    let mut builder = ExprBuilder::new();
    let mut top = builder.event(Event(0));
    for i in 1..n as u32 {
        let own = builder.event(Event(i));
        top = builder.or([top, own]);
    }
    builder.expr(top)
}

/// Neighbours in a row must not fail together.
fn ladder(n: usize) -> Expr {
    let mut builder = ExprBuilder::new();
    let rungs: Vec<NodeId> = (0..n as u32).map(|i| builder.event(Event(i))).collect();
    let pairs: Vec<NodeId> = rungs.windows(2).map(|pair| builder.and(pair.to_vec())).collect();
    let top = builder.or(pairs);
    builder.expr(top)
}

/// Half of the members must work.
fn pool(n: usize) -> Expr {
    let mut builder = ExprBuilder::new();
    let members: Vec<NodeId> = (0..n as u32).map(|i| builder.event(Event(i))).collect();
    let top = builder.at_least(n as u32 / 2, members);
    builder.expr(top)
}

/// Of each ten, five must work; all pools are needed.
fn pools_of_ten(n: usize) -> Expr {
    let mut builder = ExprBuilder::new();
    let events: Vec<NodeId> = (0..n as u32).map(|i| builder.event(Event(i))).collect();
    let lost = events.chunks(10).map(|pool| builder.at_least(6, pool.to_vec()));
    let lost: Vec<NodeId> = lost.collect();
    let top = builder.or(lost);
    builder.expr(top)
}

/// Layers of three; each member needs itself and one of two of the layer below.
fn layers(n: usize) -> Expr {
    let mut builder = ExprBuilder::new();
    let mut below: Vec<NodeId> = (0..3).map(|i| builder.event(Event(i))).collect();
    for layer in 1..n as u32 / 3 {
        below = (0..3)
            .map(|i| {
                let own = builder.event(Event(3 * layer + i as u32));
                let lost = builder.and([below[i], below[(i + 1) % 3]]);
                builder.or([own, lost])
            })
            .collect();
    }
    let top = builder.and(below);
    builder.expr(top)
}

// --- Tools -----------------------------------------------------------------------

/// The shortest of some runs: what the work costs when nothing else is in the way. What is
/// short is run more often.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let (mut shortest, mut together) = (Duration::MAX, Duration::ZERO);
    for run in 0..MOST_RUNS {
        if run >= RUNS && together > ENOUGH {
            break;
        }
        let start = Instant::now();
        black_box(work());
        let time = start.elapsed();
        shortest = shortest.min(time);
        together += time;
    }
    shortest
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
