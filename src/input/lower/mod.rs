//! Raw to model: names resolved, quantities and shapes checked, everything reported.

mod biztalk;
mod common_causes;
mod infrastructure;
mod labels;
mod names;
mod needs;
mod referable;
mod sql;

use rustc_hash::FxHashMap;

use self::names::Names;
use self::referable::Referable;
use super::de::Problems;
use super::lenient::{List, Opt, Sp, Text};
use super::raw;
use crate::diagnostic::Diagnostic;
use crate::model::*;
use crate::source::Span;

/// Builds the model. Problems go to `problems`; the model is whole only if none are errors.
pub(super) fn lower(raw: &raw::Topology, root: Span, problems: &Problems) -> Topology {
    let names = Names::collect(raw, problems);
    let cx = Lower { names, problems, sites_declared: !raw.sites.0.is_empty() };
    let mut topology = Topology::new(root);
    cx.header(raw, root);
    topology.name = raw.name.value().cloned();
    topology.description = raw.description.value().cloned();
    cx.infrastructure(raw, &mut topology);
    cx.sql(raw, &mut topology);
    cx.biztalk(raw, &mut topology);
    cx.common_causes(raw, &mut topology);
    cx.services(raw, &mut topology);
    cx.plans(raw, &mut topology);
    cx.labels(raw, &mut topology);
    topology
}

struct Lower<'p> {
    names: Names,
    problems: &'p Problems,
    sites_declared: bool,
}

