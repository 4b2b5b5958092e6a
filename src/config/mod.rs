//! The project file `failscope.yaml`, waivers in comments, and what both do to findings.
//!
//! Reads no files and no clock: text comes in a [`SourceMap`], the day as a value.

pub mod examples;
mod inline;
mod policy;
mod raw;
mod rule_file;
mod waiver;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use self::waiver::{Covers, Lapse, Waiver};
use crate::analysis::Analysis;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::graph::Scope;
use crate::input::lenient::{Opt, Sp, Text};
use crate::input::{self, Comment, Limits};
use crate::rules::own::OwnRule;
use crate::rules::{self, AnyRule, Finding, Rule, governance};
use crate::source::{FileId, SourceMap, Span};
use crate::text;

pub use self::policy::{Asks, Clause, Loss, Policy};
pub use self::raw::FailOn;
pub use self::rule_file::{read_rules, schema as rule_file_schema};
pub use self::words::date;

/// The name under which a project file is looked for.
pub const FILE_NAME: &str = "failscope.yaml";

/// More mistakes than this in one file are not looked for.
const MOST_PROBLEMS: usize = 1_000;

/// What a project decided. Without a project file: every rule, as it is.
#[derive(Debug, Clone)]
pub struct Config {
    edition: &'static str,
    pub fail_on: Option<FailOn>,
    /// Rules of its own, in the order of its rule files.
    own: Vec<Arc<OwnRule>>,
    levels: Vec<(AnyRule, raw::Level)>,
    waivers: Vec<Waiver>,
    /// What `gate` asks for; none if the project says nothing about it.
    pub policy: Option<Policy>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            edition: governance::newest_edition(),
            fail_on: None,
            own: Vec::new(),
            levels: Vec::new(),
            waivers: Vec::new(),
            policy: None,
        }
    }
}

/// The JSON Schema of the project file.
pub fn schema() -> serde_json::Value {
    input::schema::of::<raw::Project>("failscope project file")
}

/// How a file that another one names is brought in, or why it cannot be.
pub type Load<'l> = &'l mut dyn FnMut(&Path, &mut SourceMap) -> Result<FileId, String>;

/// Reads a project file and the rule files that it names. With any problem, what was read
/// must not be used.
pub fn read(
    sources: &mut SourceMap,
    file: FileId,
    limits: &Limits,
    load: Load<'_>,
) -> (Config, Vec<Diagnostic>) {
    if sources.file(file).is_some_and(|file| is_blank(file.text())) {
        return (Config::default(), Vec::new());
    }
    let (project, mut problems) = input::read_as::<raw::Project>(sources, file, limits);
    let Some(project) = project else { return (Config::default(), problems) };
    let base = PathBuf::from(sources.file(file).map_or("", |file| file.path()));
    let before = problems.len();
    let own = rule_file::of_project(&project, &base, sources, limits, load, &mut problems);
    // With a rule missing, every mention of it would be reported as well.
    let config = match problems.len() == before {
        true => lower(&project, own, &mut problems),
        false => Config::default(),
    };
    diagnostic::sort(&mut problems);
    (config, problems)
}

/// A topology may be named like a project file. It says `failscope:`, and no key of these.
pub fn is_project_file(text: &str) -> bool {
    let says = |key: &str| {
        let mut lines = text.lines().map(|line| line.trim_start_matches('\u{feff}'));
        lines.any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    };
    !says("failscope") || raw::KEYS.iter().any(|key| says(key))
}

/// A file that says nothing decides nothing.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

