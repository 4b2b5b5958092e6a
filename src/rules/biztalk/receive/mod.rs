//! Receiving.

pub(super) mod adapter_of_release;
pub(super) mod adapter_unknown;
pub(super) mod app_pool_shared;
pub(super) mod balancers;
pub(super) mod concurrent_readers;
pub(super) mod every_reader_gets_all;
pub(super) mod file_paths;
pub(super) mod file_rename;
pub(super) mod lost_on_stop;
pub(super) mod mllp;
pub(super) mod mqsagent;
pub(super) mod named_pipe;
pub(super) mod not_clustered;
pub(super) mod queues_behind_balancer;
pub(super) mod queues_on_cluster;
pub(super) mod same_folder_twice;
pub(super) mod tcp_without_front;
pub(super) mod tid_database;
pub(super) mod without_balancer;
pub(super) mod without_transaction;
