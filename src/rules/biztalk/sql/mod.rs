//! SQL Server: clustering, MessageBoxes, Agent.

pub(super) mod databases;
pub(super) mod failover_cluster;
pub(super) mod standalone;
