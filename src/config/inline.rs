//! Waivers in comments of a topology:
//! `# failscope: allow BTS101 until 2027-03-31 -- reason`.
//!
//! A comment behind something is about its own line; a comment on a line of its own is
//! about the next line that holds more than a comment.

use std::sync::Arc;

use super::waiver::{Covers, Waiver};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::input::Comment;
use crate::rules::own::OwnRule;
use crate::source::{SourceFile, SourceMap, Span};
use crate::text;

const ALLOW: &str = "allow";

/// The waivers of all comments; what is wrong with a comment goes to `problems`.
pub(super) fn waivers(
    sources: &SourceMap,
    comments: &[Comment],
    own: &[Arc<OwnRule>],
    problems: &mut Vec<Diagnostic>,
) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    // From the end, so that a block of comments finds its line once.
    let mut below = None;
    for comment in comments.iter().rev() {
        if problems.len() >= super::MOST_PROBLEMS {
            break;
        }
        let Some(file) = sources.file(comment.span.file) else { continue };
        let covers = Covers::Line(comment.span.file, line_of(file, comment.span, &mut below));
        match parse(comment) {
            Ok(None) => {}
            Ok(Some(allow)) => {
                waivers.extend(allow.into_waivers(&covers, comment.span, own, problems))
            }
            Err(problem) => problems.push(*problem),
        }
    }
    waivers.reverse();
    waivers
}

/// A comment line whose covered line is known, in the file that is being looked through.
#[derive(Clone, Copy)]
struct Below {
    comment: Span,
    line: usize,
    covers: usize,
}

/// The zero-based line that a comment is about.
fn line_of(file: &SourceFile, comment: Span, below: &mut Option<Below>) -> usize {
    let line = file.line_index(comment.start as usize);
    let start = file.line_range(line).start;
    if !file.text()[start..comment.start as usize].trim_start_matches('\u{feff}').trim().is_empty()
    {
        return line;
    }
    let known = below.filter(|below| below.comment.file == comment.file);
    let mut covers = line + 1;
    while covers < file.line_count() {
        if let Some(known) = known.filter(|known| known.line == covers) {
            covers = known.covers;
            break;
        }
        let text = file.text()[file.line_range(covers)].trim_start();
        if !text.is_empty() && !text.starts_with('#') {
            break;
        }
        covers += 1;
    }
    *below = Some(Below { comment, line, covers });
    covers
}

/// The words of one comment, each with its place.
#[derive(Debug, Default)]
struct Allow<'c> {
    rules: Vec<Word<'c>>,
    until: Option<Word<'c>>,
    accepts: Option<Word<'c>>,
    reason: &'c str,
}

#[derive(Debug, Clone, Copy)]
struct Word<'c> {
    text: &'c str,
    span: Span,
}

/// `None` for a comment that allows nothing.
fn parse(comment: &Comment) -> Result<Option<Allow<'_>>, Box<Diagnostic>> {
    let (head, reason) = match comment.text.split_once("--") {
        Some((head, reason)) => (head, reason.trim()),
        None => (comment.text.as_str(), ""),
    };
    let mut words = words_of(comment, head).peekable();
    let mark = words.next();
    let Some(verb) = words.next() else { return Ok(None) };
    if let Some(mark) = mark.filter(|mark| verb.text == ALLOW && mark.text != Comment::MARK) {
        let message = format!("`{}` is not understood here", mark.text);
        return Err(unreadable(mark, message));
    }
    if verb.text != ALLOW {
        return misspelled(verb).map_or(Ok(None), Err);
    }
    let allow = allow(verb, &mut words)?;
    match reason.is_empty() {
        false => Ok(Some(Allow { reason, ..allow })),
        true => Err(Box::new(
            Diagnostic::error("config/no-reason", comment.span, "this comment gives no reason")
                .help("say why it is accepted, after `--`: `# failscope: allow RULE -- reason`"),
        )),
    }
}

fn allow<'c>(
    verb: Word<'c>,
    words: &mut std::iter::Peekable<impl Iterator<Item = Word<'c>>>,
) -> Result<Allow<'c>, Box<Diagnostic>> {
    let mut allow = Allow::default();
    let mut seen_option = false;
    while let Some(word) = words.next() {
        match word.text {
            "until" | "accepts" => {
                seen_option = true;
                option(&mut allow, word, words.next())?;
            }
            _ if !seen_option => allow.rules.push(word),
            other => {
                let message = format!("`{}` is not understood here", text::shortened(other));
                return Err(unreadable(word, message));
            }
        }
    }
    match allow.rules.is_empty() {
        true => Err(unreadable(verb, "`allow` names no rule".to_owned())),
        false => Ok(allow),
    }
}

fn option<'c>(
    allow: &mut Allow<'c>,
    word: Word<'c>,
    value: Option<Word<'c>>,
) -> Result<(), Box<Diagnostic>> {
    let Some(value) = value else {
        return Err(unreadable(word, format!("`{}` is followed by nothing", word.text)));
    };
    let slot = if word.text == "until" { &mut allow.until } else { &mut allow.accepts };
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(unreadable(word, format!("`{}` is given twice", word.text))),
    }
}

fn unreadable(word: Word<'_>, message: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("config/comment", word.span, message).help(
        "write `# failscope: allow RULE[, RULE] [accepts SCOPE] [until YYYY-MM-DD] -- reason`",
    ))
}

/// A comment may say anything after `failscope:`, but not nearly `allow`.
fn misspelled(verb: Word<'_>) -> Option<Box<Diagnostic>> {
    text::nearest(verb.text, [ALLOW], &mut text::SEARCH_BUDGET.clone())?;
    let message = format!("`{}` is not understood here", verb.text);
    Some(Box::new(
        Diagnostic::error("config/comment", verb.span, message).help("did you mean `allow`?"),
    ))
}

/// Words between spaces and commas; the first is the mark.
fn words_of<'c>(comment: &Comment, head: &'c str) -> impl Iterator<Item = Word<'c>> {
    // The text follows the `#`.
    let first = comment.span.start as usize + 1;
    let file = comment.span.file;
    let base = head.as_ptr() as usize;
    // `failscope:allow` is two words.
    let (mark, rest) = Comment::split_mark(head);
    std::iter::once(mark).chain(rest.split([' ', '\t', ',']).filter(|word| !word.is_empty())).map(
        move |text| {
            let at = first + (text.as_ptr() as usize - base);
            Word { text, span: Span::new(file, at, at + text.len()) }
        },
    )
}

impl Allow<'_> {
    /// One waiver for each rule; none if anything is wrong.
    fn into_waivers(
        self,
        covers: &Covers,
        span: Span,
        own: &[Arc<OwnRule>],
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<Waiver> {
        let before = problems.len();
        let mut kept = |problem: Box<Diagnostic>| problems.push(*problem);
        let until =
            self.until.and_then(|word| words::until(word.text, word.span).map_err(&mut kept).ok());
        let accepts = self
            .accepts
            .and_then(|word| words::scope(word.text, word.span).map_err(&mut kept).ok());
        let mut waivers = Vec::new();
        for word in &self.rules {
            match words::waivable(word.text, word.span, own) {
                Ok(rule) => waivers.push(Waiver {
                    rule,
                    covers: covers.clone(),
                    accepts,
                    until,
                    reason: self.reason.to_owned(),
                    owner: None,
                    span,
                }),
                Err(problem) => kept(problem),
            }
        }
        if problems.len() > before { Vec::new() } else { waivers }
    }
}
