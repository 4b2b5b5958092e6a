//! The importer against real exports: what it finds, what it refuses, what it never says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says where"
)]

mod canaries;
mod contradictions;
mod damaged;
mod index;
mod kept;
mod mutations;
mod overlays;
mod provenance;
mod support;
mod whole_group;
