//! What each adapter needs to stay available, as a table.
//!
//! One row per adapter of the domain reference. The row says in which process the
//! receive side runs, what makes several servers safe or unsafe, and which local
//! service it uses. [`receive_need`] turns a row and a receive location's own
//! attributes into one [`Mechanism`].

use crate::expand::LocalService;
use crate::model::{
    BindingKind, BiztalkGroup, HaRequirement, HostKind, QueuePlace, ReceiveLocation,
};

/// One adapter.
#[derive(Debug)]
pub struct Adapter {
    pub name: &'static str,
    /// Other names in use.
    pub aliases: &'static [&'static str],
    /// Where the receive side runs; `None` when the adapter only sends.
    pub receive: Option<HostKind>,
    /// Every send side runs in-process; false when the adapter only receives.
    pub send: bool,
    pub availability: ReceiveAvailability,
    /// The service of the computer that its handlers use.
    pub local: Option<LocalService>,
    /// What goes wrong on several servers, or why nothing does.
    pub reason: &'static str,
    pub source: &'static str,
}

/// What keeps the receive side available on several servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveAvailability {
    NotApplicable,
    /// Two or more host instances suffice.
    Instances,
    LoadBalancer,
    Cluster,
    ClusterOrLoadBalancer,
    /// Only callers on the same computer can reach it.
    SameComputer,
    /// Depends on an attribute of the receive location.
    Depends(Question),
    /// Nothing is written about it; the author must say.
    Unknown,
}

/// What decides, and what is taken when the file does not say: the unsafe reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    MailboxAllowsConcurrentSessions,
    PollClaimsRows,
    PollLocksRows,
    QueuesAreRemote,
    Ordered,
    PathIsShared,
    BindingListens,
    DistributedQueue,
}

use ReceiveAvailability as R;

const IN: Option<HostKind> = Some(HostKind::InProcess);
const ISO: Option<HostKind> = Some(HostKind::Isolated);
const IIS: Option<LocalService> = Some(LocalService::Iis);
const MSMQ: Option<LocalService> = Some(LocalService::Msmq);
const FILES: Option<LocalService> = Some(LocalService::FileSystem);

const HOST_CLUSTER: &str = "C/considerations-for-running-adapter-handlers-within-a-clustered-host1";
const SCALED_OUT: &str = "C/scaled-out-receiving-hosts";
const OVERVIEW: &str = "C/adapters-in-biztalk-server";
const SEED: &str = "T/planning-for-high-availability2";

const fn row(
    name: &'static str,
    receive: Option<HostKind>,
    send: bool,
    availability: ReceiveAvailability,
    local: Option<LocalService>,
    reason: &'static str,
    source: &'static str,
) -> Adapter {
    Adapter { name, aliases: &[], receive, send, availability, local, reason, source }
}

const fn also(adapter: Adapter, aliases: &'static [&'static str]) -> Adapter {
    Adapter { aliases, ..adapter }
}

const NO_LOCKS: &str = "the protocol has no locks: two active instances fetch the same file";
const CALLERS: &str = "callers address one name; without a balancer the other servers get nothing";
const QUEUE_READ: &str = "competing readers each take a message for themselves";
const CARRIER: &str = "it rides on another transport and inherits that transport's need";

