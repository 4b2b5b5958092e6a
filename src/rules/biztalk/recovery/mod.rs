//! Editions, backup, the loss of a site.

pub(super) mod disaster;
pub(super) mod editions_and_backup;
pub(super) mod second_site;
