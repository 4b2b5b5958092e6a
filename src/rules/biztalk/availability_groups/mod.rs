//! SQL Server availability groups.

pub(super) mod contents;
pub(super) mod replicas;
pub(super) mod setup;
pub(super) mod support;
