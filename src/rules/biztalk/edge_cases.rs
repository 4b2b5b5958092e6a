//! What each rule says when its examples are changed in one place: the open attributes, the
//! exempted designs, the near misses.

use super::super::find;
use super::super::testing::findings;
use crate::diagnostic::Severity::{self, Error, Info, Warning};

/// One change of an example, and the severities of what is then found.
struct Case(&'static str, Example, &'static str, &'static str, &'static [Severity]);

#[derive(Debug, Clone, Copy)]
enum Example {
    Bad,
    Good,
}

use Example::{Bad, Good};

/// Work in examples that others replace.
const RECEIVES: &str =
    "  receive_locations:\n    Orders: { adapter: MSMQ, host: Queue, queues: local }\n";
const ORCHESTRATION: &str = "  orchestrations:\n    Orders: { host: Process }\n";

const CASES: &[Case] = &[
    // An enabled instance that waits for a disaster is no second one.
    Case(
        "BTS002",
        Good,
        "biztalk:\n",
        "biztalk:\n  disaster_recovery: { servers: [BTS02] }\n",
        &[Error],
    ),
    // A backup transport is work of its own host.
    Case(
        "BTS002",
        Bad,
        "  orchestrations:\n    Orders: { host: Process }\n",
        "    S: { instances: [BTS01, BTS02] }\n  send_ports:\n    \
         Out: { adapter: FILE, host: S, backup: { host: Process } }\n",
        &[Error],
    ),
    // One instance is the business of BTS002.
    Case("BTS005", Bad, "instances: [BTS01, BTS02]", "instances: [BTS01]", &[]),
    // So is one server named twice, beside BTS004: what shares a fate is always several servers.
    Case("BTS005", Bad, "instances: [BTS01, BTS02]", "instances: [BTS01, BTS01]", &[]),
    Case("BTS005", Bad, "machine: HV01", "rack: R1", &[]),
    Case("BTS005", Good, "machine: HV02", "machine: HV01, rack: R2", &[Warning]),
    // A flag is misuse of an isolated host as much as bound work is.
    Case(
        "BTS006",
        Good,
        "Web: { type: isolated,",
        "Web: { type: isolated, default: true,",
        &[Error],
    ),
    Case(
        "BTS006",
        Good,
        "Web: { type: isolated,",
        "Web: { type: isolated, tracking: true,",
        &[Error],
    ),
    // A kind that is not given is in-process.
    Case("BTS007", Bad, "type: in-process, ", "", &[Error]),
    Case("BTS007", Bad, "adapter: HTTP ", "adapter: FTP ", &[]),
    Case("BTS007", Good, "adapter: HTTP", "adapter: FTP", &[Error]),
    // What exports say that an adapter can do shows where it receives.
    Case("BTS007", Bad, "adapter: HTTP ", "adapter: WCF-WebHttp ", &[Error]),
    Case("BTS007", Bad, "adapter: HTTP ", "adapter: WCF-BasicHttpRelay ", &[]),
    Case("BTS007", Good, "adapter: HTTP", "adapter: WCF-BasicHttpRelay", &[Error]),
    // It rides on another adapter: not judged.
    Case("BTS007", Bad, "adapter: HTTP ", "adapter: AS2 ", &[]),
    Case("BTS009", Bad, "host: Main, to", "host: Main, enabled: false, to", &[]),
    Case("BTS009", Bad, "Main: { ", "Main: { tracking: true, ", &[Warning]),
    // How many computers a placeholder stands in for is not known.
    Case(
        "BTS901",
        Bad,
        "servers: [BTS01, BTS02]",
        "servers: { BTS01: {}, BTS02: { placeholder: true } }",
        &[],
    ),
    // Two instances, or none of its own work, and the default host is no concern.
    Case("BTS020", Bad, "instances: [BTS01]", "instances: [BTS01, BTS02]", &[]),
    Case("BTS020", Bad, "instances: [BTS01]", "disabled_instances: [BTS01]", &[Info]),
    Case("BTS020", Bad, "default: true", "default: false", &[]),
    Case("BTS020", Bad, "default: true", "type: isolated\n      default: true", &[]),
    // Other spellings of one adapter are one adapter.
    Case(
        "BTS012",
        Bad,
        "adapter: FILE, host: Receive }   #",
        "adapter: file, host: Receive }   #",
        &[Error],
    ),
    Case(
        "BTS013",
        Bad,
        "Orders: { host: Process }",
        "Orders: { host: Process, enabled: false }",
        &[],
    ),
    // One instance needs a balancer too, for the day there are two.
    Case("BTS101", Bad, "instances: [BTS01, BTS02]", "instances: [BTS01]", &[Error]),
    Case("BTS101", Bad, "instances: [BTS01, BTS02]", "instances: []", &[]),
    Case("BTS101", Bad, "host: Web", "host: Web\n      enabled: false", &[]),
    Case("BTS101", Bad, "host: Web", "host: Web\n      ha_requirement: none", &[]),
    // Other readers that must be clustered break other rules.
    Case("BTS106", Bad, "adapter: FTP ", "adapter: MSMQ\n      queues: local ", &[]),
    Case("BTS107", Bad, "      mailbox_allows_concurrent_sessions: true\n", "", &[Warning]),
    // Remote queues are another matter, also when they must keep order.
    Case("BTS109", Bad, "queues: local", "queues: remote\n      ordered: true", &[]),
    Case("BTS109", Bad, "      queues: local\n", "", &[Warning]),
    // The host moves, its queues do not.
    Case("BTS138", Good, "resources: [msmq, msdtc]", "resources: [msdtc]", &[Error]),
    Case(
        "BTS109",
        Bad,
        "biztalk:\n  hosts:\n    Queue: { instances: [BTS01, BTS02] }\n",
        "clusters:\n  W: { nodes: [BTS01, BTS02], groups: { G: { network_name: Q } } }\n\
         biztalk:\n  hosts:\n    Queue: { instances: [BTS01, BTS02], clustered_in: W/G }\n",
        &[Error],
    ),
    // That the queues are in another group of the cluster is the business of BTS110.
    Case(
        "BTS109",
        Bad,
        "biztalk:\n  hosts:\n    Queue: { instances: [BTS01, BTS02] }\n",
        "clusters:\n  W:\n    nodes: [BTS01, BTS02]\n    groups:\n      G: { network_name: Q }\n      \
         Q: { network_name: QUEUE, resources: [msmq] }\n\
         biztalk:\n  hosts:\n    Queue: { instances: [BTS01, BTS02], clustered_in: W/G }\n",
        &[],
    ),
    // Sending in transactions needs the queues on the same node as well; a transport of another
    // host does not, and neither does sending without transactions.
    Case(
        "BTS110",
        Bad,
        RECEIVES,
        "  send_ports:\n    Orders: { adapter: MSMQ, host: Queue }\n",
        &[Error],
    ),
    Case(
        "BTS110",
        Bad,
        RECEIVES,
        "  send_ports:\n    Orders: { adapter: MSMQ, host: Queue, transactional: false }\n",
        &[],
    ),
    Case(
        "BTS110",
        Bad,
        RECEIVES,
        "    Files: { instances: [BTS01] }\n  send_ports:\n    Orders: { adapter: FILE, host: Files, \
         backup: { adapter: MSMQ, host: Queue } }\n",
        &[Error],
    ),
    Case(
        "BTS110",
        Bad,
        RECEIVES,
        "    Files: { instances: [BTS01] }\n  send_ports:\n    Orders: { adapter: FILE, host: Queue, \
         backup: { adapter: MSMQ, host: Files } }\n",
        &[],
    ),
    Case("BTS112", Bad, "adapter: MSMQ", "adapter: WCF-NetMsmq", &[Error]),
    Case("BTS112", Bad, "adapter: MSMQ", "adapter: FTP", &[]),
    Case("BTS113", Bad, "      from: QUEUE01   # <-\n", "", &[Warning]),
    Case("BTS113", Bad, "queues: remote", "queues: local", &[]),
    Case("BTS116", Bad, "ordered: true", "ordered: false", &[]),
    // One reader keeps the order: that nothing takes over from it is the business of BTS117.
    Case("BTS116", Bad, "instances: [BTS01, BTS02]", "instances: [BTS01]", &[]),
    Case("BTS117", Bad, "ordered: true", "ordered: false", &[]),
    Case("BTS119", Bad, "redundant: false", "nodes: [A, B]", &[]),
    Case("BTS119", Bad, ", redundant: false", "", &[Warning]),
    Case("BTS119", Bad, "from: QM1 ", "from: mq://qm1.example/queue ", &[Warning]),
    Case("BTS120", Bad, "    mqsagent_on: [MQ01]\n", "", &[Warning]),
    Case("BTS120", Bad, "adapter: MQSeries", "adapter: MQSC", &[]),
    Case("BTS121", Bad, "MQSAgent", "mqsagent", &[Info]),
    Case("BTS121", Bad, "MQSAgent", "Spooler", &[]),
    Case("BTS123", Bad, "      transactional: false   # <-\n", "", &[]),
    Case("BTS124", Bad, "      poll_claims_rows: false\n", "", &[Warning]),
    Case("BTS125", Bad, "WCF-SQL", "WCF-OracleEBS", &[Error]),
    Case("BTS125", Bad, "WCF-SQL", "WCF-Custom", &[]),
    Case("BTS125", Bad, "      transactional: false   # <-\n", "", &[]),
    Case("BTS125", Bad, "host: Receive", "host: Receive\n      binding: listening", &[]),
    Case("BTS125", Bad, "host: Receive", "host: Receive\n      enabled: false", &[]),
    Case("BTS126", Bad, "WCF-OracleDB", "WCF-OracleEBS", &[Error]),
    Case("BTS126", Bad, "WCF-OracleDB", "WCF-SQL", &[]),
    Case("BTS130", Bad, "WCF-SAP", "WCF-SQL", &[]),
    Case("BTS131", Bad, r"'C:\drop\in'", "//FILES/drop/in", &[]),
    Case("BTS132", Bad, "    path:", "    redundant: true\n    path:", &[]),
    Case("BTS132", Bad, "    on: FS01   # <-\n", "", &[Warning]),
    Case("BTS136", Bad, "instances: [BTS01, BTS02]", "instances: []", &[]),
    Case("BTS141", Bad, "nodes: [WFE1]", "redundant: true", &[]),
    Case("BTS144", Bad, "BTS01, BTS03]   # <-", "BTS02, BTS01]", &[]),
    Case("BTS146", Bad, "kind: nlb", "kind: hardware", &[]),
    Case("BTS148", Bad, "instances: [BTS01, BTS02]", "instances: [BTS01]", &[Warning]),
    Case("BTS148", Bad, "LogicApp", "Logic App", &[Warning]),
    Case("BTS148", Bad, "host: Web", "host: Web\n      ha_requirement: none", &[]),
    // Send handlers are counted like receive handlers, also those of a backup transport.
    Case(
        "BTS149",
        Good,
        "  receive_locations:\n",
        "    Two: { instances: [BTS01] }\n  send_ports:\n    A: { adapter: MLLP, host: Receive }\n    \
         B: { adapter: MLLP, host: Two }\n  receive_locations:\n",
        &[Error],
    ),
    Case(
        "BTS149",
        Good,
        "  receive_locations:\n",
        "    Two: { instances: [BTS01] }\n  send_ports:\n    A: { adapter: MLLP, host: Receive, \
         backup: { adapter: FILE, host: Two } }\n  receive_locations:\n",
        &[],
    ),
    Case("BTS150", Bad, "host: Receive", "host: Receive\n      ha_requirement: none", &[]),
    Case("BTS153", Bad, "adapter: FTP", "adapter: POP3", &[]),
    // Files on a disk of one server are not for all instances; those on a share are.
    Case(
        "BTS154",
        Bad,
        ORCHESTRATION,
        "  receive_locations:\n    In: { adapter: FILE, host: Process, from: 'D:\\in' }\n",
        &[],
    ),
    Case(
        "BTS154",
        Bad,
        ORCHESTRATION,
        "  receive_locations:\n    In: { adapter: FILE, host: Process, from: '\\\\FILES\\in' }\n",
        &[Info],
    ),
    // Tracking is work that any number of instances may do.
    Case("BTS154", Bad, "instances:", "tracking: true\n      instances:", &[Info]),
    Case("BTS158", Bad, "Office365 Mail", "Office 365 Outlook Email", &[Info]),
    Case("BTS158", Bad, "Office365 Mail", "Office365 Calendar", &[]),
    Case("BTS201", Bad, "      transactional: true\n", "", &[Warning]),
    Case("BTS201", Bad, "transactional: true", "transactional: false", &[]),
    Case("BTS209", Bad, "{ redundant: false }", "", &[Info]),
    Case("BTS209", Bad, "{ redundant: false }", "{ nodes: [A, B] }", &[]),
    Case(
        "BTS209",
        Bad,
        "host: Send",
        "host: Send\n      backup: { adapter: FILE, to: '\\\\f\\s' }",
        &[],
    ),
    Case("BTS301", Bad, "standard", "developer", &[]),
    Case("BTS301", Bad, "  edition: standard   # <-\n", "", &[Warning]),
    Case("BTS301", Bad, "standard", "branch", &[Error]),
    Case("BTS302", Bad, "instances: [BTS01]", "instances: [BTS01, OTHER]", &[]),
    Case(
        "BTS302",
        Bad,
        "instances: [BTS01]",
        "instances: [BTS01]\n      disabled_instances: [OTHER]",
        &[Error],
    ),
    Case("BTS304", Bad, "instances: [BTS01]\n", "instances: [BTS01, BTS02]\n", &[]),
    Case("BTS305", Good, "network_name: RECV, ", "", &[Error]),
    Case(
        "BTS307",
        Good,
        "instances: [BTS01, BTS02]",
        "instances: [BTS01]\n      disabled_instances: [BTS02]",
        &[Error],
    ),
    Case("BTS310", Bad, "resources: [entsso, msdtc]", "resources: [msdtc]", &[]),
    Case("BTS311", Bad, "type: isolated", "type: in-process", &[]),
    // A clustered host in the group of another is no stranger to it.
    Case(
        "BTS314",
        Good,
        "  hosts:\n",
        "  hosts:\n    Send: { instances: [N1, N2], clustered_in: WSFC/G2 }\n",
        &[],
    ),
    Case("BTS407", Bad, "SSO01   # <-", "BTS01", &[]),
    Case("BTS414", Bad, "master_secret_server: SSO01", "master_secret_server: [SSO01, BTS01]", &[]),
    Case("BTS418", Good, "SSO02\n", "SSO01\n", &[Info]),
    // A clustered MSDTC makes the local one of a node unimportant.
    Case(
        "BTS501",
        Bad,
        "biztalk:\n",
        "clusters:\n  C: { nodes: [BTS01, BTS02], groups: { G: { resources: [msdtc] } } }\nbiztalk:\n",
        &[],
    ),
    Case("BTS501", Bad, "instances: [BTS01, BTS02]", "instances: [BTS02]", &[]),
    Case(
        "BTS501",
        Bad,
        "instances: [BTS01, BTS02] }",
        "instances: [BTS02] }\n  master_secret_server: BTS01",
        &[Error],
    ),
    Case("BTS502", Bad, "BizTalkMgmtDb, BizTalkMsgBoxDb", "", &[]),
    Case("BTS509", Bad, "{ on: DC01, domain: corp.example }", "{ domain: corp.example }", &[Error]),
    Case("BTS509", Bad, "biztalk:\n  servers: [BTS01]\n", "", &[]),
    Case("BTS517", Bad, ", redundant: false", "", &[Info]),
    Case(
        "BTS518",
        Good,
        "[BTS01, BTS02]",
        "[BTS01, BTS02]\n  master_secret_server: PROXY",
        &[Warning],
    ),
    // What is no foundation is not late, and what comes before one may be anything but BizTalk.
    Case("BTS519", Bad, "- protect: SQLCLUSTER", "- protect: BTS01", &[]),
    Case("BTS519", Bad, "- configure: Process", "- configure: SAN01", &[]),
    // One node shares its place with nobody.
    Case("BTS520", Bad, "nodes: [SQL01, SQL02]", "nodes: [SQL01]", &[]),
    Case("BTS520", Bad, "machine: HV01", "rack: R1", &[]),
    Case("BTS520", Good, "HV02", "HV01", &[Error]),
    Case("BTS520", Good, "SQL02: { machine: HV02 }", "SQL02:", &[]),
    Case("BTS603", Bad, "BizTalkMgmtDb, BizTalkMsgBoxDb", "", &[]),
    Case("BTS604", Bad, "    edition: standard   # <-\n", "", &[Warning]),
    Case(
        "BTS608",
        Bad,
        "      BizTalkMsgBoxDb2:   # <-\n",
        "      BizTalkMsgBoxDb2:\n      BizTalkMsgBoxDb3:\n",
        &[],
    ),
    Case("BTS609", Bad, "false }   # <-", "true }", &[]),
    Case("BTS610", Bad, "  edition: standard   # <-\n", "", &[Warning]),
    Case("BTS610", Bad, "standard", "developer", &[]),
    Case("BTS614", Bad, "  uses_rules: true\n", "", &[Info]),
    Case("BTS615", Bad, "BizTalkMsgBoxDb:", "Warehouse:", &[]),
    Case("BTS617", Bad, "      Warehouse:", "      TIDS: { holds: sap-tid }", &[]),
    Case("BTS617", Bad, "      Warehouse:", "      SSISDB:", &[]),
    Case("BTS618", Bad, "databases: [BizTalkDTADb]", "databases: [BAMArchive]", &[Warning]),
    Case("BTS618", Bad, "databases: [BizTalkDTADb]", "databases: [BizTalkRuleEngineDb]", &[]),
    Case("BTS619", Bad, "sql_instances:\n", "sql_instances:\n  OTHER: { on: SQL01 }\n", &[Error]),
    Case("BTS623", Bad, r"BAM01\OLAP", "BAM01.corp.example", &[]),
    Case("BTS703", Bad, "{ commit: asynchronous }", "", &[Warning]),
    Case("BTS706", Bad, "2016 SP1", "2019", &[Error]),
    Case("BTS714", Bad, "BizTalkMgmtDb]", "BizTalkMgmtDb, SSODB]", &[Warning]),
    Case("BTS715", Bad, "BAMAnalysis", "BAMStarSchema", &[]),
    Case("BTS716", Bad, "[SSISDB]", "[]", &[Info]),
    Case("BTS716", Bad, "  version: \"2020\"\n", "", &[Info]),
    Case("BTS716", Bad, "version: \"2020\"", "version: \"2016 CU5\"", &[]),
    Case("BTS719", Bad, "[BizTalkMsgBoxDb2]", "[Warehouse]", &[]),
    Case("BTS720", Bad, "[SSODB]", "[BizTalkDTADb]", &[]),
    Case("BTS801", Bad, "  tracking: on   # <-\n", "", &[]),
    Case("BTS801", Good, "[BTS01, BTS02] }\n  tracking", "[] }\n  tracking", &[Error]),
    Case("BTS802", Good, "instances: [BTS01, BTS02]", "disabled_instances: [BTS01, BTS02]", &[]),
    Case("BTS806", Good, "    behind: NLB\n", "", &[Warning]),
    Case("BTS806", Good, "[WEB01, WEB02]\n    behind", "[WEB01]\n    behind", &[Warning]),
    Case("BTS811", Good, "on: SQLCLUSTER/SQL\n", "on: BTS01\n", &[Info]),
    Case("BTS902", Bad, "evaluation", "developer", &[Warning]),
    Case("BTS902", Bad, "evaluation", "branch", &[]),
    Case("BTS902", Bad, "  edition: evaluation   # <-\n", "", &[]),
    Case("BTS901", Bad, "  edition: standard   # <-\n", "", &[Warning]),
    Case("BTS901", Bad, "standard", "developer", &[]),
    Case("BTS901", Bad, "  servers: [BTS01, BTS02]\n", "  servers: [BTS01]\n", &[]),
    Case("BTS903", Bad, "  backup_job: off   # <-\n", "", &[Warning]),
    Case("BTS909", Bad, "BTS02: { site: DC1 }", "BTS02: { site: DC2 }", &[]),
    // Logs go somewhere, even if the file does not say in which site that is.
    Case(
        "BTS909",
        Good,
        "  DRBTS: { site: DC2 }\n  DRSQL01: { site: DC2 }\n",
        "  DRBTS:\n  DRSQL01:\n",
        &[],
    ),
    Case("BTS913", Bad, "log_shipping_to: [DRSQL]   # <-", "secret_copy: true", &[]),
    Case("BTS914", Bad, "    secret_copy: false   # <-\n", "", &[Warning]),
];

#[test]
fn a_changed_example_draws_what_the_change_deserves() {
    let mut wrong = Vec::new();
    for Case(id, example, was, is, expected) in CASES {
        let rule = find(id).unwrap_or_else(|| panic!("{id} is no rule"));
        let yaml = match example {
            Bad => rule.bad,
            Good => rule.good,
        };
        let changed = yaml.replacen(was, is, 1);
        assert_ne!(changed, yaml, "{id}: {was:?} is not in its {example:?} example");
        let found = findings(rule, &changed);
        let severities: Vec<Severity> = found.iter().map(|(_, f)| f.severity).collect();
        if severities != *expected {
            let messages: Vec<&str> = found.iter().map(|(_, f)| f.message.as_str()).collect();
            wrong.push(format!("{id} {example:?} {was:?} -> {is:?}: {severities:?} {messages:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
