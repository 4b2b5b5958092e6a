//! Who a finding is, from one run to the next.
//!
//! Made of what the finding is about: rule, kind of thing, subject. Lines, the order of the
//! file and the wording of messages are no part of it, so that a baseline or a review
//! comment stays with its finding when the file is edited around it.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Unit;
use crate::diagnostic::Diagnostic;
use crate::model::Element;
use crate::rules::Finding;

/// Changes when identities do, so that old and new ones never mix.
const SCHEME: &str = "failscope finding 1";
/// Bytes of the hash that are kept; with them, two of a million findings agree by chance
/// once in 10^26 runs.
const KEPT: usize = 16;
/// Characters of a place that stand for a problem of the input.
const LONGEST_TEXT: usize = 200;

/// The identities of a unit's items, then of what is suppressed in it.
pub(super) fn of(unit: &Unit) -> Vec<String> {
    let items =
        unit.items.iter().map(|item| Described::of(unit, item.finding.as_ref(), &item.diagnostic));
    let suppressed = unit.suppressed.iter().map(|suppressed| {
        Described::of(unit, Some(&suppressed.finding), &suppressed.finding.diagnostic())
    });
    let described: Vec<Described> = items.chain(suppressed).collect();
    let ordinals = ordinals(&described);
    let numbered = described.iter().zip(ordinals);
    numbered
        .map(|(d, ordinal)| hash(&[&d.rule, d.kind, &d.subject, &ordinal.to_string()]))
        .collect()
}

/// What kind of thing it is, without the article.
pub(super) fn kind(element: Element) -> &'static str {
    let noun = element.noun();
    noun.split_once(' ').map_or(noun, |(_, kind)| kind)
}

/// The same finding in one topology among several.
pub(super) fn fingerprint(identity: &str, path: &str, number: usize) -> String {
    hash(&[identity, path, &number.to_string()])
}

struct Described {
    rule: String,
    kind: &'static str,
    subject: String,
    /// What tells equal ones apart, without saying where they are.
    text: String,
    message: String,
}

impl Described {
    fn of(unit: &Unit, finding: Option<&Finding>, diagnostic: &Diagnostic) -> Described {
        let text: String =
            unit.sources.text_of(diagnostic.primary.span).chars().take(LONGEST_TEXT).collect();
        let element = finding.and_then(|finding| finding.element);
        Described {
            rule: diagnostic.code.to_string(),
            kind: element.map_or("", kind),
            subject: finding.map_or_else(|| text.clone(), |finding| finding.subject.clone()),
            text,
            message: diagnostic.message.clone(),
        }
    }

    fn key(&self) -> (&str, &str, &str) {
        (&self.rule, self.kind, &self.subject)
    }
}

/// A number for each among those that are otherwise equal.
fn ordinals(described: &[Described]) -> Vec<usize> {
    let mut equal: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (index, one) in described.iter().enumerate() {
        equal.entry(one.key()).or_default().push(index);
    }
    let mut ordinals = vec![0; described.len()];
    for mut group in equal.into_values() {
        let words = |index: usize| (&described[index].text, &described[index].message);
        group.sort_by(|&a, &b| words(a).cmp(&words(b)));
        for (ordinal, index) in group.into_iter().enumerate() {
            ordinals[index] = ordinal;
        }
    }
    ordinals
}

/// Each part with its length, so that no two lists of parts read the same.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in [SCHEME].iter().chain(parts) {
        hasher.update(format!("{}:{part}\n", part.len()));
    }
    hasher.finalize().iter().take(KEPT).map(|byte| format!("{byte:02x}")).collect()
}
