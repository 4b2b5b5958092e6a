//! What no file can tell, asked in plain words.
//!
//! The same list is printed as a checklist and stands in the topology beside what it
//! is about, so that nothing that is missing looks as if it were known.

use std::fmt::Write;

use rustc_hash::FxHashMap;

use crate::source::Span;

/// One thing to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Counts from 1, in the order of the checklist.
    pub number: usize,
    /// Where the answer belongs in a topology.
    pub key: String,
    pub text: String,
    /// Why the answer matters.
    pub why: String,
    /// What made the question arise.
    pub at: Option<Span>,
}

/// The questions so far.
#[derive(Default)]
pub(super) struct Questions {
    asked: Vec<Question>,
    once: FxHashMap<&'static str, usize>,
}

impl Questions {
    /// Adds a question and gives its number.
    pub(super) fn ask(&mut self, key: String, text: String, why: &str, at: Option<Span>) -> usize {
        let number = self.asked.len() + 1;
        self.asked.push(Question { number, key, text, why: why.to_owned(), at });
        number
    }

    /// A question that is asked once for all that it concerns; the first gives the place.
    pub(super) fn ask_once(
        &mut self,
        topic: &'static str,
        text: &str,
        why: &str,
        key: String,
        at: Option<Span>,
    ) -> usize {
        if let Some(&number) = self.once.get(topic) {
            return number;
        }
        let number = self.ask(key, text.to_owned(), why, at);
        self.once.insert(topic, number);
        number
    }

    pub(super) fn get(&self, number: usize) -> Option<&Question> {
        self.asked.get(number.checked_sub(1)?)
    }

    pub(super) fn all(&self) -> &[Question] {
        &self.asked
    }

    pub(super) fn into_all(self) -> Vec<Question> {
        self.asked
    }
}

/// The checklist for a terminal.
pub fn checklist(questions: &[Question]) -> String {
    let mut out = String::new();
    for question in questions {
        // Writing to a string does not fail.
        let _ = writeln!(out, "[ ] {:>2}. {}", question.number, question.text);
        let _ = writeln!(out, "        {}", question.why);
        let _ = writeln!(out, "        answer in: {}", question.key);
    }
    out
}
