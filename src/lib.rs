//! failscope: availability planning and impact analysis of deployment topologies.

pub mod analysis;
pub mod diagnostic;
pub mod expand;
pub mod graph;
pub mod import;
pub mod input;
pub mod model;
pub mod source;
pub mod text;
