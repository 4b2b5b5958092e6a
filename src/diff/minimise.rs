//! Delta debugging: a small set of changes that shows something, of which none can be left out.

/// What came of minimising.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimised {
    pub chosen: Vec<usize>,
    /// Without any one of them it is not shown. False if there was not effort enough to tell.
    pub is_minimal: bool,
}

/// Starts from `all`, which together show it. `shows` answers for a part of them, and none when
/// there is no effort left; a part that cannot be tried does not show it.
pub fn minimise(all: Vec<usize>, shows: &mut dyn FnMut(&[usize]) -> Option<bool>) -> Minimised {
    let mut chosen = all;
    let mut pieces = 2;
    while chosen.len() > 1 {
        match smaller(&chosen, pieces, shows) {
            Err(NoEffort) => return Minimised { chosen, is_minimal: false },
            Ok(Some((part, next))) => {
                chosen = part;
                pieces = next;
            }
            Ok(None) if pieces >= chosen.len() => break,
            Ok(None) => pieces = (2 * pieces).min(chosen.len()),
        }
    }
    Minimised { chosen, is_minimal: true }
}

struct NoEffort;

/// A piece, or all but a piece, that still shows it; with how many pieces to go on.
fn smaller(
    chosen: &[usize],
    pieces: usize,
    shows: &mut dyn FnMut(&[usize]) -> Option<bool>,
) -> Result<Option<(Vec<usize>, usize)>, NoEffort> {
    let size = chosen.len().div_ceil(pieces);
    for piece in chosen.chunks(size) {
        if shows(piece).ok_or(NoEffort)? {
            return Ok(Some((piece.to_vec(), 2)));
        }
    }
    // Of two pieces each is the other's rest.
    if pieces == 2 && chosen.len() > 2 {
        return Ok(None);
    }
    for start in (0..chosen.len()).step_by(size) {
        let end = (start + size).min(chosen.len());
        let rest: Vec<usize> = chosen[..start].iter().chain(&chosen[end..]).copied().collect();
        if shows(&rest).ok_or(NoEffort)? {
            return Ok(Some((rest, (pieces - 1).max(2))));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All parts of 0..n, by brute force.
    fn is_one_minimal(chosen: &[usize], shows: &dyn Fn(&[usize]) -> bool) -> bool {
        let without = |left_out: usize| -> Vec<usize> {
            chosen.iter().copied().filter(|&one| one != left_out).collect()
        };
        shows(chosen) && chosen.iter().all(|&one| !shows(&without(one)))
    }

    /// Every way in which up to two sets of five changes can be what is needed, and parts that
    /// cannot be tried: those with the first change but not the second.
    #[test]
    fn none_of_what_is_left_can_be_left_out() {
        let all: Vec<usize> = (0..5).collect();
        let holds = |needed: u32, part: &[usize]| {
            (0..5).all(|bit| needed >> bit & 1 == 0 || part.contains(&bit))
        };
        for first in 1..32_u32 {
            for second in 1..32_u32 {
                for broken in [false, true] {
                    let shows = |part: &[usize]| {
                        let valid = !broken || !part.contains(&0) || part.contains(&1);
                        valid && (holds(first, part) || holds(second, part))
                    };
                    let found = minimise(all.clone(), &mut |part| Some(shows(part)));
                    assert!(found.is_minimal);
                    assert!(
                        is_one_minimal(&found.chosen, &shows),
                        "{first:b} {second:b} {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn without_effort_the_smallest_that_is_known_stays() {
        let mut left = 3;
        let found = minimise((0..64).collect(), &mut |part| {
            left -= 1;
            (left >= 0).then(|| part.contains(&63))
        });
        assert!(!found.is_minimal && found.chosen.contains(&63) && found.chosen.len() < 64);
    }
}
