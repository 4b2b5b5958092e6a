//! Questions to an attribute, each of the type that the attribute has.

use super::condition::{Mistake, Path};
use super::fields::Type;
use super::verdict::Verdict;
use super::view::{Attribute, Value};
use crate::model::{Availability, Duration};
use crate::rules::release::Release;
use crate::text;

/// What is asked of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    Is(Word),
    IsNot(Word),
    OneOf(Vec<Word>),
    NoneOf(Vec<Word>),
    Like(String),
    /// Numbers, releases and quantities are compared, lists counted.
    AtLeast(f64),
    AtMost(f64),
    /// A list holds this.
    Has(String),
    Given(bool),
}

/// A value to compare with, of the type of its attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    Text(String),
    Number(f64),
    Flag(bool),
}

impl Ask {
    /// The question of a word that stands alone: the attribute is that.
    pub fn is(ty: Type, word: &str) -> Result<Ask, Mistake> {
        match ty {
            Type::Texts | Type::Refs(_) => Err(Mistake::new(
                "a list is not one word",
                "ask what it holds, `{ has: NAME }`, or how many, `{ at_least: 2 }`",
            )),
            _ => word_of(ty, word).map(Ask::Is),
        }
    }

    /// A question by its key.
    pub fn parse(ty: Type, key: &str, given: &[&str]) -> Result<Ask, Mistake> {
        let list = matches!(ty, Type::Texts | Type::Refs(_));
        let one = match given {
            [one] => Ok(*one),
            _ => Err(Mistake::new(format!("`{key}` takes one value"), "write one word or number")),
        };
        let words = || given.iter().map(|word| word_of(ty, word)).collect::<Result<Vec<_>, _>>();
        match key {
            "at_least" => amount(ty, one?).map(Ask::AtLeast),
            "at_most" => amount(ty, one?).map(Ask::AtMost),
            "given" => truth(one?).map(Ask::Given),
            "has" if list => Ok(Ask::Has(one?.to_owned())),
            _ if list => Err(Mistake::new(
                format!("`{key}` cannot be asked of a list"),
                "a list has `has`, `at_least`, `at_most` and `given`",
            )),
            "is" => word_of(ty, one?).map(Ask::Is),
            "is_not" => word_of(ty, one?).map(Ask::IsNot),
            "one_of" => words().map(Ask::OneOf),
            "none_of" => words().map(Ask::NoneOf),
            "like" if is_text(ty) => Ok(Ask::Like(one?.to_owned())),
            _ => Err(Mistake::new(
                format!("`{key}` cannot be asked of this attribute"),
                "texts have `is`, `is_not`, `one_of`, `none_of` and `like`; numbers, releases and \
                 quantities `at_least` and `at_most`; lists `has`; everything has `given`",
            )),
        }
    }

    /// The answer for an attribute that has no value at all, as an absent label.
    pub(super) fn holds_for_nothing(&self) -> bool {
        matches!(self, Ask::IsNot(_) | Ask::NoneOf(_) | Ask::Given(false))
    }

    pub(super) fn of(&self, attribute: &Attribute, path: &Path) -> Verdict {
        let value = &attribute.value;
        if let Ask::Given(wanted) = self {
            let given = match value {
                Value::Unknown => false,
                Value::List(items) => !items.is_empty(),
                _ => true,
            };
            return Verdict::of(given == *wanted);
        }
        let Some(answer) = self.answer(value, path.ty) else {
            return Verdict::Unknown(path.text.clone());
        };
        Verdict::of(answer)
    }

    /// `None` where the file leaves it open.
    fn answer(&self, value: &Value, ty: Type) -> Option<bool> {
        if *value == Value::Unknown {
            return None;
        }
        Some(match self {
            Ask::Is(word) => equal(value, word, ty)?,
            Ask::IsNot(word) => !equal(value, word, ty)?,
            Ask::OneOf(words) => any(words, value, ty)?,
            Ask::NoneOf(words) => !any(words, value, ty)?,
            Ask::Like(pattern) => matches!(value, Value::Text(text) if like(text, pattern)),
            Ask::AtLeast(least) => size(value, ty)? >= *least,
            Ask::AtMost(most) => size(value, ty)? <= *most,
            Ask::Has(name) => matches!(value, Value::List(items) if items.contains(name)),
            Ask::Given(given) => *given,
        })
    }
}

