//! Variable orders: what decides how large a diagram gets.
//!
//! No single heuristic is good on all trees, so several are computed, each in
//! about linear time, and [`race`](super::race) finds out which one fits.
//!
//! An order is a vector `levels` with the level of each variable, 0 at the top.

use super::formula::{Formula, Operand, Term};

/// The most iterations of [`force`]. Each costs a pass over the formula.
const FORCE_ROUNDS: usize = 60;

/// Iterations in a row without a better arrangement before it gives up.
const FORCE_PATIENCE: usize = 8;

/// Orders to try besides the default one, without repetition, the most promising
/// first.
pub(super) fn others(formula: &Formula, default: &[u32]) -> Vec<Vec<u32>> {
    let as_given = depth_first(formula, |_| 0);
    let uses = operand_uses(formula);
    let shared_first = depth_first(formula, |o| u64::MAX - uses.of(o));
    let mut orders = vec![
        force(formula, default),
        force(formula, &as_given),
        shared_first,
        force(formula, &breadth_first(formula)),
        as_given,
    ];
    drop_repeated(&mut orders);
    orders.retain(|order| order != default);
    orders
}

/// One order without any trial: depth first, larger subtrees first.
pub(super) fn default_order(formula: &Formula) -> Vec<u32> {
    let sizes = subtree_sizes(formula);
    depth_first(formula, |o| u64::MAX - sizes.of(o))
}

/// One order without any trial that keeps gates together: good when diagrams
/// are large anyway.
pub(super) fn compact_order(formula: &Formula) -> Vec<u32> {
    force(formula, &default_order(formula))
}

fn drop_repeated(orders: &mut Vec<Vec<u32>>) {
    let mut kept: Vec<Vec<u32>> = Vec::with_capacity(orders.len());
    for order in orders.drain(..) {
        if !kept.contains(&order) {
            kept.push(order);
        }
    }
    *orders = kept;
}

/// A number for each operand: by variable and by gate.
struct PerOperand {
    variables: Vec<u64>,
    gates: Vec<u64>,
}

impl PerOperand {
    fn of(&self, operand: Operand) -> u64 {
        match operand {
            Operand::Literal(literal) => self.variables[literal.variable as usize],
            Operand::Gate(gate) => self.gates[gate as usize],
        }
    }
}

/// The size of the tree below each operand if nothing were shared.
fn subtree_sizes(formula: &Formula) -> PerOperand {
    let variables = vec![1; formula.variables as usize];
    let mut sizes = PerOperand { variables, gates: Vec::with_capacity(formula.gates.len()) };
    for gate in formula.gates.iter() {
        let below = gate.operands.iter().map(|o| sizes.of(*o));
        let size = below.fold(1u64, |sum, size| sum.saturating_add(size));
        sizes.gates.push(size);
    }
    sizes
}

/// How many gates use each operand.
fn operand_uses(formula: &Formula) -> PerOperand {
    let mut uses = PerOperand {
        variables: vec![0; formula.variables as usize],
        gates: vec![0; formula.gates.len()],
    };
    for operand in formula.gates.operands() {
        match operand {
            Operand::Literal(literal) => uses.variables[literal.variable as usize] += 1,
            Operand::Gate(gate) => uses.gates[*gate as usize] += 1,
        }
    }
    uses
}

/// Numbers variables as they are met first.
struct Numbering {
    levels: Vec<u32>,
    next: u32,
}

impl Numbering {
    fn new(formula: &Formula) -> Numbering {
        Numbering { levels: vec![u32::MAX; formula.variables as usize], next: 0 }
    }

    fn meet(&mut self, variable: u32) {
        let level = &mut self.levels[variable as usize];
        if *level == u32::MAX {
            *level = self.next;
            self.next += 1;
        }
    }
}

/// Depth first, operands in ascending order of `key`, else as listed.
fn depth_first(formula: &Formula, key: impl Fn(Operand) -> u64) -> Vec<u32> {
    let mut numbering = Numbering::new(formula);
    let mut seen = vec![false; formula.gates.len()];
    let mut pending: Vec<Operand> = top_operand(formula).into_iter().collect();
    while let Some(operand) = pending.pop() {
        match operand {
            Operand::Literal(literal) => numbering.meet(literal.variable),
            Operand::Gate(gate) if !seen[gate as usize] => {
                seen[gate as usize] = true;
                let mut operands = formula.gates.get(gate as usize).operands.to_vec();
                operands.sort_by_key(|o| key(*o));
                pending.extend(operands.into_iter().rev());
            }
            Operand::Gate(_) => {}
        }
    }
    numbering.levels
}

