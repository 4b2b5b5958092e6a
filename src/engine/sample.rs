//! Seeded Monte Carlo: a second, independent way to the top's probability.
//!
//! A cross-check, never the answer: it shares nothing with the diagrams but the
//! expression itself. 64 trials are run at once, one per bit. The same seed gives
//! the same trials.

use super::expr::{Expr, Shape};
use super::probability::{MissingValue, Probability};

/// The outcome of a number of trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// How often the top event occurred.
    pub occurred: u64,
    /// The number of trials.
    pub trials: u64,
}

impl Estimate {
    /// The share of trials in which the top event occurred.
    pub fn probability(&self) -> f64 {
        self.occurred as f64 / self.trials.max(1) as f64
    }

    /// Wilson's score interval: `z = 1.96` covers about 95 % and `z = 3.29` about
    /// 99.9 %. Unlike the plain normal interval it is useful when the event
    /// occurred rarely or never. (E. B. Wilson, JASA 22, 1927.)
    pub fn interval(&self, z: f64) -> (f64, f64) {
        let n = self.trials.max(1) as f64;
        let p = self.probability();
        let centre = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        // At the ends the formula gives 0 and 1 up to rounding.
        let none = self.occurred == 0;
        let all = self.occurred == self.trials;
        let low = if none { 0.0 } else { (centre - spread) / scale };
        let high = if all { 1.0 } else { (centre + spread) / scale };
        (low.max(0.0), high.min(1.0))
    }
}

/// Runs at least `trials` trials, rounded up to a multiple of 64.
pub fn estimate(
    expr: &Expr,
    probabilities: &[Probability],
    trials: u64,
    seed: u64,
) -> Result<Estimate, MissingValue> {
    let mut random = Random { state: seed };
    let mut values = vec![0u64; expr.len()];
    let mut occurs = vec![None; probabilities.len()];
    let rounds = trials.div_ceil(64);
    let mut occurred = 0;
    for _ in 0..rounds {
        occurs.fill(None);
        for (index, node) in expr.nodes().enumerate() {
            values[index] = match node {
                Shape::Event(event) => {
                    let probability =
                        probabilities.get(event.index()).ok_or(MissingValue(event))?;
                    let word = &mut occurs[event.index()];
                    *word.get_or_insert_with(|| random.word(probability.value()))
                }
                gate => word_of(&gate, &values),
            };
        }
        occurred += u64::from(values[values.len() - 1].count_ones());
    }
    Ok(Estimate { occurred, trials: rounds * 64 })
}

/// The value of a gate in 64 trials.
fn word_of(gate: &Shape<'_>, values: &[u64]) -> u64 {
    let operands = gate.operands().iter().map(|operand| values[operand.index()]);
    match gate {
        Shape::Constant(true) => u64::MAX,
        Shape::Constant(false) | Shape::Event(_) => 0,
        Shape::Not(operand) => !values[operand.index()],
        Shape::And(_) => operands.fold(u64::MAX, |all, word| all & word),
        Shape::Or(_) => operands.fold(0, |any, word| any | word),
        Shape::AtLeast(k, _) => {
            let k = *k as usize;
            if k > operands.len() {
                return 0;
            }
            let mut reached = vec![0; k + 1];
            reached[0] = u64::MAX;
            for word in operands {
                for j in (1..=k).rev() {
                    reached[j] |= word & reached[j - 1];
                }
            }
            reached[k]
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, and good enough to
/// check numbers with; not for secrets.
struct Random {
    state: u64,
}

impl Random {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 64 bits, each set with probability `p`, exactly: bit by bit a random
    /// number is compared with the binary digits of p until all have differed.
    fn word(&mut self, p: f64) -> u64 {
        let mut rest = p;
        let mut set = 0;
        let mut undecided = u64::MAX;
        if p >= 1.0 {
            return u64::MAX;
        }
        while undecided != 0 && rest > 0.0 {
            rest *= 2.0;
            let digit = rest >= 1.0;
            let random = self.next();
            if digit {
                rest -= 1.0;
                set |= undecided & !random;
                undecided &= random;
            } else {
                undecided &= !random;
            }
        }
        set
    }
}
