//! Findings counted.

use super::Unit;
use crate::diagnostic::Severity;

/// How many of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
    /// Findings that a waiver silenced; not among the others.
    pub suppressed: usize,
}

impl Tally {
    pub fn of(severities: impl Iterator<Item = Severity>) -> Tally {
        let mut tally = Tally::default();
        for severity in severities {
            match severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
                Severity::Info => tally.infos += 1,
            }
        }
        tally
    }

    pub fn of_units<'u>(units: impl IntoIterator<Item = &'u &'u Unit>) -> Tally {
        let mut tally = Tally::default();
        for unit in units {
            tally.add(Tally::of(unit.items.iter().map(|item| item.diagnostic.severity)));
            tally.suppressed += unit.suppressed.len();
        }
        tally
    }

    pub fn add(&mut self, other: Tally) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.infos += other.infos;
        self.suppressed += other.suppressed;
    }
}
