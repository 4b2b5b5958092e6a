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

/// What a list has beside its names.
const COUNT: &str = "count";
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
        let Some((before, last)) = path.rsplit_once('.') else {
            return Path::parse(kind, path).map(Part::Attribute);
        };
        let list = Path::parse(kind, before).ok();
        match list.filter(|path| matches!(path.ty, Type::Refs(_) | Type::Texts)) {
            Some(list) if last == COUNT => Ok(Part::Count(list)),
            Some(_) => Err(only_a_count(before, last)),
            None if last == COUNT => {
                let path = Path::parse(kind, before)?;
                let message = format!("`{}` is no list", text::shortened(&path.text));
                Err(Mistake::new(message, "only a list has a `count`"))
            }
            None => Path::parse(kind, path).map(Part::Attribute),
        }
    }
}

fn only_a_count(list: &str, word: &str) -> Mistake {
    let (shown, list) = (text::shortened(word), text::shortened(list));
    let message = format!("`{list}` is a list and has no `{shown}`");
    let near = text::nearest(word, [COUNT], &mut text::SEARCH_BUDGET.clone());
    Mistake::new(
        message,
        match near {
            Some(_) => format!("did you mean `{list}.{COUNT}`?"),
            None => {
                format!("write `{list}` for the names in it, `{list}.{COUNT}` for their number")
            }
        },
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_hole_is_answered_with_what_was_meant() {
        for (hole, help) in [
            ("instances.cout", "did you mean `instances.count`?"),
            ("instances.Count", "did you mean `instances.count`?"),
            (
                "instances.site",
                "write `instances` for the names in it, `instances.count` for their number",
            ),
            ("instanses.count", "did you mean `instances`?"),
            ("nam", "did you mean `name`?"),
            ("name.count", "only a list has a `count`"),
        ] {
            let (at, mistake) =
                Message::parse(Kind::Host, &format!("host {{{hole}}}")).unwrap_err();
            assert_eq!((at, mistake.help.as_str()), ("host {".len(), help), "{hole}");
        }
        assert!(Message::parse(Kind::Host, "{name} has {instances.count}: {instances}").is_ok());
    }
}
