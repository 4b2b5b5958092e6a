//! JUnit: a suite for each file, a case for each rule that found nothing and for each finding.
//!
//! A case fails if it makes the exit status 1; what is milder passes and says so in its
//! output. What could not be decided is an error.

use std::collections::{BTreeMap, BTreeSet};

use quick_junit::{
    NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use crate::report::review::document::{Document, Entry, JudgedFile, SuppressedEntry};
use crate::rules::AnyRule;
use crate::text;

pub fn render(document: &Document) -> Result<String, SerializeError> {
    let mut report = Report::new("failscope");
    let mut names = Names::default();
    let mut suites: Vec<Suite<'_>> = document
        .files
        .iter()
        .map(|file| Suite { file, found: Vec::new(), accepted: Vec::new() })
        .collect();
    for entry in &document.findings {
        suites[entry.unit].found.push(entry);
    }
    for accepted in &document.suppressed {
        suites[accepted.finding.unit].accepted.push(accepted);
    }
    for suite in &suites {
        let suite = suite.render(document, &mut names);
        if !suite.test_cases.is_empty() {
            report.add_test_suite(suite);
        }
    }
    if !document.unreadable.is_empty() {
        report.add_test_suite(unreadable(document));
    }
    report.to_string()
}

/// Names already given, by class: every case has its own.
#[derive(Default)]
struct Names(BTreeMap<(String, String), usize>);

impl Names {
    fn unique(&mut self, class: &str, name: String) -> String {
        let given = self.0.entry((class.to_owned(), name.clone())).or_default();
        *given += 1;
        match *given {
            1 => name,
            number => format!("{name} ({number})"),
        }
    }
}

/// One file and what was found in it.
struct Suite<'a> {
    file: &'a JudgedFile,
    found: Vec<&'a Entry>,
    accepted: Vec<&'a SuppressedEntry>,
}

impl Suite<'_> {
    fn render(&self, document: &Document, names: &mut Names) -> TestSuite {
        let class = text::clean(&self.file.file).into_owned();
        let mut suite = TestSuite::new(class.as_str());
        for (name, status) in self.cases(document) {
            let name = names.unique(&class, text::clean(&name).into_owned());
            let mut case = TestCase::new(name, status.status);
            case.set_classname(class.as_str());
            if let Some(words) = status.output {
                case.set_system_out(words);
            }
            if let Some(entry) = status.of {
                case.add_property(Property::new("identity", entry.identity.as_str()));
            }
            suite.add_test_case(case);
        }
        suite
    }

    fn cases(&self, document: &Document) -> Vec<(String, Case<'_>)> {
        let mut cases: Vec<(String, Case<'_>)> = self
            .found
            .iter()
            .map(|entry| (name(entry), Case::found(entry, self.file.decided)))
            .collect();
        let accepted = self.accepted.iter();
        cases.extend(accepted.map(|one| (name(&one.finding), Case::accepted(one))));
        if self.file.decided {
            cases.extend(self.passed(document));
        } else if cases.is_empty() {
            let words = "it was not judged, because its project file could not be read";
            cases.push(("judged".to_owned(), Case::error(words)));
        }
        cases
    }

    /// Rules that found nothing here.
    fn passed(&self, document: &Document) -> Vec<(String, Case<'static>)> {
        let accepted = self.accepted.iter().map(|accepted| &accepted.finding);
        let found = self.found.iter().copied().chain(accepted);
        let found: BTreeSet<&str> = found.map(|entry| entry.rule.as_str()).collect();
        let ran: BTreeSet<&str> = self.file.rules.iter().map(String::as_str).collect();
        let rules = document.rules.iter();
        let rules = rules.filter(|rule| ran.contains(rule.id()) && !found.contains(rule.id()));
        let name = |rule: &AnyRule| format!("{} {}", rule.id(), rule.about().name);
        rules.map(|rule| (name(rule), Case::passed())).collect()
    }
}

/// A rule and what it is about; no line, because lines move.
fn name(entry: &Entry) -> String {
    match (&entry.name, &entry.subject) {
        (Some(name), Some(subject)) => format!("{} {name}: {subject}", entry.rule),
        _ => entry.rule.clone(),
    }
}

/// How one case ended.
struct Case<'a> {
    status: TestCaseStatus,
    output: Option<String>,
    of: Option<&'a Entry>,
}

impl<'a> Case<'a> {
    fn passed() -> Case<'a> {
        Case { status: TestCaseStatus::success(), output: None, of: None }
    }

    fn error(words: &str) -> Case<'a> {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(text::clean(words).into_owned());
        Case { status, output: None, of: None }
    }

    fn found(entry: &'a Entry, decided: bool) -> Case<'a> {
        let kind = match (&entry.name, entry.fails) {
            // An error that leaves the file decided is a clause that is broken for certain.
            (None, _) if decided && entry.severity == "error" => NonSuccessKind::Failure,
            (None, _) => NonSuccessKind::Error,
            (Some(_), true) => NonSuccessKind::Failure,
            (Some(_), false) => {
                let output = Some(format!("{}: {}", entry.severity, described(entry)));
                return Case { status: TestCaseStatus::success(), output, of: Some(entry) };
            }
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(text::clean(&entry.message).into_owned());
        status.set_type(entry.severity);
        status.set_description(described(entry));
        Case { status, output: None, of: Some(entry) }
    }

    fn accepted(accepted: &'a SuppressedEntry) -> Case<'a> {
        let mut status = TestCaseStatus::skipped();
        status.set_message(text::clean(&accepted.waiver.reason).into_owned());
        Case { status, output: None, of: Some(&accepted.finding) }
    }
}

/// The place, the message and what to do, for people.
fn described(entry: &Entry) -> String {
    let place = &entry.place;
    let mut out = format!("{}:{}:{}: {}", place.file, place.line, place.column, entry.message);
    for related in &entry.related {
        out.push_str(&format!("\n{}:{}: {}", related.file, related.line, related.text));
    }
    for (title, words) in [("what to do", &entry.help), ("why", &entry.why)] {
        if let Some(words) = words {
            out.push_str(&format!("\n{title}: {words}"));
        }
    }
    text::clean(&out).into_owned()
}

fn unreadable(document: &Document) -> TestSuite {
    let mut suite = TestSuite::new("files that could not be read");
    for (number, reason) in (1..).zip(&document.unreadable) {
        let mut case = TestCase::new(format!("file {number}"), Case::error(reason).status);
        case.set_classname("files that could not be read");
        suite.add_test_case(case);
    }
    suite
}
