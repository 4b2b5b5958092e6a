//! Names for a topology, in which every name is defined once.

use rustc_hash::{FxHashMap, FxHashSet};

/// Names are defined once in a topology. BizTalk gives one name to a port and a location.
#[derive(Default)]
pub(super) struct Names {
    taken: FxHashSet<String>,
    databases: FxHashSet<String>,
    /// The next number to try behind a name that is taken.
    numbers: FxHashMap<String, u32>,
}

/// Longest name that is taken over; the language allows 200 characters.
const LONGEST_NAME: usize = 150;

impl Names {
    pub(super) fn claim(&mut self, wanted: &str, noun: &str) -> String {
        let short: String = wanted.chars().take(LONGEST_NAME).collect();
        let base = match short.trim() {
            "" => noun,
            base => base,
        };
        let mut name = base.to_owned();
        if self.taken.contains(&name) {
            name = format!("{base} ({noun})");
        }
        while self.taken.contains(&name) {
            let number = self.numbers.entry(format!("{base} ({noun})")).or_insert(1);
            *number += 1;
            name = format!("{base} ({noun} {number})");
        }
        self.taken.insert(name.clone());
        name
    }

    /// Databases of one name may stand on several instances.
    pub(super) fn claim_database(&mut self, instance: &str, wanted: &str) -> String {
        let short: String = wanted.chars().take(LONGEST_NAME).collect();
        let name = match self.databases.contains(&short) {
            true if !self.taken.contains(&format!("{instance}/{short}")) => short,
            _ => self.claim(&short, "database"),
        };
        self.taken.insert(format!("{instance}/{name}"));
        self.databases.insert(name.clone());
        name
    }
}
