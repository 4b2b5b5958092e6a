//! Quantities with their unit in the text: `99.95%`, `15m`, `5y`.

use std::fmt;

/// A length of time in seconds; never negative, never infinite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Duration(f64);

/// The share of time a thing works. Stored as its complement, so that
/// `99.9999999%` keeps its digits.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Availability {
    unavailability: f64,
}

/// A value that lies somewhere between two. A value that is known is both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range<T> {
    pub low: T,
    pub high: T,
}

/// Planned work on one thing, again and again: `2h every 30d`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maintenance {
    pub length: Duration,
    pub every: Duration,
}

/// A part of a whole, from 0 to 1: `10%` or `0.1`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(f64);

/// Why a text is not a quantity; the words say what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    #[error("write a duration as a number and a unit: `30s`, `15m`, `4h`, `30d`, `5y`")]
    Duration,
    #[error("write an availability as a percentage between 0% and 100%: `99.95%`")]
    Availability,
    #[error("write a duration, or the shortest and the longest: `4h`, `2h..8h`")]
    Durations,
    #[error("write a percentage, or the lowest and the highest: `99.5%`, `99%..99.9%`")]
    Availabilities,
    #[error("write how long it takes and how often it is done, the shorter first: `2h every 30d`")]
    Maintenance,
    #[error("write a share from 0 to 1: `10%` or `0.1`")]
    Share,
}

/// 365.25 days: the year of reliability figures.
const HOURS_PER_YEAR: f64 = 8766.0;

/// Unit suffixes, in seconds, longest suffix first.
const UNITS: [(&str, f64); 7] = [
    ("min", 60.0),
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
    ("y", HOURS_PER_YEAR * 3600.0),
];

impl Duration {
    pub fn parse(text: &str) -> Result<Duration, QuantityError> {
        let (number, scale) = UNITS
            .iter()
            .find_map(|&(unit, scale)| Some((text.strip_suffix(unit)?, scale)))
            .ok_or(QuantityError::Duration)?;
        let number = plain_number(number.trim_end()).ok_or(QuantityError::Duration)?;
        let seconds = number * scale;
        if seconds.is_finite() { Ok(Duration(seconds)) } else { Err(QuantityError::Duration) }
    }

    /// A computed time, for display; what is no time is none.
    pub fn of_hours(hours: f64) -> Duration {
        let seconds = hours * 3600.0;
        Duration(if seconds.is_finite() { seconds.max(0.0) } else { 0.0 })
    }

    pub fn seconds(self) -> f64 {
        self.0
    }

    pub fn hours(self) -> f64 {
        self.0 / 3600.0
    }
}

impl Availability {
    pub fn parse(text: &str) -> Result<Availability, QuantityError> {
        let number = text.strip_suffix('%').ok_or(QuantityError::Availability)?.trim_end();
        let percent = plain_number(number).ok_or(QuantityError::Availability)?;
        if !(0.0..=100.0).contains(&percent) {
            return Err(QuantityError::Availability);
        }
        Ok(Availability { unavailability: (100.0 - percent) / 100.0 })
    }

    /// A computed share of time down.
    pub fn of_unavailability(unavailability: f64) -> Availability {
        Availability { unavailability: unavailability.clamp(0.0, 1.0) }
    }

    pub fn unavailability(self) -> f64 {
        self.unavailability
    }
}

impl<T: Copy> Range<T> {
    pub fn of(value: T) -> Range<T> {
        Range { low: value, high: value }
    }
}

impl Range<Duration> {
    pub fn parse(text: &str) -> Result<Range<Duration>, QuantityError> {
        let error = QuantityError::Durations;
        let range = ends(text, Duration::parse).ok_or(error.clone())?;
        if range.low <= range.high { Ok(range) } else { Err(error) }
    }
}

impl Range<Availability> {
    pub fn parse(text: &str) -> Result<Range<Availability>, QuantityError> {
        let error = QuantityError::Availabilities;
        let range = ends(text, Availability::parse).ok_or(error.clone())?;
        let (low, high) = (range.low.unavailability, range.high.unavailability);
        if low >= high { Ok(range) } else { Err(error) }
    }
}

/// `LOW..HIGH`, or one value.
fn ends<T: Copy>(text: &str, parse: fn(&str) -> Result<T, QuantityError>) -> Option<Range<T>> {
    match text.split_once("..") {
        None => Some(Range::of(parse(text).ok()?)),
        Some((low, high)) => {
            Some(Range { low: parse(low.trim()).ok()?, high: parse(high.trim()).ok()? })
        }
    }
}