/// Every adapter of the domain reference, section 3.
pub static ADAPTERS: &[Adapter] = &[
    row(
        "FILE",
        IN,
        true,
        R::Depends(Question::PathIsShared),
        FILES,
        "a file is locked while it is read, which works across servers on a shared path only",
        "C/file-adapter",
    ),
    row("FTP", IN, true, R::Cluster, None, NO_LOCKS, HOST_CLUSTER),
    row("SFTP", IN, true, R::Cluster, None, NO_LOCKS, HOST_CLUSTER),
    row("HTTP", ISO, true, R::LoadBalancer, IIS, CALLERS, SEED),
    row("SOAP", ISO, true, R::LoadBalancer, IIS, CALLERS, SEED),
    row("SMTP", None, true, R::NotApplicable, None, "it only sends", "C/smtp-adapter"),
    row(
        "POP3",
        IN,
        false,
        R::Depends(Question::MailboxAllowsConcurrentSessions),
        None,
        "if the mail server lets two sessions read one mailbox, both get the same mail",
        HOST_CLUSTER,
    ),
    row(
        "MSMQ",
        IN,
        true,
        R::Depends(Question::QueuesAreRemote),
        MSMQ,
        "messages in a local queue live on one computer",
        HOST_CLUSTER,
    ),
    also(
        row(
            "MSMQT",
            IN,
            true,
            R::ClusterOrLoadBalancer,
            None,
            "its own queue engine runs on each server",
            "C/migrating-from-the-msmqt-adapter-to-the-msmq-adapter",
        ),
        &["BizTalk Message Queuing", "MSMQ/T"],
    ),
    row(
        "MQSeries",
        IN,
        true,
        R::Depends(Question::Ordered),
        None,
        "each message is taken in a transaction; order needs a single reader",
        "C/mqseries-adapter-high-availability",
    ),
    also(
        row(
            "Windows SharePoint Services",
            IN,
            true,
            R::Instances,
            None,
            "documents are checked out while they are read",
            SCALED_OUT,
        ),
        &["WSS"],
    ),
    row(
        "SharePoint",
        IN,
        true,
        R::Instances,
        None,
        "documents are checked out while they are read",
        "C/csom-sharepoint-services-adapter",
    ),
    row(
        "SQL",
        IN,
        true,
        R::Depends(Question::PollClaimsRows),
        None,
        "two pollers of the same rows double or block each other unless the poll claims its rows",
        SEED,
    ),
    row("WCF-BasicHttp", ISO, true, R::LoadBalancer, IIS, CALLERS, SCALED_OUT),
    row("WCF-WSHttp", ISO, true, R::LoadBalancer, IIS, CALLERS, SCALED_OUT),
    row("WCF-CustomIsolated", ISO, false, R::LoadBalancer, IIS, CALLERS, SCALED_OUT),
    row("WCF-WebHttp", ISO, true, R::LoadBalancer, IIS, CALLERS, "C/wcf-webhttp-adapter"),
    row("WCF-NetTcp", IN, true, R::ClusterOrLoadBalancer, None, CALLERS, SCALED_OUT),
    row(
        "WCF-Custom",
        IN,
        true,
        R::Depends(Question::BindingListens),
        None,
        "a listening binding has callers that address one name; a polling one reads a source",
        SCALED_OUT,
    ),
    row(
        "WCF-NetMsmq",
        IN,
        true,
        R::Cluster,
        MSMQ,
        "messages in a local queue live on one computer",
        SCALED_OUT,
    ),
    row(
        "WCF-NetNamedPipe",
        IN,
        true,
        R::SameComputer,
        None,
        "a pipe is reached from the same computer only",
        OVERVIEW,
    ),
    row(
        "WCF-BasicHttpRelay",
        ISO,
        true,
        R::Instances,
        None,
        "the cloud relay hands calls to whichever server is connected",
        "C/wcf-basichttprelay-adapter",
    ),
    row(
        "WCF-NetTcpRelay",
        IN,
        true,
        R::Instances,
        None,
        "the cloud relay hands calls to whichever server is connected",
        "I/whats-new-in-biztalk-server-2020",
    ),
    row("SB-Messaging", IN, true, R::Instances, None, QUEUE_READ, "C/sb-messaging-adapter"),
    also(
        row("LogicApp", ISO, true, R::LoadBalancer, IIS, CALLERS, "C/logic-app-adapter"),
        &["Logic App", "Logic Apps"],
    ),
    also(
        row(
            "EventHub",
            IN,
            true,
            R::Instances,
            None,
            "the reading position is kept in a blob container, not on the server",
            "C/event-hubs-adapter",
        ),
        &["Event Hubs", "Event Hub"],
    ),
    also(
        row(
            "AzureBlobStorage",
            IN,
            true,
            R::Instances,
            None,
            "a lease on the blob is the lock",
            "C/azure-blob-adapter",
        ),
        &["Azure Blob", "Azure Blob Storage"],
    ),
    also(
        row(
            "Office365 Mail",
            IN,
            true,
            R::Unknown,
            None,
            "what happens after reading is best effort, so a second reader may get the same mail",
            "C/office365-mail-adapter",
        ),
        &["Office 365 Mail", "Office 365 Outlook Email"],
    ),
    also(
        row(
            "Office365 Calendar",
            IN,
            true,
            R::Unknown,
            None,
            "nothing is written about several readers",
            "C/office365-adapters",
        ),
        &["Office 365 Calendar", "Office 365 Outlook Calendar"],
    ),
    also(
        row(
            "Office365 Contact",
            None,
            true,
            R::NotApplicable,
            None,
            "it only sends",
            "C/office365-adapters",
        ),
        &["Office 365 Contact", "Office 365 Outlook Contacts"],
    ),
    row("EDI", IN, true, R::Unknown, None, CARRIER, "C/known-issues-with-edi-batching"),
    row(
        "AS2",
        ISO,
        true,
        R::LoadBalancer,
        IIS,
        "it arrives by HTTP, whose callers address one name",
        "C/bam-activities-created-to-track-edi-as2-messages",
    ),
    row(
        "WCF-SQL",
        IN,
        true,
        R::Depends(Question::PollClaimsRows),
        None,
        "two pollers of the same rows double or block each other unless the poll claims its rows",
        "A/adapter-sql/polling-in-sql-server-using-the-sql-adapter",
    ),
    row(
        "WCF-OracleDB",
        IN,
        true,
        R::Depends(Question::PollLocksRows),
        None,
        "several readers need row locks",
        "A/adapter-oracle-database/receive-polling-based-data-changed-messages-in-oracle-database-adapter",
    ),
    row(
        "WCF-OracleEBS",
        IN,
        true,
        R::Depends(Question::PollLocksRows),
        None,
        "several readers need row locks",
        "A/adapter-oracle-database/receive-polling-based-data-changed-messages-in-oracle-database-adapter",
    ),
    also(
        row(
            "WCF-SAP",
            IN,
            true,
            R::Cluster,
            None,
            "two-phase commit with SAP needs one well-known partner",
            SEED,
        ),
        &["SAP", "mySAP", "mySAP Business Suite"],
    ),
    also(
        row(
            "WCF-Siebel",
            None,
            true,
            R::NotApplicable,
            None,
            "it only sends",
            "A/adapter-siebel/architecture-overview-of-the-biztalk-adapter-for-siebel-ebusiness-applications",
        ),
        &["Siebel"],
    ),
    also(
        row(
            "TIBCO Rendezvous",
            IN,
            true,
            R::Depends(Question::DistributedQueue),
            None,
            "without a distributed queue every server gets every message",
            "C/creating-tibco-rendezvous-receive-handlers",
        ),
        &["TIBCO(r) Rendezvous(r)"],
    ),
    also(
        row(
            "TIBCO EMS",
            IN,
            true,
            R::Unknown,
            None,
            "queues have competing readers, durable topics have one",
            "C/tibco-enterprise-message-service-adapter",
        ),
        &["TIBCO(r) Enterprise Message Service(tm)", "TIBCO Enterprise Message Service"],
    ),
    also(
        row(
            "PeopleSoft",
            None,
            true,
            R::NotApplicable,
            None,
            "it only sends; what PeopleSoft pushes enters by another adapter",
            "C/receiving-from-peoplesoft",
        ),
        &["PeopleSoft Enterprise"],
    ),
    also(
        row(
            "JDE OneWorld",
            None,
            true,
            R::NotApplicable,
            None,
            "it only sends; events come in as files",
            "C/architecture-of-jd-edwards-oneworld",
        ),
        &["JD Edwards OneWorld"],
    ),
    also(
        row(
            "JDE EnterpriseOne",
            None,
            true,
            R::NotApplicable,
            None,
            "it only sends; events come in as files",
            "C/architecture-of-biztalk-adapter-for-jd-edwards-enterpriseone",
        ),
        &["JD Edwards EnterpriseOne"],
    ),
    row(
        "MQSC",
        IN,
        true,
        R::Depends(Question::Ordered),
        None,
        "each message is taken in a transaction; order needs a single reader",
        "H/mqsc-adapter-features2",
    ),
    also(
        row(
            "MLLP",
            IN,
            true,
            R::ClusterOrLoadBalancer,
            None,
            CALLERS,
            "A/accelerator-hl7/troubleshooting-errors",
        ),
        &["HL7 MLLP", "BTAHL7 MLLP"],
    ),
    row(
        "A4SWIFT",
        ISO,
        true,
        R::LoadBalancer,
        IIS,
        "it arrives at HTTP front ends, whose callers address one name",
        "A/accelerator-swift/step-2-configuring-nlb-on-the-servers",
    ),
    also(
        row(
            "FileAct",
            IN,
            true,
            R::Unknown,
            None,
            "the documentation asks for one dedicated host and says no more",
            "A/fileact-interact/configure-the-fileact-and-interact-adapter",
        ),
        &["SWIFT FileAct"],
    ),
    also(
        row(
            "InterAct",
            IN,
            true,
            R::Unknown,
            None,
            "the documentation asks for one dedicated host and says no more",
            "A/fileact-interact/configure-the-fileact-and-interact-adapter",
        ),
        &["SWIFT InterAct"],
    ),
    row(
        "RosettaNet",
        ISO,
        true,
        R::LoadBalancer,
        IIS,
        "it arrives by HTTP, whose callers address one name",
        OVERVIEW,
    ),
    also(
        row("Host Applications", None, true, R::NotApplicable, None, "it only sends", OVERVIEW),
        &["Host Files", "DB2", "Host Integration Server"],
    ),
];

