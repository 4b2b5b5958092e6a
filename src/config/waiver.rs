//! Waivers against findings: which hold, which have lapsed, which cover nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::Suppressed;
use crate::analysis::Analysis;
use crate::graph::Scope;
use crate::rules::{AnyRule, Finding};
use crate::source::{FileId, SourceMap, Span};

/// One accepted finding, from the project file or from a comment.
#[derive(Debug, Clone)]
pub(super) struct Waiver {
    pub(super) rule: AnyRule,
    pub(super) covers: Covers,
    /// The widest scope that is accepted; a comment may leave it open.
    pub(super) accepts: Option<Scope>,
    pub(super) until: Option<Date>,
    pub(super) reason: String,
    pub(super) owner: Option<String>,
    /// What of it a message points at.
    pub(super) span: Span,
}

/// Which findings of its rule a waiver is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Covers {
    Subject(String),
    /// A zero-based line of one file.
    Line(FileId, usize),
}

/// Why a waiver that covers a finding does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lapse {
    Expired(Date),
    Outgrown { accepted: Scope, now: Scope },
}

impl Waiver {
    /// What a finding about it calls it; a line may move, so it is no part of the name.
    pub(super) fn named(&self) -> String {
        let id = self.rule.id();
        match &self.covers {
            Covers::Subject(subject) => format!("waiver of {id} for {subject}"),
            Covers::Line(..) => format!("waiver of {id}"),
        }
    }

    fn silence(&self, finding: Finding) -> Suppressed {
        Suppressed {
            finding,
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until,
            accepts: self.accepts,
            waiver: self.span,
        }
    }

    fn lapse(&self, today: Date, scope: Option<Scope>) -> Option<Lapse> {
        if let Some(until) = self.until.filter(|until| *until < today) {
            return Some(Lapse::Expired(until));
        }
        match (self.accepts, scope) {
            (Some(accepted), Some(now)) if now > accepted => {
                Some(Lapse::Outgrown { accepted, now })
            }
            _ => None,
        }
    }
}

/// What came of holding waivers against the findings of one topology.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// What no waiver covers, or only one that has lapsed; these say so.
    pub(super) findings: Vec<Finding>,
    pub(super) suppressed: Vec<Suppressed>,
    /// By waiver: covers a finding.
    pub(super) used: Vec<bool>,
    /// By waiver that lapsed: why, and the subject of the first finding that is back.
    pub(super) lapsed: BTreeMap<usize, (Lapse, String)>,
    /// By waiver that states no scope: how far what it silences reaches now, and the subject;
    /// only while it could come to reach further.
    pub(super) unbounded: BTreeMap<usize, (Scope, String)>,
}

impl Held {
    fn silence(&mut self, index: usize, waiver: &Waiver, finding: Finding, scope: Option<Scope>) {
        let narrow = scope.filter(|&now| now < Scope::Systemwide);
        if let (None, Some(now)) = (waiver.accepts, narrow) {
            let widest = self.unbounded.entry(index).or_insert((now, finding.subject.clone()));
            if now > widest.0 {
                *widest = (now, finding.subject.clone());
            }
        }
        self.suppressed.push(waiver.silence(finding));
    }
}

pub(super) fn hold(
    waivers: &[&Waiver],
    findings: Vec<Finding>,
    sources: &SourceMap,
    analysis: &Analysis<'_>,
    today: Date,
) -> Held {
    let mut held = Held { used: vec![false; waivers.len()], ..Held::default() };
    let by_cover = by_cover(waivers);
    for mut finding in findings {
        let mut first_lapse = None;
        let mut holds = None;
        let scope = scope_of(&finding, analysis);
        for index in covering(&by_cover, &finding, sources) {
            held.used[index] = true;
            match waivers[index].lapse(today, scope) {
                None => holds = holds.or(Some(index)),
                Some(lapse) => first_lapse = first_lapse.or(Some((index, lapse))),
            }
        }
        if let Some(index) = holds {
            held.silence(index, waivers[index], finding, scope);
            continue;
        }
        if let Some((index, lapse)) = first_lapse {
            say(&mut finding, lapse, waivers[index].span);
            held.lapsed.entry(index).or_insert((lapse, finding.subject.clone()));
        }
        held.findings.push(finding);
    }
    held
}

/// Waivers by the id of their rule and what they cover.
type ByCover<'w> = FxHashMap<(&'w str, &'w Covers), Vec<usize>>;

fn by_cover<'w>(waivers: &[&'w Waiver]) -> ByCover<'w> {
    let mut by_cover = ByCover::default();
    for (index, waiver) in waivers.iter().enumerate() {
        by_cover.entry((waiver.rule.id(), &waiver.covers)).or_default().push(index);
    }
    by_cover
}

fn covering(by_cover: &ByCover<'_>, finding: &Finding, sources: &SourceMap) -> Vec<usize> {
    let covers = [by_subject(finding), by_line(finding, sources)];
    let found = covers.iter().filter_map(|covers| by_cover.get(&(finding.rule.id(), covers)));
    found.flatten().copied().collect()
}

fn by_subject(finding: &Finding) -> Covers {
    Covers::Subject(finding.subject.clone())
}

fn by_line(finding: &Finding, sources: &SourceMap) -> Covers {
    let span = finding.primary.span;
    let line = sources.file(span.file).map_or(0, |file| file.line_index(span.start as usize));
    Covers::Line(span.file, line)
}

/// How far the losses that the finding tells of reach at most; without any, the loss of what it
/// is about, if that is a component.
fn scope_of(finding: &Finding, analysis: &Analysis<'_>) -> Option<Scope> {
    let scope = |component| analysis.failure(component).scope;
    let widest = finding.causes.iter().map(|&cause| scope(cause)).max();
    widest.or_else(|| finding.component(analysis.graph()).map(scope))
}

/// The finding is back, and says why.
fn say(finding: &mut Finding, lapse: Lapse, waiver: Span) {
    let (words, label) = match lapse {
        Lapse::Expired(until) => {
            (format!("its waiver expired on {until}"), format!("waived here until {until}"))
        }
        Lapse::Outgrown { accepted, now } => (
            format!(
                "its waiver accepts the scope `{}`, but the loss reaches `{}`",
                accepted.as_str(),
                now.as_str()
            ),
            format!("waived here up to the scope `{}`", accepted.as_str()),
        ),
    };
    finding.message = format!("{}; {words}", finding.message);
    finding.related.push(crate::diagnostic::Label { span: waiver, text: label });
}