fn is_text(ty: Type) -> bool {
    matches!(ty, Type::Text | Type::Words(_) | Type::Release | Type::Ref(_))
}

/// A word as a value of that type.
fn word_of(ty: Type, word: &str) -> Result<Word, Mistake> {
    match ty {
        Type::Flag => truth(word).map(Word::Flag),
        Type::Number | Type::Duration | Type::Availability => amount(ty, word).map(Word::Number),
        Type::Words(words) => known(&words(), word),
        _ => Ok(Word::Text(word.to_owned())),
    }
}

/// A word of an enumeration; any other could never be found.
pub(super) fn known(words: &[String], word: &str) -> Result<Word, Mistake> {
    if words.iter().any(|known| known == word) {
        return Ok(Word::Text(word.to_owned()));
    }
    let names = words.iter().map(String::as_str);
    let near = text::nearest(word, names, &mut text::SEARCH_BUDGET.clone());
    let message = format!("this attribute is never `{}`", text::shortened(word));
    Err(Mistake::new(
        message,
        match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", text::or_list(words)),
        },
    ))
}

fn truth(word: &str) -> Result<bool, Mistake> {
    match word {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Mistake::new(
            format!("`{}` is neither `true` nor `false`", text::shortened(word)),
            "write `true` or `false`",
        )),
    }
}

/// What an attribute of that type is measured by.
fn amount(ty: Type, word: &str) -> Result<f64, Mistake> {
    let wrong = |help: &str| {
        Err(Mistake::new(format!("`{}` cannot be compared with", text::shortened(word)), help))
    };
    let number = || match word.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => wrong("write a number"),
    };
    match ty {
        Type::Number | Type::Texts | Type::Refs(_) => number(),
        Type::Release => match Release::parse(word) {
            Some(release) => Ok(f64::from(release.year)),
            None => wrong("write the year of a release, such as `2016`"),
        },
        Type::Duration => match Duration::parse(word) {
            Ok(duration) => Ok(duration.seconds()),
            Err(_) => wrong("write a duration, such as `15m` or `4h`"),
        },
        Type::Availability => match Availability::parse(word) {
            Ok(availability) => Ok(1.0 - availability.unavailability()),
            Err(_) => wrong("write a share of time, such as `99.95%`"),
        },
        _ => wrong("only numbers, releases, quantities and lists have more or less"),
    }
}

/// The number an attribute is compared by; a release without a year has none.
fn size(value: &Value, ty: Type) -> Option<f64> {
    match (value, ty) {
        (Value::Number(number), _) => Some(*number),
        (Value::List(items), _) => Some(items.len() as f64),
        (Value::Text(text), Type::Release) => Release::parse(text).map(|r| f64::from(r.year)),
        _ => None,
    }
}

fn equal(value: &Value, word: &Word, ty: Type) -> Option<bool> {
    Some(match (value, word) {
        (Value::Text(text), Word::Text(word)) => text == word,
        (Value::Flag(flag), Word::Flag(word)) => flag == word,
        (value, Word::Number(word)) => (size(value, ty)? - word).abs() < 1e-9,
        _ => false,
    })
}

fn any(words: &[Word], value: &Value, ty: Type) -> Option<bool> {
    let answers: Option<Vec<bool>> = words.iter().map(|word| equal(value, word, ty)).collect();
    Some(answers?.contains(&true))
}

