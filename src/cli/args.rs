//! Flags and their help texts; no meaning.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::findings::FindingsArgs;
use super::outputs::{OfFindings, OfImpact, OfReport, OfRules, OfSchema, Outputs};
use super::own_rules::RulesCommand;
use super::project::{ConfigArgs, ProjectArgs};
use crate::diagnostic::Severity;
use crate::graph::Scope;
use crate::input::Limits;

/// The default of [`Limits`]; places are 32-bit offsets, and so is the limit.
const DEFAULT_BYTES: u32 = 64 << 20;

/// Finds what stops when something fails: failure scopes, single points of failure
/// and broken availability rules of a deployment topology.
#[derive(Debug, Parser)]
#[command(name = "failscope", version, about, long_about = None, disable_help_subcommand = true)]
#[command(after_help = "Exit status: 0 decided and passed; 1 findings at or above --fail-on; \
                        2 could not decide (usage, unreadable or invalid input, nothing to look at) \
                        or could not write the output.")]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Colour the output.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    #[arg(alias = "color")]
    pub(super) colour: Colour,
    /// Columns to lay the output out for; those of the terminal when not given.
    #[arg(long, global = true, value_name = "COLUMNS")]
    pub(super) width: Option<usize>,
    /// Largest topology with the files it includes or extends, in bytes; at most 4 GiB.
    #[arg(long, global = true, value_name = "BYTES", default_value_t = DEFAULT_BYTES)]
    #[arg(hide_short_help = true)]
    pub(super) max_bytes: u32,
    /// Most keys and values in one topology.
    #[arg(long, global = true, value_name = "COUNT", default_value_t = Limits::default().nodes)]
    #[arg(hide_short_help = true)]
    pub(super) max_nodes: usize,
    /// Most steps that one analysis may take.
    #[arg(long, global = true, value_name = "STEPS", default_value_t = crate::analysis::WORK_LIMIT)]
    #[arg(hide_short_help = true)]
    pub(super) max_work: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a project: a topology to fill in, its `failscope.yaml`, and the workflow.
    Init(super::init::InitArgs),
    /// Check topologies: every problem of the file and of the design, each at its line.
    Lint(LintArgs),
    /// The failure-scope report: what stops when something fails, and how far that reaches.
    Report(ReportArgs),
    /// What if these fail, those restart, others come back?
    Impact(ImpactArgs),
    /// The dependency graph as a picture: SVG, Graphviz, Mermaid or data.
    Graph(super::graph::GraphArgs),
    /// Explain a rule (`explain BTS104`) or a component (`explain topology.yaml BTS01`).
    Explain(ExplainArgs),
    /// Minimal cut sets: which failures together stop a service.
    Cuts(super::cuts::CutsArgs),
    /// How available each service is, what that rests on, and what matters most.
    Availability(super::availability::AvailabilityArgs),
    /// What changed between two topologies, what got worse, and by which edit.
    Diff(super::diff::DiffArgs),
    /// Decide by the project's policy whether topologies may go ahead.
    Gate(super::gate::GateArgs),
    /// Every single failure, or pair, that stops a service.
    Sweep(super::sweep::SweepArgs),
    /// Check the proofs of a certificate that `cuts` or `sweep` wrote.
    Verify(super::verify::VerifyArgs),
    /// Read what other tools wrote, as a topology.
    Import(super::import::ImportArgs),
    /// Write a service for other tools.
    Export(super::export::ExportArgs),
    /// List the rules: what each finds, how severe it is, and whether it is run here.
    Rules(RulesArgs),
    /// Print the topology language: as JSON Schema for editors, or as a page to read.
    Schema(SchemaArgs),
    /// Print the completions for a shell.
    Completions(super::shell::CompletionsArgs),
    /// Print the manual, or write a page for each command.
    Man(super::shell::ManArgs),
}

