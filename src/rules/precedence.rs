//! One cause, one headline: which finding stands for which others.

use rustc_hash::FxHashSet;

use super::Finding;
use crate::model::Element;

/// The first rule silences the second one for the same subject.
const SILENCES: &[(&str, &[&str])] = &[
    // The host must be clustered: that it has one instance is then no cause of its own.
    ("BTS104", &["BTS002"]),
    ("BTS105", &["BTS002"]),
    ("BTS107", &["BTS002"]),
    ("BTS109", &["BTS002"]),
    ("BTS124", &["BTS002"]),
    ("BTS128", &["BTS002"]),
    // Two active readers are worse than a missing cluster.
    ("BTS106", &["BTS104", "BTS105"]),
];

/// Drops what another finding about the same subject stands for.
pub(super) fn apply(findings: Vec<Finding>) -> Vec<Finding> {
    let fired: FxHashSet<(&str, Element)> =
        findings.iter().filter_map(|finding| Some((finding.rule.id, finding.element?))).collect();
    let silenced = |finding: &Finding| {
        let Some(element) = finding.element else { return false };
        SILENCES.iter().any(|(loud, silent)| {
            silent.contains(&finding.rule.id) && fired.contains(&(*loud, element))
        })
    };
    findings.into_iter().filter(|finding| !silenced(finding)).collect()
}
