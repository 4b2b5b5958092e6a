//! From the YAML tree to typed values, without stopping at the first problem.
//!
//! A serde deserializer that reports every problem itself, at its place, the
//! moment it sees it. Unknown keys are reported and skipped here, because here
//! the list of known ones is at hand; the lenient wrappers of [`super::lenient`]
//! then let the rest of the file be read. The error value that serde hands
//! upwards only says "already reported".

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::lenient::{LIST, NAMED, NEED, SHORT, SPANNED};
use super::origin::IMPORTED_FROM;
use super::yaml::{Node, NodeId, Scalar, ScalarType, Tree, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::text;

/// More problems than this in one topology are counted, not shown.
const MOST_PROBLEMS: usize = 1_000;

/// Where problems go while values are read.
#[derive(Debug)]
pub(super) struct Problems {
    found: RefCell<Vec<Diagnostic>>,
    /// The first problem that is not shown, and how many there are of them.
    unshown: RefCell<Option<(Span, usize)>>,
    /// What is left for looking for near names.
    search: Cell<usize>,
}

impl Default for Problems {
    fn default() -> Problems {
        let search = Cell::new(text::SEARCH_BUDGET);
        Problems { found: RefCell::default(), unshown: RefCell::default(), search }
    }
}

impl Problems {
    pub(super) fn push(&self, diagnostic: Diagnostic) {
        let mut found = self.found.borrow_mut();
        if found.len() < MOST_PROBLEMS {
            found.push(diagnostic);
        } else {
            let mut unshown = self.unshown.borrow_mut();
            unshown.get_or_insert((diagnostic.primary.span, 0)).1 += 1;
        }
    }

    pub(super) fn extend(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    pub(super) fn into_inner(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        if let Some((first, count)) = self.unshown.into_inner() {
            let message = format!("{} from here on", text::count(count, "further problem"));
            let most = format!("the first {MOST_PROBLEMS} are shown; mend them and run again");
            found.push(Diagnostic::error("input/more", first, message).help(most));
        }
        found
    }

    /// True while there is effort left to look through so many names.
    pub(super) fn may_search(&self, names: usize) -> bool {
        let left = self.search.get();
        self.search.set(left.saturating_sub(names));
        left > names
    }

    /// The nearest of some names, within what one topology may cost.
    pub(super) fn nearest<'a>(
        &self,
        written: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let mut left = self.search.get();
        let nearest = text::nearest(written, names, &mut left);
        self.search.set(left);
        nearest
    }
}

/// The problem has been reported; `Some` is serde's own wording of one that was not.
#[derive(Debug)]
pub(super) struct Failure(Option<String>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("reported"))
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Failure {
        Failure(Some(message.to_string()))
    }
}

#[derive(Clone, Copy)]
pub(super) struct De<'t> {
    tree: &'t Tree<'t>,
    node: NodeId,
    problems: &'t Problems,
    /// Whether mappings may say where they were imported from.
    takes_origins: bool,
}

impl<'t> De<'t> {
    pub(super) fn root(tree: &'t Tree<'t>, problems: &'t Problems) -> De<'t> {
        De::new(tree, tree.root, problems)
    }

    /// Reads from some node on.
    pub(super) fn new(tree: &'t Tree<'t>, node: NodeId, problems: &'t Problems) -> De<'t> {
        De { tree, node, problems, takes_origins: true }
    }

    /// For a file that no import writes.
    pub(super) fn without_origins(self) -> De<'t> {
        De { takes_origins: false, ..self }
    }

    fn at(self, node: NodeId) -> De<'t> {
        De { node, ..self }
    }

    fn node(self) -> &'t Node<'t> {
        self.tree.get(self.node)
    }

    fn span(self) -> Span {
        self.tree.span(self.node)
    }

    fn fail<T>(self, diagnostic: Diagnostic) -> Result<T, Failure> {
        self.problems.push(diagnostic);
        Err(Failure(None))
    }

    /// Reports what a visitor refused, if nobody has.
    fn reported<T>(self, result: Result<T, Failure>) -> Result<T, Failure> {
        match result {
            Err(Failure(Some(message))) => {
                self.fail(Diagnostic::error("input/value", self.span(), message))
            }
            other => other,
        }
    }

