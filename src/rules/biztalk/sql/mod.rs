//! SQL Server: clustering, MessageBoxes, Agent.

pub(super) mod failover_cluster;
pub(super) mod standalone;
