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

    /// The first member from a number on.
    pub(super) fn next(&self, from: u32) -> Option<u32> {
        let first = from as usize / WORD;
        let (word, rest) = self.words.get(first..)?.split_first()?;
        let word = word & u64::MAX << (from as usize % WORD);
        let mut words = (first..).zip(std::iter::once(&word).chain(rest));
        let (at, word) = words.find(|(_, word)| **word != 0)?;
        Some((at * WORD) as u32 + word.trailing_zeros())
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }
}

/// A set that is gone through from its last number down while lower ones are added. Words
/// without a member are passed over 64 at a time.
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
        self.add_word(number as usize / WORD, 1 << (number as usize % WORD));
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.words[number as usize / WORD] >> (number as usize % WORD) & 1 == 1
    }

    /// Adds the numbers of a word.
    pub(super) fn add_word(&mut self, word: usize, bits: u64) {
        if self.words[word] == 0 && bits != 0 {
            self.filled[word / WORD] |= 1 << (word % WORD);
            self.end = self.end.max(word / WORD + 1);
        }
        self.words[word] |= bits;
    }

    pub(super) fn len(&self) -> usize {
        let groups = self.filled[..self.end].iter().zip(self.words.chunks(WORD));
        let filled = groups.filter(|(filled, _)| **filled != 0);
        filled.flat_map(|(_, words)| words).map(|word| word.count_ones() as usize).sum()
    }

    /// The last word that has a member.
    pub(super) fn last_word(&mut self) -> Option<usize> {
        while self.end > 0 {
            let filled = self.filled[self.end - 1];
            if filled != 0 {
                return Some((self.end - 1) * WORD + last(filled));
            }
            self.end -= 1;
        }
        None
    }

    /// The numbers of a word, from the last down; those added meanwhile below are among them.
    pub(super) fn in_word(word: usize) -> impl Iterator<Item = u32> {
        ((word * WORD) as u32..((word + 1) * WORD) as u32).rev()
    }

    pub(super) fn take_word(&mut self, word: usize) -> u64 {
        self.filled[word / WORD] &= !(1 << (word % WORD));
        std::mem::take(&mut self.words[word])
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

    fn numbers() -> impl Strategy<Value = BTreeSet<u32>> {
        prop::collection::btree_set(1..20_000_u32, 0..200)
    }

    proptest! {
        #[test]
        fn the_next_member_is_that_of_a_plain_set(plain in numbers(), from in 0..20_100_u32) {
            let mut bits = Bits::new(20_000);
            plain.iter().for_each(|&number| bits.add(number));
            prop_assert_eq!(bits.next(from), plain.range(from..).next().copied());
        }

        /// Every number adds its half: the same as adding them all at the outset.
        #[test]
        fn what_is_added_below_is_gone_through_as_well(plain in numbers()) {
            let mut pending = Pending::new(20_000);
            let (mut seen, mut together) = (Vec::new(), Pending::new(20_000));
            plain.iter().for_each(|&number| pending.add(number));
            while let Some(word) = pending.last_word() {
                for number in Pending::in_word(word) {
                    if pending.has(number) {
                        seen.push(number);
                        (number > 1).then(|| pending.add(number / 2));
                    }
                }
                together.add_word(word, pending.take_word(word));
            }
            let mut expected: BTreeSet<u32> = plain.clone();
            for number in plain {
                let half = |number: &u32| (*number > 1).then(|| number / 2);
                expected.extend(std::iter::successors(Some(number), half));
            }
            prop_assert_eq!(&seen, &expected.iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(together.len(), expected.len());
            let mut ascending = Vec::new();
            together.drain(|number| ascending.push(number));
            prop_assert_eq!(ascending, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
