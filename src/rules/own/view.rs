//! The model view, version 1: what a rule of the user's own may see of a topology.
//!
//! Plain data that borrows nothing: every thing that the file defines and every part of the
//! graph, each with the attributes of its kind. [`super::fields`] says which there are.

use rustc_hash::FxHashMap;

use super::fields::{self, Kind};
use crate::graph::ComponentId;
use crate::model::{Element, Id, Topology};
use crate::rules::Context;
use crate::source::Span;

/// The version that rule files name.
pub const VERSION: u32 = 1;

/// What is known of one attribute of one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The file does not say.
    Unknown,
    Text(String),
    Number(f64),
    Flag(bool),
    /// Names of things, or words.
    List(Vec<String>),
    /// The author's own keys.
    Labels(Vec<(String, String)>),
}

/// An attribute and where the file gives it.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub value: Value,
    pub span: Option<Span>,
}

impl Attribute {
    pub(super) fn unknown() -> Attribute {
        Attribute { value: Value::Unknown, span: None }
    }

    pub(super) fn of(value: Value) -> Attribute {
        Attribute { value, span: None }
    }
}

/// Something a rule can be about.
#[derive(Debug, Clone)]
pub struct Thing {
    pub kind: Kind,
    pub name: String,
    pub element: Option<Element>,
    pub span: Span,
    /// Where each label stands.
    pub labels: Vec<(String, Span)>,
    /// In the order of the fields of its kind.
    pub attributes: Vec<Attribute>,
}

impl Thing {
    /// An attribute by its position among the fields of the kind.
    pub fn attribute(&self, index: usize) -> &Attribute {
        const NONE: &Attribute = &Attribute { value: Value::Unknown, span: None };
        self.attributes.get(index).unwrap_or(NONE)
    }
}

/// Everything rules of the user's own see of one topology.
#[derive(Debug, Default)]
pub struct View {
    pub things: Vec<Thing>,
    by_name: FxHashMap<String, usize>,
    /// Direct needs among the parts of the graph, by the index of the component.
    needs: Vec<Vec<usize>>,
    component_of: FxHashMap<String, usize>,
}

impl View {
    pub fn new(cx: &Context<'_>) -> View {
        let graph = cx.analysis.graph();
        let kinds = Kind::ALL.iter();
        let things = kinds.flat_map(|&kind| (0..kind.count(cx)).map(move |at| thing(cx, kind, at)));
        let mut view = View::of(things.collect());
        for (id, component) in graph.components() {
            view.component_of.insert(component.name.clone(), id.index());
            let requirements = graph.requirements_of(id);
            let providers = requirements.iter().flat_map(|&id| &graph.requirement(id).providers);
            view.needs.push(providers.map(|provider| provider.index()).collect());
        }
        for thing in &view.things {
            let component = thing.element.and_then(|element| graph.of_element(element));
            if let Some(component) = component {
                view.component_of.entry(thing.name.clone()).or_insert(component.index());
            }
        }
        view
    }

    /// Things without a graph.
    pub(super) fn of(things: Vec<Thing>) -> View {
        let mut view = View { things, ..View::default() };
        for (index, thing) in view.things.iter().enumerate() {
            view.by_name.entry(thing.name.clone()).or_insert(index);
        }
        view
    }

    pub fn find(&self, name: &str) -> Option<&Thing> {
        self.index(name).and_then(|index| self.things.get(index))
    }

    pub fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Thing> {
        self.things.iter().filter(move |thing| thing.kind == kind)
    }

    /// Whether `dependent` needs `provider`, directly or through others; `None` for a name
    /// that nothing has. Also how many steps it took to find out.
    pub fn reaches(&self, provider: &str, dependent: &str) -> (Option<bool>, u64) {
        let component = |name: &str| self.component_of.get(name).copied();
        let (Some(goal), Some(start)) = (component(provider), component(dependent)) else {
            return (None, 1);
        };
        let mut seen = unseen(self.needs.len());
        let mut next = vec![start];
        let mut steps = 1;
        while let Some(at) = next.pop() {
            for &need in self.needs.get(at).map_or(&[][..], Vec::as_slice) {
                steps += 1;
                if need == goal {
                    return (Some(true), steps);
                }
                if seen.get(need) == Some(&false) {
                    seen[need] = true;
                    next.push(need);
                }
            }
        }
        (Some(false), steps)
    }
}

fn unseen(size: usize) -> Vec<bool> {
    vec![false; size]
}

fn thing(cx: &Context<'_>, kind: Kind, index: usize) -> Thing {
    let element = kind.element(index);
    let graph = cx.analysis.graph();
    let component = match element {
        Some(element) => graph.of_element(element),
        None => Some(ComponentId::new(index)),
    };
    let known = component.map(|id| graph.component(id));
    let element = element.or(known.and_then(|component| component.element));
    let name = match (kind.element(index), known) {
        (Some(element), _) => cx.topology.element_name(element),
        (None, Some(component)) => component.name.clone(),
        (None, None) => String::new(),
    };
    let span = known.and_then(|component| component.span).unwrap_or(cx.topology.span);
    let mut attributes = fields::own(cx.topology, kind, index);
    attributes.extend(fields::common(cx, &name, element, component));
    Thing { kind, name, element, span, labels: label_places(cx.topology, element), attributes }
}

fn label_places(topology: &Topology, element: Option<Element>) -> Vec<(String, Span)> {
    let labels = element.and_then(|element| topology.labels.get(&element));
    let place = |label: &crate::model::Label| (label.key.value.clone(), label.value.span);
    labels.into_iter().flatten().map(place).collect()
}

/// An id by its position in its section.
pub(super) fn id<T>(index: usize) -> Id<T> {
    Id::new(index)
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn each_need_that_is_followed_is_a_step() {
        // a needs b and c, both need d, and d needs b; e is needed by none.
        let names = ["a", "b", "c", "d", "e"];
        let component_of = names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), at));
        let needs = vec![vec![1, 2], vec![3], vec![3], vec![1], vec![]];
        let view = View { needs, component_of: component_of.collect(), ..View::default() };
        assert_eq!(view.reaches("b", "a"), (Some(true), 2));
        assert_eq!(view.reaches("d", "a"), (Some(true), 4));
        // Five needs, each once.
        assert_eq!(view.reaches("e", "a"), (Some(false), 6));
        assert_eq!(view.reaches("b", "b"), (Some(true), 3), "in a circle");
        assert_eq!(view.reaches("a", "e"), (Some(false), 1));
        assert_eq!(view.reaches("nothing", "a"), (None, 1));
    }
}
