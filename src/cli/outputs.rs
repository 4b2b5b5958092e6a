//! `--format` and `--output`: what a run writes, and where. The one place that knows the
//! names of formats.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::builder::{EnumValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, ValueEnum};

use super::{Io, Trouble, files};
use crate::text;

/// Every format that some command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test reports
    Junit,
    /// Annotations of GitHub Actions, and the job summary
    Github,
    /// Code Quality report of GitLab
    Gitlab,
    /// For a pull-request comment, or a page in the repository
    Markdown,
    Csv,
    /// One page for a browser, with the picture and a what-if
    Html,
}

/// The formats that make sense for a command; the first is the one without `--format`.
pub(super) trait Formats {
    const KNOWN: &'static [Format];
}

/// What is found, place by place.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfFindings;

impl Formats for OfFindings {
    const KNOWN: &'static [Format] = &[
        Format::Text,
        Format::Json,
        Format::Sarif,
        Format::Junit,
        Format::Github,
        Format::Gitlab,
        Format::Markdown,
        Format::Csv,
    ];
}

/// A table of components, which has no findings.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfReport;

impl Formats for OfReport {
    const KNOWN: &'static [Format] =
        &[Format::Text, Format::Json, Format::Markdown, Format::Csv, Format::Html];
}

/// A story in several steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfImpact;

impl Formats for OfImpact {
    const KNOWN: &'static [Format] = &[Format::Text, Format::Json];
}

/// A list that is also a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfRules;

impl Formats for OfRules {
    const KNOWN: &'static [Format] = &[Format::Text, Format::Json, Format::Markdown];
}

/// What is read by editors, or by people.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfSchema;

impl Formats for OfSchema {
    const KNOWN: &'static [Format] = &[Format::Json, Format::Markdown];
}

/// What one format came to.
pub(super) enum Rendered {
    Text(String),
    /// Nothing may be written; why.
    Withheld(String),
}

impl Format {
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    }
}

/// One format, to a file or to standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) path: Option<PathBuf>,
}

/// Pairs of `--format` and `--output`, in the order in which they were given.
#[derive(Debug, Clone)]
pub(super) struct Outputs<F> {
    pub(super) all: Vec<Output>,
    formats: PhantomData<F>,
}

impl<F> Outputs<F> {
    pub(super) fn wants(&self, format: Format) -> bool {
        self.all.iter().any(|output| output.format == format)
    }

    /// Renders every output before the first is written, so that what cannot be rendered
    /// leaves no half of a run behind.
    pub(super) fn write(
        &self,
        io: &mut Io<'_>,
        render: &dyn Fn(Format) -> Result<Rendered, Trouble>,
    ) -> Result<(), Trouble> {
        let rendered: Vec<Rendered> =
            self.all.iter().map(|output| render(output.format)).collect::<Result<_, _>>()?;
        for (output, rendered) in self.all.iter().zip(rendered) {
            match rendered {
                Rendered::Text(text) => files::write(output.path.as_deref(), &text, io)?,
                Rendered::Withheld(why) => output.say_withheld(&why, io)?,
            }
        }
        Ok(())
    }
}

impl Output {
    fn say_withheld(&self, why: &str, io: &mut Io<'_>) -> Result<(), Trouble> {
        let what = match &self.path {
            Some(path) => path.display().to_string(),
            None => self.format.name(),
        };
        writeln!(io.stderr, "failscope: {} is not written: {why}", text::clean(&what))?;
        Ok(())
    }
}

impl<F: Formats + 'static> clap::Args for Outputs<F> {
    fn augment_args(command: Command) -> Command {
        let known =
            EnumValueParser::<Format>::new().try_map(|format| match F::KNOWN.contains(&format) {
                true => Ok(format),
                false => Err(format!("this command writes {}", names::<F>())),
            });
        command
            .arg(
                Arg::new("format")
                    .long("format")
                    .value_name("FORMAT")
                    .action(ArgAction::Append)
                    .value_parser(known)
                    .hide_possible_values(true)
                    .help(format!(
                        "Output format: {}; several, each with its --output",
                        names::<F>()
                    )),
            )
            .arg(output_arg())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Outputs::<F>::augment_args(command)
    }
}

