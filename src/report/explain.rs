//! `explain`: a rule, or one component and all its relations.

use super::terminal::{Style, Terminal};
use super::text::paragraph;
use crate::analysis::{Analysis, Explainer};
use crate::citation;
use crate::graph::{ComponentId, Documented, Requirement, Watch};
use crate::model::Topology;
use crate::rules::About;
use crate::source::{SourceMap, Span};
use crate::text::{clean, short_list};

pub fn rule(rule: &About<'_>, terminal: Terminal) -> String {
    let mut out = format!(
        "{} {}\n{}, {}\n\n",
        terminal.paint(Style::Strong, rule.id),
        rule.name,
        rule.severity.as_str(),
        rule.tier.as_str()
    );
    out.push_str(&paragraph(rule.summary, "", terminal));
    out.push_str(&titled("Why it matters", rule.why, terminal));
    out.push_str(&titled("What to do", rule.fix, terminal));
    if !rule.limits.is_empty() {
        out.push_str(&titled("Limits", rule.limits, terminal));
    }
    out.push_str(&code("This breaks the rule", rule.bad, terminal));
    out.push_str(&code("This does not", rule.good, terminal));
    if !rule.sources.is_empty() {
        out.push_str(&format!("\n{}\n", terminal.paint(Style::Strong, "Sources")));
    }
    for source in &rule.sources {
        out.push_str(&format!("  {source}\n"));
    }
    out
}

fn titled(title: &str, text: &str, terminal: Terminal) -> String {
    format!("\n{}\n{}", terminal.paint(Style::Strong, title), paragraph(text, "  ", terminal))
}

fn code(title: &str, yaml: &str, terminal: Terminal) -> String {
    let lines: String = yaml.lines().map(|line| format!("    {line}\n")).collect();
    format!("\n{}\n{lines}", terminal.paint(Style::Strong, title))
}

/// What a component needs and why, what needs it, and what its loss does.
pub fn component(
    sources: &SourceMap,
    topology: &Topology,
    analysis: &Analysis<'_>,
    id: ComponentId,
    terminal: Terminal,
) -> String {
    let explanation = Explanation { sources, topology, analysis, terminal };
    let mut out = explanation.head(id);
    out.push_str(&explanation.needs(id));
    out.push_str(&explanation.needed_by(id));
    out.push_str(&explanation.loss(id));
    out
}

struct Explanation<'a, 'g> {
    sources: &'a SourceMap,
    topology: &'a Topology,
    analysis: &'a Analysis<'g>,
    terminal: Terminal,
}

impl Explanation<'_, '_> {
    fn name(&self, id: ComponentId) -> String {
        clean(&self.analysis.graph().component(id).name).into_owned()
    }

    fn names(&self, ids: &[ComponentId]) -> Vec<String> {
        ids.iter().map(|&id| self.name(id)).collect()
    }

    fn place(&self, span: Option<Span>) -> String {
        span.map_or(String::new(), |span| {
            clean(&self.sources.locate(span).to_string()).into_owned()
        })
    }

    fn head(&self, id: ComponentId) -> String {
        let component = self.analysis.graph().component(id);
        let fails = match (component.is_basic(), component.protection) {
            _ if self.analysis.is_down(id) => "down as designed",
            (true, _) => "fails by itself",
            (false, Some(protection)) => protection,
            (false, None) => "fails only with what it stands for",
        };
        let mut out = format!(
            "{} ({}), {fails}\n",
            self.terminal.paint(Style::Strong, &self.name(id)),
            clean(&component.kind)
        );
        out.push_str(&format!("{}\n", self.place(component.span)));
        out.push_str(&self.origins(component.span));
        out
    }

    /// Where an import found it.
    fn origins(&self, name: Option<Span>) -> String {
        let origins = name.into_iter().flat_map(|name| self.topology.origins_of(name));
        let mut places: Vec<&str> =
            origins.flat_map(|origin| &origin.places).map(String::as_str).collect();
        places.dedup();
        // A path that is broken over lines cannot be opened.
        places.iter().map(|place| format!("imported from {}\n", clean(place))).collect()
    }

    fn needs(&self, id: ComponentId) -> String {
        let requirements = self.analysis.graph().requirements_of(id);
        let mut out = format!("\n{}\n", self.terminal.paint(Style::Strong, "What it needs"));
        if requirements.is_empty() {
            out.push_str("  nothing\n");
        }
        for requirement in requirements {
            let requirement = self.analysis.graph().requirement(requirement);
            out.push_str(&self.requirement(requirement));
        }
        out
    }

