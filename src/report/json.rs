//! JSON of anything that has a serialisable form.

use serde::Serialize;

/// Indented, with a line end; the same input gives the same bytes.
pub fn render<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut out = serde_json::to_string_pretty(value)?;
    out.push('\n');
    Ok(out)
}
