//! The engine on published fault trees, beside a general decision diagram library
//! on the same expressions in the same run. `benches/growth.rs` has its growth.
//!
//! The library builds the expression as it stands, under two depth-first variable
//! orders, and the better one counts. The engine does everything: simplification,
//! modules, choice of an order, diagrams. Its cut sets are timed apart, as the
//! library has none. Ratios of one run say more than times of different runs.
//!
//! `cargo bench --bench engine [WORD]` prints the table of the models whose name holds the word, and then runs criterion on a few
//! models, to follow changes. Models are read from `FAILSCOPE_SHARED` or
//! `../shared`; without them nothing is measured.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod memory {
    include!("memory.rs");
}

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use biodivine_lib_bdd::{Bdd, BddVariable, BddVariableSet, op_function};
use criterion::Criterion;
use failscope::engine::{Budget, Diagrams, Expr, ModuleTree, NodeId, Shape, cut_sets};
use failscope::exchange::open_psa;

/// The library gives up an operation whose result would have more nodes.
const LIBRARY_NODES: usize = 4_000_000;

/// Runs per measurement; the median counts.
const RUNS: usize = 5;

fn main() {
    let word = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let mut models = published_models();
    models.retain(|model| model.name.contains(&word));
    compare(&models);
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    for model in models.iter().filter(|model| FOLLOWED.contains(&model.name.as_str())) {
        criterion.bench_function(&model.name, |bencher| bencher.iter(|| build(&model.expr)));
    }
    criterion.final_summary();
}

/// Models whose time is followed from change to change.
const FOLLOWED: [&str; 3] = ["aralia/baobab1", "aralia/edfpa14b", "aralia/edf9204"];

// --- Against the library ---------------------------------------------------

struct Model {
    name: String,
    expr: Expr,
}

fn compare(models: &[Model]) {
    if models.is_empty() {
        println!("SKIPPED: no published models; set FAILSCOPE_SHARED to measure them");
        return;
    }
    println!(
        "{:<26}{:>10}{:>10}{:>10}{:>10}{:>10}{:>9}{:>10}{:>22}",
        "model",
        "nodes",
        "tree ms",
        "engine ms",
        "cuts ms",
        "lib ms",
        "ratio",
        "peak MB",
        "minimal cut sets"
    );
    for model in models {
        compare_one(model);
    }
    println!();
}

fn compare_one(model: &Model) {
    let (mut engine, mut tree) = (Vec::new(), Vec::new());
    let mut cuts = Vec::new();
    let mut library = [Vec::new(), Vec::new()];
    let orders = [order(&model.expr, false), order(&model.expr, true)];
    let mut finished = [true, true];
    for _ in 0..RUNS {
        tree.push(timed(|| ModuleTree::new(&model.expr)));
        engine.push(timed(|| build(&model.expr)));
        let diagrams = build(&model.expr);
        cuts.push(timed(|| cut_sets::all(&diagrams, &Budget::default()).expect("cut sets")));
        for (way, order) in orders.iter().enumerate() {
            // An order that blows up is not tried again.
            if finished[way] {
                library[way].push(timed(|| {
                    finished[way] = with_library(&model.expr, order).is_some();
                }));
            }
        }
    }
    memory::forget_peak();
    let before = memory::resident();
    let diagrams = build(&model.expr);
    let count = cut_sets::all(&diagrams, &Budget::default()).expect("cut sets").count();
    let peak = memory::peak().saturating_sub(before);
    let engine = median(engine);
    let best = (0..2).filter(|way| finished[*way]).map(|way| median(library[way].clone())).min();
    let (library, ratio) = match best {
        None => ("too large".to_owned(), "-".to_owned()),
        Some(time) => {
            let ratio = time.as_secs_f64() / engine.as_secs_f64();
            (format!("{:.3}", milliseconds(time)), format!("{ratio:.1}"))
        }
    };
    println!(
        "{:<26}{:>10}{:>10.3}{:>10.3}{:>10.3}{:>10}{:>9}{:>10.1}{:>22}",
        model.name,
        diagrams.nodes(),
        milliseconds(median(tree)),
        milliseconds(engine),
        milliseconds(median(cuts)),
        library,
        ratio,
        peak as f64 / 1e6,
        count.to_string(),
    );
}

