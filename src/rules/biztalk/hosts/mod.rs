//! Hosts and their instances.

pub(super) mod crowded_server;
pub(super) mod default_host;
pub(super) mod functions_not_separated;
pub(super) mod instances;
pub(super) mod membership;
pub(super) mod single_instance;
pub(super) mod single_server_group;
pub(super) mod wrong_kind;
