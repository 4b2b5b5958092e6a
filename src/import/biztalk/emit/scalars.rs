//! Words of others as YAML, whatever they hold.

use crate::text;

/// A scalar on one line, safe as a key and as a value.
pub(super) fn scalar(value: &str) -> String {
    let value = one_line(value);
    let quoted = serde_yaml::to_string(&value).unwrap_or_default();
    match quoted.strip_suffix('\n') {
        // Two plain forms mean something else where a key may stand.
        Some(line) if !line.contains('\n') && value != "<<" && !line.starts_with("x-") => {
            line.to_owned()
        }
        _ => text::yaml_quoted(&value),
    }
}

/// A flow list: there a comma and a bracket end a plain word.
pub(super) fn flow(values: &[String]) -> String {
    let items: Vec<String> = values.iter().map(|v| text::yaml_word(&one_line(v))).collect();
    format!("[{}]", items.join(", "))
}

/// Text that stays on its line and acts on no terminal.
pub(super) fn one_line(value: &str) -> String {
    crate::import::biztalk::secrets::tidy(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_as_keys_and_values() {
        for name in [
            "plain",
            "with blank",
            "a: b",
            "# c",
            "- d",
            "<<",
            "x-own",
            "yes",
            "007",
            "~",
            "[f]",
            "'q'",
            "\"dq\"",
            r"\\fs\share$",
            "{{Token}}",
            "%%T%%",
            "*",
            "&a",
            "!t",
            "@x",
            "`y`",
        ] {
            let text = format!("{}: {}\n", scalar(name), scalar(name));
            let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(read[name].as_str(), Some(name), "{text}");
            let text = format!("k: {}\n", flow(&[name.to_owned(), name.to_owned()]));
            let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(read["k"][1].as_str(), Some(name), "{text}");
        }
    }
}
