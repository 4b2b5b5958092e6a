//! Hosts and their instances.

pub(super) mod functions_not_separated;
pub(super) mod single_instance;
