//! An expression as a topology of free components: gates become components that need
//! others, basic events become components with figures.
//!
//! Only without negations: a topology cannot say that a failure helps.

use std::fmt::Write;

use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::engine::{Event, Expr, NodeId, Probability, Shape};

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

/// The text of a topology whose service fails exactly if the top event occurs.
pub fn topology(
    top: &str,
    expr: &Expr,
    name: impl Fn(Event) -> String,
    probability: impl Fn(Event) -> Option<Probability>,
) -> Result<String, Refusal> {
    let mut taken: FxHashSet<String> = FxHashSet::default();
    taken.insert(top.to_owned());
    let mut components = String::new();
    let mut parts: Vec<Part> = Vec::with_capacity(expr.len());
    for event in expr.events() {
        taken.insert(name(event));
    }
    let mut gates = 0u64;
    for shape in expr.nodes() {
        let part = match shape {
            Shape::Constant(value) => Part::Constant(value),
            Shape::Not(_) => return Err(Refusal::Negation),
            Shape::Event(event) => Part::Named(name(event)),
            Shape::And(operands) => gate(operands.len(), operands, &parts)?,
            Shape::Or(operands) => gate(1, operands, &parts)?,
            Shape::AtLeast(k, operands) => gate(k as usize, operands, &parts)?,
        };
        let part = match part {
            Part::Needs(needs) => {
                let gate = free_name(&mut gates, &mut taken);
                let _ = writeln!(
                    components,
                    "  {}: {{ kind: gate, redundant: true, needs: [{needs}] }}",
                    quoted(&gate)
                );
                Part::Named(gate)
            }
            part => part,
        };
        parts.push(part);
    }
    let Some(Part::Named(root)) = parts.last() else { return Err(Refusal::Constant) };
    let mut out = String::from(
        "# From a fault tree. Where the tree gives a probability p, mtbf and mttr are chosen so\n\
         # that mttr / (mtbf + mttr) = p with a repair time of 8 hours; only p is the tree's.\n\
         failscope: 1\ncomponents:\n",
    );
    for event in expr.events() {
        let _ = writeln!(out, "  {}: {}", quoted(&name(event)), figures(probability(event)));
    }
    out.push_str(&components);
    let _ = write!(
        out,
        "services:\n  {}: {{ needs: [{}] }}\n",
        service(top, expr, &name),
        quoted(root)
    );
    Ok(out)
}

/// What a node is in the topology.
enum Part {
    Constant(bool),
    Named(String),
    /// A gate not yet named, by what it needs.
    Needs(String),
}

/// Fails if at least k of the operands do: needs all but k - 1 of them.
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
    let mut seen = FxHashSet::default();
    let is_repeated = !names.iter().all(|name| seen.insert(name.clone()));
    if is_repeated && k > 1 && !is_all {
        return Err(Refusal::Repeated);
    }
    let mut seen = FxHashSet::default();
    names.retain(|name| seen.insert(name.clone()));
    let k = if is_all { names.len() } else { k };
    Ok(match (k, names.as_slice()) {
        (0, _) => Part::Constant(true),
        (k, few) if few.len() < k => Part::Constant(false),
        (1, all) => Part::Needs(all.join(", ")),
        (k, all) if k == all.len() => Part::Needs(format!("{{ any: [{}] }}", all.join(", "))),
        (k, some) => Part::Needs(format!(
            "{{ at_least: {}, of: [{}] }}",
            some.len() + 1 - k,
            some.join(", ")
        )),
    })
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

fn free_name(gates: &mut u64, taken: &mut FxHashSet<String>) -> String {
    loop {
        *gates += 1;
        let name = format!("gate-{gates}");
        if taken.insert(name.clone()) {
            return name;
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
