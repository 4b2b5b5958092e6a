//! How much memory and work an analysis may use.
//!
//! A budget is counted in diagram nodes and steps, not in seconds, so the same
//! input ends the same way on every machine. Running out is a value,
//! [`Exhausted`], that callers turn into a bracket or a message.

use thiserror::Error;

/// What one node of a diagram may cost in bytes while it is being built: the
/// node, its place in the hash table, its share of the operation cache, and the
/// slack of arrays that double, old copy included.
pub(super) const BYTES_PER_NODE: usize = 96;

const DEFAULT_BYTES: usize = 2 << 30;

/// The limits of one analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    nodes: usize,
    steps: u64,
}

/// An analysis stopped at its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Exhausted {
    /// The diagram does not fit the memory allowed.
    #[error("the decision diagram does not fit the memory allowed")]
    Memory,
    /// The work allowed is used up.
    #[error("the work allowed is used up")]
    Work,
}

impl Budget {
    /// At most so many bytes for the diagrams in work at one time.
    pub fn memory(bytes: usize) -> Budget {
        Budget::nodes(bytes / BYTES_PER_NODE)
    }

    /// At most so many diagram nodes at one time.
    pub fn nodes(nodes: usize) -> Budget {
        Budget { nodes: nodes.clamp(2, u32::MAX as usize - 1), steps: u64::MAX }
    }

    /// The same budget with at most so many elementary steps in each
    /// construction.
    pub fn with_steps(self, steps: u64) -> Budget {
        Budget { steps, ..self }
    }

    /// The same steps with half the nodes, for work that holds two diagrams.
    pub(super) fn halved(self) -> Budget {
        Budget { nodes: (self.nodes / 2).max(2), ..self }
    }

    pub(super) fn max_nodes(&self) -> usize {
        self.nodes
    }

    pub(super) fn max_steps(&self) -> u64 {
        self.steps
    }
}

impl Default for Budget {
    /// Two gibibytes, any amount of work.
    fn default() -> Budget {
        Budget::memory(DEFAULT_BYTES)
    }
}
