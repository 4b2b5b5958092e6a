//! Diagnostics with the lines of the file they speak of, drawn by miette.
//!
//! miette scans a plain string from its start for every label and passes control
//! characters through; `Excerpt` finds lines by index and cleans what it shows.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use super::terminal::{Style, Terminal};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{FileId, SourceFile, SourceMap};
use crate::text;

/// An excerpt longer than this is cut, so that one line cannot fill the screen.
const LONGEST_EXCERPT: usize = 2_000;
/// What of a cut excerpt is shown before the place.
const BEFORE_PLACE: usize = 200;
/// A place longer than this is underlined on its first line only.
const LONGEST_PLACE: usize = 400;
/// A message longer than this repeats a text of the file that is no name.
const LONGEST_MESSAGE: usize = 1_000;

/// One diagnostic as text, with a first line that editors and terminals can follow.
pub fn render(sources: &SourceMap, diagnostic: &Diagnostic, terminal: Terminal) -> String {
    drawn(&head(sources, diagnostic, terminal), &Shown::new(sources, diagnostic), terminal)
}

/// One diagnostic about a file whose lines are not shown, because they may hold secrets: all
/// of its places are given in words.
pub fn render_without_lines(
    sources: &SourceMap,
    diagnostic: &Diagnostic,
    terminal: Terminal,
) -> String {
    let place = |label: &Label| format!("\n{}: {}", label.text, sources.locate(label.span));
    let places: String = diagnostic.related.iter().map(place).collect();
    let shown = Shown {
        message: one_line(&diagnostic.message) + &text::clean(&places),
        excerpt: None,
        labels: Vec::new(),
        elsewhere: Vec::new(),
        ..Shown::new(sources, diagnostic)
    };
    drawn(&head(sources, diagnostic, terminal), &shown, terminal)
}

/// The line that editors and terminals can follow.
fn head(sources: &SourceMap, diagnostic: &Diagnostic, terminal: Terminal) -> String {
    let place = sources.locate(diagnostic.primary.span).to_string();
    let style = match diagnostic.severity {
        Severity::Error => Style::Bad,
        Severity::Warning => Style::Warn,
        Severity::Info => Style::Strong,
    };
    let head = format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code);
    format!("{}: {}\n", text::clean(&place), terminal.paint(style, &head))
}

fn drawn(head: &str, shown: &Shown<'_>, terminal: Terminal) -> String {
    let mut out = head.to_owned();
    let theme = match terminal.colour {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    };
    // Names and paths are copied from what is shown: they break at blanks only.
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width)
        .with_links(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_break_words(false)
        .with_context_lines(1);
    // Writing to a string cannot fail; a label that miette cannot place costs the excerpt only.
    if handler.render_report(&mut out, shown).is_err() {
        out.push_str(&format!("  {}\n", shown.message));
    }
    // Left to miette, places in other files would stand below a heading of their own.
    for other in &shown.elsewhere {
        if handler.render_report(&mut out, other).is_err() {
            out.push_str(&format!("  {}\n", other.message));
        }
    }
    out.push('\n');
    out
}

/// A diagnostic in miette's terms: labels of other files become diagnostics below it.
struct Shown<'a> {
    message: String,
    severity: Severity,
    help: Option<String>,
    excerpt: Option<Excerpt<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Shown<'a>>,
}

