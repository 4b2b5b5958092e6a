//! What several tests need: random expressions, truth tables, fixtures.

use std::path::PathBuf;

use failscope::engine::{Event, Expr, ExprBuilder, NodeId, Probability};
use failscope::exchange::open_psa::{self, Model};

/// The directory of published models, if it is there.
pub(crate) fn published_models() -> Option<PathBuf> {
    let root = match std::env::var_os("FAILSCOPE_SHARED") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let models = root.join("bench/open-psa");
    models.is_dir().then_some(models)
}

pub(crate) fn read(documents: &[&str]) -> Model {
    open_psa::read(documents, &open_psa::Options::default()).expect("a readable model")
}

/// A model of `tests/engine/models`.
pub(crate) fn own_model(name: &str) -> Model {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/engine/models").join(name);
    read(&[&std::fs::read_to_string(path).expect("a model file")])
}

/// Whether two numbers agree to a relative error; zero only agrees with zero.
pub(crate) fn agree(found: f64, expected: f64, relative: f64) -> bool {
    (found - expected).abs() <= relative * expected.abs()
}

/// A small generator with a stated seed (SplitMix64), so that a failure can be
/// repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Between 0 and 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A random expression whose gates prefer what was built last, so that it is
/// deep and shares subtrees.
pub(crate) fn random_expr(random: &mut Random, events: usize, gates: usize, not: bool) -> Expr {
    let mut builder = ExprBuilder::new();
    let mut nodes: Vec<NodeId> =
        (0..events).map(|event| builder.event(Event(event as u32))).collect();
    let mut unused: Vec<NodeId> = nodes.clone();
    for _ in 0..gates {
        let width = 2 + random.below(3);
        let mut operands: Vec<NodeId> = (0..width)
            .map(|_| match unused.is_empty() || random.below(3) == 0 {
                true => nodes[random.below(nodes.len())],
                false => unused.swap_remove(random.below(unused.len())),
            })
            .collect();
        if not && random.below(4) == 0 {
            operands[0] = builder.not(operands[0]);
        }
        let node = match random.below(5) {
            0 | 1 => builder.and(operands),
            2 | 3 => builder.or(operands),
            _ => {
                let k = 1 + random.below(operands.len());
                builder.at_least(k as u32, operands)
            }
        };
        nodes.push(node);
        unused.push(node);
    }
    let top = match random.below(2) {
        0 => builder.or(unused),
        _ => nodes.pop().expect("a node"),
    };
    builder.expr(top)
}

/// The value of the top for every subset of `n` events; bit i is event i.
pub(crate) fn truth_table(expr: &Expr, n: usize) -> Vec<bool> {
    (0..1u32 << n).map(|set| expr.evaluate(|event| set >> event.0 & 1 == 1)).collect()
}

/// The probability of the top by adding up all states.
pub(crate) fn brute_probability(table: &[bool], p: &[Probability]) -> f64 {
    let state = |set: usize| -> f64 {
        p.iter()
            .enumerate()
            .map(|(i, p)| if set >> i & 1 == 1 { p.value() } else { 1.0 - p.value() })
            .product()
    };
    (0..table.len()).filter(|set| table[*set]).map(state).sum()
}

/// The smallest sets that make the top true, nothing else occurring.
pub(crate) fn brute_minimal(table: &[bool]) -> Vec<u32> {
    let mut by_size: Vec<u32> = (0..table.len() as u32).filter(|s| table[*s as usize]).collect();
    by_size.sort_by_key(|set| (set.count_ones(), *set));
    let mut minimal: Vec<u32> = Vec::new();
    for set in by_size {
        if !minimal.iter().any(|smaller| smaller & set == *smaller) {
            minimal.push(set);
        }
    }
    minimal.sort_unstable();
    minimal
}

pub(crate) fn as_bits(set: &[Event]) -> u32 {
    set.iter().fold(0, |bits, event| bits | 1 << event.0)
}

pub(crate) fn probabilities(values: &[f64]) -> Vec<Probability> {
    values.iter().map(|value| Probability::new(*value).expect("a probability")).collect()
}

pub(crate) fn random_probabilities(random: &mut Random, n: usize) -> Vec<Probability> {
    // Mixed magnitudes, so that lost digits show.
    let value = |random: &mut Random| random.unit() * 10f64.powi(-(random.below(7) as i32));
    let values: Vec<f64> = (0..n).map(|_| value(random)).collect();
    probabilities(&values)
}
