//! Sites, servers, clusters, balancers, networks, shares, external systems, free components.

use super::names::check_name;
use super::{Lower, at, opt, opt_text};
use crate::diagnostic::Diagnostic;
use crate::input::lenient::{Opt, Sp, Text};
use crate::input::raw;
use crate::model::*;

/// Words that say what a clustered resource is.
const RESOURCE_NAMES: [&str; 6] = ["msdtc", "msmq", "entsso", "w3svc", "iis", "sql-agent"];

impl Lower<'_> {
    pub(super) fn infrastructure(&self, raw: &raw::Topology, topology: &mut Topology) {
        for (name, site) in &raw.sites.0 {
            let role = site.as_ref().and_then(|site| site.role.value().copied());
            topology.sites.push(Site { name: at(name), role });
        }
        let default = raw::Server::default();
        for (name, server) in &raw.servers.0 {
            let server = self.server(name, server.as_deref().unwrap_or(&default));
            topology.servers.push(server);
        }
        let default = raw::Storage::default();
        for (name, storage) in &raw.storage.0 {
            let storage = self.storage(name, storage.as_deref().unwrap_or(&default));
            topology.storage.push(storage);
        }
        for (name, cluster) in &raw.clusters.0 {
            self.cluster(name, cluster.as_deref().unwrap_or(&raw::Cluster::default()), topology);
        }
        let default = raw::LoadBalancer::default();
        for (name, balancer) in &raw.load_balancers.0 {
            let balancer = self.load_balancer(name, balancer.as_deref().unwrap_or(&default));
            topology.load_balancers.push(balancer);
        }
        let default = raw::Network::default();
        for (name, network) in &raw.networks.0 {
            let network = self.network(name, network.as_deref().unwrap_or(&default));
            topology.networks.push(network);
        }
        self.directories(raw, topology);
        let default = raw::FileShare::default();
        for (name, share) in &raw.file_shares.0 {
            let share = self.file_share(name, share.as_deref().unwrap_or(&default));
            topology.file_shares.push(share);
        }
        let default = raw::External::default();
        for (name, external) in &raw.external.0 {
            let external = self.external(name, external.as_deref().unwrap_or(&default));
            topology.external.push(external);
        }
        let default = raw::Component::default();
        for (name, component) in &raw.components.0 {
            let component = self.component(name, component.as_deref().unwrap_or(&default));
            topology.components.push(component);
        }
    }

    /// A site is checked against `sites` once that section lists any.
    fn site(&self, site: &Opt<String>) -> Option<Name> {
        let name = self.name(site)?;
        if self.sites_declared {
            self.names.reference::<Site>(site.get()?, self.problems)?;
        }
        Some(name)
    }

    /// A name that is defined by being used: a machine, a rack, a site.
    fn name(&self, name: &Opt<String>) -> Option<Name> {
        let name = name.get()?;
        check_name(&name.value, name.span, self.problems);
        Some(at(name))
    }

    fn at_site(&self, site: &Opt<String>) -> Placement {
        Placement { site: self.site(site), rack: None, machine: None }
    }

    fn reliability(
        &self,
        mtbf: &Opt<Text>,
        mttr: &Opt<Text>,
        maintenance: &Opt<Text>,
    ) -> Reliability {
        Reliability {
            mtbf: self.parsed(mtbf, Range::<Duration>::parse),
            mttr: self.parsed(mttr, Range::<Duration>::parse),
            availability: None,
            maintenance: self.parsed(maintenance, Maintenance::parse),
        }
    }

    fn server(&self, name: &Sp<String>, raw: &raw::Server) -> Server {
        Server {
            name: at(name),
            placement: Placement {
                site: self.site(&raw.site),
                rack: self.name(&raw.rack),
                machine: self.name(&raw.machine),
            },
            zone: opt(&raw.zone),
            roles: raw.roles.0.iter().map(|role| role.value.clone()).collect(),
            placeholder: raw.placeholder.value() == Some(&true),
            services: ServerServices {
                msdtc: opt(&raw.services.msdtc),
                msmq: opt(&raw.services.msmq),
                iis: opt(&raw.services.iis),
                entsso: opt(&raw.services.entsso),
                mqsagent: opt(&raw.services.mqsagent),
                rule_update: opt(&raw.services.rule_update),
            },
            networks: self.references(&raw.networks),
            needs: self.needs(&raw.needs),
            reliability: self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance),
        }
    }

    fn storage(&self, name: &Sp<String>, raw: &raw::Storage) -> Storage {
        Storage {
            name: at(name),
            kind: opt(&raw.kind),
            raid: opt_text(&raw.raid),
            redundant: opt(&raw.redundant),
            placement: self.at_site(&raw.site),
            needs: self.needs(&raw.needs),
            reliability: self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance),
        }
    }

    fn cluster(&self, name: &Sp<String>, raw: &raw::Cluster, topology: &mut Topology) {
        let id = Id::new(topology.clusters.len());
        if raw.nodes.0.is_empty() {
            self.missing("nodes", &format!("cluster `{}`", name.value), name.span);
        }
        let nodes = self.references(&raw.nodes);
        let mut groups = Vec::with_capacity(raw.groups.0.len());
        let default = raw::ClusterGroup::default();
        for (group_name, group) in &raw.groups.0 {
            let group = self.cluster_group(group_name, group.as_deref().unwrap_or(&default), id);
            self.check_owners(&group, name, &nodes);
            groups.push(topology.cluster_groups.push(group));
        }
        topology.clusters.push(Cluster {
            name: at(name),
            nodes,
            witness: raw.witness.get().and_then(|word| self.witness(word)),
            groups,
            failover_time: self.duration(&raw.failover_time),
            failover_success: self.parsed(&raw.failover_success, Share::parse),
        });
    }

    fn witness(&self, word: &Sp<String>) -> Option<At<Witness>> {
        if word.value == "none" {
            return Some(At::new(Witness::Absent, word.span));
        }
        let element = self.names.element(word, self.problems)?;
        Some(At::new(Witness::Element(element), word.span))
    }

    fn cluster_group(
        &self,
        name: &Sp<String>,
        raw: &raw::ClusterGroup,
        cluster: Id<Cluster>,
    ) -> ClusterGroup {
        let resources = &raw.resources.0;
        ClusterGroup {
            name: at(name),
            cluster,
            network_name: opt(&raw.network_name),
            ip: opt_text(&raw.ip),
            disks: self.references(&raw.disks),
            resources: resources.iter().map(|(n, r)| self.resource(n, r.as_deref())).collect(),
            possible_owners: match raw.possible_owners.0.is_empty() {
                true => None,
                false => Some(self.references(&raw.possible_owners)),
            },
            preferred_owners: self.references(&raw.preferred_owners),
        }
    }

    fn check_owners(&self, group: &ClusterGroup, cluster: &Sp<String>, nodes: &[Ref<Server>]) {
        let owners = group.possible_owners.iter().flatten().chain(&group.preferred_owners);
        for owner in owners {
            if !nodes.iter().any(|node| node.value == owner.value) {
                self.problems.push(
                    Diagnostic::error(
                        "input/owner-not-a-node",
                        owner.span,
                        format!("an owner must be a node of cluster `{}`", cluster.value),
                    )
                    .help("add the server to `nodes`, or remove it here"),
                );
            }
        }
    }

    fn resource(&self, name: &Sp<String>, raw: Option<&raw::Resource>) -> Resource {
        let stated = raw.and_then(|raw| raw.kind.value().copied());
        if stated.is_none() {
            self.check_resource_name(name);
        }
        let depends_on = raw.map_or(&[][..], |raw| &raw.depends_on.0);
        Resource {
            name: at(name),
            kind: stated.unwrap_or_else(|| self.resource_kind_of(&name.value)),
            depends_on: depends_on.iter().map(at).collect(),
        }
    }

    /// A word near one that says what the resource is was meant to say so.
    fn check_resource_name(&self, name: &Sp<String>) {
        if self.resource_kind_of(&name.value) != ResourceKind::Other {
            return;
        }
        let Some(near) = self.problems.nearest(&name.value, RESOURCE_NAMES) else { return };
        self.problems.push(
            Diagnostic::error(
                "input/unknown-resource",
                name.span,
                format!("`{}` does not say what the resource is", name.value),
            )
            .help(format!("did you mean `{near}`? If it is something else, give it a `kind`")),
        );
    }

    /// A resource without `kind` says what it is by its name.
    fn resource_kind_of(&self, name: &str) -> ResourceKind {
        match name.to_lowercase().as_str() {
            "msdtc" => ResourceKind::Msdtc,
            "msmq" => ResourceKind::Msmq,
            "entsso" => ResourceKind::Entsso,
            "w3svc" | "iis" => ResourceKind::W3svc,
            "sql-agent" => ResourceKind::SqlAgent,
            _ if matches!(self.names.find(name), Some(Element::Host(_))) => {
                ResourceKind::BiztalkHost
            }
            _ => ResourceKind::Other,
        }
    }

    fn load_balancer(&self, name: &Sp<String>, raw: &raw::LoadBalancer) -> LoadBalancer {
        if raw.members.0.is_empty() {
            self.missing("members", &format!("load balancer `{}`", name.value), name.span);
        }
        LoadBalancer {
            name: at(name),
            kind: opt(&raw.kind),
            members: self.references(&raw.members),
            redundant: opt(&raw.redundant),
            placement: self.at_site(&raw.site),
            needs: self.needs(&raw.needs),
            reliability: self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance),
        }
    }

    fn network(&self, name: &Sp<String>, raw: &raw::Network) -> Network {
        Network {
            name: at(name),
            redundant: opt(&raw.redundant),
            placement: self.at_site(&raw.site),
            needs: self.needs(&raw.needs),
            reliability: self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance),
        }
    }

    fn directories(&self, raw: &raw::Topology, topology: &mut Topology) {
        let default = raw::Directory::default();
        for (name, directory) in &raw.domain_controllers.0 {
            let directory = self.directory(name, directory.as_deref().unwrap_or(&default));
            topology.domain_controllers.push(directory);
        }
        for (name, directory) in &raw.dns_servers.0 {
            let directory = self.directory(name, directory.as_deref().unwrap_or(&default));
            topology.dns_servers.push(DnsServer(directory));
        }
    }

    fn directory(&self, name: &Sp<String>, raw: &raw::Directory) -> Directory {
        Directory {
            name: at(name),
            on: self.reference(&raw.on),
            domain: raw.domain.value().cloned(),
            placement: self.at_site(&raw.site),
            reliability: self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance),
        }
    }

    fn file_share(&self, name: &Sp<String>, raw: &raw::FileShare) -> FileShare {
        FileShare {
            name: at(name),
            on: raw.on.get().and_then(|on| self.carrier(on, true)),
            path: opt(&raw.path),
            redundant: opt(&raw.redundant),
        }
    }

    fn external(&self, name: &Sp<String>, raw: &raw::External) -> External {
        let mut reliability = self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance);
        reliability.availability = self.parsed(&raw.availability, Range::<Availability>::parse);
        External {
            name: at(name),
            kind: opt(&raw.kind),
            redundant: opt(&raw.redundant),
            nodes: raw.nodes.0.iter().map(at).collect(),
            mqsagent_on: raw.mqsagent_on.0.iter().map(at).collect(),
            owner: opt(&raw.owner),
            placement: self.at_site(&raw.site),
            needs: self.needs(&raw.needs),
            reliability,
        }
    }

    fn component(&self, name: &Sp<String>, raw: &raw::Component) -> FreeComponent {
        let mut reliability = self.reliability(&raw.mtbf, &raw.mttr, &raw.maintenance);
        reliability.availability = self.parsed(&raw.availability, Range::<Availability>::parse);
        let on = self.references(&raw.on);
        self.check_copies(raw, on.len());
        FreeComponent {
            name: at(name),
            kind: opt(&raw.kind),
            on,
            at_least: opt(&raw.at_least),
            needs: self.needs(&raw.needs),
            redundant: opt(&raw.redundant),
            function: opt(&raw.function),
            placement: Placement {
                site: self.site(&raw.site),
                rack: self.name(&raw.rack),
                machine: self.name(&raw.machine),
            },
            owner: opt(&raw.owner),
            reliability,
        }
    }

    fn check_copies(&self, raw: &raw::Component, copies: usize) {
        let Some(at_least) = raw.at_least.get() else { return };
        if at_least.value == 0 || at_least.value as usize > copies {
            let message = format!(
                "{} of {} can never be meant",
                at_least.value,
                crate::text::count(copies, "server")
            );
            self.problems.push(
                Diagnostic::error("input/at-least", at_least.span, message)
                    .help("write a number from 1 to the number of servers in `on`"),
            );
        }
    }
}
