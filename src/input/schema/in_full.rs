//! The schema that editors use: keys are required of a topology that stands by itself.
//!
//! A topology over another one may leave out every key that the other one has, and no
//! schema can look there. What is required therefore stands apart, in definitions that
//! only a topology without `extends` is held against.

use rustc_hash::FxHashSet;
use serde_json::{Map, Value, json};

const DEFINITIONS: &str = "$defs";
const REFERENCE: &str = "$ref";
const REQUIRED: &str = "required";
/// Of definitions that hold what is required and nothing else.
const SUFFIX: &str = "InFull";

/// Moves what definitions require to where it does not concern a topology that extends another.
pub(super) fn required_unless_extending(schema: &mut Value) {
    let requiring = requiring(schema);
    let root = schema.as_object().map(|root| demands(root, &requiring));
    let Some(Value::Object(definitions)) = schema.get_mut(DEFINITIONS) else { return };
    let apart: Vec<(String, Value)> = definitions
        .iter()
        .filter(|(name, _)| requiring.contains(name.as_str()))
        .filter_map(|(name, definition)| {
            let demanded = demands(definition.as_object()?, &requiring);
            Some((format!("{name}{SUFFIX}"), Value::Object(demanded)))
        })
        .collect();
    for definition in definitions.values_mut().filter_map(Value::as_object_mut) {
        definition.remove(REQUIRED);
    }
    definitions.extend(apart);
    if let (Some(schema), Some(mut root)) = (schema.as_object_mut(), root) {
        root.remove(REQUIRED);
        schema.insert("if".to_owned(), json!({ "not": { REQUIRED: ["extends"] } }));
        schema.insert("then".to_owned(), Value::Object(root));
    }
}

/// The definitions that require a key, or lead to one that does.
fn requiring(schema: &Value) -> FxHashSet<String> {
    let mut found: FxHashSet<String> = FxHashSet::default();
    let Some(Value::Object(definitions)) = schema.get(DEFINITIONS) else { return found };
    loop {
        let before = found.len();
        for (name, definition) in definitions {
            if definition.get(REQUIRED).is_some() || demand(definition, &found).is_some() {
                found.insert(name.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// What of a schema is required: the schema without all else.
fn demands(schema: &Map<String, Value>, requiring: &FxHashSet<String>) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, value) in schema {
        let kept = match key.as_str() {
            REQUIRED | "type" => Some(value.clone()),
            "properties" => {
                let wanted = value.as_object().into_iter().flatten();
                let wanted: Map<String, Value> = wanted
                    .filter_map(|(key, value)| Some((key.clone(), demand(value, requiring)?)))
                    .collect();
                (!wanted.is_empty()).then_some(Value::Object(wanted))
            }
            "anyOf" => any_of(value, requiring),
            "additionalProperties" | "items" | REFERENCE => demand_below(key, value, requiring),
            _ => None,
        };
        out.extend(kept.map(|value| (key.clone(), value)));
    }
    out
}

fn demand_below(key: &str, value: &Value, requiring: &FxHashSet<String>) -> Option<Value> {
    if key != REFERENCE {
        return demand(value, requiring);
    }
    let name = value.as_str()?.strip_prefix("#/$defs/")?;
    requiring.contains(name).then(|| json!(format!("#/$defs/{name}{SUFFIX}")))
}

/// Of alternatives one must fit: those that require nothing stay as what kind of value they take.
fn any_of(value: &Value, requiring: &FxHashSet<String>) -> Option<Value> {
    let alternatives = value.as_array()?;
    alternatives.iter().find_map(|alternative| demand(alternative, requiring))?;
    let kinds = alternatives.iter().filter_map(Value::as_object);
    Some(kinds.map(|alternative| Value::Object(demands(alternative, requiring))).collect())
}

/// The same; nothing where nothing is required.
fn demand(schema: &Value, requiring: &FxHashSet<String>) -> Option<Value> {
    let found = demands(schema.as_object()?, requiring);
    let is_demand = |key: &String| *key != "type";
    found.keys().any(is_demand).then_some(Value::Object(found))
}
