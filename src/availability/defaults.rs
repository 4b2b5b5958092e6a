//! What is taken for a component of which the file gives no figures.
//!
//! These are assumptions, not measurements: round numbers, chosen on the pessimistic
//! side so that a design does not pass because nobody wrote anything down. Each is
//! listed, with its reason, in every answer that rests on it.

/// A default for a kind of component, in hours.
#[derive(Debug, PartialEq)]
pub struct Assumed {
    pub what: &'static str,
    pub mtbf: f64,
    pub mttr: f64,
    pub why: &'static str,
}

const YEAR: f64 = 8766.0;
const DAY: f64 = 24.0;

/// How long a switch-over takes when the cluster does not say, in hours.
pub const FAILOVER_TIME: f64 = 1.0 / 60.0;
pub const FAILOVER_WHY: &str =
    "round figure: detecting the loss and starting databases or services takes about a minute";

/// The first row of which a word occurs in the kind decides; rows stand from special to general.
const TABLE: [(&[&str], Assumed); 10] = [
    (
        &["site"],
        Assumed {
            what: "site",
            mtbf: 10.0 * YEAR,
            mttr: DAY,
            why: "round figure: one lost day in ten years of power, cooling, fire and water together",
        },
    ),
    (
        &["rack"],
        Assumed {
            what: "rack",
            mtbf: 10.0 * YEAR,
            mttr: 8.0,
            why: "round figure: its power or its switch fails once in ten years; a working day to mend",
        },
    ),
    (
        &["machine"],
        Assumed {
            what: "machine",
            mtbf: 4.0 * YEAR,
            mttr: DAY,
            why: "round figure: one hardware failure in four years, mended on the next business day",
        },
    ),
    (
        &["network", "switch", "router", "firewall", "load balancer", "link"],
        Assumed {
            what: "network device or load balancer",
            mtbf: 5.0 * YEAR,
            mttr: 8.0,
            why: "round figure: one failure in five years; a working day with a spare in reach",
        },
    ),
    (
        &["storage", "disk", "raid"],
        Assumed {
            what: "storage",
            mtbf: 5.0 * YEAR,
            mttr: DAY,
            why: "round figure: one loss of the whole in five years; a day to restore",
        },
    ),
    (
        &["external", "partner", "provider", "cloud", "sap"],
        Assumed {
            what: "external system",
            mtbf: 796.0,
            mttr: 4.0,
            why: "round figure: 99.5%, what others promise when nothing is agreed; some four hours a month",
        },
    ),
    (
        &["domain controller", "dns server"],
        Assumed {
            what: "directory or name server",
            mtbf: 2.0 * YEAR,
            mttr: 8.0,
            why: "round figure: like the computer it is",
        },
    ),
    (
        &[
            "service",
            "msdtc",
            "iis",
            "message queuing",
            "instance",
            "copy",
            "agent",
            "process",
            "host",
            "file system",
            "secret",
        ],
        Assumed {
            what: "program on a computer",
            mtbf: 0.5 * YEAR,
            mttr: 1.0,
            why: "round figure: two failures a year that need a person; an hour until it runs again",
        },
    ),
    (
        &["server", "computer", "node"],
        Assumed {
            what: "server",
            mtbf: 2.0 * YEAR,
            mttr: 8.0,
            why: "round figure: hardware and operating system together fail once in two years; a working day",
        },
    ),
    (
        &[""],
        Assumed {
            what: "anything else",
            mtbf: YEAR,
            mttr: 4.0,
            why: "round figure: one failure a year; half a working day",
        },
    ),
];

/// What is assumed of a kind, in the words of the graph.
pub fn of_kind(kind: &str) -> &'static Assumed {
    let kind = kind.to_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let row = TABLE.iter().find(|(words, _)| fits(words));
    &row.unwrap_or(&TABLE[TABLE.len() - 1]).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_the_graph_find_their_row() {
        for (kind, what) in [
            ("server", "server"),
            ("Enterprise SSO service", "program on a computer"),
            ("SQL Server service", "program on a computer"),
            ("DNS server", "directory or name server"),
            ("network-device", "network device or load balancer"),
            ("payment provider", "external system"),
            ("printer", "anything else"),
        ] {
            assert_eq!(of_kind(kind).what, what, "{kind}");
        }
    }
}