fn lower(project: &raw::Project, own: Vec<Arc<OwnRule>>, problems: &mut Vec<Diagnostic>) -> Config {
    let fail_on = project.fail_on.value().copied();
    let mut config = Config { fail_on, own, ..Config::default() };
    config.policy = project.policy.get().map(|policy| policy::lower(policy, problems));
    if let Some(word) = project.rules.get() {
        match edition(word) {
            Ok(edition) => config.edition = edition,
            Err(problem) => problems.push(*problem),
        }
    }
    for (key, level) in &project.severity.0 {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        match leveled(key, level, &config) {
            Ok(rule) => config.levels.push((rule, level.value)),
            Err(problem) => problems.push(*problem),
        }
    }
    for waiver in &project.waivers.0 {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let waiver = lower_waiver(waiver, &config.own, problems);
        config.waivers.extend(waiver);
    }
    config
}

fn edition(word: &Sp<Text>) -> Result<&'static str, Box<Diagnostic>> {
    let known = governance::EDITIONS;
    known.iter().copied().find(|edition| *edition == word.value.0).ok_or_else(|| {
        let message = format!("there is no edition `{}`", text::shortened(&word.value.0));
        Box::new(
            Diagnostic::error("config/unknown-edition", word.span, message)
                .help(format!("this release knows {}", text::and_list(known))),
        )
    })
}

fn leveled(
    key: &Sp<String>,
    level: &Sp<raw::Level>,
    config: &Config,
) -> Result<AnyRule, Box<Diagnostic>> {
    let rule = words::rule(&key.value, key.span, &config.own)?;
    if config.levels.iter().any(|(known, _)| known.id() == rule.id()) {
        let message = format!("the severity of {} is given twice", rule.id());
        return Err(Box::new(
            Diagnostic::error("config/severity-twice", key.span, message)
                .help("once by its id and once by its name; remove one"),
        ));
    }
    match governance::never_waived(rule.id()).filter(|_| level.value == raw::Level::Off) {
        Some(why) => Err(Box::new(
            Diagnostic::error(
                "config/not-suppressible",
                level.span,
                format!("{} {} cannot be turned off: {why}", rule.id(), rule.about().name),
            )
            .help("mend what it finds"),
        )),
        None => Ok(rule),
    }
}

/// `None` if anything about it is wrong; everything that is wrong is reported.
fn lower_waiver(
    raw: &Sp<raw::Waiver>,
    own: &[Arc<OwnRule>],
    problems: &mut Vec<Diagnostic>,
) -> Option<Waiver> {
    let before = problems.len();
    let Sp { value, span } = raw;
    let rule = required(&value.rule, "rule", *span, problems);
    let subject = required(&value.subject, "subject", *span, problems);
    required(&value.reason, "reason", *span, problems);
    if value.accepts.is_absent() {
        problems.push(accepts_nothing(*span));
    }
    let mut kept = |problem: Box<Diagnostic>| problems.push(*problem);
    let waived = rule
        .and_then(|word| words::waivable(&word.value.0, word.span, own).map_err(&mut kept).ok());
    let until = value
        .until
        .get()
        .and_then(|word| words::until(&word.value.0, word.span).map_err(&mut kept).ok());
    let unread = matches!(value.until, Opt::Invalid);
    let whole = problems.len() == before && !unread;
    Some(Waiver {
        rule: waived.filter(|_| whole)?,
        covers: Covers::Subject(subject?.value.0.clone()),
        accepts: Some((*value.accepts.value()?).into()),
        until,
        reason: value.reason.value()?.0.clone(),
        owner: value.owner.value().map(|owner| owner.0.clone()),
        span: rule.map_or(*span, |word| word.span),
    })
}

fn accepts_nothing(span: Span) -> Diagnostic {
    missing("accepts", span).help(
        "add the scope that is accepted, such as `accepts: endpoint`; \
         `failscope report` shows that of each component",
    )
}

fn required<'w>(
    word: &'w Opt<Text>,
    key: &str,
    waiver: Span,
    problems: &mut Vec<Diagnostic>,
) -> Option<&'w Sp<Text>> {
    match word {
        Opt::Is(given) if !given.value.0.trim().is_empty() => return Some(given),
        Opt::Is(empty) => problems.push(missing(key, empty.span)),
        Opt::Absent => problems.push(missing(key, waiver)),
        // Reported when it was read.
        Opt::Invalid => {}
    }
    None
}

