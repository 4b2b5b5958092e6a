//! The adapters: what is documented about each, and how exports name it.

use super::{Adapter, Question, ReceiveAvailability as R};
use crate::expand::LocalService;
use crate::model::HostKind;

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
    availability: R,
    local: Option<LocalService>,
    reason: &'static str,
    source: &'static str,
) -> Adapter {
    let class = None;
    Adapter { name, aliases: &[], class, receive, send, availability, local, reason, source }
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
    )
    .exported("5e49e3a6-b4fc-4077-b44c-22f34a242fdb", 11),
    row("FTP", IN, true, R::Cluster, None, NO_LOCKS, HOST_CLUSTER)
        .exported("3979ffed-0067-4cc6-9f5a-859a5db6e9bb", 80907),
    row("SFTP", IN, true, R::Cluster, None, NO_LOCKS, HOST_CLUSTER)
        .exported("f75aeff5-ebc7-4e7c-a753-fdd68ab45c95", 523),
    row("HTTP", ISO, true, R::LoadBalancer, IIS, CALLERS, SEED)
        .exported("1c56d157-0553-4345-8a1f-55d2d1a3ffb6", 387),
    row("SOAP", ISO, true, R::LoadBalancer, IIS, CALLERS, SEED)
        .exported("7e104b2f-003c-4d9f-a6a5-168f727289f0", 899),
    row("SMTP", None, true, R::NotApplicable, None, "it only sends", "C/smtp-adapter")
        .exported("8f36b311-b670-4cf6-aaec-04ebb80ed48d", 2),
    row(
        "POP3",
        IN,
        false,
        R::Depends(Question::MailboxAllowsConcurrentSessions),
        None,
        "if the mail server lets two sessions read one mailbox, both get the same mail",
        HOST_CLUSTER,
    )
    .exported("1787fcc1-9aaa-4bbd-9096-7eb77e3d9d9b", 71689),
    row(
        "MSMQ",
        IN,
        true,
        R::Depends(Question::QueuesAreRemote),
        MSMQ,
        "messages in a local queue live on one computer",
        HOST_CLUSTER,
    )
    .exported("ff5cee87-fd92-4422-b47d-f7d033311693", 13579),
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
    )
    .exported("b0942470-a5a1-45af-8d01-27481b306441", 15627),
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
    )
    .exported("ba7dad66-5fc8-4a24-a27e-d9f68fd67c3a", 15371),
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
    )
    .exported("6e688659-1374-4f37-90dc-40cb6dd3c73d", 81163),
    row("WCF-BasicHttp", ISO, true, R::LoadBalancer, IIS, CALLERS, SCALED_OUT)
        .exported("467c1a52-373f-4f09-9008-27af6b985f14", 899),
    row("WCF-WSHttp", ISO, true, R::LoadBalancer, IIS, CALLERS, SCALED_OUT)
        .exported("2b219014-ba04-4b70-a66b-a8c418b109fd", 899),
    row("WCF-CustomIsolated", ISO, false, R::LoadBalancer, IIS, CALLERS, SCALED_OUT)
        .exported("16824334-968f-42db-b33b-6f8d62ed1ebc", 641),
    row("WCF-WebHttp", ISO, true, R::LoadBalancer, IIS, CALLERS, "C/wcf-webhttp-adapter")
        .exported("e5b2de81-de67-4559-869b-20925949a1e0", 387),
    row("WCF-NetTcp", IN, true, R::ClusterOrLoadBalancer, None, CALLERS, SCALED_OUT)
        .exported("7fd2dfcd-6a7b-44f9-8387-29457fd2eaaf", 907),
    row(
        "WCF-Custom",
        IN,
        true,
        R::Depends(Question::BindingListens),
        None,
        "a listening binding has callers that address one name; a polling one reads a source",
        SCALED_OUT,
    )
    .exported("af081f69-38ca-4d5b-87df-f0344b12557a", 907),
    row(
        "WCF-NetMsmq",
        IN,
        true,
        R::Cluster,
        MSMQ,
        "messages in a local queue live on one computer",
        SCALED_OUT,
    )
    .exported("36f48beb-64aa-4c80-b396-1f2ba53bed84", 523),
    row(
        "WCF-NetNamedPipe",
        IN,
        true,
        R::SameComputer,
        None,
        "a pipe is reached from the same computer only",
        OVERVIEW,
    )
    .exported("148d2e28-d634-4127-aa9e-7d6298156bf1", 907),
    row(
        "WCF-BasicHttpRelay",
        IN,
        true,
        R::Instances,
        None,
        "the cloud relay hands calls to whichever server is connected",
        "C/wcf-basichttprelay-adapter",
    )
    .exported("f15097a3-283a-40b2-aca7-6b7bae0a0955", 907),
    row(
        "WCF-NetTcpRelay",
        IN,
        true,
        R::Instances,
        None,
        "the cloud relay hands calls to whichever server is connected",
        "I/whats-new-in-biztalk-server-2020",
    )
    .exported("b0a7e20b-9519-4b8e-9137-3a0dec2792b0", 907),
    row("SB-Messaging", IN, true, R::Instances, None, QUEUE_READ, "C/sb-messaging-adapter")
        .exported("9c458d4a-a73c-4cb3-89c4-86ae0103de2f", 523),
    also(
        row("LogicApp", ISO, true, R::LoadBalancer, IIS, CALLERS, "C/logic-app-adapter"),
        &["Logic App", "Logic Apps"],
    )
    .exported("ec50860c-24cb-4934-be2e-1694093b721f", 15747),
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
    )
    .exported("b3e61555-84ae-4af0-9528-bc104f92e01c", 11),
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
    )
    .exported("23d89cb3-d638-4558-aa36-79f1ecb0454f", 11),
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
    )
    .exported("48b96e09-bd96-4f46-95ef-57accc55f23d", 11),
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
    )
    .exported("34676320-8854-4208-9dbb-a7222a0241e2", 11),
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
    )
    .exported("59b35d03-6a06-4734-a249-ef561254ecf7", 779),
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
    )
    .exported("8a8ca722-047c-4574-9850-8bd63e6e9089", 15627),
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
