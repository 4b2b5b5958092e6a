//! SQL instances, availability groups and their databases.

use super::names::databases;
use super::{Lower, at, opt, opt_text};
use crate::diagnostic::Diagnostic;
use crate::input::lenient::Sp;
use crate::input::raw;
use crate::model::*;

impl Lower<'_> {
    pub(super) fn sql(&self, raw: &raw::Topology, topology: &mut Topology) {
        let mut next_database = 0;
        let default = raw::SqlInstance::default();
        for (name, instance) in &raw.sql_instances.0 {
            let raw = instance.as_deref().unwrap_or(&default);
            let held = next_ids(&mut next_database, raw.databases.0.len());
            topology.sql_instances.push(self.sql_instance(name, raw, held));
        }
        let default = raw::AvailabilityGroup::default();
        for (name, group) in &raw.availability_groups.0 {
            let raw = group.as_deref().unwrap_or(&default);
            let held = next_ids(&mut next_database, raw.databases.0.len());
            topology.availability_groups.push(self.availability_group(name, raw, held));
        }
        let mut places = Vec::with_capacity(next_database);
        for (id, instance) in topology.sql_instances.iter() {
            places.extend(instance.databases.iter().map(|_| DatabasePlace::Instance(id)));
        }
        for (id, group) in topology.availability_groups.iter() {
            places.extend(group.databases.iter().map(|_| DatabasePlace::AvailabilityGroup(id)));
        }
        for ((_, name, raw), place) in databases(raw).zip(places) {
            topology.databases.push(database(name, raw, place));
        }
        self.check_listed_once(topology);
    }

    fn sql_instance(
        &self,
        name: &Sp<String>,
        raw: &raw::SqlInstance,
        databases: Vec<Id<Database>>,
    ) -> SqlInstance {
        SqlInstance {
            name: at(name),
            on: self.required("on", &raw.on, name).and_then(|on| self.carrier(on, false)),
            version: opt_text(&raw.version),
            edition: opt(&raw.edition),
            databases,
            agent: opt(&raw.agent),
            addressed_as: opt(&raw.addressed_as),
            disks: self.references(&raw.disks),
            needs: self.needs(&raw.needs),
        }
    }

    fn availability_group(
        &self,
        name: &Sp<String>,
        raw: &raw::AvailabilityGroup,
        databases: Vec<Id<Database>>,
    ) -> AvailabilityGroup {
        if raw.replicas.0.is_empty() {
            self.missing("replicas", &format!("availability group `{}`", name.value), name.span);
        }
        let replica = |(instance, replica): &(Sp<String>, Option<Box<raw::Replica>>)| {
            let default = raw::Replica::default();
            let raw = replica.as_deref().unwrap_or(&default);
            Some(Replica {
                instance: self.names.reference(instance, self.problems)?,
                commit: opt(&raw.commit),
                failover: opt(&raw.failover),
            })
        };
        AvailabilityGroup {
            name: at(name),
            cluster: self.reference(&raw.cluster),
            replicas: raw.replicas.0.iter().filter_map(replica).collect(),
            listener: opt(&raw.listener),
            addressed_as: opt(&raw.addressed_as),
            databases,
            dtc_per_database: opt(&raw.dtc_per_database),
        }
    }

    /// A database of an availability group must not be listed under a replica again:
    /// it would count as a second database.
    fn check_listed_once(&self, topology: &Topology) {
        for group in topology.availability_groups.values() {
            for replica in &group.replicas {
                let local = &topology.sql_instances[replica.instance.value].databases;
                for &database in local {
                    let name = &topology.databases[database].name;
                    let twin = group
                        .databases
                        .iter()
                        .map(|&id| &topology.databases[id].name)
                        .find(|twin| twin.value == name.value);
                    if let Some(twin) = twin {
                        self.problems.push(
                            Diagnostic::error(
                                "input/database-listed-twice",
                                name.span,
                                format!(
                                    "`{}` is in availability group `{}` already",
                                    name.value, group.name.value
                                ),
                            )
                            .related(twin.span, "listed here")
                            .help("list it once, in the availability group"),
                        );
                    }
                }
            }
        }
    }
}

fn next_ids(next: &mut usize, count: usize) -> Vec<Id<Database>> {
    let first = *next;
    *next += count;
    (first..*next).map(Id::new).collect()
}

fn database(name: &Sp<String>, raw: Option<&raw::Database>, place: DatabasePlace) -> Database {
    let default = raw::Database::default();
    let raw = raw.unwrap_or(&default);
    let stated = raw.holds.value().copied();
    Database {
        name: at(name),
        place,
        role: stated.unwrap_or_else(|| role_by_default_name(&name.value)),
        mirrored: opt(&raw.mirrored),
        routing_only: opt(&raw.routing_only),
    }
}

/// The default names of the platform's databases; upper and lower case do not matter in SQL Server.
fn role_by_default_name(name: &str) -> DatabaseRole {
    match name.to_lowercase().as_str() {
        "biztalkmgmtdb" => DatabaseRole::Management,
        "ssodb" => DatabaseRole::Sso,
        "biztalkdtadb" => DatabaseRole::Tracking,
        "biztalkruleenginedb" => DatabaseRole::Rules,
        "bamprimaryimport" => DatabaseRole::BamPrimaryImport,
        "bamstarschema" => DatabaseRole::BamStarSchema,
        "bamanalysis" => DatabaseRole::BamAnalysis,
        "bamarchive" => DatabaseRole::BamArchive,
        "bamalertsapplication" | "bamalertsnsmain" => DatabaseRole::BamAlerts,
        "biztalkanalysisdb" => DatabaseRole::TrackingAnalysis,
        "ssisdb" => DatabaseRole::Ssisdb,
        name if name.starts_with("biztalkmsgboxdb") => DatabaseRole::Messagebox,
        _ => DatabaseRole::Application,
    }
}