fn missing(key: &str, span: Span) -> Diagnostic {
    let code = if key == "reason" { "config/no-reason" } else { "config/incomplete-waiver" };
    Diagnostic::error(code, span, format!("this waiver gives no `{key}`"))
        .help(format!("add `{key}:`"))
}

/// The findings of one topology as the project sees them.
#[derive(Debug, Default)]
pub struct Governed {
    /// Comments that could not be read as the waivers they are meant to be.
    pub problems: Vec<Diagnostic>,
    /// What is to be shown, findings about waivers included.
    pub findings: Vec<Finding>,
    /// What waivers silence.
    pub suppressed: Vec<Suppressed>,
    /// Waivers of the project file that cover a finding, by their number.
    pub used: Vec<usize>,
}

/// A finding that is accepted, and the words of the waiver that says so.
#[derive(Debug)]
pub struct Suppressed {
    pub finding: Finding,
    pub reason: String,
    pub owner: Option<String>,
    pub until: Option<Date>,
    pub accepts: Option<Scope>,
    /// Where the waiver stands.
    pub waiver: Span,
}

/// What surrounds the findings of one topology.
#[derive(Clone, Copy)]
pub struct Judging<'a> {
    pub sources: &'a SourceMap,
    pub analysis: &'a Analysis<'a>,
    pub comments: &'a [Comment],
    /// The rules that were run.
    pub ran: &'a [AnyRule],
    pub today: Date,
    /// Show what waivers silence, and say nothing about them.
    pub ignore_waivers: bool,
}

impl Config {
    /// The rules that are on.
    pub fn rules(&self) -> Vec<AnyRule> {
        rules::all().map(AnyRule::from).chain(self.own()).filter(|rule| self.is_on(rule)).collect()
    }

    /// True for what the edition has and the project did not turn off.
    pub fn is_on(&self, rule: &AnyRule) -> bool {
        let is_there = match rule {
            AnyRule::BuiltIn(rule) => governance::is_in_edition(rule, self.edition),
            AnyRule::Own(_) => true,
        };
        is_there && self.level(rule.id()) != Some(raw::Level::Off)
    }

