//! One table per kind. An attribute of the file keeps the file's key.

use super::values::*;
use super::{Field, Kind, Of, Type};
use crate::model::*;
use crate::rules::own::view::{Attribute, Value};

const fn row<T>(
    name: &'static str,
    ty: Type,
    meaning: &'static str,
    get: fn(&Topology, &T) -> Attribute,
) -> Of<T> {
    Of { field: Field { name, ty, meaning }, get }
}

const SERVERS: Type = Type::Refs(Some(Kind::Server));

pub(super) static SITE: &[Of<Site>] =
    &[row("role", Type::Words(words::<SiteRole>), "what it is for", |_, it| {
        it.role.map_or(Attribute::unknown(), |role| Attribute::of(word_of(&role)))
    })];

pub(super) static SERVER: &[Of<Server>] = &[
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
    row("rack", Type::Text, "the rack it stands in", |_, it| text(&it.placement.rack)),
    row("machine", Type::Text, "the physical machine", |_, it| text(&it.placement.machine)),
    row("zone", Type::Words(words::<Zone>), "the network zone", |_, it| word(&it.zone)),
    row("roles", Type::Texts, "what it is for", |_, it| list(it.roles.clone())),
    row("networks", Type::Refs(Some(Kind::Network)), "networks that reach it", |t, it| {
        refs(&it.networks, |id| t.networks[id].name.value.clone())
    }),
    row("msdtc", SERVICE_STATE, "state of MSDTC", |_, it| word(&it.services.msdtc)),
    row("msmq", SERVICE_STATE, "state of Message Queuing", |_, it| word(&it.services.msmq)),
    row("iis", SERVICE_STATE, "state of IIS", |_, it| word(&it.services.iis)),
    row("entsso", SERVICE_STATE, "state of Single Sign-On", |_, it| word(&it.services.entsso)),
    row("mtbf", Type::Duration, "mean time between failures", |_, it| mtbf(&it.reliability)),
    row("mttr", Type::Duration, "mean time to repair", |_, it| mttr(&it.reliability)),
];

const SERVICE_STATE: Type = Type::Words(words::<ServiceState>);

pub(super) static STORAGE: &[Of<Storage>] = &[
    row("kind", Type::Words(words::<StorageKind>), "how disks are attached", |_, it| {
        word(&it.kind)
    }),
    row("raid", Type::Text, "RAID level", |_, it| text(&it.raid)),
    row("redundant", Type::Flag, "no single part takes it down", |_, it| flag(&it.redundant)),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
    row("mtbf", Type::Duration, "mean time between failures", |_, it| mtbf(&it.reliability)),
    row("mttr", Type::Duration, "mean time to repair", |_, it| mttr(&it.reliability)),
];

pub(super) static CLUSTER: &[Of<Cluster>] = &[
    row("nodes", SERVERS, "its nodes", |t, it| servers(t, &it.nodes)),
    row("witness", Type::Ref(None), "what holds the tie-breaking vote, or `none`", |t, it| {
        from(&it.witness, |witness| match witness {
            Witness::Absent => Value::Text("none".to_owned()),
            Witness::Element(element) => Value::Text(t.element_name(*element)),
        })
    }),
    row("groups", Type::Refs(Some(Kind::ClusterGroup)), "its groups", |t, it| {
        list(it.groups.iter().map(|&id| t.group_name(id)).collect())
    }),
    row("failover_time", Type::Duration, "how long a group needs to come up elsewhere", |_, it| {
        duration(&it.failover_time)
    }),
];

pub(super) static CLUSTER_GROUP: &[Of<ClusterGroup>] = &[
    row("cluster", Type::Ref(Some(Kind::Cluster)), "its cluster", |t, it| {
        Attribute::of(Value::Text(t.clusters[it.cluster].name.value.clone()))
    }),
    row("network_name", Type::Text, "the name that clients use", |_, it| text(&it.network_name)),
    row("ip", Type::Text, "its address", |_, it| text(&it.ip)),
    row("disks", Type::Refs(Some(Kind::Storage)), "its shared disks", |t, it| {
        refs(&it.disks, |id| t.storage[id].name.value.clone())
    }),
    row("resources", Type::Texts, "names of its clustered services", |_, it| {
        list(it.resources.iter().map(|resource| resource.name.value.clone()).collect())
    }),
    row("possible_owners", SERVERS, "nodes that may own it, where the file lists them", |t, it| {
        servers(t, it.possible_owners.as_deref().unwrap_or_default())
    }),
];