    fn wrong_type<T>(self, wanted: &str) -> Result<T, Failure> {
        let found = match &self.node().value {
            Value::Scalar(scalar) => match scalar.resolve() {
                ScalarType::Null => "nothing".to_owned(),
                ScalarType::Bool(value) => format!("`{value}`"),
                ScalarType::Number => format!("the number {}", text::shortened(&scalar.text)),
                ScalarType::Text => format!("the text `{}`", text::shortened(&scalar.text)),
            },
            Value::Sequence(_) => "a list".to_owned(),
            Value::Mapping(_) => "a mapping".to_owned(),
            Value::Alias(_) => "an alias".to_owned(),
        };
        let help = match (&self.node().value, wanted) {
            (Value::Scalar(scalar), "text") if scalar.resolve() != ScalarType::Null => {
                "put it in quotes to make it text"
            }
            (Value::Scalar(_), "true or false") => "write `true` or `false`",
            (Value::Scalar(scalar), _) if scalar.resolve() == ScalarType::Null => {
                "give it a value, or remove the key"
            }
            _ => "`failscope schema` prints what each key takes",
        };
        self.fail(
            Diagnostic::error(
                "input/wrong-type",
                self.span(),
                format!("expected {wanted}, found {found}"),
            )
            .help(help),
        )
    }

    fn scalar(self) -> Option<&'t Scalar<'t>> {
        match &self.node().value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    fn is_null(self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.resolve() == ScalarType::Null)
    }

    fn number<T: std::str::FromStr>(self, wanted: &str) -> Result<T, Failure> {
        let parsed = self
            .scalar()
            .filter(|scalar| scalar.resolve() == ScalarType::Number)
            .and_then(|scalar| scalar.text.parse().ok());
        match parsed {
            Some(number) => Ok(number),
            None => self.wrong_type(wanted),
        }
    }

    fn map<V: Visitor<'t>>(self, known: Option<&[&str]>, visitor: V) -> Result<V::Value, Failure> {
        let entries = match &self.node().value {
            Value::Mapping(entries) => entries.as_slice(),
            _ if self.is_null() => &[],
            _ => return self.wrong_type("a mapping"),
        };
        let Some(known) = known else { return self.visit(entries, visitor) };
        let is_known = |&&(key, _): &&(NodeId, NodeId)| self.check_key(key, known);
        match entries.iter().take_while(is_known).count() {
            all if all == entries.len() => self.visit(entries, visitor),
            sound => {
                let (kept, rest) = entries.split_at(sound);
                let rest = rest.iter().skip(1).filter(is_known);
                let kept: Vec<_> = kept.iter().chain(rest).copied().collect();
                self.visit(&kept, visitor)
            }
        }
    }

    fn visit<V: Visitor<'t>>(
        self,
        entries: &[(NodeId, NodeId)],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let access = Entries { de: self, entries: entries.iter(), value: None };
        self.reported(visitor.visit_map(access))
    }

    /// Reports text that would act on whatever shows it. It is read all the same, so that
    /// a name with such a character is not reported as unknown wherever it is used.
    fn check_characters(self, written: &str) {
        let Some(acting) = text::first_acting(written) else { return };
        let message = format!("this text holds the control character U+{:04X}", u32::from(acting));
        self.problems.push(
            Diagnostic::error("input/control-character", self.span(), message)
                .help("remove it; it cannot be seen, and would act on the terminal that shows it"),
        );
    }

    /// Reports a key that is not known. Keys that start with `x-` are the author's own; where
    /// something of a topology was imported from is read off the tree.
    fn check_key(self, key: NodeId, known: &[&str]) -> bool {
        let Some(scalar) = self.at(key).scalar() else { return false };
        let written = scalar.text.as_ref();
        if known.contains(&written) {
            return true;
        }
        if written.starts_with("x-") || (self.takes_origins && written == IMPORTED_FROM) {
            return false;
        }
        let help = match self.problems.may_search(known.len()) {
            true => match self.problems.nearest(written, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys known here are {}", text::and_list(known)),
            },
            false => "`failscope schema` prints the keys that are known".to_owned(),
        };
        self.problems.push(
            Diagnostic::error(
                "input/unknown-key",
                self.tree.span(key),
                format!("unknown key `{}`", text::shortened(written)),
            )
            .help(help),
        );
        false
    }
}

