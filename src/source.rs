//! Where text came from: files, byte spans, and lines and columns for people.
//!
//! Everything that is read keeps its [`Span`]; only a report turns one into a
//! line and a column.

use std::borrow::Cow;
use std::sync::Arc;

use crate::text;

/// One file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    pub(crate) fn from_index(index: u32) -> FileId {
        FileId(index)
    }

    pub(crate) fn index(self) -> u32 {
        self.0
    }
}

/// A half-open byte range in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The first byte: enough to point at, without underlining a whole section.
    pub fn head(self) -> Span {
        Span { end: self.start.saturating_add(1).min(self.end), ..self }
    }
}

/// Text that takes the place of a span; an empty span is a place to insert at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A place as editors count it: both start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// The text of one file, with its line starts found once.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub name: String,
    /// What it names others from, where that is not its name.
    path: Option<String>,
    text: Arc<str>,
    /// The text as it may be shown, where that differs; byte for byte as long.
    shown: Option<String>,
    line_starts: Vec<usize>,
    /// Characters before every [`CHUNK`]th byte: a column needs no count from the line's start.
    chars_before: Vec<usize>,
}

/// Bytes between two entries of `chars_before`.
const CHUNK: usize = 4096;

impl SourceFile {
    fn new(name: String, text: Arc<str>) -> SourceFile {
        let line_starts = line_starts(&text);
        let shown = match clean_source(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(cleaned) => Some(cleaned),
        };
        let chars_before = chars_before(&text);
        SourceFile { name, path: None, text, shown, line_starts, chars_before }
    }

    /// The text without characters that would act on a terminal; places stay true.
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.text)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The path to which the paths in it are relative.
    pub fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(&self.name)
    }

    /// The zero-based line that holds `offset`; an offset past the end is on the last line.
    pub fn line_index(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// Byte range of a zero-based line without its line break; empty past the end.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let Some(&start) = self.line_starts.get(line) else {
            return self.text.len()..self.text.len();
        };
        let end = self.line_starts.get(line + 1).copied().unwrap_or(self.text.len());
        start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }

    pub fn place(&self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_index(offset);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        // The byte order mark is not a column in any editor.
        let marks = usize::from(start == 0 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = self.chars_up_to(offset) - self.chars_up_to(start) - marks + 1;
        Place { line: line + 1, column }
    }

    fn chars_up_to(&self, offset: usize) -> usize {
        let chunk = offset / CHUNK;
        let known = self.chars_before.get(chunk).copied().unwrap_or(0);
        known + characters(&self.text.as_bytes()[chunk * CHUNK..offset])
    }
}

/// Characters that start in a part of a UTF-8 text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn chars_before(text: &str) -> Vec<usize> {
    let chunks = text.as_bytes().chunks(CHUNK);
    let mut counts = vec![0];
    let mut sum = 0;
    for chunk in chunks {
        sum += characters(chunk);
        counts.push(sum);
    }
    counts
}

/// A carriage return that ends a line alone becomes a line feed, any other a space: a
/// file shows the lines that its places speak of, and no stray marks.
fn clean_source(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => {
            let text = text.replace("\r\n", " \n").replace('\r', "\n");
            Cow::Owned(text::clean(&text).into_owned())
        }
        false => text::clean(text),
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    if !text.contains('\r') {
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        return starts;
    }
    for (at, &byte) in bytes.iter().enumerate() {
        let lone_cr = byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        if byte == b'\n' || lone_cr {
            starts.push(at + 1);
        }
    }
    starts
}

