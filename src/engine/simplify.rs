//! Makes a formula smaller before any diagram is built.
//!
//! 1. *Normal form*: negations move down to the literals (De Morgan; the dual of
//!    at-least-k of n is at-least-(n-k+1) of n) and constants are folded.
//! 2. *Rounds* while they pay: repeated operands become constants where
//!    they may (see [`assume`](super::assume)); a gate takes over the operands
//!    of a child of the same kind that nothing else uses; `a + a b = a` and
//!    `a (a + b) = a` absorb; `(a + b)(a + c) = a + b c` and its dual bring a
//!    shared operand out, which uncovers modules.
//!
//! Every step keeps the function; none is needed for correctness. Rules of this
//! kind go back to Niemelä, "On simplification of large fault trees" (Reliability
//! Engineering and System Safety 44, 1994).

use super::assume::assume;
use super::expr::{Event, Expr, ExprBuilder, NodeId, Shape};
use super::formula::{Formula, FormulaBuilder, Gate, Kind, Literal, Operand, Term};

/// Enough for every published model met so far; each round is linear.
const MAX_ROUNDS: usize = 8;

/// A round that saves less than this fraction of the formula is the last.
const WORTHWHILE: usize = 128;

/// A gate whose children list more operands than this is not factored: the
/// search for the most shared operand repeats per factor found.
const MAX_FACTOR_OPERANDS: usize = 5_000;

/// A simplified formula and the event that each of its variables stands for.
pub(super) fn simplify(expr: &Expr) -> (Formula, Vec<Event>) {
    let events = expr.events();
    let mut formula = normal_form(expr, &events);
    for _ in 0..MAX_ROUNDS {
        let before = formula.size();
        formula = round(&assume(formula));
        if formula.size() + before / WORTHWHILE >= before {
            break;
        }
    }
    (formula, events)
}

/// The same function without negations, if none is left after simplification. Events that turn out
/// not to matter are gone.
pub fn without_negations(expr: &Expr) -> Option<Expr> {
    let (formula, events) = simplify(expr);
    let mut builder = ExprBuilder::new();
    let mut gates: Vec<NodeId> = Vec::with_capacity(formula.gates.len());
    let node = |operand: &Operand, gates: &[NodeId], builder: &mut ExprBuilder| match operand {
        Operand::Literal(literal) if literal.negated => None,
        Operand::Literal(literal) => Some(builder.event(*events.get(literal.variable as usize)?)),
        Operand::Gate(gate) => gates.get(*gate as usize).copied(),
    };
    for gate in formula.gates.iter() {
        let below = gate.operands.iter().map(|operand| node(operand, &gates, &mut builder));
        let below = below.collect::<Option<Vec<NodeId>>>()?;
        gates.push(match gate.kind {
            Kind::And => builder.and(below),
            Kind::Or => builder.or(below),
            Kind::AtLeast(k) => builder.at_least(k, below),
        });
    }
    let top = match &formula.top {
        Term::Constant(value) => builder.constant(*value),
        Term::Operand(operand) => node(operand, &gates, &mut builder)?,
    };
    Some(builder.expr(top))
}

// --- Normal form -----------------------------------------------------------

/// What a node and its negation came down to, where they are used at all.
type Pair = [Option<Term>; 2];

const POSITIVE: usize = 0;
const NEGATIVE: usize = 1;

fn normal_form(expr: &Expr, events: &[Event]) -> Formula {
    let demanded = demanded_polarities(expr);
    let mut builder = FormulaBuilder::with_capacity(expr.len(), expr.operands());
    let mut terms: Vec<Pair> = Vec::with_capacity(expr.len());
    for (index, node) in expr.nodes().enumerate() {
        let mut pair = [None, None];
        for polarity in [POSITIVE, NEGATIVE] {
            if demanded[index][polarity] {
                pair[polarity] = Some(term(&node, polarity, &terms, events, &mut builder));
            }
        }
        terms.push(pair);
    }
    let top = terms.last().and_then(|pair| pair[POSITIVE]).unwrap_or(Term::Constant(false));
    builder.finish(top, events.len() as u32)
}

fn demanded_polarities(expr: &Expr) -> Vec<[bool; 2]> {
    let mut demanded = vec![[false; 2]; expr.len()];
    if let Some(top) = demanded.last_mut() {
        top[POSITIVE] = true;
    }
    for (index, node) in expr.nodes().enumerate().rev() {
        let [positive, negative] = demanded[index];
        let flip = matches!(node, Shape::Not(_));
        for operand in node.operands() {
            let below = &mut demanded[operand.index()];
            below[POSITIVE] |= if flip { negative } else { positive };
            below[NEGATIVE] |= if flip { positive } else { negative };
        }
    }
    demanded
}

