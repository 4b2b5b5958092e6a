//! The format of a certificate: what is claimed, and what shows it.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

/// Version of the format.
pub const VERSION: u32 = 1;

/// Minimal cut sets of some services of a topology, each with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Version of the format. Always 1.
    #[schemars(range(min = 1, max = 1))]
    pub failscope_certificate: u32,
    /// What the topology is called.
    pub topology: String,
    /// Fingerprint of the components and of what needs what.
    pub structure: String,
    /// What is claimed of each service.
    pub services: Vec<ServiceProof>,
}

/// What is claimed of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceProof {
    /// The service, function or component whose loss is meant.
    pub service: String,
    /// Each keeps the service up as long as all its members work, whatever else fails.
    pub path_sets: Vec<Vec<String>>,
    /// Minimal cut sets; those of one member are the single points of failure.
    pub cut_sets: Vec<SetProof>,
}

/// A minimal cut set and what shows that it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetProof {
    /// What fails.
    pub fail: Vec<String>,
    /// How the service is lost by it, one loss after another; the last is the service.
    pub loss: Vec<Step>,
    /// For each member, what shows that it cannot be left out.
    pub needed: Vec<Needed>,
}

/// One loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is lost.
    pub lost: String,
    /// Earlier losses without which one of its requirements is not met. Empty for what fails
    /// by itself, or is down in the design.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
}

/// Why a member cannot be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Needed {
    /// A member of the set.
    pub member: String,
    /// Place in `path_sets`, counted from 0, of one that holds this member and no other of the set.
    pub path_set: usize,
}

/// The JSON Schema of the format, draft 2020-12.
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Certificate>();
    schema.insert("title".to_owned(), "failscope certificate".into());
    schema.to_value()
}
