//! Host clustering.

pub(super) mod needs_enterprise;
pub(super) mod too_few_nodes;
