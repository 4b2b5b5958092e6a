//! Host clustering.

pub(super) mod beside_sso;
pub(super) mod fit;
pub(super) mod group_without_name;
pub(super) mod mixed_group;
pub(super) mod needless;
pub(super) mod needs_enterprise;
pub(super) mod owners;
pub(super) mod too_few_nodes;