#[derive(Debug, ClapArgs)]
pub(super) struct LintArgs {
    /// Topology files, folders of them, or `-` for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Lowest severity that makes the exit status 1.
    #[arg(long, value_enum, value_name = "SEVERITY", long_help = FAIL_ON)]
    pub(super) fail_on: Option<FailOn>,
    /// Run only these rules, by id or name.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Make the edits that are proven to help, in the files; then report what is left.
    #[arg(long)]
    pub(super) fix: bool,
    /// Show what --fix would edit, as a unified diff, and write nothing. Exit status 1 if there is something.
    #[arg(long)]
    pub(super) diff: bool,
    #[command(flatten)]
    pub(super) outputs: Outputs<OfFindings>,
    #[command(flatten)]
    pub(super) findings: FindingsArgs,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
}

const FAIL_ON: &str = "Lowest severity that makes the exit status 1. Without it, that of the \
                       project file; without one, `error`";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl From<crate::config::FailOn> for FailOn {
    fn from(project: crate::config::FailOn) -> FailOn {
        match project {
            crate::config::FailOn::Error => FailOn::Error,
            crate::config::FailOn::Warning => FailOn::Warning,
            crate::config::FailOn::Info => FailOn::Info,
            crate::config::FailOn::Never => FailOn::Never,
        }
    }
}

impl FailOn {
    /// `None`: nothing fails.
    pub(super) fn lowest(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct ReportArgs {
    /// The topology file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) outputs: Outputs<OfReport>,
    /// Fail if this committed report is not what would be written, and show the difference. Its
    /// ending says the format; `.md` is Markdown.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "output"])]
    pub(super) check: Option<PathBuf>,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// Show only components of this scope.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) scope: Vec<ScopeArg>,
    /// Show only components whose kind contains this word.
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    pub(super) kind: Vec<String>,
    /// Show only this server and what stands on it.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) server: Vec<String>,
    /// Show only single points of failure.
    #[arg(long)]
    pub(super) spof: bool,
    /// Show implied detail too, such as a service on one node of a cluster.
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ScopeArg {
    Systemwide,
    Endpoint,
    Function,
    Server,
    Admin,
    None,
}

impl ScopeArg {
    pub(super) fn scope(self) -> Scope {
        match self {
            ScopeArg::Systemwide => Scope::Systemwide,
            ScopeArg::Endpoint => Scope::Endpoint,
            ScopeArg::Function => Scope::Function,
            ScopeArg::Server => Scope::Server,
            ScopeArg::Admin => Scope::Admin,
            ScopeArg::None => Scope::None,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct ImpactArgs {
    /// The topology file, or `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(super) path: PathBuf,
    /// This fails and stays down; `A,B` fail together. Events happen in the order in which they are given.
    #[arg(long, value_name = "COMPONENT")]
    pub(super) fail: Vec<String>,
    /// This is restarted.
    #[arg(long, value_name = "COMPONENT")]
    pub(super) restart: Vec<String>,
    /// This is repaired.
    #[arg(long, value_name = "COMPONENT")]
    pub(super) restore: Vec<String>,
    #[command(flatten)]
    pub(super) outputs: Outputs<OfImpact>,
}

#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) command: Option<RulesCommand>,
    #[command(flatten)]
    pub(super) outputs: Outputs<OfRules>,
    #[command(flatten)]
    pub(super) which: ConfigArgs,
}

#[derive(Debug, ClapArgs)]
pub(super) struct SchemaArgs {
    #[command(flatten)]
    pub(super) outputs: Outputs<OfSchema>,
    /// The language of topologies, that of `failscope.yaml`, of rule files or of a baseline, or the
    /// JSON of findings, reports, `diff`, `gate`, `graph` or certificates.
    #[arg(long, value_enum, default_value_t = SchemaOf::Topology)]
    pub(super) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    Topology,
    Project,
    Rules,
    Diff,
    Gate,
    Baseline,
    Findings,
    Report,
    Certificate,
    Graph,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ExplainArgs {
    /// A rule id or name; or a topology file, followed by a component of it.
    #[arg(value_name = "RULE|FILE")]
    pub(super) subject: String,
    /// A component of the topology, e.g. `BTS01` or `MSDTC@BTS01`.
    #[arg(value_name = "COMPONENT")]
    pub(super) component: Option<String>,
    #[command(flatten)]
    pub(super) which: ConfigArgs,
}
