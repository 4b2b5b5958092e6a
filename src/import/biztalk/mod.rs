//! Imports what a BizTalk administrator already has: exports of bindings, settings
//! and configuration, lists of hosts, templates with their values.
//!
//! The work goes in one direction. Bytes are decoded (`decode`) and recognised
//! (`recognise`); readers state facts, which are merged into one [`Inventory`];
//! a draft places other ends and asks what is missing; the draft is written as a
//! topology. A file that cannot be read is reported and left out; the others are
//! still read.
//!
//! Three things it does not do. It does not guess: what no file tells becomes a
//! [`Question`]. It does not pass on secrets: transport data is not copied, addresses
//! are cleaned, and the texts in [`Imported::sources`] are blank but for what the
//! diagnostics point at. It does not read or write files.

mod adapters;
mod addresses;
mod bindings;
mod btdf;
mod configuration;
mod decode;
mod details;
mod draft;
mod emit;
mod inventory;
mod mask;
mod merge;
mod questions;
mod recognise;
mod secrets;
mod settings;
mod stated;
mod tables;
mod tokens;
mod xml;

use std::fmt;

use rustc_hash::FxHashMap;

use self::merge::Merge;
use self::questions::Questions;
use self::recognise::{Content, Refusal, XmlKind};
use self::tables::TableKind;
use self::tokens::Missing;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};

pub use self::emit::FIRST_LINE;
pub use self::inventory::{
    AdapterUse, Database, Details, Direction, Fact, Handler, Host, Inventory, Orchestration,
    ReceiveLocation, SendPort, Transport,
};
pub use self::questions::{Question, checklist};

/// A file to import.
#[derive(Clone)]
pub struct ImportFile {
    /// What to call it in provenance and diagnostics.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The content is not shown: it holds secrets.
impl fmt::Debug for ImportFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportFile")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// What the files alone do not decide.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The environment whose values a settings sheet is read for.
    pub environment: Option<String>,
}

/// What came of an import.
#[derive(Debug)]
pub struct Imported {
    /// A topology, with provenance and questions in it.
    pub yaml: String,
    pub questions: Vec<Question>,
    pub diagnostics: Vec<Diagnostic>,
    /// How many files were not imported.
    pub left_out: usize,
    pub inventory: Inventory,
    /// The files, in the order given, for the places in everything above. Blank but
    /// for what diagnostics point at.
    pub sources: SourceMap,
}

/// Imports files of one BizTalk group. Their order does not matter.
pub fn import(files: &[ImportFile], options: &Options) -> Imported {
    let mut problems = Vec::new();
    let mut left_out = 0;
    let sources = decode_all(files, &mut problems, &mut left_out);
    let readable = recognise_all(&sources, &mut problems, &mut left_out);
    let mut merge = Merge::default();
    merge.problems = problems;
    for file in &readable {
        read(file, &sources, options, &mut merge);
    }
    say_missing_values(&mut merge);
    let Merge { inventory, mut problems, left_out: unused, .. } = merge;
    let mut questions = Questions::default();
    let draft = draft::draft(&inventory, &mut problems, &mut questions);
    let read: Vec<FileId> =
        readable.iter().map(|file| file.id).filter(|file| !unused.contains(file)).collect();
    let yaml = emit::emit(&draft, &inventory, &questions, &sources, &read);
    diagnostic::sort(&mut problems);
    problems.dedup();
    Imported {
        yaml,
        questions: questions.into_all(),
        sources: masked(&sources, &problems),
        diagnostics: problems,
        left_out: left_out + unused.len(),
        inventory,
    }
}

/// Files that are no text keep their place with an empty text.
fn decode_all(
    files: &[ImportFile],
    problems: &mut Vec<Diagnostic>,
    left_out: &mut usize,
) -> SourceMap {
    let mut sources = SourceMap::new();
    for file in files {
        let name = secrets::tidy(&file.name);
        match decode::decode(&file.bytes) {
            Ok(decoded) => {
                let id = sources.add(name, decoded.text);
                if decoded.taken_as_windows {
                    let message = "the file is not UTF-8 and declares nothing else that it could be; \
                                   it is read as Windows-1252, so letters beyond ASCII may be wrong";
                    let at = Span::new(id, 0, 0);
                    problems.push(Diagnostic::new(
                        "import/encoding",
                        Severity::Warning,
                        at,
                        message,
                    ));
                }
            }
            Err(reason) => {
                let id = sources.add(name, "");
                let at = Span::new(id, 0, 0);
                problems
                    .push(Diagnostic::error("import/not-text", at, reason).help("export it again"));
                *left_out += 1;
            }
        }
    }
    sources
}

/// A file that will be read.
struct Readable<'t> {
    id: FileId,
    content: Content<'t>,
}

