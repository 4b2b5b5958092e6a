//! The draft as topology text.
//!
//! Every element carries `imported_from`, the places that state it; where a single fact
//! comes from another place or is a conclusion, the entry says so. Questions stand
//! beside what they ask about, marked with the word QUESTION. The text depends on the
//! files alone: no date, no path that was not given, one order.

mod biztalk;
mod scalars;

use std::fmt::Write;

use indexmap::IndexMap;

use self::scalars::{flow, one_line, scalar};
use super::draft::*;
use super::inventory::Inventory;
use super::questions::Questions;
use crate::model::DatabaseRole;
use crate::source::{FileId, SourceMap, Span};
use crate::text;

pub(super) fn emit(
    draft: &Draft,
    inventory: &Inventory,
    questions: &Questions,
    sources: &SourceMap,
    read: &[FileId],
) -> String {
    let mut page = Page { out: String::new(), sources, questions };
    page.header(inventory, read);
    page.servers(draft);
    page.sql_instances(draft);
    page.file_shares(draft);
    page.externals(draft);
    page.biztalk(draft, inventory);
    page.out
}

/// How every import begins.
pub const FIRST_LINE: &str =
    "# Imported from BizTalk files. Importing again writes this file anew:";
/// The key of the language for where something comes from.
const IMPORTED_FROM: &str = "imported_from";
/// Places that are written of one thing. Ports carry their own, so what they lead to needs few.
const MOST_PLACES: usize = 5;

/// The place of a single fact, and which one it is.
struct Note {
    at: Span,
    what: String,
}

impl Note {
    fn new(at: Span, what: impl Into<String>) -> Note {
        Note { at, what: what.into() }
    }
}

