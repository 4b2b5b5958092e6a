//! For each thing that got worse, the smallest edit of the text that makes it so.
//!
//! The edits are tried alone first: one that suffices is the smallest there is. For what no
//! single edit shows, delta debugging finds a set of which none can be left out. What a set of
//! edits shows is worked out once for everything that got worse.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::minimise::minimise;

/// Why something got worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Numbers of edits: together they suffice.
    pub edits: Vec<usize>,
    /// None of them can be left out; false if the effort ended before that was certain.
    pub is_minimal: bool,
    /// Further edits of which each alone suffices as well.
    pub also: Vec<usize>,
}

/// In the order of what got worse; none where the edits of the text do not show it.
pub type Causes = Vec<Option<Cause>>;

/// What the old topology with some edits shows of what got worse, a flag for each; none if it
/// cannot be read. It is not asked twice for the same edits.
pub(super) type Probe<'p> = &'p mut dyn FnMut(&[bool]) -> Option<Vec<bool>>;

/// More edits than this are not tried one by one.
const MOST_ALONE: usize = 500;

/// Of large sets not everything is remembered.
const MOST_KEPT: usize = 5_000_000;

pub(super) fn find(worse: usize, edits: usize, most_probes: usize, probe: Probe<'_>) -> Causes {
    let mut tried = Tried { edits, left: most_probes, known: FxHashMap::default(), kept: 0, probe };
    let all: Vec<usize> = (0..edits).collect();
    let Some(whole) = tried.show(&all).filter(|_| worse > 0) else {
        return vec![None; worse];
    };
    let alone = tried.alone(worse);
    (0..worse)
        .map(|index| {
            if !whole.as_ref().as_ref().is_some_and(|shown| shown[index]) {
                return None;
            }
            Some(match alone[index].as_slice() {
                [] => tried.together(&all, index),
                [first, also @ ..] => {
                    Cause { edits: vec![*first], is_minimal: true, also: also.to_vec() }
                }
            })
        })
        .collect()
}

type Shown = Rc<Option<Vec<bool>>>;

/// Sets of edits, and what they showed.
struct Tried<'p> {
    edits: usize,
    left: usize,
    known: FxHashMap<Vec<usize>, Shown>,
    /// Numbers in the keys of what is known.
    kept: usize,
    probe: Probe<'p>,
}

impl Tried<'_> {
    /// `None` when there is no effort left.
    fn show(&mut self, part: &[usize]) -> Option<Shown> {
        if let Some(known) = self.known.get(part) {
            return Some(known.clone());
        }
        self.left = self.left.checked_sub(1)?;
        let mut chosen = vec![false; self.edits];
        for &edit in part {
            chosen[edit] = true;
        }
        let shown = Rc::new((self.probe)(&chosen));
        if self.kept + part.len() <= MOST_KEPT {
            self.kept += part.len();
            self.known.insert(part.to_vec(), shown.clone());
        }
        Some(shown)
    }

    /// For each thing that got worse, the edits that suffice alone.
    fn alone(&mut self, worse: usize) -> Vec<Vec<usize>> {
        let mut alone = vec![Vec::new(); worse];
        // Half of the effort is kept for what takes several.
        for edit in 0..self.edits.min(MOST_ALONE).min(self.left / 2) {
            let Some(shown) = self.show(&[edit]) else { break };
            let Some(shown) = shown.as_ref() else { continue };
            for (index, _) in shown.iter().enumerate().filter(|(_, shows)| **shows) {
                alone[index].push(edit);
            }
        }
        alone
    }

    fn together(&mut self, all: &[usize], index: usize) -> Cause {
        let found = minimise(all.to_vec(), &mut |part| {
            let shown = self.show(part)?;
            Some(shown.as_ref().as_ref().is_some_and(|shown| shown[index]))
        });
        Cause { edits: found.chosen, is_minimal: found.is_minimal, also: Vec::new() }
    }
}
