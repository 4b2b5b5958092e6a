//! Sets of small numbers as bits.

const WORD: usize = 64;

/// A set of numbers below a bound.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) fn new(bound: usize) -> Bits {
        Bits { words: vec![0; bound.div_ceil(WORD)] }
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.words[number as usize / WORD] >> (number as usize % WORD) & 1 == 1
    }

    pub(super) fn add(&mut self, number: u32) {
        self.words[number as usize / WORD] |= 1 << (number as usize % WORD);
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }
}

/// A set that is emptied from its last number down, and may be added to below that meanwhile.
/// Words without a member are passed over 64 at a time.
#[derive(Debug)]
pub(super) struct Pending {
    words: Vec<u64>,
    /// Which words have a member.
    filled: Vec<u64>,
    /// No word of `filled` from here on has a member.
    end: usize,
}

impl Pending {
    pub(super) fn new(bound: usize) -> Pending {
        let words = bound.div_ceil(WORD);
        Pending { words: vec![0; words], filled: vec![0; words.div_ceil(WORD)], end: 0 }
    }

    pub(super) fn add(&mut self, number: u32) {
        let word = number as usize / WORD;
        self.words[word] |= 1 << (number as usize % WORD);
        self.filled[word / WORD] |= 1 << (word % WORD);
        self.end = self.end.max(word / WORD + 1);
    }

    /// Takes out the last number.
    pub(super) fn pop(&mut self) -> Option<u32> {
        while self.end > 0 {
            let filled = self.filled[self.end - 1];
            if filled == 0 {
                self.end -= 1;
                continue;
            }
            let word = (self.end - 1) * WORD + last(filled);
            let bit = last(self.words[word]);
            self.words[word] ^= 1 << bit;
            if self.words[word] == 0 {
                self.filled[word / WORD] ^= 1 << (word % WORD);
            }
            return Some((word * WORD + bit) as u32);
        }
        None
    }

    /// Takes out all, in ascending order.
    pub(super) fn drain(&mut self, mut each: impl FnMut(u32)) {
        for group in 0..std::mem::take(&mut self.end) {
            let mut filled = std::mem::take(&mut self.filled[group]);
            while filled != 0 {
                let word = group * WORD + filled.trailing_zeros() as usize;
                filled &= filled - 1;
                let mut bits = std::mem::take(&mut self.words[word]);
                while bits != 0 {
                    each((word * WORD) as u32 + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
        }
    }
}

/// The last bit of a word that is not zero.
fn last(word: u64) -> usize {
    WORD - 1 - word.leading_zeros() as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Beside a set of the standard library: adding and taking the last in turn, then the rest.
        #[test]
        fn the_last_comes_first_and_the_rest_in_order(
            steps in prop::collection::vec(prop::option::of(0..20_000_u32), 0..200),
        ) {
            let (mut pending, mut plain) = (Pending::new(20_000), BTreeSet::new());
            let mut bits = Bits::new(20_000);
            for step in steps {
                match step {
                    Some(number) => {
                        pending.add(number);
                        plain.insert(number);
                        bits.add(number);
                        prop_assert!(bits.has(number));
                    }
                    None => prop_assert_eq!(pending.pop(), plain.pop_last()),
                }
            }
            let mut rest = Vec::new();
            pending.drain(|number| rest.push(number));
            prop_assert_eq!(rest, plain.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(pending.pop(), None);
        }
    }
}