pub(super) static LOAD_BALANCER: &[Of<LoadBalancer>] = &[
    row("kind", Type::Words(words::<LoadBalancerKind>), "what it is", |_, it| word(&it.kind)),
    row("members", SERVERS, "the servers behind it", |t, it| servers(t, &it.members)),
    row("redundant", Type::Flag, "a pair that takes over for each other", |_, it| {
        flag(&it.redundant)
    }),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
    row("mtbf", Type::Duration, "mean time between failures", |_, it| mtbf(&it.reliability)),
    row("mttr", Type::Duration, "mean time to repair", |_, it| mttr(&it.reliability)),
];

pub(super) static NETWORK: &[Of<Network>] = &[
    row("redundant", Type::Flag, "no single part takes it down", |_, it| flag(&it.redundant)),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
    row("mtbf", Type::Duration, "mean time between failures", |_, it| mtbf(&it.reliability)),
    row("mttr", Type::Duration, "mean time to repair", |_, it| mttr(&it.reliability)),
];

pub(super) static DIRECTORY: &[Of<Directory>] = &[
    row("on", Type::Ref(Some(Kind::Server)), "the server it runs on", |t, it| server(t, &it.on)),
    row("domain", Type::Text, "the domain it serves", |_, it| plain(&it.domain)),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
];

pub(super) static DNS_SERVER: &[Of<DnsServer>] = &[
    row("on", Type::Ref(Some(Kind::Server)), "the server it runs on", |t, it| server(t, &it.0.on)),
    row("domain", Type::Text, "the zone it serves", |_, it| plain(&it.0.domain)),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.0.placement.site)),
];

pub(super) static SQL_INSTANCE: &[Of<SqlInstance>] = &[
    row("on", Type::Ref(None), "the server or cluster group it runs on", |t, it| {
        carrier(t, &it.on)
    }),
    row("clustered", Type::Flag, "true for a failover cluster instance", |_, it| {
        from(&it.on, |on| Value::Flag(matches!(on, Carrier::Group(_))))
    }),
    row("version", Type::Release, "its release", |_, it| text(&it.version)),
    row("edition", Type::Words(words::<SqlEdition>), "its edition", |_, it| word(&it.edition)),
    row("agent", Type::Words(words::<AgentState>), "state of SQL Server Agent", |_, it| {
        word(&it.agent)
    }),
    row("addressed_as", Type::Text, "the name that clients use", |_, it| text(&it.addressed_as)),
    row("databases", Type::Refs(Some(Kind::Database)), "its databases", |t, it| {
        databases(t, &it.databases)
    }),
    row("disks", Type::Refs(Some(Kind::Storage)), "storage under a standalone one", |t, it| {
        refs(&it.disks, |id| t.storage[id].name.value.clone())
    }),
];

pub(super) static AVAILABILITY_GROUP: &[Of<AvailabilityGroup>] = &[
    row("cluster", Type::Ref(Some(Kind::Cluster)), "the failover cluster under it", |t, it| {
        from(&it.cluster, |&id| Value::Text(t.clusters[id].name.value.clone()))
    }),
    row(
        "replicas",
        Type::Refs(Some(Kind::SqlInstance)),
        "SQL instances with a replica",
        |t, it| {
            let name =
                |replica: &Replica| t.sql_instances[replica.instance.value].name.value.clone();
            list(it.replicas.iter().map(name).collect())
        },
    ),
    row("listener", Type::Text, "the name that clients use", |_, it| text(&it.listener)),
    row("databases", Type::Refs(Some(Kind::Database)), "databases in the group", |t, it| {
        databases(t, &it.databases)
    }),
    row("dtc_per_database", Type::Flag, "per-database DTC support is on", |_, it| {
        flag(&it.dtc_per_database)
    }),
];

