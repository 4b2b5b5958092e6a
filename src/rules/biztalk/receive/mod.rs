//! Receiving.

pub(super) mod concurrent_readers;
pub(super) mod not_clustered;
pub(super) mod without_balancer;