/// The adapter of that name; upper and lower case do not matter.
pub fn find(name: &str) -> Option<&'static Adapter> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    ADAPTERS
        .iter()
        .find(|adapter| same(adapter.name) || adapter.aliases.iter().any(|alias| same(alias)))
}

/// What a receive location needs so that several servers may carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Any running instance of the host.
    Instances,
    /// Instances behind a load balancer.
    LoadBalancer,
    /// A clustered host.
    Cluster,
    /// One of the two.
    ClusterOrLoadBalancer,
    /// Each computer serves itself only.
    SameComputer,
    /// The file must say; until then nothing counts as protection.
    Unknown,
}

/// A need and, if it rests on the unsafe reading of an attribute, which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiveNeed {
    pub mechanism: Mechanism,
    pub assumed: Option<&'static str>,
}

impl ReceiveNeed {
    fn sure(mechanism: Mechanism) -> ReceiveNeed {
        ReceiveNeed { mechanism, assumed: None }
    }

    fn if_said(
        safe: Option<bool>,
        safe_one: Mechanism,
        else_one: Mechanism,
        question: &'static str,
    ) -> ReceiveNeed {
        match safe {
            Some(true) => ReceiveNeed::sure(safe_one),
            Some(false) => ReceiveNeed::sure(else_one),
            None => ReceiveNeed { mechanism: else_one, assumed: Some(question) },
        }
    }
}

