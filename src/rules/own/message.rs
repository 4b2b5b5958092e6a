//! Messages with attributes in them: `host {name} has {instances.count} instances`.

use super::condition::{Mistake, Path};
use super::fields::{Kind, Type};
use super::view::{Attribute, Thing, Value, View};
use crate::model::{Availability, Duration};
use crate::text;

/// A text with holes.
#[derive(Debug, Clone)]
pub struct Message(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Attribute(Path),
    Count(Path),
}

/// More names than this in one message hide what it says.
const MOST_NAMES: usize = 6;

impl Message {
    /// On a mistake, also where the hole stands in the text.
    pub fn parse(kind: Kind, text: &str) -> Result<Message, (usize, Mistake)> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let at = text.len() - rest.len() + open;
            parts.push(Part::Text(rest[..open].to_owned()));
            let inside = &rest[open + 1..];
            let Some(close) = inside.find('}') else {
                let help = "close it with `}`: `{name}`";
                return Err((at, Mistake::new("nothing closes this `{`", help)));
            };
            let hole = Part::parse(kind, inside[..close].trim());
            parts.push(hole.map_err(|mistake| (at + 1, mistake))?);
            rest = &inside[close + 1..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Message(parts))
    }

    pub(super) fn fill(&self, thing: &Thing, view: &View) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Attribute(path) => out.push_str(&shown(&path.attribute(thing, view), path)),
                Part::Count(path) => match path.attribute(thing, view).value {
                    Value::List(items) => out.push_str(&items.len().to_string()),
                    _ => out.push_str("unknown"),
                },
            }
        }
        out
    }
}

impl Part {
    fn parse(kind: Kind, path: &str) -> Result<Part, Mistake> {
        let Some(list) = path.strip_suffix(".count") else {
            return Path::parse(kind, path).map(Part::Attribute);
        };
        let path = Path::parse(kind, list)?;
        match path.ty {
            Type::Refs(_) | Type::Texts => Ok(Part::Count(path)),
            _ => Err(Mistake::new(format!("`{list}` is no list"), "only a list has a `count`")),
        }
    }
}

fn shown(attribute: &Attribute, path: &Path) -> String {
    match &attribute.value {
        Value::Unknown | Value::Labels(_) => "unknown".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Flag(flag) => flag.to_string(),
        Value::List(items) if items.is_empty() => "none".to_owned(),
        Value::List(items) => text::short_list(items, MOST_NAMES),
        Value::Number(number) => match path.ty {
            // As a file would write them; a number of seconds is a duration.
            Type::Duration => Duration::parse(&format!("{number}s"))
                .map_or_else(|_| number.to_string(), |duration| duration.to_string()),
            Type::Availability => Availability::parse(&format!("{}%", number * 100.0))
                .map_or_else(|_| number.to_string(), |share| share.to_string()),
            _ => number.to_string(),
        },
    }
}