fn breadth_first(formula: &Formula) -> Vec<u32> {
    let mut numbering = Numbering::new(formula);
    let mut seen = vec![false; formula.gates.len()];
    let mut queue: Vec<Operand> = top_operand(formula).into_iter().collect();
    let mut next = 0;
    while let Some(operand) = queue.get(next).copied() {
        next += 1;
        match operand {
            Operand::Literal(literal) => numbering.meet(literal.variable),
            Operand::Gate(gate) if !seen[gate as usize] => {
                seen[gate as usize] = true;
                queue.extend(formula.gates.get(gate as usize).operands);
            }
            Operand::Gate(_) => {}
        }
    }
    numbering.levels
}

fn top_operand(formula: &Formula) -> Option<Operand> {
    match formula.top {
        Term::Operand(operand) => Some(operand),
        Term::Constant(_) => None,
    }
}

/// The FORCE heuristic of Aloul, Markov and Sakallah (GLSVLSI 2003): a gate and
/// its operands pull each other together. Gates are placed like variables; the
/// best arrangement met, by the total span of the gates, gives the order.
fn force(formula: &Formula, start: &[u32]) -> Vec<u32> {
    let variables = start.len();
    let mut places = initial_places(formula, start);
    let mut best = (total_span(formula, variables, &places), start.to_vec());
    let mut idle = 0;
    for _ in 0..FORCE_ROUNDS {
        places = pull_together(formula, variables, &places);
        let span = total_span(formula, variables, &places);
        if span < best.0 {
            best = (span, ranks(&places[..variables]));
            idle = 0;
        } else {
            idle += 1;
            if idle == FORCE_PATIENCE {
                break;
            }
        }
    }
    best.1
}

/// The place of every variable, then of every gate: the mean of its operands.
fn initial_places(formula: &Formula, start: &[u32]) -> Vec<f64> {
    let mut places: Vec<f64> = start.iter().map(|level| f64::from(*level)).collect();
    for gate in formula.gates.iter() {
        let sum: f64 = gate.operands.iter().map(|o| places[vertex(*o, start.len())]).sum();
        places.push(sum / gate.operands.len() as f64);
    }
    ranks(&places).into_iter().map(f64::from).collect()
}

fn vertex(operand: Operand, variables: usize) -> usize {
    match operand {
        Operand::Literal(literal) => literal.variable as usize,
        Operand::Gate(gate) => variables + gate as usize,
    }
}

/// The vertices of the hyperedge of one gate: the gate and its operands.
fn edge(formula: &Formula, gate: usize, variables: usize) -> impl Iterator<Item = usize> + '_ {
    let operands = formula.gates.get(gate).operands.iter().map(move |o| vertex(*o, variables));
    std::iter::once(variables + gate).chain(operands)
}

fn pull_together(formula: &Formula, variables: usize, places: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; places.len()];
    let mut edges = vec![0u32; places.len()];
    for gate in 0..formula.gates.len() {
        let members = formula.gates.get(gate).operands.len() + 1;
        let total: f64 = edge(formula, gate, variables).map(|v| places[v]).sum();
        let centre = total / members as f64;
        for v in edge(formula, gate, variables) {
            sum[v] += centre;
            edges[v] += 1;
        }
    }
    let pulled: Vec<f64> = (0..places.len())
        .map(|v| if edges[v] == 0 { places[v] } else { sum[v] / f64::from(edges[v]) })
        .collect();
    ranks(&pulled).into_iter().map(f64::from).collect()
}

fn total_span(formula: &Formula, variables: usize, places: &[f64]) -> f64 {
    let span = |gate: usize| {
        let (low, high) = edge(formula, gate, variables)
            .map(|v| places[v])
            .fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p), high.max(p)));
        high - low
    };
    (0..formula.gates.len()).map(span).sum()
}

/// The rank of each value; equal values keep their order.
fn ranks(values: &[f64]) -> Vec<u32> {
    let mut by_value: Vec<usize> = (0..values.len()).collect();
    by_value.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    for (rank, index) in by_value.into_iter().enumerate() {
        ranks[index] = rank as u32;
    }
    ranks
}
