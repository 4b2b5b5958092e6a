//! The JSON Schema of the topology language, generated from the types that read it.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::raw;

/// Draft 2020-12; editors use it for completion and hover texts.
pub fn topology() -> serde_json::Value {
    of::<raw::Topology>("failscope topology")
}

/// The schema of what [`super::read_as`] reads.
pub(crate) fn of<T: JsonSchema>(title: &str) -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    allow_own_keys(schema.as_object_mut());
    schema.to_value()
}

/// Keys that start with `x-` are the author's own, everywhere.
fn allow_own_keys(root: Option<&mut serde_json::Map<String, serde_json::Value>>) {
    let Some(root) = root else { return };
    let own = serde_json::json!({ "^x-": true });
    if let Some(serde_json::Value::Object(definitions)) = root.get_mut("$defs") {
        for definition in definitions.values_mut() {
            if definition.get("properties").is_some()
                && let Some(definition) = definition.as_object_mut()
            {
                definition.insert("patternProperties".to_owned(), own.clone());
            }
        }
    }
    root.insert("patternProperties".to_owned(), own);
}