/// Decides for one receive location: the author's word first, then the table.
pub fn receive_need(group: &BiztalkGroup, location: &ReceiveLocation) -> ReceiveNeed {
    if let Some(stated) = location.ha_requirement {
        return ReceiveNeed::sure(of_requirement(stated.value));
    }
    let ordered = location.ordered.is_some_and(|ordered| ordered.value);
    let Some(adapter) = find(&location.adapter.value) else {
        return custom(group, location);
    };
    match adapter.availability {
        _ if ordered && keeps_order(adapter) => ReceiveNeed::sure(Mechanism::Cluster),
        R::Instances => ReceiveNeed::sure(Mechanism::Instances),
        R::LoadBalancer => ReceiveNeed::sure(Mechanism::LoadBalancer),
        R::Cluster => ReceiveNeed::sure(Mechanism::Cluster),
        R::ClusterOrLoadBalancer => ReceiveNeed::sure(Mechanism::ClusterOrLoadBalancer),
        R::SameComputer => ReceiveNeed::sure(Mechanism::SameComputer),
        R::Depends(question) => answer(question, location),
        R::Unknown | R::NotApplicable => ReceiveNeed {
            mechanism: Mechanism::Unknown,
            assumed: Some(
                "whether its adapter may run on several servers at once; it is taken that it may not",
            ),
        },
    }
}

