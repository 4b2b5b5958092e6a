//! What each adapter needs to stay available, as a table.
//!
//! One row per adapter of the domain reference. The row says in which process the
//! receive side runs, what makes several servers safe or unsafe, and which local
//! service it uses. [`receive_need`] turns a row and a receive location's own
//! attributes into one [`Mechanism`].

mod table;

use self::ReceiveAvailability as R;
use crate::expand::LocalService;
use crate::model::{
    BindingKind, BiztalkGroup, HaRequirement, HostKind, QueuePlace, ReceiveLocation,
};

pub use self::table::ADAPTERS;

/// One adapter.
#[derive(Debug)]
pub struct Adapter {
    pub name: &'static str,
    /// Other names in use.
    pub aliases: &'static [&'static str],
    /// How exports identify it, where one has been seen.
    pub class: Option<Class>,
    /// Where the receive side runs; `None` when the adapter only sends.
    pub receive: Option<HostKind>,
    /// Every send side runs in-process; false when the adapter only receives.
    pub send: bool,
    pub availability: ReceiveAvailability,
    /// The service of the computer that its handlers use.
    pub local: Option<LocalService>,
    /// What goes wrong on several servers, or why nothing does.
    pub reason: &'static str,
    pub source: &'static str,
}

/// The class of an adapter, which stays when an administrator renames it.
#[derive(Debug, Clone, Copy)]
pub struct Class {
    /// Lower case, without braces.
    pub id: &'static str,
    /// The capability bits that exports carry.
    pub capabilities: u32,
}

impl Adapter {
    const fn exported(self, id: &'static str, capabilities: u32) -> Adapter {
        Adapter { class: Some(Class { id, capabilities }), ..self }
    }
}

/// What keeps the receive side available on several servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveAvailability {
    NotApplicable,
    /// Two or more host instances suffice.
    Instances,
    LoadBalancer,
    Cluster,
    ClusterOrLoadBalancer,
    /// Only callers on the same computer can reach it.
    SameComputer,
    /// Depends on an attribute of the receive location.
    Depends(Question),
    /// Nothing is written about it; the author must say.
    Unknown,
}

/// What decides, and what is taken when the file does not say: the unsafe reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    MailboxAllowsConcurrentSessions,
    PollClaimsRows,
    PollLocksRows,
    QueuesAreRemote,
    Ordered,
    PathIsShared,
    BindingListens,
    DistributedQueue,
}

/// The adapter of that name; upper and lower case do not matter.
pub fn find(name: &str) -> Option<&'static Adapter> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    ADAPTERS
        .iter()
        .find(|adapter| same(adapter.name) || adapter.aliases.iter().any(|alias| same(alias)))
}

/// The adapter of that class.
pub fn of_class(id: &str) -> Option<&'static Adapter> {
    ADAPTERS.iter().find(|adapter| adapter.class.is_some_and(|class| class.id == id))
}

/// What a receive location needs so that several servers may carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Any running instance of the host.
    Instances,
    /// Instances behind a load balancer.
    LoadBalancer,
    /// A clustered host.
    Cluster,
    /// One of the two.
    ClusterOrLoadBalancer,
    /// Each computer serves itself only.
    SameComputer,
    /// The file must say; until then nothing counts as protection.
    Unknown,
}

/// A need and, if it rests on the unsafe reading of an attribute, which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiveNeed {
    pub mechanism: Mechanism,
    pub assumed: Option<&'static str>,
}

impl ReceiveNeed {
    fn sure(mechanism: Mechanism) -> ReceiveNeed {
        ReceiveNeed { mechanism, assumed: None }
    }

    fn if_said(
        safe: Option<bool>,
        safe_one: Mechanism,
        else_one: Mechanism,
        question: &'static str,
    ) -> ReceiveNeed {
        match safe {
            Some(true) => ReceiveNeed::sure(safe_one),
            Some(false) => ReceiveNeed::sure(else_one),
            None => ReceiveNeed { mechanism: else_one, assumed: Some(question) },
        }
    }
}

