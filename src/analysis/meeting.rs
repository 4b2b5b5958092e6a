//! What enough providers of a choice have in common.
//!
//! All providers descend together along their references, always the highest first. Where enough of them
//! meet, whatever takes that component takes the choice, and none needs to go on below it. So
//! only what lies above the first things in common is looked at.

use std::collections::BinaryHeap;

use super::layout::Reference;
use super::sparse::Causes;

/// Room for the work, used again for each choice.
#[derive(Debug, Default)]
pub(super) struct Meeting {
    /// Who is to visit which place, the highest place first; see [`entry`].
    visits: BinaryHeap<u64>,
    /// How many visits each provider has before it, and how many providers have any.
    ahead: Vec<u32>,
    descending: u32,
    /// Who visits the place in work: the number of the provider, and whether its loss
    /// takes that provider, or its own failure only.
    here: Vec<(u32, bool)>,
}

impl Meeting {
    /// Adds what takes so many of the providers; returns the steps taken.
    pub(super) fn of(
        &mut self,
        causes: &Causes,
        providers: &[u32],
        lost: u32,
        into: &mut Vec<Reference>,
    ) -> u64 {
        self.begin(causes, providers);
        let mut steps = providers.len() as u64;
        while self.descending >= lost
            && let Some(place) = self.next_place()
        {
            steps += self.here.len() as u64;
            let by_loss = self.here.iter().filter(|(_, is_loss)| *is_loss).count();
            if by_loss >= lost as usize {
                into.push(Reference::Loss(place));
                continue;
            }
            if self.here.len() >= lost as usize && causes.flat.basic.has(place) {
                into.push(Reference::Failure(place));
            }
            for at in 0..self.here.len() {
                if let (provider, true) = self.here[at] {
                    steps += self.descend(causes, place, provider);
                }
            }
        }
        steps
    }

    fn begin(&mut self, causes: &Causes, providers: &[u32]) {
        self.visits.clear();
        self.ahead.clear();
        self.ahead.resize(providers.len(), 0);
        self.descending = 0;
        for (number, &place) in (0..).zip(providers) {
            self.send(causes, number, Reference::Loss(place));
        }
    }

    fn descend(&mut self, causes: &Causes, place: u32, provider: u32) -> u64 {
        let mut steps = 0;
        for reference in causes.references(place) {
            steps += 1;
            self.send(causes, provider, reference);
        }
        steps
    }

    /// Members of a cycle stand in no order among themselves, so that their causes, which
    /// are failures only, are visited in their stead.
    fn send(&mut self, causes: &Causes, provider: u32, reference: Reference) {
        match reference {
            Reference::Loss(place) if causes.flat.is_in_cycle(place) => {
                let own = causes.flat.basic.has(place).then_some(Reference::Failure(place));
                own.into_iter().chain(causes.references(place)).for_each(|reference| {
                    if let Reference::Failure(cause) = reference {
                        self.push(entry(cause, provider, false), provider);
                    }
                });
            }
            Reference::Loss(place) => self.push(entry(place, provider, true), provider),
            Reference::Failure(cause) => self.push(entry(cause, provider, false), provider),
        }
    }

    fn push(&mut self, entry: u64, provider: u32) {
        let ahead = &mut self.ahead[provider as usize];
        self.descending += u32::from(*ahead == 0);
        *ahead += 1;
        self.visits.push(entry);
    }

    /// The highest place that is to be visited; `here` is told who visits it.
    fn next_place(&mut self) -> Option<u32> {
        self.here.clear();
        let place = place_of(*self.visits.peek()?);
        while let Some(&entry) = self.visits.peek().filter(|entry| place_of(**entry) == place) {
            self.visits.pop();
            let provider = entry as u32 >> 1;
            let ahead = &mut self.ahead[provider as usize];
            *ahead -= 1;
            self.descending -= u32::from(*ahead == 0);
            // A loss comes before a failure, which is part of it.
            if self.here.last().is_none_or(|&(last, _)| last != provider) {
                self.here.push((provider, entry & 1 == 1));
            }
        }
        Some(place)
    }
}

/// Sorted by place, then by provider, then failures before losses. All fit: there are fewer
/// than 2^31 places.
fn entry(place: u32, provider: u32, is_loss: bool) -> u64 {
    u64::from(place) << 32 | u64::from(provider) << 1 | u64::from(is_loss)
}

fn place_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}
