//! The rules: questions to the model and the analysis, and a sentence for each answer.
//!
//! A built-in rule is one file, or one row of a family that shares a check, and everything
//! that anyone prints about it comes from its [`Rule`]. Users write rules of their [`own`]. A rule computes nothing that
//! the analysis could: it asks and words the answer.

mod any;
mod biztalk;
mod context;
pub mod governance;
mod neutral;
mod origins;
pub mod own;
mod placeholder;
pub mod plans;
mod precedence;
mod release;
#[cfg(test)]
mod testing;

use crate::analysis::Analysis;
use crate::change::Proposal;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::expand::Expansion;
use crate::graph::{ComponentId, DependencyGraph};
use crate::model::{Element, Topology};
use crate::source::Span;

pub use self::any::{About, AnyRule};
pub use self::context::{Context, Redundancy, Served, is_one_of};

/// What a built-in rule is, in one place.
#[derive(Debug)]
pub struct Rule {
    /// For ever: `BTS104`.
    pub id: &'static str,
    /// Names the defect: `ftp-receive-not-clustered`.
    pub name: &'static str,
    pub severity: Severity,
    pub tier: Tier,
    /// One line: what the rule finds.
    pub summary: &'static str,
    /// Why it matters in operation.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// Editions, releases or disputes that bound it; may be empty.
    pub limits: &'static str,
    pub sources: &'static [&'static str],
    /// The smallest topology that breaks the rule; the finding is on the line marked `# <-`.
    pub bad: &'static str,
    /// The same, put right.
    pub good: &'static str,
    pub check: fn(&Context<'_>, &'static Rule, &mut Findings),
}

/// What a rule needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Components, placement and links.
    T1,
    /// Attributes that the author must declare.
    T2,
    /// Plans, measurements or a history of tests.
    T3,
}

impl Tier {
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::T1 => "T1",
            Tier::T2 => "T2",
            Tier::T3 => "T3",
        }
    }
}

/// Every built-in rule, in the order of the ids.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    biztalk::RULES.iter().chain(neutral::RULES).copied()
}

/// The same, and then what is said about waivers.
pub fn listed() -> impl Iterator<Item = &'static Rule> {
    all().chain(governance::WAIVER_RULES.iter().copied())
}

/// True for rules that may come with an edit of the file; for each finding it is proven anew.
pub fn proposes(id: &str) -> bool {
    biztalk::PROPOSING.contains(&id)
}

/// By id or by name; also what is said about waivers.
pub fn find(word: &str) -> Option<&'static Rule> {
    listed().find(|rule| rule.id.eq_ignore_ascii_case(word) || rule.name == word)
}

/// One rule broken by one subject.
#[derive(Debug)]
pub struct Finding {
    pub rule: AnyRule,
    pub severity: Severity,
    /// Set where it rests on an attribute that the file does not give: how severe it is if
    /// the attribute is what it is taken to be.
    pub if_known: Option<Severity>,
    /// What breaks it; one result per rule and subject.
    pub subject: String,
    /// The same as something defined, for precedence between rules.
    pub element: Option<Element>,
    /// Components whose loss it tells of; none where that is the subject itself.
    pub causes: Vec<ComponentId>,
    pub message: String,
    pub primary: Label,
    pub related: Vec<Label>,
    /// What to do here; the rule's own fix when nothing more exact is known.
    pub help: Option<String>,
    /// Edits of the file that might put it right, the best first.
    pub proposals: Vec<Proposal>,
    /// Ids of the rules that found the same cause here and are not shown for it.
    pub stands_for: Vec<String>,
}

impl Finding {
    /// What the rule says of itself, about a subject that nothing defines.
    pub fn new(
        rule: impl Into<AnyRule>,
        subject: impl Into<String>,
        span: Span,
        message: String,
    ) -> Finding {
        let rule = rule.into();
        Finding {
            severity: rule.severity(),
            if_known: None,
            rule,
            subject: subject.into(),
            element: None,
            causes: Vec::new(),
            message,
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            help: None,
            proposals: Vec::new(),
            stands_for: Vec::new(),
        }
    }

    /// For a subject that is narrower than its element: one instance of a host.
    pub fn subject(mut self, subject: impl Into<String>) -> Finding {
        self.subject = subject.into();
        self
    }

    /// Of components other than the subject: a service is not what stops it.
    pub fn causes(mut self, causes: impl IntoIterator<Item = ComponentId>) -> Finding {
        self.causes.extend(causes);
        self
    }

    pub fn at(mut self, span: Span, label: impl Into<String>) -> Finding {
        self.primary = Label { span, text: label.into() };
        self
    }

    pub fn related(mut self, span: Span, label: impl Into<String>) -> Finding {
        self.related.push(Label { span, text: label.into() });
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// Edits that are worth a try; whether one makes nothing worse is proven later.
    pub fn proposing(mut self, proposals: impl IntoIterator<Item = Proposal>) -> Finding {
        self.proposals.extend(proposals);
        self
    }

    /// Rests on an attribute that the file does not give: one step milder.
    pub fn unknown(mut self) -> Finding {
        self.if_known = Some(self.severity);
        self.severity = self.severity.lowered();
        self
    }

    pub fn severity(mut self, severity: Severity) -> Finding {
        self.severity = severity;
        self
    }

    /// What it is about, if that is a component. The subject may be narrower than its
    /// element: one instance of a host.
    pub fn component(&self, graph: &DependencyGraph) -> Option<ComponentId> {
        let of_element = || self.element.and_then(|element| graph.of_element(element));
        graph.find(&self.subject).or_else(of_element)
    }

    pub fn diagnostic(&self) -> Diagnostic {
        let about = self.rule.about();
        Diagnostic {
            code: about.id.to_owned().into(),
            severity: self.severity,
            message: self.message.clone(),
            primary: self.primary.clone(),
            related: self.related.clone(),
            why: Some(about.why.to_owned()),
            help: Some(self.help.clone().unwrap_or_else(|| about.fix.to_owned())),
            sources: about.sources,
            fix: None,
        }
    }
}

/// Where rules put what they find.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }
}

/// What came of running rules over one topology.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In the order of every output.
    pub findings: Vec<Finding>,
    /// What kept a rule of the user's own from being decided, at its place in the rule file.
    pub problems: Vec<Diagnostic>,
}

/// Runs rules over one topology.
pub fn run(
    rules: impl IntoIterator<Item = impl Into<AnyRule>>,
    topology: &Topology,
    expansion: &Expansion,
    analysis: &Analysis<'_>,
) -> Outcome {
    let context = Context::new(topology, expansion, analysis);
    let mut findings = Findings::default();
    let mut own_rules = Vec::new();
    for rule in rules {
        match rule.into() {
            AnyRule::BuiltIn(rule) => (rule.check)(&context, rule, &mut findings),
            AnyRule::Own(rule) => own_rules.push(rule),
        }
    }
    let problems = own::run(&own_rules, &context, &mut findings);
    let mut findings = precedence::apply(findings.0, topology);
    placeholder::soften(&mut findings, topology);
    placeholder::spare(&mut findings, topology);
    findings.sort_by(|a, b| {
        let by_place = a.primary.span.cmp(&b.primary.span);
        by_place.then_with(|| a.rule.id().cmp(b.rule.id())).then_with(|| a.message.cmp(&b.message))
    });
    origins::add(&mut findings, topology);
    Outcome { findings, problems }
}
