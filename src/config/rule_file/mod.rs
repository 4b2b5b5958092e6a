//! Rule files: YAML to rules that can be run. Whatever is wrong with one is a diagnostic at
//! its place in the file, and a file with a mistake gives no rules.

mod files;
mod places;
mod raw;

use std::ops::Range;
use std::sync::Arc;

use self::places::within;
use super::MOST_PROBLEMS;
use crate::diagnostic::Diagnostic;
use crate::input::lenient::{List, Opt, Short, Sp, Table, Text};
use crate::input::{self, Limits};
use crate::rules::own::ask::Ask;
use crate::rules::own::condition::{Condition, Conditions, Mistake, Path};
use crate::rules::own::expression;
use crate::rules::own::fields::Kind;
use crate::rules::own::message::Message;
use crate::rules::own::{OwnRule, Requires, view};
use crate::rules::{self, AnyRule};
use crate::source::{FileId, SourceMap, Span};
use crate::text;

pub(super) use self::files::of_project;
pub use self::files::read_rules;

/// Rules in one file. All of them share the work that a run may cost.
const MOST_RULES: usize = 1_000;

/// The rules of one file; none of them is to be run if there is any problem.
pub(crate) fn read(
    sources: &SourceMap,
    file: FileId,
    limits: &Limits,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Arc<OwnRule>> {
    let (read, found) = input::read_as::<raw::RuleFile>(sources, file, limits);
    problems.extend(found);
    let Some(read) = read else { return Vec::new() };
    check_header(&read, file, problems);
    let mut all = Vec::new();
    for (id, rule) in read.rules.0.iter().take(MOST_RULES) {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let empty = raw::Rule::default();
        let mut lower = Lower { sources, problems };
        all.extend(lower.rule(id, rule.as_deref().unwrap_or(&empty)).map(Arc::new));
    }
    all
}

fn check_header(read: &raw::RuleFile, file: FileId, problems: &mut Vec<Diagnostic>) {
    let whole = Span::new(file, 0, 0);
    match &read.version {
        Opt::Is(version) if version.value != view::VERSION => problems.push(
            Diagnostic::error(
                "rules/version",
                version.span,
                format!("version {} of the model view is not known here", version.value),
            )
            .help("write `failscope-rules: 1`, or use the failscope that knows this version"),
        ),
        Opt::Absent => problems.push(
            Diagnostic::error("rules/version", whole, "this file does not say that it holds rules")
                .help("begin it with `failscope-rules: 1`"),
        ),
        _ => {}
    }
    if read.rules.0.is_empty() {
        problems.push(
            Diagnostic::error("rules/none", whole, "this file holds no rule")
                .help("add `rules:` with a rule by its id; docs/own-rules.md shows one"),
        );
    }
    if let Some((name, _)) = read.rules.0.get(MOST_RULES) {
        let message = format!("more than {MOST_RULES} rules in one file");
        problems.push(Diagnostic::error("rules/too-many", name.span, message));
    }
}

/// The JSON Schema of rule files.
pub fn schema() -> serde_json::Value {
    input::schema::of::<raw::RuleFile>("failscope rules")
}

/// Texts of a rule are printed.
fn clean(text: &Text) -> String {
    text::clean(&text.0).into_owned()
}

struct Lower<'a> {
    sources: &'a SourceMap,
    problems: &'a mut Vec<Diagnostic>,
}

