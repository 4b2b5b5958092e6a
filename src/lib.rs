//! failscope: availability planning and impact analysis of deployment topologies.

pub mod analysis;
pub mod availability;
pub mod change;
mod citation;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod engine;
pub mod exchange;
pub mod expand;
pub mod fix;
pub mod gate;
pub mod graph;
pub mod import;
pub mod input;
pub mod model;
pub mod picture;
pub mod report;
pub mod rules;
pub mod source;
pub mod text;
pub mod verify;
