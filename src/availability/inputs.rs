//! What an unavailability is worked out from, and what it would be with one input changed.

use crate::engine::Probability;
use crate::engine::sensitivity::Range as Ends;

/// A time in hours that lies between two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hours {
    pub low: f64,
    pub high: f64,
}

impl Hours {
    pub fn of(hours: f64) -> Hours {
        Hours { low: hours, high: hours }
    }

    pub fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    pub fn is_range(self) -> bool {
        self.low < self.high
    }

    /// The ends; of one value half of it and twice as much.
    fn spread(self) -> Hours {
        match self.is_range() {
            true => self,
            false => Hours { low: self.low / 2.0, high: self.high * 2.0 },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// Mean times, up between failures and down until repaired.
    Times { up: Hours, down: Hours },
    /// A stated availability; how long a failure lasts is not in it.
    Unavailability { least: f64, most: f64, down: f64 },
}

/// One input at two ends, with what the component's unavailability is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Its key in the language.
    pub key: &'static str,
    /// The ends are a range of the file; else half and twice the value.
    pub is_range: bool,
    /// In hours; for `availability`, the share of time down.
    pub low: f64,
    pub high: f64,
    pub at_low: Probability,
    pub at_high: Probability,
}

impl Basis {
    pub fn unavailability(self) -> Probability {
        match self {
            Basis::Times { up, down } => share(up.middle(), down.middle()),
            Basis::Unavailability { least, most, .. } => probability(f64::midpoint(least, most)),
        }
    }

    /// The best and the worst that the ranges allow.
    pub fn ends(self) -> Ends {
        match self {
            Basis::Times { up, down } => {
                Ends { low: share(up.high, down.low), high: share(up.low, down.high) }
            }
            Basis::Unavailability { least, most, .. } => {
                Ends { low: probability(least), high: probability(most) }
            }
        }
    }

    /// Failures per hour.
    pub fn frequency(self) -> f64 {
        let one_in = match self {
            Basis::Times { up, down } => up.middle() + down.middle(),
            Basis::Unavailability { down, .. } => down / self.unavailability().value(),
        };
        if one_in > 0.0 { 1.0 / one_in } else { 0.0 }
    }

    /// The most failures per hour that the ranges allow.
    pub fn highest_frequency(self) -> f64 {
        let one_in = match self {
            Basis::Times { up, down } => up.low + down.low,
            Basis::Unavailability { down, .. } => down / self.ends().high.value(),
        };
        if one_in > 0.0 { 1.0 / one_in } else { 0.0 }
    }

    /// How long a failure lasts, in hours.
    pub fn repair_time(self) -> f64 {
        match self {
            Basis::Times { down, .. } => down.middle(),
            Basis::Unavailability { down, .. } => down,
        }
    }

    /// Everything that can be changed.
    pub fn inputs(self) -> Vec<Input> {
        match self {
            Basis::Times { up, down } => {
                let (wide, long) = (up.spread(), down.spread());
                vec![
                    Input {
                        key: "mtbf",
                        is_range: up.is_range(),
                        low: wide.low,
                        high: wide.high,
                        at_low: share(wide.low, down.middle()),
                        at_high: share(wide.high, down.middle()),
                    },
                    Input {
                        key: "mttr",
                        is_range: down.is_range(),
                        low: long.low,
                        high: long.high,
                        at_low: share(up.middle(), long.low),
                        at_high: share(up.middle(), long.high),
                    },
                ]
            }
            Basis::Unavailability { least, most, .. } => {
                let is_range = least < most;
                let (low, high) =
                    if is_range { (least, most) } else { (least / 2.0, (most * 2.0).min(1.0)) };
                let (at_low, at_high) = (probability(low), probability(high));
                vec![Input { key: "availability", is_range, low, high, at_low, at_high }]
            }
        }
    }
}

/// `down / (up + down)`; something that is never up is down.
fn share(up: f64, down: f64) -> Probability {
    let cycle = up + down;
    probability(if cycle > 0.0 { down / cycle } else { 1.0 })
}

/// Quotients of what is not negative lie between 0 and 1 but for rounding; the unsafe end
/// stands for what does not.
pub(super) fn probability(value: f64) -> Probability {
    Probability::new(value.clamp(0.0, 1.0)).unwrap_or(Probability::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Up 8 to 12 hours, down 1 to 3: at best 1 of 13, at worst 3 of 11, else 2 of 12.
    #[test]
    fn ranges_have_their_ends_and_their_middle() {
        let basis = Basis::Times {
            up: Hours { low: 8.0, high: 12.0 },
            down: Hours { low: 1.0, high: 3.0 },
        };
        assert_eq!(basis.unavailability().value(), 2.0 / 12.0);
        assert_eq!(basis.ends().low.value(), 1.0 / 13.0);
        assert_eq!(basis.ends().high.value(), 3.0 / 11.0);
        assert_eq!(basis.frequency(), 1.0 / 12.0);
        let inputs = basis.inputs();
        assert_eq!(inputs[0].at_low.value(), 2.0 / 10.0);
        assert_eq!(inputs[1].at_high.value(), 3.0 / 13.0);
    }

    #[test]
    fn what_is_no_range_is_halved_and_doubled() {
        let inputs = Basis::Times { up: Hours::of(9.0), down: Hours::of(1.0) }.inputs();
        assert_eq!((inputs[0].low, inputs[0].high, inputs[0].is_range), (4.5, 18.0, false));
        assert_eq!(inputs[1].at_high.value(), 2.0 / 11.0);
        let one = Basis::Unavailability { least: 0.8, most: 0.8, down: 1.0 }.inputs();
        assert_eq!((one[0].low, one[0].high), (0.4, 1.0));
    }
}
