//! What everything has: its name, what the analysis found, labels.

use rustc_hash::FxHashSet;

use super::{Field, Kind, Type};
use crate::graph::ComponentId;
use crate::model::{Element, Label};
use crate::rules::Context;
use crate::rules::own::view::{Attribute, Value};

/// What everything has; [`values`] gives the values in this order.
pub(super) const FIELDS: &[Field] = &[
    Field { name: "name", ty: Type::Text, meaning: "its name" },
    Field { name: "noun", ty: Type::Text, meaning: "what it is, in the words of the report" },
    Field {
        name: "server",
        ty: Type::Ref(Some(Kind::Server)),
        meaning: "the one computer it stands on",
    },
    Field { name: "scope", ty: Type::Words(scopes), meaning: "how far its loss reaches" },
    Field { name: "onset", ty: Type::Words(onsets), meaning: "when its loss is felt" },
    Field { name: "spof", ty: Type::Flag, meaning: "true for a single point of failure" },
    Field { name: "down", ty: Type::Flag, meaning: "true if it is down in the design as it is" },
    Field {
        name: "stops",
        ty: Type::Number,
        meaning: "how many functions and services stop when it is lost",
    },
    Field { name: "needs", ty: Type::Refs(None), meaning: "parts that it needs directly" },
    Field { name: "needed_by", ty: Type::Refs(None), meaning: "parts that need it directly" },
    Field {
        name: "labels",
        ty: Type::Labels,
        meaning: "the author's own keys: `labels.environment`",
    },
];

fn scopes() -> Vec<String> {
    crate::graph::Scope::ALL.iter().map(|scope| scope.as_str().to_owned()).collect()
}

fn onsets() -> Vec<String> {
    use crate::graph::Onset;
    let all = [Onset::Immediate, Onset::Latent, Onset::Gradual];
    all.iter().map(|onset| onset.as_str().to_owned()).collect()
}

pub(in crate::rules::own) fn values(
    cx: &Context<'_>,
    name: &str,
    element: Option<Element>,
    component: Option<ComponentId>,
) -> Vec<Attribute> {
    let mut all = vec![Attribute::of(Value::Text(name.to_owned()))];
    match component {
        Some(id) => all.extend(of_graph(cx, id)),
        None => all.extend(std::iter::repeat_n(Attribute::unknown(), FIELDS.len() - 2)),
    }
    let labels = element.and_then(|element| cx.topology.labels.get(&element));
    let pair = |label: &Label| (label.key.value.clone(), label.value.value.clone());
    all.push(Attribute::of(Value::Labels(labels.into_iter().flatten().map(pair).collect())));
    all
}

fn of_graph(cx: &Context<'_>, id: ComponentId) -> Vec<Attribute> {
    let graph = cx.analysis.graph();
    let component = graph.component(id);
    let failure = cx.analysis.failure(id);
    let named = |ids: Vec<ComponentId>| {
        let mut seen = FxHashSet::default();
        let ids = ids.into_iter().filter(|&id| seen.insert(id));
        Value::List(ids.map(|id| graph.component(id).name.clone()).collect())
    };
    let needs = graph.requirements_of(id).into_iter();
    let needs = needs.flat_map(|id| graph.requirement(id).providers.clone()).collect();
    let needed_by = graph.requirements_on(id).into_iter();
    let needed_by = needed_by.map(|id| graph.requirement(id).dependent).collect();
    let stops = failure.at_once.len() + failure.later.len();
    let server = component.server.map(|id| graph.component(id).name.clone());
    [
        Value::Text(component.kind.clone().into_owned()),
        server.map_or(Value::Unknown, Value::Text),
        Value::Text(failure.scope.as_str().to_owned()),
        Value::Text(failure.onset.as_str().to_owned()),
        Value::Flag(cx.analysis.is_spof(id)),
        Value::Flag(cx.analysis.is_down(id)),
        Value::Number(stops as f64),
        named(needs),
        named(needed_by),
    ]
    .into_iter()
    .map(Attribute::of)
    .collect()
}
