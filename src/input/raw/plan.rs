//! Plans: ordered steps whose effect is checked before anyone carries them out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::input::lenient::{List, Opt};

/// An ordered list of steps, e.g. a patch night or the build of a system.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Plan {
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// The steps in their order.
    pub(crate) steps: List<Step>,
}

/// One step; exactly one key.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Step {
    /// These go down, or are taken down, and stay down.
    pub(crate) fail: List<String>,
    /// These come back.
    pub(crate) restore: List<String>,
    /// These are restarted.
    pub(crate) restart: List<String>,
    /// These are made highly available: a cluster, an availability group.
    pub(crate) protect: List<String>,
    /// These are configured for the first time: a host, the BizTalk group.
    pub(crate) configure: List<String>,
}
