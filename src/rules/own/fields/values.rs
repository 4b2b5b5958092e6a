//! Attributes from what the model holds.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::*;
use crate::rules::own::view::{Attribute, Value};

/// The words of an enumeration, as its JSON Schema lists them.
pub(super) fn words<T: JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T).to_value();
    let described = schema.get("oneOf").and_then(|all| all.as_array()).into_iter().flatten();
    let described = described.filter_map(|choice| choice.get("const"));
    let listed = schema.get("enum").and_then(|all| all.as_array()).into_iter().flatten();
    described.chain(listed).filter_map(|word| word.as_str()).map(str::to_owned).collect()
}

pub(super) fn word_of<T: Serialize>(value: &T) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Value::Text(word),
        _ => Value::Unknown,
    }
}

pub(super) fn from<T>(given: &Option<At<T>>, value: impl Fn(&T) -> Value) -> Attribute {
    match given {
        Some(given) => Attribute { value: value(&given.value), span: Some(given.span) },
        None => Attribute::unknown(),
    }
}

pub(super) fn word<T: Serialize>(given: &Option<At<T>>) -> Attribute {
    from(given, word_of)
}

pub(super) fn text(given: &Option<At<String>>) -> Attribute {
    from(given, |text| Value::Text(text.clone()))
}

pub(super) fn here(given: &At<String>) -> Attribute {
    Attribute { value: Value::Text(given.value.clone()), span: Some(given.span) }
}

pub(super) fn plain(given: &Option<String>) -> Attribute {
    Attribute::of(given.clone().map_or(Value::Unknown, Value::Text))
}

pub(super) fn flag(given: &Option<At<bool>>) -> Attribute {
    from(given, |&flag| Value::Flag(flag))
}

pub(super) fn duration(given: &Option<At<Duration>>) -> Attribute {
    from(given, |duration| Value::Number(duration.seconds()))
}

pub(super) fn availability(given: &Option<At<Availability>>) -> Attribute {
    from(given, |availability| Value::Number(1.0 - availability.unavailability()))
}

// Of a range the unsafe end.

pub(super) fn mtbf(reliability: &Reliability) -> Attribute {
    from(&reliability.mtbf, |range| Value::Number(range.low.seconds()))
}

pub(super) fn mttr(reliability: &Reliability) -> Attribute {
    from(&reliability.mttr, |range| Value::Number(range.high.seconds()))
}

pub(super) fn own_availability(reliability: &Reliability) -> Attribute {
    from(&reliability.availability, |range| Value::Number(1.0 - range.low.unavailability()))
}

pub(super) fn list(items: Vec<String>) -> Attribute {
    Attribute::of(Value::List(items))
}

/// The place of a list is that of its first entry.
pub(super) fn refs<T>(given: &[Ref<T>], name: impl Fn(Id<T>) -> String) -> Attribute {
    let span = given.first().map(|first| first.span);
    let names = given.iter().map(|given| name(given.value)).collect();
    Attribute { value: Value::List(names), span }
}

pub(super) fn servers(t: &Topology, given: &[Ref<Server>]) -> Attribute {
    refs(given, |id| t.servers[id].name.value.clone())
}

pub(super) fn server(t: &Topology, given: &Option<Ref<Server>>) -> Attribute {
    from(given, |&id| Value::Text(t.servers[id].name.value.clone()))
}

pub(super) fn databases(t: &Topology, ids: &[Id<Database>]) -> Attribute {
    list(ids.iter().map(|&id| t.databases[id].name.value.clone()).collect())
}

pub(super) fn balancer(t: &Topology, given: &Option<Ref<LoadBalancer>>) -> Attribute {
    from(given, |&id| Value::Text(t.load_balancers[id].name.value.clone()))
}

pub(super) fn host(t: &Topology, given: Ref<Host>) -> Attribute {
    let name = t.hosts[given.value].name.value.clone();
    Attribute { value: Value::Text(name), span: Some(given.span) }
}

pub(super) fn carrier(t: &Topology, given: &Option<At<Carrier>>) -> Attribute {
    from(given, |&carrier| Value::Text(carrier_name(t, carrier)))
}

pub(super) fn carrier_name(t: &Topology, carrier: Carrier) -> String {
    match carrier {
        Carrier::Server(id) => t.servers[id].name.value.clone(),
        Carrier::Group(id) => t.group_name(id),
        Carrier::Storage(id) => t.storage[id].name.value.clone(),
    }
}

pub(super) fn endpoint(t: &Topology, given: &Option<At<Endpoint>>) -> Attribute {
    from(given, |end| match end {
        Endpoint::Element(element) => Value::Text(t.element_name(*element)),
        Endpoint::Address(address) => Value::Text(address.clone()),
    })
}
