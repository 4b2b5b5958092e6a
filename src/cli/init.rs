//! `init`: a topology to start from, the project's decisions, and the workflow that applies them.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Exit, Io, Trouble, files};
use crate::text;

#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// Where to write; made if it is not there.
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// The pipeline that runs the gate.
    #[arg(long, value_enum, default_value_t = Ci::Github)]
    ci: Ci,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ci {
    Github,
    Gitlab,
    None,
}

/// Where a file goes, and what it says.
type Start = (&'static str, &'static str);

const TOPOLOGY: Start = ("topology.yaml", include_str!("init/topology.yaml"));
const PROJECT: Start = ("failscope.yaml", include_str!("init/failscope.yaml"));
const GITHUB: Start = (".github/workflows/failscope.yml", include_str!("init/github.yml"));
const GITLAB: Start = (".gitlab-ci.yml", include_str!("init/gitlab.yml"));

impl Ci {
    fn start(self) -> Option<Start> {
        match self {
            Ci::Github => Some(GITHUB),
            Ci::Gitlab => Some(GITLAB),
            Ci::None => None,
        }
    }
}

pub(super) fn run(given: &InitArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let starts: Vec<Start> = [TOPOLOGY, PROJECT].into_iter().chain(given.ci.start()).collect();
    let taken: Vec<String> = starts
        .iter()
        .map(|(name, _)| given.folder.join(name))
        .filter(|path| fs::symlink_metadata(path).is_ok())
        .map(|path| path.display().to_string())
        .collect();
    if !taken.is_empty() {
        let verb = if taken.len() == 1 { "is" } else { "are" };
        return Err(Trouble::Refused(format!(
            "{} {verb} there already; nothing was written",
            text::and_list(&taken)
        )));
    }
    for (name, content) in starts {
        write(&given.folder.join(name), content, io)?;
    }
    let topology = given.folder.join(TOPOLOGY.0);
    writeln!(
        io.stdout,
        "next: describe what you run in {}, then run `failscope lint` on it",
        text::clean(&topology.display().to_string())
    )?;
    Ok(Exit::Passed)
}

fn write(path: &Path, content: &str, io: &mut Io<'_>) -> Result<(), Trouble> {
    let shown = path.display().to_string();
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| {
            Trouble::Refused(format!("cannot make the folder {}: {error}", folder.display()))
        })?;
    }
    files::write(Some(path), content, io)?;
    writeln!(io.stdout, "wrote {}", text::clean(&shown))?;
    Ok(())
}
