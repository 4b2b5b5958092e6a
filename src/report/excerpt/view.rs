//! The lines of a file around some places, and of long lines only what stands around the places.
//!
//! miette is given the text of the view and places in it; what it asks for the number of a line
//! and of a column is answered as the file has it.

use std::collections::BTreeSet;
use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use crate::source::SourceFile;
use crate::text;

/// Lines that are shown before and behind a place.
pub(super) const CONTEXT: usize = 1;
/// Stands where something was cut.
const ELLIPSIS: char = '…';
/// Columns of a tabulator, at most.
const TAB: usize = 4;
/// Where many places share a line, each is shown with so many columns at least.
const LEAST_COLUMNS: usize = 20;

#[derive(Debug)]
pub(super) struct View<'f> {
    file: &'f SourceFile,
    text: String,
    lines: Vec<Line>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Line {
    /// Counted from zero, in the file.
    number: usize,
    /// In the view, without the line break.
    start: usize,
    end: usize,
}

/// A part of the file that is in the view.
#[derive(Debug)]
struct Piece {
    from: usize,
    at: usize,
    length: usize,
}

impl<'f> View<'f> {
    /// The lines of these places, none wider than so many columns unless many places share it.
    pub(super) fn new(file: &'f SourceFile, places: &[Range<usize>], columns: usize) -> View<'f> {
        let mut view = View { file, text: String::new(), lines: Vec::new(), pieces: Vec::new() };
        for number in numbers(file, places) {
            view.add_line(number, places, columns);
        }
        view
    }

    /// A place of the file as a place of the view; what is cut off of it is not underlined.
    pub(super) fn place(&self, place: &Range<usize>) -> Range<usize> {
        let start = self.to_view(place.start);
        start..self.to_view(place.end).max(start)
    }

    fn add_line(&mut self, number: usize, places: &[Range<usize>], columns: usize) {
        let range = self.file.line_range(number);
        let start = self.text.len();
        let mut shown = range.start;
        for part in parts(self.file.shown(), &range, places, columns) {
            if shown < part.start {
                self.text.push(ELLIPSIS);
            }
            shown = part.end;
            self.add_piece(part);
        }
        if shown < range.end {
            self.text.push(ELLIPSIS);
        }
        self.lines.push(Line { number, start, end: self.text.len() });
        let is_last = number + 1 >= self.file.line_count();
        let next = if is_last { range.end } else { self.file.line_range(number + 1).start };
        self.add_piece(range.end..next);
    }

    fn add_piece(&mut self, part: Range<usize>) {
        let shown = self.file.shown().get(part.clone()).unwrap_or_default();
        self.pieces.push(Piece { from: part.start, at: self.text.len(), length: shown.len() });
        self.text.push_str(shown);
    }

    fn to_view(&self, offset: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.from <= offset);
        let piece = next.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece.map_or(0, |piece| piece.at + (offset - piece.from).min(piece.length))
    }

    fn to_file(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.at <= at);
        let piece = next.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece.map_or(0, |piece| piece.from + (at - piece.at).min(piece.length))
    }

    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }

    /// True when no line of the file is missing between these two.
    fn are_together(&self, first: usize, last: usize) -> bool {
        let number = |index: usize| self.lines.get(index).map(|line| line.number);
        let apart = number(first).zip(number(last)).map(|(first, last)| last - first);
        last.checked_sub(first).is_some_and(|lines| apart == Some(lines))
    }
}