fn build(expr: &Expr) -> Diagrams {
    Diagrams::build(&ModuleTree::new(expr), &Budget::default()).expect("diagrams")
}

/// The level of each event when the expression is walked depth first, operands as
/// listed or the larger subtree first.
fn order(expr: &Expr, larger_first: bool) -> Vec<u16> {
    let nodes: Vec<Shape<'_>> = expr.nodes().collect();
    let mut sizes: Vec<u64> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let below = node.operands().iter().map(|o| sizes[o.index()]);
        sizes.push(below.fold(1, u64::saturating_add));
    }
    let events = expr.events().last().map_or(0, |event| event.index() + 1);
    let mut levels = vec![u16::MAX; events];
    let mut seen = vec![false; nodes.len()];
    let mut next = 0;
    let mut pending = vec![nodes.len() - 1];
    while let Some(at) = pending.pop() {
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        if let Shape::Event(event) = nodes[at]
            && levels[event.index()] == u16::MAX
        {
            levels[event.index()] = next;
            next += 1;
        }
        let mut operands: Vec<usize> = nodes[at].operands().iter().map(|o| o.index()).collect();
        if larger_first {
            operands.sort_by_key(|o| std::cmp::Reverse(sizes[*o]));
        }
        pending.extend(operands.into_iter().rev());
    }
    levels
}

fn with_library(expr: &Expr, levels: &[u16]) -> Option<Bdd> {
    let variables = BddVariableSet::new_anonymous(levels.len() as u16);
    let and = |a: &Bdd, b: &Bdd| Bdd::binary_op_with_limit(LIBRARY_NODES, a, b, op_function::and);
    let or = |a: &Bdd, b: &Bdd| Bdd::binary_op_with_limit(LIBRARY_NODES, a, b, op_function::or);
    let mut values: Vec<Bdd> = Vec::with_capacity(expr.len());
    for node in expr.nodes() {
        let below = |id: &NodeId| &values[id.index()];
        let value = match node {
            Shape::Constant(true) => variables.mk_true(),
            Shape::Constant(false) => variables.mk_false(),
            Shape::Event(event) => {
                variables.mk_var(BddVariable::from_index(levels[event.index()].into()))
            }
            Shape::Not(operand) => below(&operand).not(),
            Shape::And(operands) => {
                operands.iter().try_fold(variables.mk_true(), |all, o| and(&all, below(o)))?
            }
            Shape::Or(operands) => {
                operands.iter().try_fold(variables.mk_false(), |any, o| or(&any, below(o)))?
            }
            Shape::AtLeast(k, operands) => {
                let mut reached = vec![variables.mk_false(); k as usize + 1];
                reached[0] = variables.mk_true();
                for operand in operands {
                    for j in (1..reached.len()).rev() {
                        reached[j] = or(&and(below(operand), &reached[j - 1])?, &reached[j])?;
                    }
                }
                reached.pop()?
            }
        };
        values.push(value);
    }
    values.pop()
}

// --- Tools -----------------------------------------------------------------

/// The published models with one top and more than a handful of events.
fn published_models() -> Vec<Model> {
    let root = match std::env::var_os("FAILSCOPE_SHARED") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let mut models = Vec::new();
    for set in ["aralia", "scram-models"] {
        let Ok(directory) = std::fs::read_dir(root.join("bench/open-psa").join(set)) else {
            continue;
        };
        let mut files: Vec<PathBuf> = directory.flatten().map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            models.extend(read_model(set, &file));
        }
    }
    models
}

fn read_model(set: &str, file: &std::path::Path) -> Option<Model> {
    let text = std::fs::read_to_string(file).ok()?;
    let model = open_psa::read(&[&text], &open_psa::Options::default()).ok()?;
    let [top] = model.top_events().try_into().ok()?;
    let name = format!("{set}/{}", file.file_stem()?.to_string_lossy());
    (top.expr.events().len() > 20).then_some(Model { name, expr: top.expr })
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
