//! Releases of products, as far as rules compare them: `2016 SP2`, `2016 CU5`, `2013 R2`.

/// Year first, so that releases compare in the order of their dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    pub year: u32,
    /// The second release under the name of that year.
    pub r2: bool,
    /// Service pack, when the text names one.
    pub service_pack: Option<u32>,
    /// Cumulative update, when the text names one.
    pub update: Option<u32>,
}

impl Release {
    /// Any words with a year among them; what else they say is left alone.
    pub fn parse(text: &str) -> Option<Release> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let mut words = words.filter(|word| !word.is_empty()).peekable();
        let mut release = Release { year: 0, r2: false, service_pack: None, update: None };
        while let Some(word) = words.next() {
            let upper = word.to_ascii_uppercase();
            let (letters, digits) =
                upper.split_at(upper.find(|c: char| c.is_ascii_digit()).unwrap_or(upper.len()));
            // The number may stand apart: `CU 5`.
            let number = match digits {
                "" if matches!(letters, "SP" | "CU") => {
                    words.next_if(|next| next.parse::<u32>().is_ok()).and_then(|n| n.parse().ok())
                }
                digits => digits.parse::<u32>().ok(),
            };
            match (letters, number) {
                ("", Some(year)) if (2000..2100).contains(&year) && release.year == 0 => {
                    release.year = year;
                }
                ("R", Some(2)) => release.r2 = true,
                ("SP", pack) => release.service_pack = pack,
                ("CU", update) => release.update = update,
                _ => {}
            }
        }
        (release.year > 0).then_some(release)
    }

    /// Whether it is at least that service pack of that year; `None` when the text leaves it open.
    pub fn reaches_service_pack(self, year: u32, pack: u32) -> Option<bool> {
        self.reaches(year, pack, self.service_pack)
    }

    /// Whether it is at least that cumulative update of that year.
    pub fn reaches_update(self, year: u32, update: u32) -> Option<bool> {
        self.reaches(year, update, self.update)
    }

    fn reaches(self, year: u32, level: u32, stated: Option<u32>) -> Option<bool> {
        match self.year.cmp(&year) {
            std::cmp::Ordering::Less => Some(false),
            std::cmp::Ordering::Greater => Some(true),
            std::cmp::Ordering::Equal => stated.map(|stated| stated >= level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_from_what_people_write() {
        let sp = Release::parse("SQL Server 2016 SP2 CU 7").unwrap();
        assert_eq!((sp.year, sp.service_pack, sp.update), (2016, Some(2), Some(7)));
        assert_eq!(Release::parse("2013 R2").map(|r| (r.year, r.r2)), Some((2013, true)));
        assert_eq!(Release::parse("2008R2 SP1").map(|r| (r.year, r.r2)), None);
        assert_eq!(Release::parse("2013").map(|r| (r.year, r.r2)), Some((2013, false)));
        assert_eq!(Release::parse("the newest"), None);
        assert_eq!(Release::parse("13.0.5026"), None);
        assert_eq!(Release::parse(""), None);
    }

    #[test]
    fn a_level_that_is_not_named_stays_open() {
        let plain = Release::parse("2016").unwrap();
        assert_eq!(plain.reaches_update(2016, 5), None);
        assert_eq!(plain.reaches_update(2013, 5), Some(true));
        assert_eq!(plain.reaches_service_pack(2017, 0), Some(false));
        assert_eq!(Release::parse("2016 CU4").unwrap().reaches_update(2016, 5), Some(false));
    }
}
