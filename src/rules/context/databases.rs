//! The databases of BizTalk groups, what serves them, and releases.

use super::Context;
use crate::model::*;
use crate::rules::release::Release;

/// What serves a database, seen from its availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    Standalone(Id<SqlInstance>, Id<Server>),
    Clustered(Id<SqlInstance>, Id<ClusterGroup>),
    AvailabilityGroup(Id<AvailabilityGroup>),
}

impl<'a> Context<'a> {
    /// Databases of a BizTalk group.
    pub fn databases_of(&self, group: Id<BiztalkGroup>) -> &[Id<Database>] {
        self.databases_of.get(group.index()).map_or(&[], Vec::as_slice)
    }

    /// Databases of a group that hold one of these.
    pub fn databases_with(
        &self,
        group: Id<BiztalkGroup>,
        roles: &[DatabaseRole],
    ) -> Vec<Id<Database>> {
        let holds = |id: &Id<Database>| roles.contains(&self.topology.databases[*id].role);
        self.databases_of(group).iter().copied().filter(holds).collect()
    }

    /// False when the file has several groups and does not say whose databases are whose.
    pub fn knows_databases_of(&self, group: Id<BiztalkGroup>) -> bool {
        self.topology.biztalk.len() == 1 || !self.topology.biztalk[group].databases.is_empty()
    }

    /// Databases that any BizTalk group uses, each once, in the order of the file.
    pub fn biztalk_databases(&self) -> Vec<Id<Database>> {
        self.used_databases.iter().map(|(id, _)| *id).collect()
    }

    /// SQL instances that hold a database of a BizTalk group themselves.
    pub fn biztalk_instances(&self) -> Vec<Id<SqlInstance>> {
        let place = |id: Id<Database>| match self.topology.databases[id].place {
            DatabasePlace::Instance(instance) => Some(instance),
            DatabasePlace::AvailabilityGroup(_) => None,
        };
        let mut all: Vec<Id<SqlInstance>> =
            self.biztalk_databases().into_iter().filter_map(place).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// SQL instances that hold databases of BizTalk itself for a group, alone or as replicas.
    pub fn instances_of_group(&self, group: Id<BiztalkGroup>) -> Vec<Id<SqlInstance>> {
        self.instances_with(group, |role| role != DatabaseRole::Application)
    }

    /// SQL instances that hold databases of some roles for a group, alone or as replicas.
    pub fn instances_with(
        &self,
        group: Id<BiztalkGroup>,
        wanted: impl Fn(DatabaseRole) -> bool,
    ) -> Vec<Id<SqlInstance>> {
        let databases = self.databases_of(group).iter().map(|&id| &self.topology.databases[id]);
        let mut instances = Vec::new();
        for database in databases.filter(|known| wanted(known.role)) {
            match database.place {
                DatabasePlace::Instance(id) => instances.push(id),
                DatabasePlace::AvailabilityGroup(id) => {
                    let replicas = &self.topology.availability_groups[id].replicas;
                    instances.extend(replicas.iter().map(|replica| replica.instance.value));
                }
            }
        }
        instances.sort_unstable();
        instances.dedup();
        instances
    }

    /// Availability groups that hold a database of a BizTalk group, with the first BizTalk
    /// group that uses them.
    pub fn biztalk_availability_groups(&self) -> Vec<(Id<AvailabilityGroup>, Id<BiztalkGroup>)> {
        let group_of = |&(database, biztalk): &(Id<Database>, Id<BiztalkGroup>)| match self
            .topology
            .databases[database]
            .place
        {
            DatabasePlace::AvailabilityGroup(group) => Some((group, biztalk)),
            DatabasePlace::Instance(_) => None,
        };
        let mut all: Vec<(Id<AvailabilityGroup>, Id<BiztalkGroup>)> =
            self.used_databases.iter().filter_map(group_of).collect();
        all.sort_unstable();
        all.dedup_by_key(|(group, _)| *group);
        all
    }

    pub fn served(&self, database: Id<Database>) -> Served {
        let instance = match self.topology.databases[database].place {
            DatabasePlace::AvailabilityGroup(group) => return Served::AvailabilityGroup(group),
            DatabasePlace::Instance(instance) => instance,
        };
        match self.topology.sql_instances[instance].on.map(|on| on.value) {
            Some(Carrier::Group(group)) => Served::Clustered(instance, group),
            Some(Carrier::Server(server)) => Served::Standalone(instance, server),
            // Refused when the file is read; the first server is never looked at.
            Some(Carrier::Storage(_)) | None => Served::Standalone(instance, Id::new(0)),
        }
    }

    /// The release of SQL Server that an instance says it has.
    pub fn sql_release_of(&self, instance: &SqlInstance) -> Option<Release> {
        Release::parse(&instance.version.as_ref()?.value)
    }

    /// The release of BizTalk Server that a group says it has.
    pub fn release_of(&self, group: &BiztalkGroup) -> Option<Release> {
        Release::parse(&group.version.as_ref()?.value)
    }
}