    /// The rules of the project's own, whatever it says about their severity.
    pub fn own(&self) -> impl Iterator<Item = AnyRule> + '_ {
        self.own.iter().map(|rule| AnyRule::Own(Arc::clone(rule)))
    }

    /// What a finding of the rule counts as here.
    pub fn severity(&self, rule: &AnyRule) -> Severity {
        self.level(rule.id()).and_then(raw::Level::severity).unwrap_or(rule.severity())
    }

    /// A rule by id or name, built in or the project's own.
    pub fn find(&self, word: &str) -> Option<AnyRule> {
        words::find(word, &self.own)
    }

    fn level(&self, rule: &str) -> Option<raw::Level> {
        self.levels.iter().find(|(known, _)| known.id() == rule).map(|&(_, level)| level)
    }

    /// Gives findings the severities of the project.
    pub fn set_severities(&self, findings: &mut [Finding]) {
        findings.iter_mut().for_each(|finding| self.set_severity(finding));
    }

    /// Gives findings the severities of the project, and holds waivers against them.
    pub fn govern(&self, mut findings: Vec<Finding>, judging: &Judging<'_>) -> Governed {
        self.set_severities(&mut findings);
        if judging.ignore_waivers {
            return Governed { findings, ..Governed::default() };
        }
        let mut problems = Vec::new();
        let inline = inline::waivers(judging.sources, judging.comments, &self.own, &mut problems);
        let waivers: Vec<&Waiver> = self.waivers.iter().chain(&inline).collect();
        let Judging { sources, analysis, today, .. } = *judging;
        let held = waiver::hold(&waivers, findings, sources, analysis, today);
        let mut findings = held.findings;
        for (&index, (lapse, subject)) in &held.lapsed {
            findings.extend(self.lapsed(waivers[index], *lapse, subject));
        }
        for (&index, (now, subject)) in &held.unbounded {
            findings.extend(self.unbounded(waivers[index], *now, subject));
        }
        let file_waivers = self.waivers.len();
        let unused = waivers.iter().zip(&held.used).skip(file_waivers).filter(|(_, used)| !**used);
        for (waiver, _) in unused {
            findings.extend(self.unused(waiver, judging.ran));
        }
        Governed {
            problems,
            findings,
            suppressed: held.suppressed,
            used: (0..file_waivers).filter(|&index| held.used[index]).collect(),
        }
    }

    /// What to say of the project file's waivers that were used in no topology of a run.
    pub fn unused_waivers(&self, used: &dyn Fn(usize) -> bool, ran: &[AnyRule]) -> Vec<Finding> {
        let unused = self.waivers.iter().enumerate().filter(|(index, _)| !used(*index));
        unused.filter_map(|(_, waiver)| self.unused(waiver, ran)).collect()
    }

    /// A finding that is milder than its rule stays as much milder than the project's level.
    fn set_severity(&self, finding: &mut Finding) {
        let level = self.level(finding.rule.id()).and_then(raw::Level::severity);
        let Some(level) = level else { return };
        finding.if_known = finding.if_known.map(|_| level);
        finding.severity = match finding.severity < finding.rule.severity() {
            true => level.lowered(),
            false => level,
        };
    }

    fn lapsed(&self, waiver: &Waiver, lapse: Lapse, subject: &str) -> Option<Finding> {
        let id = waiver.rule.id();
        let (rule, message) = match lapse {
            Lapse::Expired(until) => (
                &governance::EXPIRED,
                format!("the waiver of {id} for {subject} expired on {until}"),
            ),
            Lapse::Outgrown { accepted, now } => (
                &governance::OUTGROWN,
                format!(
                    "the waiver of {id} for {subject} accepts the scope `{}`, but the loss \
                     reaches `{}`",
                    accepted.as_str(),
                    now.as_str()
                ),
            ),
        };
        let found = self.about(rule, waiver, message)?;
        Some(match &waiver.owner {
            Some(owner) => found.help(format!("{}; its owner is {owner}", rule.fix)),
            None => found,
        })
    }

    /// It holds, however far the loss comes to reach.
    fn unbounded(&self, waiver: &Waiver, now: Scope, subject: &str) -> Option<Finding> {
        let (id, now) = (waiver.rule.id(), now.as_str());
        let message = format!(
            "this allows {id} for {subject} without a scope; the loss reaches `{now}`, and this \
             will hold even when it reaches further"
        );
        let found = self.about(&governance::UNBOUNDED, waiver, message)?;
        Some(found.help(format!("write `accepts {now}` before the reason")))
    }

    fn unused(&self, waiver: &Waiver, ran: &[AnyRule]) -> Option<Finding> {
        let id = waiver.rule.id();
        if !ran.iter().any(|rule| rule.id() == id) {
            return None;
        }
        let message = match &waiver.covers {
            Covers::Subject(subject) => format!("no finding of {id} is about {subject}"),
            Covers::Line(_, line) => {
                format!("this allows {id}, which finds nothing in line {}", line + 1)
            }
        };
        self.about(&governance::UNUSED, waiver, message)
    }

    /// A finding about a waiver, unless the project turned that rule off.
    fn about(&self, rule: &'static Rule, waiver: &Waiver, message: String) -> Option<Finding> {
        let severity: Severity = match self.level(rule.id) {
            None => rule.severity,
            Some(level) => level.severity()?,
        };
        let found = Finding::new(rule, waiver.named(), waiver.span, message);
        Some(found.severity(severity))
    }
}