/// Whether a text fits a pattern in which `*` stands for anything. Linear, and greedy from
/// the left: after the first part each next one is looked for as early as possible.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let Some((head, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (text, pattern, fits) in [
            ("PROD-01", "prod-*", true),
            ("PROD-01", "*-01", true),
            ("PROD-01", "p*d*1", true),
            ("PROD-01", "prod", false),
            ("PROD-01", "p*x*1", false),
            // No letter is counted twice.
            ("aba", "*ab*ba*", false),
            ("aab", "a*ab", true),
            ("ab", "a*ab", false),
            ("", "*", true),
            ("x", "", false),
        ] {
            assert_eq!(like(text, pattern), fits, "{text} {pattern}");
        }
    }
    #[test]
    fn each_question_is_answered_by_what_the_attribute_holds() {
        let text = |text: &str| Value::Text(text.to_owned());
        let (number, flag) = (Value::Number, Value::Flag);
        let list =
            |items: &[&str]| Value::List(items.iter().map(|&item| item.to_owned()).collect());
        type Row<'r> = (Type, &'r str, &'r [&'r str], Value, Option<bool>);
        let rows: &[Row<'_>] = &[
            (Type::Text, "is", &["a"], text("a"), Some(true)),
            (Type::Text, "is_not", &["a"], text("a"), Some(false)),
            (Type::Flag, "is", &["true"], flag(true), Some(true)),
            (Type::Flag, "is_not", &["true"], flag(false), Some(true)),
            (Type::Number, "at_most", &["2"], number(3.0), Some(false)),
            (Type::Number, "one_of", &["1", "2"], number(2.0), Some(true)),
            (Type::Number, "none_of", &["1", "2"], number(2.0), Some(false)),
            (Type::Number, "is", &["2"], number(1.0), Some(false)),
            // A duration is as long, however it is written; a share of time as large.
            (Type::Duration, "is", &["15m"], number(900.0), Some(true)),
            (Type::Duration, "is", &["15m"], number(901.0), Some(false)),
            (Type::Duration, "at_least", &["1h"], number(3600.0), Some(true)),
            (Type::Duration, "at_least", &["1h"], number(3599.0), Some(false)),
            (Type::Availability, "at_least", &["99.9%"], number(0.9995), Some(true)),
            (Type::Availability, "at_least", &["99.9%"], number(0.998), Some(false)),
            (Type::Release, "at_least", &["2016"], text("2019 CU1"), Some(true)),
            (Type::Release, "at_least", &["2016"], text("the old one"), None),
            (Type::Texts, "has", &["a"], list(&["b", "a"]), Some(true)),
            (Type::Texts, "at_least", &["2"], list(&["b"]), Some(false)),
            (Type::Text, "is", &["a"], Value::Unknown, None),
        ];
        for (ty, key, given, value, expected) in rows {
            let ask = Ask::parse(*ty, key, given).unwrap();
            assert_eq!(ask.answer(value, *ty), *expected, "{key} {given:?} of {value:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_a_mistake() {
        for (ty, key, given) in [
            (Type::Text, "has", "a"),
            (Type::Texts, "is", "a"),
            (Type::Flag, "like", "t*"),
            (Type::Number, "like", "1*"),
            (Type::Text, "at_least", "2"),
            (Type::Number, "at_least", "inf"),
            (Type::Number, "at_least", "NaN"),
            (Type::Duration, "at_least", "15"),
            (Type::Availability, "at_most", "most"),
        ] {
            assert!(Ask::parse(ty, key, &[given]).is_err(), "{key} {given}");
        }
    }

    #[test]
    fn an_empty_list_is_not_given() {
        let path = Path::parse(crate::rules::own::fields::Kind::Host, "instances").unwrap();
        let given = Ask::parse(path.ty, "given", &["true"]).unwrap();
        let list = |items: Vec<String>| Attribute { value: Value::List(items), span: None };
        assert_eq!(given.of(&list(Vec::new()), &path), Verdict::No);
        assert_eq!(given.of(&list(vec!["A".to_owned()]), &path), Verdict::Yes);
        assert_eq!(given.of(&Attribute::unknown(), &path), Verdict::No);
    }
}
