//! Sentences about changes, the same in every format that people read.

use super::{ChangedRequirementRow, EditRow, EffectKind, EffectRow, PlaceRow, RequirementRow};
use crate::text;

impl std::fmt::Display for PlaceRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// `clusters.SQL.nodes.SQL02 removed`
pub fn edit(edit: &EditRow) -> String {
    let path = edit.path.join(".");
    match (&edit.was, &edit.is) {
        (Some(was), Some(is)) => format!("{path}: {was} → {is}"),
        _ => format!("{path} {}", edit.edit),
    }
}

pub(super) fn requirement(row: &RequirementRow) -> String {
    let (needed, there) = (row.at_least as usize, row.providers.len());
    let providers = match needed == there {
        true => text::short_list(&row.providers, 6),
        false => format!("{needed} of {}", row.providers.join(", ")),
    };
    format!("{} needs {providers} ({})", row.dependent, row.kind)
}

/// The second half is told without what both have in common.
pub(super) fn changed_requirement(row: &ChangedRequirementRow) -> String {
    let new = requirement(&row.new);
    let same = format!("{} needs ", row.new.dependent);
    format!("{} → {}", requirement(&row.old), new.strip_prefix(&same).unwrap_or(&new))
}

/// Names, or sets, that one line lists before it only counts.
const MOST_NAMED: usize = 8;

/// What became worse or better, each kind in one line.
pub(super) fn effects(rows: &[&EffectRow], worse: bool) -> Vec<String> {
    let mut lines: indexmap::IndexMap<String, Vec<String>> = indexmap::IndexMap::new();
    for row in rows {
        let (head, item) = effect(row, worse);
        lines.entry(head).or_default().push(item);
    }
    let line = |(head, items): (String, Vec<String>)| {
        format!("{head}: {}", text::short_list(&items, MOST_NAMED))
    };
    lines.into_iter().map(line).collect()
}

/// What it is, and of what.
fn effect(row: &EffectRow, worse: bool) -> (String, String) {
    let subject = row.subject.clone();
    match row.kind {
        EffectKind::SinglePointOfFailure if worse => {
            ("new single point of failure".to_owned(), subject)
        }
        EffectKind::SinglePointOfFailure => {
            ("no single point of failure any more".to_owned(), subject)
        }
        EffectKind::Scope => {
            let (from, to) = row.scope.as_ref().map_or(("", ""), |scope| (scope.from, scope.to));
            (format!("scope {from} → {to}"), subject)
        }
        EffectKind::CutSet => {
            let set = members(row.members.as_deref().unwrap_or_default());
            let again = if worse { "stops with" } else { "no longer stops with" };
            (format!("{subject} {again}"), set)
        }
        EffectKind::Finding => {
            let (rule, message) =
                row.finding.as_ref().map_or(("", ""), |f| (f.rule.as_str(), f.message.as_str()));
            let state = if worse { "new finding" } else { "finding gone" };
            (format!("{state}: {rule} {subject}"), message.to_owned())
        }
    }
}

/// `A + B`; the empty set is lost already.
pub(super) fn members(set: &[String]) -> String {
    match set {
        [] => "nothing at all (it is down as designed)".to_owned(),
        _ => set.join(" + "),
    }
}

/// One line, and not a page of it.
pub(super) fn value(written: &str) -> String {
    let words: Vec<&str> = written.split_whitespace().collect();
    text::shortened(&words.join(" ")).into_owned()
}
