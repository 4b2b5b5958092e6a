//! Keys of the author's own, gathered from everything that may carry them.

use super::names::{biztalk_groups, databases};
use super::{Lower, at};
use crate::input::lenient::{Named, Table, Text};
use crate::input::raw;
use crate::model::{At, Label, Topology};

impl Lower<'_> {
    pub(super) fn labels(&self, raw: &raw::Topology, topology: &mut Topology) {
        self.section(&raw.sites, |it| &it.labels, topology);
        self.section(&raw.servers, |it| &it.labels, topology);
        self.section(&raw.storage, |it| &it.labels, topology);
        self.section(&raw.clusters, |it| &it.labels, topology);
        self.section(&raw.load_balancers, |it| &it.labels, topology);
        self.section(&raw.networks, |it| &it.labels, topology);
        self.section(&raw.domain_controllers, |it| &it.labels, topology);
        self.section(&raw.dns_servers, |it| &it.labels, topology);
        self.section(&raw.sql_instances, |it| &it.labels, topology);
        self.section(&raw.availability_groups, |it| &it.labels, topology);
        self.section(&raw.file_shares, |it| &it.labels, topology);
        self.section(&raw.external, |it| &it.labels, topology);
        self.section(&raw.components, |it| &it.labels, topology);
        self.section(&raw.services, |it| &it.labels, topology);
        for (cluster, given) in &raw.clusters.0 {
            for (name, group) in given.iter().flat_map(|cluster| &cluster.groups.0) {
                let name = format!("{}/{}", cluster.value, name.value);
                self.keep(&name, group.as_ref().map(|group| &group.labels), topology);
            }
        }
        for (owner, name, database) in databases(raw) {
            let name = format!("{}/{}", owner.value, name.value);
            self.keep(&name, database.map(|database| &database.labels), topology);
        }
        for group in biztalk_groups(raw).filter_map(|(_, group)| group) {
            self.section(&group.hosts, |it| &it.labels, topology);
            self.section(&group.receive_locations, |it| &it.labels, topology);
            self.section(&group.send_ports, |it| &it.labels, topology);
            self.section(&group.orchestrations, |it| &it.labels, topology);
        }
    }

    fn section<T>(&self, all: &Named<T>, of: fn(&T) -> &Table<Text>, topology: &mut Topology) {
        for (name, thing) in &all.0 {
            self.keep(&name.value, thing.as_deref().map(of), topology);
        }
    }

    fn keep(&self, name: &str, given: Option<&Table<Text>>, topology: &mut Topology) {
        let Some(given) = given.filter(|given| !given.0.is_empty()) else { return };
        let Some(element) = self.names.find(name) else { return };
        let label = |(key, value): &_| Label { key: at(key), value: text(value) };
        topology.labels.entry(element).or_default().extend(given.0.iter().map(label));
    }
}

fn text(value: &crate::input::lenient::Sp<Text>) -> At<String> {
    At::new(value.value.0.clone(), value.span)
}
