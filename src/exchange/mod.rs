//! Formats for exchanging models with other tools.
//!
//! Each format reads into, and writes from, the engine's own expressions. None
//! of them touches files: text in, text out.

pub mod free_form;
pub mod open_psa;
