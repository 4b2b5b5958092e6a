//! The `needs` grammar: names, and groups of names of which all, any or some are needed.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use crate::input::lenient::{List, Opt};
use crate::model::NeedKind;

/// What a component needs; every entry of the list is needed.
pub(crate) type Needs = List<Need>;

/// One need: a name, or a group of needs.
#[derive(Debug)]
pub(crate) enum Need {
    Name(String),
    Group(Box<NeedGroup>),
}

/// A group of needs, with what kind of need it is.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NeedGroup {
    /// Every one of these.
    pub(crate) all: List<Need>,
    /// At least one of these.
    pub(crate) any: List<Need>,
    /// How many of the entries of `of` are needed.
    pub(crate) at_least: Opt<u32>,
    /// What `at_least` counts.
    pub(crate) of: List<Need>,
    /// What the loss of it means. `run` when not given.
    pub(crate) kind: Opt<NeedKind>,
    /// Why it is needed; printed by `explain`.
    pub(crate) why: Opt<String>,
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Need, D::Error> {
        struct NeedVisitor;
        impl<'de> Visitor<'de> for NeedVisitor {
            type Value = Need;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a group such as `{ any: [a, b] }`")
            }

            fn visit_str<E>(self, name: &str) -> Result<Need, E> {
                Ok(Need::Name(name.to_owned()))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                group: D,
            ) -> Result<Need, D::Error> {
                NeedGroup::deserialize(group).map(Box::new).map(Need::Group)
            }
        }
        deserializer.deserialize_newtype_struct(crate::input::lenient::NEED, NeedVisitor)
    }
}

impl JsonSchema for Need {
    fn schema_name() -> Cow<'static, str> {
        "Need".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let group = generator.subschema_for::<NeedGroup>();
        json_schema!({
            "description": "A name of this topology, or a group of needs.",
            "anyOf": [{ "type": "string" }, group]
        })
    }
}
