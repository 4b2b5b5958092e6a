//! BizTalk Server. Ids and names are those of the rule catalogue.

mod clustering;
mod hosts;
mod platform;
mod receive;
mod send;
mod sql;
mod sso;

use super::Rule;

/// In the order of their ids.
pub(super) static RULES: &[&Rule] = &[
    &hosts::single_instance::RULE,
    &hosts::functions_not_separated::RULE,
    &receive::without_balancer::HTTP,
    &receive::without_balancer::SOAP,
    &receive::without_balancer::WCF,
    &receive::not_clustered::FTP,
    &receive::not_clustered::SFTP,
    &receive::concurrent_readers::FILES,
    &receive::not_clustered::POP3,
    &receive::not_clustered::MSMQ,
    &send::single_far_end::QUEUES,
    &receive::concurrent_readers::ORDERED,
    &receive::concurrent_readers::ORDERED_ALONE,
    &send::single_far_end::QUEUE_MANAGER,
    &receive::not_clustered::SQL,
    &receive::not_clustered::SAP,
    &receive::not_clustered::NET_MSMQ,
    &send::single_far_end::SHAREPOINT,
    &send::msmq_not_clustered::RULE,
    &send::single_far_end::EXTERNAL,
    &clustering::needs_enterprise::RULE,
    &clustering::too_few_nodes::RULE,
    &platform::cluster_without_msdtc::BIZTALK,
    &sso::mss_not_clustered::RULE,
    &sql::standalone::SSO,
    &platform::cluster_without_msdtc::MASTER_SECRET,
    &sso::restart_while_down::RULE,
    &platform::msdtc_not_running::RULE,
    &platform::cluster_without_msdtc::SQL,
    &platform::sql_storage::RAID,
    &platform::sql_storage::SINGLE,
    &platform::host_before_foundation::RULE,
    &sql::standalone::CRITICAL,
    &sql::failover_cluster::ONE_NODE,
    &sql::failover_cluster::NO_DISK,
    &sql::failover_cluster::EDITION,
    &sql::standalone::MESSAGEBOX,
    &sql::standalone::BAM_PRIMARY_IMPORT,
    &sql::standalone::BAM_ANALYSIS,
    &sql::standalone::TRACKING,
    &sql::standalone::RULES,
];
