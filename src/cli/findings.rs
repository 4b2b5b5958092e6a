//! What was found, written in every format that is asked for.

use std::cell::LazyCell;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::Args;
use super::check::Extras;
use super::outputs::{Format, OfFindings, Outputs, Rendered};
use super::{Exit, Io, Trouble, terminal};
use crate::report::findings::{csv, github, gitlab, junit, markdown, sarif, text};
use crate::report::json;
use crate::report::review::document::{self, Document};
use crate::report::review::places::Places;
use crate::report::review::{Review, Verdict};
use crate::text::{clean, count};

/// Flags about how findings are written.
#[derive(Debug, clap::Args)]
pub(super) struct FindingsArgs {
    /// The folder from which paths in outputs are shown; the repository around the current
    /// folder when not given.
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    root: Option<PathBuf>,
    /// With `--format github`, add the job summary to this file.
    #[arg(long, value_name = "FILE", env = "GITHUB_STEP_SUMMARY", hide_env_values = true)]
    #[arg(hide_short_help = true)]
    step_summary: Option<PathBuf>,
}

/// GitHub takes a mebibyte of summary per step.
const LARGEST_SUMMARY: usize = 1 << 20;

/// What must be worked out for the outputs.
pub(super) fn extras(outputs: &Outputs<OfFindings>) -> Extras {
    let wants = |formats: &[Format]| formats.iter().any(|&format| outputs.wants(format));
    Extras {
        paths: wants(&[Format::Json, Format::Sarif]),
        scopes: wants(&[Format::Markdown, Format::Github]),
        fixes: wants(&[Format::Text, Format::Json, Format::Sarif]),
        page: false,
    }
}

/// Writes every output of a review, and gives the one exit status of all of them.
pub(super) fn write(
    args: &Args,
    given: &FindingsArgs,
    outputs: &Outputs<OfFindings>,
    review: &Review,
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    let places = given.places()?;
    // Text needs none of it.
    let document = LazyCell::new(|| document::of(review, &places));
    let terminal = terminal(args, io);
    let render = |format: Format| match format {
        Format::Text => Ok(Rendered::Text(text::render(review, terminal))),
        other => rendered(&document, other),
    };
    outputs.write(io, &render)?;
    given.summarise(outputs, &|| markdown::render(&document), io)?;
    say_unread(review, io)?;
    Ok(match review.verdict() {
        Verdict::Passed => Exit::Passed,
        Verdict::Failed => Exit::Found,
        Verdict::Undecided => Exit::Undecided,
    })
}

pub(super) fn rendered(document: &Document, format: Format) -> Result<Rendered, Trouble> {
    let failed = |error: &dyn std::error::Error| Trouble::Refused(error.to_string());
    let text = match format {
        Format::Text | Format::Markdown => markdown::render(document),
        Format::Json => json_text(document)?,
        Format::Sarif => return complete(document, sarif::of(document)),
        Format::Gitlab => return complete(document, gitlab::of(document)),
        Format::Junit => junit::render(document).map_err(|error| failed(&error))?,
        Format::Github => github::render(document),
        Format::Csv => csv::render(document).map_err(|error| failed(&error))?,
        // A page is about one topology, not about a run.
        Format::Html => return Ok(Rendered::Withheld("a page is about one topology".to_owned())),
    };
    Ok(Rendered::Text(text))
}

/// What is only written when everything could be decided.
fn complete<T: Serialize>(document: &Document, value: Option<T>) -> Result<Rendered, Trouble> {
    match value {
        Some(value) => json_text(&value).map(Rendered::Text),
        None => Ok(Rendered::Withheld(document.undecided())),
    }
}

pub(super) fn json_text<T: Serialize>(value: &T) -> Result<String, Trouble> {
    json::render(value).map_err(|error| Trouble::Refused(error.to_string()))
}

/// A summary belongs to the whole step: what other programs wrote there stays.
fn append(path: &Path, text: &str, io: &mut Io<'_>) -> Result<(), Trouble> {
    let written = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if usize::try_from(written).unwrap_or(usize::MAX).saturating_add(text.len()) > LARGEST_SUMMARY {
        let reason = "the job summary is full; the findings are not added to it";
        writeln!(io.stderr, "failscope: {reason}")?;
        return Ok(());
    }
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Trouble::Refused(format!("cannot write {}: {error}", path.display())))
}

pub(super) fn say_unread(review: &Review, io: &mut Io<'_>) -> Result<(), Trouble> {
    for reason in &review.unread {
        writeln!(io.stderr, "failscope: {}", clean(reason))?;
    }
    if !review.unread.is_empty() {
        let files = count(review.unread.len(), "file");
        writeln!(io.stderr, "failscope: {files} could not be read")?;
    }
    Ok(())
}

impl FindingsArgs {
    /// Adds to the summary of the job, where there is one.
    pub(super) fn summarise(
        &self,
        outputs: &Outputs<OfFindings>,
        markdown: &dyn Fn() -> String,
        io: &mut Io<'_>,
    ) -> Result<(), Trouble> {
        match self.step_summary.as_deref().filter(|_| outputs.wants(Format::Github)) {
            Some(path) => append(path, &markdown(), io),
            None => Ok(()),
        }
    }

    pub(super) fn places(&self) -> Result<Places, Trouble> {
        let here = std::env::current_dir().map_err(|error| {
            Trouble::Refused(format!("cannot tell the current folder: {error}"))
        })?;
        let root = match &self.root {
            Some(root) => here.join(root),
            None => repository(&here),
        };
        Ok(Places::new(&root, &here))
    }
}

/// The nearest folder that holds `.git`; else the current one.
fn repository(here: &Path) -> PathBuf {
    let root = here.ancestors().find(|folder| folder.join(".git").exists());
    root.unwrap_or(here).to_owned()
}
