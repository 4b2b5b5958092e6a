//! One cause, one headline: which finding stands for which others.

use rustc_hash::FxHashMap;

use super::Finding;
use crate::model::{DatabasePlace, Element, Topology};

/// The first rule stands for the others, where their findings are about ...
struct Silence(&'static str, Where, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// ... the same thing.
    Same,
    /// ... hosts of the BizTalk group that the first one is about.
    HostsOfGroup,
    /// ... the availability group that the first one is about, or no such group at all.
    AvailabilityGroup,
}

const SILENCES: &[Silence] = &[
    // A group on one server: every host of it has the same fault.
    Silence("BTS001", Where::HostsOfGroup, &["BTS002", "BTS005"]),
    // The host must be clustered: that it has one instance is then no cause of its own.
    Silence("BTS104", Where::Same, &["BTS002"]),
    Silence("BTS105", Where::Same, &["BTS002"]),
    Silence("BTS107", Where::Same, &["BTS002"]),
    Silence("BTS109", Where::Same, &["BTS002", "BTS117"]),
    Silence("BTS117", Where::Same, &["BTS002"]),
    Silence("BTS124", Where::Same, &["BTS002"]),
    Silence("BTS128", Where::Same, &["BTS002"]),
    Silence("BTS138", Where::Same, &["BTS002", "BTS117"]),
    // Two active readers are worse than a missing cluster.
    Silence("BTS106", Where::Same, MUST_BE_CLUSTERED),
    Silence("BTS116", Where::Same, MUST_BE_CLUSTERED),
    // What the adapter says about the system at the other end is more exact.
    Silence("BTS113", Where::Same, &["BTS209"]),
    Silence("BTS119", Where::Same, &["BTS209"]),
    Silence("BTS141", Where::Same, &["BTS209"]),
    Silence("BTS420", Where::Same, &["BTS401"]),
    // One missing resource of a cluster, found from three sides.
    Silence("BTS409", Where::Same, &["BTS308"]),
    Silence("BTS502", Where::Same, &["BTS308", "BTS409"]),
    Silence("BTS601", Where::Same, &["BTS408", "BTS607"]),
    // Where availability groups are not supported at all, their details do not matter.
    Silence("BTS701", Where::AvailabilityGroup, AVAILABILITY_GROUPS),
    Silence("BTS702", Where::AvailabilityGroup, AVAILABILITY_GROUPS),
];

const MUST_BE_CLUSTERED: &[&str] =
    &["BTS104", "BTS105", "BTS107", "BTS109", "BTS124", "BTS128", "BTS138"];

const AVAILABILITY_GROUPS: &[&str] = &[
    "BTS703", "BTS704", "BTS705", "BTS706", "BTS707", "BTS708", "BTS709", "BTS710", "BTS711",
    "BTS712", "BTS713", "BTS714", "BTS715", "BTS716", "BTS717", "BTS718", "BTS719", "BTS720",
];

/// Drops what another finding stands for, and notes it there.
///
/// A milder finding never hides a worse one: what is only unknown does not silence what
/// is certain.
pub(super) fn apply(mut findings: Vec<Finding>, topology: &Topology) -> Vec<Finding> {
    let mut loud: FxHashMap<(&str, Element), Vec<usize>> = FxHashMap::default();
    let mut anywhere: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(element) = finding.element {
            loud.entry((finding.rule.id, element)).or_default().push(index);
            anywhere.entry(finding.rule.id).or_default().push(index);
        }
    }
    let mut silenced = vec![false; findings.len()];
    let mut notes: Vec<(usize, &'static str)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let applies =
            SILENCES.iter().filter(|Silence(_, _, silent)| silent.contains(&finding.rule.id));
        for Silence(by, place, _) in applies {
            let heads = match about(*place, finding, topology) {
                About::Element(element) => loud.get(&(*by, element)),
                About::Anything => anywhere.get(by),
                About::Nothing => None,
            };
            let heads = heads.into_iter().flatten();
            for &head in heads.filter(|&&head| findings[head].severity >= finding.severity) {
                silenced[index] = true;
                notes.push((head, finding.rule.id));
            }
        }
    }
    notes.sort_unstable();
    notes.dedup();
    for (head, id) in notes {
        findings[head].stands_for.push(id);
    }
    let mut silenced = silenced.into_iter();
    findings.retain(|_| !silenced.next().unwrap_or(false));
    findings
}

enum About {
    Element(Element),
    Anything,
    Nothing,
}

/// What a louder finding must be about to stand for this one.
fn about(place: Where, finding: &Finding, topology: &Topology) -> About {
    match (place, finding.element) {
        (Where::Same, Some(element)) => About::Element(element),
        (Where::HostsOfGroup, Some(Element::Host(id))) => {
            About::Element(Element::BiztalkGroup(topology.hosts[id].group))
        }
        (Where::AvailabilityGroup, Some(element @ Element::AvailabilityGroup(_))) => {
            About::Element(element)
        }
        (Where::AvailabilityGroup, Some(Element::Database(id))) => {
            match topology.databases[id].place {
                DatabasePlace::AvailabilityGroup(id) => {
                    About::Element(Element::AvailabilityGroup(id))
                }
                DatabasePlace::Instance(_) => About::Anything,
            }
        }
        (Where::AvailabilityGroup, _) => About::Anything,
        (Where::Same | Where::HostsOfGroup, _) => About::Nothing,
    }
}
