//! Edits that several rules propose. Only what the file already knows is put to use: no
//! server, balancer or group is invented.

use crate::change::{Proposal, Step};
use crate::model::{
    ClusterGroup, Host, Id, LoadBalancer, ReceiveLocation, Ref, ResourceKind, Server,
};
use crate::rules::Context;
use crate::source::Span;
use crate::text;

/// Rules that propose edits.
pub(in crate::rules) const RULES: &[&str] = &[
    "BTS002", "BTS003", "BTS004", "BTS013", "BTS101", "BTS102", "BTS103", "BTS110", "BTS111",
    "BTS136", "BTS144", "BTS303", "BTS304", "BTS306", "BTS307", "BTS308", "BTS310", "BTS311",
    "BTS409", "BTS502", "BTS802", "BTS805", "BTS912",
];

/// Alternatives that are worth a try for one finding.
pub(super) const MOST: usize = 4;

/// One instance more: a disabled one is enabled, or another server of the group gets one; where
/// the disabled one alone would share a fate, both.
pub(super) fn one_more_instance(cx: &Context<'_>, id: Id<Host>) -> Vec<Proposal> {
    let host = &cx.topology.hosts[id];
    let disabled = disabled_instances(cx, host);
    let free = free_servers(cx, host);
    let enabled = disabled.iter().take(2).map(|&instance| enable(cx, host, &[instance], None));
    let both = disabled.first().zip(free.first());
    let both = both.map(|(&instance, &server)| enable(cx, host, &[instance], Some(server)));
    let mut proposals: Vec<Proposal> = enabled.chain(both).collect();
    proposals.extend(free.iter().map(|&server| instances_on(cx, host, &[server])));
    proposals.truncate(MOST);
    proposals
}

/// The first two instances of a host that has none.
pub(super) fn two_instances(cx: &Context<'_>, id: Id<Host>) -> Vec<Proposal> {
    let host = &cx.topology.hosts[id];
    let free = free_servers(cx, host);
    match (disabled_instances(cx, host).as_slice(), free.as_slice()) {
        ([], [first, second, ..]) => vec![instances_on(cx, host, &[*first, *second])],
        ([], _) => Vec::new(),
        ([only], free) => vec![enable(cx, host, &[*only], free.first().copied())],
        (several, _) => vec![enable(cx, host, several, None)],
    }
}

fn disabled_instances<'a>(cx: &Context<'_>, host: &'a Host) -> Vec<&'a Ref<Server>> {
    host.disabled_instances.iter().filter(|i| may_serve(cx, i.value)).collect()
}

/// Servers of the host's group without an instance of it; those apart from its instances first.
fn free_servers(cx: &Context<'_>, host: &Host) -> Vec<Id<Server>> {
    let serving = cx.serving(host);
    let has_one = |server: Id<Server>| {
        host.instances.iter().chain(&host.disabled_instances).any(|i| i.value == server)
    };
    let servers = cx.biztalk_servers(host.group).iter().copied();
    let mut free: Vec<Id<Server>> =
        servers.filter(|&server| !has_one(server) && may_serve(cx, server)).collect();
    let together = |server: Id<Server>| {
        let both: Vec<Id<Server>> = serving.iter().copied().chain([server]).collect();
        !serving.is_empty() && cx.common_place(&both).is_some()
    };
    free.sort_by_key(|&server| together(server));
    free
}

/// A placeholder is no server, and one that waits for a disaster does not serve.
fn may_serve(cx: &Context<'_>, server: Id<Server>) -> bool {
    !cx.topology.servers[server].placeholder && !cx.is_standby(server)
}

pub(super) fn instances_on(cx: &Context<'_>, host: &Host, servers: &[Id<Server>]) -> Proposal {
    let title = match servers {
        [only] => {
            format!("plan an instance of host {} on {}", host.name.value, cx.server_name(*only))
        }
        _ => format!("plan instances of host {} on {}", host.name.value, cx.server_names(servers)),
    };
    let items = servers.iter().map(|&server| cx.server_name(server).to_owned()).collect();
    Proposal::new(title, vec![Step::Add { of: host.name.span, key: "instances", items }])
}

/// Disabled instances that are to run, and a server that gets one as well.
pub(super) fn enable(
    cx: &Context<'_>,
    host: &Host,
    instances: &[&Ref<Server>],
    another: Option<Id<Server>>,
) -> Proposal {
    let servers: Vec<Id<Server>> = instances.iter().map(|instance| instance.value).collect();
    let mut title =
        format!("plan to enable host {} on {}", host.name.value, cx.server_names(&servers));
    if let Some(another) = another {
        title.push_str(&format!(", and an instance on {}", cx.server_name(another)));
    }
    let items =
        servers.iter().chain(&another).map(|&server| cx.server_name(server).to_owned()).collect();
    let mut steps = vec![Step::Add { of: host.name.span, key: "instances", items }];
    steps.extend(instances.iter().map(|instance| Step::Remove { item: instance.span }));
    Proposal::new(title, steps)
}

