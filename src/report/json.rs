//! JSON of anything that has a serialisable form.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::text;

/// Indented, with a line end; the same input gives the same bytes.
///
/// What acts on a terminal is escaped, also where JSON itself would not ask for it.
pub fn render<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let plain = serde_json::to_string_pretty(value)?;
    let mut out = String::with_capacity(plain.len() + 1);
    for c in plain.chars() {
        match text::acts_on_terminal(c) {
            // All of these are in the basic plane, and only inside strings.
            true => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => out.push(c),
        }
    }
    out.push('\n');
    Ok(out)
}

/// The JSON Schema of what is printed: draft 2020-12.
pub fn schema_of<T: JsonSchema>(title: &str) -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_read_back() {
        let text = "a\u{1b}[31m\u{9b}\u{202e}\u{feff}\u{7f}é🔑\n";
        let json = render(&[text]).unwrap();
        assert!(!json.chars().any(text::acts_on_terminal), "{json}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [text]);
    }
}
