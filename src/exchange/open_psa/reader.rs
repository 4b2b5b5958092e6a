//! Reads one model from one or several documents.
//!
//! Definitions may come in any order and in any document, so all names are
//! collected first; then gates are built, operands before users, on a stack of
//! their own. Negations and the like become *and*, *or*, *not* and at-least.

use roxmltree::{Document, Node, ParsingOptions};
use rustc_hash::{FxHashMap, FxHashSet};

use super::error::{Error, Problem};
use super::expression::{Evaluator, only_argument};
use super::groups::define_groups;
use super::model::{BasicEvent, FaultTree, Gate, HouseEvent, Model};
use crate::engine::{Event, NodeId, Probability};

/// How deep formulas and expressions may be nested.
pub(super) const MAX_NESTING: usize = 100;

/// What a document does not say itself, and limits on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The mission time in hours, for expressions that use it. A year unless
    /// set.
    pub mission_time: f64,
    /// The largest document accepted, in bytes.
    pub max_bytes: usize,
    /// The largest number of XML nodes in a document.
    pub max_nodes: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options { mission_time: 8760.0, max_bytes: 256 << 20, max_nodes: 20_000_000 }
    }
}

/// Reads the documents that together make one model.
pub fn read(documents: &[&str], options: &Options) -> Result<Model, Error> {
    let mut parsed = Vec::with_capacity(documents.len());
    for (index, text) in documents.iter().enumerate() {
        parsed.push(parse(index, text, options)?);
    }
    let mut definitions = Definitions::default();
    for (index, document) in parsed.iter().enumerate() {
        definitions.collect_root(Place { document: index, node: document.root_element() })?;
    }
    build(definitions, options)
}

fn parse<'t>(index: usize, text: &'t str, options: &Options) -> Result<Document<'t>, Error> {
    let failed = |line, column, problem| Error { document: index, line, column, problem };
    if text.len() > options.max_bytes {
        return Err(failed(1, 1, Problem::TooLarge(options.max_bytes)));
    }
    let limits = ParsingOptions { nodes_limit: options.max_nodes, ..ParsingOptions::default() };
    Document::parse_with_options(text, limits).map_err(|error| {
        let at = error.pos();
        failed(at.row, at.col, Problem::Xml(error.to_string()))
    })
}

/// An element of one of the documents.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, 'input> {
    pub(super) document: usize,
    pub(super) node: Node<'a, 'input>,
}

impl<'a, 'input> Place<'a, 'input> {
    /// Another element of the same document.
    pub(super) fn at(self, node: Node<'a, 'input>) -> Place<'a, 'input> {
        Place { node, ..self }
    }

    pub(super) fn error(self, problem: Problem) -> Error {
        let at = self.node.document().text_pos_at(self.node.range().start);
        Error { document: self.document, line: at.row, column: at.col, problem }
    }

    pub(super) fn tag(self) -> &'a str {
        self.node.tag_name().name()
    }
}

/// The children that carry meaning: no text, labels or attribute lists.
pub(super) fn arguments<'a, 'input>(
    node: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children()
        .filter(Node::is_element)
        .filter(|child| !matches!(child.tag_name().name(), "label" | "attributes"))
}

pub(super) fn attribute<'a>(place: Place<'a, '_>, name: &'static str) -> Result<&'a str, Error> {
    place.node.attribute(name).ok_or_else(|| {
        let element = place.tag().to_owned();
        place.error(Problem::MissingAttribute { element, attribute: name })
    })
}

// --- Collecting definitions ------------------------------------------------

