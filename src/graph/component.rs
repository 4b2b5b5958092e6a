//! What can be up or down.

use std::borrow::Cow;

use crate::model::Element;
use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(u32);

impl ComponentId {
    pub(crate) fn new(index: usize) -> ComponentId {
        ComponentId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something that can be up or down.
#[derive(Debug, Clone)]
pub struct Component {
    pub name: String,
    /// What it is, in the words of its platform or of the author.
    pub kind: Cow<'static, str>,
    pub nature: Nature,
    /// What the file defines that this stands for.
    pub element: Option<Element>,
    /// Where the file defines it, or what made it implied.
    pub span: Option<Span>,
    /// The computer it stands on, when it is exactly one.
    pub server: Option<ComponentId>,
    /// Set when it is something that someone wants done.
    pub function: Option<Function>,
    /// True for what does the work of functions on one computer, such as a host instance.
    pub workload: bool,
    /// What the platform's documentation says about the loss of such a thing.
    pub documented: Option<Documented>,
    /// Exists to say why, not to be reviewed one by one; tables leave it out.
    pub detail: bool,
    /// What makes it survive a single failure although the graph shows no alternatives.
    pub protection: Option<&'static str>,
}

impl Component {
    pub fn basic(name: impl Into<String>, kind: impl Into<Cow<'static, str>>) -> Component {
        Component {
            name: name.into(),
            kind: kind.into(),
            nature: Nature::Basic,
            element: None,
            span: None,
            server: None,
            function: None,
            workload: false,
            documented: None,
            detail: false,
            protection: None,
        }
    }

    pub fn derived(name: impl Into<String>, kind: impl Into<Cow<'static, str>>) -> Component {
        Component { nature: Nature::Derived, ..Component::basic(name, kind) }
    }

    pub fn detail(mut self) -> Component {
        self.detail = true;
        self
    }

    /// The file says that it does not run.
    pub fn is_stated_down(&self) -> bool {
        self.nature == Nature::Down
    }

    pub fn has_role(&self, role: FunctionRole) -> bool {
        self.function.is_some_and(|function| function.role == role)
    }

    pub fn is_basic(&self) -> bool {
        matches!(self.nature, Nature::Basic | Nature::Placement)
    }
}

/// Whether a thing fails by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Fails by itself: a server, a process, a disk, a link.
    Basic,
    /// A machine, rack or site: fails by itself and takes along what stands in it.
    Placement,
    /// Stands for others and fails only with them.
    Derived,
    /// The file says that it does not run.
    Down,
}

/// Something that someone wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    pub role: FunctionRole,
    /// Its loss is felt little by little.
    pub gradual: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionRole {
    /// The main work: a message endpoint, a process.
    Main,
    /// A side function such as tracking; the main work goes on without it.
    Side,
    /// Configuration, deployment, operation.
    Admin,
    /// What the business asks for, made of functions.
    Service,
}

/// How far a loss reaches, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Redundancy absorbs it: nothing else stops.
    None,
    /// Only configuration, deployment or operation is blocked.
    Admin,
    /// Only what runs on one computer is affected; no function is lost.
    Server,
    /// A side function stops; the main work goes on.
    Function,
    /// Some functions stop on every server, others go on.
    Endpoint,
    /// Every main function stops.
    Systemwide,
}

impl Scope {
    pub const ALL: [Scope; 6] = [
        Scope::None,
        Scope::Admin,
        Scope::Server,
        Scope::Function,
        Scope::Endpoint,
        Scope::Systemwide,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Scope::None => "none",
            Scope::Admin => "admin",
            Scope::Server => "server",
            Scope::Function => "function",
            Scope::Endpoint => "endpoint",
            Scope::Systemwide => "systemwide",
        }
    }
}

/// When a loss is felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Onset {
    Immediate,
    /// Nothing happens until a second event, such as a restart, or until a cache runs out.
    Latent,
    /// It degrades: a queue, a table or a disk fills.
    Gradual,
}

impl Onset {
    pub fn as_str(self) -> &'static str {
        match self {
            Onset::Immediate => "immediate",
            Onset::Latent => "latent",
            Onset::Gradual => "gradual",
        }
    }
}

/// What the platform's documentation says about losing a thing of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Documented {
    pub scope: Scope,
    pub onset: Onset,
    /// What the operator must know or must not do.
    pub note: &'static str,
    pub source: &'static str,
}
