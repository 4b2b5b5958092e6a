//! How much work the rules of one topology may be, all together and for one thing at a time.

use std::sync::atomic::{AtomicU64, Ordering};

/// Steps for all rules of the user's own over one topology. A step is an element that is
/// looked at or copied, or some bytes of a text.
pub const WORK_LIMIT: u64 = 10_000_000;

/// Steps for one rule and one thing. It bounds the memory too: whatever an expression holds,
/// it has paid for, and a step is some hundred bytes at most.
pub const TURN_LIMIT: u64 = 1_000_000;

/// What is left; never less than nothing.
#[derive(Debug)]
pub(super) struct Budget {
    whole: AtomicU64,
    turn: AtomicU64,
}

impl Budget {
    pub(super) fn new(steps: u64) -> Budget {
        Budget { whole: AtomicU64::new(steps), turn: AtomicU64::new(TURN_LIMIT) }
    }

    /// The next rule or thing.
    pub(super) fn next_turn(&self) {
        self.turn.store(TURN_LIMIT, Ordering::Relaxed);
    }

    /// False once there is not enough left of either; then nothing is left of it.
    pub(super) fn take(&self, steps: u64) -> bool {
        let enough = |left: &AtomicU64| {
            let before = left.load(Ordering::Relaxed);
            left.store(before.saturating_sub(steps), Ordering::Relaxed);
            before > steps
        };
        let whole = enough(&self.whole);
        enough(&self.turn) && whole
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.is_over() || self.turn.load(Ordering::Relaxed) == 0
    }

    /// Nothing is left for any rule.
    pub(super) fn is_over(&self) -> bool {
        self.whole.load(Ordering::Relaxed) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_the_last_step_is_not_given() {
        let budget = Budget::new(10);
        assert!(budget.take(6));
        assert!(!budget.is_used_up());
        assert!(!budget.take(4), "nothing would be left");
        assert!(budget.is_over() && budget.is_used_up());
    }

    #[test]
    fn a_turn_ends_by_itself_and_the_next_one_starts_anew() {
        let budget = Budget::new(10 * TURN_LIMIT);
        assert!(!budget.take(TURN_LIMIT));
        assert!(budget.is_used_up() && !budget.is_over());
        budget.next_turn();
        assert!(budget.take(1) && !budget.is_used_up());
        assert!(!Budget::new(5).take(TURN_LIMIT / 2), "the whole is used up, not the turn");
    }
}
