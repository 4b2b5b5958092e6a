//! An expression as a topology of free components: gates become components that need
//! others, basic events become components with figures.
//!
//! Only without negations: a topology cannot say that a failure helps. Those that go away when the
//! expression is simplified do no harm.

use std::fmt::Write;

use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::engine::{Event, Expr, NodeId, Probability, Shape, without_negations};

/// Repair time, in hours, of events of which only a probability is known.
const REPAIR: f64 = 8.0;

/// Why an expression is no topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error(
        "the tree has negations; a topology cannot say that a failure helps. \
         `cuts` and `availability` read the tree itself"
    )]
    Negation,
    #[error("an at-least gate lists an operand twice; a topology counts each once")]
    Repeated,
    #[error("the top event always or never occurs; there is nothing to write")]
    Constant,
}

const HEAD: &str = "\
# From a fault tree. Where the tree gives a probability p, mtbf and mttr are chosen so
# that mttr / (mtbf + mttr) = p with a repair time of 8 hours; only p is the tree's.
failscope: 1
components:
";

/// The text of a topology whose service fails exactly if the top event occurs.
pub fn topology(
    top: &str,
    expr: &Expr,
    name: impl Fn(Event) -> String,
    probability: impl Fn(Event) -> Option<Probability>,
) -> Result<String, Refusal> {
    let is_negated = expr.nodes().any(|node| matches!(node, Shape::Not(_)));
    let simpler = match is_negated {
        true => Some(without_negations(expr).ok_or(Refusal::Negation)?),
        false => None,
    };
    let expr = simpler.as_ref().unwrap_or(expr);
    let (gates, root) = gates(top, expr, &name)?;
    let mut out = String::from(HEAD);
    for event in expr.events() {
        let _ = writeln!(out, "  {}: {}", quoted(&name(event)), figures(probability(event)));
    }
    out.push_str(&gates);
    let service = service(top, expr, &name);
    let _ = write!(out, "services:\n  {service}: {{ needs: [{}] }}\n", quoted(&root));
    Ok(out)
}

/// The lines of the gates, and the name of what the service needs.
fn gates(
    top: &str,
    expr: &Expr,
    name: &impl Fn(Event) -> String,
) -> Result<(String, String), Refusal> {
    let mut names = GateNames::beside(top, expr, name);
    let mut lines = String::new();
    let mut parts: Vec<Part> = Vec::with_capacity(expr.len());
    for shape in expr.nodes() {
        let part = match part(shape, name, &parts)? {
            Part::Needs(needs) => {
                let gate = names.fresh();
                let quoted = quoted(&gate);
                let _ = writeln!(
                    lines,
                    "  {quoted}: {{ kind: gate, redundant: true, needs: [{needs}] }}"
                );
                Part::Named(gate)
            }
            part => part,
        };
        parts.push(part);
    }
    match parts.pop() {
        Some(Part::Named(root)) => Ok((lines, root)),
        _ => Err(Refusal::Constant),
    }
}

/// What a node is in the topology.
enum Part {
    Constant(bool),
    Named(String),
    /// A gate not yet named, by what it needs.
    Needs(String),
}

fn part(
    shape: Shape<'_>,
    name: &impl Fn(Event) -> String,
    parts: &[Part],
) -> Result<Part, Refusal> {
    match shape {
        Shape::Constant(value) => Ok(Part::Constant(value)),
        Shape::Not(_) => Err(Refusal::Negation),
        Shape::Event(event) => Ok(Part::Named(name(event))),
        Shape::And(operands) => gate(operands.len(), operands, parts),
        Shape::Or(operands) => gate(1, operands, parts),
        Shape::AtLeast(k, operands) => gate(k as usize, operands, parts),
    }
}

/// Fails if at least k of the operands do.
fn gate(k: usize, operands: &[NodeId], parts: &[Part]) -> Result<Part, Refusal> {
    let (mut certain, mut names) = (0, Vec::new());
    for operand in operands {
        match &parts[operand.index()] {
            Part::Constant(true) => certain += 1,
            Part::Named(name) => names.push(quoted(name)),
            Part::Constant(false) | Part::Needs(_) => {}
        }
    }
    let k = k.saturating_sub(certain);
    let is_all = k == names.len();
    let listed = names.len();
    let mut seen = FxHashSet::default();
    names.retain(|name| seen.insert(name.clone()));
    if names.len() < listed && k > 1 && !is_all {
        return Err(Refusal::Repeated);
    }
    Ok(failing(if is_all { names.len() } else { k }, &names))
}

/// What fails if at least k of the names do needs all but k - 1 of them.
fn failing(k: usize, names: &[String]) -> Part {
    let list = names.join(", ");
    match k {
        0 => Part::Constant(true),
        k if names.len() < k => Part::Constant(false),
        1 => Part::Needs(list),
        k if k == names.len() => Part::Needs(format!("{{ any: [{list}] }}")),
        k => Part::Needs(format!("{{ at_least: {}, of: [{list}] }}", names.len() + 1 - k)),
    }
}

fn figures(probability: Option<Probability>) -> String {
    match probability.map(Probability::value) {
        None => "{ kind: basic event }".to_owned(),
        Some(0.0) => "{ kind: basic event, availability: 100% }".to_owned(),
        Some(p) => {
            let up = REPAIR * (1.0 - p) / p;
            format!("{{ kind: basic event, mtbf: {up}h, mttr: {REPAIR}h }}")
        }
    }
}

/// Names for gates that nothing else in the topology has.
struct GateNames {
    used: u64,
    taken: FxHashSet<String>,
}

impl GateNames {
    fn beside(top: &str, expr: &Expr, name: &impl Fn(Event) -> String) -> GateNames {
        let mut taken: FxHashSet<String> = expr.events().into_iter().map(name).collect();
        taken.insert(top.to_owned());
        GateNames { used: 0, taken }
    }

    fn fresh(&mut self) -> String {
        loop {
            self.used += 1;
            let name = format!("gate-{}", self.used);
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The service is called like the top event unless a basic event is.
fn service(top: &str, expr: &Expr, name: &impl Fn(Event) -> String) -> String {
    match expr.events().into_iter().any(|event| name(event) == top) {
        true => quoted(&format!("service {top}")),
        false => quoted(top),
    }
}

/// A double-quoted YAML scalar.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
