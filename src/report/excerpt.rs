//! Diagnostics with the lines of the file they speak of, drawn by miette.
//!
//! miette scans a plain string from its start for every label, prints long lines whole and
//! passes control characters through; a `View` finds lines by index, cuts and cleans them.

mod view;

use std::fmt;
use std::ops::Range;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, SourceSpan};

use self::view::View;
use super::terminal::{Style, Terminal};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{SourceFile, SourceMap};
use crate::text;

/// Columns of a line of the file that are shown even where the terminal is narrower and wraps
/// them: what is cut cannot be read in a log.
const WHOLE: usize = 160;
/// Columns left of a line of the file: its number and the frame.
const FRAME: usize = 10;
/// A place longer than this is underlined on its first line only.
const LONGEST_PLACE: usize = 400;
/// A message longer than this repeats a text of the file that is no name.
const LONGEST_MESSAGE: usize = 1_000;

/// One diagnostic as text, with a first line that editors and terminals can follow.
pub fn render(sources: &SourceMap, diagnostic: &Diagnostic, terminal: Terminal) -> String {
    let shown = Shown::new(sources, diagnostic, terminal);
    drawn(&head(sources, diagnostic, terminal), &shown, terminal)
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
        ..Shown::new(sources, diagnostic, terminal)
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
        .with_context_lines(view::CONTEXT);
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
    excerpt: Option<View<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Shown<'a>>,
}

