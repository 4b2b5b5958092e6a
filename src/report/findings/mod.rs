//! The findings of a run in the formats of those who read them.
//!
//! [`text`] is written from the review, because it shows lines of files; all others from
//! its document, in which each finding has the same identity for all of them.

pub mod csv;
pub mod github;
pub mod gitlab;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod text;
