//! Wrappers that keep places and survive bad values.
//!
//! A value that cannot be read has already been reported by the deserializer;
//! these types remember that something was there and go on, so that one run
//! shows every problem of a file.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::source::{FileId, Span};

/// Names by which [`super::de`] recognises the wrappers.
pub(super) const SPANNED: &str = "failscope::Sp";
pub(super) const LIST: &str = "failscope::List";
pub(super) const NAMED: &str = "failscope::Named";
/// A name or a group; only the name form is read as a plain string.
pub(super) const NEED: &str = "failscope::Need";
/// A word, or the mapping that says more.
pub(super) const SHORT: &str = "failscope::Short";

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Sp<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// A key that may be missing, or present with a value that could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) enum Opt<T> {
    #[default]
    Absent,
    Invalid,
    Is(Sp<T>),
}

impl<T> Opt<T> {
    pub(crate) fn get(&self) -> Option<&Sp<T>> {
        match self {
            Opt::Is(value) => Some(value),
            Opt::Absent | Opt::Invalid => None,
        }
    }

    pub(crate) fn value(&self) -> Option<&T> {
        self.get().map(|sp| &sp.value)
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Opt::Absent)
    }
}

/// A list; one value alone is a list of one.
#[derive(Debug, Clone)]
pub(crate) struct List<T>(pub(crate) Vec<Sp<T>>);

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(Vec::new())
    }
}

/// Things by name, in the order of the file. A list of names is the short form.
/// Boxed, because these are large and each is handed through several callers.
#[derive(Debug, Clone)]
pub(crate) struct Named<T>(pub(crate) Vec<(Sp<String>, Option<Box<T>>)>);

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named(Vec::new())
    }
}

/// Values by key, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Table<T>(pub(crate) Vec<(Sp<String>, Sp<T>)>);

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table(Vec::new())
    }
}

/// Text that may also look like a number: `2019`, `2016 CU5`, `99.95%`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) String);

/// A word or a number, or a mapping that says more.
#[derive(Debug, Clone)]
pub(crate) enum Short<T> {
    Word(String),
    Whole(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Short<T>, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Short<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word, a number or a mapping")
            }

            fn visit_str<E>(self, word: &str) -> Result<Short<T>, E> {
                Ok(Short::Word(word.to_owned()))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                whole: D,
            ) -> Result<Short<T>, D::Error> {
                T::deserialize(whole).map(Short::Whole)
            }
        }
        deserializer.deserialize_newtype_struct(SHORT, Either(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Short<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Short{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": ["string", "number", "boolean"] }, whole] })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Opt<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Opt<T>, D::Error> {
        struct Seen<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Seen<T> {
            type Value = Opt<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Opt<T>, A::Error> {
                let file = FileId::from_index(parts.next_element()?.unwrap_or(0));
                let start = parts.next_element()?.unwrap_or(0);
                let end = parts.next_element()?.unwrap_or(0);
                let span = Span { file, start, end };
                Ok(match parts.next_element::<T>() {
                    Ok(Some(value)) => Opt::Is(Sp { value, span }),
                    Ok(None) | Err(_) => Opt::Invalid,
                })
            }
        }
        deserializer.deserialize_newtype_struct(SPANNED, Seen(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<List<T>, D::Error> {
        struct Items<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element::<Opt<T>>()? {
                    if let Opt::Is(value) = item {
                        list.push(value);
                    }
                }
                Ok(List(list))
            }
        }
        deserializer.deserialize_newtype_struct(LIST, Items(PhantomData))
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named<T>, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Entries<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names with their attributes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut named = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some(key) = map.next_key::<Opt<String>>()? {
                    let value = match map.next_value::<Opt<Box<T>>>()? {
                        Opt::Is(value) => Some(value.value),
                        Opt::Absent | Opt::Invalid => None,
                    };
                    if let Opt::Is(key) = key {
                        named.push((key, value));
                    }
                }
                Ok(Named(named))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Named<T>, A::Error> {
                let mut named = Vec::new();
                while let Some(name) = items.next_element::<Opt<String>>()? {
                    if let Opt::Is(name) = name {
                        named.push((name, Some(Box::default())));
                    }
                }
                Ok(Named(named))
            }
        }
        deserializer.deserialize_newtype_struct(NAMED, Entries(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Table<T>, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Table<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys with their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table<T>, A::Error> {
                let mut table = Vec::new();
                while let Some(key) = map.next_key::<Opt<String>>()? {
                    if let (Opt::Is(key), Opt::Is(value)) = (key, map.next_value::<Opt<T>>()?) {
                        table.push((key, value));
                    }
                }
                Ok(Table(table))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a number")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
        }
        deserializer.deserialize_identifier(Word)
    }
}

impl<T: JsonSchema> JsonSchema for Opt<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [item, { "type": "array", "items": item }] })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("NamedOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        // A name alone has no keys: there is a short form only where none is required.
        if T::json_schema(generator).get("required").is_some() {
            return json_schema!({ "type": ["object", "null"], "additionalProperties": item });
        }
        json_schema!({
            "anyOf": [
                { "type": "null" },
                { "type": "object", "additionalProperties": { "anyOf": [item, { "type": "null" }] } },
                { "type": "array", "items": { "type": "string" } }
            ]
        })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl<T: JsonSchema> JsonSchema for Table<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("TableOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": ["object", "null"], "additionalProperties": value })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }

    fn inline_schema() -> bool {
        true
    }
}