/// Everything that has a name, in the order of the documents.
#[derive(Default)]
struct Definitions<'a, 'input> {
    fault_trees: Vec<&'a str>,
    gates: Vec<GateDefinition<'a, 'input>>,
    basic_events: Vec<(&'a str, Place<'a, 'input>)>,
    house_events: Vec<(&'a str, Place<'a, 'input>)>,
    parameters: Vec<(&'a str, Place<'a, 'input>)>,
    groups: Vec<(&'a str, Place<'a, 'input>)>,
}

struct GateDefinition<'a, 'input> {
    name: &'a str,
    fault_tree: usize,
    place: Place<'a, 'input>,
}

impl<'a, 'input> Definitions<'a, 'input> {
    fn collect_root(&mut self, root: Place<'a, 'input>) -> Result<(), Error> {
        if root.tag() != "opsa-mef" {
            return Err(root.error(Problem::NotOpenPsa(root.tag().to_owned())));
        }
        for child in arguments(root.node) {
            let place = root.at(child);
            match place.tag() {
                "define-fault-tree" => self.collect_fault_tree(place)?,
                "model-data" => {
                    for datum in arguments(child) {
                        self.collect_datum(root.at(datum))?;
                    }
                }
                "define-CCF-group" => self.groups.push((attribute(place, "name")?, place)),
                other => return Err(place.error(Problem::Unsupported(other.to_owned()))),
            }
        }
        Ok(())
    }

    /// A fault tree with its components, which are only a way to sort gates.
    fn collect_fault_tree(&mut self, tree: Place<'a, 'input>) -> Result<(), Error> {
        let fault_tree = self.fault_trees.len();
        self.fault_trees.push(attribute(tree, "name")?);
        let mut pending = vec![tree.node];
        while let Some(container) = pending.pop() {
            for child in arguments(container) {
                let place = tree.at(child);
                match place.tag() {
                    "define-component" => pending.push(child),
                    "define-gate" => {
                        refuse_private(place)?;
                        let name = attribute(place, "name")?;
                        self.gates.push(GateDefinition { name, fault_tree, place });
                    }
                    "define-CCF-group" => self.groups.push((attribute(place, "name")?, place)),
                    _ => self.collect_datum(place)?,
                }
            }
        }
        Ok(())
    }

    fn collect_datum(&mut self, place: Place<'a, 'input>) -> Result<(), Error> {
        let list = match place.tag() {
            "define-basic-event" => &mut self.basic_events,
            "define-house-event" => &mut self.house_events,
            "define-parameter" => &mut self.parameters,
            other => return Err(place.error(Problem::Unsupported(other.to_owned()))),
        };
        refuse_private(place)?;
        list.push((attribute(place, "name")?, place));
        Ok(())
    }
}

fn refuse_private(place: Place<'_, '_>) -> Result<(), Error> {
    match place.node.attribute("role") {
        None | Some("public") => Ok(()),
        Some(role) => {
            Err(place.error(Problem::BadAttribute { attribute: "role", value: role.to_owned() }))
        }
    }
}

// --- Building the model ----------------------------------------------------

/// What a name in a formula stands for.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    Gate(usize),
    Node(NodeId),
}

fn build(definitions: Definitions<'_, '_>, options: &Options) -> Result<Model, Error> {
    let mut model = Model::default();
    let parameters = index_unique(&definitions.parameters)?;
    let mut evaluator = Evaluator::new(parameters, options.mission_time);
    let mut names = FxHashMap::default();
    define_events(&definitions, &mut evaluator, &mut model, &mut names)?;
    define_house_events(&definitions, &mut model, &mut names)?;
    define_groups(&definitions.groups, &mut evaluator, &mut model, &mut names)?;
    for (index, gate) in definitions.gates.iter().enumerate() {
        define(&mut names, gate.name, Meaning::Gate(index), gate.place)?;
    }
    let made = GateBuilder::new(&definitions, &names, &mut model).build_all()?;
    find_tops(&definitions, &names, &made, &mut model);
    Ok(model)
}

pub(super) type Names<'a> = FxHashMap<&'a str, Meaning>;

pub(super) fn define<'a>(
    names: &mut Names<'a>,
    name: &'a str,
    meaning: Meaning,
    place: Place<'_, '_>,
) -> Result<(), Error> {
    match names.insert(name, meaning) {
        None => Ok(()),
        Some(_) => Err(place.error(Problem::Duplicate(name.to_owned()))),
    }
}

pub(super) fn index_unique<'a, 'input>(
    definitions: &[(&'a str, Place<'a, 'input>)],
) -> Result<FxHashMap<&'a str, Place<'a, 'input>>, Error> {
    let mut index = FxHashMap::default();
    for (name, place) in definitions {
        if index.insert(*name, *place).is_some() {
            return Err(place.error(Problem::Duplicate((*name).to_owned())));
        }
    }
    Ok(index)
}

fn define_events<'a, 'input>(
    definitions: &Definitions<'a, 'input>,
    evaluator: &mut Evaluator<'a, 'input>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<(), Error> {
    for (name, place) in &definitions.basic_events {
        let probability = match arguments(place.node).next() {
            None => None,
            Some(_) => Some(probability(only_argument(*place)?, evaluator)?),
        };
        let node = add_event(model, name, probability);
        define(names, name, Meaning::Node(node), *place)?;
    }
    Ok(())
}

pub(super) fn add_event(model: &mut Model, name: &str, probability: Option<Probability>) -> NodeId {
    let event = Event(model.events.len() as u32);
    model.events.push(BasicEvent { name: name.to_owned(), probability });
    model.graph.event(event)
}

pub(super) fn probability<'a, 'input>(
    expression: Place<'a, 'input>,
    evaluator: &mut Evaluator<'a, 'input>,
) -> Result<Probability, Error> {
    let value = evaluator.value(expression)?;
    Probability::new(value).map_err(|error| expression.error(error.into()))
}

fn define_house_events<'a>(
    definitions: &Definitions<'a, '_>,
    model: &mut Model,
    names: &mut Names<'a>,
) -> Result<(), Error> {
    for (name, place) in &definitions.house_events {
        let value = match arguments(place.node).next() {
            None => false,
            Some(constant) => truth(place.at(constant))?,
        };
        let node = model.graph.constant(value);
        model.house_events.push(HouseEvent { name: (*name).to_owned(), node });
        define(names, name, Meaning::Node(node), *place)?;
    }
    Ok(())
}

fn truth(constant: Place<'_, '_>) -> Result<bool, Error> {
    if constant.tag() != "constant" {
        return Err(constant.error(Problem::Unsupported(constant.tag().to_owned())));
    }
    match attribute(constant, "value")? {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => {
            Err(constant
                .error(Problem::BadAttribute { attribute: "value", value: other.to_owned() }))
        }
    }
}

// --- Gates -----------------------------------------------------------------

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
            "event" | "gate" | "basic-event" | "house-event" => return self.reference(place),
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
        let graph = &mut self.model.graph;
        match (place.tag(), below.as_slice()) {
            ("and", [_, ..]) => Ok(graph.and(below)),
            ("or", [_, ..]) => Ok(graph.or(below)),
            ("not", [operand]) => Ok(graph.not(*operand)),
            ("nand", [_, ..]) => {
                let all = graph.and(below);
                Ok(graph.not(all))
            }
            ("nor", [_, ..]) => {
                let any = graph.or(below);
                Ok(graph.not(any))
            }
            ("xor", [a, b]) => Ok(graph.xor(*a, *b)),
            ("iff", [a, b]) => {
                let differ = graph.xor(*a, *b);
                Ok(graph.not(differ))
            }
            ("imply", [a, b]) => {
                let not_a = graph.not(*a);
                Ok(graph.or([not_a, *b]))
            }
            ("atleast", [_, ..]) => {
                let min = number_attribute(place, "min", below.len())?;
                Ok(graph.at_least(min, below))
            }
            ("cardinality", [_, ..]) => {
                let min = number_attribute(place, "min", below.len())?;
                let max = number_attribute(place, "max", below.len())?;
                let enough = graph.at_least(min, below.clone());
                let too_many = graph.at_least(max.saturating_add(1), below);
                let not_too_many = graph.not(too_many);
                Ok(graph.and([enough, not_too_many]))
            }
            (name, operands) => Err(wrong_operands(name, operands.len(), place)),
        }
    }
}

fn wrong_operands(name: &str, found: usize, place: Place<'_, '_>) -> Error {
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

/// The names that a gate's formula refers to, in the order of the text.
fn references<'a>(gate: Place<'a, '_>) -> impl Iterator<Item = &'a str> {
    gate.node
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "event" | "gate"))
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
