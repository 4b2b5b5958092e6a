//! Tests of the library from outside, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says where; one that is skipped says so"
)]

mod brute;
mod by_hand;
mod certificates;
mod compare;
mod diff;
mod documents;
mod figures;
mod fixes;
mod gate;
mod governance;
mod layering;
mod overlay;
mod own_rules;
mod picture;
mod program;
mod quantities;
mod random_graphs;
mod rule_files;
mod shipped;
mod structure;
mod sweeps;
