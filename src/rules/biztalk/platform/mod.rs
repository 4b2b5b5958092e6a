//! MSDTC, Windows, directory, network, storage.

pub(super) mod cluster_without_msdtc;
pub(super) mod directories;
pub(super) mod host_before_foundation;
pub(super) mod msdtc_not_running;
pub(super) mod network_path;
pub(super) mod places;
pub(super) mod sql_storage;
pub(super) mod supported_sql;
