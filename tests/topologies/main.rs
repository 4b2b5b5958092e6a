//! The example topologies and what the reference says about them.
//!
//! Every expected value comes from the domain reference or from reasoning by hand, and
//! names its section: "6.2" is a reference architecture, "F09" a row of the failure
//! scope table, "2.5 (1)" a combined failure. None is copied from the program's output.
//! A rule that does not exist yet is passed over, so that a test becomes stricter on
//! the day the rule arrives.

// A test that cannot find what it asks for should stop right there and say so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod combined_failures;
mod databases;
mod files;
mod hidden_losses;
mod mutations;
mod once_and_twice;
mod receiving;
mod single_sign_on;
mod small_and_medium;
mod tiers;
mod vendor_table;
mod web_shop;
mod world;