impl Lower<'_> {
    /// `None` if anything about it is wrong; everything that is wrong is reported.
    fn rule(&mut self, id: &Sp<String>, raw: &raw::Rule) -> Option<OwnRule> {
        let before = self.problems.len();
        self.id(id);
        let [name, summary, why, fix] = self.texts(raw, id);
        if raw.severity.is_absent() {
            self.missing("severity", id);
        }
        let kind = self.kind(&raw.subject, id)?;
        let matches = self.conditions(kind, &raw.matches);
        let requires = self.requires(kind, &raw.require, id);
        let at = raw.at.get().and_then(|at| self.path(kind, &at.value.0, at.span));
        let message = self.message(kind, &raw.message, id);
        let rule = OwnRule {
            id: id.value.clone(),
            name: name?,
            severity: (*raw.severity.value()?).into(),
            summary: summary?,
            why: why?,
            fix: fix?,
            sources: raw.sources.0.iter().map(|source| clean(&source.value)).collect(),
            bad: raw.bad.value().map_or(String::new(), clean),
            good: raw.good.value().map_or(String::new(), clean),
            span: id.span,
            subject: kind,
            matches,
            requires: requires?,
            at,
            message: message?,
        };
        (self.problems.len() == before).then_some(rule)
    }

    /// Name, summary, why and fix.
    fn texts(&mut self, raw: &raw::Rule, id: &Sp<String>) -> [Option<String>; 4] {
        let name = self.text("name", &raw.name, id);
        if let (Some(_), Some(given)) = (&name, raw.name.get()) {
            self.name(given);
        }
        [
            name,
            self.text("summary", &raw.summary, id),
            self.text("why", &raw.why, id),
            self.text("fix", &raw.fix, id),
        ]
    }

    fn report(&mut self, code: &'static str, span: Span, mistake: Mistake) {
        self.problems.push(Diagnostic::error(code, span, mistake.message).help(mistake.help));
    }

    fn missing(&mut self, key: &str, id: &Sp<String>) {
        let message = format!("the rule `{}` gives no `{key}`", text::shortened(&id.value));
        let mistake = Mistake { message, help: format!("add `{key}:`") };
        self.report("rules/incomplete", id.span, mistake);
    }

    fn text(&mut self, key: &str, given: &Opt<Text>, id: &Sp<String>) -> Option<String> {
        match given {
            Opt::Is(text) if !text.value.0.trim().is_empty() => {
                return Some(text::clean(text.value.0.trim()).into_owned());
            }
            // Reported when it was read.
            Opt::Invalid => {}
            Opt::Is(_) | Opt::Absent => self.missing(key, id),
        }
        None
    }

    /// Ids of an own rule look like those of built-in ones and are none of them.
    fn id(&mut self, id: &Sp<String>) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let good = id.value.len() <= 40
            && id.value.starts_with(|c: char| c.is_ascii_alphabetic())
            && id.value.chars().all(plain)
            && id.value.chars().any(|c| c.is_ascii_digit());
        let upper = id.value.to_ascii_uppercase();
        let taken = ["BTS", "FS"].iter().any(|prefix| upper.starts_with(prefix));
        if !good {
            let message = format!("`{}` cannot be the id of a rule", text::shortened(&id.value));
            let help = "write letters, digits and hyphens, at most 40, with a digit among them: \
                        `HOUSE001`";
            self.report("rules/id", id.span, Mistake { message, help: help.to_owned() });
        } else if taken {
            let message = format!("`{}` begins like the ids of built-in rules", id.value);
            let help = "choose letters of your own: `HOUSE001`".to_owned();
            self.report("rules/id", id.span, Mistake { message, help });
        }
    }

    fn name(&mut self, name: &Sp<Text>) {
        let word = name.value.0.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !word.chars().all(plain) || word.len() > 60 {
            let message = format!("`{}` cannot be the name of a rule", text::shortened(word));
            let help = "write small letters, digits and hyphens: `too-few-instances`".to_owned();
            self.report("rules/name", name.span, Mistake { message, help });
        } else if let Some(known) = rules::find(word) {
            let message = format!("`{word}` is the name of {}", known.id);
            let help = "choose another name".to_owned();
            self.report("rules/name", name.span, Mistake { message, help });
        }
    }

    fn kind(&mut self, given: &Opt<Text>, id: &Sp<String>) -> Option<Kind> {
        let word = self.text("for", given, id)?;
        match expression::kind_of(&word) {
            Ok(kind) => Some(kind),
            Err(mistake) => {
                self.report("rules/unknown-kind", given.get().map_or(id.span, |g| g.span), mistake);
                None
            }
        }
    }

    fn path(&mut self, kind: Kind, path: &str, span: Span) -> Option<Path> {
        Path::parse(kind, path)
            .map_err(|mistake| self.report("rules/unknown-attribute", span, mistake))
            .ok()
    }

    fn conditions(&mut self, kind: Kind, table: &Table<Short<raw::Ask>>) -> Conditions {
        let mut conditions = Vec::new();
        for (key, asked) in &table.0 {
            let Some(path) = self.path(kind, &key.value, key.span) else { continue };
            let asks = match &asked.value {
                Short::Word(word) => vec![Ask::is(path.ty, word).map_err(|m| (asked.span, m))],
                Short::Whole(asks) => self.asks(&path, asks, asked.span),
            };
            for ask in asks {
                match ask {
                    Ok(ask) => {
                        conditions.push(Condition { path: path.clone(), ask, span: key.span });
                    }
                    Err((span, mistake)) => self.report("rules/condition", span, mistake),
                }
            }
        }
        Conditions(conditions)
    }

    fn asks(&self, path: &Path, asks: &raw::Ask, span: Span) -> Vec<Result<Ask, (Span, Mistake)>> {
        let parse = |(key, words): (&str, &List<Text>)| {
            let given: Vec<&str> = words.0.iter().map(|word| word.value.0.as_str()).collect();
            let place = words.0.first().map_or(span, |first| first.span);
            Ask::parse(path.ty, key, &given).map_err(|mistake| (place, mistake))
        };
        let all: Vec<_> = asks.asked().map(parse).collect();
        match all.is_empty() {
            true => {
                let message = format!("nothing is asked of `{}`", path.text);
                let help = "add `is`, `at_least`, `has` or another question".to_owned();
                vec![Err((span, Mistake { message, help }))]
            }
            false => all,
        }
    }

    fn requires(
        &mut self,
        kind: Kind,
        given: &Opt<Short<Table<Short<raw::Ask>>>>,
        id: &Sp<String>,
    ) -> Option<Requires> {
        let given = match given {
            Opt::Is(given) => given,
            Opt::Invalid => return None,
            Opt::Absent => {
                self.missing("require", id);
                return None;
            }
        };
        match &given.value {
            Short::Whole(table) if table.0.is_empty() => {
                self.missing("require", id);
                None
            }
            Short::Whole(table) => Some(Requires::Conditions(self.conditions(kind, table))),
            Short::Word(source) => match expression::compile(source, kind) {
                Ok(expression) => Some(Requires::Expression(expression, given.span.head())),
                Err(fault) => {
                    let span = self.inside(source, given.span, fault.at);
                    self.report("rules/expression", span, fault.mistake);
                    None
                }
            },
        }
    }

    fn message(&mut self, kind: Kind, given: &Opt<Text>, id: &Sp<String>) -> Option<Message> {
        self.text("message", given, id)?;
        let given = given.get()?;
        match Message::parse(kind, given.value.0.trim_end()) {
            Ok(message) => Some(message),
            Err((at, mistake)) => {
                let span = self.inside(&given.value.0, given.span, at..at + 1);
                self.report("rules/message", span, mistake);
                None
            }
        }
    }

    /// The place of a part of a text that the file may quote, fold or indent.
    fn inside(&self, value: &str, span: Span, part: Range<usize>) -> Span {
        match within(value, self.sources.text_of(span), &part) {
            Some(found) => {
                let start = span.start as usize;
                Span::new(span.file, start + found.start, start + found.end)
            }
            None => span,
        }
    }
}

/// Ids and names stand for one rule each, over all files of a project.
pub(super) fn check_unique(rules: &[Arc<OwnRule>], problems: &mut Vec<Diagnostic>) {
    for (index, rule) in rules.iter().enumerate() {
        let same = |other: &&Arc<OwnRule>| {
            other.id.eq_ignore_ascii_case(&rule.id) || other.name == rule.name
        };
        if let Some(first) = rules.iter().take(index).find(same) {
            let message = format!("{} {} is there already", rule.id, rule.name);
            problems.push(
                Diagnostic::error("rules/twice", rule.span, message)
                    .related(first.span, "the first one")
                    .help("give each rule an id and a name of its own"),
            );
        }
    }
}

/// Own rules by what they are called.
pub(super) fn find(rules: &[Arc<OwnRule>], word: &str) -> Option<AnyRule> {
    rules.iter().map(|rule| AnyRule::Own(Arc::clone(rule))).find(|rule| rule.is_called(word))
}
