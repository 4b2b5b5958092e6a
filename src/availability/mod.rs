//! How available something is: from the figures of basic components, through the
//! structure function and the engine, to a probability and what it rests on.
//!
//! Steady state; components are independent but for the common causes that the file states.
//! It knows no formats and no words for people.

mod common;
pub mod defaults;
mod figures;
mod inputs;
mod planned;
mod solve;
mod swings;
mod switching;
pub mod target;

pub use common::{Cause, Common};
pub use figures::{Figure, Figures, Instead, Part};
pub use inputs::{Basis, Hours, Input};
pub use planned::{Planned, planned};
pub use solve::{MOST_DECISIVE, Solved, solve};
pub use swings::{Swing, swings};
pub use switching::{Switching, of_service};

/// 365.25 days, as everywhere in the program.
pub const HOURS_PER_YEAR: f64 = 8766.0;