fn term(
    node: &Shape<'_>,
    polarity: usize,
    terms: &[Pair],
    events: &[Event],
    builder: &mut FormulaBuilder,
) -> Term {
    let negated = polarity == NEGATIVE;
    let below = |polarity: usize| {
        node.operands()
            .iter()
            .map(move |o| terms[o.index()][polarity].unwrap_or(Term::Constant(false)))
    };
    match *node {
        Shape::Constant(value) => Term::Constant(value != negated),
        Shape::Event(event) => Term::Operand(Operand::Literal(literal(event, negated, events))),
        Shape::Not(operand) => {
            terms[operand.index()][1 - polarity].unwrap_or(Term::Constant(false))
        }
        Shape::And(_) => builder.add(if negated { Kind::Or } else { Kind::And }, below(polarity)),
        Shape::Or(_) => builder.add(if negated { Kind::And } else { Kind::Or }, below(polarity)),
        Shape::AtLeast(k, operands) => {
            let n = operands.len() as u32;
            match (negated, k > n) {
                (false, _) => builder.add(Kind::AtLeast(k), below(polarity)),
                (true, true) => Term::Constant(true),
                (true, false) => builder.add(Kind::AtLeast(n - k + 1), below(polarity)),
            }
        }
    }
}

fn literal(event: Event, negated: bool, events: &[Event]) -> Literal {
    let variable = events.partition_point(|known| *known < event) as u32;
    Literal { variable, negated }
}

// --- One round -------------------------------------------------------------

fn round(formula: &Formula) -> Formula {
    let uses = formula.gate_uses();
    let dissolved = dissolved_gates(formula, &uses);
    let mut rewriter = Rewriter { builder: FormulaBuilder::like(formula), users: Vec::new() };
    let mut terms: Vec<Term> = Vec::with_capacity(formula.gates.len());
    let mut scratch = Scratch::default();
    for (index, gate) in formula.gates.iter().enumerate() {
        if dissolved[index] {
            // Its user looks through it, at its operands.
            terms.push(Term::Constant(false));
            continue;
        }
        let operands = scratch.operands_through(formula, gate, &dissolved);
        let term = rewriter.rewrite(gate.kind, operands, &terms);
        if let Term::Operand(Operand::Gate(made)) = term {
            rewriter.used(made, uses[index]);
        }
        terms.push(term);
    }
    let top = rewritten(formula.top, &terms);
    rewriter.builder.finish(top, formula.variables)
}

/// The gates whose only user is a gate of the same kind.
fn dissolved_gates(formula: &Formula, uses: &[u32]) -> Vec<bool> {
    let mut dissolved = vec![false; formula.gates.len()];
    for gate in formula.gates.iter().filter(|gate| !matches!(gate.kind, Kind::AtLeast(_))) {
        for operand in gate.operands {
            if let Operand::Gate(below) = *operand {
                let below = below as usize;
                dissolved[below] |= uses[below] == 1 && formula.gates.get(below).kind == gate.kind;
            }
        }
    }
    dissolved
}

/// Lists that are filled anew for each gate.
#[derive(Default)]
struct Scratch {
    found: Vec<Operand>,
    pending: Vec<Operand>,
}

impl Scratch {
    /// The operands of a gate, with those of dissolved gates in their place. Each
    /// is copied once, however long the chain of dissolved gates.
    fn operands_through<'s>(
        &'s mut self,
        formula: &'s Formula,
        gate: Gate<'s>,
        dissolved: &[bool],
    ) -> &'s [Operand] {
        let is_dissolved = |o: &Operand| matches!(*o, Operand::Gate(g) if dissolved[g as usize]);
        if !gate.operands.iter().any(is_dissolved) {
            return gate.operands;
        }
        self.found.clear();
        self.pending.extend(gate.operands);
        while let Some(operand) = self.pending.pop() {
            match operand {
                Operand::Gate(below) if dissolved[below as usize] => {
                    self.pending.extend(formula.gates.get(below as usize).operands);
                }
                other => self.found.push(other),
            }
        }
        &self.found
    }
}

fn rewritten(term: Term, terms: &[Term]) -> Term {
    match term {
        Term::Operand(Operand::Gate(gate)) => terms[gate as usize],
        other => other,
    }
}

struct Rewriter {
    builder: FormulaBuilder,
    /// How many users the new gates are known to have, up to two.
    users: Vec<u8>,
}

impl Rewriter {
    fn rewrite(&mut self, kind: Kind, operands: &[Operand], terms: &[Term]) -> Term {
        let operands = operands.iter().map(|o| rewritten(Term::Operand(*o), terms));
        match self.builder.add(kind, operands) {
            Term::Operand(Operand::Gate(made)) => self.improve(made),
            decided => decided,
        }
    }