pub(super) static DATABASE: &[Of<Database>] = &[
    row("on", Type::Ref(None), "the SQL instance or availability group that has it", |t, it| {
        let name = match it.place {
            DatabasePlace::Instance(id) => &t.sql_instances[id].name.value,
            DatabasePlace::AvailabilityGroup(id) => &t.availability_groups[id].name.value,
        };
        Attribute::of(Value::Text(name.clone()))
    }),
    row("holds", Type::Words(words::<DatabaseRole>), "what it holds", |_, it| {
        Attribute::of(word_of(&it.role))
    }),
    row("mirrored", Type::Flag, "mirroring is set up for it", |_, it| flag(&it.mirrored)),
    row("routing_only", Type::Flag, "a MessageBox that only routes", |_, it| {
        flag(&it.routing_only)
    }),
];

pub(super) static FILE_SHARE: &[Of<FileShare>] = &[
    row("on", Type::Ref(None), "what serves it", |t, it| carrier(t, &it.on)),
    row("path", Type::Text, "its UNC path", |_, it| text(&it.path)),
    row("redundant", Type::Flag, "what serves it is redundant", |_, it| flag(&it.redundant)),
];

pub(super) static EXTERNAL: &[Of<External>] = &[
    row("kind", Type::Text, "what it is, in the author's words", |_, it| text(&it.kind)),
    row("owner", Type::Text, "who answers for it", |_, it| text(&it.owner)),
    row("redundant", Type::Flag, "no single failure takes it down", |_, it| flag(&it.redundant)),
    row("nodes", Type::Texts, "nodes it consists of", |_, it| {
        list(it.nodes.iter().map(|node| node.value.clone()).collect())
    }),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
    row("availability", Type::Availability, "share of time it works", |_, it| {
        own_availability(&it.reliability)
    }),
    row("mtbf", Type::Duration, "mean time between failures", |_, it| mtbf(&it.reliability)),
    row("mttr", Type::Duration, "mean time to repair", |_, it| mttr(&it.reliability)),
];

pub(super) static COMPONENT: &[Of<FreeComponent>] = &[
    row("kind", Type::Text, "what it is, in the author's words", |_, it| text(&it.kind)),
    row("on", SERVERS, "the servers it runs on", |t, it| servers(t, &it.on)),
    row("at_least", Type::Number, "how many copies must run", |_, it| {
        from(&it.at_least, |&number| Value::Number(f64::from(number)))
    }),
    row("redundant", Type::Flag, "no single part takes it down", |_, it| flag(&it.redundant)),
    row(
        "function",
        Type::Words(words::<FunctionRole>),
        "what it means to the business",
        |_, it| word(&it.function),
    ),
    row("site", Type::Text, "the site it stands in", |_, it| text(&it.placement.site)),
    row("rack", Type::Text, "the rack it stands in", |_, it| text(&it.placement.rack)),
    row("machine", Type::Text, "the physical machine", |_, it| text(&it.placement.machine)),
    row("owner", Type::Text, "who answers for it", |_, it| text(&it.owner)),
    row("availability", Type::Availability, "share of time it works", |_, it| {
        own_availability(&it.reliability)
    }),
    row("mtbf", Type::Duration, "mean time between failures", |_, it| mtbf(&it.reliability)),
    row("mttr", Type::Duration, "mean time to repair", |_, it| mttr(&it.reliability)),
];

pub(super) static BIZTALK_GROUP: &[Of<BiztalkGroup>] = &[
    row("version", Type::Release, "its release", |_, it| text(&it.version)),
    row("edition", Type::Words(words::<BiztalkEdition>), "its edition", |_, it| word(&it.edition)),
    row("servers", SERVERS, "servers listed as having the runtime", |t, it| {
        servers(t, &it.servers)
    }),
    row("hosts", Type::Refs(Some(Kind::Host)), "its hosts", |t, it| {
        list(it.hosts.iter().map(|&id| t.hosts[id].name.value.clone()).collect())
    }),
    row("master_secret_servers", Type::Refs(None), "what serves the master secret", |t, it| {
        list(it.master_secret_servers.iter().map(|place| carrier_name(t, place.value)).collect())
    }),
    row("tracking", Type::Flag, "tracking is on", |_, it| flag(&it.tracking)),
    row("backup_job", Type::Flag, "the backup job is on", |_, it| flag(&it.backup_job)),
    row("promotion_plan", Type::Flag, "a second server can be promoted by hand", |_, it| {
        flag(&it.promotion_plan)
    }),
];

