//! Receiving.

pub(super) mod app_pool_shared;
pub(super) mod balancers;
pub(super) mod concurrent_readers;
pub(super) mod file_paths;
pub(super) mod mqsagent;
pub(super) mod not_clustered;
pub(super) mod queues_on_cluster;
pub(super) mod tcp_without_front;
pub(super) mod without_balancer;
