//! Tracking and BAM.

pub(super) mod hosts;
pub(super) mod portal;
