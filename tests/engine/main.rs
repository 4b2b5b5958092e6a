//! Tests of the engine and of Open-PSA exchange, as one binary.
//!
//! Expected values come from published results, hand computation or brute
//! force; never from the engine itself.

// A test that fails may panic, and one that is skipped says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod brute_force;
mod by_hand;
mod exchange;
mod limits;
mod properties;
mod published;
mod support;