    /// Notes that a new gate has so many users, besides those noted before.
    fn used(&mut self, gate: u32, users: u32) {
        let gate = gate as usize;
        if self.users.len() <= gate {
            self.users.resize(gate + 1, 0);
        }
        self.users[gate] = (u32::from(self.users[gate]) + users).min(2) as u8;
    }

    /// Whether a new gate has exactly one user, so that it may be dissolved.
    fn is_private(&self, gate: u32) -> bool {
        self.users.get(gate as usize) == Some(&1)
    }

    /// Absorption and factoring on a fresh *and* or *or* gate.
    fn improve(&mut self, gate: u32) -> Term {
        let Gate { kind, operands } = self.builder.gate(gate);
        if !operands.iter().any(|operand| self.opposite(kind, *operand).is_some()) {
            return Term::Operand(Operand::Gate(gate));
        }
        let operands = operands.to_vec();
        let kept = self.absorb(kind, &operands);
        let factored = self.factor(kind, kept);
        if factored == operands {
            return Term::Operand(Operand::Gate(gate));
        }
        self.builder.add(kind, factored.into_iter().map(Term::Operand))
    }

    /// Drops children of the opposite kind that hold another operand.
    fn absorb(&self, kind: Kind, operands: &[Operand]) -> Vec<Operand> {
        let absorbed = |operand: &Operand| match self.opposite(kind, *operand) {
            Some(child) => child.operands.iter().any(|o| operands.binary_search(o).is_ok()),
            None => false,
        };
        operands.iter().copied().filter(|operand| !absorbed(operand)).collect()
    }

    /// `(a + b)(a + c) d` to `(a + b c) d`, most frequent operand first.
    fn factor(&mut self, kind: Kind, mut operands: Vec<Operand>) -> Vec<Operand> {
        while let Some(common) = self.most_shared(kind, &operands) {
            let (with, mut rest): (Vec<Operand>, Vec<Operand>) =
                operands.iter().partition(|operand| {
                    self.private_opposite(kind, **operand)
                        .is_some_and(|child| child.operands.contains(&common))
                });
            match self.bring_out(kind, common, &with) {
                Term::Operand(operand) => rest.push(operand),
                Term::Constant(_) => return operands,
            }
            operands = rest;
        }
        operands
    }

    fn bring_out(&mut self, kind: Kind, common: Operand, children: &[Operand]) -> Term {
        let mut remainders = Vec::with_capacity(children.len());
        for child in children {
            let Some(gate) = self.opposite(kind, *child) else {
                continue;
            };
            let (kind, operands) = (gate.kind, gate.operands.to_vec());
            let others = operands.into_iter().filter(|operand| *operand != common);
            remainders.push(self.add_private(kind, others.map(Term::Operand)));
        }
        let inner = self.add_private(kind, remainders);
        let outer = if kind == Kind::And { Kind::Or } else { Kind::And };
        self.add_private(outer, [Term::Operand(common), inner])
    }

    /// Adds a gate for one user.
    fn add_private(&mut self, kind: Kind, terms: impl IntoIterator<Item = Term>) -> Term {
        let term = self.builder.add(kind, terms);
        if let Term::Operand(Operand::Gate(made)) = term {
            self.used(made, 1);
        }
        term
    }

    /// The operand that most of the private opposite children hold, if two do.
    /// Among equals the smallest, so that the result does not depend on hashes.
    fn most_shared(&self, kind: Kind, operands: &[Operand]) -> Option<Operand> {
        let children = operands.iter().filter_map(|o| self.private_opposite(kind, *o));
        let sizes = children.clone().map(|child| child.operands.len());
        let (count, total) = sizes.fold((0, 0), |(count, total), size| (count + 1, total + size));
        if count < 2 || total > MAX_FACTOR_OPERANDS {
            return None;
        }
        let mut held: Vec<Operand> =
            children.flat_map(|child| child.operands.iter().copied()).collect();
        held.sort_unstable();
        let mut most: Option<(usize, Operand)> = None;
        for same in held.chunk_by(|a, b| a == b).filter(|same| same.len() >= 2) {
            if most.is_none_or(|(count, _)| same.len() > count) {
                most = Some((same.len(), same[0]));
            }
        }
        most.map(|(_, operand)| operand)
    }

    /// The gate behind an operand if it is *or* under *and*, or *and* under *or*.
    fn opposite(&self, kind: Kind, operand: Operand) -> Option<Gate<'_>> {
        let Operand::Gate(index) = operand else {
            return None;
        };
        let gate = self.builder.gate(index);
        match (kind, gate.kind) {
            (Kind::And, Kind::Or) | (Kind::Or, Kind::And) => Some(gate),
            _ => None,
        }
    }

    fn private_opposite(&self, kind: Kind, operand: Operand) -> Option<Gate<'_>> {
        match operand {
            Operand::Gate(index) if self.is_private(index) => self.opposite(kind, operand),
            _ => None,
        }
    }
}
