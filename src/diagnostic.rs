//! What failscope has to say about a file: one value, rendered by anyone.
//!
//! A diagnostic carries no colour and no layout. [`sort`] is the one order
//! every output keeps.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::change::Fix;
use crate::source::Span;

/// How bad it is. Ordered: `Info < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// One step milder: what a rule drops to when an attribute it needs is unknown.
    pub fn lowered(self) -> Severity {
        match self {
            Severity::Error => Severity::Warning,
            Severity::Warning | Severity::Info => Severity::Info,
        }
    }
}

/// A place in the input with a few words beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One problem: what is wrong, where, why it matters and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Rule id (`BTS104`) or input error code (`input/unknown-key`).
    pub code: Cow<'static, str>,
    pub severity: Severity,
    pub message: String,
    pub primary: Label,
    pub related: Vec<Label>,
    /// Why it matters in operation.
    pub why: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where the fact comes from.
    pub sources: Vec<String>,
    /// An edit of the topology that was proven to put it right; `None` also where nobody tried.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            code: code.into(),
            severity,
            message: message.into(),
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            why: None,
            help: None,
            sources: Vec::new(),
            fix: None,
        }
    }

    pub fn error(
        code: impl Into<Cow<'static, str>>,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, Severity::Error, span, message)
    }

    /// The words beside the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }

    pub fn related(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.related.push(Label { span, text: text.into() });
        self
    }

    pub fn why(mut self, text: impl Into<String>) -> Diagnostic {
        self.why = Some(text.into());
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }
}

/// File, then place, then code, then message: the order of every output.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(order);
}

/// The order of [`sort`], for values that hold a diagnostic.
pub fn order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    let by_place = a.primary.span.cmp(&b.primary.span);
    by_place.then_with(|| a.code.cmp(&b.code)).then_with(|| a.message.cmp(&b.message))
}