/// A balancer that stands before exactly the servers of the host.
pub(super) fn behind(
    cx: &Context<'_>,
    id: Id<Host>,
    exposed: &[&ReceiveLocation],
) -> Vec<Proposal> {
    let host = &cx.topology.hosts[id];
    let mut serving = cx.serving(host);
    serving.sort_unstable();
    let balancers = cx.topology.load_balancers.values();
    let fitting = balancers.filter(|balancer| members(balancer) == serving).take(MOST);
    // A host takes its balancer to everything that it receives.
    let whole_host = cx.received_by(id).count() == exposed.len();
    fitting
        .map(|balancer| match whole_host {
            true => host_behind(host, balancer),
            false => locations_behind(exposed, balancer),
        })
        .collect()
}

fn members(balancer: &LoadBalancer) -> Vec<Id<Server>> {
    let mut members: Vec<Id<Server>> = balancer.members.iter().map(|m| m.value).collect();
    members.sort_unstable();
    members.dedup();
    members
}

fn host_behind(host: &Host, balancer: &LoadBalancer) -> Proposal {
    let title = format!("plan host {} behind {}", host.name.value, balancer.name.value);
    Proposal::new(title, vec![stand_behind(host.name.span, balancer)])
}

fn locations_behind(locations: &[&ReceiveLocation], balancer: &LoadBalancer) -> Proposal {
    let names: Vec<&str> = locations.iter().map(|l| l.name.value.as_str()).collect();
    let title = format!("plan {} behind {}", text::short_list(&names, 4), balancer.name.value);
    let steps = locations.iter().map(|l| stand_behind(l.name.span, balancer));
    Proposal::new(title, steps.collect())
}

fn stand_behind(of: Span, balancer: &LoadBalancer) -> Step {
    Step::Set { of, key: "behind", value: balancer.name.value.clone() }
}

/// The host moves into that group of its cluster, and its line among the resources with it.
pub(super) fn cluster_in(
    cx: &Context<'_>,
    host: &Host,
    group: Id<ClusterGroup>,
) -> Option<Proposal> {
    let name = cx.topology.group_name(group);
    let title = format!("plan host {} in the cluster group {name}", host.name.value);
    let mut steps = vec![Step::Set { of: host.name.span, key: "clustered_in", value: name }];
    steps.extend(move_resource(cx, host, group)?);
    Some(Proposal::new(title, steps))
}

/// The resource of a host goes where the host goes. `None` if others hang on it or it on others:
/// a dependency cannot reach into another group, and which one replaces it is for people to say.
fn move_resource(cx: &Context<'_>, host: &Host, to: Id<ClusterGroup>) -> Option<Vec<Step>> {
    let groups = &cx.topology.cluster_groups;
    let name = &host.name.value;
    let Some(from) = host.clustered_in.map(|place| &groups[place.value]) else {
        return Some(Vec::new());
    };
    let Some(resource) = from.resources.iter().find(|r| r.name.value == *name) else {
        return Some(Vec::new());
    };
    let waited_for =
        from.resources.iter().flat_map(|r| &r.depends_on).any(|other| other.value == *name);
    if waited_for || !resource.depends_on.is_empty() {
        return None;
    }
    let mut steps = vec![Step::Remove { item: resource.name.span }];
    if groups[to].resources.iter().all(|r| r.name.value != *name) {
        let items = vec![name.clone()];
        steps.push(Step::Add { of: groups[to].name.span, key: "resources", items });
    }
    Some(steps)
}

/// A service becomes a resource of that group.
pub(super) fn resource_in(
    cx: &Context<'_>,
    kind: ResourceKind,
    group: Id<ClusterGroup>,
) -> Option<Proposal> {
    let (word, title) = match kind {
        ResourceKind::Msdtc => ("msdtc", "MSDTC"),
        ResourceKind::W3svc => ("w3svc", "IIS"),
        _ => return None,
    };
    let of = cx.topology.cluster_groups[group].name.span;
    let title = format!("plan {title} as a resource of {}", cx.topology.group_name(group));
    let items = vec![word.to_owned()];
    Some(Proposal::new(title, vec![Step::Add { of, key: "resources", items }]))
}
