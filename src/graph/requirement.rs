//! What one component needs of others, how hard, and why.

use std::borrow::Cow;

use super::ComponentId;
use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId(u32);

impl RequirementId {
    pub(crate) fn new(index: usize) -> RequirementId {
        RequirementId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// At least `at_least` of `providers`, or the dependent suffers as `kind` says.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub dependent: ComponentId,
    pub providers: Vec<ComponentId>,
    pub at_least: u32,
    pub kind: RequirementKind,
    pub watch: Watch,
    /// Set when only one provider works at a time and another takes over.
    pub switchover: Option<Switchover>,
    /// How long the dependent goes on without: "about 5 minutes". `None`: not at all.
    pub grace: Option<&'static str>,
    /// True when each provider serves a share of its own, so that losing one loses that
    /// share although the others go on.
    pub shares: bool,
    /// Set when the sources disagree whether it exists: it is shown, not counted.
    pub disputed: Option<&'static str>,
    /// Why the requirement exists, as a sentence.
    pub why: Cow<'static, str>,
    /// Where that fact comes from; empty when it is the author's own.
    pub source: &'static str,
    /// The place in the file that made it.
    pub span: Option<Span>,
}

impl Requirement {
    /// All of one: the plainest requirement.
    pub fn run(dependent: ComponentId, provider: ComponentId) -> Requirement {
        Requirement::some(dependent, 1, vec![provider])
    }

    pub fn some(dependent: ComponentId, at_least: u32, providers: Vec<ComponentId>) -> Requirement {
        Requirement {
            dependent,
            providers,
            at_least,
            kind: RequirementKind::Run,
            watch: Watch::State,
            switchover: None,
            grace: None,
            shares: false,
            disputed: None,
            why: Cow::Borrowed(""),
            source: "",
            span: None,
        }
    }

    /// Every one of several; one that needs nothing is met.
    pub fn all(dependent: ComponentId, providers: Vec<ComponentId>) -> Requirement {
        let at_least = u32::try_from(providers.len()).unwrap_or(u32::MAX);
        Requirement::some(dependent, at_least, providers)
    }

    pub fn kind(mut self, kind: RequirementKind) -> Requirement {
        self.kind = kind;
        self
    }

    pub fn why(mut self, why: impl Into<Cow<'static, str>>, source: &'static str) -> Requirement {
        self.why = why.into();
        self.source = source;
        self
    }

    pub fn at(mut self, span: Span) -> Requirement {
        self.span = Some(span);
        self
    }

    /// The first provider works, the others wait.
    pub fn with_switchover(mut self) -> Requirement {
        self.switchover = Some(Switchover { active: 0 });
        self
    }

    pub fn with_grace(mut self, grace: &'static str) -> Requirement {
        self.grace = Some(grace);
        self
    }

    pub fn shared_out(mut self) -> Requirement {
        self.shares = true;
        self
    }

    pub fn disputed(mut self, who: &'static str) -> Requirement {
        self.disputed = Some(who);
        self
    }

    pub fn own_failure(mut self) -> Requirement {
        self.watch = Watch::OwnFailure;
        self
    }

    /// Its loss stops the dependent without any restart. What is disputed does not count.
    pub fn counts_at_once(&self) -> bool {
        self.kind.is_at_once() && self.disputed.is_none()
    }

    /// Without it the dependent cannot start. What is disputed does not count.
    pub fn counts_at_start(&self) -> bool {
        self.kind.is_needed_to_start() && self.disputed.is_none()
    }
}

/// What a lost provider means for the dependent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequirementKind {
    /// Down at once.
    Run,
    /// Down at once, for what needs distributed transactions.
    Transaction,
    /// Nothing now; down at the dependent's next start.
    Start,
    /// Healthy, but receives nothing.
    Ingress,
    /// Only changes and deployments fail.
    Config,
    /// Degrades over time.
    Soft,
}

impl RequirementKind {
    /// True when its loss stops what the dependent does.
    pub fn is_at_once(self) -> bool {
        matches!(
            self,
            RequirementKind::Run | RequirementKind::Transaction | RequirementKind::Ingress
        )
    }

    /// True when it must be met for the dependent to start and work.
    pub fn is_needed_to_start(self) -> bool {
        self.is_at_once() || self == RequirementKind::Start
    }

    pub fn as_str(self) -> &'static str {
        match self {
            RequirementKind::Run => "run",
            RequirementKind::Transaction => "transaction",
            RequirementKind::Start => "start",
            RequirementKind::Ingress => "ingress",
            RequirementKind::Config => "config",
            RequirementKind::Soft => "soft",
        }
    }
}

/// Which failures of a provider count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watch {
    /// Any: its own, and those it inherits from what it needs.
    State,
    /// Only its own. A failover cluster moves away from a dead node, but not from a
    /// service on it that it does not monitor: such a failure is not *covered*.
    OwnFailure,
}

/// One provider works at a time; when it is lost, the dependent moves to another and
/// starts again there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switchover {
    /// Index of the working provider.
    pub active: usize,
}