impl SourceCode for View<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset().saturating_add(span.len().max(1)) - 1;
        let (home, end) = (self.line_of(span.offset()), self.line_of(end.min(self.text.len())));
        if !self.are_together(home, end) {
            // Two places too far from each other for one excerpt get one each.
            return Err(MietteError::OutOfBounds);
        }
        let first = (home.saturating_sub(before)..=home).find(|&l| self.are_together(l, home));
        let last = (end..=end + after).rev().find(|&line| self.are_together(end, line));
        let line = |index: Option<usize>| self.lines.get(index?);
        let (Some(first), Some(last)) = (line(first), line(last)) else {
            return Err(MietteError::OutOfBounds);
        };
        // Without context, miette asks where the place itself is.
        let start = if before > 0 { first.start } else { span.offset() };
        let stop = last.end.max(start);
        let column = match before {
            0 => self.file.place(self.to_file(start)).column - 1,
            _ => 0,
        };
        Ok(Box::new(MietteSpanContents::new_named(
            text::clean(&self.file.name).into_owned(),
            self.text.as_bytes().get(start..stop).ok_or(MietteError::OutOfBounds)?,
            (start, stop - start).into(),
            first.number,
            column,
            last.number - first.number + 1,
        )))
    }
}

/// The lines that the places touch, with their context.
fn numbers(file: &SourceFile, places: &[Range<usize>]) -> BTreeSet<usize> {
    let last_line = file.line_count().saturating_sub(1);
    let around = places.iter().flat_map(|place| {
        let last = place.end.max(place.start + 1) - 1;
        let first = file.line_index(place.start).saturating_sub(CONTEXT);
        first..=(file.line_index(last) + CONTEXT).min(last_line)
    });
    around.collect()
}

/// What is shown of a line: all of it, what stands around the places in it, or its start.
fn parts(
    text: &str,
    line: &Range<usize>,
    places: &[Range<usize>],
    columns: usize,
) -> Vec<Range<usize>> {
    if forward(text, line.start..line.end, columns).0 == line.end {
        return vec![line.clone()];
    }
    let here = places.iter().filter(|place| place.start <= line.end && place.end >= line.start);
    let mut here: Vec<Range<usize>> =
        here.map(|place| place.start.max(line.start)..place.end.min(line.end)).collect();
    if here.is_empty() {
        here.push(line.start..line.start);
    }
    // An ellipsis on each side.
    let each = (columns / here.len()).max(LEAST_COLUMNS).saturating_sub(2);
    let mut parts: Vec<Range<usize>> =
        here.iter().map(|place| around(text, line, place, each)).collect();
    parts.sort_unstable_by_key(|part| part.start);
    parts.dedup_by(|next, part| {
        let overlap = next.start <= part.end;
        part.end = if overlap { part.end.max(next.end) } else { part.end };
        overlap
    });
    parts
}

/// A place with what stands before and behind it; what one side does not need, the other gets.
fn around(text: &str, line: &Range<usize>, place: &Range<usize>, columns: usize) -> Range<usize> {
    // A long place leaves room for what it belongs to.
    let (end, used) = forward(text, place.clone(), columns - columns / 4);
    let rest = columns - used;
    let (_, before) = backward(text, line.start..place.start, rest / 2);
    let (end, behind) = forward(text, end..line.end, rest - before);
    let (start, _) = backward(text, line.start..place.start, rest - behind);
    start..end
}

/// How far so many columns reach, and how many of them are used.
fn forward(text: &str, range: Range<usize>, columns: usize) -> (usize, usize) {
    let mut used = 0;
    let part = text.get(range.clone()).unwrap_or_default();
    for (at, c) in part.char_indices() {
        if used + width(c) > columns {
            return (range.start + at, used);
        }
        used += width(c);
    }
    (range.end, used)
}

/// The same from the end. What joins the character before it does not come first.
fn backward(text: &str, range: Range<usize>, columns: usize) -> (usize, usize) {
    let (mut start, mut used, mut total) = (range.end, 0, 0);
    let part = text.get(range.clone()).unwrap_or_default();
    for (at, c) in part.char_indices().rev() {
        total += width(c);
        if total > columns {
            break;
        }
        if width(c) > 0 {
            (start, used) = (range.start + at, total);
        }
    }
    (start, used)
}

fn width(c: char) -> usize {
    if c == '\t' { TAB } else { c.width().unwrap_or(0) }
}
