//! Tracking and BAM.

pub(super) mod alerts;
pub(super) mod hosts;
pub(super) mod portal;
pub(super) mod rule_update;
