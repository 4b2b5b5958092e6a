//! SQL Server: clustering, MessageBoxes, Agent.

pub(super) mod active_active;
pub(super) mod analysis_instance;
pub(super) mod databases;
pub(super) mod failover_cluster;
pub(super) mod routing_master;
pub(super) mod sharing;
pub(super) mod standalone;