pub(super) static HOST: &[Of<Host>] = &[
    row("type", Type::Words(words::<HostKind>), "where its code runs", |_, it| word(&it.kind)),
    row("instances", SERVERS, "servers with an enabled instance", |t, it| {
        servers(t, &it.instances)
    }),
    row("disabled_instances", SERVERS, "servers with a disabled instance", |t, it| {
        servers(t, &it.disabled_instances)
    }),
    row("clustered", Type::Flag, "true when it is clustered", |_, it| {
        let span = it.clustered_in.map(|group| group.span);
        Attribute { value: Value::Flag(it.clustered_in.is_some()), span }
    }),
    row("clustered_in", Type::Ref(Some(Kind::ClusterGroup)), "its cluster group", |t, it| {
        from(&it.clustered_in, |&id| Value::Text(t.group_name(id)))
    }),
    row("behind", Type::Ref(Some(Kind::LoadBalancer)), "the balancer in front", |t, it| {
        balancer(t, &it.behind)
    }),
    row("tracking", Type::Flag, "it moves tracking data", |_, it| flag(&it.tracking)),
    row("default", Type::Flag, "the default host of the group", |_, it| flag(&it.default)),
    row("app_pool", Type::Text, "the IIS application pool", |_, it| text(&it.app_pool)),
    row("group", Type::Ref(Some(Kind::BiztalkGroup)), "its BizTalk group", |t, it| {
        Attribute::of(Value::Text(t.biztalk[it.group].name.value.clone()))
    }),
];

pub(super) static RECEIVE_LOCATION: &[Of<ReceiveLocation>] = &[
    row("adapter", Type::Text, "its adapter", |_, it| here(&it.adapter)),
    row("host", Type::Ref(Some(Kind::Host)), "the host of its handler", |t, it| host(t, it.host)),
    row("from", Type::Text, "where messages come from", |t, it| endpoint(t, &it.from)),
    row("behind", Type::Ref(Some(Kind::LoadBalancer)), "the balancer in front", |t, it| {
        balancer(t, &it.behind)
    }),
    row("enabled", Type::Flag, "false when it is disabled", |_, it| {
        Attribute::of(Value::Flag(it.enabled))
    }),
    row("ordered", Type::Flag, "messages keep their order", |_, it| flag(&it.ordered)),
    row("transactional", Type::Flag, "it reads in a transaction", |_, it| flag(&it.transactional)),
    row("queues", Type::Words(words::<QueuePlace>), "where queues live", |_, it| word(&it.queues)),
];

pub(super) static SEND_PORT: &[Of<SendPort>] = &[
    row("adapter", Type::Text, "its adapter", |_, it| text(&it.adapter)),
    row("host", Type::Ref(Some(Kind::Host)), "the host of its handler", |t, it| host(t, it.host)),
    row("to", Type::Text, "where messages go", |t, it| endpoint(t, &it.to)),
    row("enabled", Type::Flag, "false when it is stopped", |_, it| {
        Attribute::of(Value::Flag(it.enabled))
    }),
    row("backup", Type::Flag, "it has a second transport", |_, it| {
        let span = it.backup.as_ref().map(|backup| backup.span.head());
        Attribute { value: Value::Flag(it.backup.is_some()), span }
    }),
    row("ordered", Type::Flag, "messages keep their order", |_, it| flag(&it.ordered)),
    row("dynamic", Type::Flag, "the address is chosen at run time", |_, it| flag(&it.dynamic)),
    row("transactional", Type::Flag, "sends are transactional", |_, it| flag(&it.transactional)),
];

pub(super) static ORCHESTRATION: &[Of<Orchestration>] = &[
    row("host", Type::Ref(Some(Kind::Host)), "the host that runs it", |t, it| host(t, it.host)),
    row("enabled", Type::Flag, "false when it is stopped", |_, it| {
        Attribute::of(Value::Flag(it.enabled))
    }),
    row("calls_rules", Type::Flag, "it calls business rules", |_, it| flag(&it.calls_rules)),
];

pub(super) static SERVICE: &[Of<Service>] = &[
    row("availability", Type::Availability, "share of time it must work", |_, it| {
        availability(&it.availability)
    }),
    row("recovery_time", Type::Duration, "longest tolerable interruption", |_, it| {
        duration(&it.recovery_time)
    }),
    row("owner", Type::Text, "who answers for it", |_, it| plain(&it.owner)),
];