impl<'a> Shown<'a> {
    fn new(sources: &'a SourceMap, diagnostic: &Diagnostic) -> Shown<'a> {
        let home = diagnostic.primary.span.file;
        let mut labels = vec![labelled(sources, &diagnostic.primary, true)];
        let mut elsewhere = Vec::new();
        for label in &diagnostic.related {
            match label.span.file == home {
                true => labels.push(labelled(sources, label, false)),
                false => elsewhere.push(Shown::related(sources, label)),
            }
        }
        Shown {
            message: one_line(&diagnostic.message),
            severity: diagnostic.severity,
            help: Some(help(diagnostic)).filter(|help| !help.is_empty()),
            excerpt: Excerpt::new(sources, home),
            labels,
            elsewhere,
        }
    }

    fn related(sources: &'a SourceMap, label: &Label) -> Shown<'a> {
        Shown {
            message: one_line(&label.text),
            severity: Severity::Info,
            help: None,
            excerpt: Excerpt::new(sources, label.span.file),
            labels: vec![labelled(sources, &Label { span: label.span, text: String::new() }, true)],
            elsewhere: Vec::new(),
        }
    }
}

/// A text of the file inside a message cannot pass for a second message below it.
fn one_line(message: &str) -> String {
    let end = message.floor_char_boundary(LONGEST_MESSAGE);
    let more = if end < message.len() { "..." } else { "" };
    text::clean(&message[..end]).replace(['\n', '\t'], " ") + more
}

fn labelled(sources: &SourceMap, label: &Label, primary: bool) -> LabeledSpan {
    let words = Some(one_line(&label.text)).filter(|words| !words.is_empty());
    let (start, mut length) = (label.span.start as usize, label.span.len());
    if let Some(file) = sources.file(label.span.file).filter(|_| length > LONGEST_PLACE) {
        let line_end = file.line_range(file.line_index(start)).end;
        let end = file.text().floor_char_boundary(line_end.min(start + LONGEST_PLACE));
        length = end.saturating_sub(start);
    }
    let span: SourceSpan = (start, length).into();
    match primary {
        true => LabeledSpan::new_primary_with_span(words, span),
        false => LabeledSpan::new_with_span(words, span),
    }
}

fn help(diagnostic: &Diagnostic) -> String {
    let mut parts = Vec::new();
    parts.extend(diagnostic.help.clone());
    let fix = diagnostic.fix.as_ref();
    parts.extend(fix.map(|fix| format!("fix: {} (`--fix` does it)", fix.title)));
    parts.extend(diagnostic.why.as_ref().map(|why| format!("why: {why}")));
    parts.extend(diagnostic.sources.iter().map(|source| format!("source: {source}")));
    text::clean(&parts.join("\n")).into_owned()
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A file that hands out only the lines around a place.
#[derive(Debug, Clone, Copy)]
struct Excerpt<'a> {
    file: &'a SourceFile,
}

impl<'a> Excerpt<'a> {
    fn new(sources: &'a SourceMap, file: FileId) -> Option<Excerpt<'a>> {
        Some(Excerpt { file: sources.file(file)? })
    }

    /// The first line of an excerpt, and where it starts.
    fn start(&self, offset: usize, home: usize, before: usize) -> (usize, usize) {
        let first = home.saturating_sub(before);
        let start = self.file.line_range(first).start;
        if before > 0 && offset - start <= BEFORE_PLACE {
            return (first, start);
        }
        // Without context, miette asks where the place itself is.
        let most = offset - if before == 0 { 0 } else { BEFORE_PLACE };
        let start = most.max(self.file.line_range(home).start);
        (home, self.file.shown().floor_char_boundary(start))
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.file.shown();
        let end = span.offset().saturating_add(span.len().max(1)) - 1;
        if span.offset() > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let home = self.file.line_index(span.offset());
        let last = self.file.line_index(end.min(text.len())) + after;
        let (first, start) = self.start(span.offset(), home, before);
        let stop = self.file.line_range(last.min(self.file.line_count() - 1)).end.max(start);
        let stop = text.floor_char_boundary(stop.min(start + LONGEST_EXCERPT));
        if end >= stop && end < text.len() && stop - start > LONGEST_EXCERPT / 2 {
            // Two places too far from each other for one excerpt get one each.
            return Err(MietteError::OutOfBounds);
        }
        let column = self.file.place(start).column - 1;
        Ok(Box::new(MietteSpanContents::new_named(
            text::clean(&self.file.name).into_owned(),
            &text.as_bytes()[start..stop],
            (start, stop - start).into(),
            first,
            column,
            last - first + 1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn rendered(text: &str, spans: &[(usize, usize)]) -> String {
        let mut sources = SourceMap::new();
        let file = sources.add("t.yaml", text);
        let spans: Vec<Span> = spans.iter().map(|&(s, e)| Span::new(file, s, e)).collect();
        let mut diagnostic = Diagnostic::error("test", spans[0], "message");
        for &span in &spans[1..] {
            diagnostic = diagnostic.related(span, "related");
        }
        render(&sources, &diagnostic, Terminal::new(80, false))
    }

    #[test]
    fn the_frame_names_the_same_place_as_the_first_line() {
        let out = rendered("a: b\nc: d\n", &[(8, 9)]);
        assert!(out.starts_with("t.yaml:2:4: error[test]\n"), "{out}");
        assert!(out.contains("[t.yaml:2:4]"), "{out}");
    }

    #[test]
    fn every_line_break_gives_the_same_excerpt() {
        let unix = rendered("a: b\nc: [d,\n e]\nf: g\n", &[(8, 15), (18, 19)]);
        assert!(unix.contains("3 │"), "{unix}");
        let lone = rendered("a: b\rc: [d,\r e]\rf: g\r", &[(8, 15), (18, 19)]);
        assert_eq!(unix, lone);
        let windows = rendered("a: b\r\nc: [d,\r\n e]\r\nf: g\r\n", &[(9, 17), (21, 22)]);
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&unix), trimmed(&windows));
    }

    #[test]
    fn an_excerpt_shows_the_place_however_long_its_line_is() {
        let text = format!("a: [{} HERE {}]\n", "é, ".repeat(50_000), "x, ".repeat(50_000));
        let at = text.find("HERE").unwrap();
        let out = rendered(&text, &[(at, at + 4), (5, 7), (text.len() - 5, text.len() - 4)]);
        assert!(out.contains(" HERE "), "{out}");
        assert!(out.contains("────"), "{out}");
        assert!(out.len() < 60_000, "{}", out.len());
        let out = rendered(&text, &[(3, text.len() - 1)]);
        assert!(out.len() < 20_000, "{}", out.len());
    }

    #[test]
    fn a_text_of_the_file_cannot_pass_for_a_message_of_its_own() {
        let mut sources = SourceMap::new();
        let file = sources.add("t.yaml", "a: b\n");
        let message = format!("unknown `x\nt.yaml:1:1: error\u{1b}[31m{}`", "y".repeat(1 << 20));
        let diagnostic = Diagnostic::error("test", Span::new(file, 0, 1), message);
        let out = render(&sources, &diagnostic, Terminal::new(80, false));
        assert!(!out.contains("\nt.yaml:1:1: error?"), "{out}");
        assert!(!out.contains('\u{1b}') && out.len() < 8_000, "{}", out.len());
    }
}
