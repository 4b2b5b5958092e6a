//! A change of a topology as plain data: what a rule proposes, and what has been proven.

use crate::source::{Edit, Span};

/// What would put a finding right, in the terms of the topology language. Nobody has
/// looked yet at what else it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the author would plan: "plan an instance of host Process on BTS02".
    pub title: String,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Items for the list under a key of what is named at `of`.
    Add { of: Span, key: &'static str, items: Vec<String> },
    /// The one value of a key of what is named at `of`.
    Set { of: Span, key: &'static str, value: String },
    /// The item of a list that stands here goes; or the entry with this key, if it says nothing.
    Remove { item: Span },
}

impl Proposal {
    pub fn new(title: impl Into<String>, steps: Vec<Step>) -> Proposal {
        Proposal { title: title.into(), steps }
    }
}

/// A proposal after which the edited topology was analysed again and nothing got worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    /// In the order of the files, without overlap.
    pub edits: Vec<Edit>,
}
