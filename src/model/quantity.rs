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

/// Why a text is not a quantity; the words say what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    #[error("write a duration as a number and a unit: `30s`, `15m`, `4h`, `30d`, `5y`")]
    Duration,
    #[error("write an availability as a percentage between 0% and 100%: `99.95%`")]
    Availability,
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

    pub fn unavailability(self) -> f64 {
        self.unavailability
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
    fn quantities_print_as_people_write_them() {
        assert_eq!(Duration::parse("900s").unwrap().to_string(), "15m");
        assert_eq!(Duration::parse("90m").unwrap().to_string(), "1.5h");
        for text in ["99.95%", "99.9%", "100%", "0%", "99.99999%"] {
            assert_eq!(Availability::parse(text).unwrap().to_string(), text);
        }
    }
}