impl Maintenance {
    pub fn parse(text: &str) -> Result<Maintenance, QuantityError> {
        let parsed = text.split_once(" every ").and_then(|(length, every)| {
            let length = Duration::parse(length.trim()).ok()?;
            Some(Maintenance { length, every: Duration::parse(every.trim()).ok()? })
        });
        let makes_sense = |m: &Maintenance| m.every.0 > 0.0 && m.length < m.every;
        parsed.filter(makes_sense).ok_or(QuantityError::Maintenance)
    }

    /// The share of time that it takes.
    pub fn share(self) -> f64 {
        self.length.0 / self.every.0
    }
}

impl Share {
    pub fn parse(text: &str) -> Result<Share, QuantityError> {
        let (number, scale) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), 0.01),
            None => (text, 1.0),
        };
        let share = plain_number(number).map(|number| number * scale);
        share.filter(|share| (0.0..=1.0).contains(share)).map(Share).ok_or(QuantityError::Share)
    }

    pub fn value(self) -> f64 {
        self.0
    }
}

/// Digits with at most one point: no sign, no exponent, no infinity.
fn plain_number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { text.parse().ok() } else { None }
}

impl fmt::Display for Duration {
    /// The largest unit that leaves a number of at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, scale) = [("y", 31_557_600.0), ("d", 86_400.0), ("h", 3600.0), ("m", 60.0)]
            .into_iter()
            .find(|&(_, scale)| self.0 >= scale)
            .unwrap_or(("s", 1.0));
        let number = (self.0 / scale * 100.0).round() / 100.0;
        write!(f, "{number}{unit}")
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = (1.0 - self.unavailability) * 100.0;
        let digits = (2.0 - self.unavailability.max(1e-12).log10()).clamp(0.0, 12.0);
        let rounded = format!("{percent:.*}", digits as usize);
        let trimmed = match rounded.contains('.') {
            true => rounded.trim_end_matches('0').trim_end_matches('.'),
            false => rounded.as_str(),
        };
        write!(f, "{trimmed}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_their_unit() {
        for (text, seconds) in [
            ("30s", 30.0),
            ("15m", 900.0),
            ("15 min", 900.0),
            ("1.5h", 5400.0),
            ("1y", 31_557_600.0),
        ] {
            assert_eq!(Duration::parse(text).unwrap().seconds(), seconds, "{text}");
        }
        for text in ["", "15", "m", "-1h", "1e9h", "inf", "15 weeks", "1..5h"] {
            assert_eq!(Duration::parse(text), Err(QuantityError::Duration), "{text}");
        }
    }

    #[test]
    fn availability_is_a_percentage() {
        let nines = Availability::parse("99.95%").unwrap();
        assert!((nines.unavailability() - 5e-4).abs() < 1e-12);
        for text in ["99.95", "101%", "-1%", "%", "ninety%", "NaN%"] {
            assert_eq!(Availability::parse(text), Err(QuantityError::Availability), "{text}");
        }
    }

    #[test]
    fn a_range_has_its_low_end_first() {
        let range = Range::<Duration>::parse("4000h .. 8000h").unwrap();
        assert_eq!((range.low.hours(), range.high.hours()), (4000.0, 8000.0));
        let one = Range::<Duration>::parse("1d").unwrap();
        assert_eq!(one.low, one.high);
        let range = Range::<Availability>::parse("99%..99.9%").unwrap();
        assert!(range.low.unavailability() > range.high.unavailability());
        for text in ["8h..4h", "4h..", "..4h", "4h...8h", "4..8h", "1h..2h..3h"] {
            assert_eq!(Range::<Duration>::parse(text), Err(QuantityError::Durations), "{text}");
        }
        assert!(Range::<Availability>::parse("99.9%..99%").is_err());
    }

    #[test]
    fn maintenance_and_shares_are_parts_of_a_whole() {
        assert_eq!(Maintenance::parse("6h every 30d").unwrap().share(), 6.0 / 720.0);
        for text in ["6h", "every 30d", "6h every 0d", "30d every 6h", "6 every 30d"] {
            assert_eq!(Maintenance::parse(text), Err(QuantityError::Maintenance), "{text}");
        }
        assert_eq!(Share::parse("10%").unwrap().value(), 0.1);
        assert_eq!(Share::parse("0.1").unwrap().value(), 0.1);
        for text in ["", "101%", "1.1", "-1", "ten"] {
            assert_eq!(Share::parse(text), Err(QuantityError::Share), "{text}");
        }
    }

    #[test]
    fn quantities_print_as_people_write_them() {
        assert_eq!(Duration::parse("900s").unwrap().to_string(), "15m");
        assert_eq!(Duration::parse("90m").unwrap().to_string(), "1.5h");
        for text in ["99.95%", "99.9%", "100%", "0%", "99.99999%"] {
            assert_eq!(Availability::parse(text).unwrap().to_string(), text);
        }
    }
}
