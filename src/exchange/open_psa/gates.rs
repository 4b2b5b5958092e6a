//! Builds gates, operands before users, on a stack of their own.

use rustc_hash::FxHashSet;

use super::definitions::{Definitions, GateDefinition};
use super::error::{Error, Problem};
use super::expression::only_argument;
use super::model::{FaultTree, Gate, Model};
use super::reader::{MAX_NESTING, Meaning, Names, Place, arguments, attribute, truth};
use crate::engine::NodeId;

/// Builds every gate, then says which of them are the tops of their trees.
pub(super) fn define_gates<'a>(
    definitions: &Definitions<'a, '_>,
    names: &Names<'a>,
    model: &mut Model,
) -> Result<(), Error> {
    let made = GateBuilder::new(definitions, names, model).build_all()?;
    find_tops(definitions, names, &made, model);
    Ok(())
}

struct GateBuilder<'d, 'a, 'input, 'm> {
    definitions: &'d Definitions<'a, 'input>,
    names: &'d Names<'a>,
    model: &'m mut Model,
    states: Vec<GateState>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GateState {
    Untouched,
    /// On the stack: meeting it again is a cycle.
    Waiting,
    /// The position among the model's gates.
    Done(usize),
}

impl<'d, 'a, 'input, 'm> GateBuilder<'d, 'a, 'input, 'm> {
    fn new(
        definitions: &'d Definitions<'a, 'input>,
        names: &'d Names<'a>,
        model: &'m mut Model,
    ) -> GateBuilder<'d, 'a, 'input, 'm> {
        let states = vec![GateState::Untouched; definitions.gates.len()];
        GateBuilder { definitions, names, model, states }
    }

    /// For each definition the position of its gate in the model.
    fn build_all(mut self) -> Result<Vec<usize>, Error> {
        for gate in 0..self.definitions.gates.len() {
            self.build_below(gate)?;
        }
        let done = |state: &GateState| match state {
            GateState::Done(position) => *position,
            _ => 0,
        };
        Ok(self.states.iter().map(done).collect())
    }

    /// Builds a gate after all gates that it uses.
    fn build_below(&mut self, root: usize) -> Result<(), Error> {
        let mut stack = vec![root];
        while let Some(gate) = stack.last().copied() {
            if self.states[gate] == GateState::Untouched {
                self.states[gate] = GateState::Waiting;
                self.push_operands(gate, &mut stack)?;
                continue;
            }
            stack.pop();
            if self.states[gate] == GateState::Waiting {
                self.build_gate(gate)?;
            }
        }
        Ok(())
    }

    fn push_operands(&self, gate: usize, stack: &mut Vec<usize>) -> Result<(), Error> {
        let definition = &self.definitions.gates[gate];
        for reference in references(definition.place) {
            if let Some(Meaning::Gate(below)) = self.names.get(reference) {
                match self.states[*below] {
                    GateState::Untouched => stack.push(*below),
                    GateState::Waiting => {
                        let name = (*reference).to_owned();
                        return Err(definition.place.error(Problem::Cycle(name)));
                    }
                    GateState::Done(_) => {}
                }
            }
        }
        Ok(())
    }

    fn build_gate(&mut self, gate: usize) -> Result<(), Error> {
        let GateDefinition { name, fault_tree, place } = self.definitions.gates[gate];
        let node = self.formula(only_argument(place)?, 0)?;
        self.states[gate] = GateState::Done(self.model.gates.len());
        self.model.gates.push(Gate { name: name.to_owned(), fault_tree, node });
        Ok(())
    }

    /// A formula, bounded by [`MAX_NESTING`].
    fn formula(&mut self, place: Place<'a, 'input>, depth: usize) -> Result<NodeId, Error> {
        if depth > MAX_NESTING {
            return Err(place.error(Problem::TooDeep(MAX_NESTING)));
        }
        match place.tag() {
            tag if is_reference(tag) => return self.reference(place),
            "constant" => return Ok(self.model.graph.constant(truth(place)?)),
            _ => {}
        }
        let mut below = Vec::new();
        for operand in arguments(place.node) {
            below.push(self.formula(place.at(operand), depth + 1)?);
        }
        self.connective(place, below)
    }

