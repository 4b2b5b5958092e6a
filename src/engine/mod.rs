//! Exact analysis of Boolean expressions over independent basic events.
//!
//! The engine speaks algebra and graphs only: it knows no topology, no file
//! format and no platform, imports nothing of the rest of the crate, does no I/O
//! and reads no clock. The same input gives the same answer everywhere.
//!
//! The way through it:
//!
//! 1. [`ExprBuilder`] builds an [`Expr`]: when does the top event occur?
//! 2. [`ModuleTree::new`] simplifies it and splits it into independent modules.
//! 3. [`Diagrams::build`] makes one decision diagram per module, within a
//!    [`Budget`].
//! 4. From the diagrams: [`probability::exact`], [`cut_sets::all`],
//!    [`path_sets::all`], [`importance::all`], [`fussell_vesely::of`],
//!    [`sensitivity`].
//! 5. When the diagrams do not fit: [`bracket::probability`] and
//!    [`cut_sets::up_to_order`]. As a cross-check: [`sample::estimate`].
//!
//! `docs/engine.md` names the algorithms, their sources and limits.

mod approximate;
mod assume;
mod bdd;
pub mod bracket;
mod budget;
pub mod common_cause;
pub mod cut_sets;
mod dating;
mod diagrams;
mod expr;
mod formula;
pub mod fussell_vesely;
pub mod importance;
mod minimal_sets;
mod modules;
mod order;
pub mod path_sets;
pub mod probability;
mod race;
pub mod sample;
pub mod sensitivity;
mod simplify;
mod table;
mod truncated;
mod zbdd;

pub use budget::{Budget, Exhausted};
pub use diagrams::Diagrams;
pub use expr::{Event, Expr, ExprBuilder, NodeId, Shape};
pub use minimal_sets::{Count, MinimalSets, MostProbable, ProbableSet, Sets};
pub use modules::ModuleTree;
pub use probability::{MissingValue, NotAProbability, Probability};
pub use simplify::without_negations;

/// Compiles and runs the example of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../docs/engine.md")]
struct Guide;
