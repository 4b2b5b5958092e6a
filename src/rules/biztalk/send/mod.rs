//! Sending and processing.

pub(super) mod msmq_not_clustered;
pub(super) mod ordered;
pub(super) mod single_far_end;
