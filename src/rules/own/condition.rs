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
        match self.holder(thing, view) {
            Some((thing, Step::Label(key))) => label(thing, key),
            Some((thing, Step::Field(kind, index))) if thing.kind == *kind => {
                thing.attribute(*index).clone()
            }
            _ => Attribute::unknown(),
        }
    }

    /// True for a label that a known thing does not have.
    fn is_absent_label(&self, thing: &Thing, view: &View) -> bool {
        let holder = self.holder(thing, view);
        matches!(holder, Some((thing, Step::Label(key))) if label(thing, key).value == Value::Unknown)
    }

    /// The thing that the last step is asked of; none if anything on the way is unknown.
    fn holder<'v>(&'v self, thing: &'v Thing, view: &'v View) -> Option<(&'v Thing, &'v Step)> {
        let (last, way) = self.steps.split_last()?;
        let mut thing = thing;
        for step in way {
            let Step::Field(kind, index) = step else { return None };
            if thing.kind != *kind {
                return None;
            }
            match &thing.attribute(*index).value {
                // The key of one follows, on the same thing.
                Value::Labels(_) => {}
                Value::Text(name) => thing = view.find(name)?,
                _ => return None,
            }
        }
        Some((thing, last))
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

    /// Whether a rule with this `match` is about a thing. Labels are the author's own, so one
    /// that is absent is not open: it is none of the words that are asked for.
    pub fn select(&self, thing: &Thing, view: &View) -> Verdict {
        let verdicts = self.0.iter().map(|condition| match condition.of(thing, view) {
            Verdict::Unknown(_) if condition.path.is_absent_label(thing, view) => {
                Verdict::of(condition.ask.holds_for_nothing())
            }
            verdict => verdict,
        });
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
        let far = Path::parse(Kind::Site, "qqqqqqqqqqqq").unwrap_err().help;
        assert!(far.starts_with("it has ") && far.contains(" name, "), "{far}");
        for path in ["instances.site", "name.x", "labels", "", "type."] {
            assert!(Path::parse(Kind::Host, path).is_err(), "{path}");
        }
    }
}
