//! failscope: availability planning and impact analysis of deployment topologies.

pub mod engine;
pub mod exchange;