/// The text so far, and what it takes to show places and questions.
struct Page<'p> {
    out: String,
    sources: &'p SourceMap,
    questions: &'p Questions,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let blank = indent * 2;
        // Writing to a string does not fail.
        let _ = match text {
            "" => writeln!(self.out),
            text => writeln!(self.out, "{:blank$}{text}", ""),
        };
    }

    fn comment(&mut self, indent: usize, text: &str) {
        self.line(indent, &format!("# {}", one_line(text)));
    }

    /// `key: value`, the value quoted where YAML needs it.
    fn entry(&mut self, indent: usize, key: &str, value: &str) {
        self.line(indent, &format!("{key}: {}", scalar(value)));
    }

    fn noted(&mut self, indent: usize, key: &str, value: &str, note: &str) {
        self.line(indent, &format!("{key}: {}  # {}", scalar(value), one_line(note)));
    }

    fn yes(&mut self, indent: usize, key: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.line(indent, &format!("{key}: {value}"));
        }
    }

    fn list(&mut self, indent: usize, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.line(indent, &format!("{key}: {}", flow(values)));
        }
    }

    /// The line only: to count columns in a file that is one long line takes too long.
    fn place(&self, at: Span) -> String {
        let Some(file) = self.sources.file(at.file) else { return String::new() };
        format!("{}:{}", file.name, file.line_index(at.start as usize) + 1)
    }

    /// Where something comes from: one place as a value, several as a list.
    fn from(&mut self, indent: usize, places: &[Span], notes: &[Note]) {
        let mut facts: IndexMap<String, Vec<&str>> = IndexMap::new();
        for place in places.iter().take(MOST_PLACES) {
            facts.entry(self.place(*place)).or_default();
        }
        for note in notes {
            facts.entry(self.place(note.at)).or_default().push(&note.what);
        }
        let more = places.len().saturating_sub(MOST_PLACES);
        let more = (more > 0).then(|| format!("and {}", text::count(more, "other place")));
        let noted = facts.into_iter().map(|(place, notes)| match notes.is_empty() {
            true => place,
            false => format!("{place} ({})", notes.join("; ")),
        });
        let lines: Vec<String> = noted.chain(more).collect();
        match lines.as_slice() {
            [] => {}
            [one] => self.entry(indent, IMPORTED_FROM, one),
            several => {
                self.line(indent, &format!("{IMPORTED_FROM}:"));
                for line in several {
                    self.line(indent + 1, &format!("- {}", scalar(line)));
                }
            }
        }
    }

    fn ask(&mut self, indent: usize, numbers: &[usize]) {
        for number in numbers {
            if let Some(question) = self.questions.get(*number) {
                let text = format!("QUESTION {number}: {}", question.text);
                self.comment(indent, &text);
            }
        }
    }

    fn header(&mut self, inventory: &Inventory, read: &[FileId]) {
        self.line(0, FIRST_LINE);
        self.comment(
            0,
            "what you know beside it belongs in a file of your own that `extends` this one.",
        );
        self.line(0, "#");
        self.comment(0, "Read:");
        for id in read {
            let name = self.sources.file(*id).map_or("", |file| &file.name);
            self.comment(0, &format!("  {name}"));
        }
        if !self.questions.all().is_empty() {
            self.line(0, "#");
            let count = self.questions.all().len();
            self.comment(0, &format!("No file tells these {count} things; look for QUESTION:"));
            for question in self.questions.all() {
                self.comment(0, &format!("  {}. {}", question.number, question.text));
            }
        }
        self.line(0, "failscope: 1");
        match &inventory.exported_group {
            Some(group) => self.entry(0, "name", &format!("BizTalk group {}", group.value)),
            None => self.entry(0, "name", "BizTalk group"),
        }
        let applications: Vec<&str> =
            inventory.applications.iter().map(|application| application.value.as_str()).collect();
        if !applications.is_empty() {
            let description = format!("Applications: {}", text::short_list(&applications, 30));
            self.entry(0, "description", &description);
        }
    }

    fn servers(&mut self, draft: &Draft) {
        if draft.servers.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "servers:");
        for server in &draft.servers {
            self.ask(1, &server.questions);
            self.line(1, &format!("{}:", scalar(&server.name)));
            if let Some(stands_for) = &server.stands_for {
                self.line(2, "placeholder: true");
                let description = format!("Stands in for {stands_for}; no file names it.");
                self.entry(2, "description", &description);
            }
            match server.places.is_empty() && server.stands_for.is_none() {
                true => self.line(2, "{}"),
                false => self.from(2, &server.places, &[]),
            }
        }
    }

    fn sql_instances(&mut self, draft: &Draft) {
        if draft.sql_instances.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "sql_instances:");
        for instance in &draft.sql_instances {
            self.ask(1, &instance.questions);
            self.line(1, &format!("{}:", scalar(&instance.name)));
            self.entry(2, "on", &instance.on);
            self.entry(2, "addressed_as", &instance.address);
            let places: Vec<Span> =
                instance.databases.iter().filter_map(|d| d.places.first().copied()).collect();
            self.from(2, &places, &[]);
            self.line(2, "databases:");
            for database in &instance.databases {
                self.line(3, &format!("{}:", scalar(&database.name)));
                self.entry(4, "holds", role_word(database.role));
                self.from(4, &database.places, &[]);
            }
        }
    }

    fn file_shares(&mut self, draft: &Draft) {
        if draft.shares.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "file_shares:");
        for share in by_name(draft.shares.values(), |share| &share.name) {
            self.line(1, &format!("{}:", scalar(&share.name)));
            self.entry(2, "path", &share.path);
            if let Some(server) = &share.on {
                self.entry(2, "on", server);
            }
            self.from(2, &share.places, &[]);
        }
    }

    fn externals(&mut self, draft: &Draft) {
        if draft.externals.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, "external:");
        for external in by_name(draft.externals.values(), |external| &external.name) {
            self.line(1, &format!("{}:", scalar(&external.name)));
            self.entry(2, "kind", external.kind);
            self.from(2, &external.places, &[]);
        }
    }
}

fn by_name<'v, T>(values: impl Iterator<Item = &'v T>, name: impl Fn(&T) -> &String) -> Vec<&'v T> {
    let mut sorted: Vec<&T> = values.collect();
    sorted.sort_by_cached_key(|value| (name(value).to_lowercase(), name(value).clone()));
    sorted
}

fn role_word(role: DatabaseRole) -> &'static str {
    match role {
        DatabaseRole::Management => "management",
        DatabaseRole::Messagebox => "messagebox",
        DatabaseRole::Sso => "sso",
        DatabaseRole::Tracking => "tracking",
        DatabaseRole::Rules => "rules",
        DatabaseRole::BamPrimaryImport => "bam-primary-import",
        DatabaseRole::BamStarSchema => "bam-star-schema",
        DatabaseRole::BamAnalysis => "bam-analysis",
        DatabaseRole::BamArchive => "bam-archive",
        DatabaseRole::BamAlerts => "bam-alerts",
        DatabaseRole::TrackingAnalysis => "tracking-analysis",
        DatabaseRole::Ssisdb => "ssisdb",
        DatabaseRole::SapTid => "sap-tid",
        DatabaseRole::Application => "application",
    }
}