    fn requirement(&self, requirement: &Requirement) -> String {
        let names = self.names(&requirement.providers);
        let what = match (requirement.at_least as usize, names.len()) {
            (_, 0) => "something that the file does not give".to_owned(),
            (_, 1) => names.join(""),
            (1, _) => format!("any one of {}", short_list(&names, 8)),
            (k, n) if k == n => short_list(&names, 8),
            (k, _) => format!("at least {k} of {}", short_list(&names, 8)),
        };
        let head = format!("- {what} [{}]", manner(requirement));
        let mut out = paragraph(&head, "    ", self.terminal);
        let mut why = format!("  {}", clean(&requirement.why));
        if !requirement.source.is_empty() {
            why.push_str(&format!(" ({})", citation::full(requirement.source)));
        }
        let place = self.place(requirement.span);
        if !place.is_empty() {
            why.push_str(&format!(", {place}"));
        }
        out.push_str(&paragraph(&why, "    ", self.terminal));
        out
    }

    fn needed_by(&self, id: ComponentId) -> String {
        let graph = self.analysis.graph();
        let mut out = format!("\n{}\n", self.terminal.paint(Style::Strong, "What needs it"));
        let requirements = graph.requirements_on(id);
        if requirements.is_empty() {
            out.push_str("  nothing\n");
        }
        for requirement in requirements {
            let requirement = graph.requirement(requirement);
            let others: Vec<String> = requirement
                .providers
                .iter()
                .filter(|&&provider| provider != id)
                .map(|&provider| self.name(provider))
                .collect();
            let alone = requirement.at_least as usize > others.len();
            let instead = match (alone, others.is_empty()) {
                (false, false) => format!(", or {}", short_list(&others, 4)),
                _ => String::new(),
            };
            let text = format!(
                "- {} [{}]{instead}: {}",
                self.name(requirement.dependent),
                requirement.kind.as_str(),
                clean(&requirement.why)
            );
            out.push_str(&paragraph(&text, "    ", self.terminal));
        }
        out
    }

    fn loss(&self, id: ComponentId) -> String {
        let failure = self.analysis.failure(id);
        let title = self.terminal.paint(Style::Strong, "What its loss does");
        let spof = if self.analysis.is_spof(id) {
            "a single point of failure"
        } else {
            "no single point of failure"
        };
        let mut out = format!(
            "\n{title}\n  {}, {}; {spof}\n",
            failure.scope.as_str(),
            failure.onset.as_str()
        );
        let mut explainer = Explainer::new(self.analysis);
        out.push_str(&self.stopped(id, "stops at once", &failure.at_once, &mut explainer));
        out.push_str(&self.stopped(id, "stops later", &failure.later, &mut explainer));
        if let Some(documented) = self.analysis.graph().component(id).documented {
            out.push_str(&self.documented(&documented));
        }
        out
    }

    /// Functions that stop, each with the way on which the loss reaches it.
    fn stopped(
        &self,
        id: ComponentId,
        label: &str,
        stopped: &[ComponentId],
        explainer: &mut Explainer<'_, '_>,
    ) -> String {
        let mut out = String::new();
        for &function in stopped.iter().take(8) {
            let path = explainer.path(id, function);
            let names = path.map_or(Vec::new(), |path| {
                path.components().map(|id| self.name(id)).collect::<Vec<_>>()
            });
            let text = format!("- {label}: {} ({})", self.name(function), names.join(" → "));
            out.push_str(&paragraph(&text, "    ", self.terminal));
        }
        if stopped.len() > 8 {
            out.push_str(&format!("  - {label}: {} more\n", stopped.len() - 8));
        }
        out
    }

    fn documented(&self, documented: &Documented) -> String {
        let text = format!(
            "- documented as {}, {}: {} ({})",
            documented.scope.as_str(),
            documented.onset.as_str(),
            documented.note,
            citation::full(documented.source)
        );
        paragraph(&text, "    ", self.terminal)
    }
}

/// How a requirement holds: its kind, and what is special about it.
fn manner(requirement: &Requirement) -> String {
    let mut manner = vec![requirement.kind.as_str().to_owned()];
    manner.extend(requirement.grace.map(|grace| format!("goes on without for {grace}")));
    if requirement.watch == Watch::OwnFailure {
        manner.push("its own failure only".to_owned());
    }
    if requirement.switchover.is_some() {
        manner.push("one works, the others take over".to_owned());
    }
    if requirement.disputed.is_some() {
        manner.push("disputed, not counted".to_owned());
    }
    manner.join("; ")
}