/// Decides for one receive location: the author's word first, then the table.
pub fn receive_need(group: &BiztalkGroup, location: &ReceiveLocation) -> ReceiveNeed {
    if let Some(stated) = location.ha_requirement {
        return ReceiveNeed::sure(of_requirement(stated.value));
    }
    let ordered = location.ordered.is_some_and(|ordered| ordered.value);
    let Some(adapter) = find(&location.adapter.value) else {
        return custom(group, location);
    };
    match adapter.availability {
        _ if ordered && keeps_order(adapter) => ReceiveNeed::sure(Mechanism::Cluster),
        R::Instances => ReceiveNeed::sure(Mechanism::Instances),
        R::LoadBalancer => ReceiveNeed::sure(Mechanism::LoadBalancer),
        R::Cluster => ReceiveNeed::sure(Mechanism::Cluster),
        R::ClusterOrLoadBalancer => ReceiveNeed::sure(Mechanism::ClusterOrLoadBalancer),
        R::SameComputer => ReceiveNeed::sure(Mechanism::SameComputer),
        R::Depends(question) => answer(question, location),
        R::Unknown | R::NotApplicable => ReceiveNeed {
            mechanism: Mechanism::Unknown,
            assumed: Some(
                "whether its adapter may run on several servers at once; it is taken that it may not",
            ),
        },
    }
}

/// Adapters whose messages have an order that a second reader would break.
fn keeps_order(adapter: &Adapter) -> bool {
    matches!(adapter.name, "MSMQ" | "MQSeries" | "MQSC" | "WCF-NetMsmq")
}

fn answer(question: Question, location: &ReceiveLocation) -> ReceiveNeed {
    let (safe, unknown) = match question {
        Question::MailboxAllowsConcurrentSessions => (
            location.mailbox_allows_concurrent_sessions.map(|allows| !allows.value),
            "whether the mail server lets two sessions read one mailbox; it is taken that it does",
        ),
        Question::PollClaimsRows => (
            location.poll_claims_rows.map(|claims| claims.value),
            "whether the poll claims its rows under lock; it is taken that it does not",
        ),
        Question::PollLocksRows => (
            location.poll_locks_rows.map(|locks| locks.value),
            "whether the poll locks its rows; it is taken that it does not",
        ),
        Question::QueuesAreRemote => (
            location.queues.map(|queues| queues.value == QueuePlace::Remote),
            "whether its queues are local or remote; local ones are taken",
        ),
        Question::DistributedQueue => (
            location.distributed_queue.map(|distributed| distributed.value),
            "whether the distributed queue is configured; it is taken that it is not",
        ),
        Question::BindingListens => return listening(location),
        // Answered by the path, which the caller resolves; a path of its own is unsafe.
        Question::PathIsShared => return ReceiveNeed::sure(Mechanism::SameComputer),
        Question::Ordered => return ReceiveNeed::sure(Mechanism::Instances),
    };
    ReceiveNeed::if_said(safe, Mechanism::Instances, Mechanism::Cluster, unknown)
}

fn listening(location: &ReceiveLocation) -> ReceiveNeed {
    ReceiveNeed::if_said(
        location.binding.map(|binding| binding.value == BindingKind::Listening),
        Mechanism::ClusterOrLoadBalancer,
        polling(location),
        "whether its binding listens or polls; a poll that does not claim its rows is taken",
    )
}

fn polling(location: &ReceiveLocation) -> Mechanism {
    match location.poll_claims_rows.is_some_and(|claims| claims.value) {
        true => Mechanism::Instances,
        false => Mechanism::Cluster,
    }
}

fn custom(group: &BiztalkGroup, location: &ReceiveLocation) -> ReceiveNeed {
    let declared = group.adapters.iter().find(|own| own.name.value == location.adapter.value);
    match declared.and_then(|own| own.receive) {
        Some(stated) => ReceiveNeed::sure(of_requirement(stated.value)),
        None => ReceiveNeed {
            mechanism: Mechanism::Unknown,
            assumed: Some(
                "whether this adapter, which failscope does not know, may run on several servers at \
                 once; it is taken that it may not",
            ),
        },
    }
}

fn of_requirement(stated: HaRequirement) -> Mechanism {
    match stated {
        HaRequirement::None => Mechanism::Instances,
        HaRequirement::LoadBalancer => Mechanism::LoadBalancer,
        HaRequirement::Cluster => Mechanism::Cluster,
        HaRequirement::Either => Mechanism::ClusterOrLoadBalancer,
    }
}
