//! The JSON Schema of the topology language, generated from the types that read it.

mod in_full;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::origin::IMPORTED_FROM;
use super::raw;

/// Draft 2020-12, for completion, hover texts and complaints of editors.
pub fn for_editors() -> serde_json::Value {
    let mut schema = topology();
    in_full::required_unless_extending(&mut schema);
    schema
}

/// What a whole topology may and must say.
pub fn topology() -> serde_json::Value {
    let mut schema = of::<raw::Topology>("failscope topology");
    every_mapping(&mut schema, |mapping| {
        if let Some(serde_json::Value::Object(keys)) = mapping.get_mut("properties") {
            keys.insert(IMPORTED_FROM.to_owned(), imported_from());
        }
    });
    schema
}

/// The schema of what [`super::read_as`] reads.
pub(crate) fn of<T: JsonSchema>(title: &str) -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    let mut schema = schema.to_value();
    // Keys that start with `x-` are the author's own, everywhere.
    every_mapping(&mut schema, |mapping| {
        mapping.insert("patternProperties".to_owned(), serde_json::json!({ "^x-": true }));
    });
    schema
}

/// Changes the root and every definition that is a mapping.
fn every_mapping(
    schema: &mut serde_json::Value,
    change: impl Fn(&mut serde_json::Map<String, serde_json::Value>),
) {
    let Some(root) = schema.as_object_mut() else { return };
    if let Some(serde_json::Value::Object(definitions)) = root.get_mut("$defs") {
        for definition in definitions.values_mut().filter_map(serde_json::Value::as_object_mut) {
            if definition.contains_key("properties") {
                change(definition);
            }
        }
    }
    change(root);
}

fn imported_from() -> serde_json::Value {
    serde_json::json!({
        "description": "Where an import found it: `FILE:LINE`, with a note where that tells more. Printed by `explain`.",
        "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
    })
}
