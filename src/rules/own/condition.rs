//! Layer 1: conditions on attributes, one per line of a `match` or `require`.

use super::ask::Ask;
use super::fields::{self, Field, Kind, Type};
use super::verdict::Verdict;
use super::view::{Attribute, Thing, Value, View};
use crate::source::Span;
use crate::text;

/// All of them must hold.
#[derive(Debug, Clone, Default)]
pub struct Conditions(pub Vec<Condition>);

/// One attribute and what is asked of it.
#[derive(Debug, Clone)]
pub struct Condition {
    pub path: Path,
    pub ask: Ask,
    pub span: Span,
}

/// The way from the subject to an attribute, over names of other things.
#[derive(Debug, Clone)]
pub struct Path {
    /// As it is written: `host.type`.
    pub text: String,
    steps: Vec<Step>,
    pub ty: Type,
}

#[derive(Debug, Clone)]
enum Step {
    /// The attribute of this kind at this position.
    Field(Kind, usize),
    Label(String),
}

/// Why a condition cannot be meant, and what was meant perhaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub message: String,
    pub help: String,
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Mistake {
        Mistake { message: message.into(), help: help.into() }
    }
}

impl Path {
    /// Checks each word against the model view.
    pub fn parse(kind: Kind, text: &str) -> Result<Path, Mistake> {
        let mut steps = Vec::new();
        let mut at = Type::Ref(Some(kind));
        let mut words = text.split('.').peekable();
        while let Some(word) = words.next() {
            let kind = match at {
                Type::Ref(Some(kind)) => kind,
                Type::Labels => {
                    // A key of the author's own may hold points.
                    let key: Vec<&str> = std::iter::once(word).chain(words.by_ref()).collect();
                    steps.push(Step::Label(key.join(".")));
                    at = Type::Text;
                    break;
                }
                _ => return Err(no_way_on(text, word)),
            };
            let (index, field) = field(kind, word)?;
            steps.push(Step::Field(kind, index));
            at = field.ty;
        }
        match at {
            Type::Labels => Err(Mistake::new(
                "`labels` needs the key of a label",
                "write `labels.KEY`, such as `labels.environment`",
            )),
            ty => Ok(Path { text: text.to_owned(), steps, ty }),
        }
    }

    /// The attribute of this thing; unknown if anything on the way is.
    pub fn attribute(&self, thing: &Thing, view: &View) -> Attribute {
        let mut thing = thing;
        let mut found = Attribute::unknown();
        for (number, step) in self.steps.iter().enumerate() {
            match step {
                Step::Label(key) => return label(thing, key),
                Step::Field(kind, index) if thing.kind == *kind => {
                    found = thing.attribute(*index).clone();
                }
                Step::Field(..) => return Attribute::unknown(),
            }
            if number + 1 == self.steps.len() || matches!(found.value, Value::Labels(_)) {
                continue;
            }
            let next = match &found.value {
                Value::Text(name) => view.find(name),
                _ => None,
            };
            match next {
                Some(next) => thing = next,
                None => return Attribute::unknown(),
            }
        }
        found
    }
}

fn label(thing: &Thing, key: &str) -> Attribute {
    let labels = thing.attributes.iter().find_map(|attribute| match &attribute.value {
        Value::Labels(labels) => Some(labels),
        _ => None,
    });
    let value = labels.into_iter().flatten().find(|(known, _)| known == key);
    let place = thing.labels.iter().find(|(known, _)| known == key);
    match value {
        Some((_, value)) => {
            Attribute { value: Value::Text(value.clone()), span: place.map(|&(_, span)| span) }
        }
        None => Attribute::unknown(),
    }
}

/// An attribute of a kind, or the nearest one that it has.
pub(super) fn field(kind: Kind, word: &str) -> Result<(usize, Field), Mistake> {
    fields::find(kind, word).ok_or_else(|| {
        let all = fields::fields(kind);
        let names = all.iter().map(|field| field.name);
        let near = text::nearest(word, names, &mut text::SEARCH_BUDGET.clone());
        let message = format!("`{}` is no attribute of `{}`", text::shortened(word), kind.as_str());
        Mistake::new(
            message,
            near.map_or_else(|| attributes(kind), |near| format!("did you mean `{near}`?")),
        )
    })
}

fn attributes(kind: Kind) -> String {
    let names: Vec<&str> = fields::fields(kind).iter().map(|field| field.name).collect();
    format!("it has {}", text::and_list(&names))
}

fn no_way_on(path: &str, word: &str) -> Mistake {
    Mistake::new(
        format!("nothing leads on to `{}` in `{}`", text::shortened(word), text::shortened(path)),
        "only an attribute that names one thing, such as `host`, has attributes of its own",
    )
}

impl Conditions {
    pub fn of(&self, thing: &Thing, view: &View) -> Verdict {
        let verdicts = self.0.iter().map(|condition| condition.of(thing, view));
        verdicts.fold(Verdict::Yes, Verdict::and)
    }
}

impl Condition {
    pub fn of(&self, thing: &Thing, view: &View) -> Verdict {
        self.ask.of(&self.path.attribute(thing, view), &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_false_decides_whatever_is_unknown() {
        let unknown = || Verdict::Unknown("x".to_owned());
        assert_eq!(unknown().and(Verdict::No), Verdict::No);
        assert_eq!(Verdict::No.and(unknown()), Verdict::No);
        assert_eq!(unknown().and(Verdict::Yes), unknown());
        assert_eq!(Verdict::Yes.and(Verdict::Yes), Verdict::Yes);
    }

    #[test]
    fn paths_lead_over_names_to_attributes() {
        assert!(Path::parse(Kind::ReceiveLocation, "host.clustered_in.cluster.nodes").is_ok());
        assert!(Path::parse(Kind::Server, "labels.environment").is_ok());
        for (kind, path, near) in [
            (Kind::Host, "instanses", "did you mean `instances`?"),
            (Kind::ReceiveLocation, "host.typo", "did you mean `type`?"),
        ] {
            assert_eq!(Path::parse(kind, path).unwrap_err().help, near, "{path}");
        }
        for path in ["instances.site", "name.x", "labels", "", "type."] {
            assert!(Path::parse(Kind::Host, path).is_err(), "{path}");
        }
    }
}
