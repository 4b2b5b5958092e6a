//! Fault trees in the Open-PSA Model Exchange Format (MEF).
//!
//! The format is that of "Open-PSA Model Exchange Format", version 2.0d (2008)
//! and its continuation 3.0. Covered are fault trees: gates, basic events, house
//! events, parameters with the usual expressions, and common-cause groups.
//! Event trees, substitutions, alignments and private names are refused by name,
//! not skipped: leaving them out would change the answer.

mod definitions;
mod error;
mod expression;
mod gates;
mod groups;
mod model;
mod reader;
mod writer;

pub use error::{Error, Problem};
pub use model::{BasicEvent, CommonCauseGroup, FaultTree, Gate, HouseEvent, Model, TopEvent};
pub use reader::{Options, read};
pub use writer::write;
