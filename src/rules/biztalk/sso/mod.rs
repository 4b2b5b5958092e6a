//! Enterprise SSO and the master secret server.

pub(super) mod master;
pub(super) mod master_cluster;
pub(super) mod mss_not_clustered;
pub(super) mod placement;
pub(super) mod promotion_plan;
pub(super) mod restart_while_down;
