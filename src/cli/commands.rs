//! One function per subcommand.

use std::path::Path;

use super::args::{Args, Command, ExplainArgs, ImpactArgs, SchemaArgs, SchemaOf};
use super::files;
use super::findings::json_text;
use super::outputs::{Format, Rendered};
use super::{Exit, Io, Trouble, lint, own_rules, terminal};
use crate::analysis::{Analysis, Step, WorkLimit};
use crate::expand::{self, Expansion};
use crate::graph::{ComponentId, DependencyGraph};
use crate::input::{self, Limits};
use crate::picture;
use crate::report::review::document;
use crate::report::{self, excerpt, explain, impact};
use crate::rules::{self, AnyRule};
use crate::source::SourceMap;

pub(super) fn dispatch(
    args: &Args,
    matches: &clap::ArgMatches,
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    match &args.command {
        Command::Init(given) => super::init::run(given, io),
        Command::Lint(lint_args) => lint::run(args, lint_args, io),
        Command::Report(report_args) => super::report::run(args, report_args, io),
        Command::Impact(impact_args) => {
            let order = matches.subcommand().map_or(Vec::new(), |(_, given)| event_order(given));
            impact(args, impact_args, &order, io)
        }
        Command::Graph(graph_args) => super::graph::run(args, graph_args, io),
        Command::Explain(explain_args) => explain(args, explain_args, io),
        Command::Cuts(cuts_args) => super::cuts::run(args, cuts_args, io),
        Command::Availability(given) => super::availability::run(args, given, io),
        Command::Diff(given) => super::diff::run(args, given, io),
        Command::Gate(given) => super::gate::run(args, given, io),
        Command::Sweep(sweep_args) => super::sweep::run(args, sweep_args, io),
        Command::Verify(verify_args) => super::verify::run(args, verify_args, io),
        Command::Import(import_args) => super::import::run(args, import_args, io),
        Command::Export(export_args) => super::export::run(args, export_args, io),
        Command::Rules(rules_args) => own_rules::list(args, rules_args, io),
        Command::Schema(schema_args) => schema(schema_args, io),
        Command::Completions(given) => super::shell::completions(given, io),
        Command::Man(given) => super::shell::man(given, io),
    }
}

pub(super) fn limits(args: &Args) -> Limits {
    let bytes = usize::try_from(args.max_bytes).unwrap_or(usize::MAX);
    Limits { bytes, nodes: args.max_nodes, ..Limits::default() }
}

/// What to say of a word that names no rule, neither a built-in one nor one of these.
pub(super) fn unknown_rule(word: &str, own: impl Iterator<Item = AnyRule>) -> String {
    let own: Vec<AnyRule> = own.collect();
    let own = own.iter().map(AnyRule::about).flat_map(|rule| [rule.id, rule.name]);
    let names = rules::listed().flat_map(|rule| [rule.id, rule.name]);
    match input::nearest_name(word, names.chain(own)) {
        Some(near) => format!("there is no rule `{word}`; did you mean `{near}`?"),
        None => format!("there is no rule `{word}`"),
    }
}

/// A topology that can be analysed; what is wrong with any other goes to standard error.
pub(super) fn whole(
    args: &Args,
    path: &Path,
    io: &mut Io<'_>,
) -> Result<Option<(SourceMap, Whole)>, Trouble> {
    let loaded = files::load(path, &limits(args), io)?;
    let terminal = terminal(args, io);
    for diagnostic in &loaded.reading.diagnostics {
        let text = excerpt::render(&loaded.sources, diagnostic, terminal);
        io.stderr.write_all(text.as_bytes())?;
    }
    let Some(topology) = loaded.reading.topology else { return Ok(None) };
    let expansion = expand::expand(&topology);
    Ok(Some((loaded.sources, Whole { topology, expansion })))
}

pub(super) struct Whole {
    pub(super) topology: crate::model::Topology,
    pub(super) expansion: Expansion,
}

pub(super) fn analyse<'g>(
    args: &Args,
    graph: &'g DependencyGraph,
) -> Result<Analysis<'g>, Trouble> {
    Analysis::new(graph, args.max_work).map_err(too_much_work)
}

pub(super) fn too_much_work(limit: WorkLimit) -> Trouble {
    Trouble::Refused(format!("{limit}; raise the limit with --max-work"))
}

/// Kinds of events in the order of the command line.
fn event_order(given: &clap::ArgMatches) -> Vec<&'static str> {
    let mut order: Vec<(usize, &'static str)> = ["fail", "restart", "restore"]
        .into_iter()
        .flat_map(|kind| given.indices_of(kind).into_iter().flatten().map(move |at| (at, kind)))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, kind)| kind).collect()
}

