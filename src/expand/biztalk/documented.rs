//! The documented failure scope of each kind of component: the vendor's table and
//! what the rest of the documentation adds. Kept beside the computed scope, never
//! instead of it.

use rustc_hash::FxHashSet;

use super::Build;
use crate::graph::{Component, ComponentId, Documented, Onset, Scope};
use crate::model::*;

const SEED: &str = "T/planning-for-high-availability2";

impl Build<'_> {
    pub(super) fn documented(&mut self) {
        let runtime = self.servers_with_runtime();
        let found: Vec<(ComponentId, Documented)> = self
            .graph
            .components()
            .filter_map(|(id, component)| Some((id, self.documented_of(component, &runtime)?)))
            .collect();
        for (id, documented) in found {
            self.graph.set_documented(id, documented);
        }
    }

    fn documented_of(
        &self,
        component: &Component,
        runtime: &FxHashSet<Id<Server>>,
    ) -> Option<Documented> {
        let t = self.topology;
        match component.element {
            Some(Element::SqlInstance(id)) => self.of_sql(&t.sql_instances[id].databases),
            Some(Element::AvailabilityGroup(id)) => {
                self.of_sql(&t.availability_groups[id].databases)
            }
            Some(Element::Database(id)) => of_database(t.databases[id].role),
            Some(Element::Server(id)) => runtime.contains(&id).then_some(BIZTALK_SERVER),
            Some(Element::Component(_)) => None, // its kind is the author's word
            _ => of_kind(&component.kind),
        }
    }

    /// Systemwide when it carries a database without which no document is processed.
    fn of_sql(&self, databases: &[Id<Database>]) -> Option<Documented> {
        let roles = databases.iter().map(|&id| self.topology.databases[id].role);
        let mut relevant = roles.filter(|role| *role != DatabaseRole::Application).peekable();
        relevant.peek()?;
        match relevant.any(is_critical) {
            true => Some(SQL_SERVER),
            false => Some(SQL_SIDE),
        }
    }

    /// Servers with the BizTalk runtime: listed, or with an enabled instance.
    fn servers_with_runtime(&self) -> FxHashSet<Id<Server>> {
        let t = self.topology;
        let hosting = t.hosts.values().flat_map(|host| &host.instances);
        let listed = t.biztalk.values().flat_map(|group| &group.servers);
        hosting.chain(listed).map(|server| server.value).collect()
    }
}

fn is_critical(role: DatabaseRole) -> bool {
    matches!(role, DatabaseRole::Management | DatabaseRole::Messagebox | DatabaseRole::Sso)
}

const fn says(scope: Scope, onset: Onset, note: &'static str, source: &'static str) -> Documented {
    Documented { scope, onset, note, source }
}

const SQL_SERVER: Documented = says(
    Scope::Systemwide,
    Onset::Immediate,
    "no documents are processed; what was accepted is safe in SQL Server. Do not leave host instances \
     running through a planned failover longer than their restart delay.",
    SEED,
);
const SQL_SIDE: Documented = says(
    Scope::Function,
    Onset::Gradual,
    "carries side functions only; documents flow.",
    "T/high-availability-for-databases",
);
const BIZTALK_SERVER: Documented = says(
    Scope::Server,
    Onset::Immediate,
    "its host instances stop; hosts with an instance elsewhere carry on.",
    "T/performing-availability-testing",
);
const MASTER_SECRET_SERVER: Documented = says(
    Scope::Systemwide,
    Onset::Latent,
    "running operations go on from the cached secret. Do not restart ENTSSO or a BizTalk server while it \
     is down: what restarts cannot fetch the secret again.",
    SEED,
);
const MSDTC: Documented = says(
    Scope::Server,
    Onset::Immediate,
    "transactional work on this server fails; systemwide on the computer of SQL Server or of the master \
     secret server.",
    SEED,
);
const HOST_INSTANCE: Documented = says(
    Scope::Server,
    Onset::Immediate,
    "what runs in it stops; other instances of the host take over its work, once SQL Agent has released it.",
    SEED,
);
const MSMQ: Documented = says(
    Scope::Server,
    Onset::Immediate,
    "processing that uses Message Queuing on this server halts; messages in local queues are out of reach.",
    SEED,
);
const FILE_SYSTEM: Documented =
    says(Scope::Server, Onset::Immediate, "FILE work on this server halts.", SEED);
