//! Topologies from files that somebody already has.
//!
//! An importer turns bytes into topology text and a list of questions. It reads
//! no files, prints nothing and decides nothing that its input does not say.

pub mod biztalk;