/// The text with edits of it, which come in the order of their places.
fn with_edits(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        out.push_str(text.get(done..start)?);
        out.push_str(&edit.text);
        done = end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// All files of one run, in the order they were read.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(name.into(), text.into()));
        id
    }

    /// A file that is not shown by its path.
    pub fn add_at(
        &mut self,
        name: impl Into<String>,
        path: impl Into<String>,
        text: impl Into<Arc<str>>,
    ) -> FileId {
        let id = self.add(name, text);
        if let Some(file) = self.files.last_mut() {
            file.path = Some(path.into());
        }
        id
    }

    /// The same files with edits made; `None` if they overlap or miss the text. Of two
    /// insertions at one place the first comes first.
    pub fn edited(&self, edits: &[Edit]) -> Option<SourceMap> {
        let mut edits: Vec<&Edit> = edits.iter().collect();
        edits.sort_by_key(|edit| edit.span);
        let mut edited = self.clone();
        for of_file in edits.chunk_by(|a, b| a.span.file == b.span.file) {
            let index = of_file.first()?.span.file.0 as usize;
            let file = edited.files.get_mut(index)?;
            let text = with_edits(&file.text, of_file)?;
            let (name, path) = (std::mem::take(&mut file.name), file.path.take());
            *file = SourceFile { path, ..SourceFile::new(name, text.into()) };
        }
        Some(edited)
    }

    /// The file of that name, if it has been read.
    pub fn find(&self, name: &str) -> Option<FileId> {
        self.files().find(|(_, file)| file.name == name).map(|(id, _)| id)
    }

    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }

    pub fn text_of(&self, span: Span) -> &str {
        self.file(span.file)
            .and_then(|file| file.text().get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// `file:line:column` of the start of a span, the form terminals make clickable.
    pub fn locate(&self, span: Span) -> Located<'_> {
        match self.file(span.file) {
            Some(file) => Located { file: &file.name, place: file.place(span.start as usize) },
            None => Located { file: "", place: Place { line: 1, column: 1 } },
        }
    }
}

/// A span turned into what a reader can look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<'a> {
    pub file: &'a str,
    pub place: Place,
}

impl std::fmt::Display for Located<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.place.line, self.place.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: usize) -> (usize, usize) {
        let mut map = SourceMap::new();
        let id = map.add("t.yaml", text);
        let place = map.file(id).unwrap().place(offset);
        (place.line, place.column)
    }

    #[test]
    fn lines_and_columns_start_at_one_and_count_characters() {
        assert_eq!(place("ab\ncd", 0), (1, 1));
        assert_eq!(place("ab\ncd", 4), (2, 2));
        assert_eq!(place("é=x", 2), (1, 2));
    }

    #[test]
    fn every_kind_of_line_break_is_one() {
        for text in ["a\nb", "a\rb"] {
            assert_eq!(place(text, 2), (2, 1), "{text:?}");
        }
        assert_eq!(place("a\r\nb", 3), (2, 1));
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(place("\u{feff}name: x", 3), (1, 1));
    }

    #[test]
    fn a_column_far_to_the_right_is_counted_like_any_other() {
        let line = "é€🔑x".repeat(3_000);
        let text = format!("\u{feff}{line}\n{line}");
        for wanted in [1, 2, 4_095, 4_097, 11_999, 12_000] {
            let before: usize = line.chars().take(wanted - 1).map(char::len_utf8).sum();
            assert_eq!(place(&text, 3 + before), (1, wanted));
            assert_eq!(place(&text, 3 + line.len() + 1 + before), (2, wanted));
        }
    }

    #[test]
    fn what_is_shown_has_the_lines_that_places_speak_of() {
        let mut map = SourceMap::new();
        let id = map.add("t.yaml", "a\r\nb\rc\n");
        assert_eq!(map.file(id).unwrap().shown(), "a \nb\nc\n");
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_is_still_a_place() {
        assert_eq!(place("é", 1), (1, 1));
        assert_eq!(place("a\nb", 99), (2, 2));
    }

    #[test]
    fn line_ranges_leave_the_break_out() {
        let mut map = SourceMap::new();
        let id = map.add("t.yaml", "ab\r\ncd\n");
        let file = map.file(id).unwrap();
        assert_eq!(file.line_range(0), 0..2);
        assert_eq!(file.line_range(1), 4..6);
        assert_eq!(file.line_range(9), 7..7);
    }
}