impl Lower<'_> {
    fn header(&self, raw: &raw::Topology, root: Span) {
        match &raw.failscope {
            Opt::Is(version) if version.value != 1 => self.problems.push(
                Diagnostic::error(
                    "input/version",
                    version.span,
                    format!("language version {} is not known to this failscope", version.value),
                )
                .help("write `failscope: 1`, or use the failscope that knows this version"),
            ),
            Opt::Absent => self.missing("failscope", "the topology", root),
            _ => {}
        }
    }

    fn missing(&self, key: &str, owner: &str, span: Span) {
        let message = format!("{owner} has no `{key}`");
        let problem = Diagnostic::error("input/missing-key", span.head(), message);
        self.problems.push(problem.help(match key {
            "failscope" => "begin the file with `failscope: 1`".to_owned(),
            _ => format!("add `{key}:`"),
        }));
    }

    /// A key that must be there.
    fn required<'r, T>(
        &self,
        key: &str,
        value: &'r Opt<T>,
        owner: &Sp<String>,
    ) -> Option<&'r Sp<T>> {
        if value.is_absent() {
            self.missing(key, &format!("`{}`", owner.value), owner.span);
        }
        value.get()
    }

    fn reference<T: Referable>(&self, word: &Opt<String>) -> Option<Ref<T>> {
        self.names.reference(word.get()?, self.problems)
    }

    /// References of which each must be another: twice the same is no redundancy.
    fn references<T: Referable>(&self, words: &List<String>) -> Vec<Ref<T>> {
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for word in &words.0 {
            if let Some(&first) = seen.get(word.value.as_str()) {
                self.problems.push(
                    Diagnostic::error(
                        "input/listed-twice",
                        word.span,
                        format!("`{}` is listed twice", word.value),
                    )
                    .related(first, "listed here already")
                    .help("list it once"),
                );
            } else {
                seen.insert(&word.value, word.span);
            }
        }
        self.repeatable(words)
    }

    /// References that may repeat: a rule judges that.
    fn repeatable<T: Referable>(&self, words: &List<String>) -> Vec<Ref<T>> {
        words.0.iter().filter_map(|word| self.names.reference(word, self.problems)).collect()
    }

    /// A server or `CLUSTER/GROUP`; with `storage`, also what serves files itself.
    fn carrier(&self, word: &Sp<String>, storage: bool) -> Option<At<Carrier>> {
        let carrier = match self.names.element(word, self.problems)? {
            Element::Server(id) => Carrier::Server(id),
            Element::Group(id) => Carrier::Group(id),
            Element::Storage(id) if storage => Carrier::Storage(id),
            other => {
                let wanted = "a server or a cluster group (`CLUSTER/GROUP`)";
                names::report_wrong_kind(word, other, wanted, self.problems);
                return None;
            }
        };
        Some(At::new(carrier, word.span))
    }

    fn duration(&self, text: &Opt<Text>) -> Option<At<Duration>> {
        self.parsed(text, Duration::parse)
    }

    fn availability(&self, text: &Opt<Text>) -> Option<At<Availability>> {
        self.parsed(text, Availability::parse)
    }

    fn parsed<Q>(
        &self,
        text: &Opt<Text>,
        parse: impl Fn(&str) -> Result<Q, QuantityError>,
    ) -> Option<At<Q>> {
        let text = text.get()?;
        self.quantity(text, parse(&text.value.0))
    }

    fn quantity<Q>(&self, text: &Sp<Text>, parsed: Result<Q, QuantityError>) -> Option<At<Q>> {
        match parsed {
            Ok(value) => Some(At::new(value, text.span)),
            Err(error) => {
                let message = format!("`{}` is not a quantity failscope can read", text.value.0);
                let problem = Diagnostic::error("input/quantity", text.span, message);
                self.problems.push(problem.help(error.to_string()));
                None
            }
        }
    }

    fn services(&self, raw: &raw::Topology, topology: &mut Topology) {
        let default = raw::Service::default();
        for (name, service) in &raw.services.0 {
            let service = service.as_deref().unwrap_or(&default);
            let needs = self.needs(&service.needs);
            if service.needs.0.is_empty() {
                self.missing("needs", &format!("service `{}`", name.value), name.span);
            }
            topology.services.push(Service {
                name: at(name),
                needs,
                availability: self.availability(&service.availability),
                recovery_time: self.duration(&service.recovery_time),
                owner: service.owner.value().cloned(),
            });
        }
    }

    fn plans(&self, raw: &raw::Topology, topology: &mut Topology) {
        for (name, plan) in &raw.plans.0 {
            let steps = plan.as_ref().map_or(&[][..], |plan| &plan.steps.0);
            let steps = steps.iter().map(|step| self.step(step)).collect();
            topology.plans.push(Plan { name: at(name), steps });
        }
    }

    fn step(&self, step: &Sp<raw::Step>) -> Step {
        let raw = &step.value;
        let lists = [&raw.fail, &raw.restore, &raw.restart, &raw.protect, &raw.configure];
        if lists.iter().filter(|list| !list.0.is_empty()).count() != 1 {
            self.problems.push(
                Diagnostic::error(
                    "input/plan-step",
                    step.span.head(),
                    "a step does one thing: exactly one of `fail`, `restore`, `restart`, `protect`, \
                     `configure`",
                )
                .help("make it several steps, in the order in which they are done"),
            );
        }
        let words = |list: &List<String>| list.0.iter().map(at).collect();
        let elements = |list: &List<String>| {
            let element = |word| Some(At::new(self.names.element(word, self.problems)?, word.span));
            list.0.iter().filter_map(element).collect()
        };
        Step {
            fail: words(&raw.fail),
            restore: words(&raw.restore),
            restart: words(&raw.restart),
            protect: elements(&raw.protect),
            configure: elements(&raw.configure),
        }
    }
}

fn at<T: Clone>(sp: &Sp<T>) -> At<T> {
    At::new(sp.value.clone(), sp.span)
}

fn opt<T: Clone>(value: &Opt<T>) -> Option<At<T>> {
    value.get().map(at)
}

fn opt_text(value: &Opt<Text>) -> Option<At<String>> {
    value.get().map(|sp| At::new(sp.value.0.clone(), sp.span))
}

/// A value whose raw and model types are two.
fn opt_as<R: Copy, M>(value: &Opt<R>, convert: impl Fn(R) -> M) -> Option<At<M>> {
    value.get().map(|sp| At::new(convert(sp.value), sp.span))
}
