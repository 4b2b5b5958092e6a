//! BizTalk Server. Ids and names are those of the rule catalogue.

mod host_single_instance;
mod mss_not_clustered;
mod receive_not_clustered;

use super::Rule;

/// In the order of their ids.
pub(super) static RULES: &[&Rule] = &[
    &host_single_instance::RULE,
    &receive_not_clustered::FTP,
    &receive_not_clustered::POP3,
    &receive_not_clustered::MSMQ,
    &receive_not_clustered::SQL,
    &receive_not_clustered::SAP,
    &mss_not_clustered::RULE,
];