impl<'a> Shown<'a> {
    fn new(sources: &'a SourceMap, diagnostic: &Diagnostic, terminal: Terminal) -> Shown<'a> {
        let home = diagnostic.primary.span.file;
        let (here, elsewhere): (Vec<&Label>, Vec<&Label>) =
            diagnostic.related.iter().partition(|label| label.span.file == home);
        let (excerpt, labels) = excerpt(sources, &diagnostic.primary, &here, terminal);
        Shown {
            message: one_line(&diagnostic.message),
            severity: diagnostic.severity,
            help: Some(help(diagnostic)).filter(|help| !help.is_empty()),
            excerpt,
            labels,
            elsewhere: elsewhere
                .into_iter()
                .map(|label| Shown::related(sources, label, terminal))
                .collect(),
        }
    }

    fn related(sources: &'a SourceMap, label: &Label, terminal: Terminal) -> Shown<'a> {
        let place = Label { span: label.span, text: String::new() };
        let (excerpt, labels) = excerpt(sources, &place, &[], terminal);
        Shown {
            message: one_line(&label.text),
            severity: Severity::Info,
            help: None,
            excerpt,
            labels,
            elsewhere: Vec::new(),
        }
    }
}

/// The lines around the places of one file, and the places in them.
fn excerpt<'a>(
    sources: &'a SourceMap,
    primary: &Label,
    others: &[&Label],
    terminal: Terminal,
) -> (Option<View<'a>>, Vec<LabeledSpan>) {
    let Some(file) = sources.file(primary.span.file) else { return (None, Vec::new()) };
    let all = || std::iter::once(primary).chain(others.iter().copied());
    let places: Vec<Range<usize>> = all().map(|label| place(file, label)).collect();
    let view = View::new(file, &places, terminal.width.max(WHOLE) - FRAME);
    let labels = all().zip(&places).enumerate();
    let labels = labels.map(|(at, (label, place))| labelled(label, view.place(place), at == 0));
    let labels = labels.collect();
    (Some(view), labels)
}

/// A text of the file inside a message cannot pass for a second message below it.
fn one_line(message: &str) -> String {
    let end = message.floor_char_boundary(LONGEST_MESSAGE);
    let more = if end < message.len() { "..." } else { "" };
    text::clean(&message[..end]).replace(['\n', '\t'], " ") + more
}

fn labelled(label: &Label, place: Range<usize>, primary: bool) -> LabeledSpan {
    let words = Some(one_line(&label.text)).filter(|words| !words.is_empty());
    let span: SourceSpan = (place.start, place.len()).into();
    match primary {
        true => LabeledSpan::new_primary_with_span(words, span),
        false => LabeledSpan::new_with_span(words, span),
    }
}

/// What is underlined for a label.
fn place(file: &SourceFile, label: &Label) -> Range<usize> {
    let (start, end) = (label.span.start as usize, label.span.end as usize);
    if end - start <= LONGEST_PLACE {
        return start..end;
    }
    let line_end = file.line_range(file.line_index(start)).end;
    let end = file.text().floor_char_boundary(line_end.min(start + LONGEST_PLACE));
    start..end.max(start)
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

    /// The line of the file and the one with its underline, without the frame.
    fn underlined(text: &str, start: usize, end: usize, width: usize) -> (String, String) {
        let mut sources = SourceMap::new();
        let file = sources.add("t.yaml", text);
        let diagnostic = Diagnostic::error("test", Span::new(file, start, end), "message");
        let out = render(&sources, &diagnostic, Terminal::new(width, false));
        let column = text[..start].chars().count() + 1;
        assert!(out.contains(&format!("[t.yaml:1:{column}]")), "{out}");
        let mut lines = out.lines().skip_while(|line| !line.contains(" 1 │ "));
        let mut next = |bar| lines.next().unwrap().split_once(bar).unwrap().1.to_owned();
        (next("│ "), next("· "))
    }

    /// Columns, by a terminal that shows the letters of Japan twice as wide.
    fn columns(text: &str) -> usize {
        text.chars().map(|c| if c >= '\u{3000}' { 2 } else { 1 }).sum()
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let (mark, wide) = ("HERE", "木火");
        for (unit, place) in [("ab, ", mark), ("日本, ", mark), ("ab, ", wide), ("日本, ", wide)]
        {
            let half = unit.repeat(2_500 / unit.chars().count());
            for (before, behind) in
                [("", half.repeat(2)), (&half, half.clone()), (&half.repeat(2), String::new())]
            {
                let text = format!("{before}{place}{behind}");
                let (start, end) = (before.len(), before.len() + place.len());
                for width in [160, 200, 300] {
                    let (line, under) = underlined(&text, start, end, width);
                    let total = columns(&line);
                    assert!(total <= width - 9 && total + 16 >= width, "{total}: {line}");
                    assert_eq!(line.starts_with('…'), !before.is_empty(), "{line}");
                    assert_eq!(line.ends_with('…'), !behind.is_empty(), "{line}");
                    let left = columns(line.split_once(place).unwrap().0);
                    let underline = format!("{}────", " ".repeat(left));
                    assert_eq!(under.trim_end(), underline, "{line}");
                }
            }
        }
    }

    #[test]
    fn a_line_that_fits_is_shown_whole() {
        let text = format!("a: [b, c]   # {}", ".".repeat(WHOLE - FRAME - 14));
        for width in [40, 80, 160] {
            assert_eq!(underlined(&text, 4, 5, width).0, text);
        }
        assert_eq!(underlined(&format!("{text}."), 4, 5, 80).0.chars().last(), Some('…'));
        assert_eq!(underlined(&format!("{text}."), 4, 5, 161).0.chars().last(), Some('.'));
        // What stands beside the place is cut as well.
        let out = rendered(&format!("# {}\nnam: x\n", "y".repeat(5_000)), &[(5_003, 5_006)]);
        assert!(out.lines().all(|line| line.chars().count() <= WHOLE), "{out}");
        assert!(out.contains("yyy…\n 2 │ nam: x\n   · ───\n"), "{out}");
    }

    #[test]
    fn several_places_of_a_long_line_are_all_shown() {
        let gap = "x, ".repeat(2_000);
        let text = format!("a: [{gap}ONE, {gap}TWO, THREE, {gap}]");
        let at = |word: &str| (text.find(word).unwrap(), text.find(word).unwrap() + word.len());
        let out = rendered(&text, &[at("TWO"), at("ONE"), at("THREE")]);
        let line = out.lines().find(|line| line.contains(" 1 │ ")).unwrap();
        assert!(line.chars().count() <= WHOLE, "{line}");
        let words = ["…", "ONE", "…", "TWO", "THREE", "…"];
        let mut rest = line;
        for word in words {
            rest = rest.split_once(word).unwrap_or_else(|| panic!("{word}: {line}")).1;
        }
    }

    #[test]
    fn a_place_longer_than_the_line_is_underlined_as_far_as_it_is_shown() {
        let text = format!("a: {}\n", "x".repeat(5_000));
        let (line, under) = underlined(&text, 3, 5_003, 80);
        assert!(line.starts_with("a: xxx") && line.ends_with("x…"), "{line}");
        assert_eq!(under, format!("   {}", "─".repeat(line.chars().count() - 4)));
    }
}
