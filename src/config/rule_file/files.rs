//! Which rule files there are.

use std::path::Path;
use std::sync::Arc;

use crate::config::{Load, raw};
use crate::diagnostic::{self, Diagnostic};
use crate::input::Limits;
use crate::rules::AnyRule;
use crate::rules::own::OwnRule;
use crate::source::{FileId, SourceMap};
use crate::text;

/// Files with rules that one project may name.
const MOST_RULE_FILES: usize = 100;

/// The rules of files that stand alone, to be tested or listed.
pub fn read_rules(
    sources: &SourceMap,
    files: &[FileId],
    limits: &Limits,
) -> (Vec<AnyRule>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let files = files.iter();
    let rules: Vec<Arc<OwnRule>> =
        files.flat_map(|&file| super::read(sources, file, limits, &mut problems)).collect();
    super::check_unique(&rules, &mut problems);
    diagnostic::sort(&mut problems);
    (rules.into_iter().map(AnyRule::Own).collect(), problems)
}

/// The rules of all files that a project names.
pub(in crate::config) fn of_project(
    project: &raw::Project,
    base: &Path,
    sources: &mut SourceMap,
    limits: &Limits,
    load: Load<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Arc<OwnRule>> {
    let mut own = Vec::new();
    for (index, word) in project.rule_files.0.iter().enumerate() {
        let refuse = |message: String, help: &str| {
            Diagnostic::error("config/rule-file", word.span, message).help(help)
        };
        let given = text::shortened(&word.value.0);
        if project.rule_files.0.iter().take(index).any(|other| other.value == word.value) {
            problems.push(refuse(format!("`{given}` is listed twice"), "list it once"));
            continue;
        }
        if index >= MOST_RULE_FILES {
            let message = format!("more than {MOST_RULE_FILES} rule files");
            problems.push(refuse(message, "join some of them"));
            break;
        }
        let path = base.parent().unwrap_or(Path::new("")).join(&word.value.0);
        match load(&path, sources) {
            Ok(file) => own.extend(super::read(sources, file, limits, problems)),
            Err(reason) => problems.push(refuse(
                format!("`{given}` cannot be read: {reason}"),
                "paths are relative to the project file",
            )),
        }
    }
    super::check_unique(&own, problems);
    own
}