/// One event per flag.
fn steps(
    impact: &ImpactArgs,
    order: &[&'static str],
    graph: &DependencyGraph,
) -> Result<Vec<Step>, Trouble> {
    let (mut fail, mut restart, mut restore) =
        (impact.fail.iter(), impact.restart.iter(), impact.restore.iter());
    let mut steps = Vec::with_capacity(order.len());
    for &kind in order {
        let (word, step): (_, fn(Vec<ComponentId>) -> Step) = match kind {
            "fail" => (fail.next(), Step::Fail),
            "restart" => (restart.next(), Step::Restart),
            _ => (restore.next(), Step::Restore),
        };
        if let Some(word) = word {
            steps.push(step(together(word, graph)?));
        }
    }
    Ok(steps)
}

/// `A,B` names two components, unless one is called just that.
fn together(word: &str, graph: &DependencyGraph) -> Result<Vec<ComponentId>, Trouble> {
    if let Some(component) = graph.find(word) {
        return Ok(vec![component]);
    }
    let mut components = Vec::new();
    for part in word.split(',') {
        let component = resolve(part.trim(), graph)?;
        if !components.contains(&component) {
            components.push(component);
        }
    }
    Ok(components)
}

fn impact(
    args: &Args,
    impact: &ImpactArgs,
    order: &[&'static str],
    io: &mut Io<'_>,
) -> Result<Exit, Trouble> {
    let Some((_, whole)) = whole(args, &impact.path, io)? else {
        return Ok(Exit::Undecided);
    };
    let graph = &whole.expansion.graph;
    let steps = steps(impact, order, graph)?;
    if steps.is_empty() {
        return Err(Trouble::Refused(
            "nothing happens: name at least one --fail, --restart or --restore".to_owned(),
        ));
    }
    let analysis = analyse(args, graph)?;
    let answer = impact::build(&analysis, &steps);
    let terminal = terminal(args, io);
    impact.outputs.write(io, &|format| match format {
        Format::Json => json_text(&answer).map(Rendered::Text),
        _ => Ok(Rendered::Text(impact::render(&answer, terminal))),
    })?;
    Ok(Exit::Passed)
}

/// A component by its name; machines, racks and sites also without their kind.
pub(super) fn resolve(word: &str, graph: &DependencyGraph) -> Result<ComponentId, Trouble> {
    graph.find(word).ok_or_else(|| {
        let names = graph.components().map(|(_, component)| component.name.as_str());
        Trouble::Refused(match input::nearest_name(word, names) {
            Some(near) => format!("the topology has no component `{word}`; did you mean `{near}`?"),
            None => format!("the topology has no component `{word}`; `report --all` lists them"),
        })
    })
}

fn explain(args: &Args, explain: &ExplainArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let terminal = terminal(args, io);
    let Some(word) = &explain.component else {
        return own_rules::explain(args, &explain.subject, &explain.which, io);
    };
    let Some((sources, whole)) = whole(args, Path::new(&explain.subject), io)? else {
        return Ok(Exit::Undecided);
    };
    let component = resolve(word, &whole.expansion.graph)?;
    let analysis = analyse(args, &whole.expansion.graph)?;
    let text = explain::component(&sources, &whole.topology, &analysis, component, terminal);
    files::write(None, &text, io)?;
    Ok(Exit::Passed)
}

fn schema(schema: &SchemaArgs, io: &mut Io<'_>) -> Result<Exit, Trouble> {
    let page = || match schema.of {
        SchemaOf::Topology => Ok(input::language::markdown()),
        SchemaOf::Rules => Ok(report::own_rules::markdown()),
        _ => Err(Trouble::Refused(
            "only the language of topologies and that of rule files have a page; \
             `--format json` prints the schema"
                .to_owned(),
        )),
    };
    let value = || match schema.of {
        SchemaOf::Topology => input::schema::for_editors(),
        SchemaOf::Project => crate::config::schema(),
        SchemaOf::Rules => crate::config::rule_file_schema(),
        SchemaOf::Findings => document::schema(),
        SchemaOf::Report => report::schema(),
        SchemaOf::Graph => report::json::schema_of::<picture::json::Graph>("failscope graph"),
        SchemaOf::Diff => report::diff::schema(),
        SchemaOf::Gate => report::gate::schema(),
        SchemaOf::Baseline => crate::gate::baseline::schema(),
        SchemaOf::Certificate => crate::verify::schema(),
    };
    schema.outputs.write(io, &|format| match format {
        Format::Markdown => page().map(Rendered::Text),
        _ => json_text(&value()).map(Rendered::Text),
    })?;
    Ok(Exit::Passed)
}
