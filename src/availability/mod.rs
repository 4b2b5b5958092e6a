//! How available something is: from the figures of basic components, through the
//! structure function and the engine, to a probability and what it rests on.
//!
//! Steady state, independent components. It knows no formats, no words for people, and
//! no maintenance windows.

pub mod defaults;
mod figures;
mod solve;
mod switching;
pub mod target;

pub use figures::{Figure, Figures, Part};
pub use solve::{Solved, solve};
pub use switching::{Switching, of_service};

/// 365.25 days, as everywhere in the program.
pub const HOURS_PER_YEAR: f64 = 8766.0;