/// When a file is read: values for placeholders, then lists and dumps, then exports
/// from the most direct witness of the running group to the least.
fn rank(content: &Content<'_>) -> (u8, Option<XmlKind>, Option<TableKind>) {
    match content {
        Content::Xml(kind @ (XmlKind::Values | XmlKind::ValueSheet), _) => (0, Some(*kind), None),
        Content::Table(table) if table.kind == TableKind::Values => (0, None, Some(table.kind)),
        Content::Table(table) => (1, None, Some(table.kind)),
        Content::Xml(kind, _) => (2, Some(*kind), None),
    }
}

fn recognise_all<'t>(
    sources: &'t SourceMap,
    problems: &mut Vec<Diagnostic>,
    left_out: &mut usize,
) -> Vec<Readable<'t>> {
    let mut readable = Vec::new();
    let mut by_text: FxHashMap<&str, FileId> = FxHashMap::default();
    let mut files: Vec<_> = sources.files().collect();
    files.sort_by_key(|(_, file)| &file.name);
    for (id, file) in files {
        if problems.iter().any(|problem| is_refusal(problem, id)) {
            continue; // reported when it was decoded
        }
        if let Some(first) = by_text.get(file.text()) {
            let message = "this file has the content of another one and is read once";
            problems.push(
                Diagnostic::new("import/duplicate", Severity::Info, Span::new(id, 0, 0), message)
                    .related(Span::new(*first, 0, 0), "the other one"),
            );
            continue;
        }
        match recognise::recognise(file.text()) {
            Ok(content) => {
                by_text.insert(file.text(), id);
                readable.push(Readable { id, content });
            }
            Err(refusal) => {
                problems.push(refused(id, refusal));
                *left_out += 1;
            }
        }
    }
    // The same files in another order give the same topology.
    readable.sort_by(|one, other| {
        let name = |readable: &Readable<'_>| sources.file(readable.id).map(|file| &file.name);
        let text = |readable: &Readable<'_>| sources.file(readable.id).map(|file| file.text());
        rank(&one.content)
            .cmp(&rank(&other.content))
            .then_with(|| name(one).cmp(&name(other)))
            .then_with(|| text(one).cmp(&text(other)))
    });
    readable
}

fn is_refusal(problem: &Diagnostic, file: FileId) -> bool {
    problem.code == "import/not-text" && problem.primary.span.file == file
}

fn refused(file: FileId, refusal: Refusal) -> Diagnostic {
    let Refusal { code, at, reason, help } = refusal;
    Diagnostic::error(code, Span::new(file, at, at), reason).label("left out").help(help)
}

fn read(file: &Readable<'_>, sources: &SourceMap, options: &Options, merge: &mut Merge) {
    let id = file.id;
    match &file.content {
        Content::Table(table) => {
            let text = sources.file(id).map_or("", |file| file.text());
            tables::read(text, *table, id, merge);
        }
        Content::Xml(kind, document) => {
            let root = document.root_element();
            match kind {
                XmlKind::Values => btdf::read_values(root, id, merge),
                XmlKind::ValueSheet => btdf::read_sheet(root, id, options, merge),
                XmlKind::Settings => settings::read(root, id, merge),
                XmlKind::HostConfig => settings::read_host_config(root, id, merge),
                XmlKind::SecretServer => settings::read_secret_server(root, id, merge),
                XmlKind::Configuration => configuration::read(root, id, merge),
                XmlKind::Bindings => bindings::read(root, id, merge),
            }
        }
    }
    merge.say_dropped();
    merge.say_passed_over();
}

/// Each placeholder once, with the places that wait for its value.
fn say_missing_values(merge: &mut Merge) {
    for (token, missing) in merge.tokens.missing() {
        let token = secrets::clean(token).text;
        merge.problems.push(without_value(&token, missing));
        merge.inventory.placeholders.push(Fact { value: token, at: missing.first });
    }
}

fn without_value(token: &str, missing: &Missing) -> Diagnostic {
    let Missing { first, others, uses } = missing;
    let times = if *uses == 1 { "once".to_owned() } else { format!("{uses} times") };
    let message = format!("placeholder `{token}` has no value; it is used {times}");
    let problem = Diagnostic::new("import/placeholder", Severity::Warning, *first, message)
        .help("import the settings of the environment as well, or the generated file");
    // The place alone: what stands around it may be a secret, and stays blank.
    let place = |at: &Span| Span::new(at.file, at.start as usize, at.start as usize);
    others.iter().fold(problem, |problem, at| problem.related(place(at), "it is used here too"))
}

fn masked(sources: &SourceMap, problems: &[Diagnostic]) -> SourceMap {
    let mut shown: FxHashMap<FileId, Vec<std::ops::Range<usize>>> = FxHashMap::default();
    for label in problems
        .iter()
        .flat_map(|problem| std::iter::once(&problem.primary).chain(&problem.related))
    {
        let range = label.span.start as usize..label.span.end as usize;
        shown.entry(label.span.file).or_default().push(range);
    }
    let mut out = SourceMap::new();
    for (id, file) in sources.files() {
        let mut ranges = shown.remove(&id).unwrap_or_default();
        out.add(file.name.clone(), mask::mask(file.text(), &mut ranges));
    }
    out
}
