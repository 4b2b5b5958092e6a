//! What happens when the working provider is lost and another takes over.
//!
//! The dependent moves and starts again; what runs on it is interrupted and starts
//! again after it. Starting needs more than going on: a move can fail although
//! everything was healthy a moment ago. What cannot start is lost as well, and may
//! make others move in turn.

use rustc_hash::{FxHashMap, FxHashSet};

use super::flow::{Flow, Mark, start_order};
use super::network::{Level, Network};

/// Which provider works where that is not the first choice any more.
#[derive(Debug, Clone, Default)]
pub(super) struct Working(FxHashMap<u32, u32>);

impl Working {
    fn of(&self, network: &Network, requirement: u32) -> Option<u32> {
        self.0.get(&requirement).copied().or_else(|| network.active(requirement))
    }

    /// Where the working provider is lost, the first that serves works from now on.
    pub(super) fn take_over(&mut self, network: &Network, settled: &Flow<'_>) {
        for requirement in 0..network.requirement_count() as u32 {
            let Some(working) = self.of(network, requirement) else { continue };
            let serves = |p: u32| match network.watches_own_failure(requirement) {
                true => !settled.has_failed(p),
                false => !settled.is_lost(p),
            };
            if !serves(working)
                && let Some(&next) = network.providers(requirement).iter().find(|&&p| serves(p))
            {
                self.0.insert(requirement, next);
            }
        }
    }
}

/// One wave of moves after a failure.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Dependents whose working provider was lost and that another one took over.
    pub(super) moved: Vec<u32>,
    /// Everything that stopped for a moment, the moved ones included.
    pub(super) interrupted: Vec<u32>,
    /// In which order the interrupted ones come back.
    pub(super) rounds: Vec<Vec<u32>>,
    /// Those that do not come back.
    pub(super) stuck: Vec<u32>,
}

/// Follows the moves that the losses since `mark` cause until nothing moves any more.
/// `now` spreads interruptions; both flows hold the failure already.
pub(super) fn follow(
    network: &Network,
    working: &Working,
    now: &mut Flow<'_>,
    settled: &mut Flow<'_>,
    mark: Mark,
) -> Moves {
    let mut all = Moves::default();
    let mut done: FxHashSet<u32> = FxHashSet::default();
    loop {
        let moved: Vec<u32> = moving(network, working, settled, mark)
            .into_iter()
            .filter(|dependent| done.insert(*dependent))
            .collect();
        if moved.is_empty() {
            return all;
        }
        let wave = one_wave(network, now, settled, moved);
        settled.lose_all(&wave.stuck);
        now.lose_all(&wave.stuck);
        all.moved.extend(wave.moved);
        all.interrupted.extend(wave.interrupted);
        all.rounds.extend(wave.rounds);
        all.stuck.extend(wave.stuck);
    }
}

/// Dependents that are still up, but whose working provider was lost since the mark, in the
/// sense in which the requirement counts losses.
fn moving(network: &Network, working: &Working, settled: &Flow<'_>, mark: Mark) -> Vec<u32> {
    let (mut found, mut seen) = (Vec::new(), FxHashSet::default());
    let mut look_at = |provider: u32, requirements: &[u32]| {
        for &requirement in requirements {
            let dependent = network.dependent(requirement);
            let was_working = working.of(network, requirement) == Some(provider);
            if was_working && !settled.is_lost(dependent) && seen.insert(dependent) {
                found.push(dependent);
            }
        }
    };
    for &provider in settled.since(mark) {
        look_at(provider, network.watched_by(provider));
    }
    for &provider in settled.failed_since(mark) {
        look_at(provider, network.own_watched_by(provider));
    }
    found
}

fn one_wave(network: &Network, now: &mut Flow<'_>, settled: &Flow<'_>, moved: Vec<u32>) -> Moves {
    let mark = now.mark();
    now.lose_all(&moved);
    let interrupted: Vec<u32> =
        now.since(mark).iter().copied().filter(|&component| !settled.is_lost(component)).collect();
    now.undo(mark);
    let stopped: FxHashSet<u32> = interrupted.iter().copied().collect();
    let order =
        start_order(
            network,
            Level::Cold,
            &interrupted,
            |provider, own_failure| match own_failure {
                true => !settled.has_failed(provider),
                false => !settled.is_lost(provider) && !stopped.contains(&provider),
            },
        );
    Moves { moved, interrupted, rounds: order.rounds, stuck: order.stuck }
}
