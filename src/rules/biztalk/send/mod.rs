//! Sending and processing.

pub(super) mod msmq_not_clustered;
pub(super) mod single_far_end;