fn output_arg() -> Arg {
    Arg::new("output")
        .long("output")
        .short('o')
        .value_name("FILE")
        .action(ArgAction::Append)
        .value_parser(clap::value_parser!(PathBuf))
        .help(
            "Write the format before it to this file instead of standard output; \
             whole or not at all",
        )
}

fn names<F: Formats>() -> String {
    let names: Vec<String> = F::KNOWN.iter().map(|format| format.name()).collect();
    text::or_list(&names)
}

impl<F: Formats> FromArgMatches for Outputs<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Outputs<F>, clap::Error> {
        let all = pairs(given(matches), F::KNOWN).and_then(checked);
        let all =
            all.map_err(|message| clap::Error::raw(ErrorKind::ArgumentConflict, message + "\n"))?;
        Ok(Outputs { all, formats: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Outputs::from_arg_matches(matches)?;
        Ok(())
    }
}

enum Given {
    Format(Format),
    Output(PathBuf),
}

/// Both flags in the order of the command line.
fn given(matches: &ArgMatches) -> Vec<Given> {
    let formats = matches.get_many::<Format>("format").into_iter().flatten();
    let formats = formats.map(|format| Given::Format(*format));
    let outputs = matches.get_many::<PathBuf>("output").into_iter().flatten();
    let outputs = outputs.map(|path| Given::Output(path.clone()));
    let at = |flag| matches.indices_of(flag).into_iter().flatten();
    let mut given: Vec<(usize, Given)> =
        at("format").zip(formats).chain(at("output").zip(outputs)).collect();
    given.sort_by_key(|(at, _)| *at);
    given.into_iter().map(|(_, given)| given).collect()
}

fn pairs(given: Vec<Given>, known: &[Format]) -> Result<Vec<Output>, String> {
    let mut all: Vec<Output> = Vec::new();
    let mut early: Option<PathBuf> = None;
    for one in given {
        match (one, all.last_mut()) {
            (Given::Format(format), _) => all.push(Output { format, path: None }),
            (Given::Output(path), Some(last)) if last.path.is_none() => last.path = Some(path),
            (Given::Output(path), None) if early.is_none() => early = Some(path),
            (Given::Output(path), _) => {
                return Err(format!("--output {} has no --format before it", path.display()));
            }
        }
    }
    let format = known.first().copied().unwrap_or(Format::Text);
    match (early, all.as_mut_slice()) {
        (path, []) => Ok(vec![Output { format, path }]),
        (None, _) => Ok(all),
        // Of one each, the order says nothing.
        (path, [only]) if only.path.is_none() => {
            only.path = path;
            Ok(all)
        }
        (Some(path), _) => Err(format!("--output {} has no --format before it", path.display())),
    }
}

/// Each output is one, and at most one goes to standard output.
fn checked(all: Vec<Output>) -> Result<Vec<Output>, String> {
    let to_stdout: Vec<String> =
        all.iter().filter(|output| output.path.is_none()).map(|o| o.format.name()).collect();
    if to_stdout.len() > 1 {
        return Err(format!(
            "{} would both go to standard output; give all but one an --output",
            text::and_list(&to_stdout)
        ));
    }
    let mut seen = Vec::new();
    for path in all.iter().filter_map(|output| output.path.as_deref()) {
        let target = target(path);
        if seen.contains(&target) {
            return Err(format!("two formats would be written to {}", path.display()));
        }
        seen.push(target);
    }
    Ok(all)
}

/// One file under two names is still one file.
fn target(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(there) = std::fs::canonicalize(&absolute) {
        return there;
    }
    match (absolute.parent().map(std::fs::canonicalize), absolute.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => absolute,
    }
}
