//! What no file can tell, asked in plain words.
//!
//! The same list is printed as a checklist and stands in the topology beside what it
//! is about, so that nothing that is missing looks as if it were known.

use rustc_hash::FxHashMap;

use crate::source::Span;

/// Places for an answer that the checklist lists before it only counts.
const MOST_KEYS: usize = 12;

/// One thing to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Counts from 1, in the order of the checklist.
    pub number: usize,
    /// Where the answers belong in a topology: one key for each thing that it is asked of.
    pub keys: Vec<String>,
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
        self.asked.push(Question { number, keys: vec![key], text, why: why.to_owned(), at });
        number
    }

    /// A question that is asked once for all that it concerns: each gives a key, the first the place.
    pub(super) fn ask_once(
        &mut self,
        topic: &'static str,
        text: &str,
        why: &str,
        key: String,
        at: Option<Span>,
    ) -> usize {
        if let Some(&number) = self.once.get(topic) {
            self.also(number, key);
            return number;
        }
        let number = self.ask(key, text.to_owned(), why, at);
        self.once.insert(topic, number);
        number
    }

    /// One more thing that a question is asked of.
    pub(super) fn also(&mut self, number: usize, key: String) {
        if let Some(question) = self.asked.get_mut(number.saturating_sub(1)) {
            question.keys.push(key);
        }
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

/// The checklist for a terminal that is so many columns wide.
pub fn checklist(questions: &[Question], width: usize) -> String {
    let mut out = String::new();
    for question in questions {
        let number = format!("[ ] {:>2}. ", question.number);
        out.push_str(&wrapped(&question.text, &number, width));
        out.push_str(&wrapped(&question.why, "", width));
        let mut before = "answer in: ";
        for key in question.keys.iter().take(MOST_KEYS) {
            out.push_str(&format!("{INDENT}{before:<11}{key}\n"));
            before = "";
        }
        if let Some(more @ 1..) = question.keys.len().checked_sub(MOST_KEYS) {
            out.push_str(&format!("{INDENT}{:<11}and {more} more like these\n", ""));
        }
    }
    out
}

/// As wide as `[ ]  1. `.
const INDENT: &str = "        ";

fn wrapped(text: &str, start: &str, width: usize) -> String {
    let options = textwrap::Options::new(width.max(40))
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
        .initial_indent(if start.is_empty() { INDENT } else { start })
        .subsequent_indent(INDENT);
    textwrap::fill(text, options) + "\n"
}