    fn reference(&mut self, place: Place<'a, 'input>) -> Result<NodeId, Error> {
        let name = attribute(place, "name")?;
        match self.names.get(name) {
            Some(Meaning::Node(node)) => Ok(*node),
            Some(Meaning::Gate(gate)) => match self.states[*gate] {
                GateState::Done(position) => Ok(self.model.gates[position].node),
                _ => Err(place.error(Problem::Cycle(name.to_owned()))),
            },
            None => Err(place.error(Problem::Undefined(name.to_owned()))),
        }
    }

    fn connective(
        &mut self,
        place: Place<'a, 'input>,
        below: Vec<NodeId>,
    ) -> Result<NodeId, Error> {
        let (plain, is_negated) = match place.tag() {
            "nand" => ("and", true),
            "nor" => ("or", true),
            "iff" => ("xor", true),
            tag => (tag, false),
        };
        let graph = &mut self.model.graph;
        let node = match (plain, below.as_slice()) {
            ("and", [_, ..]) => graph.and(below),
            ("or", [_, ..]) => graph.or(below),
            ("not", [operand]) => graph.not(*operand),
            ("xor", [a, b]) => graph.xor(*a, *b),
            ("imply", [a, b]) => {
                let not_a = graph.not(*a);
                graph.or([not_a, *b])
            }
            ("atleast", [_, ..]) => {
                graph.at_least(number_attribute(place, "min", below.len())?, below)
            }
            ("cardinality", [_, ..]) => return self.cardinality(place, below),
            (_, operands) => return Err(wrong_operands(place, operands.len())),
        };
        Ok(if is_negated { graph.not(node) } else { node })
    }

    /// At least `min` of the operands and at most `max`.
    fn cardinality(
        &mut self,
        place: Place<'a, 'input>,
        below: Vec<NodeId>,
    ) -> Result<NodeId, Error> {
        let min = number_attribute(place, "min", below.len())?;
        let max = number_attribute(place, "max", below.len())?;
        let graph = &mut self.model.graph;
        let enough = graph.at_least(min, below.clone());
        let too_many = graph.at_least(max.saturating_add(1), below);
        let not_too_many = graph.not(too_many);
        Ok(graph.and([enough, not_too_many]))
    }
}

fn wrong_operands(place: Place<'_, '_>, found: usize) -> Error {
    let name = place.tag();
    let expected = match name {
        "and" | "or" | "nand" | "nor" | "atleast" | "cardinality" => "at least one operand",
        "not" => "one operand",
        "xor" | "iff" | "imply" => "two operands",
        _ => return place.error(Problem::Unsupported(name.to_owned())),
    };
    let (element, expected) = (name.to_owned(), expected.to_owned());
    place.error(Problem::Arity { element, expected, found })
}

/// A number of operands, at most as many as there are.
fn number_attribute(
    place: Place<'_, '_>,
    name: &'static str,
    operands: usize,
) -> Result<u32, Error> {
    let text = attribute(place, name)?;
    match text.trim().parse::<u32>() {
        Ok(number) if number as usize <= operands => Ok(number),
        _ => Err(place.error(Problem::BadAttribute { attribute: name, value: text.to_owned() })),
    }
}

fn is_reference(tag: &str) -> bool {
    matches!(tag, "event" | "gate" | "basic-event" | "house-event")
}

/// The names that a gate's formula refers to, in the order of the text.
fn references<'a>(gate: Place<'a, '_>) -> impl Iterator<Item = &'a str> {
    gate.node
        .descendants()
        .filter(|node| is_reference(node.tag_name().name()))
        .filter_map(|node| node.attribute("name"))
}

/// The tops of a tree are the gates that no other gate of the tree refers to.
fn find_tops(
    definitions: &Definitions<'_, '_>,
    names: &Names<'_>,
    made: &[usize],
    model: &mut Model,
) {
    let mut used: FxHashSet<usize> = FxHashSet::default();
    for gate in &definitions.gates {
        for reference in references(gate.place) {
            if let Some(Meaning::Gate(below)) = names.get(reference)
                && definitions.gates[*below].fault_tree == gate.fault_tree
            {
                used.insert(*below);
            }
        }
    }
    let trees = definitions.fault_trees.iter();
    model.fault_trees =
        trees.map(|name| FaultTree { name: (*name).to_owned(), tops: Vec::new() }).collect();
    for (index, gate) in definitions.gates.iter().enumerate() {
        if !used.contains(&index) {
            model.fault_trees[gate.fault_tree].tops.push(made[index]);
        }
    }
}