const ENTSSO: Documented = says(
    Scope::Server,
    Onset::Immediate,
    "BizTalk services on this server depend on it. Do not restart it while the master secret \
     server is down.",
    "C/high-availability-for-enterprise-single-sign-on",
);
const IIS: Documented = says(
    Scope::Server,
    Onset::Immediate,
    "every isolated receive location on this server stops.",
    "C/world-wide-web-service-on-host-not-available",
);
const LOAD_BALANCER: Documented = says(
    Scope::Endpoint,
    Onset::Immediate,
    "inbound calls to what stands behind it stop; sending and processing go on.",
    SEED,
);
const SQL_AGENT: Documented = says(
    Scope::Function,
    Onset::Gradual,
    "no purge, no release of dead host instances, no backup, until the MessageBox is too big.",
    "C/database-structure-and-jobs",
);
const FILE_SHARE: Documented = says(
    Scope::Endpoint,
    Onset::Immediate,
    "FILE ports on it stop on all servers; after its retries a location is disabled.",
    "C/configure-the-file-adapter",
);
const EXTERNAL_SYSTEM: Documented = says(
    Scope::Endpoint,
    Onset::Immediate,
    "its ports stop: sends retry 3 times every 5 minutes, then suspend; receives wait.",
    "C/how-to-configure-transport-advanced-options-for-a-send-port",
);
const DOMAIN_CONTROLLER: Documented = says(
    Scope::Systemwide,
    Onset::Latent,
    "what is logged on goes on; nothing can start. The documentation names it only as part of the \
     stack (inferred).",
    SEED,
);
const DNS_SERVER: Documented = says(
    Scope::Systemwide,
    Onset::Latent,
    "existing connections go on; new ones by name fail (inferred).",
    SEED,
);
const HOST: Documented = says(
    Scope::Endpoint,
    Onset::Immediate,
    "everything bound to it stops on all servers; messages for it wait in the MessageBox.",
    "T/high-availability-for-biztalk-hosts",
);

fn of_kind(kind: &str) -> Option<Documented> {
    Some(match kind {
        "master secret server" => MASTER_SECRET_SERVER,
        "MSDTC" | "clustered MSDTC" => MSDTC,
        "host instance" | "isolated host instance" | "clustered host instance" => HOST_INSTANCE,
        "Message Queuing" | "clustered Message Queuing" => MSMQ,
        "file system" => FILE_SYSTEM,
        "Enterprise SSO service" => ENTSSO,
        "IIS" => IIS,
        "load balancer" => LOAD_BALANCER,
        "SQL Server Agent" => SQL_AGENT,
        "file share" => FILE_SHARE,
        "external system" => EXTERNAL_SYSTEM,
        "domain controller" => DOMAIN_CONTROLLER,
        "DNS server" => DNS_SERVER,
        "host" | "isolated host" => HOST,
        _ => return None,
    })
}

const SSO_DATABASE: Documented = says(
    Scope::Systemwide,
    Onset::Latent,
    "ENTSSO goes offline about 5 minutes after losing it. Do not restart ENTSSO or hosts meanwhile.",
    "C/single-sign-on-event-10590",
);
const TRACKING_DATABASE: Documented = says(
    Scope::Function,
    Onset::Gradual,
    "tracking data stays in the MessageBox, which grows until throughput sinks.",
    "T/configuring-a-dedicated-tracking-host",
);
const BAM_PRIMARY_IMPORT: Documented = says(
    Scope::Function,
    Onset::Gradual,
    "events pile up; those since the last backup cannot be made again.",
    "T/high-availability-for-databases",
);
const RULE_STORE: Documented = says(
    Scope::Endpoint,
    Onset::Latent,
    "hosts that fetch a policy while it is gone shut down each minute.",
    "C/database-failover-support",
);
const ARCHIVING: Documented = says(
    Scope::Function,
    Onset::Gradual,
    "archiving stops and the primary import database grows.",
    "C/scaled-out-databases",
);
const REPORTING: Documented = says(
    Scope::Function,
    Onset::Immediate,
    "reports or alerts stop; documents flow.",
    "C/scaled-out-databases",
);
const SAP_TID: Documented = says(
    Scope::Endpoint,
    Onset::Immediate,
    "tRFC calls from SAP are refused; SAP keeps them.",
    "A/adapter-sap/operations-on-trfcs-in-sap",
);

fn of_database(role: DatabaseRole) -> Option<Documented> {
    use DatabaseRole as D;
    Some(match role {
        D::Management | D::Messagebox => SQL_SERVER,
        D::Sso => SSO_DATABASE,
        D::Tracking => TRACKING_DATABASE,
        D::BamPrimaryImport => BAM_PRIMARY_IMPORT,
        D::Rules => RULE_STORE,
        D::BamArchive | D::Ssisdb => ARCHIVING,
        D::BamStarSchema | D::BamAnalysis | D::BamAlerts | D::TrackingAnalysis => REPORTING,
        D::SapTid => SAP_TID,
        D::Application => return None,
    })
}