/// Adapters whose messages have an order that a second reader would break.
fn keeps_order(adapter: &Adapter) -> bool {
    matches!(adapter.name, "MSMQ" | "MQSeries" | "MQSC" | "WCF-NetMsmq")
}

fn answer(question: Question, location: &ReceiveLocation) -> ReceiveNeed {
    use Mechanism::{Cluster, ClusterOrLoadBalancer, Instances, SameComputer};
    match question {
        Question::MailboxAllowsConcurrentSessions => ReceiveNeed::if_said(
            location.mailbox_allows_concurrent_sessions.map(|allows| !allows.value),
            Instances,
            Cluster,
            "whether the mail server lets two sessions read one mailbox; it is taken that it does",
        ),
        Question::PollClaimsRows => ReceiveNeed::if_said(
            location.poll_claims_rows.map(|claims| claims.value),
            Instances,
            Cluster,
            "whether the poll claims its rows under lock; it is taken that it does not",
        ),
        Question::PollLocksRows => ReceiveNeed::if_said(
            location.poll_locks_rows.map(|locks| locks.value),
            Instances,
            Cluster,
            "whether the poll locks its rows; it is taken that it does not",
        ),
        Question::QueuesAreRemote => ReceiveNeed::if_said(
            location.queues.map(|queues| queues.value == QueuePlace::Remote),
            Instances,
            Cluster,
            "whether its queues are local or remote; local ones are taken",
        ),
        Question::DistributedQueue => ReceiveNeed::if_said(
            location.distributed_queue.map(|distributed| distributed.value),
            Instances,
            Cluster,
            "whether the distributed queue is configured; it is taken that it is not",
        ),
        Question::BindingListens => ReceiveNeed::if_said(
            location.binding.map(|binding| binding.value == BindingKind::Listening),
            ClusterOrLoadBalancer,
            polling(location),
            "whether its binding listens or polls; a poll that does not claim its rows is taken",
        ),
        // Answered by the path, which the caller resolves; a path of its own is unsafe.
        Question::PathIsShared => ReceiveNeed::sure(SameComputer),
        Question::Ordered => ReceiveNeed::sure(Instances),
    }
}

fn polling(location: &ReceiveLocation) -> Mechanism {
    match location.poll_claims_rows.is_some_and(|claims| claims.value) {
        true => Mechanism::Instances,
        false => Mechanism::Cluster,
    }
}

fn custom(group: &BiztalkGroup, location: &ReceiveLocation) -> ReceiveNeed {
    let declared = group.adapters.iter().find(|own| own.name.value == location.adapter.value);
    match declared.and_then(|own| own.receive) {
        Some(stated) => ReceiveNeed::sure(of_requirement(stated.value)),
        None => ReceiveNeed {
            mechanism: Mechanism::Unknown,
            assumed: Some(
                "whether this adapter, which failscope does not know, may run on several servers at \
                 once; it is taken that it may not",
            ),
        },
    }
}

fn of_requirement(stated: HaRequirement) -> Mechanism {
    match stated {
        HaRequirement::None => Mechanism::Instances,
        HaRequirement::LoadBalancer => Mechanism::LoadBalancer,
        HaRequirement::Cluster => Mechanism::Cluster,
        HaRequirement::Either => Mechanism::ClusterOrLoadBalancer,
    }
}
