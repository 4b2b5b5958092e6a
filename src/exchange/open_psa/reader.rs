//! Reads one model from one or several documents.
//!
//! Definitions may come in any order and in any document, so all names are
//! collected first; then gates are built, operands before users, on a stack of
//! their own. Negations and the like become *and*, *or*, *not* and at-least.

use roxmltree::{Document, Node, ParsingOptions};
use rustc_hash::FxHashMap;

use super::definitions::Definitions;
use super::error::{Error, Problem};
use super::expression::{Evaluator, only_argument};
use super::gates::define_gates;
use super::groups::define_groups;
use super::model::{BasicEvent, HouseEvent, Model};
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
    define_gates(&definitions, &names, &mut model)?;
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

pub(super) fn truth(constant: Place<'_, '_>) -> Result<bool, Error> {
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
