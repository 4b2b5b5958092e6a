//! `completions` and `man`: made from the parser, so that they cannot differ from it.

use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use clap_mangen::Man;

use super::{Exit, Io, Trouble, files, parser};

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell that is to complete.
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write one page for each command into this folder, instead of the main page to standard output.
    #[arg(long, short, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn completions(given: &CompletionsArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(given.shell, &mut parser(), "failscope", &mut script);
    io.stdout.write_all(&script)?;
    Ok(Exit::Passed)
}

pub(super) fn man(given: &ManArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let mut command = parser();
    // Gives each command its full name and the options that all of them share.
    command.build();
    match &given.output {
        Some(folder) => pages(&command, folder, io)?,
        None => io.stdout.write_all(page(&command)?.as_bytes())?,
    }
    Ok(Exit::Passed)
}

/// The page of a command and of all below it; they nest as deep as the parser does.
fn pages(command: &clap::Command, folder: &Path, io: &mut Io<'_>) -> Result<(), Trouble> {
    fs::create_dir_all(folder).map_err(|error| {
        Trouble::Refused(format!("cannot make the folder {}: {error}", folder.display()))
    })?;
    let name = Man::new(command.clone()).get_filename();
    files::write(Some(&folder.join(name)), &page(command)?, io)?;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages(below, folder, io)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> Result<String, Trouble> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
