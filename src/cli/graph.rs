//! `failscope graph`: the dependency graph as a picture.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::args::Args;
use super::commands::{analyse, resolve, whole};
use super::{Exit, Io, Trouble, files};
use crate::graph::DependencyGraph;
use crate::picture::{self, Layer, Options, View};
use crate::report::json;

#[derive(Debug, clap::Args)]
pub(super) struct GraphArgs {
    /// The topology file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    #[arg(long, value_enum, default_value_t = GraphFormat::Svg)]
    format: GraphFormat,
    /// Write to this file instead of standard output; whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only this component, what it needs and what needs it.
    #[arg(long, value_name = "NAME", conflicts_with = "impact")]
    focus: Option<String>,
    /// How many requirements away from the one in focus.
    #[arg(long, value_name = "STEPS", default_value_t = 2, requires = "focus")]
    depth: usize,
    /// Only what the loss of this component takes down, and what goes on beside it.
    #[arg(long, value_name = "NAME")]
    impact: Option<String>,
    /// Draw services of servers and resources of cluster groups by themselves.
    #[arg(long)]
    detail: bool,
    /// Only these layers; lines that led through others are drawn thick and pale.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LAYER")]
    only: Vec<Layer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    Svg,
    Dot,
    Mermaid,
    Json,
}

impl ValueEnum for Layer {
    fn value_variants<'a>() -> &'a [Self] {
        &Layer::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

pub(super) fn run(args: &Args, given: &GraphArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let Some((sources, whole)) = whole(args, &given.path, io)? else { return Ok(Exit::Undecided) };
    let graph = &whole.expansion.graph;
    let options =
        Options { view: view(given, graph)?, only: given.only.clone(), detail: given.detail };
    let analysis = analyse(args, graph)?;
    let file = || sources.locate(whole.topology.span).file.to_owned();
    let title = whole.topology.name.clone().unwrap_or_else(file);
    let scene = picture::scene(&whole.topology, &analysis, &options, title);
    if scene.nodes.is_empty() {
        return Err(Trouble::Refused("nothing of that is in the topology".to_owned()));
    }
    let text = match given.format {
        GraphFormat::Svg => picture::svg::render(&scene, &picture::layout(&scene)),
        GraphFormat::Dot => picture::dot::render(&scene),
        GraphFormat::Mermaid => picture::mermaid::render(&scene),
        GraphFormat::Json => json::render(&picture::json::graph(&scene, graph))
            .map_err(|error| Trouble::Refused(error.to_string()))?,
    };
    let output = given.output.as_deref().filter(|path| path.as_os_str() != "-");
    files::write(output, &text, io)?;
    for note in &scene.left_out {
        writeln!(io.stderr, "failscope: {note}")?;
    }
    Ok(Exit::Passed)
}

fn view(given: &GraphArgs, graph: &DependencyGraph) -> Result<View, Trouble> {
    Ok(match (&given.focus, &given.impact) {
        (Some(word), _) => View::Focus { on: resolve(word, graph)?, depth: given.depth },
        (None, Some(word)) => View::Impact(resolve(word, graph)?),
        (None, None) => View::Whole,
    })
}
