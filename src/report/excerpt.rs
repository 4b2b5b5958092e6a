//! Diagnostics with the lines of the file they speak of, drawn by miette.
//!
//! miette scans a plain string from its start for every label and passes control
//! characters through; [`Excerpt`] finds lines by index and cleans what it shows.

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
const LONGEST_EXCERPT: usize = 8_000;

/// One diagnostic as text, with a first line that editors and terminals can follow.
pub fn render(sources: &SourceMap, diagnostic: &Diagnostic, terminal: Terminal) -> String {
    let place = sources.locate(diagnostic.primary.span).to_string();
    let style = match diagnostic.severity {
        Severity::Error => Style::Bad,
        Severity::Warning => Style::Warn,
        Severity::Info => Style::Strong,
    };
    let head = format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code);
    let mut out = format!("{}: {}\n", text::clean(&place), terminal.paint(style, &head));
    let shown = Shown::new(sources, diagnostic);
    let theme = match terminal.colour {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width)
        .with_links(false)
        .with_context_lines(1);
    // Writing to a string cannot fail; a label that miette cannot place costs the excerpt only.
    if handler.render_report(&mut out, &shown).is_err() {
        out.push_str(&format!("  {}\n", text::clean(&diagnostic.message)));
    }
    out.push('\n');
    out
}

/// A diagnostic in miette's terms: labels of other files become related diagnostics.
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
        let mut labels = vec![labelled(&diagnostic.primary, true)];
        let mut elsewhere = Vec::new();
        for label in &diagnostic.related {
            match label.span.file == home {
                true => labels.push(labelled(label, false)),
                false => elsewhere.push(Shown::related(sources, label)),
            }
        }
        Shown {
            message: text::clean(&diagnostic.message).into_owned(),
            severity: diagnostic.severity,
            help: Some(help(diagnostic)).filter(|help| !help.is_empty()),
            excerpt: Excerpt::new(sources, home),
            labels,
            elsewhere,
        }
    }

    fn related(sources: &'a SourceMap, label: &Label) -> Shown<'a> {
        Shown {
            message: text::clean(&label.text).into_owned(),
            severity: Severity::Info,
            help: None,
            excerpt: Excerpt::new(sources, label.span.file),
            labels: vec![labelled(&Label { span: label.span, text: String::new() }, true)],
            elsewhere: Vec::new(),
        }
    }
}

fn labelled(label: &Label, primary: bool) -> LabeledSpan {
    let words = Some(text::clean(&label.text).into_owned()).filter(|words| !words.is_empty());
    let span: SourceSpan = (label.span.start as usize, label.span.len()).into();
    match primary {
        true => LabeledSpan::new_primary_with_span(words, span),
        false => LabeledSpan::new_with_span(words, span),
    }
}

fn help(diagnostic: &Diagnostic) -> String {
    let mut parts = Vec::new();
    parts.extend(diagnostic.help.clone());
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

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|shown| shown as &dyn miette::Diagnostic)))
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
        let first = self.file.line_index(span.offset()).saturating_sub(before);
        let last = self.file.line_index(end.min(text.len())) + after;
        let start = self.file.line_range(first).start;
        let stop = self.file.line_range(last.min(self.file.line_count() - 1)).end;
        let stop = stop.min(start + LONGEST_EXCERPT).max(start);
        let stop = text.floor_char_boundary(stop);
        Ok(Box::new(MietteSpanContents::new_named(
            text::clean(&self.file.name).into_owned(),
            &text.as_bytes()[start..stop],
            (start, stop - start).into(),
            first,
            0,
            last - first + 1,
        )))
    }
}