impl<'de> Deserializer<'de> for De<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node().value {
            Value::Mapping(_) => self.map(None, visitor),
            Value::Sequence(items) => {
                let access = Items { de: self, items: items.iter() };
                self.reported(visitor.visit_seq(access))
            }
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.scalar().map(Scalar::resolve) {
            Some(ScalarType::Bool(value)) => self.reported(visitor.visit_bool(value)),
            _ => self.wrong_type("true or false"),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let number = self.number("a whole number")?;
        self.reported(visitor.visit_u32(number))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let number = self.number("a number")?;
        self.reported(visitor.visit_f64(number))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.scalar() {
            Some(scalar) if scalar.resolve() == ScalarType::Text => {
                self.check_characters(&scalar.text);
                self.reported(visitor.visit_borrowed_str(&scalar.text))
            }
            _ => self.wrong_type("text"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    /// A word or a number, as it is written: releases, editions, quantities.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.scalar() {
            Some(scalar) if scalar.resolve() != ScalarType::Null => {
                self.check_characters(&scalar.text);
                self.reported(visitor.visit_borrowed_str(&scalar.text))
            }
            _ => self.wrong_type("a value"),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match (name, &self.node().value) {
            (SPANNED, _) => {
                let access = Spanned { de: self, next: 0 };
                self.reported(visitor.visit_seq(access))
            }
            (LIST, Value::Sequence(items)) => {
                let access = Items { de: self, items: items.iter() };
                self.reported(visitor.visit_seq(access))
            }
            (LIST, _) => {
                let one = [self.node];
                let access = Items { de: self, items: one.iter() };
                self.reported(visitor.visit_seq(access))
            }
            (NAMED, Value::Sequence(items)) => {
                let access = Items { de: self, items: items.iter() };
                self.reported(visitor.visit_seq(access))
            }
            (NAMED, _) => self.map(None, visitor),
            (NEED, Value::Scalar(_)) => self.deserialize_str(visitor),
            (SHORT, Value::Scalar(_)) => self.deserialize_identifier(visitor),
            (SHORT, Value::Sequence(_)) => self.wrong_type("a word, a number or a mapping"),
            (NEED, Value::Sequence(_)) => {
                self.wrong_type("a name or a group such as `{ any: [a, b] }`")
            }
            _ => self.reported(visitor.visit_newtype_struct(self)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.map(Some(fields), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.map(None, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let Some(scalar) = self.scalar().filter(|s| s.resolve() != ScalarType::Null) else {
            return self.wrong_type(&format!("one of {}", text::or_list(variants)));
        };
        let written = scalar.text.as_ref();
        if variants.contains(&written) {
            return self.reported(visitor.visit_enum(UnitVariant(written)));
        }
        let mut message = format!("`{}` is not known here", text::shortened(written));
        if let Some(near) = self.problems.nearest(written, variants.iter().copied()) {
            message.push_str(&format!("; did you mean `{near}`?"));
        }
        self.fail(
            Diagnostic::error("input/unknown-value", self.span(), message)
                .help(format!("write one of {}", text::or_list(variants))),
        )
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 char bytes byte_buf
        option unit unit_struct seq tuple tuple_struct
    }
}

struct Entries<'t, 'e> {
    de: De<'t>,
    entries: std::slice::Iter<'e, (NodeId, NodeId)>,
    value: Option<NodeId>,
}

impl<'t> MapAccess<'t> for Entries<'t, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let Some(&(key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(self.de.at(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let node = self.value.take().unwrap_or(self.de.node);
        seed.deserialize(self.de.at(node))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

struct Items<'t, 'i> {
    de: De<'t>,
    items: std::slice::Iter<'i, NodeId>,
}

impl<'t> SeqAccess<'t> for Items<'t, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        match self.items.next() {
            Some(&item) => seed.deserialize(self.de.at(item)).map(Some),
            None => Ok(None),
        }
    }
}

/// File, start, end, then the value itself: how a [`super::lenient::Sp`] learns its place.
struct Spanned<'t> {
    de: De<'t>,
    next: u8,
}

impl<'t> SeqAccess<'t> for Spanned<'t> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        self.next += 1;
        let span = self.de.span();
        match self.next {
            1 => seed.deserialize(span.file.index().into_deserializer()).map(Some),
            2 => seed.deserialize(span.start.into_deserializer()).map(Some),
            3 => seed.deserialize(span.end.into_deserializer()).map(Some),
            4 => seed.deserialize(self.de).map(Some),
            _ => Ok(None),
        }
    }
}

struct UnitVariant<'t>(&'t str);

impl<'t> EnumAccess<'t> for UnitVariant<'t> {
    type Error = Failure;
    type Variant = UnitOnly;

    fn variant_seed<V: DeserializeSeed<'t>>(
        self,
        seed: V,
    ) -> Result<(V::Value, UnitOnly), Failure> {
        let name: StrDeserializer<'t, Failure> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, UnitOnly))
    }
}

struct UnitOnly;

impl<'t> VariantAccess<'t> for UnitOnly {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, _: T) -> Result<T::Value, Failure> {
        Err(de::Error::custom("expected a word"))
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, _: V) -> Result<V::Value, Failure> {
        Err(de::Error::custom("expected a word"))
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Failure> {
        Err(de::Error::custom("expected a word"))
    }
}
