//! What the author wrote, field by field: the topology language.
//!
//! These types are the only definition of the language. The reader fills them,
//! and the JSON Schema with its hover texts is generated from them. They check
//! shapes only; names and quantities are checked when they are lowered to the
//! model.

mod biztalk;
mod infrastructure;
mod needs;
mod plan;

pub(crate) use biztalk::*;
pub(crate) use infrastructure::*;
pub(crate) use needs::*;
pub(crate) use plan::*;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use super::de::Problems;
use super::lenient::{List, Named, Opt, Table};
use crate::diagnostic::Diagnostic;

/// A deployment topology: what is installed where, and what depends on what.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["failscope"]))]
pub(crate) struct Topology {
    /// Version of the topology language. Always 1.
    #[schemars(range(min = 1, max = 1))]
    pub(crate) failscope: Opt<u32>,
    /// What this topology is called in reports.
    pub(crate) name: Opt<String>,
    /// A sentence or two for the reader.
    pub(crate) description: Opt<String>,
    /// Further files of the same topology, relative to this one.
    pub(crate) include: List<String>,
    /// Topologies that this one adds to and overrides, relative to this file; of several, the later over the earlier.
    pub(crate) extends: List<String>,
    /// What of the extended topologies is left out: their sections and keys again, ending in a list of the names or keys that go.
    pub(crate) remove: Opt<Removal>,
    /// Data centres or other places that fail as a whole. Once one is listed, every `site` must be.
    pub(crate) sites: Named<Site>,
    /// Computers, physical or virtual.
    pub(crate) servers: Named<Server>,
    /// Disk arrays and SANs.
    pub(crate) storage: Named<Storage>,
    /// Failover clusters.
    pub(crate) clusters: Named<Cluster>,
    /// Network load balancers in front of servers.
    pub(crate) load_balancers: Named<LoadBalancer>,
    /// Networks that servers need to reach each other.
    pub(crate) networks: Named<Network>,
    /// Active Directory domain controllers.
    pub(crate) domain_controllers: Named<Directory>,
    /// DNS servers.
    pub(crate) dns_servers: Named<Directory>,
    /// SQL Server instances: standalone on a server, clustered in a cluster group, or replicas of an availability group.
    pub(crate) sql_instances: Named<SqlInstance>,
    /// SQL Server Always On availability groups.
    pub(crate) availability_groups: Named<AvailabilityGroup>,
    /// Shared folders.
    pub(crate) file_shares: Named<FileShare>,
    /// Systems of others: partners, line-of-business systems, queue managers, mail.
    pub(crate) external: Named<External>,
    /// Anything else, from any platform.
    pub(crate) components: Named<Component>,
    /// A BizTalk Server group.
    pub(crate) biztalk: Opt<Biztalk>,
    /// Further BizTalk Server groups, by name.
    pub(crate) biztalk_groups: Named<Biztalk>,
    /// Failures that strike several things at once, for `availability`.
    pub(crate) common_causes: Named<CommonCause>,
    /// What the business asks for.
    pub(crate) services: Named<Service>,
    /// Maintenance and build plans, checked step by step.
    pub(crate) plans: Named<Plan>,
}

/// What the business asks for, and how much of it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["needs"]))]
pub(crate) struct Service {
    /// What it needs to work.
    #[schemars(extend("minItems" = 1))]
    pub(crate) needs: Needs,
    /// Share of time it must work, e.g. `99.95%`.
    pub(crate) availability: Opt<Text>,
    /// Longest tolerable interruption, e.g. `15m`.
    pub(crate) recovery_time: Opt<Text>,
    /// Who answers for it.
    pub(crate) owner: Opt<String>,
    /// A sentence for the reader.
    pub(crate) description: Opt<String>,
    /// Keys of the author's own, for rules of their own, such as `environment: production`.
    pub(crate) labels: Table<Text>,
}

pub(crate) use super::lenient::Text;

/// What an overlay leaves out. It is carried out before anything is read.
#[derive(Debug)]
pub(crate) struct Removal;

impl<'de> Deserialize<'de> for Removal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Removal, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Removal)
    }
}

impl JsonSchema for Removal {
    fn schema_name() -> Cow<'static, str> {
        "Removal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }

    fn inline_schema() -> bool {
        true
    }
}

impl Topology {
    /// Joins another file of the same topology to this one.
    pub(crate) fn append(&mut self, part: Topology, problems: &Problems) {
        self.sites.0.extend(part.sites.0);
        self.servers.0.extend(part.servers.0);
        self.storage.0.extend(part.storage.0);
        self.clusters.0.extend(part.clusters.0);
        self.load_balancers.0.extend(part.load_balancers.0);
        self.networks.0.extend(part.networks.0);
        self.domain_controllers.0.extend(part.domain_controllers.0);
        self.dns_servers.0.extend(part.dns_servers.0);
        self.sql_instances.0.extend(part.sql_instances.0);
        self.availability_groups.0.extend(part.availability_groups.0);
        self.file_shares.0.extend(part.file_shares.0);
        self.external.0.extend(part.external.0);
        self.components.0.extend(part.components.0);
        self.biztalk_groups.0.extend(part.biztalk_groups.0);
        self.common_causes.0.extend(part.common_causes.0);
        self.services.0.extend(part.services.0);
        self.plans.0.extend(part.plans.0);
        match (self.biztalk.get(), part.biztalk.get()) {
            (Some(first), Some(second)) => problems.push(
                Diagnostic::error(
                    "input/second-biztalk",
                    second.span.head(),
                    "a second `biztalk` section",
                )
                .related(first.span.head(), "the first one")
                .help("write further groups under `biztalk_groups`, by name"),
            ),
            (None, Some(_)) => self.biztalk = part.biztalk,
            _ => {}
        }
    }
}
