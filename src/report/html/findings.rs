//! Each finding with the lines of the file that it speaks of.

use super::rows::shown;
use crate::diagnostic::{Diagnostic, Label};
use crate::report::review::{Item, Unit};
use crate::source::{SourceFile, SourceMap, Span};
use crate::text;

/// Lines before and after the place.
const CONTEXT: usize = 1;
/// Longer lines are cut: a page is no place for a line of a million characters.
const LONGEST_LINE: usize = 240;
/// Lines of a place that are marked; the rest of it is left to the file.
const MOST_LINES: usize = 6;

pub(super) struct Found {
    pub(super) severity: &'static str,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) message: String,
    pub(super) place: String,
    pub(super) lines: Vec<Line>,
    pub(super) label: String,
    pub(super) related: Vec<String>,
    pub(super) why: String,
    pub(super) help: String,
    pub(super) sources: String,
}

/// A line of the file, in three parts: the middle one is the place.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
}

pub(super) struct Accepted {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) reason: String,
}

/// The worst first; those of one severity in the order of the file.
pub(super) fn of(unit: &Unit) -> Vec<Found> {
    worst_first(unit).into_iter().map(|item| found(&unit.sources, item)).collect()
}

/// What to look at first: findings of the highest severity, in the order of [`of`].
pub(super) struct First {
    pub(super) messages: Vec<String>,
    /// How many more there are of that severity.
    pub(super) more: usize,
}

pub(super) fn first(unit: &Unit, most: usize) -> First {
    let items = worst_first(unit);
    let worst = items.first().map(|item| item.diagnostic.severity);
    let count = items.iter().filter(|item| Some(item.diagnostic.severity) == worst).count();
    let first = items.iter().take(most.min(count));
    First {
        messages: first.map(|item| shown(&item.diagnostic.message)).collect(),
        more: count.saturating_sub(most),
    }
}

fn worst_first(unit: &Unit) -> Vec<&Item> {
    let mut items: Vec<&Item> = unit.items.iter().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.diagnostic.severity));
    items
}

pub(super) fn accepted(unit: &Unit) -> Vec<Accepted> {
    let entry = |one: &crate::config::Suppressed| Accepted {
        code: one.finding.rule.id().to_owned(),
        message: shown(&one.finding.message),
        reason: shown(&one.reason),
    };
    unit.suppressed.iter().map(entry).collect()
}

fn found(sources: &SourceMap, item: &Item) -> Found {
    let Diagnostic { primary, .. } = &item.diagnostic;
    let shown_option = |text: &Option<String>| shown(text.as_deref().unwrap_or(""));
    Found {
        severity: item.diagnostic.severity.as_str(),
        code: item.diagnostic.code.to_string(),
        name: item.finding.as_ref().map_or(String::new(), |f| f.rule.about().name.to_owned()),
        message: shown(&item.diagnostic.message),
        place: shown(&sources.locate(primary.span).to_string()),
        lines: sources.file(primary.span.file).map_or(Vec::new(), |f| lines(f, primary.span)),
        label: shown(&primary.text),
        related: item.diagnostic.related.iter().map(|label| related(sources, label)).collect(),
        why: shown_option(&item.diagnostic.why),
        help: shown_option(&item.diagnostic.help),
        sources: shown(&item.diagnostic.sources.join("; ")),
    }
}

fn related(sources: &SourceMap, label: &Label) -> String {
    let place = sources.locate(label.span).to_string();
    shown(&match label.text.is_empty() {
        true => place,
        false => format!("{place}: {}", label.text),
    })
}

fn lines(file: &SourceFile, span: Span) -> Vec<Line> {
    let (start, end) = (span.start as usize, span.end as usize);
    let first = file.line_index(start);
    let last = file.line_index(end.max(start)).min(first + MOST_LINES - 1);
    let from = first.saturating_sub(CONTEXT);
    let to = (last + CONTEXT).min(file.line_count().saturating_sub(1));
    (from..=to).map(|line| cut(file, line, start, end)).collect()
}

/// One line, cut around the place.
fn cut(file: &SourceFile, line: usize, start: usize, end: usize) -> Line {
    let range = file.line_range(line);
    let text = file.text().get(range.clone()).unwrap_or("").trim_end_matches(['\n', '\r']);
    let inside = |offset: usize| {
        text.floor_char_boundary(offset.saturating_sub(range.start).min(text.len()))
    };
    let (from, to) = (inside(start), inside(end));
    let [before, marked, after] = [&text[..from], &text[from..to], &text[to..]];
    Line {
        number: line + 1,
        before: shown(&tail(before)),
        marked: shown(&text::shortened(marked)),
        after: shown(&head(after)),
    }
}

fn tail(text: &str) -> String {
    match text.len() > LONGEST_LINE {
        true => format!("… {}", &text[text.ceil_char_boundary(text.len() - LONGEST_LINE)..]),
        false => text.to_owned(),
    }
}

fn head(text: &str) -> String {
    match text.len() > LONGEST_LINE {
        true => format!("{} …", &text[..text.floor_char_boundary(LONGEST_LINE)]),
        false => text.to_owned(),
    }
}
